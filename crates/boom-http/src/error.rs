//! What can go wrong with a request, and what the server may have got of it.

use std::fmt;
use std::io;

/// How much of a request has left this side.
///
/// It never says less than is true: what a stream has taken counts as sent, whether or not it reached the server, and so
/// does what a stream that encrypts was given by a write that failed.
///
/// # Examples
///
/// ```
/// use boom_http::Sent;
///
/// // Whether an order may exist at the server.
/// fn may_exist(sent: Sent) -> bool {
///     sent == Sent::All
/// }
/// assert!(!may_exist(Sent::Nothing));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sent {
    /// Not a byte: the server cannot know of the request, and it can be made again.
    Nothing,
    /// Some of it: no server that keeps the rules acts on half a request, but it has seen that there was one.
    Partial,
    /// All of it: the server may have acted on it.
    All,
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "nothing of the request was sent",
            Self::Partial => "the request was sent in part",
            Self::All => "the request was sent",
        })
    }
}

/// Why a request has no answer, and how much of it was sent.
///
/// # Examples
///
/// ```
/// use boom_http::{Error, Reason, Sent};
///
/// fn must_ask_for_the_state_of_the_order(error: &Error) -> bool {
///     error.sent == Sent::All
/// }
///
/// let error = Error { reason: Reason::Closed, sent: Sent::All };
/// assert!(must_ask_for_the_state_of_the_order(&error));
/// assert_eq!(error.to_string(), "the connection ended before the answer; the request was sent");
/// ```
#[derive(Debug, thiserror::Error)]
#[error("{reason}; {sent}")]
pub struct Error {
    /// Why there is no answer.
    #[source]
    pub reason: Reason,
    /// How much of the request was sent.
    pub sent: Sent,
}

const _: () = assert!(size_of::<Error>() <= 32);

impl Error {
    pub(crate) fn unsent(reason: impl Into<Reason>) -> Self {
        Self {
            reason: reason.into(),
            sent: Sent::Nothing,
        }
    }
}

impl Error {
    /// The connection ended, and nothing was wrong with what came by it.
    pub(crate) const fn is_end(&self) -> bool {
        matches!(
            self.reason,
            Reason::Io(_) | Reason::Closed | Reason::Abandoned
        )
    }
}

impl From<Error> for io::Error {
    /// Keeps the error as the source.
    fn from(error: Error) -> Self {
        let kind = match &error.reason {
            Reason::Io(error) => error.kind(),
            Reason::Closed => io::ErrorKind::UnexpectedEof,
            Reason::Protocol(_) | Reason::Limit(_) => io::ErrorKind::InvalidData,
            Reason::TimedOut(_) => io::ErrorKind::TimedOut,
            Reason::Request(_) => io::ErrorKind::InvalidInput,
            Reason::Busy => io::ErrorKind::WouldBlock,
            Reason::Abandoned => io::ErrorKind::ConnectionAborted,
        };
        Self::new(kind, error)
    }
}

