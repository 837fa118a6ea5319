//! The stream between the two, which cuts and blocks as chance has it.

use std::io::{self, ErrorKind, Read, Write};

use super::random::Random;

/// Bytes on their way, oldest first.
#[derive(Debug, Default)]
pub(super) struct Queue {
    bytes: Vec<u8>,
    /// `head <= bytes.len()`
    head: usize,
}

impl Queue {
    pub(super) fn pending(&self) -> &[u8] {
        &self.bytes[self.head..]
    }

    pub(super) fn consume(&mut self, count: usize) {
        self.head += count;
        if self.head == self.bytes.len() {
            self.bytes.clear();
            self.head = 0;
        } else if self.head > MOVE_FROM {
            self.bytes.drain(..self.head);
            self.head = 0;
        }
    }

    pub(super) fn extend(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }
}

/// Bytes that may have been consumed before the rest is moved to the front.
const MOVE_FROM: usize = 128 << 10;
/// What may wait for the server before the client's writes block.
const TO_SERVER_MAX: usize = 256 << 10;

/// The client's end of the connection. The server's end are the queues.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) to_client: Queue,
    pub(super) to_server: Queue,
    /// The server sends no more.
    pub(super) eof: bool,
    /// So many writes will block.
    pub(super) blocked_writes: usize,
    random: Random,
}

impl Link {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            to_client: Queue::default(),
            to_server: Queue::default(),
            eof: false,
            blocked_writes: 0,
            random: Random::new(seed),
        }
    }
}

impl Read for Link {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let pending = self.to_client.pending();
        if pending.is_empty() && self.eof {
            return Ok(0);
        }
        if pending.is_empty() || self.random.once_in(16) {
            return Err(ErrorKind::WouldBlock.into());
        }
        let most = match self.random.below(8) {
            0 => self.random.between(1, 24),
            _ => self.random.between(1, 16 << 10),
        };
        let count = most.min(buffer.len()).min(pending.len());
        buffer[..count].copy_from_slice(&pending[..count]);
        self.to_client.consume(count);
        Ok(count)
    }
}

impl Write for Link {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.blocked_writes > 0 {
            self.blocked_writes -= 1;
            return Err(ErrorKind::WouldBlock.into());
        }
        let is_full = self.to_server.pending().len() > TO_SERVER_MAX;
        if is_full || self.random.once_in(16) {
            return Err(ErrorKind::WouldBlock.into());
        }
        let count = match self.random.below(8) {
            0 if !bytes.is_empty() => self.random.between(1, bytes.len()),
            _ => bytes.len(),
        };
        self.to_server.extend(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
