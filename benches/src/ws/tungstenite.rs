//! tungstenite with its default configuration. It owns each message, in and out, and always checks UTF-8.

use std::io::{ErrorKind, Read, Write};

use tungstenite::protocol::Role;
use tungstenite::{Error, Message, WebSocket};

use crate::harness::Result;
use crate::memory::Sink;
use crate::ws::decode::Decoder;
use crate::ws::encode::Encoder;
use crate::ws::round_trip::Client;

pub(super) struct Receiving<S>(WebSocket<S>);

impl<S: Read + Write> Receiving<S> {
    pub(super) fn new(stream: S) -> Self {
        Self(WebSocket::from_raw_socket(stream, Role::Client, None))
    }
}

impl<S: Read + Write> Decoder for Receiving<S> {
    fn decode(&mut self, messages: u64, mut each: impl FnMut(&[u8])) -> Result<()> {
        for _ in 0..messages {
            match self.0.read()? {
                Message::Text(text) => each(text.as_bytes()),
                Message::Binary(bytes) => each(&bytes),
                _ => {}
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

pub(super) struct Connected<S>(WebSocket<S>);

impl<S: Read + Write> Connected<S> {
    pub(super) fn new(stream: S) -> Self {
        Self(WebSocket::from_raw_socket(stream, Role::Client, None))
    }
}

impl<S: Read + Write> Client for Connected<S> {
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
