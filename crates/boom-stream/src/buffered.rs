//! Small writes gathered into one.

use std::io::{self, ErrorKind, IoSlice, IoSliceMut, Read, Write};

use crate::buffer::WriteBuffer;
use crate::{HalfClose, Layer, Phase};

/// A stream that gathers what is written to it until it is flushed, and then writes it all at once.
///
/// Each write is taken whole, or refused whole with `WouldBlock`: none is ever half sent. Where the next one would make
/// more bytes wait than the limit allows, those that wait are sent first; what is larger than the limit by itself is
/// written through, and what the stream below does not take of it is kept, whatever its size. So no message is too
/// large, and no more waits than the limit or that one message.
///
/// A flush that the stream below does not take all of keeps the rest in order and says `WouldBlock`;
/// [`wants_write`](Layer::wants_write) is true from then on, and later reads, writes and flushes go on with it. An error
/// that a read met while doing so is told by the next write or flush, or by a read that has nothing else to tell.
///
/// Nothing is flushed by itself, and what still waits when the stream is dropped is lost.
///
/// # Examples
///
/// ```
/// use boom_stream::buffered::IntoBufferedStream;
/// use std::collections::VecDeque;
/// use std::io::Write;
///
/// let mut stream = VecDeque::new().into_buffered_stream();
/// stream.write_all(b"8=FIX.4.4\x01")?;
/// stream.write_all(b"9=5\x01")?;
/// assert_eq!(stream.get_ref().len(), 0);
/// stream.flush()?;
/// assert_eq!(stream.get_ref().len(), 14);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct BufferedStream<S> {
    stream: S,
    waiting: WriteBuffer,
    capacity: usize,
    limit: usize,
    /// A flush has begun and bytes are left of it.
    is_flushing: bool,
    /// The stream below is to be flushed when nothing waits any more.
    is_flush_owed: bool,
    /// What a read met when it went on with the flush.
    failure: Option<io::Error>,
}

impl<S> BufferedStream<S> {
    /// Allocates `capacity` bytes and lets `limit` (at least `capacity`) wait.
    pub fn new(stream: S, capacity: usize, limit: usize) -> Self {
        let limit = limit.max(capacity);
        Self {
            stream,
            waiting: WriteBuffer::new(capacity, limit),
            capacity,
            limit,
            is_flushing: false,
            is_flush_owed: false,
            failure: None,
        }
    }

    /// The bytes that have been written to this stream and not yet to the one below.
    pub fn pending(&self) -> &[u8] {
        self.waiting.pending()
    }

    /// Lends the stream below.
    pub const fn get_ref(&self) -> &S {
        &self.stream
    }

    /// Lends the stream below for changes. What is written to it there overtakes what waits here.
    pub const fn get_mut(&mut self) -> &mut S {
        &mut self.stream
    }

    /// Gives back the stream below. What waits is lost.
    pub fn into_inner(self) -> S {
        self.stream
    }

    /// What waits of a message beyond the limit leaves no room, whatever room its block has.
    #[inline]
    const fn has_room(&self, count: usize) -> bool {
        count <= self.limit.saturating_sub(self.waiting.len())
    }

    fn take_failure(&mut self) -> io::Result<()> {
        self.failure.take().map_or(Ok(()), Err)
    }
}

impl<S: Write> BufferedStream<S> {
    /// Writes what waits, and flushes the stream below if that was asked for. Returns true if nothing is left to do.
    fn send(&mut self) -> io::Result<bool> {
        let mut result = self.waiting.flush_to(&mut self.stream);
        if self.waiting.is_empty() && self.waiting.limit() > self.limit {
            self.waiting = WriteBuffer::new(self.capacity, self.limit);
        }
        if self.is_flush_owed && matches!(result, Ok(true)) {
            result = self.flush_below();
        }
        // After an error there is nothing to wait for.
        self.is_flushing = matches!(result, Ok(false));
        self.is_flush_owed &= self.is_flushing;
        result
    }

