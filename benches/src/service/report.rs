//! The command: counts, times, prints the table, and fails where ours grows with the connections.

use std::time::Duration;

use crate::harness::table::Table;
use crate::harness::timing::interleaved;
use crate::harness::{Result, Work, measured_section, strace, valgrind};
use crate::service::{IdlePolls, OURS, OURS_IO_URING, WATCHERS, missing, receiving};

/// Numbers of connections.
const CONNECTIONS: [usize; 3] = [1, 100, 1000];
const COUNTED: u64 = 1000;
const ROUNDS: usize = 101;
const TURN: Duration = Duration::from_millis(1);
/// Largest by smallest figure of what is called flat.
const FLAT: f64 = 1.05;
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
        OURS_IO_URING => (120.0, 0.0),
        _ => return None,
    };
    Some(Target {
        instructions,
        system_calls,
    })
}

/// Runs the command `bench-service [--markdown]`.
///
/// # Errors
///
/// Ours costs more the more connections there are, or something failed.
pub fn main(arguments: &[String]) -> std::result::Result<(), Box<dyn std::error::Error>> {
    if let [first, rest @ ..] = arguments
        && first == COUNT
    {
        return child(rest);
    }
    let markdown = match arguments {
        [] => false,
        [option] if option == "--markdown" => true,
        _ => return Err(USAGE.into()),
    };
    raise_descriptor_limit();
    for (name, _) in WATCHERS {
        if let Some(reason) = missing(name) {
            eprintln!("{name} is left out: {reason}");
        }
    }
    let mut table = Table::new(&[
        "idle poll",
        "N = 1",
        "N = 100",
        "N = 1000",
        "flat within 5 %",
        "target",
        "met?",
    ]);
    let counted = match valgrind::missing() {
        Some(reason) => Err(reason),
        None => Ok(instructions(&mut table)?),
    };
    match strace::missing() {
        Some(reason) => eprintln!("{reason}"),
        None => {
            system_calls(&mut table)?;
            received_calls(&mut table)?;
        }
    }
    times(&mut table)?;
    table.print(markdown);
    match counted {
        Err(reason) => eprintln!("{reason}"),
        Ok(ours) => {
            if let Some(grown) = ours.iter().find(|figures| !is_flat(figures)) {
                return Err(
                    format!("an idle poll of ours grows with its connections: {grown:?}").into(),
                );
            }
        }
    }
    Ok(())
}

const USAGE: &str = "bench-service [--markdown]";

/// The first argument of a run under valgrind or strace.
const COUNT: &str = "count";
/// Instead of a number of connections: one that receives.
const RECEIVE: &str = "receive";

/// What runs under valgrind and strace: the watcher by index, its connections, and the polls to be counted, or the
/// messages.
pub(crate) fn child(arguments: &[String]) -> Result<()> {
    let [watcher, connections, polls] = arguments else {
        return Err(USAGE.into());
    };
    let watcher = WATCHERS.get(watcher.parse::<usize>()?);
    let (_, connect) = watcher.ok_or("no such watcher")?;
    let polls = polls.parse()?;
    if connections == RECEIVE {
        let mut work = receiving::Receiving::new(*connect, polls)?;
        strace::marked(|| work.run())?;
        return work.end();
    }
    let mut work = IdlePolls::new(*connect, connections.parse()?)?;
    strace::marked(|| measured_section(&mut work, polls))
}

/// Instructions of an idle poll of ours, the last of the watchers; `arguments` has this program run [`child`] with
/// those given.
pub(crate) fn ours_idle(
    connections: usize,
    arguments: impl Fn(Vec<String>) -> Vec<String>,
) -> Result<f64> {
    let ours = WATCHERS.len() - 1;
    valgrind::instructions(COUNTED, |polls| {
        arguments(child_arguments(ours, connections, polls))
    })
}

fn child_arguments(watcher: usize, connections: usize, polls: u64) -> Vec<String> {
    vec![
        watcher.to_string(),
        connections.to_string(),
        polls.to_string(),
    ]
}

