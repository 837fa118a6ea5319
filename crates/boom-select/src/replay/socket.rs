use std::io::{self, ErrorKind, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use boom_stream::replay::ReplayStream;
use boom_stream::{ConnectionInfo, HalfClose, Layer, Socket, TimeSource};

use super::ReplayClock;

/// A recording in place of a socket, whose reads come at their times by the clock of a
/// [`ReplaySession`](super::ReplaySession).
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
    due: Due,
}

/// When a socket has something to read, as its selector sees it.
#[derive(Clone, Debug)]
pub(super) struct Due(Arc<AtomicU64>);

impl Due {
    /// Something must be written first.
    const AWAITS_WRITES: u64 = u64::MAX;

    /// The time in nanoseconds since 1970, `None` where something must be written first.
    pub(super) fn time_ns(&self) -> Option<u64> {
        let time_ns = self.0.load(Ordering::Relaxed);
        (time_ns != Self::AWAITS_WRITES).then_some(time_ns)
    }
}

impl ReplaySocket {
    pub(super) fn new(stream: ReplayStream, clock: ReplayClock) -> Self {
        let mut socket = Self {
            stream,
            clock,
            due: Due(Arc::default()),
        };
        socket.note_due();
        socket
    }

    /// The recording: how it ended, and what was written.
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

    pub(super) fn due(&self) -> Due {
        self.due.clone()
    }

    fn note_due(&mut self) {
        let time_ns = if self.stream.awaited_bytes() > 0 {
            Due::AWAITS_WRITES
        } else {
            // An end has no time of its own: it comes right behind what was last.
            self.stream.next_event_ns().unwrap_or(0)
        };
        self.due.0.store(time_ns, Ordering::Relaxed);
    }
}

impl Read for ReplaySocket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.due.time_ns() {
            Some(time_ns) if time_ns <= self.clock.now_ns() => {}
            _ => return Err(ErrorKind::WouldBlock.into()),
        }
        let result = self.stream.read(buffer);
        self.note_due();
        result
    }
}

impl Write for ReplaySocket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let result = self.stream.write(bytes);
        self.note_due();
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
}

impl Socket for ReplaySocket {
    fn connection_info(&self) -> &ConnectionInfo {
        self.stream.connection_info()
    }

    fn connected(&mut self) -> io::Result<bool> {
        Ok(true)
    }
}
