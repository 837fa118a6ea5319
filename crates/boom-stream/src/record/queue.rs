//! The queue between a stream's thread and the thread that writes its recording.
//!
//! One ring of bytes. An entry is a header of fixed size and the bytes that passed; both stand in the ring before
//! either side looks at the next entry.

use std::io::ErrorKind;

use rtrb::{Consumer, Producer, RingBuffer};

use super::format::{kind_index, kind_of_index};

/// What an entry tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// Bytes read or written.
    Bytes {
        direction: Direction,
        /// False if more bytes of the same read or write follow in the next entry.
        last: bool,
    },
    /// A read returned no bytes: the peer has ended.
    PeerClosed,
    /// This side has said that it sends no more.
    Closed,
    /// A read or a write failed.
    Failed {
        direction: Direction,
        kind: ErrorKind,
    },
    /// What had no room in the queue; a [`Gap`] in bytes.
    Gap,
}

impl Entry {
    /// The pieces of a long read are one event.
    pub(super) const fn is_event(self) -> bool {
        !matches!(self, Self::Bytes { last: false, .. } | Self::Gap)
    }
}

/// Which way bytes pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Inbound,
    Outbound,
}

impl Direction {
    pub(super) const fn index(self) -> usize {
        self as usize
    }

    pub(super) const fn other(self) -> Self {
        match self {
            Self::Inbound => Self::Outbound,
            Self::Outbound => Self::Inbound,
        }
    }
}

/// Reads and writes that are missing, by direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Gap {
    pub(super) count: [u64; 2],
    pub(super) bytes: [u64; 2],
}

impl Gap {
    pub(super) const fn add(&mut self, direction: Direction, bytes: u64) {
        self.count[direction.index()] += 1;
        self.bytes[direction.index()] += bytes;
    }

    pub(super) const fn join(&mut self, other: Self) {
        let mut index = 0;
        while index < 2 {
            self.count[index] += other.count[index];
            self.bytes[index] += other.bytes[index];
            index += 1;
        }
    }

    pub(super) const fn total(&self) -> u64 {
        self.count[0] + self.count[1]
    }

    pub(super) const fn total_bytes(&self) -> u64 {
        self.bytes[0] + self.bytes[1]
    }

    pub(super) fn to_bytes(self) -> [u8; GAP_LEN] {
        let mut bytes = [0; GAP_LEN];
        let [counts, lengths] = [self.count, self.bytes];
        let numbers = counts.into_iter().chain(lengths);
        for (place, number) in bytes.chunks_exact_mut(8).zip(numbers) {
            place.copy_from_slice(&number.to_le_bytes());
        }
        bytes
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        let mut numbers = bytes.chunks_exact(8).map(|chunk| {
            chunk
                .try_into()
                .map_or(0, |chunk: [u8; 8]| u64::from_le_bytes(chunk))
        });
        let mut next = || numbers.next().unwrap_or(0);
        Self {
            count: [next(), next()],
            bytes: [next(), next()],
        }
    }
}

/// The bytes of a [`Gap`] in the ring.
pub(super) const GAP_LEN: usize = 32;
/// The bytes of a header in the ring.
pub(super) const HEADER_LEN: usize = 16;
/// The smallest that pages of memory are.
const PAGE: usize = 4096;
/// The queue is never smaller: a gap and some bytes have room.
pub(super) const MIN_QUEUE: usize = 256;

pub(super) fn queue(bytes: usize) -> (Inlet, Outlet) {
    let (mut producer, consumer) = RingBuffer::new(bytes.max(MIN_QUEUE));
    touch(&mut producer);
    let outlet = Outlet {
        ring: consumer,
        header: None,
        bytes: Vec::with_capacity(4096),
    };
    (Inlet { ring: producer }, outlet)
}

/// Writes to each page of the ring once, so that the kernel gives it now and not by a fault on the hot path.
fn touch(ring: &mut Producer<u8>) {
    // A chunk that is not committed is as if it had never been.
    let Ok(mut chunk) = ring.write_chunk_uninit(ring.slots()) else {
        return;
    };
    let (bytes, _) = chunk.as_mut_slices();
    for byte in bytes.iter_mut().step_by(PAGE) {
        byte.write(0);
    }
}

