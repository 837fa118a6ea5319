//! Round trips over loopback: one message out, the same back, nothing else under way.

use std::time::Instant;

use boom_tls::TlsVersion;

use super::contestants::Who;
use super::report::{Cells, Options, named, ratio_to_raw};
use super::server::{Server, Serving};
use super::trust::Trust;
use super::{Client, receive_all};
use crate::harness::Result;
use crate::harness::cores::{Side, pin};
use crate::harness::table::Table;
use crate::harness::timing::{Samples, median};
use crate::payload;

pub(super) const SIZES: [usize; 4] = [64, 150, 1024, 16 * 1024];
const ROUNDS: usize = 301;
const TRIPS_A_TURN: usize = 50;
/// Of ours, to the library as it is.
const RATIO_MAX: f64 = 1.02;

pub(super) fn measure(options: Options, table: &mut Table) -> Result<()> {
    for size in SIZES {
        eprintln!("round trip {size} B");
        let samples = interleaved(size, options.rounds(ROUNDS))?;
        let mut cells = Cells::new(format!("round trip {size} B, us (x raw)"));
        let mut met = true;
        for (who, mine) in &samples {
            let ratio = ratio_to_raw(*who, &samples);
            let us = mine.median() / 1e3;
            cells.put(*who, format!("{us:.2} ({ratio:.3})"));
            met &= !who.is_ours() || ratio <= RATIO_MAX;
        }
        table.push(cells.judged(&format!("ours <= {RATIO_MAX} x"), met));
    }
    Ok(())
}

/// Medians of each turn in nanoseconds, for each of [`Who::ALL`].
fn interleaved(size: usize, rounds: usize) -> Result<Vec<(Who, Samples)>> {
    let trust = Trust::new(TlsVersion::Tls13, false)?;
    let server = Server::start(Who::ALL.len(), &trust.server, Serving::Echo(size))?;
    let _pinned = pin(Side::Client);
    let mut clients = Vec::with_capacity(Who::ALL.len());
    for who in Who::ALL {
        clients.push(who.open(server.connect()?, &trust)?);
    }
    let message = payload::json(size).swap_remove(0).into_bytes();
    let mut room = vec![0; size];
    for (index, client) in clients.iter_mut().enumerate() {
        server.attend(index);
        check(client.as_mut(), &message)?;
        turn(client.as_mut(), &message, &mut room)?;
    }
    let mut samples = vec![Vec::with_capacity(rounds); clients.len()];
    for _ in 0..rounds {
        for (index, (client, samples)) in clients.iter_mut().zip(&mut samples).enumerate() {
            server.attend(index);
            samples.push(turn(client.as_mut(), &message, &mut room)?);
        }
    }
    Ok(named(Who::ALL, samples))
}

fn check(client: &mut dyn Client, message: &[u8]) -> Result<()> {
    let mut room = vec![0; message.len()];
    for _ in 0..3 {
        room.fill(0);
        client.send(message)?;
        receive_all(client, &mut room)?;
        if room != message {
            return Err("the echo differs".into());
        }
    }
    Ok(())
}

/// The median of some round trips; each is timed by itself, so that a thread that was switched away spoils one.
fn turn(client: &mut dyn Client, message: &[u8], room: &mut [u8]) -> Result<f64> {
    let mut times = Vec::with_capacity(TRIPS_A_TURN);
    for _ in 0..TRIPS_A_TURN {
        let start = Instant::now();
        client.send(message)?;
        receive_all(client, room)?;
        times.push(start.elapsed().as_nanos() as f64);
    }
    Ok(median(times))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyone_is_answered() {
        for size in SIZES {
            assert_eq!(interleaved(size, 1).unwrap().len(), Who::ALL.len());
        }
    }
}
