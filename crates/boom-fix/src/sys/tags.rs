//! Tags one at a time: where there are no vectors of eight, and what those do not do.

use super::{FIRST, Frame, Indexed, Outcome, Place, Tables};

/// Fills tags and starts from the ends that are there.
#[inline(always)]
pub(super) fn one_by_one(
    frame: &Frame<'_>,
    tables: &mut Tables,
    count: usize,
    sum: u32,
    fits: bool,
) -> Indexed {
    let outcome = if fits {
        all(frame, tables, count)
    } else {
        Outcome::Full
    };
    Indexed {
        count,
        sum,
        outcome,
    }
}

#[inline(always)]
fn all(frame: &Frame<'_>, tables: &mut Tables, count: usize) -> Outcome {
    let range = FIRST..count;
    let (Some(ends), Some(tags), Some(places)) = (
        tables.ends.get(range.clone()),
        tables.tags.get_mut(range.clone()),
        tables.places.get_mut(range),
    ) else {
        return Outcome::Full;
    };
    let mut field = frame.body;
    for ((&end, tag), place) in ends.iter().zip(tags).zip(places) {
        let Some((number, width)) = tag_at(frame.bytes, field) else {
            return Outcome::Unsure;
        };
        *tag = number;
        *place = Place {
            start: field as u32 + width,
            end,
        };
        if frame.data.is_length(number) {
            return Outcome::Unsure;
        }
        field = end as usize + 1;
    }
    Outcome::Plain
}

/// Looks again at the fields of `odd`, a bit for each from `from` on; false if one is no field or announces data.
#[cold]
pub(super) fn again(frame: &Frame<'_>, tables: &mut Tables, from: usize, mut odd: u32) -> bool {
    while odd != 0 {
        let index = from + odd.trailing_zeros() as usize;
        odd &= odd - 1;
        let field = match index {
            index if index == FIRST => frame.body,
            index => match tables.ends.get(index - 1) {
                Some(&end) => end as usize + 1,
                None => return false,
            },
        };
        let (Some(tag), Some(place)) = (tables.tags.get_mut(index), tables.places.get_mut(index))
        else {
            return false;
        };
        let Some((number, width)) = tag_at(frame.bytes, field) else {
            return false;
        };
        if frame.data.is_length(number) {
            return false;
        }
        *tag = number;
        place.start = field as u32 + width;
    }
    true
}

/// The tag at `at` and how wide it is with the sign behind it.
///
/// At least eight bytes must follow, as the trailer follows every field of a body.
#[inline(always)]
pub(super) fn tag_at(bytes: &[u8], at: usize) -> Option<(u32, u32)> {
    let word = u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?);
    let signs = word ^ 0x3d3d_3d3d_3d3d_3d3d;
    let found = signs.wrapping_sub(0x0101_0101_0101_0101) & !signs & 0x8080_8080_8080_8080;
    // Eight times the number of digits, plus seven.
    let bits = found.trailing_zeros();
    if bits > 39 {
        return long_tag_at(bytes, at);
    }
    let width = bits >> 3;
    // The digits in the uppermost bytes, zeros below. Without digits nothing is shifted, and the sign is no digit.
    let digits = ((word as u32) ^ 0x3030_3030).wrapping_shl(32u32.wrapping_sub(8 * width));
    if (digits.wrapping_add(0x7676_7676) | digits) & 0x8080_8080 != 0 {
        return None;
    }
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let tag = (pairs & 0x00ff_00ff).wrapping_mul(0x0064_0001) >> 16;
    (tag != 0).then_some((tag, width + 1))
}

/// Tags of five digits and more.
#[cold]
fn long_tag_at(bytes: &[u8], at: usize) -> Option<(u32, u32)> {
    let mut tag = 0u32;
    for (width, &byte) in bytes.get(at..)?.iter().enumerate() {
        match byte {
            b'0'..=b'9' => tag = tag.checked_mul(10)?.checked_add(u32::from(byte - b'0'))?,
            b'=' => return (tag != 0).then_some((tag, width as u32 + 1)),
            _ => return None,
        }
    }
    None
}
