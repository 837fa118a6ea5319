//! One seed: trouble, then calm, then the end.

mod checks;
mod connections;
mod operations;
mod steps;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use boom_service::{Handle, IOService, IntoIOService};
use boom_testkit::sim::{
    Clock, ConnectionId, Feed, Framed, Network, Random, Selector, WebsocketCodec,
};

use crate::client::{Client, Names};
use crate::oracle::{Entry, Tally};
use crate::plan::{self, EndpointPlan, Plan, Protocol};
use crate::shared::Shared;

type Service = IOService<Selector, Client, (), Clock, Names>;

/// A service, its world, and all that is known of both.
pub(crate) struct Run {
    service: Service,
    shared: Shared,
    plan: Plan,
    random: Random,
    entries: BTreeMap<Handle, Entry>,
    /// Every handle that there ever was.
    handles: BTreeSet<Handle>,
    stale: Vec<Handle>,
    tally: Tally,
    /// Connections that came to an end in good order after the trouble.
    ended_well: Vec<ConnectionId>,
    next_client: u64,
    dispatches: u64,
    /// Turns in a row in which nothing happened, and no time passed.
    idle_turns: u32,
    started_ns: u64,
    /// When the last step was over.
    checked_ns: u64,
    has_recovered: bool,
}

/// How long nothing may go wrong after the trouble.
const CALM: Duration = Duration::from_secs(2);

