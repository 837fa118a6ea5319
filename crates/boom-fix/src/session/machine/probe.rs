//! A question of the application to the peer, and how long the answer takes.

use super::super::clock::Now;
use super::super::error::SessionError;
use super::super::event::Event;
use super::super::store::Store;
use super::{Result, Session, State};
use crate::message::Message;

/// The `TestRequest` of the application that waits for its answer.
#[derive(Debug, Default)]
pub(super) struct Probe {
    id: String,
    sent_ns: Option<u64>,
}

impl Probe {
    pub(super) const fn stop(&mut self) {
        self.sent_ns = None;
    }

    #[inline]
    pub(super) const fn is_waiting(&self) -> bool {
        self.sent_ns.is_some()
    }
}

impl<T: Store> Session<T> {
    /// Asks the peer for a sign of life by a `TestRequest` with this `TestReqID` (112). The `Heartbeat` that answers it is
    /// told by [`Event::TestAnswered`] with the time it took, which is also in [`Statistics`](super::super::Statistics).
    ///
    /// One at a time: the answer to an earlier one that waits still is not told any more. Without an answer, or anything
    /// else, within the heartbeat interval, the connection ends as with the requests that the session makes itself.
    ///
    /// # Errors
    ///
    /// [`SessionError::NotLoggedOn`], or the message could not be written or kept.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use boom_fix::session::{Event, Inbox, MemoryStore, Now, Session, SessionError};
    /// # fn measure(session: &mut Session<MemoryStore>, inbox: &mut Inbox, now: Now) -> Result<(), SessionError> {
    /// session.test_request("ping-1", now)?;
    /// // Later, when the answer has come:
    /// while let Some(event) = session.poll_event(inbox, now)? {
    ///     if let Event::TestAnswered { round_trip_ns } = event {
    ///         println!("the peer and the line took {round_trip_ns} ns");
    ///     }
    /// }
    /// # Ok(()) }
    /// ```
    pub fn test_request(&mut self, id: &str, now: Now) -> Result<()> {
        if self.state != State::LoggedOn {
            return Err(SessionError::NotLoggedOn);
        }
        self.admin(b"1", now, |request| {
            request.text(112, id);
        })?;
        self.statistics.test_requests_sent += 1;
        self.test_request_ns.get_or_insert(now.monotonic_ns);
        self.probe.id.clear();
        self.probe.id.push_str(id);
        self.probe.sent_ns = Some(now.monotonic_ns);
        Ok(())
    }

    /// A heartbeat came while the application waits for one.
    pub(super) fn heartbeat_came(&mut self, message: &Message<'_>, now: Now) {
        let id = message.get(112).map(|id| id.as_bytes());
        if id != Some(self.probe.id.as_bytes()) {
            return;
        }
        if let Some(sent_ns) = self.probe.sent_ns.take() {
            let round_trip_ns = now.monotonic_ns.saturating_sub(sent_ns);
            self.statistics.last_round_trip_ns = Some(round_trip_ns);
            self.notices
                .push_back(Event::TestAnswered { round_trip_ns });
        }
    }
}
