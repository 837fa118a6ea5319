//! Frames for tests, without a peer.

use std::collections::VecDeque;
use std::io::{self, Read, Write};

use crate::close::CloseCode;
use crate::frame::{FIN, opcode};

/// Frames of a server that does not exist: feeds a [`Websocket`](crate::Websocket) in a test, so that the code which
/// handles messages is tested as it runs, on the same type.
///
/// Each frame is received by one read. Between them a read can find nothing ([`nothing`](Self::nothing)); after the last
/// one it always does, or finds the end of the stream after [`end`](Self::end). What is sent is thrown away.
///
/// # Examples
///
/// ```
/// use boom_ws::{Connection, FrameSource, Message, Websocket};
///
/// let source = FrameSource::new()
///     .text("first")
///     .fragmented_text(&["sec", "ond"])
///     .nothing()
///     .text("third");
/// let mut ws = Websocket::from_parts(source, Connection::established(&Default::default())?);
/// let mut received = Vec::new();
/// while received.len() < 3 {
///     let mut messages = ws.read_messages()?;
///     while let Some(message) = messages.next_message()? {
///         if let Message::Text(text) = message {
///             received.push(text.to_owned());
///         }
///     }
/// }
/// assert_eq!(received, ["first", "second", "third"]);
/// # Ok::<(), boom_ws::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct FrameSource {
    reads: VecDeque<Step>,
}

#[derive(Clone, Debug)]
enum Step {
    Bytes(VecDeque<u8>),
    Nothing,
    End,
}

impl FrameSource {
    /// A source of nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// A text message in one frame.
    #[must_use]
    pub fn text(self, text: &str) -> Self {
        self.frame(FIN | opcode::TEXT, text.as_bytes())
    }

    /// A binary message in one frame.
    #[must_use]
    pub fn binary(self, payload: &[u8]) -> Self {
        self.frame(FIN | opcode::BINARY, payload)
    }

    /// A text message in as many frames as there are parts.
    #[must_use]
    pub fn fragmented_text(mut self, parts: &[&str]) -> Self {
        for (place, part) in parts.iter().enumerate() {
            let fin = if place + 1 == parts.len() { FIN } else { 0 };
            let opcode = if place == 0 {
                opcode::TEXT
            } else {
                opcode::CONTINUATION
            };
            self = self.frame(fin | opcode, part.as_bytes());
        }
        self
    }

    /// A ping. A payload of more than 125 bytes breaks the protocol, which may be what the test is about.
    #[must_use]
    pub fn ping(self, payload: &[u8]) -> Self {
        self.frame(FIN | opcode::PING, payload)
    }

    /// A pong.
    #[must_use]
    pub fn pong(self, payload: &[u8]) -> Self {
        self.frame(FIN | opcode::PONG, payload)
    }

    /// A close frame.
    #[must_use]
    pub fn close(self, code: CloseCode, reason: &str) -> Self {
        let mut payload = code.value().to_be_bytes().to_vec();
        payload.extend_from_slice(reason.as_bytes());
        self.frame(FIN | opcode::CLOSE, &payload)
    }

    /// Bytes as they are: half a frame, or what no server should send.
    #[must_use]
    pub fn bytes(mut self, bytes: &[u8]) -> Self {
        // A read of no bytes would be the end of the stream.
        if !bytes.is_empty() {
            self.reads
                .push_back(Step::Bytes(bytes.iter().copied().collect()));
        }
        self
    }

    /// A read that finds nothing (`WouldBlock`).
    #[must_use]
    pub fn nothing(mut self) -> Self {
        self.reads.push_back(Step::Nothing);
        self
    }

    /// The end of the stream.
    #[must_use]
    pub fn end(mut self) -> Self {
        self.reads.push_back(Step::End);
        self
    }

    fn frame(self, first: u8, payload: &[u8]) -> Self {
        let mut frame = vec![first];
        match payload.len() {
            len @ 0..=125 => frame.push(len as u8),
            len @ 126..=0xffff => {
                frame.push(126);
                frame.extend((len as u16).to_be_bytes());
            }
            len => {
                frame.push(127);
                frame.extend((len as u64).to_be_bytes());
            }
        }
        frame.extend_from_slice(payload);
        self.bytes(&frame)
    }
}

impl Read for FrameSource {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.reads.front_mut() {
            None => Err(io::ErrorKind::WouldBlock.into()),
            Some(Step::End) => Ok(0),
            Some(Step::Nothing) => {
                self.reads.pop_front();
                Err(io::ErrorKind::WouldBlock.into())
            }
            Some(Step::Bytes(bytes)) => {
                let count = bytes.read(buffer)?;
                if bytes.is_empty() {
                    self.reads.pop_front();
                }
                Ok(count)
            }
        }
    }
}

impl Write for FrameSource {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
