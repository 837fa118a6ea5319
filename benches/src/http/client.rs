//! What a contestant does.

use std::hint::black_box;

use crate::harness::{Answer, Result, Work};

/// A client with a connection of its own that asks for the same thing again and again.
pub(super) trait Client {
    /// Sends a request, waits for its answer, and hands over status and body.
    fn exchange(&mut self, each: &mut dyn FnMut(u16, &[u8])) -> Result<()>;
}

/// One exchange after the other.
pub(super) struct Exchanges(pub(super) Box<dyn Client>);

impl Work for Exchanges {
    fn answer(&mut self, exchanges: u64) -> Result<Answer> {
        let mut answer = Answer::new();
        for _ in 0..exchanges {
            self.0.exchange(&mut |status, body| {
                answer.add(status.to_string().as_bytes());
                answer.add(body);
            })?;
        }
        Ok(answer)
    }

    fn run(&mut self, exchanges: u64) -> Result<()> {
        let mut answered = 0;
        for _ in 0..exchanges {
            self.0.exchange(&mut |status, body| {
                black_box(body);
                answered += u64::from(status == 200);
            })?;
        }
        if answered == exchanges {
            Ok(())
        } else {
            Err(format!("{answered} answers of {exchanges}").into())
        }
    }
}
