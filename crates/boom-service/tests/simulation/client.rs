//! The endpoints, which check what they receive.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;

use boom_service::dns::{DnsQuery, DnsResolver};
use boom_service::{DisconnectReason, Endpoint};
use boom_stream::{ConnectionInfo, ConnectionInfoProvider, Layer, Phase};
use boom_testkit::sim::{ConnectionId, Lookup, Network, Random};
use boom_ws::{Heartbeat, IntoWebsocket, WebsocketConfig};

use crate::framed::FramedStream;
use crate::plan::{EndpointPlan, Protocol};
use crate::shared::{ConnectionBook, Shared};
use crate::target::{OUTPUT_MAX, Stack, Target};

pub(crate) struct Client {
    /// No two have the same.
    pub(crate) id: u64,
    pub(crate) plan: EndpointPlan,
    shared: Shared,
    random: Random,
}

impl Client {
    pub(crate) fn new(id: u64, plan: EndpointPlan, shared: Shared) -> Self {
        Self {
            id,
            plan,
            random: shared.network.random(),
            shared,
        }
    }

    fn in_trouble(&mut self, per_mille: u32) -> bool {
        !self.shared.is_calm.get() && self.random.chance(per_mille)
    }

    fn websocket_config(&self) -> WebsocketConfig {
        let heartbeat = Heartbeat::new()
            .with_ping_every(self.plan.dead_peer / 3)
            .with_dead_peer_after(self.plan.dead_peer);
        WebsocketConfig::new()
            .with_heartbeat(heartbeat)
            .with_max_outbound_bytes(OUTPUT_MAX)
    }
}

impl ConnectionInfoProvider for Client {
    fn connection_info(&self) -> &ConnectionInfo {
        self.plan.hosts.connection_info()
    }
}

impl Endpoint for Client {
    type Target = Target;

    fn create_target(&mut self, addr: SocketAddr) -> io::Result<Option<Target>> {
        let now_ns = self.shared.now_ns();
        self.shared.books.borrow_mut().opens += 1;
        self.shared.client(self.id, |book| {
            book.first_open_ns.get_or_insert(now_ns);
            book.progress_ns = now_ns;
        });
        self.check_head_start(addr);
        if self.in_trouble(self.plan.refusals) {
            self.shared.client(self.id, |book| book.race.is_over = true);
            return Ok(None);
        }
        let connected = self.shared.network.connect(self.connection_info(), addr);
        self.note_open(addr, connected.is_err());
        let stream = connected?;
        let id = stream.id();
        self.note_connection(id, addr);
        let stack = match self.plan.protocol {
            Protocol::Framed => {
                let dead_peer_ns = self.plan.dead_peer.as_nanos() as u64;
                Stack::Framed(FramedStream::new(stream, dead_peer_ns))
            }
            Protocol::Websocket => {
                let config = self.websocket_config();
                let ws = stream.into_websocket_with_config("/", |own| *own = config)?;
                Stack::Websocket(Box::new(ws))
            }
        };
        Ok(Some(Target::new(id, stack, self.id, self.shared.clone())))
    }

    fn poll(&mut self, target: &mut Target) -> io::Result<()> {
        self.check_poll(target.id);
        self.work(target)
    }

    fn can_recreate(&mut self, _: DisconnectReason) -> bool {
        !self.in_trouble(self.plan.surrenders)
    }

    fn can_auto_disconnect(&mut self) -> bool {
        let is_allowed = self.random.chance(800);
        let now_ns = self.shared.now_ns();
        if is_allowed {
            self.shared
                .client(self.id, |book| book.allowed_ns = Some(now_ns));
        }
        is_allowed
    }

    fn next_host(&mut self) -> bool {
        self.plan.hosts.advance()
    }

    fn poll_replacement(&mut self, target: &mut Target) -> io::Result<()> {
        self.check_replacement(target.id);
        self.work(target)
    }

    fn can_switch(&mut self, replacement: &mut Target) -> bool {
        self.check_replacement(replacement.id);
        if replacement.phase() != Phase::Established {
            self.complain(replacement.id, "may switch before its handshake is done");
        }
        let is_fed = !self.plan.switches_when_fed || self.received(replacement) > 0;
        is_fed && !self.in_trouble(200)
    }

    fn switched(&mut self, old: &mut Target, new: &mut Target) {
        let id = self.id;
        self.shared.network.note("switched", id, new.id.number());
        self.check_replacement(new.id);
        let standing = self.standing();
        if standing != Some(old.id) {
            self.complain(old.id, "was replaced and did not stand");
        }
        self.shared
            .connection(old.id, |book| book.is_retired = true);
        self.shared
            .connection(new.id, |book| book.is_replacement = false);
        self.shared.client(id, |book| {
            book.standing = Some(new.id);
            book.switches.push_back((old.id, new.id));
        });
        if self.random.chance(300) {
            // Last words, which it may not take.
            let _ = old.send(50);
        }
    }

    fn poll_retired(&mut self, target: &mut Target) -> io::Result<()> {
        let mut is_retired = false;
        self.shared
            .connection(target.id, |book| is_retired = book.is_retired);
        if !is_retired {
            self.complain(target.id, "is polled as one that was replaced");
        }
        self.work(target)
    }
}

/// What the service may ask for.
impl Client {
    fn complain(&self, id: ConnectionId, what: &str) {
        self.shared.complain(format!("#{}: {what}", id.number()));
    }

    fn standing(&self) -> Option<ConnectionId> {
        let books = self.shared.books.borrow();
        let standing = books.clients.get(&self.id)?.standing?;
        drop(books);
        self.shared.is_live(self.id, standing).then_some(standing)
    }

