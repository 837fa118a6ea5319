//! Plays what `record` has recorded to the same endpoint, as fast as the machine is.
//!
//! ```text
//! cargo run --release --example record -- --seconds 5 --out session
//! cargo run --release --example replay -- session
//! ```
//!
//! It fails if the endpoint has not received the same, to the last byte, or has sent something else.

#[path = "market_feed/digest.rs"]
#[allow(dead_code, reason = "market_feed uses the rest")]
mod digest;
#[path = "recording/trades.rs"]
mod trades;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use boomnet::prelude::*;
use boomnet::replay::RecordingReader;
use boomnet::stream::TimeSource;
use boomnet::ws::replay::WebsocketNormaliser;
use clap::Parser;

use trades::{Received, SUMMARY, Trades};

/// Replays a folder of recordings and compares what was received with what was received then.
#[derive(Debug, Parser)]
#[command(name = "replay")]
struct Args {
    /// Where `record` has recorded
    #[arg(value_name = "DIR", default_value = "session")]
    folder: PathBuf,
}

fn main() -> io::Result<()> {
    let folder = Args::parse().folder;
    let summary = folder.join(SUMMARY);
    let expected = fs::read_to_string(&summary).map_err(|error| {
        // Without it nothing was recorded, or the program that did was killed before its end.
        io::Error::new(error.kind(), format!("{}: {error}", summary.display()))
    })?;
    let started_at = Instant::now();
    let session = ReplaySession::of(files(&folder)?)?;
    for path in session.skipped() {
        println!("{} has no whole header: skipped", path.display());
    }
    let mut recordings = session.recordings().to_vec().into_iter();
    let first = recordings.as_slice().first();
    let first = RecordingReader::open(first.ok_or(io::ErrorKind::NotFound)?)?;
    let clock = session.clock();
    let start_ns = clock.now_ns();
    let mut received = Received::default();
    let mut service = session
        .selector()
        .into_io_service_with_context(&mut received)
        .with_time_source(session.clock())
        .with_seed(0);
    service.register(Trades {
        connection_info: first.connection_info().clone(),
        open: Box::new(move |_, _, received| {
            let recording = recordings.next().ok_or(io::ErrorKind::NotFound)?;
            received.is_ending = recordings.as_slice().is_empty();
            // What the endpoint writes is compared with what it wrote then; but for the WebSocket key and the masks, which
            // are random.
            session.open_with(recording, |builder| {
                builder.verify_normalised(WebsocketNormaliser::new())
            })
        }),
    });
    // The clock does not wait, but timers that are due before the next event go off at their time.
    while !service.is_empty() {
        service.wait(Duration::from_secs(1), &mut received)?;
    }

    println!("{received}");
    let recorded = Duration::from_nanos(clock.now_ns() - start_ns);
    let elapsed = started_at.elapsed();
    let factor = recorded.as_secs_f64() / elapsed.as_secs_f64();
    println!("recorded in {recorded:.3?}, replayed in {elapsed:.3?}: {factor:.0} times as fast");
    match received.to_string() == expected {
        true => Ok(()),
        false => Err(io::Error::other(format!(
            "that was not the same: {expected}"
        ))),
    }
}

/// The files of a folder, in any order.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let mut paths = paths.collect::<io::Result<Vec<_>>>()?;
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "pcapng")
    });
    Ok(paths)
}
