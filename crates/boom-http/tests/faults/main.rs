//! The pool on a network that fails by seed: 500 seeds, or as many as `BOOM_HTTP_SEEDS` says.

mod operations;

use std::panic::catch_unwind;

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ (value >> 31)
    }
}

fn number(variable: &str, default: u64) -> u64 {
    let text = std::env::var(variable).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn every_seed_keeps_requests_and_answers_together() {
    let (from, count) = (number("BOOM_HTTP_FROM", 0), number("BOOM_HTTP_SEEDS", 500));
    for seed in from..from + count {
        let mut random = Random(seed);
        let len = 50 + random.next() % 600;
        let data: Vec<u8> = (0..len).map(|_| (random.next() >> 32) as u8).collect();
        let result = catch_unwind(|| operations::run(&data));
        assert!(
            result.is_ok(),
            "seed {seed}: run it again by BOOM_HTTP_FROM={seed} BOOM_HTTP_SEEDS=1"
        );
    }
}
