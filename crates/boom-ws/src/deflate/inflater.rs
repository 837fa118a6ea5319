//! Messages of the server, inflated (RFC 7692 §7.2.2).

use std::fmt;

use zlib_rs::{Inflate, InflateFlush, Status};

use super::history::History;
use super::negotiation::Agreed;
use super::{TAIL, WINDOW_BITS_MAX};

/// Room that a part is given to start with, in bytes for each of its own. More is made where it is not enough.
const EXPECTED_RATIO: usize = 4;
/// Room beyond the message, so that the inflater need not look at each byte's room: its longest step is 258 bytes.
const ROOM_MIN: usize = 512;

/// Why a message could not be inflated. The connection is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InflateFault {
    /// The message has more bytes than the limit. No more than one byte beyond it was inflated.
    TooLong,
    /// The payload is no DEFLATE data, refers further back than there is anything, or ends too early.
    Corrupt,
}

/// Inflates the messages of one connection into a buffer that is used again and again.
///
/// The memory: 46 KiB of the decompressor, the size of the server's window once more (32 KiB at most), and a buffer
/// that grows to the longest message, at most the limit.
pub(crate) struct Inflater {
    inner: Inflate,
    /// What the message may refer to beyond the end of a DEFLATE stream.
    history: History,
    /// Inflated bytes up to `len`, behind them those of earlier messages: no byte is cleared twice.
    pub(super) out: Vec<u8>,
    /// Bytes of the message so far. `len <= out.len()`.
    len: usize,
    /// Bytes of the message that `history` has. `recorded <= len`.
    recorded: usize,
    limit: usize,
    takeover: bool,
    /// Some of a message has come, but not its end.
    in_message: bool,
    /// Nothing has come since the start of the message, or since a DEFLATE stream ended in it.
    is_between_streams: bool,
}

impl Inflater {
    /// Allocates what is needed for messages of up to `limit` inflated bytes, but for the messages themselves.
    pub(crate) fn new(agreed: &Agreed, limit: usize) -> Self {
        Self {
            // A larger window than the server's does no harm, and the decompressor has but one size.
            inner: Inflate::new(false, WINDOW_BITS_MAX),
            history: History::new(agreed.server_window_bits),
            out: Vec::new(),
            len: 0,
            recorded: 0,
            limit,
            takeover: agreed.server_takeover,
            in_message: false,
            is_between_streams: true,
        }
    }

    /// Inflates the payload of the next frame of a message and returns what it came to; `last` where the frame ends the
    /// message. The frame after it starts another.
    ///
    /// # Errors
    ///
    /// After an error the state is of no more use.
    pub(crate) fn push(&mut self, payload: &[u8], last: bool) -> Result<&[u8], InflateFault> {
        if !self.in_message {
            self.len = 0;
            self.recorded = 0;
            self.is_between_streams = true;
        }
        self.in_message = !last;
        let start = self.len;
        self.inflate(payload)?;
        self.record();
        if last {
            self.finish()?;
        }
        Ok(self.out.get(start..self.len).unwrap_or_default())
    }

    /// The message as far as it has come; after its last frame, all of it.
    pub(crate) fn message(&self) -> &[u8] {
        self.out.get(..self.len).unwrap_or_default()
    }

    fn inflate(&mut self, mut input: &[u8]) -> Result<(), InflateFault> {
        if input.is_empty() {
            return Ok(());
        }
        self.is_between_streams = false;
        self.make_room(input.len().saturating_mul(EXPECTED_RATIO).max(ROOM_MIN));
        loop {
            let room = self.out.get_mut(self.len..).unwrap_or_default();
            let room_len = room.len();
            let step = Step::take(&mut self.inner, input, room, InflateFlush::NoFlush)?;
            input = input.get(step.consumed..).unwrap_or_default();
            self.len += step.produced;
            if self.len > self.limit {
                return Err(InflateFault::TooLong);
            }
            if step.status == Status::StreamEnd {
                self.restart()?;
                if input.is_empty() {
                    self.is_between_streams = true;
                    return Ok(());
                }
            } else if step.produced < room_len {
                return Ok(());
            }
            self.make_room(ROOM_MIN);
        }
    }

    /// Sees to it that at least `count` bytes of room follow the message, as far as the limit and one byte allow.
    fn make_room(&mut self, count: usize) {
        let needed = self.len.saturating_add(count);
        if needed <= self.out.len() {
            return;
        }
        let doubled = needed.checked_next_power_of_two().unwrap_or(needed);
        // One byte beyond the limit tells a message that goes on from one that ends there.
        let grown = doubled.min(self.limit.saturating_add(1));
        if grown > self.out.len() {
            self.out.reserve_exact(grown - self.out.len());
            self.out.resize(grown, 0);
        }
    }

    /// Goes on after a block with the "BFINAL" bit, as a new DEFLATE stream.
    ///
    /// RFC 7692 §7.2.3.4 allows such blocks anywhere in a message, and §7.2.2 has the window go on regardless.
    #[cold]
    fn restart(&mut self) -> Result<(), InflateFault> {
        self.record();
        self.inner.reset(false);
        for part in self.history.parts() {
            self.inner
                .set_dictionary(part)
                .map_err(|_| InflateFault::Corrupt)?;
        }
        Ok(())
    }

    fn record(&mut self) {
        let fresh = self.out.get(self.recorded..self.len).unwrap_or_default();
        self.history.extend(fresh);
        self.recorded = self.len;
    }

    fn finish(&mut self) -> Result<(), InflateFault> {
        // A message of no bytes, and one that ends with a final block but not with the byte that §7.2.3.4 puts behind
        // it, have nothing that the tail would complete, and there is but one way to read them.
        if !self.is_between_streams {
            self.push_tail()?;
        }
        if !self.takeover {
            self.inner.reset(false);
            self.history.clear();
        }
        Ok(())
    }

    /// RFC 7692 §7.2.2: what the sender took away is put back, and with it ends a block.
    ///
    /// A byte more shows whether one does: the decompressor is told to stop at the end of a block, and does so before
    /// that byte only if the message was whole. DEFLATE alone would wait for more, and take the next message for it.
    fn push_tail(&mut self) -> Result<(), InflateFault> {
        const PROBE: [u8; 5] = [TAIL[0], TAIL[1], TAIL[2], TAIL[3], 0xff];
        let mut nothing = [0; 8];
        let step = Step::take(&mut self.inner, &PROBE, &mut nothing, InflateFlush::Block)?;
        if step.consumed == TAIL.len() && step.produced == 0 {
            Ok(())
        } else {
            Err(InflateFault::Corrupt)
        }
    }
}

impl fmt::Debug for Inflater {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inflater")
            .field("len", &self.len)
            .field("limit", &self.limit)
            .field("takeover", &self.takeover)
            .field("in_message", &self.in_message)
            .finish_non_exhaustive()
    }
}

/// What one call of the decompressor did.
struct Step {
    status: Status,
    consumed: usize,
    produced: usize,
}

impl Step {
    fn take(
        inner: &mut Inflate,
        input: &[u8],
        room: &mut [u8],
        flush: InflateFlush,
    ) -> Result<Self, InflateFault> {
        let (total_in, total_out) = (inner.total_in(), inner.total_out());
        let status = inner
            .decompress(input, room, flush)
            .map_err(|_| InflateFault::Corrupt)?;
        Ok(Self {
            status,
            consumed: (inner.total_in() - total_in) as usize,
            produced: (inner.total_out() - total_out) as usize,
        })
    }
}
