use std::fmt;
use std::io::{self, Write};

use super::LimitExceeded;

/// Encoded bytes that wait for the socket.
///
/// A message is encoded in place into [`reserve`](Self::reserve)d room and joins the queue whole by
/// [`commit`](Self::commit); [`flush_to`](Self::flush_to) writes what the socket takes and keeps the rest, in order.
///
/// # Examples
///
/// ```
/// use boom_stream::buffer::WriteBuffer;
///
/// let mut buffer = WriteBuffer::new(4096, 1 << 20);
/// buffer.reserve(5)?.copy_from_slice(b"hello");
/// buffer.commit(5);
/// let mut sent = Vec::new();
/// assert!(buffer.flush_to(&mut sent)?);
/// assert_eq!(sent, b"hello");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct WriteBuffer {
    bytes: Vec<u8>,
    /// First byte the socket has not taken. `head <= tail`.
    head: usize,
    /// First free byte. `tail <= bytes.len()`, and 0 where nothing waits.
    tail: usize,
    limit: usize,
    /// A writer has left bytes untaken since nothing waited last.
    is_blocked: bool,
}

/// Says how much there is and not what: it may be a password.
impl fmt::Debug for WriteBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WriteBuffer")
            .field("len", &self.len())
            .field("capacity", &self.bytes.len())
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

impl WriteBuffer {
    /// Allocates `capacity` bytes and lets the queue grow up to `limit` (at least `capacity`).
    pub fn new(capacity: usize, limit: usize) -> Self {
        Self {
            bytes: vec![0; capacity],
            head: 0,
            tail: 0,
            limit: limit.max(capacity),
            is_blocked: false,
        }
    }

    /// Returns true if a writer was given what waits and has left some of it untaken: it is slower than what is queued.
    pub const fn is_blocked(&self) -> bool {
        self.is_blocked
    }

    /// The bytes that wait, in the order they go out.
    #[inline]
    pub fn pending(&self) -> &[u8] {
        &self.bytes[self.head..self.tail]
    }

    /// Number of bytes that wait.
    #[inline]
    pub const fn len(&self) -> usize {
        self.tail - self.head
    }

