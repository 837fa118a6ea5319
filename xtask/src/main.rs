//! The commands of those who work on the project: `cargo xtask --help` lists them.
//!
//! Each check is one function, and a check that fails says what to do about it. What a command needs and the
//! machine lacks is installed under the target directory where that is possible; where it is not, the step is
//! skipped with the reason, or fails if `CI=true` is set.
#![forbid(unsafe_code)]

mod autobahn;
mod bench;
mod ci;
mod features;
mod fix_at;
mod fix_dictionaries;
mod fix_size;
mod fuzz;
mod golden;
mod interop;
mod ktls_vm;
mod process;
mod quickfix;
mod report;
mod simulate;
mod soak;
mod tidy;
mod tools;
mod workspace;

use std::process::ExitCode;

use clap::Parser;
use clap::builder::PossibleValuesParser;

use crate::report::{Report, Result};
use crate::workspace::Workspace;

/// The commands of those who work on boomnet.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Command {
    /// Everything a change must pass, except `interop` and `autobahn`: format, lints, tests, docs, features, layers, example, golden
    /// instruction counts, fuzz.
    Ci {
        /// Leave out what `cargo test --workspace` runs, where that has just passed.
        #[arg(long)]
        tested: bool,
    },
    /// Check what the compiler does not: arrows between crates, manifests, sources, READMEs.
    Tidy,
    /// Lint every published crate under every pair of its features.
    Features,
    /// Have QuickFIX's acceptance definitions examine our FIX acceptor, plain and over TLS.
    FixAt(fix_at::Arguments),
    /// Make the dictionaries of boom-fix anew.
    FixDictionaries,
    /// What a small program of FIX costs: time to compile, and bytes. Fails where the crate takes longer than it may.
    FixSize,
    /// Fuzz one target, or each in turn.
    Fuzz {
        /// A target of `fuzz/Cargo.toml`; all of them without it.
        target: Option<String>,
        /// How long each target runs.
        #[arg(long, default_value_t = 60)]
        seconds: u64,
    },
    /// Build every fuzz target and run it for ten seconds.
    FuzzSmoke,
    /// Send frames through a connection in memory, check every byte, and watch the memory.
    Soak(soak::Arguments),
    /// Run the service on a simulated network where everything goes wrong, a run for each seed.
    Simulate(simulate::Arguments),
    /// Measure beside the peers; needs valgrind.
    Bench {
        /// What to measure; every group without it.
        group: Option<bench::Group>,
        /// Passed on to the bench: words that choose the work, `--quick`, `--markdown`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Count the instructions of the hot paths and compare them with benches/golden.txt; needs valgrind.
    Golden {
        /// Write the counts down as the ones to compare with.
        #[arg(long)]
        bless: bool,
    },
    /// Have the Autobahn test suite examine our client: every case, or a part.
    Autobahn {
        #[arg(default_value = "all")]
        cases: autobahn::Cases,
        /// One of the ways to examine it alone. Results of `all` are kept, and docs/autobahn.md is written once every way
        /// has been run with the same build.
        #[arg(long, value_parser = PossibleValuesParser::new(autobahn::stack_names()))]
        stack: Option<String>,
    },
    /// Run the tests of kernel TLS, or a program, on two kernels that have it: in a machine that is an ordinary process.
    KtlsVm(ktls_vm::Arguments),
    /// Exchange messages with other people's servers, plain and behind proxies, and compare every byte; then compare what
    /// Wireshark finds in recordings with what passed; then speak HTTP to six servers that are killed under
    /// orders, and TLS to six by both backends; then have FIX sessions with QuickFIX and jspurefix, plain and over TLS,
    /// either side killed 200 times, and compare the journals; then kill a server under a thousand endpoints, and compare
    /// the gaps that they report with what it had sent.
    Interop {
        /// What to do; all of it without it.
        part: Option<interop::Part>,
    },
}

fn main() -> ExitCode {
    match run(Command::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Returns whether every step passed.
fn run(command: Command) -> Result<bool> {
    let workspace = Workspace::load()?;
    let mut report = Report::default();
    match command {
        Command::Ci { tested } => ci::run(&workspace, &mut report, tested),
        Command::Tidy => tidy::run(&workspace, &mut report),
        Command::Features => report.step("features", || features::run(&workspace)),
        Command::FixAt(arguments) => fix_at::run(&workspace, &mut report, &arguments),
        Command::FixDictionaries => fix_dictionaries::run(&workspace, &mut report),
        Command::FixSize => report.step("size of FIX", || fix_size::run(&workspace)),
        Command::Fuzz { target, seconds } => {
            fuzz::run(&workspace, &mut report, target.as_deref(), seconds)
        }
        Command::FuzzSmoke => fuzz::smoke(&workspace, &mut report),
        Command::Soak(arguments) => {
            report.step("soak", || soak::run(&workspace, &arguments));
        }
        Command::Simulate(arguments) => {
            report.step("simulate", || simulate::run(&workspace, &arguments));
        }
        Command::Bench { group, arguments } => {
            bench::run(&workspace, &mut report, group, &arguments)
        }
        Command::Golden { bless: true } => {
            golden::run(&workspace, &mut report, golden::Mode::Bless)
        }
        Command::Golden { bless: false } => {
            golden::run(&workspace, &mut report, golden::Mode::Compare)
        }
        Command::Autobahn { cases, stack } => {
            autobahn::run(&workspace, &mut report, cases, stack.as_deref())
        }
        Command::KtlsVm(arguments) => ktls_vm::run(&workspace, &mut report, &arguments),
        Command::Interop { part } => interop::run(&workspace, &mut report, part),
    }
    Ok(report.finish())
}
