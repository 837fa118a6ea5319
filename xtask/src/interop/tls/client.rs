//! The program of ours that is spoken to: `xtask/examples/interop_tls`.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::process::Guard;
use crate::report::{Context, Failure, Result};

pub(super) const EXAMPLE: &str = "interop_tls";

/// Above what the program gives a conversation.
const LIMIT: Duration = Duration::from_secs(30);

/// A running one, which holds all conversations of a run.
#[derive(Debug)]
pub(super) struct Client {
    orders: ChildStdin,
    lines: Receiver<String>,
    _process: Guard,
}

impl Client {
    pub(super) fn start(program: &Path) -> Result<Self> {
        let child = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut process = Guard(child.context(format!("cannot start {EXAMPLE}"))?);
        let (Some(orders), Some(output)) = (process.0.stdin.take(), process.0.stdout.take()) else {
            return Err(Failure::new(format!("{EXAMPLE} has no pipes")));
        };
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            let lines = BufReader::new(output).lines();
            lines
                .map_while(std::result::Result::ok)
                .all(|line| sender.send(line).is_ok())
        });
        Ok(Self {
            orders,
            lines,
            _process: process,
        })
    }

    /// Has it hold a conversation and returns what it says of it.
    pub(super) fn converse(&mut self, order: &Value) -> Result<Value> {
        writeln!(self.orders, "{order}").context(EXAMPLE)?;
        let line = self.lines.recv_timeout(LIMIT);
        let line = line.context(format!("{EXAMPLE} says nothing"))?;
        serde_json::from_str(&line).context(line)
    }
}
