//! Messages that are made in place, and messages that are sent in parts.

use std::io::{self, Read, Write};

use crate::error::Error;
use crate::frame::opcode;
use crate::prepared::PreparedMessage;
use crate::websocket::Websocket;

/// A message that is written straight into the outbound buffer, and masked there.
///
/// Made by [`Websocket::text_frame`] and [`Websocket::binary_frame`]; dropped without [`send`](Self::send), nothing of it
/// is sent.
///
/// # Examples
///
/// ```
/// use std::io::Write;
///
/// # let connection = boom_ws::Connection::established(&Default::default())?;
/// # let mut ws = boom_ws::Websocket::from_parts(std::io::Cursor::new(Vec::new()), connection);
/// let mut order = ws.text_frame(256)?;
/// // As `serde_json::to_writer` does.
/// write!(order, r#"{{"symbol":"{}","price":"{}"}}"#, "BTCUSDT", 61000)?;
/// order.send()?;
/// # assert_eq!(ws.stream().get_ref().len(), 6 + 36);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct OutgoingFrame<'a, S> {
    websocket: &'a mut Websocket<S>,
    opcode: u8,
    capacity: usize,
    len: usize,
}

impl<'a, S: Read + Write> OutgoingFrame<'a, S> {
    fn new(websocket: &'a mut Websocket<S>, opcode: u8, capacity: usize) -> Result<Self, Error> {
        websocket.make_room(capacity)?;
        websocket.connection_mut().lend(capacity)?;
        Ok(Self {
            websocket,
            opcode,
            capacity,
            len: 0,
        })
    }
}

impl<S> OutgoingFrame<'_, S> {
    /// Lends what is left of the room. It holds bytes of earlier messages: write all that you
    /// [`advance`](Self::advance) over.
    pub fn unfilled_mut(&mut self) -> &mut [u8] {
        let room = self
            .websocket
            .connection_mut()
            .lend(self.capacity)
            .unwrap_or_default();
        room.get_mut(self.len..).unwrap_or_default()
    }

    /// Says that `count` bytes of [`unfilled_mut`](Self::unfilled_mut) were written, at most all.
    pub fn advance(&mut self, count: usize) {
        self.len = self.len.saturating_add(count).min(self.capacity);
    }
}

impl<S: Read + Write> OutgoingFrame<'_, S> {
    /// Sends what was written as a whole message.
    ///
    /// # Errors
    ///
    /// As [`Websocket::send_text`].
    pub fn send(self) -> Result<(), Error> {
        self.websocket
            .connection_mut()
            .finish_frame(self.opcode, self.len)?;
        self.websocket.send_now()
    }
}

/// Takes as much as there is room for; `write_all` and `write!` fail with `WriteZero` where that is not all.
impl<S> Write for OutgoingFrame<'_, S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = self.unfilled_mut();
        let count = bytes.len().min(room.len());
        room[..count].copy_from_slice(&bytes[..count]);
        self.advance(count);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A message that is sent in several frames (RFC 6455 §5.4).
///
/// Made by [`Websocket::fragmented_text`] and [`Websocket::fragmented_binary`]. It holds the connection, so no other
/// message can come between; dropped without [`finish`](Self::finish), the message stays under way, and only
/// [`Websocket::send_continuation`] can end it.
///
/// # Examples
///
/// ```
/// # let connection = boom_ws::Connection::established(&Default::default())?;
/// # let mut ws = boom_ws::Websocket::from_parts(std::io::Cursor::new(Vec::new()), connection);
/// let mut message = ws.fragmented_text();
/// message.send(b"one, ")?;
/// message.send(b"two, ")?;
/// message.finish(b"three")?;
/// # assert_eq!(ws.stream().get_ref().len(), 3 * 6 + 15);
/// # Ok::<(), boom_ws::Error>(())
/// ```
///
/// ```compile_fail,E0499
/// # fn f(ws: &mut boom_ws::Websocket<std::net::TcpStream>) -> Result<(), boom_ws::Error> {
/// let mut message = ws.fragmented_text();
/// message.send(b"one, ")?;
/// ws.send_text(true, Some(b"between"))?;
/// message.finish(b"two")?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct FragmentedMessage<'a, S> {
    websocket: &'a mut Websocket<S>,
    opcode: u8,
    is_started: bool,
}

