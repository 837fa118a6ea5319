//! boom-ws with its default configuration; unchecked where the case says so.

use std::io::{Read, Write};

use boom_ws::{
    Connection, DeflateConfig, Message, Request, Websocket, WebsocketConfig, WebsocketFrame,
};

use crate::harness::Result;
use crate::memory::{Ring, Sink};
use crate::ws::decode::Decoder;
use crate::ws::encode::Encoder;
use crate::ws::feed::FRAGMENTS;
use crate::ws::round_trip::Client;

fn open<S: Read + Write>(stream: S, config: &WebsocketConfig) -> Result<Websocket<S>> {
    let connection = Connection::established(config)?;
    Ok(Websocket::from_parts(stream, connection))
}

fn open_deflate<S: Read + Write>(stream: S, level: u8) -> Result<Websocket<S>> {
    let deflate = DeflateConfig::new().with_level(level).with_compress_from(0);
    let config = WebsocketConfig::new().with_deflate(deflate);
    let mut connection = Connection::client(&Request::new("localhost", "/"), &config);
    let answer = agree(connection.outgoing())?;
    connection.sent(connection.outgoing().len());
    connection.handle_input(answer.as_bytes());
    if connection.batch()?.next().is_some() || connection.is_handshaking() {
        return Err("the handshake is not done".into());
    }
    Ok(Websocket::from_parts(stream, connection))
}

/// The answer of a server that takes the defaults of permessage-deflate.
fn agree(request: &[u8]) -> Result<String> {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    let request = std::str::from_utf8(request)?;
    let (_, rest) = request
        .split_once("Sec-WebSocket-Key: ")
        .ok_or("a request without a key")?;
    let key = rest.lines().next().unwrap_or_default();
    let digest =
        sha1_smol::Sha1::from(format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11")).digest();
    let accept = STANDARD.encode(digest.bytes());
    Ok(format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
    ))
}

/// Frame by frame.
pub(crate) struct Receiving<S>(Websocket<S>);

impl<S: Read + Write> Receiving<S> {
    pub(crate) fn new(stream: S, checked: bool) -> Result<Self> {
        let config = WebsocketConfig::new().with_utf8_validation(checked);
        Ok(Self(open(stream, &config)?))
    }

    /// Checked, and with reads that ask for `window` bytes.
    pub(super) fn with_window(stream: S, window: usize) -> Result<Self> {
        let config = WebsocketConfig::new().with_read_window_bytes(window);
        Ok(Self(open(stream, &config)?))
    }
}

impl<S: Read + Write> Decoder for Receiving<S> {
    fn decode(&mut self, messages: u64, mut each: impl FnMut(&[u8])) -> Result<()> {
        let mut left = messages;
        loop {
            for frame in self.0.read_batch()? {
                if let WebsocketFrame::Text(_, payload) | WebsocketFrame::Binary(_, payload) =
                    frame?
                {
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

/// Message by message.
pub(super) struct ReceivingMessages(Websocket<Ring>);

impl ReceivingMessages {
    pub(super) fn new(stream: Ring) -> Result<Self> {
        Ok(Self(open(stream, &WebsocketConfig::new())?))
    }

    pub(super) fn inflating(stream: Ring, level: u8) -> Result<Self> {
        Ok(Self(open_deflate(stream, level)?))
    }
}

impl Decoder for ReceivingMessages {
    fn decode(&mut self, messages: u64, mut each: impl FnMut(&[u8])) -> Result<()> {
        let mut left = messages;
        loop {
            let mut batch = self.0.read_messages()?;
            while let Some(message) = batch.next_message()? {
                match message {
                    Message::Text(text) => each(text.as_bytes()),
                    Message::Binary(payload) => each(payload),
                    _ => continue,
                }
                left -= 1;
                if left == 0 {
                    return Ok(());
                }
            }
        }
    }
}

/// Pings, each answered with a write of its own.
pub(super) struct ReceivingPings(Websocket<Ring>);

impl ReceivingPings {
    pub(super) fn new(stream: Ring) -> Result<Self> {
        Ok(Self(open(stream, &WebsocketConfig::new())?))
    }
}

impl Decoder for ReceivingPings {
    fn decode(&mut self, messages: u64, mut each: impl FnMut(&[u8])) -> Result<()> {
        let mut left = messages;
        while left > 0 {
            for frame in self.0.read_batch()? {
                if let WebsocketFrame::Ping(payload) = frame? {
                    each(payload);
                    left -= 1;
                }
            }
        }
        Ok(())
    }
}

pub(super) struct Sending(Websocket<Sink>);

impl Sending {
    pub(super) fn new(stream: Sink) -> Result<Self> {
        Ok(Self(open(stream, &WebsocketConfig::new())?))
    }

    pub(super) fn deflating(stream: Sink, level: u8) -> Result<Self> {
        Ok(Self(open_deflate(stream, level)?))
    }
}

impl Encoder for Sending {
    fn send(&mut self, text: &str) -> Result<()> {
        Ok(self.0.send_text(true, Some(text.as_bytes()))?)
    }
}

/// Each message in several frames, a write each.
pub(super) struct SendingFragments(Websocket<Sink>);

impl SendingFragments {
    pub(super) fn new(stream: Sink) -> Result<Self> {
        Ok(Self(open(stream, &WebsocketConfig::new())?))
    }
}

impl Encoder for SendingFragments {
    fn send(&mut self, text: &str) -> Result<()> {
        let (first, rest) = text.as_bytes().split_at(text.len() / FRAGMENTS);
        let (second, third) = rest.split_at(first.len());
        let mut message = self.0.fragmented_text();
        message.send(first)?;
        message.send(second)?;
        Ok(message.finish(third)?)
    }
}

pub(super) struct Connected<S>(Websocket<S>);

impl<S: Read + Write> Connected<S> {
    pub(super) fn new(stream: S) -> Result<Self> {
        Ok(Self(open(stream, &WebsocketConfig::new())?))
    }
}

impl<S: Read + Write> Client for Connected<S> {
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
