//! The acceptor that is examined.

use std::fmt;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clap::ValueEnum;

use crate::process::{Guard, run};
use crate::report::{Context, Failure, Result};
use crate::workspace::Workspace;

/// What is below the session.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Transport {
    Plain,
    /// The acceptor's own relay turns plain connections into TLS ones.
    Tls,
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "plain TCP",
            Self::Tls => "TLS",
        })
    }
}

const EXAMPLE: &str = "fix_acceptor";

pub(super) fn build(workspace: &Workspace) -> Result<PathBuf> {
    run(workspace.cargo("build").args([
        "--package",
        "examples",
        "--example",
        EXAMPLE,
        "--features",
        "fix-conformance",
    ]))?;
    Ok(workspace.target().join("debug/examples").join(EXAMPLE))
}

/// Ends when it is dropped.
#[derive(Debug)]
pub(super) struct Acceptor {
    _process: Guard,
    address: SocketAddr,
}

impl Acceptor {
    pub(super) fn start(program: &Path, transport: Transport) -> Result<Self> {
        let mut command = Command::new(program);
        command.arg("--conformance").stdout(Stdio::piped());
        if matches!(transport, Transport::Tls) {
            command.arg("--tls");
        }
        let child = command.spawn().context(program.display())?;
        let mut process = Guard(child);
        let mut line = String::new();
        if let Some(output) = process.0.stdout.take() {
            BufReader::new(output)
                .read_line(&mut line)
                .context(EXAMPLE)?;
        }
        let address = line.trim().rsplit(' ').next();
        let address = address.and_then(|address| address.parse().ok());
        Ok(Self {
            _process: process,
            address: address
                .ok_or_else(|| Failure::new(format!("{EXAMPLE} says no address: {line}")))?,
        })
    }

    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }
}
