//! Handshakes in memory: what one costs the client's core, the certificate verified, its session tickets taken.

use std::time::Instant;

use boom_tls::TlsVersion;

use super::contestants::Who;
use super::memory::Pair;
use super::report::{Cells, Options, named, ratio_to_raw};
use super::trust::Trust;
use crate::harness::Result;
use crate::harness::cores::{Side, pin};
use crate::harness::table::Table;
use crate::harness::timing::Samples;

const ROUNDS: usize = 301;

pub(super) fn measure(options: Options, table: &mut Table) -> Result<()> {
    for resumes in [false, true] {
        let name = if resumes { "resumed" } else { "full" };
        eprintln!("handshakes, {name}");
        let samples = interleaved(resumes, options.rounds(ROUNDS))?;
        let name = format!("handshakes a second of the client's core, {name} (time x raw)");
        let mut cells = Cells::new(name);
        for (who, taken) in &samples {
            let rate = 1e9 / taken.median();
            let ratio = ratio_to_raw(*who, &samples);
            let ratio = if ratio.is_nan() {
                String::new()
            } else {
                format!(" ({ratio:.2})")
            };
            cells.put(*who, format!("{rate:.0}{ratio}"));
        }
        table.push(cells.done());
    }
    Ok(())
}

/// Nanoseconds of a handshake on the client's side.
fn interleaved(resumes: bool, rounds: usize) -> Result<Vec<(Who, Samples)>> {
    let _pinned = pin(Side::Client);
    let who = Who::ALL.iter().copied();
    let who: Vec<_> = who.filter(|who| who.shakes_hands(resumes)).collect();
    let mut trusts = Vec::with_capacity(who.len());
    for &who in &who {
        let trust = Trust::new(TlsVersion::Tls13, resumes)?;
        // Builds what is built once, and gets a session where there is to be one.
        shake_hands(who, &trust)?;
        trusts.push(trust);
    }
    let mut samples = vec![Vec::with_capacity(rounds); who.len()];
    for _ in 0..rounds {
        for ((&who, trust), samples) in who.iter().zip(&trusts).zip(&mut samples) {
            let (taken, is_resumed) = shake_hands(who, trust)?;
            if is_resumed != resumes {
                return Err(format!("{}: not the handshake that was meant", who.name()).into());
            }
            samples.push(taken);
        }
    }
    Ok(named(&who, samples))
}

/// Nanoseconds up to the greeting, and whether a session was resumed.
fn shake_hands(who: Who, trust: &Trust) -> Result<(f64, bool)> {
    let pair = Pair::new(&trust.server)?;
    let start = Instant::now();
    let client = who.open(pair.clone(), trust)?;
    let taken = start.elapsed().saturating_sub(pair.served());
    drop(client);
    Ok((taken.as_nanos() as f64, pair.is_resumed()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handshakes_are_those_that_are_meant() {
        for resumes in [false, true] {
            interleaved(resumes, 3).unwrap();
        }
    }
}
