//! What a user can choose for the compression of a connection.

use super::WINDOW_BITS_MAX;
use super::negotiation::DeflateParameter;

/// The smallest window there is (RFC 7692 §7.1.2).
const WINDOW_BITS_MIN: u8 = 8;
/// The level that compresses most.
const LEVEL_MAX: u8 = 9;

/// What is offered to the server for permessage-deflate (RFC 7692), and how messages of ours are compressed.
///
/// The defaults suit a market-data feed: the server keeps its window from one message to the next, which is what makes
/// small and similar messages small; what is sent is compressed from 1 KiB up, at the fastest level.
///
/// # Memory
///
/// A connection with compression holds 80 KiB for what it receives (48 KiB where the server's window is smallest) and a
/// buffer for the longest message so far. For what it sends it holds 384 KiB (256 KiB) and a buffer for the longest
/// compressed message so far. A client that only subscribes needs none of the latter: see
/// [`with_compress_from`](Self::with_compress_from).
///
/// # Examples
///
/// ```
/// use boom_ws::DeflateConfig;
///
/// let config = DeflateConfig::new()
///     .with_server_max_window_bits(12)
///     .with_client_no_context_takeover(true)
///     .with_compress_from(512);
/// assert_eq!(
///     config.offer(),
///     "permessage-deflate; client_no_context_takeover; server_max_window_bits=12; client_max_window_bits"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeflateConfig {
    pub(super) server_no_context_takeover: bool,
    pub(super) client_no_context_takeover: bool,
    pub(super) server_max_window_bits: Option<u8>,
    pub(super) client_window: ClientWindow,
    pub(super) level: u8,
    pub(super) compress_from: usize,
}

/// What the offer says of the client's window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClientWindow {
    /// Nothing: the server may not limit it.
    NotOffered,
    /// The server may limit it.
    Offered,
    /// It is at most this, and the server may limit it more.
    AtMost(u8),
}

impl Default for DeflateConfig {
    fn default() -> Self {
        Self {
            server_no_context_takeover: false,
            client_no_context_takeover: false,
            server_max_window_bits: None,
            client_window: ClientWindow::Offered,
            level: 1,
            compress_from: 1024,
        }
    }
}

impl DeflateConfig {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Demands that the server forgets its window after each message (RFC 7692 §7.1.1.1). The default is no.
    ///
    /// A server that does not agree ends the handshake.
    #[must_use]
    pub const fn with_server_no_context_takeover(mut self, demand: bool) -> Self {
        self.server_no_context_takeover = demand;
        self
    }

    /// Forgets the window of our own after each message (RFC 7692 §7.1.1.2). The default is to do so only where the
    /// server asks for it.
    ///
    /// It makes room in the server, not here, and costs compression and the time to clear 128 KiB a message.
    #[must_use]
    pub const fn with_client_no_context_takeover(mut self, forget: bool) -> Self {
        self.client_no_context_takeover = forget;
        self
    }

    /// Demands that the server's window is at most 2 to the power of `bits` bytes (RFC 7692 §7.1.2.1). The default is
    /// no demand.
    ///
    /// A number outside of 8 to 15 is taken for the nearest of them. A server that does not agree ends the handshake.
    #[must_use]
    pub const fn with_server_max_window_bits(mut self, bits: u8) -> Self {
        self.server_max_window_bits = Some(clamp_window_bits(bits));
        self
    }

    /// Limits the window of our own to 2 to the power of `bits` bytes, whatever the server says (RFC 7692 §7.1.2.2).
    ///
    /// A number outside of 8 to 15 is taken for the nearest of them. The default is that the server may choose.
    #[must_use]
    pub const fn with_client_max_window_bits(mut self, bits: u8) -> Self {
        self.client_window = ClientWindow::AtMost(clamp_window_bits(bits));
        self
    }

    /// Leaves `client_max_window_bits` out of the offer: the server cannot limit the window of our own, and one that
    /// has to declines compression.
    #[must_use]
    pub const fn without_client_max_window_bits(mut self) -> Self {
        self.client_window = ClientWindow::NotOffered;
        self
    }

    /// Sets how hard messages of ours are compressed: 1 is fastest and the default, 9 smallest, 0 not at all. A higher
    /// number is taken for 9.
    ///
    /// Level 1 uses the fixed codes of DEFLATE: a message of 1 KiB is compressed in a quarter of the time of level 2,
    /// and inflated in half. Level 6 makes such messages a third smaller than level 1, in six to eight times the time.
    #[must_use]
    pub const fn with_level(mut self, level: u8) -> Self {
        self.level = if level > LEVEL_MAX { LEVEL_MAX } else { level };
        self
    }

    /// Sets the smallest payload that is compressed, in bytes. The default is 1024: a message that fits into one packet
    /// as it is gains nothing by it.
    ///
    /// With `usize::MAX` nothing is ever compressed, and no memory is taken for it.
    #[must_use]
    pub const fn with_compress_from(mut self, payload_bytes: usize) -> Self {
        self.compress_from = payload_bytes;
        self
    }

    /// The offer, as it stands in `Sec-WebSocket-Extensions` (RFC 7692 §5.1).
    pub fn offer(&self) -> String {
        use DeflateParameter as Parameter;

        let mut offer = super::negotiation::NAME.to_owned();
        let mut add = |parameter: Parameter, bits: Option<u8>| {
            offer.push_str("; ");
            offer.push_str(parameter.as_str());
            if let Some(bits) = bits {
                offer.push('=');
                offer.push_str(&bits.to_string());
            }
        };
        if self.server_no_context_takeover {
            add(Parameter::ServerNoContextTakeover, None);
        }
        if self.client_no_context_takeover {
            add(Parameter::ClientNoContextTakeover, None);
        }
        if let Some(bits) = self.server_max_window_bits {
            add(Parameter::ServerMaxWindowBits, Some(bits));
        }
        match self.client_window {
            ClientWindow::NotOffered => {}
            ClientWindow::Offered => add(Parameter::ClientMaxWindowBits, None),
            ClientWindow::AtMost(bits) => add(Parameter::ClientMaxWindowBits, Some(bits)),
        }
        offer
    }
}

/// RFC 7692 §7.1.2.1: "between 8 and 15, inclusive".
const fn clamp_window_bits(bits: u8) -> u8 {
    match bits {
        0..WINDOW_BITS_MIN => WINDOW_BITS_MIN,
        WINDOW_BITS_MIN..=WINDOW_BITS_MAX => bits,
        _ => WINDOW_BITS_MAX,
    }
}
