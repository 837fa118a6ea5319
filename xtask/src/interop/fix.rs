//! Our FIX sessions against other people's: as initiator against QuickFIX for C++, and as acceptor against jspurefix; plain
//! and over TLS.
//!
//! Both ends write every application message into a journal. First they converse step by step, see [`conversation`]. Then
//! they send without a break, and one of them is killed, again and again, in the middle of a message, while other messages
//! get lost, see [`kills`]. After each, what one has sent must be what the other has received, in order, and nothing twice
//! without `PossDupFlag` (43), see [`journal`]. The two others speak with each other as well, so that it shows when the
//! fault is not ours. Over TLS records are counted, cut off and held back instead of messages, and none is lost without its
//! connection.
//!
//! `INTEROP_FIX_SEED` chooses what happens, `INTEROP_FIX_PAIR` one pair by its name, `INTEROP_FIX_KILLS` how many kills
//! it has to stand.

mod conversation;
mod journal;
mod jspurefix;
mod kills;
mod pair;
mod plan;
mod quickfix;
mod relay;
mod side;
mod wire;

use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::report::{Context, Failure, Outcome, Result};
use crate::workspace::Workspace;

use kills::Figures;
use pair::Pair;
use plan::Match;

pub(super) fn run(workspace: &Workspace) -> Result<Outcome> {
    let folder = workspace.target().join("interop").join("fix");
    fs::create_dir_all(&folder).context(folder.display())?;
    let seed = seed()?;
    println!("    seed {seed} (INTEROP_FIX_SEED={seed} does the same again, as far as threads do)");
    let (matches, missing) = plan::matches(workspace, &folder)?;
    let only = std::env::var("INTEROP_FIX_PAIR").ok();
    let start = Instant::now();
    // Most of the time is spent waiting. The seed of a pair is the same where it plays alone.
    let games = matches.into_iter().zip(seed..);
    let games = games.filter(|(game, _)| only.as_deref().is_none_or(|only| only == game.name));
    let plays = games.map(|(game, seed)| {
        let (name, folder) = (game.name, folder.join(game.name));
        let play = move || play(game, folder, Random::new(seed));
        (name, thread::spawn(play))
    });
    let plays: Vec<_> = plays.collect();
    if let (Some(name), []) = (only, plays.as_slice()) {
        return Err(Failure::new(format!("there is no pair {name:?} here")));
    }
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

fn play(mut game: Match, folder: PathBuf, mut random: Random) -> Result<String> {
    if let Some(kills) = number("INTEROP_FIX_KILLS")? {
        game.kills.total = kills;
    }
    let start = Instant::now();
    let mut pair = Pair::start(game.initiator, game.acceptor, folder, &mut random)?;
    let steps = conversation::run(&mut pair, game.is_tls)?;
    let seconds = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let figures = kills::run(&mut pair, game.kills, &mut random)?;
    Ok(format!(
        "{} and {}: {steps} in {seconds:.1} s; {} in {:.1} s",
        pair.initiator.name(),
        pair.acceptor.name(),
        words(&figures),
        start.elapsed().as_secs_f64()
    ))
}

fn words(figures: &Figures) -> String {
    let [initiator, acceptor] = figures.kills;
    let kills = format!(
        "{} kills ({initiator} of the initiator), {} torn lines, {} cuts",
        initiator + acceptor,
        figures.torn,
        figures.cuts
    );
    let passed = match figures.records {
        0 => format!(
            "{} logons, {} messages, {} lost, {} resend requests, {} sent again, {} gap fills",
            figures.logons,
            figures.messages,
            figures.dropped,
            figures.resend_requests,
            figures.resent,
            figures.gap_fills
        ),
        records => format!("{records} records of TLS, {} messages", figures.messages),
    };
    format!(
        "{kills}, {passed}, {} received twice and marked",
        figures.repeated
    )
}

/// From the environment, or another one each time.
fn seed() -> Result<u64> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = since.map_or(0, |since| since.as_secs());
    Ok(number("INTEROP_FIX_SEED")?.unwrap_or(seconds))
}

/// From the environment, if it has one of this name.
fn number(name: &str) -> Result<Option<u64>> {
    let Ok(text) = std::env::var(name) else {
        return Ok(None);
    };
    let number = text.parse().context(format!("{name} is no number"))?;
    Ok(Some(number))
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
