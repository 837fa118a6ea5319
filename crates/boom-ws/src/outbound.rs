//! Frames into the outbound buffer (RFC 6455 §5.1, §5.3), and the rules of the sending side.

use boom_stream::buffer::WriteBuffer;

use crate::close::CloseCode;
use crate::config::WebsocketConfig;
use crate::deflate::{Agreed, Deflater, Held, hold};
use crate::error::{Error, Misuse};
use crate::frame::{
    CLIENT_HEADER_MAX, CONTROL_PAYLOAD_MAX, FIN, MASK, RSV1, client_header_len, opcode,
    with_client_header,
};
use crate::mask::{MaskingKeys, mask_in_place};
use crate::prepared::PreparedMessage;
use crate::slow_consumer::{SlowConsumerCounts, SlowConsumerPolicy};

mod backlog;
mod masked;
mod obstacles;

use backlog::Backlog;
use masked::{LentFrame, PlainFrame, put_frame, put_prepared};
use obstacles::Obstacles;

/// What control frames may take beyond the limit for data, so that a full buffer does not silence them.
const CONTROL_RESERVE: usize = 4096;
/// The longest control frame of a client.
const CONTROL_FRAME_MAX: usize = 6 + CONTROL_PAYLOAD_MAX;
/// Room allocated at the start; it grows up to the limit.
const INITIAL: usize = 4096;
/// How much of what waits is framed at a time.
const BACKLOG_WINDOW: usize = 16 << 10;

/// What the sending side remembers between frames.
#[derive(Debug)]
pub(crate) struct Outbound {
    pub(crate) buffer: WriteBuffer,
    keys: MaskingKeys,
    max_data_bytes: usize,
    obstacles: Obstacles,
    /// The latest ping whose pong found no room, if one waits; kept for the next one otherwise.
    ping: Option<Box<Ping>>,
    /// Present where messages may be compressed.
    deflater: Option<Held<Deflater>>,
    /// The fragmented message under way is compressed.
    is_compressing: bool,
    policy: SlowConsumerPolicy,
    /// Messages that wait to be framed, by a policy that conflates.
    backlog: Backlog,
    pub(crate) counts: SlowConsumerCounts,
}

/// The payload of a ping.
#[derive(Debug)]
struct Ping {
    payload: [u8; CONTROL_PAYLOAD_MAX],
    len: usize,
}

impl Default for Ping {
    fn default() -> Self {
        Self {
            payload: [0; CONTROL_PAYLOAD_MAX],
            len: 0,
        }
    }
}

impl Outbound {
    pub(crate) fn new(config: &WebsocketConfig, keys: MaskingKeys) -> Self {
        let limit = config.max_outbound_bytes.saturating_add(CONTROL_RESERVE);
        Self {
            buffer: WriteBuffer::new(INITIAL.min(limit), limit),
            keys,
            max_data_bytes: config.max_outbound_bytes,
            obstacles: Obstacles::at_start(),
            ping: None,
            deflater: None,
            is_compressing: false,
            policy: config.slow_consumer_policy.clone(),
            backlog: Backlog::new(config.max_outbound_bytes),
            counts: SlowConsumerCounts::default(),
        }
    }

    pub(crate) const fn is_close_sent(&self) -> bool {
        self.obstacles.has(Obstacles::CLOSE_SENT)
    }

    /// Says whether the connection is open.
    pub(crate) const fn set_open(&mut self, is_open: bool) {
        self.obstacles.set(Obstacles::NOT_OPEN, !is_open);
    }

    /// Says that the stream takes nothing any more.
    pub(crate) const fn set_write_failed(&mut self) {
        self.obstacles.set(Obstacles::WRITE_FAILED, true);
    }

    /// Returns true if the stream takes nothing any more.
    pub(crate) const fn is_write_failed(&self) -> bool {
        self.obstacles.has(Obstacles::WRITE_FAILED)
    }

    /// Returns true if nothing but messages of our own keeps the connection from being received from.
    #[inline(always)]
    pub(crate) const fn lets_receive(&self) -> bool {
        self.obstacles.lets_receive()
    }

    /// Returns true if a whole message can be framed and written at once: the connection is open too.
    #[inline(always)]
    pub(crate) const fn is_unobstructed(&self) -> bool {
        self.obstacles.is_none()
    }

