//! Messages of our own making.

use std::fmt::Write;

/// What the largest of them hold.
const LARGE: usize = 16 << 20;

/// A message at each border of the length forms (RFC 6455, 5.2), of one to four bytes a character, and a long one.
///
/// Enough messages for every kind of fragmentation and ping that the servers know.
pub(super) fn sample() -> Vec<u8> {
    const SIZES: [usize; 13] = [
        0, 1, 2, 124, 125, 126, 127, 150, 1000, 4096, 65_535, 65_536, 65_537,
    ];
    const TEXTS: [&str; 4] = ["trade", "Größe", "価格は円", "📈🚀"];
    let mut lines = Vec::new();
    for round in 0..32 {
        for (index, size) in SIZES.into_iter().enumerate() {
            let size = if round > 0 && size > 4096 {
                size / 64
            } else {
                size
            };
            lines.extend(text_of(TEXTS[(index + round) % TEXTS.len()], size));
            lines.push(b'\n');
        }
    }
    lines.extend(text_of(TEXTS[3], 200_000));
    lines.push(b'\n');
    lines
}

/// Repeats `word` up to `size` bytes, ending with ASCII where the last character does not fit.
fn text_of(word: &str, size: usize) -> Vec<u8> {
    let mut text = String::with_capacity(size);
    for character in word.chars().cycle() {
        if text.len() + character.len_utf8() > size {
            break;
        }
        text.push(character);
    }
    let mut text = text.into_bytes();
    text.resize(size, b'.');
    text
}

/// Three hundred messages of a feed, short enough to be sent byte by byte.
pub(super) fn trades() -> Vec<u8> {
    let mut random = Random(1);
    let mut text = String::new();
    for number in 0..300 {
        // One in a hundred holds more than the head of a frame can say in a byte or two packets can carry.
        let trades = if number % 100 == 40 { 40 } else { 1 };
        text.push('[');
        for trade in 0..trades {
            let separator = if trade > 0 { "," } else { "" };
            let _ = write!(text, "{separator}{}", random.trade(number));
        }
        text.push_str("]\n");
    }
    text.into_bytes()
}

/// One message of trades, 16 MiB to the byte.
pub(super) fn text() -> Vec<u8> {
    let mut random = Random(2);
    let mut text = String::with_capacity(LARGE + 1);
    for number in 0.. {
        let trade = random.trade(number);
        if text.len() + trade.len() > LARGE {
            break;
        }
        text.push_str(&trade);
    }
    let mut text = text.into_bytes();
    text.resize(LARGE, b'.');
    text
}

/// 16 MiB of blocks each of which comes twice, which compresses to somewhat more than half.
pub(super) fn binary() -> Vec<u8> {
    // Half of the smallest window that a server chooses by itself.
    const BLOCK: usize = 2 << 10;

    let mut random = Random(3);
    let mut bytes = Vec::with_capacity(LARGE);
    while bytes.len() < LARGE {
        let block: Vec<u8> = std::iter::repeat_with(|| random.next().to_le_bytes())
            .flatten()
            .take(BLOCK)
            .collect();
        bytes.extend_from_slice(&block);
        bytes.extend_from_slice(&block);
    }
    bytes
}

/// Numbers that look random and are the same in each run (xorshift).
struct Random(u64);

impl Random {
    const fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn trade(&mut self, number: u64) -> String {
        let (price, amount) = (61_000 + self.next() % 1000, self.next() % 100_000);
        format!(
            r#"{{"e":"trade","s":"BTC₮","t":{number},"p":"{price}.10","q":"0.{amount:05}","m":{}}}"#,
            amount % 2 == 0
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_is_text_of_many_sizes() {
        let sample = String::from_utf8(sample()).unwrap();
        assert_eq!(sample.lines().count(), 32 * 13 + 1);
        assert_eq!(sample.lines().map(str::len).max(), Some(200_000));
        assert_eq!(sample.lines().map(str::len).min(), Some(0));
    }

    #[test]
    fn the_trades_are_text_for_single_bytes() {
        let trades = String::from_utf8(trades()).unwrap();
        assert_eq!(trades.lines().count(), 300);
        assert!((20_000..60_000).contains(&trades.len()), "{}", trades.len());
    }

    #[test]
    fn the_large_ones_have_their_size_to_the_byte() {
        assert_eq!(String::from_utf8(text()).unwrap().len(), 16 << 20);
        assert_eq!(binary().len(), 16 << 20);
    }
}
