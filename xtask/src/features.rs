//! Any set of features compiles.

use crate::process::run as run_program;
use crate::report::{Outcome, Result};
use crate::tools::{CARGO_HACK, openssl_library};
use crate::workspace::Workspace;

/// Features that count as one in pairs, by package: they are made alike, or
/// concern different layers below, whose own pairs are all built.
const GROUPS: [(&str, &[&str]); 2] = [
    (
        "boom-fix",
        &[
            "fix40,fix41,fix42,fix43,fixt11,fix50,fix50sp1,fix50sp2",
            "schedule,bundled-time-zones,rust_decimal",
        ],
    ),
    (
        "boomnet",
        &[
            "http-gzip,http-zstd",
            "ws,deflate",
            "fix,dns-client,log",
            "record,replay",
            "rustls-webpki,rustls-native",
        ],
    ),
];

/// Lints each published crate by itself, under no feature, each feature, each pair and all of them.
///
/// A pair is what breaks in practice; all sets of ten features would be a thousand builds. Linting instead of
/// checking makes a warning an error without changing the flags of the dependencies, which would build them anew.
pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    // The source is the same with an OpenSSL that takes minutes to compile.
    let mut left_out = vec!["openssl-vendored"];
    let openssl = openssl_library();
    if openssl.is_err() {
        left_out.extend(["openssl", "ktls"]);
    }
    let left_out = left_out.join(",");
    let left_out = ["--exclude-features", &left_out];
    let sets = |sets: &[&'static str]| [sets, &left_out].concat();
    let published = workspace.members().iter().filter(|member| member.published);
    let names: Vec<_> = published.map(|member| member.name.as_str()).collect();
    let pairs = sets(&["--feature-powerset", "--depth", "2"]);
    let mut ungrouped = names.clone();
    ungrouped.retain(|name| GROUPS.iter().all(|(package, _)| package != name));
    lint(workspace, &ungrouped, &pairs, &[])?;
    for (package, groups) in GROUPS {
        let groups = groups.iter().flat_map(|group| ["--group-features", *group]);
        let pairs: Vec<_> = pairs.iter().copied().chain(groups).collect();
        lint(workspace, &[package], &pairs, &[])?;
    }
    // With the tests, which must not rely on a feature that another crate happens to turn on.
    lint(
        workspace,
        &names,
        &sets(&["--each-feature"]),
        &["--all-targets"],
    )?;
    match openssl {
        Ok(()) => Ok(Outcome::Passed),
        Err(reason) => Outcome::unavailable(reason),
    }
}

fn lint(workspace: &Workspace, packages: &[&str], sets: &[&str], targets: &[&str]) -> Result<()> {
    let mut hack = workspace.cargo("hack");
    CARGO_HACK.provide(workspace, &mut hack)?;
    hack.args(["clippy", "--quiet"]).args(sets).args(targets);
    for package in packages {
        hack.args(["--package", package]);
    }
    run_program(hack.args(["--", "-D", "warnings"]))
}
