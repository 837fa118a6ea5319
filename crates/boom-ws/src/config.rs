//! What a user can choose for a connection.

use crate::deflate::DeflateConfig;
use crate::heartbeat::Heartbeat;

/// Options and limits of one connection.
///
/// The defaults suit a market-data feed: text is checked, pings are answered, and every buffer is bounded.
///
/// # Examples
///
/// ```
/// use boom_ws::WebsocketConfig;
///
/// let config = WebsocketConfig::new()
///     .with_header("X-Api-Key", "secret")
///     .with_subprotocol("v2.feed")
///     .with_max_message_bytes(1 << 20);
/// # let _ = config;
/// ```
#[derive(Clone, Debug)]
pub struct WebsocketConfig {
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) subprotocols: Vec<String>,
    pub(crate) max_head_bytes: usize,
    pub(crate) max_frame_bytes: usize,
    pub(crate) max_message_bytes: u64,
    pub(crate) max_outbound_bytes: usize,
    pub(crate) read_window_bytes: usize,
    pub(crate) validate_utf8: bool,
    pub(crate) automatic_pong: bool,
    pub(crate) heartbeat: Heartbeat,
    pub(crate) deflate: Option<DeflateConfig>,
    pub(crate) seed: Option<[u8; 32]>,
}

impl Default for WebsocketConfig {
    fn default() -> Self {
        Self {
            headers: Vec::new(),
            subprotocols: Vec::new(),
            max_head_bytes: 16 << 10,
            max_frame_bytes: 16 << 20,
            max_message_bytes: 64 << 20,
            max_outbound_bytes: 1 << 20,
            read_window_bytes: 16 << 10,
            validate_utf8: true,
            automatic_pong: true,
            heartbeat: Heartbeat::new(),
            deflate: None,
            seed: None,
        }
    }
}

impl WebsocketConfig {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a header to the handshake request.
    ///
    /// A name that is no token, a value with a line end or another control character, and the headers of the
    /// handshake itself (`Host`, `Upgrade`, `Connection`, `Sec-WebSocket-*`) make the handshake fail with
    /// [`HandshakeError::InvalidHeader`](crate::HandshakeError::InvalidHeader) before anything is sent.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Offers a subprotocol (RFC 6455 §1.9), the preferred one first. The server may choose one of those offered.
    #[must_use]
    pub fn with_subprotocol(mut self, name: impl Into<String>) -> Self {
        self.subprotocols.push(name.into());
        self
    }

    /// Limits the head of the server's answer. The default is 16 KiB.
    #[must_use]
    pub const fn with_max_head_bytes(mut self, limit: usize) -> Self {
        self.max_head_bytes = limit;
        self
    }

    /// Limits the payload of one frame, and so the receive buffer. The default is 16 MiB.
    ///
    /// A longer frame ends the connection with close code 1009.
    #[must_use]
    pub const fn with_max_frame_bytes(mut self, limit: usize) -> Self {
        self.max_frame_bytes = limit;
        self
    }

    /// Limits a message over all its frames. The default is 64 MiB.
    ///
    /// A longer message ends the connection with close code 1009.
    #[must_use]
    pub const fn with_max_message_bytes(mut self, limit: u64) -> Self {
        self.max_message_bytes = limit;
        self
    }

    /// Limits what may wait for the socket. The default is 1 MiB.
    ///
    /// A message that does not fit is refused whole. Control frames may take 4 KiB beyond the limit.
    #[must_use]
    pub const fn with_max_outbound_bytes(mut self, limit: usize) -> Self {
        self.max_outbound_bytes = limit;
        self
    }

    /// Sets how much one read asks for. The default is 16 KiB, which stays in the L1 cache.
    ///
    /// The buffer grows beyond it only for a frame that is longer.
    #[must_use]
    pub const fn with_read_window_bytes(mut self, window: usize) -> Self {
        self.read_window_bytes = window;
        self
    }

    /// Chooses whether text is checked to be UTF-8, as RFC 6455 §8.1 demands. The default is yes.
    #[must_use]
    pub const fn with_utf8_validation(mut self, validate: bool) -> Self {
        self.validate_utf8 = validate;
        self
    }

    /// Chooses whether pings are answered by themselves, as RFC 6455 §5.5.2 demands. The default is yes.
    #[must_use]
    pub const fn with_automatic_pong(mut self, automatic: bool) -> Self {
        self.automatic_pong = automatic;
        self
    }

    /// Sets how often to ping and when to give up. The default is never.
    #[must_use]
    pub const fn with_heartbeat(mut self, heartbeat: Heartbeat) -> Self {
        self.heartbeat = heartbeat;
        self
    }

    /// Offers to compress messages (permessage-deflate, RFC 7692). The default is not to.
    ///
    /// Where the server agrees, read by [`read_messages`](crate::Websocket::read_messages): a compressed message is no
    /// use as frames. Messages written in place and in parts are sent as they are.
    #[cfg(feature = "deflate")]
    #[must_use]
    pub fn with_deflate(mut self, deflate: DeflateConfig) -> Self {
        self.deflate = Some(deflate);
        self
    }

    /// Makes masking keys and handshake nonce follow from `seed`, so that a session can be repeated to the byte.
    ///
    /// For tests and replay only: who knows the seed can foretell the keys, which RFC 6455 §10.3 forbids.
    #[must_use]
    pub const fn with_predictable_masks(mut self, seed: [u8; 32]) -> Self {
        self.seed = Some(seed);
        self
    }
}
