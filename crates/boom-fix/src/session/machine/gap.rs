//! Messages that are missing: kept back what follows, asked for what lacks.

use super::super::clock::Now;
use super::super::error::DisconnectReason;
use super::super::event::Event;
use super::super::inbox::{Ahead, Inbox};
use super::super::store::Store;
use super::header::Kind;
use super::{Result, Session, Step};
use crate::message::Message;

/// What is missing, from the number that is expected on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gap {
    /// The last that is known to be missing.
    to: u64,
    /// The last that came ahead of it.
    last: u64,
    /// The last that was asked for.
    requested_to: u64,
    /// The number that was expected when something came last that closes it, and when that was.
    expected: u64,
    since_ns: u64,
    /// How many times the same was asked for.
    asked: u32,
}

/// How many times the same is asked for again.
const MOST_ASKED: u32 = 3;

/// What stands for infinity in FIX 4.0 and 4.1; later it is 0.
const INFINITY: u64 = 999_999;

impl<T: Store> Session<T> {
    /// A message came before its turn.
    pub(super) fn keep_ahead(
        &mut self,
        number: u64,
        message: &Message<'_>,
        ahead: &mut Ahead,
        now: Now,
    ) -> Result<()> {
        let last = self.keep(number, message, ahead);
        match &mut self.gap {
            Some(gap) => {
                gap.to = gap.to.max(last);
                gap.last = gap.last.max(number);
            }
            None => {
                self.open_gap(last, number, now);
                self.ask(last, now)?;
            }
        }
        Ok(())
    }

    /// The peer knows what is missing from our logon, so nothing is asked.
    pub(super) fn keep_ahead_told(
        &mut self,
        number: u64,
        message: &Message<'_>,
        ahead: &mut Ahead,
        now: Now,
    ) {
        let last = self.keep(number, message, ahead);
        // The peer sends what is before its logon; a logon that could not be kept is asked for in its turn.
        self.open_gap(last, number - 1, now);
    }

    /// Keeps a message if there is room, and gives the last number that is missing before it or with it.
    fn keep(&mut self, number: u64, message: &Message<'_>, ahead: &mut Ahead) -> u64 {
        let kind = Kind::of(message.msg_type());
        let is_answered = matches!(kind, Kind::Logon | Kind::ResendRequest);
        if ahead.keep(number, message.as_bytes(), is_answered) {
            self.statistics.queued += 1;
            number - 1
        } else {
            self.statistics.discarded += 1;
            number
        }
    }

    fn open_gap(&mut self, to: u64, requested_to: u64, now: Now) {
        self.statistics.gaps += 1;
        let from = self.store.next_incoming();
        self.gap = Some(Gap {
            to,
            last: to.saturating_add(1),
            requested_to,
            expected: from,
            since_ns: now.monotonic_ns,
            asked: 0,
        });
        self.notices.push_back(Event::Gap { from, to });
    }

    /// Asks for what is missing up to `to`, or for the first of it.
    fn ask(&mut self, to: u64, now: Now) -> Result<()> {
        let from = self.store.next_incoming();
        let (end, requested_to) = match self.config.resend_chunk {
            Some(chunk) => {
                let end = to.min(from.saturating_add(chunk - 1));
                (end, end)
            }
            // All that there is: the peer may be further than we know.
            None if self.config.is_before_42() => (INFINITY, to),
            None => (0, to),
        };
        if let Some(gap) = &mut self.gap {
            gap.requested_to = gap.requested_to.max(requested_to);
            if self.config.resend_chunk.is_some() {
                gap.requested_to = requested_to;
            }
        }
        self.statistics.resend_requests_sent += 1;
        self.admin(b"2", now, |request| {
            request.uint(7, from).uint(16, end);
        })?;
        Ok(())
    }

    /// The peer has logged out by this number, and is not asked for what is before it.
    pub(super) fn note_logout(&mut self, number: u64, now: Now) {
        let expected = self.store.next_incoming();
        let last = number.saturating_sub(1);
        if last < expected {
            return;
        }
        let gap = self.gap.get_or_insert(Gap {
            to: last,
            last,
            requested_to: last,
            expected,
            since_ns: now.monotonic_ns,
            asked: 0,
        });
        gap.last = gap.last.max(last);
    }

    /// The last message that is known to be missing, or to have come ahead of those.
    pub(super) fn last_ahead(&self) -> u64 {
        self.gap.map_or(0, |gap| gap.last)
    }

    /// The numbers begin anew: what has not come up to this one never will.
    pub(super) fn tell_missed(&mut self, to: u64) {
        let from = self.store.next_incoming();
        if to >= from {
            self.notices.push_back(Event::Missed { from, to });
        }
    }

    /// When to ask again, if nothing comes that closes the gap.
    pub(super) fn gap_due_ns(&self) -> Option<u64> {
        let (gap, patience) = (self.gap?, self.config.resend_patience?);
        let patience = u64::try_from(patience.as_nanos()).unwrap_or(u64::MAX);
        Some(gap.since_ns.saturating_add(patience))
    }

    /// Asks again for a gap that has not become smaller for too long, and in the end gives up.
    pub(super) fn keep_asking(&mut self, now: Now) -> Result<()> {
        if self.gap_due_ns().is_none_or(|due| now.monotonic_ns < due) {
            return Ok(());
        }
        let expected = self.store.next_incoming();
        let Some(gap) = &mut self.gap else {
            return Ok(());
        };
        gap.since_ns = now.monotonic_ns;
        if gap.expected != expected {
            gap.expected = expected;
            gap.asked = 0;
            return Ok(());
        }
        gap.asked += 1;
        let to = gap.to;
        if gap.asked > MOST_ASKED {
            let reason = DisconnectReason::GapNotFilled;
            return self.log_out_and_close("ResendRequest not answered", reason, now);
        }
        self.ask(to, now)
    }

    /// A gap fill moves what is expected to `to`. What came already below that is not skipped.
    pub(super) fn fill(&mut self, to: u64, ahead: &Ahead) -> Result<()> {
        let next = ahead.first().map_or(to, |first| first.min(to));
        // What is kept under the number of the fill itself was that fill.
        let next = next.max(self.store.next_incoming() + 1);
        self.filled_to = to;
        self.store.set_next_incoming(next)?;
        Ok(())
    }

    /// Takes what was ahead and has its turn, and asks for what lacks still.
    pub(super) fn step_behind_gap(&mut self, inbox: &mut Inbox, now: Now) -> Result<Step> {
        let expected = self.store.next_incoming();
        inbox.queue_mut().drop_below(expected);
        if inbox.turn(expected) {
            let (message, ahead) = inbox.parts();
            return self.receive_turned(&message, ahead, now);
        }
        let first_ahead = inbox.queue().first();
        if self.filled_to > expected {
            let next = first_ahead.map_or(self.filled_to, |first| first.min(self.filled_to));
            self.store.set_next_incoming(next)?;
            return Ok(Step::Again);
        }
        self.filled_to = 0;
        if let Some(gap) = self.gap {
            if expected > gap.to {
                self.gap = None;
            } else if expected > gap.requested_to {
                let to = first_ahead.map_or(gap.to, |first| gap.to.min(first - 1));
                self.ask(to, now)?;
            }
        }
        if self.gap.is_none()
            && let Some(first) = first_ahead
        {
            self.open_gap(first - 1, first, now);
            self.ask(first - 1, now)?;
            return Ok(Step::Again);
        }
        Ok(Step::Idle)
    }
}
