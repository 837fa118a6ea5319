//! Values as text, without allocation. Each function writes to the front of `room` and tells how much; the caller has
//! seen to it that `room` is long enough.

use crate::fields::SOH;
use crate::sys::TRAILER;
use crate::value::{Date, Decimal, MAX_SCALE, TWO_DIGITS, Time, UtcTimestamp};

/// The longest `int`.
pub(super) const INT: usize = 20;
/// The longest decimal: digits, sign, point, and a zero in front.
pub(super) const DECIMAL: usize = 24;
pub(super) const TIMESTAMP: usize = crate::value::TIMESTAMP;

/// Short texts by two copies of fixed size, which may overlap.
#[inline(always)]
pub(super) fn copy(room: &mut [u8], bytes: &[u8]) -> usize {
    let Some(room) = room.get_mut(..bytes.len()) else {
        return 0;
    };
    let is_copied = match bytes.len() {
        0..=1 => false,
        2..=3 => copy_ends::<2>(room, bytes),
        4..=7 => copy_ends::<4>(room, bytes),
        8..=16 => copy_ends::<8>(room, bytes),
        17..=32 => copy_ends::<16>(room, bytes),
        _ => false,
    };
    if !is_copied {
        room.copy_from_slice(bytes);
    }
    bytes.len()
}

#[inline(always)]
fn copy_ends<const N: usize>(room: &mut [u8], bytes: &[u8]) -> bool {
    let (Some(first), Some(last)) = (bytes.first_chunk::<N>(), bytes.last_chunk::<N>()) else {
        return false;
    };
    if let Some(room) = room.first_chunk_mut() {
        *room = *first;
    }
    if let Some(room) = room.last_chunk_mut() {
        *room = *last;
    }
    true
}

/// `tag=`; with a constant tag the compiler writes a constant.
#[inline(always)]
pub(super) fn tag(room: &mut [u8], tag: u32) -> usize {
    let digit = |power: u32| b'0' + (tag / power % 10) as u8;
    let (text, width) = match tag {
        0..=9 => ([digit(1), b'=', 0, 0], 2),
        10..=99 => ([digit(10), digit(1), b'=', 0], 3),
        100..=999 => ([digit(100), digit(10), digit(1), b'='], 4),
        _ => return long_tag(room, tag),
    };
    // In one piece: the value is written over what is too much.
    if let Some(room) = room.first_chunk_mut() {
        *room = text;
    }
    width
}

fn long_tag(room: &mut [u8], tag: u32) -> usize {
    let digits = uint(room, tag.into());
    digits + room.get_mut(digits..).map_or(0, |room| copy(room, b"="))
}

#[inline]
pub(super) fn int(room: &mut [u8], value: i64) -> usize {
    let magnitude = value.unsigned_abs();
    if value >= 0 {
        return uint(room, magnitude);
    }
    match room.split_first_mut() {
        Some((sign, room)) => {
            *sign = b'-';
            1 + uint(room, magnitude)
        }
        None => 0,
    }
}

#[inline]
pub(super) fn uint(room: &mut [u8], value: u64) -> usize {
    if let Some(room) = room.first_chunk_mut()
        && let Some((text, width)) = short_uint(value)
    {
        *room = text.to_le_bytes();
        return width;
    }
    long_uint(room, value)
}

/// The text of a number of up to eight digits, the first in the lowest byte, and how wide it is.
#[inline(always)]
pub(super) fn short_uint(value: u64) -> Option<(u64, usize)> {
    if value < 10_000 {
        let digits = four_digits(value as u32);
        // The last digit stays, even if it is zero.
        let zeros = (digits ^ 0x3030_3030 | 1 << 24).trailing_zeros() & 0x18;
        return Some(((digits >> zeros).into(), 4 - (zeros >> 3) as usize));
    }
    if value >= 100_000_000 {
        return None;
    }
    let digits = eight_digits(value);
    let zeros = digits.trailing_zeros() & 0x38;
    Some(((digits | ZEROS) >> zeros, 8 - (zeros >> 3) as usize))
}

