//! What becomes of messages that the peer is too slow for.

use std::fmt;
use std::sync::Arc;

/// What becomes of a whole message that the socket does not take, because the peer reads too slowly.
///
/// It is chosen by [`WebsocketConfig::with_slow_consumer_policy`](crate::WebsocketConfig::with_slow_consumer_policy), and
/// each case is counted in [`SlowConsumerCounts`]. It holds for messages sent by
/// [`send_text`](crate::Websocket::send_text), [`send_binary`](crate::Websocket::send_binary),
/// [`queue_text`](crate::Websocket::queue_text), [`queue_binary`](crate::Websocket::queue_binary) and
/// [`send_prepared`](crate::Websocket::send_prepared) in one frame; messages in parts, in place and in fragments are
/// refused where there is no room, whatever the policy. Control frames have room of their own.
///
/// # Examples
///
/// Of each instrument, the latest quote alone is worth sending:
///
/// ```
/// use boom_ws::{SlowConsumerPolicy, WebsocketConfig};
///
/// fn symbol(quote: &[u8]) -> Option<&[u8]> {
///     let end = quote.iter().position(|byte| *byte == b' ')?;
///     quote.get(..end)
/// }
///
/// let config = WebsocketConfig::new()
///     .with_slow_consumer_policy(SlowConsumerPolicy::conflate(symbol))
///     .with_max_outbound_bytes(64 << 10);
/// # let _ = config;
/// ```
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum SlowConsumerPolicy {
    /// A message that does not fit into the outbound buffer is refused by
    /// [`Error::OutboundFull`](crate::Error::OutboundFull).
    #[default]
    Refuse,
    /// A message that does not fit into the outbound buffer is dropped, and the call succeeds. One that is longer than the
    /// buffer may ever be is refused all the same.
    DropNewest,
    /// While the socket leaves bytes that it was given untaken, and where there is no room, messages wait in front of the outbound buffer, and a newer message takes
    /// the place of the older one with the same key. What waits there may take as many bytes again as the outbound buffer;
    /// beyond that messages are refused.
    Conflate(ConflationKey),
}

/// Finds the key in a message. Messages for which it returns `None` are never replaced.
///
/// It is called for the message that is sent and for each one that waits, until the key is found.
///
/// # Examples
///
/// ```
/// use boom_ws::{ConflationKey, SlowConsumerPolicy};
/// use std::sync::Arc;
///
/// let instrument: ConflationKey = Arc::new(|quote: &[u8]| quote.get(..7));
/// assert_eq!(instrument(b"BTCUSDT 61000.10"), Some(&b"BTCUSDT"[..]));
/// assert_eq!(instrument(b"hello"), None);
/// // One function for all connections.
/// let policy = SlowConsumerPolicy::Conflate(Arc::clone(&instrument));
/// # let _ = policy;
/// ```
pub type ConflationKey = Arc<dyn Fn(&[u8]) -> Option<&[u8]> + Send + Sync>;

impl SlowConsumerPolicy {
    /// Conflates messages by the key that `key` finds in a message; `None` marks a message that is never replaced.
    pub fn conflate(key: impl Fn(&[u8]) -> Option<&[u8]> + Send + Sync + 'static) -> Self {
        Self::Conflate(Arc::new(key))
    }

    pub(crate) const fn conflates(&self) -> bool {
        matches!(self, Self::Conflate(_))
    }

    pub(crate) fn key<'a>(&self, payload: &'a [u8]) -> Option<&'a [u8]> {
        match self {
            Self::Conflate(key) => key(payload),
            Self::Refuse | Self::DropNewest => None,
        }
    }
}

impl fmt::Debug for SlowConsumerPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refuse => "Refuse",
            Self::DropNewest => "DropNewest",
            Self::Conflate(_) => "Conflate",
        })
    }
}

/// How many messages a [`SlowConsumerPolicy`] has kept from being sent, since the connection began.
///
/// # Examples
///
/// ```
/// use boom_ws::{Connection, SlowConsumerPolicy, WebsocketConfig};
///
/// let config = WebsocketConfig::new()
///     .with_max_outbound_bytes(16)
///     .with_slow_consumer_policy(SlowConsumerPolicy::DropNewest);
/// let mut connection = Connection::established(&config)?;
/// connection.send_text(true, Some(b"ten bytes."))?;
/// connection.send_text(true, Some(b"ten bytes."))?;
/// assert_eq!(connection.slow_consumer_counts().dropped, 1);
/// # Ok::<(), boom_ws::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SlowConsumerCounts {
    /// Messages refused by [`Error::OutboundFull`](crate::Error::OutboundFull).
    pub refused: u64,
    /// Messages dropped: by the policy, or because the connection was closed while they waited.
    pub dropped: u64,
    /// Messages that a newer one took the place of.
    pub conflated: u64,
}
