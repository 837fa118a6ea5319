//! Every x86-64 processor: delimiters and sums sixteen bytes at a time.

use std::arch::x86_64::{
    __m128i, _mm_add_epi32, _mm_add_epi64, _mm_adds_epu8, _mm_and_si128, _mm_andnot_si128,
    _mm_castps_si128, _mm_castsi128_ps, _mm_cmpeq_epi8, _mm_cvtepi32_ps, _mm_cvtsi128_si64,
    _mm_cvttps_epi32, _mm_madd_epi16, _mm_movemask_epi8, _mm_movemask_ps, _mm_mul_ps,
    _mm_mullo_epi16, _mm_or_si128, _mm_sad_epu8, _mm_set_epi32, _mm_set_epi64x, _mm_set1_epi8,
    _mm_set1_epi16, _mm_set1_epi32, _mm_setr_epi32, _mm_setzero_si128, _mm_slli_epi32,
    _mm_srli_epi32, _mm_sub_epi8, _mm_sub_epi32, _mm_unpackhi_epi32, _mm_unpackhi_epi64,
    _mm_unpacklo_epi32, _mm_xor_si128,
};

use super::blocks::{count_blocks, delimiters};
use super::{BLOCK, FIRST, Frame, Indexed, Outcome, Place, Tables, tags};
use crate::data_fields::BIN_FACTOR;

