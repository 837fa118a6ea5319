//! What must hold of the connections of each endpoint: one that stands, those on their way up, and one that was replaced.

use std::net::SocketAddr;
use std::time::Duration;

use boom_service::{DisconnectReason, Event, Handle, State};
use boom_testkit::sim::ConnectionId;

use super::Run;
use crate::client::Client;
use crate::oracle::{Entry, Retiring, SLACK};
use crate::plan::CLOSE_TIMEOUT;
use crate::shared::{Books, Shared};

/// What the events tell.
impl Run {
    /// Notes which connections began to be replaced because their time was over.
    pub(super) fn note_renewals(&mut self) {
        let books = &mut *self.shared.books.borrow_mut();
        for entry in self.entries.values_mut() {
            let Some(book) = books.clients.get_mut(&entry.id) else {
                continue;
            };
            let allowed_ns = book.allowed_ns.take();
            if let Some(allowed_ns) = allowed_ns.filter(|_| entry.plan.options.overlap().is_some())
            {
                entry.renewed(allowed_ns);
                book.progress_ns = book.progress_ns.max(allowed_ns);
            }
        }
    }

    pub(super) fn note_progress(&self, event: &Event<Client>, handle: Handle) {
        let now_ns = self.shared.now_ns();
        if let Event::AttemptFailed { .. } | Event::RetryIn { .. } = event
            && let Some(entry) = self.entries.get(&handle)
        {
            self.shared
                .client(entry.id, |book| book.progress_ns = now_ns);
        }
    }

    /// The connection that is up is the one.
    pub(super) fn stands(&self, client: u64) {
        let books = &mut *self.shared.books.borrow_mut();
        let Some(book) = books.clients.get_mut(&client) else {
            return;
        };
        let connections = &books.connections;
        let mut up = book.live.iter().filter(|id| {
            let own = &connections[id];
            own.up_ns.is_some() && !own.is_retired
        });
        // It may have ended already.
        book.standing = up.next().copied();
        assert!(up.next().is_none(), "two connections stand");
    }

    pub(super) fn switched(&mut self, handle: Handle, addr: SocketAddr) {
        let now_ns = self.shared.now_ns();
        let entry = self.entries.get_mut(&handle).unwrap();
        let books = &mut *self.shared.books.borrow_mut();
        let book = books.clients.get_mut(&entry.id).unwrap();
        let switch = book.switches.pop_front();
        let (old, new) = switch.expect("switched, and the endpoint was not told");
        assert_eq!(books.connections[&new].address, addr);
        let timeout = entry.plan.options.overlap();
        let timeout = timeout.unwrap_or(Duration::from_secs(5));
        let retiring = Retiring {
            connection: old,
            until_ns: now_ns + timeout.as_nanos() as u64,
            is_sound: self.has_recovered
                && timeout >= CLOSE_TIMEOUT
                && books.connections[&old].newest_ns > self.shared.calm_ns.get(),
        };
        self.tally.switched += 1;
        entry.switched(retiring, now_ns);
    }

    /// What is sent goes to the connection that stands, where there is one.
    pub(super) fn check_target(&self, handle: Handle, target: Option<ConnectionId>) {
        let Some(entry) = self.entries.get(&handle) else {
            return;
        };
        let books = self.shared.books.borrow();
        let standing = books.clients.get(&entry.id).and_then(|book| book.standing);
        if entry.is_connected {
            assert_eq!(target, standing, "the target of endpoint {}", entry.id);
        }
    }
}

/// What is there.
impl Run {
    /// Checks the connections of all endpoints, and returns how many there are.
    pub(super) fn check_live(&mut self) -> usize {
        let (turn_to_connect, slack) = (self.turn_to_connect(), self.slack());
        let now_ns = self.shared.now_ns();
        let turn = self.shared.turn.get();
        let has_moved = std::mem::replace(&mut self.checked_ns, now_ns) < now_ns;
        let mut live = 0;
        for (handle, entry) in &mut self.entries {
            let stats = self.service.endpoint_stats(*handle).unwrap();
            let overdue = entry.overdue(&stats, now_ns, slack);
            let mut look = Look::new(&self.shared, entry, stats.state);
            live += look.pending.len() + look.retired.len() + usize::from(look.standing.is_some());
            look.check_numbers();
            let late = look.late(now_ns, slack, turn_to_connect);
            look.check_steps(overdue.or(late));
            look.check_vanished(turn);
            look.check_idle(now_ns, slack, has_moved);
            look.check_rest(turn);
        }
        live
    }
}

/// So many steps may pass before all that is due at once is done.
const LATE_STEPS_MAX: u32 = 4;

