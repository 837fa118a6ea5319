//! RFC 6455 section 5.2 by hand, as little as the benches need: final text frames of up to 64 KiB.

/// FIN and the text opcode.
const FINAL_TEXT: u8 = 0x81;
const MASKED: u8 = 0x80;
/// The length code that says that two bytes of length follow.
const LENGTH_16: u8 = 126;

/// Appends an unmasked frame, as a server sends it.
pub(super) fn push_server_frame(payload: &[u8], out: &mut Vec<u8>) {
    push_header(payload.len(), 0, out);
    out.extend_from_slice(payload);
}

/// Appends a masked frame, as a client sends it.
pub(super) fn push_client_frame(payload: &[u8], mask: [u8; 4], out: &mut Vec<u8>) {
    push_header(payload.len(), MASKED, out);
    out.extend_from_slice(&mask);
    let start = out.len();
    out.extend_from_slice(payload);
    apply_mask(&mut out[start..], mask);
}

fn push_header(length: usize, masked: u8, out: &mut Vec<u8>) {
    match u8::try_from(length) {
        Ok(short) if short < LENGTH_16 => out.extend_from_slice(&[FINAL_TEXT, masked | short]),
        _ => {
            let [high, low] = u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes();
            out.extend_from_slice(&[FINAL_TEXT, masked | LENGTH_16, high, low]);
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
        for length in [0, 1, 125, 126, 150, 65535] {
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
