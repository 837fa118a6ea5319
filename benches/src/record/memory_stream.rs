//! A stream that returns one message a read, for ever, and takes what is written.

use std::io::{self, Read, Write};

use super::{MESSAGE, messages};

pub(super) struct Messages {
    bytes: Vec<u8>,
    at: usize,
}

impl Messages {
    pub(super) fn new() -> Self {
        Self {
            bytes: messages(),
            at: 0,
        }
    }
}

impl Read for Messages {
    // What a system call is to a program: not to be seen through.
    #[inline(never)]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.bytes.len() {
            self.at = 0;
        }
        let message = self.bytes.get(self.at..self.at + MESSAGE);
        let (Some(message), Some(room)) = (message, buffer.get_mut(..MESSAGE)) else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        room.copy_from_slice(message);
        self.at += MESSAGE;
        Ok(MESSAGE)
    }
}

impl Write for Messages {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
