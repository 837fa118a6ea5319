//! A stream that is read record by record.

use std::io::{self, Read, Write};

use boom_stream::{HalfClose, Layer, Phase};

/// The header of a record (RFC 8446, section 5.1): type, version, length.
const HEADER: usize = 5;

/// Lets no read go beyond the end of a record, so that what stands behind the handshake stays with the socket.
///
/// It costs two system calls a record, and is over with the handshake.
pub(super) struct Exact<S> {
    stream: S,
    /// `None`: reads go as far as they like.
    record: Option<Record>,
    /// Bytes read so far.
    count: u64,
}

/// How far the record that is being read has come.
#[derive(Clone, Copy, Debug, Default)]
struct Record {
    header: [u8; HEADER],
    /// Bytes of the header that have been read.
    read: usize,
    /// Bytes that follow the header and have not been read.
    left: usize,
}

impl Record {
    const fn is_between(self) -> bool {
        self.read == 0 && self.left == 0
    }

    /// How much may be read next.
    const fn limit(self) -> usize {
        if self.left > 0 {
            self.left
        } else {
            HEADER - self.read
        }
    }

    fn advance(&mut self, bytes: &[u8]) {
        if self.left > 0 {
            self.left -= bytes.len();
            return;
        }
        self.header[self.read..self.read + bytes.len()].copy_from_slice(bytes);
        self.read += bytes.len();
        if let (HEADER, [_, _, _, high, low]) = (self.read, self.header) {
            self.read = 0;
            self.left = usize::from(u16::from_be_bytes([high, low]));
        }
    }
}

impl<S> Exact<S> {
    pub(super) fn new(stream: S, is_exact: bool) -> Self {
        Self {
            stream,
            record: is_exact.then(Record::default),
            count: 0,
        }
    }

    pub(super) const fn get_ref(&self) -> &S {
        &self.stream
    }

    pub(super) const fn get_mut(&mut self) -> &mut S {
        &mut self.stream
    }

    pub(super) fn into_inner(self) -> S {
        self.stream
    }

    /// Bytes read so far.
    pub(super) const fn count(&self) -> u64 {
        self.count
    }

    /// Returns true if all that was read are whole records.
    pub(super) fn is_between_records(&self) -> bool {
        self.record.is_some_and(Record::is_between)
    }

    /// Lets reads go as far as they like from now on.
    pub(super) const fn release(&mut self) {
        self.record = None;
    }
}

impl<S: Read> Read for Exact<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(record) = &mut self.record else {
            return self.stream.read(buffer);
        };
        let limit = record.limit().min(buffer.len());
        let count = self.stream.read(&mut buffer[..limit])?;
        record.advance(&buffer[..count]);
        self.count += count as u64;
        Ok(count)
    }
}

impl<S: Write> Write for Exact<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

impl<S: HalfClose> HalfClose for Exact<S> {
    fn close_write(&mut self) -> io::Result<()> {
        self.stream.close_write()
    }
}

impl<S: Layer> Layer for Exact<S> {
    type Base = S::Base;

    fn base(&self) -> &S::Base {
        self.stream.base()
    }

    fn base_mut(&mut self) -> &mut S::Base {
        self.stream.base_mut()
    }

    fn has_buffered(&self) -> bool {
        self.stream.has_buffered()
    }

    fn wants_write(&self) -> bool {
        self.stream.wants_write()
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

    fn poll_close(&mut self) -> io::Result<bool> {
        self.stream.poll_close()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two records and a part of a third.
    const BYTES: [u8; 17] = [22, 3, 3, 0, 3, 1, 2, 3, 23, 3, 3, 0, 0, 22, 3, 3, 0];

    #[test]
    fn no_read_passes_the_end_of_a_record() {
        let mut exact = Exact::new(&BYTES[..], true);
        let mut counts = Vec::new();
        let mut ends = Vec::new();
        let mut room = [0; 64];
        while let count @ 1.. = exact.read(&mut room).unwrap() {
            counts.push(count);
            if exact.is_between_records() {
                ends.push(exact.count());
            }
        }
        assert_eq!(counts, [5, 3, 5, 4]);
        assert_eq!(ends, [8, 13]);
    }

    #[test]
    fn one_byte_at_a_time_ends_at_the_same_places() {
        let mut exact = Exact::new(&BYTES[..], true);
        let mut ends = Vec::new();
        while exact.read(&mut [0]).unwrap() == 1 {
            if exact.is_between_records() {
                ends.push(exact.count());
            }
        }
        assert_eq!(ends, [8, 13]);
    }

    #[test]
    fn what_is_released_is_read_at_once() {
        let mut exact = Exact::new(&BYTES[..], true);
        exact.release();
        assert_eq!(exact.read(&mut [0; 64]).unwrap(), 17);
        assert!(!exact.is_between_records());
    }
}
