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
            Error::Handshake(
                HandshakeError::InvalidPath
                | HandshakeError::InvalidHost
                | HandshakeError::InvalidHeader,
            ) => Self::new(io::ErrorKind::InvalidInput, error),
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
/// use boom_ws::HandshakeError;
///
/// fn retry_after(error: &HandshakeError) -> Option<&[u8]> {
///     match error {
///         HandshakeError::Rejected(response) => response.header("Retry-After"),
///         _ => None,
///     }
/// }
///
/// assert_eq!(retry_after(&HandshakeError::InvalidAccept), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HandshakeError {
    /// The path holds a space, a control character, a `#` or a byte that is not ASCII.
    #[error("the path holds a character that a request line may not hold")]
    InvalidPath,
    /// The host is empty or holds a character that a header may not hold.
    #[error("the host holds a character that a header may not hold")]
    InvalidHost,
    /// A header's name is not a token or is the handshake's own, or its value holds a line end or a control character.
    #[error("an extra header is malformed or belongs to the handshake")]
    InvalidHeader,
    /// The server answered with a status other than 101.
    #[error("the server answered {}", .0.status())]
    Rejected(Arc<Response>),
    /// The answer is not HTTP/1.1.
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
        /// The limit.
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
    /// Nothing can be sent after a close frame (§5.5.1). Frames may still come until the peer's own.
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
