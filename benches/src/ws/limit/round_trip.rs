//! Round trips: the same bytes to and fro, without any frame being made.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;

use rustls::{ClientConnection, StreamOwned};

use crate::harness::Result;
use crate::ws::frame;
use crate::ws::round_trip::Client;

/// What is sent and what the echo must answer, made before.
struct Script {
    sent: Vec<u8>,
    received: Vec<u8>,
}

impl Script {
    fn new(text: &str) -> Self {
        let (mut sent, mut received) = (Vec::new(), Vec::new());
        frame::push_client_frame(text.as_bytes(), [1, 2, 3, 4], &mut sent);
        frame::push_server_frame(text.as_bytes(), &mut received);
        Self { sent, received }
    }

    fn hand_over(&self, each: &mut dyn FnMut(&[u8])) -> Result<()> {
        let parsed = frame::parse(&self.received).ok_or("no frame came back")?;
        each(&self.received[parsed.header..]);
        Ok(())
    }
}

/// Raw TCP: writes, and polls until as many bytes are back as the echo must have.
pub(in crate::ws) struct RawTcp {
    stream: TcpStream,
    script: Script,
}

impl RawTcp {
    pub(in crate::ws) fn new(stream: TcpStream, text: &str) -> Self {
        Self {
            stream,
            script: Script::new(text),
        }
    }
}

impl Client for RawTcp {
    fn round_trip(&mut self, _text: &str, each: &mut dyn FnMut(&[u8])) -> Result<()> {
        self.stream.write_all(&self.script.sent)?;
        let mut filled = 0;
        while filled < self.script.received.len() {
            match self.stream.read(&mut self.script.received[filled..]) {
                Ok(0) => return Err("the echo has hung up".into()),
                Ok(count) => filled += count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.script.hand_over(each)
    }
}

/// Raw TLS: the same bytes through rustls, one read and one write of the socket a turn.
pub(in crate::ws) struct RawTls {
    connection: ClientConnection,
    socket: TcpStream,
    script: Script,
}

impl RawTls {
    /// Of a stream whose handshake is done.
    pub(in crate::ws) fn new(stream: StreamOwned<ClientConnection, TcpStream>, text: &str) -> Self {
        let (connection, socket) = stream.into_parts();
        Self {
            connection,
            socket,
            script: Script::new(text),
        }
    }

    /// Reads the socket once, and takes the plaintext that came.
    fn poll(&mut self, filled: usize) -> Result<usize> {
        match self.connection.read_tls(&mut self.socket) {
            Ok(0) => return Err("the echo has hung up".into()),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(0),
            Err(error) => return Err(error.into()),
        }
        self.connection.process_new_packets()?;
        let room = &mut self.script.received[filled..];
        match self.connection.reader().read(room) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(0),
            result => Ok(result?),
        }
    }
}

impl Client for RawTls {
    fn round_trip(&mut self, _text: &str, each: &mut dyn FnMut(&[u8])) -> Result<()> {
        self.connection.writer().write_all(&self.script.sent)?;
        while self.connection.wants_write() {
            self.connection.write_tls(&mut self.socket)?;
        }
        let mut filled = 0;
        while filled < self.script.received.len() {
            filled += self.poll(filled)?;
        }
        self.script.hand_over(each)
    }
}
