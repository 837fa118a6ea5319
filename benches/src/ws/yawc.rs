//! yawc, which is asynchronous; see [`polled`](crate::ws::polled). It owns each message, in and out, and checks UTF-8
//! only where it is told to.

use std::io::{Read, Write};

use yawc::{CompressionLevel, Frame, Options, Role, WebSocket};

use crate::harness::Result;
use crate::memory::{Ring, Sink};
use crate::ws::decode::Decoder;
use crate::ws::encode::Encoder;
use crate::ws::polled::{Polled, PutInto, Socket, block_on, send};
use crate::ws::round_trip::Client;

const LIMIT: usize = 64 << 20;

fn options() -> Options {
    Options::default()
        .without_compression()
        .with_limits(LIMIT, 2 * LIMIT)
}

fn open<S: PutInto + Write + Unpin>(stream: S, options: Options) -> Result<WebSocket<Polled<S>>> {
    Ok(WebSocket::from_stream(
        Polled(stream),
        Role::Client,
        options,
    )?)
}

/// What a server answers that agrees to the defaults: context takeover and the largest window both ways.
fn open_deflate<S: PutInto + Write + Unpin>(stream: S, level: u8) -> Result<WebSocket<Polled<S>>> {
    let options = options().with_compression_level(CompressionLevel::new(level.into()));
    Ok(WebSocket::from_stream_with_extensions(
        Polled(stream),
        Role::Client,
        Some("permessage-deflate"),
        options.with_utf8(),
    )?)
}

pub(super) struct Receiving<S>(WebSocket<Polled<S>>);

impl<S: PutInto + Write + Unpin> Receiving<S> {
    pub(super) fn new(stream: S, checked: bool) -> Result<Self> {
        let options = options();
        let options = if checked {
            options.with_utf8()
        } else {
            options
        };
        Ok(Self(open(stream, options)?))
    }
}

impl Receiving<Ring> {
    pub(super) fn inflating(stream: Ring, level: u8) -> Result<Self> {
        Ok(Self(open_deflate(stream, level)?))
    }
}

impl<S: PutInto + Write + Unpin> Decoder for Receiving<S> {
    fn decode(&mut self, messages: u64, mut each: impl FnMut(&[u8])) -> Result<()> {
        block_on(async {
            for _ in 0..messages {
                each(self.0.next_frame().await?.payload());
            }
            Ok(())
        })
    }
}

pub(super) struct Sending(WebSocket<Polled<Sink>>);

impl Sending {
    pub(super) fn new(stream: Sink) -> Result<Self> {
        Ok(Self(open(stream, options())?))
    }

    pub(super) fn deflating(stream: Sink, level: u8) -> Result<Self> {
        Ok(Self(open_deflate(stream, level)?))
    }
}

impl Encoder for Sending {
    fn send(&mut self, text: &str) -> Result<()> {
        send(&mut self.0, Frame::text(text.to_owned()))
    }
}

pub(super) struct Connected<S>(WebSocket<Polled<Socket<S>>>);

impl<S: Read + Write + Unpin> Connected<S> {
    pub(super) fn new(stream: S) -> Result<Self> {
        Ok(Self(open(Socket::new(stream), options().with_utf8())?))
    }
}

impl<S: Read + Write + Unpin> Client for Connected<S> {
    fn round_trip(&mut self, text: &str, each: &mut dyn FnMut(&[u8])) -> Result<()> {
        send(&mut self.0, Frame::text(text.to_owned()))?;
        each(block_on(self.0.next_frame())?.payload());
        Ok(())
    }
}
