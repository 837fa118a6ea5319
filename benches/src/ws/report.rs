//! The command: checks, counts, times, and prints the table.

use std::time::Duration;

use crate::harness::table::Table;
use crate::harness::timing::{Samples, interleaved};
use crate::harness::{Result, measured_section, valgrind};
use crate::payload::DISTINCT;
use crate::ws::cases::{self, ALLOCATIONS_TARGET, COLUMNS, Case, ROUND_TRIP_TARGET};
use crate::ws::round_trip;
use crate::ws::row::Row;

/// Messages that repeat the pattern of reads and frames for every size of both, so that counts are exact.
const COUNTED: u64 = 32 * DISTINCT as u64;
/// Enough for a difference of whole blocks; memcheck is slow.
const ALLOCATING: u64 = 2 * DISTINCT as u64;
const ROUNDS: usize = 151;
const TURN: Duration = Duration::from_micros(500);

/// Runs the command `bench-ws [FILTER] [--markdown]`.
///
/// `FILTER` chooses the work whose name contains it.
///
/// # Errors
///
/// A contestant that gives a wrong answer, or fails.
pub fn main(arguments: &[String]) -> std::result::Result<(), Box<dyn std::error::Error>> {
    if let [first, case, contestant, messages] = arguments
        && first == COUNT
    {
        return child(case.parse()?, contestant.parse()?, messages.parse()?);
    }
    let (options, filters): (Vec<&str>, Vec<&str>) = arguments
        .iter()
        .map(String::as_str)
        .partition(|argument| argument.starts_with('-'));
    let markdown = match options[..] {
        [] => false,
        ["--markdown"] => true,
        _ => return Err("bench-ws [FILTER] [--markdown]".into()),
    };
    if let Some(reason) = valgrind::missing() {
        eprintln!("{reason}");
    }
    let table = report(&filters.join(" "), valgrind::missing().is_none())?;
    table.print(markdown);
    Ok(())
}

/// The first argument of a run under valgrind.
const COUNT: &str = "count";

/// What runs under valgrind: the case and the contestant by index, and the messages to be counted.
fn child(case: usize, contestant: usize, messages: u64) -> Result<()> {
    let cases = cases::in_memory();
    let contestant = cases
        .get(case)
        .and_then(|case| case.contestants.get(contestant))
        .ok_or("no such work")?;
    let mut work = (contestant.make)()?;
    work.run(DISTINCT as u64)?;
    measured_section(work.as_mut(), messages)
}

fn report(filter: &str, counting: bool) -> Result<Table> {
    let heading: Vec<_> = [
        "work", COLUMNS[0], COLUMNS[1], COLUMNS[2], COLUMNS[3], COLUMNS[4], "target", "met?",
    ]
    .into();
    let mut table = Table::new(&heading);
    let mut allocations = Vec::new();
    for (index, case) in cases::in_memory().into_iter().enumerate() {
        if !case.name.contains(filter) {
            continue;
        }
        eprintln!("{}", case.name);
        check(&case)?;
        if counting {
            table.push(counted(index, &case)?);
            if case.allocations {
                allocations.push(allocated(index, &case)?);
            }
        }
        table.push(timed(&case)?);
    }
    if ROUND_TRIP.contains(filter) {
        eprintln!("{ROUND_TRIP}");
        table.push(round_trips()?);
    }
    for row in allocations {
        table.push(row);
    }
    if table.is_empty() {
        return Err(format!("no work has {filter:?} in its name").into());
    }
    Ok(table)
}

/// Nobody is measured who does not do the work.
fn check(case: &Case) -> Result<()> {
    let messages = 4 * DISTINCT as u64;
    let expected = (case.answer)(messages);
    for contestant in case.contestants.iter().filter(|who| who.has_answer()) {
        let answer = (contestant.make)()?.answer(messages)?;
        if answer != expected {
            return Err(format!(
                "{}: {} gave {answer:?}, not {expected:?}",
                case.name, contestant.column
            )
            .into());
        }
    }
    Ok(())
}

/// The row of instructions.
fn counted(index: usize, case: &Case) -> Result<Vec<String>> {
    let mut row = Row::of(case, "instr/msg");
    for (who, contestant) in case.contestants.iter().enumerate() {
        let instructions =
            valgrind::instructions(COUNTED, |messages| arguments(index, who, messages))?;
        row.add(contestant, format!("{instructions:.0}"), instructions, None);
    }
    Ok(row.judge(case.instructions))
}

/// The row of heap blocks taken.
fn allocated(index: usize, case: &Case) -> Result<Vec<String>> {
    let mut row = Row::of(case, "allocations/msg");
    for (who, contestant) in case
        .contestants
        .iter()
        .enumerate()
        .filter(|(_, who)| who.column != "limit")
    {
        let blocks = valgrind::allocations(ALLOCATING, |messages| arguments(index, who, messages))?;
        row.add(contestant, format!("{blocks:.2}"), blocks, None);
    }
    Ok(row.judge(Some(ALLOCATIONS_TARGET)))
}

fn arguments(case: usize, contestant: usize, messages: u64) -> Vec<String> {
    vec![
        COUNT.to_owned(),
        case.to_string(),
        contestant.to_string(),
        messages.to_string(),
    ]
}

/// The row of nanoseconds, with ratios to the limit.
fn timed(case: &Case) -> Result<Vec<String>> {
    let mut works = Vec::with_capacity(case.contestants.len());
    for contestant in &case.contestants {
        works.push((contestant.make)()?);
    }
    let samples = interleaved(&mut works, DISTINCT as u64, TURN, ROUNDS)?;
    let limit = case
        .contestants
        .iter()
        .position(|who| who.column == "limit" && who.label.is_empty());
    let limit = limit
        .and_then(|limit| samples.get(limit))
        .ok_or("no limit to compare with")?;
    let mut row = Row::of(case, "ns/msg (x limit)");
    for (contestant, samples) in case.contestants.iter().zip(&samples) {
        let (ns, to_limit) = (samples.median(), samples.ratio_to(limit));
        row.add(
            contestant,
            format!("{ns:.1} ({to_limit:.2})"),
            ns,
            Some(to_limit),
        );
    }
    Ok(row.judge(case.time))
}

const ROUND_TRIP: &str = "round trip 150 B over loopback";

/// The row of round trips, with ratios to raw TCP.
fn round_trips() -> Result<Vec<String>> {
    let clients = cases::round_trip();
    let connects: Vec<_> = clients.iter().map(|&(_, connect)| connect).collect();
    let samples = round_trip::measure(&connects, ROUNDS)?;
    let raw: &Samples = samples.first().ok_or("no limit to compare with")?;
    let mut row = Row::new(format!("{ROUND_TRIP}, us (x raw TCP)"));
    for ((column, _), samples) in clients.iter().zip(&samples) {
        let (us, ratio) = (samples.median() / 1000.0, samples.ratio_to(raw));
        row.cell(column, format!("{us:.2} ({ratio:.3})"), us, Some(ratio));
    }
    Ok(row.judge(Some(ROUND_TRIP_TARGET)))
}
