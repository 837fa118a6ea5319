//! A market-data exchange on loopback, made of code that is not boomnet's: tungstenite over rustls.
//!
//! # Protocol
//!
//! JSON over WebSocket, in the shape of a public exchange. A client sends
//!
//! ```json
//! {"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":1}
//! ```
//!
//! and receives `{"result":null,"id":1}`, then trades:
//!
//! ```json
//! {"e":"trade","E":1700000000123,"s":"BTCUSDT","t":4711,"p":"64250.12","q":"0.01730","T":1700000000122,"m":true,"M":true,"n":1700000000123456789}
//! ```
//!
//! `t` is the trade id, `T` when the trade happened and `E` when it was sent (both in Unix milliseconds), `n` when it was
//! sent in Unix nanoseconds, taken as late as the server can. A request that cannot be met is answered by
//! `{"error":{"code":..,"msg":".."},"id":..}`.
//!
//! # What a client can check
//!
//! - Trades happen by a clock, whether anybody listens or not. The ids of an instrument have no gaps; a subscriber
//!   starts at the next trade, and within a connection ids go up by exactly one. Ids missed while a client was away are
//!   seen as a gap between two connections.
//! - Price, quantity and maker flag are a function of instrument and id: [`Trade::new`] computes them again.
//! - A connection that the exchange drops ends without a close frame and without `close_notify`, but by FIN, after the
//!   kernel has taken all that was written. [`Exchange::sessions`] says what was sent, so a client can check that it got
//!   every trade up to the last.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::server::{Acceptor, AcceptorState};
use crate::tls::Authority;

mod connection;
mod request;
mod rest;
mod session;
mod trade;
mod venue;

pub use rest::RestExchange;
pub use session::{SentTrades, Session, SessionEnd};
pub use trade::Trade;

use venue::Venue;

/// A running exchange on `127.0.0.1`, at a free port. It ends, and its threads with it, when it is dropped.
///
/// See the [module](self) for the protocol.
///
/// # Examples
///
/// A client that is tungstenite too:
///
/// ```
/// use boom_testkit::exchange::Exchange;
///
/// let exchange = Exchange::builder().plain().instruments(["BTCUSDT"]).start()?;
/// let socket = std::net::TcpStream::connect(exchange.address())?;
/// let (mut websocket, _) = tungstenite::client(exchange.url(), socket)?;
/// websocket.send(r#"{"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":1}"#.into())?;
/// assert_eq!(websocket.read()?.into_text()?.as_str(), r#"{"result":null,"id":1}"#);
/// assert!(websocket.read()?.into_text()?.starts_with(r#"{"e":"trade","E":"#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Exchange {
    venue: Arc<Venue>,
    authority: Option<Authority>,
    // Ends before the acceptor, so that nothing is dropped while the connections are being ended.
    _dropper: Option<Dropper>,
    acceptor: Acceptor,
}

impl Exchange {
    /// Starts an exchange with the defaults of [`ExchangeBuilder`].
    ///
    /// # Errors
    ///
    /// As [`ExchangeBuilder::start`].
    pub fn start() -> io::Result<Self> {
        Self::builder().start()
    }

    /// Starts to describe an exchange.
    pub fn builder() -> ExchangeBuilder {
        ExchangeBuilder::default()
    }

    /// The address that the exchange listens on.
    pub const fn address(&self) -> SocketAddr {
        self.acceptor.address()
    }

    /// The URL that clients connect to, such as `wss://localhost:40123/ws`.
    pub fn url(&self) -> String {
        let scheme = if self.authority.is_some() {
            "wss"
        } else {
            "ws"
        };
        format!(
            "{scheme}://localhost:{}{}",
            self.address().port(),
            self.venue.path
        )
    }

    /// The path of the URL.
    pub fn path(&self) -> &str {
        &self.venue.path
    }

    /// The authority that clients must trust, `None` where the exchange is plain.
    pub const fn authority(&self) -> Option<&Authority> {
        self.authority.as_ref()
    }

    /// The symbols that trade here.
    pub fn instruments(&self) -> &[String] {
        &self.venue.instruments
    }

    /// Number of TCP connections accepted so far.
    pub fn accepted(&self) -> usize {
        self.venue.acceptor.accepted()
    }

