//! The servers that answer by themselves: Node, and Python's.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::interop::authority::Authority;
use crate::interop::http::site::Kind;
use crate::interop::script;
use crate::process::{find, run};
use crate::report::{Failure, Result};
use crate::tools::python_environment;
use crate::workspace::Workspace;

type Make = Box<dyn Fn(u16) -> Result<Command>>;

/// Where the scripts and Python's environment are.
pub(super) struct Tools {
    node_script: PathBuf,
    python_script: PathBuf,
    environment: PathBuf,
}

impl Tools {
    pub(super) fn new(workspace: &Workspace, folder: &Path) -> Self {
        Self {
            node_script: script(workspace, "http_server.mjs"),
            python_script: script(workspace, "http_server.py"),
            environment: folder.join("venv"),
        }
    }

    /// The command of a server that writes `journal`, by the port that it is to have.
    pub(super) fn command(
        &self,
        kind: Kind,
        journal: &Path,
        tls: Option<&Authority>,
    ) -> Result<Make> {
        let (program, mut arguments) = match kind {
            Kind::Node => (node()?, vec![self.node_script.clone()]),
            _ => (
                self.python()?,
                vec![self.python_script.clone(), kind.name().into()],
            ),
        };
        arguments.push(journal.to_owned());
        let files = tls.map(|authority| [authority.server_certificate(), authority.server_key()]);
        Ok(Box::new(move |port| {
            let mut command = Command::new(&program);
            // What Python's compiler would write belongs under the target directory.
            command
                .args(&arguments)
                .arg(port.to_string())
                .env("PYTHONDONTWRITEBYTECODE", "1");
            command.args(files.iter().flatten());
            Ok(command)
        }))
    }

    fn python(&self) -> Result<PathBuf> {
        if find("python3").is_none() {
            return Err(Failure::new(
                "python3 is missing: install Python 3.9 or later, with its venv module",
            ));
        }
        let program = self.environment.join("bin/python");
        let has_packages = |names: &str| {
            let mut import = Command::new(&program);
            import
                .args(["-c", &format!("import {names}")])
                .stderr(Stdio::null());
            import.status().is_ok_and(|status| status.success())
        };
        if !has_packages("pip") {
            python_environment(&self.environment)?;
        }
        if !has_packages("uvicorn, httptools, hypercorn") {
            let mut pip = Command::new(&program);
            pip.args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ]);
            run(pip.args([
                "uvicorn>=0.30,<1",
                "httptools>=0.6,<1",
                "hypercorn>=0.17,<1",
            ]))?;
        }
        Ok(program)
    }
}

fn node() -> Result<PathBuf> {
    find("node").ok_or_else(|| Failure::new("node is missing: install Node.js 18 or later"))
}
