//! The command: counts, times, prints the table, and fails where ours grows with the connections.

use std::time::Duration;

use crate::harness::table::Table;
use crate::harness::timing::interleaved;
use crate::harness::{Result, Work, measured_section, strace, valgrind};
use crate::service::{IdlePolls, WATCHERS};

/// Numbers of connections.
const CONNECTIONS: [usize; 3] = [1, 100, 1000];
const COUNTED: u64 = 1000;
const ROUNDS: usize = 101;
const TURN: Duration = Duration::from_millis(1);
/// Largest by smallest figure of what is called flat.
const FLAT: f64 = 1.05;
/// Instructions of one idle poll of ours.
const TARGET: f64 = 250.0;

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
        None => system_calls(&mut table)?,
    }
    times(&mut table)?;
    table.print(markdown);
    match counted {
        Err(reason) => eprintln!("{reason}"),
        Ok(ours) if is_flat(&ours) => {}
        Ok(ours) => {
            return Err(
                format!("an idle poll of ours grows with its connections: {ours:?}").into(),
            );
        }
    }
    Ok(())
}

const USAGE: &str = "bench-service [--markdown]";

/// The first argument of a run under valgrind or strace.
const COUNT: &str = "count";

/// What runs under valgrind and strace: the watcher by index, its connections, and the polls to be counted.
pub(crate) fn child(arguments: &[String]) -> Result<()> {
    let [watcher, connections, polls] = arguments else {
        return Err(USAGE.into());
    };
    let watcher = WATCHERS.get(watcher.parse::<usize>()?);
    let (_, connect) = watcher.ok_or("no such watcher")?;
    let mut work = IdlePolls::new(*connect, connections.parse()?)?;
    let polls = polls.parse()?;
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

/// Adds a row for everyone and returns the figures of the last, ours.
fn instructions(table: &mut Table) -> Result<Vec<f64>> {
    let mut figures = Vec::new();
    for (index, (name, _)) in WATCHERS.iter().enumerate() {
        eprintln!("{name}, instructions");
        figures.clear();
        for connections in CONNECTIONS {
            figures.push(valgrind::instructions(COUNTED, |polls| {
                arguments(index, connections, polls)
            })?);
        }
        let mut row = row(&format!("{name}, instr"), &figures, |figure| {
            format!("{figure:.0}")
        });
        row.push(yes_or_no(is_flat(&figures)));
        if index + 1 == WATCHERS.len() {
            row.push(format!("<= {TARGET}, flat"));
            row.push(yes_or_no(
                is_flat(&figures) && figures.iter().all(|&figure| figure <= TARGET),
            ));
        }
        table.push(row);
    }
    Ok(figures)
}

fn system_calls(table: &mut Table) -> Result<()> {
    for (index, (name, _)) in WATCHERS.iter().enumerate() {
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
        if index + 1 == WATCHERS.len() {
            row.push("1".to_owned());
            row.push(yes_or_no(figures.iter().all(|&figure| figure <= 1.0)));
        }
        table.push(row);
    }
    Ok(())
}

/// Times are not judged: another number of connections is another round, not the same one beside it.
fn times(table: &mut Table) -> Result<()> {
    let mut figures = vec![Vec::new(); WATCHERS.len()];
    for connections in CONNECTIONS {
        eprintln!("time with {connections} connections");
        let mut works: Vec<Box<dyn Work>> = Vec::new();
        for (_, connect) in WATCHERS {
            works.push(Box::new(IdlePolls::new(*connect, connections)?));
        }
        let samples = interleaved(&mut works, 10, TURN, ROUNDS)?;
        for (figures, samples) in figures.iter_mut().zip(&samples) {
            figures.push(samples.median());
        }
    }
    for ((name, _), figures) in WATCHERS.iter().zip(&figures) {
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
