//! A server in memory, which answers every request by the same bytes.

use std::io::{self, ErrorKind, Read, Write};

/// What is answered.
#[derive(Clone, Copy, Debug)]
pub(super) enum Answer {
    /// A body of so many bytes, whose length is said.
    Length(usize),
    /// The same in chunks.
    Chunked(usize),
}

/// As exchanges send them.
const HEAD: &str = "HTTP/1.1 200 OK\r\n\
    Content-Type: application/json;charset=UTF-8\r\n\
    Date: Sun, 22 Nov 2026 22:00:00 GMT\r\n\
    Server: nginx\r\n\
    X-MBX-UUID: 7b7b4b2c-7d1f-4a41-9e0d-6f1a6b1f8c11\r\n\
    X-MBX-USED-WEIGHT-1M: 17\r\n\
    Cache-Control: no-cache, no-store, must-revalidate\r\n\
    Strict-Transport-Security: max-age=31536000; includeSubdomains\r\n\
    Connection: keep-alive\r\n";

/// A chunk as large servers make them.
const CHUNK: usize = 4 << 10;

impl Answer {
    pub(super) fn body(self) -> Vec<u8> {
        let (Self::Length(len) | Self::Chunked(len)) = self;
        (0..len).map(|index| b'a' + (index % 26) as u8).collect()
    }

    fn bytes(self) -> Vec<u8> {
        let body = self.body();
        let mut bytes = HEAD.as_bytes().to_vec();
        match self {
            Self::Length(len) => {
                bytes.extend_from_slice(format!("Content-Length: {len}\r\n\r\n").as_bytes());
                bytes.extend_from_slice(&body);
            }
            Self::Chunked(_) => {
                bytes.extend_from_slice(b"Transfer-Encoding: chunked\r\n\r\n");
                for chunk in body.chunks(CHUNK) {
                    bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
                    bytes.extend_from_slice(chunk);
                    bytes.extend_from_slice(b"\r\n");
                }
                bytes.extend_from_slice(b"0\r\n\r\n");
            }
        }
        bytes
    }
}

/// The client's end of the connection.
#[derive(Debug)]
pub(super) struct Memory {
    answer: Vec<u8>,
    /// What of the answer has not been read.
    unread: usize,
}

impl Memory {
    pub(super) fn new(answer: Answer) -> Self {
        Self {
            answer: answer.bytes(),
            unread: 0,
        }
    }
}

impl Read for Memory {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.unread == 0 {
            return Err(ErrorKind::WouldBlock.into());
        }
        let mut rest = &self.answer[self.answer.len() - self.unread..];
        let count = rest.read(buffer)?;
        self.unread -= count;
        Ok(count)
    }
}

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.unread = self.answer.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