fn arguments(watcher: usize, connections: usize, polls: u64) -> Vec<String> {
    let mut arguments = vec![COUNT.to_owned()];
    arguments.extend(child_arguments(watcher, connections, polls));
    arguments
}

/// Everyone who can be measured here, with the place among all.
fn present() -> impl Iterator<Item = (usize, &'static str)> {
    let watchers = WATCHERS.iter().enumerate();
    watchers
        .map(|(index, (name, _))| (index, *name))
        .filter(|(_, name)| missing(name).is_none())
}

/// Adds a row for everyone and returns the figures of ours.
fn instructions(table: &mut Table) -> Result<Vec<Vec<f64>>> {
    let mut ours = Vec::new();
    for (index, name) in present() {
        eprintln!("{name}, instructions");
        let counted: Result<Vec<_>> = CONNECTIONS
            .iter()
            .map(|&connections| {
                valgrind::instructions(COUNTED, |polls| arguments(index, connections, polls))
            })
            .collect();
        let figures = match counted {
            Ok(figures) => figures,
            // Not every valgrind knows the calls that set up a ring.
            Err(error) if name == OURS_IO_URING => {
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
            row.push(format!("<= {instructions}, flat"));
            row.push(yes_or_no(
                is_flat(&figures) && figures.iter().all(|&figure| figure <= instructions),
            ));
            ours.push(figures);
        }
        table.push(row);
    }
    Ok(ours)
}

fn system_calls(table: &mut Table) -> Result<()> {
    for (index, name) in present() {
        eprintln!("{name}, system calls");
        let mut figures = Vec::new();
        for connections in CONNECTIONS {
            figures.push(
                strace::calls(&arguments(index, connections, COUNTED))? as f64 / COUNTED as f64,
            );
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

/// What receiving costs those that hand over messages, with the polls that find nothing between.
fn received_calls(table: &mut Table) -> Result<()> {
    for (index, name) in present() {
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
            row.extend(["", "", "", "0"].map(str::to_owned));
            row.push(yes_or_no(calls == 0.0));
        }
        table.push(row);
    }
    Ok(())
}

/// Times are not judged: another number of connections is another round, not the same one beside it.
fn times(table: &mut Table) -> Result<()> {
    let present: Vec<_> = present().collect();
    let mut figures = vec![Vec::new(); present.len()];
    for connections in CONNECTIONS {
        eprintln!("time with {connections} connections");
        let mut works: Vec<Box<dyn Work>> = Vec::new();
        for &(index, _) in &present {
            works.push(Box::new(IdlePolls::new(WATCHERS[index].1, connections)?));
        }
        let samples = interleaved(&mut works, 10, TURN, ROUNDS)?;
        for (figures, samples) in figures.iter_mut().zip(&samples) {
            figures.push(samples.median());
        }
    }
    for ((_, name), figures) in present.iter().zip(&figures) {
        table.push(row(&format!("{name}, ns"), figures, |figure| {
            format!("{figure:.0}")
        }));
    }
    Ok(())
}

fn row(name: &str, figures: &[f64], format: impl Fn(f64) -> String) -> Vec<String> {
    let mut row = vec![name.to_owned()];
    row.extend(figures.iter().map(|&figure| format(figure)));
    row
}

fn is_flat(figures: &[f64]) -> bool {
    let smallest = figures.iter().copied().fold(f64::INFINITY, f64::min);
    figures.iter().all(|&figure| figure <= smallest * FLAT)
}

fn yes_or_no(yes: bool) -> String {
    if yes { "yes" } else { "no" }.to_owned()
}

/// Two descriptors for each connection, for everyone at once: more than what many systems permit at first.
fn raise_descriptor_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    // Where it is refused, a connection will be, and that is reported.
    let _ = setrlimit(
        Resource::Nofile,
        Rlimit {
            current: maximum,
            maximum,
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flat_is_within_five_percent() {
        assert!(is_flat(&[100.0, 104.0, 101.0]));
        assert!(!is_flat(&[100.0, 100.0, 106.0]));
    }
}
