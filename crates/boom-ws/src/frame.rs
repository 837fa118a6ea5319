//! RFC 6455 §5.2, the base framing protocol: bytes to headers and back. Nothing here has state.

use crate::close::CloseFrame;
use crate::error::ProtocolError;

/// FIN, the bit that marks the last frame of a message.
pub(crate) const FIN: u8 = 0x80;
/// MASK, the bit that says a masking key follows the length.
pub(crate) const MASK: u8 = 0x80;
/// RSV1, RSV2 and RSV3: zero unless an extension says otherwise.
const RESERVED: u8 = 0x70;
/// RSV1, which says that a message is compressed (RFC 7692 §6).
pub(crate) const RSV1: u8 = 0x40;
/// The bit of the opcode that control frames have (RFC 6455 §5.5).
pub(crate) const CONTROL: u8 = 0x08;
/// RFC 6455 §5.5: "All control frames MUST have a payload length of 125 bytes or less".
pub(crate) const CONTROL_PAYLOAD_MAX: usize = 125;
/// The longest header a client writes: two bytes, eight of length, four of masking key.
pub(crate) const CLIENT_HEADER_MAX: usize = 14;

pub(crate) mod opcode {
    pub(crate) const CONTINUATION: u8 = 0x0;
    pub(crate) const TEXT: u8 = 0x1;
    pub(crate) const BINARY: u8 = 0x2;
    pub(crate) const CLOSE: u8 = 0x8;
    pub(crate) const PING: u8 = 0x9;
    pub(crate) const PONG: u8 = 0xA;
}

