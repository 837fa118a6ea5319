//! What can go wrong with a store.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Something could not be kept, or could not be read again. Unless a variant says otherwise nothing has changed, and the
/// store can be used on.
///
/// # Examples
///
/// ```
/// use boom_fix::session::store::{MemoryStore, Store, StoreError};
///
/// let mut store = MemoryStore::with_limits(10, 100);
/// let error = store.append(1, &[b'x'; 101]).unwrap_err();
/// assert!(matches!(error, StoreError::TooLong { length: 101, max: 100 }));
/// assert_eq!(error.to_string(), "a message of 101 bytes, and at most 100 are kept");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// 0 is no sequence number, and behind the last one none follows.
    #[error("{number} cannot be the sequence number")]
    Number {
        /// The number.
        number: u64,
    },
    /// The message is longer than the store takes.
    #[error("a message of {length} bytes, and at most {max} are kept")]
    TooLong {
        /// Its length.
        length: usize,
        /// The limit.
        max: usize,
    },
    /// The operating system refused something.
    ///
    /// Where it was to put something on the disk, what was written before and not put there yet may be lost too when the
    /// machine ends: some systems report a failure once and try no more.
    #[error("{} cannot be {action}", path.display())]
    Io {
        /// What it refused.
        action: StoreAction,
        /// With which file or folder.
        path: Arc<Path>,
        /// Why.
        source: io::Error,
    },
    /// A file does not hold what was written to it, not only at its end.
    ///
    /// `StoreReader` lists what is left, and `WhenCorrupt::Skip` opens the store without what is damaged.
    #[error("{}: {fault} at byte {offset}", path.display())]
    Corrupt {
        /// The file.
        path: Arc<Path>,
        /// Where the damage begins.
        offset: u64,
        /// What is wrong.
        fault: Corruption,
    },
    /// Another process, or another store of this one, has it open.
    #[error("{} is in use", path.display())]
    Locked {
        /// The folder or file.
        path: Arc<Path>,
    },
    /// SQLite refused something.
    #[cfg(feature = "sqlite")]
    #[error("the database: {0}")]
    Sqlite(Box<rusqlite::Error>),
    /// A store of another kind failed.
    #[error("{0}")]
    Other(#[source] Box<dyn Error + Send + Sync>),
}

const _: () = assert!(size_of::<StoreError>() <= 40);

impl From<StoreError> for io::Error {
    /// Keeps the error as the source.
    fn from(error: StoreError) -> Self {
        let kind = match &error {
            StoreError::Number { .. } | StoreError::TooLong { .. } => io::ErrorKind::InvalidInput,
            StoreError::Io { source, .. } => source.kind(),
            StoreError::Corrupt { .. } => io::ErrorKind::InvalidData,
            // Not `WouldBlock`, which a stream's user takes for something that comes by itself.
            StoreError::Locked { .. } => io::ErrorKind::ResourceBusy,
            #[cfg(feature = "sqlite")]
            StoreError::Sqlite(_) => io::ErrorKind::Other,
            StoreError::Other(_) => io::ErrorKind::Other,
        };
        Self::new(kind, error)
    }
}

/// What the operating system refused.
///
/// # Examples
///
/// ```
/// use boom_fix::session::store::StoreAction;
///
/// assert_eq!(StoreAction::Write.to_string(), "written");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreAction {
    /// To make or open it.
    Open,
    /// To lock it.
    Lock,
    /// To read from it.
    Read,
    /// To write to it.
    Write,
    /// To put it on the disk.
    Sync,
    /// To shorten it.
    Truncate,
}

impl fmt::Display for StoreAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "opened",
            Self::Lock => "locked",
            Self::Read => "read",
            Self::Write => "written",
            Self::Sync => "put on the disk",
            Self::Truncate => "shortened",
        })
    }
}

/// What is wrong with a file.
///
/// # Examples
///
/// ```
/// use boom_fix::session::store::Corruption;
///
/// assert_eq!(Corruption::Record.to_string(), "a damaged record");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Corruption {
    /// Its beginning is not that of a store's file.
    Head,
    /// A record is not what was written, and whole ones follow it.
    Record,
    /// It does not go on from the file before it.
    Sequence,
    /// It is missing.
    Missing,
}

impl fmt::Display for Corruption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Head => "no head of a store's file",
            Self::Record => "a damaged record",
            Self::Sequence => "other numbers than at the end of the file before",
            Self::Missing => "a missing file",
        })
    }
}