    /// Frames a whole message at the start of the empty buffer and returns the length of the frame, if nothing stands in
    /// the way and a masking key is at hand: the usual case. Otherwise [`start_message`](Self::start_message) does what is
    /// to be done, or tells why not.
    #[inline(always)]
    pub(crate) fn plain_message(&mut self, opcode: u8, payload: &[u8]) -> Option<usize> {
        if !self.is_unobstructed() {
            return None;
        }
        let room = self.buffer.vacant_mut()?;
        let frame = PlainFrame {
            room,
            payload,
            keys: &mut self.keys,
            limit: self.max_data_bytes,
        };
        match payload.len() {
            0..=125 => frame.with([FIN | opcode, MASK | payload.len() as u8]),
            126..=0xffff => {
                let [a, b] = (payload.len() as u16).to_be_bytes();
                frame.with([FIN | opcode, MASK | 126, a, b])
            }
            _ => None,
        }
    }

    /// Queues a text or binary frame that starts a message. Where the peer is slow, the policy says what becomes of a
    /// whole one.
    pub(crate) fn start_message(
        &mut self,
        opcode: u8,
        fin: bool,
        payload: &[u8],
    ) -> Result<(), Error> {
        if self.is_message_open() {
            return Err(Misuse::MessageUnderWay.into());
        }
        self.check_not_closing()?;
        if fin && self.policy.conflates() && self.is_behind() {
            return self.conflate(opcode, payload);
        }
        let result = self
            .check_no_backlog()
            .and_then(|()| self.data_frame(opcode, fin, payload));
        match result {
            Err(Error::OutboundFull) if fin => self.apply_policy(opcode, payload),
            result => self.count_refused(result),
        }
    }

    /// Queues a message that was framed before.
    pub(crate) fn prepared(&mut self, message: &PreparedMessage) -> Result<(), Error> {
        let (opcode, payload) = (message.opcode(), message.payload());
        if self.is_message_open() {
            return Err(Misuse::MessageUnderWay.into());
        }
        self.check_not_closing()?;
        if self.policy.conflates() && self.is_behind() {
            return self.conflate(opcode, payload);
        }
        let result = put_prepared(
            &mut self.buffer,
            &mut self.keys,
            message,
            self.max_data_bytes,
        );
        match result {
            Err(Error::OutboundFull) => self.apply_policy(opcode, payload),
            result => result,
        }
    }

    /// The peer does not keep up.
    fn is_behind(&self) -> bool {
        self.buffer.is_blocked() || !self.backlog.is_empty()
    }

    /// What becomes of a whole message that does not fit.
    fn apply_policy(&mut self, opcode: u8, payload: &[u8]) -> Result<(), Error> {
        match self.policy {
            // What can never be sent is not dropped in silence.
            SlowConsumerPolicy::DropNewest if self.fits_when_empty(payload.len()) => {
                self.counts.dropped += 1;
                Ok(())
            }
            SlowConsumerPolicy::Conflate(_) => self.conflate(opcode, payload),
            SlowConsumerPolicy::Refuse | SlowConsumerPolicy::DropNewest => {
                self.count_refused(Err(Error::OutboundFull))
            }
        }
    }

    /// Returns true if a payload of `len` bytes may be refused, and what waits should be tried to be sent first.
    pub(crate) const fn is_tight(&self, len: usize) -> bool {
        let worst = Deflater::bound(len).saturating_add(CLIENT_HEADER_MAX);
        self.has_backlog() || self.buffer.len().saturating_add(worst) > self.max_data_bytes
    }

    /// Returns true if a frame of `len` bytes that is masked with zeros can be written past the buffer.
    pub(crate) const fn may_bypass(&self, len: usize) -> bool {
        self.is_unobstructed()
            && self.buffer.is_empty()
            && self.keys.is_zero()
            && len <= self.max_data_bytes
    }

    const fn fits_when_empty(&self, payload_len: usize) -> bool {
        client_header_len(payload_len).saturating_add(payload_len) <= self.max_data_bytes
    }

    const fn count_refused<T>(&mut self, result: Result<T, Error>) -> Result<T, Error> {
        if matches!(result, Err(Error::OutboundFull)) {
            self.counts.refused += 1;
        }
        result
    }

