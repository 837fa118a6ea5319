//! The pool: a few connections to one origin, and the requests that wait for one.

mod slot;
mod waiting;

use std::fmt;
use std::io::{self, Read, Write};

use boom_stream::{Layer, Socket};
use http::Method;

use crate::config::{HttpConfig, PoolOptions, Times};
use crate::connection::Exchange;
use crate::error::{Error, Reason, Sent, Timeout};
use crate::origin::Origin;
use crate::request::sealed::Desked;
use crate::request::{Desk, RequestBuilder, RequestFacts, Sender};
use crate::response::Response;
use crate::stream::HttpConnection;
use crate::ticket::Ticket;
use crate::visitor::{Outcomes, Visitor};

use slot::{Probe, Slot};
use waiting::Waiting;

/// Sends requests over a pool of connections to one origin, and is polled for their outcomes.
///
/// A request goes out at once, in one write, where a connection is free; else it waits for one. An unused connection on
/// which anything comes, an end or a byte, is not used again, and neither is one whose answer leaves any doubt of where it ended.
/// It is looked at by every `poll`, and before a request unless the last look was within 50 microseconds, so poll while
/// nothing is under way, too.
/// A request whose connection ended is sent again only where not a byte of it had been taken, or once more where
/// [`HttpConfig::with_idempotent_retry`] lets it.
///
/// # Examples
///
/// ```no_run
/// use boom_http::{HttpClient, HttpConfig, Method, Origin};
/// use boom_stream::{MonotonicClock, TimeSource, tcp::TcpStream};
/// use std::net::SocketAddr;
///
/// let address = SocketAddr::from(([127, 0, 0, 1], 8080));
/// let origin = Origin::new("localhost", 8080);
/// let mut client = HttpClient::new(&origin, &HttpConfig::new(), move || {
///     TcpStream::try_from(("127.0.0.1", address.port()))
/// });
///
/// let clock = MonotonicClock::default();
/// let order = client.request(Method::POST, "/order").body(r#"{"qty":1}"#).submit(clock.now_ns())?;
/// while client.under_way() > 0 {
///     client.poll(clock.now_ns(), |ticket, outcome| {
///         assert_eq!(ticket, order);
///         match outcome {
///             Ok(response) => println!("{}: {:?}", response.status(), response.body()),
///             // `error.sent` says whether the order may exist.
///             Err(error) => println!("{error}"),
///         }
///     });
/// }
/// # Ok::<(), boom_http::Error>(())
/// ```
pub struct HttpClient<S> {
    desk: Desk,
    defaults: RequestFacts,
    slots: Vec<Slot<S>>,
    waiting: Waiting,
    connect: Box<dyn FnMut() -> io::Result<S>>,
    probe: Probe<S>,
    origin: Origin,
    config: HttpConfig,
    options: PoolOptions,
    times: Times,
    /// Connects that failed since the last one that did not.
    failures: u32,
    /// No connect before this.
    connect_at_ns: u64,
}

impl<S: fmt::Debug> fmt::Debug for HttpClient<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClient")
            .field("origin", &self.origin)
            .field("slots", &self.slots)
            .field("waiting", &self.waiting)
            .finish_non_exhaustive()
    }
}

impl<S: Read + Write + Layer<Base: Socket>> HttpClient<S> {
    /// Starts with no connection. `connect` begins one and does not wait for it; it is called by [`poll`](Self::poll) and by
    /// `submit`.
    pub fn new(
        origin: &Origin,
        config: &HttpConfig,
        connect: impl FnMut() -> io::Result<S> + 'static,
    ) -> Self {
        Self::build(origin, config, Box::new(connect), Probe::layers())
    }
}

impl<S: Read + Write> HttpClient<S> {
    /// As [`new`](Self::new), over streams of which nothing is known but that they read and write without blocking. A
    /// connection is taken for made as soon as `connect` returns, and after a write that failed an error says [`Sent::All`]:
    /// the stream may be one that encrypts, which may have sent what it was given before it failed.
    pub fn over_streams(
        origin: &Origin,
        config: &HttpConfig,
        connect: impl FnMut() -> io::Result<S> + 'static,
    ) -> Self {
        Self::build(origin, config, Box::new(connect), Probe::nothing())
    }

