//! The bytes of a message that is kept, and their sum, which follows each change.

use super::super::{BODY_LENGTH, Result, text};
use crate::error::EncodeError;
use crate::sys::TRAILER;
use crate::value::{Date, UtcTimestamp};

#[derive(Clone, Debug)]
pub(super) struct Kept {
    /// Room for a longer `BodyLength`, the message, and the trailer.
    bytes: Vec<u8>,
    slots: Vec<Slot>,
    begin: Vec<u8>,
    start: usize,
    /// Of everything from the start to the trailer, modulo 256 at least.
    sum: u32,
}

#[derive(Clone, Debug)]
struct Slot {
    tag: u32,
    /// Where the value is.
    start: usize,
    length: usize,
    sum: u32,
    /// What stands before the point, if it is a timestamp, and the sum of its characters.
    second: (Second, u32),
}

/// A second of a day and how many digits it has: all parts in one number; 0 for none, as no day is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Second(u64);

impl Slot {
    #[inline(always)]
    fn change_sum(&mut self, total: &mut u32, sum: u32) {
        *total = total.wrapping_sub(self.sum).wrapping_add(sum);
        self.sum = sum;
    }
}

impl Second {
    const NONE: Self = Self(0);

    #[inline(always)]
    const fn of(value: UtcTimestamp) -> Self {
        let (Date { year, month, day }, time) = (value.date, value.time);
        let [y, z] = year.to_le_bytes();
        let precision = time.precision as u8;
        let parts = [
            y,
            z,
            month,
            day,
            time.hour,
            time.minute,
            time.second,
            precision,
        ];
        Self(u64::from_le_bytes(parts))
    }
}

/// What is set aside for the value of each place.
const ROOM: usize = 64;
/// `YYYYMMDD-HH:MM:SS`
const SECONDS: usize = 17;

impl Kept {
    pub(super) fn new(begin: &[u8], body: &[u8], slots: &[(u32, usize)]) -> Result<Self> {
        let front = begin.len() + BODY_LENGTH + 1;
        let length = front + body.len() + TRAILER;
        let mut bytes = Vec::with_capacity(length + ROOM * slots.len());
        bytes.resize(front, 0);
        bytes.extend(body);
        bytes.resize(length, 0);
        let slot = |&(tag, place)| Slot {
            tag,
            start: front + place,
            length: 0,
            sum: 0,
            second: (Second::NONE, 0),
        };
        let mut kept = Self {
            bytes,
            slots: slots.iter().map(slot).collect(),
            begin: begin.to_vec(),
            start: 0,
            sum: 0,
        };
        kept.begin_again()?;
        Ok(kept)
    }

    #[inline(always)]
    pub(super) fn tag_of(&self, slot: usize) -> Option<u32> {
        self.slots.get(slot).map(|slot| slot.tag)
    }

    /// Text whose sum is known.
    #[inline]
    pub(super) fn put(&mut self, slot: usize, value: &[u8], sum: u32) -> Result<()> {
        let (slot, bytes, total) = self.place(slot, value.len())?;
        if let Some(room) = bytes.get_mut(slot.start..) {
            text::copy(room, value);
        }
        slot.second.0 = Second::NONE;
        slot.change_sum(total, sum);
        Ok(())
    }

    /// One to eight characters, the first in the lowest byte, zeros above.
    #[inline(always)]
    pub(super) fn put_word(&mut self, slot: usize, value: u64, width: usize) -> Result<()> {
        let (slot, bytes, total) = self.place(slot, width)?;
        // A delimiter and the trailer stand behind every value, which are eight bytes.
        if let Some(room) = bytes.get_mut(slot.start..slot.start + 8)
            && let Some(room) = room.first_chunk_mut()
        {
            // In two steps, because a shift by all bits is none.
            let others = u64::MAX << (8 * width - 8) << 8;
            *room = (u64::from_le_bytes(*room) & others | value).to_le_bytes();
        }
        slot.second.0 = Second::NONE;
        slot.change_sum(total, text::sum_of_word(value) as u32);
        Ok(())
    }

