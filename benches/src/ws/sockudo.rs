//! sockudo-ws by its core without I/O, which is faster than its stream: bytes are appended to its buffer and messages
//! taken from it by the loops here.

use std::io::{ErrorKind, Read, Write};

use bytes::BytesMut;
use sockudo_ws::frame::encode_frame;
use sockudo_ws::mask::generate_mask;
use sockudo_ws::protocol::{CompressedProtocol, Protocol};
use sockudo_ws::{DeflateConfig, Message, OpCode, RawMessage, Role};

use crate::harness::Result;
use crate::memory::{Ring, Sink};
use crate::ws::decode::Decoder;
use crate::ws::encode::Encoder;
use crate::ws::polled::{PutInto, Socket};
use crate::ws::round_trip::Client;

const LIMIT: usize = 64 << 20;
/// One read appends at most this much.
const READ_SIZE: usize = 16 * 1024;

fn protocol() -> Protocol {
    Protocol::new(Role::Client, LIMIT, LIMIT)
}

/// Its defaults but for the level: context takeover and the largest window both ways.
fn compressed_protocol(level: u8) -> CompressedProtocol {
    let config = DeflateConfig {
        compression_level: level.into(),
        ..DeflateConfig::default()
    };
    CompressedProtocol::client(LIMIT, LIMIT, config)
}

/// Makes messages of the bytes in a buffer.
pub(super) trait Core {
    type Message;

    fn process(&mut self, buffer: &mut BytesMut, messages: &mut Vec<Self::Message>) -> Result<()>;

    fn payload(message: &Self::Message) -> &[u8];
}

pub(super) struct Checked(Protocol);
pub(super) struct Unchecked(Protocol);
pub(super) struct Compressed(CompressedProtocol);

impl Core for Checked {
    type Message = Message;

    #[inline]
    fn process(&mut self, buffer: &mut BytesMut, messages: &mut Vec<Message>) -> Result<()> {
        Ok(self.0.process_into(buffer, messages)?)
    }

    fn payload(message: &Message) -> &[u8] {
        message.as_bytes()
    }
}

impl Core for Unchecked {
    type Message = RawMessage;

    #[inline]
    fn process(&mut self, buffer: &mut BytesMut, messages: &mut Vec<RawMessage>) -> Result<()> {
        Ok(self.0.process_raw_into(buffer, messages)?)
    }

    fn payload(message: &RawMessage) -> &[u8] {
        message.as_bytes()
    }
}

impl Core for Compressed {
    type Message = Message;

    #[inline]
    fn process(&mut self, buffer: &mut BytesMut, messages: &mut Vec<Message>) -> Result<()> {
        Ok(self.0.process_into(buffer, messages)?)
    }

    fn payload(message: &Message) -> &[u8] {
        message.as_bytes()
    }
}

pub(super) struct Receiving<S, C: Core> {
    stream: S,
    core: C,
    buffer: BytesMut,
    messages: Vec<C::Message>,
    /// Messages that were handed over already.
    used: usize,
}

impl<S: PutInto, C: Core> Receiving<S, C> {
    fn open(stream: S, core: C) -> Self {
        Self {
            stream,
            core,
            buffer: BytesMut::with_capacity(4 * READ_SIZE),
            messages: Vec::new(),
            used: 0,
        }
    }

    /// Reads once and makes messages of what is there.
    #[inline]
    fn refill(&mut self) -> Result<()> {
        // They hold on to the buffer.
        self.messages.clear();
        self.used = 0;
        match self.stream.append_to(&mut self.buffer, READ_SIZE) {
            Ok(0) => return Err("the stream has ended".into()),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        self.core.process(&mut self.buffer, &mut self.messages)
    }
}

impl<S: PutInto> Receiving<S, Checked> {
    pub(super) fn checked(stream: S) -> Self {
        Self::open(stream, Checked(protocol()))
    }
}

impl<S: PutInto> Receiving<S, Unchecked> {
    pub(super) fn unchecked(stream: S) -> Self {
        Self::open(stream, Unchecked(protocol()))
    }
}

impl Receiving<Ring, Compressed> {
    pub(super) fn inflating(stream: Ring, level: u8) -> Self {
        Self::open(stream, Compressed(compressed_protocol(level)))
    }
}

impl<S: PutInto, C: Core> Decoder for Receiving<S, C> {
    fn decode(&mut self, messages: u64, mut each: impl FnMut(&[u8])) -> Result<()> {
        let mut left = messages;
        while left > 0 {
            let Some(message) = self.messages.get(self.used) else {
                self.refill()?;
                continue;
            };
            each(C::payload(message));
            self.used += 1;
            left -= 1;
        }
        Ok(())
    }
}

/// By its function that encodes without owning the text.
pub(super) struct Sending {
    stream: Sink,
    buffer: BytesMut,
}

impl Sending {
    pub(super) fn new(stream: Sink) -> Self {
        Self {
            stream,
            buffer: BytesMut::new(),
        }
    }
}

impl Encoder for Sending {
    fn send(&mut self, text: &str) -> Result<()> {
        self.buffer.clear();
        encode_text(text, &mut self.buffer);
        Ok(self.stream.write_all(&self.buffer)?)
    }
}

fn encode_text(text: &str, buffer: &mut BytesMut) {
    encode_frame(
        buffer,
        OpCode::Text,
        text.as_bytes(),
        true,
        Some(generate_mask()),
    );
}

pub(super) struct Deflating {
    stream: Sink,
    protocol: CompressedProtocol,
    buffer: BytesMut,
}

impl Deflating {
    pub(super) fn new(stream: Sink, level: u8) -> Self {
        Self {
            stream,
            protocol: compressed_protocol(level),
            buffer: BytesMut::new(),
        }
    }
}

impl Encoder for Deflating {
    fn send(&mut self, text: &str) -> Result<()> {
        self.buffer.clear();
        self.protocol
            .encode_message(&Message::text(text), &mut self.buffer)?;
        Ok(self.stream.write_all(&self.buffer)?)
    }
}

pub(super) struct Connected<S> {
    receiving: Receiving<Socket<S>, Checked>,
    out: BytesMut,
}

impl<S: Read + Write> Connected<S> {
    pub(super) fn new(stream: S) -> Self {
        Self {
            receiving: Receiving::checked(Socket::new(stream)),
            out: BytesMut::new(),
        }
    }
}

impl<S: Read + Write> Client for Connected<S> {
    fn round_trip(&mut self, text: &str, each: &mut dyn FnMut(&[u8])) -> Result<()> {
        self.out.clear();
        encode_text(text, &mut self.out);
        self.receiving.stream.write_all(&self.out)?;
        self.receiving.decode(1, each)
    }
}
