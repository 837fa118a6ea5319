//! A connection that costs nothing but a copy: what is written brings the same answer each time.

use std::io::{self, ErrorKind, Read, Write};

use crate::http::kind::Kind;

/// Answers each request, which must come in one write.
pub(super) struct Canned {
    answer: Vec<u8>,
    position: usize,
}

impl Canned {
    pub(super) fn new(kind: Kind) -> Self {
        let answer = kind.wire();
        Self {
            position: answer.len(),
            answer,
        }
    }
}

impl Write for Canned {
    #[inline]
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        // A second write before the answer is read, or one without the end of a head, is no request.
        if self.position != self.answer.len() || !buffer.ends_with(b"\r\n\r\n") {
            return Err(ErrorKind::InvalidInput.into());
        }
        self.position = 0;
        Ok(std::hint::black_box(buffer).len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Canned {
    #[inline]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = &self.answer[self.position..];
        if rest.is_empty() {
            return Err(ErrorKind::WouldBlock.into());
        }
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.position += count;
        Ok(count)
    }
}