/// The end of the thread that reads and writes the stream.
#[derive(Debug)]
pub(super) struct Inlet {
    ring: Producer<u8>,
}

impl Inlet {
    /// Returns true if so many bytes have room, the headers of their entries included.
    pub(super) fn has_room(&self, bytes: usize) -> bool {
        self.ring.slots() >= bytes
    }

    /// Returns true if more than a quarter is taken.
    pub(super) fn is_filling(&self) -> bool {
        let capacity = self.ring.buffer().capacity();
        self.ring.slots() < capacity - capacity / 4
    }

    /// Puts an entry in, or does nothing where it has no room.
    #[inline]
    pub(super) fn push(&mut self, entry: Entry, time_ns: u64, bytes: &[u8]) -> bool {
        let Ok(mut chunk) = self.ring.write_chunk(HEADER_LEN + bytes.len()) else {
            return false;
        };
        let header = || encode(entry, time_ns, bytes.len() as u32);
        let (first, second) = chunk.as_mut_slices();
        // The ring's end is seldom within an entry.
        if let Some((place, rest)) = first.split_first_chunk_mut()
            && rest.len() == bytes.len()
        {
            *place = header();
            rest.copy_from_slice(bytes);
        } else {
            copy_divided(&header(), bytes, first, second);
        }
        chunk.commit_all();
        true
    }

    /// The longest bytes that an entry can ever carry.
    pub(super) fn max_entry(&self) -> usize {
        // Half, so that a long read need not wait until the queue is quite empty.
        self.ring.buffer().capacity() / 2 - HEADER_LEN
    }

    /// Returns true if nobody takes out what is put in.
    pub(super) fn is_abandoned(&self) -> bool {
        self.ring.is_abandoned()
    }
}

/// The end of the thread that writes the file.
#[derive(Debug)]
pub(super) struct Outlet {
    ring: Consumer<u8>,
    /// Of the entry whose bytes are not all there yet.
    header: Option<(Entry, u64, usize)>,
    /// Those of the entry that was taken last, in one piece.
    bytes: Vec<u8>,
}

impl Outlet {
    /// Takes the next entry out: what, when, and its bytes.
    pub(super) fn pop(&mut self) -> Option<(Entry, u64, &[u8])> {
        let (entry, time_ns, len) = match self.header.take() {
            Some(header) => header,
            None => self.pop_header()?,
        };
        let Ok(chunk) = self.ring.read_chunk(len) else {
            self.header = Some((entry, time_ns, len));
            return None;
        };
        let (first, second) = chunk.as_slices();
        self.bytes.clear();
        self.bytes.extend_from_slice(first);
        self.bytes.extend_from_slice(second);
        chunk.commit_all();
        Some((entry, time_ns, &self.bytes))
    }

    fn pop_header(&mut self) -> Option<(Entry, u64, usize)> {
        let mut header = [0; HEADER_LEN];
        self.ring.pop_entire_slice(&mut header).ok()?;
        Some(decode(&header))
    }

    /// Returns true if nobody puts in any more.
    pub(super) fn is_abandoned(&self) -> bool {
        self.ring.is_abandoned()
    }
}

/// Copies an entry that the ring's end divides.
#[cold]
#[inline(never)]
fn copy_divided(header: &[u8], bytes: &[u8], first: &mut [u8], second: &mut [u8]) {
    let (first, second) = copy_over(header, first, second);
    copy_over(bytes, first, second);
}

/// Fills the places in turn, and returns what is left of them.
fn copy_over<'a>(
    bytes: &[u8],
    first: &'a mut [u8],
    second: &'a mut [u8],
) -> (&'a mut [u8], &'a mut [u8]) {
    let (here, there) = bytes.split_at(bytes.len().min(first.len()));
    let (place, first) = first.split_at_mut(here.len());
    place.copy_from_slice(here);
    let (place, second) = second.split_at_mut(there.len().min(second.len()));
    place.copy_from_slice(&there[..place.len()]);
    (first, second)
}

