//! Opens a store: finds out what its files say, and cuts off what a crash has left at the end.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use super::folder::{Folder, SegmentFile, failed};
use super::format::{FILE_HEAD, FileHead, Kind, RECORD_HEAD, RecordHead};
use super::index::{Index, Place};
use super::options::{Clock, Options};
use super::scan::{Scan, Scanned};
use super::window::Window;
use super::{FileStore, Numbers, WhenCorrupt, path_of};
use crate::session::store::{Corruption, StoreAction, StoreError, following};

/// What was found when a store was opened.
///
/// # Examples
///
/// ```
/// use boom_fix::session::store::{FileStore, StoreError};
///
/// # let folder = std::env::temp_dir().join(format!("boom-fix-doc-recovery-{}", std::process::id()));
/// let store = FileStore::open(&folder)?;
/// assert_eq!((store.recovery().records, store.recovery().cut_bytes), (0, 0));
/// # drop(store);
/// # std::fs::remove_dir_all(&folder).ok();
/// # Ok::<(), StoreError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recovery {
    /// Whole records.
    pub records: u64,
    /// Bytes at the end that were no whole record, and were removed.
    pub cut_bytes: u64,
    /// Damaged places that were left out, under [`WhenCorrupt::Skip`].
    pub skipped: u64,
}

impl FileStore {
    pub(super) fn recover(
        folder: Folder,
        options: Options,
        clock: Clock,
        reserve_messages: usize,
    ) -> Result<Self, StoreError> {
        let is_durable = options.is_durable();
        folder.make(is_durable)?;
        let lock = folder.lock()?;
        let mut recovery = Recovery::default();
        let mut index = Index::with_room(reserve_messages);
        let last = last_head(&folder, options.when_corrupt, &mut recovery)?;
        let (numbers, live_from, file) = if let Some(last) = last {
            let mut replay = Replay {
                folder: &folder,
                when_corrupt: options.when_corrupt,
                loses_numbers: options.loses_numbers(),
                index: &mut index,
                recovery: &mut recovery,
                numbers: Numbers::new(last.created),
                is_known: false,
                written: 0,
            };
            replay.all(&last)?;
            let (mut numbers, written) = (replay.numbers, replay.written);
            if numbers.created == UNKNOWN {
                numbers.created = clock();
            }
            let path = path_of(&folder, last.segment);
            let file = SegmentFile::resume(path, last.segment, written)?;
            (numbers, last.live_from, file)
        } else {
            let numbers = Numbers::new(clock());
            let file = folder.create(numbers.head(1, 1), is_durable)?;
            (numbers, 1, file)
        };
        let mut store = Self {
            folder,
            options,
            clock,
            numbers,
            live_from,
            file,
            // What is written at once, and the longest of ordinary messages behind it.
            buffer: Vec::with_capacity(options.buffer_bytes.min(64 << 20) + 4096),
            index,
            window: Window::default(),
            synced_to: live_from,
            recovery,
            _lock: lock,
        };
        if is_durable {
            // What an earlier process wrote, and did not put on the disk.
            crate::session::store::Store::sync(&mut store)?;
        }
        store.remove_old();
        Ok(store)
    }
}

/// The head of the last file. One whose head a crash had cut off was never begun, and is removed.
fn last_head(
    folder: &Folder,
    when_corrupt: WhenCorrupt,
    recovery: &mut Recovery,
) -> Result<Option<FileHead>, StoreError> {
    while let Some(&last) = folder.segments()?.last() {
        let path = path_of(folder, last);
        let (_, head, length) = open(&path, last)?;
        if head.is_some() {
            return Ok(head);
        }
        if length > FILE_HEAD as u64 {
            return match when_corrupt {
                WhenCorrupt::Fail => Err(corrupt(path, 0, Corruption::Head)),
                WhenCorrupt::Skip => probable_head(folder, last).map(Some),
            };
        }
        recovery.cut_bytes += length;
        std::fs::remove_file(&path).map_err(failed(StoreAction::Truncate, &path))?;
    }
    Ok(None)
}

/// When numbers began that no head tells of.
const UNKNOWN: i64 = i64::MIN;

/// What stood in the damaged head of the last file, as far as the others tell.
fn probable_head(folder: &Folder, last: u64) -> Result<FileHead, StoreError> {
    let mut probable = Numbers::new(UNKNOWN).head(last, last);
    for segment in folder.segments()? {
        let path = path_of(folder, segment);
        if let (_, Some(head), _) = open(&path, segment)? {
            (probable.live_from, probable.created) = (head.live_from, head.created);
        }
    }
    Ok(probable)
}

