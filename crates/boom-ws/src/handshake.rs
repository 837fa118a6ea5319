//! RFC 6455 §4.1, the client's side of the opening handshake, without I/O.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::config::WebsocketConfig;
use crate::deflate::{Agreed, DeflateConfig};
use crate::error::HandshakeError;

mod fields;
mod request;

mod body;
mod response;

pub(crate) use body::BODY_MAX;
use body::Body;
pub(crate) use fields::{Credentials, Fields, Secret};
pub use request::Request;
pub use response::{Refusal, Response, RetryAfter};

/// RFC 6455 §1.3: what is appended to the key before it is hashed.
const ACCEPT_GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// How far the handshake is after some input.
#[derive(Debug)]
pub(crate) enum Progress {
    /// More of the answer has to come.
    Partial,
    /// An interim answer of this many bytes came first: consume it and go on.
    Interim(usize),
    /// The connection is open; the answer took this many bytes.
    Open(Arc<Response>, usize),
}

/// The opening handshake of one connection.
#[derive(Debug)]
pub(crate) struct Handshake {
    accept: String,
    subprotocols: Vec<String>,
    /// What was offered of compression.
    deflate: Option<DeflateConfig>,
    /// What was agreed on, once the connection is open.
    pub(crate) agreed: Option<Agreed>,
    max_head_bytes: usize,
    max_headers: usize,
    /// Bytes of the interim answers so far, which count towards the limit.
    interim_bytes: usize,
    /// How far the end of the head has been looked for, so that a head that comes byte by byte costs no more.
    scanned: usize,
    /// A head other than 101, while its body comes.
    refusal: Option<(Response, Body)>,
    timeout_ns: Option<u64>,
    /// Known once the time is.
    deadline_ns: Option<u64>,
}

impl Handshake {
    /// Starts the handshake: returns its state and the request to send.
    pub(crate) fn start(
        request: &Request,
        config: &WebsocketConfig,
        nonce: [u8; 16],
    ) -> Result<(Self, Vec<u8>), HandshakeError> {
        let key = STANDARD.encode(nonce);
        let bytes = request.encode(config, &key)?;
        let handshake = Self {
            accept: accept_value(key.as_bytes()),
            subprotocols: config.fields.subprotocols.clone(),
            deflate: config.deflate.clone(),
            agreed: None,
            max_head_bytes: config.max_head_bytes,
            max_headers: config.max_headers,
            interim_bytes: 0,
            scanned: 0,
            refusal: None,
            timeout_ns: config.handshake_timeout_ns,
            deadline_ns: None,
        };
        Ok((handshake, bytes))
    }

    /// Looks at all that has been received and not consumed; `eof` says that no more will come.
    pub(crate) fn advance(
        &mut self,
        received: &[u8],
        eof: bool,
    ) -> Result<Progress, HandshakeError> {
        if self.refusal.is_none() {
            let Some(head_len) = self.find_head_end(received)? else {
                return Ok(Progress::Partial);
            };
            let head = response::parse_head(&received[..head_len], self.max_headers)?;
            match head.response.status() {
                101 => {
                    return self
                        .accept(head.response)
                        .map(|response| Progress::Open(response, head_len));
                }
                // RFC 9110 §15.2: any number of interim answers may come before the final one.
                100..=199 => {
                    self.scanned = 0;
                    self.interim_bytes += head_len;
                    return Ok(Progress::Interim(head_len));
                }
                _ => {
                    let body = Body::new(head_len, &head);
                    self.refusal = Some((head.response, body));
                }
            }
        }
        self.gather_body(received, eof)
    }

    /// Takes the time, the first of which starts the clock, after all that was received has been looked at.
    pub(crate) fn handle_timeout(&mut self, now_ns: u64) -> Result<(), HandshakeError> {
        let Some(timeout_ns) = self.timeout_ns else {
            return Ok(());
        };
        let deadline_ns = *self
            .deadline_ns
            .get_or_insert_with(|| now_ns.saturating_add(timeout_ns));
        if now_ns < deadline_ns {
            return Ok(());
        }
        // A refusal whose body does not end says more than that the time is over.
        Err(self.reject().unwrap_or(HandshakeError::TimedOut))
    }

    /// When the time is over; 0 where it has not started.
    pub(crate) const fn deadline_ns(&self) -> Option<u64> {
        match (self.timeout_ns, self.deadline_ns) {
            (Some(_), None) => Some(0),
            (_, deadline_ns) => deadline_ns,
        }
    }

