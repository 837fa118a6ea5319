//! A store that ends with its process.

use std::collections::VecDeque;

use super::{Store, StoreError, expectable, following};

const MAX_MESSAGES: usize = 65_536;
const MAX_BYTES: usize = 16 << 20;
/// Limits of the limits: more than this no memory may be there for.
const MOST_MESSAGES: usize = 1 << 24;
const MOST_BYTES: usize = 1 << 30;

/// Keeps the latest messages in memory: a ring, so that it allocates nothing after it was made. What has no room any more
/// is forgotten, the oldest first; a session fills such a gap instead of resending it.
///
/// # Examples
///
/// ```
/// use boom_fix::session::store::{MemoryStore, Store, StoreError};
///
/// let mut store = MemoryStore::with_limits(2, 1024);
/// for number in 1..=3 {
///     store.append(number, b"order")?;
/// }
/// let mut message = Vec::new();
/// assert!(!store.read(1, &mut message)?);
/// assert!(store.read(3, &mut message)?);
/// assert_eq!(message, b"order");
/// # Ok::<(), StoreError>(())
/// ```
#[derive(Clone, Debug)]
pub struct MemoryStore {
    next_outgoing: u64,
    next_incoming: u64,
    created: i64,
    /// In ascending order of numbers and places.
    entries: VecDeque<Entry>,
    max_messages: usize,
    ring: Box<[u8]>,
    /// Where the next message begins, counted on and on: the ring's place is what remains.
    end: u64,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    number: u64,
    start: u64,
    length: usize,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryStore {
    /// At most 65,536 messages and 16 MiB. The numbers began in 1970 until [`created_at`](Self::created_at) or a reset
    /// say otherwise.
    pub fn new() -> Self {
        Self::with_limits(MAX_MESSAGES, MAX_BYTES)
    }

    /// At most so many messages, and so many bytes of messages; at least one of each, and at most 16,777,216 messages and
    /// 1 GiB.
    pub fn with_limits(max_messages: usize, max_bytes: usize) -> Self {
        let max_messages = max_messages.clamp(1, MOST_MESSAGES);
        Self {
            next_outgoing: 1,
            next_incoming: 1,
            created: 0,
            entries: VecDeque::with_capacity(max_messages),
            max_messages,
            ring: vec![0; max_bytes.clamp(1, MOST_BYTES)].into(),
            end: 0,
        }
    }

    /// Says when the numbers began, in nanoseconds of Unix time.
    #[must_use]
    pub fn created_at(mut self, now: i64) -> Self {
        self.created = now;
        self
    }

    /// How many messages are kept.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns true if no message is kept.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn forget_from(&mut self, number: u64) {
        while let Some(last) = self.entries.back()
            && last.number >= number
        {
            self.end = last.start;
            self.entries.pop_back();
        }
    }

    fn make_room(&mut self, length: usize) {
        while let Some(first) = self.entries.front() {
            let taken = (self.end - first.start) as usize;
            if self.entries.len() < self.max_messages && taken + length <= self.ring.len() {
                return;
            }
            self.entries.pop_front();
        }
    }

    fn find(&self, number: u64) -> Option<Entry> {
        let first = self.entries.front()?;
        // Where no number was left out.
        let guess = usize::try_from(number.checked_sub(first.number)?).ok();
        if let Some(entry) = guess.and_then(|guess| self.entries.get(guess))
            && entry.number == number
        {
            return Some(*entry);
        }
        let index = self
            .entries
            .binary_search_by_key(&number, |entry| entry.number);
        index
            .ok()
            .and_then(|index| self.entries.get(index))
            .copied()
    }

    /// The part of the ring behind `start`, and where the message goes on.
    fn split(&self, start: u64, length: usize) -> (usize, usize) {
        let place = (start % self.ring.len() as u64) as usize;
        (place, length.min(self.ring.len() - place))
    }
}

impl Store for MemoryStore {
    fn next_outgoing(&self) -> u64 {
        self.next_outgoing
    }

    fn next_incoming(&self) -> u64 {
        self.next_incoming
    }

    fn set_next_outgoing(&mut self, number: u64) -> Result<(), StoreError> {
        self.next_outgoing = expectable(number)?;
        self.forget_from(number);
        Ok(())
    }

    fn set_next_incoming(&mut self, number: u64) -> Result<(), StoreError> {
        self.next_incoming = expectable(number)?;
        Ok(())
    }

    fn append(&mut self, number: u64, message: &[u8]) -> Result<(), StoreError> {
        let following = following(number)?;
        let (length, max) = (message.len(), self.ring.len());
        if length > max {
            return Err(StoreError::TooLong { length, max });
        }
        self.forget_from(number);
        self.make_room(length);
        let start = self.end;
        let (place, until_end) = self.split(start, length);
        let (head, tail) = message.split_at(until_end);
        let (front, back) = self.ring.split_at_mut(place);
        for (room, part) in [(back, head), (front, tail)] {
            if let Some(room) = room.get_mut(..part.len()) {
                room.copy_from_slice(part);
            }
        }
        self.entries.push_back(Entry {
            number,
            start,
            length,
        });
        self.end = start + length as u64;
        self.next_outgoing = following;
        Ok(())
    }

    fn read(&mut self, number: u64, into: &mut Vec<u8>) -> Result<bool, StoreError> {
        into.clear();
        let Some(entry) = self.find(number) else {
            return Ok(false);
        };
        let (place, until_end) = self.split(entry.start, entry.length);
        let (front, back) = self.ring.split_at(place);
        let parts = [back.get(..until_end), front.get(..entry.length - until_end)];
        for part in parts.into_iter().flatten() {
            into.extend_from_slice(part);
        }
        Ok(true)
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn reset(&mut self, now: i64) -> Result<(), StoreError> {
        self.entries.clear();
        (self.next_outgoing, self.next_incoming) = (1, 1);
        self.created = now;
        Ok(())
    }
}
