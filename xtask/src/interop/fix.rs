//! Our FIX sessions against other people's: as initiator against QuickFIX for C++, and as acceptor against jspurefix.
//!
//! Both ends write every application message into a journal. First they converse step by step, see [`conversation`]. Then
//! they send without a break, and one of them is killed, again and again, in the middle of a message, while other messages
//! get lost, see [`kills`]. After each, what one has sent must be what the other has received, in order, and nothing twice
//! without `PossDupFlag` (43), see [`journal`]. The two others speak with each other as well, so that it shows when the
//! fault is not ours.

mod conversation;
mod journal;
mod jspurefix;
mod kills;
mod pair;
mod quickfix;
mod relay;
mod side;
mod wire;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::interop::check;
use crate::report::{Context, Failure, Outcome, Result};
use crate::workspace::Workspace;

use jspurefix::JsPureFix;
use kills::Figures;
use pair::{End, Pair};
use quickfix::QuickFix;

const EXAMPLE: &str = "interop_fix";

/// How many messages our sessions ask for at once.
const CHUNK: u64 = 10;

/// Of a hundred kills, so many are of the initiator.
const HALF: u64 = 50;
/// Node takes a second of a processor until it is loaded.
const SELDOM: u64 = 30;

/// Who speaks with whom, and how often one of them is killed.
struct Match {
    name: &'static str,
    initiator: End,
    acceptor: End,
    kills: Kills,
    folder: PathBuf,
}

/// How often one is killed.
#[derive(Clone, Copy, Debug)]
struct Kills {
    total: u64,
    /// Of a hundred, so many of the initiator.
    initiator: u64,
}

pub(super) fn run(workspace: &Workspace) -> Result<Outcome> {
    let folder = workspace.target().join("interop").join("fix");
    fs::create_dir_all(&folder).context(folder.display())?;
    let seed = seed()?;
    println!("    seed {seed} (INTEROP_FIX_SEED={seed} does the same again, as far as threads do)");
    let (matches, missing) = matches(workspace, &folder)?;
    let start = Instant::now();
    // Most of the time is spent waiting.
    let plays = matches.into_iter().zip(seed..).map(|(game, seed)| {
        let name = game.name;
        (name, thread::spawn(move || game.play(Random::new(seed))))
    });
    let plays: Vec<_> = plays.collect();
    let mut failed = 0;
    for (name, play) in plays {
        let result = play.join();
        let result = result.unwrap_or_else(|_| Err(Failure::new("the thread panicked")));
        match result {
            Ok(words) => println!("    {name}: {words}"),
            Err(failure) => {
                failed += 1;
                println!("    {name}: FAILED: {failure}");
            }
        }
    }
    println!("    in {:.1} s", start.elapsed().as_secs_f64());
    if failed > 0 {
        return Err(Failure::new(format!(
            "{failed} pairs failed, with seed {seed}"
        )));
    }
    if missing.is_empty() {
        Ok(Outcome::Passed)
    } else {
        Outcome::unavailable(missing.join("; "))
    }
}

/// Those that the machine can play, and what it lacks for the others.
fn matches(workspace: &Workspace, folder: &Path) -> Result<(Vec<Match>, Vec<String>)> {
    let program = check::build(workspace, EXAMPLE)?;
    let ours = |role: &'static str, version: &'static str| End {
        name: format!("boom-fix ({version})"),
        make: {
            let program = program.clone();
            Box::new(move |port, folder: &Path, seed: u64| {
                let mut command = Command::new(&program);
                command.args(["--role", role, "--version", version]);
                command.args(["--port", &port.to_string(), "--seed", &seed.to_string()]);
                command
                    .args(["--chunk", &CHUNK.to_string(), "--folder"])
                    .arg(folder);
                command
            })
        },
    };
    let (mut matches, mut missing) = (Vec::new(), Vec::new());
    let mut add = |name, initiator, acceptor, total, share| {
        let kills = Kills {
            total,
            initiator: share,
        };
        matches.push(Match {
            name,
            initiator,
            acceptor,
            kills,
            folder: folder.join(name),
        });
    };
    let quickfix = QuickFix::build(workspace, folder);
    let jspurefix = JsPureFix::install(workspace, folder);
    if let Ok(quickfix) = &quickfix {
        for (name, version, kills) in [
            ("quickfix-44", "FIX.4.4", 85),
            ("quickfix-50", "FIXT.1.1", 75),
        ] {
            add(
                name,
                ours("initiator", version),
                quickfix.acceptor(version),
                kills,
                HALF,
            );
        }
    }
    if let Ok(jspurefix) = &jspurefix {
        add(
            "jspurefix",
            jspurefix.initiator(),
            ours("acceptor", "FIX.4.4"),
            40,
            SELDOM,
        );
    }
    if let (Ok(quickfix), Ok(jspurefix)) = (&quickfix, &jspurefix) {
        add(
            "others",
            jspurefix.initiator(),
            quickfix.acceptor("FIX.4.4"),
            4,
            HALF,
        );
    }
    for failure in [quickfix.err(), jspurefix.err()].into_iter().flatten() {
        missing.push(failure.to_string());
    }
    Ok((matches, missing))
}

impl Match {
    fn play(self, mut random: Random) -> Result<String> {
        let start = Instant::now();
        let mut pair = Pair::start(self.initiator, self.acceptor, self.folder, &mut random)?;
        let steps = conversation::run(&mut pair)?;
        let seconds = start.elapsed().as_secs_f64();
        let start = Instant::now();
        let figures = kills::run(&mut pair, self.kills, &mut random)?;
        Ok(format!(
            "{} and {}: {steps} in {seconds:.1} s; {} in {:.1} s",
            pair.initiator.name(),
            pair.acceptor.name(),
            words(&figures),
            start.elapsed().as_secs_f64()
        ))
    }
}

fn words(figures: &Figures) -> String {
    let [initiator, acceptor] = figures.kills;
    format!(
        "{} kills ({initiator} of the initiator), {} cuts, {} logons, {} messages, {} lost, {} resend requests, {} sent again, \
         {} gap fills, {} received twice and marked",
        initiator + acceptor,
        figures.cuts,
        figures.logons,
        figures.messages,
        figures.dropped,
        figures.resend_requests,
        figures.resent,
        figures.gap_fills,
        figures.repeated
    )
}

/// From the environment, or another one each time.
fn seed() -> Result<u64> {
    match std::env::var("INTEROP_FIX_SEED") {
        Ok(text) => text.parse().context("INTEROP_FIX_SEED is no number"),
        Err(_) => {
            let since = SystemTime::now().duration_since(UNIX_EPOCH);
            Ok(since.map_or(0, |since| since.as_secs()))
        }
    }
}

/// Numbers that look random and are the same for the same seed (splitmix64).
#[derive(Debug)]
struct Random(u64);

impl Random {
    const fn new(seed: u64) -> Self {
        Self(seed)
    }

    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `limit`, which is not 0.
    const fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}
