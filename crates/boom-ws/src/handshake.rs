//! RFC 6455 §4.1, the client's side of the opening handshake, without I/O.

use std::fmt::Write as _;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::config::WebsocketConfig;
use crate::deflate::{Agreed, DeflateConfig};
use crate::error::HandshakeError;

/// RFC 6455 §1.3: what is appended to the key before it is hashed.
const ACCEPT_GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/// Headers of an answer that are looked at.
const HEADERS_MAX: usize = 100;
/// How much of the body of a refusal is kept.
pub(crate) const BODY_MAX: usize = 4096;

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
    pub(crate) fn encode(
        &self,
        config: &WebsocketConfig,
        key: &str,
    ) -> Result<Vec<u8>, HandshakeError> {
        // RFC 9112 §3: neither may end the line it stands in.
        if !self
            .path
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'#')
        {
            return Err(HandshakeError::InvalidPath);
        }
        if self.authority.is_empty() || !self.authority.bytes().all(|byte| byte.is_ascii_graphic())
        {
            return Err(HandshakeError::InvalidHost);
        }
        let mut head = format!(
            "GET {} HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n",
            self.path, self.authority
        );
        if !config.subprotocols.is_empty() {
            // RFC 6455 §4.1: they "MUST all be unique strings".
            let is_valid = |(index, name): (usize, &String)| {
                is_token(name) && !config.subprotocols[..index].contains(name)
            };
            if !config.subprotocols.iter().enumerate().all(is_valid) {
                return Err(HandshakeError::InvalidHeader);
            }
            let _ = write!(
                head,
                "Sec-WebSocket-Protocol: {}\r\n",
                config.subprotocols.join(", ")
            );
        }
        if let Some(deflate) = &config.deflate {
            let _ = write!(head, "Sec-WebSocket-Extensions: {}\r\n", deflate.offer());
        }
        for (name, value) in &config.headers {
            if !is_token(name) || is_reserved(name) || !is_field_value(value) {
                return Err(HandshakeError::InvalidHeader);
            }
            let _ = write!(head, "{name}: {value}\r\n");
        }
        head.push_str("\r\n");
        Ok(head.into_bytes())
    }
}

/// RFC 9110 §5.6.2.
fn is_token(name: &str) -> bool {
    let is_token_byte =
        |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_token_byte)
}

/// RFC 9110 §5.5: no control characters, line ends above all.
fn is_field_value(value: &str) -> bool {
    value
        .bytes()
        .all(|byte| byte == b'\t' || (byte >= b' ' && byte != 0x7f))
}

/// The handshake's own headers, which would stand twice, and those that would give the request a body.
fn is_reserved(name: &str) -> bool {
    const RESERVED: [&str; 5] = [
        "Host",
        "Upgrade",
        "Connection",
        "Content-Length",
        "Transfer-Encoding",
    ];
    const PREFIX: &str = "Sec-WebSocket-";
    RESERVED
        .iter()
        .any(|reserved| name.eq_ignore_ascii_case(reserved))
        || name
            .get(..PREFIX.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(PREFIX))
}

/// A server's answer to the handshake: status, headers, and for a refusal the start of the body.
///
/// # Examples
///
/// ```no_run
/// use boom_ws::{Error, HandshakeError, Websocket};
/// # fn f(ws: &mut Websocket<std::net::TcpStream>) {
/// if let Err(Error::Handshake(HandshakeError::Rejected(response))) = ws.read_batch() {
///     eprintln!("{}: {}", response.status(), String::from_utf8_lossy(response.body()));
/// }
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    status: u16,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl Response {
    /// The status code.
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The first header of that name; the case of the name does not matter.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        self.all(name).next()
    }

    /// All headers in the order received.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_slice()))
    }

    /// The first bytes of the body, at most 4 KiB, as they came: a chunked body is not decoded.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    fn all<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n> {
        self.headers()
            .filter(move |(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// The elements of a comma-separated header, over all its lines (RFC 9110 §5.6.1).
    fn list<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n> {
        self.all(name)
            .flat_map(|value| value.split(|byte| *byte == b','))
            .map(<[u8]>::trim_ascii)
    }
}

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
    /// How far the end of the head has been looked for, so that a head that comes byte by byte costs no more.
    scanned: usize,
    /// A head other than 101, while its body comes.
    refusal: Option<(Response, Body)>,
}

/// How the end of a refusal's body is known.
#[derive(Clone, Copy, Debug)]
struct Body {
    start: usize,
    length: BodyLength,
}

