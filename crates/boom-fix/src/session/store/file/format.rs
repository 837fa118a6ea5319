//! The bytes of a store's files. All numbers are little-endian.
//!
//! A file begins with a head of 64 bytes:
//!
//! ```text
//! 0   8  "boomfix" and the version, 1
//! 8   8  the number of the file
//! 16  8  the number of the file with which what is kept begins
//! 24  8  when the sequence numbers began, nanoseconds of Unix time
//! 32  8  next outgoing \  when the file was begun
//! 40  8  next incoming /
//! 48 12  zero
//! 60  4  CRC-32 of the above
//! ```
//!
//! Records follow, each of 28 bytes and those of the message:
//!
//! ```text
//! 0   4  CRC-32 of the next 24 bytes, the place of the record in the file and the number of the file (8 bytes each)
//! 4   4  CRC-32 of the message
//! 8   3  length of the message
//! 11  1  1: a message, 2: next outgoing, 3: next incoming
//! 12  8  the sequence number
//! 20  8  when it was written, nanoseconds of Unix time
//! ```
//!
//! The head of a record has a sum of its own, so that the length can be relied on, and so that where records go on behind
//! a damaged one is found by looking at each place once. The place is in the sum, so that no message that quotes a record
//! is taken for one.

/// The bytes of a file's head.
pub(in crate::session::store) const FILE_HEAD: usize = 64;
/// The bytes of a record without its message.
pub(in crate::session::store) const RECORD_HEAD: usize = 28;
/// The longest message that a record can have.
pub(super) const LONGEST: usize = (1 << 24) - 1;

const MAGIC: [u8; 8] = *b"boomfix\x01";

/// The head of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::session::store) struct FileHead {
    pub(in crate::session::store) segment: u64,
    pub(in crate::session::store) live_from: u64,
    pub(in crate::session::store) created: i64,
    pub(in crate::session::store) next_outgoing: u64,
    pub(in crate::session::store) next_incoming: u64,
}

impl FileHead {
    pub(super) fn to_bytes(self) -> [u8; FILE_HEAD] {
        let mut bytes = [0; FILE_HEAD];
        let numbers = [
            self.segment,
            self.live_from,
            self.created as u64,
            self.next_outgoing,
            self.next_incoming,
        ];
        let (head, crc) = bytes.split_at_mut(FILE_HEAD - 4);
        let words = [u64::from_le_bytes(MAGIC)].into_iter().chain(numbers);
        for (place, word) in head.chunks_exact_mut(8).zip(words) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        crc.copy_from_slice(&crc32fast::hash(head).to_le_bytes());
        bytes
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; FILE_HEAD] = bytes.get(..FILE_HEAD)?.try_into().ok()?;
        let (head, crc) = bytes.split_last_chunk::<4>()?;
        if crc32fast::hash(head) != u32::from_le_bytes(*crc) || !head.starts_with(&MAGIC) {
            return None;
        }
        let number = |at: usize| number_at(head, at);
        let head = Self {
            segment: number(8)?,
            live_from: number(16)?,
            created: number(24)? as i64,
            next_outgoing: number(32)?,
            next_incoming: number(40)?,
        };
        let is_sound = head.segment > 0
            && (1..=head.segment).contains(&head.live_from)
            && head.next_outgoing > 0
            && head.next_incoming > 0;
        is_sound.then_some(head)
    }
}

/// What a record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::session::store) enum Kind {
    Message = 1,
    NextOutgoing = 2,
    NextIncoming = 3,
}

/// A record without its message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::session::store) struct RecordHead {
    pub(in crate::session::store) kind: Kind,
    pub(in crate::session::store) number: u64,
    pub(in crate::session::store) time: i64,
    pub(in crate::session::store) length: usize,
    message_crc: u32,
}

impl RecordHead {
    pub(super) fn new(kind: Kind, number: u64, time: i64, message: &[u8]) -> Self {
        Self {
            kind,
            number,
            time,
            length: message.len(),
            message_crc: crc32fast::hash(message),
        }
    }

    /// The whole record's.
    pub(in crate::session::store) const fn record_length(&self) -> usize {
        RECORD_HEAD + self.length
    }

    /// As it stands at this place of this file. The length is at most [`LONGEST`].
    pub(super) fn to_bytes(self, segment: u64, offset: u64) -> [u8; RECORD_HEAD] {
        let mut bytes = [0; RECORD_HEAD];
        let length_and_kind = self.length as u32 | (self.kind as u32) << 24;
        bytes[4..8].copy_from_slice(&self.message_crc.to_le_bytes());
        bytes[8..12].copy_from_slice(&length_and_kind.to_le_bytes());
        bytes[12..20].copy_from_slice(&self.number.to_le_bytes());
        bytes[20..].copy_from_slice(&self.time.to_le_bytes());
        let crc = head_crc(&bytes, segment, offset);
        bytes[..4].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// None if these are not the bytes of a record at this place of this file.
    pub(super) fn from_bytes(bytes: &[u8], segment: u64, offset: u64) -> Option<Self> {
        let bytes: &[u8; RECORD_HEAD] = bytes.get(..RECORD_HEAD)?.try_into().ok()?;
        let kind = match bytes[11] {
            1 => Kind::Message,
            2 => Kind::NextOutgoing,
            3 => Kind::NextIncoming,
            _ => return None,
        };
        if small_at(bytes, 0)? != head_crc(bytes, segment, offset) {
            return None;
        }
        let head = Self {
            kind,
            number: number_at(bytes, 12)?,
            time: number_at(bytes, 20)? as i64,
            length: small_at(bytes, 8)? as usize & LONGEST,
            message_crc: small_at(bytes, 4)?,
        };
        let is_sound = match kind {
            Kind::Message => head.number > 0 && head.number < u64::MAX,
            Kind::NextOutgoing | Kind::NextIncoming => head.number > 0 && head.length == 0,
        };
        is_sound.then_some(head)
    }

    /// Returns true if this is the message.
    pub(in crate::session::store) fn is_of(&self, message: &[u8]) -> bool {
        message.len() == self.length && crc32fast::hash(message) == self.message_crc
    }
}

fn head_crc(bytes: &[u8; RECORD_HEAD], segment: u64, offset: u64) -> u32 {
    let mut summed = [0; RECORD_HEAD - 4 + 16];
    summed[..24].copy_from_slice(&bytes[4..]);
    summed[24..32].copy_from_slice(&offset.to_le_bytes());
    summed[32..].copy_from_slice(&segment.to_le_bytes());
    crc32fast::hash(&summed)
}

fn number_at(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u64::from_le_bytes(*bytes))
}

fn small_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_le_bytes(*bytes))
}
