//! A store in files.

mod folder;
mod format;
mod index;
mod options;
mod recover;
mod scan;
mod sync;
mod window;

#[cfg(all(test, unix))]
mod crashes;

use std::fmt;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use super::{Store, StoreError, expectable, following};

use folder::SegmentFile;
use index::{Index, Place};
use options::{Clock, Options};
use window::Window;

pub(super) use folder::{Folder, failed};
use format::RecordHead;
pub(super) use format::{FILE_HEAD, Kind};
pub use options::{Durability, FileStoreBuilder, WhenCorrupt};
pub use recover::Recovery;
pub(super) use scan::{Scan, Scanned};

/// Keeps messages and numbers in the files of a folder, which it locks. Files are only added to; each record has a
/// checksum.
///
/// In steady state nothing is allocated for a message up to what
/// [`reserve_messages`](FileStoreBuilder::reserve_messages) says, and one block of 32 KiB for every 4,096 beyond; under
/// [`Durability::Flush`] there is one system call, a write. A message is found again by an index of 8 bytes each, without
/// a scan, and messages in a row are read 64 KiB at a time.
///
/// # Crashes
///
/// When it is opened, what a crash had cut off at the end is removed: a message for which
/// [`append`](Store::append) had not returned. What returned `Ok` is there, after a crash of the process under
/// [`Durability::Flush`] and after one of the machine under [`Durability::Fsync`]. [`recovery`](Self::recovery) tells
/// what was found.
///
/// A damaged last record cannot be told from one that was cut off: [`Recovery::cut_bytes`] alone says that it was there.
///
/// Damage before the end is [`StoreError::Corrupt`], with file and place. A process alone cannot cause it; a machine that
/// loses power can, under [`Durability::None`] and [`Durability::Flush`], since it writes pages of files in any order. Where
/// messages are under [`Durability::Fsync`] and only
/// [incoming numbers](FileStoreBuilder::incoming_durability) are not, it is none: the numbers are cut off. A
/// [`StoreReader`](super::StoreReader) lists all that is whole, and [`WhenCorrupt::Skip`] goes on without what is not.
///
/// # Full disks
///
/// A message that cannot be written is not kept, and its number not taken: the file is cut to its last whole record. The
/// next message may be tried at once, or the same.
///
/// # Two processes
///
/// The lock is one of Unix. On other systems nothing keeps a second process out, and folders are not synced.
///
/// # Examples
///
/// ```
/// use boom_fix::session::store::{FileStore, Store, StoreError};
///
/// # let folder = std::env::temp_dir().join(format!("boom-fix-doc-file-{}", std::process::id()));
/// let mut store = FileStore::open(&folder)?;
/// store.append(1, b"8=FIX.4.4\x01...")?;
/// store.set_next_incoming(5)?;
/// assert!(matches!(FileStore::open(&folder), Err(StoreError::Locked { .. })));
/// drop(store);
///
/// let mut store = FileStore::open(&folder)?;
/// assert_eq!((store.next_outgoing(), store.next_incoming()), (2, 5));
/// let mut message = Vec::new();
/// assert!(store.read(1, &mut message)?);
/// assert_eq!(message, b"8=FIX.4.4\x01...");
/// # drop(store);
/// # std::fs::remove_dir_all(&folder).ok();
/// # Ok::<(), StoreError>(())
/// ```
pub struct FileStore {
    folder: Folder,
    options: Options,
    clock: Clock,
    numbers: Numbers,
    /// The file with which what is kept begins.
    live_from: u64,
    file: SegmentFile,
    /// Records that are to be added to the file.
    buffer: Vec<u8>,
    index: Index,
    window: Window,
    /// Files before this one are on the disk, with their names.
    synced_to: u64,
    recovery: Recovery,
    /// Unlocks the folder when it is closed.
    _lock: File,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Numbers {
    outgoing: u64,
    incoming: u64,
    created: i64,
}

impl fmt::Debug for FileStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileStore")
            .field("folder", &self.folder)
            .field("options", &self.options)
            .field("numbers", &self.numbers)
            .finish_non_exhaustive()
    }
}

