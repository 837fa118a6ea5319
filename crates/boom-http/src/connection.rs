//! One connection without I/O: requests out, answers in, in order.

mod timing;

use std::collections::VecDeque;

use boom_stream::buffer::{ReadBuffer, WriteBuffer};

use crate::config::{HttpConfig, Times};
use crate::decoder::{Progress, ResponseDecoder};
use crate::error::{Error, Limit, ProtocolError, Reason, Sent, Timeout};
use crate::origin::Origin;
use crate::request::sealed::Desked;
use crate::request::{Desk, RequestBuilder, RequestFacts, Sender};
use crate::ticket::Ticket;
use crate::visitor::Visitor;

/// The client's end of a connection without I/O (RFC 9112 §9).
///
/// The drive contract: after [`submit`](RequestBuilder::submit) send what [`outgoing`](Self::outgoing) lends and say so by
/// [`sent`](Self::sent); give it what was received by [`handle_input`](Self::handle_input), and the end by
/// [`handle_eof`](Self::handle_eof); and have the outcomes told by [`poll`](Self::poll), which is given the time. It reads no clock and touches
/// no socket; [`HttpConnection`](crate::HttpConnection) is this and a stream.
///
/// # Examples
///
/// ```
/// use boom_http::{Connection, Error, HttpConfig, Method, Origin, Response, Ticket, Visitor};
///
/// struct Print;
///
/// impl Visitor for Print {
///     fn outcome(&mut self, _: Ticket, outcome: Result<Response<'_>, Error>) {
///         match outcome {
///             Ok(response) => assert_eq!(response.body(), b"pong"),
///             Err(error) => panic!("{error}"),
///         }
///     }
/// }
///
/// let mut connection = Connection::new(&Origin::new("localhost", 8080), &HttpConfig::new());
/// connection.request(Method::GET, "/ping").submit(0)?;
/// assert_eq!(connection.outgoing(), b"GET /ping HTTP/1.1\r\nHost: localhost:8080\r\n\r\n");
/// connection.sent(connection.outgoing().len());
/// connection.handle_input(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npong");
/// connection.poll(1_000, &mut Print);
/// assert!(connection.is_idle());
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
pub struct Connection {
    pub(crate) desk: Desk,
    defaults: RequestFacts,
    receive: ReadBuffer,
    pub(crate) outbound: WriteBuffer,
    decoder: ResponseDecoder,
    /// In the order of their requests, which is that of their answers.
    exchanges: VecDeque<Exchange>,
    /// Bytes of all requests so far.
    end: u64,
    /// Bytes of them that the stream has taken.
    taken: u64,
    /// The body that waits for `100 Continue`.
    held: Vec<u8>,
    interim: usize,
    max_interim: usize,
    read_window: usize,
    depth: usize,
    /// Where more than this waits to be sent, there may be no room for another request.
    queue_max: usize,
    /// Memory of requests that might have been sent again and were not.
    spares: Vec<Vec<u8>>,
    pipelines_all: bool,
    life: Life,
    /// Requests that nobody wants the outcome of, for those who keep a list of their own.
    #[cfg(feature = "ext")]
    cancelled: Vec<Ticket>,
    /// An answer is being told. Where that has ended by a panic, the answer is still there and belongs to nobody.
    is_telling: bool,
    eof: bool,
    /// Nothing can be sent any more; what was sent before may still be answered.
    is_write_failed: bool,
    times: Times,
    clock: timing::Clock,
}

#[derive(Debug)]
enum Life {
    Open,
    /// The request asked for another protocol and got it.
    Upgraded,
    /// Nothing more is sent or received. What requests are left end for this reason; `None` where it is known that there are
    /// none.
    Over(Reason),
}

/// A request under way.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) ticket: Ticket,
    pub(crate) facts: RequestFacts,
    /// Where its bytes stand among those of all requests of the connection.
    start: u64,
    end: u64,
    /// When the whole answer must be there.
    pub(crate) total_at_ns: u64,
    /// Its bytes once more, where it may be sent again.
    pub(crate) saved: Vec<u8>,
    pub(crate) attempts: u32,
    /// What was sent of it by a connection before this one.
    pub(crate) sent_earlier: Sent,
}

impl Exchange {
    pub(crate) fn new(ticket: Ticket, facts: RequestFacts, now_ns: u64) -> Self {
        Self {
            ticket,
            facts,
            start: 0,
            end: 0,
            total_at_ns: now_ns.saturating_add(facts.total_ns),
            saved: Vec::new(),
            attempts: 0,
            sent_earlier: Sent::Nothing,
        }
    }
}

