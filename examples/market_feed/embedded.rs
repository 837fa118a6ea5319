//! The run against an exchange of our own.

use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use boom_testkit::exchange::Exchange;
use boomnet::prelude::*;
use boomnet::select::Selector;
use boomnet::stream::{Layer, Socket};
use boomnet::tls::Roots;

#[cfg(target_os = "linux")]
use crate::args::cooperative_io_uring;
#[cfg(not(target_os = "linux"))]
use crate::args::no_io_uring;
use crate::args::{Args, Ktls, SelectorKind};
use crate::board::{Board, Feed};
use crate::clock::Clock;
use crate::ledger::Ledger;
use crate::recording::{Recording, SEED};
use crate::source::{KernelNetwork, Network, RecordedNetwork, Source};
use crate::summary::Summary;
use crate::trade_feed::TradeFeed;

/// The path of the exchange's WebSocket.
pub(crate) const PATH: &str = "/ws";
/// How long the ends of the connections may take when the exchange halts.
const DRAIN_LIMIT: Duration = Duration::from_secs(5);

/// Runs to the end and returns whether every trade was right.
pub(crate) fn run(args: &Args, stop: &AtomicBool) -> io::Result<bool> {
    let recording = args.record.as_deref().map(Recording::begin).transpose()?;
    let mut exchange = Exchange::builder()
        .path(PATH)
        .trades_per_second(args.trades_per_second);
    if let Some(interval) = args.drop_every() {
        exchange = exchange.drop_every(interval);
    }
    let exchange = exchange.start()?;
    say!(
        "exchange at {}, {} trades a second",
        exchange.url(),
        args.trades_per_second
    );

    let ledger = match &recording {
        Some(_) => Ledger::hashing,
        None => Ledger::new,
    };
    let feeds = exchange.instruments().iter();
    let feeds = feeds
        .map(|symbol| Feed::new(symbol.clone(), args.messages, ledger(symbol)))
        .collect();
    let mut board = Board::new(Clock::system(), feeds, args.duration());
    if recording.is_some() {
        board = board.hashing();
    }
    let run = Run {
        exchange: &exchange,
        recording: recording.as_ref(),
        ktls: args.ktls,
        board: &mut board,
        stop,
    };
    // The endpoints and their code are the same; only what they ask for readiness differs.
    match args.selector {
        SelectorKind::Mio => run.watched_by(MioSelector::new()?, TcpStream::into_mio_stream)?,
        SelectorKind::Direct => run.watched_by(DirectSelector::new(), |stream| stream)?,
        #[cfg(target_os = "linux")]
        SelectorKind::IoUring => {
            run.watched_by(IoUringSelector::new()?, TcpStream::into_io_uring_stream)?
        }
        #[cfg(target_os = "linux")]
        SelectorKind::IoUringPolled => run.watched_by(
            IoUringSelector::new()?,
            TcpStream::into_polled_io_uring_stream,
        )?,
        #[cfg(target_os = "linux")]
        SelectorKind::IoUringCooperative => {
            run.watched_by(cooperative_io_uring()?, TcpStream::into_io_uring_stream)?
        }
        #[cfg(not(target_os = "linux"))]
        SelectorKind::IoUring | SelectorKind::IoUringPolled | SelectorKind::IoUringCooperative => {
            return Err(no_io_uring());
        }
    }
    print_summary(&mut board);
    let is_complete = is_complete(&board, &exchange);
    let is_recorded = match &recording {
        Some(recording) => recording.finish(&Summary::of(&board))?,
        None => true,
    };
    Ok(board.is_satisfied() && is_complete && is_recorded)
}

/// What following the exchange needs, whatever watches the connections.
struct Run<'a> {
    exchange: &'a Exchange,
    recording: Option<&'a Recording>,
    ktls: Option<Ktls>,
    board: &'a mut Board<Ledger>,
    stop: &'a AtomicBool,
}

