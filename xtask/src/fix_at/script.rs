//! One definition, line by line.
//!
//! `iCONNECT` and `iDISCONNECT` are the initiator's, `I` is what it sends, `E` the next message that it gets, and
//! `eDISCONNECT` says that the acceptor closes. A number and a comma behind the letter name one of several connections.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;

use super::message::{SOH, difference, find, framed, with_times};
use super::pattern::Patterns;
use crate::report::{Context, Failure, Result};

/// How long to wait for a message.
const MESSAGE: Duration = Duration::from_secs(20);
/// How long the acceptor may take to close.
const CLOSE: Duration = Duration::from_secs(10);

pub(super) fn run(path: &Path, address: SocketAddr, patterns: &Patterns) -> Result<()> {
    let text = fs::read(path).context(path.display())?;
    let mut connections = HashMap::new();
    for (index, line) in text.split(|&byte| byte == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.trim_ascii().is_empty() || line.starts_with(b"#") {
            continue;
        }
        step(line, &mut connections, address, patterns)
            .map_err(|failure| Failure::new(format!("line {}: {failure}", index + 1)))?;
    }
    Ok(())
}

fn step(
    line: &[u8],
    connections: &mut HashMap<u8, Connection>,
    address: SocketAddr,
    patterns: &Patterns,
) -> Result<()> {
    let (&kind, rest) = line
        .split_first()
        .ok_or_else(|| Failure::new("an empty line"))?;
    let (name, rest) = match rest {
        [digit @ b'0'..=b'9', b',', rest @ ..] => (*digit, rest),
        rest => (b'1', rest),
    };
    let text = with_times(rest);
    if (kind, text.as_slice()) == (b'i', b"CONNECT") {
        connections.insert(name, Connection::open(address)?);
        return Ok(());
    }
    let Some(connection) = connections.get_mut(&name) else {
        return Err(Failure::new("not connected"));
    };
    match (kind, text.as_slice()) {
        (b'i', b"DISCONNECT") => {
            connections.remove(&name);
            Ok(())
        }
        (b'e', b"DISCONNECT") => connection.expect_close(),
        (b'I', text) => {
            let message = framed(text);
            connection.stream.write_all(&message).context("send")
        }
        (b'E', text) => connection.expect(&framed(text), patterns),
        _ => Err(Failure::new("not a line of a definition")),
    }
}

/// One connection of the initiator.
#[derive(Debug)]
struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Connection {
    fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).context("connect")?;
        stream.set_nodelay(true).context("connect")?;
        Ok(Self {
            stream,
            received: Vec::new(),
        })
    }

    fn expect(&mut self, expected: &[u8], patterns: &Patterns) -> Result<()> {
        let got = self.message()?;
        match difference(expected, &got, patterns) {
            None => Ok(()),
            Some(difference) => {
                let (expected, got) = (readable(expected), readable(&got));
                let words = format!("{difference}\n      want {expected}\n      got  {got}");
                Err(Failure::new(words))
            }
        }
    }

    /// The next message, by its length and the field behind it.
    fn message(&mut self) -> Result<Vec<u8>> {
        let length_start = self.until(b"\x019=", 0)?;
        let length_end = self.until(&[SOH], length_start)?;
        let digits = self.received.get(length_start..length_end - 1);
        let length = digits.and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
        let length: usize = length.ok_or_else(|| Failure::new("a length that is none"))?;
        let body_end = length_end.saturating_add(length);
        while self.received.len() < body_end {
            self.read()?;
        }
        let end = self.until(&[SOH], body_end)?;
        Ok(self.received.drain(..end).collect())
    }

    /// Reads up to the end of what is wanted.
    fn until(&mut self, wanted: &[u8], from: usize) -> Result<usize> {
        loop {
            let bytes = self.received.get(from..).unwrap_or_default();
            if let Some(at) = find(bytes, wanted) {
                return Ok(from + at + wanted.len());
            }
            self.read()?;
        }
    }

    fn read(&mut self) -> Result<()> {
        self.stream
            .set_read_timeout(Some(MESSAGE))
            .context("read")?;
        let mut buffer = [0; 4096];
        match self.stream.read(&mut buffer) {
            Ok(0) => Err(Failure::new("closed, and a message was expected")),
            Ok(count) => {
                self.received.extend_from_slice(&buffer[..count]);
                Ok(())
            }
            Err(error) => Err(error).context("no message"),
        }
    }

    fn expect_close(&mut self) -> Result<()> {
        self.stream.set_read_timeout(Some(CLOSE)).context("read")?;
        let mut buffer = [0; 4096];
        let count = match self.received.is_empty() {
            true => self.stream.read(&mut buffer),
            false => Ok(0),
        };
        match count {
            Ok(0) if self.received.is_empty() => Ok(()),
            Err(error) if is_timeout(&error) => Err(Failure::new("open still")),
            Err(_) => Ok(()),
            Ok(count) => {
                self.received.extend_from_slice(&buffer[..count]);
                let words = readable(&self.received);
                Err(Failure::new(format!("not closed, but {words}")))
            }
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // It may be closed already.
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}

fn readable(message: &[u8]) -> String {
    String::from_utf8_lossy(message).replace('\x01', "|")
}
