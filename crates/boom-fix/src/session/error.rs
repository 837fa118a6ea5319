//! What can go wrong with a session.

use std::io;

use boom_stream::buffer::LimitExceeded;

use super::store::StoreError;
use crate::error::EncodeError;

/// Why a session did not do what it was asked. Nothing was sent, and no sequence number was used.
///
/// # Examples
///
/// ```
/// use boom_fix::BeginString;
/// use boom_fix::session::{MemoryStore, Now, Session, SessionConfig, SessionError};
///
/// let config = SessionConfig::initiator(BeginString::Fix44, "BUYER", "VENUE");
/// let mut session = Session::new(config, MemoryStore::new())?;
/// let error = session.send("D", Now::default(), |_| {}).unwrap_err();
/// assert!(matches!(error, SessionError::NotLoggedOn));
/// # Ok::<(), SessionError>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// There is no logon, and messages are not to wait for one.
    #[error("not logged on")]
    NotLoggedOn,
    /// Session time is over, and what waited for the next session would be lost by its beginning.
    #[error("outside of session time")]
    OutOfHours,
    /// The message could not be written.
    #[error("{0}")]
    Encode(#[from] EncodeError),
    /// The store failed.
    #[error("store: {0}")]
    Store(#[from] StoreError),
    /// More bytes wait for the peer than may.
    #[error("more than {limit} bytes wait for the peer")]
    Full {
        /// The limit.
        limit: usize,
    },
    /// The throttle permits no message now.
    #[error("throttled: the next message may be sent in {wait_ns} ns")]
    Throttled {
        /// How long to wait.
        wait_ns: u64,
    },
    /// The peer said in its logon that it takes no messages as long as this.
    #[error("a message of {length} bytes, and the peer takes at most {max}")]
    TooLongForPeer {
        /// The message's length.
        length: usize,
        /// The peer's `MaxMessageSize` (383).
        max: usize,
    },
    /// The stream failed.
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl From<LimitExceeded> for SessionError {
    fn from(error: LimitExceeded) -> Self {
        Self::Full { limit: error.limit }
    }
}

impl From<SessionError> for io::Error {
    /// Keeps the error as the source; an error of the stream is itself again.
    fn from(error: SessionError) -> Self {
        let kind = match error {
            SessionError::Io(error) => return error,
            SessionError::NotLoggedOn | SessionError::OutOfHours => io::ErrorKind::NotConnected,
            SessionError::Encode(_) | SessionError::TooLongForPeer { .. } => {
                io::ErrorKind::InvalidInput
            }
            SessionError::Store(_) => io::ErrorKind::Other,
            SessionError::Full { .. } | SessionError::Throttled { .. } => io::ErrorKind::WouldBlock,
        };
        Self::new(kind, error)
    }
}

/// Why a connection is at its end.
///
/// # Examples
///
/// ```
/// use boom_fix::session::DisconnectReason;
///
/// assert_eq!(DisconnectReason::HeartbeatTimeout.to_string(), "the peer is silent");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DisconnectReason {
    /// Both sides have logged out.
    #[error("logged out")]
    LoggedOut,
    /// The peer did not answer our `Logout` in time.
    #[error("no answer to the logout")]
    LogoutTimeout,
    /// No logon in time.
    #[error("no logon in time")]
    LogonTimeout,
    /// The first message was no logon, or what came before it was garbled.
    #[error("the first message is no logon")]
    NotALogon,
    /// The logon was not acceptable: names, times, fields.
    #[error("the logon is not valid")]
    InvalidLogon,
    /// The application refused the logon.
    #[error("the logon was refused")]
    LogonRefused,
    /// A logon in the middle of a session.
    #[error("a second logon")]
    SecondLogon,
    /// `MsgSeqNum` (34) was lower than expected, and the message was no duplicate.
    #[error("a sequence number is too low")]
    SequenceTooLow,
    /// A message had no `MsgSeqNum` (34).
    #[error("a message has no sequence number")]
    NoSequenceNumber,
    /// Nothing came for longer than was agreed, and a `TestRequest` was not answered.
    #[error("the peer is silent")]
    HeartbeatTimeout,
    /// A message was longer, or had more fields, than the inbox takes.
    #[error("a message is too long")]
    MessageTooLong,
    /// The peer did not send what was missing, however often it was asked.
    #[error("a gap was not filled")]
    GapNotFilled,
    /// Too many bytes wait for a peer that does not read them.
    #[error("the peer reads too slowly")]
    SlowConsumer,
    /// The schedule has the session closed, or has closed it.
    #[error("outside of session time")]
    OutOfHours,
    /// The peer closed the connection, or it broke.
    #[error("the connection ended")]
    ConnectionEnded,
}
