//! The encoder: a request, checked as it is written into one piece of memory.

use std::fmt;
use std::io;
use std::time::Duration;

use http::Method;

use crate::chunk_writer::{self, ChunkWriter};
use crate::config::HttpConfig;
use crate::error::{Error, RequestError};
use crate::origin::Origin;
use crate::syntax::{has_control, is_origin_form, is_token, is_unreserved};
use crate::ticket::Ticket;

/// Where requests are written, one at a time. The memory is used again.
#[allow(unnameable_types, reason = "of a sealed trait")]
pub struct Desk {
    /// `Host` and the headers of every request.
    prefix: Vec<u8>,
    /// What is wrong with the prefix.
    prefix_error: Option<RequestError>,
    /// The request.
    pub(crate) bytes: Vec<u8>,
    /// A header's value that is made of the request.
    value: Vec<u8>,
    pub(crate) draft: Draft,
    limit: usize,
}

/// Says nothing of the request, which may hold a key.
impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk")
            .field("draft", &self.draft)
            .finish_non_exhaustive()
    }
}

/// What is known of the request besides its bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draft {
    error: Option<RequestError>,
    target: (usize, usize),
    is_target_open: bool,
    has_body: bool,
    wants_length: bool,
    /// Where the body starts that waits for `100 Continue`.
    pub(crate) body_start: usize,
    pub(crate) facts: RequestFacts,
}

/// What a connection has to know of a request.
#[derive(Clone, Copy, Debug)]
#[allow(unnameable_types, reason = "of a sealed trait")]
pub struct RequestFacts {
    pub(crate) is_head: bool,
    pub(crate) is_idempotent: bool,
    pub(crate) is_last: bool,
    pub(crate) is_upgrade: bool,
    pub(crate) is_streamed: bool,
    pub(crate) expects_continue: bool,
    /// Bytes that go out before the body that waits for `100 Continue`.
    pub(crate) head_len: usize,
    pub(crate) total_ns: u64,
    pub(crate) max_body: u64,
}

impl Desk {
    pub(crate) fn new(origin: &Origin, config: &HttpConfig) -> Self {
        let facts = RequestFacts {
            is_head: false,
            is_idempotent: false,
            is_last: false,
            is_upgrade: false,
            is_streamed: false,
            expects_continue: false,
            head_len: 0,
            total_ns: config.times.total_ns,
            max_body: config.limits.body_bytes,
        };
        let mut desk = Self {
            prefix: Vec::new(),
            prefix_error: (!origin.is_valid()).then_some(RequestError::InvalidHost),
            bytes: Vec::with_capacity(1024),
            value: Vec::new(),
            draft: Draft {
                error: None,
                target: (0, 0),
                is_target_open: false,
                has_body: false,
                wants_length: false,
                body_start: 0,
                facts,
            },
            limit: config.max_request_bytes,
        };
        desk.write_prefix(origin, config);
        desk
    }

    fn write_prefix(&mut self, origin: &Origin, config: &HttpConfig) {
        let mut prefix = format!(" HTTP/1.1\r\nHost: {origin}\r\n").into_bytes();
        for (name, value) in &config.headers {
            if let Err(error) = check_header(name.as_bytes(), value) {
                self.prefix_error.get_or_insert(error);
            }
            push_header(&mut prefix, name.as_bytes(), value);
        }
        self.prefix = prefix;
    }

