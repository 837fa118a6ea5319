//! What must hold at all times.

use boom_service::{Handle, State};
use boom_testkit::sim::{ConnectionId, Counts};

use super::Run;
use crate::oracle::SLACK;

impl Run {
    /// Who has connected before its time, and when.
    pub(super) fn early_opens(&self) -> Vec<(Handle, u64)> {
        let books = &mut *self.shared.books.borrow_mut();
        let opened = self.entries.values().filter_map(|entry| {
            let book = books.clients.get_mut(&entry.id)?;
            let first_ns = book.first_open_ns.take()?;
            (first_ns < entry.not_before_ns).then_some((entry.handle, first_ns))
        });
        opened.collect()
    }

    pub(super) fn check_connect_rate(&self) {
        let books = &mut *self.shared.books.borrow_mut();
        let (connects, period) = self.plan.connect_rate;
        let (connects, opened_ns) = (connects as usize, &mut books.opened_ns);
        for window in opened_ns.windows(connects + 1) {
            let taken_ns = window[connects] - window[0];
            assert!(
                u128::from(taken_ns) >= period.as_nanos(),
                "the connect rate"
            );
        }
        let old = opened_ns.len().saturating_sub(connects);
        opened_ns.drain(..old);
    }

    pub(super) fn check_complaints(&self) {
        if let Some(complaint) = &self.shared.books.borrow().complaint {
            panic!("client: {complaint}");
        }
        if let Some((connection, complaint)) = self.shared.ledger.complaint() {
            panic!("server, #{}: {complaint}", connection.number());
        }
    }

    pub(super) fn check_step(&mut self) {
        self.check_complaints();
        let now_ns = self.shared.now_ns();
        if let Some(connection) = self.network().neglected(SLACK) {
            panic!("#{} is ready and not served", connection.number());
        }
        if let Some(connection) = self.network().misled() {
            panic!("#{} was given a report of another", connection.number());
        }
        if let Some(connection) = self.network().abandoned() {
            panic!("#{} was dropped while it was watched", connection.number());
        }
        let live = self.check_live();
        assert_eq!(self.network().watched(), live, "sockets that are watched");
        let books = self.shared.books.borrow();
        for (handle, entry) in &mut self.entries {
            let client = self.service.get(*handle);
            assert_eq!(
                client.map(|client| client.id),
                Some(entry.id),
                "a handle reaches another"
            );
            entry.check_state(self.service.state(*handle).unwrap());
            if let Some(until_ns) = entry.closing_until_ns {
                let latest_ns = until_ns + 4 * SLACK.as_nanos() as u64;
                assert!(now_ns <= latest_ns, "endpoint {} does not end", entry.id);
            }
        }
        assert_eq!(self.service.len(), self.entries.len());
        self.check_stats(books.opens, books.polls);
    }

    pub(super) fn check_stats(&self, opens: u64, polls: u64) {
        let stats = self.service.stats();
        assert_eq!(stats.dropped_events, 0);
        assert_eq!(stats.endpoints, self.entries.len());
        assert_eq!(stats.attempts, opens);
        assert_eq!(stats.polls, polls);
        assert_eq!(stats.connected, self.tally.connected);
        assert_eq!(stats.disconnected, self.tally.disconnected);
        assert_eq!(stats.failed_attempts, self.tally.failed_attempts);
        assert_eq!(stats.gave_up, self.tally.gave_up);
        let count = |state| {
            let states = self
                .entries
                .keys()
                .map(|handle| self.service.state(*handle));
            states.filter(|own| *own == Some(state)).count()
        };
        assert_eq!(stats.active, count(State::Active));
        assert_eq!(stats.closing, count(State::Closing));
    }

    /// Polls have a reason, and the service does not spin.
    pub(super) fn check_progress(
        &mut self,
        turn_ns: u64,
        counts: Counts,
        polls: u64,
        has_events: bool,
    ) {
        let books = self.shared.books.borrow();
        let idle = books.polls - books.busy_polls;
        let reasons =
            self.network().counts().reports + books.busy_polls + books.wakes + self.dispatches;
        assert!(
            idle <= reasons + 16,
            "{idle} polls for nothing, {reasons} reasons"
        );
        let is_same = turn_ns == self.shared.now_ns()
            && counts == self.network().counts()
            && polls == self.service.stats().polls
            && !has_events;
        self.idle_turns = if is_same { self.idle_turns + 1 } else { 0 };
        assert!(
            self.idle_turns < 64,
            "turns without end, and nothing happens"
        );
    }

    /// An end in good order loses nothing; after the trouble, every end is one.
    pub(super) fn check_end(
        &mut self,
        connection: Option<ConnectionId>,
        is_clean: bool,
        in_calm: bool,
    ) {
        let Some(connection) = connection else { return };
        if is_clean || in_calm {
            let record = self.shared.ledger.record(connection);
            let book = self.shared.books.borrow().connections[&connection];
            let number = connection.number();
            assert!(
                is_clean && record.has_finished,
                "#{number} was cut off, {is_clean}"
            );
            assert_eq!(book.received, record.sent, "received on #{number}");
        }
        if in_calm {
            self.ended_well.push(connection);
        }
    }

    /// Neither side has more than the other has sent.
    pub(super) fn check_connections(&self) {
        for connection in &self.ended_well {
            let record = self.shared.ledger.record(*connection);
            let book = self.shared.books.borrow().connections[connection];
            let number = connection.number();
            assert!(record.has_client_left, "#{number}: no goodbye");
            assert_eq!(book.sent, record.received, "sent on #{number}");
        }
        for (connection, book) in &self.shared.books.borrow().connections {
            let record = self.shared.ledger.record(*connection);
            assert!(book.received <= record.sent && record.received <= book.sent);
        }
    }
}
