//! Processors with AVX2: 32 bytes at a time, and the tags of eight fields at once.

use std::arch::is_x86_feature_detected;
use std::arch::x86_64::{
    __m256i, _mm_add_epi64, _mm_cvtsi128_si64, _mm_unpackhi_epi64, _mm256_add_epi32,
    _mm256_add_epi64, _mm256_and_si256, _mm256_blendv_epi8, _mm256_castps_si256,
    _mm256_castsi256_ps, _mm256_castsi256_si128, _mm256_cmpeq_epi8, _mm256_cmpeq_epi32,
    _mm256_cmpgt_epi32, _mm256_cvtepi32_ps, _mm256_extracti128_si256, _mm256_loadu_si256,
    _mm256_madd_epi16, _mm256_maddubs_epi16, _mm256_min_epu32, _mm256_movemask_epi8,
    _mm256_movemask_ps, _mm256_or_si256, _mm256_permute2x128_si256, _mm256_sad_epu8,
    _mm256_set1_epi8, _mm256_set1_epi16, _mm256_set1_epi32, _mm256_setr_epi32,
    _mm256_setzero_si256, _mm256_slli_epi32, _mm256_srli_epi32, _mm256_srlv_epi32,
    _mm256_storeu_si256, _mm256_sub_epi32, _mm256_subs_epu8, _mm256_unpackhi_epi32,
    _mm256_unpacklo_epi32, _mm256_xor_si256,
};

use super::{BLOCK, Frame, Indexed, Outcome, Place, Tables, delimiters, sum_blocks, tags};

pub(super) fn is_available() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("popcnt")
        && is_x86_feature_detected!("lzcnt")
}

#[target_feature(enable = "avx2,bmi1,bmi2,popcnt,lzcnt")]
pub(super) fn index(frame: &Frame<'_>, tables: &mut Tables<'_>) -> Indexed {
    let (count, sum, fits) = delimiters(frame, tables, |bytes| block(bytes));
    if !fits || count + LANES > tables.ends.len() {
        return Indexed {
            count,
            sum,
            outcome: Outcome::Full,
        };
    }
    let outcome = tags_of(frame, tables, count);
    Indexed {
        count,
        sum,
        outcome,
    }
}

#[target_feature(enable = "avx2,bmi1,bmi2,popcnt,lzcnt")]
pub(super) fn sum_and_count(bytes: &[u8]) -> (u32, usize) {
    sum_blocks(bytes, |bytes| block(bytes))
}

