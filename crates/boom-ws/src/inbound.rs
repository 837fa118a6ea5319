//! Frames out of received bytes, and the rules that hold from one frame to the next (RFC 6455 §5.4, §5.5, §8.1).

use boom_stream::buffer::WriteBuffer;

use crate::close::{CloseCode, CloseFrame};
use crate::config::WebsocketConfig;
use crate::error::{Error, ProtocolError};
use crate::frame::{FIN, Header, WebsocketFrame, opcode};
use crate::outbound::Outbound;
use crate::utf8::{self, Utf8Stream};

/// What the receiving side remembers between frames.
#[derive(Debug)]
pub(crate) struct Inbound {
    max_frame_bytes: u64,
    max_message_bytes: u64,
    validate_utf8: bool,
    automatic_pong: bool,
    /// The fragmented message under way. Set by [`set_message`](Self::set_message) alone.
    message: Option<Message>,
    /// A message in one frame of fewer payload bytes breaks no limit and comes at a time when a message may start.
    /// Zero while a fragmented message is under way.
    plain_below: u64,
    /// Whether whole frames may be left of an earlier batch.
    pub(crate) unread: bool,
    /// Why no more frames come.
    pub(crate) end: Option<End>,
}

#[derive(Debug)]
struct Message {
    len: u64,
    /// Present while the message is text that has to be checked.
    text: Option<Utf8Stream>,
}

impl Drop for Batch<'_> {
    /// What is left may be a part of a frame, which is nothing to come back for before more is read.
    #[inline(always)]
    fn drop(&mut self) {
        if self.inbound.unread {
            let rest = self.bytes.get(*self.head..).unwrap_or_default();
            self.inbound.unread = self.inbound.has_frame(rest);
        }
    }
}

/// Why no more frames come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The peer sent a close frame.
    Closed(Option<CloseCode>),
    /// The peer broke the protocol.
    Protocol(ProtocolError),
}

impl From<End> for Error {
    fn from(end: End) -> Self {
        match end {
            End::Closed(code) => Self::Closed(code),
            End::Protocol(error) => Self::Protocol(error),
        }
    }
}

impl Inbound {
    pub(crate) fn new(config: &WebsocketConfig) -> Self {
        let mut inbound = Self {
            max_frame_bytes: config.max_frame_bytes as u64,
            max_message_bytes: config.max_message_bytes,
            validate_utf8: config.validate_utf8,
            automatic_pong: config.automatic_pong,
            message: None,
            plain_below: 0,
            unread: false,
            end: None,
        };
        inbound.set_message(None);
        inbound
    }

    fn set_message(&mut self, message: Option<Message>) {
        let limit = self.max_frame_bytes.min(self.max_message_bytes);
        self.plain_below = if message.is_some() {
            0
        } else {
            limit.saturating_add(1)
        };
        self.message = message;
    }

    /// Returns true if the bytes start with a whole frame, or with a header that breaks a rule: with something to say.
    pub(crate) fn has_frame(&self, bytes: &[u8]) -> bool {
        match self.header(bytes) {
            Ok(Some((_, total))) => total <= bytes.len(),
            Ok(None) => false,
            Err(_) => true,
        }
    }

    /// Reads the header and checks what it alone tells, so that a broken rule is told before the payload has come.
    /// Returns it with the bytes of the whole frame; `None` where it is not all there.
    fn header(&self, bytes: &[u8]) -> Result<Option<(Header, usize)>, ProtocolError> {
        let Some(header) = Header::parse(bytes)? else {
            return Ok(None);
        };
        match header.opcode {
            opcode::CONTINUATION if self.message.is_none() => {
                return Err(ProtocolError::UnexpectedContinuation);
            }
            // RFC 6455 §5.4: the fragments of one message "MUST NOT be interleaved" with those of another.
            opcode::TEXT | opcode::BINARY if self.message.is_some() => {
                return Err(ProtocolError::InterleavedMessage);
            }
            opcode::CONTINUATION | opcode::TEXT | opcode::BINARY => self.check_length(&header)?,
            opcode::CLOSE | opcode::PING | opcode::PONG => {}
            reserved => return Err(ProtocolError::ReservedOpcode(reserved)),
        }
        // The limits are checked, so this is at most 14 bytes beyond a `usize`; such a frame never comes.
        let total = header.len.saturating_add(header.payload_len as usize);
        Ok(Some((header, total)))
    }

    fn check_length(&self, header: &Header) -> Result<(), ProtocolError> {
        let (len, limit) = (header.payload_len, self.max_frame_bytes);
        if len > limit {
            return Err(ProtocolError::FrameTooLong { len, limit });
        }
        let so_far = self.message.as_ref().map_or(0, |message| message.len);
        let (len, limit) = (so_far.saturating_add(len), self.max_message_bytes);
        if len > limit {
            return Err(ProtocolError::MessageTooLong { len, limit });
        }
        Ok(())
    }