    /// What was sent on each connection that completed the handshake, in the order of their handshakes.
    ///
    /// When a client has seen the end of a connection that the exchange ended, its record here is final.
    pub fn sessions(&self) -> Vec<Session> {
        self.venue.sessions.snapshot()
    }

    /// Drops the connection whose turn it is, as [`drop_every`](ExchangeBuilder::drop_every) does. Returns false
    /// where no connection has a subscription.
    pub fn drop_one(&self) -> bool {
        self.venue.sessions.drop_next()
    }

    /// Ends trading: no more trades, and every connection ends as if dropped. Returns at once.
    ///
    /// A client that reads until the end of each connection can then compare all it got with
    /// [`sessions`](Self::sessions). New connections end right after their handshake.
    pub fn halt(&self) {
        self.venue.halt();
    }
}

/// Drops a connection every so often, in turn.
#[derive(Debug)]
struct Dropper {
    /// Dropping it ends the thread.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Dropper {
    fn start(venue: Arc<Venue>, every: Duration) -> io::Result<Self> {
        let (stop, stopped) = mpsc::channel::<()>();
        let thread = thread::Builder::new()
            .name("dropper".into())
            .spawn(move || {
                while stopped.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                    venue.sessions.drop_next();
                }
            })?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Dropper {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Describes an [`Exchange`] before it starts.
///
/// # Examples
///
/// ```
/// use boom_testkit::exchange::Exchange;
/// use std::time::Duration;
///
/// let exchange = Exchange::builder()
///     .instruments(["BTCUSDT", "ETHUSDT"])
///     .trades_per_second(1_000)
///     .drop_every(Duration::from_secs(3))
///     .path("/stream")
///     .start()?;
/// assert_eq!(exchange.url(), format!("wss://localhost:{}/stream", exchange.address().port()));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ExchangeBuilder {
    instruments: Vec<String>,
    trades_per_second: u32,
    drop_every: Option<Duration>,
    path: String,
    plain: bool,
}

impl Default for ExchangeBuilder {
    /// `BTCUSDT`, `ETHUSDT` and `SOLUSDT` at 20,000 trades a second together, nothing dropped, path `/ws`, over TLS.
    fn default() -> Self {
        Self {
            instruments: ["BTCUSDT", "ETHUSDT", "SOLUSDT"].map(String::from).to_vec(),
            trades_per_second: 20_000,
            drop_every: None,
            path: "/ws".to_owned(),
            plain: false,
        }
    }
}

impl ExchangeBuilder {
    /// Sets the symbols that trade, in upper case.
    #[must_use]
    pub fn instruments<S: Into<String>>(
        mut self,
        instruments: impl IntoIterator<Item = S>,
    ) -> Self {
        self.instruments = instruments.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the trades a second over all instruments, which share them equally.
    #[must_use]
    pub const fn trades_per_second(mut self, count: u32) -> Self {
        self.trades_per_second = count;
        self
    }

    /// Drops one connection each time `interval` has passed, the longest connected one first.
    #[must_use]
    pub const fn drop_every(mut self, interval: Duration) -> Self {
        self.drop_every = Some(interval);
        self
    }

    /// Sets the path of the WebSocket; any other is answered by 404.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// Leaves out TLS.
    #[must_use]
    pub const fn plain(mut self) -> Self {
        self.plain = true;
        self
    }

    /// Starts to listen and to trade.
    ///
    /// # Errors
    ///
    /// The kernel gives no socket or no thread.
    pub fn start(self) -> io::Result<Exchange> {
        let authority = (!self.plain).then(Authority::new);
        let tls = authority
            .as_ref()
            .map(|authority| authority.server_config(&["localhost", "127.0.0.1"]));
        let state = Arc::new(AcceptorState::default());
        let venue = Arc::new(Venue::new(
            self.instruments,
            self.trades_per_second,
            self.path,
            tls,
            Arc::clone(&state),
        ));
        let acceptor = {
            let venue = Arc::clone(&venue);
            let address = (Ipv4Addr::LOCALHOST, 0).into();
            Acceptor::start(address, state, move |socket, peer| {
                connection::serve(&venue, socket, peer)
            })?
        };
        let dropper = match self.drop_every {
            Some(every) => Some(Dropper::start(Arc::clone(&venue), every)?),
            None => None,
        };
        Ok(Exchange {
            venue,
            authority,
            _dropper: dropper,
            acceptor,
        })
    }
}
