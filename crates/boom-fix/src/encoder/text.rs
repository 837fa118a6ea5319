//! Values as text, without allocation. Each function writes to the front of `room` and tells how much; the caller has
//! seen to it that `room` is long enough.

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
        && value < 100_000_000
    {
        let digits = eight_digits(value);
        // The last digit stays, even if it is zero.
        let zeros = (digits | 1 << 56).trailing_zeros() & 0x38;
        *room = ((digits | ZEROS) >> zeros).to_le_bytes();
        return 8 - (zeros >> 3) as usize;
    }
    long_uint(room, value)
}

/// Eight digits with zeros in front, and the delimiter.
#[inline(always)]
pub(super) fn body_length(value: u64) -> [u8; 9] {
    let [a, b, c, d, e, f, g, h] = (eight_digits(value) | ZEROS).to_le_bytes();
    [a, b, c, d, e, f, g, h, crate::fields::SOH]
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
    let (mantissa, scale) = (value.mantissa(), u32::from(value.scale()));
    if let Some(room) = room.first_chunk_mut()
        && (0..10_000_000).contains(&mantissa)
        && (1..7).contains(&scale)
    {
        return short_decimal(room, mantissa.cast_unsigned(), scale);
    }
    long_decimal(room, value)
}

/// Up to seven digits, of which `scale` stand behind the point.
#[inline(always)]
fn short_decimal(room: &mut [u8; 8], mantissa: u64, scale: u32) -> usize {
    let digits = eight_digits(mantissa);
    // One digit in front of the point stays, even if it is zero.
    let zeros = (digits | 1 << (56 - 8 * scale)).trailing_zeros() & 0x38;
    let text = (digits | ZEROS) >> zeros;
    let count = 8 - (zeros >> 3);
    let whole = 8 * (count - scale);
    let below = (1 << whole) - 1;
    let point = u64::from(b'.') << whole;
    *room = (text & below | point | (text & !below) << 8).to_le_bytes();
    count as usize + 1
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

#[inline(always)]
pub(super) fn three_digits(number: u32) -> [u8; 3] {
    let [tens, ones] = TWO_DIGITS[(number % 100) as usize];
    [b'0' + (number / 100 % 10) as u8, tens, ones]
}
