//! Sending: each frame goes to the stream at once, and what the stream does not take follows by itself.

use std::io::{self, Read, Write};

use boom_stream::buffer::WriteBuffer;

use super::Websocket;
use crate::close::CloseCode;
use crate::error::Error;
use crate::frame::opcode;

impl<S: Read + Write> Websocket<S> {
    /// Writes what waits, as far as the stream takes it.
    #[inline(never)]
    pub(super) fn send_pending(&mut self) {
        while self.write_failure.is_none() && self.send_some() {}
    }

    /// Writes what is in the outbound buffer. Returns true if that is gone and more has waited for its place.
    fn send_some(&mut self) -> bool {
        let Some(buffer) = self.connection.outgoing_buffer() else {
            return false;
        };
        if buffer.is_empty() && !self.flush_pending {
            return false;
        }
        match send(buffer, &mut self.stream) {
            Ok(flushed) => {
                self.flush_pending = !flushed;
                self.connection.has_backlog() && self.connection.outgoing().is_empty()
            }
            Err(error) => {
                self.keep_write_failure(error);
                false
            }
        }
    }

    /// [`send_pending`](Self::send_pending), and what hinders it.
    pub(crate) fn send_now(&mut self) -> Result<(), Error> {
        self.send_pending();
        self.check_writable()
    }

    /// Sends a text frame; `fin` says whether it ends its message, and no bytes are an empty payload.
    ///
    /// # Errors
    ///
    /// [`Error::OutboundFull`] (`WouldBlock` as an `io::Error`) where it does not fit beside what waits: nothing of it
    /// is queued then. [`Error::Misuse`] inside another message. Otherwise why the connection is over.
    #[inline]
    pub fn send_text(&mut self, fin: bool, payload: Option<&[u8]>) -> Result<(), Error> {
        self.send_data(opcode::TEXT, fin, payload.unwrap_or_default())
    }

    /// Sends a binary frame; `fin` says whether it ends its message.
    ///
    /// # Errors
    ///
    /// As [`send_text`](Self::send_text).
    #[inline]
    pub fn send_binary(&mut self, fin: bool, payload: Option<&[u8]>) -> Result<(), Error> {
        self.send_data(opcode::BINARY, fin, payload.unwrap_or_default())
    }

    #[inline(always)]
    fn send_data(&mut self, opcode: u8, fin: bool, payload: &[u8]) -> Result<(), Error> {
        if fin && let Some(len) = self.connection.frame_plain(opcode, payload) {
            self.send_frame(len)
        } else {
            self.send_any(opcode, fin, payload)
        }
    }

    #[cold]
    #[inline(never)]
    fn send_any(&mut self, opcode: u8, fin: bool, payload: &[u8]) -> Result<(), Error> {
        self.make_room(payload.len())?;
        self.connection.send_any(opcode, fin, payload)?;
        self.send_now()
    }

    /// Sends what waits if a payload of `len` bytes has no room beside it: a send that is refused must not be the last
    /// that is tried.
    pub(crate) fn make_room(&mut self, len: usize) -> Result<(), Error> {
        if self.connection.is_tight(len) {
            self.send_pending();
        }
        self.check_writable()
    }

    fn check_writable(&self) -> Result<(), Error> {
        match &self.write_failure {
            None => Ok(()),
            Some(failure) => Err(Error::Io(failure.kind().into())),
        }
    }

    /// Sends the frame at the start of the outbound buffer.
    #[inline(always)]
    fn send_frame(&mut self, len: usize) -> Result<(), Error> {
        let written = self
            .connection
            .frames_out()
            .write_vacant(len, &mut self.stream);
        let flushed = written.and_then(|is_written| flush_after(is_written, &mut self.stream));
        match flushed {
            Ok(flushed) => {
                self.flush_pending = !flushed;
                Ok(())
            }
            Err(error) => Err(self.keep_write_failure(error)),
        }
    }

