//! Where the values go that were read.

use std::hint::black_box;

use crate::harness::Answer;

/// Takes values as they are read.
pub(super) trait Sink {
    fn text(&mut self, text: &[u8]);
    fn number(&mut self, number: impl Number);
}

/// A number of whatever type a contestant has for it.
pub(super) trait Number {
    fn to_f64(self) -> f64;
}

impl Number for f64 {
    fn to_f64(self) -> f64 {
        self
    }
}

impl Number for i64 {
    fn to_f64(self) -> f64 {
        self as f64
    }
}

impl Number for boom_fix::Decimal {
    fn to_f64(self) -> f64 {
        self.to_f64()
    }
}

/// Compares every byte.
impl Sink for Answer {
    fn text(&mut self, text: &[u8]) {
        self.add(text);
    }

    fn number(&mut self, number: impl Number) {
        self.add(format!("{:.6}", number.to_f64()).as_bytes());
    }
}

/// Keeps the compiler from leaving the reading out.
pub(super) struct Blind;

impl Sink for Blind {
    #[inline]
    fn text(&mut self, text: &[u8]) {
        black_box(text);
    }

    #[inline]
    fn number(&mut self, number: impl Number) {
        black_box(number);
    }
}
