//! The READMEs are what users read first, so their code is compiled and their commands exist.

use std::fs;

use crate::report::{Context, Result};
use crate::workspace::Workspace;

/// The two commands with which a user starts.
const COMMANDS: &[&str] = &[
    "cargo run --release --example market_feed",
    "cargo test --workspace",
];

pub(super) fn check(workspace: &Workspace) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    let file = workspace.root().join("README.md");
    let readme = fs::read_to_string(&file).context(file.display())?;
    let missing = COMMANDS.iter().filter(|command| !readme.contains(*command));
    faults.extend(missing.map(|command| format!("README.md: name the command `{command}`")));
    for member in workspace.members().iter().filter(|member| member.published) {
        let file = member.folder.join("src/lib.rs");
        if !fs::read_to_string(&file)
            .context(file.display())?
            .contains("include_str!(\"../README.md\")")
        {
            faults.push(format!(
                "{}: make its README the crate's documentation, so that it is tested",
                member.name
            ));
        }
    }
    Ok(faults)
}