impl Connection {
    /// Starts with a connection that carries nothing yet.
    pub fn new(origin: &Origin, config: &HttpConfig) -> Self {
        let desk = Desk::new(origin, config);
        let queue_max = config.max_request_bytes.saturating_add(1 << 16);
        let limit = queue_max.saturating_add(config.max_request_bytes);
        Self {
            defaults: desk.draft.facts,
            desk,
            // The decoder sees to the limits.
            receive: ReadBuffer::new(config.read_window_bytes, isize::MAX as usize),
            outbound: WriteBuffer::new(256, limit),
            decoder: ResponseDecoder::new(config),
            exchanges: VecDeque::with_capacity(config.pipeline_depth.min(64)),
            end: 0,
            taken: 0,
            held: Vec::new(),
            interim: 0,
            max_interim: config.limits.interim,
            read_window: config.read_window_bytes,
            depth: config.pipeline_depth,
            queue_max,
            spares: Vec::new(),
            pipelines_all: config.pipelines_all,
            life: Life::Open,
            #[cfg(feature = "ext")]
            cancelled: Vec::new(),
            is_telling: false,
            eof: false,
            is_write_failed: false,
            times: config.times,
            clock: timing::Clock::default(),
        }
    }

    /// Begins a request. See [`RequestBuilder`].
    pub fn request(&mut self, method: http::Method, target: &str) -> RequestBuilder<'_, Self> {
        Sender::request(self, method, target)
    }

    /// Returns true if a request can be sent without another under way.
    #[inline]
    pub fn is_idle(&self) -> bool {
        self.is_open() && self.exchanges.is_empty()
    }

    /// Returns true if both ends may still send.
    #[inline]
    const fn is_open(&self) -> bool {
        matches!(self.life, Life::Open) && !self.eof && !self.is_write_failed
    }

    /// Returns true if nothing can be sent any more.
    #[inline]
    pub const fn is_over(&self) -> bool {
        matches!(self.life, Life::Over(_))
    }

    /// Returns true if the connection belongs to another protocol now (RFC 9110 §7.8).
    pub const fn is_upgraded(&self) -> bool {
        matches!(self.life, Life::Upgraded)
    }

    /// Number of requests under way.
    #[inline]
    pub fn under_way(&self) -> usize {
        self.exchanges.len()
    }

    /// What was received and belongs to nothing that was understood: after an upgrade the other protocol's first bytes.
    pub fn received(&self) -> &[u8] {
        self.receive.filled()
    }
}

/// Sending.
impl Connection {
    /// Returns true if a request like this can be sent now.
    #[inline]
    pub(crate) fn accepts(&self, facts: &RequestFacts) -> bool {
        if !self.is_open() {
            return false;
        }
        let Some(last) = self.exchanges.back() else {
            // What has come already is no answer to this one.
            return self.receive.is_empty();
        };
        let is_plain = |facts: &RequestFacts| {
            let is_repeatable = facts.is_idempotent || self.pipelines_all;
            is_repeatable && !facts.is_upgrade && !facts.expects_continue && !facts.is_last
        };
        let has_room = self.exchanges.len() < self.depth && self.outbound.len() <= self.queue_max;
        has_room && is_plain(&last.facts) && is_plain(facts)
    }

    /// Counts a request in whose bytes are `len`; those are to be sent or queued next.
    #[inline]
    pub(crate) fn begin(&mut self, mut exchange: Exchange, len: usize, now_ns: u64) {
        exchange.start = self.end;
        self.end += len as u64;
        exchange.end = self.end;
        self.clock.write_since_ns = now_ns;
        if self.exchanges.is_empty() {
            self.begin_turn(&exchange.facts, now_ns);
        }
        self.exchanges.push_back(exchange);
        self.clock.note(self.next_deadline());
    }

    /// The request is the first whose answer is awaited.
    #[inline]
    fn begin_turn(&mut self, facts: &RequestFacts, now_ns: u64) {
        self.decoder.set_is_to_head(facts.is_head);
        self.decoder.set_max_body_bytes(facts.max_body);
        self.interim = 0;
        self.clock.turn_ns = now_ns;
        self.clock.has_answer = false;
    }

    /// Queues what the stream has not taken at once: `bytes` from `from` on, its body held back where it waits for 100.
    pub(crate) fn queue(&mut self, facts: &RequestFacts, bytes: &[u8], from: usize) {
        let (now, later) = bytes
            .split_at_checked(facts.head_len)
            .unwrap_or((bytes, &[]));
        self.held.clear();
        self.held.extend_from_slice(later);
        let rest = now.get(from..).unwrap_or_default();
        // A request is accepted only where there is room for the longest.
        if !rest.is_empty() && self.outbound.extend(rest).is_err() {
            self.fail(Reason::Busy);
        }
        // Those of the write and of the 100.
        self.clock.note(self.next_deadline());
    }

