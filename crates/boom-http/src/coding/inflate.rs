//! gzip (RFC 1952) and zlib (RFC 1950), which HTTP calls deflate.

use zlib_rs::{Inflate, InflateFlush, Status};

use super::CodingError;

/// 15 bits of window behind the header of gzip, as zlib counts them.
const GZIP: u8 = 16 + 15;
const ZLIB: u8 = 15;
/// How much room is made at a time.
const STEP: usize = 16 << 10;

/// A gzip file may have several members, one behind the other (RFC 1952 §2.2).
pub(super) fn gzip(mut body: &[u8], output: &mut Vec<u8>, limit: usize) -> Result<(), CodingError> {
    loop {
        body = stream(GZIP, body, output, limit)?;
        if body.is_empty() {
            return Ok(());
        }
    }
}

pub(super) fn zlib(body: &[u8], output: &mut Vec<u8>, limit: usize) -> Result<(), CodingError> {
    match stream(ZLIB, body, output, limit)? {
        [] => Ok(()),
        _ => Err(CodingError::Corrupt),
    }
}

/// Decodes one stream and returns what is behind it.
fn stream<'a>(
    bits: u8,
    body: &'a [u8],
    output: &mut Vec<u8>,
    limit: usize,
) -> Result<&'a [u8], CodingError> {
    let mut inflate = Inflate::new(true, bits);
    let start = output.len();
    loop {
        let read = usize::try_from(inflate.total_in()).unwrap_or(usize::MAX);
        let len = start + usize::try_from(inflate.total_out()).unwrap_or(usize::MAX);
        // One byte beyond the limit tells a body that is too long from one that just fits.
        let room = len.saturating_add(STEP).min(limit.saturating_add(1));
        if output.len() < room {
            output.resize(room, 0);
        }
        let rest = body.get(read..).unwrap_or_default();
        let free = output.get_mut(len..).unwrap_or_default();
        let status = inflate.decompress(rest, free, InflateFlush::NoFlush);
        let is_stuck =
            inflate.total_in() as usize == read && start + inflate.total_out() as usize == len;
        let len = start + inflate.total_out() as usize;
        if len > limit {
            return Err(CodingError::TooLong(limit));
        }
        match status {
            Ok(Status::StreamEnd) => {
                output.truncate(len);
                return Ok(body.get(inflate.total_in() as usize..).unwrap_or_default());
            }
            Ok(_) if !is_stuck => {}
            // It wants more, and there is none; or what is there is wrong.
            _ => return Err(CodingError::Corrupt),
        }
    }
}
