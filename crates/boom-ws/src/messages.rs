//! Whole messages: fragments joined, text as text.

use std::io::Write;

use crate::batch::Plain;
use crate::close::CloseFrame;
use crate::error::{Error, Misuse, ProtocolError};
use crate::frame::WebsocketFrame;
use crate::utf8;
use crate::websocket::Frames;

/// A whole message, or a control frame, lent until the next one is asked for.
///
/// # Examples
///
/// ```
/// use boom_ws::Message;
///
/// fn is_trade(message: &Message<'_>) -> bool {
///     matches!(message, Message::Text(text) if text.starts_with(r#"{"e":"trade""#))
/// }
///
/// assert!(is_trade(&Message::Text(r#"{"e":"trade","p":"61000.10"}"#)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message<'a> {
    /// A text message.
    Text(&'a str),
    /// A binary message.
    Binary(&'a [u8]),
    /// A ping. The answer is already queued unless that is turned off.
    Ping(&'a [u8]),
    /// A pong: the answer to a ping of ours, or a heartbeat of the peer's own accord.
    Pong(&'a [u8]),
    /// The peer closes; `None` where it gave no code. The answer is already queued, and nothing follows.
    Close(Option<CloseFrame<'a>>),
}

/// The fragments of the message under way, in a buffer that is used again and again.
#[derive(Debug)]
pub(crate) struct Assembly {
    bytes: Vec<u8>,
    is_text: bool,
    /// A message is under way, and all of it so far is in `bytes`, or in the inflater.
    is_open: bool,
}

impl Assembly {
    pub(crate) const fn new() -> Self {
        Self {
            bytes: Vec::new(),
            is_text: false,
            is_open: false,
        }
    }

    /// Forgets the message under way: what follows of it is lent as frames.
    #[inline(always)]
    pub(crate) const fn abandon(&mut self) {
        self.is_open = false;
    }

    fn start(&mut self, is_text: bool) {
        self.bytes.clear();
        self.is_text = is_text;
        self.is_open = true;
    }
}

/// The messages of one read, each lent until the next is asked for.
///
/// A message in one frame is lent where it was received; one in several frames is joined in a buffer that the connection
/// keeps, so that in the steady state nothing is allocated. A message that is not whole goes on in the next batch.
///
/// # Examples
///
/// ```no_run
/// use boom_stream::tcp::TcpStream;
/// use boom_ws::{IntoWebsocket, Message};
///
/// let mut ws = TcpStream::try_from(("localhost", 9001))?.into_websocket("/feed");
/// loop {
///     let mut messages = ws.read_messages()?;
///     while let Some(message) = messages.next_message()? {
///         match message {
///             Message::Text(text) => println!("{text}"),
///             Message::Binary(data) => println!("{} bytes", data.len()),
///             _ => {}
///         }
///     }
/// }
/// # #[allow(unreachable_code)]
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Messages<'a, S: Write> {
    frames: Frames<'a, S>,
    assembly: &'a mut Assembly,
}

impl<'a, S: Write> Messages<'a, S> {
    pub(crate) const fn new(frames: Frames<'a, S>, assembly: &'a mut Assembly) -> Self {
        Self { frames, assembly }
    }

    /// Takes the next message, `None` where no whole one is left.
    ///
    /// Text is always checked to be UTF-8, even where that is turned off for frames.
    ///
    /// # Errors
    ///
    /// The rule that the peer broke, which ends the connection. [`Misuse::MixedReading`] for the rest of a message whose
    /// start was lent as a frame; it can be taken by [`read_batch`](crate::Websocket::read_batch).
    #[inline]
    pub fn next_message(&mut self) -> Result<Option<Message<'_>>, Error> {
        match self.frames.batch_mut().next_plain() {
            Plain::Text(payload) => match text(payload) {
                Ok(message) => Ok(Some(message)),
                Err(error) => Err(self.frames.batch_mut().fail(error)),
            },
            Plain::Binary(payload) => Ok(Some(Message::Binary(payload))),
            Plain::End => Ok(None),
            Plain::Other => self.next_joined(),
        }
    }

    #[inline(never)]
    fn next_joined(&mut self) -> Result<Option<Message<'_>>, Error> {
        loop {
            let batch = self.frames.batch_mut();
            if batch.is_continuation_next() && !self.assembly.is_open {
                return Err(Misuse::MixedReading.into());
            }
            let is_compressed = batch.is_compressed_next();
            let Some(frame) = batch.next_wire_frame() else {
                return Ok(None);
            };
            let (fin, payload) = match frame? {
                WebsocketFrame::Ping(payload) => return Ok(Some(Message::Ping(payload))),
                WebsocketFrame::Pong(payload) => return Ok(Some(Message::Pong(payload))),
                WebsocketFrame::Close(close) => return Ok(Some(Message::Close(close))),
                WebsocketFrame::Text(fin, payload) => {
                    self.assembly.start(true);
                    (fin, payload)
                }
                WebsocketFrame::Binary(fin, payload) => {
                    self.assembly.start(false);
                    (fin, payload)
                }
                WebsocketFrame::Continuation(fin, payload) => (fin, payload),
            };
            if is_compressed {
                self.frames.batch_mut().inflate(payload, fin)?;
            } else {
                self.assembly.bytes.extend_from_slice(payload);
            }
            if fin {
                return self.joined(is_compressed);
            }
        }
    }

    /// The message whose last frame has come.
    fn joined(&mut self, is_compressed: bool) -> Result<Option<Message<'_>>, Error> {
        self.assembly.is_open = false;
        let is_text = self.assembly.is_text;
        // The quick check, since a message that is lent cannot be looked at twice.
        if is_text && !utf8::is_valid(self.whole(is_compressed)) {
            return Err(self.frames.batch_mut().fail(ProtocolError::InvalidUtf8));
        }
        let bytes = self.whole(is_compressed);
        if is_text {
            Ok(text(bytes).ok())
        } else {
            Ok(Some(Message::Binary(bytes)))
        }
    }

    fn whole(&self, is_compressed: bool) -> &[u8] {
        if is_compressed {
            self.frames.batch().inflated()
        } else {
            &self.assembly.bytes
        }
    }
}

#[inline(always)]
fn text(payload: &[u8]) -> Result<Message<'_>, ProtocolError> {
    std::str::from_utf8(payload)
        .map(Message::Text)
        .map_err(|_| ProtocolError::InvalidUtf8)
}
