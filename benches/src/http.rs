//! The HTTP client: what an exchange costs in memory.

mod memory;
mod ours;
mod raw;

use crate::harness::{Result, Work, measured_section, valgrind};
use memory::Answer;

/// Exchanges that are counted.
const COUNTED: u64 = 512;

/// The work that is watched.
const WATCHED: [(&str, Answer, Make); 6] = [
    ("http: GET 200 B", Answer::Length(200), ours::make),
    ("http: GET 200 B, raw", Answer::Length(200), raw::make),
    ("http: GET 16 KiB", Answer::Length(16 << 10), ours::make),
    ("http: GET 16 KiB, raw", Answer::Length(16 << 10), raw::make),
    (
        "http: chunked 16 KiB",
        Answer::Chunked(16 << 10),
        ours::make,
    ),
    (
        "http: chunked 16 KiB, raw",
        Answer::Chunked(16 << 10),
        raw::make,
    ),
];

type Make = fn(Answer) -> Result<Box<dyn Work>>;

/// Counts all of them; `arguments` has this program run [`child`] with those given.
pub(crate) fn counts(
    arguments: impl Fn(Vec<String>) -> Vec<String>,
) -> Result<Vec<(&'static str, f64)>> {
    let mut counts = Vec::with_capacity(WATCHED.len());
    for (index, (name, answer, make)) in WATCHED.into_iter().enumerate() {
        check(answer, make)?;
        let instructions = valgrind::instructions(COUNTED, |exchanges| {
            arguments(vec![index.to_string(), exchanges.to_string()])
        })?;
        counts.push((name, instructions));
    }
    Ok(counts)
}

/// Who gives a wrong answer is not counted.
fn check(answer: Answer, make: Make) -> Result<()> {
    let body = answer.body();
    let expected = crate::harness::Answer::of([body.as_slice(), body.as_slice()]);
    if make(answer)?.answer(2)? == expected {
        return Ok(());
    }
    Err("a wrong answer".into())
}

/// What runs under valgrind: the work by index, and the exchanges to be counted.
pub(crate) fn child(arguments: &[String]) -> Result<()> {
    let [index, exchanges] = arguments else {
        return Err("bench-golden http".into());
    };
    let watched = WATCHED.get(index.parse::<usize>()?);
    let (_, answer, make) = watched.ok_or("no such work")?;
    let mut work = make(*answer)?;
    work.run(64)?;
    measured_section(work.as_mut(), exchanges.parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_watched_answers_right() {
        for (name, answer, make) in WATCHED {
            assert!(check(answer, make).is_ok(), "{name}");
        }
    }
}