impl FileStore {
    /// Opens the store in a folder by the defaults, or begins one there.
    ///
    /// # Errors
    ///
    /// [`StoreError::Locked`], [`StoreError::Corrupt`], and what the system says.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, StoreError> {
        Self::builder(folder).open()
    }

    /// Begins the choices for a store in `folder`, which is made where it is not there.
    pub fn builder(folder: impl Into<PathBuf>) -> FileStoreBuilder {
        FileStoreBuilder::new(folder.into())
    }

    /// What was found when it was opened.
    pub const fn recovery(&self) -> &Recovery {
        &self.recovery
    }

    /// Puts a record behind the others, and takes it away again where it cannot be kept. Tells where it stands.
    #[inline]
    fn keep(
        &mut self,
        kind: Kind,
        number: u64,
        message: &[u8],
        durability: Durability,
    ) -> Result<Place, StoreError> {
        if self.file.written + self.buffer.len() as u64 >= self.options.rotate_bytes {
            self.rotate()?;
        }
        let earlier = self.buffer.len();
        let place = Place {
            segment: self.file.segment,
            offset: self.file.written + earlier as u64,
        };
        let head = RecordHead::new(kind, number, (self.clock)(), message);
        self.buffer
            .extend_from_slice(&head.to_bytes(place.segment, place.offset));
        self.buffer.extend_from_slice(message);
        let settled = match durability {
            Durability::None if self.buffer.len() < self.options.buffer_bytes => Ok(()),
            Durability::None | Durability::Flush => self.write_out(false),
            Durability::Fsync => self.write_out(true),
        };
        if settled.is_err() {
            self.buffer.truncate(earlier);
        }
        settled.map(|()| place)
    }

    fn write_out(&mut self, is_durable: bool) -> Result<(), StoreError> {
        self.file.add(&self.buffer, is_durable)?;
        self.buffer.clear();
        Ok(())
    }

    /// Goes on in a new file.
    #[cold]
    fn rotate(&mut self) -> Result<(), StoreError> {
        self.write_out(self.is_durable())?;
        let segment = self.file.segment + 1;
        let oldest = (segment + 1).saturating_sub(self.options.keep_files);
        let live_from = self.live_from.max(oldest);
        self.begin(segment, live_from, self.numbers)?;
        let earlier = std::mem::replace(&mut self.live_from, live_from);
        if live_from != earlier {
            self.index.forget_before(live_from, earlier);
            self.window.close();
            self.remove_old();
        }
        Ok(())
    }

    fn begin(&mut self, segment: u64, live_from: u64, numbers: Numbers) -> Result<(), StoreError> {
        let head = numbers.head(segment, live_from);
        self.file = self.folder.create(head, self.is_durable())?;
        Ok(())
    }

    fn remove_old(&self) {
        if !self.options.is_archive {
            self.folder.remove_before(self.live_from);
        }
    }

    fn is_durable(&self) -> bool {
        self.options.is_durable()
    }
}

impl Numbers {
    const fn new(created: i64) -> Self {
        Self {
            outgoing: 1,
            incoming: 1,
            created,
        }
    }

    const fn head(self, segment: u64, live_from: u64) -> format::FileHead {
        format::FileHead {
            segment,
            live_from,
            created: self.created,
            next_outgoing: self.outgoing,
            next_incoming: self.incoming,
        }
    }
}

impl Store for FileStore {
    fn next_outgoing(&self) -> u64 {
        self.numbers.outgoing
    }

    fn next_incoming(&self) -> u64 {
        self.numbers.incoming
    }

    fn set_next_outgoing(&mut self, number: u64) -> Result<(), StoreError> {
        if expectable(number)? != self.numbers.outgoing {
            self.keep(Kind::NextOutgoing, number, &[], self.options.durability)?;
            self.index.forget_from(number);
            self.numbers.outgoing = number;
        }
        Ok(())
    }

    fn set_next_incoming(&mut self, number: u64) -> Result<(), StoreError> {
        if expectable(number)? != self.numbers.incoming {
            let durability = self.options.incoming.unwrap_or(self.options.durability);
            self.keep(Kind::NextIncoming, number, &[], durability)?;
            self.numbers.incoming = number;
        }
        Ok(())
    }

    fn append(&mut self, number: u64, message: &[u8]) -> Result<(), StoreError> {
        let following = following(number)?;
        let (length, max) = (message.len(), self.options.max_message);
        if length > max {
            return Err(StoreError::TooLong { length, max });
        }
        let place = self.keep(Kind::Message, number, message, self.options.durability)?;
        self.index.push(number, place);
        self.numbers.outgoing = following;
        Ok(())
    }

    fn read(&mut self, number: u64, into: &mut Vec<u8>) -> Result<bool, StoreError> {
        into.clear();
        let Some(place) = self.index.get(number, self.live_from) else {
            return Ok(false);
        };
        let is_current = place.segment == self.file.segment;
        if is_current && let Some(ahead) = place.offset.checked_sub(self.file.written) {
            let record = self.buffer.get(ahead as usize..).unwrap_or_default();
            if let Some(head) = RecordHead::from_bytes(record, place.segment, place.offset) {
                let message = record.get(format::RECORD_HEAD..head.record_length());
                into.extend_from_slice(message.unwrap_or_default());
            }
            return Ok(true);
        }
        let end = if is_current {
            self.file.written
        } else {
            u64::MAX
        };
        self.window.read(&self.folder, place, end, (number, into))?;
        Ok(true)
    }

    fn created(&self) -> i64 {
        self.numbers.created
    }

    fn reset(&mut self, now: i64) -> Result<(), StoreError> {
        if self.options.is_archive {
            self.write_out(self.is_durable())?;
        }
        let (segment, numbers) = (self.file.segment + 1, Numbers::new(now));
        // The head of the new file says it all: there is no moment at which only half of it is there.
        self.begin(segment, segment, numbers)?;
        self.buffer.clear();
        self.numbers = numbers;
        self.live_from = segment;
        self.synced_to = segment;
        self.index.clear();
        self.window.close();
        self.remove_old();
        Ok(())
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        self.write_out(false)
    }

    fn sync(&mut self) -> Result<(), StoreError> {
        self.write_out(true)?;
        for segment in self.synced_to..self.file.segment {
            self.folder.sync_file(segment)?;
        }
        self.folder.sync()?;
        self.synced_to = self.file.segment;
        Ok(())
    }
}

impl Drop for FileStore {
    /// What is buffered is written. Whether that succeeds only [`flush`](Store::flush) tells.
    fn drop(&mut self) {
        let _ = self.flush();
    }
}

/// The path of a file, for errors.
fn path_of(folder: &Folder, segment: u64) -> Arc<std::path::Path> {
    folder.file(segment).into()
}
