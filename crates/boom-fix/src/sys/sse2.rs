//! Every x86-64 processor: delimiters and sums sixteen bytes at a time.

use std::arch::x86_64::{
    __m128i, _mm_add_epi64, _mm_cmpeq_epi8, _mm_cvtsi128_si64, _mm_loadu_si128, _mm_movemask_epi8,
    _mm_sad_epu8, _mm_set1_epi8, _mm_setzero_si128, _mm_unpackhi_epi64,
};

use super::{BLOCK, Frame, Indexed, Tables, delimiters, sum_blocks, tags};

#[target_feature(enable = "sse2")]
pub(super) fn index(frame: &Frame<'_>, tables: &mut Tables<'_>) -> Indexed {
    let (count, sum, fits) = delimiters(frame, tables, |bytes| block(bytes));
    tags::one_by_one(frame, tables, count, sum, fits)
}

#[target_feature(enable = "sse2")]
pub(super) fn sum_and_count(bytes: &[u8]) -> (u32, usize) {
    sum_blocks(bytes, |bytes| block(bytes))
}

#[inline]
#[target_feature(enable = "sse2")]
fn block(bytes: &[u8; BLOCK]) -> (u64, u32) {
    let (parts, _) = bytes.as_chunks::<16>();
    let (mut mask, mut sums) = (0, _mm_setzero_si128());
    for (index, part) in parts.iter().enumerate() {
        let part = load(part);
        let found = _mm_cmpeq_epi8(part, _mm_set1_epi8(1));
        mask |= u64::from(_mm_movemask_epi8(found) as u16) << (16 * index);
        sums = _mm_add_epi64(sums, _mm_sad_epu8(part, _mm_setzero_si128()));
    }
    let high = _mm_unpackhi_epi64(sums, sums);
    (mask, _mm_cvtsi128_si64(_mm_add_epi64(sums, high)) as u32)
}

#[inline]
#[target_feature(enable = "sse2")]
fn load(bytes: &[u8; 16]) -> __m128i {
    // SAFETY: the array is 16 readable bytes, and the load asks for no alignment.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}
