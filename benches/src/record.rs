//! What recording costs the thread that reads: messages of 150 bytes out of memory, with and without a recorder.

pub(crate) mod report;

mod memory_stream;
mod ours;
#[cfg(feature = "peers")]
mod rival;

pub use report::main;

use std::io::Read;
use std::path::Path;

use crate::harness::scratch::Scratch;
use crate::harness::{Answer, Result, Work};
use crate::payload;

/// The length of a message, and of a read.
const MESSAGE: usize = 150;
/// So many are read without waiting for the file; the queue holds them.
const BURST: u64 = 10_000;

/// Who is measured.
type Make = fn(&Path) -> Result<Box<dyn Reading>>;

const READERS: &[(&str, Make)] = &[
    ("not recorded", |_| {
        Ok(Box::new(Reads::new(memory_stream::Messages::new(), |_| {
            Ok(())
        })))
    }),
    ("ours", ours::with_system_clock),
    (
        "ours, time taken once a round",
        ours::with_time_of_the_round,
    ),
    #[cfg(feature = "peers")]
    ("rival", rival::recorded),
];

/// Work that has something left to be done when nobody looks.
trait Reading: Work {
    /// Waits until the file has all; that is not the reading thread's cost.
    fn settle(&mut self) -> Result<()>;
}

/// Reads one message a read.
struct Reads<S> {
    stream: S,
    settle: fn(&mut S) -> Result<()>,
}

impl<S: Read> Reads<S> {
    const fn new(stream: S, settle: fn(&mut S) -> Result<()>) -> Self {
        Self { stream, settle }
    }
}

impl<S: Read> Work for Reads<S> {
    fn answer(&mut self, messages: u64) -> Result<Answer> {
        let mut answer = Answer::new();
        let mut buffer = [0; MESSAGE];
        for _ in 0..messages {
            let count = self.stream.read(&mut buffer)?;
            answer.add(buffer.get(..count).unwrap_or_default());
        }
        Ok(answer)
    }

    fn run(&mut self, messages: u64) -> Result<()> {
        let mut buffer = [0; MESSAGE];
        for _ in 0..messages {
            if self.stream.read(std::hint::black_box(&mut buffer))? != MESSAGE {
                return Err("a message is cut".into());
            }
        }
        Ok(())
    }
}

impl<S: Read> Reading for Reads<S> {
    fn settle(&mut self) -> Result<()> {
        (self.settle)(&mut self.stream)
    }
}

/// The messages, all of one length.
fn messages() -> Vec<u8> {
    payload::json(MESSAGE).concat().into_bytes()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn everyone_reads_the_same_and_records_it() {
        let texts = payload::json(MESSAGE);
        let expected = Answer::of(texts.iter().map(|text| text.as_bytes()).take(100));
        for (name, make) in READERS {
            let scratch = Scratch::new().unwrap();
            let mut reads = make(&scratch.0).unwrap();
            assert_eq!(reads.answer(100).unwrap(), expected, "{name}");
            reads.settle().unwrap();
            drop(reads);
            let recorded: u64 = fs::read_dir(&scratch.0)
                .unwrap()
                .map(|entry| entry.unwrap().metadata().unwrap().len())
                .sum();
            let is_recorded = *name != "not recorded";
            assert_eq!(recorded >= 100 * MESSAGE as u64, is_recorded, "{name}");
        }
    }
}
