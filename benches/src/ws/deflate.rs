//! DEFLATE by hand, as the limits use it: zlib-rs through its own interface, and through flate2.

use crate::harness::Result;

/// What a server compresses by where nobody says otherwise: zlib's default.
pub(super) const SERVER_LEVEL: u8 = 6;

const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];
const WINDOW_BITS: u8 = 15;
/// Room for any message of the benches.
const ROOM: usize = 64 * 1024;

/// Compresses message after message, each referring to those before.
pub(super) trait Compressor {
    /// The message without the tail (RFC 7692 §7.2.1).
    fn compress(&mut self, message: &[u8]) -> Result<&[u8]>;
}

/// The other direction.
pub(super) trait Decompressor {
    /// Takes the message without the tail.
    fn decompress(&mut self, payload: &[u8]) -> Result<&[u8]>;
}

/// zlib-rs as it is.
pub(super) struct Deflater {
    inner: zlib_rs::Deflate,
    out: Vec<u8>,
}

impl Deflater {
    pub(super) fn new(level: u8) -> Self {
        Self {
            inner: zlib_rs::Deflate::new(level.into(), false, WINDOW_BITS),
            out: vec![0; ROOM],
        }
    }
}

impl Compressor for Deflater {
    fn compress(&mut self, message: &[u8]) -> Result<&[u8]> {
        let before = self.inner.total_out();
        self.inner
            .compress(message, &mut self.out, zlib_rs::DeflateFlush::SyncFlush)
            .map_err(|error| error.as_str())?;
        let produced = usize::try_from(self.inner.total_out() - before)?;
        without_tail(&self.out[..produced])
    }
}

/// zlib-rs as it is.
pub(super) struct Inflater {
    inner: zlib_rs::Inflate,
    out: Vec<u8>,
}

impl Inflater {
    pub(super) fn new() -> Self {
        Self {
            inner: zlib_rs::Inflate::new(false, WINDOW_BITS),
            out: vec![0; ROOM],
        }
    }
}

impl Decompressor for Inflater {
    fn decompress(&mut self, payload: &[u8]) -> Result<&[u8]> {
        let before = self.inner.total_out();
        let mut produced = 0;
        for part in [payload, &TAIL] {
            self.inner
                .decompress(
                    part,
                    &mut self.out[produced..],
                    zlib_rs::InflateFlush::SyncFlush,
                )
                .map_err(|error| error.as_str())?;
            produced = usize::try_from(self.inner.total_out() - before)?;
        }
        Ok(&self.out[..produced])
    }
}

fn without_tail(block: &[u8]) -> Result<&[u8]> {
    Ok(block
        .strip_suffix(&TAIL)
        .ok_or("a flush without its tail")?)
}

/// zlib-rs through flate2.
#[cfg(feature = "peers")]
pub(super) struct Flate2Deflater {
    inner: flate2::Compress,
    out: Vec<u8>,
}

#[cfg(feature = "peers")]
impl Flate2Deflater {
    pub(super) fn new(level: u8) -> Self {
        Self {
            inner: flate2::Compress::new(flate2::Compression::new(level.into()), false),
            out: vec![0; ROOM],
        }
    }
}

#[cfg(feature = "peers")]
impl Compressor for Flate2Deflater {
    fn compress(&mut self, message: &[u8]) -> Result<&[u8]> {
        let before = self.inner.total_out();
        self.inner
            .compress(message, &mut self.out, flate2::FlushCompress::Sync)?;
        let produced = usize::try_from(self.inner.total_out() - before)?;
        without_tail(&self.out[..produced])
    }
}

/// zlib-rs through flate2.
#[cfg(feature = "peers")]
pub(super) struct Flate2Inflater {
    inner: flate2::Decompress,
    out: Vec<u8>,
}

#[cfg(feature = "peers")]
impl Flate2Inflater {
    pub(super) fn new() -> Self {
        Self {
            inner: flate2::Decompress::new(false),
            out: vec![0; ROOM],
        }
    }
}

#[cfg(feature = "peers")]
impl Decompressor for Flate2Inflater {
    fn decompress(&mut self, payload: &[u8]) -> Result<&[u8]> {
        let before = self.inner.total_out();
        let mut produced = 0;
        for part in [payload, &TAIL] {
            self.inner.decompress(
                part,
                &mut self.out[produced..],
                flate2::FlushDecompress::Sync,
            )?;
            produced = usize::try_from(self.inner.total_out() - before)?;
        }
        Ok(&self.out[..produced])
    }
}
