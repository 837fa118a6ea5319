//! Frames into the outbound buffer (RFC 6455 §5.1, §5.3), and the rules of the sending side.

use boom_stream::buffer::WriteBuffer;

use crate::close::CloseCode;
use crate::config::WebsocketConfig;
use crate::deflate::{Agreed, Deflater, Held, hold};
use crate::error::{Error, Misuse};
use crate::frame::{
    CLIENT_HEADER_MAX, CONTROL_PAYLOAD_MAX, FIN, KEY_LEN, RSV1, WriteFrame, opcode,
    with_client_header,
};
use crate::mask::{MaskingKeys, copy_masked, mask_in_place};

/// What control frames may take beyond the limit for data, so that a full buffer does not silence them.
const CONTROL_RESERVE: usize = 4096;
/// The longest control frame of a client.
const CONTROL_FRAME_MAX: usize = 6 + CONTROL_PAYLOAD_MAX;
/// Room allocated at the start; it grows up to the limit.
const INITIAL: usize = 4096;

/// What the sending side remembers between frames.
#[derive(Debug)]
pub(crate) struct Outbound {
    pub(crate) buffer: WriteBuffer,
    keys: MaskingKeys,
    max_data_bytes: usize,
    /// A fragmented message of ours is under way.
    message_open: bool,
    /// RFC 6455 §5.5.1: after a close frame no other may be sent.
    close_sent: bool,
    /// The latest ping whose pong found no room.
    unanswered: Option<Box<Ping>>,
    /// Present where messages may be compressed.
    deflater: Option<Held<Deflater>>,
    /// The fragmented message under way is compressed.
    is_compressing: bool,
}

/// The payload of a ping.
#[derive(Debug)]
struct Ping {
    payload: [u8; CONTROL_PAYLOAD_MAX],
    len: usize,
}

impl Outbound {
    pub(crate) fn new(config: &WebsocketConfig, keys: MaskingKeys) -> Self {
        let limit = config.max_outbound_bytes.saturating_add(CONTROL_RESERVE);
        Self {
            buffer: WriteBuffer::new(INITIAL.min(limit), limit),
            keys,
            max_data_bytes: config.max_outbound_bytes,
            message_open: false,
            close_sent: false,
            unanswered: None,
            deflater: None,
            is_compressing: false,
        }
    }

    pub(crate) const fn is_close_sent(&self) -> bool {
        self.close_sent
    }

    /// Queues a text or binary frame that starts a message.
    #[inline(always)]
    pub(crate) fn start_message(
        &mut self,
        opcode: u8,
        fin: bool,
        payload: &[u8],
    ) -> Result<(), Error> {
        if self.message_open {
            return Err(Misuse::MessageUnderWay.into());
        }
        self.data_frame(opcode, fin, payload)
    }

    /// Queues the next frame of the message under way.
    pub(crate) fn continue_message(&mut self, fin: bool, payload: &[u8]) -> Result<(), Error> {
        if !self.message_open {
            return Err(Misuse::NoMessageUnderWay.into());
        }
        self.data_frame(opcode::CONTINUATION, fin, payload)
    }

    #[inline(always)]
    fn data_frame(&mut self, opcode: u8, fin: bool, payload: &[u8]) -> Result<(), Error> {
        let first = opcode | if fin { FIN } else { 0 };
        if self.deflater.is_some() {
            self.data_frame_by_deflate(first, fin, payload)?;
        } else {
            self.frame(first, payload, self.max_data_bytes)?;
        }
        self.message_open = !fin;
        Ok(())
    }