    /// The bytes that are to be sent next.
    pub fn outgoing(&self) -> &[u8] {
        self.outbound.pending()
    }

    /// Says that `count` bytes of [`outgoing`](Self::outgoing) were taken.
    pub fn sent(&mut self, count: usize) {
        let count = count.min(self.outbound.len());
        self.outbound.consume(count);
        self.note_taken(count);
    }

    /// Says that the stream has taken bytes, wherever they came from.
    #[inline]
    pub(crate) const fn note_taken(&mut self, count: usize) {
        self.taken += count as u64;
    }

    /// Says that the stream takes nothing any more.
    pub(crate) const fn note_write_failure(&mut self) {
        self.is_write_failed = true;
    }

    pub(crate) const fn is_write_failed(&self) -> bool {
        self.is_write_failed
    }

    /// Returns true if the peer may have received something of the request whose answer is awaited.
    pub(crate) fn may_be_answered(&self) -> bool {
        let front = self.exchanges.front();
        front.is_some_and(|front| self.taken > front.start)
    }

    /// How much of a request the stream has taken.
    pub(crate) fn sent_of(&self, exchange: &Exchange) -> Sent {
        let sent = if self.taken <= exchange.start {
            Sent::Nothing
        } else if self.taken < exchange.end {
            Sent::Partial
        } else {
            Sent::All
        };
        sent.max(exchange.sent_earlier)
    }

    /// How much of a request under way was sent.
    pub fn sent_of_ticket(&self, ticket: Ticket) -> Option<Sent> {
        let mut exchanges = self.exchanges.iter();
        let exchange = exchanges.find(|exchange| exchange.ticket == ticket)?;
        Some(self.sent_of(exchange))
    }

    /// The requests under way, in the order of their answers.
    #[cfg(feature = "ext")]
    pub(crate) fn tickets(&self) -> impl Iterator<Item = Ticket> {
        self.exchanges.iter().map(|exchange| exchange.ticket)
    }

    /// The requests that were cancelled.
    #[cfg(feature = "ext")]
    pub(crate) fn cancelled(&self) -> &[Ticket] {
        &self.cancelled
    }

    fn release_body(&mut self, now_ns: u64) {
        // The time that the server took to answer is none in which the body was not taken.
        self.clock.write_since_ns = now_ns;
        let held = std::mem::take(&mut self.held);
        if !held.is_empty() && self.outbound.extend(&held).is_err() {
            self.fail(Reason::Busy);
        }
        self.held = held;
        self.held.clear();
        self.clock.note(self.next_deadline());
    }
}

/// Receiving.
impl Connection {
    /// Takes received bytes and returns how many: all, unless the connection is over.
    pub fn handle_input(&mut self, mut bytes: &[u8]) -> usize {
        let before = bytes.len();
        while !bytes.is_empty() && !self.is_over() {
            // A slice never fails to be read.
            let Ok(1..) = self.prepare_receive().read_from(&mut bytes) else {
                break;
            };
            self.clock.has_input = true;
        }
        before - bytes.len()
    }

    /// Says that the peer sends no more. What it sent before is understood first.
    pub const fn handle_eof(&mut self) {
        self.eof = true;
    }

    /// Lends the receive buffer with room in it.
    #[inline]
    pub(crate) fn prepare_receive(&mut self) -> &mut ReadBuffer {
        if self.receive.len() == self.receive.capacity() {
            // Growing by doubling bounds memory by what the peer has really sent.
            let doubled = self.receive.capacity().saturating_mul(2);
            let _ = self.receive.reserve(doubled);
        }
        &mut self.receive
    }

    /// Returns true if a read of `count` bytes took all the room that it was given.
    #[inline]
    pub(crate) fn was_read_full(&mut self, count: usize) -> bool {
        count >= self.read_window || self.receive.free_mut().is_empty()
    }

    #[inline]
    pub(crate) const fn note_input(&mut self) {
        self.clock.has_input = true;
    }

    /// Ends the connection; the requests under way end for this reason.
    pub(crate) fn fail(&mut self, reason: Reason) {
        if !self.is_over() {
            self.life = Life::Over(reason);
        }
    }

