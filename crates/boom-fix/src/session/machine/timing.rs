//! Heartbeats, test requests and deadlines.

use std::time::Duration;

use super::super::clock::Now;
use super::super::error::DisconnectReason;
use super::super::store::Store;
use super::{Result, Session, State};

impl<T: Store> Session<T> {
    /// Does what is due: heartbeats, test requests, timeouts.
    ///
    /// # Errors
    ///
    /// As [`poll_event`](Self::poll_event).
    pub fn handle_timeout(&mut self, now: Now) -> Result<()> {
        if self.state == State::Disconnected {
            return Ok(());
        }
        self.pump(now)?;
        if self
            .deadline_ns
            .is_some_and(|deadline| now.monotonic_ns >= deadline)
        {
            let reason = match self.state {
                State::LogoutSent => DisconnectReason::LogoutTimeout,
                _ => DisconnectReason::LogonTimeout,
            };
            return self.close(reason, now);
        }
        if self.hours.has_passed(now) {
            return self.end_hours(now);
        }
        self.keep_asking(now)?;
        if !matches!(self.state, State::LoggedOn | State::LogoutSent) || self.peer.heartbeat_ns == 0
        {
            return Ok(());
        }
        self.keep_alive(now)
    }

    fn keep_alive(&mut self, now: Now) -> Result<()> {
        let now_ns = now.monotonic_ns;
        if now_ns >= self.silence_ends_ns() {
            if self.test_request_ns.is_some() {
                return self.close(DisconnectReason::HeartbeatTimeout, now);
            }
            return self.ask_for_life(now);
        }
        // What is sent again, or waits for that, is as good as a heartbeat.
        if now_ns >= self.heartbeat_due_ns() && !self.again.is_active() {
            self.heartbeat(None, now)?;
        }
        Ok(())
    }

    /// When [`handle_timeout`](Self::handle_timeout) has something to do, on the monotonic clock; `None` if never.
    pub fn poll_timeout(&self) -> Option<u64> {
        if self.state == State::Disconnected {
            return None;
        }
        if self.wants_pump() {
            return Some(0);
        }
        let is_timed =
            matches!(self.state, State::LoggedOn | State::LogoutSent) && self.peer.heartbeat_ns > 0;
        let silence = is_timed.then(|| self.silence_ends_ns());
        let heartbeat = (is_timed && !self.again.is_active()).then(|| self.heartbeat_due_ns());
        let gap = self.gap_due_ns();
        let hours = self.hours.due_ns();
        let all = [self.deadline_ns, silence, heartbeat, gap, hours];
        all.into_iter().flatten().min()
    }

    const fn heartbeat_due_ns(&self) -> u64 {
        self.last_sent_ns.saturating_add(self.peer.heartbeat_ns)
    }

    /// When the peer has been silent for too long: then it is asked, and when it has been asked, it is gone.
    fn silence_ends_ns(&self) -> u64 {
        let interval = self.peer.heartbeat_ns;
        match self.test_request_ns {
            Some(asked) => asked.saturating_add(interval),
            None => {
                let percent = u64::from(self.config.allowance_percent);
                let allowance = (interval / 100).saturating_mul(percent);
                self.last_received_ns
                    .saturating_add(interval)
                    .saturating_add(allowance)
            }
        }
    }
}

pub(super) fn after(now: Now, timeout: Duration) -> u64 {
    let timeout = u64::try_from(timeout.as_nanos()).unwrap_or(u64::MAX);
    now.monotonic_ns.saturating_add(timeout)
}
