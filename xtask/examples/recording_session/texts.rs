//! The texts that are sent: the same in each run.

/// Most have no more bytes.
const SHORT: usize = 2 << 10;
/// So many have no less: the recording has to divide them among packets.
const LONG: usize = 64 << 10;
const LONGEST: usize = 256 << 10;

/// What a text is made of; the last has what a program that prints texts would have to escape, but not NUL, of which
/// Wireshark warns in any text.
const ALPHABETS: [&str; 4] = [
    "{\"price\":0.123456789,\"side\":\"buy\"} ",
    "цена·größe–prix€",
    "買い気配値₿🚀📈",
    "\u{1}\t\r\n\\\",;'\u{7f}\u{85}\u{2028}\u{feff}\u{10ffff}",
];

/// Makes texts.
#[derive(Debug)]
pub(crate) struct Texts {
    random: u64,
    text: String,
}

impl Texts {
    pub(crate) const fn new() -> Self {
        Self {
            random: 0x9e37_79b9_7f4a_7c15,
            text: String::new(),
        }
    }

    /// The next text.
    pub(crate) fn next_text(&mut self) -> &str {
        let length = self.length();
        let alphabet = match self.below(10) {
            choice @ 1..=3 => ALPHABETS.get(choice),
            _ => ALPHABETS.first(),
        };
        let letters = alphabet.copied().unwrap_or_default().chars().cycle();
        let skipped = self.below(100);
        self.text.clear();
        for letter in letters.skip(skipped) {
            self.text.push(letter);
            if self.text.len() >= length {
                break;
            }
        }
        &self.text
    }

    /// A number less than `limit`, from xorshift.
    pub(crate) const fn below(&mut self, limit: usize) -> usize {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) as usize % limit
    }

    /// Each power of two is as likely a limit as the next, so that short ones prevail.
    const fn length(&mut self) -> usize {
        if self.below(1_000) == 0 {
            return LONG + self.below(LONGEST - LONG);
        }
        let limit = 1 << self.below(SHORT.ilog2() as usize + 1);
        1 + self.below(limit)
    }
}