/// Whether what is damaged from `lost` on, and whole behind, is all that was not on the disk when the machine ended: records
/// of incoming numbers, and at most one other at the very end, for which nothing had returned yet.
fn are_lost_numbers(path: &Arc<Path>, segment: u64, lost: u64) -> Result<bool, StoreError> {
    let (mut scan, _, _) = open(path, segment)?;
    let (mut damaged, mut is_behind) = (None, false);
    loop {
        match scan.next().map_err(failed(StoreAction::Read, path))? {
            Scanned::Record { offset, .. } if offset < lost => {}
            Scanned::Record { head, offset } => {
                let gap = offset - damaged.take().unwrap_or(offset);
                if is_behind || !gap.is_multiple_of(RECORD_HEAD as u64) {
                    return Ok(false);
                }
                is_behind = head.kind != Kind::NextIncoming;
            }
            Scanned::Damaged { offset } => {
                if is_behind {
                    return Ok(false);
                }
                // Those that follow each other are one.
                damaged.get_or_insert(offset);
            }
            Scanned::Torn { .. } | Scanned::End => return Ok(true),
        }
    }
}

type Opened = (Scan<File>, Option<FileHead>, u64);

fn open(path: &Arc<Path>, segment: u64) -> Result<Opened, StoreError> {
    let file = File::open(path).map_err(failed(StoreAction::Open, path))?;
    let metadata = file.metadata().map_err(failed(StoreAction::Open, path))?;
    let length = metadata.len();
    let begun = Scan::begin(file, segment, length);
    let (scan, head) = begun.map_err(failed(StoreAction::Read, path))?;
    Ok((scan, head, length))
}

fn corrupt(path: Arc<Path>, offset: u64, fault: Corruption) -> StoreError {
    StoreError::Corrupt {
        path,
        offset,
        fault,
    }
}

/// Does again what the records say.
struct Replay<'a> {
    folder: &'a Folder,
    when_corrupt: WhenCorrupt,
    /// A machine that ends may have lost incoming numbers, and nothing else, before the end of the last file.
    loses_numbers: bool,
    index: &'a mut Index,
    recovery: &'a mut Recovery,
    numbers: Numbers,
    /// A head has said what they are at its begin.
    is_known: bool,
    /// The bytes that count of the last file.
    written: u64,
}

impl Replay<'_> {
    /// The files that what is kept is in, of which this is the head of the last.
    fn all(&mut self, last: &FileHead) -> Result<(), StoreError> {
        let mut expected = last.live_from;
        for segment in self.folder.segments()? {
            if segment < expected {
                continue;
            }
            if segment > expected {
                let path = path_of(self.folder, expected);
                self.damaged(path, 0, Corruption::Missing)?;
            }
            self.segment(segment, segment == last.segment)?;
            expected = segment + 1;
        }
        Ok(())
    }

    fn segment(&mut self, segment: u64, is_last: bool) -> Result<(), StoreError> {
        let path = path_of(self.folder, segment);
        let (mut scan, head, length) = open(&path, segment)?;
        match head {
            Some(head) => self.begin(&path, head)?,
            None => self.damaged(Arc::clone(&path), 0, Corruption::Head)?,
        }
        self.written = length;
        loop {
            match scan.next().map_err(failed(StoreAction::Read, &path))? {
                Scanned::Record { head, offset } => self.record(head, Place { segment, offset })?,
                Scanned::Damaged { offset }
                    if is_last
                        && std::mem::take(&mut self.loses_numbers)
                        && are_lost_numbers(&path, segment, offset)? =>
                {
                    self.recovery.cut_bytes += length - offset;
                    self.written = offset;
                    return Ok(());
                }
                Scanned::Damaged { offset } => {
                    self.damaged(Arc::clone(&path), offset, Corruption::Record)?;
                }
                Scanned::Torn { offset } if is_last => {
                    self.recovery.cut_bytes += length - offset;
                    self.written = offset;
                    return Ok(());
                }
                // The next file was begun when this one was whole.
                Scanned::Torn { offset } => return self.damaged(path, offset, Corruption::Record),
                Scanned::End => return Ok(()),
            }
        }
    }

    fn begin(&mut self, path: &Arc<Path>, head: FileHead) -> Result<(), StoreError> {
        let stated = Numbers {
            outgoing: head.next_outgoing,
            incoming: head.next_incoming,
            created: head.created,
        };
        if self.is_known && self.numbers != stated {
            self.damaged(Arc::clone(path), 0, Corruption::Sequence)?;
        }
        (self.numbers, self.is_known) = (stated, true);
        self.index.forget_from(stated.outgoing);
        Ok(())
    }

    fn record(&mut self, head: RecordHead, place: Place) -> Result<(), StoreError> {
        self.recovery.records += 1;
        let numbers = &mut self.numbers;
        if numbers.created == UNKNOWN {
            numbers.created = head.time;
        }
        match head.kind {
            Kind::Message => {
                self.index.push(head.number, place);
                numbers.outgoing = following(head.number)?;
            }
            Kind::NextOutgoing => {
                self.index.forget_from(head.number);
                numbers.outgoing = head.number;
            }
            Kind::NextIncoming => numbers.incoming = head.number,
        }
        Ok(())
    }

    fn damaged(
        &mut self,
        path: Arc<Path>,
        offset: u64,
        fault: Corruption,
    ) -> Result<(), StoreError> {
        self.recovery.skipped += 1;
        match self.when_corrupt {
            WhenCorrupt::Fail => Err(corrupt(path, offset, fault)),
            WhenCorrupt::Skip => Ok(()),
        }
    }
}
