use crate::mask::{key_at, mask_in_place};

/// RFC 6455 §5.2: two bytes, up to eight of length, four of mask.
const HEADER_MAX: usize = 14;
const MASK_BYTES: usize = 4;
const MASK_BIT: u8 = 0x80;

/// Takes the masks off the frames of a client.
#[derive(Clone, Debug, Default)]
pub(super) struct Unmasker {
    /// Of the frame that begins, until all of it is there.
    header: [u8; HEADER_MAX],
    header_len: usize,
    /// What is to come of the payload of the frame that has begun.
    payload_left: u64,
    /// Turned so that it begins with the next byte of the payload.
    key: [u8; MASK_BYTES],
}

impl Unmasker {
    pub(super) fn normalise(&mut self, mut bytes: &[u8], normal: &mut Vec<u8>) {
        while let Some((&byte, rest)) = bytes.split_first() {
            if self.payload_left > 0 {
                bytes = self.take_payload(bytes, normal);
            } else {
                self.take_header_byte(byte, normal);
                bytes = rest;
            }
        }
    }

    fn take_payload<'a>(&mut self, bytes: &'a [u8], normal: &mut Vec<u8>) -> &'a [u8] {
        let left = usize::try_from(self.payload_left).unwrap_or(usize::MAX);
        let (payload, rest) = bytes.split_at(left.min(bytes.len()));
        let start = normal.len();
        normal.extend_from_slice(payload);
        if let Some(copy) = normal.get_mut(start..) {
            mask_in_place(copy, self.key);
        }
        self.key = key_at(self.key, payload.len());
        self.payload_left -= payload.len() as u64;
        rest
    }

    fn take_header_byte(&mut self, byte: u8, normal: &mut Vec<u8>) {
        if let Some(place) = self.header.get_mut(self.header_len) {
            *place = byte;
        }
        self.header_len += 1;
        if self.header_len < 2 || self.header_len < self.header_size() {
            return;
        }
        self.payload_left = self.payload_len();
        let is_masked = self.header[1] & MASK_BIT != 0;
        let mask = self.header[..self.header_len.min(HEADER_MAX)].last_chunk_mut();
        // A client that does not mask is recorded as well as any other.
        self.key = match mask {
            Some(mask) if is_masked => std::mem::take(mask),
            _ => [0; MASK_BYTES],
        };
        let header = self.header.get(..self.header_len);
        normal.extend_from_slice(header.unwrap_or_default());
        self.header_len = 0;
    }

    /// Known once there are two bytes.
    const fn header_size(&self) -> usize {
        let length_bytes = match self.header[1] & !MASK_BIT {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let mask_bytes = match self.header[1] & MASK_BIT {
            0 => 0,
            _ => MASK_BYTES,
        };
        2 + length_bytes + mask_bytes
    }

    /// Known once the header is whole.
    const fn payload_len(&self) -> u64 {
        let [_, second, a, b, c, d, e, f, g, h, ..] = self.header;
        match second & !MASK_BIT {
            126 => u16::from_be_bytes([a, b]) as u64,
            127 => u64::from_be_bytes([a, b, c, d, e, f, g, h]),
            len => len as u64,
        }
    }
}
