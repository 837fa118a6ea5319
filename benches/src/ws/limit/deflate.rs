//! Compressed messages: frames by hand around a compressor.

use std::io::{Read, Write};

use crate::harness::Result;
use crate::memory::{Ring, Sink};
use crate::ws::decode::Decoder;
use crate::ws::deflate::{Compressor, Decompressor};
use crate::ws::encode::Encoder;
use crate::ws::frame;

/// Compresses, masks and writes.
pub(in crate::ws) struct Deflating<C> {
    stream: Sink,
    compressor: C,
    random: u64,
    out: Vec<u8>,
}

impl<C: Compressor> Deflating<C> {
    pub(in crate::ws) const fn new(stream: Sink, compressor: C) -> Self {
        Self {
            stream,
            compressor,
            random: 1,
            out: Vec::new(),
        }
    }
}

impl<C: Compressor> Encoder for Deflating<C> {
    fn send(&mut self, text: &str) -> Result<()> {
        let compressed = self.compressor.compress(text.as_bytes())?;
        let [a, b, c, d, ..] = crate::payload::next(&mut self.random).to_ne_bytes();
        self.out.clear();
        let first = frame::FIN | frame::RSV1 | frame::TEXT;
        frame::push_masked(first, compressed, [a, b, c, d], &mut self.out);
        Ok(self.stream.write_all(&self.out)?)
    }
}

/// Finds the frames, inflates, and looks whether the text is UTF-8.
pub(in crate::ws) struct Inflating<D> {
    stream: Ring,
    decompressor: D,
    window: Box<[u8]>,
    head: usize,
    tail: usize,
}

impl<D: Decompressor> Inflating<D> {
    pub(in crate::ws) fn new(stream: Ring, decompressor: D) -> Self {
        Self {
            stream,
            decompressor,
            window: vec![0; 16 * 1024].into(),
            head: 0,
            tail: 0,
        }
    }
}

impl<D: Decompressor> Decoder for Inflating<D> {
    fn decode(&mut self, messages: u64, mut each: impl FnMut(&[u8])) -> Result<()> {
        let mut left = messages;
        while left > 0 {
            let rest = &self.window[self.head..self.tail];
            let Some(parsed) = frame::parse(rest) else {
                self.window.copy_within(self.head..self.tail, 0);
                self.tail -= self.head;
                self.head = 0;
                self.tail += self.stream.read(&mut self.window[self.tail..])?;
                continue;
            };
            let end = parsed.header + parsed.length;
            let message = self.decompressor.decompress(&rest[parsed.header..end])?;
            if !message.is_ascii() {
                std::str::from_utf8(message)?;
            }
            each(message);
            self.head += end;
            left -= 1;
        }
        Ok(())
    }
}
