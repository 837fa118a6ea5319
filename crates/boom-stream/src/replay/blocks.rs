//! The blocks of a pcapng file, one by one, from a reader that may end anywhere.
//!
//! Only the frame of a block is read here: its type and its length. What is in it is the business of the library, which
//! is given whole blocks only, so that "not enough" and "wrong" are never mixed up.

use std::fmt;
use std::io::{self, ErrorKind, Read};

use super::{Corruption, ReplayError};

/// No block of a recording is longer: a frame of 64 KiB with comments.
const MAX_BLOCK: usize = 1 << 20;
/// Type, length, and the length again.
const MIN_BLOCK: usize = 12;
/// The section header begins with this in either byte order.
const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const BYTE_ORDER_MAGIC: u32 = 0x1a2b_3c4d;
const CHUNK: usize = 128 << 10;

pub(super) struct Blocks {
    reader: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    /// The bytes that are read and not taken: `head <= tail <= buffer.len()`.
    head: usize,
    tail: usize,
    /// Where `head` is in the file.
    offset: u64,
    is_big_endian: bool,
    is_first: bool,
    /// Which file of the recording it is, for errors.
    part: u32,
}

impl fmt::Debug for Blocks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blocks")
            .field("offset", &self.offset)
            .finish_non_exhaustive()
    }
}

/// A whole block: its bytes are `buffer[start..end]`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) kind: u32,
    pub(super) offset: u64,
    start: usize,
    end: usize,
}

impl Blocks {
    pub(super) fn new(reader: Box<dyn Read + Send>, part: u32) -> Self {
        Self {
            reader,
            buffer: vec![0; CHUNK],
            head: 0,
            tail: 0,
            offset: 0,
            is_big_endian: false,
            is_first: true,
            part,
        }
    }

    /// Tells which file of the recording it is, once that is known.
    pub(super) const fn is_part(&mut self, part: u32) {
        self.part = part;
    }

    /// The error that says that the file was cut behind the last block.
    pub(super) const fn truncated(&self) -> ReplayError {
        ReplayError::Truncated {
            part: self.part,
            offset: self.offset,
        }
    }

    /// The next block, or none at the end of the file. The bytes of the one before are gone.
    pub(super) fn next(&mut self) -> Result<Option<Frame>, ReplayError> {
        if !self.fill(8)? {
            return match self.tail - self.head {
                0 => Ok(None),
                _ => Err(self.cut()),
            };
        }
        if self.word(0) == SECTION_HEADER {
            if !self.is_first {
                return Err(self.corrupt(Corruption::Second));
            }
            if !self.fill(12)? {
                return Err(self.cut());
            }
            self.is_big_endian = match self.word(8) {
                BYTE_ORDER_MAGIC => false,
                magic if magic.swap_bytes() == BYTE_ORDER_MAGIC => true,
                _ => return Err(ReplayError::NotPcapng),
            };
        } else if self.is_first {
            return Err(ReplayError::NotPcapng);
        }
        self.is_first = false;
        let (kind, length) = (self.word_in_order(0), self.word_in_order(4) as usize);
        if !length.is_multiple_of(4) || !(MIN_BLOCK..=MAX_BLOCK).contains(&length) {
            return Err(self.corrupt(Corruption::Length));
        }
        if !self.fill(length)? {
            return Err(self.cut());
        }
        if self.word_in_order(length - 4) as usize != length {
            return Err(self.corrupt(Corruption::Length));
        }
        let frame = Frame {
            kind,
            offset: self.offset,
            start: self.head,
            end: self.head + length,
        };
        self.head += length;
        self.offset += length as u64;
        Ok(Some(frame))
    }

    /// The bytes of the block that [`next`](Self::next) gave last.
    pub(super) fn bytes(&self, frame: Frame) -> &[u8] {
        self.buffer.get(frame.start..frame.end).unwrap_or_default()
    }

    /// Reads until `count` bytes are there; false where the file ends before.
    fn fill(&mut self, count: usize) -> io::Result<bool> {
        if self.tail - self.head >= count {
            return Ok(true);
        }
        self.buffer.copy_within(self.head..self.tail, 0);
        self.tail -= self.head;
        self.head = 0;
        if self.buffer.len() < count {
            self.buffer.resize(count, 0);
        }
        while self.tail < count {
            match self.reader.read(&mut self.buffer[self.tail..]) {
                Ok(0) => return Ok(false),
                Ok(read) => self.tail = self.buffer.len().min(self.tail + read),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    /// The four bytes that are so far behind `head`, which `fill` has made sure of.
    fn word(&self, at: usize) -> u32 {
        let bytes = self.buffer.get(self.head + at..self.head + at + 4);
        let word = bytes.and_then(|bytes| bytes.try_into().ok());
        word.map_or(0, u32::from_le_bytes)
    }

    fn word_in_order(&self, at: usize) -> u32 {
        match self.is_big_endian {
            true => self.word(at).swap_bytes(),
            false => self.word(at),
        }
    }

    fn cut(&self) -> ReplayError {
        match self.is_first {
            // Too short to tell what it was to become, unless it begins as nothing of ours does.
            true if !self.begins_as_pcapng() => ReplayError::NotPcapng,
            _ => self.truncated(),
        }
    }

    fn begins_as_pcapng(&self) -> bool {
        let bytes = self.buffer.get(self.head..self.tail).unwrap_or_default();
        let magic = SECTION_HEADER.to_le_bytes();
        bytes.iter().zip(magic).all(|(&byte, magic)| byte == magic)
    }

    fn corrupt(&self, what: Corruption) -> ReplayError {
        ReplayError::Corrupt {
            offset: self.offset,
            what,
        }
    }
}
