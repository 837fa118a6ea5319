//! A world in memory: the tests say which sockets are ready, what names resolve to and what time it is.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use boom_select::{Readiness, Ready, Selector, Token};
use boom_service::dns::{DnsQuery, DnsResolver};
use boom_service::{
    DisconnectReason, Endpoint, EndpointOptions, Event, Handle, Hosts, IOService, IntoIOService,
    State, Traffic,
};
use boom_stream::{ConnectionInfo, ConnectionInfoProvider, Layer, Phase};
use boom_testkit::clock::ManualClock;
use boom_testkit::stream::ScriptedStream;

pub(crate) type Service = IOService<Reports, Client, (), ManualClock, Names>;

/// A service and everything around it.
pub(crate) struct World {
    pub(crate) service: Service,
    pub(crate) clock: ManualClock,
    pub(crate) reports: Reports,
    pub(crate) names: Names,
}

impl World {
    /// A service that connects as fast as it is polled.
    pub(crate) fn new() -> Self {
        let mut world = Self::with_default_rate();
        world.service = world
            .service
            .with_connect_rate(u32::MAX, Duration::from_secs(1));
        world
    }

    /// A service that needs the time to pass to make many connects.
    pub(crate) fn with_default_rate() -> Self {
        let (clock, reports, names) = (ManualClock::new(), Reports::default(), Names::default());
        // Far from zero, so that a deadline of zero is in the past.
        clock.advance(Duration::from_secs(1000));
        let service = reports
            .clone()
            .into_io_service()
            .with_time_source(clock.clone())
            .with_resolver(names.clone())
            .with_seed(1);
        Self {
            service,
            clock,
            reports,
            names,
        }
    }

    /// Registers an endpoint of a numeric address.
    pub(crate) fn register(&mut self, port: u16) -> (Handle, Client) {
        let client = Client::new("10.0.0.1", port);
        (self.service.register(client.clone()), client)
    }

    /// Registers an endpoint and returns it as well: it is shared.
    pub(crate) fn register_with(
        &mut self,
        client: Client,
        options: EndpointOptions,
    ) -> (Handle, Client) {
        (self.service.register_with(client.clone(), options), client)
    }

    /// Registers an endpoint and polls until it is active.
    pub(crate) fn active(&mut self, port: u16) -> (Handle, Client) {
        let (handle, client) = self.register(port);
        self.poll_until(handle, State::Active);
        self.drain_events();
        (handle, client)
    }

    /// Polls, with every registered socket ready, until the endpoint is in `state`.
    pub(crate) fn poll_until(&mut self, handle: Handle, state: State) {
        for _ in 0..100 {
            if self.service.state(handle) == Some(state) {
                return;
            }
            self.reports.all_ready();
            self.service.poll().unwrap();
        }
        panic!(
            "{:?} after 100 polls, not {state:?}",
            self.service.state(handle)
        );
    }

    /// Polls until nothing changes any more at this time.
    pub(crate) fn settle(&mut self) {
        for _ in 0..8 {
            self.service.poll().unwrap();
        }
    }

    pub(crate) fn advance(&mut self, duration: Duration) {
        self.clock.advance(duration);
        self.settle();
    }

    /// The events so far, in short.
    pub(crate) fn drain_events(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.service.poll_event())
            .map(|event| short(&event))
            .collect()
    }
}

fn short(event: &Event<Client>) -> String {
    match event {
        Event::Connected { addr, .. } => format!("connected {addr}"),
        Event::Disconnected { reason, .. } => format!("disconnected: {reason}"),
        Event::Switched { addr, .. } => format!("switched to {addr}"),
        Event::Retired { is_clean: true, .. } => "retired cleanly".to_owned(),
        Event::Retired { .. } => "retired, cut off".to_owned(),
        Event::AttemptFailed {
            addr: Some(addr),
            reason,
            ..
        } => format!("failed {addr}: {reason}"),
        Event::AttemptFailed {
            addr: None, reason, ..
        } => format!("failed: {reason}"),
        // Jitter aside.
        Event::RetryIn { delay, .. } if delay.is_zero() => "retry at once".to_owned(),
        Event::RetryIn { .. } => "retry later".to_owned(),
        Event::GaveUp {
            endpoint, reason, ..
        } => format!("gave up {}: {reason}", endpoint.connection_info()),
        Event::Deregistered {
            endpoint, is_clean, ..
        } => {
            let end = if *is_clean { "cleanly" } else { "cut off" };
            format!("deregistered {}: {end}", endpoint.connection_info())
        }
        _ => "another".to_owned(),
    }
}

/// A selector that reports what the test tells it to. Clones are the same selector.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reports(Rc<RefCell<ReportsState>>);

