//! The run on recordings: the same endpoints, as fast as the machine is.

use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use boomnet::prelude::*;
use boomnet::replay::RecordingReader;
use boomnet::service::dns::{Answered, DnsResolver};
use boomnet::ws::replay::WebsocketNormaliser;

use crate::board::{Board, Feed};
use crate::clock::Clock;
use crate::embedded::{PATH, print_summary};
use crate::ledger::Ledger;
use crate::recording::{self, SEED};
use crate::source::Source;
use crate::summary::Summary;
use crate::trade_feed::TradeFeed;

/// Runs to the end of the recordings and returns whether all is as it was when they were made.
pub(crate) fn run(folder: &Path, stop: &AtomicBool) -> io::Result<bool> {
    let expected = recording::summary(folder)?;
    let started_at = Instant::now();
    let mut board = replay(folder, stop)?;
    let elapsed = started_at.elapsed();

    print_summary(&mut board);
    let recorded = board.elapsed();
    let summary = Summary::of(&board);
    say!("summary hash {}", summary.hash());
    let factor = recorded.as_secs_f64() / elapsed.as_secs_f64();
    say!("recorded in {recorded:.3?}, replayed in {elapsed:.3?}: {factor:.0} times as fast");
    let is_same = summary.to_string() == expected;
    if is_same {
        say!("the same as recorded");
    } else {
        say!("NOT the same as recorded:\n{expected}");
    }
    Ok(is_same)
}

/// Plays all recordings, each instrument's to an endpoint of its own.
fn replay(folder: &Path, stop: &AtomicBool) -> io::Result<Board<Ledger>> {
    let session = ReplaySession::of(recording::files(folder)?)?;
    for path in session.skipped() {
        say!("{} has no whole header: skipped", path.display());
    }
    let recordings = recording::by_instrument(session.recordings());
    let feeds = recordings.keys();
    let feeds = feeds.map(|symbol| Feed::new(symbol.clone(), None, Ledger::hashing(symbol)));
    let clock = Clock::recorded(session.clock());
    let mut board = Board::new(clock, feeds.collect(), Duration::MAX).hashing();
    let mut service = session
        .selector()
        .into_io_service_with_context(&mut board)
        .with_time_source(session.clock())
        .with_resolver(Nowhere)
        .with_seed(SEED);
    for (feed, (symbol, files)) in recordings.into_iter().enumerate() {
        let Some(first) = files.first() else {
            continue;
        };
        let info = RecordingReader::open(first)?.connection_info().clone();
        let source = Recordings {
            session: session.clone(),
            left: files.into(),
        };
        service.register(TradeFeed::new(info, PATH, source, feed, &symbol));
    }
    // The clock does not wait, but timers that are due before the next event go off at their time.
    while !service.is_empty() && !board.is_over(stop) {
        service.wait(Duration::from_secs(1), &mut board)?;
        board.print_status_if_due();
    }
    Ok(board)
}

/// The recordings of one endpoint, in their order.
#[derive(Debug)]
struct Recordings {
    session: ReplaySession,
    left: VecDeque<PathBuf>,
}

impl Source for Recordings {
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