    /// Returns the length of the head, its empty line included.
    fn find_head_end(&mut self, bytes: &[u8]) -> Result<Option<usize>, HandshakeError> {
        const END: &[u8] = b"\r\n\r\n";
        let from = self.scanned.saturating_sub(END.len() - 1).min(bytes.len());
        let fresh = &bytes[from..];
        let end = fresh
            .windows(END.len())
            .position(|window| window == END)
            .map(|at| from + at + END.len());
        let len = end.unwrap_or(bytes.len());
        if len.saturating_add(self.interim_bytes) > self.max_head_bytes {
            return Err(HandshakeError::HeadTooLong {
                limit: self.max_head_bytes,
            });
        }
        // RFC 9112 §2.2 lets a recipient take a bare LF for the end of a line. Where a proxy before us did not, it and we
        // would disagree on where the head ends.
        if !could_be_http(bytes) || has_bare_line_feed(&bytes[..len], self.scanned) {
            return Err(HandshakeError::NotHttp);
        }
        self.scanned = bytes.len();
        Ok(end)
    }

    /// The checks of RFC 6455 §4.1 on the server's answer.
    fn accept(&mut self, response: Response) -> Result<Arc<Response>, HandshakeError> {
        // A second line would be part of the value, which is then not "websocket" alone.
        if !single(&response, "Upgrade")
            .is_some_and(|value| value.eq_ignore_ascii_case(b"websocket"))
        {
            return Err(HandshakeError::InvalidUpgrade);
        }
        if !response
            .list("Connection")
            .any(|name| name.eq_ignore_ascii_case(b"upgrade"))
        {
            return Err(HandshakeError::InvalidConnection);
        }
        // §11.3.3: the header "MUST NOT appear more than once in an HTTP response".
        if single(&response, "Sec-WebSocket-Accept") != Some(self.accept.as_bytes()) {
            return Err(HandshakeError::InvalidAccept);
        }
        self.agreed = self.agree(&response)?;
        self.check_subprotocol(&response)?;
        Ok(Arc::new(response))
    }

    fn agree(&self, response: &Response) -> Result<Option<Agreed>, HandshakeError> {
        const NAME: &str = "Sec-WebSocket-Extensions";
        match &self.deflate {
            Some(deflate) => Ok(deflate.negotiate(response.header_values(NAME))?),
            // §11.3.2: the header "MUST NOT appear more than once in an HTTP response".
            None if response.header_values(NAME).count() > 1
                || response.list(NAME).any(|extension| !extension.is_empty()) =>
            {
                Err(HandshakeError::UnexpectedExtension)
            }
            None => Ok(None),
        }
    }

    /// A server that picks none simply goes without; what it picks must be one of those offered, once (§11.3.4).
    fn check_subprotocol(&self, response: &Response) -> Result<(), HandshakeError> {
        const NAME: &str = "Sec-WebSocket-Protocol";
        if response.header(NAME).is_none() {
            return Ok(());
        }
        let offered = |name: &[u8]| {
            self.subprotocols
                .iter()
                .any(|offer| offer.as_bytes() == name)
        };
        if single(response, NAME).is_some_and(offered) {
            Ok(())
        } else {
            Err(HandshakeError::UnexpectedSubprotocol)
        }
    }

    fn gather_body(&mut self, received: &[u8], eof: bool) -> Result<Progress, HandshakeError> {
        let is_done = self
            .refusal
            .as_mut()
            .is_some_and(|(_, body)| body.advance(received));
        match self.refusal {
            Some(_) if is_done || eof => Err(self.reject().unwrap_or(HandshakeError::NotHttp)),
            _ => Ok(Progress::Partial),
        }
    }

    /// The refusal with what has come of its body, if there is one.
    fn reject(&mut self) -> Option<HandshakeError> {
        let (mut response, body) = self.refusal.take()?;
        response.set_body(body.into_content());
        Some(HandshakeError::Rejected(Arc::new(response)))
    }
}

/// RFC 6455 §4.2.2: base64 of the SHA-1 of key and GUID.
pub(crate) fn accept_value(key: &[u8]) -> String {
    let mut hash = sha1_smol::Sha1::new();
    hash.update(key);
    hash.update(ACCEPT_GUID.as_bytes());
    STANDARD.encode(hash.digest().bytes())
}

/// The value of a header that stands once.
fn single<'a>(response: &'a Response, name: &str) -> Option<&'a [u8]> {
    let mut values = response.header_values(name);
    let first = values.next()?;
    values.next().is_none().then_some(first)
}

/// Tells a peer that speaks something else before it has sent a whole head.
fn could_be_http(bytes: &[u8]) -> bool {
    const START: &[u8] = b"HTTP/1.";
    bytes
        .iter()
        .zip(START)
        .all(|(byte, expected)| byte == expected)
}

/// Looks at the bytes from `scanned` on.
fn has_bare_line_feed(head: &[u8], scanned: usize) -> bool {
    let from = scanned.saturating_sub(1).min(head.len());
    head[from..]
        .windows(2)
        .any(|pair| pair[1] == b'\n' && pair[0] != b'\r')
}

#[cfg(test)]
mod tests;
