//! What a session remembers across disconnects and restarts: its two sequence numbers and the messages it has sent.
//!
//! | store | survives | for |
//! | --- | --- | --- |
//! | [`MemoryStore`] | a disconnect | sessions that begin anew with each process, tests |
//! | [`FileStore`] | what its [`Durability`] says | everything else |
//! | `SqliteStore` (feature `sqlite`) | the same | those who want to ask SQL |
//!
//! A [`StoreReader`] lists what the files of a `FileStore` hold, for an audit or to salvage what is left of damaged ones.

mod error;

mod memory;

mod file;
mod reader;

#[cfg(feature = "sqlite")]
mod sqlite;

pub use error::{Corruption, StoreAction, StoreError};
pub use file::{Durability, FileStore, FileStoreBuilder, Recovery, WhenCorrupt};
pub use memory::MemoryStore;
pub use reader::{RecordKind, StoreReader, StoreRecord};
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;

/// What a session must remember across disconnects and restarts. Sequence numbers are `u64`, the first is 1.
///
/// Kept messages always have numbers below [`next_outgoing`](Self::next_outgoing): a number that is given a second time,
/// because the next one was set back, belongs to the new message, and what was kept from there on is forgotten.
///
/// After an error nothing has changed: neither a number nor what is kept. Only what was given under [`Durability::None`] and
/// not [flushed](Self::flush) may be lost by it, as it would be with the process.
///
/// # Examples
///
/// ```
/// use boom_fix::session::store::{MemoryStore, Store, StoreError};
///
/// fn resend(store: &mut impl Store, from: u64) -> Result<usize, StoreError> {
///     let (mut message, mut total) = (Vec::new(), 0);
///     for number in from..store.next_outgoing() {
///         if store.read(number, &mut message)? {
///             total += message.len();
///         }
///     }
///     Ok(total)
/// }
///
/// let mut store = MemoryStore::new();
/// store.append(1, b"8=FIX.4.4\x01...")?;
/// assert_eq!(store.next_outgoing(), 2);
/// assert_eq!(resend(&mut store, 1)?, 13);
/// # Ok::<(), StoreError>(())
/// ```
pub trait Store {
    /// MsgSeqNum (34) of the next message sent.
    fn next_outgoing(&self) -> u64;

    /// MsgSeqNum (34) expected of the next message received.
    fn next_incoming(&self) -> u64;

    /// Says which number the next message sent has. Kept messages of this number and above are forgotten.
    ///
    /// # Errors
    ///
    /// The number is 0, or cannot be kept.
    fn set_next_outgoing(&mut self, number: u64) -> Result<(), StoreError>;

    /// Says which number the next message received is to have.
    ///
    /// # Errors
    ///
    /// The number is 0, or cannot be kept.
    fn set_next_incoming(&mut self, number: u64) -> Result<(), StoreError>;

    /// Keeps a message about to be sent, and makes `number + 1` the next outgoing: durable as configured before it returns.
    ///
    /// # Errors
    ///
    /// The number is 0 or the last that there is, the message is too long, or it cannot be kept.
    fn append(&mut self, number: u64, message: &[u8]) -> Result<(), StoreError>;

    /// Copies kept message `number` to `into` (cleared first); false if it is not kept.
    ///
    /// # Errors
    ///
    /// It is kept and cannot be read.
    fn read(&mut self, number: u64, into: &mut Vec<u8>) -> Result<bool, StoreError>;

    /// When these numbers began, in nanoseconds of Unix time.
    fn created(&self) -> i64;

    /// Forgets every message; both numbers are 1 again.
    ///
    /// # Errors
    ///
    /// It cannot be kept that they are.
    fn reset(&mut self, now: i64) -> Result<(), StoreError>;

    /// Gives what is buffered in the process to the operating system, where it outlives the process.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    fn flush(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Gives everything to the disk, where it outlives the machine.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    fn sync(&mut self) -> Result<(), StoreError> {
        self.flush()
    }
}

impl<T: Store + ?Sized> Store for Box<T> {
    fn next_outgoing(&self) -> u64 {
        (**self).next_outgoing()
    }

    fn next_incoming(&self) -> u64 {
        (**self).next_incoming()
    }

    fn set_next_outgoing(&mut self, number: u64) -> Result<(), StoreError> {
        (**self).set_next_outgoing(number)
    }

    fn set_next_incoming(&mut self, number: u64) -> Result<(), StoreError> {
        (**self).set_next_incoming(number)
    }

    fn append(&mut self, number: u64, message: &[u8]) -> Result<(), StoreError> {
        (**self).append(number, message)
    }

    fn read(&mut self, number: u64, into: &mut Vec<u8>) -> Result<bool, StoreError> {
        (**self).read(number, into)
    }

    fn created(&self) -> i64 {
        (**self).created()
    }

    fn reset(&mut self, now: i64) -> Result<(), StoreError> {
        (**self).reset(now)
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        (**self).flush()
    }

    fn sync(&mut self) -> Result<(), StoreError> {
        (**self).sync()
    }
}

/// The number, if a message that is expected may have it.
fn expectable(number: u64) -> Result<u64, StoreError> {
    match number {
        0 => Err(StoreError::Number { number }),
        _ => Ok(number),
    }
}

/// The number after that of a message.
fn following(number: u64) -> Result<u64, StoreError> {
    match number.checked_add(1) {
        Some(following) if number > 0 => Ok(following),
        _ => Err(StoreError::Number { number }),
    }
}