/// Why a request has no answer.
///
/// After [`Request`](Self::Request) and [`Busy`](Self::Busy) the connections are as before; after any other the one that
/// carried the request is closed.
///
/// # Examples
///
/// ```
/// use boom_http::{Reason, Timeout};
///
/// assert_eq!(Reason::TimedOut(Timeout::FirstByte).to_string(), "no first byte of the answer in time");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// The connection could not be made, or its stream failed.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The connection ended before the answer, or inside of it.
    #[error("the connection ended before the answer")]
    Closed,
    /// The server broke the protocol.
    #[error("protocol error: {0}")]
    Protocol(#[from] ProtocolError),
    /// The answer is larger than the limit.
    #[error("{0}")]
    Limit(#[from] Limit),
    /// Something took too long.
    #[error("{0}")]
    TimedOut(#[from] Timeout),
    /// The request cannot be sent as it was asked for.
    #[error("{0}")]
    Request(#[from] RequestError),
    /// No connection is free and no more requests may wait.
    #[error("no connection is free and no more requests may wait")]
    Busy,
    /// The connection was closed because another request on it was cancelled or failed.
    #[error("the connection was closed for another request")]
    Abandoned,
}

impl Reason {
    /// The same fact once more, for each of the requests that it ends.
    pub(crate) fn again(&self) -> Self {
        match self {
            Self::Io(error) => Self::Io(error.kind().into()),
            Self::Closed => Self::Closed,
            Self::Protocol(error) => Self::Protocol(*error),
            Self::Limit(limit) => Self::Limit(*limit),
            Self::TimedOut(timeout) => Self::TimedOut(*timeout),
            Self::Request(error) => Self::Request(*error),
            Self::Busy => Self::Busy,
            Self::Abandoned => Self::Abandoned,
        }
    }
}

/// What rule of RFC 9112 the server broke.
///
/// # Examples
///
/// ```
/// use boom_http::{ProtocolError, ResponseDecoder};
///
/// let mut head = *b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n";
/// let error = ResponseDecoder::default().advance(&mut head, false).unwrap_err();
/// assert!(matches!(error, boom_http::Reason::Protocol(ProtocolError::RepeatedContentLength)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProtocolError {
    /// §4: the first line is no status line of HTTP/1.0 or HTTP/1.1.
    #[error("the first line is no status line of HTTP/1")]
    InvalidStatusLine,
    /// §5.1: a field's name is empty, is no token, or has white space before its colon.
    #[error("a field's name is malformed")]
    InvalidFieldName,
    /// RFC 9110 §5.5: a field's value holds a control character.
    #[error("a field's value holds a control character")]
    InvalidFieldValue,
    /// §2.2: a CR that no LF follows.
    #[error("a bare CR")]
    BareCarriageReturn,
    /// §5.2: a folded line follows the status line, or a field that says how long the body is.
    #[error("a folded line where none may be")]
    InvalidFold,
    /// §6.3: `Content-Length` is no number.
    #[error("Content-Length is no number")]
    InvalidContentLength,
    /// §6.3: `Content-Length` stands twice or is a list.
    #[error("Content-Length stands twice")]
    RepeatedContentLength,
    /// §6.1: a transfer coding other than one `chunked`, which was not asked for.
    #[error("a transfer coding that was not asked for")]
    UnsupportedTransferCoding,
    /// §6.1: `Transfer-Encoding` in HTTP/1.0, whose framing is faulty then.
    #[error("Transfer-Encoding in HTTP/1.0")]
    TransferEncodingInHttp10,
    /// §7.1: a chunk's size is no hexadecimal number, or is followed by what is no extension.
    #[error("a chunk's size line is malformed")]
    InvalidChunkSize,
    /// §7.1: a chunk does not end where its size says.
    #[error("a chunk does not end where its size says")]
    InvalidChunkEnd,
    /// RFC 9110 §15.2.2: 101 where no upgrade was asked for.
    #[error("101 where no upgrade was asked for")]
    UnexpectedUpgrade,
    /// An answer came before anything of its request was sent.
    #[error("an answer to a request that was not sent")]
    UnsolicitedAnswer,
    /// §8: the connection ended inside an answer.
    #[error("the answer is cut short")]
    Truncated,
}

/// Which limit an answer would exceed, and where it stands.
///
/// # Examples
///
/// ```
/// use boom_http::Limit;
///
/// assert_eq!(Limit::Headers(128).to_string(), "more than 128 headers");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Limit {
    /// [`HttpConfig::with_max_head_bytes`](crate::HttpConfig::with_max_head_bytes).
    #[error("a head of more than {0} bytes")]
    Head(usize),
    /// [`HttpConfig::with_max_headers`](crate::HttpConfig::with_max_headers).
    #[error("more than {0} headers")]
    Headers(usize),
    /// [`HttpConfig::with_max_chunk_line_bytes`](crate::HttpConfig::with_max_chunk_line_bytes).
    #[error("a chunk's size line of more than {0} bytes")]
    ChunkLine(usize),
    /// [`HttpConfig::with_max_trailer_bytes`](crate::HttpConfig::with_max_trailer_bytes).
    #[error("trailers of more than {0} bytes")]
    Trailers(usize),
    /// [`HttpConfig::with_max_interim`](crate::HttpConfig::with_max_interim).
    #[error("more than {0} interim responses")]
    Interim(usize),
    /// [`HttpConfig::with_max_body_bytes`](crate::HttpConfig::with_max_body_bytes), or the request's own.
    #[error("a body of more than {0} bytes")]
    Body(u64),
}

/// What took too long.
///
/// # Examples
///
/// ```
/// use boom_http::Timeout;
///
/// assert_eq!(Timeout::Connect.to_string(), "no connection in time");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Timeout {
    /// [`HttpConfig::with_connect_timeout`](crate::HttpConfig::with_connect_timeout).
    #[error("no connection in time")]
    Connect,
    /// [`HttpConfig::with_tls_timeout`](crate::HttpConfig::with_tls_timeout).
    #[error("no TLS in time")]
    Tls,
    /// [`HttpConfig::with_write_timeout`](crate::HttpConfig::with_write_timeout).
    #[error("the request was not taken in time")]
    Write,
    /// [`HttpConfig::with_first_byte_timeout`](crate::HttpConfig::with_first_byte_timeout).
    #[error("no first byte of the answer in time")]
    FirstByte,
    /// [`HttpConfig::with_idle_timeout`](crate::HttpConfig::with_idle_timeout).
    #[error("the answer stopped coming")]
    Idle,
    /// [`HttpConfig::with_timeout`](crate::HttpConfig::with_timeout), or the request's own.
    #[error("no whole answer in time")]
    Total,
}

