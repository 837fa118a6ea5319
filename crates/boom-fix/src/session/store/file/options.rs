//! The choices of a store in files.

use std::fmt;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use super::format::LONGEST;
use super::index::LONGEST_FILE;
use super::{FileStore, folder::Folder};
use crate::session::store::StoreError;

/// What a message that is about to be sent outlives.
///
/// # Examples
///
/// ```
/// use boom_fix::session::store::{Durability, FileStore};
///
/// let builder = FileStore::builder("sessions/BUYER-VENUE").durability(Durability::Fsync);
/// # drop(builder);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Durability {
    /// Nothing until [`flush`](crate::session::store::Store::flush) or the store is dropped: what a process had buffered
    /// when it was killed is lost.
    None,
    /// The process: one system call a message.
    #[default]
    Flush,
    /// The machine: one more, which waits for the disk.
    Fsync,
}

/// What becomes of a store with damaged files.
///
/// # Examples
///
/// ```no_run
/// use boom_fix::session::store::{FileStore, StoreError, WhenCorrupt};
///
/// let store = match FileStore::open("sessions/BUYER-VENUE") {
///     Err(StoreError::Corrupt { path, offset, .. }) => {
///         eprintln!("{} is damaged at byte {offset}", path.display());
///         FileStore::builder("sessions/BUYER-VENUE").when_corrupt(WhenCorrupt::Skip).open()?
///     }
///     opened => opened?,
/// };
/// eprintln!("{} damaged places were left out", store.recovery().skipped);
/// # Ok::<(), StoreError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenCorrupt {
    /// It is not opened. The error names file and place.
    #[default]
    Fail,
    /// What is damaged is left out: its messages are not kept, and the numbers are those of the last whole record that has
    /// them. A number may be too low then if what said otherwise is gone: compare it with what the peer expects. Where
    /// nothing is left that says when the numbers began, it is the time of the first record.
    Skip,
}

/// Begins a [`FileStore`].
///
/// # Examples
///
/// ```
/// use boom_fix::session::store::{Durability, FileStore, Store, StoreError};
///
/// # let folder = std::env::temp_dir().join(format!("boom-fix-doc-options-{}", std::process::id()));
/// let mut store = FileStore::builder(&folder)
///     .durability(Durability::Fsync)
///     .incoming_durability(Durability::Flush)
///     .rotate_bytes(64 << 20)
///     .keep_files(16)
///     .open()?;
/// store.append(1, b"8=FIX.4.4\x01...")?;
/// # drop(store);
/// # std::fs::remove_dir_all(&folder).ok();
/// # Ok::<(), StoreError>(())
/// ```
pub struct FileStoreBuilder {
    pub(super) folder: PathBuf,
    pub(super) options: Options,
    pub(super) clock: Clock,
    reserve_messages: usize,
}

/// 128 MiB.
const MOST_RESERVED: usize = 1 << 24;

/// Nanoseconds of Unix time.
pub(super) type Clock = Box<dyn Fn() -> i64 + Send>;

#[derive(Clone, Copy, Debug)]
pub(super) struct Options {
    pub(super) durability: Durability,
    pub(super) incoming: Option<Durability>,
    pub(super) buffer_bytes: usize,
    pub(super) rotate_bytes: u64,
    pub(super) keep_files: u64,
    pub(super) is_archive: bool,
    pub(super) max_message: usize,
    pub(super) when_corrupt: WhenCorrupt,
}

impl Options {
    /// Whether anything is put on the disk: then the names of files are, too.
    pub(super) fn is_durable(&self) -> bool {
        self.durability
            .max(self.incoming.unwrap_or(self.durability))
            == Durability::Fsync
    }

    /// Whether only incoming numbers may be lost with the machine.
    pub(super) fn loses_numbers(&self) -> bool {
        let incoming = self.incoming.unwrap_or(self.durability);
        self.durability == Durability::Fsync && incoming != Durability::Fsync
    }
}

impl fmt::Debug for FileStoreBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileStoreBuilder")
            .field("folder", &self.folder)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl FileStoreBuilder {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            options: Options {
                durability: Durability::Flush,
                incoming: None,
                buffer_bytes: 64 << 10,
                rotate_bytes: 256 << 20,
                keep_files: u64::MAX,
                is_archive: false,
                max_message: 1 << 20,
                when_corrupt: WhenCorrupt::Fail,
            },
            clock: Box::new(unix_time),
            reserve_messages: 16_384,
        }
    }

    /// What a message that is about to be sent, and its number, outlive; [`Durability::Flush`] by default.
    #[must_use]
    pub fn durability(mut self, durability: Durability) -> Self {
        self.options.durability = durability;
        self
    }

    /// What the number of the next incoming message outlives; as that of the outgoing ones by default.
    ///
    /// What is lost of it the peer sends again, marked as possible duplicates. With [`Durability::None`] it goes along with
    /// the next message sent, for nothing.
    #[must_use]
    pub fn incoming_durability(mut self, durability: Durability) -> Self {
        self.options.incoming = Some(durability);
        self
    }

    /// How much is buffered under [`Durability::None`] before it is written; 64 KiB by default.
    #[must_use]
    pub fn buffer_bytes(mut self, bytes: usize) -> Self {
        self.options.buffer_bytes = bytes;
        self
    }

    /// Begins another file when one has so many bytes; 256 MiB by default.
    #[must_use]
    pub fn rotate_bytes(mut self, bytes: u64) -> Self {
        self.options.rotate_bytes = bytes.min(LONGEST_FILE);
        self
    }

    /// Keeps only so many of the latest files, at least one, and forgets the messages of those before; all by default.
    #[must_use]
    pub fn keep_files(mut self, files: u64) -> Self {
        self.options.keep_files = files.max(1);
        self
    }

    /// Leaves files where they are, for a [`StoreReader`](crate::session::store::StoreReader), also when the numbers have
    /// begun anew or [`keep_files`](Self::keep_files) says that they are not needed. They are removed by default.
    #[must_use]
    pub fn archive(mut self) -> Self {
        self.options.is_archive = true;
        self
    }

    /// The longest message that is taken, 1 MiB by default; at most 16 MiB less one byte.
    #[must_use]
    pub fn max_message(mut self, bytes: usize) -> Self {
        self.options.max_message = bytes.min(LONGEST);
        self
    }

    /// For so many messages the index has room from the start (8 bytes each), so that none of them allocates; 16,384 by
    /// default, 16,777,216 at most.
    ///
    /// Where numbers are left out, more than 15 times, what tells of that allocates now and then.
    #[must_use]
    pub fn reserve_messages(mut self, messages: usize) -> Self {
        self.reserve_messages = messages.min(MOST_RESERVED);
        self
    }

    /// What becomes of damaged files; [`WhenCorrupt::Fail`] by default.
    #[must_use]
    pub fn when_corrupt(mut self, when: WhenCorrupt) -> Self {
        self.options.when_corrupt = when;
        self
    }

    /// Where the times of the records come from, in nanoseconds of Unix time; the system's clock by default.
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> i64 + Send + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Opens what is there, or begins anew.
    ///
    /// # Errors
    ///
    /// [`StoreError::Locked`], [`StoreError::Corrupt`], and what the system says.
    pub fn open(self) -> Result<FileStore, StoreError> {
        let folder = Folder::new(&self.folder);
        FileStore::recover(folder, self.options, self.clock, self.reserve_messages)
    }
}

fn unix_time() -> i64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
    since_1970.map_or(0, |duration| duration.as_nanos() as i64)
}
