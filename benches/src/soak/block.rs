//! What messages are made of.

use std::ops::Range;

use super::random::Random;

/// A long text of characters of one to four bytes; each payload is a part of it, and so is told from another.
#[derive(Debug)]
pub(super) struct Block(String);

/// Parts of a JSON message, and characters of each length in UTF-8.
const WORDS: [&str; 12] = [
    r#"{"e":"trade","s":"BTCUSDT","p":""#,
    r#"","q":"0."#,
    r#"[["61000.10","#,
    "\u{e9}",
    "\u{20ac}",
    "\u{1f4c8}",
    "\u{7ff}\u{800}\u{ffff}\u{10000}\u{10ffff}",
    r#"],"a":[["#,
    "\\u0041\\n",
    "true,false,null",
    " ",
    "\u{4e2d}\u{6587}",
];

const LEN: usize = 512 << 10;

impl Block {
    pub(super) fn new(random: &mut Random) -> Self {
        let mut text = String::with_capacity(LEN + 64);
        while text.len() < LEN {
            // Mostly digits, so that few places of the block look alike.
            text.push_str(&(random.next() % 1_000_000_007).to_string());
            text.push_str(WORDS[random.below(WORDS.len())]);
        }
        Self(text)
    }

    pub(super) fn bytes(&self, part: &Range<usize>) -> &[u8] {
        &self.0.as_bytes()[part.clone()]
    }

    /// A part of about `len` bytes; of whole characters where it `is_text`.
    pub(super) fn part(&self, random: &mut Random, len: usize, is_text: bool) -> Range<usize> {
        let start = random.below(self.0.len() - len);
        let part = start..start + len;
        if is_text {
            self.floor(part.start)..self.floor(part.end)
        } else {
            part
        }
    }

    fn floor(&self, mut place: usize) -> usize {
        while !self.0.is_char_boundary(place) {
            place -= 1;
        }
        place
    }
}
