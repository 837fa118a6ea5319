//! A step: a turn of the service, and what it has told.

use std::time::Duration;

use boom_service::{DisconnectReason, Event, Handle};

use super::Run;
use crate::client::Client;
use crate::oracle::handle_of;

impl Run {
    pub(super) fn step(&mut self) {
        let turn_ns = self.shared.now_ns();
        self.shared.turn.set(self.shared.turn.get() + 1);
        let (counts, polls) = (self.network().counts(), self.service.stats().polls);
        match self.random.below(8) {
            0 => self.service.poll().unwrap(),
            1 => {
                let pause = Duration::from_micros(self.random.below(2000));
                self.network().advance(pause);
                self.service.poll().unwrap();
            }
            _ => {
                let longest = self.random.pick(&[1, 50, 1000]);
                self.service.wait(Duration::from_millis(longest)).unwrap();
            }
        }
        let has_events = self.take_events(turn_ns);
        self.check_step();
        self.check_progress(turn_ns, counts, polls, has_events);
    }

    pub(super) fn take_events(&mut self, turn_ns: u64) -> bool {
        let mut early = self.early_opens();
        self.note_renewals();
        let mut has_events = false;
        while let Some(event) = self.service.poll_event() {
            has_events = true;
            self.take_event(event, turn_ns);
            // The same turn may have told it to go on.
            early.retain(|(handle, opened_ns)| {
                let entry = self.entries.get(handle);
                entry.is_some_and(|entry| *opened_ns < entry.not_before_ns)
            });
        }
        assert!(early.is_empty(), "{early:?} did not wait as they had said");
        self.check_connect_rate();
        has_events
    }

    pub(super) fn take_event(&mut self, event: Event<Client>, turn_ns: u64) {
        let (now_ns, handle) = (self.shared.now_ns(), handle_of(&event));
        let network = self.shared.network.clone();
        let turn_to_connect = self.turn_to_connect();
        self.note_progress(&event, handle);
        let Some(entry) = self.entries.get_mut(&handle) else {
            panic!("an event of an endpoint that is gone");
        };
        let id = entry.id;
        match event {
            Event::Connected { .. } => {
                network.note("endpoint connected", id, 0);
                entry.connected(now_ns);
                self.tally.connected += 1;
                self.stands(id);
            }
            Event::Disconnected { reason, .. } => {
                network.note("endpoint disconnected", id, 0);
                let is_wanted = matches!(reason, DisconnectReason::AutoDisconnect(_));
                let has_failed = !is_wanted || entry.plan.options.overlap().is_some();
                assert!(!has_failed || !self.has_recovered, "disconnected: {reason}");
                self.tally.idle += u64::from(matches!(reason, DisconnectReason::Idle(_)));
                entry.check_silence(&reason, &self.shared);
                entry.disconnected(reason, now_ns);
                self.tally.disconnected += 1;
                self.shared.client(id, |book| book.standing = None);
            }
            Event::Switched { addr, .. } => {
                network.note("endpoint switched", id, 0);
                self.tally.connected += 1;
                self.tally.disconnected += 1;
                self.switched(handle, addr);
            }
            Event::Retired { is_clean, .. } => {
                network.note("endpoint retired", id, is_clean.into());
                let retiring = entry.retiring.take();
                let retiring = retiring.expect("nothing was replaced, and has ended");
                let is_sound = retiring.is_sound && entry.closing_until_ns.is_none();
                assert!(
                    !self.shared.is_live(id, retiring.connection),
                    "told to have ended"
                );
                self.tally.retired += u64::from(is_clean);
                self.check_end(Some(retiring.connection), is_clean, is_sound);
            }
            Event::AttemptFailed { addr, reason, .. } => {
                network.note("endpoint failed", id, 0);
                entry.attempt_failed(addr, reason);
                self.tally.failed_attempts += 1;
            }
            Event::RetryIn { delay, .. } => {
                network.note("endpoint retries in", id, delay.as_micros() as u64);
                entry.retry_in(delay, turn_ns);
                let longest = delay + turn_to_connect;
                entry.waits_until_ns = Some(now_ns + longest.as_nanos() as u64);
            }
            Event::GaveUp { endpoint, .. } => {
                network.note("endpoint gave up", id, 0);
                assert_eq!(endpoint.id, id, "another endpoint was handed back");
                assert!(!entry.is_connected, "gave up while connected");
                self.tally.gave_up += 1;
                self.gone(handle);
            }
            Event::Deregistered {
                endpoint, is_clean, ..
            } => {
                network.note("endpoint deregistered", id, is_clean.into());
                assert_eq!(endpoint.id, id, "another endpoint was handed back");
                assert!(entry.closing_until_ns.is_some(), "nobody wanted that");
                self.tally.disconnected += u64::from(entry.is_connected);
                // One that was replaced and is not done is cut off.
                let in_calm = entry.closes_in_calm && (is_clean || !entry.closes_two);
                let connection = entry.closing_connection;
                self.gone(handle);
                self.check_end(connection, is_clean, in_calm);
            }
            _ => {}
        }
    }

    pub(super) fn gone(&mut self, handle: Handle) {
        if let Some(entry) = self.entries.remove(&handle) {
            let books = self.shared.books.borrow();
            let live = books.clients.get(&entry.id).map(|book| &book.live);
            assert!(live.is_none_or(Vec::is_empty), "left open: {live:?}");
            assert!(entry.retiring.is_none(), "left without a word");
        }
        self.stale.push(handle);
        if self.stale.len() > 32 {
            self.stale.remove(0);
        }
    }
}
