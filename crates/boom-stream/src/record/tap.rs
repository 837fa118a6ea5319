//! The stream's side of a recording: what each read and write does besides reading and writing.

use std::io::{self, ErrorKind};
use std::ops::Deref;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use super::backlog::Backlog;
use super::options::{WhenFailed, WhenFull};
use super::queue::{Direction, Entry, Gap, HEADER_LEN, Inlet};
use super::stats::{Progress, Shared};
use super::{RecordError, RecordStats};
use crate::TimeSource;

#[derive(Debug)]
pub(super) struct Tap<C> {
    /// None where the recording could not start, or has ended.
    inlet: Option<Inlet>,
    clock: C,
    /// What the clock's time lacks to nanoseconds since 1970.
    offset_ns: u64,
    shared: Arc<Shared>,
    /// What had no room and is not stated in the queue yet.
    backlog: Backlog,
    /// Nothing is in the backlog, and no end or error was told that a read or write may disprove.
    is_plain: bool,
    when_full: WhenFull,
    fails_with_recording: bool,
    dropped: Gap,
    lost: u64,
    peer_closed: bool,
    closed: bool,
    failed: [Option<ErrorKind>; 2],
    thread: Option<JoinHandle<()>>,
    /// How often a read or write ended the thread's rest.
    wakes: u64,
}

impl<C: TimeSource> Tap<C> {
    pub(super) fn new(
        inlet: Option<Inlet>,
        clock: C,
        offset_ns: u64,
        shared: Arc<Shared>,
        when_full: WhenFull,
        when_failed: WhenFailed,
        thread: Option<JoinHandle<()>>,
    ) -> Self {
        Self {
            inlet,
            clock,
            offset_ns,
            shared,
            backlog: Backlog::new(),
            is_plain: true,
            when_full,
            fails_with_recording: when_failed == WhenFailed::Fail,
            dropped: Gap::default(),
            lost: 0,
            peer_closed: false,
            closed: false,
            failed: [None; 2],
            thread,
            wakes: 0,
        }
    }

    /// Fails once the recording has, if that was chosen.
    #[inline]
    pub(super) fn check(&self) -> io::Result<()> {
        if self.fails_with_recording && self.shared.has_stopped() {
            return Err(self.error().unwrap_or(RecordError::WriterGone).into());
        }
        Ok(())
    }

    /// Records bytes that passed; none where there are none.
    #[inline]
    pub(super) fn bytes(&mut self, direction: Direction, bytes: &[u8]) {
        self.piece(direction, bytes, true);
    }

    /// Records bytes that are all of a read or write, or its end, or not.
    #[inline]
    pub(super) fn piece(&mut self, direction: Direction, bytes: &[u8], last: bool) {
        let time_ns = self.now_ns();
        if let (Some(inlet), true) = (&mut self.inlet, self.is_plain)
            && !self.shared.has_stopped()
            && inlet.push(Entry::Bytes { direction, last }, time_ns, bytes)
        {
            if self.shared.is_resting() && inlet.is_filling() {
                self.end_rest();
            }
            return;
        }
        self.piece_slowly(direction, time_ns, bytes, last);
    }

    /// Records the first `count` bytes of a vectored read or write.
    pub(super) fn pieces(
        &mut self,
        direction: Direction,
        buffers: &[impl Deref<Target = [u8]>],
        count: usize,
    ) {
        // All of it or none: whether a piece is the last one cannot be told afterwards.
        let length = HEADER_LEN * buffers.len() + count;
        if self.when_full == WhenFull::Drop && !self.is_stopped() && !self.has_room(length) {
            self.succeeded(direction);
            return self.add_to_gap(direction, self.now_ns(), count);
        }
        let mut rest = count;
        for buffer in buffers {
            let bytes = buffer.get(..rest).unwrap_or(buffer);
            rest -= bytes.len();
            if !bytes.is_empty() {
                self.piece(direction, bytes, rest == 0);
            }
        }
    }

    /// Looks at what a read or a write returned when it moved no bytes.
    #[cold]
    #[inline(never)]
    pub(super) fn nothing(
        &mut self,
        direction: Direction,
        result: io::Result<usize>,
    ) -> io::Result<usize> {
        match &result {
            Ok(_) if direction == Direction::Inbound && !self.peer_closed => {
                self.peer_closed = true;
                self.event(Entry::PeerClosed);
            }
            Err(error) if is_failure(error) => self.failed(direction, error.kind()),
            _ if self.backlog.has_event() => self.state_backlog_if_possible(),
            _ => {}
        }
        result
    }