    /// Lets a message wait for the buffer to be empty, in place of the older one of its key.
    fn conflate(&mut self, opcode: u8, payload: &[u8]) -> Result<(), Error> {
        let pushed = if self.fits_when_empty(payload.len()) {
            self.backlog.push(&self.policy, opcode, payload)
        } else {
            Err(Error::OutboundFull)
        };
        let result = pushed.map(|is_conflated| self.counts.conflated += u64::from(is_conflated));
        self.note_backlog();
        self.count_refused(result)
    }

    /// The order of messages stays as it is.
    fn check_no_backlog(&self) -> Result<(), Error> {
        if self.backlog.is_empty() {
            Ok(())
        } else {
            Err(Error::OutboundFull)
        }
    }

    fn note_backlog(&mut self) {
        self.obstacles
            .set(Obstacles::BACKLOG, !self.backlog.is_empty());
    }

    /// Returns true if messages wait that an open connection has not given to the buffer yet.
    pub(crate) const fn has_backlog(&self) -> bool {
        self.obstacles.has(Obstacles::BACKLOG) && !self.obstacles.has(Obstacles::NOT_OPEN)
    }

    /// Frames what waits, if there is nothing else to send: what is in the buffer cannot be conflated any more.
    #[inline(always)]
    pub(crate) fn advance_backlog(&mut self) {
        if self.has_backlog() && self.buffer.is_empty() {
            self.frame_backlog(BACKLOG_WINDOW);
        }
    }

    /// Frames what waits until the buffer holds `window` bytes.
    #[cold]
    fn frame_backlog(&mut self, window: usize) {
        while self.buffer.len() < window
            && let Some((opcode, payload)) = self.backlog.pop()
        {
            let result = self.data_frame(opcode, true, &payload);
            if result.is_err() && !self.buffer.is_empty() {
                self.backlog.put_back(opcode, payload);
                break;
            }
            // What does not fit into an empty buffer, as deflate might need it, never will.
            self.counts.dropped += u64::from(result.is_err());
            self.backlog.keep_room(payload);
        }
        self.note_backlog();
    }

    /// Before a close frame: nothing may follow it.
    fn end_backlog(&mut self) {
        self.frame_backlog(usize::MAX);
        self.counts.dropped += self.backlog.clear() as u64;
        self.note_backlog();
    }

    /// Queues the next frame of the message under way.
    pub(crate) fn continue_message(&mut self, fin: bool, payload: &[u8]) -> Result<(), Error> {
        if !self.is_message_open() {
            return Err(Misuse::NoMessageUnderWay.into());
        }
        let result = self.data_frame(opcode::CONTINUATION, fin, payload);
        self.count_refused(result)
    }

    const fn is_message_open(&self) -> bool {
        self.obstacles.has(Obstacles::MESSAGE_OPEN)
    }

    fn data_frame(&mut self, opcode: u8, fin: bool, payload: &[u8]) -> Result<(), Error> {
        self.check_not_closing()?;
        let first = opcode | if fin { FIN } else { 0 };
        if self.deflater.is_some() {
            self.data_frame_by_deflate(first, fin, payload)?;
        } else {
            self.frame(first, payload, self.max_data_bytes)?;
        }
        self.obstacles.set(Obstacles::MESSAGE_OPEN, !fin);
        Ok(())
    }

    const fn check_not_closing(&self) -> Result<(), Error> {
        if self.is_close_sent() {
            return Err(Error::Misuse(Misuse::Closing));
        }
        Ok(())
    }

    /// RFC 7692 §7.2.1: the first frame says whether a message is compressed, by RSV1.
    fn data_frame_by_deflate(&mut self, first: u8, fin: bool, payload: &[u8]) -> Result<(), Error> {
        let starts = !self.is_message_open();
        let worst = Deflater::bound(payload.len()).saturating_add(CLIENT_HEADER_MAX);
        let is_wanted = worst <= self.max_data_bytes
            && self
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
        let room = self.max_data_bytes.saturating_sub(self.buffer.len());
        let Some(deflater) = self.deflater.as_mut().filter(|_| worst <= room) else {
            return Err(Error::OutboundFull);
        };
        let compressed = deflater.compress(payload, fin);
        let first = if starts { first | RSV1 } else { first };
        put_frame(
            &mut self.buffer,
            &mut self.keys,
            first,
            compressed,
            self.max_data_bytes,
        )?;
        self.is_compressing = !fin;
        Ok(())
    }

