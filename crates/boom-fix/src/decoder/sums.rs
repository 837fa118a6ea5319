//! Sums of bytes that were taken for a message in vain.
//!
//! What is garbled may hold many starts of messages, each with a length that ends far behind the others' starts. If each
//! were summed by itself, the work would grow with the square of what is sent. So the bytes are summed once, with a note at
//! every 256th, and the sum of any part is the difference of two sums, each of which lacks at most 256 bytes.

use crate::sys::{Kernel, TRAILER};

/// Running sums, modulo 256, from some byte of the stream on.
#[derive(Clone, Debug)]
pub(super) struct Sums {
    /// The sum in front of each block's first byte, in turn. There are none until a checksum is wrong.
    blocks: Vec<u8>,
    /// Where the input stands, and the sum in front of it.
    at: u64,
    sum_at: u8,
    /// Up to where it is summed: the end of a trailer. `at <= end`, and nothing is known where they are equal.
    end: u64,
    sum_end: u8,
    /// The last bytes that were summed.
    last: [u8; LAST],
    #[cfg(test)]
    pub(super) looked_at: std::cell::Cell<usize>,
}

/// From one note to the next.
const BLOCK: u64 = 256;
const LAST: usize = 8;

impl Sums {
    pub(super) const fn new() -> Self {
        Self {
            blocks: Vec::new(),
            at: 0,
            sum_at: 0,
            end: 0,
            sum_end: 0,
            last: [0; LAST],
            #[cfg(test)]
            looked_at: std::cell::Cell::new(0),
        }
    }

    /// Returns true if nothing is known of the bytes at the front of the input.
    pub(super) const fn is_empty(&self) -> bool {
        self.at == self.end
    }

    /// Forgets the sums if the input is not what it was: whoever calls may have left something out.
    pub(super) fn check(&mut self, input: &[u8]) {
        let ahead = (self.end - self.at) as usize;
        let start = ahead.checked_sub(LAST);
        let last = start.and_then(|start| input.get(start..ahead));
        if last != Some(&self.last) {
            self.clear();
        }
    }

    /// Whether the message at the front of the input has this checksum.
    pub(super) fn agree(
        &mut self,
        kernel: Kernel,
        message: &[u8],
        checksum: u32,
        max: usize,
    ) -> bool {
        self.extend(kernel, message, max);
        let content = message.len() - TRAILER.min(message.len());
        let sum = self.sum_before(kernel, message, content);
        u32::from(sum.wrapping_sub(self.sum_at)) == checksum
    }

    /// Sums the rest of the message at the front of the input; none is longer than `max`.
    pub(super) fn extend(&mut self, kernel: Kernel, message: &[u8], max: usize) {
        if self.blocks.is_empty() {
            // One in which the message starts, and one in which it ends.
            self.blocks.resize(max / BLOCK as usize + 2, 0);
        }
        let target = self.at + message.len() as u64;
        if target <= self.end {
            return;
        }
        while self.end < target {
            let block = self.end / BLOCK + 1;
            let end = target.min(block * BLOCK);
            let bytes = (self.end - self.at) as usize..(end - self.at) as usize;
            self.sum_end = self
                .sum_end
                .wrapping_add(self.sum(kernel, message.get(bytes)));
            self.end = end;
            if end == block * BLOCK {
                self.note(block, self.sum_end);
            }
        }
        self.last = message.last_chunk().copied().unwrap_or_default();
    }

    /// Goes on behind the first `count` bytes of the input.
    pub(super) fn advance(&mut self, kernel: Kernel, input: &[u8], count: usize) {
        if self.at + count as u64 >= self.end {
            self.clear();
            return;
        }
        self.sum_at = self.sum_before(kernel, input, count);
        self.at += count as u64;
    }

    /// The sum of everything in front of a place of the input, which is summed already.
    fn sum_before(&self, kernel: Kernel, input: &[u8], place: usize) -> u8 {
        let block = (self.at + place as u64) / BLOCK;
        let (known, from) = match (block * BLOCK).checked_sub(self.at) {
            Some(from) => (self.noted(block), from as usize),
            None => (self.sum_at, 0),
        };
        known.wrapping_add(self.sum(kernel, input.get(from..place)))
    }

    fn note(&mut self, block: u64, sum: u8) {
        let index = (block % self.blocks.len().max(1) as u64) as usize;
        if let Some(noted) = self.blocks.get_mut(index) {
            *noted = sum;
        }
    }

    fn noted(&self, block: u64) -> u8 {
        let index = (block % self.blocks.len().max(1) as u64) as usize;
        self.blocks.get(index).copied().unwrap_or(0)
    }

    fn sum(&self, kernel: Kernel, bytes: Option<&[u8]>) -> u8 {
        let bytes = bytes.unwrap_or_default();
        #[cfg(test)]
        self.looked_at.update(|count| count + bytes.len());
        let (sum, _) = kernel.sum_and_count(bytes);
        sum as u8
    }

    /// Forgets all.
    pub(super) const fn clear(&mut self) {
        (self.at, self.sum_at) = (0, 0);
        (self.end, self.sum_end) = (0, 0);
    }
}
