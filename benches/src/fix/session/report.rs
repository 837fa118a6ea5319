//! The command: compares answers, counts, times, and prints the table.

use super::resend;
use super::table::Rounds;
use super::venue::Venue;
use super::{Job, Keeps, Make, Party, Way, parties};
use crate::fix::messages::DISTINCT;
use crate::harness::cores::{Side, pin};
use crate::harness::table::Table;
use crate::harness::{Result, Work, measured_section, strace, valgrind};

const USAGE: &str = "bench-fix session [resend] [WORD..] [--markdown]";
/// The first argument of a run under valgrind, of one under strace, and of one whose memory is looked at.
const COUNT: &str = "count";
const CALL: &str = "call";
const RESEND: &str = "resend";
const AGAIN: &str = "again";

const COUNTED: u64 = 1024;
const ALLOCATING: u64 = 256;
const CALLING: u64 = 1000;
/// Messages before anything is counted: buffers and pages are there then.
const WARM: u64 = 512;
/// Rounds, and messages of each.
const ROUNDS: usize = 25;
const MESSAGES: u64 = 1500;
/// Each distinct message, twice.
const CHECKED: u64 = 2 * DISTINCT as u64;
/// What a peer's time may be of ours for ours to count as no slower: the machine is not quiet enough for more.
const TIE: f64 = 0.98;

impl Job {
    fn all() -> Vec<Self> {
        let mut jobs = Vec::new();
        for way in [Way::Send, Way::Receive, Way::RoundTrip] {
            for keeps in [Keeps::Memory, Keeps::None, Keeps::Flush, Keeps::Fsync] {
                let venue = None;
                jobs.push(Self { way, keeps, venue });
            }
        }
        jobs
    }

    /// Waiting for the disk takes its time, and what else the disk does takes long: more rounds of fewer messages.
    const fn rounds(self) -> (usize, u64) {
        match self.keeps {
            Keeps::Fsync => (4 * ROUNDS, MESSAGES / 100),
            _ => (ROUNDS, MESSAGES),
        }
    }

    const fn some_of(self, messages: u64) -> u64 {
        match self.keeps {
            Keeps::Fsync => messages / 16,
            _ => messages,
        }
    }
}

/// Runs the command `bench-fix session [resend] [WORD..] [--markdown]`.
///
/// # Errors
///
/// A session that fails, sends other orders, or reads other reports than ours.
pub(in crate::fix) fn main(arguments: &[String]) -> Result<()> {
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        [COUNT, job, who, messages] => return count(job.parse()?, who.parse()?, messages.parse()?),
        [CALL, job] => return call(job.parse()?),
        [AGAIN, folder] => return resend::again(folder),
        [RESEND] => return resend::print(),
        _ => {}
    }
    let is_markdown = words.contains(&"--markdown");
    let words: Vec<_> = words
        .into_iter()
        .filter(|word| *word != "--markdown")
        .collect();
    if words.iter().any(|word| word.starts_with('-')) {
        return Err(USAGE.into());
    }
    let mut table = Table::new(&[
        "work",
        "who",
        "instructions",
        "allocations",
        "system calls",
        "p50 ns",
        "p99 ns",
        "p50 to ours",
        "p99 to ours",
        "met",
    ]);
    let (mut works, mut met) = (0, 0);
    for (index, job) in Job::all().into_iter().enumerate() {
        let name = job.to_string();
        if words.iter().all(|word| name.contains(word)) {
            works += 1;
            met += usize::from(measure(index, job, &mut table)?);
        }
    }
    table.print(is_markdown);
    println!(
        "Met is: no allocation, and nobody quicker in the middle (p50) nor by instructions: {met} of {works}. Times are \
         those of whole messages: until the write has returned, or until the number that came is kept."
    );
    if words.is_empty() {
        resend::print()?;
    }
    Ok(())
}

/// Arguments of this program for a run of its own.
fn arguments(words: &[&str]) -> Vec<String> {
    let all = ["session"].iter().chain(words);
    all.map(|&word| word.to_owned()).collect()
}

/// Adds the rows of a job, and says whether ours is as it should be.
fn measure(index: usize, job: Job, table: &mut Table) -> Result<bool> {
    let parties = parties(job);
    let rounds = times(job, &parties)?;
    let mut rows = Vec::new();
    let mut of_ours = None;
    let mut is_met = true;
    for (who, ((name, _), mine)) in parties.iter().zip(&rounds).enumerate() {
        let (instructions, allocations) = counts(index, job, who, name)?;
        let ratios = rounds.first().map(|ours| mine.ratios_to(ours));
        let ratios = ratios.unwrap_or([f64::NAN; 2]);
        let mut row = vec![job.to_string(), (*name).to_owned()];
        row.push(cell(instructions, 0));
        row.push(cell(allocations, 2));
        row.push(cell(calls(index, job, who)?, 2));
        row.extend(mine.percentiles().map(|time| cell(Some(time), 0)));
        row.extend(ratios.map(|ratio| cell(Some(ratio), 2)));
        rows.push(row);
        if who == 0 {
            of_ours = instructions;
            is_met = allocations.is_none_or(|count| count == 0.0);
        } else {
            let [middle, _] = ratios;
            let takes_more = |mine: f64| of_ours.is_none_or(|ours| mine >= ours);
            is_met &= middle >= TIE && instructions.is_none_or(takes_more);
        }
    }
    if let Some(row) = rows.first_mut() {
        row.push(if is_met { "yes" } else { "no" }.to_owned());
    }
    for row in rows {
        table.push(row);
    }
    Ok(is_met)
}

