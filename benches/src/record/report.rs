//! The command: counts, times, and prints the table.

use std::time::Instant;

use super::{BURST, READERS, Reading, Scratch};
use crate::harness::table::Table;
use crate::harness::timing::Samples;
use crate::harness::{Result, Work, measured_section, strace, valgrind};

const COUNTED: u64 = 4_096;
const CALLING: u64 = 1_000;
const ROUNDS: usize = 101;

const USAGE: &str = "bench-record [--markdown]";

/// The first argument of a run under valgrind, and of one under strace.
const COUNT: &str = "count";
const CALL: &str = "call";

/// Runs the command `bench-record [--markdown]`.
///
/// # Errors
///
/// A recorder that fails or drops something.
pub fn main(arguments: &[String]) -> std::result::Result<(), Box<dyn std::error::Error>> {
    match arguments {
        [first, who, messages] if first == COUNT => return count(who, messages),
        [first, who] if first == CALL => return call(who),
        _ => {}
    }
    let is_markdown = match arguments {
        [] => false,
        [flag] if flag == "--markdown" => true,
        _ => return Err(USAGE.into()),
    };
    let mut heading = vec!["a read of 150 bytes"];
    heading.extend(READERS.iter().map(|(name, _)| *name));
    let mut table = Table::new(&heading);
    match valgrind::missing() {
        Some(reason) => eprintln!("{reason}"),
        None => table.push(instructions()?),
    }
    match strace::missing() {
        Some(reason) => eprintln!("{reason}"),
        None => table.push(calls()?),
    }
    table.push(times()?);
    table.print(is_markdown);
    Ok(())
}

fn open(who: usize, scratch: &Scratch) -> Result<Box<dyn Reading>> {
    let (_, make) = READERS.get(who).ok_or("no such reader")?;
    make(&scratch.0)
}

/// What runs under valgrind.
fn count(who: &str, messages: &str) -> Result<()> {
    let scratch = Scratch::new()?;
    let mut reads = open(who.parse()?, &scratch)?;
    reads.run(COUNTED)?;
    reads.settle()?;
    let work: &mut dyn Work = reads.as_mut();
    measured_section(work, messages.parse()?)
}

/// What runs under strace.
fn call(who: &str) -> Result<()> {
    let scratch = Scratch::new()?;
    let mut reads = open(who.parse()?, &scratch)?;
    reads.run(CALLING)?;
    strace::marked(|| reads.run(CALLING))?;
    reads.settle()
}

fn instructions() -> Result<Vec<String>> {
    let mut row = vec!["instructions".to_owned()];
    for who in 0..READERS.len() {
        let arguments =
            |messages: u64| vec![COUNT.to_owned(), who.to_string(), messages.to_string()];
        let instructions = valgrind::instructions(COUNTED, arguments)?;
        row.push(format!("{instructions:.1}"));
    }
    Ok(row)
}

fn calls() -> Result<Vec<String>> {
    let mut row = vec![format!("system calls of {CALLING}")];
    for who in 0..READERS.len() {
        let calls = strace::calls(&[CALL.to_owned(), who.to_string()])?;
        row.push(calls.to_string());
    }
    Ok(row)
}

fn times() -> Result<Vec<String>> {
    let scratches = READERS
        .iter()
        .map(|_| Scratch::new())
        .collect::<Result<Vec<_>>>()?;
    let mut readers = Vec::with_capacity(READERS.len());
    for (who, scratch) in scratches.iter().enumerate() {
        readers.push((open(who, scratch)?, Vec::with_capacity(ROUNDS)));
    }
    for _ in 0..ROUNDS {
        for (reads, samples) in &mut readers {
            // The thread that writes the file works beside, as it does in a program.
            let start = Instant::now();
            reads.run(BURST)?;
            samples.push(start.elapsed().as_nanos() as f64 / BURST as f64);
            reads.settle()?;
        }
    }
    let mut row = vec!["ns".to_owned()];
    for (_, samples) in readers {
        row.push(format!("{:.1}", Samples::new(samples).median()));
    }
    Ok(row)
}
