//! What is due, and what happens then.

use crate::connection::Connection;
use crate::error::{Reason, Timeout};

/// The times that deadlines count from, on the clock whose times `submit` and `poll` are given.
///
/// `deadline_ns` is never later than the earliest deadline; when it has come the true one is looked for, so that what
/// happens with every answer need not be worked out with every answer.
#[derive(Debug)]
pub(crate) struct Clock {
    pub(crate) deadline_ns: u64,
    /// When the awaited answer's request was sent, or the answer before it came.
    pub(super) turn_ns: u64,
    pub(super) write_since_ns: u64,
    pub(super) used_ns: u64,
    pub(super) opened_ns: Option<u64>,
    input_ns: u64,
    /// Something was received since the last look at the time.
    pub(super) has_input: bool,
    /// Something of the awaited answer has come.
    pub(super) has_answer: bool,
    /// What the server lets a connection rest.
    keep_ns: u64,
    /// When it was last looked for what is due.
    due_ns: u64,
}

impl Default for Clock {
    fn default() -> Self {
        Self {
            deadline_ns: 0,
            turn_ns: 0,
            write_since_ns: 0,
            used_ns: 0,
            opened_ns: None,
            input_ns: 0,
            has_input: false,
            has_answer: false,
            keep_ns: u64::MAX,
            due_ns: 0,
        }
    }
}

const SECOND_NS: u64 = 1_000_000_000;

impl Clock {
    #[inline]
    pub(super) fn note(&mut self, deadline_ns: u64) {
        self.deadline_ns = self.deadline_ns.min(deadline_ns);
    }

    #[inline]
    pub(super) fn note_time(&mut self, now_ns: u64, idle_ns: u64) {
        if self.has_input {
            self.has_input = false;
            self.has_answer = true;
            self.input_ns = now_ns;
            self.note(now_ns.saturating_add(idle_ns));
        }
    }

    /// Returns true if this time had come when it was last looked for what is due.
    pub(super) const fn is_past(&self, at_ns: u64) -> bool {
        at_ns <= self.due_ns
    }

    /// `Keep-Alive: timeout` of the server; a second earlier nothing is under way that could cross its end.
    #[inline]
    pub(super) fn keep_alive(&mut self, seconds: Option<u64>) {
        if let Some(seconds) = seconds {
            self.keep_ns = seconds.saturating_sub(1).saturating_mul(SECOND_NS);
        }
    }
}

impl Connection {
    /// When to call [`poll`](Self::poll) at the latest: `None` says that there is no deadline.
    pub fn poll_timeout(&self) -> Option<u64> {
        let deadline_ns = self.clock.deadline_ns;
        (!self.is_over() && deadline_ns < u64::MAX).then_some(deadline_ns)
    }

    /// Does what is due by `now_ns`, for those who are told the time apart from input.
    pub fn handle_timeout(&mut self, now_ns: u64) {
        self.clock.note_time(now_ns, self.times.idle_ns);
        if now_ns >= self.clock.deadline_ns {
            self.handle_due(now_ns);
        }
    }

    /// Looks for what is due by `now_ns`.
    #[cold]
    pub(super) fn handle_due(&mut self, now_ns: u64) {
        self.clock.due_ns = now_ns;
        if self.clock.opened_ns.is_none() {
            self.clock.opened_ns = Some(now_ns);
            self.clock.used_ns = self.clock.used_ns.max(now_ns);
        }
        if self.is_over() || self.is_upgraded() {
            self.clock.deadline_ns = u64::MAX;
            return;
        }
        if !self.held.is_empty() && now_ns >= self.continue_deadline() {
            // RFC 9110 §10.1.1: a client "SHOULD NOT wait for an indefinite period before sending the content".
            self.release_body(now_ns);
        }
        if let Some(timeout) = self.timed_out(now_ns) {
            return self.fail(timeout.into());
        }
        if self.exchanges.is_empty() && now_ns >= self.rest_deadline() {
            return self.fail(Reason::Closed);
        }
        self.clock.deadline_ns = self.next_deadline();
    }

    fn timed_out(&self, now_ns: u64) -> Option<Timeout> {
        let causes = [
            (self.total_deadline(), Timeout::Total),
            (self.write_deadline(), Timeout::Write),
            (self.first_byte_deadline(), Timeout::FirstByte),
            (self.idle_deadline(), Timeout::Idle),
        ];
        let due = causes.into_iter().find(|(deadline, _)| now_ns >= *deadline);
        due.map(|(_, timeout)| timeout)
    }

    #[inline]
    pub(super) fn next_deadline(&self) -> u64 {
        if self.exchanges.is_empty() {
            return self.rest_deadline();
        }
        let all = [
            self.total_deadline(),
            self.write_deadline(),
            self.first_byte_deadline(),
            self.idle_deadline(),
            self.continue_deadline(),
        ];
        all.into_iter().min().unwrap_or(u64::MAX)
    }

    #[inline]
    fn total_deadline(&self) -> u64 {
        let all = self.exchanges.iter().map(|exchange| exchange.total_at_ns);
        all.min().unwrap_or(u64::MAX)
    }

    #[inline]
    fn write_deadline(&self) -> u64 {
        if self.outbound.is_empty() {
            return u64::MAX;
        }
        self.clock
            .write_since_ns
            .saturating_add(self.times.write_ns)
    }

    #[inline]
    fn first_byte_deadline(&self) -> u64 {
        if self.clock.has_answer || self.exchanges.is_empty() {
            return u64::MAX;
        }
        self.clock.turn_ns.saturating_add(self.times.first_byte_ns)
    }

    #[inline]
    fn idle_deadline(&self) -> u64 {
        if !self.clock.has_answer || self.exchanges.is_empty() {
            return u64::MAX;
        }
        self.clock.input_ns.saturating_add(self.times.idle_ns)
    }

    #[inline]
    fn continue_deadline(&self) -> u64 {
        if self.held.is_empty() {
            return u64::MAX;
        }
        self.clock
            .write_since_ns
            .saturating_add(self.times.continue_ns)
    }

    /// Until when the connection may be used for another request.
    #[inline]
    fn rest_deadline(&self) -> u64 {
        let keep_ns = self.times.keep_ns.min(self.clock.keep_ns);
        let opened_ns = self.clock.opened_ns.unwrap_or(self.clock.used_ns);
        let rest = self.clock.used_ns.saturating_add(keep_ns);
        rest.min(opened_ns.saturating_add(self.times.age_ns))
    }

    /// Returns true if the connection has rested for too long, or is too old, to carry another request.
    #[inline]
    pub(crate) fn is_expired(&self, now_ns: u64) -> bool {
        self.exchanges.is_empty()
            && self.clock.opened_ns.is_some()
            && now_ns >= self.rest_deadline()
    }

    /// How long the connection has been there.
    pub(super) fn age_ns(&self, now_ns: u64) -> u64 {
        now_ns.saturating_sub(self.clock.opened_ns.unwrap_or(now_ns))
    }

    /// Says when the connection was made.
    pub(crate) const fn note_opened(&mut self, now_ns: u64) {
        self.clock.opened_ns = Some(now_ns);
        self.clock.used_ns = now_ns;
        self.clock.deadline_ns = 0;
    }
}
