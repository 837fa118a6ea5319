//! What the files of a store hold, record by record.

use std::collections::VecDeque;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use super::file::{FILE_HEAD, Folder, Kind, Scan, Scanned, failed};
use super::{Corruption, StoreAction, StoreError};

/// Lists the records in the files of a [`FileStore`](super::FileStore), in order: for an audit, or to salvage what is left
/// of damaged ones. It does not lock: a store that is in use is listed as it was when the reader came to its files.
///
/// A damaged place is an error once; the next call goes on with the next whole record. So is a missing file between two that
/// are there, or several in a row: the error names the first.
///
/// # Examples
///
/// ```
/// use boom_fix::session::store::{FileStore, RecordKind, Store, StoreError, StoreReader};
///
/// # let folder = std::env::temp_dir().join(format!("boom-fix-doc-reader-{}", std::process::id()));
/// let mut store = FileStore::builder(&folder).clock(|| 1_714_998_896_000_000_000).open()?;
/// store.append(1, b"8=FIX.4.4\x01...")?;
/// store.set_next_incoming(7)?;
///
/// let mut reader = StoreReader::open(&folder)?;
/// let mut found = Vec::new();
/// loop {
///     match reader.next_record() {
///         Ok(Some(record)) => found.push((record.kind, record.number, record.bytes.len())),
///         Ok(None) => break,
///         // What is behind is still listed.
///         Err(error @ StoreError::Corrupt { .. }) => eprintln!("{error}"),
///         Err(error) => return Err(error),
///     }
/// }
/// assert_eq!(found, [
///     (RecordKind::Began, 1, 0),
///     (RecordKind::Message, 1, 13),
///     (RecordKind::NextIncoming, 7, 0),
/// ]);
/// # drop(store);
/// # std::fs::remove_dir_all(&folder).ok();
/// # Ok::<(), StoreError>(())
/// ```
#[derive(Debug)]
pub struct StoreReader {
    folder: Folder,
    /// Still to be read.
    segments: VecDeque<u64>,
    /// The file that follows the one that was read last.
    next: Option<u64>,
    current: Option<Current>,
    torn_bytes: u64,
}

#[derive(Debug)]
struct Current {
    scan: Scan<File>,
    path: Arc<Path>,
    length: u64,
    is_last: bool,
    /// The record that was found last.
    kind: RecordKind,
    number: u64,
    time: i64,
    offset: u64,
}

/// What a record says.
///
/// # Examples
///
/// ```
/// use boom_fix::session::store::RecordKind;
///
/// assert_ne!(RecordKind::NextOutgoing, RecordKind::NextIncoming);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordKind {
    /// The sequence numbers began anew, both with 1.
    Began,
    /// A message was about to be sent.
    Message,
    /// The next outgoing number was set.
    NextOutgoing,
    /// The next incoming number was set.
    NextIncoming,
}

/// One record of a store.
///
/// # Examples
///
/// ```
/// use boom_fix::session::store::{RecordKind, StoreRecord};
///
/// fn is_outgoing(record: &StoreRecord<'_>) -> bool {
///     record.kind == RecordKind::Message
/// }
/// # let _ = is_outgoing;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoreRecord<'a> {
    /// What it says.
    pub kind: RecordKind,
    /// The sequence number of the message, or the next one.
    pub number: u64,
    /// When it was written, in nanoseconds of Unix time.
    pub time: i64,
    /// The message; nothing for other records.
    pub bytes: &'a [u8],
    /// Where in its file it stands.
    pub offset: u64,
}

