//! Plays what `record` has recorded to the same endpoints, as fast as the machine is.
//!
//! ```text
//! cargo run --release --example record -- --seconds 5 --out session
//! cargo run --release --example replay -- session
//! ```
//!
//! The exit code is not zero if the endpoints have not received the same, to the last byte, or have sent something else.

#[path = "recording/market.rs"]
mod market;
#[path = "recording/summary.rs"]
mod summary;

#[path = "market_feed/digest.rs"]
#[allow(dead_code, reason = "market_feed uses the rest")]
mod digest;
#[path = "market_feed/trade_message.rs"]
#[allow(dead_code, reason = "market_feed uses the rest")]
mod trade_message;

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use boomnet::prelude::*;
use boomnet::replay::RecordingReader;
use boomnet::service::dns::{Answered, DnsResolver};
use boomnet::stream::TimeSource;
use boomnet::ws::replay::WebsocketNormaliser;
use clap::Parser;

use market::{Source, TradeFeed};
use summary::Summary;

/// Replays a folder of recordings and compares what was received with what was received then.
#[derive(Debug, Parser)]
#[command(name = "replay")]
struct Args {
    /// Where `record` has recorded
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// The recordings of one endpoint, in their order.
#[derive(Debug)]
struct Recorded {
    session: ReplaySession,
    left: VecDeque<PathBuf>,
}

impl Source for Recorded {
    type Stream = ReplaySocket;

    /// What the endpoint writes is compared with what it wrote then; but for the WebSocket key and the masks, which are
    /// random.
    fn open(&mut self, _: &ConnectionInfo, _: SocketAddr) -> io::Result<ReplaySocket> {
        let recording = self.left.pop_front().ok_or(io::ErrorKind::NotFound)?;
        self.session.open_with(recording, |builder| {
            builder.verify_normalised(WebsocketNormaliser::new())
        })
    }

    fn has_more(&self) -> bool {
        !self.left.is_empty()
    }
}

/// Nothing is connected to, so every host is as good as any.
#[derive(Debug)]
struct Nowhere;

impl DnsResolver for Nowhere {
    type Query = Answered;

    fn resolve(&mut self, _host: &str, port: u16) -> Answered {
        Answered::new(Ok(vec![(Ipv4Addr::UNSPECIFIED, port).into()]))
    }
}

fn main() -> ExitCode {
    match run(&Args::parse().folder) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("replay: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Returns whether the endpoints have received the same.
fn run(folder: &Path) -> io::Result<bool> {
    let expected = fs::read_to_string(folder.join(summary::FILE))?;
    let recordings = find_recordings(folder)?;
    let mut summary = Summary::new(recordings.keys());

    let started_at = Instant::now();
    let recorded = replay(&recordings, &mut summary)?;
    let elapsed = started_at.elapsed();

    print!("{summary}");
    let factor = recorded.as_secs_f64() / elapsed.as_secs_f64();
    let trades = summary.trades();
    println!("{trades} trades of {recorded:.3?} in {elapsed:.3?}: {factor:.0} times as fast");
    let is_same = summary.to_string() == expected;
    if is_same {
        println!("the same as recorded");
    } else {
        println!("NOT the same as recorded:\n{expected}");
    }
    Ok(is_same && !summary.has_faults())
}

/// The files of each instrument, by when they begin.
fn find_recordings(folder: &Path) -> io::Result<BTreeMap<String, Vec<PathBuf>>> {
    let mut recordings = BTreeMap::<String, Vec<_>>::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let Some(name) = name.strip_suffix(".pcapng") else {
            continue;
        };
        // What comes behind is the number of the connection.
        let symbol = name.split('-').next().unwrap_or(name).to_owned();
        let start_ns = RecordingReader::open(&path)?.start_ns();
        recordings.entry(symbol).or_default().push((start_ns, path));
    }
    let in_order = |mut files: Vec<(u64, PathBuf)>| {
        files.sort();
        files.into_iter().map(|(_, path)| path).collect()
    };
    let recordings = recordings.into_iter();
    Ok(recordings
        .map(|(symbol, files)| (symbol, in_order(files)))
        .collect())
}

/// Plays them all, and returns how long they are.
fn replay(
    recordings: &BTreeMap<String, Vec<PathBuf>>,
    summary: &mut Summary,
) -> io::Result<Duration> {
    let session = ReplaySession::of(recordings.values().flatten())?;
    let clock = session.clock();
    let start_ns = clock.now_ns();
    let mut service = session
        .selector()
        .into_io_service_with_context(summary)
        .with_time_source(session.clock())
        .with_resolver(Nowhere)
        .with_seed(0);
    for (place, (symbol, files)) in recordings.iter().enumerate() {
        let Some(first) = files.first() else {
            continue;
        };
        let info = RecordingReader::open(first)?.connection_info().clone();
        let source = Recorded {
            session: session.clone(),
            left: VecDeque::from(files.clone()),
        };
        service.register(TradeFeed::new(info, symbol, place, source));
    }
    // The clock does not wait, but timers that are due before the next event go off at their time.
    while !service.is_empty() {
        service.wait(Duration::from_secs(1), summary)?;
    }
    Ok(Duration::from_nanos(clock.now_ns() - start_ns))
}