/// The text of a number below 10,000 with zeros in front, the first digit in the lowest byte.
#[inline(always)]
fn four_digits(value: u32) -> u32 {
    let [a, b] = TWO_DIGITS[(value / 100 % 100) as usize];
    let [c, d] = TWO_DIGITS[(value % 100) as usize];
    u32::from_le_bytes([a, b, c, d])
}

/// Eight digits with zeros in front, and the delimiter.
#[inline(always)]
pub(super) fn body_length(value: u64) -> [u8; 9] {
    if value < 10_000 {
        let [e, f, g, h] = four_digits(value as u32).to_le_bytes();
        return [b'0', b'0', b'0', b'0', e, f, g, h, SOH];
    }
    let [a, b, c, d, e, f, g, h] = (eight_digits(value) | ZEROS).to_le_bytes();
    [a, b, c, d, e, f, g, h, SOH]
}

fn long_uint(room: &mut [u8], value: u64) -> usize {
    let width = width(value);
    fill(room.get_mut(..width).unwrap_or_default(), value);
    width
}

const ZEROS: u64 = 0x3030_3030_3030_3030;

/// The digits of a number of up to eight, the first in the lowest byte: split into halves, three times.
#[inline(always)]
const fn eight_digits(value: u64) -> u64 {
    let fours = value / 10_000;
    let fours = fours | (value - 10_000 * fours) << 32;
    let twos = ((fours * 10_486) >> 20) & 0x0000_007f_0000_007f;
    let twos = twos | (fours - 100 * twos) << 16;
    let ones = ((twos * 103) >> 10) & 0x000f_000f_000f_000f;
    ones | (twos - 10 * ones) << 8
}

#[inline]
pub(super) const fn width(value: u64) -> usize {
    match value {
        0..=9 => 1,
        10..=99 => 2,
        100..=999 => 3,
        1000..=9999 => 4,
        _ => value.ilog10() as usize + 1,
    }
}

#[inline]
pub(super) fn decimal(room: &mut [u8], value: Decimal) -> usize {
    if let Some(room) = room.first_chunk_mut()
        && let Some((text, width)) = short_decimal(value)
    {
        *room = text.to_le_bytes();
        return width;
    }
    long_decimal(room, value)
}

/// The text of a number of up to seven digits, of which one to six stand behind the point, and how wide it is.
#[inline(always)]
pub(super) fn short_decimal(value: Decimal) -> Option<(u64, usize)> {
    let (mantissa, scale) = (value.mantissa(), u32::from(value.scale()));
    if !(0..10_000_000).contains(&mantissa) || !(1..7).contains(&scale) {
        return None;
    }
    let digits = eight_digits(mantissa.cast_unsigned());
    // One digit in front of the point stays, even if it is zero.
    let zeros = (digits | 1 << (56 - 8 * scale)).trailing_zeros() & 0x38;
    let text = (digits | ZEROS) >> zeros;
    let count = 8 - (zeros >> 3);
    let whole = 8 * (count - scale);
    let below = (1 << whole) - 1;
    let point = u64::from(b'.') << whole;
    let text = text & below | point | (text & !below) << 8;
    Some((text, count as usize + 1))
}

fn long_decimal(room: &mut [u8], value: Decimal) -> usize {
    let sign = usize::from(value.mantissa() < 0);
    let magnitude = value.mantissa().unsigned_abs();
    let power = POWERS[usize::from(value.scale().min(MAX_SCALE))];
    if let Some(first) = room.first_mut() {
        *first = b'-';
    }
    let (whole, part) = if power == 1 {
        (magnitude, 0)
    } else {
        (magnitude / power, magnitude % power)
    };
    let end = sign
        + room
            .get_mut(sign..)
            .map_or(0, |room| long_uint(room, whole));
    if power == 1 {
        return end;
    }
    let places = usize::from(value.scale());
    if let Some([point, room @ ..]) = room.get_mut(end..) {
        *point = b'.';
        fill(room.get_mut(..places).unwrap_or_default(), part);
    }
    end + 1 + places
}

