//! Round trips over loopback: one request goes out, its answer comes back, nothing else is under way.

use std::hint::black_box;
use std::time::Instant;

use boom_testkit::tls::Authority;

use crate::harness::cores::{Side, pin};
use crate::harness::timing::{Samples, median};
use crate::harness::{Result, Work};
use crate::http::client::{Client, Exchanges};
use crate::http::contestants::ALL;
use crate::http::dial::Dial;
use crate::http::kind::Kind;
use crate::http::server::Server;

const TRIPS_A_TURN: usize = 100;

/// Medians of each turn in nanoseconds, for each of the contestants.
pub(super) fn measure(kind: Kind, is_tls: bool, rounds: usize) -> Result<Vec<Samples>> {
    let authority = is_tls.then(Authority::new);
    let config = authority
        .as_ref()
        .map(|authority| authority.server_config(&["127.0.0.1"]));
    let pem = authority
        .as_ref()
        .map_or("", |authority| authority.certificate_pem());
    let server = Server::start(ALL.len(), config)?;
    // Only now: a thread starts with the cores of the one that made it.
    let _pinned = pin(Side::Client);
    let mut clients = Vec::with_capacity(ALL.len());
    for (index, contestant) in ALL.iter().enumerate() {
        server.attend(index);
        let client = (contestant.connect)(kind, &Dial::new(server.address(index)?, pem)?)?;
        let mut exchanges = Exchanges(client);
        if exchanges.answer(3)? != kind.expected(3) {
            let what = format!(
                "{} by {}: the answer differs",
                kind.name(),
                contestant.column
            );
            return Err(what.into());
        }
        turn(exchanges.0.as_mut())?;
        clients.push(exchanges.0);
    }
    let mut samples = vec![Vec::with_capacity(rounds); clients.len()];
    for _ in 0..rounds {
        for (index, (client, samples)) in clients.iter_mut().zip(&mut samples).enumerate() {
            server.attend(index);
            samples.push(turn(client.as_mut())?);
        }
    }
    Ok(samples.into_iter().map(Samples::new).collect())
}

/// The median of some round trips; each is timed by itself, so that a thread that was switched away spoils one.
fn turn(client: &mut dyn Client) -> Result<f64> {
    let mut times = Vec::with_capacity(TRIPS_A_TURN);
    for _ in 0..TRIPS_A_TURN {
        let start = Instant::now();
        client.exchange(&mut |_, body| {
            black_box(body);
        })?;
        times.push(start.elapsed().as_nanos() as f64);
    }
    Ok(median(times))
}