#[inline]
#[target_feature(enable = "avx2")]
fn block(bytes: &[u8; BLOCK]) -> (u64, u32) {
    let (parts, _) = bytes.as_chunks::<32>();
    let [low, high] = parts else { return (0, 0) };
    let (low, high) = (load(low), load(high));
    let soh = _mm256_set1_epi8(1);
    let mask = |vector| _mm256_movemask_epi8(_mm256_cmpeq_epi8(vector, soh)) as u32;
    let mask = u64::from(mask(low)) | u64::from(mask(high)) << 32;
    let zero = _mm256_setzero_si256();
    let sums = _mm256_add_epi64(_mm256_sad_epu8(low, zero), _mm256_sad_epu8(high, zero));
    let half = _mm_add_epi64(
        _mm256_castsi256_si128(sums),
        _mm256_extracti128_si256::<1>(sums),
    );
    let sum = _mm_add_epi64(half, _mm_unpackhi_epi64(half, half));
    (mask, _mm_cvtsi128_si64(sum) as u32)
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(bytes: &[u8; 32]) -> __m256i {
    // SAFETY: the array is 32 readable bytes, and the load asks for no alignment.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store(room: &mut [u32; LANES], vector: __m256i) {
    // SAFETY: the array is 32 writable bytes, and the store asks for no alignment.
    unsafe { _mm256_storeu_si256(room.as_mut_ptr().cast(), vector) }
}

const LANES: usize = 8;

/// Fills tags and starts from the ends, for the fields from `tables.first` to `count`.
#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt,lzcnt")]
fn tags_of(frame: &Frame<'_>, tables: &mut Tables<'_>, count: usize) -> Outcome {
    // A last step of fewer than eight fields reads behind them: at the trailer, which is there.
    let beyond = tables
        .ends
        .get_mut(count..)
        .and_then(|ends| ends.first_chunk_mut());
    let Some(beyond) = beyond else {
        return Outcome::Full;
    };
    *beyond = [frame.end as u32 - 1; LANES];
    let filter = frame.data.filter();
    let filters = [
        _mm256_set1_epi32(filter as i32),
        _mm256_set1_epi32((filter >> 32) as i32),
    ];
    let one = _mm256_set1_epi32(1);
    let mut from = tables.first;
    while from < count {
        let ends = tables.ends.get(from - 1..from + LANES);
        let (Some(ends), Some(tags), Some(places)) = (
            ends.and_then(|ends| ends.first_chunk::<{ LANES + 1 }>()),
            tables
                .tags
                .get_mut(from..)
                .and_then(|tags| tags.first_chunk_mut()),
            tables
                .places
                .get_mut(from..)
                .and_then(|places| places.first_chunk_mut()),
        ) else {
            return Outcome::Full;
        };
        let [before @ .., _] = ends;
        let [_, behind @ ..] = ends;
        let fields = _mm256_add_epi32(load_eight(before), one);
        let Some(words) = first_words(frame.bytes, fields) else {
            return Outcome::Unsure;
        };
        let parsed = eight_tags(words, filters);
        store(tags, parsed.tags);
        let starts = _mm256_add_epi32(fields, parsed.widths);
        store_places(places, starts, load_eight(behind));
        let left = count - from;
        let valid = if left >= LANES { 0xff } else { (1 << left) - 1 };
        let odd = parsed.odd & valid;
        if odd != 0 && !tags::again(frame, tables, from, odd) {
            return Outcome::Unsure;
        }
        from += LANES;
    }
    Outcome::Plain
}

#[inline]
#[target_feature(enable = "avx2")]
fn load_eight(numbers: &[u32; LANES]) -> __m256i {
    // SAFETY: the array is 32 readable bytes, and the load asks for no alignment.
    unsafe { _mm256_loadu_si256(numbers.as_ptr().cast()) }
}

/// Pairs of start and end, in the order of the fields.
#[inline]
#[target_feature(enable = "avx2")]
fn store_places(room: &mut [Place; LANES], starts: __m256i, ends: __m256i) {
    // 0, 1, 4, 5 and 2, 3, 6, 7
    let (low, high) = (
        _mm256_unpacklo_epi32(starts, ends),
        _mm256_unpackhi_epi32(starts, ends),
    );
    let halves: [__m256i; 2] = [
        _mm256_permute2x128_si256::<0x20>(low, high),
        _mm256_permute2x128_si256::<0x31>(low, high),
    ];
    const _: () = assert!(size_of::<[__m256i; 2]>() == size_of::<[Place; LANES]>());
    // SAFETY: both are 64 bytes; a place is two numbers of 32 bits, for which all bits are good. No alignment is asked.
    unsafe {
        std::ptr::from_mut(room)
            .cast::<[__m256i; 2]>()
            .write_unaligned(halves)
    };
}

/// The first four bytes of each field. Where fewer follow, others are taken: that is no field of a framed message.
#[inline]
#[target_feature(enable = "avx2")]
fn first_words(bytes: &[u8], fields: __m256i) -> Option<__m256i> {
    let last = i32::try_from(bytes.len().checked_sub(4)?).ok()?;
    let mut places = [0; LANES];
    store(
        &mut places,
        _mm256_min_epu32(fields, _mm256_set1_epi32(last)),
    );
    let word = |place: u32| {
        let from = bytes.as_ptr().wrapping_add(place as usize).cast::<i32>();
        // SAFETY: `place` is at most `last`, by the minimum taken above, and four bytes are readable from there.
        unsafe { from.read_unaligned() }
    };
    let [a, b, c, d, e, f, g, h] = places;
    Some(_mm256_setr_epi32(
        word(a),
        word(b),
        word(c),
        word(d),
        word(e),
        word(f),
        word(g),
        word(h),
    ))
}

struct EightTags {
    tags: __m256i,
    /// Digits and the sign behind them.
    widths: __m256i,
    /// A bit for each that is longer than three digits, no tag at all, or may announce data.
    odd: u32,
}

/// Reads one to three digits and `=` at the start of each lane.
#[inline]
#[target_feature(enable = "avx2")]
fn eight_tags(words: __m256i, filters: [__m256i; 2]) -> EightTags {
    let zero = _mm256_setzero_si256();
    let signs = _mm256_cmpeq_epi8(words, _mm256_set1_epi8(b'=' as i8));
    // The lowest bit of the first sign: 1 << 8n behind n digits, 0 without a sign.
    let first = _mm256_and_si256(signs, _mm256_sub_epi32(zero, signs));
    // All bits below it: the digits.
    let below = _mm256_add_epi32(first, _mm256_set1_epi32(-1));
    let digits = _mm256_xor_si256(words, _mm256_set1_epi8(b'0' as i8));
    let digits = _mm256_and_si256(digits, below);
    let not_digits = _mm256_subs_epu8(digits, _mm256_set1_epi8(9));
    // As a floating-point number, 1 << 8n is 127 + 8n in its exponent.
    let exponent = _mm256_srli_epi32::<23>(_mm256_castps_si256(_mm256_cvtepi32_ps(first)));
    // 24 - 8n: how far the weights of three digits move down for n of them.
    let down = _mm256_sub_epi32(_mm256_set1_epi32(127 + 24), exponent);
    let weights = _mm256_srlv_epi32(_mm256_set1_epi32(0x0001_0a64), down);
    let pairs = _mm256_maddubs_epi16(digits, weights);
    let tags = _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
    // (127 + 8n - 119) / 8 = n + 1
    let widths = _mm256_sub_epi32(exponent, _mm256_set1_epi32(119));
    let widths = _mm256_srli_epi32::<3>(widths);
    // No digit and no sign both leave nothing for the weights: the tag is then 0, as is one of zeros.
    let none = _mm256_cmpeq_epi32(tags, zero);
    let clean = _mm256_cmpeq_epi32(not_digits, zero);
    let bit = _mm256_and_si256(_mm256_srli_epi32::<3>(tags), _mm256_set1_epi32(31));
    let [low, high] = filters.map(|filter| _mm256_srlv_epi32(filter, bit));
    let is_high = _mm256_cmpgt_epi32(tags, _mm256_set1_epi32(255));
    let data = _mm256_slli_epi32::<31>(_mm256_blendv_epi8(low, high, is_high));
    let faults = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_or_si256(none, data))) as u32;
    let clean = _mm256_movemask_ps(_mm256_castsi256_ps(clean)) as u32;
    EightTags {
        tags,
        widths,
        odd: faults | (clean ^ 0xff),
    }
}
