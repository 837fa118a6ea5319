//! The rules of the receiving side that hold from one frame to the next (RFC 6455 §5.4, §8.1).

use crate::close::CloseCode;
use crate::config::WebsocketConfig;
use crate::deflate::{Agreed, Held, InflateFault, Inflater, hold};
use crate::error::{Error, ProtocolError};
use crate::frame::{Header, RSV1, opcode};
use crate::heartbeat::Silence;
use crate::utf8::Utf8Stream;

/// What the receiving side remembers between frames.
#[derive(Debug)]
pub(crate) struct Inbound {
    max_frame_bytes: u64,
    max_message_bytes: u64,
    pub(crate) validate_utf8: bool,
    pub(crate) automatic_pong: bool,
    /// The fragmented message under way. Set by [`set_message`](Self::set_message) alone.
    message: Option<Message>,
    /// A message in one frame of fewer payload bytes breaks no limit and comes at a time when a message may start.
    /// Zero while a fragmented message is under way, or a frame that has been looked at before it was whole.
    pub(crate) plain_below: u64,
    /// The text of a first frame that is not whole yet, as far as it has been checked.
    early_text: Utf8Stream,
    /// Bytes checked of the frame that is not whole yet.
    early_len: usize,
    /// Whether whole frames may be left of an earlier batch.
    pub(crate) unread: bool,
    /// The compressed text under way, as far as it is inflated.
    inflated_text: Option<Utf8Stream>,
    /// Present where messages may be compressed.
    pub(crate) inflater: Option<Held<Inflater>>,
    /// Why no more frames come.
    pub(crate) end: Option<End>,
    /// The caller has been told why.
    pub(crate) end_is_told: bool,
    /// The reason in the peer's close frame.
    pub(crate) close_reason: Box<str>,
    /// A data frame has come since this was last looked at.
    pub(crate) has_data: bool,
}

#[derive(Debug)]
struct Message {
    len: u64,
    /// Present while the message is text that has to be checked.
    text: Option<Utf8Stream>,
    is_compressed: bool,
}

/// Why no more frames come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The peer sent a close frame.
    Closed(Option<CloseCode>),
    /// The peer broke the protocol.
    Protocol(ProtocolError),
    /// The peer was silent for too long.
    Silence(Silence),
}

impl From<End> for Error {
    fn from(end: End) -> Self {
        match end {
            End::Closed(code) => Self::Closed(code),
            End::Protocol(error) => Self::Protocol(error),
            End::Silence(silence) => Self::Silence(silence),
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
            early_text: Utf8Stream::default(),
            early_len: 0,
            unread: false,
            inflated_text: None,
            inflater: None,
            end: None,
            end_is_told: false,
            close_reason: Box::default(),
            has_data: false,
        };
        inbound.set_message(None);
        inbound
    }