/// Digits to all of the room, with zeros in front.
#[inline]
fn fill(room: &mut [u8], mut value: u64) {
    let (odd, pairs) = room.as_rchunks_mut::<2>();
    for pair in pairs.iter_mut().rev() {
        *pair = TWO_DIGITS[(value % 100) as usize];
        value /= 100;
    }
    if let [first] = odd {
        *first = b'0' + (value % 10) as u8;
    }
}

const POWERS: [u64; MAX_SCALE as usize + 1] = {
    let mut powers = [1; MAX_SCALE as usize + 1];
    let mut index = 1;
    while index < powers.len() {
        powers[index] = 10 * powers[index - 1];
        index += 1;
    }
    powers
};

#[inline]
pub(super) fn timestamp(room: &mut [u8], value: UtcTimestamp) -> usize {
    room.first_chunk_mut().map_or(0, |room| value.write(room))
}

/// What stands behind the seconds, and the sum of its characters; `room` is as long as it is.
#[inline(always)]
pub(super) fn fraction_and_sum(room: &mut [u8], value: Time) -> u32 {
    let Some((millis, below)) = room.split_first_chunk_mut() else {
        return 0;
    };
    let text = value.millis_text();
    *millis = text.to_le_bytes();
    let sum = sum_of_word(text.into()) as u32;
    if below.is_empty() {
        return sum;
    }
    let text = value.below_millis();
    let digits = text.as_flattened();
    let digits = digits.get(..below.len()).unwrap_or_default();
    copy(below, digits);
    digits
        .iter()
        .fold(sum, |sum, &digit| sum + u32::from(digit))
}

pub(super) fn time(room: &mut [u8], value: Time) -> usize {
    room.first_chunk_mut().map_or(0, |room| value.write(room))
}

pub(super) fn date(room: &mut [u8], value: Date) -> usize {
    let number = u64::from(value.year) * 10_000 + u64::from(value.month) * 100;
    fill(
        room.get_mut(..8).unwrap_or_default(),
        number + u64::from(value.day),
    );
    8
}

/// The sum of all bytes, or `None` if one is the delimiter.
#[inline(always)]
pub(super) fn sum(text: &[u8]) -> Option<u32> {
    let (words, rest) = text.as_chunks::<8>();
    let (mut total, mut found) = (0u64, 0);
    for &word in words {
        let word = u64::from_le_bytes(word);
        found |= delimiters(word);
        total = total.wrapping_add(sum_of_word(word));
    }
    if !rest.is_empty() {
        let others = 64 - 8 * rest.len();
        let last = match text.last_chunk() {
            Some(last) => u64::from_le_bytes(*last) >> others,
            None => rest
                .iter()
                .rfold(0, |word, &byte| word << 8 | u64::from(byte)),
        };
        found |= delimiters(last);
        total = total.wrapping_add(sum_of_word(last));
    }
    (found == 0).then_some(total as u32)
}

const ONES: u64 = 0x0101_0101_0101_0101;

/// The sum of eight bytes.
#[inline(always)]
pub(super) const fn sum_of_word(word: u64) -> u64 {
    const EVEN: u64 = 0x00ff_00ff_00ff_00ff;
    let pairs = (word & EVEN) + (word >> 8 & EVEN);
    pairs.wrapping_mul(0x0001_0001_0001_0001) >> 48
}

/// Not zero if a byte is the delimiter.
#[inline(always)]
const fn delimiters(word: u64) -> u64 {
    let other = word ^ ONES;
    other.wrapping_sub(ONES) & !other & (ONES << 7)
}

/// `10=nnn|`
#[inline(always)]
pub(super) fn trailer(sum: u32) -> [u8; TRAILER] {
    let sum = sum & 0xff;
    let [tens, ones] = TWO_DIGITS[(sum % 100) as usize];
    let hundreds = b'0' + (sum / 100) as u8;
    [b'1', b'0', b'=', hundreds, tens, ones, SOH]
}
