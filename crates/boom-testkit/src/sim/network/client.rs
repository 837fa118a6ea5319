//! What the client does: look up, connect, read, write, close.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use boom_stream::ConnectionInfo;

use super::super::connection::{Connection, Fate, Stage};
use super::super::{ConnectionId, Lookup, Stream};
use super::agenda::Happening;
use super::{Network, State};

impl Network {
    /// Starts to connect to `address`, as an endpoint's `create_target` does with `info`.
    ///
    /// # Errors
    ///
    /// The fault [`failed_connects`](super::super::Faults::failed_connects); a refusal comes later.
    pub fn connect(&self, info: &ConnectionInfo, address: SocketAddr) -> io::Result<Stream> {
        let id = self.0.borrow_mut().connect(address)?;
        Ok(Stream::new(self.clone(), id, info.clone()))
    }

    pub(in super::super) fn connected(&self, id: ConnectionId) -> io::Result<bool> {
        let state = &mut *self.0.borrow_mut();
        match state.connections.get_mut(&id) {
            Some(connection) => connection.connected(),
            None => Err(ErrorKind::NotConnected.into()),
        }
    }

    /// Returns how many bytes were read, and whether none is left.
    pub(in super::super) fn read(
        &self,
        id: ConnectionId,
        buffer: &mut [u8],
    ) -> io::Result<(usize, bool)> {
        self.0.borrow_mut().read(id, buffer)
    }

    pub(in super::super) fn write(&self, id: ConnectionId, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(id, bytes)
    }

    /// The client drops its end: what it has written still arrives, and then its FIN.
    pub(in super::super) fn hang_up(&self, id: ConnectionId) {
        // While a panic unwinds the state may be in use.
        if let Ok(mut state) = self.0.try_borrow_mut() {
            state.hang_up(id);
        }
    }
}

impl State {
    pub(super) fn lookup(&mut self, host: &str, port: u16) -> Lookup {
        let is_numeric = host.parse::<IpAddr>().ok();
        let answer = match (is_numeric, self.hosts.get(host)) {
            (Some(ip), _) => Ok(vec![SocketAddr::new(ip, port)]),
            (None, None) => Err(ErrorKind::NotFound.into()),
            (None, Some(addresses)) => Ok(addresses
                .iter()
                .map(|address| SocketAddr::new(address.ip(), port))
                .collect()),
        };
        let mut lookup = Lookup {
            clock: self.clock.clone(),
            due_ns: self.now_ns(),
            answer: Some(answer),
        };
        if is_numeric.is_some() {
            return lookup;
        }
        if self.random.chance(600) {
            lookup.due_ns += self.latency_ns();
        }
        if self.random.chance(self.faults.lost_lookups) {
            lookup.due_ns = u64::MAX;
        } else if self.random.chance(self.faults.failed_lookups) {
            lookup.answer = Some(match self.random.chance(500) {
                true => Err(ErrorKind::TimedOut.into()),
                false => Ok(Vec::new()),
            });
        }
        self.note("lookup", port.into(), lookup.due_ns.min(1 << 60));
        lookup
    }

    fn connect(&mut self, address: SocketAddr) -> io::Result<ConnectionId> {
        self.counts.connects += 1;
        if self.random.chance(self.faults.slow_connects) {
            let slow = Duration::from_micros(self.random.below(50_000));
            let until_ns = self.later(slow);
            self.clock.move_to(until_ns);
        }
        if self.random.chance(self.faults.failed_connects) {
            return Err(ErrorKind::AddrNotAvailable.into());
        }
        let id = ConnectionId(self.next_connection);
        self.next_connection += 1;
        let room = self.random.pick(&[200, 1000, 1 << 16]);
        let mut connection = Connection::new(address, room);
        connection.fate = self.fate();
        self.connections.insert(id, connection);
        self.note("connect", id.0, address.port().into());
        if !self.random.chance(self.faults.black_holes) {
            let is_up = !self.random.chance(self.faults.refused);
            let at_ns = self.now_ns() + self.latency_ns();
            self.agenda.plan(at_ns, id, Happening::Answered(is_up));
        }
        Ok(id)
    }

    fn fate(&mut self) -> Option<(usize, Fate)> {
        let fate = if self.random.chance(self.faults.resets) {
            Fate::Reset
        } else if self.random.chance(self.faults.silences) {
            Fate::Silence
        } else {
            return None;
        };
        let bytes_max = self.random.pick(&[40, 400, 10_000]);
        Some((self.random.below(bytes_max) as usize, fate))
    }