    /// A timestamp that is valid. What stands before the point is only written where it is another.
    #[inline]
    pub(super) fn put_timestamp(&mut self, slot: usize, value: UtcTimestamp) -> Result<()> {
        let sum = match self.slots.get(slot) {
            Some(slot) if slot.second.0 == Second::of(value) => slot.second.1,
            _ => self.put_second(slot, value)?,
        };
        let Some(slot) = self.slots.get_mut(slot) else {
            return Ok(());
        };
        let fraction = slot.start + SECONDS..slot.start + slot.length;
        let fraction = match self.bytes.get_mut(fraction) {
            Some(room) => text::fraction_and_sum(room, value.time),
            None => 0,
        };
        slot.change_sum(&mut self.sum, sum + fraction);
        Ok(())
    }

    /// Makes room for a timestamp, writes what stands before the point and tells its sum.
    #[inline(never)]
    fn put_second(&mut self, slot: usize, value: UtcTimestamp) -> Result<u32> {
        let digits = value.time.precision.digits();
        let width = SECONDS + digits + usize::from(digits > 0);
        let (slot, bytes, _) = self.place(slot, width)?;
        let Some(room) = bytes.get_mut(slot.start..slot.start + SECONDS) else {
            return Ok(0);
        };
        let mut text = [0; text::TIMESTAMP];
        text::timestamp(&mut text, value);
        room.copy_from_slice(&text[..SECONDS]);
        let sum = text::sum(room).unwrap_or(0);
        slot.second = (Second::of(value), sum);
        Ok(sum)
    }

    /// The place, as long as the value, the bytes and their sum.
    #[inline(always)]
    fn place(&mut self, slot: usize, width: usize) -> Result<(&mut Slot, &mut [u8], &mut u32)> {
        if self.slots.get(slot).is_none_or(|slot| slot.length != width) {
            self.move_rest(slot, width)?;
        }
        match self.slots.get_mut(slot) {
            Some(slot) => Ok((slot, &mut self.bytes, &mut self.sum)),
            None => Err(EncodeError::NoRoom { tag: 9 }),
        }
    }

    /// Makes a place longer or shorter.
    #[cold]
    fn move_rest(&mut self, slot: usize, width: usize) -> Result<()> {
        let Some((known, behind)) = self
            .slots
            .get_mut(slot..)
            .and_then(<[Slot]>::split_first_mut)
        else {
            return Err(EncodeError::NoRoom { tag: 9 });
        };
        let (start, old_end) = (known.start, known.start + known.length);
        let (new_end, length) = (start + width, self.bytes.len());
        known.length = width;
        for other in behind {
            other.start = other.start - old_end + new_end;
        }
        let moved = length - old_end + new_end;
        if moved > length {
            self.bytes.resize(moved, 0);
        }
        self.bytes.copy_within(old_end..length, new_end);
        self.bytes.truncate(moved);
        self.begin_again()
    }

    /// Writes `BodyLength` anew, and takes the sum of everything.
    fn begin_again(&mut self) -> Result<()> {
        let front = self.begin.len() + BODY_LENGTH + 1;
        let length = (self.bytes.len() - front - TRAILER) as u64;
        let digits = text::width(length);
        if digits > BODY_LENGTH {
            return Err(EncodeError::NoRoom { tag: 9 });
        }
        self.start = BODY_LENGTH - digits;
        let (begin, room) = (self.begin.len(), self.bytes.as_mut_slice());
        if let Some(room) = room
            .get_mut(begin..)
            .and_then(|room| room.first_chunk_mut())
        {
            *room = text::body_length(length);
        }
        if let Some(room) = room.get_mut(self.start..) {
            text::copy(room, &self.begin);
        }
        self.sum = sum_of(self.bytes.get(self.start..self.bytes.len() - TRAILER));
        for slot in &mut self.slots {
            slot.sum = sum_of(self.bytes.get(slot.start..slot.start + slot.length));
        }
        Ok(())
    }

    #[inline(always)]
    pub(super) fn finish(&mut self) -> &[u8] {
        if let Some(trailer) = self.bytes.last_chunk_mut() {
            *trailer = text::trailer(self.sum);
        }
        self.bytes.get(self.start..).unwrap_or_default()
    }
}

fn sum_of(bytes: Option<&[u8]>) -> u32 {
    let bytes = bytes.unwrap_or_default().iter();
    bytes.fold(0, |sum, &byte| sum.wrapping_add(byte.into()))
}
