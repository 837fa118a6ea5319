//! The suite's server.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::cases::Cases;
use crate::process::Guard;
use crate::report::{Context, Failure, Result};

/// How long the server may take to start.
const LIMIT: Duration = Duration::from_secs(60);

/// What the server speaks below WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transport {
    Plain,
    Tls,
}

/// A running server. It ends when its standard input closes or it is dropped.
#[derive(Debug)]
pub(super) struct Server {
    transport: Transport,
    folder: PathBuf,
    port: u16,
    _process: Guard,
}

impl Server {
    /// `command` runs the script, which says itself what it takes.
    pub(super) fn start(
        mut command: Command,
        folder: &Path,
        transport: Transport,
        cases: Cases,
    ) -> Result<Self> {
        command
            .arg(folder)
            .args([transport.name(), &cases.patterns()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut process = Guard(command.spawn().context("cannot start the suite's server")?);
        let (sender, line) = mpsc::channel();
        if let Some(output) = process.0.stdout.take() {
            thread::spawn(move || {
                let mut line = String::new();
                // A pipe that breaks leaves a line that is no port.
                let _ = BufReader::new(output).read_line(&mut line);
                sender.send(line)
            });
        }
        let line = line
            .recv_timeout(LIMIT)
            .context("the suite's server did not start")?;
        let port = line.trim().strip_prefix("listening ");
        let Some(port) = port.and_then(|port| port.parse().ok()) else {
            let log = folder.join("server.log");
            return Err(Failure::new(format!(
                "the suite's server did not start: see above and {}",
                log.display()
            )));
        };
        Ok(Self {
            transport,
            folder: folder.to_owned(),
            port,
            _process: process,
        })
    }

    pub(super) fn url(&self) -> String {
        match self.transport {
            Transport::Plain => format!("ws://127.0.0.1:{}", self.port),
            Transport::Tls => format!("wss://localhost:{}", self.port),
        }
    }

    /// The certificate to trust.
    pub(super) fn authority(&self) -> Option<PathBuf> {
        match self.transport {
            Transport::Plain => None,
            Transport::Tls => Some(self.folder.join("authority.pem")),
        }
    }

    /// The folder of the suite's own reports; `index.html` is for people.
    pub(super) fn reports(&self) -> PathBuf {
        reports(&self.folder)
    }
}

/// Where the reports of a server with this folder are.
pub(super) fn reports(folder: &Path) -> PathBuf {
    folder.join("reports")
}

impl Transport {
    const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Tls => "tls",
        }
    }
}