    fn read(&mut self, id: ConnectionId, buffer: &mut [u8]) -> io::Result<(usize, bool)> {
        let is_interrupted = self.random.chance(self.faults.interruptions);
        let is_short = self.random.chance(self.faults.short_reads);
        let now_ns = self.now_ns();
        let Some(connection) = self.connections.get_mut(&id) else {
            return Err(ErrorKind::NotConnected.into());
        };
        if is_interrupted {
            return Err(ErrorKind::Interrupted.into());
        }
        connection.readable_since_ns = None;
        if connection.inbox.is_empty() {
            return connection.nothing_to_read().map(|count| (count, true));
        }
        let mut count = buffer.len().min(connection.inbox.len());
        if is_short {
            count = self.random.part_of(count);
        }
        for (place, byte) in buffer.iter_mut().zip(connection.inbox.drain(..count)) {
            *place = byte;
        }
        let is_empty = connection.inbox.is_empty() && count < buffer.len();
        if connection.readiness().readable {
            connection.readable_since_ns = Some(now_ns);
        }
        self.counts.reads += 1;
        self.note("read", id.0, count as u64);
        Ok((count, is_empty))
    }

    fn write(&mut self, id: ConnectionId, bytes: &[u8]) -> io::Result<usize> {
        let is_interrupted = self.random.chance(self.faults.interruptions);
        let is_short = self.random.chance(self.faults.short_writes);
        let is_blocked = self.random.chance(self.faults.blocked_writes);
        let now_ns = self.now_ns();
        let Some(connection) = self.connections.get_mut(&id) else {
            return Err(ErrorKind::NotConnected.into());
        };
        if let Some(error) = connection.error.take() {
            return Err(error.into());
        }
        match connection.stage {
            Stage::Connecting => return Err(ErrorKind::WouldBlock.into()),
            Stage::Down => return Err(ErrorKind::BrokenPipe.into()),
            Stage::Up | Stage::Silent => {}
        }
        if is_interrupted {
            return Err(ErrorKind::Interrupted.into());
        }
        connection.writable_since_ns = None;
        if is_blocked && !connection.is_choked {
            self.choke(id);
            return Err(ErrorKind::WouldBlock.into());
        }
        if !connection.has_room() {
            connection.is_writer_waiting = true;
            return Err(ErrorKind::WouldBlock.into());
        }
        let mut count = bytes.len().min(connection.room);
        let is_full = count == connection.room && count < bytes.len();
        if is_short {
            count = self.random.part_of(count);
        }
        connection.room -= count;
        connection.is_writer_waiting |= is_full;
        let (passed, fate) = match connection.stage {
            Stage::Up => connection.pass(count),
            _ => (0, None),
        };
        connection.outbound_until_ns = connection.outbound_until_ns.max(now_ns);
        if count < bytes.len() && !is_full {
            self.choke(id);
        }
        self.counts.writes += 1;
        self.note("write", id.0, count as u64);
        let at_ns = self.outbound_ns(id);
        if passed > 0 {
            let sent = bytes.get(..passed).unwrap_or_default().to_vec();
            self.agenda.plan(at_ns, id, Happening::ToServer(sent));
        }
        if let Some(fate) = fate {
            self.meet(id, fate, at_ns);
        }
        Ok(count)
    }

    /// Lets writes take nothing until a report says otherwise.
    fn choke(&mut self, id: ConnectionId) {
        let at_ns = self.now_ns() + self.latency_ns();
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.is_choked = true;
            connection.is_writer_waiting = true;
            self.agenda.plan(at_ns, id, Happening::Unchoked);
        }
    }

    /// When what is sent to the server now arrives: not before what was sent earlier.
    fn outbound_ns(&mut self, id: ConnectionId) -> u64 {
        let at_ns = self.now_ns() + self.latency_ns();
        let Some(connection) = self.connections.get_mut(&id) else {
            return at_ns;
        };
        connection.outbound_until_ns = connection.outbound_until_ns.max(at_ns);
        connection.outbound_until_ns
    }

    fn hang_up(&mut self, id: ConnectionId) {
        if self.watch.is_watched(id) {
            self.watch.abandoned.get_or_insert(id);
        }
        self.forget(id);
        let at_ns = self.outbound_ns(id);
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        connection.is_dropped = true;
        connection.inbox.clear();
        self.note("hang up", id.0, 0);
        self.agenda.plan(at_ns, id, Happening::EndToServer);
    }
}