    #[inline]
    fn start(&mut self, method: &Method, target: &str, config: RequestFacts) {
        self.bytes.clear();
        let name = method.as_str();
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.push(b' ');
        let start = self.bytes.len();
        self.bytes.extend_from_slice(target.as_bytes());
        let is_options = *method == Method::OPTIONS;
        let is_valid = is_origin_form(target.as_bytes()) || (is_options && target == "*");
        let mut error = self.prefix_error;
        if *method == Method::CONNECT {
            error.get_or_insert(RequestError::UnsupportedMethod);
        } else if !is_valid {
            error.get_or_insert(RequestError::InvalidTarget);
        }
        self.draft = Draft {
            error,
            target: (start, self.bytes.len()),
            is_target_open: true,
            has_body: false,
            // RFC 9110 §8.6: where the method has a meaning for a body, its absence is said.
            wants_length: matches!(*method, Method::POST | Method::PUT | Method::PATCH),
            body_start: 0,
            facts: RequestFacts {
                is_head: *method == Method::HEAD,
                is_idempotent: method.is_idempotent(),
                ..config
            },
        };
    }

    fn fail(&mut self, error: RequestError) {
        self.draft.error.get_or_insert(error);
    }

    /// Ends the request line.
    #[inline]
    fn close_target(&mut self) {
        if self.draft.is_target_open {
            self.draft.is_target_open = false;
            self.draft.target.1 = self.bytes.len();
            self.bytes.extend_from_slice(&self.prefix);
        }
    }

    fn query(&mut self, name: &str, value: &[u8]) {
        if !self.draft.is_target_open {
            return self.fail(RequestError::QueryAfterHeaders);
        }
        let has_query = self.target().contains(&b'?');
        self.bytes.push(if has_query { b'&' } else { b'?' });
        push_escaped(&mut self.bytes, name.as_bytes());
        self.bytes.push(b'=');
        push_escaped(&mut self.bytes, value);
    }

    #[inline]
    fn header(&mut self, name: &str, value: &[u8]) {
        self.close_target();
        match check_header(name.as_bytes(), value) {
            Ok(()) if !self.draft.has_body => push_header(&mut self.bytes, name.as_bytes(), value),
            // A header after the body would stand inside of it.
            Ok(()) => self.fail(RequestError::ReservedHeader),
            Err(error) => self.fail(error),
        }
    }

    /// A header of the client's own.
    fn own_header(&mut self, name: &str, value: &[u8]) {
        self.close_target();
        if self.draft.has_body {
            // What is not said to the server must not be counted on here.
            return self.fail(RequestError::ReservedHeader);
        }
        push_header(&mut self.bytes, name.as_bytes(), value);
    }

    #[inline]
    fn body(&mut self, body: &[u8]) {
        self.begin_body();
        self.bytes.extend_from_slice(b"Content-Length: ");
        push_number(&mut self.bytes, body.len());
        self.bytes.extend_from_slice(b"\r\n\r\n");
        self.draft.body_start = self.bytes.len();
        // A body that is too long is refused before it is copied.
        if self.bytes.len().saturating_add(body.len()) > self.limit {
            return self.fail(RequestError::TooLong(self.limit));
        }
        self.bytes.extend_from_slice(body);
    }

