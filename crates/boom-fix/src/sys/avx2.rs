//! Processors with AVX2: 32 bytes at a time, and the tags of eight fields at once.

use std::arch::is_x86_feature_detected;
use std::arch::x86_64::{
    __m256i, _mm_add_epi64, _mm_cvtsi128_si64, _mm_unpackhi_epi64, _mm256_add_epi32,
    _mm256_add_epi64, _mm256_adds_epu8, _mm256_and_si256, _mm256_andnot_si256, _mm256_castps_si256,
    _mm256_castsi256_ps, _mm256_castsi256_si128, _mm256_cmpeq_epi8, _mm256_cvtepi32_ps,
    _mm256_extracti128_si256, _mm256_i32gather_epi32, _mm256_madd_epi16, _mm256_maddubs_epi16,
    _mm256_min_epu32, _mm256_movemask_epi8, _mm256_movemask_ps, _mm256_permute2x128_si256,
    _mm256_permutevar8x32_epi32, _mm256_sad_epu8, _mm256_set1_epi8, _mm256_set1_epi16,
    _mm256_set1_epi32, _mm256_setr_epi32, _mm256_setr_epi64x, _mm256_setzero_si256,
    _mm256_sllv_epi32, _mm256_srli_epi32, _mm256_srlv_epi32, _mm256_sub_epi32,
    _mm256_unpackhi_epi32, _mm256_unpacklo_epi32, _mm256_xor_si256,
};

use super::blocks::{count_blocks, delimiters};
use super::{BLOCK, Frame, Indexed, Outcome, Place, Tables, tags};

pub(super) fn is_available() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("popcnt")
        && is_x86_feature_detected!("lzcnt")
}

#[target_feature(enable = "avx2,bmi1,bmi2,popcnt,lzcnt")]
pub(super) fn index(frame: &Frame<'_>, tables: &mut Tables) -> Indexed {
    let mut sums = _mm256_setzero_si256();
    let (count, fits) = delimiters(frame, tables, |bytes| block(bytes, &mut sums));
    let outcome = if fits {
        tags_of(frame, tables, count)
    } else {
        Outcome::Full
    };
    Indexed {
        count,
        sum: total(sums),
        outcome,
    }
}

#[target_feature(enable = "avx2,bmi1,bmi2,popcnt,lzcnt")]
pub(super) fn sum_and_count(bytes: &[u8]) -> (u32, usize) {
    let mut sums = _mm256_setzero_si256();
    let count = count_blocks(bytes, |bytes| block(bytes, &mut sums));
    (total(sums), count)
}

/// The delimiters of a block and how many they are; its bytes are added to four sums.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
fn block(bytes: &[u8; BLOCK], sums: &mut __m256i) -> (u64, usize) {
    let (parts, _) = bytes.as_chunks::<32>();
    let [low, high] = parts else { return (0, 0) };
    let (low, high) = (load(low), load(high));
    let zero = _mm256_setzero_si256();
    let both = _mm256_add_epi64(_mm256_sad_epu8(low, zero), _mm256_sad_epu8(high, zero));
    *sums = _mm256_add_epi64(*sums, both);
    let soh = _mm256_set1_epi8(1);
    let mask = |vector| _mm256_movemask_epi8(_mm256_cmpeq_epi8(vector, soh)) as u32;
    let mask = u64::from(mask(low)) | u64::from(mask(high)) << 32;
    (mask, mask.count_ones() as usize)
}

