use std::fmt;
use std::io::{self, Read};

use super::LimitExceeded;

/// Received bytes that wait to be parsed.
///
/// The five verbs: [`filled`](Self::filled) bytes are parsed in place and [`consume`](Self::consume)d; new ones are
/// written to [`free_mut`](Self::free_mut) and [`advance`](Self::advance)d over; [`reserve`](Self::reserve) makes
/// room, by moving what is left to the front and, when that is not enough, by growing up to the limit.
///
/// # Examples
///
/// ```
/// use boom_stream::buffer::ReadBuffer;
///
/// let mut buffer = ReadBuffer::new(4096, 1 << 20);
/// buffer.read_from(&mut &b"8=FIX.4.4"[..])?;
/// assert_eq!(buffer.filled(), b"8=FIX.4.4");
/// buffer.consume(2);
/// assert_eq!(buffer.filled(), b"FIX.4.4");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct ReadBuffer {
    bytes: Vec<u8>,
    /// First byte not consumed. `head <= tail`.
    head: usize,
    /// First free byte. `tail <= bytes.len()`.
    tail: usize,
    /// `bytes` starts with this length and one read asks for at most this much, unless a larger frame needs more:
    /// a read window that stays in the L1 cache beats a larger one.
    window: usize,
    limit: usize,
}

/// Says how much there is and not what: it may be a password.
impl fmt::Debug for ReadBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadBuffer")
            .field("len", &self.len())
            .field("capacity", &self.bytes.len())
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

impl ReadBuffer {
    /// Allocates `window` bytes (at least 16), and lets the buffer grow up to `limit` (at least `window`).
    pub fn new(window: usize, limit: usize) -> Self {
        let window = window.max(16);
        Self {
            bytes: vec![0; window],
            head: 0,
            tail: 0,
            window,
            limit: limit.max(window),
        }
    }

    /// The bytes received and not consumed.
    #[inline]
    pub fn filled(&self) -> &[u8] {
        &self.bytes[self.head..self.tail]
    }