    fn body_with(&mut self, write: impl FnOnce(&mut BodyWriter<'_>)) {
        self.begin_body();
        self.bytes.extend_from_slice(b"Content-Length: ");
        let digits = self.bytes.len();
        // Room for the longest length; what a shorter one leaves is closed when it is known.
        const ROOM: usize = 20;
        self.bytes.extend_from_slice(&[b' '; ROOM]);
        self.bytes.extend_from_slice(b"\r\n\r\n");
        let start = self.bytes.len();
        write(&mut BodyWriter(&mut self.bytes));
        let len = self.bytes.len() - start;
        let text = Digits::of(len);
        let text = text.as_slice();
        let gap = ROOM - text.len();
        if let Some(place) = self.bytes.get_mut(digits..digits + text.len()) {
            place.copy_from_slice(text);
        }
        self.bytes.copy_within(digits + ROOM.., digits + text.len());
        self.bytes.truncate(self.bytes.len() - gap);
        self.draft.body_start = start - gap;
    }

    fn chunked(&mut self, write: impl FnOnce(&mut ChunkWriter<'_>)) {
        self.begin_body();
        let start = self.bytes.len();
        self.bytes
            .extend_from_slice(b"Transfer-Encoding: chunked\r\n\r\n");
        self.draft.body_start = self.bytes.len();
        let mut trailers = std::mem::take(&mut self.value);
        trailers.clear();
        let mut writer = ChunkWriter::new(&mut self.bytes, &mut trailers, self.limit);
        write(&mut writer);
        if let Err(error) = writer.finish() {
            self.fail(error);
        }
        if !trailers.is_empty() {
            // Only now it is known which there are.
            let end = self.bytes.len();
            chunk_writer::push_announcement(&trailers, &mut self.bytes);
            let length = self.bytes.len() - end;
            self.draft.body_start += length;
            self.bytes[start..].rotate_right(length);
        }
        self.value = trailers;
    }

    fn begin_body(&mut self) {
        self.close_target();
        if self.draft.has_body {
            // Two bodies: the second would be taken for another request.
            self.fail(RequestError::ReservedHeader);
        }
        self.draft.has_body = true;
    }

    fn sign(&mut self, name: &str, body: &[u8], sign: impl FnOnce(Unsigned<'_>, &mut Vec<u8>)) {
        self.close_target();
        let mut value = std::mem::take(&mut self.value);
        value.clear();
        sign(
            Unsigned {
                target: self.target(),
                body,
            },
            &mut value,
        );
        self.header(name, &value);
        self.value = value;
        self.body(body);
    }

    fn target(&self) -> &[u8] {
        let (start, end) = self.draft.target;
        let end = if self.draft.is_target_open {
            self.bytes.len()
        } else {
            end
        };
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// Ends the request; its bytes are ready to be sent then.
    #[inline]
    fn finish(&mut self) -> Result<(), RequestError> {
        if !self.draft.has_body {
            self.close_target();
            if self.draft.wants_length {
                self.bytes.extend_from_slice(b"Content-Length: 0\r\n");
            }
            self.bytes.extend_from_slice(b"\r\n");
            self.draft.body_start = self.bytes.len();
        }
        let facts = &mut self.draft.facts;
        facts.expects_continue &= self.draft.body_start < self.bytes.len();
        facts.head_len = if facts.expects_continue {
            self.draft.body_start
        } else {
            self.bytes.len()
        };
        if self.bytes.len() > self.limit {
            self.fail(RequestError::TooLong(self.limit));
        }
        self.draft.error.map_or(Ok(()), Err)
    }
}

/// A request while it is written. Nothing of it is sent before [`submit`](Self::submit), and nothing at all where something is
/// wrong with it, which `submit` tells.
///
/// The order is that of the wire: query, headers, body.
///
/// # Examples
///
/// ```
/// use boom_http::{Connection, HttpConfig, Method, Origin};
/// use std::time::Duration;
///
/// let mut connection = Connection::new(&Origin::secure("api.example.com", 443), &HttpConfig::new());
/// let ticket = connection
///     .request(Method::POST, "/v3/order")
///     .query("symbol", "BTCUSDT")
///     .header("X-MBX-APIKEY", "4711")
///     .timeout(Duration::from_millis(500))
///     .body(br#"{"qty":1}"#)
///     .submit(0)?;
/// assert_eq!(
///     connection.outgoing(),
///     b"POST /v3/order?symbol=BTCUSDT HTTP/1.1\r\nHost: api.example.com\r\nX-MBX-APIKEY: 4711\r\n\
///       Content-Length: 9\r\n\r\n{\"qty\":1}",
/// );
/// # let _ = ticket;
/// # Ok::<(), boom_http::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "nothing is sent before `submit`"]
pub struct RequestBuilder<'a, T: Sender> {
    pub(crate) sender: &'a mut T,
}

/// What a request can be sent by: [`HttpClient`](crate::HttpClient), [`HttpConnection`](crate::HttpConnection) and
/// [`Connection`](crate::Connection).
///
/// # Examples
///
/// ```
/// use boom_http::{Error, Method, Sender, Ticket};
///
/// fn cancel_order(sender: &mut impl Sender, now_ns: u64) -> Result<Ticket, Error> {
///     sender.request(Method::DELETE, "/v3/order").query("orderId", "7").submit(now_ns)
/// }
/// # let mut connection = boom_http::Connection::new(&boom_http::Origin::new("localhost", 80), &Default::default());
/// # cancel_order(&mut connection, 0)?;
/// # Ok::<(), Error>(())
/// ```
pub trait Sender: Sized + sealed::Desked {
    /// Begins a request.
    fn request(&mut self, method: Method, target: &str) -> RequestBuilder<'_, Self>;
}

impl<T: sealed::Desked> Sender for T {
    #[inline]
    fn request(&mut self, method: Method, target: &str) -> RequestBuilder<'_, Self> {
        let defaults = self.defaults();
        self.desk().start(&method, target, defaults);
        RequestBuilder { sender: self }
    }
}

pub(crate) mod sealed {
    #![allow(unnameable_types, reason = "nobody else is to implement it")]

    use super::{Desk, RequestFacts};
    use crate::error::Error;
    use crate::ticket::Ticket;

    pub trait Desked {
        fn desk(&mut self) -> &mut Desk;
        fn defaults(&self) -> RequestFacts;
        fn submit_draft(&mut self, now_ns: u64) -> Result<Ticket, Error>;
    }
}

/// What a signature is made of: the bytes as they are sent.
///
/// # Examples
///
/// See [`RequestBuilder::signed_body`].
#[derive(Clone, Copy, Debug)]
pub struct Unsigned<'a> {
    /// Path and query.
    pub target: &'a [u8],
    /// The body.
    pub body: &'a [u8],
}

/// Appends to the body of a request.
///
/// # Examples
///
/// See [`RequestBuilder::body_with`].
pub struct BodyWriter<'a>(&'a mut Vec<u8>);