#[derive(Debug, Default)]
struct ReportsState {
    registered: Vec<Token>,
    ready: Vec<Ready>,
    delivered: usize,
    timeouts: Vec<Option<Duration>>,
    fail_register: bool,
    fail_poll: bool,
    may_read: bool,
    may_write: bool,
}

impl Reports {
    /// The tokens watched, the oldest first.
    pub(crate) fn registered(&self) -> Vec<Token> {
        self.0.borrow().registered.clone()
    }

    /// Lets the next poll report `token`, be it registered or not.
    pub(crate) fn ready(&self, token: Token) {
        self.0.borrow_mut().ready.push(Ready {
            token,
            readiness: Readiness::READ_WRITE,
        });
    }

    /// Lets the next poll report every socket.
    pub(crate) fn all_ready(&self) {
        for token in self.registered() {
            self.ready(token);
        }
    }

    pub(crate) fn fail_register(&self, fail: bool) {
        self.0.borrow_mut().fail_register = fail;
    }

    pub(crate) fn fail_poll(&self, fail: bool) {
        self.0.borrow_mut().fail_poll = fail;
    }

    /// What `may_read` and `may_write` answer for every socket.
    pub(crate) fn may(&self, read: bool, write: bool) {
        let mut state = self.0.borrow_mut();
        (state.may_read, state.may_write) = (read, write);
    }

    /// Number of reports that were handed to a socket.
    pub(crate) fn delivered(&self) -> usize {
        self.0.borrow().delivered
    }

    /// The timeout of the last poll.
    pub(crate) fn last_timeout(&self) -> Duration {
        self.0.borrow().timeouts.last().copied().flatten().unwrap()
    }
}

impl Selector<ScriptedStream> for Reports {
    fn register(&mut self, _socket: &mut ScriptedStream, token: Token) -> io::Result<()> {
        let mut state = self.0.borrow_mut();
        if state.fail_register {
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        state.registered.push(token);
        Ok(())
    }

    fn deregister(&mut self, _socket: &mut ScriptedStream, token: Token) -> io::Result<()> {
        let mut state = self.0.borrow_mut();
        let place = state
            .registered
            .iter()
            .position(|registered| *registered == token);
        state
            .registered
            .remove(place.expect("only what is registered is deregistered"));
        Ok(())
    }

    fn poll(&mut self, ready: &mut Vec<Ready>, timeout: Option<Duration>) -> io::Result<()> {
        let mut state = self.0.borrow_mut();
        if state.fail_poll {
            return Err(io::ErrorKind::Other.into());
        }
        state.timeouts.clear();
        state.timeouts.push(timeout);
        ready.append(&mut state.ready);
        Ok(())
    }

    fn deliver(&mut self, _socket: &mut ScriptedStream, _readiness: Readiness) {
        self.0.borrow_mut().delivered += 1;
    }

    fn may_read(&self, _socket: &ScriptedStream) -> bool {
        self.0.borrow().may_read
    }

    fn may_write(&self, _socket: &ScriptedStream) -> bool {
        self.0.borrow().may_write
    }
}

/// A resolver that knows what the test tells it. Clones are the same resolver.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names(Rc<RefCell<NamesState>>);

#[derive(Debug, Default)]
struct NamesState {
    answers: HashMap<String, Result<Vec<SocketAddr>, io::ErrorKind>>,
    asked: Vec<String>,
    looks: usize,
}

impl Names {
    pub(crate) fn set(&self, host: &str, addresses: &[SocketAddr]) {
        self.0
            .borrow_mut()
            .answers
            .insert(host.to_owned(), Ok(addresses.to_vec()));
    }

    pub(crate) fn fail(&self, host: &str, kind: io::ErrorKind) {
        self.0
            .borrow_mut()
            .answers
            .insert(host.to_owned(), Err(kind));
    }

    /// The hosts asked for, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.0.borrow().asked.clone()
    }

    /// How often an answer was looked for so far.
    pub(crate) fn looks(&self) -> usize {
        self.0.borrow().looks
    }
}

impl DnsResolver for Names {
    type Query = Name;

    fn resolve(&mut self, host: &str, port: u16) -> Name {
        self.0.borrow_mut().asked.push(host.to_owned());
        Name {
            names: self.clone(),
            host: host.to_owned(),
            port,
        }
    }
}

/// A question; it has no answer until the test has set one.
#[derive(Debug)]
pub(crate) struct Name {
    names: Names,
    host: String,
    port: u16,
}