#[inline(never)]
#[target_feature(enable = "sse2")]
pub(super) fn index(frame: &Frame<'_>, tables: &mut Tables) -> Indexed {
    let mut sums = _mm_setzero_si128();
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

#[target_feature(enable = "sse2")]
pub(super) fn sum_and_count(bytes: &[u8]) -> (u32, usize) {
    let mut sums = _mm_setzero_si128();
    let count = count_blocks(bytes, |bytes| block(bytes, &mut sums));
    (total(sums), count)
}

/// The delimiters of a block and how many they are; its bytes are added to two sums.
#[inline]
#[target_feature(enable = "sse2")]
fn block(bytes: &[u8; BLOCK], sums: &mut __m128i) -> (u64, usize) {
    let (parts, _) = bytes.as_chunks::<16>();
    let zero = _mm_setzero_si128();
    let (mut mask, mut counts) = (0, zero);
    for (index, part) in parts.iter().enumerate() {
        let part = load(part);
        // All bits where there is one, which is -1.
        let found = _mm_cmpeq_epi8(part, _mm_set1_epi8(1));
        mask |= u64::from(_mm_movemask_epi8(found) as u16) << (16 * index);
        counts = _mm_sub_epi8(counts, found);
        *sums = _mm_add_epi64(*sums, _mm_sad_epu8(part, zero));
    }
    (mask, total(_mm_sad_epu8(counts, zero)) as usize)
}

#[inline]
#[target_feature(enable = "sse2")]
fn total(sums: __m128i) -> u32 {
    let high = _mm_unpackhi_epi64(sums, sums);
    _mm_cvtsi128_si64(_mm_add_epi64(sums, high)) as u32
}

#[inline]
#[target_feature(enable = "sse2")]
fn load(bytes: &[u8; 16]) -> __m128i {
    let [low, high] = *bytes.as_chunks::<8>().0 else {
        return _mm_setzero_si128();
    };
    _mm_set_epi64x(i64::from_le_bytes(high), i64::from_le_bytes(low))
}

const LANES: usize = 4;

/// Fills tags and places from the ends, for the fields from [`FIRST`](super::FIRST) to `count`, four at a time.
#[inline]
#[target_feature(enable = "sse2")]
fn tags_of(frame: &Frame<'_>, tables: &mut Tables, count: usize) -> Outcome {
    let Some((ends, tags, places)) = tables.behind_first::<LANES>(frame, count) else {
        return Outcome::Full;
    };
    let (before, behind) = ends;
    let mut met = _mm_setzero_si128();
    for ((before, behind), (tags, places)) in
        before.iter().zip(behind).zip(tags.iter_mut().zip(places))
    {
        let Some(words) = words_behind(frame.bytes, before) else {
            return Outcome::Unsure;
        };
        let parsed = four_tags(words);
        *tags = lanes(parsed.tags);
        let starts = _mm_add_epi32(load_four(before), parsed.ahead);
        let starts = _mm_sub_epi32(starts, _mm_set1_epi32(AHEAD));
        store_places(places, starts, load_four(behind));
        met = _mm_or_si128(met, bins_of(parsed.tags));
        if parsed.odd | parsed.not_digits != 0 {
            let odd = all_odd(parsed.odd, parsed.not_digits);
            if !tags::again(frame, before, odd, tags, places) {
                return Outcome::Unsure;
            }
        }
    }
    let met = lanes(met).into_iter().fold(0, |met, bins| met | bins);
    judge(frame, tables, count, met)
}

/// Looks at all tags again if one of those that were met may announce data or is 0.
#[inline(always)]
fn judge(frame: &Frame<'_>, tables: &Tables, count: usize, met: u32) -> Outcome {
    if met & frame.data.bins() != 0 && any_announces(frame, tables, count) {
        return Outcome::Unsure;
    }
    Outcome::Plain
}

#[inline(never)]
fn any_announces(frame: &Frame<'_>, tables: &Tables, count: usize) -> bool {
    let mut tags = tables.tags.iter().take(count).skip(FIRST);
    tags.any(|&tag| tag == 0 || frame.data.is_length(tag))
}

/// The [bin](DataFields::bin) of each.
#[inline]
#[target_feature(enable = "sse2")]
fn bins_of(tags: __m128i) -> __m128i {
    let products = _mm_mullo_epi16(tags, _mm_set1_epi32(BIN_FACTOR as i32));
    let exponents = _mm_add_epi32(_mm_srli_epi32::<11>(products), _mm_set1_epi32(127));
    // Two to the power of the bin. The highest bit, which is too much for a signed number, is what a conversion gives
    // that cannot be done.
    _mm_cvttps_epi32(_mm_castsi128_ps(_mm_slli_epi32::<23>(exponents)))
}

#[inline]
#[target_feature(enable = "sse2")]
fn load_four(numbers: &[u32; LANES]) -> __m128i {
    let [a, b, c, d] = numbers.map(u32::cast_signed);
    _mm_setr_epi32(a, b, c, d)
}

/// Pairs of start and end, in the order of the fields.
#[inline]
#[target_feature(enable = "sse2")]
fn store_places(room: &mut [Place; LANES], starts: __m128i, ends: __m128i) {
    let [a, b, c, d] = lanes(_mm_unpacklo_epi32(starts, ends));
    let [e, f, g, h] = lanes(_mm_unpackhi_epi32(starts, ends));
    let place = |start, end| Place { start, end };
    *room = [place(a, b), place(c, d), place(e, f), place(g, h)];
}

#[inline]
#[target_feature(enable = "sse2")]
fn lanes(vector: __m128i) -> [u32; LANES] {
    let (low, high) = (
        _mm_cvtsi128_si64(vector) as u64,
        _mm_cvtsi128_si64(_mm_unpackhi_epi64(vector, vector)) as u64,
    );
    [
        low as u32,
        (low >> 32) as u32,
        high as u32,
        (high >> 32) as u32,
    ]
}

/// The first four bytes of each field, one behind the delimiter before it.
#[inline]
#[target_feature(enable = "sse2")]
fn words_behind(bytes: &[u8], before: &[u32; LANES]) -> Option<__m128i> {
    let word = |before: u32| {
        let at = before as usize + 1;
        let field = bytes.get(at..at + 4)?;
        field.first_chunk().map(|bytes| i32::from_le_bytes(*bytes))
    };
    let [a, b, c, d] = *before;
    Some(_mm_set_epi32(word(d)?, word(c)?, word(b)?, word(a)?))
}

struct FourTags {
    tags: __m128i,
    /// Digits and the sign behind them, and [`AHEAD`] less the delimiter in front.
    ahead: __m128i,
    /// The bits of what is no digit where digits should be, four bits a field.
    not_digits: u32,
    /// A bit for each without a sign in the first four bytes.
    odd: u32,
}

/// How much more [`FourTags::ahead`] is than the way from the delimiter before a field to its value.
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
#[target_feature(enable = "sse2")]
fn four_tags(words: __m128i) -> FourTags {
    let signs = _mm_cmpeq_epi8(words, _mm_set1_epi8(b'=' as i8));
    // All bits below the first sign, those of n digits; all bits without a sign.
    let below = _mm_andnot_si128(signs, _mm_add_epi32(signs, _mm_set1_epi32(-1)));
    let digits = _mm_xor_si128(words, _mm_set1_epi8(b'0' as i8));
    let digits = _mm_and_si128(digits, below);
    // More than nine has the highest bit then.
    let not_digits = _mm_adds_epu8(digits, _mm_set1_epi8(0x76));
    // As a floating-point number, 2 to the 8n less one has 126 + 8n for its exponent.
    let float = _mm_castps_si128(_mm_cvtepi32_ps(below));
    let exponents = _mm_and_si128(float, _mm_set1_epi32(0x7f80_0000));
    // 2 to the 24 - 8n, by which three bytes of digits move up to the third; numbers below 2 to the 24 are exact.
    let up = _mm_sub_epi32(_mm_set1_epi32((127 + 24 + 126) << 23), exponents);
    let moved = _mm_mul_ps(_mm_cvtepi32_ps(digits), _mm_castsi128_ps(up));
    let moved = _mm_cvttps_epi32(moved);
    // Hundreds and ones, then tens, in halves of 16 bits each.
    let even = _mm_and_si128(moved, _mm_set1_epi16(0xff));
    let tens = _mm_and_si128(_mm_srli_epi32::<8>(moved), _mm_set1_epi32(0xff));
    let tags = _mm_add_epi32(
        _mm_madd_epi16(even, _mm_set1_epi32(1 << 16 | 100)),
        _mm_madd_epi16(tens, _mm_set1_epi32(10)),
    );
    FourTags {
        tags,
        // (126 + 8n) / 8 = 15 + n
        ahead: _mm_srli_epi32::<26>(float),
        not_digits: _mm_movemask_epi8(not_digits) as u32,
        odd: _mm_movemask_ps(_mm_castsi128_ps(below)) as u32,
    }
}
