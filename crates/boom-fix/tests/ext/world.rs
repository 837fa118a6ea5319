//! A service with one initiator, the venue that it connects to, and a clock for all of them.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use boom_fix::session::{
    Clock, Event, FixConnection, Inbox, MemoryStore, Now, OfflineSend, Session, SessionConfig,
};
use boom_fix::{BeginString, FixEndpoint, FixInitiator};
use boom_select::DirectSelector;
use boom_service::{EndpointOptions, Handle, Hosts, IOService, IntoIOService, ReconnectPolicy};
use boom_stream::{ConnectionInfo, ConnectionInfoProvider, TimeSource};
use boom_testkit::clock::ManualClock;

use crate::wire::{End, connect};

/// The time of a world.
#[derive(Clone, Debug)]
pub(crate) struct Times(pub(crate) ManualClock);

impl Clock for Times {
    fn now(&self) -> Now {
        let start = Now {
            monotonic_ns: 0,
            unix_ns: 1_714_998_896_000_000_000,
        };
        start.after_ns(self.0.now_ns())
    }
}

/// Connections that were made and are not accepted yet, by port.
pub(crate) type Network = Rc<RefCell<VecDeque<(u16, End)>>>;

/// The client: it sends the first of its orders when it may, and each further one when it has a report of the one before.
pub(crate) struct Trader {
    pub(crate) hosts: Hosts,
    network: Network,
    pub(crate) orders: u32,
    ordered: u32,
    pub(crate) reports: Vec<String>,
    pub(crate) told: Vec<String>,
    pub(crate) ended: Vec<String>,
    pub(crate) logs_out_after: Option<usize>,
}

impl Trader {
    pub(crate) fn new(network: &Network) -> Self {
        let hosts = Hosts::new(ConnectionInfo::new("127.0.0.1", 1));
        Self {
            hosts: hosts.with(ConnectionInfo::new("127.0.0.1", 2)),
            network: Rc::clone(network),
            orders: 0,
            ordered: 0,
            reports: Vec::new(),
            told: Vec::new(),
            ended: Vec::new(),
            logs_out_after: None,
        }
    }

    /// Sends the next order, if there is one.
    fn order(&mut self, session: &mut Session<MemoryStore>, now: Now) -> io::Result<()> {
        if self.ordered < self.orders {
            self.ordered += 1;
            let id = self.ordered.to_string();
            session.send("D", now, |order| {
                order.text(11, &id);
            })?;
        }
        Ok(())
    }
}

impl ConnectionInfoProvider for Trader {
    fn connection_info(&self) -> &ConnectionInfo {
        self.hosts.connection_info()
    }
}

impl FixEndpoint for Trader {
    type Stream = End;
    type Store = MemoryStore;

    fn create_stream(&mut self, addr: SocketAddr) -> io::Result<Option<End>> {
        let (client, server) = connect(self.connection_info());
        self.network.borrow_mut().push_back((addr.port(), server));
        Ok(Some(client))
    }

    fn event(
        &mut self,
        session: &mut Session<MemoryStore>,
        event: Event<'_>,
        now: Now,
    ) -> io::Result<()> {
        match event {
            Event::Message(received) => {
                let id = received.message.text(11).unwrap();
                self.reports.push(id.to_owned());
                if self.logs_out_after == Some(self.reports.len()) {
                    session.logout(Some("done"), now)?;
                } else {
                    self.order(session, now)?;
                }
            }
            Event::LoggedOn => {
                self.told.push("logged on".to_owned());
                if self.ordered == 0 {
                    self.order(session, now)?;
                }
            }
            Event::Disconnected(reason) => self.told.push(reason.to_string()),
            _ => {}
        }
        Ok(())
    }

    fn can_recreate(&mut self, reason: boom_service::DisconnectReason) -> bool {
        self.ended.push(reason.to_string());
        true
    }

    fn next_host(&mut self) -> bool {
        self.hosts.advance()
    }
}

/// An acceptor with one session, which reports on each order, at two addresses: ports 1 and 2.
pub(crate) struct Venue {
    session: Option<Session<MemoryStore>>,
    pub(crate) connection: Option<FixConnection<End, MemoryStore, Times>>,
    clock: Times,
    /// By address, as the next.
    pub(crate) refuses: [bool; 2],
    pub(crate) accepted: [usize; 2],
    /// That of the connection.
    place: usize,
    pub(crate) orders: Vec<String>,
}

impl Venue {
    fn new(clock: &Times) -> Self {
        let config = SessionConfig::acceptor(BeginString::Fix44, "VENUE", "BUYER");
        Self {
            session: Some(Session::new(config, MemoryStore::new()).unwrap()),
            connection: None,
            clock: clock.clone(),
            refuses: [false; 2],
            accepted: [0; 2],
            place: 0,
            orders: Vec::new(),
        }
    }