impl DnsQuery for Name {
    fn poll(&mut self) -> Option<io::Result<Vec<SocketAddr>>> {
        if let Ok(address) = self.host.parse() {
            return Some(Ok(vec![SocketAddr::new(address, self.port)]));
        }
        let mut state = self.names.0.borrow_mut();
        state.looks += 1;
        state
            .answers
            .get(&self.host)
            .map(|answer| answer.clone().map_err(io::Error::from))
    }
}

/// An endpoint whose behaviour the test sets. Clones are the same endpoint.
#[derive(Clone)]
pub(crate) struct Client {
    /// Each clone has its own turn: the one that counts is the service's.
    hosts: Hosts,
    pub(crate) plan: Rc<RefCell<Plan>>,
}

pub(crate) struct Plan {
    pub(crate) open: Box<OnOpen>,
    pub(crate) poll: Box<OnPoll>,
    pub(crate) can_recreate: bool,
    pub(crate) can_auto_disconnect: bool,
    pub(crate) can_switch: bool,
    pub(crate) overlap: Option<Box<OnOverlap>>,
    /// Arguments of `create_target`.
    pub(crate) opened: Vec<SocketAddr>,
    /// Calls of `poll`.
    pub(crate) polls: usize,
    /// Arguments of `can_recreate`.
    pub(crate) reasons: Vec<String>,
}

