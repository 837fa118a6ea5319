//! What can go wrong with a WebSocket connection.

use std::io;
use std::sync::Arc;

use crate::close::CloseCode;
use crate::handshake::Response;
use crate::heartbeat::Silence;

/// An error of a WebSocket connection.
///
/// After any of these but [`OutboundFull`](Self::OutboundFull) and [`Misuse`](Self::Misuse) the connection is over,
/// and each later call reports the same fact again.
///
/// # Examples
///
/// ```
/// use boom_ws::Error;
///
/// fn worth_a_retry(error: &Error) -> bool {
///     !matches!(error, Error::Handshake(_))
/// }
///
/// assert!(worth_a_retry(&Error::OutboundFull));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The stream failed, or ended without a closing handshake (`UnexpectedEof`).
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The opening handshake failed.
    #[error("opening handshake: {0}")]
    Handshake(#[from] HandshakeError),
    /// The peer broke the protocol. A close frame with [`ProtocolError::close_code`] is queued.
    #[error("protocol error: {0}")]
    Protocol(#[from] ProtocolError),
    /// The peer has closed; its code where it gave one.
    #[error("closed{}", .0.map(|code| format!(" with code {code}")).unwrap_or_default())]
    Closed(Option<CloseCode>),
    /// The peer was silent for longer than the [`Heartbeat`](crate::Heartbeat) allows.
    #[error("{0}")]
    Silence(#[from] Silence),
    /// The message does not fit into the outbound buffer now. Nothing of it is queued; the connection is fine.
    #[error("the outbound buffer is full")]
    OutboundFull,
    /// The caller asked for what the protocol forbids. Nothing is queued; the connection is fine.
    #[error("{0}")]
    Misuse(#[from] Misuse),
}

const _: () = assert!(size_of::<Error>() <= 32);

impl Error {
    /// The same fact once more, for a connection that stays failed.
    pub(crate) fn again(&self) -> Self {
        match self {
            Self::Io(error) => Self::Io(error.kind().into()),
            Self::Handshake(error) => Self::Handshake(error.clone()),
            Self::Protocol(error) => Self::Protocol(*error),
            Self::Closed(code) => Self::Closed(*code),
            Self::Silence(silence) => Self::Silence(*silence),
            Self::OutboundFull => Self::OutboundFull,
            Self::Misuse(misuse) => Self::Misuse(*misuse),
        }
    }
}

impl From<Error> for io::Error {
    /// Keeps the error as the source. [`Error::OutboundFull`] is a bare `WouldBlock`.
    fn from(error: Error) -> Self {
        match error {
            Error::Io(error) => error,
            Error::OutboundFull => io::ErrorKind::WouldBlock.into(),
            Error::Handshake(HandshakeError::Rejected(_)) => {
                Self::new(io::ErrorKind::ConnectionRefused, error)
            }
            Error::Handshake(HandshakeError::TimedOut) => Self::new(io::ErrorKind::TimedOut, error),
            Error::Handshake(ref reason) if reason.is_in_request() => {
                Self::new(io::ErrorKind::InvalidInput, error)
            }
            Error::Handshake(_) | Error::Protocol(_) => {
                Self::new(io::ErrorKind::InvalidData, error)
            }
            Error::Closed(_) => Self::new(io::ErrorKind::ConnectionAborted, error),
            Error::Silence(_) => Self::new(io::ErrorKind::TimedOut, error),
            Error::Misuse(_) => Self::new(io::ErrorKind::InvalidInput, error),
        }
    }
}

/// Why the opening handshake failed (RFC 6455 §4.1).
///
/// # Examples
///
/// ```
/// use boom_ws::{HandshakeError, RetryAfter};
///
/// fn retry_after(error: &HandshakeError) -> Option<RetryAfter> {
///     match error {
///         HandshakeError::Rejected(response) => response.retry_after(),
///         _ => None,
///     }
/// }
///
/// assert_eq!(retry_after(&HandshakeError::InvalidAccept), None);
/// assert!(!HandshakeError::InvalidAccept.is_transient());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HandshakeError {
    /// The path or its query holds what RFC 3986 has no place for there: whitespace, control characters, any of
    /// ``#"<>[]\^`{|}``, a `%` without two hexadecimal digits, or what is not ASCII. Write it as `%` and two digits.
    #[error("the path holds a character that a path may not hold")]
    InvalidPath,
    /// The authority is no host with at most a port.
    #[error("the authority is no host with at most a port")]
    InvalidHost,
    /// A header's name is not a token or is the handshake's own, or its value holds a line end or a control character.
    #[error("an extra header is malformed or belongs to the handshake")]
    InvalidHeader,
    /// A header that may stand once stands twice: `Origin`, `User-Agent`, `Authorization` or `Cookie`.
    #[error("an extra header that may stand once stands twice")]
    RepeatedHeader,
    /// A subprotocol's name is not a token or is offered twice.
    #[error("a subprotocol's name is not a token or is offered twice")]
    InvalidSubprotocol,
    /// The origin is neither `null` nor scheme, host and port alone.
    #[error("the origin is neither null nor scheme, host and port alone")]
    InvalidOrigin,
    /// The user name holds a colon, it or the password a control character, or the token what a token may not hold.
    #[error("the credentials hold a character that they may not hold")]
    InvalidCredentials,
    /// A cookie's name is not a token, or its value holds what a cookie may not hold.
    #[error("a cookie holds a character that it may not hold")]
    InvalidCookie,
    /// No answer has come in the time of
    /// [`WebsocketConfig::with_handshake_timeout`](crate::WebsocketConfig::with_handshake_timeout).
    #[error("no answer has come in time")]
    TimedOut,
    /// The server answered with a status other than 101.
    #[error("the server answered {}", .0.status())]
    Rejected(Arc<Response>),
    /// The server upgraded before all of the request was sent.
    #[error("the server upgraded before all of the request was sent")]
    EarlyAnswer,
    /// The answer is not HTTP/1.1, or breaks its rules (RFC 9112).
    #[error("the answer is not HTTP/1.1")]
    NotHttp,
    /// The head of the answer is longer than the limit.
    #[error("the head of the answer is longer than {limit} bytes")]
    HeadTooLong {
        /// [`WebsocketConfig::with_max_head_bytes`](crate::WebsocketConfig::with_max_head_bytes).
        limit: usize,
    },
    /// The head of the answer has more headers than the limit.
    #[error("the answer has more than {limit} headers")]
    TooManyHeaders {
        /// [`WebsocketConfig::with_max_headers`](crate::WebsocketConfig::with_max_headers).
        limit: usize,
    },
    /// `Upgrade` is missing or is not `websocket`.
    #[error("the answer does not upgrade to websocket")]
    InvalidUpgrade,
    /// `Connection` is missing or does not list `Upgrade`.
    #[error("the answer's Connection header does not list Upgrade")]
    InvalidConnection,
    /// `Sec-WebSocket-Accept` is missing, repeated, or not the one that belongs to the key.
    #[error("the answer's Sec-WebSocket-Accept does not belong to the key")]
    InvalidAccept,
    /// The server chose an extension that was not offered.
    #[error("the server chose an extension that was not offered")]
    UnexpectedExtension,
    /// The server's answer to the offer to compress does not fit it (RFC 7692 §7.1).
    #[cfg(feature = "deflate")]
    #[error("permessage-deflate: {0}")]
    Deflate(#[from] crate::deflate::NegotiationError),
    /// The server chose a subprotocol that was not offered, or more than one.
    #[error("the server chose a subprotocol that was not offered")]
    UnexpectedSubprotocol,
}

impl HandshakeError {
    /// Returns true if the same request may be answered otherwise later: the time was over, or the server refused with
    /// 408, 425, 429 or a 5xx other than 501 and 505.
    ///
    /// Everything else fails again until the request, or the server, is changed.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::TimedOut => true,
            Self::Rejected(response) => {
                matches!(response.status(), 408 | 425 | 429 | 500 | 502..=504 | 506..=599)
            }
            _ => false,
        }
    }

    /// The request could not be sent as it was asked for.
    const fn is_in_request(&self) -> bool {
        matches!(
            self,
            Self::InvalidPath
                | Self::InvalidHost
                | Self::InvalidHeader
                | Self::RepeatedHeader
                | Self::InvalidSubprotocol
                | Self::InvalidOrigin
                | Self::InvalidCredentials
                | Self::InvalidCookie
        )
    }
}

/// What rule of RFC 6455 the peer broke.
///
/// # Examples
///
/// ```
/// use boom_ws::{CloseCode, ProtocolError};
///
/// assert_eq!(ProtocolError::InvalidUtf8.close_code(), CloseCode::INVALID_DATA);
/// assert_eq!(ProtocolError::ReservedBits.close_code(), CloseCode::PROTOCOL_ERROR);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProtocolError {
    /// §5.2: a reserved bit is set.
    #[error("a reserved bit is set")]
    ReservedBits,
    /// §5.2: the opcode is reserved.
    #[error("opcode {0:#x} is reserved")]
    ReservedOpcode(u8),
    /// §5.1: a frame from a server is masked.
    #[error("a frame from the server is masked")]
    MaskedFrame,
    /// §5.2: the length is written in more bytes than it needs.
    #[error("the length is not in its shortest form")]
    LengthNotMinimal,
    /// §5.2: the top bit of a 64-bit length is set.
    #[error("the length has its top bit set")]
    LengthTooLarge,
    /// §5.5: a control frame is fragmented.
    #[error("a control frame is fragmented")]
    FragmentedControl,
    /// §5.5: a control frame has more than 125 bytes.
    #[error("a control frame is longer than 125 bytes")]
    ControlTooLong,
    /// §5.4: a continuation comes where no message is under way.
    #[error("a continuation without a start")]
    UnexpectedContinuation,
    /// §5.4: a message starts while another is under way.
    #[error("a message starts inside another")]
    InterleavedMessage,
    /// §5.5.1: a close frame has a body of one byte.
    #[error("a close frame with half a code")]
    CloseWithoutCode,
    /// §7.4: a close code that may not be on the wire.
    #[error("close code {0}")]
    InvalidCloseCode(u16),
    /// §8.1: text is not UTF-8.
    #[error("text is not UTF-8")]
    InvalidUtf8,
    /// RFC 7692 §7.2.2: a compressed message cannot be inflated.
    #[error("a compressed message is corrupt")]
    InvalidDeflate,
    /// A frame is longer than [`WebsocketConfig::with_max_frame_bytes`](crate::WebsocketConfig::with_max_frame_bytes).
    #[error("a frame of {len} bytes, {limit} allowed")]
    FrameTooLong {
        /// Bytes of its payload.
        len: u64,
        /// The limit.
        limit: u64,
    },
    /// A message is longer than [`WebsocketConfig::with_max_message_bytes`](crate::WebsocketConfig::with_max_message_bytes).
    #[error("a message of at least {len} bytes, {limit} allowed")]
    MessageTooLong {
        /// Bytes of its frames so far.
        len: u64,
        /// The limit.
        limit: u64,
    },
}

