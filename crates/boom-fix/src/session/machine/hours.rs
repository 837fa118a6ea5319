//! When the session may be up, and what happens when its time is over.

#[cfg(feature = "schedule")]
use super::super::schedule::{Schedule, SessionTimes};
#[cfg(not(feature = "schedule"))]
use without::{Schedule, SessionTimes};

use super::super::clock::Now;
use super::super::config::SessionConfig;
use super::super::error::{DisconnectReason, SessionError};
use super::super::store::Store;
use super::{Result, Session, State};

/// The schedule, and the moment at which it ends the connection.
#[derive(Debug)]
pub(super) struct Hours {
    schedule: Option<Schedule>,
    /// The session that the connection belongs to.
    session: Option<SessionTimes>,
    /// When to look again, on both clocks: that of the calendar may be set.
    due: Option<Now>,
    /// We have logged out for it.
    is_over: bool,
}

impl Hours {
    pub(super) fn new(config: &SessionConfig) -> Self {
        Self {
            schedule: schedule_of(config),
            session: None,
            due: None,
            is_over: false,
        }
    }

    fn is_open(&self, now: Now) -> bool {
        let schedule = self.schedule.as_ref();
        schedule.is_none_or(|schedule| schedule.is_open(now.unix_ns))
    }

    /// Returns true if what was begun at `created` is not of the session that is open now.
    fn is_new(&self, created: i64, now: Now) -> bool {
        let schedule = self.schedule.as_ref();
        let session = schedule.and_then(|schedule| schedule.session_at(now.unix_ns));
        session.is_some_and(|session| !session.contains(created))
    }

    fn start(&mut self, now: Now) {
        self.is_over = false;
        let schedule = self.schedule.as_ref();
        self.session = schedule.and_then(|schedule| schedule.session_at(now.unix_ns));
        self.look_again(now);
    }

    fn look_again(&mut self, now: Now) {
        let schedule = self.schedule.as_ref();
        let until = schedule.and_then(|schedule| schedule.open_until(now.unix_ns));
        let wait = until.map(|until| until.saturating_sub(now.unix_ns).unsigned_abs());
        self.due = wait.map(|wait| now.after_ns(wait));
    }

    pub(super) const fn stop(&mut self) {
        self.due = None;
        self.session = None;
        self.is_over = false;
    }

    pub(super) const fn due_ns(&self) -> Option<u64> {
        match self.due {
            Some(due) => Some(due.monotonic_ns),
            None => None,
        }
    }

    #[inline]
    pub(super) fn has_passed(&mut self, now: Now) -> bool {
        match self.due {
            Some(due) if now.monotonic_ns >= due.monotonic_ns || now.unix_ns >= due.unix_ns => {
                self.has_changed(now)
            }
            _ => false,
        }
    }

    #[cold]
    fn has_changed(&mut self, now: Now) -> bool {
        let schedule = self.schedule.as_ref();
        let session = schedule.and_then(|schedule| schedule.session_at(now.unix_ns));
        if session.is_none() || session != self.session {
            return true;
        }
        self.look_again(now);
        false
    }

    /// Why the connection ends, where a logout would be the reason.
    pub(super) const fn reason(&self, reason: DisconnectReason) -> DisconnectReason {
        match reason {
            DisconnectReason::LoggedOut | DisconnectReason::LogoutTimeout if self.is_over => {
                DisconnectReason::OutOfHours
            }
            _ => reason,
        }
    }
}

impl<T: Store> Session<T> {
    /// Returns true if the schedule has the session open at this moment. Always true without a schedule.
    pub fn is_in_session(&self, now: Now) -> bool {
        self.hours.is_open(now)
    }

    /// From when on to connect, in nanoseconds of Unix time: now where the session is open, else when it opens next. None
    /// if it does not within two years.
    ///
    /// Of use to whoever drives the session: outside of its time a connection is closed at once.
    pub fn next_session_ns(&self, now: Now) -> Option<i64> {
        if self.hours.is_open(now) {
            return Some(now.unix_ns);
        }
        let schedule = self.hours.schedule.as_ref();
        schedule.and_then(|schedule| schedule.next_open(now.unix_ns))
    }

    /// A logon is about to be sent, or has come: false outside of session time. With the first of a new session both
    /// numbers are 1, whether we were up when it began or not.
    pub(super) fn enter_hours(&mut self, now: Now) -> Result<bool> {
        if !self.hours.is_open(now) {
            return Ok(false);
        }
        self.begin_anew(now)?;
        self.hours.start(now);
        Ok(true)
    }

    fn begin_anew(&mut self, now: Now) -> Result<()> {
        if self.hours.is_new(self.store.created(), now) {
            self.forget_gaps();
            self.store.reset(now.unix_ns)?;
        }
        Ok(())
    }

    /// A message is to wait for the next logon: it must not be lost by the beginning of a session in between.
    pub(super) fn queue_in_hours(&mut self, now: Now) -> Result<()> {
        if self.state != State::Disconnected {
            return Ok(());
        }
        if !self.hours.is_open(now) {
            return Err(SessionError::OutOfHours);
        }
        self.begin_anew(now)
    }

    /// Session time is over: the connection ends with a logout.
    #[cold]
    pub(super) fn end_hours(&mut self, now: Now) -> Result<()> {
        match self.state {
            State::LoggedOn | State::LogoutSent => {
                self.start_logout(Some("End of session time"), now)?;
                self.hours.due = None;
                self.hours.is_over = true;
                Ok(())
            }
            _ => self.close(DisconnectReason::OutOfHours, now),
        }
    }
}

#[cfg(feature = "schedule")]
fn schedule_of(config: &SessionConfig) -> Option<Schedule> {
    config.schedule.as_ref().map(Schedule::with_rules)
}

#[cfg(not(feature = "schedule"))]
const fn schedule_of(_: &SessionConfig) -> Option<Schedule> {
    None
}

/// What there never is without the feature.
#[cfg(not(feature = "schedule"))]
mod without {
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(super) enum SessionTimes {}

    impl SessionTimes {
        pub(super) const fn contains(self, _: i64) -> bool {
            match self {}
        }
    }

    #[derive(Debug)]
    pub(super) enum Schedule {}

    impl Schedule {
        pub(super) const fn is_open(&self, _: i64) -> bool {
            match *self {}
        }

        pub(super) const fn session_at(&self, _: i64) -> Option<SessionTimes> {
            match *self {}
        }

        pub(super) const fn next_open(&self, _: i64) -> Option<i64> {
            match *self {}
        }

        pub(super) const fn open_until(&self, _: i64) -> Option<i64> {
            match *self {}
        }
    }
}