    /// RFC 7692 §7.2.1: the first frame says whether a message is compressed, by RSV1.
    #[inline(never)]
    fn data_frame_by_deflate(&mut self, first: u8, fin: bool, payload: &[u8]) -> Result<(), Error> {
        if self.close_sent {
            return Err(Misuse::Closing.into());
        }
        let starts = !self.message_open;
        let is_wanted = self
            .deflater
            .as_ref()
            .is_some_and(|deflater| deflater.wants(payload.len()));
        let is_compressing = if starts {
            is_wanted
        } else {
            self.is_compressing
        };
        if !is_compressing {
            self.frame(first, payload, self.max_data_bytes)?;
            self.is_compressing = false;
            return Ok(());
        }
        // What is compressed has to be sent, since what comes later refers to it: so there must be room first.
        let worst = Deflater::bound(payload.len()).saturating_add(CLIENT_HEADER_MAX);
        let room = self.max_data_bytes.saturating_sub(self.buffer.len());
        let Some(deflater) = self.deflater.as_mut().filter(|_| worst <= room) else {
            return Err(Error::OutboundFull);
        };
        let key = self.keys.next_key();
        let compressed = deflater.compress(payload, fin);
        let frame = MaskedFrame {
            buffer: &mut self.buffer,
            payload: compressed,
            key,
            room,
        };
        let first = if starts { first | RSV1 } else { first };
        with_client_header(first, compressed.len(), frame)?;
        self.is_compressing = !fin;
        Ok(())
    }

    /// From now on messages may be compressed.
    pub(crate) fn set_agreed(&mut self, agreed: &Agreed) {
        self.deflater = Deflater::new(agreed).map(hold);
    }

    /// Queues a ping or a pong.
    pub(crate) fn control(&mut self, opcode: u8, payload: &[u8]) -> Result<(), Error> {
        if payload.len() > CONTROL_PAYLOAD_MAX {
            return Err(Misuse::ControlTooLong.into());
        }
        // The last room is the close frame's.
        self.frame(
            FIN | opcode,
            payload,
            self.buffer.limit().saturating_sub(CONTROL_FRAME_MAX),
        )
    }

    /// Queues a close frame, the last one.
    pub(crate) fn close(&mut self, code: Option<CloseCode>, reason: &str) -> Result<(), Error> {
        let mut payload = [0; CONTROL_PAYLOAD_MAX];
        let len = match code {
            None if reason.is_empty() => 0,
            None => return Err(Misuse::InvalidCloseCode.into()),
            Some(code) => {
                let Some(target) = payload.get_mut(2..2 + reason.len()) else {
                    return Err(Misuse::ControlTooLong.into());
                };
                target.copy_from_slice(reason.as_bytes());
                payload[..2].copy_from_slice(&code.value().to_be_bytes());
                2 + reason.len()
            }
        };
        self.frame(FIN | opcode::CLOSE, &payload[..len], self.buffer.limit())?;
        self.close_sent = true;
        Ok(())
    }

    /// Queues the answer to a ping. RFC 6455 §5.5.3: the pong has the ping's payload.
    ///
    /// Of the pings of a peer that floods with them and does not read, the latest is answered once there is room, which
    /// is all that the section demands.
    #[cold]
    pub(crate) fn answer_ping(&mut self, payload: &[u8]) {
        self.unanswered = None;
        // The rest of the reserve is for what the user sends.
        let limit = self.max_data_bytes.saturating_add(CONTROL_RESERVE / 2);
        if let Err(Error::OutboundFull) = self.frame(FIN | opcode::PONG, payload, limit) {
            let mut ping = Ping {
                payload: [0; CONTROL_PAYLOAD_MAX],
                len: payload.len(),
            };
            if let Some(target) = ping.payload.get_mut(..payload.len()) {
                target.copy_from_slice(payload);
                self.unanswered = Some(Box::new(ping));
            }
        }
    }

    /// Returns true if a pong waits for room in the buffer.
    pub(crate) const fn has_unanswered(&self) -> bool {
        self.unanswered.is_some()
    }

    /// Queues the pong that found no room, if there is some now.
    #[inline(always)]
    pub(crate) fn retry_pong(&mut self) {
        if self.unanswered.is_some() {
            self.answer_latest_ping();
        }
    }

    #[cold]
    fn answer_latest_ping(&mut self) {
        if let Some(ping) = self.unanswered.take() {
            self.answer_ping(ping.payload.get(..ping.len).unwrap_or_default());
        }
    }

    /// Queues the answer to a close frame or to a broken rule, where no close frame has been sent yet.
    pub(crate) fn answer_close(&mut self, code: Option<CloseCode>) {
        if !self.close_sent {
            let _ = self.close(code, "");
            self.close_sent = true;
        }
    }

