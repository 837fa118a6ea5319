//! RFC 6455 section 5.2 from the server's side, written anew and plainly: nothing of it is the client's.

use super::link::Queue;

/// The first byte of a frame: the bit that ends a message, and the one of a compressed message.
pub(super) const FIN: u8 = 0x80;
pub(super) const COMPRESSED: u8 = 0x40;

pub(super) const CONTINUATION: u8 = 0;
pub(super) const TEXT: u8 = 1;
pub(super) const BINARY: u8 = 2;
pub(super) const CLOSE: u8 = 8;
pub(super) const PING: u8 = 9;
pub(super) const PONG: u8 = 10;

/// Writes a frame of a server, which is not masked.
pub(super) fn write(queue: &mut Queue, first: u8, payload: &[u8]) {
    let len = payload.len();
    if len < 126 {
        queue.extend(&[first, len as u8]);
    } else if len < 65_536 {
        let [high, low] = (len as u16).to_be_bytes();
        queue.extend(&[first, 126, high, low]);
    } else {
        queue.extend(&[first, 127]);
        queue.extend(&(len as u64).to_be_bytes());
    }
    queue.extend(payload);
}

/// A frame of a client, still masked.
#[derive(Debug)]
pub(super) struct Masked<'a> {
    pub(super) first: u8,
    key: [u8; 4],
    payload: &'a [u8],
    /// Bytes of the whole frame.
    pub(super) len: usize,
}

impl<'a> Masked<'a> {
    /// The frame at the start of `bytes`, if it is all there.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let (&[first, second], rest) = bytes.split_first_chunk()?;
        assert!(second & 0x80 != 0, "a client's frame is masked");
        assert_eq!(first & 0x30, 0, "reserved bits");
        let (payload_len, rest) = match second & 0x7f {
            126 => {
                let (len, rest) = rest.split_first_chunk()?;
                let len = usize::from(u16::from_be_bytes(*len));
                assert!(len > 125, "{len} bytes in the long form");
                (len, rest)
            }
            127 => {
                let (len, rest) = rest.split_first_chunk()?;
                let len = u64::from_be_bytes(*len);
                assert!(
                    (65_536..1 << 32).contains(&len),
                    "{len} bytes in the longest form"
                );
                (len as usize, rest)
            }
            len => (usize::from(len), rest),
        };
        let (key, rest) = rest.split_first_chunk()?;
        let payload = rest.get(..payload_len)?;
        Some(Self {
            first,
            key: *key,
            payload,
            len: bytes.len() - rest.len() + payload_len,
        })
    }

    /// Returns true if that is what the frame carries.
    pub(super) fn carries(&self, expected: &[u8]) -> bool {
        if expected.len() != self.payload.len() {
            return false;
        }
        let [a, b, c, d] = self.key;
        let key = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
        let (masked, masked_rest) = self.payload.as_chunks::<8>();
        let (plain, plain_rest) = expected.as_chunks::<8>();
        let difference = masked
            .iter()
            .zip(plain)
            .fold(0, |difference, (masked, plain)| {
                difference | (u64::from_ne_bytes(*masked) ^ key ^ u64::from_ne_bytes(*plain))
            });
        let rest = masked_rest
            .iter()
            .zip(plain_rest)
            .zip(self.key.iter().cycle());
        difference == 0
            && rest
                .into_iter()
                .all(|((masked, plain), key)| masked ^ key == *plain)
    }

    pub(super) fn unmasked_into(&self, plain: &mut Vec<u8>) {
        plain.clear();
        let keyed = self.payload.iter().zip(self.key.iter().cycle());
        plain.extend(keyed.map(|(byte, key)| byte ^ key));
    }
}
