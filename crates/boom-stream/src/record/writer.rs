//! The thread that takes a recording from its queue to its files.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::file::{Files, PartFile, Remarks};
use super::format::{CONTINUED, ERROR, FINISHED, Header, MAX_PAYLOAD, kind_name, part_path};
use super::options::{Rotation, SyncPolicy};
use super::packets::{Conversation, Mark};
use super::queue::{Direction, Entry, Gap, Outlet};
use super::stats::{Activity, Progress, Requests, Shared};
use super::{RecordError, RecordEvent};

/// How long the thread sleeps after it found something, and at most after it found nothing again and again.
const SHORT_SLEEP: Duration = Duration::from_millis(1);
const LONG_SLEEP: Duration = Duration::from_millis(64);
/// Whoever sleeps for longer says so, for the stream's thread to wake it when the queue fills up.
const NAP: Duration = Duration::from_millis(8);
/// Blocks gather until there are so many bytes, or until the queue is empty.
const GATHER_BYTES: usize = 256 << 10;

/// Called for each event.
pub(super) type Observer = Arc<dyn Fn(&RecordEvent<'_>) + Send + Sync>;

/// Sleeps until the time is over or the thread is unparked.
pub(super) type Sleep = Arc<dyn Fn(Duration) + Send + Sync>;

/// What a recording's thread works on.
pub(super) struct Writer {
    pub(super) outlet: Outlet,
    pub(super) shared: Arc<Shared>,
    pub(super) files: Arc<dyn Files>,
    /// Of the recording's first file.
    pub(super) path: PathBuf,
    pub(super) header: Header,
    pub(super) part: PartFile,
    pub(super) conversation: Conversation,
    pub(super) rotation: Rotation,
    pub(super) sync: SyncPolicy,
    pub(super) observer: Option<Observer>,
    pub(super) sleep: Sleep,
    pub(super) state: State,
}

/// What is known between two entries.
#[derive(Debug)]
pub(super) struct State {
    dropped: u64,
    /// This side said that it sends no more, or the connection broke.
    over: bool,
    /// Not in a file yet.
    events: u64,
    bytes: u64,
    /// In a file, and perhaps not on the disk.
    is_dirty: bool,
    /// The folder's entry for the file may not be on the disk.
    is_new: bool,
    synced: Instant,
    time_ns: u64,
}

impl State {
    pub(super) fn new(start_ns: u64) -> Self {
        Self {
            dropped: 0,
            over: false,
            events: 0,
            bytes: 0,
            is_dirty: false,
            is_new: true,
            synced: Instant::now(),
            time_ns: start_ns,
        }
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer")
            .field("part", &self.part)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl Writer {
    /// Works until the stream is gone and all of the queue is in the file.
    pub(super) fn run(mut self) {
        let _end = End(Arc::clone(&self.shared));
        self.notify(&RecordEvent::Started {
            path: self.part.path(),
        });
        if let Err(error) = self.write() {
            self.fail(error);
        }
    }

    fn write(&mut self) -> io::Result<()> {
        let mut sleep = SHORT_SLEEP;
        self.greet()?;
        self.write_out()?;
        loop {
            // In this order: what was asked for, or was put in before the stream went, is in the queue by now.
            let (flush, sync) = self.requests();
            let is_last = self.outlet.is_abandoned();
            let is_busy = self.drain()?;
            if is_last {
                return self.finish();
            }
            self.write_out()?;
            let is_asked = sync.asked > sync.done;
            if is_asked || self.is_sync_due() {
                self.sync()?;
            }
            if is_asked || flush.asked > flush.done {
                self.shared.update(|progress| {
                    progress.flush.done = flush.asked;
                    progress.sync.done = sync.asked;
                });
            }
            sleep = if is_busy {
                SHORT_SLEEP
            } else {
                LONG_SLEEP.min(sleep * 2)
            };
            self.sleep(sleep);
        }
    }

    fn requests(&self) -> (Requests, Requests) {
        let progress = self.shared.progress();
        (progress.flush, progress.sync)
    }

    /// Sleeps so long, or until it is woken or the disk is to have what is new or comes meanwhile.
    fn sleep(&self, longest: Duration) {
        let time = match self.sync {
            SyncPolicy::Every(interval) if self.state.is_dirty => {
                longest.min(interval.saturating_sub(self.state.synced.elapsed()))
            }
            SyncPolicy::Every(interval) => longest.min(interval.max(SHORT_SLEEP)),
            SyncPolicy::Never | SyncPolicy::AtEnd => longest,
        };
        if time > NAP {
            self.shared.set(Activity::Resting);
        }
        (self.sleep)(time);
        self.shared.set(Activity::Working);
    }

    /// Writes what the queue holds. Returns true if that was anything.
    fn drain(&mut self) -> io::Result<bool> {
        let mut is_busy = false;
        while let Some((entry, time_ns, bytes)) = self.outlet.pop() {
            is_busy = true;
            self.state.time_ns = time_ns;
            let mut page = Page {
                part: &mut self.part,
                conversation: &mut self.conversation,
                state: &mut self.state,
            };
            let gap = (entry == Entry::Gap).then(|| Gap::from_bytes(bytes));
            let result = page.entry(entry, bytes);
            if let Some(gap) = gap {
                self.tell_gap(gap);
            }
            result?;
            if self.part.waiting() >= GATHER_BYTES {
                self.write_out()?;
                // Under a load that never lets the queue run empty there is no other place for it.
                if self.is_sync_due() {
                    self.sync()?;
                }
            }
            if !matches!(entry, Entry::Bytes { last: false, .. }) {
                self.rotate_when_due()?;
            }
        }
        Ok(is_busy)
    }

    fn tell_gap(&self, gap: Gap) {
        self.shared.update(|progress| progress.count_gap(gap));
        self.notify(&RecordEvent::Dropped {
            path: self.part.path(),
            events: gap.total(),
            bytes: gap.total_bytes(),
        });
    }

    fn rotate_when_due(&mut self) -> io::Result<()> {
        let age_ns = self.state.time_ns.saturating_sub(self.part.start_ns());
        if !self.rotation.is_due(self.part.len(), age_ns) {
            return Ok(());
        }
        self.end_part(CONTINUED)?;
        self.header.part += 1;
        self.header.offsets = self.conversation.offsets();
        let path = part_path(&self.path, self.header.part);
        let files = Arc::clone(&self.files);
        self.part = PartFile::create(&*files, path, &self.header, self.state.time_ns)?;
        (self.state.is_new, self.state.is_dirty) = (true, true);
        self.count_file();
        self.notify(&RecordEvent::Started {
            path: self.part.path(),
        });
        Ok(())
    }

    /// The three segments that open a TCP connection.
    fn greet(&mut self) -> io::Result<()> {
        self.count_file();
        let mut page = self.page();
        page.segment(Direction::Outbound, Mark::Syn, &[], None)?;
        page.segment(Direction::Inbound, Mark::Syn, &[], None)?;
        page.segment(Direction::Outbound, Mark::None, &[], None)
    }

    /// Counts a file that has nothing but its header so far.
    fn count_file(&self) {
        let header = self.part.len();
        self.shared.update(|progress| {
            progress.stats.files += 1;
            progress.stats.file_bytes += header;
        });
    }

    fn finish(&mut self) -> io::Result<()> {
        let mut page = self.page();
        if !page.state.over {
            page.segment(Direction::Outbound, Mark::Fin, &[], None)?;
        }
        self.end_part(FINISHED)?;
        let stats = self.shared.update(|progress| {
            progress.flush.done = progress.flush.asked;
            progress.sync.done = progress.sync.asked;
            progress.stats
        });
        self.notify(&RecordEvent::Finished {
            path: self.part.path(),
            stats: &stats,
        });
        Ok(())
    }

    fn end_part(&mut self, comment: &'static str) -> io::Result<()> {
        self.part
            .end(comment, self.state.time_ns, self.state.dropped)?;
        self.write_out()?;
        match self.sync {
            SyncPolicy::Never if comment == FINISHED => Ok(()),
            // A file that is left cannot be forced to the disk later, when somebody asks for it.
            _ => self.sync(),
        }
    }

    fn write_out(&mut self) -> io::Result<()> {
        let count = self.part.write_out()?;
        if count > 0 {
            self.state.is_dirty = true;
            let (events, bytes) = (self.state.events, self.state.bytes);
            (self.state.events, self.state.bytes) = (0, 0);
            self.shared.update(|progress| {
                progress.stats.file_bytes += count;
                progress.stats.written_events += events;
                progress.stats.written_bytes += bytes;
            });
        }
        Ok(())
    }

    fn is_sync_due(&self) -> bool {
        match self.sync {
            SyncPolicy::Every(interval) => {
                self.state.is_dirty && self.state.synced.elapsed() >= interval
            }
            SyncPolicy::Never | SyncPolicy::AtEnd => false,
        }
    }

    fn sync(&mut self) -> io::Result<()> {
        self.part.sync()?;
        if self.state.is_new {
            self.files.sync_folder(self.part.path())?;
            self.state.is_new = false;
        }
        self.state.is_dirty = false;
        self.state.synced = Instant::now();
        self.shared
            .update(|progress| progress.stats.synced_events = progress.stats.written_events);
        Ok(())
    }

    /// Ends the recording and counts what it loses, until the stream is gone.
    fn fail(&mut self, error: io::Error) {
        let error = self.error(error);
        self.shared.stop(error.clone(), self.state.events);
        self.notify(&RecordEvent::Failed {
            path: self.part.path(),
            error: &error,
        });
        loop {
            let is_last = self.outlet.is_abandoned();
            self.discard();
            if is_last {
                return;
            }
            (self.sleep)(LONG_SLEEP);
        }
    }

    fn discard(&mut self) {
        let mut lost = 0;
        let mut dropped = Gap::default();
        while let Some((entry, _, bytes)) = self.outlet.pop() {
            lost += u64::from(entry.is_event());
            if entry == Entry::Gap {
                dropped.join(Gap::from_bytes(bytes));
            }
        }
        self.shared.update(|progress| {
            progress.count_gap(dropped);
            progress.stats.lost_events += lost;
            progress.flush.done = progress.flush.asked;
            progress.sync.done = progress.sync.asked;
        });
    }

    fn error(&self, error: io::Error) -> RecordError {
        match error.downcast::<RecordError>() {
            Ok(error) => error,
            Err(error) => RecordError::Write {
                path: self.part.path().to_owned(),
                source: Arc::new(error),
            },
        }
    }

    fn notify(&self, event: &RecordEvent<'_>) {
        if let Some(observer) = &self.observer {
            observer(event);
        }
    }

    fn page(&mut self) -> Page<'_> {
        Page {
            part: &mut self.part,
            conversation: &mut self.conversation,
            state: &mut self.state,
        }
    }
}

/// Lets nobody wait for a thread that has ended, however it did.
struct End(Arc<Shared>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.set(Activity::Stopped);
        self.0.update(|progress| progress.ended = true);
    }
}

impl Progress {
    /// Counts what the queue had no room for.
    pub(super) const fn count_gap(&mut self, gap: Gap) {
        self.stats.dropped_events += gap.total();
        self.stats.dropped_bytes += gap.total_bytes();
    }

    pub(super) fn fail(&mut self, error: RecordError) {
        self.stats.failures += 1;
        self.stats.failure = Some(io::Error::from(error.clone()).kind());
        self.error = Some(error);
    }
}

/// What writing an entry needs, apart from the queue that lends the entry's bytes.
struct Page<'a> {
    part: &'a mut PartFile,
    conversation: &'a mut Conversation,
    state: &'a mut State,
}