type OnOpen = dyn FnMut(SocketAddr) -> io::Result<Option<Stack>>;
type OnOverlap = dyn FnMut(Overlap<'_>) -> io::Result<()>;
type OnPoll = dyn FnMut(&mut Stack) -> io::Result<()>;

/// What an endpoint is told while one connection takes the place of another.
pub(crate) enum Overlap<'a> {
    Replacement(&'a mut Stack),
    Switched {
        old: &'a mut Stack,
        new: &'a mut Stack,
    },
    Retired(&'a mut Stack),
}

impl Client {
    /// Connects at once, has no handshake and does nothing when polled.
    pub(crate) fn new(host: &str, port: u16) -> Self {
        let plan = Plan {
            open: Box::new(|_| Ok(Some(Stack::default()))),
            poll: Box::new(|_| Ok(())),
            can_recreate: true,
            can_auto_disconnect: true,
            can_switch: true,
            overlap: None,
            opened: Vec::new(),
            polls: 0,
            reasons: Vec::new(),
        };
        Self {
            hosts: Hosts::new(ConnectionInfo::new(host, port)),
            plan: Rc::new(RefCell::new(plan)),
        }
    }

    /// The same with another host to fail over to.
    pub(crate) fn or(mut self, host: &str, port: u16) -> Self {
        self.hosts = self.hosts.with(ConnectionInfo::new(host, port));
        self
    }

    pub(crate) fn on_open(
        &self,
        open: impl FnMut(SocketAddr) -> io::Result<Option<Stack>> + 'static,
    ) {
        self.plan.borrow_mut().open = Box::new(open);
    }

    pub(crate) fn on_poll(&self, poll: impl FnMut(&mut Stack) -> io::Result<()> + 'static) {
        self.plan.borrow_mut().poll = Box::new(poll);
    }

    /// Fails each poll with `kind`.
    pub(crate) fn fail(&self, kind: io::ErrorKind) {
        self.on_poll(move |_| Err(kind.into()));
    }

    /// Fails the next poll with `kind`.
    pub(crate) fn fail_once(&self, kind: io::ErrorKind) {
        let mut has_failed = false;
        self.on_poll(move |_| match std::mem::replace(&mut has_failed, true) {
            true => Ok(()),
            false => Err(kind.into()),
        });
    }

    /// Sees what is done with connections in an overlap, with what belongs to `poll` left as it is.
    pub(crate) fn on_overlap(&self, overlap: impl FnMut(Overlap<'_>) -> io::Result<()> + 'static) {
        self.plan.borrow_mut().overlap = Some(Box::new(overlap));
    }

    /// Makes connects fail with `kind`.
    pub(crate) fn refuse(&self, kind: io::ErrorKind) {
        self.on_open(move |_| Ok(Some(Stack::new(ScriptedStream::new().connect_error(kind)))));
    }

    fn overlap(&self, overlap: Overlap<'_>) -> io::Result<()> {
        match &mut self.plan.borrow_mut().overlap {
            Some(on_overlap) => on_overlap(overlap),
            None => Ok(()),
        }
    }

    pub(crate) fn polls(&self) -> usize {
        self.plan.borrow().polls
    }

    pub(crate) fn opened(&self) -> Vec<SocketAddr> {
        self.plan.borrow().opened.clone()
    }
}

impl ConnectionInfoProvider for Client {
    fn connection_info(&self) -> &ConnectionInfo {
        self.hosts.connection_info()
    }
}

impl Endpoint for Client {
    type Target = Stack;

    fn create_target(&mut self, addr: SocketAddr) -> io::Result<Option<Stack>> {
        let plan = &mut *self.plan.borrow_mut();
        plan.opened.push(addr);
        (plan.open)(addr)
    }

    fn poll(&mut self, target: &mut Stack) -> io::Result<()> {
        let plan = &mut *self.plan.borrow_mut();
        plan.polls += 1;
        (plan.poll)(target)
    }

    fn can_recreate(&mut self, reason: DisconnectReason) -> bool {
        let plan = &mut *self.plan.borrow_mut();
        plan.reasons.push(reason.to_string());
        plan.can_recreate
    }

    fn can_auto_disconnect(&mut self) -> bool {
        self.plan.borrow().can_auto_disconnect
    }

    fn next_host(&mut self) -> bool {
        self.hosts.advance()
    }

    fn poll_replacement(&mut self, target: &mut Stack) -> io::Result<()> {
        self.overlap(Overlap::Replacement(target))
    }

    fn can_switch(&mut self, _replacement: &mut Stack) -> bool {
        self.plan.borrow().can_switch
    }

    fn switched(&mut self, old: &mut Stack, new: &mut Stack) {
        self.overlap(Overlap::Switched { old, new }).unwrap();
    }

    fn poll_retired(&mut self, target: &mut Stack) -> io::Result<()> {
        self.overlap(Overlap::Retired(target))
    }

    fn traffic(&self, target: &Stack) -> Traffic {
        Traffic {
            received_bytes: Some(10),
            sent_messages: Some(target.stream.written().len() as u64),
            ..Traffic::default()
        }
    }
}

/// A stack of streams whose state the test sets. The cells are shared with the test.
pub(crate) struct Stack {
    pub(crate) stream: ScriptedStream,
    pub(crate) phase: Rc<Cell<Phase>>,
    pub(crate) has_buffered: Rc<Cell<bool>>,
    pub(crate) wants_write: Rc<Cell<bool>>,
    pub(crate) timeout: Rc<Timeout>,
    /// What `poll_close` answers.
    pub(crate) is_closed: Rc<Cell<bool>>,
}

/// The deadline of a stack, and what has become of it.
#[derive(Debug, Default)]
pub(crate) struct Timeout {
    pub(crate) due_ns: Cell<Option<u64>>,
    /// The deadline that takes the place of one that has passed.
    pub(crate) then_ns: Cell<Option<u64>>,
    /// With what `handle_timeout` fails.
    pub(crate) error: Cell<Option<io::ErrorKind>>,
    /// The times that the stack was told.
    pub(crate) told_ns: RefCell<Vec<u64>>,
}

impl Timeout {
    pub(crate) fn take_told(&self) -> Vec<u64> {
        std::mem::take(&mut self.told_ns.borrow_mut())
    }
}

impl Default for Stack {
    fn default() -> Self {
        Self::new(ScriptedStream::new())
    }
}

impl Stack {
    pub(crate) fn new(stream: ScriptedStream) -> Self {
        Self {
            stream,
            phase: Rc::new(Cell::new(Phase::Established)),
            has_buffered: Rc::default(),
            wants_write: Rc::default(),
            timeout: Rc::default(),
            is_closed: Rc::new(Cell::new(true)),
        }
    }

    /// A stack in the phase that `phase` holds, now and later.
    pub(crate) fn in_phase(phase: &Rc<Cell<Phase>>) -> Self {
        Self {
            phase: Rc::clone(phase),
            ..Self::default()
        }
    }
}

impl Layer for Stack {
    type Base = ScriptedStream;

    fn base(&self) -> &ScriptedStream {
        &self.stream
    }

    fn base_mut(&mut self) -> &mut ScriptedStream {
        &mut self.stream
    }

    fn has_buffered(&self) -> bool {
        self.has_buffered.get()
    }

    fn wants_write(&self) -> bool {
        self.wants_write.get()
    }

    fn phase(&self) -> Phase {
        self.phase.get()
    }

    fn poll_timeout(&self) -> Option<u64> {
        self.timeout.due_ns.get()
    }

    fn handle_timeout(&mut self, now_ns: u64) -> io::Result<()> {
        let timeout = &self.timeout;
        timeout.told_ns.borrow_mut().push(now_ns);
        if timeout.due_ns.get().is_some_and(|due_ns| due_ns <= now_ns) {
            timeout.due_ns.set(timeout.then_ns.take());
        }
        timeout.error.get().map_or(Ok(()), |kind| Err(kind.into()))
    }

    fn poll_close(&mut self) -> io::Result<bool> {
        Ok(self.is_closed.get() && !self.wants_write.get())
    }
}
