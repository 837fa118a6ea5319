//! Tags one at a time: what is not done many at a time.

use super::Frame;

/// Looks again at the fields of `odd`, a bit for each of those behind the delimiters of `before`; false if one is no
/// field or announces data.
#[cfg(target_arch = "x86_64")]
#[cold]
#[inline(never)]
pub(super) fn again(
    frame: &Frame<'_>,
    before: &[u32],
    odd: u32,
    tags: &mut [u32],
    places: &mut [super::Place],
) -> bool {
    let fields = before.iter().zip(tags.iter_mut().zip(places));
    for (lane, (&before, (tag, place))) in fields.enumerate() {
        if odd >> lane & 1 == 0 {
            continue;
        }
        let Some((number, width)) = any_tag_at(frame, before + 1) else {
            return false;
        };
        *tag = number;
        place.start = before + 1 + width;
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
        return long_tag(bytes, at);
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

/// A tag of any width at `at`, and how wide it is with the sign; `None` also for one that announces data.
#[inline(never)]
pub(super) fn any_tag_at(frame: &Frame<'_>, at: u32) -> Option<(u32, u32)> {
    tag_at(frame.bytes, at as usize).filter(|&(tag, _)| !frame.data.is_length(tag))
}

/// Tags of five digits and more.
#[cold]
fn long_tag(bytes: &[u8], at: usize) -> Option<(u32, u32)> {
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
