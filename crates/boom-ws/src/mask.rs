//! RFC 6455 §5.3, client-to-server masking.

use rand::rngs::{StdRng, SysRng};
use rand::{Rng, SeedableRng};

/// Copies `payload` to the start of `out`, masked, in one pass.
///
/// Where the length is no multiple of a block, the last block overlaps the one before: the bytes between are written
/// twice, each time the same.
#[inline(always)]
pub(crate) fn copy_masked(out: &mut [u8], payload: &[u8], key: [u8; 4]) {
    let Some(out) = out.get_mut(..payload.len()) else {
        return;
    };
    if payload.len() >= BLOCK {
        copy_masked_blocks::<BLOCK>(out, payload, key);
    } else if payload.len() >= WORD {
        copy_masked_blocks::<WORD>(out, payload, key);
    } else {
        for ((target, source), mask) in out.iter_mut().zip(payload).zip(key.iter().cycle()) {
            *target = source ^ mask;
        }
    }
}

const BLOCK: usize = 32;
const WORD: usize = 8;

/// `out` and `payload` have the same length, at least `N`.
#[inline(always)]
fn copy_masked_blocks<const N: usize>(out: &mut [u8], payload: &[u8], key: [u8; 4]) {
    let from = payload.len().saturating_sub(N);
    for (target, source) in out
        .as_chunks_mut::<N>()
        .0
        .iter_mut()
        .zip(payload.as_chunks::<N>().0)
    {
        *target = masked(source, key);
    }
    // RFC 6455 §5.3: octet i is masked by octet i modulo 4 of the key.
    let turned = key_at(key, from);
    if let (Some(target), Some(source)) = (out.last_chunk_mut::<N>(), payload.last_chunk::<N>()) {
        *target = masked(source, turned);
    }
}

#[inline(always)]
fn masked<const N: usize>(source: &[u8; N], key: [u8; 4]) -> [u8; N] {
    let mut block = *source;
    for quad in block.as_chunks_mut::<4>().0 {
        *quad = (u32::from_ne_bytes(*quad) ^ u32::from_ne_bytes(key)).to_ne_bytes();
    }
    block
}

/// Masks `payload` where it lies.
pub(crate) fn mask_in_place(payload: &mut [u8], key: [u8; 4]) {
    let (quads, rest) = payload.as_chunks_mut::<4>();
    for quad in quads {
        *quad = (u32::from_ne_bytes(*quad) ^ u32::from_ne_bytes(key)).to_ne_bytes();
    }
    for (byte, mask) in rest.iter_mut().zip(key) {
        *byte ^= mask;
    }
}

/// The key for the part of a payload that starts at byte `offset` of it.
pub(crate) const fn key_at(key: [u8; 4], offset: usize) -> [u8; 4] {
    u32::from_le_bytes(key)
        .rotate_right(offset as u32 % 4 * 8)
        .to_le_bytes()
}

/// Masking keys, fresh and unpredictable for each frame (RFC 6455 §10.3).
///
/// A ChaCha12 generator, seeded once by the operating system, fills a block of keys at a time, so a key costs no
/// system call and, but for one in 64, a load.
pub(crate) struct MaskingKeys {
    generator: StdRng,
    block: [[u8; 4]; BLOCK_KEYS],
    /// The next key of the block; as many as there are where the block is used up.
    next: usize,
    /// All keys are zero.
    is_zero: bool,
}

const BLOCK_KEYS: usize = 64;

impl MaskingKeys {
    pub(crate) fn from_os() -> std::io::Result<Self> {
        StdRng::try_from_rng(&mut SysRng)
            .map(Self::new)
            .map_err(std::io::Error::other)
    }

    pub(crate) fn from_seed(seed: [u8; 32]) -> Self {
        Self::new(StdRng::from_seed(seed))
    }

    const fn new(generator: StdRng) -> Self {
        Self {
            generator,
            block: [[0; 4]; BLOCK_KEYS],
            next: BLOCK_KEYS,
            is_zero: false,
        }
    }

    /// From now on all keys are zero.
    pub(crate) const fn set_zero(&mut self) {
        self.is_zero = true;
        self.block = [[0; 4]; BLOCK_KEYS];
    }

    pub(crate) const fn is_zero(&self) -> bool {
        self.is_zero
    }

    pub(crate) fn next_key(&mut self) -> [u8; 4] {
        match self.ready_key() {
            Some(key) => key,
            None => self.refill(),
        }
    }

    /// The next key of the block, `None` where it is used up.
    #[inline(always)]
    pub(crate) fn ready_key(&mut self) -> Option<[u8; 4]> {
        let key = *self.block.get(self.next)?;
        self.next += 1;
        Some(key)
    }

    #[cold]
    #[inline(never)]
    fn refill(&mut self) -> [u8; 4] {
        if !self.is_zero {
            self.generator.fill_bytes(self.block.as_flattened_mut());
        }
        self.next = 1;
        self.block[0]
    }

    /// RFC 6455 §4.1: "The nonce MUST be selected randomly for each connection."
    pub(crate) fn handshake_nonce(&mut self) -> [u8; 16] {
        let mut nonce = [0; 16];
        self.generator.fill_bytes(&mut nonce);
        nonce
    }
}

/// Says nothing of the state: who knows it can foretell the keys.
impl std::fmt::Debug for MaskingKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MaskingKeys")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn naive(payload: &[u8], key: [u8; 4]) -> Vec<u8> {
        payload
            .iter()
            .enumerate()
            .map(|(index, byte)| byte ^ key[index % 4])
            .collect()
    }

    #[test]
    fn every_length_is_masked_as_the_rfc_says() {
        let payload: Vec<u8> = (0..=255).collect();
        for len in 0..payload.len() {
            let mut out = vec![0; len];
            copy_masked(&mut out, &payload[..len], [0x12, 0x34, 0x56, 0x78]);
            let expected = naive(&payload[..len], [0x12, 0x34, 0x56, 0x78]);
            assert_eq!(out, expected, "length {len}");
            let mut out = payload[..len].to_vec();
            mask_in_place(&mut out, [0x12, 0x34, 0x56, 0x78]);
            assert_eq!(out, expected, "length {len}, in place");
        }
    }

    #[test]
    fn rfc_5_7_example_of_a_masked_text() {
        let mut out = [0; 5];
        copy_masked(&mut out, b"Hello", [0x37, 0xfa, 0x21, 0x3d]);
        assert_eq!(out, [0x7f, 0x9f, 0x4d, 0x51, 0x58]);
    }

    #[test]
    fn keys_differ_between_frames_and_connections() {
        let mut first = MaskingKeys::from_os().unwrap();
        let mut second = MaskingKeys::from_os().unwrap();
        let keys: std::collections::HashSet<_> = (0..500)
            .flat_map(|_| [first.next_key(), second.next_key()])
            .collect();
        assert!(keys.len() > 990, "{} of 1000 keys are distinct", keys.len());
    }
}
