//! The dictionaries of FIX, made anew: `crates/boom-fix/src/generated`.

mod shared;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use boom_fix_codegen::Dictionary;
use serde_json::Value;

use crate::process::capture;
use crate::report::{Context, Failure, Outcome, Report, Result};
use crate::workspace::Workspace;

use shared::Module;

/// The crate whose package holds the files: MIT OR Apache-2.0, the files as QuickFIX has them.
const SOURCE: &str = "quickfix-tokio";

/// Module, its file, and the file of the session that it runs over.
const DICTIONARIES: &[(&str, &str, Option<&str>)] = &[
    ("fix40", "FIX40", None),
    ("fix41", "FIX41", None),
    ("fix42", "FIX42", None),
    ("fix43", "FIX43", None),
    ("fix44", "FIX44", None),
    ("fixt11", "FIXT11", None),
    ("fix50", "FIX50", Some("FIXT11")),
    ("fix50sp1", "FIX50SP1", Some("FIXT11")),
    ("fix50sp2", "FIX50SP2", Some("FIXT11")),
];

const HEAD: &str = "// Made by `cargo xtask fix-dictionaries` out of the dictionaries of QuickFIX; do not edit.\n\
    // This product includes software developed by quickfixengine.org (http://www.quickfixengine.org/).\n\n";

pub(crate) fn run(workspace: &Workspace, report: &mut Report) {
    report.step("dictionaries of FIX", || generate(workspace));
}

fn generate(workspace: &Workspace) -> Result<Outcome> {
    let source = source(workspace)?.join("spec");
    let target = workspace.root().join("crates/boom-fix/src/generated");
    let mut modules = Vec::new();
    for (module, file, session) in DICTIONARIES {
        let mut dictionary = Dictionary::parse(&read(&source, file)?).context(file)?;
        if let Some(session) = session {
            dictionary
                .extend(&read(&source, session)?)
                .context(session)?;
        }
        modules.push(Module::parse(module, &dictionary.to_rust().context(file)?));
    }
    let shared = shared::take(&mut modules);
    let folder = target.join("shared");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).context(folder.display())?;
    write(&target.join("shared.rs"), &shared::modules(&shared))?;
    for list in &shared {
        write(&folder.join(format!("{}.rs", list.name())), &list.to_rust())?;
    }
    for module in &modules {
        let path = target.join(format!("{}.rs", module.name));
        write(&path, &module.to_rust(&shared))?;
    }
    Ok(Outcome::Passed)
}

fn write(path: &Path, code: &str) -> Result<()> {
    fs::write(path, format!("{HEAD}{code}")).context(path.display())
}

fn read(folder: &Path, name: &str) -> Result<String> {
    let path = folder.join(format!("{name}.xml"));
    fs::read_to_string(&path).context(path.display())
}

/// Where cargo has put the package, which the lock file names for the benches.
pub(crate) fn source(workspace: &Workspace) -> Result<PathBuf> {
    let mut command: Command = workspace.cargo("metadata");
    command.args(["--format-version", "1", "--features", "benches/fix-peers"]);
    let metadata: Value =
        serde_json::from_str(&capture(&mut command)?).context("cargo metadata")?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let mut found = packages.filter(|package| package["name"] == SOURCE);
    let manifest = found
        .next()
        .and_then(|package| package["manifest_path"].as_str());
    let folder = manifest.and_then(|manifest| Path::new(manifest).parent());
    folder
        .map(Path::to_owned)
        .ok_or_else(|| Failure::new(format!("the lock file has no {SOURCE}")))
}