    /// From now on messages may be compressed.
    pub(crate) fn set_agreed(&mut self, agreed: &Agreed) {
        self.deflater = Deflater::new(agreed).map(hold);
        self.obstacles
            .set(Obstacles::DEFLATE, self.deflater.is_some());
    }

    /// Queues a ping or a pong.
    pub(crate) fn control(&mut self, opcode: u8, payload: &[u8]) -> Result<(), Error> {
        if payload.len() > CONTROL_PAYLOAD_MAX {
            return Err(Misuse::ControlTooLong.into());
        }
        self.check_not_closing()?;
        // The last room is the close frame's.
        self.frame(
            FIN | opcode,
            payload,
            self.buffer.limit().saturating_sub(CONTROL_FRAME_MAX),
        )
    }

    /// Queues a close frame, the last one.
    pub(crate) fn close(&mut self, code: Option<CloseCode>, reason: &str) -> Result<(), Error> {
        self.check_not_closing()?;
        if !self.backlog.is_empty() {
            self.end_backlog();
        }
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
        self.obstacles.set(Obstacles::CLOSE_SENT, true);
        Ok(())
    }

    /// Queues the answer to a ping. RFC 6455 §5.5.3: the pong has the ping's payload. §5.5.2: it is sent behind a close
    /// frame of ours too, until the peer's has come.
    ///
    /// Of the pings of a peer that floods with them and does not read, the latest is answered once there is room, which
    /// is all that the section demands.
    #[cold]
    pub(crate) fn answer_ping(&mut self, payload: &[u8]) {
        self.forget_ping();
        // The rest of the reserve is for what the user sends.
        let limit = self.max_data_bytes.saturating_add(CONTROL_RESERVE / 2);
        if let Err(Error::OutboundFull) = self.frame(FIN | opcode::PONG, payload, limit) {
            let ping = self.ping.get_or_insert_default();
            ping.len = payload.len();
            if let Some(target) = ping.payload.get_mut(..payload.len()) {
                target.copy_from_slice(payload);
                self.obstacles.set(Obstacles::UNANSWERED, true);
            }
        }
    }

    const fn forget_ping(&mut self) {
        self.obstacles.set(Obstacles::UNANSWERED, false);
    }

    /// Returns true if a pong waits for room in the buffer.
    pub(crate) const fn has_unanswered(&self) -> bool {
        self.obstacles.has(Obstacles::UNANSWERED)
    }

    /// Queues the pong that found no room, if there is some now.
    #[inline(always)]
    pub(crate) fn retry_pong(&mut self) {
        if self.has_unanswered() {
            self.answer_latest_ping();
        }
    }

    #[cold]
    fn answer_latest_ping(&mut self) {
        if let Some(ping) = &self.ping {
            let (payload, len) = (ping.payload, ping.len);
            self.answer_ping(payload.get(..len).unwrap_or_default());
        }
    }

    /// Queues the answer to a close frame or to a broken rule, where no close frame has been sent yet. No pong is owed any
    /// more.
    pub(crate) fn answer_close(&mut self, code: Option<CloseCode>) {
        self.forget_ping();
        if !self.is_close_sent() {
            let _ = self.close(code, "");
            self.obstacles.set(Obstacles::CLOSE_SENT, true);
        }
    }

    /// Lends room for the payload of a frame that starts a message, to be queued by
    /// [`finish_frame`](Self::finish_frame). Asked again for the same capacity, it lends the same room again.
    pub(crate) fn lend(&mut self, capacity: usize) -> Result<&mut [u8], Error> {
        let len = capacity.saturating_add(CLIENT_HEADER_MAX);
        let fits = self.check_lend(len);
        self.count_refused(fits)?;
        let room = self.buffer.reserve(len).map_err(|_| Error::OutboundFull)?;
        Ok(room.get_mut(CLIENT_HEADER_MAX..).unwrap_or_default())
    }

    fn check_lend(&self, len: usize) -> Result<(), Error> {
        self.check_not_closing()?;
        if self.is_message_open() {
            return Err(Misuse::MessageUnderWay.into());
        }
        self.check_no_backlog()?;
        if self.buffer.len().saturating_add(len) > self.max_data_bytes {
            return Err(Error::OutboundFull);
        }
        Ok(())
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

    fn frame(&mut self, first: u8, payload: &[u8], limit: usize) -> Result<(), Error> {
        put_frame(&mut self.buffer, &mut self.keys, first, payload, limit)
    }
}
