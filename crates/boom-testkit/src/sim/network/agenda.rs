//! What is to happen, and happening.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use super::super::connection::{Fate, Stage};
use super::super::peer::{Action, Peer, Wire};
use super::{ConnectionId, State};

/// What is to happen, in order of time, and of being planned where the time is the same.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    planned: BTreeMap<(u64, u64), (ConnectionId, Happening)>,
    count: u64,
}

#[derive(Debug)]
pub(super) enum Happening {
    /// The connect is answered: by success, or by refusal.
    Answered(bool),
    ToClient(Vec<u8>),
    FinToClient,
    ToServer(Vec<u8>),
    /// The client has closed.
    EndToServer,
    Reset,
    Woken,
    /// Writes take bytes again.
    Unchoked,
}

impl Agenda {
    pub(super) fn next_ns(&self) -> Option<u64> {
        self.planned.keys().next().map(|(at_ns, _)| *at_ns)
    }

    pub(super) fn plan(&mut self, at_ns: u64, connection: ConnectionId, happening: Happening) {
        self.count += 1;
        self.planned
            .insert((at_ns, self.count), (connection, happening));
    }
}

impl State {
    /// Lets happen what is due.
    pub(super) fn run_due(&mut self) {
        let now_ns = self.now_ns();
        while self
            .agenda
            .next_ns()
            .is_some_and(|next_ns| next_ns <= now_ns)
        {
            self.step();
        }
    }

    /// Lets the next thing happen; the clock shows its time, or a later one where it is late.
    pub(super) fn step(&mut self) {
        let Some(((at_ns, _), (id, happening))) = self.agenda.planned.pop_first() else {
            return;
        };
        self.clock.move_to(at_ns);
        self.happening_ns = at_ns;
        self.counts.happenings += 1;
        match happening {
            Happening::Answered(is_up) => self.answered(id, is_up),
            Happening::ToClient(bytes) => self.arrive(id, bytes),
            Happening::FinToClient => self.finish(id),
            Happening::ToServer(bytes) => self.deliver(id, &bytes),
            Happening::EndToServer => self.end(id),
            Happening::Reset => self.reset(id),
            Happening::Woken => self.tell(id, |peer, wire| peer.woken(wire)),
            Happening::Unchoked => self.unchoked(id),
        }
    }

    fn answered(&mut self, id: ConnectionId, is_up: bool) {
        let now_ns = self.now_ns();
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        if connection.stage != Stage::Connecting || connection.is_dropped {
            return;
        }
        let server = self.servers.get_mut(&connection.address);
        let server = server.filter(|server| server.down_until_ns <= now_ns);
        let (Some(server), true) = (server, is_up) else {
            connection.stage = Stage::Down;
            connection.error = Some(ErrorKind::ConnectionRefused);
            self.note("refused", id.0, 0);
            return self.queue_report(id);
        };
        connection.stage = Stage::Up;
        connection.peer = Some((server.accept)(id));
        self.note("up", id.0, 0);
        self.queue_report(id);
        self.tell(id, |peer, wire| peer.opened(wire));
    }

    fn arrive(&mut self, id: ConnectionId, bytes: Vec<u8>) {
        let Some(connection) = self.connections.get_mut(&id).filter(|own| own.is_up()) else {
            return;
        };
        let count = bytes.len() as u64;
        connection.inbox.extend(bytes);
        self.note("arrived", id.0, count);
        self.queue_report(id);
    }

    fn finish(&mut self, id: ConnectionId) {
        let Some(connection) = self.connections.get_mut(&id).filter(|own| own.is_up()) else {
            return;
        };
        connection.is_finished = true;
        self.note("finished", id.0, 0);
        self.queue_report(id);
    }

    fn deliver(&mut self, id: ConnectionId, bytes: &[u8]) {
        let Some(connection) = self.connections.get_mut(&id).filter(|own| own.is_up()) else {
            return;
        };
        connection.room += bytes.len();
        if connection.is_writer_waiting && !connection.is_choked {
            self.queue_report(id);
        }
        self.note("delivered", id.0, bytes.len() as u64);
        self.tell(id, |peer, wire| peer.received(bytes, wire));
    }

    fn end(&mut self, id: ConnectionId) {
        if let Some(mut connection) = self.connections.remove(&id)
            && let Some(peer) = &mut connection.peer
        {
            peer.ended();
            self.note("ended", id.0, 0);
        }
    }

