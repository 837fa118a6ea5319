//! Feeds a connection and writes down what it gives.

use std::io::{self, Read, Write};

use boom_ws::{CloseFrame, Connection, Error, Message, Websocket, WebsocketFrame};

use crate::naive::{End, Frame};

/// How input is cut and how many frames are taken at a time.
pub trait Cuts {
    /// How many bytes to give next; at least one.
    fn bytes(&mut self) -> usize;
    /// How many frames to take of the next batch.
    fn frames(&mut self) -> usize;
}

/// Everything at once.
pub struct Whole;

impl Cuts for Whole {
    fn bytes(&mut self) -> usize {
        usize::MAX
    }

    fn frames(&mut self) -> usize {
        usize::MAX
    }
}

/// As a list of numbers says, over and over.
pub struct Listed<'a> {
    list: &'a [u8],
    at: usize,
    /// The last batch was dropped unread, which must not happen for ever.
    dropped: bool,
}

impl<'a> Listed<'a> {
    pub fn new(list: &'a [u8]) -> Self {
        Self {
            list,
            at: 0,
            dropped: false,
        }
    }

    fn next(&mut self) -> usize {
        let number = self
            .list
            .get(self.at % self.list.len().max(1))
            .copied()
            .unwrap_or_default();
        self.at += 1;
        usize::from(number)
    }
}

impl Cuts for Listed<'_> {
    fn bytes(&mut self) -> usize {
        self.next() % 48 + 1
    }

    fn frames(&mut self) -> usize {
        // Mostly all, now and then a batch dropped early.
        let count = match self.next() % 8 {
            0 if self.dropped => 1,
            few @ 0..=2 => few,
            _ => usize::MAX,
        };
        self.dropped = count == 0;
        count
    }
}

/// What a connection gave for its input.
#[derive(Debug, PartialEq, Eq)]
pub struct Observed {
    pub frames: Vec<Frame>,
    pub end: Option<End>,
    /// Why the handshake failed, by kind.
    pub handshake: Option<String>,
    /// What the connection wanted to send, the request of the handshake included.
    pub sent: Vec<u8>,
}

/// Gives the connection all of `input`, as `cuts` says, until it takes no more because it is over.
pub fn drive(connection: &mut Connection, input: &[u8], cuts: &mut impl Cuts) -> Observed {
    let mut observed = Observed {
        frames: Vec::new(),
        end: None,
        handshake: None,
        sent: Vec::new(),
    };
    let mut rest = input;
    let mut idle = 0;
    while (!rest.is_empty() || connection.has_unread()) && observed.is_running() {
        let given = &rest[..rest.len().min(cuts.bytes())];
        let taken = connection.handle_input(given);
        assert!(
            taken <= given.len(),
            "took {taken} of {} bytes",
            given.len()
        );
        rest = &rest[taken..];
        let wanted = cuts.frames();
        let frames = observed.take(connection, wanted);
        // A batch of which nothing was wanted is no proof of a connection that is stuck.
        idle = if taken == 0 && frames == 0 && wanted > 0 {
            idle + 1
        } else {
            0
        };
        assert!(idle < 4, "stuck with {} bytes to give", rest.len());
    }
    if observed.is_running() {
        // A close frame was the last: the next batch says that it has ended the connection.
        observed.take(connection, usize::MAX);
    }
    observed
}

impl Observed {
    fn is_running(&self) -> bool {
        self.end.is_none() && self.handshake.is_none()
    }

    /// Takes up to `wanted` frames and what is to be sent; returns the number of frames.
    fn take(&mut self, connection: &mut Connection, wanted: usize) -> usize {
        let before = self.frames.len();
        match connection.batch() {
            Ok(batch) => {
                for frame in batch.take(wanted) {
                    match frame {
                        Ok(frame) => self.frames.push(owned(frame)),
                        Err(error) => self.fail(&error),
                    }
                }
            }
            Err(error) => self.fail(&error),
        }
        let count = connection.outgoing().len();
        self.sent.extend_from_slice(connection.outgoing());
        connection.sent(count);
        self.frames.len() - before
    }

    fn fail(&mut self, error: &Error) {
        match error {
            Error::Protocol(error) => self.end = Some(End::Broken(error.close_code().value())),
            Error::Closed(code) => self.end = Some(End::Closed(code.map(|code| code.value()))),
            Error::Handshake(error) => self.handshake = Some(format!("{error}")),
            other => panic!("no input leads to {other}"),
        }
    }
}

/// A stream that gives its input in pieces and keeps what is written.
struct Pieces<'a, C> {
    input: &'a [u8],
    cuts: C,
    written: Vec<u8>,
}

impl<C: Cuts> Read for Pieces<'_, C> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.input.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let len = buffer.len().min(self.cuts.bytes());
        self.input.read(&mut buffer[..len])
    }
}

impl<C> Write for Pieces<'_, C> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Gives a connection all of `input` by way of a stream, and takes whole messages.
pub fn drive_messages(connection: Connection, input: &[u8], cuts: impl Cuts) -> Observed {
    let mut observed = Observed {
        frames: Vec::new(),
        end: None,
        handshake: None,
        sent: Vec::new(),
    };
    let mut ws = Websocket::from_parts(
        Pieces {
            input,
            cuts,
            written: Vec::new(),
        },
        connection,
    );
    while observed.is_running() {
        // Once the input is at its end, one batch takes what is left, and its last read finds nothing.
        let is_last = ws.stream().input.is_empty();
        let before = observed.frames.len();
        let wanted = ws.stream_mut().cuts.frames();
        if let Err(error) = observed.take_messages(&mut ws, wanted) {
            observed.fail(&error);
        }
        if is_last && wanted > 0 && observed.frames.len() == before {
            break;
        }
    }
    observed.sent = std::mem::take(&mut ws.stream_mut().written);
    observed
}

impl Observed {
    fn take_messages<C: Cuts>(
        &mut self,
        ws: &mut Websocket<Pieces<'_, C>>,
        wanted: usize,
    ) -> Result<(), Error> {
        let mut messages = ws.read_messages()?;
        for _ in 0..wanted {
            let Some(message) = messages.next_message()? else {
                break;
            };
            self.frames.push(match message {
                Message::Text(text) => Frame::new(true, 1, text.as_bytes()),
                Message::Binary(payload) => Frame::new(true, 2, payload),
                Message::Ping(payload) => Frame::new(true, 9, payload),
                Message::Pong(payload) => Frame::new(true, 10, payload),
                Message::Close(close) => owned_close(close),
            });
        }
        Ok(())
    }
}

pub fn owned(frame: WebsocketFrame<'_>) -> Frame {
    match frame {
        WebsocketFrame::Continuation(fin, payload) => Frame::new(fin, 0, payload),
        WebsocketFrame::Text(fin, payload) => Frame::new(fin, 1, payload),
        WebsocketFrame::Binary(fin, payload) => Frame::new(fin, 2, payload),
        WebsocketFrame::Close(close) => owned_close(close),
        WebsocketFrame::Ping(payload) => Frame::new(true, 9, payload),
        WebsocketFrame::Pong(payload) => Frame::new(true, 10, payload),
    }
}

pub fn owned_close(close: Option<CloseFrame<'_>>) -> Frame {
    let payload = close.map_or_else(Vec::new, |close| {
        [&close.code.value().to_be_bytes(), close.reason.as_bytes()].concat()
    });
    Frame::new(true, 8, &payload)
}
