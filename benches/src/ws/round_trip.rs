//! Round trips over loopback: one message goes out, its echo comes back, nothing else is under way.

use std::time::Instant;

use crate::harness::cores::{Side, pin};
use crate::harness::timing::{Samples, median};
use crate::harness::{Answer, Result};
use crate::payload;
use crate::ws::dial::{Dial, Security};
use crate::ws::echo::Echo;

/// A client that polls its own socket without rest.
pub(super) trait Client {
    /// Sends `text` and polls until the echo is there.
    fn round_trip(&mut self, text: &str, each: &mut dyn FnMut(&[u8])) -> Result<()>;
}

/// How to open a client to an echo, past its handshake.
pub(super) type Connect = fn(&Dial<'_>) -> Result<Box<dyn Client>>;

const PAYLOAD_LENGTH: usize = 150;
const TRIPS_A_TURN: usize = 100;

/// Medians of each turn in nanoseconds, for each of `clients`.
pub(super) fn measure(
    clients: &[Connect],
    security: &Security,
    rounds: usize,
) -> Result<Vec<Samples>> {
    let text = &payload::json(PAYLOAD_LENGTH)[0];
    let echo = Echo::start(clients.len(), security.server_config())?;
    // Only now: a thread starts with the cores of the one that made it.
    let _pinned = pin(Side::Client);
    let mut open = Vec::with_capacity(clients.len());
    for connect in clients {
        open.push(connect(&security.dial(echo.address(), text))?);
    }
    for (index, client) in open.iter_mut().enumerate() {
        echo.attend(index);
        check(client.as_mut(), text)?;
        turn(client.as_mut(), text)?;
    }
    let mut samples = vec![Vec::with_capacity(rounds); open.len()];
    for _ in 0..rounds {
        for (index, (client, samples)) in open.iter_mut().zip(&mut samples).enumerate() {
            echo.attend(index);
            samples.push(turn(client.as_mut(), text)?);
        }
    }
    Ok(samples.into_iter().map(Samples::new).collect())
}

fn check(client: &mut dyn Client, text: &str) -> Result<()> {
    let mut answer = Answer::new();
    for _ in 0..3 {
        client.round_trip(text, &mut |payload| answer.add(payload))?;
    }
    if answer == Answer::of([text.as_bytes(); 3]) {
        Ok(())
    } else {
        Err("the echo differs".into())
    }
}

/// The median of some round trips; each is timed by itself, so that a thread that was switched away spoils one.
fn turn(client: &mut dyn Client, text: &str) -> Result<f64> {
    let mut times = Vec::with_capacity(TRIPS_A_TURN);
    for _ in 0..TRIPS_A_TURN {
        let start = Instant::now();
        client.round_trip(text, &mut |payload| {
            std::hint::black_box(payload);
        })?;
        times.push(start.elapsed().as_nanos() as f64);
    }
    Ok(median(times))
}