impl StoreReader {
    /// Lists the files of this folder.
    ///
    /// # Errors
    ///
    /// The folder cannot be read.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, StoreError> {
        let folder = Folder::new(folder.as_ref());
        Ok(Self {
            segments: folder.segments()?.into(),
            folder,
            next: None,
            current: None,
            torn_bytes: 0,
        })
    }

    /// The next record; None behind the last one.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`] for a damaged place, behind which the next call goes on, and what the system says, with
    /// which the rest of that file is left out.
    pub fn next_record(&mut self) -> Result<Option<StoreRecord<'_>>, StoreError> {
        while !self.advance()? {
            if self.current.is_none() && self.segments.is_empty() {
                return Ok(None);
            }
        }
        Ok(self.current.as_ref().map(|current| StoreRecord {
            kind: current.kind,
            number: current.number,
            time: current.time,
            bytes: current.scan.message(),
            offset: current.offset,
        }))
    }

    /// The file of the record that was given last.
    pub fn path(&self) -> Option<&Path> {
        self.current.as_ref().map(|current| &*current.path)
    }

    /// Bytes at the end of the last file that are no whole record: what was being written when a process was killed, or
    /// is being written. Known once everything has been listed.
    pub const fn torn_bytes(&self) -> u64 {
        self.torn_bytes
    }

    /// Goes one step on. Returns true if it came to a record.
    fn advance(&mut self) -> Result<bool, StoreError> {
        let Some(current) = &mut self.current else {
            let Some(&segment) = self.segments.front() else {
                return Ok(false);
            };
            if let Some(missing) = self.next.take().filter(|&next| next != segment) {
                let path = self.folder.file(missing).into();
                return Err(corrupt(&path, 0, Corruption::Missing));
            }
            self.next = Some(segment + 1);
            self.segments.pop_front();
            return self.begin(segment);
        };
        let path = &current.path;
        match current.scan.next() {
            Ok(Scanned::Record { head, offset }) => {
                current.kind = match head.kind {
                    Kind::Message => RecordKind::Message,
                    Kind::NextOutgoing => RecordKind::NextOutgoing,
                    Kind::NextIncoming => RecordKind::NextIncoming,
                };
                (current.number, current.time) = (head.number, head.time);
                current.offset = offset;
                return Ok(true);
            }
            Ok(Scanned::Damaged { offset }) => {
                return Err(corrupt(path, offset, Corruption::Record));
            }
            Ok(Scanned::Torn { offset }) if current.is_last => {
                self.torn_bytes = current.length - offset;
            }
            Ok(Scanned::Torn { offset }) => {
                let error = corrupt(path, offset, Corruption::Record);
                self.current = None;
                return Err(error);
            }
            Ok(Scanned::End) => {}
            Err(source) => {
                let error = failed(StoreAction::Read, path)(source);
                self.current = None;
                return Err(error);
            }
        }
        self.current = None;
        Ok(false)
    }

    /// Opens a file. Returns true if the numbers began with it, which its head tells.
    fn begin(&mut self, segment: u64) -> Result<bool, StoreError> {
        let path: Arc<Path> = self.folder.file(segment).into();
        let is_last = self.segments.is_empty();
        let file = File::open(&path).map_err(failed(StoreAction::Open, &path))?;
        let metadata = file.metadata().map_err(failed(StoreAction::Open, &path))?;
        let length = metadata.len();
        let begun = Scan::begin(file, segment, length);
        let (scan, head) = begun.map_err(failed(StoreAction::Read, &path))?;
        if head.is_none() && is_last && length <= FILE_HEAD as u64 {
            self.torn_bytes = length;
            return Ok(false);
        }
        let current = self.current.insert(Current {
            scan,
            path,
            length,
            is_last,
            kind: RecordKind::Began,
            number: 1,
            time: head.map_or(0, |head| head.created),
            offset: 0,
        });
        match head {
            Some(head) => {
                let is_first = head.live_from == segment;
                Ok(is_first && head.next_outgoing == 1 && head.next_incoming == 1)
            }
            // The records are listed all the same.
            None => Err(corrupt(&current.path, 0, Corruption::Head)),
        }
    }
}

fn corrupt(path: &Arc<Path>, offset: u64, fault: Corruption) -> StoreError {
    StoreError::Corrupt {
        path: Arc::clone(path),
        offset,
        fault,
    }
}
