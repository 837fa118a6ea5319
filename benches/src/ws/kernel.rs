//! The kernels of boom-ws alone: masking, and the check of UTF-8. They are private there; their files are compiled
//! into the benches, so that nothing has to be public to be measured.

#[path = "../../../crates/boom-ws/src/mask.rs"]
#[allow(dead_code, reason = "the benches use one function of it")]
pub(super) mod mask;
#[path = "../../../crates/boom-ws/src/utf8.rs"]
#[allow(dead_code, reason = "the benches use one function of it")]
pub(super) mod utf8;

use std::hint::black_box;

use crate::harness::{Answer, Result, Work};
use crate::ws::feed::Messages;
use crate::ws::frame;

const KEY: [u8; 4] = [0x12, 0x34, 0x56, 0x78];

/// Makes work of a function that copies a payload masked.
pub(super) fn masking<F>(messages: Messages, copy_masked: F) -> Result<Box<dyn Work>>
where
    F: Fn(&mut [u8], &[u8], [u8; 4]) + 'static,
{
    let payloads = Payloads::new(messages)?;
    let out = vec![0; payloads.longest()];
    Ok(Box::new(Masking {
        payloads,
        out,
        copy_masked,
    }))
}

struct Masking<F> {
    payloads: Payloads,
    out: Vec<u8>,
    copy_masked: F,
}

impl<F: Fn(&mut [u8], &[u8], [u8; 4])> Work for Masking<F> {
    fn answer(&mut self, messages: u64) -> Result<Answer> {
        self.payloads.position = 0;
        let mut answer = Answer::new();
        for _ in 0..messages {
            let payload = self.payloads.next();
            let out = &mut self.out[..payload.len()];
            out.fill(0);
            (self.copy_masked)(out, payload, KEY);
            frame::apply_mask(out, KEY);
            answer.add(out);
        }
        Ok(answer)
    }

    fn run(&mut self, messages: u64) -> Result<()> {
        for _ in 0..messages {
            let payload = self.payloads.next();
            (self.copy_masked)(&mut self.out[..payload.len()], payload, black_box(KEY));
            black_box(&mut self.out);
        }
        Ok(())
    }
}

/// Makes work of a function that tells whether bytes are UTF-8.
pub(super) fn validating<F>(messages: Messages, is_valid: F) -> Result<Box<dyn Work>>
where
    F: Fn(&[u8]) -> bool + 'static,
{
    let payloads = Payloads::new(messages)?;
    Ok(Box::new(Validating { payloads, is_valid }))
}

struct Validating<F> {
    payloads: Payloads,
    is_valid: F,
}

impl<F: Fn(&[u8]) -> bool> Work for Validating<F> {
    fn answer(&mut self, messages: u64) -> Result<Answer> {
        self.payloads.position = 0;
        let mut answer = Answer::new();
        for _ in 0..messages {
            let payload = self.payloads.next();
            let mut broken = payload.to_vec();
            if let Some(last) = broken.last_mut() {
                *last = 0xff;
            }
            if !(self.is_valid)(payload) || (self.is_valid)(&broken) {
                return Err("a text is not judged right".into());
            }
            answer.add(payload);
        }
        Ok(answer)
    }

    fn run(&mut self, messages: u64) -> Result<()> {
        for _ in 0..messages {
            black_box((self.is_valid)(black_box(self.payloads.next())));
        }
        Ok(())
    }
}

/// All different payloads, over and over.
struct Payloads {
    all: Vec<Vec<u8>>,
    position: usize,
}

impl Payloads {
    fn new(messages: Messages) -> Result<Self> {
        let all = messages.all()?.into_iter();
        Ok(Self {
            all: all.map(|message| message.payload).collect(),
            position: 0,
        })
    }

    fn longest(&self) -> usize {
        self.all.iter().map(Vec::len).max().unwrap_or(0)
    }

    #[inline]
    fn next(&mut self) -> &[u8] {
        let position = self.position;
        self.position += 1;
        if self.position == self.all.len() {
            self.position = 0;
        }
        &self.all[position]
    }
}

/// One byte after the other, as the RFC writes it. The compiler is kept from making vectors of it.
pub(super) fn copy_masked_naively(out: &mut [u8], payload: &[u8], key: [u8; 4]) {
    for (index, (out, byte)) in out.iter_mut().zip(payload).enumerate() {
        *out = black_box(byte ^ key[index % 4]);
    }
}

/// Eight bytes at a time, as many crates do it: a copy, then the mask over it.
pub(super) fn copy_then_mask(out: &mut [u8], payload: &[u8], key: [u8; 4]) {
    out.copy_from_slice(payload);
    frame::apply_mask(out, key);
}
