//! Sending: frames into the outbound buffer of an open connection.

use super::Connection;
use crate::close::CloseCode;
use crate::error::Error;
use crate::frame::opcode;
use crate::prepared::PreparedMessage;

impl Connection {
    /// Queues a text frame; `fin` says whether it ends its message, and no bytes are an empty payload.
    ///
    /// # Errors
    ///
    /// [`Error::OutboundFull`] where it does not fit, [`Error::Misuse`] inside another message, and why the
    /// connection is over. In each case nothing is queued.
    #[inline]
    pub fn send_text(&mut self, fin: bool, payload: Option<&[u8]>) -> Result<(), Error> {
        self.send_data(opcode::TEXT, fin, payload)
    }

    /// Queues a binary frame; `fin` says whether it ends its message.
    ///
    /// # Errors
    ///
    /// As [`send_text`](Self::send_text).
    #[inline]
    pub fn send_binary(&mut self, fin: bool, payload: Option<&[u8]>) -> Result<(), Error> {
        self.send_data(opcode::BINARY, fin, payload)
    }

    #[inline(always)]
    fn send_data(&mut self, opcode: u8, fin: bool, payload: Option<&[u8]>) -> Result<(), Error> {
        let payload = payload.unwrap_or_default();
        if fin && let Some(len) = self.frame_plain(opcode, payload) {
            self.outbound.buffer.commit(len);
            return Ok(());
        }
        self.send_any(opcode, fin, payload)
    }

    /// Frames a whole message at the start of [`frames_out`](Self::frames_out) and returns its length, if that is empty and
    /// nothing stands in the way: the usual case, which is part of the caller's code. Otherwise
    /// [`send_any`](Self::send_any) does it, or tells why not.
    #[inline(always)]
    pub(crate) fn frame_plain(&mut self, opcode: u8, payload: &[u8]) -> Option<usize> {
        self.outbound.plain_message(opcode, payload)
    }

    /// Queues a message that was framed before.
    ///
    /// # Errors
    ///
    /// As [`send_text`](Self::send_text).
    pub fn send_prepared(&mut self, message: &PreparedMessage) -> Result<(), Error> {
        self.check_open()?;
        self.outbound.prepared(message)
    }

    /// Returns true if a frame of `len` bytes that is masked with zeros can be written past the outbound buffer.
    pub(crate) const fn may_bypass(&self, len: usize) -> bool {
        self.outbound.may_bypass(len)
    }

    /// Queues a frame that starts a message.
    #[inline(never)]
    pub(crate) fn send_any(&mut self, opcode: u8, fin: bool, payload: &[u8]) -> Result<(), Error> {
        self.check_open()?;
        self.outbound.start_message(opcode, fin, payload)
    }

    /// Lends room for the payload of a message of up to `capacity` bytes.
    pub(crate) fn lend(&mut self, capacity: usize) -> Result<&mut [u8], Error> {
        self.check_open()?;
        self.outbound.lend(capacity)
    }

    /// Queues the first `len` bytes of the room lent as a whole message.
    pub(crate) fn finish_frame(&mut self, opcode: u8, len: usize) -> Result<(), Error> {
        self.check_open()?;
        self.outbound.finish_frame(opcode, len)
    }

    /// Queues a whole message whose payload is in parts.
    pub(crate) fn message_of_parts(&mut self, opcode: u8, parts: &[&[u8]]) -> Result<(), Error> {
        self.check_open()?;
        self.outbound.message_of_parts(opcode, parts)
    }

    /// Queues the next frame of a message that was started with `fin` false.
    ///
    /// # Errors
    ///
    /// As [`send_text`](Self::send_text); [`Error::Misuse`] where no message is under way.
    pub fn send_continuation(&mut self, fin: bool, payload: Option<&[u8]>) -> Result<(), Error> {
        self.check_open()?;
        self.outbound
            .continue_message(fin, payload.unwrap_or_default())
    }

    /// Queues a ping of at most 125 bytes.
    ///
    /// # Errors
    ///
    /// As [`send_text`](Self::send_text); [`Error::Misuse`] where it is longer.
    pub fn send_ping(&mut self, payload: Option<&[u8]>) -> Result<(), Error> {
        self.check_open()?;
        self.outbound
            .control(opcode::PING, payload.unwrap_or_default())
    }

    /// Queues a pong of at most 125 bytes, unasked for: pings are answered by themselves.
    ///
    /// # Errors
    ///
    /// As [`send_ping`](Self::send_ping).
    pub fn send_pong(&mut self, payload: Option<&[u8]>) -> Result<(), Error> {
        self.check_open()?;
        self.outbound
            .control(opcode::PONG, payload.unwrap_or_default())
    }

    /// Queues a close frame. Nothing can be sent after it but the answers to pings; frames still come until the peer's own
    /// close frame.
    ///
    /// # Errors
    ///
    /// As [`send_ping`](Self::send_ping); the reason may have 123 bytes, and needs a code.
    pub fn send_close(&mut self, code: Option<CloseCode>, reason: &str) -> Result<(), Error> {
        self.check_open()?;
        self.outbound.close(code, reason)
    }
}