    fn set_message(&mut self, message: Option<Message>) {
        let limit = self.max_frame_bytes.min(self.max_message_bytes);
        let is_between = message.is_none() && self.early_len == 0;
        self.plain_below = if is_between {
            limit.saturating_add(1)
        } else {
            0
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
    pub(crate) fn header(&self, bytes: &[u8]) -> Result<Option<(Header, usize)>, ProtocolError> {
        let allowed = if self.inflater.is_some() { RSV1 } else { 0 };
        let Some(header) = Header::parse(bytes, allowed)? else {
            return Ok(None);
        };
        // RFC 7692 §6.1: on the first frame of a message, and on no other.
        if header.rsv1 && !matches!(header.opcode, opcode::TEXT | opcode::BINARY) {
            return Err(ProtocolError::ReservedBits);
        }
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

    /// Checks the text of a frame that is not whole yet.
    ///
    /// RFC 6455 §8.1: text that is not UTF-8 fails the connection, and it need not wait for the end of a long frame.
    pub(crate) fn check_early(
        &mut self,
        header: &Header,
        part: &[u8],
    ) -> Result<(), ProtocolError> {
        let text = match (header.opcode, &mut self.message) {
            (opcode::TEXT, None) if self.validate_utf8 && !header.rsv1 => &mut self.early_text,
            (
                opcode::CONTINUATION,
                Some(Message {
                    text: Some(text), ..
                }),
            ) => text,
            _ => return Ok(()),
        };
        let fresh = part.get(self.early_len..).unwrap_or_default();
        self.early_len = part.len();
        self.plain_below = 0;
        if text.push(fresh) {
            Ok(())
        } else {
            Err(ProtocolError::InvalidUtf8)
        }
    }

    /// Starts a message by its first frame.
    pub(crate) fn start_message(
        &mut self,
        header: &Header,
        payload: &[u8],
    ) -> Result<(), ProtocolError> {
        let early_text = std::mem::take(&mut self.early_text);
        let is_checked = header.opcode == opcode::TEXT && self.validate_utf8 && !header.rsv1;
        let text = is_checked.then_some(early_text);
        // What was compressed is always lent as a message, and so as `str`.
        let is_compressed_text = header.opcode == opcode::TEXT && header.rsv1;
        self.inflated_text = is_compressed_text.then(Utf8Stream::default);
        self.message = Some(Message {
            len: 0,
            text,
            is_compressed: header.rsv1,
        });
        self.continue_message(header.fin, payload)
    }

    /// Returns true if the frame belongs to a compressed message.
    pub(crate) fn is_compressed(&self, header: &Header) -> bool {
        header.rsv1
            || (header.opcode == opcode::CONTINUATION
                && self
                    .message
                    .as_ref()
                    .is_some_and(|message| message.is_compressed))
    }

    /// Inflates the payload of the next frame of a compressed message.
    pub(crate) fn inflate(&mut self, payload: &[u8], fin: bool) -> Result<(), ProtocolError> {
        let limit = self.max_message_bytes;
        let Some(inflater) = &mut self.inflater else {
            return Err(ProtocolError::ReservedBits);
        };
        match inflater.push(payload, fin) {
            Ok(fresh) => {
                let text = self.inflated_text.as_mut();
                if text.is_some_and(|text| !text.push(fresh) || (fin && !text.finish())) {
                    return Err(ProtocolError::InvalidUtf8);
                }
                Ok(())
            }
            Err(InflateFault::TooLong) => Err(ProtocolError::MessageTooLong {
                len: limit.saturating_add(1),
                limit,
            }),
            Err(InflateFault::Corrupt) => Err(ProtocolError::InvalidDeflate),
        }
    }

    /// The compressed message whose last frame was inflated.
    pub(crate) fn inflated(&self) -> &[u8] {
        self.inflater
            .as_ref()
            .map_or(&[], |inflater| inflater.message())
    }

    /// From now on messages may be compressed.
    #[cfg_attr(
        not(feature = "deflate"),
        expect(unreachable_code, reason = "nothing can be agreed on")
    )]
    pub(crate) fn set_agreed(&mut self, agreed: &Agreed) {
        let limit = usize::try_from(self.max_message_bytes).unwrap_or(usize::MAX);
        self.inflater = Some(hold(Inflater::new(agreed, limit)));
    }

    pub(crate) fn continue_message(
        &mut self,
        fin: bool,
        payload: &[u8],
    ) -> Result<(), ProtocolError> {
        let Some(mut message) = self.message.take() else {
            return Err(ProtocolError::UnexpectedContinuation);
        };
        message.len = message.len.saturating_add(payload.len() as u64);
        let fresh = payload
            .get(std::mem::take(&mut self.early_len)..)
            .unwrap_or_default();
        if let Some(text) = &mut message.text
            && (!text.push(fresh) || (fin && !text.finish()))
        {
            return Err(ProtocolError::InvalidUtf8);
        }
        self.set_message((!fin).then_some(message));
        Ok(())
    }
}
