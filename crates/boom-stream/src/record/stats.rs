//! What a recording tells of itself.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::RecordError;

/// How far recordings are. Of one by [`RecordedStream::stats`](crate::record::RecordedStream::stats), of all that a
/// recorder made by [`Recorder::stats`](crate::record::Recorder::stats).
///
/// # Examples
///
/// ```
/// use boom_stream::record::RecordStats;
///
/// let stats = RecordStats::default();
/// assert!(stats.is_complete());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordStats {
    /// Reads, writes, ends and errors that are in a file.
    pub written_events: u64,
    /// Those of them that the disk has, as far as it was asked: see [`SyncPolicy`](crate::record::SyncPolicy).
    pub synced_events: u64,
    /// Bytes of the stream that are in a file.
    pub written_bytes: u64,
    /// Reads and writes that the full queue had no room for.
    pub dropped_events: u64,
    /// Their bytes.
    pub dropped_bytes: u64,
    /// Reads and writes that came after the recording had failed, or that it lost when it did.
    pub lost_events: u64,
    /// Files begun.
    pub files: u64,
    /// Bytes of all files.
    pub file_bytes: u64,
    /// Recordings that ended before their stream, or could not start.
    pub failures: u64,
    /// What the last of them failed with.
    pub failure: Option<ErrorKind>,
}

impl RecordStats {
    /// Returns true if nothing is missing so far.
    pub const fn is_complete(&self) -> bool {
        self.dropped_events == 0 && self.lost_events == 0 && self.failures == 0
    }

    /// Adds what has changed between two states of a recording.
    pub(super) const fn add_difference(&mut self, earlier: &Self, later: &Self) {
        self.written_events += later.written_events - earlier.written_events;
        self.synced_events += later.synced_events - earlier.synced_events;
        self.written_bytes += later.written_bytes - earlier.written_bytes;
        self.dropped_events += later.dropped_events - earlier.dropped_events;
        self.dropped_bytes += later.dropped_bytes - earlier.dropped_bytes;
        self.lost_events += later.lost_events - earlier.lost_events;
        self.files += later.files - earlier.files;
        self.file_bytes += later.file_bytes - earlier.file_bytes;
        self.failures += later.failures - earlier.failures;
        if later.failures > earlier.failures {
            self.failure = later.failure;
        }
    }
}

/// Something that happened to a recording, told on the thread that writes it, or on the one that could not start it.
///
/// # Examples
///
/// ```
/// use boom_stream::record::{RecordEvent, Recorder};
///
/// let recorder = Recorder::builder("recordings").on_event(|event| {
///     if let RecordEvent::Failed { path, error } = event {
///         eprintln!("{}: {error}", path.display());
///     }
/// });
/// # drop(recorder);
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum RecordEvent<'a> {
    /// A file was begun: the first of a recording, or another by rotation.
    Started {
        /// The file.
        path: &'a Path,
    },
    /// The queue was full. The file states it where it was.
    Dropped {
        /// The file.
        path: &'a Path,
        /// How many reads and writes are missing there.
        events: u64,
        /// Their bytes.
        bytes: u64,
    },
    /// The recording ended before its stream, or could not start.
    Failed {
        /// The file; the recordings' folder where there is none.
        path: &'a Path,
        /// Why.
        error: &'a RecordError,
    },
    /// The recording ended with its stream.
    Finished {
        /// The last file.
        path: &'a Path,
        /// All of it.
        stats: &'a RecordStats,
    },
}

/// What the threads of a recording share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// An [`Activity`].
    activity: AtomicU8,
    progress: Mutex<Progress>,
    changed: Condvar,
    totals: Arc<Totals>,
}

/// What the thread that writes is at. It says so to the stream's thread, which ends its rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Activity {
    /// It empties the queue every few milliseconds.
    Working,
    /// It has found nothing for a while, and sleeps for longer unless it is woken.
    Resting,
    /// Nothing more is written, so that nothing more need be queued.
    Stopped,
}

