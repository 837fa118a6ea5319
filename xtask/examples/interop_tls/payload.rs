//! Bytes without a pattern, in pieces without a pattern.

/// Longer pieces than a record holds are among them.
const PIECE_MAX: u64 = 40_000;

/// The same for the same seed.
#[derive(Clone, Debug)]
pub(crate) struct Payload {
    state: u64,
}

impl Payload {
    pub(crate) const fn new(seed: u64) -> Self {
        // The state of xorshift must not be 0.
        Self { state: seed | 1 }
    }

    const fn next(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state
    }

    pub(crate) fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| (self.next() >> 24) as u8).collect()
    }

    /// How long the next piece is: as often a few bytes as a few thousand.
    pub(crate) const fn piece(&mut self) -> usize {
        let scale = self.next() % 4;
        let limit = [16, 200, 5000, PIECE_MAX][scale as usize];
        (1 + self.next() % limit) as usize
    }
}
