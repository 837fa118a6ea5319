//! How things are measured: answers first, then instructions and allocations under valgrind, then time.

pub(crate) mod cores;
pub(crate) mod row;
pub(crate) mod scratch;
pub(crate) mod strace;
pub(crate) mod table;
pub(crate) mod target;
pub(crate) mod timing;
pub(crate) mod valgrind;

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

pub(crate) type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Something that is done message by message.
pub(crate) trait Work {
    /// Does `messages` of it from a fresh start and tells what came out of it, every byte looked at.
    fn answer(&mut self, messages: u64) -> Result<Answer>;

    /// Goes on with `messages` more and looks at as little as possible.
    fn run(&mut self, messages: u64) -> Result<()>;

    /// How long [`run`](Self::run) takes; one that runs in another process leaves out the way there.
    fn time(&mut self, messages: u64) -> Result<Duration> {
        let start = Instant::now();
        self.run(messages)?;
        Ok(start.elapsed())
    }
}

/// The section that valgrind counts; its name is how callgrind finds it.
#[inline(never)]
pub(crate) fn measured_section(work: &mut dyn Work, messages: u64) -> Result<()> {
    // Not a tail call, which would end the section before the work is done.
    black_box(work.run(messages))
}

/// What came out of some work. Two contestants that did the same work give equal answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) messages: u64,
    pub(crate) bytes: u64,
    checksum: u64,
}

impl Answer {
    pub(crate) const fn new() -> Self {
        // The offset basis of FNV-1a.
        Self {
            messages: 0,
            bytes: 0,
            checksum: 0xcbf2_9ce4_8422_2325,
        }
    }

    /// The answer that has all of `payloads` in order.
    pub(crate) fn of<'a>(payloads: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut answer = Self::new();
        for payload in payloads {
            answer.add(payload);
        }
        answer
    }

    /// Adds one payload; order and borders count.
    pub(crate) fn add(&mut self, payload: &[u8]) {
        self.messages += 1;
        self.bytes += payload.len() as u64;
        for &byte in payload {
            self.mix(byte);
        }
        self.mix(0xff);
    }

    const fn mix(&mut self, byte: u8) {
        self.checksum = (self.checksum ^ byte as u64).wrapping_mul(0x100_0000_01b3);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_borders_change_the_answer() {
        let answer = Answer::of([&b"ab"[..], b"c"]);
        assert_eq!((answer.messages, answer.bytes), (2, 3));
        assert_eq!(answer, Answer::of([&b"ab"[..], b"c"]));
        assert_ne!(answer, Answer::of([&b"a"[..], b"bc"]));
        assert_ne!(answer, Answer::of([&b"c"[..], b"ab"]));
    }
}
