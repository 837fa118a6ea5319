//! Sending: header, mask, one write.

use std::io::Write;

use crate::harness::Result;
use crate::memory::Sink;
use crate::payload;
use crate::ws::encode::Encoder;

/// Header, a key of a fast generator that nobody should trust, copy and mask in one pass, write.
pub(in crate::ws) struct Masked {
    stream: Sink,
    random: u64,
    out: Box<[u8]>,
}

impl Masked {
    /// No text is longer than `longest` bytes.
    pub(in crate::ws) fn new(stream: Sink, longest: usize) -> Self {
        Self {
            stream,
            random: 1,
            out: vec![0; longest + LONG_HEADER].into(),
        }
    }
}

/// The header of a masked frame of 126 bytes to 64 KiB, and of a shorter one.
const LONG_HEADER: usize = 8;
const SHORT_HEADER: usize = 6;

impl Encoder for Masked {
    fn send(&mut self, text: &str) -> Result<()> {
        let payload = text.as_bytes();
        let [a, b, c, d, ..] = payload::next(&mut self.random).to_ne_bytes();
        let header = match u8::try_from(payload.len()) {
            Ok(length) if length < 126 => {
                self.out[..SHORT_HEADER].copy_from_slice(&[0x81, 0x80 | length, a, b, c, d]);
                SHORT_HEADER
            }
            _ => {
                let [high, low] = u16::try_from(payload.len())?.to_be_bytes();
                self.out[..LONG_HEADER].copy_from_slice(&[0x81, 0xfe, high, low, a, b, c, d]);
                LONG_HEADER
            }
        };
        let to = &mut self.out[header..header + payload.len()];
        let mask = u32::from_le_bytes([a, b, c, d]);
        if payload.len() < 32 {
            mask_blocks::<8>(to, payload, mask)?;
        } else {
            mask_blocks::<32>(to, payload, mask)?;
        }
        self.stream.write_all(&self.out[..header + payload.len()])?;
        Ok(())
    }
}

#[inline(always)]
fn mask_blocks<const N: usize>(to: &mut [u8], from: &[u8], mask: u32) -> Result<()> {
    for (to, from) in to.as_chunks_mut::<N>().0.iter_mut().zip(from.as_chunks().0) {
        mask_block(to, from, mask);
    }
    // The last block overlaps the one before, so its key starts somewhere else.
    let length = from.len();
    let (Some(to), Some(from)) = (to.last_chunk_mut::<N>(), from.last_chunk()) else {
        return Err("too short for a block".into());
    };
    mask_block(to, from, mask.rotate_right(8 * (length % 4) as u32));
    Ok(())
}

#[inline(always)]
fn mask_block<const N: usize>(to: &mut [u8; N], from: &[u8; N], mask: u32) {
    for (to, from) in to.as_chunks_mut().0.iter_mut().zip(from.as_chunks().0) {
        *to = (u32::from_le_bytes(*from) ^ mask).to_le_bytes();
    }
}