/// One frame, borrowed from the connection's receive buffer.
///
/// The first field of a data frame is FIN: whether the frame ends its message. A message in one frame is
/// `Text(true, data)` or `Binary(true, data)`; a fragmented one starts with `false` and goes on in `Continuation`s.
///
/// # Examples
///
/// ```
/// use boom_ws::WebsocketFrame;
///
/// fn trades(frame: &WebsocketFrame<'_>) -> Option<usize> {
///     match frame {
///         WebsocketFrame::Text(true, data) => Some(data.iter().filter(|byte| **byte == b'{').count()),
///         _ => None,
///     }
/// }
///
/// assert_eq!(trades(&WebsocketFrame::Text(true, br#"{"e":"trade"}"#)), Some(1));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebsocketFrame<'a> {
    /// Text, the start of a message or all of it; checked to be UTF-8 unless that is turned off.
    Text(bool, &'a [u8]),
    /// Binary data, the start of a message or all of it.
    Binary(bool, &'a [u8]),
    /// The next part of the message under way.
    Continuation(bool, &'a [u8]),
    /// A ping. The answer is already queued unless that is turned off.
    Ping(&'a [u8]),
    /// A pong: the answer to a ping of ours, or a heartbeat of the peer's own accord.
    Pong(&'a [u8]),
    /// The peer closes; `None` where it gave no code. The answer is already queued, and no frame follows.
    Close(Option<CloseFrame<'a>>),
}

/// The header of a frame from a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) fin: bool,
    pub(crate) rsv1: bool,
    pub(crate) opcode: u8,
    /// Bytes of the header itself.
    pub(crate) len: usize,
    pub(crate) payload_len: u64,
}

impl Header {
    /// Parses the header at the start of `bytes`; `None` where it is not all there. The reserved bits of `allowed` may be set.
    pub(crate) fn parse(bytes: &[u8], allowed: u8) -> Result<Option<Self>, ProtocolError> {
        let [first, second, rest @ ..] = bytes else {
            return Ok(None);
        };
        let (len, payload_len) = match *second {
            short @ 0..=125 => (2, u64::from(short)),
            126 => {
                let Some(extended) = rest.first_chunk::<2>() else {
                    return Ok(None);
                };
                (4, u64::from(u16::from_be_bytes(*extended)))
            }
            127 => {
                let Some(extended) = rest.first_chunk::<8>() else {
                    return Ok(None);
                };
                (10, u64::from_be_bytes(*extended))
            }
            // RFC 6455 §5.1: "A client MUST close a connection if it detects a masked frame."
            _ => return Err(ProtocolError::MaskedFrame),
        };
        let header = Self {
            fin: first & FIN != 0,
            rsv1: first & RSV1 != 0,
            opcode: first & 0x0f,
            len,
            payload_len,
        };
        if first & (RESERVED | CONTROL) != 0 || len != 2 {
            header.check(*first & !allowed)?;
        }
        Ok(Some(header))
    }

    /// The rules that a short data frame cannot break.
    fn check(&self, first: u8) -> Result<(), ProtocolError> {
        // RFC 6455 §5.2: RSV1-3 "MUST be 0 unless an extension is negotiated".
        if first & RESERVED != 0 {
            return Err(ProtocolError::ReservedBits);
        }
        // RFC 6455 §5.5: control frames have at most 125 bytes "and MUST NOT be fragmented".
        if self.opcode & CONTROL != 0 {
            if !self.fin {
                return Err(ProtocolError::FragmentedControl);
            }
            if self.len != 2 {
                return Err(ProtocolError::ControlTooLong);
            }
        }
        // RFC 6455 §5.2: "the minimal number of bytes MUST be used to encode the length", and "the most significant
        // bit MUST be 0".
        match self.len {
            4 if self.payload_len < 126 => Err(ProtocolError::LengthNotMinimal),
            10 if self.payload_len <= u64::from(u16::MAX) => Err(ProtocolError::LengthNotMinimal),
            10 if self.payload_len >> 63 != 0 => Err(ProtocolError::LengthTooLarge),
            _ => Ok(()),
        }
    }
}

/// Lets `write` have the header of a client's frame without its masking key, in the shortest of its three forms.
#[inline(always)]
pub(crate) fn with_client_header<T>(first: u8, payload_len: usize, write: impl WriteFrame<T>) -> T {
    match payload_len {
        0..=125 => write.with([first, MASK | payload_len as u8]),
        126..=0xffff => {
            let [a, b] = (payload_len as u16).to_be_bytes();
            write.with([first, MASK | 126, a, b])
        }
        _ => {
            let [a, b, c, d, e, f, g, h] = (payload_len as u64).to_be_bytes();
            write.with([first, MASK | 127, a, b, c, d, e, f, g, h])
        }
    }
}

/// Bytes of a client's header with its masking key, in the shortest of its three forms.
pub(crate) const fn client_header_len(payload_len: usize) -> usize {
    match payload_len {
        0..=125 => 2 + KEY_LEN,
        126..=0xffff => 4 + KEY_LEN,
        _ => CLIENT_HEADER_MAX,
    }
}

/// What is done with a header, whatever its length: code for each length, so that copies are single moves.
pub(crate) trait WriteFrame<T> {
    fn with<const N: usize>(self, header: [u8; N]) -> T;
}

/// Bytes of a masking key, which follows the header.
pub(crate) const KEY_LEN: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(bytes: &[u8]) -> Header {
        Header::parse(bytes, 0).unwrap().unwrap()
    }

    #[test]
    fn each_form_of_the_length_is_read() {
        assert_eq!(
            parsed(&[0x81, 0]),
            Header {
                fin: true,
                rsv1: false,
                opcode: 1,
                len: 2,
                payload_len: 0
            }
        );
        assert_eq!(
            parsed(&[0x02, 125]),
            Header {
                fin: false,
                rsv1: false,
                opcode: 2,
                len: 2,
                payload_len: 125
            }
        );
        assert_eq!(
            parsed(&[0x82, 126, 0, 126]),
            Header {
                fin: true,
                rsv1: false,
                opcode: 2,
                len: 4,
                payload_len: 126
            }
        );
        assert_eq!(parsed(&[0x82, 126, 255, 255]).payload_len, 65_535);
        let long = parsed(&[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
        assert_eq!((long.len, long.payload_len), (10, 65_536));
    }

    #[test]
    fn a_header_cut_anywhere_asks_for_more() {
        for whole in [
            &[0x81, 5][..],
            &[0x82, 126, 1, 0],
            &[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0],
        ] {
            for cut in 0..whole.len() {
                assert_eq!(
                    Header::parse(&whole[..cut], 0),
                    Ok(None),
                    "{whole:?} cut at {cut}"
                );
            }
        }
    }

    #[test]
    fn rfc_5_1_a_masked_frame_from_a_server_is_refused() {
        assert_eq!(
            Header::parse(&[0x81, 0x80], 0),
            Err(ProtocolError::MaskedFrame)
        );
        assert_eq!(
            Header::parse(&[0x81, 0xff], 0),
            Err(ProtocolError::MaskedFrame)
        );
    }

    #[test]
    fn rfc_5_2_reserved_bits_are_refused() {
        for bit in [0x40, 0x20, 0x10] {
            assert_eq!(
                Header::parse(&[0x81 | bit, 0], 0),
                Err(ProtocolError::ReservedBits)
            );
            assert_eq!(
                Header::parse(&[0x89 | bit, 0], 0),
                Err(ProtocolError::ReservedBits)
            );
        }
    }

    #[test]
    fn rfc_5_2_a_length_longer_than_needed_is_refused() {
        assert_eq!(
            Header::parse(&[0x82, 126, 0, 125], 0),
            Err(ProtocolError::LengthNotMinimal)
        );
        assert_eq!(
            Header::parse(&[0x82, 127, 0, 0, 0, 0, 0, 0, 255, 255], 0),
            Err(ProtocolError::LengthNotMinimal)
        );
    }

    #[test]
    fn rfc_5_2_the_top_bit_of_the_length_is_zero() {
        assert_eq!(
            Header::parse(&[0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0], 0),
            Err(ProtocolError::LengthTooLarge)
        );
    }

    #[test]
    fn rfc_5_5_control_frames_are_short_and_whole() {
        assert_eq!(
            Header::parse(&[0x89, 126, 0, 126], 0),
            Err(ProtocolError::ControlTooLong)
        );
        assert_eq!(
            Header::parse(&[0x09, 0], 0),
            Err(ProtocolError::FragmentedControl)
        );
        assert_eq!(parsed(&[0x89, 125]).payload_len, 125);
    }

    struct ToVec;

    impl WriteFrame<Vec<u8>> for ToVec {
        fn with<const N: usize>(self, header: [u8; N]) -> Vec<u8> {
            header.to_vec()
        }
    }

    #[test]
    fn a_written_header_reads_back() {
        for (payload_len, len) in [
            (0, 2),
            (1, 2),
            (125, 2),
            (126, 4),
            (127, 4),
            (65_535, 4),
            (65_536, 10),
            (1 << 20, 10),
        ] {
            let mut header = with_client_header(0x82, payload_len, ToVec);
            assert_eq!(header.len(), len);
            assert_eq!(client_header_len(payload_len), len + KEY_LEN);
            assert_ne!(header[1] & MASK, 0);
            header[1] &= !MASK;
            assert_eq!(parsed(&header).payload_len, payload_len as u64);
            assert_eq!(parsed(&header).len, len);
        }
    }
}
