//! A stream that gives and takes as a list says.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};

use arbitrary::Arbitrary;

/// What the next read or write does. Without a step, all is given and taken.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Step {
    /// At most so many bytes and one.
    Short(u8),
    WouldBlock,
    Interrupted,
}

/// The stream.
#[derive(Debug, Default)]
pub struct Faulty {
    input: VecDeque<u8>,
    is_ended: bool,
    pub reads: VecDeque<Step>,
    pub writes: VecDeque<Step>,
    pub written: Vec<u8>,
}

/// Steps that may wait, so that a list of them does not go on for ever.
const STEPS_MAX: usize = 64;

impl Faulty {
    pub fn push_reads(&mut self, steps: &[Step]) {
        self.reads.extend(steps);
        self.reads.truncate(STEPS_MAX);
    }

    pub fn push_writes(&mut self, steps: &[Step]) {
        self.writes.extend(steps);
        self.writes.truncate(STEPS_MAX);
    }

    /// Appends what the server sends; nothing after it has ended. Returns whether it counts.
    pub fn push_input(&mut self, bytes: &[u8]) -> bool {
        if !self.is_ended {
            self.input.extend(bytes);
        }
        !self.is_ended
    }

    pub fn end(&mut self) {
        self.is_ended = true;
    }

    pub fn is_ended(&self) -> bool {
        self.is_ended
    }

    pub fn is_read_out(&self) -> bool {
        self.input.is_empty()
    }
}

/// How many of `count` bytes may pass.
fn passing(steps: &mut VecDeque<Step>, count: usize) -> io::Result<usize> {
    match steps.pop_front() {
        None => Ok(count),
        Some(Step::Short(most)) => Ok(count.min(usize::from(most) + 1)),
        Some(Step::WouldBlock) => Err(ErrorKind::WouldBlock.into()),
        Some(Step::Interrupted) => Err(ErrorKind::Interrupted.into()),
    }
}

impl Read for Faulty {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = passing(&mut self.reads, buffer.len().min(self.input.len()))?;
        if count == 0 && !buffer.is_empty() && !self.is_ended {
            return Err(ErrorKind::WouldBlock.into());
        }
        for (place, byte) in buffer.iter_mut().zip(self.input.drain(..count)) {
            *place = byte;
        }
        Ok(count)
    }
}

impl Write for Faulty {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = passing(&mut self.writes, bytes.len())?;
        self.written.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
