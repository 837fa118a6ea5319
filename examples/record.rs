//! Records a market-data feed, for `replay` and for Wireshark.
//!
//! ```text
//! cargo run --release --example record -- --seconds 5 --out session
//! cargo run --release --example replay -- session
//! ```
//!
//! It starts an exchange of its own (TLS, its own certificate authority), which drops connections now and then, and
//! follows three instruments through one service. The recorder stands above TLS, so the files hold plaintext: one for
//! each connection, and the summary beside them.

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

use std::cell::Cell;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use boom_testkit::exchange::Exchange;
use boomnet::prelude::*;
use boomnet::record::WhenFull;
use boomnet::tls::Roots;
use clap::Parser;

use market::{Source, TradeFeed};
use summary::Summary;

/// How long the ends of the connections may take when the exchange halts.
const DRAIN_LIMIT: Duration = Duration::from_secs(5);

/// Records an exchange of its own and writes down what was received.
#[derive(Debug, Parser)]
#[command(name = "record")]
struct Args {
    /// End after this time
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: u64,

    /// Where to record; a new folder for temporary files if not given
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// The network, and a recorder that gets each connection.
#[derive(Debug)]
struct Live {
    tls: TlsConfig,
    recorder: Recorder,
    /// Connections that end are not to be made again.
    is_ending: Rc<Cell<bool>>,
}

impl Source for Live {
    type Stream = RecordedStream<TlsStream<MioStream>>;

    fn open(&mut self, info: &ConnectionInfo, address: SocketAddr) -> io::Result<Self::Stream> {
        let stream = TcpStream::try_from((info, address))?.into_mio_stream();
        let stream = stream.into_tls_stream_with_config(|tls| *tls = self.tls.clone())?;
        Ok(stream.into_recorded_stream_with(&self.recorder)?)
    }

    fn has_more(&self) -> bool {
        !self.is_ending.get()
    }
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("record: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Returns whether everything was received and recorded.
fn run(args: &Args) -> io::Result<bool> {
    let folder = args.out.clone().unwrap_or_else(new_folder);
    let file = folder.join(summary::FILE);
    if file.exists() {
        let text = format!("{} holds another recording", folder.display());
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, text));
    }
    let duration = Duration::from_secs(args.seconds);
    let exchange = Exchange::builder().drop_every(duration / 4).start()?;
    let recorders: Vec<_> = exchange
        .instruments()
        .iter()
        .map(|symbol| recorder(&folder, symbol))
        .collect();
    let mut summary = Summary::new(exchange.instruments());
    follow(&exchange, &recorders, duration, &mut summary)?;

    print!("{summary}");
    fs::write(file, summary.to_string())?;
    let is_recorded = print_recordings(&recorders);
    let sessions = exchange.sessions();
    let sent = sessions.iter().flat_map(|session| &session.sent);
    let sent: u64 = sent.map(|sent| sent.count).sum();
    println!("{sent} trades sent, {} received", summary.trades());
    println!(
        "cargo run --release --example replay -- {}",
        folder.display()
    );
    Ok(is_recorded && sent == summary.trades() && !summary.has_faults())
}

fn new_folder() -> PathBuf {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = now.unwrap_or_default().as_secs();
    std::env::temp_dir().join(format!("boomnet-recording-{seconds}"))
}

/// Names the files of an instrument: `BTCUSDT.pcapng`, and `BTCUSDT-1.pcapng` for the next connection.
fn recorder(folder: &Path, symbol: &str) -> Recorder {
    // A trading program would rather lose a part of the recording than wait, and keep the default.
    let recorder = Recorder::builder(folder).when_full(WhenFull::Block);
    recorder.name(symbol).build()
}

/// Polls until time is up, and then reads every connection to its end.
fn follow(
    exchange: &Exchange,
    recorders: &[Recorder],
    duration: Duration,
    summary: &mut Summary,
) -> io::Result<()> {
    let info = ConnectionInfo::new("127.0.0.1", exchange.address().port());
    let tls = trust(exchange)?;
    let is_ending = Rc::new(Cell::new(false));
    let mut service = MioSelector::new()?.into_io_service_with_context(summary);
    for (place, symbol) in exchange.instruments().iter().enumerate() {
        let source = Live {
            tls: tls.clone(),
            recorder: recorders[place].clone(),
            is_ending: Rc::clone(&is_ending),
        };
        service.register(TradeFeed::new(info.clone(), symbol, place, source));
    }
    let deadline = Instant::now() + duration;
    while Instant::now() < deadline {
        service.poll(summary)?;
    }
    is_ending.set(true);
    exchange.halt();
    let deadline = Instant::now() + DRAIN_LIMIT;
    while !service.is_empty() && Instant::now() < deadline {
        service.poll(summary)?;
    }
    Ok(())
}

/// Trusts the exchange's own authority and nobody else.
fn trust(exchange: &Exchange) -> io::Result<TlsConfig> {
    let authority = exchange.authority().ok_or(io::ErrorKind::NotFound)?;
    let tls = TlsConfig::default().with_roots(Roots::OwnOnly);
    Ok(tls.with_roots_pem(authority.certificate_pem().as_bytes())?)
}

/// Returns whether nothing is missing in the files.
fn print_recordings(recorders: &[Recorder]) -> bool {
    let stats: Vec<_> = recorders.iter().map(Recorder::stats).collect();
    let files: u64 = stats.iter().map(|stats| stats.files).sum();
    let bytes: u64 = stats.iter().map(|stats| stats.file_bytes).sum();
    let events: u64 = stats.iter().map(|stats| stats.written_events).sum();
    println!("{events} reads and writes in {files} files, {bytes} bytes");
    stats.iter().all(|stats| stats.is_complete())
}