/// The connections of an endpoint at the end of a step.
struct Look<'a> {
    shared: &'a Shared,
    entry: &'a mut Entry,
    state: State,
    /// On their way up, the oldest first.
    pending: Vec<ConnectionId>,
    standing: Option<ConnectionId>,
    retired: Vec<ConnectionId>,
}

impl<'a> Look<'a> {
    fn new(shared: &'a Shared, entry: &'a mut Entry, state: State) -> Self {
        let books = shared.books.borrow();
        let (mut pending, mut retired, mut standing) = (Vec::new(), Vec::new(), None);
        if let Some(book) = books.clients.get(&entry.id) {
            for id in &book.live {
                if books.connections[id].is_retired {
                    retired.push(*id);
                } else if book.standing == Some(*id) {
                    standing = Some(*id);
                } else {
                    pending.push(*id);
                }
            }
            assert!(book.switches.is_empty(), "no event tells of a switch");
        }
        drop(books);
        Self {
            shared,
            entry,
            state,
            pending,
            standing,
            retired,
        }
    }

    fn is_connecting(&self, books: &Books) -> bool {
        let mut pending = self.pending.iter();
        pending.all(|id| books.connections[id].polled.is_none())
    }

    /// No more connections than there have to be, and no fewer.
    fn check_numbers(&self) {
        let (entry, books) = (&self.entry, self.shared.books.borrow());
        let (id, pending) = (entry.id, self.pending.len());
        assert_eq!(
            entry.is_connected,
            self.standing.is_some(),
            "endpoint {id} and the connection that it has"
        );
        assert_eq!(
            entry.retiring.as_ref().map(|retiring| retiring.connection),
            self.retired.first().copied(),
            "endpoint {id} and what was replaced"
        );
        assert!(self.retired.len() <= 1, "endpoint {id} has more than one");
        let mut retired = self.retired.iter();
        let is_closing = retired.all(|id| books.connections[id].is_closing);
        assert!(is_closing, "endpoint {id}: no end to what was replaced");
        assert!(
            pending == 0 || !entry.is_connected || entry.renewing_ns.is_some(),
            "endpoint {id} has a connection that nobody wants"
        );
        let is_third = entry.renewing_ns.is_some() && entry.retiring.is_some();
        assert!(!is_third, "endpoint {id} is replacing twice");
        let is_connecting = self.is_connecting(&books);
        assert!(
            pending
                <= if is_connecting {
                    entry.plan.addresses
                } else {
                    1
                },
            "endpoint {id} has {pending} on their way up"
        );
        let mut pending_up = self.pending.iter();
        let is_up = pending_up.any(|id| books.connections[id].up_ns.is_some());
        assert!(
            !is_up || entry.is_connected,
            "endpoint {id} is up, and no event says so"
        );
        let mut addresses: Vec<_> = self
            .pending
            .iter()
            .map(|id| books.connections[id].address)
            .collect();
        addresses.sort_unstable();
        addresses.dedup();
        assert_eq!(addresses.len(), pending, "endpoint {id} races itself");
        let is_right = match self.state {
            State::Connecting => pending > 0 && is_connecting,
            State::Handshaking => pending == 1 && !is_connecting,
            State::Active => true,
            _ => pending == 0,
        };
        assert!(is_right, "endpoint {id} is {:?} with {pending}", self.state);
    }

    /// No step takes longer than it may, and each is followed by the next.
    fn check_steps(&mut self, late: Option<String>) {
        let entry = &mut *self.entry;
        // A turn has room for so many timers, which after a jump of the clock may all be due.
        entry.late_steps = match &late {
            Some(_) => entry.late_steps + 1,
            None => 0,
        };
        let is_late = entry.late_steps > LATE_STEPS_MAX;
        assert!(!is_late, "endpoint {}: {late:?}", entry.id);
    }