impl fmt::Debug for BodyWriter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodyWriter").finish_non_exhaustive()
    }
}

/// Never fails.
impl io::Write for BodyWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<T: Sender> RequestBuilder<'_, T> {
    /// Appends a parameter to the query, percent-encoded.
    #[inline]
    pub fn query(self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.sender.desk().query(name, value.as_ref());
        self
    }

    /// Path and query as they are sent, for a signature over them.
    pub fn target(&mut self) -> &[u8] {
        self.sender.desk().target()
    }

    /// Appends a header.
    #[inline]
    pub fn header(self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.sender.desk().header(name, value.as_ref());
        self
    }

    /// Appends the body and its `Content-Length`.
    #[inline]
    pub fn body(self, body: impl AsRef<[u8]>) -> Self {
        self.sender.desk().body(body.as_ref());
        self
    }

    /// Lets the body be written where it is sent from, without a copy.
    ///
    /// # Examples
    ///
    /// ```
    /// use boom_http::{Connection, HttpConfig, Method, Origin};
    /// use std::io::Write;
    ///
    /// let mut connection = Connection::new(&Origin::new("localhost", 80), &HttpConfig::new());
    /// let quantity = 17;
    /// connection
    ///     .request(Method::POST, "/order")
    ///     .body_with(|body| _ = write!(body, r#"{{"qty":{quantity}}}"#))
    ///     .submit(0)?;
    /// assert!(connection.outgoing().ends_with(b"\r\nContent-Length: 10\r\n\r\n{\"qty\":17}"));
    /// # Ok::<(), boom_http::Error>(())
    /// ```
    pub fn body_with(self, write: impl FnOnce(&mut BodyWriter<'_>)) -> Self {
        self.sender.desk().body_with(write);
        self
    }

    /// Appends the body in chunks (RFC 9112 §7.1), for one whose length is not known before it is made.
    pub fn chunks<'c>(self, chunks: impl IntoIterator<Item = &'c [u8]>) -> Self {
        self.chunked(|body| {
            for chunk in chunks {
                body.chunk(chunk);
            }
        })
    }

    /// As [`chunks`](Self::chunks), with extensions of chunks and with trailers, which carry what is known only of the whole
    /// body, as a sum over it.
    ///
    /// # Examples
    ///
    /// ```
    /// use boom_http::{Connection, HttpConfig, Method, Origin};
    ///
    /// let mut connection = Connection::new(&Origin::new("localhost", 80), &HttpConfig::new());
    /// connection
    ///     .request(Method::POST, "/orders")
    ///     .chunked(|body| {
    ///         body.chunk("qty=1");
    ///         body.chunk_with("qty=2", &[("key", "a b")]);
    ///         body.trailer("X-Sum", "3");
    ///     })
    ///     .submit(0)?;
    /// assert_eq!(
    ///     connection.outgoing(),
    ///     b"POST /orders HTTP/1.1\r\nHost: localhost\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n\
    ///       5\r\nqty=1\r\n5;key=\"a b\"\r\nqty=2\r\n0\r\nX-Sum: 3\r\n\r\n",
    /// );
    /// # Ok::<(), boom_http::Error>(())
    /// ```
    pub fn chunked(self, write: impl FnOnce(&mut ChunkWriter<'_>)) -> Self {
        self.sender.desk().chunked(write);
        self
    }

    /// Appends a header whose value is made of the bytes that are sent, and then the body.
    ///
    /// # Examples
    ///
    /// ```
    /// use boom_http::{Connection, HttpConfig, Method, Origin};
    /// use std::io::Write;
    ///
    /// let mut connection = Connection::new(&Origin::new("localhost", 80), &HttpConfig::new());
    /// connection
    ///     .request(Method::POST, "/order")
    ///     .signed_body("X-Signature", b"qty=1", |unsigned, value| {
    ///         // An HMAC, usually.
    ///         let sum: u32 = unsigned.target.iter().chain(unsigned.body).map(|byte| u32::from(*byte)).sum();
    ///         _ = write!(value, "{sum:08x}");
    ///     })
    ///     .submit(0)?;
    /// assert!(connection.outgoing().ends_with(b"X-Signature: 00000417\r\nContent-Length: 5\r\n\r\nqty=1"));
    /// # Ok::<(), boom_http::Error>(())
    /// ```
    pub fn signed_body(
        self,
        name: &str,
        body: impl AsRef<[u8]>,
        sign: impl FnOnce(Unsigned<'_>, &mut Vec<u8>),
    ) -> Self {
        self.sender.desk().sign(name, body.as_ref(), sign);
        self
    }

    /// Limits the time from `submit` to the whole answer.
    #[inline]
    pub fn timeout(self, timeout: Duration) -> Self {
        let nanoseconds = u64::try_from(timeout.as_nanos()).unwrap_or(u64::MAX);
        self.sender.desk().draft.facts.total_ns = nanoseconds;
        self
    }

    /// Limits the body of the answer.
    #[inline]
    pub fn max_body_bytes(self, bytes: u64) -> Self {
        self.sender.desk().draft.facts.max_body = bytes;
        self
    }

    /// Gives the body of the answer to [`Visitor::body`](crate::Visitor::body) as it comes, instead of keeping it until it
    /// is whole.
    pub fn streamed(self) -> Self {
        self.sender.desk().draft.facts.is_streamed = true;
        self
    }

    /// Asks for `100 Continue` (RFC 9110 §10.1.1) and holds the body back until it comes, or until
    /// [`HttpConfig::with_continue_timeout`] has passed. Another answer that comes first is the outcome, and the body is
    /// never sent.
    pub fn expect_continue(self) -> Self {
        let desk = self.sender.desk();
        desk.own_header("Expect", b"100-continue");
        desk.draft.facts.expects_continue = true;
        self
    }

    /// Tells the server that no request follows on this connection.
    pub fn close(self) -> Self {
        let desk = self.sender.desk();
        desk.own_header("Connection", b"close");
        desk.draft.facts.is_last = true;
        self
    }

    /// Asks to go on with another protocol. With the answer 101 the connection belongs to that.
    pub fn upgrade(self, protocol: &str) -> Self {
        let desk = self.sender.desk();
        if !protocol
            .bytes()
            .all(|byte| byte == b'/' || is_token(&[byte]))
            || protocol.is_empty()
        {
            desk.fail(RequestError::InvalidHeaderValue);
        }
        desk.own_header("Connection", b"Upgrade");
        desk.own_header("Upgrade", protocol.as_bytes());
        desk.draft.facts.is_upgrade = true;
        self
    }

    /// Says that this request may be made twice although its method does not promise it, as one may with an order
    /// that has a key by which the server tells.
    pub fn idempotent(self) -> Self {
        self.sender.desk().draft.facts.is_idempotent = true;
        self
    }

    /// Sends the request, or queues it, and returns what its outcome will be told by. `now_ns` is the time on the clock of
    /// [`poll`](crate::HttpClient::poll).
    ///
    /// # Errors
    ///
    /// What is wrong with the request, or that there is no room for it. Nothing was sent.
    #[inline]
    pub fn submit(self, now_ns: u64) -> Result<Ticket, Error> {
        self.sender.desk().finish().map_err(Error::unsent)?;
        self.sender.submit_draft(now_ns)
    }
}

#[inline]
pub(crate) fn check_header(name: &[u8], value: &[u8]) -> Result<(), RequestError> {
    if !is_token(name) {
        return Err(RequestError::InvalidHeaderName);
    }
    if has_control(value) {
        return Err(RequestError::InvalidHeaderValue);
    }
    if is_reserved(name) {
        return Err(RequestError::ReservedHeader);
    }
    Ok(())
}

/// The headers that say how the message is framed, which the client writes itself.
#[inline]
fn is_reserved(name: &[u8]) -> bool {
    let is = |other: &str| name.eq_ignore_ascii_case(other.as_bytes());
    match name.len() {
        2 => is("TE"),
        4 => is("Host"),
        6 => is("Expect"),
        7 => is("Upgrade") || is("Trailer"),
        10 => is("Connection") || is("Keep-Alive"),
        14 => is("Content-Length"),
        16 => is("Proxy-Connection"),
        17 => is("Transfer-Encoding"),
        _ => false,
    }
}

#[inline]
pub(crate) fn push_header(bytes: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    bytes.reserve(name.len() + value.len() + 4);
    bytes.extend_from_slice(name);
    bytes.extend_from_slice(b": ");
    bytes.extend_from_slice(value);
    bytes.extend_from_slice(b"\r\n");
}

fn push_escaped(bytes: &mut Vec<u8>, text: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text {
        if is_unreserved(*byte) {
            bytes.push(*byte);
        } else {
            let (high, low) = (
                DIGITS[usize::from(byte >> 4)],
                DIGITS[usize::from(byte & 15)],
            );
            bytes.extend_from_slice(&[b'%', high, low]);
        }
    }
}

fn push_number(bytes: &mut Vec<u8>, number: usize) {
    bytes.extend_from_slice(Digits::of(number).as_slice());
}

pub(crate) fn push_hexadecimal(bytes: &mut Vec<u8>, number: usize) {
    // Writing to a vector does not fail.
    let _ = io::Write::write_fmt(bytes, format_args!("{number:x}"));
}

/// The decimal digits of a number.
struct Digits {
    text: [u8; 20],
    start: usize,
}

impl Digits {
    fn of(mut number: usize) -> Self {
        let mut digits = Self {
            text: [b'0'; 20],
            start: 20,
        };
        for place in digits.text.iter_mut().rev() {
            *place = b'0' + (number % 10) as u8;
            digits.start -= 1;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        digits
    }

    fn as_slice(&self) -> &[u8] {
        self.text.get(self.start..).unwrap_or_default()
    }
}
