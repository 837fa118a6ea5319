//! The thread that writes a log.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::line::Lines;
use super::queue::{Kind, Outlet};

/// How long the thread sleeps after it found something, and at most after it found nothing again and again.
const SHORT_SLEEP: Duration = Duration::from_millis(1);
const LONG_SLEEP: Duration = Duration::from_millis(64);
/// Lines gather until there are so many bytes, or until the queue is empty.
const GATHER: usize = 64 << 10;

/// What the session and the thread tell each other.
#[derive(Debug, Default)]
pub(super) struct Shared {
    progress: Mutex<Progress>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Progress {
    /// Entries that were taken out and given to the writer, or lost.
    done: u64,
    written: u64,
    lost: u64,
    error: Option<Arc<io::Error>>,
    /// The session has ended the log.
    is_ending: bool,
    /// The thread has ended.
    is_gone: bool,
}

impl Shared {
    /// Lines written, and lines lost to a failure, of so many.
    pub(super) fn counts(&self, lines: u64) -> (u64, u64) {
        let progress = self.progress();
        let left = if progress.is_gone {
            lines.saturating_sub(progress.written + progress.lost)
        } else {
            0
        };
        (progress.written, progress.lost + left)
    }

    pub(super) fn end(&self) {
        self.progress().is_ending = true;
    }

    /// Waits until so many entries are done.
    pub(super) fn wait_for(&self, end: u64, wake: impl Fn()) -> io::Result<()> {
        let mut progress = self.progress();
        while progress.done < end && !progress.is_gone {
            wake();
            progress = self.wait(progress);
        }
        match &progress.error {
            Some(error) => Err(io::Error::new(error.kind(), Arc::clone(error))),
            None if progress.done < end => Err(io::ErrorKind::BrokenPipe.into()),
            None => Ok(()),
        }
    }

    /// Waits until there is room. Returns false if there will be none.
    pub(super) fn wait_for_room(&self, wake: impl Fn(), has_room: impl Fn() -> bool) -> bool {
        let mut progress = self.progress();
        loop {
            if has_room() {
                return true;
            }
            if progress.is_gone {
                return false;
            }
            wake();
            progress = self.wait(progress);
        }
    }

    /// Until something changes. The thread tells after each batch, so none is missed.
    fn wait<'a>(&'a self, progress: MutexGuard<'a, Progress>) -> MutexGuard<'a, Progress> {
        let waited = self.changed.wait(progress);
        waited.unwrap_or_else(PoisonError::into_inner)
    }

    /// The numbers behind the lock are right at every moment, also after a panic.
    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the thread works on.
pub(super) struct Writer<W> {
    pub(super) outlet: Outlet,
    pub(super) lines: Lines,
    pub(super) writer: W,
    pub(super) shared: Arc<Shared>,
}

/// Says that the thread has ended, also after a panic of the user's writer.
struct End(Arc<Shared>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.progress().is_gone = true;
        self.0.changed.notify_all();
    }
}

impl<W: Write> Writer<W> {
    /// Works until the log is ended and all of the queue is written.
    pub(super) fn run(mut self) {
        let _end = End(Arc::clone(&self.shared));
        let mut text = Vec::with_capacity(GATHER + 4096);
        let mut sleep = SHORT_SLEEP;
        loop {
            // In this order: what was put in before the end is in the queue by now.
            let is_last = self.shared.progress().is_ending;
            let mut is_busy = false;
            while self.batch(&mut text) {
                is_busy = true;
            }
            if is_last {
                return;
            }
            sleep = if is_busy {
                SHORT_SLEEP
            } else {
                LONG_SLEEP.min(sleep * 2)
            };
            thread::park_timeout(sleep);
        }
    }

    /// Writes what gathers. Returns false if there was nothing.
    fn batch(&mut self, text: &mut Vec<u8>) -> bool {
        text.clear();
        let (mut entries, mut lines) = (0, 0);
        while text.len() < GATHER
            && let Some((kind, unix_ns, bytes)) = self.outlet.pop()
        {
            self.lines.add(kind, unix_ns, bytes, text);
            entries += 1;
            lines += u64::from(kind != Kind::Dropped);
        }
        if entries == 0 {
            return false;
        }
        let has_failed = self.shared.progress().error.is_some();
        let written = if has_failed {
            None
        } else {
            let writer = &mut self.writer;
            Some(writer.write_all(text).and_then(|()| writer.flush()))
        };
        let mut progress = self.shared.progress();
        progress.done += entries;
        match written {
            Some(Ok(())) => progress.written += lines,
            Some(Err(error)) => {
                progress.error = Some(Arc::new(error));
                progress.lost += lines;
            }
            None => progress.lost += lines,
        }
        drop(progress);
        self.shared.changed.notify_all();
        true
    }
}
