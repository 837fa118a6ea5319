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
        let Some(entry) = self.entries.get_mut(&handle) else {
            panic!("an event of an endpoint that is gone");
        };
        let id = entry.id;
        match event {
            Event::Connected { .. } => {
                network.note("endpoint connected", id, 0);
                entry.connected(now_ns);
                self.tally.connected += 1;
            }
            Event::Disconnected { reason, .. } => {
                network.note("endpoint disconnected", id, 0);
                let is_wanted = matches!(reason, DisconnectReason::AutoDisconnect(_));
                assert!(is_wanted || !self.has_recovered, "disconnected: {reason}");
                entry.disconnected(reason, now_ns);
                self.tally.disconnected += 1;
            }
            Event::AttemptFailed { reason, .. } => {
                network.note("endpoint failed", id, 0);
                entry.attempt_failed(reason);
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
                let (connection, in_calm) = (entry.closing_connection, entry.closes_in_calm);
                self.gone(handle);
                self.check_end(connection, is_clean, in_calm);
            }
            _ => {}
        }
    }

    pub(super) fn gone(&mut self, handle: Handle) {
        self.entries.remove(&handle);
        self.stale.push(handle);
        if self.stale.len() > 32 {
            self.stale.remove(0);
        }
    }
}
