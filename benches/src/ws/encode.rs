//! Encoding: texts are framed, masked and written.

use std::cell::RefCell;
use std::rc::Rc;

use crate::harness::{Answer, Result, Work};
use crate::memory::{Kept, Sink};
use crate::payload;
use crate::ws::frame;

/// A WebSocket client past its handshake that writes to a [`Sink`].
pub(super) trait Encoder {
    /// Sends one text message and leaves none of it in a buffer.
    fn send(&mut self, text: &str) -> Result<()>;
}

/// Makes work of an encoder. `answer` fails where a message took more or less than one write, or where masks are
/// not what `mask` says.
pub(super) fn work<E, M>(payload_length: usize, mask: Mask, make: M) -> Result<Box<dyn Work>>
where
    E: Encoder + 'static,
    M: Fn(Sink) -> Result<E> + 'static,
{
    let texts = payload::json(payload_length);
    let encoder = make(Sink::new())?;
    Ok(Box::new(EncodeWork {
        texts,
        position: 0,
        mask,
        make,
        encoder,
    }))
}

/// What the masking keys are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mask {
    Random,
    AlwaysZero,
}

struct EncodeWork<E, M> {
    texts: Vec<String>,
    position: usize,
    mask: Mask,
    make: M,
    encoder: E,
}

impl<E: Encoder, M: Fn(Sink) -> Result<E>> Work for EncodeWork<E, M> {
    fn answer(&mut self, messages: u64) -> Result<Answer> {
        let (sink, kept) = Sink::keeping();
        self.encoder = (self.make)(sink)?;
        self.position = 0;
        self.run(messages)?;
        self.encoder = (self.make)(Sink::new())?;
        check(&kept, messages, self.mask)
    }

    fn run(&mut self, messages: u64) -> Result<()> {
        for _ in 0..messages {
            self.encoder.send(&self.texts[self.position])?;
            self.position = (self.position + 1) % payload::DISTINCT;
        }
        Ok(())
    }
}

fn check(kept: &Rc<RefCell<Kept>>, messages: u64, mask: Mask) -> Result<Answer> {
    let kept = kept.borrow();
    if kept.writes != messages {
        return Err(format!("{} writes for {messages} messages", kept.writes).into());
    }
    let mut answer = Answer::new();
    let mut zero_masks = 0;
    let mut rest = &kept.bytes[..];
    while let Some(parsed) = frame::parse(rest) {
        let key = parsed.mask(rest);
        zero_masks += u64::from(key == [0; 4]);
        let (this, others) = rest.split_at(parsed.header + parsed.length);
        let mut payload = this[parsed.header..].to_vec();
        frame::apply_mask(&mut payload, key);
        answer.add(&payload);
        rest = others;
    }
    // One random key in 2^32 is zero.
    let expected = if mask == Mask::AlwaysZero {
        messages
    } else {
        zero_masks.min(1)
    };
    if zero_masks != expected || !rest.is_empty() {
        return Err(format!("{zero_masks} zero masks, {} bytes too many", rest.len()).into());
    }
    Ok(answer)
}