impl<S: Read + Write> FragmentedMessage<'_, S> {
    /// Sends the next part.
    ///
    /// # Errors
    ///
    /// As [`Websocket::send_text`]. A part that was refused can be sent again.
    pub fn send(&mut self, part: &[u8]) -> Result<(), Error> {
        self.send_part(false, part)
    }

    /// Sends the last part.
    ///
    /// # Errors
    ///
    /// As [`Websocket::send_text`].
    pub fn finish(mut self, part: &[u8]) -> Result<(), Error> {
        self.send_part(true, part)
    }

    fn send_part(&mut self, fin: bool, part: &[u8]) -> Result<(), Error> {
        match (self.is_started, self.opcode) {
            (true, _) => self.websocket.send_continuation(fin, Some(part))?,
            (false, opcode::TEXT) => self.websocket.send_text(fin, Some(part))?,
            (false, _) => self.websocket.send_binary(fin, Some(part))?,
        }
        self.is_started = true;
        Ok(())
    }
}

impl<S: Read + Write> Websocket<S> {
    /// Lends room for a text message of up to `capacity` bytes, to be written in place: nothing is copied twice.
    ///
    /// The text is not checked to be UTF-8.
    ///
    /// # Errors
    ///
    /// As [`send_text`](Self::send_text).
    pub fn text_frame(&mut self, capacity: usize) -> Result<OutgoingFrame<'_, S>, Error> {
        OutgoingFrame::new(self, opcode::TEXT, capacity)
    }

    /// Lends room for a binary message of up to `capacity` bytes, to be written in place.
    ///
    /// # Errors
    ///
    /// As [`send_text`](Self::send_text).
    pub fn binary_frame(&mut self, capacity: usize) -> Result<OutgoingFrame<'_, S>, Error> {
        OutgoingFrame::new(self, opcode::BINARY, capacity)
    }

    /// Starts a text message that is sent in several frames.
    pub const fn fragmented_text(&mut self) -> FragmentedMessage<'_, S> {
        FragmentedMessage {
            websocket: self,
            opcode: opcode::TEXT,
            is_started: false,
        }
    }

    /// Starts a binary message that is sent in several frames.
    pub const fn fragmented_binary(&mut self) -> FragmentedMessage<'_, S> {
        FragmentedMessage {
            websocket: self,
            opcode: opcode::BINARY,
            is_started: false,
        }
    }

    /// Sends a text message whose payload is in parts, as one frame.
    ///
    /// # Errors
    ///
    /// As [`send_text`](Self::send_text).
    pub fn send_text_parts(&mut self, parts: &[&[u8]]) -> Result<(), Error> {
        self.send_parts(opcode::TEXT, parts)
    }

    /// Sends a binary message whose payload is in parts, as one frame.
    ///
    /// # Errors
    ///
    /// As [`send_text`](Self::send_text).
    pub fn send_binary_parts(&mut self, parts: &[&[u8]]) -> Result<(), Error> {
        self.send_parts(opcode::BINARY, parts)
    }

    fn send_parts(&mut self, opcode: u8, parts: &[&[u8]]) -> Result<(), Error> {
        let len = parts
            .iter()
            .fold(0, |len: usize, part| len.saturating_add(part.len()));
        self.make_room(len)?;
        self.connection_mut().message_of_parts(opcode, parts)?;
        self.send_now()
    }

    /// Sends a message that was framed before.
    ///
    /// # Errors
    ///
    /// As [`send_text`](Self::send_text).
    pub fn send_prepared(&mut self, message: &PreparedMessage) -> Result<(), Error> {
        if self.connection_mut().may_bypass(message.frame().len()) {
            return self.send_past_buffer(message.frame());
        }
        self.make_room(message.payload().len())?;
        self.connection_mut().send_prepared(message)?;
        self.send_now()
    }

    /// Queues a text frame without writing. [`flush`](Self::flush), the next send or the next read writes all that was
    /// queued at once.
    ///
    /// # Errors
    ///
    /// As [`send_text`](Self::send_text), but for those of the stream.
    pub fn queue_text(&mut self, fin: bool, payload: Option<&[u8]>) -> Result<(), Error> {
        self.connection_mut().send_text(fin, payload)
    }

    /// Queues a binary frame without writing, as [`queue_text`](Self::queue_text) does.
    ///
    /// # Errors
    ///
    /// As [`queue_text`](Self::queue_text).
    pub fn queue_binary(&mut self, fin: bool, payload: Option<&[u8]>) -> Result<(), Error> {
        self.connection_mut().send_binary(fin, payload)
    }
}
