//! Messages of ours, compressed (RFC 7692 §7.2.1).

use std::fmt;

use zlib_rs::{Deflate, DeflateFlush};

use super::TAIL;
use super::negotiation::Agreed;

/// RFC 7692 §7.2.3.6: an empty message, and the end of one whose fragments are all sent. It is the header of an
/// empty block without compression; the rest of that block is the tail.
const EMPTY: &[u8] = &[0x00];
/// The longest block without compression (RFC 1951 §3.2.4).
const STORED_MAX: usize = 0xffff;
/// The smallest window that zlib has for raw DEFLATE.
const WINDOW_BITS_MIN: u8 = 9;

/// Compresses the messages of one connection into a buffer that is used again and again.
///
/// The memory: 384 KiB of the compressor with the largest window, 256 KiB with the smallest, and a buffer for the longest
/// compressed message.
pub(crate) struct Deflater {
    inner: Deflate,
    pub(super) out: Vec<u8>,
    takeover: bool,
    compress_from: usize,
    /// A message is under way.
    in_message: bool,
    /// The window holds nothing.
    is_fresh: bool,
}

impl Deflater {
    /// Allocates what is needed; `None` where nothing is ever to be compressed.
    pub(crate) fn new(agreed: &Agreed) -> Option<Self> {
        if agreed.compress_from == usize::MAX {
            return None;
        }
        // A window of 8 bits is served by one of 9, of which zlib uses no more than the nearest 250 bytes: it keeps 262
        // back for the longest match and what comes next. A test holds it to that.
        let window_bits = agreed.client_window_bits.max(WINDOW_BITS_MIN);
        Some(Self {
            inner: Deflate::new(i32::from(agreed.level), false, window_bits),
            out: Vec::new(),
            takeover: agreed.client_takeover,
            compress_from: agreed.compress_from,
            in_message: false,
            is_fresh: true,
        })
    }

    /// Returns true if a message of that length is to be compressed. Of a fragmented message, the first fragment counts.
    pub(crate) const fn wants(&self, payload_len: usize) -> bool {
        payload_len >= self.compress_from
    }

    /// The most bytes that a payload comes to when nothing in it can be compressed.
    pub(crate) const fn bound(payload_len: usize) -> usize {
        // Nine bits a byte by the fixed codes, or blocks without compression of 500 bytes and more with 5 bytes each.
        payload_len
            .saturating_add(payload_len / 8)
            .saturating_add(32)
    }

    /// Compresses the next fragment of a message; `last` where it ends the message. The call after it starts another.
    ///
    /// The fragment can be inflated at once: nothing is held back for the next. What is returned has to be sent, or
    /// [`forget`](Self::forget) called: what comes later may refer to it.
    pub(crate) fn compress(&mut self, payload: &[u8], last: bool) -> &[u8] {
        let starts = !std::mem::replace(&mut self.in_message, !last);
        if starts && !self.takeover {
            self.forget();
        }
        if payload.is_empty() {
            return if last { EMPTY } else { &[] };
        }
        self.is_fresh = false;
        let len = match self.deflate(payload) {
            Some(len) => len,
            None => self.store(payload),
        };
        let sent = if last { len - TAIL.len() } else { len };
        self.out.get(..sent).unwrap_or_default()
    }

    /// Empties the window: the next message refers to nothing.
    pub(crate) fn forget(&mut self) {
        if !self.is_fresh {
            self.inner.reset();
            self.is_fresh = true;
        }
    }

    /// Compresses into `out` and returns the length, tail included; `None` if the compressor fails or wants more room
    /// than the bound, which it has no reason to.
    pub(super) fn deflate(&mut self, payload: &[u8]) -> Option<usize> {
        let bound = Self::bound(payload.len());
        if self.out.len() < bound {
            self.out.resize(bound, 0);
        }
        let (total_in, total_out) = (self.inner.total_in(), self.inner.total_out());
        self.inner
            .compress(payload, &mut self.out, DeflateFlush::SyncFlush)
            .ok()?;
        let consumed = (self.inner.total_in() - total_in) as usize;
        let produced = (self.inner.total_out() - total_out) as usize;
        let is_whole = consumed == payload.len() && self.out.get(..produced)?.ends_with(&TAIL);
        is_whole.then_some(produced)
    }

    /// Writes the payload into `out` as blocks without compression and the tail, and returns the length. The window is
    /// emptied, for it may lack what is sent.
    pub(super) fn store(&mut self, payload: &[u8]) -> usize {
        self.forget();
        self.out.clear();
        for part in payload.chunks(STORED_MAX) {
            let part_len = part.len() as u16;
            self.out.push(0);
            self.out.extend_from_slice(&part_len.to_le_bytes());
            self.out.extend_from_slice(&(!part_len).to_le_bytes());
            self.out.extend_from_slice(part);
        }
        self.out.push(0);
        self.out.extend_from_slice(&TAIL);
        self.out.len()
    }
}

impl fmt::Debug for Deflater {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deflater")
            .field("takeover", &self.takeover)
            .field("compress_from", &self.compress_from)
            .field("in_message", &self.in_message)
            .finish_non_exhaustive()
    }
}
