//! The frames of one read (RFC 6455 §5.2, §5.5).

use boom_stream::buffer::WriteBuffer;

use crate::close::CloseFrame;
use crate::error::{Error, Misuse, ProtocolError};
use crate::frame::{FIN, Header, WebsocketFrame, opcode};
use crate::inbound::{End, Inbound};
use crate::outbound::Outbound;
use crate::utf8;

/// The frames of one read, an iterator that lends them out of the receive buffer.
///
/// It ends when no whole frame is left; what is left of a frame stays for the next batch. A batch dropped early
/// loses nothing: the frames not taken come first in the next one, without another read.
///
/// After an error, and after a close frame, the iterator ends.
///
/// # Examples
///
/// ```
/// use boom_ws::{Connection, WebsocketFrame};
///
/// let mut connection = Connection::established(&Default::default())?;
/// connection.handle_input(b"\x81\x05hello\x82\x02\x01\x02\x81");
/// let mut batch = connection.batch()?;
/// assert_eq!(batch.next().transpose()?, Some(WebsocketFrame::Text(true, b"hello")));
/// assert_eq!(batch.next().transpose()?, Some(WebsocketFrame::Binary(true, &[1, 2])));
/// assert_eq!(batch.next().transpose()?, None);
/// # Ok::<(), boom_ws::Error>(())
/// ```
///
/// A frame cannot be kept while the connection is read again:
///
/// ```compile_fail,E0499
/// use boom_ws::Connection;
///
/// let mut connection = Connection::established(&Default::default())?;
/// let first = connection.batch()?.next();
/// connection.handle_input(b"\x81\x05hello");
/// println!("{first:?}");
/// # Ok::<(), boom_ws::Error>(())
/// ```
#[derive(Debug)]
pub struct Batch<'a> {
    bytes: &'a [u8],
    head: &'a mut usize,
    inbound: &'a mut Inbound,
    outbound: &'a mut Outbound,
    /// Where the batch began.
    start: usize,
    /// Bytes of control frames taken.
    control_len: usize,
    /// A pong or a close frame was queued.
    answered: bool,
    /// A compressed message is next, which is not lent as frames.
    refused: bool,
}

impl<'a> Batch<'a> {
    #[inline(always)]
    pub(crate) const fn new(
        bytes: &'a [u8],
        head: &'a mut usize,
        inbound: &'a mut Inbound,
        outbound: &'a mut Outbound,
    ) -> Self {
        inbound.unread = *head < bytes.len();
        let start = *head;
        Self {
            start,
            bytes,
            head,
            inbound,
            outbound,
            control_len: 0,
            answered: false,
            refused: false,
        }
    }

    /// The outbound buffer, where this batch has queued something that can be sent.
    #[inline(always)]
    pub(crate) fn answers(&mut self) -> Option<&mut WriteBuffer> {
        (self.answered && !self.outbound.is_write_failed()).then_some(&mut self.outbound.buffer)
    }
}

impl<'a> Iterator for Batch<'a> {
    type Item = Result<WebsocketFrame<'a>, Error>;

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        let validates = self.inbound.validate_utf8;
        match self.plain_message(|payload| !validates || utf8::is_valid(payload)) {
            Plain::Text(payload) => Some(Ok(WebsocketFrame::Text(true, payload))),
            Plain::Binary(payload) => Some(Ok(WebsocketFrame::Binary(true, payload))),
            Plain::End => None,
            Plain::Other => self.next_frame(),
        }
    }
}

impl Drop for Batch<'_> {
    /// What is left may be a part of a frame, which is nothing to come back for before more is read.
    #[inline(always)]
    fn drop(&mut self) {
        self.inbound.has_data |= *self.head - self.start > self.control_len;
        if self.inbound.unread {
            let rest = self.bytes.get(*self.head..).unwrap_or_default();
            self.inbound.unread = self.inbound.has_frame(rest);
        }
    }
}