    /// What is late.
    fn late(&self, now_ns: u64, slack: Duration, turn_to_connect: Duration) -> Option<String> {
        let (entry, books) = (&self.entry, self.shared.books.borrow());
        let timeouts = entry.plan.options.timeouts();
        let is_late = |since_ns: u64, limit: Duration| {
            Duration::from_nanos(now_ns.saturating_sub(since_ns)) > limit
        };
        for connection in &self.pending {
            let (book, number) = (&books.connections[connection], connection.number());
            let (since_ns, limit) = match (book.polled, book.up_ns) {
                (None, _) => (book.opened_ns, timeouts.connect()),
                (Some((_, polled_ns)), None) => (polled_ns, timeouts.handshake()),
                // It may be refused for as long again.
                (Some(_), Some(up_ns)) => (up_ns, timeouts.handshake()),
            };
            if is_late(since_ns, limit + slack) {
                return Some(format!("#{number} is not up and not given up"));
            }
        }
        if let Some(retiring) = &entry.retiring
            && is_late(retiring.until_ns, slack)
        {
            return Some(format!("#{} does not end", retiring.connection.number()));
        }
        let book = books.clients.get(&entry.id)?;
        let race = &book.race;
        if let Some(head_start) = entry.plan.options.head_start()
            && !self.pending.is_empty()
            && self.is_connecting(&books)
            && !race.is_over
            && race.tried.len() < entry.plan.addresses
        {
            let due_ns = race.opened_ns + head_start.as_nanos() as u64;
            let due_ns = race.failed_ns.map_or(due_ns, |own_ns| own_ns.min(due_ns));
            if is_late(due_ns + race.jumped_ns, turn_to_connect + slack) {
                return Some(format!("its next address is not tried, of {race:?}"));
            }
        }
        let step = timeouts.connect().max(timeouts.handshake());
        let bound = entry.waits_for + timeouts.resolve() + turn_to_connect + step + SLACK;
        let is_forgotten = entry.renewing_ns.is_some() && is_late(book.progress_ns, bound);
        is_forgotten.then(|| "it has forgotten to replace".to_owned())
    }

    /// An attempt ends by an event, or by another that was faster.
    fn check_vanished(&mut self, turn: u64) {
        let books = &mut *self.shared.books.borrow_mut();
        let mut told = std::mem::take(&mut self.entry.told);
        let Some(book) = books.clients.get_mut(&self.entry.id) else {
            return;
        };
        let gone = std::mem::take(&mut book.gone);
        let is_excused = told.is_total
            || told.has_disconnected
            || self.entry.is_paused
            || self.entry.closing_until_ns.is_some();
        let connections = &books.connections;
        let mut others = book.live.iter().chain(&gone);
        let has_winner = others.any(|id| {
            let polled = connections[id].polled;
            polled.is_some_and(|(polled_in, _)| polled_in == turn)
        });
        for id in gone {
            let own = &connections[&id];
            let is_loser = own.polled.is_none() && has_winner;
            if own.is_retired || is_excused || is_loser {
                continue;
            }
            let place = told.failed.iter().position(|addr| *addr == own.address);
            let number = id.number();
            let place =
                place.unwrap_or_else(|| panic!("#{number} has ended, and no event says so"));
            told.failed.swap_remove(place);
        }
    }

    /// A connection that is silent for too long ends.
    fn check_idle(&mut self, now_ns: u64, slack: Duration, has_moved: bool) {
        let entry = &mut *self.entry;
        let (Some(idle), Some(standing)) = (entry.plan.options.idle_timeout(), self.standing)
        else {
            entry.silent_steps = 0;
            return;
        };
        let heard_ns = self.shared.network.heard_ns(standing).unwrap_or(0);
        let silent_ns = now_ns - heard_ns.max(entry.connected_ns);
        let is_late = Duration::from_nanos(silent_ns) > idle + slack;
        if !is_late || entry.closing_until_ns.is_some() {
            entry.silent_steps = 0;
        } else if has_moved {
            // A report may still have been in the selector.
            entry.silent_steps += 1;
        }
        let number = standing.number();
        assert!(entry.silent_steps < 5, "#{number} is silent, and goes on");
    }

    /// What a turn has left in a target is seen to in the next.
    fn check_rest(&self, turn: u64) {
        let books = self.shared.books.borrow();
        let live = self.pending.iter().chain(&self.standing);
        for id in live.chain(&self.retired) {
            let rest_in = books.connections[id].rest_in;
            let is_left = rest_in.is_some_and(|rest_in| rest_in + 2 < turn);
            assert!(!is_left, "#{} was left with work to do", id.number());
        }
    }
}

impl Entry {
    /// A connection that was ended for its silence was silent.
    pub(super) fn check_silence(&self, reason: &DisconnectReason, shared: &Shared) {
        let DisconnectReason::Idle(idle) = reason else {
            return;
        };
        assert_eq!(Some(*idle), self.plan.options.idle_timeout());
        let books = shared.books.borrow();
        let standing = books.clients.get(&self.id).and_then(|book| book.standing);
        let Some(standing) = standing else { return };
        let heard_ns = shared.network.heard_ns(standing).unwrap_or(0);
        let silent = Duration::from_nanos(shared.now_ns() - heard_ns.max(self.connected_ns));
        let number = standing.number();
        assert!(silent >= *idle, "#{number} was silent for {silent:?} only");
        // What has come in time may be in the selector still, for a poll.
        let silent_ns = heard_ns.max(self.connected_ns) + idle.as_nanos() as u64;
        let came_ns = shared.network.cut_short_ns(standing);
        let is_early = came_ns.is_some_and(|came_ns| came_ns < silent_ns);
        assert!(!is_early, "#{number} was not silent");
    }
}