    fn reset(&mut self, id: ConnectionId) {
        let Some(connection) = self.connections.get_mut(&id).filter(|own| own.is_up()) else {
            return;
        };
        connection.stage = Stage::Down;
        connection.error = Some(ErrorKind::ConnectionReset);
        if let Some(mut peer) = connection.peer.take() {
            peer.ended();
        }
        // A kernel may or may not let the client read what had arrived.
        if self.random.chance(500) {
            connection.inbox.clear();
        }
        self.note("reset", id.0, 0);
        self.queue_report(id);
    }

    fn unchoked(&mut self, id: ConnectionId) {
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.is_choked = false;
            self.queue_report(id);
        }
    }

    pub(super) fn restart(&mut self, address: SocketAddr, down: Duration) {
        let down_until_ns = self.later(down);
        if let Some(server) = self.servers.get_mut(&address) {
            server.down_until_ns = down_until_ns;
        }
        self.note("restart", address.port().into(), down.as_micros() as u64);
        let connected: Vec<_> = self
            .connections
            .iter()
            .filter(|(_, connection)| connection.address == address && connection.is_up())
            .map(|(id, _)| *id)
            .collect();
        for id in connected {
            let at_ns = self.now_ns() + self.latency_ns();
            self.agenda.plan(at_ns, id, Happening::Reset);
        }
    }

    /// Tells the server's end of a connection something, and does what it wants.
    fn tell(&mut self, id: ConnectionId, tell: impl FnOnce(&mut dyn Peer, &mut Wire<'_>)) {
        let now_ns = self.now_ns();
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        let Some(mut peer) = connection.peer.take() else {
            return;
        };
        let mut wire = Wire {
            connection: id,
            now_ns,
            random: &mut self.random,
            actions: Vec::new(),
        };
        tell(peer.as_mut(), &mut wire);
        let actions = wire.actions;
        connection.peer = Some(peer);
        for action in actions {
            self.act(id, action);
        }
    }

    fn act(&mut self, id: ConnectionId, action: Action) {
        match action {
            Action::Send(bytes) => self.send_to_client(id, bytes),
            Action::WakeAt(at_ns) => {
                let at_ns = at_ns.max(self.now_ns() + 1);
                self.agenda.plan(at_ns, id, Happening::Woken);
            }
            Action::Finish => {
                let now_ns = self.now_ns();
                if let Some(connection) = self.connections.get_mut(&id) {
                    connection.has_peer_finished = true;
                    let at_ns = connection.inbound_until_ns.max(now_ns);
                    self.agenda.plan(at_ns, id, Happening::FinToClient);
                }
            }
            Action::Reset => {
                let at_ns = self.now_ns() + self.latency_ns();
                self.agenda.plan(at_ns, id, Happening::Reset);
            }
        }
    }

    /// Puts bytes on the way to the client, in pieces.
    fn send_to_client(&mut self, id: ConnectionId, mut bytes: Vec<u8>) {
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        if connection.has_peer_finished {
            return;
        }
        let (passed, fate) = connection.pass(bytes.len());
        bytes.truncate(passed);
        while !bytes.is_empty() {
            let count = match self.random.chance(700) {
                true => bytes.len(),
                false => self.random.part_of(bytes.len()),
            };
            let rest = bytes.split_off(count);
            let at_ns = self.inbound_ns(id);
            self.agenda.plan(at_ns, id, Happening::ToClient(bytes));
            bytes = rest;
        }
        if let Some(fate) = fate {
            let at_ns = self.inbound_ns(id);
            self.meet(id, fate, at_ns);
        }
    }

    /// When what is sent to the client now arrives: not before what was sent earlier.
    fn inbound_ns(&mut self, id: ConnectionId) -> u64 {
        let now_ns = self.now_ns();
        let at_ns = now_ns + self.latency_ns();
        // Often together with what was sent before.
        let is_joined = self.random.chance(300);
        let Some(connection) = self.connections.get_mut(&id) else {
            return at_ns;
        };
        if !is_joined || connection.inbound_until_ns < now_ns {
            connection.inbound_until_ns = connection.inbound_until_ns.max(at_ns);
        }
        connection.inbound_until_ns
    }

    /// Lets a connection come to its fate.
    pub(super) fn meet(&mut self, id: ConnectionId, fate: Fate, at_ns: u64) {
        match fate {
            Fate::Reset => self.agenda.plan(at_ns, id, Happening::Reset),
            Fate::Silence => {
                if let Some(connection) = self.connections.get_mut(&id) {
                    connection.stage = Stage::Silent;
                }
                self.note("silent", id.0, 0);
            }
        }
    }
}
