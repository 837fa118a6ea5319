//! The server's end of permessage-deflate, by code that shares nothing with the client's.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress};

/// What is taken off a flushed message, and put back (RFC 7692 section 7.2.1).
const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];

/// The longest payload, and what it may grow to.
const ROOM: usize = 80 << 10;

/// Both directions, with context takeover.
pub(super) struct Deflate {
    compress: Compress,
    decompress: Decompress,
    out: Vec<u8>,
}

impl Deflate {
    pub(super) fn new() -> Self {
        Self {
            compress: Compress::new(Compression::fast(), false),
            decompress: Decompress::new(false),
            out: Vec::with_capacity(ROOM),
        }
    }

    /// A message, compressed.
    pub(super) fn compress(&mut self, payload: &[u8]) -> &[u8] {
        self.out.clear();
        let status = self
            .compress
            .compress_vec(payload, &mut self.out, FlushCompress::Sync);
        assert!(
            status.is_ok() && self.out.ends_with(&TAIL),
            "room for all of it"
        );
        &self.out[..self.out.len() - TAIL.len()]
    }

    /// A frame's payload, inflated; `last` where it ends its message.
    pub(super) fn inflate(&mut self, payload: &mut Vec<u8>, last: bool) -> &[u8] {
        if last {
            payload.extend_from_slice(&TAIL);
        }
        self.out.clear();
        let before = self.decompress.total_in();
        let status = self
            .decompress
            .decompress_vec(payload, &mut self.out, FlushDecompress::Sync);
        assert!(
            status.is_ok(),
            "what the client compressed cannot be inflated: {status:?}"
        );
        assert_eq!(self.decompress.total_in() - before, payload.len() as u64);
        &self.out
    }
}

impl std::fmt::Debug for Deflate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Deflate").finish_non_exhaustive()
    }
}
