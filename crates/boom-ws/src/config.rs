//! What a user can choose for a connection.

use std::time::Duration;

use crate::deflate::DeflateConfig;
use crate::handshake::{Credentials, Fields, Secret};
use crate::heartbeat::{Heartbeat, nanoseconds};
use crate::slow_consumer::SlowConsumerPolicy;

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
    pub(crate) fields: Fields,
    pub(crate) handshake_timeout_ns: Option<u64>,
    pub(crate) max_head_bytes: usize,
    pub(crate) max_headers: usize,
    pub(crate) max_frame_bytes: usize,
    pub(crate) max_message_bytes: u64,
    pub(crate) max_outbound_bytes: usize,
    pub(crate) slow_consumer_policy: SlowConsumerPolicy,
    pub(crate) read_window_bytes: usize,
    pub(crate) validate_utf8: bool,
    pub(crate) automatic_pong: bool,
    pub(crate) heartbeat: Heartbeat,
    pub(crate) deflate: Option<DeflateConfig>,
    pub(crate) seed: Option<[u8; 32]>,
    pub(crate) zero_masks: bool,
    pub(crate) close_timeout_ns: Option<u64>,
}

impl Default for WebsocketConfig {
    fn default() -> Self {
        Self {
            fields: Fields::default(),
            handshake_timeout_ns: Some(10_000_000_000),
            max_head_bytes: 16 << 10,
            max_headers: 100,
            max_frame_bytes: 16 << 20,
            max_message_bytes: 64 << 20,
            max_outbound_bytes: 1 << 20,
            slow_consumer_policy: SlowConsumerPolicy::Refuse,
            read_window_bytes: 16 << 10,
            validate_utf8: true,
            automatic_pong: true,
            heartbeat: Heartbeat::new(),
            deflate: None,
            seed: None,
            zero_masks: false,
            close_timeout_ns: Some(10_000_000_000),
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
    /// [`HandshakeError::InvalidHeader`](crate::HandshakeError::InvalidHeader) before anything is sent. So do
    /// `Origin`, `User-Agent`, `Authorization` and `Cookie` that stand twice, be it by the methods below, with
    /// [`HandshakeError::RepeatedHeader`](crate::HandshakeError::RepeatedHeader).
    ///
    /// `Debug` shows names of headers and no values, which may be keys.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.fields
            .headers
            .push((name.into(), Secret(value.into())));
        self
    }

    /// Offers a subprotocol (RFC 6455 §1.9), the preferred one first. The server may choose one of those offered, which
    /// [`Response::subprotocol`](crate::Response::subprotocol) tells.
    ///
    /// A name that is no token or is offered twice makes the handshake fail with
    /// [`HandshakeError::InvalidSubprotocol`](crate::HandshakeError::InvalidSubprotocol).
    #[must_use]
    pub fn with_subprotocol(mut self, name: impl Into<String>) -> Self {
        self.fields.subprotocols.push(name.into());
        self
    }

    /// Sends the `Origin` header, which browsers send and some servers ask for: `https://example.com`, or `null`.
    ///
    /// What is neither (RFC 6454 §6.2: scheme, host, and port where it is not the default one; no path) makes the
    /// handshake fail with [`HandshakeError::InvalidOrigin`](crate::HandshakeError::InvalidOrigin). The default is not
    /// to send it.
    #[must_use]
    pub fn with_origin(mut self, origin: impl Into<String>) -> Self {
        self.fields.origin = Some(origin.into());
        self
    }

    /// Sends the `User-Agent` header, `feed-handler/2.1`, say. The default is not to send it.
    ///
    /// A value that does not start with a name makes the handshake fail with
    /// [`HandshakeError::InvalidHeader`](crate::HandshakeError::InvalidHeader).
    #[must_use]
    pub fn with_user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.fields.user_agent = Some(user_agent.into());
        self
    }

    /// Sends user name and password (`Authorization: Basic`, RFC 7617) in UTF-8. Of this and
    /// [`with_bearer_token`](Self::with_bearer_token) the last one holds.
    ///
    /// A user name with a colon, and a control character in either, make the handshake fail with
    /// [`HandshakeError::InvalidCredentials`](crate::HandshakeError::InvalidCredentials). Neither is encrypted by this:
    /// use it over TLS.
    #[must_use]
    pub fn with_basic_auth(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.fields.credentials = Some(Credentials::Basic {
            user: user.into(),
            password: Secret(password.into()),
        });
        self
    }

