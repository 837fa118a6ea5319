//! Any processor: eight bytes at a time in a register.
//!
//! Field after field: the bytes with which a field starts have its tag, and most often its end too. What most fields are
//! like is read by [`common_fields`], a function without calls whose variables fit into the registers; the rest by
//! [`any_field`].

use std::hint::black_box;

use super::{FIRST, Frame, Indexed, Outcome, Place, Tables, tags};
use crate::data_fields::Start;
use crate::fields::SOH;

#[inline(never)]
pub(super) fn index(frame: &Frame<'_>, tables: &mut Tables) -> Indexed {
    let first = Reached {
        at: frame.body.wrapping_sub(1),
        count: FIRST,
    };
    let reached = common_fields(frame, tables, first);
    if !reached.is_end(frame) {
        return index_others(frame, tables, reached);
    }
    Indexed {
        count: reached.count,
        sum: body_sum(frame),
        outcome: Outcome::Plain,
    }
}

/// The same from a field on that is not common.
#[cold]
#[inline(never)]
fn index_others(frame: &Frame<'_>, tables: &mut Tables, mut reached: Reached) -> Indexed {
    let mut outcome = Outcome::Plain;
    while !reached.is_end(frame) {
        match any_field(frame, tables, reached) {
            Ok(next) => reached = common_fields(frame, tables, next),
            Err(other) => {
                outcome = other;
                break;
            }
        }
    }
    Indexed {
        count: reached.count,
        sum: body_sum(frame),
        outcome,
    }
}

/// Apart from [`index`], which has fewer registers to save that way.
#[inline(never)]
fn body_sum(frame: &Frame<'_>) -> u32 {
    sum(frame.body())
}

pub(super) fn sum_and_count(bytes: &[u8]) -> (u32, usize) {
    let (words, rest) = bytes.as_chunks::<8>();
    let in_words: u32 = words
        .iter()
        .map(|word| ends(u64::from_le_bytes(*word)).count_ones())
        .sum();
    let in_rest = rest.iter().filter(|&&byte| byte == SOH).count();
    (sum(bytes), in_words as usize + in_rest)
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;
const LOWS: u64 = 0x7f7f_7f7f_7f7f_7f7f;
/// Every other byte.
const EVEN: u64 = 0x00ff_00ff_00ff_00ff;

/// How far the tables are filled.
#[derive(Clone, Copy, Debug)]
struct Reached {
    /// Where the next field has the delimiter in front, or what [`like_delimiters`] took for one.
    at: usize,
    /// Entries in the tables.
    count: usize,
}

impl Reached {
    /// Whether the trailer is all that is left.
    #[inline(always)]
    const fn is_end(self, frame: &Frame<'_>) -> bool {
        self.at.wrapping_add(1) >= frame.end
    }
}

/// Goes on as far as fields have a tag of one to three digits that announces no data, a delimiter in front, and a whole
/// [`WINDOW`] from there.
#[inline(never)]
fn common_fields(frame: &Frame<'_>, tables: &mut Tables, reached: Reached) -> Reached {
    let Some(mut walk) = Walk::new(frame, tables, reached) else {
        return reached;
    };
    let starts = frame.data.starts();
    while let Some(window) = walk.window() {
        let text = first_four(window);
        let digits = Start::digits(text);
        let start = starts.of(digits);
        let is_put = if text == start.with_sign {
            walk.put(digits, 2, window)
        } else if let Some(tag) = three_digits(window, digits, text.wrapping_sub(start.with_zero)) {
            !starts.is_odd(tag) && walk.put(tag, 3, window)
        } else if let Some(tag) = one_digit(window) {
            !starts.is_odd(tag) && walk.put(tag, 1, window)
        } else {
            false
        };
        if !is_put {
            break;
        }
    }
    walk.reached
}

/// A delimiter and two words: the whole field in most cases.
const WINDOW: usize = 17;

struct Walk<'a> {
    bytes: &'a [u8],
    tags: &'a mut [u32],
    places: &'a mut [Place],
    reached: Reached,
    /// Where the last window starts and where the last word.
    last_window: usize,
    last_word: usize,
    /// The constant of this name, hidden from the compiler, which would load it anew for each word.
    highs: u64,
}

