//! The servers that replay recordings.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::client::Received;
use super::recording::Recording;
use super::script;
use crate::process::{Guard, find, run};
use crate::report::{Context, Failure, Result};
use crate::tools::python_environment;
use crate::workspace::Workspace;

/// How long a server may take to start, or to notice that a connection has ended.
const LIMIT: Duration = Duration::from_secs(20);

#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// `ws` from npm.
    Node,
    /// `websockets` from PyPI.
    Websockets,
    /// `aiohttp` from PyPI.
    Aiohttp,
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
    /// What the client sent besides the name of the file.
    echo: Received,
    /// How many of these messages were text.
    texts: u64,
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
            Kind::Websockets | Kind::Aiohttp => python(kind, workspace, folder),
        };
        match command {
            Ok(command) => Self::start(kind, command, folder).map(Ok),
            Err(failure) => Ok(Err(failure.to_string())),
        }
    }

    fn start(kind: Kind, mut command: Command, folder: &Path) -> Result<Self> {
        // Connections that are broken off on purpose fill it.
        let log = folder.join(format!("{}.log", kind.name()));
        let child = command
            .arg(folder.join("recordings"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(&log).context(log.display())?)
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
        let line = lines.recv_timeout(LIMIT).context(format!(
            "the {} server did not start, see {}",
            kind.name(),
            log.display()
        ))?;
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
            Self::Websockets => "websockets",
            Self::Aiohttp => "aiohttp",
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
            echo: Received {
                messages: value["messages"].as_u64()?,
                bytes: value["bytes"].as_u64()?,
                sha256: value["sha256"].as_str()?.to_owned(),
            },
            texts: value["texts"].as_u64()?,
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

    /// Every message has come back, as text where it was text.
    pub(super) fn check_echo(&self, recording: &Recording) -> Result<()> {
        recording.compare(&self.echo).map_err(|failure| {
            Failure::new(format!("of what was sent back the server {failure}"))
        })?;
        if self.texts == recording.texts() {
            return Ok(());
        }
        Err(Failure::new(format!(
            "the server got {} texts of {}",
            self.texts,
            recording.texts()
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
        .arg(script(workspace, "ws_server.mjs"))
        .env("INTEROP_MODULES", &modules);
    Ok(command)
}

fn python(kind: Kind, workspace: &Workspace, folder: &Path) -> Result<Command> {
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
        python_environment(&environment)?;
    }
    if !has_package("websockets") || !has_package("aiohttp") {
        let mut pip = Command::new(&program);
        pip.args(["-m", "pip", "install", "--quiet"]);
        run(pip
            .arg("--disable-pip-version-check")
            .args(["websockets>=15,<18", "aiohttp>=3.10,<4"]))?;
    }
    let mut command = Command::new(&program);
    command
        .arg(script(workspace, &format!("{}_server.py", kind.name())))
        // What the compiler would write belongs under the target directory.
        .env("PYTHONDONTWRITEBYTECODE", "1");
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_servers_write() {
        let line = r#"{"path":"/p","file":"a.jsonl","pings":2,"pongs":1,"close":1000,
            "messages":3,"bytes":9,"texts":3,"sha256":"ab"}"#;
        let report = Report::parse(line).unwrap();
        assert_eq!(
            (report.path.as_str(), report.file.as_str()),
            ("/p", "a.jsonl")
        );
        assert_eq!((report.pings, report.pongs, report.close), (2, 1, 1000));
        let echo = &report.echo;
        assert_eq!((echo.messages, echo.bytes, report.texts), (3, 9, 3));
        assert_eq!(Report::parse("listening 1"), None);
    }
}
