//! RFC 6455 section 5.2 by hand, as little as the benches need.

pub(super) const FIN: u8 = 0x80;
pub(super) const RSV1: u8 = 0x40;
pub(super) const CONTINUATION: u8 = 0;
pub(super) const TEXT: u8 = 1;
pub(super) const BINARY: u8 = 2;
pub(super) const PING: u8 = 9;

const MASKED: u8 = 0x80;
/// The length code that says that two bytes of length follow.
const LENGTH_16: u8 = 126;
/// The one that says that eight do.
const LENGTH_64: u8 = 127;

/// Appends an unmasked text frame, as a server sends it.
pub(super) fn push_server_frame(payload: &[u8], out: &mut Vec<u8>) {
    push(FIN | TEXT, payload, out);
}

/// Appends an unmasked frame with that first byte.
pub(super) fn push(first: u8, payload: &[u8], out: &mut Vec<u8>) {
    push_header(first, payload.len(), 0, out);
    out.extend_from_slice(payload);
}

/// Appends a masked text frame, as a client sends it.
pub(super) fn push_client_frame(payload: &[u8], mask: [u8; 4], out: &mut Vec<u8>) {
    push_masked(FIN | TEXT, payload, mask, out);
}

/// Appends a masked frame with that first byte.
pub(super) fn push_masked(first: u8, payload: &[u8], mask: [u8; 4], out: &mut Vec<u8>) {
    push_header(first, payload.len(), MASKED, out);
    out.extend_from_slice(&mask);
    let start = out.len();
    out.extend_from_slice(payload);
    apply_mask(&mut out[start..], mask);
}

fn push_header(first: u8, length: usize, masked: u8, out: &mut Vec<u8>) {
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short), _) if short < LENGTH_16 => out.extend_from_slice(&[first, masked | short]),
        (_, Ok(length)) => {
            out.extend_from_slice(&[first, masked | LENGTH_16]);
            out.extend_from_slice(&length.to_be_bytes());
        }
        _ => {
            out.extend_from_slice(&[first, masked | LENGTH_64]);
            out.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
}

/// XORs `bytes` with the masking key, eight at a time.
pub(super) fn apply_mask(bytes: &mut [u8], mask: [u8; 4]) {
    let [a, b, c, d] = mask;
    let wide = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (blocks, rest) = bytes.as_chunks_mut::<8>();
    for block in blocks {
        *block = (u64::from_ne_bytes(*block) ^ wide).to_ne_bytes();
    }
    for (byte, key) in rest.iter_mut().zip(mask.iter().cycle()) {
        *byte ^= key;
    }
}

/// The header and payload length of the frame that `bytes` start with; `None` if the frame is not complete.
#[inline]
pub(super) fn parse(bytes: &[u8]) -> Option<Parsed> {
    let [_, second, rest @ ..] = bytes else {
        return None;
    };
    let (header, length) = match second & 0x7f {
        LENGTH_16 => (4, usize::from(u16::from_be_bytes(*rest.first_chunk()?))),
        LENGTH_64 => (
            10,
            usize::try_from(u64::from_be_bytes(*rest.first_chunk()?)).ok()?,
        ),
        short => (2, usize::from(short)),
    };
    let masked = second & MASKED != 0;
    let header = if masked { header + 4 } else { header };
    (header + length <= bytes.len()).then_some(Parsed {
        header,
        length,
        masked,
    })
}

/// Where the parts of a frame are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parsed {
    /// Bytes before the payload, the masking key included.
    pub(super) header: usize,
    /// Bytes of payload.
    pub(super) length: usize,
    pub(super) masked: bool,
}

impl Parsed {
    /// The masking key, which ends the header; zero where there is none.
    pub(super) fn mask(self, bytes: &[u8]) -> [u8; 4] {
        let key = if self.masked {
            bytes[..self.header].last_chunk()
        } else {
            None
        };
        key.copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_parses_to_what_it_was_made_of() {
        for length in [0, 1, 125, 126, 150, 65535, 65536] {
            let payload = vec![b'x'; length];
            let mut frame = Vec::new();
            push_client_frame(&payload, [1, 2, 3, 4], &mut frame);
            let parsed = parse(&frame).unwrap();
            assert_eq!((parsed.length, parsed.masked), (length, true));
            assert_eq!(parsed.mask(&frame), [1, 2, 3, 4]);
            assert_eq!(parse(&frame[..frame.len() - 1]), None);
            apply_mask(&mut frame[parsed.header..], [1, 2, 3, 4]);
            assert_eq!(&frame[parsed.header..], payload);
        }
    }
}