const PIECE: u8 = 1;

#[inline]
fn encode(entry: Entry, time_ns: u64, len: u32) -> [u8; HEADER_LEN] {
    let (code, detail) = match entry {
        Entry::Bytes { direction, last } => (direction as u8, if last { 0 } else { PIECE }),
        Entry::Failed { direction, kind } => (2 + direction as u8, kind_index(kind)),
        Entry::PeerClosed => (4, 0),
        Entry::Closed => (5, 0),
        Entry::Gap => (6, 0),
    };
    let numbers = u64::from(len) << 32 | u64::from(detail) << 8 | u64::from(code);
    let mut header = [0; HEADER_LEN];
    header[..8].copy_from_slice(&time_ns.to_le_bytes());
    header[8..].copy_from_slice(&numbers.to_le_bytes());
    header
}

fn decode(header: &[u8; HEADER_LEN]) -> (Entry, u64, usize) {
    let number = u128::from_le_bytes(*header);
    let (time_ns, number) = (number as u64, (number >> 64) as u64);
    let (code, detail, len) = (number as u8, (number >> 8) as u8, (number >> 32) as usize);
    let direction = match code & 1 {
        0 => Direction::Inbound,
        _ => Direction::Outbound,
    };
    let entry = match code {
        0 | 1 => Entry::Bytes {
            direction,
            last: detail != PIECE,
        },
        2 | 3 => Entry::Failed {
            direction,
            kind: kind_of_index(detail),
        },
        4 => Entry::PeerClosed,
        5 => Entry::Closed,
        _ => Entry::Gap,
    };
    (entry, time_ns, len)
}

#[cfg(test)]
mod tests {
    use super::*;

    const READ: Entry = Entry::Bytes {
        direction: Direction::Inbound,
        last: true,
    };

    #[test]
    fn each_entry_comes_back() {
        let (mut inlet, mut outlet) = queue(0);
        let failed = Entry::Failed {
            direction: Direction::Outbound,
            kind: ErrorKind::BrokenPipe,
        };
        let piece = Entry::Bytes {
            direction: Direction::Outbound,
            last: false,
        };
        for (time, entry) in [
            READ,
            piece,
            failed,
            Entry::PeerClosed,
            Entry::Closed,
            Entry::Gap,
        ]
        .into_iter()
        .enumerate()
        {
            let time = u64::MAX - time as u64;
            assert!(inlet.push(entry, time, b"abc"));
            assert_eq!(outlet.pop(), Some((entry, time, &b"abc"[..])));
        }
        assert_eq!(outlet.pop(), None);
    }

    #[test]
    fn entries_wrap_around_and_a_full_queue_takes_nothing() {
        let (mut inlet, mut outlet) = queue(0);
        let payload: Vec<u8> = (0..100).collect();
        for time in 0..1000 {
            assert!(inlet.push(READ, time, &payload));
            assert!(inlet.push(READ, time, &[]));
            assert!(!inlet.push(READ, time, &[0; 130]));
            assert_eq!(outlet.pop(), Some((READ, time, &payload[..])));
            assert_eq!(outlet.pop(), Some((READ, time, &[][..])));
            assert_eq!(outlet.pop(), None);
        }
        drop(inlet);
        assert!(outlet.is_abandoned());
    }

    #[test]
    fn an_entry_is_divided_anywhere() {
        for at in 0..=9 {
            let mut ring = [0; 9];
            let (first, second) = ring.split_at_mut(at);
            copy_divided(b"head", b"bytes", first, second);
            assert_eq!(&ring, b"headbytes");
        }
    }

    #[test]
    fn a_gap_comes_back() {
        let mut gap = Gap::default();
        gap.add(Direction::Outbound, 7);
        gap.add(Direction::Inbound, 1 << 40);
        gap.add(Direction::Inbound, 1);
        assert_eq!(gap.total(), 3);
        assert_eq!(Gap::from_bytes(&gap.to_bytes()), gap);
    }
}
