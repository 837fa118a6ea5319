//! A wire in memory: what comes was written before, what goes is looked at or forgotten.

use std::hint::black_box;
use std::io::{self, Read, Write};
use std::net::TcpStream;

/// What a session of ours speaks over.
pub(super) trait Wire: Read + Write {
    /// The wire in memory, if it is one.
    fn pipe(&mut self) -> Option<&mut Pipe>;
}

impl Wire for TcpStream {
    fn pipe(&mut self) -> Option<&mut Pipe> {
        None
    }
}

impl Wire for Pipe {
    fn pipe(&mut self) -> Option<&mut Pipe> {
        Some(self)
    }
}

/// Gives a message at each read.
#[derive(Debug, Default)]
pub(super) struct Pipe {
    incoming: Vec<Vec<u8>>,
    next: usize,
    /// What was sent, a write each, where that is to be looked at.
    pub(super) sent: Option<Vec<Vec<u8>>>,
}

impl Pipe {
    /// Replaces what is to come.
    pub(super) fn fill(&mut self, incoming: Vec<Vec<u8>>) {
        self.incoming = incoming;
        self.next = 0;
    }
}

impl Read for Pipe {
    #[inline]
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let message = self.incoming.get(self.next);
        let message = message.ok_or(io::ErrorKind::WouldBlock)?;
        let room = room.get_mut(..message.len());
        room.ok_or(io::ErrorKind::InvalidInput)?
            .copy_from_slice(message);
        self.next += 1;
        Ok(message.len())
    }
}

impl Write for Pipe {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.sent {
            Some(sent) => sent.push(bytes.to_vec()),
            None => {
                black_box(bytes);
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
