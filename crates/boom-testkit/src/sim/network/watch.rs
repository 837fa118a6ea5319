//! What the selector knows.

use std::collections::BTreeMap;
use std::mem;

use boom_select::{Readiness, Ready, Token};

use super::super::ConnectionId;
use super::{Network, State};

/// The sockets that are watched, and the reports that wait.
#[derive(Debug, Default)]
pub(super) struct Watch {
    tokens: BTreeMap<ConnectionId, Token>,
    /// Of those that are watched, each once.
    queue: Vec<ConnectionId>,
    /// Tokens that are registered no more, the newest last.
    stale: Vec<Token>,
    /// Whom the reports of the last poll are for.
    reported: Vec<ConnectionId>,
    /// Of reports that wait: when what they tell of happened, and how many polls have kept them for the next.
    waiting: BTreeMap<ConnectionId, Unheard>,
    /// The report that a socket was dropped before.
    unheard: BTreeMap<ConnectionId, Unheard>,
    /// When a socket last was handed a report that there is something to read.
    heard_ns: BTreeMap<ConnectionId, u64>,
    /// The first socket that was handed a report of another.
    pub(super) misled: Option<ConnectionId>,
    /// The first socket that was dropped while it was watched.
    pub(super) abandoned: Option<ConnectionId>,
}

/// A report that nobody was told.
#[derive(Clone, Copy, Debug)]
struct Unheard {
    since_ns: u64,
    polls: u32,
}

impl Watch {
    pub(super) fn is_watched(&self, id: ConnectionId) -> bool {
        self.tokens.contains_key(&id)
    }

    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    pub(super) fn cut_short_ns(&self, id: ConnectionId) -> Option<u64> {
        let unheard = self.unheard.get(&id)?;
        (unheard.polls <= 1).then_some(unheard.since_ns)
    }

    pub(super) fn heard_ns(&self, id: ConnectionId) -> Option<u64> {
        self.heard_ns.get(&id).copied()
    }
}

/// So many tokens of the past are remembered, to be reported by mistake.
const STALE_MAX: usize = 8;

impl Network {
    pub(in super::super) fn watch(&self, id: ConnectionId, token: Token) {
        let state = &mut *self.0.borrow_mut();
        state.watch.tokens.insert(id, token);
        state.note("watch", id.0, token.index.into());
        // What it is ready for already.
        let readiness = state.connections.get(&id).map(|own| own.readiness());
        if readiness.is_some_and(|readiness| readiness != Readiness::default()) {
            state.queue_report(id);
        }
    }

    pub(in super::super) fn unwatch(&self, id: ConnectionId, token: Token) {
        let state = &mut *self.0.borrow_mut();
        if state.watch.stale.len() == STALE_MAX {
            state.watch.stale.remove(0);
        }
        state.watch.stale.push(token);
        state.forget(id);
    }

    /// Lets happen what is due, and time pass until there is a report, at most `timeout_ns`.
    pub(in super::super) fn wait(&self, timeout_ns: Option<u64>) {
        let state = &mut *self.0.borrow_mut();
        state.run_due();
        if timeout_ns == Some(0) || !state.watch.queue.is_empty() {
            return;
        }
        let mut until_ns = state
            .now_ns()
            .saturating_add(timeout_ns.unwrap_or(u64::MAX));
        if timeout_ns.is_some() && state.random.chance(state.faults.early_returns) {
            until_ns = state.random.between(state.now_ns(), until_ns);
        }
        while state.watch.queue.is_empty() {
            match state.agenda.next_ns() {
                Some(next_ns) if next_ns <= until_ns => state.step(),
                _ if timeout_ns.is_some() => return state.clock.move_to(until_ns),
                // Nothing is ever going to happen.
                _ => return,
            }
        }
        // What comes at the same time is reported together.
        state.run_due();
    }

    /// A report was handed to the socket of `id`.
    pub(in super::super) fn delivered(&self, id: ConnectionId, readiness: Readiness) {
        let state = &mut *self.0.borrow_mut();
        let now_ns = state.now_ns();
        let watch = &mut state.watch;
        if readiness.readable {
            watch.heard_ns.insert(id, now_ns);
        }
        match watch.reported.iter().position(|own| *own == id) {
            Some(place) => {
                watch.reported.swap_remove(place);
            }
            None => {
                watch.misled.get_or_insert(id);
            }
        }
    }

    pub(in super::super) fn report(&self, ready: &mut Vec<Ready>) {
        self.0.borrow_mut().report(ready);
    }
}

impl State {
    /// The socket has become ready: lets the next poll report it, if it is watched.
    pub(super) fn queue_report(&mut self, id: ConnectionId) {
        let now_ns = self.now_ns();
        let since_ns = self.happening_ns;
        let mut is_readable = false;
        if let Some(connection) = self.connections.get_mut(&id) {
            let readiness = connection.readiness();
            is_readable = readiness.readable;
            if readiness.readable {
                connection.readable_since_ns.get_or_insert(now_ns);
            }
            if readiness.writable && std::mem::take(&mut connection.is_writer_waiting) {
                connection.writable_since_ns.get_or_insert(now_ns);
            }
        }
        let watch = &mut self.watch;
        if watch.tokens.contains_key(&id) && !watch.queue.contains(&id) {
            watch.queue.push(id);
        }
        if is_readable && watch.tokens.contains_key(&id) {
            let polls = 0;
            watch
                .waiting
                .entry(id)
                .or_insert(Unheard { since_ns, polls });
        }
    }

    pub(super) fn forget(&mut self, id: ConnectionId) {
        self.watch.tokens.remove(&id);
        if let Some(unheard) = self.watch.waiting.remove(&id) {
            self.watch.unheard.insert(id, unheard);
        }
        self.watch.queue.retain(|queued| *queued != id);
    }

    fn report(&mut self, ready: &mut Vec<Ready>) {
        let mut queue = mem::take(&mut self.watch.queue);
        self.random.shuffle(&mut queue);
        if queue.len() > 1 && self.random.chance(self.faults.late_reports) {
            let kept = self.random.part_of(queue.len());
            self.watch.queue = queue.split_off(kept);
        }
        self.watch.reported.clear();
        for id in &self.watch.queue {
            if let Some(unheard) = self.watch.waiting.get_mut(id) {
                unheard.polls += 1;
            }
        }
        for id in queue {
            self.watch.waiting.remove(&id);
            let Some(connection) = self.connections.get(&id) else {
                continue;
            };
            if let Some(token) = self.watch.tokens.get(&id) {
                let readiness = connection.readiness();
                ready.push(Ready {
                    token: *token,
                    readiness,
                });
                self.watch.reported.push(id);
            }
        }
        if self.random.chance(self.faults.spurious_reports) && !self.watch.tokens.is_empty() {
            let tokens = self.watch.tokens.iter();
            let tokens: Vec<_> = tokens.map(|(id, token)| (*id, *token)).collect();
            let (id, token) = self.random.pick(&tokens);
            ready.push(report_of(token));
            self.watch.reported.push(id);
        }
        if self.random.chance(self.faults.stale_reports) && !self.watch.stale.is_empty() {
            let token = self.random.pick(&self.watch.stale);
            let place = self.random.below(ready.len() as u64 + 1) as usize;
            ready.insert(place, report_of(token));
        }
        self.counts.reports += ready.len() as u64;
    }
}

const fn report_of(token: Token) -> Ready {
    Ready {
        token,
        readiness: Readiness::READ_WRITE,
    }
}
