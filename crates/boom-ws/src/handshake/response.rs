//! The server's answer.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use crate::error::HandshakeError;

/// A server's answer to the handshake: status, headers, and for a refusal the start of the body.
///
/// # Examples
///
/// ```no_run
/// use boom_ws::{Error, HandshakeError, Refusal, Websocket};
/// # fn f(ws: &mut Websocket<std::net::TcpStream>) {
/// if let Err(Error::Handshake(HandshakeError::Rejected(response))) = ws.read_batch() {
///     match response.refusal() {
///         Some(Refusal::TooManyRequests) => eprintln!("wait: {:?}", response.retry_after()),
///         Some(Refusal::Redirect) => eprintln!("moved to {:?}", response.location()),
///         _ => eprintln!("{}: {}", response.status(), String::from_utf8_lossy(response.body())),
///     }
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

    /// What kind of refusal it is; `None` for the 101 that opens a connection.
    pub const fn refusal(&self) -> Option<Refusal> {
        Some(match self.status {
            101 => return None,
            300..=399 => Refusal::Redirect,
            401 => Refusal::Unauthorized,
            403 => Refusal::Forbidden,
            429 => Refusal::TooManyRequests,
            503 => Refusal::Unavailable,
            _ => Refusal::Other,
        })
    }

    /// The first header of that name; the case of the name does not matter.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        self.header_values(name).next()
    }

    /// The values of all headers of that name, in the order received.
    pub fn header_values<'a, 'n>(
        &'a self,
        name: &'n str,
    ) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n> {
        self.headers()
            .filter(move |(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// All headers in the order received, each value without the whitespace around it and with its line folds (RFC 9112
    /// §5.2) made spaces.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_slice()))
    }

    /// The subprotocol that the server has chosen of those offered.
    pub fn subprotocol(&self) -> Option<&str> {
        self.text("Sec-WebSocket-Protocol")
    }

    /// Where a redirection points to, as it stands: it may be relative to the address asked.
    ///
    /// Redirections are not followed. Where one is, decide first whether credentials may go there.
    pub fn location(&self) -> Option<&str> {
        self.text("Location")
    }

    /// When to try again (RFC 9110 §10.2.3); `None` where the server does not say or says it in no valid form.
    pub fn retry_after(&self) -> Option<RetryAfter> {
        let value = self.text("Retry-After")?;
        if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_digit()) {
            return httpdate::parse_http_date(value).ok().map(RetryAfter::At);
        }
        // Too many digits are no less of a delay.
        let seconds = value.parse().unwrap_or(DELAY_SECONDS_MAX);
        Some(RetryAfter::Delay(Duration::from_secs(
            seconds.min(DELAY_SECONDS_MAX),
        )))
    }

    /// The first bytes of the body, at most 4 KiB, taken out of its chunks where it is chunked.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    pub(super) fn set_body(&mut self, body: Vec<u8>) {
        self.body = body;
    }

    fn text(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.header(name)?).ok()
    }

    /// The elements of a comma-separated header, over all its lines (RFC 9110 §5.6.1).
    pub(super) fn list<'a, 'n>(
        &'a self,
        name: &'n str,
    ) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n> {
        self.header_values(name)
            .flat_map(|value| value.split(|byte| *byte == b','))
            .map(<[u8]>::trim_ascii)
    }
}

/// What kind of refusal an answer is, by its status.
///
/// # Examples
///
/// ```
/// use boom_ws::{Refusal, Response};
///
/// fn needs_a_new_token(response: &Response) -> bool {
///     matches!(response.refusal(), Some(Refusal::Unauthorized | Refusal::Forbidden))
/// }
/// # let _ = needs_a_new_token;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// 3xx: the resource is elsewhere, at [`Response::location`].
    Redirect,
    /// 401: the server wants credentials; the `WWW-Authenticate` headers say which.
    Unauthorized,
    /// 403: the server does not want this caller.
    Forbidden,
    /// 429: too many requests; [`Response::retry_after`] may say until when.
    TooManyRequests,
    /// 503: the server is overloaded or down for a while; [`Response::retry_after`] may say until when.
    Unavailable,
    /// Any other status.
    Other,
}

/// When to try again (RFC 9110 §10.2.3).
///
/// # Examples
///
/// ```
/// use boom_ws::RetryAfter;
/// use std::time::{Duration, SystemTime};
///
/// let now = SystemTime::now();
/// let minute = Duration::from_secs(60);
/// assert_eq!(RetryAfter::Delay(minute).delay_from(now), minute);
/// assert_eq!(RetryAfter::At(now + minute).delay_from(now), minute);
/// // A time that has passed.
/// assert_eq!(RetryAfter::At(now).delay_from(now + minute), Duration::ZERO);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// So long after the answer. More than 2^31 seconds are told as 2^31.
    Delay(Duration),
    /// At this time of the server's clock.
    At(SystemTime),
}

impl RetryAfter {
    /// How long to wait for it, where it is `now`.
    pub fn delay_from(self, now: SystemTime) -> Duration {
        match self {
            Self::Delay(delay) => delay,
            Self::At(time) => time.duration_since(now).unwrap_or_default(),
        }
    }
}

/// RFC 9111 §1.2.2: what stands for a number of seconds that is too large. It can be added to any time.
const DELAY_SECONDS_MAX: u64 = 1 << 31;

/// A head, and whether it was sent in HTTP/1.0.
pub(super) struct Head {
    pub(super) response: Response,
    pub(super) is_http_1_0: bool,
}

/// Parses a head that ends with its empty line.
pub(super) fn parse_head(head: &[u8], max_headers: usize) -> Result<Head, HandshakeError> {
    // The folds of lines and the status line make it more than are needed, the limit makes it enough.
    let lines = head.iter().filter(|byte| **byte == b'\n').count();
    let mut headers = vec![httparse::EMPTY_HEADER; lines.min(max_headers)];
    let mut parsed = httparse::Response::new(&mut headers);
    let outcome = httparse::ParserConfig::default()
        .allow_obsolete_multiline_headers_in_responses(true)
        .parse_response(&mut parsed, head);
    match outcome {
        Ok(httparse::Status::Complete(len)) if len == head.len() => {}
        Err(httparse::Error::TooManyHeaders) => {
            return Err(HandshakeError::TooManyHeaders { limit: max_headers });
        }
        Ok(_) | Err(_) => return Err(HandshakeError::NotHttp),
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
        .map(|header| (header.name.to_owned(), unfold(header.value).into_owned()))
        .collect();
    Ok(Head {
        response: Response {
            status,
            headers,
            body: Vec::new(),
        },
        is_http_1_0: version == 0,
    })
}

/// RFC 9112 §5.2: a user agent "MUST replace each received obs-fold with one or more SP octets".
fn unfold(value: &[u8]) -> Cow<'_, [u8]> {
    let value = value.trim_ascii();
    if !value.contains(&b'\n') {
        return Cow::Borrowed(value);
    }
    let lines: Vec<&[u8]> = value
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty())
        .collect();
    Cow::Owned(lines.join(&b' '))
}