fn cell(figure: Option<f64>, digits: usize) -> String {
    figure.map_or_else(|| "-".to_owned(), |figure| format!("{figure:.digits$}"))
}

/// Compares the answers, then runs everybody in turns.
fn times(job: Job, makes: &[(&'static str, Make)]) -> Result<Vec<Rounds>> {
    let venue = match job.way {
        Way::RoundTrip => Some(Venue::start()?),
        _ => None,
    };
    let turn = |who| {
        if let Some(venue) = &venue {
            venue.turn(who);
        }
    };
    let job = Job {
        venue: venue.as_ref().map(|venue| venue.address),
        ..job
    };
    let mut parties = Vec::new();
    let mut expected = None;
    for (who, (name, make)) in makes.iter().enumerate() {
        turn(who);
        let failed = |error| format!("{job}: {name}: {error}");
        let mut party = make(job).map_err(failed)?;
        party.prepare(CHECKED)?;
        let answer = party.answer(CHECKED).map_err(failed)?;
        if *expected.get_or_insert(answer) != answer {
            return Err(format!("{job}: {name} gives another answer").into());
        }
        parties.push(party);
    }
    // After the parties were made: the threads that some of them have may run anywhere.
    let _pinned = pin(Side::Client);
    let mut rounds = vec![Rounds::default(); parties.len()];
    let (count, messages) = job.rounds();
    // The first round is for warming up.
    for round in 0..=count {
        for (who, (party, rounds)) in parties.iter_mut().zip(&mut rounds).enumerate() {
            turn(who);
            party.prepare(messages)?;
            let times = party.times(messages)?;
            if round > 0 {
                rounds.add(times);
            }
        }
    }
    Ok(rounds)
}

/// Instructions and allocations of a message, where they can be counted.
fn counts(index: usize, job: Job, who: usize, name: &str) -> Result<(Option<f64>, Option<f64>)> {
    if job.way == Way::RoundTrip || valgrind::missing().is_some() {
        return Ok((None, None));
    }
    let (counted, allocating) = (job.some_of(COUNTED), job.some_of(ALLOCATING));
    #[cfg(feature = "fix-peers")]
    if name == super::QUICKFIX {
        let child = |messages| super::quickfix::counted(job, PREPARED, messages);
        return Ok((
            Some(valgrind::instructions_of(counted, child)?),
            Some(valgrind::allocations_of(allocating, child)?),
        ));
    }
    let child = |messages: u64| {
        arguments(&[
            COUNT,
            &index.to_string(),
            &who.to_string(),
            &messages.to_string(),
        ])
    };
    // Its files are written by a thread of its own, for which it waits.
    let is_counted = name == "ours" || job.keeps == Keeps::Memory;
    let instructions = match is_counted {
        true => Some(valgrind::instructions(counted, child)?),
        false => None,
    };
    let allocations = valgrind::allocations(allocating, child)?;
    Ok((instructions, Some(allocations)))
}

/// System calls of a message of ours.
fn calls(index: usize, job: Job, who: usize) -> Result<Option<f64>> {
    if who > 0 || job.way == Way::RoundTrip || strace::missing().is_some() {
        return Ok(None);
    }
    let calls = strace::calls(&arguments(&[CALL, &index.to_string()]))?;
    Ok(Some(calls as f64 / job.some_of(CALLING) as f64))
}

/// However many are counted, so that what is got ready is not.
const PREPARED: u64 = WARM + 2 * COUNTED;

fn warmed(index: usize, who: usize) -> Result<(Job, Box<dyn Party>)> {
    let job = *Job::all().get(index).ok_or("no such work")?;
    let parties = parties(job);
    let (_, make) = parties.get(who).ok_or("nobody")?;
    let mut party = make(job)?;
    party.prepare(PREPARED)?;
    party.run(job.some_of(WARM))?;
    Ok((job, party))
}

/// What runs under valgrind.
fn count(index: usize, who: usize, messages: u64) -> Result<()> {
    let (_, mut party) = warmed(index, who)?;
    let work: &mut dyn Work = party.as_mut();
    measured_section(work, messages)
}

/// What runs under strace.
fn call(index: usize) -> Result<()> {
    let (job, mut party) = warmed(index, 0)?;
    strace::marked(|| party.run(job.some_of(CALLING)))
}

/// Instructions of ours where nothing waits for a disk; `wrapped` has this program run [`main`] with the arguments given.
pub(in crate::fix) fn golden(
    wrapped: impl Fn(Vec<String>) -> Vec<String>,
) -> Result<Vec<(String, f64)>> {
    let mut counts = Vec::new();
    for (index, job) in Job::all().into_iter().enumerate() {
        if job.way == Way::RoundTrip || !matches!(job.keeps, Keeps::Memory | Keeps::Flush) {
            continue;
        }
        let count = valgrind::instructions(COUNTED, |messages| {
            let words = [COUNT, &index.to_string(), "0", &messages.to_string()];
            wrapped(words.map(str::to_owned).into())
        })?;
        counts.push((format!("FIX session: {job}"), count));
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyone_gives_the_same_answer() {
        for job in Job::all() {
            let venue = (job.way == Way::RoundTrip).then(|| Venue::start().unwrap());
            let job = Job {
                venue: venue.as_ref().map(|venue| venue.address),
                ..job
            };
            let mut expected = None;
            for (who, (name, make)) in parties(job).into_iter().enumerate() {
                if let Some(venue) = &venue {
                    venue.turn(who);
                }
                let mut party = make(job).unwrap();
                party.prepare(CHECKED).unwrap();
                let answer = party.answer(CHECKED).unwrap();
                assert_eq!(answer, *expected.get_or_insert(answer), "{job}: {name}");
            }
        }
    }
}