impl<'a> Walk<'a> {
    #[inline(always)]
    fn new(frame: &Frame<'a>, tables: &'a mut Tables, reached: Reached) -> Option<Self> {
        // Equally long for the compiler too, so that one comparison does for both.
        let room = tables.tags.len().min(tables.places.len());
        Some(Self {
            bytes: frame.bytes,
            tags: tables.tags.get_mut(..room)?,
            places: tables.places.get_mut(..room)?,
            reached,
            last_window: frame.bytes.len().checked_sub(WINDOW)?,
            last_word: frame.bytes.len().checked_sub(8)?,
            highs: black_box(HIGHS),
        })
    }

    #[inline(always)]
    fn window(&self) -> Option<&'a [u8; WINDOW]> {
        // With this the compiler knows that the bytes are there, and compares no more.
        if self.reached.at > self.last_window {
            return None;
        }
        self.bytes.get(self.reached.at..)?.first_chunk()
    }

    /// Enters the field of a window; false if there is no room.
    #[inline(always)]
    fn put(&mut self, tag: u32, digits: usize, window: &[u8; WINDOW]) -> bool {
        let Reached { at, count } = self.reached;
        let (Some(room), Some(place)) = (self.tags.get_mut(count), self.places.get_mut(count))
        else {
            return false;
        };
        // At once, so that they need no registers while the end is looked for.
        *room = tag;
        place.start = (at + digits + 2) as u32;
        let (Some(end), Some(place)) = (self.end(at, window), self.places.get_mut(count)) else {
            return false;
        };
        place.end = end as u32;
        self.reached = Reached {
            at: end,
            count: count + 1,
        };
        true
    }

    /// What looks like the delimiter behind the field at `at`; there is one in front of the trailer.
    // Three times the same few instructions: brought together, they take two more a field.
    #[inline(always)]
    fn end(&self, at: usize, window: &[u8; WINDOW]) -> Option<usize> {
        let [first, second] = window[1..].as_chunks::<8>().0 else {
            return None;
        };
        let found = like_delimiters(*first) & self.highs;
        if found != 0 {
            return Some(at + 1 + within(found));
        }
        let found = like_delimiters(*second) & self.highs;
        if found != 0 {
            return Some(at + 9 + within(found));
        }
        let mut at = at + WINDOW;
        while at <= self.last_word {
            let found = like_delimiters(*self.bytes.get(at..)?.first_chunk()?) & self.highs;
            if found != 0 {
                return Some(at + within(found));
            }
            at += 8;
        }
        None
    }
}

/// The high bit of each byte that is a delimiter, and of some that are none: 0, those above 0x81, and maybe those behind
/// one of these. The first such bit is never behind the first delimiter, and that it is one is seen when the next field is
/// read, with its tag. An exact answer takes twice the instructions.
#[inline(always)]
const fn like_delimiters(word: [u8; 8]) -> u64 {
    // 0x81 less each byte; a byte that is more borrows from those behind it alone.
    (HIGHS | ONES).wrapping_sub(u64::from_le_bytes(word))
}

/// The byte with the first bit that is set.
#[inline(always)]
const fn within(found: u64) -> usize {
    (found.trailing_zeros() >> 3) as usize
}

/// The delimiter and three bytes.
#[inline(always)]
const fn first_four(window: &[u8; WINDOW]) -> u32 {
    let [a, b, c, d, ..] = *window;
    u32::from_le_bytes([a, b, c, d])
}

/// The tag if it has three digits: two that are known, and `third` in the uppermost byte with nothing below.
#[inline(always)]
const fn three_digits(window: &[u8; WINDOW], two: u32, third: u32) -> Option<u32> {
    let third = third.rotate_left(8);
    if third > 9 || window[4] != b'=' {
        return None;
    }
    Some(10 * two + third)
}