    /// Returns true if nothing waits.
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.head == self.tail
    }

    /// Number of bytes that may wait at once.
    pub const fn limit(&self) -> usize {
        self.limit
    }

    /// Lends the whole buffer, if nothing waits: the usual case, since a socket nearly always takes what it is given.
    ///
    /// [`commit`](Self::commit) queues what was written to it, and [`write_vacant`](Self::write_vacant) sends it past the
    /// queue. It holds bytes of earlier messages.
    #[inline(always)]
    pub fn vacant_mut(&mut self) -> Option<&mut [u8]> {
        (self.tail == 0).then_some(self.bytes.as_mut_slice())
    }

    /// Writes the first `count` bytes of [`vacant_mut`](Self::vacant_mut) at once and queues what `writer` does not take.
    /// Returns true if nothing waits then.
    ///
    /// A count beyond the buffer is cut to it; where something waits, this is [`flush_to`](Self::flush_to).
    ///
    /// # Errors
    ///
    /// As [`flush_to`](Self::flush_to).
    ///
    /// # Examples
    ///
    /// ```
    /// use boom_stream::buffer::WriteBuffer;
    ///
    /// let mut buffer = WriteBuffer::new(8, 8);
    /// let mut sent = Vec::new();
    /// if let Some(room) = buffer.vacant_mut() {
    ///     room[..5].copy_from_slice(b"hello");
    /// }
    /// assert!(buffer.write_vacant(5, &mut sent)?);
    /// assert_eq!(sent, b"hello");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[inline(always)]
    pub fn write_vacant(
        &mut self,
        count: usize,
        writer: &mut (impl Write + ?Sized),
    ) -> io::Result<bool> {
        match self.bytes.get(..count) {
            Some(bytes) if self.tail == 0 => match writer.write(bytes) {
                Ok(taken) if taken == count => Ok(true),
                result => {
                    self.tail = count;
                    self.flush_rest(result, writer)
                }
            },
            _ => {
                if self.tail == 0 {
                    self.tail = self.bytes.len();
                }
                self.flush_to(writer)
            }
        }
    }

    /// Lends `count` bytes of room behind those that wait. Nothing joins the queue before [`commit`](Self::commit).
    ///
    /// The room holds bytes of earlier messages: write all that you commit.
    ///
    /// # Errors
    ///
    /// [`LimitExceeded`] where more bytes would wait than may; the queue is as before.
    #[inline]
    pub fn reserve(&mut self, count: usize) -> Result<&mut [u8], LimitExceeded> {
        if count > self.bytes.len() - self.tail {
            self.make_room(count)?;
        }
        Ok(&mut self.bytes[self.tail..self.tail + count])
    }

    #[cold]
    fn make_room(&mut self, count: usize) -> Result<(), LimitExceeded> {
        let needed = self.len().saturating_add(count);
        if needed > self.limit {
            return Err(LimitExceeded {
                needed,
                limit: self.limit,
            });
        }
        self.bytes.copy_within(self.head..self.tail, 0);
        self.tail -= self.head;
        self.head = 0;
        if needed > self.bytes.len() {
            let grown = needed
                .checked_next_power_of_two()
                .unwrap_or(needed)
                .min(self.limit);
            self.bytes.resize(grown, 0);
        }
        Ok(())
    }

    /// Queues the first `count` bytes of the room lent last, by [`reserve`](Self::reserve) or
    /// [`vacant_mut`](Self::vacant_mut).
    ///
    /// A count beyond the room is cut to it.
    #[inline]
    pub fn commit(&mut self, count: usize) {
        debug_assert!(count <= self.bytes.len() - self.tail);
        self.tail = (self.tail + count).min(self.bytes.len());
    }

    /// Queues `count` bytes of the room lent by the last [`reserve`](Self::reserve), from its byte `from` on.
    ///
    /// For a frame whose header is known last: room is left for the longest one, and what a shorter one does not need is
    /// skipped. Where other bytes wait, that moves the frame to close the gap. Counts beyond the room are cut to it.
    ///
    /// # Examples
    ///
    /// ```
    /// use boom_stream::buffer::WriteBuffer;
    ///
    /// let mut buffer = WriteBuffer::new(64, 64);
    /// buffer.reserve(10)?[4..].copy_from_slice(b":hello");
    /// buffer.commit_from(4, 6);
    /// assert_eq!(buffer.pending(), b":hello");
    /// # Ok::<(), boom_stream::buffer::LimitExceeded>(())
    /// ```
    pub fn commit_from(&mut self, from: usize, count: usize) {
        let start = self.tail.saturating_add(from).min(self.bytes.len());
        let end = start.saturating_add(count).min(self.bytes.len());
        if start == end {
            return;
        }
        if self.is_empty() {
            self.head = start;
            self.tail = end;
        } else {
            self.bytes.copy_within(start..end, self.tail);
            self.tail += end - start;
        }
    }

    /// Queues a copy of `bytes`, all of them or none.
    ///
    /// # Errors
    ///
    /// As [`reserve`](Self::reserve).
    #[inline]
    pub fn extend(&mut self, bytes: &[u8]) -> Result<(), LimitExceeded> {
        self.reserve(bytes.len())?.copy_from_slice(bytes);
        self.commit(bytes.len());
        Ok(())
    }

    /// Drops the first `count` bytes of [`pending`](Self::pending): the socket has taken them.
    ///
    /// A count beyond what waits drops all.
    #[inline]
    pub fn consume(&mut self, count: usize) {
        debug_assert!(count <= self.len());
        self.head = (self.head + count).min(self.tail);
        self.is_blocked = true;
        if self.head == self.tail {
            self.clear();
        }
    }

    /// Forgets all that waits.
    pub const fn clear(&mut self) {
        self.head = 0;
        self.tail = 0;
        self.is_blocked = false;
    }

    /// Writes until nothing waits (`true`) or the writer would block (`false`).
    ///
    /// In the usual case, where the socket takes everything, this is one call of `write`.
    ///
    /// # Errors
    ///
    /// The writer's, other than `WouldBlock` and `Interrupted`; `WriteZero` where it takes nothing. What it did not
    /// take still waits.
    #[inline(always)]
    pub fn flush_to(&mut self, writer: &mut (impl Write + ?Sized)) -> io::Result<bool> {
        if self.is_empty() {
            return Ok(true);
        }
        match writer.write(self.pending()) {
            Ok(count) if count == self.len() => {
                self.clear();
                Ok(true)
            }
            result => self.flush_rest(result, writer),
        }
    }

    /// Goes on after a write that did not take everything.
    #[cold]
    fn flush_rest(
        &mut self,
        mut result: io::Result<usize>,
        writer: &mut (impl Write + ?Sized),
    ) -> io::Result<bool> {
        loop {
            match result {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => self.consume(count.min(self.len())),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.is_blocked = true;
                    return Ok(false);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
            if self.is_empty() {
                return Ok(true);
            }
            result = writer.write(self.pending());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes `room` bytes, then would block.
    struct Narrow {
        taken: Vec<u8>,
        room: usize,
    }

    impl Write for Narrow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.room == 0 {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            let count = bytes.len().min(self.room);
            self.taken.extend_from_slice(&bytes[..count]);
            self.room -= count;
            Ok(count)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_the_socket_did_not_take_goes_out_later_in_order() {
        let mut buffer = WriteBuffer::new(4, 64);
        let mut socket = Narrow {
            taken: Vec::new(),
            room: 3,
        };
        buffer.extend(b"hello").unwrap();
        assert!(!buffer.is_blocked());
        assert!(!buffer.flush_to(&mut socket).unwrap());
        assert_eq!(buffer.pending(), b"lo");
        assert!(buffer.is_blocked());
        buffer.extend(b" world").unwrap();
        socket.room = 100;
        assert!(buffer.flush_to(&mut socket).unwrap());
        assert!(!buffer.is_blocked());
        assert_eq!(socket.taken, b"hello world");
    }

    #[test]
    fn a_message_beyond_the_limit_is_refused_whole() {
        let mut buffer = WriteBuffer::new(4, 8);
        buffer.extend(b"12345").unwrap();
        assert_eq!(
            buffer.extend(b"6789"),
            Err(LimitExceeded {
                needed: 9,
                limit: 8
            })
        );
        assert_eq!(buffer.pending(), b"12345");
        buffer.consume(4);
        buffer.extend(b"6789abc").unwrap();
        assert_eq!(buffer.pending(), b"56789abc");
    }

    #[test]
    fn room_joins_the_queue_only_by_commit() {
        let mut buffer = WriteBuffer::new(8, 8);
        buffer.reserve(4).unwrap().copy_from_slice(b"abcd");
        assert!(buffer.is_empty());
        buffer.commit(2);
        assert_eq!(buffer.pending(), b"ab");
    }

    #[test]
    fn a_frame_can_start_inside_the_room() {
        let mut buffer = WriteBuffer::new(16, 16);
        buffer.reserve(8).unwrap().copy_from_slice(b"..abcdef");
        buffer.commit_from(2, 3);
        assert_eq!(buffer.pending(), b"abc");
        buffer.reserve(6).unwrap().copy_from_slice(b"...xyz");
        buffer.commit_from(3, 3);
        assert_eq!(buffer.pending(), b"abcxyz");
    }

    #[test]
    fn what_is_sent_past_the_queue_joins_it_where_the_socket_is_full() {
        let mut buffer = WriteBuffer::new(8, 8);
        let mut socket = Narrow {
            taken: Vec::new(),
            room: 3,
        };
        buffer.vacant_mut().unwrap()[..5].copy_from_slice(b"hello");
        assert!(!buffer.write_vacant(5, &mut socket).unwrap());
        assert_eq!(buffer.pending(), b"lo");
        assert_eq!(buffer.vacant_mut(), None);
        socket.room = 100;
        assert!(buffer.write_vacant(5, &mut socket).unwrap());
        assert_eq!(socket.taken, b"hello");
        assert_eq!(buffer.vacant_mut().unwrap().len(), 8);
        assert!(buffer.write_vacant(9, &mut socket).unwrap(), "cut to 8");
        assert_eq!(socket.taken.len(), 5 + 8);
        assert!(buffer.is_empty());
    }

    #[test]
    fn a_writer_that_takes_nothing_is_an_error() {
        let mut buffer = WriteBuffer::new(8, 8);
        buffer.extend(b"abcd").unwrap();
        let error = buffer.flush_to(&mut &mut [][..]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::WriteZero);
        assert_eq!(buffer.pending(), b"abcd");
    }
}
