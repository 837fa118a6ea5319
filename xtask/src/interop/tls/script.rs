//! The servers of Python's `ssl` and Node's `tls`, which need no package beside the language.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::server::{Kind, Offer, PROTOCOL, Process, Start};
use crate::interop::script;
use crate::process::{Guard, find};
use crate::report::{Context, Failure, Result};

const LIMIT: Duration = Duration::from_secs(20);

/// A running one. It ends when its standard input closes or it is dropped.
#[derive(Debug)]
pub(super) struct Script {
    _process: Guard,
}

/// Starts it with a port for each offer.
pub(super) fn start(
    kind: Kind,
    start: &Start<'_>,
    offers: &[Offer],
) -> Result<(Vec<u16>, Process)> {
    let (program, file) = match kind {
        Kind::Python => ("python3", "tls_server.py"),
        _ => ("node", "tls_server.mjs"),
    };
    if find(program).is_none() {
        return Err(Failure::new(format!("{program} is missing: install it")));
    }
    let settings: Vec<_> = offers.iter().map(|offer| settings(start, *offer)).collect();
    let log = start.folder.join(format!("{program}.log"));
    let child = Command::new(program)
        .arg(script(start.workspace, file))
        .arg(Value::from(settings).to_string())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(fs::File::create(&log).context(log.display())?)
        .spawn();
    let mut process = Guard(child.context(format!("cannot start {program}"))?);
    let (sender, line) = mpsc::channel();
    if let Some(output) = process.0.stdout.take() {
        thread::spawn(move || {
            let mut line = String::new();
            let _ = BufReader::new(output).read_line(&mut line);
            sender.send(line)
        });
    }
    let line = line.recv_timeout(LIMIT).context(format!(
        "the server of {program} did not start, see {}",
        log.display()
    ))?;
    let ports: Option<Vec<u16>> = line.strip_prefix("listening ").and_then(|ports| {
        ports
            .split_whitespace()
            .map(|port| port.parse().ok())
            .collect()
    });
    let ports = ports.ok_or_else(|| {
        Failure::new(format!(
            "the server of {program} said `{}` instead of its ports, see {}",
            line.trim(),
            log.display()
        ))
    })?;
    let script = Script { _process: process };
    Ok((ports, Process::Script { _script: script }))
}

fn settings(start: &Start<'_>, offer: Offer) -> Value {
    let certificates = start.certificates;
    let shown = offer.shown();
    json!({
        "chain": certificates.chain(shown),
        "key": certificates.key(shown),
        "root": (offer == Offer::ClientAuth).then(|| certificates.root()),
        "alpn": (offer == Offer::Alpn).then_some(PROTOCOL),
        "resumes": offer != Offer::NoResumption,
    })
}
