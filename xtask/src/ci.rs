//! What a change must pass.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::process::run as run_program;
use crate::report::{Context, Outcome, Report, Result};
use crate::tools::{openssl_compiler, openssl_library};
use crate::workspace::Workspace;
use crate::{features, fuzz, golden, tidy};

/// `tested`: `cargo test --workspace` has passed.
pub(crate) fn run(workspace: &Workspace, report: &mut Report, tested: bool) {
    report.step("format", || format(workspace));
    tidy::run(workspace, report);
    report.step("lints", || lints(workspace));
    if !tested {
        report.step("tests", || tests(workspace));
        report.step("doc tests", || doc_tests(workspace));
    }
    report.step("tests of TLS by OpenSSL", || openssl_tests(workspace));
    report.step("tests of TLS by a compiled OpenSSL", || {
        openssl_vendored_tests(workspace)
    });
    report.step("tests of optional features", || optional_tests(workspace));
    report.step("docs", || docs(workspace));
    report.step("features", || features::run(workspace));
    let short = [
        "quickstart",
        "polymorphic",
        "mixed_targets",
        "renewal",
        "fix_order",
        "fix_initiator",
        "fix_drop_copy",
    ];
    for name in short {
        report.step(&format!("example {name}"), || {
            short_example(workspace, name)
        });
    }
    for selector in [
        "direct",
        "mio",
        "io-uring",
        "io-uring-cooperative",
        "io-uring-polled",
    ] {
        report.step(&format!("example market_feed, {selector}"), || {
            market_feed(workspace, selector)
        });
    }
    report.step("example market_feed, recorded and replayed", || {
        market_feed_again(workspace)
    });
    report.step("examples record and replay", || {
        record_and_replay(workspace)
    });
    golden::run(workspace, report, golden::Mode::Compare);
    report.step("fuzz targets as tests", || fuzz::on_stable(workspace));
    fuzz::smoke(workspace, report);
}

/// Mended by `cargo fmt --all`, and in `fuzz/`, a workspace of its own, by `cargo fmt`.
fn format(workspace: &Workspace) -> Result<Outcome> {
    run_program(workspace.cargo("fmt").args(["--all", "--check"]))?;
    run_program(
        workspace
            .cargo("fmt")
            .args(["--manifest-path", "fuzz/Cargo.toml", "--check"]),
    )?;
    Ok(Outcome::Passed)
}

fn lints(workspace: &Workspace) -> Result<Outcome> {
    run_program(workspace.cargo("clippy").args([
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))?;
    // The one program that needs OpenSSL's headers to be built.
    if openssl_library().is_ok() {
        let mut clippy = workspace.cargo("clippy");
        clippy.args(["--package", "xtask", "--features", "openssl"]);
        run_program(clippy.args(["--example", "interop_tls", "--", "-D", "warnings"]))?;
    }
    Ok(Outcome::Passed)
}

fn tests(workspace: &Workspace) -> Result<Outcome> {
    run_program(workspace.cargo("test").args([
        "--workspace",
        "--lib",
        "--bins",
        "--tests",
        "--examples",
        "--quiet",
    ]))?;
    Ok(Outcome::Passed)
}

/// What no other package of the workspace turns on.
fn optional_tests(workspace: &Workspace) -> Result<Outcome> {
    let mut test = workspace.cargo("test");
    test.args(["--package", "boom-service", "--all-features", "--quiet"]);
    run_program(&mut test)?;
    Ok(Outcome::Passed)
}

/// The backend that is off by default, beside the one that is on.
fn openssl_tests(workspace: &Workspace) -> Result<Outcome> {
    if let Err(reason) = openssl_library() {
        return Outcome::unavailable(reason);
    }
    let mut test = workspace.cargo("test");
    test.args(["--package", "boom-tls", "--features", "openssl", "--quiet"]);
    run_program(&mut test)?;
    // Kernel TLS, in user space where the machine has none; `ktls-vm` runs the same where there is.
    let mut test = workspace.cargo("test");
    test.args(["--package", "boom-ktls", "--features", "openssl", "--quiet"]);
    run_program(&mut test)?;
    // Over the streams of the selectors, which neither of them knows.
    let mut test = workspace.cargo("test");
    let features = "openssl,io-uring,ktls,ktls-rustls,record,http,fix";
    test.args(["--package", "boomnet", "--features", features]);
    let tests = ["--test", "tls_over_selectors", "--test", "ktls", "--quiet"];
    run_program(test.args(tests))?;
    Ok(Outcome::Passed)
}

/// The same backend by an OpenSSL of a later version than most systems have. To compile it takes a minute or two, once.
fn openssl_vendored_tests(workspace: &Workspace) -> Result<Outcome> {
    if let Err(reason) = openssl_compiler() {
        return Outcome::unavailable(reason);
    }
    let mut test = workspace.cargo("test");
    test.args(["--package", "boom-tls", "--features", "openssl-vendored"]);
    run_program(test.args([
        "--test",
        "openssl",
        "--test",
        "openssl_allocations",
        "--quiet",
    ]))?;
    Ok(Outcome::Passed)
}

fn doc_tests(workspace: &Workspace) -> Result<Outcome> {
    run_program(
        workspace
            .cargo("test")
            .args(["--workspace", "--doc", "--quiet"]),
    )?;
    Ok(Outcome::Passed)
}

fn docs(workspace: &Workspace) -> Result<Outcome> {
    let mut doc = workspace.cargo("doc");
    run_program(
        doc.args(["--workspace", "--no-deps"])
            .env("RUSTDOCFLAGS", "-D warnings"),
    )?;
    Ok(Outcome::Passed)
}

/// A short program that fails unless it does what it shows.
fn short_example(workspace: &Workspace, name: &str) -> Result<Outcome> {
    run_program(&mut example(workspace, name))?;
    Ok(Outcome::Passed)
}

/// The program of the README: it fails if a trade was lost, repeated or corrupted.
fn market_feed(workspace: &Workspace, selector: &str) -> Result<Outcome> {
    let mut feed = example(workspace, "market_feed");
    run_program(feed.args(["--seconds", "4", "--selector", selector]))?;
    Ok(Outcome::Passed)
}

/// The second run fails unless its summary is that of the first, through several reconnects.
fn market_feed_again(workspace: &Workspace) -> Result<Outcome> {
    let folder = no_folder(workspace, "ci-market-feed")?;
    let mut record = example(workspace, "market_feed");
    record.args(["--seconds", "5", "--drop-every", "0.5", "--record"]);
    run_program(record.arg(&folder))?;
    let mut replay = example(workspace, "market_feed");
    run_program(replay.arg("--replay").arg(&folder))?;
    Ok(Outcome::Passed)
}

/// The second fails unless the endpoint receives what it received in the first.
fn record_and_replay(workspace: &Workspace) -> Result<Outcome> {
    let folder = no_folder(workspace, "ci-recording")?;
    let mut record = example(workspace, "record");
    run_program(record.args(["--seconds", "3", "--out"]).arg(&folder))?;
    run_program(example(workspace, "replay").arg(&folder))?;
    Ok(Outcome::Passed)
}

/// Builds and runs an example; what is added are its arguments.
fn example(workspace: &Workspace, name: &str) -> Command {
    let mut command = workspace.cargo("run");
    command.args(["--quiet", "--release", "--example", name, "--"]);
    command
}

/// Where a folder can be made: that of an earlier run is removed.
fn no_folder(workspace: &Workspace, name: &str) -> Result<PathBuf> {
    let folder = workspace.target().join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).context(folder.display())?;
    }
    Ok(folder)
}