#[derive(Clone, Copy, Debug)]
enum BodyLength {
    Known(usize),
    Chunked,
    UntilEof,
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
            accept: accept_value(&key),
            subprotocols: config.subprotocols.clone(),
            deflate: config.deflate.clone(),
            agreed: None,
            max_head_bytes: config.max_head_bytes,
            scanned: 0,
            refusal: None,
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
            let response = parse_head(&received[..head_len])?;
            match response.status {
                101 => {
                    return self
                        .accept(response)
                        .map(|response| Progress::Open(response, head_len));
                }
                // RFC 9110 §15.2: any number of interim answers may come before the final one.
                100..=199 => {
                    self.scanned = 0;
                    return Ok(Progress::Interim(head_len));
                }
                _ => {
                    let length = body_length(&response);
                    self.refusal = Some((
                        response,
                        Body {
                            start: head_len,
                            length,
                        },
                    ));
                }
            }
        }
        self.gather_body(received, eof)
    }

    /// Returns the length of the head, its empty line included.
    fn find_head_end(&mut self, bytes: &[u8]) -> Result<Option<usize>, HandshakeError> {
        const END: &[u8] = b"\r\n\r\n";
        let limit = self.max_head_bytes;
        let from = self.scanned.saturating_sub(END.len() - 1).min(bytes.len());
        let end = bytes[from..]
            .windows(END.len())
            .position(|window| window == END)
            .map(|at| from + at + END.len());
        self.scanned = bytes.len();
        if end.unwrap_or(bytes.len()) > limit {
            return Err(HandshakeError::HeadTooLong { limit });
        }
        if !could_be_http(bytes) {
            return Err(HandshakeError::NotHttp);
        }
        Ok(end)
    }

    /// The checks of RFC 6455 §4.1 on the server's answer.
    fn accept(&mut self, response: Response) -> Result<Arc<Response>, HandshakeError> {
        let mut upgrades = response.all("Upgrade");
        let is_websocket = |value: &[u8]| value.trim_ascii().eq_ignore_ascii_case(b"websocket");
        if !upgrades.next().is_some_and(is_websocket) || upgrades.next().is_some() {
            return Err(HandshakeError::InvalidUpgrade);
        }
        if !response
            .list("Connection")
            .any(|name| name.eq_ignore_ascii_case(b"upgrade"))
        {
            return Err(HandshakeError::InvalidConnection);
        }
        // §11.3.3: the header "MUST NOT appear more than once in an HTTP response".
        let mut accepts = response.all("Sec-WebSocket-Accept");
        if accepts.next().map(<[u8]>::trim_ascii) != Some(self.accept.as_bytes())
            || accepts.next().is_some()
        {
            return Err(HandshakeError::InvalidAccept);
        }
        self.agreed = match &self.deflate {
            Some(deflate) => deflate.negotiate(response.all("Sec-WebSocket-Extensions"))?,
            None if response
                .list("Sec-WebSocket-Extensions")
                .any(|extension| !extension.is_empty()) =>
            {
                return Err(HandshakeError::UnexpectedExtension);
            }
            None => None,
        };
        // A server that picks none simply goes without; what it picks must be one of those offered, once.
        let mut chosen = response.all("Sec-WebSocket-Protocol");
        if let Some(name) = chosen.next() {
            let offered = self
                .subprotocols
                .iter()
                .any(|offer| offer.as_bytes() == name.trim_ascii());
            if !offered || chosen.next().is_some() {
                return Err(HandshakeError::UnexpectedSubprotocol);
            }
        }
        drop((upgrades, accepts, chosen));
        Ok(Arc::new(response))
    }

    fn gather_body(&mut self, received: &[u8], eof: bool) -> Result<Progress, HandshakeError> {
        let Some((response, body)) = &mut self.refusal else {
            return Ok(Progress::Partial);
        };
        let bytes = received.get(body.start..).unwrap_or_default();
        let wanted = match body.length {
            BodyLength::Known(length) => length.min(BODY_MAX),
            BodyLength::Chunked => {
                let end = bytes.windows(5).position(|window| window == b"0\r\n\r\n");
                end.map_or(BODY_MAX, |at| (at + 5).min(BODY_MAX))
            }
            BodyLength::UntilEof => BODY_MAX,
        };
        if bytes.len() < wanted && !eof {
            return Ok(Progress::Partial);
        }
        response.body = bytes[..wanted.min(bytes.len())].to_vec();
        Err(HandshakeError::Rejected(Arc::new(response.clone())))
    }
}

/// RFC 6455 §4.2.2: base64 of the SHA-1 of key and GUID.
fn accept_value(key: &str) -> String {
    let mut hash = sha1_smol::Sha1::new();
    hash.update(key.as_bytes());
    hash.update(ACCEPT_GUID.as_bytes());
    STANDARD.encode(hash.digest().bytes())
}

/// Tells a peer that speaks something else before it has sent a whole head.
fn could_be_http(bytes: &[u8]) -> bool {
    const START: &[u8] = b"HTTP/1.";
    bytes
        .iter()
        .zip(START)
        .all(|(byte, expected)| byte == expected)
}

fn parse_head(head: &[u8]) -> Result<Response, HandshakeError> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut parsed = httparse::Response::new(&mut headers);
    match parsed.parse(head) {
        Ok(httparse::Status::Complete(len)) if len == head.len() => {}
        Ok(_) => return Err(HandshakeError::NotHttp),
        Err(httparse::Error::TooManyHeaders) => {
            return Err(HandshakeError::TooManyHeaders { limit: HEADERS_MAX });
        }
        Err(_) => return Err(HandshakeError::NotHttp),
    }
    // RFC 6455 §4.1 asks for "HTTP/1.1 or higher" to open, and nothing higher has this form. Proxies refuse in HTTP/1.0.
    let (Some(version), Some(status)) = (parsed.version, parsed.code) else {
        return Err(HandshakeError::NotHttp);
    };
    if version == 0 && status < 200 {
        return Err(HandshakeError::NotHttp);
    }
    let headers = parsed
        .headers
        .iter()
        .map(|header| (header.name.to_owned(), header.value.to_vec()))
        .collect();
    Ok(Response {
        status,
        headers,
        body: Vec::new(),
    })
}

/// RFC 9112 §6.3, as far as it matters for a refusal.
fn body_length(response: &Response) -> BodyLength {
    if matches!(response.status, 204 | 304) {
        return BodyLength::Known(0);
    }
    if response.header("Transfer-Encoding").is_some() {
        return BodyLength::Chunked;
    }
    let length = response
        .header("Content-Length")
        .and_then(|value| std::str::from_utf8(value).ok());
    match length.and_then(|value| value.trim().parse().ok()) {
        Some(length) => BodyLength::Known(length),
        None => BodyLength::UntilEof,
    }
}

#[cfg(test)]
mod tests;
