//! A market-data feed over TLS WebSocket, kept alive by a service that one thread polls.
//!
//! ```text
//! cargo run --release --example market_feed                 # against an exchange of its own, on loopback
//! cargo run --release --example market_feed -- --record session   # the same, and a file for each connection
//! cargo run --release --example market_feed -- --replay session   # the same endpoints, on those files
//! cargo run --release --example market_feed -- --ktls       # the kernel makes and reads the records, where it can
//! cargo run --release --example market_feed -- --url wss://stream.example.com/ws --subscribe '{"op":"subscribe"}'
//! ```
//!
//! Without `--url` it starts an exchange, follows one instrument on each connection, and checks every trade: ids without a
//! gap, content as it must be, and nothing lost when the exchange drops a connection. With `--url` it counts, samples and
//! hashes whatever the servers send.
//!
//! Read `trade_feed` first: it is the part that a program of your own would have. Then `embedded`, which runs it on the
//! connections of `source`, `board`, where the endpoints meet, and `replayed`, which runs it on recordings. `raw_feed` and
//! `remote` are the pair for `--url`.

/// Prints a line; somebody who reads no further (`market_feed | head`) is no reason to panic.
macro_rules! say {
    ($($words:tt)*) => {{
        let _ = std::io::Write::write_fmt(&mut std::io::stdout(), format_args!($($words)*))
            .and_then(|()| std::io::Write::write_all(&mut std::io::stdout(), b"\n"));
    }};
}

mod trade_feed;

mod embedded;
mod source;

mod replayed;

mod recording;
mod summary;

mod board;
mod clock;
mod latency;
mod ledger;
mod trade_message;

mod raw_feed;

mod remote;

mod digest;

mod args;

use std::io;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::Parser;
use signal_hook::consts::SIGINT;

use args::Args;

fn main() -> ExitCode {
    let args = Args::parse();
    let result = on_ctrl_c().and_then(|stop| match &args.replay {
        Some(folder) => replayed::run(folder, &stop),
        None if args.urls.is_empty() => embedded::run(&args, &stop),
        None => remote::run(&args, &stop),
    });
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("market_feed: {}", recording::Chain(&error));
            ExitCode::FAILURE
        }
    }
}

/// Returns a flag that the first Ctrl-C raises; the second one ends the process.
fn on_ctrl_c() -> io::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register_conditional_shutdown(SIGINT, 130, Arc::clone(&stop))?;
    signal_hook::flag::register(SIGINT, Arc::clone(&stop))?;
    Ok(stop)
}
