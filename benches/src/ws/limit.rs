//! The limits: code by hand that does the bare minimum, without any rule, option or error handling.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use crate::harness::Result;
use crate::memory::{Ring, Sink};
use crate::payload;
use crate::ws::decode::Decoder;
use crate::ws::encode::Encoder;
use crate::ws::frame;
use crate::ws::round_trip::Client;

/// One read asks for at most this much, so that it stays in the L1 cache.
const WINDOW: usize = 8 * 1024;

/// Takes the bytes out of the stream and looks at none of them.
pub(super) struct Drain {
    stream: Ring,
    frame_length: usize,
    window: Box<[u8]>,
    /// Bytes read beyond the messages that were asked for.
    ahead: usize,
}

impl Drain {
    pub(super) fn new(stream: Ring, payload_length: usize) -> Self {
        let mut frame = Vec::new();
        frame::push_server_frame(&vec![0; payload_length], &mut frame);
        Self {
            stream,
            frame_length: frame.len(),
            window: vec![0; WINDOW].into(),
            ahead: 0,
        }
    }
}

impl Decoder for Drain {
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

/// Finds the frames, and with `CHECKED` whether they are UTF-8, by the standard library.
pub(super) struct Framed<const CHECKED: bool> {
    stream: Ring,
    window: Box<[u8]>,
    head: usize,
    tail: usize,
}

impl<const CHECKED: bool> Framed<CHECKED> {
    pub(super) fn new(stream: Ring) -> Self {
        Self {
            stream,
            window: vec![0; WINDOW].into(),
            head: 0,
            tail: 0,
        }
    }

    /// Moves what is left of a frame to the front and reads once behind it.
    fn refill(&mut self, head: usize) -> Result<()> {
        self.window.copy_within(head..self.tail, 0);
        self.tail -= head;
        self.tail += self.stream.read(&mut self.window[self.tail..])?;
        Ok(())
    }
}

impl<const CHECKED: bool> Decoder for Framed<CHECKED> {
    fn decode(&mut self, messages: u64, mut each: impl FnMut(&[u8])) -> Result<()> {
        let mut left = messages;
        // Not in memory: a store and a load for each frame would be what a short one takes longest for.
        let mut head = self.head;
        loop {
            let mut rest = &self.window[head..self.tail];
            while left > 0
                && let Some((payload, others)) = split_frame(rest)
            {
                if CHECKED && !is_ascii(payload) {
                    std::str::from_utf8(payload)?;
                }
                each(payload);
                rest = others;
                left -= 1;
            }
            head = self.tail - rest.len();
            if left == 0 {
                self.head = head;
                return Ok(());
            }
            self.refill(head)?;
            head = 0;
        }
    }
}

/// The payload of the unmasked frame of up to 64 KiB that `bytes` start with, and what follows it.
#[inline(always)]
fn split_frame(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    match bytes {
        [_, 126, high, low, rest @ ..] => {
            rest.split_at_checked(usize::from(u16::from_be_bytes([*high, *low])))
        }
        [_, length, rest @ ..] if *length < 126 => rest.split_at_checked(usize::from(*length)),
        _ => None,
    }
}

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

/// Header, a key of a fast generator that nobody should trust, copy and mask in one pass, write.
pub(super) struct Masked {
    stream: Sink,
    random: u64,
    out: Box<[u8; WINDOW]>,
}

impl Masked {
    pub(super) fn new(stream: Sink) -> Self {
        Self {
            stream,
            random: 1,
            out: Box::new([0; WINDOW]),
        }
    }
}

/// The header of a masked frame of 126 bytes to 64 KiB.
const HEADER: usize = 8;
const BLOCK: usize = 32;

impl Encoder for Masked {
    fn send(&mut self, text: &str) -> Result<()> {
        let payload = text.as_bytes();
        let [high, low] = u16::try_from(payload.len())?.to_be_bytes();
        let [a, b, c, d, ..] = payload::next(&mut self.random).to_ne_bytes();
        let (header, rest) = self.out.split_at_mut(HEADER);
        header.copy_from_slice(&[0x81, 0xfe, high, low, a, b, c, d]);
        let mask = u32::from_le_bytes([a, b, c, d]);
        let to = &mut rest[..payload.len()];
        for (to, from) in to.as_chunks_mut().0.iter_mut().zip(payload.as_chunks().0) {
            mask_block(to, from, mask);
        }
        // The last block overlaps the one before, so its key starts somewhere else.
        let (Some(to), Some(from)) = (to.last_chunk_mut(), payload.last_chunk()) else {
            return Err("too short for a block".into());
        };
        mask_block(to, from, mask.rotate_right(8 * (payload.len() % 4) as u32));
        self.stream.write_all(&self.out[..HEADER + payload.len()])?;
        Ok(())
    }
}

fn mask_block(to: &mut [u8; BLOCK], from: &[u8; BLOCK], mask: u32) {
    for (to, from) in to.as_chunks_mut().0.iter_mut().zip(from.as_chunks().0) {
        *to = (u32::from_le_bytes(*from) ^ mask).to_le_bytes();
    }
}

/// Raw TCP: writes a frame that was made before, and polls until as many bytes are back as the echo must have.
pub(super) struct RawTcp {
    stream: TcpStream,
    sent: Vec<u8>,
    received: Vec<u8>,
}

impl RawTcp {
    pub(super) fn connect(server: SocketAddr, text: &str) -> Result<Self> {
        let stream = TcpStream::connect(server)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        let (mut sent, mut received) = (Vec::new(), Vec::new());
        frame::push_client_frame(text.as_bytes(), [1, 2, 3, 4], &mut sent);
        frame::push_server_frame(text.as_bytes(), &mut received);
        Ok(Self {
            stream,
            sent,
            received,
        })
    }
}

impl Client for RawTcp {
    fn round_trip(&mut self, _text: &str, each: &mut dyn FnMut(&[u8])) -> Result<()> {
        self.stream.write_all(&self.sent)?;
        let mut filled = 0;
        while filled < self.received.len() {
            match self.stream.read(&mut self.received[filled..]) {
                Ok(0) => return Err("the echo has hung up".into()),
                Ok(count) => filled += count,
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
        }
        let Some(parsed) = frame::parse(&self.received) else {
            return Err("no frame came back".into());
        };
        each(&self.received[parsed.header..]);
        Ok(())
    }
}