    /// Lends room for the payload of a frame that starts a message, to be queued by
    /// [`finish_frame`](Self::finish_frame). Asked again for the same capacity, it lends the same room again.
    pub(crate) fn lend(&mut self, capacity: usize) -> Result<&mut [u8], Error> {
        if self.close_sent {
            return Err(Misuse::Closing.into());
        }
        if self.message_open {
            return Err(Misuse::MessageUnderWay.into());
        }
        let len = capacity.saturating_add(CLIENT_HEADER_MAX);
        if self.buffer.len().saturating_add(len) > self.max_data_bytes {
            return Err(Error::OutboundFull);
        }
        let room = self.buffer.reserve(len).map_err(|_| Error::OutboundFull)?;
        Ok(room.get_mut(CLIENT_HEADER_MAX..).unwrap_or_default())
    }

    /// Masks the first `len` bytes of the room lent where they lie, and queues them as a whole message.
    pub(crate) fn finish_frame(&mut self, opcode: u8, len: usize) -> Result<(), Error> {
        let key = self.keys.next_key();
        mask_in_place(self.lend(len)?, key);
        let frame = LentFrame {
            buffer: &mut self.buffer,
            key,
            len,
        };
        with_client_header(FIN | opcode, len, frame)
    }

    /// Queues a whole message whose payload is in parts.
    pub(crate) fn message_of_parts(&mut self, opcode: u8, parts: &[&[u8]]) -> Result<(), Error> {
        let len = parts
            .iter()
            .fold(0, |len: usize, part| len.saturating_add(part.len()));
        let mut room = self.lend(len)?;
        for part in parts {
            // `lend` has given room for the sum.
            let Some((target, rest)) = room.split_at_mut_checked(part.len()) else {
                break;
            };
            target.copy_from_slice(part);
            room = rest;
        }
        self.finish_frame(opcode, len)
    }

    #[inline(always)]
    fn frame(&mut self, first: u8, payload: &[u8], limit: usize) -> Result<(), Error> {
        if self.close_sent {
            return Err(Misuse::Closing.into());
        }
        let key = self.keys.next_key();
        let room = limit.saturating_sub(self.buffer.len());
        let frame = MaskedFrame {
            buffer: &mut self.buffer,
            payload,
            key,
            room,
        };
        with_client_header(first, payload.len(), frame)
    }
}

/// A frame without its header, and where it goes.
struct MaskedFrame<'a> {
    buffer: &'a mut WriteBuffer,
    payload: &'a [u8],
    key: [u8; KEY_LEN],
    /// Bytes that the whole frame may take.
    room: usize,
}

impl WriteFrame<Result<(), Error>> for MaskedFrame<'_> {
    #[inline(always)]
    fn with<const N: usize>(self, header: [u8; N]) -> Result<(), Error> {
        let len = self.payload.len().saturating_add(N + KEY_LEN);
        if len > self.room {
            return Err(Error::OutboundFull);
        }
        let room = self.buffer.reserve(len).map_err(|_| Error::OutboundFull)?;
        if let Some((head, rest)) = room.split_first_chunk_mut()
            && let Some((key, body)) = rest.split_first_chunk_mut()
        {
            *head = header;
            *key = self.key;
            copy_masked(body, self.payload, self.key);
        }
        self.buffer.commit(len);
        Ok(())
    }
}

/// A frame whose payload is masked and lies where [`Outbound::lend`] has lent room.
struct LentFrame<'a> {
    buffer: &'a mut WriteBuffer,
    key: [u8; KEY_LEN],
    len: usize,
}

impl WriteFrame<Result<(), Error>> for LentFrame<'_> {
    fn with<const N: usize>(self, header: [u8; N]) -> Result<(), Error> {
        let from = CLIENT_HEADER_MAX - KEY_LEN - N;
        let len = CLIENT_HEADER_MAX.saturating_add(self.len);
        let room = self.buffer.reserve(len).map_err(|_| Error::OutboundFull)?;
        if let Some(place) = room.get_mut(from..from + N) {
            place.copy_from_slice(&header);
        }
        if let Some(place) = room.get_mut(from + N..CLIENT_HEADER_MAX) {
            place.copy_from_slice(&self.key);
        }
        self.buffer.commit_from(from, N + KEY_LEN + self.len);
        Ok(())
    }
}
