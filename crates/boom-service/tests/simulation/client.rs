//! The endpoints, which check what they receive.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;

use boom_service::dns::{DnsQuery, DnsResolver};
use boom_service::{DisconnectReason, Endpoint};
use boom_stream::{ConnectionInfo, ConnectionInfoProvider};
use boom_testkit::sim::{Lookup, Network, Random};
use boom_ws::{Heartbeat, IntoWebsocket, WebsocketConfig};

use crate::framed::FramedStream;
use crate::plan::{EndpointPlan, Protocol};
use crate::shared::Shared;
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
        });
        if self.in_trouble(self.plan.refusals) {
            return Ok(None);
        }
        let connected = self.shared.network.connect(self.connection_info(), addr);
        let now_ns = self.shared.now_ns();
        self.shared.books.borrow_mut().opened_ns.push(now_ns);
        let stream = connected?;
        let id = stream.id();
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
        match result {
            // Which is no failure.
            Ok(()) if self.random.chance(100) => {
                let kinds = [ErrorKind::WouldBlock, ErrorKind::Interrupted];
                Err(self.random.pick(&kinds).into())
            }
            result => result,
        }
    }

    fn can_recreate(&mut self, _: DisconnectReason) -> bool {
        !self.in_trouble(self.plan.surrenders)
    }

    fn can_auto_disconnect(&mut self) -> bool {
        self.random.chance(800)
    }

    fn next_host(&mut self) -> bool {
        self.plan.hosts.advance()
    }
}

impl Client {
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
