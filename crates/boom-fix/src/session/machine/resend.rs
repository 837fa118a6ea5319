//! Messages sent again: read from the store as fast as the peer takes them, never all at once.

use std::fmt;

use super::super::clock::Now;
use super::super::event::{Event, Refusal};
use super::super::log::Direction;
use super::super::store::Store;
use super::header::{Kind, MARGIN, write_again};
use super::{Result, Session, State};
use crate::decoder::Decoder;
use crate::index::FieldIndex;
use crate::message::Message;
use crate::value::UtcTimestamp;

/// What is being sent again, and what waits behind it.
#[derive(Debug)]
pub(super) struct Again {
    range: Option<Range>,
    /// What was asked for meanwhile.
    next: Option<(u64, u64)>,
    /// The first message that is kept and was never sent: it came while others were sent again.
    deferred: Option<u64>,
    decoder: Decoder,
    index: FieldIndex,
    message: Vec<u8>,
    /// Where in it the message is that was decoded last, and how many fields it has.
    place: Place,
}

#[derive(Clone, Copy, Debug, Default)]
struct Place {
    start: usize,
    end: usize,
    fields: usize,
}

#[derive(Clone, Copy, Debug)]
struct Range {
    at: u64,
    end: u64,
    /// The first message of those before `at` that a gap fill is to stand for.
    skipped_from: Option<u64>,
}

/// Asks the application whether a message is to be sent again.
pub(super) struct ResendFilter(pub(super) Box<dyn FnMut(&Message<'_>) -> bool + Send>);

impl fmt::Debug for ResendFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResendFilter")
    }
}

/// How many bytes wait at most before more is read from the store.
const HIGH_WATER: usize = 1 << 16;
/// How many messages one call looks at, so that it ends soon whatever was asked for.
const STEPS: usize = 1024;

impl Again {
    pub(super) fn new() -> Self {
        Self {
            range: None,
            next: None,
            deferred: None,
            decoder: Decoder::new().with_max_message_bytes(usize::MAX),
            index: FieldIndex::new(),
            message: Vec::new(),
            place: Place::default(),
        }
    }

    pub(super) const fn stop(&mut self) {
        self.range = None;
        self.next = None;
        self.deferred = None;
    }

    /// Messages are sent again, or wait for that.
    pub(super) const fn is_active(&self) -> bool {
        self.range.is_some() || self.deferred.is_some()
    }

    pub(super) const fn has_deferred(&self) -> bool {
        self.deferred.is_some()
    }

    pub(super) const fn defer(&mut self, number: u64) {
        if self.deferred.is_none() {
            self.deferred = Some(number);
        }
    }

    /// Decodes what was read; false if it is no message.
    fn decode(&mut self) -> bool {
        let mut input = self.message.as_slice();
        let Ok(Some(message)) = self.decoder.decode(&mut input, &mut self.index) else {
            return false;
        };
        let (length, fields) = (message.as_bytes().len(), message.fields().len());
        let end = self.message.len() - input.len();
        self.place = Place {
            start: end - length,
            end,
            fields,
        };
        true
    }

    /// The message that was decoded last.
    fn message(&self) -> Message<'_> {
        let Place { start, end, fields } = self.place;
        let bytes = self.message.get(start..end).unwrap_or_default();
        Message::new(self.index.fields(bytes, fields))
    }

    /// One range at a time; what is asked for meanwhile becomes one more.
    fn add(&mut self, begin: u64, end: u64) {
        if self.range.is_none() {
            self.range = Some(Range {
                at: begin,
                end,
                skipped_from: None,
            });
            return;
        }
        let (from, to) = self.next.unwrap_or((begin, end));
        self.next = Some((from.min(begin), to.max(end)));
    }
}

impl<T: Store> Session<T> {
    /// Notes what the peer asks for. An end of 0, or one that we have not reached, means everything.
    pub(super) fn schedule_again(
        &mut self,
        begin: u64,
        end: u64,
    ) -> std::result::Result<(), Refusal> {
        let next = self
            .again
            .deferred
            .unwrap_or_else(|| self.store.next_outgoing());
        if begin == 0 || begin >= next {
            return Err(Refusal::new(5, Some(7)));
        }
        if end != 0 && end < begin {
            return Err(Refusal::new(5, Some(16)));
        }
        let end = if end == 0 {
            next - 1
        } else {
            end.min(next - 1)
        };
        self.again.add(begin, end);
        Ok(())
    }

    pub(in crate::session) const fn wants_pump(&self) -> bool {
        // What is sent again leaves room for heartbeats and requests: without it they would end the connection, and the
        // next one, with as much to send again, as well.
        let half = self.config.max_outbound_bytes / 2 + 1;
        let most = if half < HIGH_WATER { half } else { HIGH_WATER };
        let is_open = matches!(self.state, State::LoggedOn | State::LogoutSent);
        is_open && self.again.is_active() && self.out.len() < most
    }