    /// The same bytes, for a protocol that decodes in place.
    #[inline]
    pub fn filled_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[self.head..self.tail]
    }

    /// Number of bytes received and not consumed.
    #[inline]
    pub const fn len(&self) -> usize {
        self.tail - self.head
    }

    /// Returns true if everything received is consumed.
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.head == self.tail
    }

    /// Number of bytes the buffer holds without growing.
    pub const fn capacity(&self) -> usize {
        self.bytes.len()
    }

    /// Number of bytes the buffer may grow to.
    pub const fn limit(&self) -> usize {
        self.limit
    }

    /// Room for received bytes, after those already there.
    #[inline]
    pub fn free_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[self.tail..]
    }

    /// Says that `count` bytes of [`free_mut`](Self::free_mut) were filled.
    ///
    /// A count beyond the free room is cut to it.
    #[inline]
    pub fn advance(&mut self, count: usize) {
        debug_assert!(count <= self.bytes.len() - self.tail);
        self.tail = (self.tail + count).min(self.bytes.len());
    }

    /// Drops the first `count` bytes of [`filled`](Self::filled).
    ///
    /// A count beyond what is there drops all.
    #[inline]
    pub fn consume(&mut self, count: usize) {
        debug_assert!(count <= self.len());
        self.head = (self.head + count).min(self.tail);
        if self.head == self.tail {
            self.head = 0;
            self.tail = 0;
        }
    }

    /// Splits the buffer into the bytes received and the position up to which they are consumed.
    ///
    /// A batch iterator lends frames out of the first while it moves the second; both end with the borrow, and
    /// [`compact`](Self::compact) or the next read puts the cursors right. The position counts from the start of
    /// the returned slice and must not go beyond its length.
    #[inline]
    pub fn split(&mut self) -> (&[u8], &mut usize) {
        (&self.bytes[..self.tail], &mut self.head)
    }

    /// Makes room so that at least `needed` bytes fit, counted from the first byte not consumed.
    ///
    /// # Errors
    ///
    /// [`LimitExceeded`] where `needed` is above the limit; nothing is lost or moved then.
    pub fn reserve(&mut self, needed: usize) -> Result<(), LimitExceeded> {
        if needed <= self.bytes.len() - self.head {
            return Ok(());
        }
        if needed > self.limit {
            return Err(LimitExceeded {
                needed,
                limit: self.limit,
            });
        }
        self.compact();
        if needed > self.bytes.len() {
            let grown = needed
                .checked_next_power_of_two()
                .unwrap_or(needed)
                .min(self.limit);
            self.bytes.resize(grown, 0);
        }
        Ok(())
    }

    /// Moves the bytes not consumed to the front of the block.
    pub fn compact(&mut self) {
        if self.head > 0 {
            self.bytes.copy_within(self.head..self.tail, 0);
            self.tail -= self.head;
            self.head = 0;
        }
    }

    /// Reads once into the free room; `Ok(0)` is the end of the stream.
    ///
    /// A small rest, or any rest that leaves less than half a window free, is moved to the front first, so that
    /// reads stay in the same few cache lines. The buffer does not grow: call [`reserve`](Self::reserve) for a frame
    /// that needs more than is there.
    ///
    /// # Errors
    ///
    /// The reader's, `WouldBlock` included, and `OutOfMemory` where the buffer is full, which would otherwise look
    /// like the end of the stream.
    #[inline]
    pub fn read_from(&mut self, reader: &mut (impl Read + ?Sized)) -> io::Result<usize> {
        if self.head == self.tail {
            self.head = 0;
            self.tail = 0;
        } else if self.len() <= self.window / 16 || self.bytes.len() - self.tail < self.window / 2 {
            self.compact();
        }
        let mut end = self.bytes.len();
        if self.len() < self.window {
            end = end.min(self.tail + self.window);
        }
        let room = &mut self.bytes[self.tail..end];
        if room.is_empty() {
            return Err(io::Error::new(
                io::ErrorKind::OutOfMemory,
                "the receive buffer is full",
            ));
        }
        let room_len = room.len();
        let count = reader.read(room)?.min(room_len);
        self.tail += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(bytes: &[u8], window: usize, limit: usize) -> ReadBuffer {
        let mut buffer = ReadBuffer::new(window, limit);
        buffer.free_mut()[..bytes.len()].copy_from_slice(bytes);
        buffer.advance(bytes.len());
        buffer
    }

    #[test]
    fn what_is_not_consumed_stays_in_order() {
        let mut buffer = with(b"abcdef", 16, 16);
        buffer.consume(2);
        assert_eq!(buffer.filled(), b"cdef");
        buffer.compact();
        assert_eq!(buffer.filled(), b"cdef");
        assert_eq!(buffer.free_mut().len(), 12);
    }

    #[test]
    fn consuming_everything_frees_the_whole_block() {
        let mut buffer = with(b"abcdef", 16, 16);
        buffer.consume(6);
        assert!(buffer.is_empty());
        assert_eq!(buffer.free_mut().len(), 16);
    }

    #[test]
    fn reserve_moves_before_it_grows() {
        let mut buffer = with(b"0123456789abcdef", 16, 64);
        buffer.consume(12);
        buffer.reserve(16).unwrap();
        assert_eq!((buffer.capacity(), buffer.filled()), (16, &b"cdef"[..]));
        buffer.reserve(17).unwrap();
        assert_eq!((buffer.capacity(), buffer.filled()), (32, &b"cdef"[..]));
    }

    #[test]
    fn growth_stops_at_the_limit() {
        let mut buffer = with(b"xy", 16, 40);
        buffer.reserve(33).unwrap();
        assert_eq!(buffer.capacity(), 40);
        assert_eq!(
            buffer.reserve(41),
            Err(LimitExceeded {
                needed: 41,
                limit: 40
            })
        );
        assert_eq!(buffer.filled(), b"xy");
    }

    #[test]
    fn split_lends_bytes_beside_the_cursor() {
        let mut buffer = with(b"abcdef", 16, 16);
        buffer.consume(1);
        let (bytes, head) = buffer.split();
        assert_eq!(&bytes[*head..], b"bcdef");
        *head += 3;
        assert_eq!(buffer.filled(), b"ef");
    }

    #[test]
    fn a_full_buffer_is_not_taken_for_the_end_of_the_stream() {
        let mut buffer = with(&[7; 16], 16, 16);
        let error = buffer.read_from(&mut &b"z"[..]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::OutOfMemory);
        assert_eq!(buffer.filled(), &[7; 16]);
    }

    #[test]
    fn a_grown_buffer_reads_one_window_at_a_time() {
        let mut buffer = ReadBuffer::new(16, 1024);
        buffer.reserve(1024).unwrap();
        assert_eq!(buffer.read_from(&mut &[1; 100][..]).unwrap(), 16);
    }
}
