//! Every x86-64 processor: delimiters and sums sixteen bytes at a time.

use std::arch::x86_64::{
    __m128i, _mm_add_epi32, _mm_add_epi64, _mm_adds_epu8, _mm_and_si128, _mm_andnot_si128,
    _mm_castps_si128, _mm_castsi128_ps, _mm_cmpeq_epi8, _mm_cvtepi32_ps, _mm_cvtsi128_si64,
    _mm_cvttps_epi32, _mm_loadu_si128, _mm_madd_epi16, _mm_movemask_epi8, _mm_movemask_ps,
    _mm_mul_ps, _mm_sad_epu8, _mm_set_epi32, _mm_set1_epi8, _mm_set1_epi16, _mm_set1_epi32,
    _mm_setzero_si128, _mm_srli_epi32, _mm_sub_epi32, _mm_unpackhi_epi64, _mm_xor_si128,
};

use super::{BLOCK, FIRST, Frame, Indexed, Outcome, Place, Tables, count_blocks, delimiters, tags};

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

#[inline]
#[target_feature(enable = "sse2")]
fn block(bytes: &[u8; BLOCK], sums: &mut __m128i) -> u64 {
    let (parts, _) = bytes.as_chunks::<16>();
    let mut mask = 0;
    for (index, part) in parts.iter().enumerate() {
        let part = load(part);
        let found = _mm_cmpeq_epi8(part, _mm_set1_epi8(1));
        mask |= u64::from(_mm_movemask_epi8(found) as u16) << (16 * index);
        *sums = _mm_add_epi64(*sums, _mm_sad_epu8(part, _mm_setzero_si128()));
    }
    mask
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
    // SAFETY: the array is 16 readable bytes, and the load asks for no alignment.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}

const LANES: usize = 4;

/// Fills tags and starts from the ends, for the fields from [`FIRST`] to `count`.
#[inline]
#[target_feature(enable = "sse2")]
fn tags_of(frame: &Frame<'_>, tables: &mut Tables, count: usize) -> Outcome {
    // A last step of fewer than four fields reads behind them: at the trailer, whose tag is never odd.
    let beyond = tables
        .ends
        .get_mut(count..)
        .and_then(|ends| ends.first_chunk_mut());
    let Some(beyond) = beyond else {
        return Outcome::Full;
    };
    *beyond = [frame.end as u32 - 1; LANES];
    let mut from = FIRST;
    while from < count {
        match steps(frame, tables, from, count) {
            Steps::Done => break,
            Steps::Odd(at, odd) => {
                if !tags::again(frame, tables, at, odd) {
                    return Outcome::Unsure;
                }
                from = at + LANES;
            }
            Steps::Fault => return Outcome::Unsure,
        }
    }
    Outcome::Plain
}

enum Steps {
    Done,
    /// From this field on, those of the bits have to be looked at again.
    Odd(usize, u32),
    Fault,
}

/// Four fields after the other, up to the first four of which one is odd.
#[inline]
#[target_feature(enable = "sse2")]
fn steps(frame: &Frame<'_>, tables: &mut Tables, first: usize, count: usize) -> Steps {
    let room = first..first + (count - first).next_multiple_of(LANES);
    let (Some(before), Some(behind), Some(tags), Some(places)) = (
        tables.ends.get(room.start - 1..room.end - 1),
        tables.ends.get(room.clone()),
        tables.tags.get_mut(room.clone()),
        tables.places.get_mut(room),
    ) else {
        return Steps::Fault;
    };
    let (before, behind) = (before.as_chunks::<LANES>().0, behind.as_chunks::<LANES>().0);
    let (tags, places) = (
        tags.as_chunks_mut::<LANES>().0,
        places.as_chunks_mut::<LANES>().0,
    );
    let filter = frame.data.filter();
    let steps = before.iter().zip(behind).zip(tags.iter_mut().zip(places));
    for (step, ((before, behind), (tags, places))) in steps.enumerate() {
        let Some(words) = words_behind(frame.bytes, before) else {
            return Steps::Fault;
        };
        let parsed = four_tags(words);
        *tags = lanes(parsed.tags);
        let widths: [u32; LANES] = lanes(parsed.ahead);
        let mut odd = parsed.odd;
        for lane in 0..LANES {
            places[lane] = Place {
                start: (before[lane] + widths[lane]).wrapping_sub(AHEAD),
                end: behind[lane],
            };
            let tag = tags[lane];
            odd |= (filter[(tag >> 5) as usize & 7] << (tag & 31)) >> 31 << lane;
        }
        if odd | parsed.not_digits != 0 {
            return Steps::Odd(first + step * LANES, odd | parsed.all_odd());
        }
    }
    Steps::Done
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
        let field = bytes.get(before as usize + 1..)?;
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
const AHEAD: u32 = 13;

impl FourTags {
    #[cold]
    fn all_odd(&self) -> u32 {
        let no_digits = |lane: &u32| self.not_digits >> (4 * lane) & 0xf != 0;
        (0..LANES as u32)
            .filter(no_digits)
            .fold(self.odd, |odd, lane| odd | 1 << lane)
    }
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