    /// Sends a token (`Authorization: Bearer`, RFC 6750), a JSON Web Token, say.
    ///
    /// A token that is not of the form that RFC 6750 §2.1 gives it makes the handshake fail with
    /// [`HandshakeError::InvalidCredentials`](crate::HandshakeError::InvalidCredentials); other schemes are sent by
    /// [`with_header`](Self::with_header).
    #[must_use]
    pub fn with_bearer_token(mut self, token: impl Into<String>) -> Self {
        self.fields.credentials = Some(Credentials::Bearer(Secret(token.into())));
        self
    }

    /// Sends a cookie. All cookies are sent in one `Cookie` header, in the order given (RFC 6265 §4.2.1).
    ///
    /// A name that is no token, and a value with whitespace, a comma, a semicolon, a backslash or a quote inside, make
    /// the handshake fail with [`HandshakeError::InvalidCookie`](crate::HandshakeError::InvalidCookie).
    ///
    /// # Examples
    ///
    /// ```
    /// use boom_ws::{Connection, Request, WebsocketConfig};
    ///
    /// let config = WebsocketConfig::new()
    ///     .with_origin("https://example.com")
    ///     .with_user_agent("feed-handler/2.1")
    ///     .with_basic_auth("Aladdin", "open sesame")
    ///     .with_cookie("session", "31d4d96e407aad42")
    ///     .with_cookie("lang", "en");
    /// let connection = Connection::client(&Request::new("example.com", "/feed"), &config);
    /// let head = std::str::from_utf8(connection.outgoing())?;
    /// assert!(head.contains("\r\nOrigin: https://example.com\r\n"));
    /// assert!(head.contains("\r\nAuthorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"));
    /// assert!(head.contains("\r\nCookie: session=31d4d96e407aad42; lang=en\r\n"));
    /// assert!(!format!("{config:?}").contains("sesame"));
    /// # Ok::<(), std::str::Utf8Error>(())
    /// ```
    #[must_use]
    pub fn with_cookie(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.fields
            .cookies
            .push((name.into(), Secret(value.into())));
        self
    }

    /// Limits how long the opening handshake may take, from the first
    /// [`handle_timeout`](crate::Websocket::handle_timeout) on; `None` for any time. The default is ten seconds.
    ///
    /// What has to come first counts too, connecting and TLS. After that time the connection fails with
    /// [`HandshakeError::TimedOut`](crate::HandshakeError::TimedOut), or with
    /// [`HandshakeError::Rejected`](crate::HandshakeError::Rejected) if only the end of a refusal's body is missing.
    #[must_use]
    pub const fn with_handshake_timeout(mut self, timeout: Option<Duration>) -> Self {
        self.handshake_timeout_ns = match timeout {
            Some(timeout) => Some(nanoseconds(timeout)),
            None => None,
        };
        self
    }

    /// Limits the head of the server's answer, interim answers before it included. The default is 16 KiB.
    #[must_use]
    pub const fn with_max_head_bytes(mut self, limit: usize) -> Self {
        self.max_head_bytes = limit;
        self
    }

    /// Limits how many headers the server's answer may have. The default is 100.
    #[must_use]
    pub const fn with_max_headers(mut self, limit: usize) -> Self {
        self.max_headers = limit;
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

    /// Chooses what becomes of messages that the peer is too slow for. The default is to refuse them.
    #[must_use]
    pub fn with_slow_consumer_policy(mut self, policy: SlowConsumerPolicy) -> Self {
        self.slow_consumer_policy = policy;
        self
    }

    /// Sets how much one read asks for. The default is 16 KiB, which stays in the L1 cache.
    ///
    /// Where many messages wait in the socket at once, fewer and longer reads cost less: with 24 KiB, receiving bursts of
    /// 150-byte messages took 4 % less time than with 16 KiB.
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

    /// Masks with zeros: what is sent is readable on the wire. The default is not to.
    ///
    /// For links where both ends and all between are trusted. RFC 6455 §10.3 demands keys that cannot be foretold, since
    /// without them whoever chooses the payload chooses bytes that a proxy between may take for a request.
    #[must_use]
    pub const fn dangerous_with_zero_masks(mut self, zero: bool) -> Self {
        self.zero_masks = zero;
        self
    }

    /// Limits how long the closing handshake may take once a close frame of ours is queued, from the next
    /// [`handle_timeout`](crate::Websocket::handle_timeout) on; `None` for any time. The default is ten seconds.
    ///
    /// It ends the wait for the peer's close frame by [`Silence::Close`](crate::Silence::Close), and after that the wait
    /// of [`poll_closed`](crate::Websocket::poll_closed) for the end of the connection.
    #[must_use]
    pub const fn with_close_timeout(mut self, timeout: Option<Duration>) -> Self {
        self.close_timeout_ns = match timeout {
            Some(timeout) => Some(nanoseconds(timeout)),
            None => None,
        };
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
