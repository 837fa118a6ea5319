//! tungstenite with its default configuration. It owns each message, in and out, and always checks UTF-8.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpStream};

use tungstenite::protocol::Role;
use tungstenite::{Error, Message, WebSocket};

use crate::harness::Result;
use crate::memory::{Ring, Sink};
use crate::ws::decode::Decoder;
use crate::ws::encode::Encoder;
use crate::ws::round_trip::Client;

pub(super) struct Receiving(WebSocket<Ring>);

impl Receiving {
    pub(super) fn new(stream: Ring) -> Self {
        Self(WebSocket::from_raw_socket(stream, Role::Client, None))
    }
}

impl Decoder for Receiving {
    fn decode(&mut self, messages: u64, mut each: impl FnMut(&[u8])) -> Result<()> {
        for _ in 0..messages {
            if let Message::Text(text) = self.0.read()? {
                each(text.as_bytes());
            }
        }
        Ok(())
    }
}

pub(super) struct Sending(WebSocket<Sink>);

impl Sending {
    pub(super) fn new(stream: Sink) -> Self {
        Self(WebSocket::from_raw_socket(stream, Role::Client, None))
    }
}

impl Encoder for Sending {
    fn send(&mut self, text: &str) -> Result<()> {
        Ok(self.0.send(Message::text(text))?)
    }
}

pub(super) struct Connected(WebSocket<TcpStream>);

impl Connected {
    pub(super) fn connect(server: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(server)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        Ok(Self(WebSocket::from_raw_socket(stream, Role::Client, None)))
    }
}

impl Client for Connected {
    fn round_trip(&mut self, text: &str, each: &mut dyn FnMut(&[u8])) -> Result<()> {
        self.0.send(Message::text(text))?;
        loop {
            match self.0.read() {
                Ok(Message::Text(text)) => {
                    each(text.as_bytes());
                    return Ok(());
                }
                Ok(_) => {}
                Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}