    fn build(
        origin: &Origin,
        config: &HttpConfig,
        connect: Box<dyn FnMut() -> io::Result<S>>,
        probe: Probe<S>,
    ) -> Self {
        let desk = Desk::new(origin, config);
        let slots = (0..config.pool.connections).map(|_| Slot::default());
        Self {
            defaults: desk.draft.facts,
            desk,
            slots: slots.collect(),
            waiting: Waiting::default(),
            connect,
            probe,
            origin: origin.clone(),
            config: config.clone(),
            options: config.pool,
            times: config.times,
            failures: 0,
            connect_at_ns: 0,
        }
    }

    /// Begins a request. See [`RequestBuilder`].
    #[inline]
    pub fn request(&mut self, method: Method, target: &str) -> RequestBuilder<'_, Self> {
        Sender::request(self, method, target)
    }

    /// Does what there is to do: connects, sends, reads each connection once, and tells the outcomes that are known.
    ///
    /// `now_ns` is the time on a clock of the caller's, the same one as for `submit`.
    pub fn poll(&mut self, now_ns: u64, outcomes: impl FnMut(Ticket, Result<Response<'_>, Error>)) {
        self.poll_with(now_ns, &mut Outcomes(outcomes));
    }

    /// As [`poll`](Self::poll), with a visitor that is told of more than outcomes.
    pub fn poll_with(&mut self, now_ns: u64, visitor: &mut impl Visitor) {
        for index in 0..self.slots.len() {
            self.drive(index, now_ns, visitor);
        }
        if !self.waiting.is_empty() {
            self.waiting.expire(now_ns, visitor);
            self.dispatch(now_ns);
        }
        self.open_needed(now_ns, visitor);
    }

    /// Number of requests whose outcome has not been told, those that wait for a connection included.
    pub fn under_way(&self) -> usize {
        let links = self.slots.iter().filter_map(Slot::link);
        links.map(|link| link.under_way()).sum::<usize>() + self.waiting.len()
    }

    /// Number of connections that a request could be sent by at once.
    pub fn warm(&self) -> usize {
        self.slots.iter().filter(|slot| slot.is_warm()).count()
    }

    /// Number of connections, whatever they are doing.
    pub fn connections(&self) -> usize {
        self.slots.iter().filter_map(Slot::link).count()
    }

    /// Lends the streams of the connections.
    pub fn streams(&self) -> impl Iterator<Item = &S> {
        self.slots
            .iter()
            .filter_map(Slot::link)
            .map(|link| link.stream())
    }

    /// Lends the streams of the connections for changes. To read from one or write to it breaks the connection.
    pub fn streams_mut(&mut self) -> impl Iterator<Item = &mut S> {
        let links = self.slots.iter_mut().filter_map(Slot::link_mut);
        links.map(|link| link.stream_mut())
    }

    /// Takes a request back whose outcome nobody wants, and returns how much of it was sent; `None` where it has one.
    /// The connection that carries it is closed, so that its answer can reach nobody.
    pub fn cancel(&mut self, ticket: Ticket) -> Option<Sent> {
        if let Some(sent) = self.waiting.remove(ticket) {
            return Some(sent);
        }
        for slot in &mut self.slots {
            let sent = slot.link_mut().and_then(|link| link.cancel(ticket));
            if sent.is_some() {
                // What else was under way is told by the next poll.
                slot.close_if_unused();
                return sent;
            }
        }
        None
    }

    /// Gives up the connection that belongs to another protocol since the answer 101, with what was received behind that
    /// answer.
    ///
    /// For a WebSocket of `boom-ws`, whose keys the request and its answer held: make a `Connection::established`, give it those
    /// bytes by `handle_input`, and join it with the stream by `Websocket::from_parts`.
    pub fn take_upgraded(&mut self) -> Option<(S, Vec<u8>)> {
        let mut slots = self.slots.iter_mut();
        slots.find_map(Slot::take_upgraded)
    }

    /// When to call [`poll`](Self::poll) at the latest, where nothing is received before; `None` says that there is no
    /// deadline.
    pub fn poll_timeout(&self) -> Option<u64> {
        let links = self.slots.iter().filter_map(Slot::link);
        let deadlines = links.filter_map(|link| link.connection().poll_timeout());
        let connects = self
            .slots
            .iter()
            .filter_map(|slot| slot.deadline(&self.times));
        let wants_connect = self.wanted() > self.connections();
        let connect = wants_connect.then_some(self.connect_at_ns);
        let all = deadlines
            .chain(connects)
            .chain(self.waiting.deadline())
            .chain(connect);
        all.min()
    }

    fn drive(&mut self, index: usize, now_ns: u64, visitor: &mut impl Visitor) {
        let Some(slot) = self.slots.get_mut(index) else {
            return;
        };
        if !slot.is_established() {
            match slot.advance(self.probe, &self.times, now_ns) {
                Ok(slot::Advance::Established) => {}
                Ok(slot::Advance::Waiting) => return,
                Err(reason) => return self.connect_failed(Some(index), reason, now_ns, visitor),
            }
        }
        let Some(slot) = self.slots.get_mut(index) else {
            return;
        };
        let Some(link) = slot.link_mut() else { return };
        link.turn(now_ns, visitor);
        if link.is_over() {
            self.reap(index, now_ns, visitor);
        }
    }

    /// A connection is over: what it carried is tried again where that is safe, else told, and the slot is free.
    #[cold]
    fn reap(&mut self, index: usize, now_ns: u64, visitor: &mut impl Visitor) {
        let Some(mut link) = self.slots.get_mut(index).and_then(Slot::take) else {
            return;
        };
        // A server that accepts and closes is as good as one that refuses: it is not to be asked without a pause.
        if link.connection().was_refused(now_ns) {
            return self.connect_failed(None, Reason::Closed, now_ns, visitor);
        }
        self.failures = 0;
        let is_unanswered = link.connection().is_unanswered();
        let connection = link.connection_mut();
        let mut again = Vec::new();
        while let Some((mut exchange, error)) = connection.pop_failed() {
            let mut bytes = self.waiting.spare();
            let may_repeat = is_unanswered && error.is_end() && !exchange.saved.is_empty();
            // A request that an earlier connection has sent is not one of which nothing was sent.
            if error.sent == Sent::Nothing
                && exchange.attempts + 1 < self.options.attempts
                && !matches!(error.reason, Reason::TimedOut(Timeout::Total))
                && connection.copy_unsent(&exchange, &mut bytes)
            {
                exchange.attempts += 1;
                again.push((exchange, bytes));
            } else if may_repeat {
                // Once: what was saved is gone then.
                std::mem::swap(&mut bytes, &mut exchange.saved);
                exchange.saved.clear();
                exchange.sent_earlier = error.sent;
                again.push((exchange, bytes));
            } else {
                self.waiting.recycle(bytes);
                visitor.outcome(exchange.ticket, Err(error));
            }
        }
        // In front of those that came later, in their order.
        for (exchange, bytes) in again.into_iter().rev() {
            self.waiting.push_front(exchange, bytes);
        }
    }

    #[cold]
    fn connect_failed(
        &mut self,
        index: Option<usize>,
        reason: Reason,
        now_ns: u64,
        visitor: &mut impl Visitor,
    ) {
        if let Some(slot) = index.and_then(|index| self.slots.get_mut(index)) {
            drop(slot.take());
        }
        let doubled = self
            .options
            .retry_delay_ns
            .saturating_mul(1 << self.failures.min(20));
        let delay = doubled.min(self.options.retry_delay_max_ns);
        self.failures = self.failures.saturating_add(1);
        self.connect_at_ns = now_ns.saturating_add(delay);
        // While another connection stands, those that wait have one to wait for.
        if !self.slots.iter().any(Slot::is_established) {
            self.waiting.fail(&reason, self.options.attempts, visitor);
        }
    }

    /// Sends what waits, as far as there are connections for it.
    fn dispatch(&mut self, now_ns: u64) {
        while let Some(facts) = self.waiting.first() {
            let Some(index) = self.find(&facts, now_ns) else {
                return;
            };
            let Some((exchange, bytes)) = self.waiting.pop() else {
                return;
            };
            if let Some(link) = self.slots.get_mut(index).and_then(Slot::link_mut) {
                link.transmit(exchange, &bytes, now_ns);
            }
            self.waiting.recycle(bytes);
        }
    }

    /// The connection for a request: one that carries nothing, else one that it can be pipelined on.
    #[inline]
    fn find(&mut self, facts: &RequestFacts, now_ns: u64) -> Option<usize> {
        for (index, slot) in self.slots.iter_mut().enumerate() {
            if slot.is_warm()
                && let Some(link) = slot.link_mut()
            {
                link.look(now_ns);
                if link.connection().accepts(facts) {
                    return Some(index);
                }
            }
        }
        let accepts = |slot: &Slot<S>| {
            let link = slot.link().filter(|_| slot.is_established())?;
            let connection = link.connection();
            connection.accepts(facts).then(|| connection.under_way())
        };
        let slots = self.slots.iter().enumerate();
        let fitting = slots.filter_map(|(index, slot)| Some((accepts(slot)?, index)));
        fitting.min().map(|(_, index)| index)
    }

    /// How many connections there should be.
    fn wanted(&self) -> usize {
        let links = self.slots.iter().filter_map(Slot::link);
        let busy = links.filter(|link| link.under_way() > 0 || link.connection().is_upgraded());
        let needed = busy.count() + self.waiting.len();
        needed.max(self.options.min_warm).min(self.slots.len())
    }

    fn open_needed(&mut self, now_ns: u64, visitor: &mut impl Visitor) {
        while self.connections() < self.wanted() && now_ns >= self.connect_at_ns {
            if let Err(error) = self.open(now_ns) {
                return self.connect_failed(None, error.into(), now_ns, visitor);
            }
        }
    }

    fn open(&mut self, now_ns: u64) -> io::Result<()> {
        let stream = (self.connect)()?;
        if let Some(slot) = self.slots.iter_mut().find(|slot| slot.link().is_none()) {
            let link = HttpConnection::new(stream, &self.origin, &self.config);
            slot.fill(link.with_traits(self.probe.traits), now_ns);
        }
        Ok(())
    }
}

