//! Receiving: taking the bytes, finding the frames, joining the fragments.

use std::io::Read;

use crate::harness::Result;
use crate::ws::decode::Decoder;
use crate::ws::frame;

/// One read asks for at most this much, so that it stays in the L1 cache.
const WINDOW: usize = 8 * 1024;

/// Takes the bytes out of the stream and looks at none of them.
pub(in crate::ws) struct Drain<S> {
    stream: S,
    frame_length: usize,
    window: Box<[u8]>,
    /// Bytes read beyond the messages that were asked for.
    ahead: usize,
}

impl<S: Read> Drain<S> {
    pub(in crate::ws) fn new(stream: S, payload_length: usize) -> Self {
        let mut frame = Vec::new();
        frame::push_server_frame(&vec![0; payload_length], &mut frame);
        Self {
            stream,
            frame_length: frame.len(),
            window: vec![0; WINDOW.max(2 * frame.len())].into(),
            ahead: 0,
        }
    }
}

impl<S: Read> Decoder for Drain<S> {
    fn decode(&mut self, messages: u64, mut each: impl FnMut(&[u8])) -> Result<()> {
        let total = usize::try_from(messages)? * self.frame_length;
        while self.ahead < total {
            let count = self.stream.read(&mut self.window)?;
            each(&self.window[..count]);
            self.ahead += count;
        }
        self.ahead -= total;
        Ok(())
    }
}

/// What was received and not yet used up.
struct Window<S> {
    stream: S,
    bytes: Box<[u8]>,
    head: usize,
    tail: usize,
}

impl<S: Read> Window<S> {
    fn new(stream: S, longest: usize) -> Self {
        Self {
            stream,
            // Room for a whole read behind a frame that is not.
            bytes: vec![0; WINDOW.max(2 * longest)].into(),
            head: 0,
            tail: 0,
        }
    }

    /// Moves what is left of a frame to the front and reads once behind it.
    fn refill(&mut self, head: usize) -> Result<()> {
        self.bytes.copy_within(head..self.tail, 0);
        self.tail -= head;
        self.tail += self.stream.read(&mut self.bytes[self.tail..])?;
        Ok(())
    }
}

/// Finds the frames, and with `CHECKED` whether they are UTF-8, by the standard library.
pub(in crate::ws) struct Framed<S, const CHECKED: bool>(Window<S>);

impl<S: Read, const CHECKED: bool> Framed<S, CHECKED> {
    /// No payload is longer than `longest` bytes.
    pub(in crate::ws) fn new(stream: S, longest: usize) -> Self {
        Self(Window::new(stream, longest))
    }
}

impl<S: Read, const CHECKED: bool> Decoder for Framed<S, CHECKED> {
    fn decode(&mut self, messages: u64, mut each: impl FnMut(&[u8])) -> Result<()> {
        let window = &mut self.0;
        let mut left = messages;
        // Not in memory: a store and a load for each frame would be what a short one takes longest for.
        let mut head = window.head;
        loop {
            let mut rest = &window.bytes[head..window.tail];
            while left > 0
                && let Some((first, payload, others)) = split_frame(rest)
            {
                if CHECKED && first & 0x0f == frame::TEXT && !is_ascii(payload) {
                    std::str::from_utf8(payload)?;
                }
                each(payload);
                rest = others;
                left -= 1;
            }
            head = window.tail - rest.len();
            if left == 0 {
                window.head = head;
                return Ok(());
            }
            window.refill(head)?;
            head = 0;
        }
    }
}

/// Joins fragments, and looks whether the messages are UTF-8.
pub(in crate::ws) struct Joined<S> {
    window: Window<S>,
    message: Vec<u8>,
}

impl<S: Read> Joined<S> {
    pub(in crate::ws) fn new(stream: S, longest: usize) -> Self {
        Self {
            window: Window::new(stream, longest),
            message: Vec::with_capacity(longest),
        }
    }
}

impl<S: Read> Decoder for Joined<S> {
    fn decode(&mut self, messages: u64, mut each: impl FnMut(&[u8])) -> Result<()> {
        let mut left = messages;
        loop {
            let rest = &self.window.bytes[self.window.head..self.window.tail];
            let Some((first, payload, others)) = split_frame(rest) else {
                self.window.refill(self.window.head)?;
                self.window.head = 0;
                continue;
            };
            self.window.head = self.window.tail - others.len();
            if first & 0x0f != frame::CONTINUATION {
                self.message.clear();
            }
            self.message.extend_from_slice(payload);
            if first & frame::FIN == 0 {
                continue;
            }
            if !is_ascii(&self.message) {
                std::str::from_utf8(&self.message)?;
            }
            each(&self.message);
            left -= 1;
            if left == 0 {
                return Ok(());
            }
        }
    }
}

/// The first byte and the payload of the unmasked frame that `bytes` start with, and what follows it.
#[inline(always)]
fn split_frame(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (first, (payload, others)) = match bytes {
        [first, 126, high, low, rest @ ..] => (
            first,
            rest.split_at_checked(usize::from(u16::from_be_bytes([*high, *low])))?,
        ),
        [first, length, rest @ ..] if *length < 126 => {
            (first, rest.split_at_checked(usize::from(*length))?)
        }
        [first, 127, rest @ ..] => {
            let (length, rest) = rest.split_first_chunk()?;
            let length = usize::try_from(u64::from_be_bytes(*length)).ok()?;
            (first, rest.split_at_checked(length)?)
        }
        _ => return None,
    };
    Some((*first, payload, others))
}

const BLOCK: usize = 32;

/// Blocks that the compiler turns into vector instructions, the last one overlapping the one before.
fn is_ascii(bytes: &[u8]) -> bool {
    let Some(last) = bytes.last_chunk() else {
        return is_short_ascii(bytes);
    };
    let (blocks, _) = bytes.as_chunks();
    blocks.iter().fold(is_block_ascii(last), |ascii, block| {
        ascii & is_block_ascii(block)
    })
}

fn is_block_ascii(block: &[u8; BLOCK]) -> bool {
    block.iter().fold(0, |seen, byte| seen | byte) < 0x80
}

/// The same word by word.
fn is_short_ascii(bytes: &[u8]) -> bool {
    let Some(last) = bytes.last_chunk() else {
        return bytes.is_ascii();
    };
    let (words, _) = bytes.as_chunks();
    let seen = words.iter().fold(u64::from_ne_bytes(*last), |seen, word| {
        seen | u64::from_ne_bytes(*word)
    });
    seen & 0x8080_8080_8080_8080 == 0
}