/// What a run has seen.
pub(crate) struct Totals {
    /// By name, to be added up.
    pub(crate) counts: [(&'static str, u64); 7],
    pub(crate) trace_hash: u64,
}

impl Run {
    pub(crate) fn new(seed: u64) -> Self {
        let network = Network::new(seed);
        let mut random = network.random();
        let plan = Plan::draw(&mut random);
        network.set_faults(plan.faults.clone());
        let shared = Shared::new(network.clone());
        for server in 0..plan::SERVERS {
            let addresses = plan::addresses(server);
            network.add_host(&plan::host(server), addresses.clone());
            for address in &addresses[..2] {
                let (ledger, options) = (&shared.ledger, plan.feed.clone());
                match plan::protocol(server) {
                    Protocol::Framed => Feed::<Framed>::listen(&network, *address, ledger, options),
                    Protocol::Websocket => {
                        Feed::<WebsocketCodec>::listen(&network, *address, ledger, options);
                    }
                }
            }
        }
        let (connects, period) = plan.connect_rate;
        let mut service = network
            .selector()
            .into_io_service()
            .with_time_source(network.clock())
            .with_resolver(Names(network))
            .with_connect_rate(connects, period)
            .with_event_limit(100_000)
            .with_seed(random.number());
        if let Some((connects, period)) = plan.host_rate {
            service = service.with_host_connect_rate(connects, period);
        }
        Self {
            service,
            started_ns: shared.now_ns(),
            checked_ns: shared.now_ns(),
            shared,
            plan,
            random,
            entries: BTreeMap::new(),
            handles: BTreeSet::new(),
            stale: Vec::new(),
            tally: Tally::default(),
            ended_well: Vec::new(),
            next_client: 0,
            dispatches: 0,
            idle_turns: 0,
            has_recovered: false,
        }
    }

    pub(crate) fn network(&self) -> &Network {
        &self.shared.network
    }

    pub(crate) fn complete(&mut self) -> Totals {
        for _ in 0..self.random.below(self.plan.endpoints_max) {
            self.register();
        }
        let until_ns = self.shared.now_ns() + self.plan.trouble.as_nanos() as u64;
        while self.shared.now_ns() < until_ns {
            if self.random.chance(self.plan.operations) {
                self.operate();
            }
            self.step();
        }
        if !self.plan.shutdown_in_trouble {
            self.calm_down();
        }
        self.shut_down();
        let books = self.shared.books.borrow();
        let virtual_ns = self.shared.now_ns() - self.started_ns;
        let messages = books.connections.values().map(|book| book.received).sum();
        Totals {
            counts: [
                ("virtual seconds", virtual_ns / 1_000_000_000),
                ("connections", books.connections.len() as u64),
                ("messages", messages),
                ("races", books.raced),
                ("replaced", self.tally.switched),
                ("replaced in good order", self.tally.retired),
                ("silent", self.tally.idle),
            ],
            trace_hash: self.shared.network.trace_hash(),
        }
    }

    /// Every endpoint is to be connected, and to receive what was sent after the trouble, in the time of its policy.
    fn calm_down(&mut self) {
        for handle in self.live() {
            self.resume(handle);
        }
        while self.entries.len() < 2 {
            self.register();
        }
        self.network().calm_down();
        self.shared.ledger.calm_down();
        self.shared.is_calm.set(true);
        let calm_ns = self.shared.now_ns();
        self.shared.calm_ns.set(calm_ns);
        while let Some(late) = self.late(calm_ns) {
            if let Some(id) = late {
                panic!("endpoint {id} has not recovered: {:?}", self.describe(id));
            }
            self.step();
        }
        // From here on, who is connected stays so.
        self.has_recovered = true;
        let until_ns = self.shared.now_ns() + CALM.as_nanos() as u64;
        while self.shared.now_ns() < until_ns {
            if self.random.chance(self.plan.operations)
                && let Some(handle) = self.live().first()
            {
                let handle = *handle;
                match self.random.chance(300) {
                    true => self.renew(handle),
                    false => self.send(handle),
                }
            }
            self.step();
        }
    }

    /// `None` when every endpoint has recovered; the first that has not in its time.
    fn late(&self, calm_ns: u64) -> Option<Option<u64>> {
        let now_ns = self.shared.now_ns();
        let books = self.shared.books.borrow();
        let mut waiting = self.entries.values().filter(|entry| {
            let newest_ns = books
                .clients
                .get(&entry.id)
                .map_or(0, |book| book.newest_ns);
            entry.closing_until_ns.is_none() && newest_ns <= calm_ns
        });
        let first = waiting.next()?;
        let late = [first].into_iter().chain(waiting).find(|entry| {
            let bound = self.recovery(&entry.plan);
            now_ns > calm_ns + bound.as_nanos() as u64
        });
        Some(late.map(|entry| entry.id))
    }

    /// How long an endpoint may take: to find its peer dead, to end the attempt it is in, to wait, and to try once more.
    fn recovery(&self, plan: &EndpointPlan) -> Duration {
        let timeouts = plan.options.timeouts();
        let addresses = timeouts.connect() * 3 + timeouts.handshake();
        let round = (timeouts.resolve() + addresses) * plan.host_count;
        let (connects, period) = self.plan.connect_rate;
        let attempts = self.entries.len() as u32 * 6;
        let rate = period * attempts.div_ceil(connects);
        let (connects, period) = self.plan.host_rate.unwrap_or((1, Duration::ZERO));
        let host_rate = period * attempts.div_ceil(connects);
        plan.dead_peer * 2
            + round.min(timeouts.total().saturating_add(rate + host_rate))
            + plan.backoff.cap
            + 2 * (rate + host_rate)
            + Duration::from_secs(2)
    }

    /// How late the service may be in what it does at a time: by the slow connects of a turn.
    const fn slack(&self) -> Duration {
        match self.plan.faults.slow_connects {
            0 => Duration::from_millis(20),
            _ => Duration::from_secs(1),
        }
    }

    /// How long an endpoint may wait for its turn among the others.
    fn turn_to_connect(&self) -> Duration {
        let wait = |(connects, period): (u32, Duration)| {
            // Those that are gone may have turns.
            period * ((self.entries.len() as u32 + 6).div_ceil(connects) + 1)
        };
        let host_rate = self.plan.host_rate.map_or(Duration::ZERO, wait);
        2 * wait(self.plan.connect_rate) + host_rate + self.slack()
    }

    fn describe(&self, id: u64) -> Option<String> {
        let entry = self.entries.values().find(|entry| entry.id == id)?;
        let stats = self.service.endpoint_stats(entry.handle)?;
        Some(format!("{stats:?} {:?}", entry.plan.options))
    }

    /// Ends everything in good order; after a calm, what was sent has arrived.
    fn shut_down(&mut self) {
        let timeout = Duration::from_millis(self.random.between(2500, 4000));
        for handle in self.live() {
            self.closing(handle, timeout);
        }
        self.service.shutdown(timeout);
        self.take_events(self.shared.now_ns());
        while !self.service.is_empty() {
            self.step();
        }
        assert!(
            self.entries.is_empty(),
            "the service has forgotten endpoints"
        );
        self.network().advance(Duration::from_secs(3));
        self.check_complaints();
        self.check_connections();
        assert_eq!(self.network().watched(), 0, "sockets that are watched");
    }

    fn live(&self) -> Vec<Handle> {
        let live = self.entries.values();
        live.filter(|entry| entry.closing_until_ns.is_none())
            .map(|entry| entry.handle)
            .collect()
    }
}
