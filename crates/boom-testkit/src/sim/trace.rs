//! What has happened, in short: to compare two runs, and to read when one has failed.

use std::collections::VecDeque;
use std::fmt::Write;

/// Numbers alone, so that keeping it costs little; it is made into text when somebody wants to read it.
#[derive(Debug)]
pub(super) struct Trace {
    hash: u64,
    count: u64,
    /// The newest lines.
    tail: VecDeque<Line>,
}

#[derive(Clone, Copy, Debug)]
struct Line {
    at_ns: u64,
    what: &'static str,
    who: u64,
    detail: u64,
}

const TAIL: usize = 2000;

impl Trace {
    pub(super) const fn new() -> Self {
        Self {
            hash: 0xcbf2_9ce4_8422_2325,
            count: 0,
            tail: VecDeque::new(),
        }
    }

    pub(super) fn note(&mut self, at_ns: u64, what: &'static str, who: u64, detail: u64) {
        self.count += 1;
        let first = what.as_bytes().first().copied().unwrap_or_default();
        for part in [at_ns, what.len() as u64, first.into(), who, detail] {
            // FNV-1a, by words.
            self.hash = (self.hash ^ part).wrapping_mul(0x0000_0100_0000_01b3);
            self.hash ^= self.hash >> 29;
        }
        if self.tail.len() == TAIL {
            self.tail.pop_front();
        }
        self.tail.push_back(Line {
            at_ns,
            what,
            who,
            detail,
        });
    }

    pub(super) const fn hash(&self) -> u64 {
        self.hash
    }

    /// The newest `lines`, as text.
    pub(super) fn tail(&self, lines: usize) -> String {
        let mut text = String::new();
        let skipped = self.tail.len().saturating_sub(lines);
        for (place, line) in self.tail.iter().enumerate().skip(skipped) {
            let number = self.count - (self.tail.len() - place) as u64;
            let (seconds, rest_ns) = (line.at_ns / 1_000_000_000, line.at_ns % 1_000_000_000);
            let _ = writeln!(
                text,
                "{number:>7} {seconds:>6}.{rest_ns:09} #{:<4} {} {}",
                line.who, line.what, line.detail
            );
        }
        text
    }
}
