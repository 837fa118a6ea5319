//! What it costs to keep a message before it is sent, and to read it again for a resend.

use std::fs;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;

use boom_fix::session::store::{Durability, FileStore, MemoryStore, Store};

use super::messages::{DISTINCT, execution_reports};
use crate::harness::scratch::Scratch;
use crate::harness::table::Table;
use crate::harness::{Answer, Result, Work, measured_section, strace, valgrind};

const COUNTED: u64 = 1024;
const ALLOCATING: u64 = 256;
const CALLING: u64 = 1000;
/// Appends before anything is counted: buffers and pages are there then.
const WARM: u64 = 2048;
/// So many are kept for the resend.
const RESENT: u64 = 1_000_000;

const USAGE: &str = "bench-fix store [--markdown]";
/// The first argument of a run under valgrind, of one under strace, and of one whose memory is looked at.
const COUNT: &str = "count";
const CALL: &str = "call";
const RESEND: &str = "resend";

type Make = fn(PathBuf) -> Result<Box<dyn Store>>;

/// Who keeps, and how many messages its times are taken of.
const STORES: &[(&str, Make, usize)] = &[
    ("in memory", |_| Ok(Box::new(MemoryStore::new())), 200_000),
    (
        "in files, None",
        |folder| open(folder, Durability::None),
        200_000,
    ),
    (
        "in files, Flush",
        |folder| open(folder, Durability::Flush),
        200_000,
    ),
    (
        "in files, Fsync",
        |folder| open(folder, Durability::Fsync),
        2_000,
    ),
    #[cfg(feature = "fix-peers")]
    (
        "SQLite, Flush",
        |folder| sqlite(folder, Durability::Flush),
        50_000,
    ),
    #[cfg(feature = "fix-peers")]
    (
        "SQLite, Fsync",
        |folder| sqlite(folder, Durability::Fsync),
        2_000,
    ),
];

fn open(folder: PathBuf, durability: Durability) -> Result<Box<dyn Store>> {
    let builder = FileStore::builder(folder).reserve_messages(RESENT as usize);
    Ok(Box::new(builder.durability(durability).open()?))
}

#[cfg(feature = "fix-peers")]
fn sqlite(folder: PathBuf, durability: Durability) -> Result<Box<dyn Store>> {
    use boom_fix::session::store::SqliteStore;

    let path = folder.join("store.sqlite");
    Ok(Box::new(SqliteStore::open(path, durability, 0)?))
}

/// Runs the command `bench-fix store [--markdown]`.
///
/// # Errors
///
/// A store that fails, or gives back other messages than were kept.
pub(super) fn main(arguments: &[String]) -> Result<()> {
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    let is_markdown = match words[..] {
        [] => false,
        ["--markdown"] => true,
        [COUNT, who, messages] => return count(who.parse()?, messages.parse()?),
        [CALL, who] => return call(who.parse()?),
        [RESEND] => return resend(),
        _ => return Err(USAGE.into()),
    };
    let heading = [
        "keep 331 B",
        "instructions",
        "allocations",
        "system calls",
        "ns p50",
        "ns p99",
    ];
    let mut table = Table::new(&heading);
    for who in 0..STORES.len() {
        table.push(measure(who)?);
    }
    table.print(is_markdown);
    // A process of its own, so that its memory is that of the store alone.
    let program = std::env::current_exe()?;
    let status = std::process::Command::new(program)
        .args(["store", RESEND])
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err("the resend has failed".into())
    }
}

fn measure(who: usize) -> Result<Vec<String>> {
    let (name, make, timed) = STORES.get(who).ok_or("no such store")?;
    check(*make)?;
    let mut row = vec![(*name).to_owned()];
    let counted = |messages: u64| arguments(&[COUNT, &who.to_string(), &messages.to_string()]);
    if valgrind::missing().is_none() {
        let instructions = valgrind::instructions(COUNTED, counted)?;
        let allocations = valgrind::allocations(ALLOCATING, counted)?;
        row.extend([format!("{instructions:.0}"), format!("{allocations:.2}")]);
    } else {
        row.extend(["-".to_owned(), "-".to_owned()]);
    }
    match strace::missing() {
        Some(_) => row.push("-".to_owned()),
        None => {
            let calls = strace::calls(&arguments(&[CALL, &who.to_string()]))?;
            row.push(format!("{:.2}", calls as f64 / CALLING as f64));
        }
    }
    let times = times(*make, *timed)?;
    row.extend([0.5, 0.99].map(|part| percentile(&times, part).to_string()));
    Ok(row)
}

