//! Programs that are built for a check, and checks that are run and told of one by one.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Instant;

use crate::process::run as run_program;
use crate::report::{Failure, Outcome, Result};
use crate::workspace::Workspace;

/// What is looked at, and how; it says a few words on what it has seen.
pub(super) type Check<T> = (&'static str, fn(&T) -> Result<String>);

/// Makes all checks on `subject`, and fails by `reproach`, which is told how many have failed of how many.
pub(super) fn all<T>(
    checks: &[Check<T>],
    subject: &T,
    reproach: impl Fn(usize, usize) -> String,
) -> Result<Outcome> {
    let failed = checks.iter().filter(|(name, check)| {
        let start = Instant::now();
        let result = check(subject);
        let seconds = start.elapsed().as_secs_f64();
        match &result {
            Ok(words) => println!("    {name:<26} ok     {seconds:>4.1} s  {words}"),
            Err(failure) => println!("    {name:<26} FAILED {seconds:>4.1} s  {failure}"),
        }
        result.is_err()
    });
    match failed.count() {
        0 => Ok(Outcome::Passed),
        failed => Err(Failure::new(reproach(failed, checks.len()))),
    }
}

/// Builds an example of this package and returns where it is.
pub(super) fn build(workspace: &Workspace, example: &str) -> Result<PathBuf> {
    build_with(workspace, example, &[])
}

/// The same, with more arguments for cargo.
pub(super) fn build_with(workspace: &Workspace, example: &str, more: &[&str]) -> Result<PathBuf> {
    let arguments = ["--release", "--quiet", "--package", "xtask", "--example"];
    let mut cargo = workspace.cargo("build");
    cargo.args(arguments).arg(example).args(more);
    run_program(cargo.stdin(Stdio::null()))?;
    let program = format!("{example}{}", std::env::consts::EXE_SUFFIX);
    Ok(workspace.target().join("release/examples").join(program))
}
