//! The two servers that replay recordings.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::recording::Recording;
use super::script;
use crate::process::{Guard, find, run};
use crate::report::{Context, Failure, Result};
use crate::tools::install_debian_package;
use crate::workspace::Workspace;

/// How long a server may take to start, or to notice that a connection has ended.
const LIMIT: Duration = Duration::from_secs(20);

#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// `ws` from npm.
    Node,
    /// `websockets` from PyPI.
    Python,
}

/// A running server. It reports on its standard output, and ends when its standard input closes or it is dropped.
#[derive(Debug)]
pub(super) struct Server {
    kind: Kind,
    port: u16,
    lines: Receiver<String>,
    _process: Guard,
}

/// What a server saw of one connection.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Report {
    path: String,
    file: String,
    pings: u64,
    pongs: u64,
    close: u64,
}

impl Server {
    /// The inner error says why the machine cannot run it.
    pub(super) fn install_and_start(
        kind: Kind,
        workspace: &Workspace,
        folder: &Path,
    ) -> Result<std::result::Result<Self, String>> {
        let command = match kind {
            Kind::Node => node(workspace, folder),
            Kind::Python => python(workspace, folder),
        };
        match command {
            Ok(command) => Self::start(kind, command, &folder.join("recordings")).map(Ok),
            Err(failure) => Ok(Err(failure.to_string())),
        }
    }

    fn start(kind: Kind, mut command: Command, recordings: &Path) -> Result<Self> {
        let child = command
            .arg(recordings)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut process = Guard(child.context(format!("cannot start the {} server", kind.name()))?);
        let (sender, lines) = mpsc::channel();
        if let Some(output) = process.0.stdout.take() {
            thread::spawn(move || {
                let lines = BufReader::new(output)
                    .lines()
                    .map_while(std::result::Result::ok);
                lines.map(|line| sender.send(line)).all(|sent| sent.is_ok())
            });
        }
        let line = lines
            .recv_timeout(LIMIT)
            .context(format!("the {} server did not start", kind.name()))?;
        let port = line
            .strip_prefix("listening ")
            .and_then(|port| port.parse().ok());
        let Some(port) = port else {
            return Err(Failure::new(format!(
                "the {} server said `{line}` instead of its port",
                kind.name()
            )));
        };
        Ok(Self {
            kind,
            port,
            lines,
            _process: process,
        })
    }

    pub(super) const fn name(&self) -> &'static str {
        self.kind.name()
    }

    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    /// Waits until the server has seen the connection to `path` end.
    ///
    /// Reports of other connections, which may come late, are passed over.
    pub(super) fn report(&self, path: &str) -> Result<Report> {
        loop {
            let line = self.lines.recv_timeout(LIMIT);
            let line = line.context("the server did not see the connection end")?;
            let report = Report::parse(&line);
            let report = report.ok_or_else(|| Failure::new(format!("the server said `{line}`")))?;
            if report.path == path {
                return Ok(report);
            }
        }
    }
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Node => "ws",
            Self::Python => "websockets",
        }
    }
}

impl Report {
    fn parse(line: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(line).ok()?;
        Some(Self {
            path: value["path"].as_str()?.to_owned(),
            file: value["file"].as_str()?.to_owned(),
            pings: value["pings"].as_u64()?,
            pongs: value["pongs"].as_u64()?,
            close: value["close"].as_u64()?,
        })
    }

    /// Every ping was answered, and the connection ended with a normal closing handshake.
    pub(super) fn check(&self, recording: &Recording) -> Result<()> {
        if self.file == recording.name() && self.pings == self.pongs && self.close == 1000 {
            return Ok(());
        }
        Err(Failure::new(format!(
            "the server saw {self:?}; every ping must be answered and the close be 1000"
        )))
    }
}

fn node(workspace: &Workspace, folder: &Path) -> Result<Command> {
    let modules = folder.join("node");
    fs::create_dir_all(&modules).context(modules.display())?;
    for program in ["node", "npm"] {
        if find(program).is_none() {
            return Err(Failure::new(format!(
                "{program} is missing: install Node.js 18 or later"
            )));
        }
    }
    if !modules.join("node_modules/ws").is_dir() {
        let mut npm = Command::new("npm");
        npm.args([
            "install",
            "--no-audit",
            "--no-fund",
            "--no-save",
            "--loglevel=error",
            "--prefix",
        ]);
        run(npm.arg(&modules).arg("ws@8"))?;
    }
    let mut command = Command::new("node");
    command
        .arg(script(workspace, "server.mjs"))
        .env("INTEROP_MODULES", &modules);
    Ok(command)
}

fn python(workspace: &Workspace, folder: &Path) -> Result<Command> {
    let environment = folder.join("venv");
    let program = environment.join("bin/python");
    if find("python3").is_none() {
        return Err(Failure::new(
            "python3 is missing: install Python 3.9 or later, with its venv module",
        ));
    }
    let has_package = |name: &str| {
        let mut import = Command::new(&program);
        import
            .args(["-c", &format!("import {name}")])
            .stderr(Stdio::null());
        import.status().is_ok_and(|status| status.success())
    };
    if !has_package("pip") {
        create_environment(&environment)?;
    }
    if !has_package("websockets") {
        let arguments = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "websockets>=15,<18",
        ];
        run(Command::new(&program).args(arguments))?;
    }
    let mut command = Command::new(&program);
    command.arg(script(workspace, "server.py"));
    Ok(command)
}

/// Debian keeps the venv module in a package of its own.
fn create_environment(environment: &Path) -> Result<()> {
    let create = || {
        run(Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(environment))
    };
    create().or_else(|_| {
        install_debian_package("python3-venv");
        create()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_servers_write() {
        let line = r#"{"path":"/p","file":"a.jsonl","pings":2,"pongs":1,"close":1000}"#;
        let report = Report::parse(line).unwrap();
        assert_eq!(
            (report.path.as_str(), report.file.as_str()),
            ("/p", "a.jsonl")
        );
        assert_eq!((report.pings, report.pongs, report.close), (2, 1, 1000));
        assert_eq!(Report::parse("listening 1"), None);
    }
}
