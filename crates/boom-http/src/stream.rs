//! The adapter: moves bytes between one connection and its stream.

use std::io::{self, ErrorKind, Read, Write};
use std::sync::Arc;

use boom_stream::{Layer, Phase, Socket};
use http::Method;

use crate::config::HttpConfig;
use crate::connection::{Connection, Exchange};
use crate::error::{Error, Reason, Sent};
use crate::origin::Origin;
use crate::request::sealed::Desked;
use crate::request::{Desk, RequestBuilder, RequestFacts, Sender};
use crate::response::Response;
use crate::ticket::Ticket;
use crate::visitor::{Outcomes, Visitor};

/// One connection over a non-blocking stream, for those who keep it elsewhere than in an [`HttpClient`](crate::HttpClient): as the
/// target of an endpoint in a service, say.
///
/// `submit` encodes the request and writes it at once, in one write; [`poll`](Self::poll) sends what the stream did not take,
/// reads once, and tells the outcomes.
///
/// # Examples
///
/// ```no_run
/// use boom_http::{HttpConfig, HttpConnection, IntoHttp, Method};
/// use boom_stream::{MonotonicClock, TimeSource, tcp::TcpStream};
///
/// let clock = MonotonicClock::default();
/// let mut http = TcpStream::try_from(("localhost", 8080))?.into_http();
/// let ticket = http.request(Method::GET, "/time").submit(clock.now_ns())?;
/// while http.under_way() > 0 {
///     http.poll(clock.now_ns(), |answered, outcome| {
///         assert_eq!(answered, ticket);
///         println!("{:?}", outcome.map(|response| response.status()));
///     });
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct HttpConnection<S> {
    stream: S,
    connection: Connection,
    /// The stream has bytes of its own that its last `flush` could not send.
    is_flush_pending: bool,
    /// Why nothing can be sent any more. What the peer has sent, and its end, are still received.
    write_failure: Option<io::Error>,
    /// When the stream was read last.
    looked_ns: u64,
    /// The last read may have left something that had been received.
    may_hold_more: bool,
    /// What else can be asked of the stream.
    traits: Traits<S>,
    /// Another connection has taken the place of this one; as long as this one is there it can tell of its requests.
    retired: Option<Arc<()>>,
    /// The caller of `poll` knows that the connection is over.
    is_end_told: bool,
}

/// What a stream is asked that not every `Read + Write` can tell.
#[derive(Debug)]
pub(crate) struct Traits<S> {
    /// Whether it holds something that was received and not read.
    pub(crate) has_buffered: fn(&S) -> bool,
    /// Whether a write that failed may have sent what it was given. A socket's has not; one that encrypts may have sent it all
    /// before its socket failed, once its handshake is done.
    pub(crate) may_send_and_fail: fn(&S) -> bool,
}

impl<S> Traits<S> {
    /// Nothing is known: there may be more, and the stream may be one that encrypts.
    pub(crate) const fn unknown() -> Self {
        Self {
            has_buffered: |_| true,
            may_send_and_fail: |_| true,
        }
    }
}

impl<S: Layer> Traits<S> {
    pub(crate) const fn of_layers() -> Self {
        Self {
            has_buffered: S::has_buffered,
            may_send_and_fail: |stream| {
                stream.is_encrypted() && stream.phase() == Phase::Established
            },
        }
    }
}

impl<S> Clone for Traits<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Traits<S> {}

/// A connection that was read within this time is taken for alive without another look at it.
const LOOK_NS: u64 = 50_000;

impl<S: Read + Write> HttpConnection<S> {
    /// Puts HTTP over a stream to `origin`.
    ///
    /// Of the stream nothing is known: after a write that failed an error says [`Sent::All`] even where the stream took
    /// nothing. [`IntoHttp`] asks the stream.
    pub fn new(stream: S, origin: &Origin, config: &HttpConfig) -> Self {
        Self {
            stream,
            connection: Connection::new(origin, config),
            is_flush_pending: false,
            write_failure: None,
            looked_ns: 0,
            may_hold_more: false,
            traits: Traits::unknown(),
            retired: None,
            is_end_told: false,
        }
    }

    /// Lets the connection tell the outcomes that it has, by `poll`, before its end is told; returns what says whether it is
    /// still there.
    #[cfg(feature = "ext")]
    pub(crate) fn retire(&mut self) -> std::sync::Weak<()> {
        Arc::downgrade(self.retired.get_or_insert_default())
    }

