//! What a poll costs while nothing happens, and the system calls of receiving.

use crate::harness::table::Table;
use crate::harness::timing::Samples;
use crate::harness::{Answer, Result, Work, measured_section, strace, valgrind};
use crate::service::contestants::{Contestant, ours};
use crate::service::process::{Player, Question, Scene};
use crate::service::receiving::Receiving;
use crate::service::report::{COUNT, Options, is_flat, yes_or_no};
use crate::service::server::{Server, Serving};
use crate::service::{CONTESTANTS, OURS, OURS_COOPERATIVE, OURS_IO_URING, present};

/// Numbers of connections.
const CONNECTIONS: [usize; 4] = [1, 100, 1000, 10_000];
/// More connections than this have their other ends in another process, since both need a descriptor.
const IN_THREAD_MAX: usize = 2000;
const COUNTED: u64 = 1000;
/// Messages of which the system calls are counted.
const RECEIVED: u64 = 10_000;

/// What one idle poll of ours may cost.
struct Target {
    instructions: f64,
    system_calls: f64,
}

fn target(name: &str) -> Option<Target> {
    let (instructions, system_calls) = match name {
        OURS => (250.0, 1.0),
        OURS_IO_URING | OURS_COOPERATIVE => (120.0, 0.0),
        _ => return None,
    };
    Some(Target {
        instructions,
        system_calls,
    })
}

impl Work for Scene {
    fn answer(&mut self, messages: u64) -> Result<Answer> {
        self.run(messages)?;
        Ok(Answer::new())
    }

    fn run(&mut self, messages: u64) -> Result<()> {
        self.idle_polls(messages)
    }
}

/// Instead of a number of connections: one that receives.
const RECEIVE: &str = "receive";

/// What runs under valgrind and strace: the contestant by its place, its connections, and the polls to be counted, or
/// the messages; perhaps the endpoints to be added and removed before.
pub(super) fn child(arguments: &[String]) -> Result<()> {
    let [contestant, connections, polls, churn @ ..] = arguments else {
        return Err("count CONTESTANT CONNECTIONS POLLS [CHURN]".into());
    };
    let contestant = CONTESTANTS.get(contestant.parse::<usize>()?);
    let Contestant { connect, .. } = contestant.ok_or("no such contestant")?;
    let polls = polls.parse()?;
    if connections == RECEIVE {
        let mut work = Receiving::new(*connect, polls)?;
        strace::marked(|| work.run())?;
        return work.end();
    }
    let connections = connections.parse()?;
    let server = if connections > IN_THREAD_MAX {
        Server::in_process(Serving::Silence, usize::MAX)?
    } else {
        Server::in_thread(Serving::Silence, usize::MAX)?
    };
    // The C library makes shorter work of system calls while there is one thread alone, which is not how programs are.
    std::thread::spawn(std::thread::park);
    let mut scene = Scene::new(*connect, server, connections)?;
    if let [churn] = churn {
        let other = Server::in_thread(Serving::Silence, IN_THREAD_MAX)?;
        scene.answer(Question::Churn(churn.parse()?), Some(other.address()))?;
    }
    strace::marked(|| measured_section(&mut scene, polls))
}

fn child_arguments(contestant: usize, connections: usize, polls: u64) -> Vec<String> {
    vec![
        contestant.to_string(),
        connections.to_string(),
        polls.to_string(),
    ]
}

/// Instructions of an idle poll of ours; `arguments` has this program run [`child`] with those given.
pub(super) fn ours_idle(
    connections: usize,
    arguments: impl Fn(Vec<String>) -> Vec<String>,
) -> Result<f64> {
    valgrind::instructions(COUNTED, |polls| {
        arguments(child_arguments(ours(), connections, polls))
    })
}

/// Instructions of an idle poll, after so many endpoints were added and removed if there are any.
pub(super) fn instructions(contestant: usize, connections: usize, churn: usize) -> Result<f64> {
    valgrind::instructions(COUNTED, |polls| {
        let mut arguments = arguments(contestant, connections, polls);
        if churn > 0 {
            arguments.push(churn.to_string());
        }
        arguments
    })
}

fn arguments(contestant: usize, connections: usize, polls: u64) -> Vec<String> {
    let mut arguments = vec![COUNT.to_owned()];
    arguments.extend(child_arguments(contestant, connections, polls));
    arguments
}

/// The table, and an error where ours grows with the connections.
pub(super) fn measure(options: Options) -> Result<(Table, Result<()>)> {
    let mut heading = vec!["idle poll".to_owned()];
    heading.extend(CONNECTIONS.map(|count| format!("N = {count}")));
    heading.extend(["flat within 5 %", "target", "met?"].map(str::to_owned));
    let heading: Vec<_> = heading.iter().map(String::as_str).collect();
    let mut table = Table::new(&heading);
    let verdict = match valgrind::missing() {
        Some(reason) => {
            eprintln!("{reason}");
            Ok(())
        }
        None => count_instructions(&mut table)?,
    };
    match strace::missing() {
        Some(reason) => eprintln!("{reason}"),
        None => {
            system_calls(&mut table)?;
            received_calls(&mut table)?;
        }
    }
    times(options, &mut table)?;
    Ok((table, verdict))
}

