//! The messages of the venue: a WebSocket frame each, all of one size.

/// A frame, so that bytes of a connection can be turned into messages.
pub(crate) const FRAME_BYTES: u64 = 100;

const SIZE: usize = FRAME_BYTES as usize;
const HEAD: [u8; 2] = [0x82, (SIZE - 2) as u8];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    /// Counts the messages of the venue, on all streams and whether or not somebody listens.
    pub(crate) number: u64,
    pub(crate) stream: u32,
    pub(crate) connection: ConnectionId,
}

/// A connection, as the venue names it: which of its processes it is with, and which of those of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ConnectionId {
    pub(crate) run: u32,
    pub(crate) index: u32,
}

impl Message {
    /// The frame (RFC 6455 §5.2: final, binary, unmasked).
    pub(crate) fn frame(&self) -> [u8; SIZE] {
        let mut frame = [0; SIZE];
        for (place, byte) in frame.iter_mut().enumerate() {
            // Differs from message to message and from place to place.
            let seed = self.number.wrapping_mul(31) + u64::from(self.stream) + place as u64 * 7;
            *byte = seed as u8;
        }
        frame[..2].copy_from_slice(&HEAD);
        frame[2..10].copy_from_slice(&self.number.to_le_bytes());
        frame[10..14].copy_from_slice(&self.stream.to_le_bytes());
        frame[14..18].copy_from_slice(&self.connection.run.to_le_bytes());
        frame[18..22].copy_from_slice(&self.connection.index.to_le_bytes());
        frame
    }

    /// `None` where a byte is not as it was sent.
    pub(crate) fn parse(payload: &[u8]) -> Option<Self> {
        let (number, rest) = payload.split_first_chunk()?;
        let (stream, rest) = rest.split_first_chunk()?;
        let (run, rest) = rest.split_first_chunk()?;
        let (index, _) = rest.split_first_chunk()?;
        let message = Self {
            number: u64::from_le_bytes(*number),
            stream: u32::from_le_bytes(*stream),
            connection: ConnectionId {
                run: u32::from_le_bytes(*run),
                index: u32::from_le_bytes(*index),
            },
        };
        (message.frame().get(HEAD.len()..) == Some(payload)).then_some(message)
    }
}
