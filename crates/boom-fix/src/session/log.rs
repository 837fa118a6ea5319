//! A log of messages for people: one line each, both directions, written by a thread of its own.

mod builder;
mod line;
mod queue;
mod writer;

use std::fmt;
use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;

use queue::{Inlet, Kind};
use writer::Shared;

pub use builder::{LogBuilder, WhenFull};

/// Which way a message went.
///
/// # Examples
///
/// ```
/// use boom_fix::session::log::Direction;
///
/// assert_ne!(Direction::Inbound, Direction::Outbound);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the peer: `<` in the log.
    Inbound,
    /// To the peer: `>` in the log.
    Outbound,
}

/// Writes the messages of a session, and what else is said, as lines for people to anything that takes bytes.
///
/// ```text
/// 20240506-12:34:56.789000000 - connected to venue.example:9001
/// 20240506-12:34:56.789012345 > 8=FIX.4.4|9=77|35=A|...|554=***|10=123|
/// 20240506-12:34:56.790123456 < 8=FIX.4.4|9=65|35=A|...|10=044|
/// ```
///
/// The times are those that are given, in UTC. The delimiter is shown as `|`, any other control character as `\x0a`, so
/// that a message is one line whatever it holds. Passwords are shown as `***`.
///
/// The thread of the session copies a message into a bounded queue and goes on: nothing is allocated, and no system call
/// made while there is room. When there is none, [`WhenFull`] says what happens. Bytes as they were on the wire, for
/// Wireshark and for replay, are the business of `boom_stream::record`.
///
/// # Examples
///
/// ```
/// use boom_fix::session::log::{Direction, MessageLog};
/// use std::io;
///
/// let mut log = MessageLog::builder().start(io::stdout())?;
/// log.message(Direction::Outbound, 1_714_998_896_789_000_000, b"8=FIX.4.4\x0135=0\x01");
/// let stats = log.finish()?;
/// assert_eq!((stats.written, stats.dropped), (1, 0));
/// # Ok::<(), io::Error>(())
/// ```
pub struct MessageLog {
    inlet: Inlet,
    shared: Arc<Shared>,
    when_full: WhenFull,
    dropped: u64,
    /// Dropped and not yet said so in the log.
    unsaid: u64,
    /// Entries that say so.
    said: u64,
    thread: Option<JoinHandle<()>>,
}

/// What came of the lines of a log.
///
/// # Examples
///
/// ```
/// use boom_fix::session::log::LogStats;
///
/// assert_eq!(LogStats::default().dropped, 0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogStats {
    /// Given to the writer.
    pub written: u64,
    /// Not written: there was no room, or the writer had failed.
    pub dropped: u64,
}

impl fmt::Debug for MessageLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageLog")
            .field("when_full", &self.when_full)
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}

impl MessageLog {
    /// Begins the choices.
    pub fn builder() -> LogBuilder {
        LogBuilder::new()
    }

    /// Logs a message that came or goes at this time, in nanoseconds of Unix time.
    #[inline]
    pub fn message(&mut self, direction: Direction, unix_ns: i64, message: &[u8]) {
        let kind = match direction {
            Direction::Inbound => Kind::Inbound,
            Direction::Outbound => Kind::Outbound,
        };
        self.put(kind, unix_ns, message);
    }

    /// Logs a remark: that the session is connected, why it is not.
    pub fn remark(&mut self, unix_ns: i64, remark: &str) {
        self.put(Kind::Remark, unix_ns, remark.as_bytes());
    }

    /// What has become of the lines so far.
    pub fn stats(&self) -> LogStats {
        let (written, lost) = self.shared.counts(self.inlet.count() - self.said);
        LogStats {
            written,
            dropped: self.dropped + lost,
        }
    }

    /// Waits until everything so far has been given to the writer, and the writer has flushed it.
    ///
    /// # Errors
    ///
    /// The writer's, of now or earlier: after the first one nothing more is written.
    pub fn flush(&mut self) -> io::Result<()> {
        loop {
            self.say_dropped();
            let end = self.inlet.count();
            self.shared.wait_for(end, || self.wake())?;
            // Where there was no room to say it, now there is.
            if self.unsaid == 0 {
                return Ok(());
            }
        }
    }

    /// Ends the log when everything has been written.
    ///
    /// # Errors
    ///
    /// The writer's.
    pub fn finish(mut self) -> io::Result<LogStats> {
        let flushed = self.flush();
        self.end();
        flushed.map(|()| self.stats())
    }

    fn put(&mut self, kind: Kind, unix_ns: i64, bytes: &[u8]) {
        if self.unsaid > 0 {
            self.say_dropped();
        }
        if self.inlet.push(kind, unix_ns, bytes) || self.put_later(kind, unix_ns, bytes) {
            if self.inlet.is_filling() {
                self.wake();
            }
            return;
        }
        self.dropped += 1;
        self.unsaid += 1;
    }

    /// Waits for room, where that was chosen. Returns false if there will be none.
    #[cold]
    fn put_later(&mut self, kind: Kind, unix_ns: i64, bytes: &[u8]) -> bool {
        if self.when_full == WhenFull::Drop || !self.inlet.can_ever_take(bytes.len()) {
            return false;
        }
        // Nobody else fills the queue, so room that is seen stays.
        let has_room = || self.inlet.has_room(bytes.len());
        self.shared.wait_for_room(|| self.wake(), has_room) && self.inlet.push(kind, unix_ns, bytes)
    }

    fn say_dropped(&mut self) {
        let count = self.unsaid.to_le_bytes();
        if self.unsaid > 0 && self.inlet.push(Kind::Dropped, 0, &count) {
            self.unsaid = 0;
            self.said += 1;
        }
    }

    fn wake(&self) {
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
    }

    fn end(&mut self) {
        self.shared.end();
        self.wake();
        if let Some(thread) = self.thread.take() {
            // A panic of the writer's has been counted as a failure.
            let _ = thread.join();
        }
    }
}

impl Drop for MessageLog {
    /// Waits until everything has been written.
    fn drop(&mut self) {
        if self.thread.is_some() && self.unsaid > 0 {
            let _ = self.flush();
        }
        self.end();
    }
}