    /// Looks at what something returned that moves no bytes by itself.
    pub(super) fn done(&mut self, direction: Direction, result: &io::Result<()>) {
        if let Err(error) = result
            && is_failure(error)
        {
            self.failed(direction, error.kind());
        }
    }

    fn failed(&mut self, direction: Direction, kind: ErrorKind) {
        let earlier = self.failed[direction.index()].replace(kind);
        // A stream that is polled on after its end says the same each time.
        if earlier != Some(kind) {
            self.event(Entry::Failed { direction, kind });
        }
    }

    /// Records that this side has said that it sends no more.
    pub(super) fn closed(&mut self) {
        if !std::mem::replace(&mut self.closed, true) {
            self.event(Entry::Closed);
        }
    }

    pub(super) fn stats(&self) -> RecordStats {
        let mut stats = self.shared.progress().stats;
        stats.dropped_events = self.dropped.total();
        stats.dropped_bytes = self.dropped.bytes[0] + self.dropped.bytes[1];
        stats.lost_events += self.lost;
        stats
    }

    pub(super) fn error(&self) -> Option<RecordError> {
        self.shared.progress().error.clone()
    }

    /// Waits until the file has all, and the disk if `sync`.
    pub(super) fn flush(&mut self, sync: bool) -> Result<RecordStats, RecordError> {
        self.state_backlog();
        let target = self.shared.update(|progress| {
            let requests = progress.requests(sync);
            requests.asked += 1;
            requests.asked
        });
        self.wake();
        let progress = self
            .shared
            .wait(|progress| progress.ended || progress.requests_of(sync).done >= target);
        if let Some(error) = &progress.error {
            return Err(error.clone());
        }
        if progress.requests_of(sync).done < target {
            return Err(RecordError::WriterGone);
        }
        drop(progress);
        Ok(self.stats())
    }

    /// Ends the recording: waits until the file is complete.
    pub(super) fn finish(&mut self) -> Result<RecordStats, RecordError> {
        self.end();
        if let Some(error) = self.error() {
            return Err(error);
        }
        match self.dropped.total() {
            0 => Ok(self.stats()),
            dropped => Err(RecordError::Incomplete { dropped }),
        }
    }

    #[inline]
    fn now_ns(&self) -> u64 {
        self.clock.now_ns().wrapping_add(self.offset_ns)
    }

    fn event(&mut self, entry: Entry) {
        let time_ns = self.now_ns();
        if self.is_stopped() {
            self.lost += 1;
            return;
        }
        match self.when_full {
            WhenFull::Block => {
                self.push_waiting(entry, time_ns, &[]);
            }
            WhenFull::Drop => {
                if !self.backlog.add_event(entry, time_ns) {
                    self.dropped.count[0] += 1;
                    self.backlog.add_gap(Direction::Inbound, 0, time_ns);
                }
                self.state_backlog_if_possible();
            }
        }
        self.look_back();
        match self.backlog.is_empty() {
            true => self.end_rest_if_due(),
            false => self.end_rest(),
        }
    }
}

impl<C> Tap<C> {
    fn end(&mut self) {
        self.state_backlog();
        self.inlet = None;
        self.wake();
        let Some(thread) = self.thread.take() else {
            return;
        };
        let lost = std::mem::take(&mut self.lost);
        let has_panicked = thread.join().is_err();
        self.shared.update(|progress| {
            progress.stats.lost_events += lost;
            if has_panicked {
                progress.fail(RecordError::WriterGone);
            }
        });
    }

    /// What [`piece`](Self::piece) does where there is more to it.
    #[cold]
    #[inline(never)]
    fn piece_slowly(&mut self, direction: Direction, time_ns: u64, bytes: &[u8], last: bool) {
        if self.is_stopped() {
            self.lost += u64::from(last);
            return;
        }
        self.succeeded(direction);
        match self.when_full {
            WhenFull::Block => self.push_in_pieces(direction, time_ns, bytes, last),
            WhenFull::Drop => self.push_or_drop(direction, time_ns, bytes, last),
        }
        self.look_back();
        self.end_rest_if_due();
    }

    fn end_rest_if_due(&mut self) {
        if self.inlet.as_ref().is_some_and(Inlet::is_filling) {
            self.end_rest();
        }
    }

