//! jspurefix for Node: getting it, starting the initiator.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::pair::End;
use crate::interop::authority::Authority;
use crate::interop::script;
use crate::process::{find, run};
use crate::report::{Context, Failure, Result};
use crate::workspace::Workspace;

/// Which version it is matters: what the script adds to it is said there.
const PACKAGE: &str = "jspurefix@5.11.4";

#[derive(Debug)]
pub(super) struct JsPureFix {
    script: PathBuf,
    modules: PathBuf,
}

impl JsPureFix {
    pub(super) fn install(workspace: &Workspace, folder: &Path) -> Result<Self> {
        let modules = folder.join("node");
        fs::create_dir_all(&modules).context(modules.display())?;
        for program in ["node", "npm"] {
            if find(program).is_none() {
                return Err(Failure::new(format!(
                    "{program} is missing: install Node.js 20 or later"
                )));
            }
        }
        if !modules.join("node_modules/jspurefix").is_dir() {
            let mut npm = Command::new("npm");
            npm.args(["install", "--no-audit", "--no-fund", "--no-save"]);
            npm.args(["--loglevel=error", "--prefix"]).arg(&modules);
            run(npm.arg(PACKAGE))?;
        }
        Ok(Self {
            script: script(workspace, "jspurefix_initiator.mjs"),
            modules,
        })
    }

    /// Over TLS where there is an authority that it is to trust.
    pub(super) fn initiator(&self, authority: Option<&Authority>) -> End {
        let (script, modules) = (self.script.clone(), self.modules.clone());
        let authority = authority.map(Authority::certificate);
        End {
            name: "jspurefix (FIX.4.4)".to_owned(),
            make: Box::new(move |port, folder, seed| {
                let mut command = Command::new("node");
                command.env("INTEROP_MODULES", &modules).arg(&script);
                command
                    .arg(port.to_string())
                    .arg(folder)
                    .arg(seed.to_string())
                    .args(&authority);
                command
            }),
        }
    }
}