impl Page<'_> {
    fn entry(&mut self, entry: Entry, bytes: &[u8]) -> io::Result<()> {
        self.state.events += u64::from(entry.is_event());
        match entry {
            Entry::Bytes { direction, last } => self.bytes(direction, last, bytes),
            Entry::PeerClosed => self.segment(Direction::Inbound, Mark::Fin, &[], None),
            Entry::Closed => {
                self.state.over = true;
                self.segment(Direction::Outbound, Mark::Fin, &[], None)
            }
            Entry::Failed { direction, kind } => {
                self.state.over = true;
                let comment = format!("{ERROR}{}", kind_name(kind));
                self.segment(direction, Mark::Reset, &[], Some(comment))
            }
            Entry::Gap => {
                let gap = Gap::from_bytes(bytes);
                self.state.dropped += gap.total();
                self.gap(&gap)
            }
        }
    }

    fn bytes(&mut self, direction: Direction, last: bool, bytes: &[u8]) -> io::Result<()> {
        self.state.bytes += bytes.len() as u64;
        let mut pieces = bytes.chunks(MAX_PAYLOAD).peekable();
        while let Some(piece) = pieces.next() {
            let mark = match pieces.peek() {
                None if last => Mark::Push,
                _ => Mark::None,
            };
            self.segment(direction, mark, piece, None)?;
            if self.conversation.wants_acknowledgement(direction) {
                self.segment(direction.other(), Mark::None, &[], None)?;
            }
        }
        Ok(())
    }

    /// Says at once what is missing, by an empty segment of each side behind its missing bytes: nothing else of that side
    /// may come.
    fn gap(&mut self, gap: &Gap) -> io::Result<()> {
        let sides = [Direction::Inbound, Direction::Outbound];
        for direction in sides {
            self.conversation
                .skip(direction, gap.bytes[direction.index()]);
        }
        let mut remarks = Remarks {
            dropped: gap.total(),
            comment: Some(describe(gap)),
        };
        let lacks_no_bytes = gap.total_bytes() == 0;
        for direction in sides {
            let is_told_here = lacks_no_bytes && direction == Direction::Outbound;
            if gap.bytes[direction.index()] > 0 || is_told_here {
                self.remarked(direction, Mark::None, &[], std::mem::take(&mut remarks))?;
            }
        }
        Ok(())
    }

    fn segment(
        &mut self,
        direction: Direction,
        mark: Mark,
        payload: &[u8],
        comment: Option<String>,
    ) -> io::Result<()> {
        let remarks = Remarks {
            dropped: 0,
            comment,
        };
        self.remarked(direction, mark, payload, remarks)
    }

    fn remarked(
        &mut self,
        direction: Direction,
        mark: Mark,
        payload: &[u8],
        remarks: Remarks,
    ) -> io::Result<()> {
        let conversation = &mut *self.conversation;
        self.part
            .packet(self.state.time_ns, direction, remarks, |frame| {
                conversation.segment(direction, mark, payload, frame)
            })
    }
}

fn describe(gap: &Gap) -> String {
    format!(
        "not recorded before this packet: {} reads of {} bytes, {} writes of {} bytes",
        gap.count[0], gap.bytes[0], gap.count[1], gap.bytes[1]
    )
}