/// Why a request cannot be sent as it was asked for. Nothing of it was.
///
/// # Examples
///
/// ```
/// use boom_http::{Connection, HttpConfig, Method, Origin, Reason, RequestError};
///
/// let mut connection = Connection::new(&Origin::new("localhost", 80), &HttpConfig::new());
/// let request = connection.request(Method::GET, "/").header("X-Id", "1\r\nX-Admin: 1");
/// let error = request.submit(0).unwrap_err();
/// assert!(matches!(error.reason, Reason::Request(RequestError::InvalidHeaderValue)));
/// assert!(connection.outgoing().is_empty());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// `CONNECT`, which asks a proxy for something else than an answer.
    #[error("CONNECT is no request to an origin")]
    UnsupportedMethod,
    /// The target does not begin with `/` (or is not `*` of `OPTIONS`), or holds what RFC 3986 has no place for.
    #[error("the target holds a character that it may not hold")]
    InvalidTarget,
    /// The origin's host holds what a host may not hold.
    #[error("the host holds a character that it may not hold")]
    InvalidHost,
    /// A header's name is no token.
    #[error("a header's name is no token")]
    InvalidHeaderName,
    /// A header's value holds a line end or another control character.
    #[error("a header's value holds a control character")]
    InvalidHeaderValue,
    /// A header that the client writes itself: `Host`, `Connection`, `Content-Length`, `Transfer-Encoding` and their like.
    #[error("the client writes this header itself")]
    ReservedHeader,
    /// RFC 9110 §6.5.1: a trailer that is of use only before the body.
    #[error("this field may not be a trailer")]
    ForbiddenTrailer,
    /// RFC 9112 §7.1.1: a chunk's extension whose name is no token, or whose value holds a control character.
    #[error("a chunk's extension is malformed")]
    InvalidChunkExtension,
    /// The query was given after a header or a body.
    #[error("the query comes before the headers")]
    QueryAfterHeaders,
    /// The request is longer than [`HttpConfig::with_max_request_bytes`](crate::HttpConfig::with_max_request_bytes).
    #[error("the request is longer than {0} bytes")]
    TooLong(usize),
    /// A blocking `send` while other requests are under way, whose outcomes it could not tell.
    #[error("other requests are under way")]
    RequestsUnderWay,
}
