//! A WebSocket session over TLS: what tshark's dissector makes of the plaintext.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::{Recorded, compare, parse};
use crate::process::capture_within;
use crate::report::{Failure, Result};

/// Each way.
const MESSAGES: &str = "100000";
const ROTATE_BYTES: &str = "16777216";
/// Far above what it takes.
const LIMIT: Duration = Duration::from_secs(60);
/// A later file begins after the handshake that tells WebSocket from HTTP, and perhaps within a frame.
const TCP_ALONE: [&str; 2] = ["-d", "tcp.port==80,data"];

/// What passed.
#[derive(Debug)]
pub(super) struct Session {
    frames: Value,
    file: PathBuf,
    pub(super) parts: Vec<PathBuf>,
}

pub(super) fn record(program: &Path, folder: &Path) -> Result<Session> {
    let mut command = Command::new(program);
    command.arg("websocket").arg(folder);
    command.args(["--messages", MESSAGES, "--rotate-bytes", ROTATE_BYTES]);
    let mut passed = parse(&capture_within(&mut command, LIMIT)?)?;
    let count = passed["parts"].as_u64().unwrap_or_default();
    let parts = (1..=count).map(|part| match part {
        1 => folder.join("rotated.pcapng"),
        _ => folder.join(format!("rotated.part{part}.pcapng")),
    });
    Ok(Session {
        frames: passed["frames"].take(),
        file: folder.join("session.pcapng"),
        parts: parts.collect(),
    })
}

/// Every frame, unmasked and put together of its TCP segments.
pub(super) fn frames(recorded: &Recorded) -> Result<String> {
    let Session { frames, file, .. } = &recorded.session;
    recorded.tshark.check(file, &[])?;
    compare(
        frames,
        &parse(&recorded.tshark.frames(file, &recorded.program)?)?,
    )?;
    Ok(format!(
        "{} messages in, {} out in {} frames, {} bytes each way",
        frames["inbound"]["messages"],
        frames["outbound"]["messages"],
        frames["outbound"]["frames"],
        frames["inbound"]["bytes"],
    ))
}

/// Each file by itself.
pub(super) fn parts(recorded: &Recorded) -> Result<String> {
    let parts = &recorded.session.parts;
    for (number, part) in parts.iter().enumerate() {
        let options: &[&str] = if number == 0 { &[] } else { &TCP_ALONE };
        recorded.tshark.check(part, options)?;
    }
    match parts.len() {
        0 | 1 => Err(Failure::new("there is one file")),
        count => Ok(format!("{count} files")),
    }
}

/// All files joined by mergecap: the frames again.
pub(super) fn merged(recorded: &Recorded) -> Result<String> {
    let file = recorded.folder.join("merged.pcapng");
    recorded.tshark.merge(&recorded.session.parts, &file)?;
    recorded.tshark.check(&file, &[])?;
    let found = parse(&recorded.tshark.frames(&file, &recorded.program)?)?;
    compare(&recorded.session.frames, &found)?;
    Ok("the same messages".to_owned())
}
