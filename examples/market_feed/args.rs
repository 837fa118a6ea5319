use std::io;
use std::path::PathBuf;
use std::time::Duration;

#[cfg(target_os = "linux")]
use boomnet::select::{IoUringConfig, IoUringSelector};
use boomnet::ws::UrlError;
use boomnet::ws::util::parse_url;
use clap::{Parser, ValueEnum};

/// Follows market data over WebSocket and says what it received.
///
/// Without --url it starts an exchange of its own on loopback (TLS 1.3, its own certificate authority), follows three
/// instruments and checks every trade; the exit code is not zero if one was lost, repeated or corrupted.
#[derive(Debug, Parser)]
#[command(name = "market_feed")]
pub(crate) struct Args {
    /// End after this time; Ctrl-C ends earlier
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=YEAR))]
    seconds: u64,

    /// How to learn which connections have something to read
    #[arg(long, value_enum, default_value_t = SelectorKind::Mio)]
    pub(crate) selector: SelectorKind,

    /// Let the kernel make and read the records of TLS: where it can, or fail where it cannot
    #[arg(long, value_enum, num_args = 0..=1, default_missing_value = "prefer", conflicts_with = "urls")]
    pub(crate) ktls: Option<Ktls>,

    /// Trades a second of the exchange, over all instruments
    #[arg(
        long,
        value_name = "N",
        default_value_t = 20_000,
        conflicts_with = "urls"
    )]
    pub(crate) trades_per_second: u32,

    /// How often the exchange drops a connection; 0 for never
    #[arg(long, value_name = "SECONDS", default_value = "3", value_parser = seconds, conflicts_with = "urls")]
    drop_every: Duration,

    /// Record each connection into this folder, plaintext above TLS, and print a hash of what was received
    #[arg(long, value_name = "DIR", conflicts_with = "urls")]
    pub(crate) record: Option<PathBuf>,

    /// Play such a folder to the same endpoints, as fast as they go; fail unless they receive the same
    #[arg(long, value_name = "DIR", conflicts_with_all = ["urls", "record", "seconds", "selector", "ktls", "trades_per_second", "drop_every", "messages"])]
    pub(crate) replay: Option<PathBuf>,

    /// Connect to this ws:// or wss:// server instead; can be given again
    #[arg(long = "url", value_name = "URL", value_parser = websocket_url)]
    pub(crate) urls: Vec<String>,

    /// Send this text on each connection to a --url; can be given again
    #[arg(long, value_name = "TEXT", requires = "urls")]
    pub(crate) subscribe: Vec<String>,

    /// Trust the certificates of this PEM file too
    #[arg(long, value_name = "FILE", requires = "urls")]
    pub(crate) ca: Option<PathBuf>,

    /// End when each connection has received this many messages; fail where it has not by then
    #[arg(long, value_name = "N")]
    pub(crate) messages: Option<u64>,

    /// Print the SHA-256 of each URL's messages, a line feed after each
    #[arg(long, requires = "urls")]
    pub(crate) digest: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SelectorKind {
    /// Ask epoll or kqueue, by way of mio
    Mio,
    /// Ask each socket in turn
    Direct,
    /// Let the kernel receive, by io_uring (Linux)
    IoUring,
    /// Be told by io_uring when there is something to read: with --ktls, the kernel's records
    IoUringPolled,
    /// Let the kernel receive, without being interrupted for it: the least delay of one message in a virtual machine
    IoUringCooperative,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Ktls {
    /// Go on in user space where the kernel cannot
    Prefer,
    /// Fail where the kernel cannot
    Require,
}

impl Args {
    pub(crate) const fn duration(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }

    pub(crate) fn drop_every(&self) -> Option<Duration> {
        Some(self.drop_every).filter(|interval| !interval.is_zero())
    }
}

/// Refuses what is no URL of a WebSocket before anything starts.
fn websocket_url(text: &str) -> Result<String, UrlError> {
    parse_url(text).map(|_| text.to_owned())
}

/// In seconds; a longer run overflows nothing but is surely a mistake.
const YEAR: u64 = 366 * 24 * 3600;

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    let duration = Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())?;
    if duration > Duration::from_secs(YEAR) {
        return Err("longer than a year".to_owned());
    }
    Ok(duration)
}

/// Polls receive; as many buffers as stay in the core's cache.
#[cfg(target_os = "linux")]
pub(crate) fn cooperative_io_uring() -> io::Result<IoUringSelector> {
    let config = IoUringConfig::default()
        .with_cooperative_receive()
        .with_buffers(64);
    IoUringSelector::with_config(config)
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn no_io_uring() -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, "only Linux has io_uring")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exchange_that_never_drops_a_connection_can_be_asked_for() {
        let drop_every = |text: &str| {
            let args = Args::try_parse_from(["market_feed", "--drop-every", text]).ok()?;
            Some(args.drop_every())
        };
        assert_eq!(drop_every("0"), Some(None));
        assert_eq!(drop_every("0.5"), Some(Some(Duration::from_millis(500))));
        for refused in ["-1", "x", "NaN", "31622401"] {
            assert_eq!(drop_every(refused), None, "{refused}");
        }
    }
}