    /// Tells what has come of requests by `now_ns`, on the clock of `submit`.
    pub fn poll(&mut self, now_ns: u64, visitor: &mut impl Visitor) {
        self.work(now_ns, visitor);
        while let Some((exchange, error)) = self.pop_failed() {
            visitor.outcome(exchange.ticket, Err(error));
        }
    }

    /// Why the connection is over, if it is.
    pub(crate) fn failure(&self) -> Option<Reason> {
        match &self.life {
            Life::Over(reason) => Some(reason.again()),
            Life::Open | Life::Upgraded => None,
        }
    }

    /// Tells the answers that are whole. What is left when the connection is over, [`pop_failed`](Self::pop_failed) gives.
    #[inline]
    pub(crate) fn work(&mut self, now_ns: u64, visitor: &mut impl Visitor) {
        self.clock.note_time(now_ns, self.times.idle_ns);
        self.answers(now_ns, visitor);
        if now_ns >= self.clock.deadline_ns {
            self.handle_due(now_ns);
        }
    }

    /// Gives up a request that has no answer, once the connection is over.
    pub(crate) fn pop_failed(&mut self) -> Option<(Exchange, Error)> {
        let Life::Over(reason) = &mut self.life else {
            return None;
        };
        let exchange = self.exchanges.pop_front()?;
        if matches!(reason, Reason::TimedOut(Timeout::Total)) {
            // Each request has a time of its own, and that of one behind may be up first.
            let is_due = self.clock.is_past(exchange.total_at_ns);
            let reason = if is_due {
                reason.again()
            } else {
                Reason::Abandoned
            };
            let sent = self.sent_of(&exchange);
            return Some((exchange, Error { reason, sent }));
        }
        // What ends a connection by itself is the reason for all; what is wrong with one answer is nothing of the others'.
        let for_others = match reason {
            Reason::Io(_) | Reason::Closed => reason.again(),
            _ => Reason::Abandoned,
        };
        let reason = std::mem::replace(reason, for_others);
        let sent = self.sent_of(&exchange);
        Some((exchange, Error { reason, sent }))
    }

    /// The bytes of a request of which nothing was sent, as far as they are here.
    pub(crate) fn copy_unsent(&self, exchange: &Exchange, bytes: &mut Vec<u8>) -> bool {
        let offset = (exchange.start - self.taken) as usize;
        let len = (exchange.end - exchange.start) as usize;
        let queued = self.outbound.pending().get(offset..).unwrap_or_default();
        bytes.clear();
        bytes.extend_from_slice(queued.get(..len).unwrap_or(queued));
        if exchange.facts.expects_continue {
            bytes.extend_from_slice(&self.held);
        }
        bytes.len() == len
    }

    /// Takes a request back whose outcome nobody wants; its connection is over then. Returns how much of it was sent.
    pub fn cancel(&mut self, ticket: Ticket) -> Option<Sent> {
        let mut exchanges = self.exchanges.iter();
        let index = exchanges.position(|exchange| exchange.ticket == ticket)?;
        let exchange = self.exchanges.remove(index)?;
        let sent = self.sent_of(&exchange);
        #[cfg(feature = "ext")]
        self.cancelled.push(ticket);
        self.fail(Reason::Abandoned);
        Some(sent)
    }

    /// Returns true if the connection has ended soon, before it was given a request, and not because its time was up.
    pub(crate) fn was_refused(&self, now_ns: u64) -> bool {
        const SOON_NS: u64 = 1_000_000_000;
        self.end == 0 && self.age_ns(now_ns) < SOON_NS && !self.is_expired(now_ns)
    }

    /// Returns true if not a byte of the awaited answer has come.
    pub(crate) const fn is_unanswered(&self) -> bool {
        self.receive.is_empty() && self.interim == 0
    }

    #[inline]
    fn answers(&mut self, now_ns: u64, visitor: &mut impl Visitor) {
        if self.is_telling {
            return self.fail(Reason::Abandoned);
        }
        while matches!(self.life, Life::Open) && (self.eof || !self.receive.is_empty()) {
            let Some(front) = self.exchanges.front() else {
                // RFC 9112 §9.2: what comes where no request is outstanding belongs to none.
                return self.fail(Reason::Closed);
            };
            if self.taken <= front.start && !self.receive.is_empty() {
                return self.fail(ProtocolError::UnsolicitedAnswer.into());
            }
            let progress = self.decoder.advance(self.receive.filled_mut(), self.eof);
            match progress {
                Ok(Progress::More) => return self.more(visitor),
                Ok(Progress::Interim) => self.interim(now_ns, visitor),
                Ok(Progress::Complete) => self.complete(now_ns, visitor),
                Err(reason) => return self.fail(reason),
            }
        }
    }

