//! The command: runs the parts that are asked for and prints their table.

use super::contestants::Who;
use super::{aead, calls, counts, fan_in, handshakes, reconnect, round_trip};
use crate::harness::Result;
use crate::harness::table::Table;
use crate::harness::timing::Samples;

/// How to measure.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Options {
    is_quick: bool,
    is_least: bool,
}

impl Options {
    /// Rounds in place of `usual` ones.
    pub(super) const fn rounds(self, usual: usize) -> usize {
        match self {
            Self { is_least: true, .. } => 1,
            Self { is_quick: true, .. } => usual / 4 + 1,
            _ => usual,
        }
    }

    /// One round, for a test that nothing is wrong.
    #[cfg(test)]
    pub(super) const fn least() -> Self {
        Self {
            is_quick: true,
            is_least: true,
        }
    }
}

type Part = fn(Options, &mut Table) -> Result<()>;

/// What can be measured by itself.
const PARTS: [(&str, Part); 7] = [
    ("counts", |_, table| counts::measure(table)),
    ("calls", |_, table| calls::measure(table)),
    ("round-trip", round_trip::measure),
    ("cipher", aead::measure),
    ("fan-in", fan_in::measure),
    ("handshakes", handshakes::measure),
    ("reconnect", reconnect::measure),
];

const USAGE: &str = "bench-tls [counts] [calls] [round-trip] [cipher] [fan-in] [handshakes] [reconnect] [--quick] [--markdown]";

/// The first argument of a run under valgrind, and of one under strace.
pub(super) const COUNT: &str = "count";
pub(super) const CALL: &str = "call";

/// Runs the command `bench-tls [PART..] [--quick] [--markdown]`.
///
/// # Errors
///
/// A contestant that gives a wrong answer, or fails.
pub fn main(arguments: &[String]) -> std::result::Result<(), Box<dyn std::error::Error>> {
    match arguments {
        [first, rest @ ..] if first == COUNT => return counts::child(rest),
        [first, rest @ ..] if first == CALL => return calls::child(rest),
        _ => {}
    }
    let (flags, parts): (Vec<_>, Vec<_>) =
        arguments.iter().partition(|word| word.starts_with("--"));
    let mut options = Options::default();
    let mut is_markdown = false;
    for flag in flags {
        match flag.as_str() {
            "--quick" => options.is_quick = true,
            "--markdown" => is_markdown = true,
            _ => return Err(USAGE.into()),
        }
    }
    let is_known = |part: &String| PARTS.iter().any(|(name, _)| name == part);
    if !parts.iter().all(|part| is_known(part)) {
        return Err(USAGE.into());
    }
    let mut heading = vec!["TLS 1.3, AES-128-GCM"];
    heading.extend(Who::ALL.iter().map(|who| who.name()));
    heading.extend(["target", "met?"]);
    let mut table = Table::new(&heading);
    for (name, measure) in PARTS {
        if parts.is_empty() || parts.iter().any(|part| *part == name) {
            measure(options, &mut table)?;
        }
    }
    table.print(is_markdown);
    Ok(())
}

/// A row while it is filled.
pub(super) struct Cells(Vec<String>);

impl Cells {
    pub(super) fn new(name: String) -> Self {
        let mut cells = vec![name];
        cells.resize(1 + Who::ALL.len(), "-".to_owned());
        Self(cells)
    }

    pub(super) fn put(&mut self, who: Who, text: String) {
        if let Some(cell) = self.0.get_mut(1 + who.index()) {
            *cell = text;
        }
    }

    /// A row that is not judged.
    pub(super) fn done(self) -> Vec<String> {
        self.0
    }

    /// Ends the row with the target and whether it is met.
    pub(super) fn judged(mut self, target: &str, is_met: bool) -> Vec<String> {
        self.0.push(target.to_owned());
        self.0.push(if is_met { "yes" } else { "no" }.to_owned());
        self.0
    }
}

/// What was measured, by whose it is.
pub(super) fn named(who: &[Who], samples: Vec<Vec<f64>>) -> Vec<(Who, Samples)> {
    let samples = samples.into_iter().map(Samples::new);
    who.iter().copied().zip(samples).collect()
}

/// The time of ours to that of the library it is made of, and of a peer to that of rustls as it is; not a number where that one
/// takes no part.
pub(super) fn ratio_to_raw(who: Who, all: &[(Who, Samples)]) -> f64 {
    let raw = match who.raw() {
        Some(raw) => raw,
        None if who.is_raw() => who,
        None => Who::RawRustls,
    };
    let of = |wanted| all.iter().find(|(who, _)| *who == wanted);
    match (of(who), of(raw)) {
        (Some((_, mine)), Some((_, raw))) => mine.ratio_to(raw),
        _ => f64::NAN,
    }
}