    fn accept(&mut self, port: u16, end: End) {
        self.cut(usize::MAX);
        self.place = usize::from(port) - 1;
        let (session, clock) = (self.session.take().unwrap(), self.clock.clone());
        let connection = FixConnection::with_clock(end, session, Inbox::new(), clock);
        self.connection = Some(connection.unwrap());
        self.accepted[self.place] += 1;
    }

    /// Breaks the connection, with all but so many bytes of what is on the way to the client.
    pub(crate) fn cut(&mut self, keep: usize) {
        if let Some(connection) = self.connection.take() {
            connection.stream().truncate(keep);
            self.session = Some(connection.into_session().unwrap());
        }
    }

    fn poll(&mut self) {
        let Some(connection) = &mut self.connection else {
            return;
        };
        if converse(connection, self.refuses[self.place], &mut self.orders).is_err()
            || connection.is_closed()
        {
            self.cut(usize::MAX);
        }
    }

    pub(crate) fn statistics(&self) -> boom_fix::session::Statistics {
        let connection = self.connection.as_ref();
        let session = connection.map(FixConnection::session);
        *session.or(self.session.as_ref()).unwrap().statistics()
    }
}

fn converse(
    connection: &mut FixConnection<End, MemoryStore, Times>,
    refuses: bool,
    orders: &mut Vec<String>,
) -> Result<(), boom_fix::session::SessionError> {
    let (session, inbox, now) = connection.read_batch()?;
    while let Some(event) = session.poll_event(inbox, now)? {
        match event {
            Event::Logon(_) if refuses => session.refuse_logon("not now")?,
            Event::Message(received) => {
                let id = received.message.text(11).unwrap().to_owned();
                session.send("8", now, |report| {
                    report.text(11, &id);
                })?;
                orders.push(id);
            }
            _ => {}
        }
    }
    connection.flush().map(drop)
}

type Service = IOService<DirectSelector, FixInitiator<Trader, MemoryStore, Times>, (), ManualClock>;

/// All of it.
pub(crate) struct World {
    pub(crate) service: Service,
    pub(crate) handle: Handle,
    pub(crate) clock: ManualClock,
    pub(crate) network: Network,
    pub(crate) venue: Venue,
}

/// The first retry after a second, the next after ten at most.
pub(crate) fn patient() -> EndpointOptions {
    let policy = ReconnectPolicy::default()
        .with_base(Duration::from_secs(1))
        .with_factor(10.0)
        .with_cap(Duration::from_secs(100))
        .with_immediate_retry(false);
    EndpointOptions::default().with_reconnect(policy)
}

impl World {
    pub(crate) fn new(
        options: EndpointOptions,
        configure: impl FnOnce(&mut FixInitiator<Trader, MemoryStore, Times>),
    ) -> Self {
        Self::with_config(options, |config| config, configure)
    }

    pub(crate) fn with_config(
        options: EndpointOptions,
        config: impl FnOnce(SessionConfig) -> SessionConfig,
        configure: impl FnOnce(&mut FixInitiator<Trader, MemoryStore, Times>),
    ) -> Self {
        let clock = ManualClock::starting_at(1_000_000_000);
        let times = Times(clock.clone());
        let network = Network::default();
        let own = SessionConfig::initiator(BeginString::Fix44, "BUYER", "VENUE");
        let own = config(own.with_offline_send(OfflineSend::Queue));
        let session = Session::new(own, MemoryStore::new()).unwrap();
        let trader = Trader::new(&network);
        let mut initiator = FixInitiator::with_clock(trader, session, Inbox::new(), times.clone());
        configure(&mut initiator);
        let mut service = DirectSelector::new()
            .into_io_service()
            .with_time_source(clock.clone());
        let handle = service.register_with(initiator, options);
        Self {
            service,
            handle,
            clock,
            network,
            venue: Venue::new(&times),
        }
    }

    /// So many rounds of everybody, in which no time passes.
    pub(crate) fn turn(&mut self, rounds: usize) {
        for _ in 0..rounds {
            self.service.poll().unwrap();
            while let Some((port, end)) = self.network.borrow_mut().pop_front() {
                self.venue.accept(port, end);
            }
            self.venue.poll();
        }
    }

    /// The same until something holds.
    pub(crate) fn turn_until(&mut self, holds: impl Fn(&Self) -> bool) {
        for _ in 0..10_000 {
            if holds(self) {
                return;
            }
            self.turn(1);
        }
        panic!("it does not come to that: {:?}", self.trader().told);
    }

    pub(crate) fn trader(&self) -> &Trader {
        self.service.get(self.handle).unwrap().get()
    }

    pub(crate) fn is_logged_on(&self) -> bool {
        let initiator = self.service.get(self.handle);
        initiator.is_some_and(|initiator| initiator.session().is_logged_on())
    }
}
