//! boom-ws with its default configuration; unchecked where the case says so.

use std::net::SocketAddr;

use boom_stream::tcp::TcpStream;
use boom_ws::{Connection, Websocket, WebsocketConfig, WebsocketFrame};

use crate::harness::Result;
use crate::memory::{Ring, Sink};
use crate::ws::decode::Decoder;
use crate::ws::encode::Encoder;
use crate::ws::round_trip::Client;

pub(super) struct Receiving(Websocket<Ring>);

impl Receiving {
    pub(super) fn new(stream: Ring, checked: bool) -> Result<Self> {
        let config = WebsocketConfig::new().with_utf8_validation(checked);
        Ok(Self(Websocket::from_parts(
            stream,
            Connection::established(&config)?,
        )))
    }
}

impl Decoder for Receiving {
    fn decode(&mut self, messages: u64, mut each: impl FnMut(&[u8])) -> Result<()> {
        let mut left = messages;
        loop {
            for frame in self.0.read_batch()? {
                if let WebsocketFrame::Text(_, payload) = frame? {
                    each(payload);
                    left -= 1;
                    if left == 0 {
                        return Ok(());
                    }
                }
            }
        }
    }
}

pub(super) struct Sending(Websocket<Sink>);

impl Sending {
    pub(super) fn new(stream: Sink) -> Result<Self> {
        Ok(Self(Websocket::from_parts(
            stream,
            Connection::established(&WebsocketConfig::new())?,
        )))
    }
}

impl Encoder for Sending {
    fn send(&mut self, text: &str) -> Result<()> {
        Ok(self.0.send_text(true, Some(text.as_bytes()))?)
    }
}

pub(super) struct Connected(Websocket<TcpStream>);

impl Connected {
    pub(super) fn connect(server: SocketAddr) -> Result<Self> {
        let mut stream = TcpStream::try_from(("127.0.0.1", server.port()))?;
        while !stream.connected()? {}
        Ok(Self(Websocket::from_parts(
            stream,
            Connection::established(&WebsocketConfig::new())?,
        )))
    }
}

impl Client for Connected {
    fn round_trip(&mut self, text: &str, each: &mut dyn FnMut(&[u8])) -> Result<()> {
        self.0.send_text(true, Some(text.as_bytes()))?;
        loop {
            for frame in self.0.read_batch()? {
                if let WebsocketFrame::Text(_, payload) = frame? {
                    each(payload);
                    return Ok(());
                }
            }
        }
    }
}
