//! Streams that cost nothing but a copy: received bytes come out of memory, sent ones go nowhere.

use std::cell::RefCell;
use std::hint::black_box;
use std::io::{self, IoSlice, Read, Write};
use std::rc::Rc;

/// Received bytes without an end: the same block over and over, at most so many bytes a read.
///
/// # Examples
///
/// ```
/// use benches::memory::Ring;
/// use std::io::Read;
///
/// let mut ring = Ring::new(b"abcde", 3);
/// let mut buffer = [0; 16];
/// assert_eq!(ring.read(&mut buffer)?, 3);
/// assert_eq!(ring.read(&mut buffer)?, 3);
/// assert_eq!(&buffer[..3], b"dea");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Ring {
    block: Rc<[u8]>,
    position: usize,
    read_size: usize,
}

impl Ring {
    /// Repeats `block`, at most `read_size` bytes and never more than one block a read.
    pub fn new(block: &[u8], read_size: usize) -> Self {
        Self {
            block: block.into(),
            position: 0,
            read_size: read_size.min(block.len()),
        }
    }

    /// Lends the bytes of one read of at most `room` bytes in two parts: at the end of the block it goes on with
    /// the start.
    pub fn take(&mut self, room: usize) -> (&[u8], &[u8]) {
        let count = room.min(self.read_size);
        let rest = &self.block[self.position..];
        if count < rest.len() {
            self.position += count;
            return (&rest[..count], &[]);
        }
        self.position = (count - rest.len()) % self.block.len();
        (rest, &self.block[..self.position])
    }
}

impl Read for Ring {
    #[inline]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (first, second) = self.take(buffer.len());
        let count = first.len() + second.len();
        buffer[..first.len()].copy_from_slice(first);
        if !second.is_empty() {
            buffer[first.len()..count].copy_from_slice(second);
        }
        Ok(count)
    }
}

impl Write for Ring {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Takes what is sent, and keeps it only where it is to be checked.
///
/// # Examples
///
/// ```
/// use benches::memory::Sink;
/// use std::io::Write;
///
/// let (mut sink, kept) = Sink::keeping();
/// sink.write_all(b"abc")?;
/// assert_eq!(kept.borrow().bytes, b"abc");
/// assert_eq!(kept.borrow().writes, 1);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Sink {
    kept: Option<Rc<RefCell<Kept>>>,
}

/// What a [`Sink`] was given.
#[derive(Debug, Default)]
pub struct Kept {
    /// Every byte written.
    pub bytes: Vec<u8>,
    /// Number of calls that wrote them.
    pub writes: u64,
}

impl Sink {
    /// A sink that keeps nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// A sink that keeps everything, and where.
    pub fn keeping() -> (Self, Rc<RefCell<Kept>>) {
        let kept = Rc::<RefCell<Kept>>::default();
        (
            Self {
                kept: Some(Rc::clone(&kept)),
            },
            kept,
        )
    }
}

impl Write for Sink {
    #[inline]
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        if let Some(kept) = &self.kept {
            let mut kept = kept.borrow_mut();
            kept.bytes.extend_from_slice(buffer);
            kept.writes += 1;
        }
        Ok(black_box(buffer).len())
    }

    /// As a socket does: all parts by one call.
    #[inline]
    fn write_vectored(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        if let Some(kept) = &self.kept {
            let mut kept = kept.borrow_mut();
            for part in parts {
                kept.bytes.extend_from_slice(part);
            }
            kept.writes += 1;
        }
        Ok(black_box(parts).iter().map(|part| part.len()).sum())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Nothing is ever received.
impl Read for Sink {
    fn read(&mut self, _buffer: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::WouldBlock.into())
    }
}