    /// Writes a frame from where it lies; what the stream does not take waits in the outbound buffer, which is empty now and
    /// has room for it.
    pub(crate) fn send_past_buffer(&mut self, frame: &[u8]) -> Result<(), Error> {
        let taken = match self.stream.write(frame) {
            Ok(0) => return Err(self.keep_write_failure(io::ErrorKind::WriteZero.into())),
            Ok(taken) => taken.min(frame.len()),
            Err(error) if is_not_now(&error) => 0,
            Err(error) => return Err(self.keep_write_failure(error)),
        };
        // The caller has asked whether it fits.
        let _ = self
            .connection
            .frames_out()
            .extend(frame.get(taken..).unwrap_or_default());
        self.flush_pending = true;
        self.send_now()
    }

    #[cold]
    fn keep_write_failure(&mut self, failure: io::Error) -> Error {
        let again = Error::Io(failure.kind().into());
        self.write_failure = Some(failure);
        self.connection.note_write_failure();
        again
    }

    /// Sends the next frame of a message that was started with `fin` false.
    ///
    /// # Errors
    ///
    /// As [`send_text`](Self::send_text); [`Error::Misuse`] where no message is under way.
    pub fn send_continuation(&mut self, fin: bool, payload: Option<&[u8]>) -> Result<(), Error> {
        self.make_room(payload.map_or(0, <[u8]>::len))?;
        self.connection.send_continuation(fin, payload)?;
        self.send_now()
    }

    /// Sends a ping of at most 125 bytes.
    ///
    /// # Errors
    ///
    /// As [`send_text`](Self::send_text); [`Error::Misuse`] where it is longer.
    pub fn send_ping(&mut self, payload: Option<&[u8]>) -> Result<(), Error> {
        self.make_room(payload.map_or(0, <[u8]>::len))?;
        self.connection.send_ping(payload)?;
        self.send_now()
    }

    /// Sends a pong of at most 125 bytes, unasked for: pings are answered by themselves.
    ///
    /// # Errors
    ///
    /// As [`send_ping`](Self::send_ping).
    pub fn send_pong(&mut self, payload: Option<&[u8]>) -> Result<(), Error> {
        self.make_room(payload.map_or(0, <[u8]>::len))?;
        self.connection.send_pong(payload)?;
        self.send_now()
    }

    /// Sends a close frame. Read on until the peer's own, which ends the connection with [`Error::Closed`].
    ///
    /// # Errors
    ///
    /// As [`send_ping`](Self::send_ping); the reason may have 123 bytes, and needs a code.
    pub fn send_close(&mut self, code: Option<CloseCode>, reason: &str) -> Result<(), Error> {
        self.connection.send_close(code, reason)?;
        self.send_now()
    }

    /// Sends a ping that carries the time, so that [`rtt_ns`](Self::rtt_ns) can tell the round trip from its pong.
    ///
    /// # Errors
    ///
    /// As [`send_ping`](Self::send_ping).
    pub fn send_timed_ping(&mut self, now_ns: u64) -> Result<(), Error> {
        self.connection.send_timed_ping(now_ns)?;
        self.send_now()
    }

    /// Writes what waits and returns whether all of it is gone: false also while messages wait for the end of the opening
    /// handshake.
    ///
    /// # Errors
    ///
    /// The stream's, and why the connection is over where that was before all was gone.
    pub fn flush(&mut self) -> Result<bool, Error> {
        self.send_now()?;
        match self.connection.stream_failure() {
            Some(error) => Err(error),
            None => Ok(!self.has_output() && self.connection.frames_out().is_empty()),
        }
    }
}

/// Writes what waits. Returns false where the stream keeps bytes that it could not send; whether the buffer is empty
/// it says itself.
#[inline(always)]
pub(super) fn send<S: Write>(buffer: &mut WriteBuffer, stream: &mut S) -> io::Result<bool> {
    let is_written = buffer.flush_to(stream)?;
    flush_after(is_written, stream)
}

/// Flushes a stream that has taken all.
#[inline(always)]
fn flush_after<S: Write>(is_written: bool, stream: &mut S) -> io::Result<bool> {
    if !is_written {
        return Ok(true);
    }
    match stream.flush() {
        Ok(()) => Ok(true),
        Err(error) if is_not_now(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

pub(super) fn is_not_now(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
    )
}