impl<S: Read + Write> Desked for HttpClient<S> {
    #[inline]
    fn desk(&mut self) -> &mut Desk {
        &mut self.desk
    }

    #[inline]
    fn defaults(&self) -> RequestFacts {
        self.defaults
    }

    #[inline]
    fn submit_draft(&mut self, now_ns: u64) -> Result<Ticket, Error> {
        let facts = self.desk.draft.facts;
        let mut exchange = Exchange::new(Ticket::next(), facts, now_ns);
        let ticket = exchange.ticket;
        let bytes = std::mem::take(&mut self.desk.bytes);
        let may_repeat = self.options.retries_idempotent && facts.is_idempotent;
        let slot = match self.waiting.is_empty() {
            true => self.find(&facts, now_ns),
            false => None,
        };
        let link = slot.and_then(|index| self.slots.get_mut(index)?.link_mut());
        let result = if let Some(link) = link {
            if may_repeat {
                exchange.saved = link.connection_mut().copy(&bytes);
            }
            link.transmit(exchange, &bytes, now_ns);
            Ok(ticket)
        } else if self.waiting.len() < self.options.waiting {
            let copy = self.waiting.copy(&bytes);
            if may_repeat {
                exchange.saved = self.waiting.copy(&bytes);
            }
            self.waiting.push_back(exchange, copy);
            Ok(ticket)
        } else {
            Err(Error::unsent(Reason::Busy))
        };
        self.desk.bytes = bytes;
        result
    }
}