/// The sums over all recordings of a recorder.
pub(super) type Totals = Mutex<RecordStats>;

/// How far the thread that writes is.
#[derive(Debug, Default)]
pub(super) struct Progress {
    pub(super) stats: RecordStats,
    /// What was asked for and what was done, counted.
    pub(super) flush: Requests,
    pub(super) sync: Requests,
    pub(super) error: Option<RecordError>,
    /// No file will be written any more.
    pub(super) ended: bool,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Requests {
    pub(super) asked: u64,
    pub(super) done: u64,
}

impl Shared {
    pub(super) fn new(totals: Arc<Totals>) -> Self {
        Self {
            totals,
            ..Self::default()
        }
    }

    #[inline]
    pub(super) fn is_resting(&self) -> bool {
        self.activity.load(Ordering::Relaxed) == Activity::Resting as u8
    }

    #[inline]
    pub(super) fn has_stopped(&self) -> bool {
        self.activity.load(Ordering::Relaxed) == Activity::Stopped as u8
    }

    /// Ends the rest of the thread that writes. Returns true if it was resting, so that it must be woken.
    pub(super) fn end_rest(&self) -> bool {
        let (resting, working) = (Activity::Resting as u8, Activity::Working as u8);
        let exchanged =
            self.activity
                .compare_exchange(resting, working, Ordering::Relaxed, Ordering::Relaxed);
        exchanged.is_ok()
    }

    /// Says that nothing more is written, and why: who sees the one finds the other.
    pub(super) fn stop(&self, error: RecordError, lost: u64) {
        self.update(|progress| {
            progress.fail(error);
            progress.stats.lost_events += lost;
            self.set(Activity::Stopped);
        });
    }

    pub(super) fn set(&self, activity: Activity) {
        self.activity.store(activity as u8, Ordering::Relaxed);
    }

    pub(super) fn progress(&self) -> MutexGuard<'_, Progress> {
        lock(&self.progress)
    }

    /// Changes the progress and tells those who wait for it.
    pub(super) fn update<T>(&self, change: impl FnOnce(&mut Progress) -> T) -> T {
        let mut progress = self.progress();
        let earlier = progress.stats;
        let result = change(&mut progress);
        if progress.stats != earlier {
            lock(&self.totals).add_difference(&earlier, &progress.stats);
        }
        drop(progress);
        self.changed.notify_all();
        result
    }

    /// Waits until the progress is as `is_there` wants it.
    pub(super) fn wait(&self, is_there: impl Fn(&Progress) -> bool) -> MutexGuard<'_, Progress> {
        let mut progress = self.progress();
        while !is_there(&progress) {
            progress = self
                .changed
                .wait(progress)
                .unwrap_or_else(PoisonError::into_inner);
        }
        progress
    }
}

/// The numbers behind these locks are right at every moment, also after a panic.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::hint::spin_loop;
    use std::thread;

    use super::*;

    #[test]
    fn who_sees_that_it_has_stopped_finds_why() {
        for _ in 0..500 {
            let shared = Arc::new(Shared::new(Arc::default()));
            let stopping = Arc::clone(&shared);
            let writer = thread::spawn(move || stopping.stop(RecordError::WriterGone, 2));
            while !shared.has_stopped() {
                spin_loop();
            }
            assert!(shared.progress().error.is_some());
            assert_eq!(shared.progress().stats.lost_events, 2);
            writer.join().unwrap();
        }
    }

    #[test]
    fn a_rest_is_ended_once_and_a_stop_never() {
        let shared = Shared::new(Arc::default());
        assert!(!shared.end_rest());
        shared.set(Activity::Resting);
        assert!(shared.end_rest());
        assert!(!shared.end_rest());
        shared.set(Activity::Stopped);
        assert!(!shared.end_rest());
        assert!(shared.has_stopped());
    }
}
