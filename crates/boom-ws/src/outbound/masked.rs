//! Frames with their masking key (RFC 6455 §5.3), each written where it is sent from.

use boom_stream::buffer::WriteBuffer;

use crate::error::Error;
use crate::frame::{CLIENT_HEADER_MAX, KEY_LEN, WriteFrame, client_header_len, with_client_header};
use crate::mask::{MaskingKeys, copy_masked};
use crate::prepared::PreparedMessage;

/// Masks a frame into `buffer`, where no more than `limit` bytes wait then.
pub(super) fn put_frame(
    buffer: &mut WriteBuffer,
    keys: &mut MaskingKeys,
    first: u8,
    payload: &[u8],
    limit: usize,
) -> Result<(), Error> {
    let len = client_header_len(payload.len()).saturating_add(payload.len());
    if buffer.len().saturating_add(len) > limit {
        return Err(Error::OutboundFull);
    }
    let frame = MaskedFrame {
        room: buffer.reserve(len).map_err(|_| Error::OutboundFull)?,
        payload,
        key: keys.next_key(),
    };
    with_client_header(first, payload.len(), frame);
    buffer.commit(len);
    Ok(())
}

/// Masks a frame that was made before into `buffer`, where no more than `limit` bytes wait then.
pub(super) fn put_prepared(
    buffer: &mut WriteBuffer,
    keys: &mut MaskingKeys,
    message: &PreparedMessage,
    limit: usize,
) -> Result<(), Error> {
    let len = message.frame().len();
    if buffer.len().saturating_add(len) > limit {
        return Err(Error::OutboundFull);
    }
    let room = buffer.reserve(len).map_err(|_| Error::OutboundFull)?;
    let key = keys.next_key();
    let header = message.header();
    if let Some((head, rest)) = room.split_at_mut_checked(header.len())
        && let Some((place, body)) = rest.split_first_chunk_mut()
    {
        head.copy_from_slice(header);
        *place = key;
        copy_masked(body, message.payload(), key);
    }
    buffer.commit(len);
    Ok(())
}

/// A frame that is plainly framed, if it can be.
pub(super) struct PlainFrame<'a> {
    pub(super) room: &'a mut [u8],
    pub(super) payload: &'a [u8],
    pub(super) keys: &'a mut MaskingKeys,
    pub(super) limit: usize,
}

impl PlainFrame<'_> {
    #[inline(always)]
    pub(super) fn with<const N: usize>(self, header: [u8; N]) -> Option<usize> {
        // A slice is never longer than `isize::MAX`.
        let len = N + KEY_LEN + self.payload.len();
        if len > self.limit {
            return None;
        }
        let room = self.room.get_mut(..len)?;
        let key = self.keys.ready_key()?;
        let frame = MaskedFrame {
            room,
            payload: self.payload,
            key,
        };
        frame.with(header);
        Some(len)
    }
}

/// A frame without its header, and where there is room for it.
struct MaskedFrame<'a> {
    room: &'a mut [u8],
    payload: &'a [u8],
    key: [u8; KEY_LEN],
}

impl WriteFrame<()> for MaskedFrame<'_> {
    #[inline(always)]
    fn with<const N: usize>(self, header: [u8; N]) {
        if let Some((head, rest)) = self.room.split_first_chunk_mut()
            && let Some((key, body)) = rest.split_first_chunk_mut()
        {
            *head = header;
            *key = self.key;
            copy_masked(body, self.payload, self.key);
        }
    }
}

/// A frame whose payload is masked and lies where [`Outbound::lend`] has lent room.
pub(super) struct LentFrame<'a> {
    pub(super) buffer: &'a mut WriteBuffer,
    pub(super) key: [u8; KEY_LEN],
    pub(super) len: usize,
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
