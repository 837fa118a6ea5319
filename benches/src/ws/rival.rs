//! The published crate of the same name. It has no option to check UTF-8, and its masking key is always zero.

use std::io::{self, Read, Write};

use rival::stream::buffer::{BufferedStream, IntoBufferedStream};
use rival::stream::{ConnectionInfo, ConnectionInfoProvider, ReadHint};
use rival::ws::{Websocket, WebsocketFrame};

use crate::harness::Result;
use crate::memory::Sink;
use crate::ws::decode::Decoder;
use crate::ws::encode::Encoder;
use crate::ws::round_trip::Client;

/// What it asks of a stream beside reading and writing.
pub(crate) struct Hinted<S> {
    stream: S,
    connection_info: ConnectionInfo,
}

impl<S> Hinted<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self {
            stream,
            connection_info: ConnectionInfo::new("localhost", 0),
        }
    }
}

impl<S: Read> Read for Hinted<S> {
    #[inline]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.read(buffer)
    }
}

impl<S: Write> Write for Hinted<S> {
    #[inline]
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.stream.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

impl<S> ReadHint for Hinted<S> {
    #[inline]
    fn read_hint(&self) -> bool {
        true
    }
}

impl<S> ConnectionInfoProvider for Hinted<S> {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.connection_info
    }
}

pub(crate) struct Receiving<S>(Websocket<Hinted<S>>);

impl<S: Read + Write> Receiving<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self(Websocket::new_with_handshake_complete(Hinted::new(stream)))
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

/// Room in its buffer for the longest message: it refuses a longer one.
const BUFFER: usize = 32 * 1024;

/// With its buffer around the stream: without it a frame takes five writes.
pub(super) struct Sending(Websocket<BufferedStream<Hinted<Sink>, BUFFER>>);

impl Sending {
    pub(super) fn new(stream: Sink) -> Self {
        let buffered = Hinted::new(stream).into_buffered_stream();
        Self(Websocket::new_with_handshake_complete(buffered))
    }
}

impl Encoder for Sending {
    fn send(&mut self, text: &str) -> Result<()> {
        Ok(self.0.send_text(true, Some(text.as_bytes()))?)
    }
}

pub(super) struct Connected<S>(Websocket<BufferedStream<Hinted<S>>>);

impl<S: Read + Write> Connected<S> {
    pub(super) fn new(stream: S) -> Self {
        let buffered = Hinted::new(stream).into_default_buffered_stream();
        Self(Websocket::new_with_handshake_complete(buffered))
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
