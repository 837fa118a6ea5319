//! Zstandard (RFC 8878), with the window that RFC 9659 lets a content coding have.

use std::io::Read;

use ruzstd::decoding::StreamingDecoder;

use super::CodingError;

/// RFC 9659 §3: "a window size of no more than 8 MB".
const WINDOW_MAX: u64 = 8 << 20;

pub(super) fn decode(
    mut body: &[u8],
    output: &mut Vec<u8>,
    limit: usize,
) -> Result<(), CodingError> {
    // A frame may follow another (RFC 8878 §3).
    while !body.is_empty() {
        let decoder = StreamingDecoder::new_with_max_window_size(&mut body, WINDOW_MAX);
        let decoder = decoder.map_err(|_| CodingError::Corrupt)?;
        let room = (limit - output.len()) as u64;
        let count = decoder.take(room.saturating_add(1)).read_to_end(output);
        count.map_err(|_| CodingError::Corrupt)?;
        if output.len() > limit {
            return Err(CodingError::TooLong(limit));
        }
    }
    Ok(())
}
