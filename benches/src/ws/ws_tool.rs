//! ws-tool's blocking frame codec, which lends what it receives and checks UTF-8 unless told otherwise.

use std::io::{ErrorKind, Read, Write};

use ws_tool::codec::{FrameCodec, FrameConfig, ValidateUtf8Policy};
use ws_tool::errors::WsError;
use ws_tool::frame::OpCode;

use crate::harness::Result;
use crate::memory::Sink;
use crate::ws::decode::Decoder;
use crate::ws::encode::Encoder;
use crate::ws::round_trip::Client;

fn config(checked: bool) -> FrameConfig {
    FrameConfig {
        validate_utf8: if checked {
            ValidateUtf8Policy::FastFail
        } else {
            ValidateUtf8Policy::Off
        },
        ..FrameConfig::default()
    }
}

pub(super) struct Receiving<S: Read + Write>(FrameCodec<S>);

impl<S: Read + Write> Receiving<S> {
    pub(super) fn new(stream: S, checked: bool) -> Self {
        Self(FrameCodec::new_with(stream, config(checked)))
    }
}

impl<S: Read + Write> Decoder for Receiving<S> {
    fn decode(&mut self, messages: u64, mut each: impl FnMut(&[u8])) -> Result<()> {
        for _ in 0..messages {
            let (_, payload) = self.0.receive()?;
            each(payload);
        }
        Ok(())
    }
}

pub(super) struct Sending(FrameCodec<Sink>);

impl Sending {
    pub(super) fn new(stream: Sink) -> Self {
        Self(FrameCodec::new_with(stream, config(true)))
    }
}

impl Encoder for Sending {
    fn send(&mut self, text: &str) -> Result<()> {
        Ok(self.0.send(OpCode::Text, text.as_bytes())?)
    }
}

pub(super) struct Connected<S: Read + Write>(FrameCodec<S>);

impl<S: Read + Write> Connected<S> {
    pub(super) fn new(stream: S) -> Self {
        Self(FrameCodec::new_with(stream, config(true)))
    }
}

impl<S: Read + Write> Client for Connected<S> {
    fn round_trip(&mut self, text: &str, each: &mut dyn FnMut(&[u8])) -> Result<()> {
        self.0.send(OpCode::Text, text.as_bytes())?;
        self.0.flush()?;
        loop {
            match self.0.receive() {
                Ok((_, payload)) => {
                    each(payload);
                    return Ok(());
                }
                Err(WsError::IOError(error)) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}
