//! The limit: httparse and the bare minimum of framing over a polled stream, without any rule, option or error handling.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;

use rustls::{ClientConnection, StreamOwned};

use crate::harness::Result;
use crate::http::canned::Canned;
use crate::http::client::Client;
use crate::http::kind::{KEY, Kind};

/// One write a request; one read a poll.
pub(super) trait Transport {
    fn send(&mut self, bytes: &[u8]) -> Result<()>;

    /// Bytes that came; 0 for none yet.
    fn poll(&mut self, room: &mut [u8]) -> Result<usize>;
}

pub(super) struct Raw<T> {
    transport: T,
    request: Vec<u8>,
    buffer: Vec<u8>,
    filled: usize,
}

impl<T: Transport> Raw<T> {
    pub(super) fn new(transport: T, host: &str, kind: Kind) -> Self {
        let (name, value) = KEY;
        let path = kind.path();
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{name}: {value}\r\n\r\n");
        Self {
            transport,
            request: request.into_bytes(),
            buffer: vec![0; 64 * 1024],
            filled: 0,
        }
    }

    #[inline]
    fn receive(&mut self) -> Result<()> {
        let before = self.filled;
        while self.filled == before {
            self.filled += self.transport.poll(&mut self.buffer[before..])?;
        }
        Ok(())
    }
}

/// What the head says of the body.
enum Framing {
    Length(usize),
    Chunked,
}

impl<T: Transport> Client for Raw<T> {
    fn exchange(&mut self, each: &mut dyn FnMut(u16, &[u8])) -> Result<()> {
        self.filled = 0;
        self.transport.send(&self.request)?;
        let (status, head, framing) = loop {
            self.receive()?;
            if let Some(parsed) = parse(&self.buffer[..self.filled])? {
                break parsed;
            }
        };
        let end = match framing {
            Framing::Length(length) => {
                while self.filled < head + length {
                    self.receive()?;
                }
                head + length
            }
            Framing::Chunked => self.join_chunks(head)?,
        };
        each(status, &self.buffer[head..end]);
        Ok(())
    }
}

fn parse(bytes: &[u8]) -> Result<Option<(u16, usize, Framing)>> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head) = response.parse(bytes)? else {
        return Ok(None);
    };
    let mut framing = Framing::Length(0);
    for header in response.headers.iter() {
        if header.name.eq_ignore_ascii_case("Content-Length") {
            framing = Framing::Length(std::str::from_utf8(header.value)?.parse()?);
        } else if header.name.eq_ignore_ascii_case("Transfer-Encoding") {
            framing = Framing::Chunked;
        }
    }
    Ok(Some((response.code.unwrap_or(0), head, framing)))
}

impl<T: Transport> Raw<T> {
    /// Moves the chunks together behind the head; where they end.
    fn join_chunks(&mut self, head: usize) -> Result<usize> {
        let (mut read, mut write) = (head, head);
        loop {
            let (line, size) = loop {
                match httparse::parse_chunk_size(&self.buffer[read..self.filled]) {
                    Ok(httparse::Status::Complete(line)) => break line,
                    Ok(httparse::Status::Partial) => self.receive()?,
                    Err(_) => return Err("no size of a chunk".into()),
                }
            };
            let size = usize::try_from(size)?;
            let next = read + line + size + 2;
            while self.filled < next {
                self.receive()?;
            }
            if size == 0 {
                return Ok(write);
            }
            self.buffer.copy_within(read + line..next - 2, write);
            write += size;
            read = next;
        }
    }
}

impl Transport for Canned {
    fn send(&mut self, bytes: &[u8]) -> Result<()> {
        Ok(self.write_all(bytes)?)
    }

    fn poll(&mut self, room: &mut [u8]) -> Result<usize> {
        Ok(self.read(room)?)
    }
}

impl Transport for TcpStream {
    fn send(&mut self, bytes: &[u8]) -> Result<()> {
        Ok(self.write_all(bytes)?)
    }

    fn poll(&mut self, room: &mut [u8]) -> Result<usize> {
        match self.read(room) {
            Ok(0) => Err("the server has hung up".into()),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(0),
            result => Ok(result?),
        }
    }
}

/// TLS as rustls itself offers it, one read and one write of the socket a turn.
impl Transport for StreamOwned<ClientConnection, TcpStream> {
    fn send(&mut self, bytes: &[u8]) -> Result<()> {
        self.conn.writer().write_all(bytes)?;
        while self.conn.wants_write() {
            self.conn.write_tls(&mut self.sock)?;
        }
        Ok(())
    }

    fn poll(&mut self, room: &mut [u8]) -> Result<usize> {
        match self.conn.read_tls(&mut self.sock) {
            Ok(0) => return Err("the server has hung up".into()),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(0),
            Err(error) => return Err(error.into()),
        }
        self.conn.process_new_packets()?;
        match self.conn.reader().read(room) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(0),
            result => Ok(result?),
        }
    }
}