impl Run<'_> {
    /// Follows it by connections of the kind that the selector watches, recorded or not.
    fn watched_by<R, S>(self, selector: R, watched: fn(TcpStream) -> S) -> io::Result<()>
    where
        R: Selector<S>,
        S: Read + Write + Layer<Base = S> + Socket + AsFd,
    {
        let tls = trust(self.exchange)?;
        let Some(ktls) = self.ktls else {
            return self.recorded_or_not(selector, || Network::new(tls.clone(), watched));
        };
        let mut config = KtlsConfig::default();
        config.tls = tls;
        config.policy = match ktls {
            Ktls::Prefer => KtlsPolicy::Prefer,
            Ktls::Require => KtlsPolicy::Require,
        };
        self.recorded_or_not(selector, || KernelNetwork::new(config.clone(), watched))
    }

    fn recorded_or_not<R, S, F>(self, selector: R, network: impl Fn() -> F) -> io::Result<()>
    where
        R: Selector<S>,
        S: Socket,
        F: Source<Stream: Layer<Base = S>>,
    {
        match self.recording {
            None => self.follow(selector, |_| network()),
            Some(recording) => self.follow(selector, |symbol| RecordedNetwork {
                network: network(),
                recorder: recording.recorder(symbol),
            }),
        }
    }

    /// Registers an endpoint for each instrument and polls until the run is over and every connection has been read to its
    /// end.
    fn follow<R, S, F>(self, selector: R, source: impl Fn(&str) -> F) -> io::Result<()>
    where
        R: Selector<S>,
        S: Socket,
        F: Source<Stream: Layer<Base = S>>,
    {
        let Self {
            exchange,
            recording,
            board,
            stop,
            ..
        } = self;
        let connection_info = ConnectionInfo::new("127.0.0.1", exchange.address().port());
        let mut service = selector.into_io_service_with_context(board);
        if recording.is_some() {
            // The same delays of reconnects as in the replay.
            service = service.with_seed(SEED);
        }
        for (feed, symbol) in exchange.instruments().iter().enumerate() {
            let info = connection_info.clone();
            service.register(TradeFeed::new(info, PATH, source(symbol), feed, symbol));
        }
        while !board.is_over(stop) {
            service.poll(board)?;
            board.print_status_if_due();
        }
        say!("the exchange halts; what it has sent by now must all arrive");
        board.is_ending = true;
        exchange.halt();
        let deadline = Instant::now() + DRAIN_LIMIT;
        while board.is_anyone_connected() && Instant::now() < deadline {
            service.poll(board)?;
        }
        Ok(())
    }
}

/// Trusts the exchange's own authority and nobody else.
fn trust(exchange: &Exchange) -> io::Result<TlsConfig> {
    let tls = TlsConfig::default().with_roots(Roots::OwnOnly);
    match exchange.authority() {
        Some(authority) => Ok(tls.with_roots_pem(authority.certificate_pem().as_bytes())?),
        None => Ok(tls),
    }
}

/// What was received, in a table.
pub(crate) fn print_summary(board: &mut Board<Ledger>) {
    say!("");
    say!(
        "{:<10} {:>10} {:>12} {:>8} {:>8} {:>6} {:>8} {:>9}",
        "instrument",
        "messages",
        "bytes",
        "connects",
        "missed",
        "lost",
        "repeated",
        "corrupted"
    );
    for Feed {
        name,
        messages,
        bytes,
        connects,
        detail,
        ..
    } in &board.feeds
    {
        let (missed, faults) = (detail.missed, detail.faults);
        say!(
            "{name:<10} {messages:>10} {bytes:>12} {connects:>8} {missed:>8} {:>6} {:>8} {:>9}",
            faults.lost,
            faults.repeated,
            faults.corrupted
        );
    }
    say!("latency {}", board.latency.end_run());
}

/// Compares the two sides' books and prints the result.
fn is_complete(board: &Board<Ledger>, exchange: &Exchange) -> bool {
    let sessions = exchange.sessions();
    let differences: Vec<_> = board
        .feeds
        .iter()
        .flat_map(|feed| feed.detail.differences(&feed.detail.sent(&sessions)))
        .collect();
    let sent: u64 = sessions
        .iter()
        .flat_map(|session| &session.sent)
        .map(|sent| sent.count)
        .sum();
    let resumed = sessions.iter().filter(|session| session.resumed).count();
    for difference in &differences {
        say!("{difference}");
    }
    let is_faultless = board.feeds.iter().all(|feed| !feed.detail.faults.any());
    let is_complete = differences.is_empty() && is_faultless;
    let verdict = if is_complete {
        "all of them arrived, in order and unchanged"
    } else {
        "NOT all arrived as sent"
    };
    say!(
        "{sent} trades sent on {} connections ({resumed} resumed): {verdict}",
        sessions.len()
    );
    is_complete
}
