//! The choices that a replay offers.

use std::io::Read;
use std::path::Path;

use super::normalise::Verbatim;
use super::schedule::{Pace, Schedule};
use super::stream::ReplayStream;
use super::verify::{Adapter, Verifier, Written};
use super::{Normalise, RecordingReader, ReplayError};
use crate::{MonotonicClock, TimeSource};

/// The choices of a replay.
///
/// # Examples
///
/// ```no_run
/// use boom_stream::replay::{Pace, ReplayStream};
///
/// let stream = ReplayStream::builder().pace(Pace::Times(60.0)).verify().open("quotes.pcapng")?;
/// # drop(stream);
/// # Ok::<(), boom_stream::replay::ReplayError>(())
/// ```
#[derive(Debug)]
pub struct ReplayBuilder<C = MonotonicClock> {
    pace: Pace,
    written: Written,
    is_in_order: Option<bool>,
    start_ns: Option<u64>,
    clock: C,
}

impl ReplayBuilder {
    pub(super) fn new() -> Self {
        Self {
            pace: Pace::default(),
            written: Written::Ignored,
            is_in_order: None,
            start_ns: None,
            clock: MonotonicClock::default(),
        }
    }
}

impl<C> ReplayBuilder<C> {
    /// Chooses how fast the recording plays.
    #[must_use]
    pub const fn pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// Takes the time from `clock`: with [`Pace::Recorded`] and a clock that a test moves on, the recording goes step by
    /// step.
    #[must_use]
    pub fn clock<D: TimeSource>(self, clock: D) -> ReplayBuilder<D> {
        ReplayBuilder {
            pace: self.pace,
            written: self.written,
            is_in_order: self.is_in_order,
            start_ns: self.start_ns,
            clock,
        }
    }

    /// Sets the recorded moment, in nanoseconds since 1970, that is now. Without it that is when the recording began.
    ///
    /// Several recordings that are given the same moment and the same clock play side by side as they were recorded.
    #[must_use]
    pub const fn start_at_ns(mut self, start_ns: u64) -> Self {
        self.start_ns = Some(start_ns);
        self
    }

    /// Keeps what is written, for [`ReplayStream::take_written`].
    #[must_use]
    pub fn collect_writes(mut self) -> Self {
        self.written = Written::Collected(Vec::new());
        self
    }

    /// Compares what is written with what was recorded. The first difference fails the write, and all after it.
    ///
    /// How the bytes are divided among writes does not count. The recording is read ahead as far as the comparison needs,
    /// but past no more than 16 MiB of reads: a write that is not found until there fails with
    /// [`ReplayError::Early`]. That and what was written between two reads is the most that is held in memory. A write that failed when it was recorded fails again, and what was written after it is
    /// compared as before.
    #[must_use]
    pub fn verify(self) -> Self {
        self.verify_normalised(Verbatim)
    }

    /// Compares after `normaliser` has taken out what differs in each run.
    #[must_use]
    pub fn verify_normalised(
        mut self,
        normaliser: impl Normalise + Clone + Send + 'static,
    ) -> Self {
        let verifier = Verifier::new(normaliser.clone(), normaliser);
        self.written = Written::Verified(Box::new(verifier));
        self
    }

    /// Lets `normaliser` see what is written and [adapt](Normalise::adapt) what is read to it, and compares nothing.
    #[must_use]
    pub fn adapt(mut self, normaliser: impl Normalise + Send + 'static) -> Self {
        self.written = Written::Adapted(Adapter::new(normaliser));
        self
    }

    /// Chooses whether a read waits until as many bytes are written as were recorded before it, so that no answer comes
    /// before its question. It does where writes are verified or reads adapted, and does
    /// not otherwise, if nothing is chosen.
    ///
    /// A program that writes by the clock must be given the recording's pace then, or it waits for itself:
    /// [`ReplayStream::awaited_bytes`]. One that writes less than the recorded one waits for ever, until
    /// [`ReplayStream::stop_waiting`].
    #[must_use]
    pub const fn in_order(mut self, is_in_order: bool) -> Self {
        self.is_in_order = Some(is_in_order);
        self
    }
}

impl<C: TimeSource> ReplayBuilder<C> {
    /// Opens a recording by its first file; its time begins now.
    ///
    /// # Errors
    ///
    /// There is no such file, or it is no recording.
    pub fn open(self, path: impl AsRef<Path>) -> Result<ReplayStream<C>, ReplayError> {
        Ok(self.play(RecordingReader::open(path)?))
    }

    /// Plays a recording of a single file from anywhere.
    ///
    /// # Errors
    ///
    /// It is no recording, or the reader fails.
    pub fn from_reader(
        self,
        reader: impl Read + Send + 'static,
    ) -> Result<ReplayStream<C>, ReplayError> {
        Ok(self.play(RecordingReader::from_reader(reader)?))
    }

    fn play(self, reader: RecordingReader) -> ReplayStream<C> {
        let has_normaliser = matches!(self.written, Written::Verified(_) | Written::Adapted(_));
        let start_ns = self.start_ns.unwrap_or_else(|| reader.start_ns());
        let is_in_order = self.is_in_order.unwrap_or(has_normaliser);
        let schedule = Schedule::new(self.pace, self.clock, start_ns);
        ReplayStream::new(reader, schedule, self.written, is_in_order)
    }
}