    pub(crate) const fn with_traits(mut self, traits: Traits<S>) -> Self {
        self.traits = traits;
        self
    }

    /// Begins a request. See [`RequestBuilder`].
    #[inline]
    pub fn request(&mut self, method: Method, target: &str) -> RequestBuilder<'_, Self> {
        Sender::request(self, method, target)
    }

    /// Sends what waits, reads once, and tells the outcomes that are known. `now_ns` is the time on a clock of the caller's.
    ///
    /// Returns false once the connection is over and all outcomes are told: it is of no more use.
    pub fn poll(
        &mut self,
        now_ns: u64,
        outcomes: impl FnMut(Ticket, Result<Response<'_>, Error>),
    ) -> bool {
        self.poll_with(now_ns, &mut Outcomes(outcomes))
    }

    /// As [`poll`](Self::poll), with a visitor that is told of more than outcomes.
    pub fn poll_with(&mut self, now_ns: u64, visitor: &mut impl Visitor) -> bool {
        self.turn(now_ns, visitor);
        while let Some((exchange, error)) = self.connection.pop_failed() {
            visitor.outcome(exchange.ticket, Err(error));
        }
        self.is_end_told = self.connection.is_over();
        !self.is_end_told
    }

    /// As `poll`, but what is left without an answer is not told: [`Connection::pop_failed`] has it.
    #[inline]
    pub(crate) fn turn(&mut self, now_ns: u64, visitor: &mut impl Visitor) {
        if self.connection.is_over() || self.connection.is_upgraded() {
            return;
        }
        if self.is_flush_pending || !self.connection.outbound.is_empty() {
            self.send_pending();
        }
        let failure = self.receive(now_ns);
        self.connection.work(now_ns, visitor);
        if let Some(error) = failure {
            // What was received before is understood: it may have been the whole answer. It is no end by which the length of a
            // body is known.
            self.connection.fail(error.into());
        }
        if !self.connection.outbound.is_empty() && !self.connection.is_over() {
            // A body that waited for 100, most likely.
            self.send_pending();
        }
    }

    /// Reads once; returns why nothing more can be read or written.
    #[inline]
    fn receive(&mut self, now_ns: u64) -> Option<io::Error> {
        self.looked_ns = now_ns;
        self.may_hold_more = false;
        match self
            .connection
            .prepare_receive()
            .read_from(&mut self.stream)
        {
            Ok(0) => return self.receive_eof(),
            Ok(count) => {
                self.connection.note_input();
                self.may_hold_more = self.connection.was_read_full(count)
                    || (self.traits.has_buffered)(&self.stream);
            }
            Err(error) if is_not_now(&error) => return self.write_failure_to_tell(),
            Err(error) => return Some(error),
        }
        None
    }

    /// A socket tells once that it was reset: where it told so to a write, a read finds no more than an end, by which the
    /// length of a body is not known.
    #[cold]
    fn receive_eof(&mut self) -> Option<io::Error> {
        let reset = self
            .write_failure
            .take_if(|failure| failure.kind() == ErrorKind::ConnectionReset);
        if reset.is_none() {
            self.connection.handle_eof();
        }
        reset
    }

    /// A peer that has hung up may have said why: an answer, or an alert of TLS, and then its end, are on their way. They are
    /// waited for where there can be an answer, until a deadline.
    #[inline]
    fn write_failure_to_tell(&mut self) -> Option<io::Error> {
        let is_awaited = self.connection.may_be_answered();
        self.write_failure
            .take_if(|failure| !is_awaited || !is_end_of_peer(failure))
    }

    fn send_pending(&mut self) {
        if self.connection.is_write_failed() {
            return;
        }
        let before = self.connection.outbound.len();
        let result = self.connection.outbound.flush_to(&mut self.stream);
        self.connection
            .note_taken(before - self.connection.outbound.len());
        match result {
            Ok(true) => self.flush(),
            Ok(false) => {}
            Err(error) => {
                let count = self.note_failure(error, self.connection.outbound.len());
                self.connection.sent(count);
            }
        }
    }

    /// Returns what is to be counted as sent all the same of the `len` bytes that a write was given. All of it: nobody is to be
    /// told that a server cannot have a request that it has.
    #[cold]
    fn note_failure(&mut self, error: io::Error, len: usize) -> usize {
        self.keep_failure(error);
        if (self.traits.may_send_and_fail)(&self.stream) {
            len
        } else {
            0
        }
    }

    #[cold]
    fn keep_failure(&mut self, error: io::Error) {
        self.write_failure = Some(error);
        self.connection.note_write_failure();
    }

    #[inline]
    fn flush(&mut self) {
        match self.stream.flush() {
            Ok(()) => self.is_flush_pending = false,
            Err(error) if is_not_now(&error) => self.is_flush_pending = true,
            Err(error) => self.keep_failure(error),
        }
    }

    /// Sends a request that the connection accepts: one write, and the rest is queued.
    #[inline]
    pub(crate) fn transmit(&mut self, exchange: Exchange, bytes: &[u8], now_ns: u64) {
        let facts = exchange.facts;
        let is_first = self.connection.outbound.is_empty() && !self.connection.is_write_failed();
        self.connection.begin(exchange, bytes.len(), now_ns);
        let now = bytes.get(..facts.head_len).unwrap_or(bytes);
        let taken = if is_first { self.write(now) } else { 0 };
        self.connection.note_taken(taken);
        if taken < bytes.len() {
            self.connection.queue(&facts, bytes, taken);
        } else if !self.connection.is_write_failed() {
            self.flush();
        }
    }

    #[inline]
    fn write(&mut self, bytes: &[u8]) -> usize {
        match self.stream.write(bytes) {
            Ok(0) => {
                self.keep_failure(ErrorKind::WriteZero.into());
                0
            }
            Ok(count) => count.min(bytes.len()),
            Err(error) if is_not_now(&error) => 0,
            Err(error) => self.note_failure(error, bytes.len()),
        }
    }

    /// Reading drives a handshake of the stream. What comes already is no answer to anything, and ends the connection when it
    /// is looked at.
    pub(crate) fn drive_handshake(&mut self) -> io::Result<()> {
        match self
            .connection
            .prepare_receive()
            .read_from(&mut self.stream)
        {
            Ok(0) => Err(ErrorKind::UnexpectedEof.into()),
            Err(error) if !is_not_now(&error) => Err(error),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// Looks whether the peer has ended an unused connection, unless it was looked at a moment ago.
    ///
    /// Where the last read may have left something, it is looked at in any case: a second answer glued to the one before,
    /// in a TLS record of its own or beyond the room of that read, would be taken for that of the next request.
    #[inline]
    pub(crate) fn look(&mut self, now_ns: u64) {
        if self.connection.is_expired(now_ns) {
            return self.connection.fail(Reason::Closed);
        }
        let is_looked_at = !self.may_hold_more && now_ns.saturating_sub(self.looked_ns) < LOOK_NS;
        if self.connection.is_idle() && !is_looked_at {
            self.turn(
                now_ns,
                &mut Outcomes(|_, _: Result<Response<'_>, Error>| {}),
            );
        }
    }

    /// Takes a request back whose outcome nobody wants, and returns how much of it was sent. Its connection is over then, and what
    /// else was under way on it ends.
    pub fn cancel(&mut self, ticket: Ticket) -> Option<Sent> {
        self.connection.cancel(ticket)
    }

    /// Number of requests under way.
    #[inline]
    pub fn under_way(&self) -> usize {
        self.connection.under_way()
    }

    /// Returns true if a request can be sent without another under way.
    #[inline]
    pub fn is_idle(&self) -> bool {
        self.connection.is_idle()
    }

    /// Returns true if the connection is of no more use.
    pub const fn is_over(&self) -> bool {
        self.connection.is_over()
    }

    /// Lends the stream.
    pub const fn stream(&self) -> &S {
        &self.stream
    }

    /// Lends the stream for changes. To read from it or write to it breaks the connection.
    pub const fn stream_mut(&mut self) -> &mut S {
        &mut self.stream
    }

    pub(crate) const fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(crate) const fn connection_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// Gives up the stream, after the answer 101 for the other protocol, and with it what was received behind that
    /// answer.
    pub fn into_parts(self) -> (S, Vec<u8>) {
        let received = self.connection.received().to_vec();
        (self.stream, received)
    }
}

impl<S: Read + Write> Desked for HttpConnection<S> {
    #[inline]
    fn desk(&mut self) -> &mut Desk {
        self.connection.desk()
    }

    #[inline]
    fn defaults(&self) -> RequestFacts {
        self.connection.defaults()
    }

    #[inline]
    fn submit_draft(&mut self, now_ns: u64) -> Result<Ticket, Error> {
        let facts = self.connection.desk.draft.facts;
        self.look(now_ns);
        if self.connection.is_over() {
            return Err(Error::unsent(Reason::Closed));
        }
        if !self.connection.accepts(&facts) {
            return Err(Error::unsent(Reason::Busy));
        }
        let ticket = Ticket::next();
        let bytes = std::mem::take(&mut self.connection.desk.bytes);
        self.transmit(Exchange::new(ticket, facts, now_ns), &bytes, now_ns);
        self.connection.desk.bytes = bytes;
        Ok(ticket)
    }
}

/// Reaches the socket below; between two requests a connection is neither busy nor done.
impl<S: Layer + Read + Write> Layer for HttpConnection<S> {
    type Base = S::Base;

    fn base(&self) -> &S::Base {
        self.stream.base()
    }

    fn base_mut(&mut self) -> &mut S::Base {
        self.stream.base_mut()
    }

    fn has_buffered(&self) -> bool {
        // A write that failed is something to tell, which no readiness brings.
        let is_failed =
            |failure: &io::Error| !is_end_of_peer(failure) || !self.connection.may_be_answered();
        // And so is an end that was found by another call than `poll`.
        let is_untold = self.connection.is_over() && !self.is_end_told;
        self.write_failure.as_ref().is_some_and(is_failed)
            || is_untold
            || self.stream.has_buffered()
    }

    fn wants_write(&self) -> bool {
        let has_output = self.is_flush_pending || !self.connection.outbound.is_empty();
        // While the layer below is in its handshake the socket can take nothing of ours.
        let can_write = self.write_failure.is_none() && self.stream.phase() == Phase::Established;
        (has_output && can_write) || self.stream.wants_write()
    }

    fn is_encrypted(&self) -> bool {
        self.stream.is_encrypted()
    }

    fn phase(&self) -> Phase {
        self.stream.phase()
    }

    fn poll_timeout(&self) -> Option<u64> {
        let (own, below) = (self.connection.poll_timeout(), self.stream.poll_timeout());
        own.into_iter().chain(below).min()
    }

    /// Ends the connection where a request has taken too long; [`poll`](HttpConnection::poll) still tells the outcomes. The time is
    /// on the clock of `submit`.
    fn handle_timeout(&mut self, now_ns: u64) -> io::Result<()> {
        self.stream.handle_timeout(now_ns)?;
        self.connection.handle_timeout(now_ns);
        if self.retired.is_some() {
            return Ok(());
        }
        match self.connection.failure() {
            Some(Reason::TimedOut(timeout)) => Err(io::Error::new(ErrorKind::TimedOut, timeout)),
            Some(_) => Err(ErrorKind::ConnectionAborted.into()),
            None => Ok(()),
        }
    }

    /// Sends nothing of a request: [`poll`](HttpConnection::poll) does, which is called until all have their outcomes, and
    /// who keeps count of what was sent looks after each.
    fn poll_close(&mut self) -> io::Result<bool> {
        Ok(self.connection.under_way() == 0 && self.stream.poll_close()?)
    }
}

/// Puts HTTP over a stream that knows its peer.
///
/// # Examples
///
/// ```no_run
/// use boom_http::{HttpConfig, IntoHttp};
/// use boom_stream::tcp::TcpStream;
///
/// let config = HttpConfig::new().with_pipeline_depth(8);
/// let http = TcpStream::try_from(("localhost", 8080))?.into_http_with_config(&config);
/// # let _ = http;
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait IntoHttp: Sized {
    /// Speaks to the host that the stream names; `https` where the stream is encrypted.
    fn into_http(self) -> HttpConnection<Self>;

    /// The same with options.
    fn into_http_with_config(self, config: &HttpConfig) -> HttpConnection<Self>;
}

impl<S: Read + Write + Layer<Base: Socket>> IntoHttp for S {
    fn into_http(self) -> HttpConnection<Self> {
        self.into_http_with_config(&HttpConfig::default())
    }

    fn into_http_with_config(self, config: &HttpConfig) -> HttpConnection<Self> {
        let origin = Origin::from_info(self.base().connection_info(), self.is_encrypted());
        HttpConnection::new(self, &origin, config).with_traits(Traits::of_layers())
    }
}

/// Returns true if the call may succeed later.
#[inline]
fn is_not_now(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

/// Returns true if a write failed because the peer has hung up, whose end a read will tell.
fn is_end_of_peer(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe
    )
}
