//! The command: compares answers, counts, times, and prints the table.

use std::time::Duration;

use super::work::{CHECKED, Case, cases};
use crate::harness::table::Table;
use crate::harness::timing::interleaved;
use crate::harness::{Result, Work, measured_section, valgrind};

const COUNTED: u64 = 4096;
const ALLOCATING: u64 = 512;
const ROUNDS: usize = 101;
const TURN: Duration = Duration::from_micros(500);

/// What the way without vector instructions may take, in parts of the other.
const SWAR: f64 = 1.6;

const USAGE: &str = "bench-fix [WORD..] [--markdown], or bench-fix store|session [--markdown]";
/// The first argument for the stores of sessions.
const STORE: &str = "store";
/// The first argument for sessions.
const SESSION: &str = "session";
/// The first argument of a run under valgrind.
const COUNT: &str = "count";

/// Runs the command `bench-fix [WORD..] [--markdown]`; the words choose the work whose name contains all of them. The word
/// `store` in front chooses the stores of sessions instead, and the word `session` sessions as a whole.
///
/// # Errors
///
/// A contestant that gives another answer than ours, or fails.
pub fn main(arguments: &[String]) -> std::result::Result<(), Box<dyn std::error::Error>> {
    if let [first, rest @ ..] = arguments
        && first == COUNT
    {
        return child(rest);
    }
    if let [first, rest @ ..] = arguments
        && first == STORE
    {
        return super::store::main(rest);
    }
    if let [first, rest @ ..] = arguments
        && first == SESSION
    {
        return super::session::main(rest);
    }
    let mut is_markdown = false;
    let mut words = Vec::new();
    for argument in arguments {
        match argument.as_str() {
            "--markdown" => is_markdown = true,
            word if !word.starts_with('-') => words.push(word),
            _ => return Err(USAGE.into()),
        }
    }
    let mut table = Table::new(&[
        "work",
        "who",
        "instructions",
        "allocations",
        "ns",
        "to ours",
        "target",
        "met",
    ]);
    for (index, case) in cases().iter().enumerate() {
        if words.iter().all(|word| case.name.contains(word)) {
            measure(index, case, &mut table)?;
        }
    }
    table.print(is_markdown);
    println!(
        "SWAR is to take at most 1.6 times the instructions of the path that the machine takes."
    );
    Ok(())
}

fn measure(index: usize, case: &Case, table: &mut Table) -> Result<()> {
    let mut works = Vec::new();
    let mut expected = None;
    for (name, make) in &case.contestants {
        let mut work = make()?;
        let answer = work.answer(CHECKED)?;
        if *expected.get_or_insert(answer) != answer {
            return Err(format!("{}: {name} gives another answer", case.name).into());
        }
        works.push(work);
    }
    let samples = interleaved(&mut works, CHECKED, TURN, ROUNDS)?;
    let mut ours = None;
    for (who, (name, _)) in case.contestants.iter().enumerate() {
        let mut row = vec![case.name.to_owned(), (*name).to_owned()];
        let mut count = None;
        if valgrind::missing().is_none() {
            let (instructions, allocations) = counts(index, case, who)?;
            row.extend([format!("{instructions:.0}"), format!("{allocations:.1}")]);
            ours.get_or_insert(instructions);
            count = Some((instructions, allocations));
        } else {
            row.extend(["-".to_owned(), "-".to_owned()]);
        }
        if let (Some(mine), Some(ours)) = (samples.get(who), samples.first()) {
            row.push(format!("{:.0}", mine.median()));
            row.push(format!("{:.2}", mine.ratio_to(ours)));
        }
        row.extend(judged(case, name, ours, count));
        table.push(row);
    }
    if let Some(reason) = absent() {
        let mut row = vec![case.name.to_owned(), "QuickFIX C++".to_owned()];
        row.extend(std::iter::repeat_n("-".to_owned(), 4));
        row.push(reason.to_owned());
        table.push(row);
    }
    Ok(())
}

/// Why the peer that is a program of its own is not in the table.
fn absent() -> Option<&'static str> {
    #[cfg(feature = "fix-peers")]
    return crate::fix::peers::quickfix::missing();
    #[cfg(not(feature = "fix-peers"))]
    None
}

/// Target and whether it is met, for the rows of ours that have one. `ours` is what the path takes that the machine has.
fn judged(case: &Case, name: &str, ours: Option<f64>, count: Option<(f64, f64)>) -> Vec<String> {
    let target = match name {
        "ours" | "ours, template" => case.target,
        "ours, SWAR" => case.target.and(ours).map(|ours| SWAR * ours),
        _ => None,
    };
    let (Some(target), Some((instructions, allocations))) = (target, count) else {
        return Vec::new();
    };
    let is_met = instructions <= target && allocations == 0.0;
    let met = if is_met { "yes" } else { "no" };
    vec![format!("<= {target:.0}, 0"), met.to_owned()]
}

/// Instructions and allocations of a message.
#[cfg_attr(
    not(feature = "fix-peers"),
    allow(unused_variables, reason = "only a peer in C++ is counted otherwise")
)]
fn counts(index: usize, case: &Case, who: usize) -> Result<(f64, f64)> {
    #[cfg(feature = "fix-peers")]
    if case
        .contestants
        .get(who)
        .is_some_and(|&(name, _)| name == super::work::QUICKFIX)
    {
        let child = |messages| crate::fix::peers::quickfix::counted(case.of_quickfix(), messages);
        let instructions = valgrind::instructions_of(COUNTED, child)?;
        return Ok((instructions, valgrind::allocations_of(ALLOCATING, child)?));
    }
    let child = |messages| child_arguments(index, who, messages);
    let instructions = valgrind::instructions(COUNTED, child)?;
    Ok((instructions, valgrind::allocations(ALLOCATING, child)?))
}

fn child_arguments(case: usize, who: usize, messages: u64) -> Vec<String> {
    vec![
        COUNT.to_owned(),
        case.to_string(),
        who.to_string(),
        messages.to_string(),
    ]
}

/// What runs under valgrind.
pub(crate) fn child(arguments: &[String]) -> Result<()> {
    if let [first, rest @ ..] = arguments
        && first == SESSION
    {
        return super::session::main(rest);
    }
    let [case, who, messages] = arguments else {
        return Err(USAGE.into());
    };
    let cases = cases();
    let case = cases.get(case.parse::<usize>()?).ok_or("no such work")?;
    let (_, make) = case
        .contestants
        .get(who.parse::<usize>()?)
        .ok_or("nobody")?;
    let mut work = make()?;
    work.run(CHECKED)?;
    let work: &mut dyn Work = work.as_mut();
    measured_section(work, messages.parse()?)
}

/// Instructions of ours, by the quickest way of this processor and the slowest; `arguments` has this program run
/// [`child`] with those given.
pub(crate) fn golden(arguments: impl Fn(Vec<String>) -> Vec<String>) -> Result<Vec<(String, f64)>> {
    let mut counts = Vec::new();
    for (index, case) in cases().iter().enumerate() {
        for (who, (name, _)) in case.contestants.iter().enumerate() {
            if matches!(*name, "ours" | "ours, SWAR" | "ours, template") {
                let count = valgrind::instructions(COUNTED, |messages| {
                    arguments(child_arguments(index, who, messages).split_off(1))
                })?;
                let way = name.trim_start_matches("ours");
                counts.push((format!("FIX {}{way}", case.name), count));
            }
        }
    }
    counts.extend(super::session::golden(|mut rest| {
        rest.insert(0, SESSION.to_owned());
        arguments(rest)
    })?);
    Ok(counts)
}
