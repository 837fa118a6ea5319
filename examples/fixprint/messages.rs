//! Finds messages among other bytes.

use boomnet::fix::SOH;

const START: &[u8] = b"8=FIX";
/// What begins and does not end within so many bytes is no message.
const LONGEST: usize = 1 << 20;

/// Bytes that arrive in pieces, and the messages in them.
pub(crate) struct Messages {
    buffer: Vec<u8>,
    /// How much of it was given out.
    done: usize,
}

impl Messages {
    pub(crate) const fn new() -> Self {
        Self {
            buffer: Vec::new(),
            done: 0,
        }
    }

    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.done);
        self.done = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole message, SOH between its fields.
    pub(crate) fn next_message(&mut self) -> Option<&[u8]> {
        let (rest, mut end) = loop {
            self.skip_noise();
            let rest = self.buffer.get(self.done..)?;
            match end_of(rest) {
                Some(end) => break (rest, end),
                None if rest.len() > LONGEST => self.done += 1,
                None => return None,
            }
        };
        // One that was cut off ends with its line.
        let start = last_start_on_a_line(rest.get(..end)?);
        end -= start;
        let start = self.done + start;
        self.done = start + end;
        let message = self.buffer.get_mut(start..self.done)?;
        // Where bars stand for the delimiter, there is no other.
        if !message.contains(&SOH) {
            let bars = message.iter_mut().filter(|byte| **byte == b'|');
            bars.for_each(|byte| *byte = SOH);
        }
        // The last field may end with its line.
        if let Some(last) = message.last_mut() {
            *last = SOH;
        }
        Some(message)
    }

    /// Up to where a message begins, or may.
    fn skip_noise(&mut self) {
        let rest = self.buffer.get(self.done..).unwrap_or_default();
        let start = find(rest, START);
        let begun = || rest.len().saturating_sub(START.len() - 1);
        self.done += start.unwrap_or_else(begun);
    }
}

/// Behind the delimiter, or the line end, that follows `10=`.
fn end_of(bytes: &[u8]) -> Option<usize> {
    // A bar is no delimiter where there is another.
    let takes_bars = delimiter_of(bytes)? != SOH;
    let is_delimiter = |byte: u8| byte == SOH || (takes_bars && byte == b'|');
    let is_trailer = |window: &[u8]| is_delimiter(window[0]) && window[1..] == *b"10=";
    let value = bytes.windows(4).position(is_trailer)? + 4;
    let is_end = |byte: &u8| is_delimiter(*byte) || matches!(*byte, b'\r' | b'\n');
    let length = bytes.get(value..)?.iter().position(is_end)?;
    Some(value + length + 1)
}

/// What ends `BeginString`.
fn delimiter_of(bytes: &[u8]) -> Option<u8> {
    let version = bytes.get(START.len()..)?;
    let is_version = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'.';
    version.iter().find(|byte| !is_version(byte)).copied()
}

fn last_start_on_a_line(bytes: &[u8]) -> usize {
    let line = bytes.iter().rev().skip(1).position(|&byte| byte == b'\n');
    let line = line.map_or(0, |from_end| bytes.len() - 1 - from_end);
    let start = bytes.get(line..).and_then(|line| find(line, START));
    start.map_or(0, |start| line + start)
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}
