//! Messages that are sent again and again.

use crate::frame::{CLIENT_HEADER_MAX, FIN, KEY_LEN, WriteFrame, opcode, with_client_header};

/// A message that is framed once and sent many times, by [`Websocket::send_prepared`](crate::Websocket::send_prepared), on
/// any connection: a subscription after each reconnect, an application's own heartbeat, a cancel-all.
///
/// Each time it is masked with a fresh key, as RFC 6455 §5.3 demands, in one pass into the outbound buffer. On a
/// connection [with zero masks](crate::WebsocketConfig::dangerous_with_zero_masks) it is written as it is, without a copy.
/// It is sent uncompressed, unless it has to wait for its turn under a
/// [`SlowConsumerPolicy`](crate::SlowConsumerPolicy) that conflates.
///
/// # Examples
///
/// ```
/// use boom_ws::PreparedMessage;
///
/// # let connection = boom_ws::Connection::established(&Default::default())?;
/// # let mut ws = boom_ws::Websocket::from_parts(std::io::Cursor::new(Vec::new()), connection);
/// let cancel_all = PreparedMessage::text(r#"{"method":"cancel_all"}"#);
/// ws.send_prepared(&cancel_all)?;
/// # assert_eq!(ws.stream().get_ref().len(), 29);
/// # Ok::<(), boom_ws::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreparedMessage {
    /// Header, a key of zeros, payload.
    frame: Box<[u8]>,
    header_len: usize,
}

impl PreparedMessage {
    /// Frames a text message.
    pub fn text(text: &str) -> Self {
        Self::new(opcode::TEXT, text.as_bytes())
    }

    /// Frames a binary message.
    pub fn binary(payload: &[u8]) -> Self {
        Self::new(opcode::BINARY, payload)
    }

    fn new(opcode: u8, payload: &[u8]) -> Self {
        let frame = with_client_header(FIN | opcode, payload.len(), Unmasked { payload });
        Self {
            header_len: frame.len() - payload.len() - KEY_LEN,
            frame: frame.into(),
        }
    }

    /// The payload.
    pub fn payload(&self) -> &[u8] {
        self.frame
            .get(self.header_len + KEY_LEN..)
            .unwrap_or_default()
    }

    /// The frame, masked with zeros.
    pub(crate) const fn frame(&self) -> &[u8] {
        &self.frame
    }

    pub(crate) fn opcode(&self) -> u8 {
        self.frame.first().map_or(0, |first| first & 0x0f)
    }

    pub(crate) fn header(&self) -> &[u8] {
        self.frame.get(..self.header_len).unwrap_or_default()
    }
}

struct Unmasked<'a> {
    payload: &'a [u8],
}

impl WriteFrame<Vec<u8>> for Unmasked<'_> {
    fn with<const N: usize>(self, header: [u8; N]) -> Vec<u8> {
        let mut frame = Vec::with_capacity(CLIENT_HEADER_MAX + self.payload.len());
        frame.extend(header);
        frame.extend([0; KEY_LEN]);
        frame.extend_from_slice(self.payload);
        frame
    }
}
