//! The command: checks, counts, times, and prints the table.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::harness::row::Row;
use crate::harness::table::Table;
use crate::harness::target::Target;
use crate::harness::timing::{Samples, interleaved};
use crate::harness::{Result, measured_section, valgrind};
use crate::payload::DISTINCT;
use crate::ws::cases::{self, ALLOCATIONS_TARGET, COLUMNS, Case, Contestant};
use crate::ws::dial::Security;
use crate::ws::feed::{self, Messages};
use crate::ws::{fan_in, round_trip};

/// Messages that repeat the pattern of short reads and frames, so that counts are exact.
pub(super) const COUNTED: u64 = 4 * DISTINCT as u64;
/// Enough for a difference of whole blocks; memcheck is slow.
const ALLOCATING: u64 = 2 * DISTINCT as u64;
const ROUNDS: usize = 151;
const QUICK_ROUNDS: usize = 31;
const TURN: Duration = Duration::from_micros(500);

const USAGE: &str = "bench-ws [WORD..] [--quick] [--markdown]";

/// Runs the command `bench-ws [WORD..] [--quick] [--markdown]`.
///
/// The words choose the work whose name contains all of them. `--quick` takes fewer rounds, and counts limits and ours
/// alone.
///
/// # Errors
///
/// A contestant that gives a wrong answer, or fails.
pub fn main(arguments: &[String]) -> std::result::Result<(), Box<dyn std::error::Error>> {
    if let [first, rest @ ..] = arguments
        && first == COUNT
    {
        return child(rest);
    }
    let mut bench = Bench::new()?;
    let mut is_markdown = false;
    for argument in arguments {
        match argument.as_str() {
            "--quick" => bench.is_quick = true,
            "--markdown" => is_markdown = true,
            word if !word.starts_with('-') => bench.words.push(word.to_owned()),
            _ => return Err(USAGE.into()),
        }
    }
    bench.run()?;
    if bench.table.is_empty() {
        return Err(format!("no work has {:?} in its name", bench.words.join(" ")).into());
    }
    bench.table.print(is_markdown);
    for ((column, reason), works) in &bench.notes {
        println!("note: {column} {reason} ({works} of the works)");
    }
    Ok(())
}

/// The first argument of a run under valgrind.
const COUNT: &str = "count";

/// What runs under valgrind: the case and the contestant by index, and the messages to be counted.
pub(crate) fn child(arguments: &[String]) -> Result<()> {
    let [case, contestant, messages] = arguments else {
        return Err(USAGE.into());
    };
    let cases = cases::in_memory();
    let case = cases.get(case.parse::<usize>()?).ok_or("no such work")?;
    let contestant = case.contestants.get(contestant.parse::<usize>()?);
    let mut work = (contestant.ok_or("no such contestant")?.make)()?;
    work.run(case.messages.distinct()? as u64)?;
    measured_section(work.as_mut(), messages.parse()?)
}

/// The arguments of [`child`].
pub(super) fn child_arguments(case: usize, contestant: usize, messages: u64) -> Vec<String> {
    vec![
        case.to_string(),
        contestant.to_string(),
        messages.to_string(),
    ]
}

fn arguments(case: usize, contestant: usize, messages: u64) -> Vec<String> {
    let mut arguments = vec![COUNT.to_owned()];
    arguments.extend(child_arguments(case, contestant, messages));
    arguments
}

struct Bench {
    words: Vec<String>,
    is_quick: bool,
    is_counting: bool,
    table: Table,
    /// Who is absent and why, and from how many works.
    notes: BTreeMap<(&'static str, &'static str), usize>,
}

impl Bench {
    fn new() -> Result<Self> {
        let missing = valgrind::missing();
        if let Some(reason) = missing {
            eprintln!("{reason}");
        }
        let mut heading = vec!["work"];
        heading.extend(COLUMNS);
        heading.extend(["target", "met?"]);
        Ok(Self {
            words: Vec::new(),
            is_quick: false,
            is_counting: missing.is_none(),
            table: Table::new(&heading),
            notes: BTreeMap::new(),
        })
    }

    fn run(&mut self) -> Result<()> {
        let mut allocations = Vec::new();
        for (index, case) in cases::in_memory().into_iter().enumerate() {
            if self.wants(&case.name) {
                self.measure(index, &case, &mut allocations)?;
            }
        }
        if self.wants(FAN_IN) {
            self.fan_in()?;
        }
        for (name, security) in [
            (ROUND_TRIP, Security::plain as fn() -> Security),
            (TLS_ROUND_TRIP, Security::tls),
        ] {
            if self.wants(name) {
                self.round_trip(name, &security())?;
            }
        }
        for row in allocations {
            self.table.push(row);
        }
        Ok(())
    }

    fn wants(&self, name: &str) -> bool {
        self.words.iter().all(|word| name.contains(word.as_str()))
    }

    const fn rounds(&self) -> usize {
        if self.is_quick { QUICK_ROUNDS } else { ROUNDS }
    }

    fn measure(
        &mut self,
        index: usize,
        case: &Case,
        allocations: &mut Vec<Vec<String>>,
    ) -> Result<()> {
        eprintln!("{}", case.name);
        if matches!(case.messages, Messages::Recorded)
            && let Some(reason) = feed::no_recordings()
        {
            eprintln!("skipped: {reason}");
            return Ok(());
        }
        for &(column, reason) in case.absent {
            *self.notes.entry((column, reason)).or_default() += 1;
        }
        check(case)?;
        if self.is_counting && case.counted {
            self.table.push(self.counted(index, case)?);
        }
        if self.is_counting && case.allocations != cases::Allocations::Nobodys {
            allocations.push(self.allocated(index, case)?);
        }
        self.table.push(self.timed(case)?);
        Ok(())
    }

