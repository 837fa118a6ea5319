//! tokio-websockets, which is asynchronous; see [`polled`](crate::ws::polled). It owns each message, in and out, and
//! always checks UTF-8.

use std::io::{Read, Write};

use tokio_websockets::{ClientBuilder, Limits, Message, WebSocketStream};

use crate::harness::Result;
use crate::memory::Sink;
use crate::ws::decode::Decoder;
use crate::ws::encode::Encoder;
use crate::ws::polled::{Polled, PutInto, Socket, next, send};
use crate::ws::round_trip::Client;

fn open<S: PutInto + Write + Unpin>(stream: S) -> WebSocketStream<Polled<S>> {
    ClientBuilder::new()
        .limits(Limits::unlimited())
        .take_over(Polled(stream))
}

pub(super) struct Receiving<S: PutInto + Write + Unpin>(WebSocketStream<Polled<S>>);

impl<S: PutInto + Write + Unpin> Receiving<S> {
    pub(super) fn new(stream: S) -> Self {
        Self(open(stream))
    }
}

impl<S: PutInto + Write + Unpin> Decoder for Receiving<S> {
    fn decode(&mut self, messages: u64, mut each: impl FnMut(&[u8])) -> Result<()> {
        for _ in 0..messages {
            let message = next(&mut self.0).ok_or("the stream has ended")??;
            each(message.as_payload());
        }
        Ok(())
    }
}

pub(super) struct Sending(WebSocketStream<Polled<Sink>>);

impl Sending {
    pub(super) fn new(stream: Sink) -> Self {
        Self(open(stream))
    }
}

impl Encoder for Sending {
    fn send(&mut self, text: &str) -> Result<()> {
        send(&mut self.0, Message::text(text.to_owned()))
    }
}

pub(super) struct Connected<S: Read + Write + Unpin>(WebSocketStream<Polled<Socket<S>>>);

impl<S: Read + Write + Unpin> Connected<S> {
    pub(super) fn new(stream: S) -> Self {
        Self(open(Socket::new(stream)))
    }
}

impl<S: Read + Write + Unpin> Client for Connected<S> {
    fn round_trip(&mut self, text: &str, each: &mut dyn FnMut(&[u8])) -> Result<()> {
        send(&mut self.0, Message::text(text.to_owned()))?;
        let message = next(&mut self.0).ok_or("the echo has hung up")??;
        each(message.as_payload());
        Ok(())
    }
}
