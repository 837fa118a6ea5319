//! The command: runs the parts that are asked for and prints their tables.

use crate::harness::Result;
use crate::harness::table::Table;
use crate::service::contestants::missing;
use crate::service::{
    CONTESTANTS, churn, delivery, idle, memory, process, reconnect, server, thousands, tls,
};

/// How to measure.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Options {
    is_quick: bool,
}

impl Options {
    /// Rounds in place of `usual` ones.
    pub(super) const fn rounds(self, usual: usize) -> usize {
        if self.is_quick { usual / 4 + 1 } else { usual }
    }
}

type Part = fn(Options) -> Result<Table>;

/// What can be measured by itself.
const PARTS: [(&str, Part); 6] = [
    ("delivery", delivery::measure),
    ("reconnect", reconnect::measure),
    ("tls", tls::measure),
    ("memory", memory::measure),
    ("churn", churn::measure),
    ("ten-thousand", thousands::measure),
];

/// The part that comes first.
const IDLE: &str = "idle";

/// Runs the command `bench-service [PART..] [--quick] [--markdown]`.
///
/// # Errors
///
/// Ours costs more the more connections there are, or something failed.
pub fn main(arguments: &[String]) -> std::result::Result<(), Box<dyn std::error::Error>> {
    if let [first, rest @ ..] = arguments {
        match first.as_str() {
            COUNT => return child(rest),
            server::SERVE => return server::main(rest),
            process::PLAY => return process::main(rest),
            memory::HOLD => return memory::main(rest),
            _ => {}
        }
    }
    let (flags, parts): (Vec<_>, Vec<_>) =
        arguments.iter().partition(|word| word.starts_with("--"));
    let mut options = Options::default();
    let mut markdown = false;
    for flag in flags {
        match flag.as_str() {
            "--quick" => options.is_quick = true,
            "--markdown" => markdown = true,
            _ => return Err(USAGE.into()),
        }
    }
    let is_known = |part: &str| part == IDLE || PARTS.iter().any(|(name, _)| *name == part);
    if !parts.iter().all(|part| is_known(part)) {
        return Err(USAGE.into());
    }
    raise_descriptor_limit();
    for contestant in CONTESTANTS {
        if let Some(reason) = missing(contestant.name) {
            eprintln!("{} is left out: {reason}", contestant.name);
        }
    }
    let is_wanted = |name: &str| parts.is_empty() || parts.iter().any(|part| *part == name);
    let mut verdict = Ok(());
    if is_wanted(IDLE) {
        let table;
        (table, verdict) = idle::measure(options)?;
        print(&table, markdown);
    }
    for (name, measure) in PARTS {
        if is_wanted(name) {
            print(&measure(options)?, markdown);
        }
    }
    verdict
}

const USAGE: &str = "bench-service [idle] [delivery] [reconnect] [tls] [memory] [churn] [ten-thousand] [--quick] [--markdown]";

fn print(table: &Table, markdown: bool) {
    if !table.is_empty() {
        table.print(markdown);
        println!();
    }
}

/// The first argument of a run under valgrind or strace.
pub(super) const COUNT: &str = "count";

/// What runs under valgrind and strace.
pub(crate) fn child(arguments: &[String]) -> Result<()> {
    idle::child(arguments)
}

/// Instructions of an idle poll of ours over mio; `arguments` has this program run [`child`] with those given.
pub(crate) fn ours_idle(
    connections: usize,
    arguments: impl Fn(Vec<String>) -> Vec<String>,
) -> Result<f64> {
    idle::ours_idle(connections, arguments)
}

/// Largest by smallest figure of what is called flat.
pub(super) const FLAT: f64 = 1.05;

pub(super) fn is_flat(figures: &[f64]) -> bool {
    let smallest = figures.iter().copied().fold(f64::INFINITY, f64::min);
    figures.iter().all(|&figure| figure <= smallest * FLAT)
}

pub(super) fn yes_or_no(yes: bool) -> String {
    if yes { "yes" } else { "no" }.to_owned()
}

/// A descriptor for each of thousands of connections: more than what many systems permit at first.
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

    #[test]
    fn a_quick_run_has_at_least_one_round() {
        let quick = Options { is_quick: true };
        assert_eq!((quick.rounds(1), quick.rounds(101)), (1, 26));
        assert_eq!(Options::default().rounds(101), 101);
    }
}
