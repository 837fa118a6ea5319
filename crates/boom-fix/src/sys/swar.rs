//! Any processor: eight bytes at a time in a register.
//!
//! Field after field: the eight bytes with which a field starts have its tag, and most often its end too.

use std::hint::black_box;

use super::{FIRST, Frame, Indexed, Outcome, Tables, tags};
use crate::data_fields::DataFields;
use crate::fields::SOH;

#[inline(never)]
pub(super) fn index(frame: &Frame<'_>, tables: &mut Tables) -> Indexed {
    let (count, outcome) = match fields(frame, tables) {
        Ok((count, met)) => (count, tags::judge(frame, tables, count, met)),
        Err(outcome) => (FIRST, outcome),
    };
    Indexed {
        count,
        sum: sum(frame.body()),
        outcome,
    }
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

/// Fills the tables. Tells how many entries they have then, and which tags were met as far as a
/// [bin](DataFields::bin) says it.
#[inline(always)]
fn fields(frame: &Frame<'_>, tables: &mut Tables) -> Result<(usize, u32), Outcome> {
    let (Some(tags), Some(places)) = (tables.tags.get_mut(FIRST..), tables.places.get_mut(FIRST..))
    else {
        return Err(Outcome::Full);
    };
    let mut scan = Scan {
        bytes: frame.bytes,
        ones: black_box(ONES),
        highs: black_box(HIGHS),
        at: frame.body as u32,
    };
    let mut met = 0;
    for (count, (tag, place)) in tags.iter_mut().zip(places).enumerate() {
        // Behind the last field the trailer is left, which is shorter than a word.
        let Some(word) = scan.word() else {
            return Ok((FIRST + count, met));
        };
        let text = word as u32;
        let end;
        if let Some(number) = two_digits(text) {
            met |= DataFields::bin(number);
            *tag = number;
            place.start = scan.at + 3;
            end = scan.end(word);
        } else if let Some(number) = three_digits(text) {
            met |= DataFields::bin(number);
            *tag = number;
            place.start = scan.at + 4;
            end = scan.end(word);
        } else if let Some(number) = one_digit(text) {
            met |= DataFields::bin(number);
            *tag = number;
            place.start = scan.at + 2;
            end = scan.end(word);
        } else {
            let (number, width) = tags::any_tag_at(frame, scan.at).ok_or(Outcome::Unsure)?;
            *tag = number;
            place.start = scan.at + width;
            end = scan.end(word);
        }
        place.end = end.ok_or(Outcome::Unsure)?;
    }
    Err(Outcome::Full)
}

struct Scan<'a> {
    bytes: &'a [u8],
    /// The constants of these names, hidden from the compiler, which would load them anew for each word.
    ones: u64,
    highs: u64,
    at: u32,
}

impl Scan<'_> {
    /// Eight bytes, those that are delimiters zero.
    #[inline(always)]
    fn word(&self) -> Option<u64> {
        let at = self.at as usize;
        let bytes = self.bytes.get(at..at + 8)?.first_chunk()?;
        Some(u64::from_le_bytes(*bytes) ^ self.ones)
    }

    /// The place of the first delimiter in `word` or behind it; goes on behind that.
    #[inline(always)]
    fn end(&mut self, word: u64) -> Option<u32> {
        let mut found = self.zeros(word);
        while found == 0 {
            self.at += 8;
            // A delimiter stands in front of the trailer.
            found = self.zeros(self.word()?);
        }
        let end = self.at + (found.trailing_zeros() >> 3);
        self.at = end + 1;
        Some(end)
    }

    /// The lowest bit that is set is in the first byte that is zero: what the subtraction borrows goes up.
    #[inline(always)]
    const fn zeros(&self, word: u64) -> u64 {
        word.wrapping_sub(self.ones) & !word & self.highs
    }
}

/// The high bit of each byte that is a delimiter.
#[inline(always)]
const fn ends(word: u64) -> u64 {
    let other = word ^ ONES;
    // Exact, because no sum of seven bits carries.
    !(((other & LOWS) + LOWS) | other) & HIGHS
}

/// What a text is, less what makes delimiters zero.
const fn form(text: [u8; 4]) -> u32 {
    u32::from_le_bytes(text) ^ ONES as u32
}

// Digits become their values and the sign zero. More than nine has the highest bit after the addition, the sign's byte
// if it is more than zero.

/// The tag if it has two digits, as most tags of most messages have.
#[inline(always)]
const fn two_digits(text: u32) -> Option<u32> {
    let digits = text ^ form(*b"00=\x01");
    if (digits.wrapping_add(0x007f_7676) | digits) & 0x0080_8080 != 0 {
        return None;
    }
    Some(10 * (digits & 0xff) + (digits >> 8 & 0xff))
}

/// The tag if it has three digits.
#[inline(always)]
const fn three_digits(text: u32) -> Option<u32> {
    let digits = text ^ form(*b"000=");
    if (digits.wrapping_add(0x7f76_7676) | digits) & 0x8080_8080 != 0 {
        return None;
    }
    let (hundreds, tens) = (digits & 0xff, digits >> 8 & 0xff);
    Some(100 * hundreds + 10 * tens + (digits >> 16))
}

#[inline(always)]
const fn one_digit(text: u32) -> Option<u32> {
    let digit = text ^ form(*b"0=\x01\x01");
    if (digit.wrapping_add(0x7f76) | digit) & 0x8080 != 0 {
        return None;
    }
    Some(digit & 0xff)
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
