//! Decoding: frames come out of memory in reads of a given size, payloads go to whoever wants them.

use std::hint::black_box;

use crate::harness::{Answer, Result, Work};
use crate::memory::Ring;
use crate::{payload, ws};

/// A WebSocket client past its handshake that reads from a [`Ring`].
pub(super) trait Decoder {
    /// Hands over exactly `messages` payloads.
    fn decode(&mut self, messages: u64, each: impl FnMut(&[u8])) -> Result<()>;
}

/// What is received.
#[derive(Clone, Copy, Debug)]
pub(super) struct Feed {
    pub(super) payload_length: usize,
    pub(super) read_size: usize,
}

impl Feed {
    /// The frames of all distinct messages, repeated until they fill a read.
    fn ring(self) -> Ring {
        let once = ws::server_frames(self.payload_length);
        let times = self.read_size.div_ceil(once.len());
        Ring::new(&once.repeat(times), self.read_size)
    }

    /// The answer that the first `messages` must give.
    pub(super) fn answer(self, messages: u64) -> Answer {
        let texts = payload::json(self.payload_length);
        let count = usize::try_from(messages).unwrap_or(usize::MAX);
        Answer::of(texts.iter().map(String::as_bytes).cycle().take(count))
    }
}

/// Makes work of a decoder.
pub(super) fn work<D, M>(feed: Feed, make: M) -> Result<Box<dyn Work>>
where
    D: Decoder + 'static,
    M: Fn(Ring) -> Result<D> + 'static,
{
    let ring = feed.ring();
    let decoder = make(ring.clone())?;
    Ok(Box::new(DecodeWork {
        ring,
        make,
        decoder,
    }))
}

struct DecodeWork<D, M> {
    ring: Ring,
    make: M,
    decoder: D,
}

impl<D: Decoder, M: Fn(Ring) -> Result<D>> Work for DecodeWork<D, M> {
    fn answer(&mut self, messages: u64) -> Result<Answer> {
        self.decoder = (self.make)(self.ring.clone())?;
        let mut answer = Answer::new();
        self.decoder
            .decode(messages, |payload| answer.add(payload))?;
        Ok(answer)
    }

    fn run(&mut self, messages: u64) -> Result<()> {
        self.decoder.decode(messages, |payload| {
            black_box(payload);
        })
    }
}
