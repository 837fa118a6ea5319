//! Versions, lints and package facts live in the root manifest.

use std::fs;

use crate::report::{Context, Result};
use crate::workspace::Workspace;

/// Facts that every package takes from the workspace.
const INHERITED: &[&str] = &[
    "version",
    "edition",
    "rust-version",
    "license",
    "repository",
];

pub(super) fn check(workspace: &Workspace) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for member in workspace.members() {
        let file = member.folder.join("Cargo.toml");
        let manifest = fs::read_to_string(&file).context(file.display())?;
        faults.extend(
            faults_of(&manifest)
                .into_iter()
                .map(|fault| format!("{}: {fault}", member.name)),
        );
    }
    Ok(faults)
}

fn faults_of(manifest: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if !section(manifest, "lints").any(|line| line == "workspace = true") {
        faults.push("write `[lints]` and `workspace = true`".to_owned());
    }
    for fact in INHERITED {
        if !section(manifest, "package").any(|line| line == format!("{fact}.workspace = true")) {
            faults.push(format!("write `{fact}.workspace = true` under `[package]`"));
        }
    }
    for table in ["dependencies", "dev-dependencies", "build-dependencies"] {
        let lines = section(manifest, table).filter(|line| line.contains('='));
        let own = lines.filter(|line| !line.contains("workspace = true"));
        faults.extend(own.map(|line| {
            format!("give `{line}` its version in the root's [workspace.dependencies]")
        }));
    }
    faults
}

/// The lines of one table, without comments.
fn section<'a>(manifest: &'a str, table: &str) -> impl Iterator<Item = &'a str> {
    let header = format!("[{table}]");
    let lines = manifest
        .lines()
        .map(str::trim)
        .skip_while(move |line| *line != header)
        .skip(1);
    lines
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[package]\nname = \"a\"\nversion.workspace = true\nedition.workspace = true\n\
        rust-version.workspace = true\nlicense.workspace = true\nrepository.workspace = true\n\
        [dependencies]\n# Why.\nmio = { workspace = true }\n[lints]\nworkspace = true\n";

    #[test]
    fn a_manifest_that_inherits_passes() {
        assert_eq!(faults_of(GOOD), [""; 0]);
    }

    #[test]
    fn a_version_of_its_own_fails() {
        let faults = faults_of(&GOOD.replace("{ workspace = true }", "\"1\""));
        assert_eq!(
            faults,
            ["give `mio = \"1\"` its version in the root's [workspace.dependencies]"]
        );
    }

    #[test]
    fn lints_of_its_own_fail() {
        let faults = faults_of(&GOOD.replace("[lints]", "[lints.rust]"));
        assert_eq!(faults, ["write `[lints]` and `workspace = true`"]);
    }
}