    /// Only the connection that stands, or the only one there is, is polled as such.
    fn check_poll(&self, id: ConnectionId) {
        let mut is_retired = false;
        self.shared.connection(id, |book| {
            is_retired = book.is_retired;
            book.is_replacement = false;
        });
        if is_retired {
            self.complain(id, "was replaced, and is polled as if it stood");
        }
        if self.standing().is_some_and(|standing| standing != id) {
            self.complain(id, "does not stand, and is polled as if it did");
        }
    }

    fn check_replacement(&self, id: ConnectionId) {
        self.shared
            .connection(id, |book| book.is_replacement = true);
        if self.standing().is_none_or(|standing| standing == id) {
            self.complain(id, "replaces nothing");
        }
    }

    /// Connections on their way up.
    fn pending(&self) -> Vec<ConnectionId> {
        let books = self.shared.books.borrow();
        let Some(book) = books.clients.get(&self.id) else {
            return Vec::new();
        };
        let live = book.live.iter().copied();
        live.filter(|id| Some(*id) != book.standing && !books.connections[id].is_retired)
            .collect()
    }

    /// An address is tried beside others only when they have had their time.
    fn check_head_start(&self, addr: SocketAddr) {
        let (now_ns, is_alone) = (self.shared.now_ns(), self.pending().is_empty());
        let head_start = self.plan.options.head_start();
        let complain = |what: &str| {
            self.shared
                .complain(format!("endpoint {}: {addr} {what}", self.id));
        };
        self.shared.client(self.id, |book| {
            let race = &mut book.race;
            if is_alone {
                race.is_over = false;
            }
            if race.tried.contains(&addr) || race.tried.iter().any(|own| own.port() != addr.port())
            {
                race.tried.clear();
            }
        });
        if is_alone {
            return;
        }
        self.shared.books.borrow_mut().raced += 1;
        let Some(head_start) = head_start else {
            return complain("is tried beside another");
        };
        let mut is_early = false;
        self.shared.client(self.id, |book| {
            let due_ns = book.race.opened_ns + head_start.as_nanos() as u64;
            is_early = book.race.failed_ns.is_none() && now_ns < due_ns;
        });
        if is_early {
            complain("is tried before the head start is over");
        }
    }

    fn note_open(&self, addr: SocketAddr, has_failed: bool) {
        let now_ns = self.shared.now_ns();
        self.shared.books.borrow_mut().opened_ns.push(now_ns);
        self.shared.client(self.id, |book| {
            book.race.tried.push(addr);
            (book.race.opened_ns, book.race.jumped_ns) = (now_ns, 0);
            book.race.failed_ns = has_failed.then_some(now_ns);
            book.progress_ns = now_ns;
        });
    }

    fn note_connection(&self, id: ConnectionId, address: SocketAddr) {
        let book = ConnectionBook {
            address,
            received: 0,
            sent: 0,
            opened_ns: self.shared.now_ns(),
            polled: None,
            up_ns: None,
            is_replacement: false,
            is_retired: false,
            is_closing: false,
            newest_ns: 0,
            rest_in: None,
        };
        self.shared.books.borrow_mut().connections.insert(id, book);
        self.shared.client(self.id, |book| book.live.push(id));
    }

    /// Notes that TCP stands.
    fn note_poll(&self, id: ConnectionId) {
        let (turn, now_ns) = (self.shared.turn.get(), self.shared.now_ns());
        let mut is_first = false;
        self.shared.connection(id, |book| {
            is_first = book.polled.is_none();
            book.polled.get_or_insert((turn, now_ns));
        });
        if is_first {
            self.shared.client(self.id, |book| {
                book.race.tried.clear();
                book.progress_ns = now_ns;
            });
        }
    }
}

impl Client {
    fn work(&mut self, target: &mut Target) -> io::Result<()> {
        self.note_poll(target.id);
        let before = self.shared.network.counts();
        let received = self.received(target);
        self.shared.books.borrow_mut().polls += 1;
        let result = target.receive(self.plan.batch);
        if result.is_ok() && self.random.chance(self.plan.sends) {
            let length = self.random.below(400) as usize;
            // On its way out it takes nothing; what has failed is told by the next read.
            let _ = target.send(length);
        }
        let after = self.shared.network.counts();
        let is_busy = before != after || received != self.received(target) || result.is_err();
        self.shared.books.borrow_mut().busy_polls += u64::from(is_busy);
        target.note_rest();
        if target.phase() == Phase::Established {
            let now_ns = self.shared.now_ns();
            self.shared.connection(target.id, |book| {
                book.up_ns.get_or_insert(now_ns);
            });
        }
        match result {
            // Which is no failure.
            Ok(()) if self.random.chance(100) => {
                let kinds = [ErrorKind::WouldBlock, ErrorKind::Interrupted];
                Err(self.random.pick(&kinds).into())
            }
            result => result,
        }
    }

    fn received(&self, target: &Target) -> u64 {
        let books = self.shared.books.borrow();
        books
            .connections
            .get(&target.id)
            .map_or(0, |book| book.received)
    }
}

/// The names of the network.
pub(crate) struct Names(pub(crate) Network);

impl DnsResolver for Names {
    type Query = Name;

    fn resolve(&mut self, host: &str, port: u16) -> Name {
        Name(self.0.lookup(host, port))
    }
}

pub(crate) struct Name(Lookup);

impl DnsQuery for Name {
    fn poll(&mut self) -> Option<io::Result<Vec<SocketAddr>>> {
        self.0.poll()
    }
}
