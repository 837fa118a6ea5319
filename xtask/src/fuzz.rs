//! Fuzzing with cargo-fuzz and the nightly toolchain that is installed.

use std::fs;
use std::process::Command;

use crate::process::{capture, find, run as run_program};
use crate::report::{Context, Failure, Outcome, Report, Result};
use crate::tools::CARGO_FUZZ;
use crate::workspace::Workspace;

const SMOKE_SECONDS: u64 = 10;

pub(crate) fn smoke(workspace: &Workspace, report: &mut Report) {
    run(workspace, report, None, SMOKE_SECONDS);
}

/// The code of the targets as ordinary tests, which a nightly toolchain is not needed for: see `fuzz/tests`.
pub(crate) fn on_stable(workspace: &Workspace) -> Result<Outcome> {
    let mut test = workspace.cargo("test");
    test.args([
        "--manifest-path",
        "fuzz/Cargo.toml",
        "--no-default-features",
    ])
    .args(["--quiet", "--target-dir"])
    .arg(workspace.target().join("fuzz-stable"));
    run_program(&mut test)?;
    Ok(Outcome::Passed)
}

pub(crate) fn run(workspace: &Workspace, report: &mut Report, target: Option<&str>, seconds: u64) {
    let Some(toolchain) = nightly() else {
        // Nobody is asked to install a second toolchain, so this is no failure under `CI=true` either.
        let reason = "no nightly toolchain: `rustup toolchain install nightly` gets one";
        report.step("fuzz", || Ok(Outcome::Skipped(reason.to_owned())));
        return;
    };
    match targets(workspace, target) {
        Ok(targets) => {
            for target in &targets {
                report.step(&format!("fuzz {target}"), || {
                    fuzz(workspace, &toolchain, target, seconds)
                });
            }
        }
        Err(failure) => report.step("fuzz", || Err(failure)),
    }
}

/// The first nightly that rustup has, by its full name.
fn nightly() -> Option<String> {
    let toolchains = capture(Command::new("rustup").args(["toolchain", "list"])).ok()?;
    let names = toolchains
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    names
        .filter(|name| name.starts_with("nightly"))
        .map(str::to_owned)
        .next()
}

/// The named target, or all: a target is a file of `fuzz/fuzz_targets`.
fn targets(workspace: &Workspace, wanted: Option<&str>) -> Result<Vec<String>> {
    let folder = workspace.root().join("fuzz/fuzz_targets");
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).context(folder.display())? {
        let path = entry.context(folder.display())?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            names.extend(
                path.file_stem()
                    .map(|name| name.to_string_lossy().into_owned()),
            );
        }
    }
    names.sort();
    let Some(wanted) = wanted else {
        return Ok(names);
    };
    if names.iter().any(|name| name == wanted) {
        return Ok(vec![wanted.to_owned()]);
    }
    Err(Failure::new(format!(
        "no fuzz target {wanted}; there are {}",
        names.join(", ")
    )))
}

fn fuzz(workspace: &Workspace, toolchain: &str, target: &str, seconds: u64) -> Result<Outcome> {
    // What the fuzzer finds goes to the corpus; the seeds are read and stay as they are.
    let fuzz = workspace.root().join("fuzz");
    let (corpus, seeds) = (
        fuzz.join("corpus").join(target),
        fuzz.join("seeds").join(target),
    );
    fs::create_dir_all(&corpus).context(corpus.display())?;
    let mut command = cargo_fuzz(workspace, toolchain)?;
    command
        .arg("run")
        .arg("--target-dir")
        .arg(workspace.target().join("fuzz"))
        .arg(target)
        .args([&corpus, &seeds]);
    let limits = [
        format!("-max_total_time={seconds}"),
        "-timeout=10".to_owned(),
        "-verbosity=0".to_owned(),
    ];
    run_program(
        command
            .arg("--")
            .args(limits)
            .args(["-print_final_stats=1", "-max_len=16384"]),
    )?;
    Ok(Outcome::Passed)
}

fn cargo_fuzz(workspace: &Workspace, toolchain: &str) -> Result<Command> {
    if find("rustup").is_none() {
        return Err(Failure::new("rustup is not on PATH"));
    }
    let mut command = Command::new("rustup");
    CARGO_FUZZ.provide(workspace, &mut command)?;
    command
        .args(["run", toolchain, "cargo", "fuzz"])
        .current_dir(workspace.root());
    // The cargo that runs us has put the stable toolchain into these.
    for variable in ["CARGO", "RUSTC", "RUSTDOC", "RUSTUP_TOOLCHAIN"] {
        command.env_remove(variable);
    }
    Ok(command)
}
