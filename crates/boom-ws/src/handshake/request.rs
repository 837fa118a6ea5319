//! The request that opens a connection.

use std::fmt::Write as _;

use super::fields::is_host_and_port;
use crate::config::WebsocketConfig;
use crate::error::HandshakeError;

/// What a WebSocket connection is opened to: the resource name of RFC 6455 §3.
///
/// # Examples
///
/// ```
/// use boom_ws::Request;
///
/// let request = Request::new("stream.example.com:9443", "/ws?stream=btcusdt");
/// assert_eq!(request.authority(), "stream.example.com:9443");
/// assert_eq!(Request::new("example.com", "").path(), "/");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    authority: String,
    path: String,
}

impl Request {
    /// Names the authority (the `Host` header: host, and port where it is not the scheme's default one) and the
    /// path with its query. A missing leading slash is added. What is malformed is reported by the handshake.
    pub fn new(authority: impl Into<String>, path: impl Into<String>) -> Self {
        let mut path = path.into();
        if !path.starts_with('/') {
            path.insert(0, '/');
        }
        Self {
            authority: authority.into(),
            path,
        }
    }

    /// Host, and port where it is not the default one.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Path and query.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Writes the request (RFC 6455 §4.1).
    pub(super) fn encode(
        &self,
        config: &WebsocketConfig,
        key: &str,
    ) -> Result<Vec<u8>, HandshakeError> {
        // RFC 6455 §4.1: "If any of the components are invalid, the client MUST _Fail the WebSocket Connection_".
        if !is_path_and_query(&self.path) {
            return Err(HandshakeError::InvalidPath);
        }
        if !is_host_and_port(&self.authority) {
            return Err(HandshakeError::InvalidHost);
        }
        let mut head = format!(
            "GET {} HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n",
            self.path, self.authority
        );
        if let Some(subprotocols) = config.fields.subprotocol_list()? {
            let _ = write!(head, "Sec-WebSocket-Protocol: {subprotocols}\r\n");
        }
        if let Some(deflate) = &config.deflate {
            let _ = write!(head, "Sec-WebSocket-Extensions: {}\r\n", deflate.offer());
        }
        config.fields.write(&mut head)?;
        head.push_str("\r\n");
        Ok(head.into_bytes())
    }
}

/// RFC 3986 §3.3 and §3.4: what a path and a query may hold; neither ends the line it stands in.
fn is_path_and_query(path: &str) -> bool {
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        let is_valid = match byte {
            b'%' => (0..2).all(|_| bytes.next().is_some_and(|digit| digit.is_ascii_hexdigit())),
            _ => byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?".contains(&byte),
        };
        if !is_valid {
            return false;
        }
    }
    true
}
