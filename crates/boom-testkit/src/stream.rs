//! A stream that does what a script says, one step a call.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, IoSlice, Read, Write};
use std::mem;

use boom_stream::{ConnectionInfo, HalfClose, Layer, Socket};

/// A stream whose every read and write is scripted.
///
/// The builder methods append steps; each call of [`Read::read`] takes the next read step, each call of
/// [`Write::write`] the next write step. When the read steps run out, a read answers `WouldBlock`; when the write
/// steps run out, a write takes everything. Nothing happens by time, so a test sees the same calls each run.
///
/// The builder's [`read`](Self::read) has the name of the trait's method: call the latter on the stream itself as
/// `Read::read(&mut stream, ..)`.
///
/// # Examples
///
/// ```
/// use boom_testkit::stream::ScriptedStream;
/// use std::io::{ErrorKind, Read, Write};
///
/// let mut stream = ScriptedStream::new().read(b"HTTP/1.1 ").would_block().read(b"101").eof().write_limit(2);
///
/// let mut buffer = [0; 64];
/// assert_eq!(Read::read(&mut stream, &mut buffer)?, 9);
/// assert_eq!(Read::read(&mut stream, &mut buffer).unwrap_err().kind(), ErrorKind::WouldBlock);
/// assert_eq!(Read::read(&mut stream, &mut buffer)?, 3);
/// assert_eq!(Read::read(&mut stream, &mut buffer)?, 0);
///
/// assert_eq!(stream.write(b"GET")?, 2);
/// assert_eq!(stream.write(b"T")?, 1);
/// assert_eq!(stream.written(), b"GET");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ScriptedStream {
    connection_info: ConnectionInfo,
    connect_polls: usize,
    connect_error: Option<ErrorKind>,
    is_write_closed: bool,
    is_write_blocked: bool,
    read_steps: VecDeque<ReadStep>,
    write_steps: VecDeque<WriteStep>,
    written: Vec<u8>,
    reads: usize,
    writes: usize,
}

#[derive(Clone, Debug)]
enum ReadStep {
    Bytes {
        bytes: Vec<u8>,
        taken: usize,
    },
    WouldBlock,
    Error(ErrorKind),
    /// Stays: a stream that has ended does not go on.
    Eof,
}

#[derive(Clone, Copy, Debug)]
enum WriteStep {
    Limit(usize),
    Error(ErrorKind),
}

/// Building the script.
impl ScriptedStream {
    /// Starts an empty script: connected to `localhost:80`, every read would block, every write is taken whole.
    pub fn new() -> Self {
        Self {
            connection_info: ConnectionInfo::new("localhost", 80),
            connect_polls: 0,
            connect_error: None,
            is_write_closed: false,
            is_write_blocked: false,
            read_steps: VecDeque::new(),
            write_steps: VecDeque::new(),
            written: Vec::new(),
            reads: 0,
            writes: 0,
        }
    }

    /// Says where the stream claims to be connected to.
    #[must_use]
    pub fn with_connection_info(mut self, connection_info: impl Into<ConnectionInfo>) -> Self {
        self.connection_info = connection_info.into();
        self
    }

    /// Answers the first `polls` calls of [`Socket::connected`] with `false`; until then reads and writes would block.
    #[must_use]
    pub const fn connecting(mut self, polls: usize) -> Self {
        self.connect_polls = polls;
        self
    }

    /// Lets the connect fail, at once or after the polls of [`connecting`](Self::connecting).
    ///
    /// From then on reads and writes report the same error.
    #[must_use]
    pub const fn connect_error(mut self, kind: ErrorKind) -> Self {
        self.connect_error = Some(kind);
        self
    }

    /// Sets whether a write takes nothing, once the write steps have run out.
    pub const fn set_write_blocked(&mut self, blocked: bool) {
        self.is_write_blocked = blocked;
    }

    /// Takes nothing once the write steps have run out, until [`set_write_blocked`](Self::set_write_blocked).
    #[must_use]
    pub const fn write_blocked(mut self) -> Self {
        self.is_write_blocked = true;
        self
    }

    /// Returns true if the sending direction was closed, by [`HalfClose::close_write`].
    pub const fn is_write_closed(&self) -> bool {
        self.is_write_closed
    }

    /// Gives `bytes` to one read, or to several where the reader's buffer is smaller; none is lost.
    ///
    /// No bytes are no step: use [`eof`](Self::eof) for the end of the stream.
    #[must_use]
    pub fn read(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.push_read(bytes);
        self
    }

    /// Gives `bytes` in steps of `piece` bytes (at least one), the last one shorter where they do not divide.
    #[must_use]
    pub fn read_in_pieces(mut self, bytes: impl AsRef<[u8]>, piece: usize) -> Self {
        for bytes in bytes.as_ref().chunks(piece.max(1)) {
            self.push_read(bytes);
        }
        self
    }

    /// Lets one read fail with `WouldBlock`.
    #[must_use]
    pub fn would_block(mut self) -> Self {
        self.read_steps.push_back(ReadStep::WouldBlock);
        self
    }

    /// Ends the stream: this read and all later ones return no bytes.
    #[must_use]
    pub fn eof(mut self) -> Self {
        self.push_eof();
        self
    }

    /// Lets one read fail with an error of `kind`.
    #[must_use]
    pub fn read_error(mut self, kind: ErrorKind) -> Self {
        self.read_steps.push_back(ReadStep::Error(kind));
        self
    }