fn count_instructions(table: &mut Table) -> Result<Result<()>> {
    let mut verdict = Ok(());
    for (index, contestant) in present() {
        let name = contestant.name;
        eprintln!("{name}, instructions");
        let counted: Result<Vec<_>> = connections_of(contestant)
            .map(|connections| instructions(index, connections, 0))
            .collect();
        let figures = match counted {
            Ok(figures) => figures,
            // Not every valgrind knows the calls that set up a ring.
            Err(error) if name.ends_with("io_uring)") => {
                eprintln!("{name}: no instructions counted: {error}");
                continue;
            }
            Err(error) => return Err(error),
        };
        let mut row = row(&format!("{name}, instr"), &figures, |figure| {
            format!("{figure:.0}")
        });
        row.push(yes_or_no(is_flat(&figures)));
        if let Some(Target { instructions, .. }) = target(name) {
            let met = figures.iter().all(|&figure| figure <= instructions);
            row.push(format!("<= {instructions}, flat"));
            row.push(yes_or_no(is_flat(&figures) && met));
            if !is_flat(&figures) {
                verdict = Err(format!("an idle poll of {name} grows: {figures:?}").into());
            }
        }
        table.push(row);
    }
    Ok(verdict)
}

fn connections_of(contestant: &Contestant) -> impl Iterator<Item = usize> {
    let most = contestant.idle_max;
    CONNECTIONS.into_iter().filter(move |&count| count <= most)
}

fn system_calls(table: &mut Table) -> Result<()> {
    for (index, contestant) in present() {
        let name = contestant.name;
        eprintln!("{name}, system calls");
        let mut figures = Vec::new();
        for connections in connections_of(contestant) {
            let calls = strace::calls(&arguments(index, connections, COUNTED))?;
            figures.push(calls as f64 / COUNTED as f64);
        }
        let mut row = row(&format!("{name}, system calls"), &figures, |figure| {
            format!("{figure:.2}")
        });
        row.push(yes_or_no(is_flat(&figures)));
        if let Some(Target { system_calls, .. }) = target(name) {
            row.push(format!("{system_calls}"));
            row.push(yes_or_no(
                figures.iter().all(|&figure| figure <= system_calls),
            ));
        }
        table.push(row);
    }
    Ok(())
}

/// What receiving costs ours, with the polls that find nothing between.
fn received_calls(table: &mut Table) -> Result<()> {
    for (index, contestant) in present() {
        let name = contestant.name;
        if target(name).is_none() {
            continue;
        }
        eprintln!("{name}, system calls of receiving");
        let arguments = [COUNT, &index.to_string(), RECEIVE, &RECEIVED.to_string()];
        let calls = strace::calls(&arguments.map(str::to_owned))? as f64;
        let mut row = row(
            &format!("{name}, system calls a message"),
            &[calls / RECEIVED as f64],
            |figure| format!("{figure:.4}"),
        );
        if name == OURS_IO_URING {
            row.extend(["", "0"].map(str::to_owned));
            row.push(yes_or_no(calls == 0.0));
        }
        table.push(row);
    }
    Ok(())
}

/// Times are not judged: another number of connections is another round, not the same one beside it.
fn times(options: Options, table: &mut Table) -> Result<()> {
    let mut figures = vec![Vec::new(); CONTESTANTS.len()];
    for connections in CONNECTIONS {
        eprintln!("time with {connections} connections");
        let mut players = Vec::new();
        for (index, contestant) in present() {
            if connections <= contestant.idle_max {
                players.push((index, Player::start(index, connections)?));
            }
        }
        let mut samples = vec![Vec::new(); players.len()];
        for _ in 0..options.rounds(101) {
            for ((_, player), samples) in players.iter_mut().zip(&mut samples) {
                samples.push(player.ask(Question::Idle)?);
            }
        }
        for ((index, _), samples) in players.iter().zip(samples) {
            figures[*index].push(Samples::new(samples).median());
        }
    }
    for (index, contestant) in present() {
        let name = format!("{}, ns", contestant.name);
        table.push(row(&name, &figures[index], |figure| format!("{figure:.0}")));
    }
    Ok(())
}

/// A figure for each number of connections, `-` where there is none.
fn row(name: &str, figures: &[f64], format: impl Fn(f64) -> String) -> Vec<String> {
    let mut row = vec![name.to_owned()];
    row.extend(figures.iter().map(|&figure| format(figure)));
    row.resize(CONNECTIONS.len() + 1, "-".to_owned());
    row
}