    fn flush_below(&mut self) -> io::Result<bool> {
        match self.stream.flush() {
            Ok(()) => Ok(true),
            Err(error) if is_not_now(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    #[cold]
    fn write_without_room(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.send()? {
            return Err(ErrorKind::WouldBlock.into());
        }
        if self.has_room(bytes.len()) {
            self.queue(bytes)?;
        } else {
            self.write_through(bytes)?;
        }
        Ok(bytes.len())
    }

    /// Nothing waits.
    fn write_through(&mut self, bytes: &[u8]) -> io::Result<()> {
        let taken = match self.stream.write(bytes) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(taken) => taken,
            Err(error) if is_not_now(&error) => 0,
            Err(error) => return Err(error),
        };
        let rest = bytes.get(taken..).unwrap_or_default();
        if rest.is_empty() {
            return Ok(());
        }
        // One byte more than the limit tells this block from the usual one, which takes its place when it is empty.
        let limit = rest.len().max(self.limit.saturating_add(1));
        self.waiting = WriteBuffer::new(rest.len(), limit);
        self.is_flushing = true;
        self.queue(rest)
    }

    #[inline]
    fn queue(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.waiting
            .extend(bytes)
            .map_err(|error| io::Error::new(ErrorKind::OutOfMemory, error))
    }

    /// Goes on with a flush before a read, which must not lose what is there to read if that fails.
    #[cold]
    fn send_before_read(&mut self) {
        if let Err(error) = self.send() {
            self.failure = Some(error);
        }
    }
}

impl<S: Read> BufferedStream<S> {
    #[inline]
    fn or_failure(&mut self, result: io::Result<usize>) -> io::Result<usize> {
        match result {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                Err(self.failure.take().unwrap_or(error))
            }
            result => result,
        }
    }
}

fn is_not_now(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

impl<S: Read + Write> Read for BufferedStream<S> {
    #[inline]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.is_flushing {
            self.send_before_read();
        }
        let result = self.stream.read(buffer);
        self.or_failure(result)
    }

    #[inline]
    fn read_vectored(&mut self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        if self.is_flushing {
            self.send_before_read();
        }
        let result = self.stream.read_vectored(buffers);
        self.or_failure(result)
    }
}

impl<S: Write> Write for BufferedStream<S> {
    /// Takes all of `bytes` or none.
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.take_failure()?;
        if self.has_room(bytes.len()) {
            self.queue(bytes)?;
            return Ok(bytes.len());
        }
        self.write_without_room(bytes)
    }

    /// Takes all of `buffers` if there is room for them, otherwise all of the first or none.
    #[inline]
    fn write_vectored(&mut self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        let total = buffers
            .iter()
            .fold(0, |total: usize, buffer| total.saturating_add(buffer.len()));
        if !self.has_room(total) {
            let first = buffers.iter().find(|buffer| !buffer.is_empty());
            return self.write(first.map_or(&[], |buffer| buffer));
        }
        self.take_failure()?;
        for buffer in buffers {
            self.queue(buffer)?;
        }
        Ok(total)
    }

    /// Writes what waits, in one call where the stream below takes it all, and flushes that stream.
    ///
    /// `WouldBlock` while bytes are left, or while the stream below cannot be flushed; reads go on with either.
    fn flush(&mut self) -> io::Result<()> {
        self.take_failure()?;
        self.is_flush_owed = true;
        if !self.send()? {
            return Err(ErrorKind::WouldBlock.into());
        }
        Ok(())
    }
}

impl<S: Write + HalfClose> HalfClose for BufferedStream<S> {
    fn close_write(&mut self) -> io::Result<()> {
        self.flush()?;
        self.stream.close_write()
    }
}

impl<S: Write + Layer> Layer for BufferedStream<S> {
    type Base = S::Base;

    fn base(&self) -> &S::Base {
        self.stream.base()
    }

    fn base_mut(&mut self) -> &mut S::Base {
        self.stream.base_mut()
    }

    #[inline]
    fn has_buffered(&self) -> bool {
        self.failure.is_some() || self.stream.has_buffered()
    }

    /// What waits to be flushed waits for the caller, not for the socket: that counts from the flush on.
    #[inline]
    fn wants_write(&self) -> bool {
        self.is_flushing || self.stream.wants_write()
    }

    fn is_encrypted(&self) -> bool {
        self.stream.is_encrypted()
    }

    fn phase(&self) -> Phase {
        self.stream.phase()
    }

    fn poll_timeout(&self) -> Option<u64> {
        self.stream.poll_timeout()
    }

    fn handle_timeout(&mut self, now_ns: u64) -> io::Result<()> {
        self.stream.handle_timeout(now_ns)
    }

    /// Flushes, then has the stream below end.
    fn poll_close(&mut self) -> io::Result<bool> {
        match self.flush() {
            Ok(()) => self.stream.poll_close(),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// Puts a [`BufferedStream`] over a stream.
///
/// # Examples
///
/// ```no_run
/// use boom_stream::buffered::{BufferedStream, IntoBufferedStream};
/// use boom_stream::tcp::TcpStream;
///
/// let stream: BufferedStream<TcpStream> = TcpStream::try_from(("localhost", 4001))?.into_buffered_stream();
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait IntoBufferedStream: Write + Sized {
    /// With 4 KiB at first, and up to 1 MiB that may wait.
    fn into_buffered_stream(self) -> BufferedStream<Self> {
        BufferedStream::new(self, CAPACITY, LIMIT)
    }
}

impl<S: Write> IntoBufferedStream for S {}

const CAPACITY: usize = 4 << 10;
const LIMIT: usize = 1 << 20;
