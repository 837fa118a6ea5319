//! The choices that a recorder offers.

use std::time::Duration;

/// What becomes of a recording whose file exists already. It is never overwritten.
///
/// # Examples
///
/// ```
/// use boom_stream::record::{Recorder, WhenExists};
///
/// let recorder = Recorder::builder("recordings").when_exists(WhenExists::Error).build();
/// # drop(recorder);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenExists {
    /// The new file gets a suffix: `name-1.pcapng`, `name-2.pcapng`.
    #[default]
    Suffix,
    /// The recording does not start. What that means to the stream is for [`WhenFailed`] to say.
    Error,
}

/// What the reading or writing thread does while the queue has no room.
///
/// # Examples
///
/// ```
/// use boom_stream::record::{Recorder, WhenFull};
///
/// let recorder = Recorder::builder("recordings").when_full(WhenFull::Block).build();
/// # drop(recorder);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenFull {
    /// It goes on. The file states how much is missing and where, and so do the statistics.
    #[default]
    Drop,
    /// It waits for the file: nothing is missing, and the disk's pace is the connection's.
    Block,
}

/// What a recording that cannot be written does to its connection.
///
/// # Examples
///
/// ```
/// use boom_stream::record::{Recorder, WhenFailed};
///
/// let recorder = Recorder::builder("recordings").when_failed(WhenFailed::Fail).build();
/// # drop(recorder);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenFailed {
    /// Nothing: the recording ends or does not even start, the connection goes on. The statistics and an event tell of it.
    #[default]
    GoOn,
    /// Reads and writes fail from then on, and a recording that cannot start is an error, for those who may not trade
    /// unrecorded.
    Fail,
}

/// When the file is forced to the disk (`fsync`). Without that, what was written survives the end of the process but
/// not that of the machine.
///
/// # Examples
///
/// ```
/// use boom_stream::record::{Recorder, SyncPolicy};
/// use std::time::Duration;
///
/// let each_second = SyncPolicy::Every(Duration::from_secs(1));
/// let recorder = Recorder::builder("recordings").sync(each_second).build();
/// # drop(recorder);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SyncPolicy {
    /// Only when [`sync_recording`](crate::record::RecordedStream::sync_recording) asks for it, and when a recording goes on
    /// in a new file: what is left behind could not be synced later.
    #[default]
    Never,
    /// When a file is complete.
    AtEnd,
    /// When a file is complete, and at this interval while there is something new: what has passed is on the disk so long
    /// after it, and what it takes to write, at the latest. The thread that writes looks at least that often, but not more
    /// often than once a millisecond.
    Every(Duration),
}

/// When a recording goes on in a new file.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rotation {
    pub(super) bytes: Option<u64>,
    pub(super) after: Option<Duration>,
}

impl Rotation {
    pub(super) const fn is_on(self) -> bool {
        self.bytes.is_some() || self.after.is_some()
    }

    pub(super) fn is_due(self, file_bytes: u64, age_ns: u64) -> bool {
        self.bytes.is_some_and(|limit| file_bytes >= limit)
            || self
                .after
                .is_some_and(|limit| u128::from(age_ns) >= limit.as_nanos())
    }
}
