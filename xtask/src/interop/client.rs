//! The two programs of ours that receive.

use std::fmt;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::recording::Recording;
use crate::process::{capture, capture_within};
use crate::report::{Failure, Result};
use crate::workspace::Workspace;

/// Far above what a transfer takes, so that only one that hangs is ended.
const LIMIT: Duration = Duration::from_secs(40);

/// `market_feed` is told to end earlier, so that it can say what it lacks.
const FEED_LIMIT: Duration = Duration::from_secs(30);

/// A built program that subscribes to one recording and says what it received.
#[derive(Debug)]
pub(super) struct Client {
    kind: Kind,
    program: PathBuf,
    /// The authority whose certificates it accepts.
    authority: PathBuf,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// The example that users run: the whole stack, with the service.
    MarketFeed,
    /// `xtask/examples/interop_client.rs`: a bare `Websocket`.
    Bare,
}

/// What a client received, as it prints it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Received {
    pub(super) messages: u64,
    /// Of the payloads.
    pub(super) bytes: u64,
    /// Over each payload and a line feed.
    pub(super) sha256: String,
}

/// What the bare client says of an exchange.
#[derive(Debug)]
pub(super) struct Exchanged {
    pub(super) received: Received,
    /// What the server agreed to, as it stands in the handshake.
    pub(super) extensions: String,
    /// The error that ended the connection, where one was expected.
    pub(super) end: Option<String>,
}

pub(super) fn build(workspace: &Workspace, authority: PathBuf) -> Result<Vec<Client>> {
    let mut build = workspace.cargo("build");
    build.args([
        "--release",
        "--quiet",
        "--message-format",
        "json",
        "--package",
        "examples",
        "--package",
        "xtask",
    ]);
    let messages =
        capture(build.args(["--example", "market_feed", "--example", "interop_client"]))?;
    let client = |kind: Kind| {
        let program = executable(&messages, kind.example());
        let program =
            program.ok_or_else(|| Failure::new(format!("cargo built no {}", kind.example())))?;
        Ok(Client {
            kind,
            program,
            authority: authority.clone(),
        })
    };
    [Kind::MarketFeed, Kind::Bare]
        .into_iter()
        .map(client)
        .collect()
}

/// Where cargo put a program, out of the messages it wrote, one JSON value a line.
fn executable(messages: &str, example: &str) -> Option<PathBuf> {
    let messages = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut built = messages.filter(|message| message["target"]["name"] == example);
    built.find_map(|message| Some(message["executable"].as_str()?.into()))
}

impl Client {
    pub(super) const fn name(&self) -> &'static str {
        self.kind.name()
    }

    /// Whether it promises to end a connection with the closing handshake.
    pub(super) const fn closes_properly(&self) -> bool {
        matches!(self.kind, Kind::Bare)
    }

    /// Receives a recording.
    pub(super) fn receive(&self, url: &str, recording: &Recording) -> Result<Received> {
        let mut command = self.command(url, recording);
        if matches!(self.kind, Kind::MarketFeed) {
            command.args(["--digest", "--seconds", &FEED_LIMIT.as_secs().to_string()]);
        }
        self.digest(&capture_within(&mut command, LIMIT)?)
    }

    /// Has the bare client do more than to receive, by `arguments` of its own.
    pub(super) fn exchange(
        &self,
        url: &str,
        recording: &Recording,
        arguments: &[String],
    ) -> Result<Exchanged> {
        let output = capture_within(self.command(url, recording).args(arguments), LIMIT)?;
        let line = |name: &str| {
            let line = output.lines().find_map(|line| line.strip_prefix(name));
            line.map(|words| words.trim().to_owned())
        };
        Ok(Exchanged {
            received: self.digest(&output)?,
            extensions: line("extensions ").unwrap_or_default(),
            end: line("end "),
        })
    }

    fn command(&self, url: &str, recording: &Recording) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(["--url", url, "--subscribe", recording.name(), "--ca"])
            .arg(&self.authority);
        command.args(["--messages", &recording.messages().to_string()]);
        command
    }

    fn digest(&self, output: &str) -> Result<Received> {
        let line = output.lines().find_map(Received::parse);
        line.ok_or_else(|| {
            Failure::new(format!(
                "{} printed no digest: {}",
                self.name(),
                output.trim()
            ))
        })
    }
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::MarketFeed => "market_feed",
            Self::Bare => "client",
        }
    }

    const fn example(self) -> &'static str {
        match self {
            Self::MarketFeed => "market_feed",
            Self::Bare => "interop_client",
        }
    }
}

impl Received {
    /// Reads `sha256 HEX MESSAGES BYTES URL`.
    fn parse(line: &str) -> Option<Self> {
        let mut words = line.strip_prefix("sha256 ")?.split(' ');
        Some(Self {
            sha256: words.next()?.to_owned(),
            messages: words.next()?.parse().ok()?,
            bytes: words.next()?.parse().ok()?,
        })
    }
}

impl fmt::Display for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} messages, {} bytes, sha256 {}",
            self.messages, self.bytes, self.sha256
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_clients_print() {
        let received = Received::parse("sha256 ab 2 6 ws://127.0.0.1:1/").unwrap();
        assert_eq!(
            (received.messages, received.bytes, received.sha256.as_str()),
            (2, 6, "ab")
        );
        assert_eq!(
            Received::parse("ws://127.0.0.1:1/: 2 messages, 6 bytes"),
            None
        );
    }

    #[test]
    fn finds_the_program_among_the_messages_of_cargo() {
        let messages = "{\"target\":{\"name\":\"a\"},\"executable\":null}\n{\"target\":{\"name\":\"a\"},\"executable\":\"/t/a\"}";
        assert_eq!(executable(messages, "a"), Some(PathBuf::from("/t/a")));
        assert_eq!(executable(messages, "b"), None);
    }
}