    /// Starts a message by its first frame.
    fn start_message(
        &mut self,
        fin: bool,
        is_text: bool,
        payload: &[u8],
    ) -> Result<(), ProtocolError> {
        let is_checked = is_text && self.validate_utf8;
        self.set_message(Some(Message {
            len: 0,
            text: is_checked.then(Utf8Stream::default),
        }));
        self.continue_message(fin, payload)
    }

    fn continue_message(&mut self, fin: bool, payload: &[u8]) -> Result<(), ProtocolError> {
        let Some(message) = &mut self.message else {
            return Err(ProtocolError::UnexpectedContinuation);
        };
        message.len = message.len.saturating_add(payload.len() as u64);
        if let Some(text) = &mut message.text {
            // RFC 6455 §8.1: invalid text fails the connection, as soon as the bad byte is there.
            if !text.push(payload) || (fin && !text.finish()) {
                return Err(ProtocolError::InvalidUtf8);
            }
        }
        if fin {
            self.set_message(None);
        }
        Ok(())
    }
}

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
    /// A pong or a close frame was queued.
    answered: bool,
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
        Self {
            bytes,
            head,
            inbound,
            outbound,
            answered: false,
        }
    }

    /// The outbound buffer, where this batch has queued something.
    #[inline(always)]
    pub(crate) fn answers(&mut self) -> Option<&mut WriteBuffer> {
        self.answered.then_some(&mut self.outbound.buffer)
    }
}

impl<'a> Iterator for Batch<'a> {
    type Item = Result<WebsocketFrame<'a>, Error>;

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        match self.plain_message() {
            Some((TEXT_MESSAGE, payload)) => Some(Ok(WebsocketFrame::Text(true, payload))),
            Some((_, payload)) => Some(Ok(WebsocketFrame::Binary(true, payload))),
            None => self.next_frame(),
        }
    }
}

/// The first byte of a text message in one frame.
const TEXT_MESSAGE: u8 = FIN | opcode::TEXT;
/// The first byte of a binary message in one frame.
const BINARY_MESSAGE: u8 = FIN | opcode::BINARY;

impl<'a> Batch<'a> {
    /// Takes the next frame if it is what nearly all frames of a feed are: a whole message of up to 64 KiB that breaks no
    /// rule, with nothing of another message before it. It is small enough to become part of the caller's loop.
    ///
    /// `None` says that [`next_frame`](Self::next_frame) has to look; nothing is consumed then.
    #[inline(always)]
    fn plain_message(&mut self) -> Option<(u8, &'a [u8])> {
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
        let payload = rest.get(..payload_len)?;
        match first {
            TEXT_MESSAGE if !self.inbound.validate_utf8 || utf8::is_valid(payload) => {}
            BINARY_MESSAGE => {}
            _ => return None,
        }
        *self.head += header_len + payload_len;
        Some((first, payload))
    }

    /// Takes the next frame, whatever it is.
    #[inline(never)]
    fn next_frame(&mut self) -> Option<Result<WebsocketFrame<'a>, Error>> {
        let rest = self.bytes.get(*self.head..)?;
        let (header, total) = match self.inbound.header(rest) {
            Ok(Some(found)) => found,
            Ok(None) => return self.out_of_frames(),
            Err(error) => return Some(Err(self.fail(error))),
        };
        let Some(payload) = rest.get(header.len..total) else {
            return self.out_of_frames();
        };
        *self.head += total;
        match self.frame(&header, payload) {
            Ok(frame) => Some(Ok(frame)),
            Err(error) => Some(Err(self.fail(error))),
        }
    }

    fn frame(
        &mut self,
        header: &Header,
        payload: &'a [u8],
    ) -> Result<WebsocketFrame<'a>, ProtocolError> {
        match header.opcode {
            opcode::TEXT => {
                self.inbound.start_message(header.fin, true, payload)?;
                Ok(WebsocketFrame::Text(header.fin, payload))
            }
            opcode::BINARY => {
                self.inbound.start_message(header.fin, false, payload)?;
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
                // RFC 6455 §5.5.1: the answer "typically echos the status code it received".
                self.outbound.answer_close(code);
                self.end(End::Closed(code));
                Ok(WebsocketFrame::Close(close))
            }
            reserved => Err(ProtocolError::ReservedOpcode(reserved)),
        }
    }

    #[cold]
    fn fail(&mut self, error: ProtocolError) -> Error {
        // RFC 6455 §7.1.7: an endpoint that fails the connection sends a close frame with the reason's code.
        self.outbound.answer_close(Some(error.close_code()));
        self.end(End::Protocol(error));
        Error::Protocol(error)
    }

    /// RFC 6455 §5.5.1, §7.1.7: nothing after this is looked at.
    fn end(&mut self, end: End) {
        self.inbound.end = Some(end);
        self.answered = true;
        self.inbound.unread = false;
        *self.head = self.bytes.len();
    }

    fn out_of_frames<T>(&mut self) -> Option<T> {
        self.inbound.unread = false;
        None
    }
}