    /// Wakes the thread that writes, if it has had nothing to do for a while: otherwise the queue might be full before it
    /// looks, or is. The one system call that a read or write can cost, once in such a while.
    #[cold]
    #[inline(never)]
    fn end_rest(&mut self) {
        if self.shared.end_rest() {
            self.wakes += 1;
            self.wake();
        }
    }

    /// What this side told of its end or failure holds no more: the next one is another.
    const fn succeeded(&mut self, direction: Direction) {
        self.failed[direction.index()] = None;
        if matches!(direction, Direction::Inbound) {
            self.peer_closed = false;
        }
    }

    /// Sees whether the next read or write is one like any other.
    const fn look_back(&mut self) {
        self.is_plain =
            self.backlog.is_empty() && matches!(self.failed, [None, None]) && !self.peer_closed;
    }

    fn push_in_pieces(&mut self, direction: Direction, time_ns: u64, bytes: &[u8], last: bool) {
        let longest = self.inlet.as_ref().map_or(1, Inlet::max_entry).max(1);
        let mut pieces = bytes.chunks(longest).peekable();
        while let Some(piece) = pieces.next() {
            let last = last && pieces.peek().is_none();
            self.push_waiting(Entry::Bytes { direction, last }, time_ns, piece);
        }
    }

    fn push_or_drop(&mut self, direction: Direction, time_ns: u64, bytes: &[u8], last: bool) {
        if self.has_room(HEADER_LEN + bytes.len())
            && let Some(inlet) = &mut self.inlet
        {
            self.backlog.move_to(inlet);
            inlet.push(Entry::Bytes { direction, last }, time_ns, bytes);
            return;
        }
        self.add_to_gap(direction, time_ns, bytes.len());
    }

    fn add_to_gap(&mut self, direction: Direction, time_ns: u64, count: usize) {
        self.dropped.add(direction, count as u64);
        self.backlog.add_gap(direction, count as u64, time_ns);
        self.look_back();
        self.end_rest();
    }

    /// Returns true if so many bytes of the queue are free behind what waits for room.
    fn has_room(&self, bytes: usize) -> bool {
        let inlet = self.inlet.as_ref();
        inlet.is_some_and(|inlet| inlet.has_room(self.backlog.len() + bytes))
    }

    /// Puts into the queue what it has to say of what it had no room for, if there is room for all of that.
    fn state_backlog_if_possible(&mut self) {
        if self.has_room(0)
            && let Some(inlet) = &mut self.inlet
        {
            self.backlog.move_to(inlet);
            self.look_back();
        }
    }

    /// The same, and waits for room.
    fn state_backlog(&mut self) {
        while let Some((entry, gap, time_ns)) = self.backlog.take() {
            let bytes = gap.to_bytes();
            let bytes = if entry == Entry::Gap { &bytes[..] } else { &[] };
            if !self.push_waiting(entry, time_ns, bytes) && entry == Entry::Gap {
                self.shared.update(|progress| progress.count_gap(gap));
            }
        }
        self.look_back();
    }

    /// Returns false, and counts an event as lost, if nobody takes anything out of the queue any more.
    fn push_waiting(&mut self, entry: Entry, time_ns: u64, bytes: &[u8]) -> bool {
        while let Some(inlet) = &mut self.inlet {
            if inlet.push(entry, time_ns, bytes) {
                return true;
            }
            if inlet.is_abandoned() {
                break;
            }
            self.wake();
            thread::yield_now();
        }
        self.lost += u64::from(entry.is_event());
        false
    }

    fn is_stopped(&self) -> bool {
        self.inlet.is_none() || self.shared.has_stopped()
    }

    fn wake(&self) {
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
    }
}

impl<C> Drop for Tap<C> {
    fn drop(&mut self) {
        // Nothing is left to do after `finish`.
        self.end();
    }
}

impl Progress {
    const fn requests(&mut self, sync: bool) -> &mut super::stats::Requests {
        if sync {
            &mut self.sync
        } else {
            &mut self.flush
        }
    }

    const fn requests_of(&self, sync: bool) -> super::stats::Requests {
        if sync { self.sync } else { self.flush }
    }
}

/// Those that mean "later" are no end of anything.
fn is_failure(error: &io::Error) -> bool {
    !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

#[cfg(test)]
mod tests;