impl ProtocolError {
    /// The code that the close frame to the peer carries (RFC 6455 §7.4.1).
    pub const fn close_code(self) -> CloseCode {
        match self {
            Self::InvalidUtf8 | Self::InvalidDeflate => CloseCode::INVALID_DATA,
            Self::FrameTooLong { .. } | Self::MessageTooLong { .. } => CloseCode::MESSAGE_TOO_BIG,
            _ => CloseCode::PROTOCOL_ERROR,
        }
    }
}

/// What the caller asked for that the protocol forbids.
///
/// # Examples
///
/// ```
/// use boom_ws::{Connection, Error, Misuse};
///
/// let mut connection = Connection::established(&Default::default())?;
/// let error = connection.send_ping(Some(&[0; 126])).unwrap_err();
/// assert!(matches!(error, Error::Misuse(Misuse::ControlTooLong)));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misuse {
    /// The caller can send nothing after a close frame (§5.5.1). Frames may still come until the peer's own.
    #[error("a close frame has been sent")]
    Closing,
    /// The rest of a message cannot be lent as a message when its start was lent as a frame.
    #[error("the start of this message was lent as a frame")]
    MixedReading,
    /// A compressed message cannot be lent as frames; [`Websocket::read_messages`](crate::Websocket::read_messages)
    /// lends it.
    #[error("a compressed message cannot be lent as frames")]
    Compressed,
    /// A control frame carries at most 125 bytes (§5.5).
    #[error("a control frame carries at most 125 bytes")]
    ControlTooLong,
    /// A message cannot start before the one under way has ended (§5.4).
    #[error("a fragmented message is under way")]
    MessageUnderWay,
    /// A continuation needs a message that it continues (§5.4).
    #[error("no fragmented message is under way")]
    NoMessageUnderWay,
    /// The close code may not stand in a close frame (§7.4).
    #[error("the close code may not stand in a close frame")]
    InvalidCloseCode,
}