/// What [`Batch::plain_message`] found.
pub(crate) enum Plain<'a> {
    Text(&'a [u8]),
    Binary(&'a [u8]),
    /// Nothing but the start of a plain frame is left.
    End,
    Other,
}

/// The first byte of a text message in one frame.
const TEXT_MESSAGE: u8 = FIN | opcode::TEXT;
/// The first byte of a binary message in one frame.
const BINARY_MESSAGE: u8 = FIN | opcode::BINARY;

impl<'a> Batch<'a> {
    /// Takes the next frame if it is what nearly all frames of a feed are: a whole message of up to 64 KiB that breaks no
    /// rule, with nothing of another message before it. It is small enough to become part of the caller's loop.
    ///
    /// [`Plain::Other`] says that [`next_frame`](Self::next_frame) has to look; nothing is consumed then.
    #[inline(always)]
    fn plain_message(&mut self, is_valid: impl FnOnce(&[u8]) -> bool) -> Plain<'a> {
        let Some((first, header_len, payload_len, rest)) = self.peek_plain() else {
            return Plain::Other;
        };
        let Some(payload) = rest.get(..payload_len) else {
            return self.part_of_plain(first);
        };
        let message = match first {
            TEXT_MESSAGE if is_valid(payload) => Plain::Text(payload),
            BINARY_MESSAGE => Plain::Binary(payload),
            _ => return Plain::Other,
        };
        *self.head += header_len + payload_len;
        message
    }

    /// The first byte, the two lengths, and what follows the header of the next frame, if it may be a plain one.
    #[inline(always)]
    fn peek_plain(&self) -> Option<(u8, usize, usize, &'a [u8])> {
        let rest = self.bytes.get(*self.head..)?;
        let (&[first, second], rest) = rest.split_first_chunk()?;
        let (header_len, payload_len, rest) = if second < 126 {
            (2, usize::from(second), rest)
        } else {
            let (&extended, rest) = rest.split_first_chunk()?;
            (4, usize::from(u16::from_be_bytes(extended)), rest)
        };
        let is_plain = second < 126 || (second == 126 && payload_len > 125);
        if !is_plain || payload_len as u64 >= self.inbound.plain_below {
            return None;
        }
        Some((first, header_len, payload_len, rest))
    }

    /// The usual end of a batch. A frame that is not whole even in the next batch is for [`next_frame`](Self::next_frame),
    /// which looks at it as it comes.
    #[inline(always)]
    fn part_of_plain(&mut self, first: u8) -> Plain<'a> {
        if *self.head == self.start || !matches!(first, TEXT_MESSAGE | BINARY_MESSAGE) {
            return Plain::Other;
        }
        self.inbound.unread = false;
        Plain::End
    }

    /// Takes the next frame if it is plain, text without a check.
    #[inline(always)]
    pub(crate) fn next_plain(&mut self) -> Plain<'a> {
        self.plain_message(|_| true)
    }

    /// Takes the next frame, unless it belongs to a compressed message.
    #[inline(never)]
    fn next_frame(&mut self) -> Option<Result<WebsocketFrame<'a>, Error>> {
        if self.refused {
            return None;
        }
        if self.is_compressed_next() {
            self.refused = true;
            return Some(Err(Misuse::Compressed.into()));
        }
        self.next_wire_frame()
    }

    /// Takes the next frame as it was sent, compressed or not.
    pub(crate) fn next_wire_frame(&mut self) -> Option<Result<WebsocketFrame<'a>, Error>> {
        let rest = self.bytes.get(*self.head..)?;
        let (header, total) = match self.inbound.header(rest) {
            Ok(Some(found)) => found,
            Ok(None) => return self.out_of_frames(),
            Err(error) => return Some(Err(self.fail(error))),
        };
        let Some(payload) = rest.get(header.len..total) else {
            return self.part_of_frame(&header, rest.get(header.len..).unwrap_or_default());
        };
        *self.head += total;
        if header.opcode & 0x08 != 0 {
            self.control_len += total;
        }
        match self.frame(&header, payload) {
            Ok(frame) => Some(Ok(frame)),
            Err(error) => Some(Err(self.fail(error))),
        }
    }

    /// The header of the next frame, where that is whole and breaks no rule.
    fn next_header(&self) -> Option<Header> {
        let rest = self.bytes.get(*self.head..)?;
        let (header, total) = self.inbound.header(rest).ok()??;
        (total <= rest.len()).then_some(header)
    }

    /// Returns true if the next frame goes on with a message.
    pub(crate) fn is_continuation_next(&self) -> bool {
        self.next_header()
            .is_some_and(|header| header.opcode == opcode::CONTINUATION)
    }

    /// Returns true if the next frame belongs to a compressed message.
    pub(crate) fn is_compressed_next(&self) -> bool {
        self.inbound.inflater.is_some()
            && self
                .next_header()
                .is_some_and(|header| self.inbound.is_compressed(&header))
    }

    /// Inflates the payload of a frame of a compressed message.
    pub(crate) fn inflate(&mut self, payload: &[u8], fin: bool) -> Result<(), Error> {
        let result = self.inbound.inflate(payload, fin);
        result.map_err(|error| self.fail(error))
    }

    /// The compressed message whose last frame was inflated.
    pub(crate) fn inflated(&self) -> &[u8] {
        self.inbound.inflated()
    }

    fn frame(
        &mut self,
        header: &Header,
        payload: &'a [u8],
    ) -> Result<WebsocketFrame<'a>, ProtocolError> {
        match header.opcode {
            opcode::TEXT => {
                self.inbound.start_message(header, payload)?;
                Ok(WebsocketFrame::Text(header.fin, payload))
            }
            opcode::BINARY => {
                self.inbound.start_message(header, payload)?;
                Ok(WebsocketFrame::Binary(header.fin, payload))
            }
            opcode::CONTINUATION => {
                self.inbound.continue_message(header.fin, payload)?;
                Ok(WebsocketFrame::Continuation(header.fin, payload))
            }
            opcode::PING => {
                if self.inbound.automatic_pong {
                    self.outbound.answer_ping(payload);
                    self.answered = true;
                }
                Ok(WebsocketFrame::Ping(payload))
            }
            opcode::PONG => Ok(WebsocketFrame::Pong(payload)),
            opcode::CLOSE => {
                let close = CloseFrame::parse(payload)?;
                let code = close.map(|close| close.code);
                self.inbound.close_reason = close.map_or("", |close| close.reason).into();
                // RFC 6455 §5.5.1: the answer "typically echos the status code it received".
                self.outbound.answer_close(code);
                self.end(End::Closed(code));
                Ok(WebsocketFrame::Close(close))
            }
            reserved => Err(ProtocolError::ReservedOpcode(reserved)),
        }
    }

    /// Ends the connection because the peer broke a rule.
    #[cold]
    pub(crate) fn fail(&mut self, error: ProtocolError) -> Error {
        // RFC 6455 §7.1.7: an endpoint that fails the connection sends a close frame with the reason's code.
        self.outbound.answer_close(Some(error.close_code()));
        self.end(End::Protocol(error));
        self.inbound.end_is_told = true;
        Error::Protocol(error)
    }

    /// RFC 6455 §5.5.1, §7.1.7: nothing after this is looked at.
    fn end(&mut self, end: End) {
        self.inbound.end = Some(end);
        self.answered = true;
        self.inbound.unread = false;
        *self.head = self.bytes.len();
    }

    /// The usual end of a batch. A frame that is not whole even in the next batch is looked at as it comes.
    fn part_of_frame(
        &mut self,
        header: &Header,
        part: &[u8],
    ) -> Option<Result<WebsocketFrame<'a>, Error>> {
        if *self.head == self.start
            && let Err(error) = self.inbound.check_early(header, part)
        {
            return Some(Err(self.fail(error)));
        }
        self.out_of_frames()
    }

    fn out_of_frames<T>(&mut self) -> Option<T> {
        self.inbound.unread = false;
        None
    }
}
