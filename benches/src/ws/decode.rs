//! Decoding: frames come out of memory in reads of a given size, payloads go to whoever wants them.

use std::hint::black_box;

use crate::harness::{Answer, Result, Work};
use crate::memory::Ring;
use crate::ws::feed::Feed;

/// A WebSocket client past its handshake that receives without an end.
pub(super) trait Decoder {
    /// Hands over exactly `messages` payloads.
    fn decode(&mut self, messages: u64, each: impl FnMut(&[u8])) -> Result<()>;
}

/// Makes work of a decoder.
pub(super) fn work<D, M>(feed: Feed, make: M) -> Result<Box<dyn Work>>
where
    D: Decoder + 'static,
    M: Fn(Ring) -> Result<D> + 'static,
{
    let ring = feed.ring()?;
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