/// The tag if it has one digit.
#[inline(always)]
fn one_digit(window: &[u8; WINDOW]) -> Option<u32> {
    let word = u64::from_le_bytes(*window.first_chunk()?);
    let digit = (word >> 8 & 0xff) as u32 ^ u32::from(b'0');
    let around = u64::from_le_bytes([SOH, 0, b'=', 0, 0, 0, 0, 0]);
    (word & 0x00ff_00ff == around && digit <= 9).then_some(digit)
}

/// Enters the one field at `reached`, or goes from what is no delimiter to where the field before it ends.
#[cold]
#[inline(never)]
fn any_field(frame: &Frame<'_>, tables: &mut Tables, reached: Reached) -> Result<Reached, Outcome> {
    let Reached { at, count } = reached;
    let delimiter = delimiter_from(frame, at).ok_or(Outcome::Unsure)?;
    if delimiter != at {
        let before = tables.places.get_mut(count.wrapping_sub(1));
        before.ok_or(Outcome::Unsure)?.end = delimiter as u32;
        return Ok(Reached {
            at: delimiter,
            count,
        });
    }
    let (tag, width) = tags::any_tag_at(frame, at as u32 + 1).ok_or(Outcome::Unsure)?;
    let start = at + 1 + width as usize;
    let end = delimiter_from(frame, start).ok_or(Outcome::Unsure)?;
    let (Some(room), Some(place)) = (tables.tags.get_mut(count), tables.places.get_mut(count))
    else {
        return Err(Outcome::Full);
    };
    *room = tag;
    *place = Place {
        start: start as u32,
        end: end as u32,
    };
    Ok(Reached {
        at: end,
        count: count + 1,
    })
}

fn delimiter_from(frame: &Frame<'_>, at: usize) -> Option<usize> {
    let rest = frame.bytes.get(at..frame.end)?;
    Some(at + rest.iter().position(|&byte| byte == SOH)?)
}

/// The high bit of each byte that is a delimiter.
#[inline(always)]
const fn ends(word: u64) -> u64 {
    let other = word ^ ONES;
    // Exact, because no sum of seven bits carries.
    !(((other & LOWS) + LOWS) | other) & HIGHS
}

/// The sum of all bytes, modulo 256.
#[inline(always)]
fn sum(mut bytes: &[u8]) -> u32 {
    let mut sum = 0u32;
    while let Some((first, rest)) = bytes.split_at_checked(AT_ONCE) {
        sum = sum.wrapping_add(sum_of(first));
        bytes = rest;
    }
    sum.wrapping_add(sum_of(bytes))
}

/// Every eighth of so many bytes, of which there are 256, has a sum of sixteen bits.
const AT_ONCE: usize = 2048;

#[inline(always)]
fn sum_of(bytes: &[u8]) -> u32 {
    let (words, rest) = bytes.as_chunks::<8>();
    let (mut all, mut even) = (0u64, 0u64);
    for &word in words {
        let word = u64::from_le_bytes(word);
        all = all.wrapping_add(word);
        even += word & EVEN;
    }
    let last = last_word(bytes, rest.len());
    all = all.wrapping_add(last);
    even += last & EVEN;
    // What is left without the even bytes are the odd ones, each 256 times, without carries into one another. Of each
    // sum the lowest eight bits are all that a checksum asks for.
    let odd = all.wrapping_sub(even) >> 8;
    let total = (even & EVEN) + (odd & EVEN);
    (total.wrapping_mul(0x0001_0001_0001_0001) >> 48) as u32
}

/// The last `count` bytes, of which there are fewer than eight.
#[inline(always)]
fn last_word(bytes: &[u8], count: usize) -> u64 {
    match bytes.last_chunk() {
        _ if count == 0 => 0,
        Some(last) => u64::from_le_bytes(*last) >> (64 - 8 * count),
        None => bytes
            .iter()
            .fold(0, |word, &byte| word << 8 | u64::from(byte)),
    }
}
