//! What the messages say: JSON of the shape of a public exchange's trades, each of exactly the same length, so that
//! counts repeat.

use std::fmt::Write as _;

/// Number of different short messages before they repeat.
///
/// Frames of any length times this many fill a whole number of 1 KiB blocks, so reads cut them at every place.
pub const DISTINCT: usize = 1024;

/// What different messages come to at most, so that they stay in the L2 cache.
const DISTINCT_BYTES: usize = 256 * 1024;

/// Number of different messages of `length` bytes before they repeat: fewer of the long ones.
///
/// # Examples
///
/// ```
/// use benches::payload::{DISTINCT, distinct};
///
/// assert_eq!(distinct(150), DISTINCT);
/// assert_eq!(distinct(16 * 1024), 16);
/// ```
pub const fn distinct(length: usize) -> usize {
    if length * DISTINCT > DISTINCT_BYTES {
        DISTINCT_BYTES / length
    } else {
        DISTINCT
    }
}

/// Makes [`distinct`] JSON texts of `length` bytes, at least 16.
///
/// # Examples
///
/// ```
/// let texts = benches::payload::json(150);
/// assert_eq!(texts.len(), benches::payload::DISTINCT);
/// assert!(texts.iter().all(|text| text.len() == 150 && text.starts_with("{\"p\":\"")));
/// ```
pub fn json(length: usize) -> Vec<String> {
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    (0..distinct(length))
        .map(|index| text(index, next(&mut random), length))
        .collect()
}

/// As many fields as fit, and one that is filled up to the length.
fn text(index: usize, random: u64, length: usize) -> String {
    let price = format!(
        r#"{{"p":"{:05}.{:02}""#,
        10_000 + random % 90_000,
        random / 90_000 % 100
    );
    let fields = [
        format!(r#","q":"0.{:08}""#, random >> 20 & 0xff_ffff),
        format!(r#","t":{}"#, 4_100_000_000_u64 + index as u64),
        format!(r#","s":"{}""#, ["BTCUSDT", "ETHUSDT", "SOLUSDT"][index % 3]),
        r#","e":"trade""#.to_owned(),
        format!(r#","T":{}"#, 1_760_000_000_000_u64 + 3 * index as u64),
        format!(r#","m":{}"#, random >> 50 & 1),
    ];
    let mut text = price;
    for field in fields {
        if text.len() + field.len() + FILLER.len() < length {
            text += &field;
        }
    }
    let missing = length.saturating_sub(text.len() + FILLER.len());
    if missing > 0 {
        // Writing to a `String` cannot fail.
        let _ = write!(text, r#","x":"{}""#, "x".repeat(missing));
    }
    text.push('}');
    text
}

/// What the filling field takes beside its content, and the closing brace.
const FILLER: &str = r#","x":""}"#;

/// Makes [`distinct`] JSON texts of `length` bytes that compress as real ones do: levels of an order book, each message
/// like the one before and none the same.
///
/// # Examples
///
/// ```
/// let texts = benches::payload::depth(1024);
/// assert!(texts.iter().all(|text| text.len() == 1024 && text.contains("depthUpdate")));
/// assert_ne!(texts[0], texts[1]);
/// ```
pub fn depth(length: usize) -> Vec<String> {
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    (0..distinct(length))
        .map(|index| book(index as u64, &mut random, length))
        .collect()
}

fn book(index: u64, random: &mut u64, length: usize) -> String {
    let mut text = format!(
        r#"{{"stream":"btcusdt@depth@100ms","data":{{"e":"depthUpdate","E":{},"s":"BTCUSDT","u":{},"b":["#,
        1_760_000_000_000 + 100 * index,
        50_093_239_189 + 17 * index,
    );
    while text.len() < length {
        let level = next(random);
        // Writing to a `String` cannot fail.
        let _ = write!(
            text,
            r#"["{}.{:02}000000","{}.{:05}000"],"#,
            61_000 + level % 900,
            (level >> 16) % 100,
            (level >> 32) % 3,
            (level >> 40) % 100_000,
        );
    }
    text.truncate(length);
    text
}

/// SplitMix64.
pub(crate) const fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_has_the_length_asked_for() {
        for length in [16, 150, 1024, 16 * 1024] {
            let texts = json(length);
            assert!(
                texts.iter().all(|text| text.len() == length),
                "{}",
                texts[0]
            );
            assert_ne!(texts[0], texts[1]);
        }
    }
}