#[inline]
#[target_feature(enable = "avx2")]
fn total(sums: __m256i) -> u32 {
    let half = _mm_add_epi64(
        _mm256_castsi256_si128(sums),
        _mm256_extracti128_si256::<1>(sums),
    );
    _mm_cvtsi128_si64(_mm_add_epi64(half, _mm_unpackhi_epi64(half, half))) as u32
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(bytes: &[u8; 32]) -> __m256i {
    let words = bytes.as_chunks::<8>().0;
    let word = |index: usize| i64::from_le_bytes(words[index]);
    _mm256_setr_epi64x(word(0), word(1), word(2), word(3))
}

#[inline]
#[target_feature(enable = "avx2")]
fn store(room: &mut [u32; LANES], vector: __m256i) {
    let halves = [
        _mm256_castsi256_si128(vector),
        _mm256_extracti128_si256::<1>(vector),
    ];
    for (room, half) in room.as_chunks_mut::<4>().0.iter_mut().zip(halves) {
        let low = _mm_cvtsi128_si64(half) as u64;
        let high = _mm_cvtsi128_si64(_mm_unpackhi_epi64(half, half)) as u64;
        *room = [
            low as u32,
            (low >> 32) as u32,
            high as u32,
            (high >> 32) as u32,
        ];
    }
}

const LANES: usize = 8;

/// Fills tags and places from the ends, for the fields from [`FIRST`](super::FIRST) to `count`, eight at a time.
#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt,lzcnt")]
fn tags_of(frame: &Frame<'_>, tables: &mut Tables, count: usize) -> Outcome {
    let Some((ends, tags, places)) = tables.behind_first::<LANES>(frame, count) else {
        return Outcome::Full;
    };
    let Some(last) = frame.bytes.len().checked_sub(5) else {
        return Outcome::Unsure;
    };
    let (before, behind) = ends;
    let filter = load_eight(frame.data.filter());
    for ((before, behind), (tags, places)) in
        before.iter().zip(behind).zip(tags.iter_mut().zip(places))
    {
        let starts = load_eight(before);
        let parsed = eight_tags(words_behind(frame.bytes, starts, last), filter);
        store(tags, parsed.tags);
        let starts = _mm256_add_epi32(starts, parsed.ahead);
        let starts = _mm256_sub_epi32(starts, _mm256_set1_epi32(AHEAD));
        store_places(places, starts, load_eight(behind));
        if parsed.not_digits | parsed.odd != 0 {
            let odd = all_odd(parsed.odd, parsed.not_digits);
            if !tags::again(frame, before, odd, tags, places) {
                return Outcome::Unsure;
            }
        }
    }
    Outcome::Plain
}

#[inline]
#[target_feature(enable = "avx2")]
fn load_eight(numbers: &[u32; LANES]) -> __m256i {
    let [a, b, c, d, e, f, g, h] = numbers.map(u32::cast_signed);
    _mm256_setr_epi32(a, b, c, d, e, f, g, h)
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
    let halves = [
        _mm256_permute2x128_si256::<0x20>(low, high),
        _mm256_permute2x128_si256::<0x31>(low, high),
    ];
    for (room, half) in room.as_chunks_mut::<4>().0.iter_mut().zip(halves) {
        let mut numbers = [0; LANES];
        store(&mut numbers, half);
        let [a, b, c, d, e, f, g, h] = numbers;
        let place = |start, end| Place { start, end };
        *room = [place(a, b), place(c, d), place(e, f), place(g, h)];
    }
}

/// The first four bytes of each field, one behind the delimiter before it. At most those from `last` + 1 on, which are
/// the last four: other delimiters are none of a framed message.
#[inline]
#[target_feature(enable = "avx2")]
fn words_behind(bytes: &[u8], before: __m256i, last: usize) -> __m256i {
    let last = last.min(bytes.len() - 5).min(i32::MAX as usize);
    let places = _mm256_min_epu32(before, _mm256_set1_epi32(last as i32));
    // Eight loads that are checked instead take 35 % more instructions for an ExecutionReport of 331 bytes (1,170 instead
    // of 868), and 19 % more for a snapshot of 818.
    //
    // SAFETY: each place is at most the length less five, by the minimum taken above, so that four bytes are readable
    // one behind it.
    unsafe { _mm256_i32gather_epi32::<1>(bytes.as_ptr().wrapping_add(1).cast(), places) }
}

struct EightTags {
    tags: __m256i,
    /// Digits and the sign behind them, and [`AHEAD`] less the delimiter in front.
    ahead: __m256i,
    /// The bits of what is no digit where digits should be, four bits a field.
    not_digits: u32,
    /// A bit for each that is longer than three digits, no tag at all, or may announce data.
    odd: u32,
}

/// How much more [`EightTags::ahead`] is than the way from the delimiter before a field to its value.
const AHEAD: i32 = 13;

/// The fields that have a bit in one of the two.
#[cold]
fn all_odd(odd: u32, not_digits: u32) -> u32 {
    let no_digits = |lane: &u32| not_digits >> (4 * lane) & 0xf != 0;
    let lanes = (0..LANES as u32).filter(no_digits);
    lanes.fold(odd, |odd, lane| odd | 1 << lane)
}

/// Reads one to three digits and `=` at the start of each lane.
#[inline]
#[target_feature(enable = "avx2")]
fn eight_tags(words: __m256i, filter: __m256i) -> EightTags {
    let signs = _mm256_cmpeq_epi8(words, _mm256_set1_epi8(b'=' as i8));
    // All bits below the first sign, those of n digits; all bits without a sign.
    let below = _mm256_andnot_si256(signs, _mm256_add_epi32(signs, _mm256_set1_epi32(-1)));
    let digits = _mm256_xor_si256(words, _mm256_set1_epi8(b'0' as i8));
    let digits = _mm256_and_si256(digits, below);
    // More than nine has the highest bit then.
    let not_digits = _mm256_adds_epu8(digits, _mm256_set1_epi8(0x76));
    // As a floating-point number, 2 to the 8n less one has 126 + 8n for its exponent.
    let float = _mm256_castps_si256(_mm256_cvtepi32_ps(below));
    // 24 - 8n: how far the weights of three digits move down for n of them, and all the way without digits or sign.
    let down = _mm256_sub_epi32(_mm256_set1_epi32(126 + 24), _mm256_srli_epi32::<23>(float));
    let weights = _mm256_srlv_epi32(_mm256_set1_epi32(0x0001_0a64), down);
    let pairs = _mm256_maddubs_epi16(digits, weights);
    let tags = _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
    // The filter has the bit of tag 0 set, which is what there is without digits or sign.
    let part = _mm256_permutevar8x32_epi32(filter, _mm256_srli_epi32::<5>(tags));
    let odd = _mm256_sllv_epi32(part, _mm256_and_si256(tags, _mm256_set1_epi32(31)));
    EightTags {
        tags,
        // (126 + 8n) / 8 = 15 + n
        ahead: _mm256_srli_epi32::<26>(float),
        not_digits: _mm256_movemask_epi8(not_digits) as u32,
        odd: _mm256_movemask_ps(_mm256_castsi256_ps(odd)) as u32,
    }
}