    fn counts(&self, who: &Contestant) -> bool {
        !self.is_quick || who.is_limit_or_ours()
    }

    /// The row of instructions.
    fn counted(&self, index: usize, case: &Case) -> Result<Vec<String>> {
        let mut row = row_of(case, "instr/msg");
        for (who, contestant) in case.contestants.iter().enumerate() {
            if self.counts(contestant) {
                let instructions =
                    valgrind::instructions(COUNTED, |messages| arguments(index, who, messages))?;
                row.add(contestant.name(), count(instructions), instructions, None);
            }
        }
        Ok(row.judge(case.instructions))
    }

    /// The row of heap blocks taken.
    fn allocated(&self, index: usize, case: &Case) -> Result<Vec<String>> {
        let mut row = row_of(case, "allocations/msg");
        for (who, contestant) in case.contestants.iter().enumerate() {
            if case.allocations.include(contestant) && self.counts(contestant) {
                let blocks =
                    valgrind::allocations(ALLOCATING, |messages| arguments(index, who, messages))?;
                row.add(contestant.name(), format!("{blocks:.2}"), blocks, None);
            }
        }
        Ok(row.judge(Some(ALLOCATIONS_TARGET)))
    }

    /// The row of nanoseconds, with ratios to the limit.
    fn timed(&self, case: &Case) -> Result<Vec<String>> {
        let mut works = Vec::with_capacity(case.contestants.len());
        for contestant in &case.contestants {
            works.push((contestant.make)()?);
        }
        let unit = case.messages.distinct()? as u64;
        let samples = interleaved(&mut works, unit, TURN, self.rounds())?;
        let base = case.contestants.iter().position(Contestant::is_base);
        let base = base
            .and_then(|base| samples.get(base))
            .ok_or("no limit to compare with")?;
        let mut row = row_of(case, "ns/msg (x limit)");
        for (contestant, samples) in case.contestants.iter().zip(&samples) {
            let (ns, ratio) = (samples.median(), samples.ratio_to(base));
            row.add(
                contestant.name(),
                format!("{ns:.1} ({ratio:.2})"),
                ns,
                Some(ratio),
            );
        }
        Ok(row.judge(case.time))
    }

    fn fan_in(&mut self) -> Result<()> {
        eprintln!("{FAN_IN}");
        let who = cases::fan_in();
        let receivers: Vec<_> = who.iter().map(|who| (who.open, who.has_answer)).collect();
        let samples = fan_in::measure(&receivers, self.rounds())?;
        let names = who.iter().map(|who| (who.column, who.label));
        self.table.push(ratios(
            format!("{FAN_IN}, ns/msg (x limit)"),
            names.zip(&samples),
            |ns, ratio| format!("{ns:.1} ({ratio:.2})"),
            cases::FAN_IN_TARGET,
        )?);
        Ok(())
    }

    /// The row of round trips, with ratios to the raw stream.
    fn round_trip(&mut self, name: &str, security: &Security) -> Result<()> {
        eprintln!("{name}");
        let clients = cases::round_trip();
        let connects: Vec<_> = clients.iter().map(|&(_, connect)| connect).collect();
        let samples = round_trip::measure(&connects, security, self.rounds())?;
        let names = clients.iter().map(|&(column, _)| (column, ""));
        self.table.push(ratios(
            format!("{name}, us (x raw)"),
            names.zip(&samples),
            |ns, ratio| format!("{:.2} ({ratio:.3})", ns / 1000.0),
            cases::ROUND_TRIP_TARGET,
        )?);
        Ok(())
    }
}

const FAN_IN: &str = "fan-in 150 B from a socket, checked";
const ROUND_TRIP: &str = "round trip 150 B over loopback";
const TLS_ROUND_TRIP: &str = "round trip 150 B over loopback, TLS 1.3";

/// A row of samples, the first of which is the limit.
fn ratios<'a>(
    name: String,
    samples: impl Iterator<Item = ((&'static str, &'static str), &'a Samples)>,
    text: impl Fn(f64, f64) -> String,
    target: Target,
) -> Result<Vec<String>> {
    let mut samples = samples.peekable();
    let base = samples.peek().map(|&(_, samples)| samples);
    let base = base.ok_or("no limit to compare with")?;
    let mut row = Row::new(name, &COLUMNS);
    for (who, samples) in samples {
        let (ns, ratio) = (samples.median(), samples.ratio_to(base));
        row.add(who, text(ns, ratio), ns, Some(ratio));
    }
    Ok(row.judge(Some(target)))
}

fn row_of(case: &Case, unit: &str) -> Row {
    Row::new(format!("{}, {unit}", case.name), &COLUMNS)
}

/// Short counts with what is behind the point: a target is met or not.
fn count(instructions: f64) -> String {
    if instructions < 200.0 {
        format!("{instructions:.1}")
    } else {
        format!("{instructions:.0}")
    }
}

/// Nobody is measured who does not do the work.
fn check(case: &Case) -> Result<()> {
    let messages = 2 * case.messages.distinct()? as u64 + 1;
    let expected = case.messages.answer(messages)?;
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