fn arguments(words: &[&str]) -> Vec<String> {
    let all = ["store"].iter().chain(words);
    all.map(|&word| word.to_owned()).collect()
}

/// What is read is what was kept.
fn check(make: Make) -> Result<()> {
    let scratch = Scratch::new()?;
    let mut work = Appending::new(make(scratch.0.clone())?);
    let messages = execution_reports();
    let kept = messages.iter().map(Vec::as_slice).cycle().take(500);
    if work.answer(500)? == Answer::of(kept) {
        Ok(())
    } else {
        Err("other messages than were kept".into())
    }
}

/// What runs under valgrind.
fn count(who: usize, messages: u64) -> Result<()> {
    let (_, make, _) = STORES.get(who).ok_or("no such store")?;
    let scratch = Scratch::new()?;
    let mut work = Appending::new(make(scratch.0.clone())?);
    work.run(WARM)?;
    measured_section(&mut work, messages)
}

/// What runs under strace.
fn call(who: usize) -> Result<()> {
    let (_, make, _) = STORES.get(who).ok_or("no such store")?;
    let scratch = Scratch::new()?;
    let mut work = Appending::new(make(scratch.0.clone())?);
    work.run(WARM)?;
    strace::marked(|| work.run(CALLING))
}

/// Nanoseconds of each append, in order of size.
fn times(make: Make, count: usize) -> Result<Vec<u64>> {
    let scratch = Scratch::new()?;
    let mut work = Appending::new(make(scratch.0.clone())?);
    work.run(WARM)?;
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        let start = Instant::now();
        work.run(1)?;
        times.push(start.elapsed().as_nanos() as u64);
    }
    times.sort_unstable();
    Ok(times)
}

fn percentile(sorted: &[u64], part: f64) -> u64 {
    let index = (sorted.len() as f64 * part) as usize;
    sorted.get(index).copied().unwrap_or_default()
}

/// Keeps a million messages, opens the store again, and reads them in order.
fn resend() -> Result<()> {
    let scratch = Scratch::new()?;
    let mut store = open(scratch.0.clone(), Durability::None)?;
    let messages = execution_reports();
    for (number, message) in (1..=RESENT).zip(messages.iter().cycle()) {
        store.append(number, message)?;
    }
    drop(store);
    let start = Instant::now();
    let mut store = open(scratch.0.clone(), Durability::Flush)?;
    let opened = start.elapsed();
    let mut message = Vec::new();
    let start = Instant::now();
    for number in 1..=RESENT {
        if !store.read(number, &mut message)? {
            return Err(format!("message {number} is not kept").into());
        }
        black_box(&message);
    }
    let read = start.elapsed();
    println!(
        "{RESENT} messages: opened in {} ms, read in order in {} ms, {:.0} ns each; at most {} of memory",
        opened.as_millis(),
        read.as_millis(),
        read.as_nanos() as f64 / RESENT as f64,
        peak_memory().unwrap_or_default(),
    );
    Ok(())
}

/// The most that was resident so far, as Linux says it.
fn peak_memory() -> Option<String> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().to_owned())
}

/// Appends messages in turn.
struct Appending {
    store: Box<dyn Store>,
    messages: Vec<Vec<u8>>,
}

impl Appending {
    fn new(store: Box<dyn Store>) -> Self {
        Self {
            store,
            messages: execution_reports(),
        }
    }
}

impl Work for Appending {
    fn answer(&mut self, messages: u64) -> Result<Answer> {
        let from = self.store.next_outgoing();
        self.run(messages)?;
        let (mut answer, mut message) = (Answer::new(), Vec::new());
        for number in from..from + messages {
            if !self.store.read(number, &mut message)? {
                return Err(format!("message {number} is not kept").into());
            }
            answer.add(&message);
        }
        Ok(answer)
    }

    fn run(&mut self, messages: u64) -> Result<()> {
        for _ in 0..messages {
            let number = self.store.next_outgoing();
            let message = self.messages.get((number - 1) as usize % DISTINCT);
            self.store.append(number, message.ok_or("no message")?)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_stores_give_back_what_they_keep() {
        for (_, make, _) in STORES {
            check(*make).unwrap();
        }
    }
}
