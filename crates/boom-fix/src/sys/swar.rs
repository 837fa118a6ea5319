//! Any processor: eight bytes at a time in a register.

use super::{BLOCK, Frame, Indexed, Tables, count_blocks, delimiters, tags};

pub(super) fn index(frame: &Frame<'_>, tables: &mut Tables) -> Indexed {
    let mut sum = 0;
    let (count, fits) = delimiters(frame, tables, |bytes| block(bytes, &mut sum));
    tags::one_by_one(frame, tables, count, sum, fits)
}

pub(super) fn sum_and_count(bytes: &[u8]) -> (u32, usize) {
    let mut sum = 0;
    let count = count_blocks(bytes, |bytes| block(bytes, &mut sum));
    (sum, count)
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;
const LOWS: u64 = 0x7f7f_7f7f_7f7f_7f7f;

#[inline(always)]
fn block(bytes: &[u8; BLOCK], sum: &mut u32) -> u64 {
    let (words, _) = bytes.as_chunks::<8>();
    let (mut mask, mut sums) = (0u64, 0u64);
    for (index, &word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(word);
        mask |= delimiters_of(word) << (8 * index);
        // Four sums of pairs; eight words of at most 510 stay far below 65,536.
        sums += (word & 0x00ff_00ff_00ff_00ff) + ((word >> 8) & 0x00ff_00ff_00ff_00ff);
    }
    *sum = sum.wrapping_add((sums.wrapping_mul(0x0001_0001_0001_0001) >> 48) as u32);
    mask
}

/// A bit for each byte that is a delimiter.
#[inline(always)]
const fn delimiters_of(word: u64) -> u64 {
    // A byte of `other` is zero where there is a delimiter.
    let other = word ^ ONES;
    // The high bit of each byte that is zero; exact, because no sum of seven bits carries.
    let zeros = !(((other & LOWS) + LOWS) | other) & HIGHS;
    // Brings the eight high bits together in the uppermost byte.
    zeros.wrapping_mul(0x0002_0408_1020_4081) >> 56
}
