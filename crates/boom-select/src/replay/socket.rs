use std::io::{self, ErrorKind, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use boom_stream::replay::ReplayStream;
use boom_stream::{ConnectionInfo, HalfClose, Layer, Socket, TimeSource};

use super::ReplayClock;

/// A recording in place of a socket, which connects and is read at the recorded times by the clock of a
/// [`ReplaySession`](super::ReplaySession).
///
/// Where writes are verified and one was wrong, the next read fails with what the write failed with: what was recorded
/// from there on answers something else. Where a read waits for a write that does not come, it fails with
/// [`ReplayError::Unwritten`](boom_stream::replay::ReplayError::Unwritten) when the clock is a second past its time.
///
/// # Examples
///
/// ```no_run
/// use boom_select::replay::ReplaySession;
///
/// let session = ReplaySession::of(["eth.pcapng"])?;
/// let socket = session.open("eth.pcapng")?;
/// println!("{}", socket.stream().connection_info());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct ReplaySocket {
    stream: ReplayStream,
    clock: ReplayClock,
    /// When the recording begins; until then it connects.
    start_ns: u64,
    is_connected: bool,
    /// A read has told what is wrong with the file or with what was written.
    is_failed: bool,
    due: Arc<Due>,
}

/// So much later than what answered it something can be written: a program's timers do not go off at the same nanosecond
/// again.
const PATIENCE_NS: u64 = 1_000_000_000;

/// What its selector knows of a socket.
#[derive(Debug)]
pub(super) struct Due {
    time_ns: AtomicU64,
    /// The recorded time of what waits for something to be written first.
    awaiting_ns: AtomicU64,
    /// When it fails if that is not written by then.
    failing_ns: AtomicU64,
    /// Counts what changes it: the connection, reads, and writes that something waited for.
    changes: AtomicU64,
}

impl Due {
    /// Nothing comes by itself: something must be written first, or nothing is left.
    const NEVER: u64 = u64::MAX;

    /// When something comes, in nanoseconds since 1970.
    pub(super) fn time_ns(&self) -> Option<u64> {
        Self::when(&self.time_ns)
    }

    /// When that happened which waits for something to be written first, in nanoseconds since 1970.
    pub(super) fn awaiting_ns(&self) -> Option<u64> {
        Self::when(&self.awaiting_ns)
    }

    /// When that fails which waits for something to be written first, in nanoseconds since 1970.
    pub(super) fn failing_ns(&self) -> Option<u64> {
        Self::when(&self.failing_ns)
    }

    pub(super) fn has_failed_by(&self, now_ns: u64) -> bool {
        self.failing_ns()
            .is_some_and(|failing_ns| failing_ns <= now_ns)
    }

    fn when(time_ns: &AtomicU64) -> Option<u64> {
        let time_ns = time_ns.load(Ordering::Relaxed);
        (time_ns != Self::NEVER).then_some(time_ns)
    }

    pub(super) fn changes(&self) -> u64 {
        self.changes.load(Ordering::Relaxed)
    }

    fn comes_at(&self, time_ns: u64) {
        self.set(time_ns, Self::NEVER, Self::NEVER);
    }

    fn waits(&self, awaiting_ns: u64, failing_ns: u64) {
        self.set(Self::NEVER, awaiting_ns, failing_ns);
    }

    fn set(&self, time_ns: u64, awaiting_ns: u64, failing_ns: u64) {
        self.time_ns.store(time_ns, Ordering::Relaxed);
        self.awaiting_ns.store(awaiting_ns, Ordering::Relaxed);
        self.failing_ns.store(failing_ns, Ordering::Relaxed);
        self.changes.fetch_add(1, Ordering::Relaxed);
    }
}

