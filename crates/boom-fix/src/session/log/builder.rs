//! The choices of a log.

use std::io::{self, Write};
use std::sync::Arc;
use std::thread;

use super::MessageLog;
use super::line::Lines;
use super::queue::queue;
use super::writer::{Shared, Writer};
use crate::DataFields;

/// What happens to a message for which the queue has no room.
///
/// # Examples
///
/// ```
/// use boom_fix::session::log::WhenFull;
///
/// assert_eq!(WhenFull::default(), WhenFull::Drop);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenFull {
    /// It is not logged. The log says how many are missing, and where.
    #[default]
    Drop,
    /// The session waits. A message longer than the whole queue is dropped all the same.
    Block,
}

/// Starts a [`MessageLog`].
///
/// # Examples
///
/// ```
/// use boom_fix::session::log::{MessageLog, WhenFull};
/// use std::io;
///
/// let log = MessageLog::builder()
///     .queue_bytes(8 << 20)
///     .when_full(WhenFull::Block)
///     .mask_raw_data()
///     .start(io::sink())?;
/// # drop(log);
/// # Ok::<(), io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct LogBuilder {
    queue_bytes: usize,
    when_full: WhenFull,
    masked: Vec<u32>,
    data_fields: DataFields,
}

/// Password (554), NewPassword (925), EncryptedPassword (1402), EncryptedNewPassword (1404).
const MASKED: [u32; 4] = [554, 925, 1402, 1404];
const RAW_DATA: u32 = 96;

impl LogBuilder {
    pub(super) fn new() -> Self {
        Self {
            queue_bytes: 1 << 20,
            when_full: WhenFull::Drop,
            masked: MASKED.to_vec(),
            data_fields: DataFields::standard(),
        }
    }

    /// How much may wait to be written; 1 MiB by default, 4 KiB at least, 256 MiB at most.
    #[must_use]
    pub fn queue_bytes(mut self, bytes: usize) -> Self {
        self.queue_bytes = bytes;
        self
    }

    /// What happens when there is no room; [`WhenFull::Drop`] by default.
    #[must_use]
    pub fn when_full(mut self, when: WhenFull) -> Self {
        self.when_full = when;
        self
    }

    /// Shows the values of these fields as `***` too. Those of `Password` (554), `NewPassword` (925),
    /// `EncryptedPassword` (1402) and `EncryptedNewPassword` (1404) always are.
    #[must_use]
    pub fn mask(mut self, tags: impl IntoIterator<Item = u32>) -> Self {
        self.masked.extend(tags);
        self
    }

    /// Shows `RawData` (96) as `***`: where venues want the signature of a logon, or a password.
    #[must_use]
    pub fn mask_raw_data(self) -> Self {
        self.mask([RAW_DATA])
    }

    /// Which fields announce data that may hold the delimiter, where some of them are masked; the standard's by default.
    #[must_use]
    pub fn data_fields(mut self, data_fields: DataFields) -> Self {
        self.data_fields = data_fields;
        self
    }

    /// Starts the thread that writes.
    ///
    /// # Errors
    ///
    /// The thread cannot be started.
    pub fn start(self, writer: impl Write + Send + 'static) -> io::Result<MessageLog> {
        let (inlet, outlet) = queue(self.queue_bytes);
        let shared = Arc::new(Shared::default());
        let writer = Writer {
            outlet,
            lines: Lines::new(self.masked, self.data_fields),
            writer,
            shared: Arc::clone(&shared),
        };
        let thread = thread::Builder::new()
            .name("boom-fix-log".to_owned())
            .spawn(move || writer.run())?;
        Ok(MessageLog {
            inlet,
            shared,
            when_full: self.when_full,
            dropped: 0,
            unsaid: 0,
            said: 0,
            thread: Some(thread),
        })
    }
}