    /// Gives out what has come of a streamed body, and makes room.
    fn more(&mut self, visitor: &mut impl Visitor) {
        let is_streamed = self
            .exchanges
            .front()
            .filter(|front| front.facts.is_streamed);
        if let Some(front) = is_streamed
            && self.decoder.has_head()
        {
            let response = self.decoder.response(self.receive.filled());
            if !response.body().is_empty() {
                visitor.body(front.ticket, &response, response.body());
            }
            let count = self.decoder.discard_body(self.receive.filled_mut());
            self.receive.consume(count);
        }
        let count = self.decoder.close_gap(self.receive.filled_mut());
        self.receive.consume(count);
    }

    #[cold]
    fn interim(&mut self, now_ns: u64, visitor: &mut impl Visitor) {
        let response = self.decoder.response(self.receive.filled());
        let is_continue = response.status().as_u16() == 100;
        if let Some(front) = self.exchanges.front() {
            visitor.interim(front.ticket, &response);
        }
        self.receive.consume(self.decoder.len());
        self.decoder.reset();
        self.interim += 1;
        if self.interim > self.max_interim {
            self.fail(Limit::Interim(self.max_interim).into());
        } else if is_continue {
            self.release_body(now_ns);
        }
    }

    #[inline]
    fn complete(&mut self, now_ns: u64, visitor: &mut impl Visitor) {
        let response = self.decoder.response(self.receive.filled());
        let is_upgrade = response.status().as_u16() == 101;
        let Some(front) = self.exchanges.front() else {
            return;
        };
        let is_whole = self.taken >= front.end;
        // A server switches once it has the whole request (RFC 9110 §7.8): what is left of it is not the other protocol's.
        if is_upgrade && !(front.facts.is_upgrade && is_whole) {
            return self.fail(ProtocolError::UnexpectedUpgrade.into());
        }
        let is_reusable = self.decoder.allows_reuse()
            && is_whole
            && !front.facts.is_last
            && !self.is_write_failed;
        let (ticket, is_streamed) = (front.ticket, front.facts.is_streamed);
        if is_streamed {
            self.last_piece(ticket, visitor);
        }
        if let Some(done) = self.exchanges.pop_front() {
            self.recycle(done.saved);
        }
        let response = self.decoder.response(self.receive.filled());
        self.is_telling = true;
        visitor.outcome(ticket, Ok(response));
        self.is_telling = false;
        self.clock.keep_alive(self.decoder.keep_alive_seconds());
        self.receive.consume(self.decoder.len());
        self.decoder.reset();
        if is_upgrade {
            self.life = Life::Upgraded;
        } else if !is_reusable {
            self.fail(Reason::Abandoned);
        } else {
            self.next_turn(now_ns);
        }
    }

    /// Copies a request that may have to be sent again.
    pub(crate) fn copy(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut copy = self.spares.pop().unwrap_or_default();
        copy.clear();
        copy.extend_from_slice(bytes);
        copy
    }

    #[inline]
    fn recycle(&mut self, memory: Vec<u8>) {
        if memory.capacity() > 0 && self.spares.len() < self.depth {
            self.spares.push(memory);
        }
    }

    fn last_piece(&mut self, ticket: Ticket, visitor: &mut impl Visitor) {
        let response = self.decoder.response(self.receive.filled());
        if !response.body().is_empty() {
            visitor.body(ticket, &response, response.body());
        }
        // Complete: nothing is moved.
        self.decoder.discard_body(self.receive.filled_mut());
    }

    #[inline]
    fn next_turn(&mut self, now_ns: u64) {
        self.clock.used_ns = now_ns;
        if let Some(next) = self.exchanges.front() {
            let facts = next.facts;
            self.begin_turn(&facts, now_ns);
            self.clock.has_answer = !self.receive.is_empty();
        }
        self.clock.deadline_ns = self.next_deadline();
    }
}

impl Desked for Connection {
    fn desk(&mut self) -> &mut Desk {
        &mut self.desk
    }

    fn defaults(&self) -> RequestFacts {
        self.defaults
    }

    fn submit_draft(&mut self, now_ns: u64) -> Result<Ticket, Error> {
        let facts = self.desk.draft.facts;
        if !self.accepts(&facts) {
            return Err(Error::unsent(Reason::Busy));
        }
        let ticket = Ticket::next();
        let bytes = std::mem::take(&mut self.desk.bytes);
        self.begin(Exchange::new(ticket, facts, now_ns), bytes.len(), now_ns);
        self.queue(&facts, &bytes, 0);
        self.desk.bytes = bytes;
        Ok(ticket)
    }
}