    /// Takes at most `count` bytes at one write.
    #[must_use]
    pub fn write_limit(mut self, count: usize) -> Self {
        self.write_steps.push_back(WriteStep::Limit(count));
        self
    }

    /// Lets one write fail with `WouldBlock`.
    #[must_use]
    pub fn write_would_block(self) -> Self {
        self.write_error(ErrorKind::WouldBlock)
    }

    /// Lets one write fail with an error of `kind`.
    #[must_use]
    pub fn write_error(mut self, kind: ErrorKind) -> Self {
        self.write_steps.push_back(WriteStep::Error(kind));
        self
    }
}

/// While the stream is in use, through [`Layer::base_mut`] where it is wrapped.
impl ScriptedStream {
    /// Appends a read step, as [`read`](Self::read) does.
    pub fn push_read(&mut self, bytes: impl AsRef<[u8]>) {
        let bytes = bytes.as_ref();
        if !bytes.is_empty() {
            self.read_steps.push_back(ReadStep::Bytes {
                bytes: bytes.to_vec(),
                taken: 0,
            });
        }
    }

    /// Ends the stream after the steps that are there.
    pub fn push_eof(&mut self) {
        self.read_steps.push_back(ReadStep::Eof);
    }

    /// Appends a write that would block.
    pub fn push_write_would_block(&mut self) {
        self.write_steps
            .push_back(WriteStep::Error(ErrorKind::WouldBlock));
    }

    /// Appends a write that takes at most `count` bytes.
    pub fn push_write_limit(&mut self, count: usize) {
        self.write_steps.push_back(WriteStep::Limit(count));
    }

    /// The bytes written since the start or the last [`take_written`](Self::take_written).
    pub fn written(&self) -> &[u8] {
        &self.written
    }

    /// Takes the bytes written so far.
    pub fn take_written(&mut self) -> Vec<u8> {
        mem::take(&mut self.written)
    }

    /// Forgets the bytes written so far and keeps their memory, for tests that count allocations.
    pub fn clear_written(&mut self) {
        self.written.clear();
    }

    /// Makes room for `count` more written bytes, for tests that count allocations.
    pub fn reserve_written(&mut self, count: usize) {
        self.written.reserve(count);
    }

    /// Returns true if every read step has been taken.
    pub fn is_read_out(&self) -> bool {
        matches!(self.read_steps.front(), None | Some(ReadStep::Eof))
    }

    /// Number of calls of [`Read::read`].
    pub const fn reads(&self) -> usize {
        self.reads
    }

    /// Number of calls of [`Write::write`] and [`Write::write_vectored`].
    pub const fn writes(&self) -> usize {
        self.writes
    }

    fn check_connected(&self) -> io::Result<()> {
        match self.connect_error {
            _ if self.connect_polls > 0 => Err(ErrorKind::WouldBlock.into()),
            Some(kind) => Err(kind.into()),
            None => Ok(()),
        }
    }

    /// The number of bytes that the next write may take of `count`.
    fn next_write(&mut self, count: usize) -> io::Result<usize> {
        self.writes += 1;
        self.check_connected()?;
        if count == 0 {
            return Ok(0);
        }
        match self.write_steps.pop_front() {
            None if self.is_write_blocked => Err(ErrorKind::WouldBlock.into()),
            None => Ok(count),
            Some(WriteStep::Limit(limit)) => Ok(count.min(limit)),
            Some(WriteStep::Error(kind)) => Err(kind.into()),
        }
    }
}

impl Default for ScriptedStream {
    fn default() -> Self {
        Self::new()
    }
}

impl Read for ScriptedStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reads += 1;
        self.check_connected()?;
        if buffer.is_empty() {
            return Ok(0);
        }
        match self.read_steps.pop_front() {
            None | Some(ReadStep::WouldBlock) => Err(ErrorKind::WouldBlock.into()),
            Some(ReadStep::Error(kind)) => Err(kind.into()),
            Some(ReadStep::Eof) => {
                self.read_steps.push_front(ReadStep::Eof);
                Ok(0)
            }
            Some(ReadStep::Bytes { bytes, mut taken }) => {
                let count = buffer.len().min(bytes.len() - taken);
                buffer[..count].copy_from_slice(&bytes[taken..taken + count]);
                taken += count;
                if taken < bytes.len() {
                    self.read_steps.push_front(ReadStep::Bytes { bytes, taken });
                }
                Ok(count)
            }
        }
    }
}

impl Write for ScriptedStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.next_write(bytes.len())?;
        self.written.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn write_vectored(&mut self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        let count = self.next_write(buffers.iter().map(|bytes| bytes.len()).sum())?;
        let mut rest = count;
        for bytes in buffers {
            let taken = bytes.len().min(rest);
            self.written.extend_from_slice(&bytes[..taken]);
            rest -= taken;
        }
        Ok(count)
    }

    /// Does nothing, as a socket's.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Layer for ScriptedStream {
    type Base = Self;

    fn base(&self) -> &Self {
        self
    }

    fn base_mut(&mut self) -> &mut Self {
        self
    }
}

impl HalfClose for ScriptedStream {
    /// Is noted; see [`is_write_closed`](Self::is_write_closed).
    fn close_write(&mut self) -> io::Result<()> {
        self.is_write_closed = true;
        Ok(())
    }
}

impl Socket for ScriptedStream {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.connection_info
    }

    fn connected(&mut self) -> io::Result<bool> {
        if self.connect_polls > 0 {
            self.connect_polls -= 1;
            return Ok(false);
        }
        match self.connect_error {
            Some(kind) => Err(kind.into()),
            None => Ok(true),
        }
    }
}
