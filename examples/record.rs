//! Records a feed, for `replay` and for Wireshark.
//!
//! ```text
//! cargo run --release --example record -- --seconds 5 --out session
//! cargo run --release --example replay -- session
//! ```
//!
//! It starts an exchange of its own (TLS, its own certificate authority), which drops the connection now and then. The
//! recorder stands above TLS, so the files hold plaintext: one for each connection, and beside them what was received.
//! `market_feed --record` does it for a program of several endpoints.

#[path = "market_feed/digest.rs"]
#[allow(dead_code, reason = "market_feed uses the rest")]
mod digest;
#[path = "recording/trades.rs"]
mod trades;

use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use boom_testkit::exchange::Exchange;
use boomnet::prelude::*;
use boomnet::record::WhenFull;
use clap::Parser;

use trades::{Received, SUMMARY, Trades};

/// Records an exchange of its own and writes down what was received.
#[derive(Debug, Parser)]
#[command(name = "record")]
struct Args {
    /// End after this time
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: u64,

    /// Where to record: a new folder
    #[arg(long, value_name = "DIR", default_value = "session")]
    out: PathBuf,
}

fn main() -> io::Result<()> {
    let args = Args::parse();
    fs::create_dir(&args.out).map_err(|error| {
        io::Error::new(error.kind(), format!("{}: {error}", args.out.display()))
    })?;
    let duration = Duration::from_secs(args.seconds);
    let exchange = Exchange::builder().drop_every(duration / 4).start()?;
    let authority = exchange.authority().ok_or(io::ErrorKind::NotFound)?;
    let tls = TlsConfig::default().with_roots_pem(authority.certificate_pem().as_bytes())?;

    // A trading program would rather lose a part of the recording than wait, and keep the default of a full queue.
    let recorder = Recorder::builder(&args.out).when_full(WhenFull::Block);
    // trades.pcapng, trades-1.pcapng for the next connection, and so on.
    let recorder = recorder.name("trades").build();

    let mut received = Received::default();
    let mut service = MioSelector::new()?.into_io_service_with_context(&mut received);
    let each = recorder.clone();
    service.register(Trades {
        connection_info: ConnectionInfo::new("127.0.0.1", exchange.address().port()),
        open: Box::new(move |info, address, _| {
            let stream = TcpStream::try_from((info, address))?.into_mio_stream();
            let stream = stream.into_tls_stream_with_config(|config| *config = tls.clone())?;
            Ok(stream.into_recorded_stream_with(&each)?)
        }),
    });
    let deadline = Instant::now() + duration;
    while Instant::now() < deadline {
        service.poll(&mut received)?;
    }
    // The last connection is read to its end.
    received.is_ending = true;
    exchange.halt();
    while !service.is_empty() {
        service.poll(&mut received)?;
    }

    println!("{received}");
    fs::write(args.out.join(SUMMARY), received.to_string())?;
    let stats = recorder.stats();
    println!(
        "{} reads and writes in {} files, {} bytes",
        stats.written_events, stats.files, stats.file_bytes
    );
    match stats.is_complete() {
        true => Ok(()),
        false => Err(io::Error::other(format!(
            "a part is not recorded: {stats:?}"
        ))),
    }
}
