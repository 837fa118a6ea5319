//! What the messages say: JSON of the shape of a public exchange's trades, each of exactly the same length, so that
//! counts repeat.

use std::fmt::Write as _;

/// Number of different messages before they repeat.
///
/// Frames of any length times this many fill a whole number of 1 KiB blocks, so reads cut them at every place.
pub const DISTINCT: usize = 1024;

/// Makes [`DISTINCT`] JSON texts of `length` bytes, at least 16.
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
    (0..DISTINCT)
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
        for length in [16, 150, 1024] {
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
