//! Habits of the source files.

use std::fs;
use std::path::{Path, PathBuf};

use crate::report::{Context, Result};
use crate::workspace::Workspace;

/// Crates whose promise is to hold no unsafe code at all.
const SAFE: &[&str] = &[
    "boom-stream",
    "boom-ws",
    "boom-http",
    "boom-service",
    "boomnet",
];

/// A module that is named for what it is not. The one exception is a name that users rely on.
const DRAWERS: &[&str] = &["util.rs", "utils.rs", "helpers.rs", "misc.rs", "common.rs"];
const DRAWER_ALLOWED: &str = "crates/boom-ws/src/util.rs";

pub(super) fn check(workspace: &Workspace) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for name in SAFE {
        let file = workspace
            .root()
            .join("crates")
            .join(name)
            .join("src/lib.rs");
        if !fs::read_to_string(&file)
            .context(file.display())?
            .contains("#![forbid(unsafe_code)]")
        {
            faults.push(format!(
                "{name}: write `#![forbid(unsafe_code)]` at the top of src/lib.rs"
            ));
        }
    }
    for member in workspace.members() {
        for file in rust_files(&member.folder)? {
            let relative = file.strip_prefix(workspace.root()).unwrap_or(&file);
            let text = fs::read_to_string(&file).context(file.display())?;
            faults.extend(faults_of(relative, &text));
        }
    }
    Ok(faults)
}

fn faults_of(file: &Path, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    if DRAWERS.contains(&name.as_ref()) && file != Path::new(DRAWER_ALLOWED) {
        faults.push(format!(
            "{}: name the module for what it holds",
            file.display()
        ));
    }
    // Split, so that this file passes its own check.
    if text
        .lines()
        .any(|line| line.trim_start().starts_with(concat!("#[", "ignore")))
    {
        faults.push(format!(
            "{}: a test that does not run proves nothing: mend it or delete it",
            file.display()
        ));
    }
    faults
}

/// Every `.rs` file below a folder, except what is built.
fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).context(folder.display())? {
            let path = entry.context(folder.display())?.path();
            if path.is_dir() && !path.ends_with("target") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawer_fails_unless_users_rely_on_its_name() {
        assert_eq!(
            faults_of(Path::new("crates/boom-tls/src/util.rs"), "").len(),
            1
        );
        assert_eq!(faults_of(Path::new(DRAWER_ALLOWED), "").len(), 0);
        assert_eq!(
            faults_of(Path::new("crates/boom-ws/src/frame.rs"), "").len(),
            0
        );
    }

    #[test]
    fn an_ignored_test_fails() {
        let text = concat!("    #[", "ignore = \"slow\"]\nfn slow() {}\n");
        assert_eq!(faults_of(Path::new("tests/slow.rs"), text).len(), 1);
    }
}