    /// Goes on with what is sent again, now that there is room in [`outgoing`](Self::outgoing); false if there is nothing
    /// to go on with. [`poll_event`](Self::poll_event) and [`handle_timeout`](Self::handle_timeout) do the same.
    ///
    /// # Errors
    ///
    /// The store failed.
    pub fn continue_sending(&mut self, now: Now) -> Result<bool> {
        let has_more = self.wants_pump();
        self.pump(now)?;
        Ok(has_more)
    }

    /// Goes on with what is sent again, as far as it should wait for the peer.
    #[inline]
    pub(super) fn pump(&mut self, now: Now) -> Result<()> {
        if self.again.is_active() {
            return self.pump_on(now);
        }
        Ok(())
    }

    #[inline(never)]
    fn pump_on(&mut self, now: Now) -> Result<()> {
        let mut steps = 0;
        while self.wants_pump() && steps < STEPS {
            steps += 1;
            match (self.again.range, self.again.deferred) {
                (Some(range), _) => self.send_again(range, now)?,
                (None, Some(number)) => self.send_deferred(number, now)?,
                (None, None) => break,
            }
        }
        Ok(())
    }

    fn send_again(&mut self, mut range: Range, now: Now) -> Result<()> {
        if range.at > range.end {
            if let Some(from) = range.skipped_from {
                self.gap_fill(from, range.at, now)?;
            }
            self.again.range = None;
            if let Some((begin, end)) = self.again.next.take() {
                self.again.add(begin, end);
            }
            return Ok(());
        }
        if self.is_wanted(range.at)? {
            if let Some(from) = range.skipped_from.take() {
                self.gap_fill(from, range.at, now)?;
            }
            self.rewrite(true, now)?;
            self.statistics.resent += 1;
        } else {
            range.skipped_from.get_or_insert(range.at);
        }
        range.at += 1;
        self.again.range = Some(range);
        Ok(())
    }

    /// Reads a message, and says whether it is one to send again.
    fn is_wanted(&mut self, number: u64) -> Result<bool> {
        let again = &mut self.again;
        if !self.store.read(number, &mut again.message)? || !again.decode() {
            return Ok(false);
        }
        let message = again.message();
        if Kind::of(message.msg_type()).is_admin() {
            return Ok(false);
        }
        Ok(match &mut self.resend_filter {
            Some(ResendFilter(is_wanted)) => is_wanted(&message),
            None => true,
        })
    }

    /// Puts the message that was decoded last on the wire.
    fn rewrite(&mut self, was_sent: bool, now: Now) -> Result<()> {
        let message = self.again.message();
        let time = UtcTimestamp::from_unix_nanos(now.unix_ns, self.config.precision);
        let room = self.out.reserve(message.as_bytes().len() + MARGIN)?;
        let encoded = write_again(&self.encoder, room, &message, time, was_sent).finish()?;
        if let Some(log) = &mut self.log {
            log.message(Direction::Outbound, now.unix_ns, encoded.as_bytes());
        }
        let (start, length) = (encoded.start(), encoded.as_bytes().len());
        self.out.commit_from(start, length);
        self.count_sent(length, now);
        Ok(())
    }

    /// The first sending of a message that had to wait.
    fn send_deferred(&mut self, number: u64, now: Now) -> Result<()> {
        let next = number + 1;
        let is_last = next >= self.store.next_outgoing();
        self.again.deferred = (!is_last).then_some(next);
        if self.store.read(number, &mut self.again.message)? && self.again.decode() {
            return self.rewrite(false, now);
        }
        self.notices.push_back(Event::NotSent { number });
        self.gap_fill(number, next, now)
    }

    /// `SequenceReset` in gap fill mode, in the place of the messages from `from` up to `to`.
    fn gap_fill(&mut self, from: u64, to: u64, now: Now) -> Result<()> {
        let time = UtcTimestamp::from_unix_nanos(now.unix_ns, self.config.precision);
        let room = self.out.reserve(2 * MARGIN + self.header.len())?;
        let mut fill = self.header.begin_gap_fill(&self.encoder, room, from, time);
        fill.uint(36, to).char(123, 'Y');
        let encoded = fill.finish()?;
        if let Some(log) = &mut self.log {
            log.message(Direction::Outbound, now.unix_ns, encoded.as_bytes());
        }
        let (start, length) = (encoded.start(), encoded.as_bytes().len());
        self.out.commit_from(start, length);
        self.statistics.gap_fills_sent += 1;
        self.count_sent(length, now);
        Ok(())
    }
}
