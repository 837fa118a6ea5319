//! Encoding: texts are framed, masked and written.

use std::cell::RefCell;
use std::rc::Rc;

use crate::harness::{Answer, Result, Work};
use crate::memory::{Kept, Sink};
use crate::ws::deflate::{Decompressor, Inflater};
use crate::ws::feed::Messages;
use crate::ws::frame;

/// A WebSocket client past its handshake that writes to a [`Sink`].
pub(super) trait Encoder {
    /// Sends one text message and leaves none of it in a buffer.
    fn send(&mut self, text: &str) -> Result<()>;
}

/// Makes work of an encoder. `answer` fails where a message took more or fewer writes than `rules` say, or where the
/// masks are not what they say.
pub(super) fn work<E, M>(messages: Messages, rules: Rules, make: M) -> Result<Box<dyn Work>>
where
    E: Encoder + 'static,
    M: Fn(Sink) -> Result<E> + 'static,
{
    let texts = messages.all()?.into_iter();
    let texts = texts.map(|message| String::from_utf8(message.payload));
    let encoder = make(Sink::new())?;
    Ok(Box::new(EncodeWork {
        texts: texts.collect::<std::result::Result<_, _>>()?,
        position: 0,
        rules,
        make,
        encoder,
    }))
}

/// How messages are to be sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) mask: Mask,
    pub(super) writes_a_message: u64,
}

impl Rules {
    /// As RFC 6455 says, and in one write.
    pub(super) const ONE_WRITE: Self = Self {
        mask: Mask::Random,
        writes_a_message: 1,
    };
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
    rules: Rules,
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
        check(&kept, messages, self.rules)
    }

    fn run(&mut self, messages: u64) -> Result<()> {
        for _ in 0..messages {
            self.encoder.send(&self.texts[self.position])?;
            self.position += 1;
            if self.position == self.texts.len() {
                self.position = 0;
            }
        }
        Ok(())
    }
}

fn check(kept: &Rc<RefCell<Kept>>, messages: u64, rules: Rules) -> Result<Answer> {
    let kept = kept.borrow();
    if kept.writes != messages * rules.writes_a_message {
        return Err(format!("{} writes for {messages} messages", kept.writes).into());
    }
    let mut answer = Answer::new();
    let (mut frames, mut zero_masks) = (0, 0);
    let mut inflater = Inflater::new();
    let mut message = Vec::new();
    let mut rest = &kept.bytes[..];
    while let Some(parsed) = frame::parse(rest) {
        let key = parsed.mask(rest);
        frames += 1;
        zero_masks += u64::from(key == [0; 4]);
        let (this, others) = rest.split_at(parsed.header + parsed.length);
        let start = message.len();
        message.extend_from_slice(&this[parsed.header..]);
        frame::apply_mask(&mut message[start..], key);
        if this[0] & frame::FIN != 0 {
            if this[0] & frame::RSV1 == 0 {
                answer.add(&message);
            } else {
                answer.add(inflater.decompress(&message)?);
            }
            message.clear();
        }
        rest = others;
    }
    // One random key in 2^32 is zero.
    let expected = if rules.mask == Mask::AlwaysZero {
        frames
    } else {
        zero_masks.min(1)
    };
    if zero_masks != expected || !rest.is_empty() {
        return Err(format!("{zero_masks} zero masks, {} bytes too many", rest.len()).into());
    }
    Ok(answer)
}