impl ReplaySocket {
    pub(super) fn new(stream: ReplayStream, clock: ReplayClock) -> Self {
        let start_ns = stream.start_ns();
        let due = Due {
            time_ns: AtomicU64::new(start_ns),
            awaiting_ns: AtomicU64::new(Due::NEVER),
            failing_ns: AtomicU64::new(Due::NEVER),
            changes: AtomicU64::new(0),
        };
        Self {
            stream,
            clock,
            start_ns,
            is_connected: false,
            is_failed: false,
            due: Arc::new(due),
        }
    }

    /// The recording: how it ended, and what is wrong with it or with what was written.
    pub const fn stream(&self) -> &ReplayStream {
        &self.stream
    }

    /// The recording, to take what was written.
    pub const fn stream_mut(&mut self) -> &mut ReplayStream {
        &mut self.stream
    }

    /// Gives up the recording, to ask what the replay came to.
    pub fn into_stream(self) -> ReplayStream {
        self.stream
    }

    pub(super) fn due(&self) -> Arc<Due> {
        Arc::clone(&self.due)
    }

    /// The recorded program had a connection from the start of the recording on.
    fn connect(&mut self) -> bool {
        if !self.is_connected && self.start_ns <= self.clock.moment_ns() {
            self.is_connected = true;
            self.note_due();
        }
        self.is_connected
    }

    fn note_due(&mut self) {
        match self.stream.next_event_ns() {
            _ if self.stream.error().is_some() => self.due.comes_at(self.end_ns(self.is_failed)),
            Some(time_ns) if self.stream.awaited_bytes() > 0 => {
                // Whoever connects late asks late.
                let since_ns = time_ns.max(self.clock.now_ns());
                self.due
                    .waits(time_ns, since_ns.saturating_add(PATIENCE_NS));
            }
            Some(time_ns) => self.due.comes_at(time_ns),
            None => self.due.comes_at(self.end_ns(self.stream.end().is_some())),
        }
    }

    /// An end that was not recorded has no time of its own: it comes right behind what was last, once.
    const fn end_ns(&self, is_told: bool) -> u64 {
        if is_told { Due::NEVER } else { 0 }
    }

    fn is_over(&mut self) -> bool {
        self.stream.end().is_some() && self.stream.next_event_ns().is_none()
    }

    fn is_due(&mut self) -> bool {
        match self.due.time_ns() {
            Some(time_ns) => time_ns <= self.clock.moment_ns(),
            None if self.due.has_failed_by(self.clock.now_ns()) => self.stream.stop_waiting(),
            // Whoever reads on behind the end is told it again.
            None => self.is_failed || self.is_over(),
        }
    }
}

impl Read for ReplaySocket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.connect() || !self.is_due() {
            return Err(ErrorKind::WouldBlock.into());
        }
        let failure = self.stream.error().cloned();
        let result = match failure {
            Some(error) => Err(error.into()),
            None => self.stream.read(buffer),
        };
        self.is_failed = self.stream.error().is_some();
        self.note_due();
        result
    }
}

impl Write for ReplaySocket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.connect() {
            return Err(ErrorKind::WouldBlock.into());
        }
        let result = self.stream.write(bytes);
        if result.is_err() || self.due.time_ns().is_none() {
            self.note_due();
        }
        result
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

impl HalfClose for ReplaySocket {
    /// Does nothing: the recording ends where it ends.
    fn close_write(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Layer for ReplaySocket {
    type Base = Self;

    fn base(&self) -> &Self {
        self
    }

    fn base_mut(&mut self) -> &mut Self {
        self
    }

    /// True between the reads that a small buffer divides a recorded one into.
    fn has_buffered(&self) -> bool {
        self.stream.has_buffered()
    }

    /// As the recorded stream answered, so that a protocol above writes what it wrote then.
    fn is_encrypted(&self) -> bool {
        self.stream.is_encrypted()
    }
}

impl Socket for ReplaySocket {
    /// The recorded stream's host and port.
    fn connection_info(&self) -> &ConnectionInfo {
        self.stream.connection_info()
    }

    /// True from the time on at which the recording began.
    fn connected(&mut self) -> io::Result<bool> {
        Ok(self.connect())
    }
}
