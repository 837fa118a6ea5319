//! The program that the facade promises, run over each selector against an exchange that is not made of this project's
//! code.
#![cfg(feature = "ext")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::io::{self, Read, Write};
use std::marker::PhantomData;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use boom_testkit::exchange::{Exchange, SessionEnd};
use boomnet::prelude::*;
use boomnet::select::Selector;
use boomnet::service::{Event, State};
use boomnet::stream::{Layer, Socket};
use boomnet::tcp;
use boomnet::tls::CertificateFault;
use boomnet::ws::util::parse_url;

/// What a service asks of a socket.
trait Base: From<tcp::TcpStream> + Read + Write + Layer<Base = Self> + Socket {}

impl<S: From<tcp::TcpStream> + Read + Write + Layer<Base = Self> + Socket> Base for S {}

/// Runs the program over each selector that is there.
macro_rules! over_each_selector {
    ($program:ident) => {
        mod $program {
            use super::*;

            #[test]
            fn direct() {
                super::$program::<_, tcp::TcpStream>(DirectSelector::new());
            }

            #[cfg(feature = "mio")]
            #[test]
            fn mio() {
                super::$program::<_, MioStream>(MioSelector::new().unwrap());
            }

            #[cfg(all(feature = "io-uring", target_os = "linux"))]
            #[test]
            fn io_uring() {
                match IoUringSelector::new() {
                    Ok(selector) => super::$program::<_, IoUringStream>(selector),
                    Err(error) => {
                        let mut uncaptured = io::stderr();
                        writeln!(uncaptured, "SKIPPED over io_uring: {error}").unwrap();
                        assert!(
                            error
                                .get_ref()
                                .unwrap()
                                .is::<boomnet::select::IoUringError>()
                        );
                    }
                }
            }
        }
    };
}

/// What arrived on one connection.
#[derive(Debug, Default, PartialEq, Eq)]
struct Received {
    first_id: u64,
    last_id: u64,
    count: u64,
}

struct TradeEndpoint<B> {
    connection_info: ConnectionInfo,
    path: String,
    stream: String,
    tls: TlsConfig,
    connections: Vec<Received>,
    reasons: Vec<String>,
    base: PhantomData<B>,
}

impl<B: Base> TradeEndpoint<B> {
    fn new(exchange: &Exchange, instrument: &str) -> Self {
        let (connection_info, path, secure) = parse_url(&exchange.url()).unwrap();
        assert!(secure);
        let pem = exchange.authority().unwrap().certificate_pem().as_bytes();
        Self {
            connection_info,
            path,
            stream: format!("{}@trade", instrument.to_lowercase()),
            tls: TlsConfig::default().with_roots_pem(pem).unwrap(),
            connections: Vec::new(),
            reasons: Vec::new(),
            base: PhantomData,
        }
    }

    fn connect(&mut self, addr: SocketAddr) -> io::Result<Option<TlsWebsocket<B>>> {
        let mut ws = B::from(tcp::TcpStream::try_from((&self.connection_info, addr))?)
            .into_tls_websocket_with_config(&self.path, |config| config.tls = self.tls.clone())?;
        let subscribe = format!(
            r#"{{"method":"SUBSCRIBE","params":["{}"],"id":1}}"#,
            self.stream
        );
        ws.send_text(true, Some(subscribe.as_bytes()))?;
        self.connections.push(Received::default());
        Ok(Some(ws))
    }

    fn receive(&mut self, ws: &mut TlsWebsocket<B>) -> io::Result<()> {
        for frame in ws.read_batch()? {
            if let WebsocketFrame::Text(fin, data) = frame? {
                assert!(fin);
                let text = std::str::from_utf8(data).unwrap();
                if let Some(id) = text.split(r#""t":"#).nth(1) {
                    let id = id.split(',').next().unwrap().parse().unwrap();
                    self.on_trade(id);
                }
            }
        }
        Ok(())
    }

    fn on_trade(&mut self, id: u64) {
        let received = self.connections.last_mut().unwrap();
        if received.count == 0 {
            received.first_id = id;
        } else {
            assert_eq!(
                id,
                received.last_id + 1,
                "no trade is lost or repeated within a connection"
            );
        }
        received.last_id = id;
        received.count += 1;
    }

    fn has_trades(&self, connections: usize) -> bool {
        self.connections.len() == connections
            && self.connections.iter().all(|received| received.count > 100)
    }

    /// Compares what arrived with what the exchange says it sent.
    fn assert_complete(&self, exchange: &Exchange) {
        let sent: Vec<Received> = exchange
            .sessions()
            .iter()
            .flat_map(|session| &session.sent)
            .filter(|sent| sent.symbol.to_lowercase() + "@trade" == self.stream)
            .map(|sent| Received {
                first_id: sent.first_id,
                last_id: sent.last_id,
                count: sent.count,
            })
            .collect();
        let received: Vec<_> = self
            .connections
            .iter()
            .filter(|received| received.count > 0)
            .collect();
        assert_eq!(received, sent.iter().collect::<Vec<_>>());
    }
}

impl<B> ConnectionInfoProvider for TradeEndpoint<B> {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.connection_info
    }
}

impl<B: Base> TlsWebsocketEndpoint for TradeEndpoint<B> {
    type Stream = B;

    fn create_websocket(
        &mut self,
        addr: SocketAddr,
    ) -> io::Result<Option<TlsWebsocket<Self::Stream>>> {
        self.connect(addr)
    }

    fn poll(&mut self, ws: &mut TlsWebsocket<Self::Stream>) -> io::Result<()> {
        self.receive(ws)
    }

    fn can_recreate(&mut self, reason: DisconnectReason) -> bool {
        self.reasons.push(reason.to_string());
        true
    }
}

/// A test that hangs says so instead.
struct Deadline(Instant);

impl Deadline {
    fn new() -> Self {
        Self(Instant::now() + Duration::from_secs(60))
    }

    fn check(&self, what: &str) {
        assert!(Instant::now() < self.0, "no {what} within a minute");
    }
}

over_each_selector!(every_trade_of_every_connection_arrives_across_a_drop);

fn every_trade_of_every_connection_arrives_across_a_drop<S: Selector<B>, B: Base>(selector: S) {
    let exchange = Exchange::start().unwrap();
    let mut service = selector.into_io_service();
    let handles = ["BTCUSDT", "ETHUSDT", "SOLUSDT"]
        .map(|name| service.register(TradeEndpoint::<B>::new(&exchange, name)));
    let deadline = Deadline::new();
    let mut connected = 0;
    let mut dropped = false;
    loop {
        service.poll().unwrap();
        while let Some(event) = service.poll_event() {
            connected += usize::from(matches!(event, Event::Connected { .. }));
        }
        let connections = |wanted| {
            service
                .iter()
                .filter(|(_, endpoint)| endpoint.has_trades(wanted))
                .count()
        };
        if !dropped && connections(1) == 3 {
            assert!(exchange.drop_one());
            dropped = true;
        }
        if dropped && connections(2) == 1 && connections(1) == 2 {
            break;
        }
        deadline.check("reconnect");
    }
    let open = handles.map(|handle| service.get(handle).unwrap().connections.len());
    exchange.halt();
    // One of them has ended a connection before.
    while handles
        .iter()
        .zip(open)
        .any(|(handle, ends)| service.get(*handle).unwrap().reasons.len() < ends)
    {
        service.poll().unwrap();
        deadline.check("end of the connections");
    }
    for handle in handles {
        service.get(handle).unwrap().assert_complete(&exchange);
    }
    assert!(connected >= 4, "{connected} connects");
    let resumed: Vec<bool> = exchange
        .sessions()
        .iter()
        .map(|session| session.resumed)
        .collect();
    assert_eq!(
        resumed[..4],
        [false, false, false, true],
        "a reconnect resumes the TLS session"
    );
    assert!(
        exchange.sessions()[..4]
            .iter()
            .all(|session| session.end == Some(SessionEnd::Dropped))
    );
}

/// The same endpoint with a context.
struct WithContext<B>(TradeEndpoint<B>);

#[derive(Default)]
struct Progress {
    polls: u64,
    trades: u64,
}

impl Context for Progress {}

impl<B> ConnectionInfoProvider for WithContext<B> {
    fn connection_info(&self) -> &ConnectionInfo {
        self.0.connection_info()
    }
}

impl<B: Base> TlsWebsocketEndpointWithContext<Progress> for WithContext<B> {
    type Stream = B;

    fn create_websocket(
        &mut self,
        addr: SocketAddr,
        _progress: &mut Progress,
    ) -> io::Result<Option<TlsWebsocket<Self::Stream>>> {
        self.0.connect(addr)
    }

    fn poll(
        &mut self,
        ws: &mut TlsWebsocket<Self::Stream>,
        progress: &mut Progress,
    ) -> io::Result<()> {
        self.0.receive(ws)?;
        progress.polls += 1;
        progress.trades = self
            .0
            .connections
            .iter()
            .map(|received| received.count)
            .sum();
        Ok(())
    }

    fn can_recreate(&mut self, reason: DisconnectReason, progress: &mut Progress) -> bool {
        let _ = (reason, progress);
        false
    }

    fn can_auto_disconnect(&mut self, _progress: &mut Progress) -> bool {
        true
    }
}

over_each_selector!(a_context_reaches_the_endpoint_and_an_endpoint_that_gives_up_comes_back);

fn a_context_reaches_the_endpoint_and_an_endpoint_that_gives_up_comes_back<S, B>(selector: S)
where
    S: Selector<B>,
    B: Base,
{
    let exchange = Exchange::start().unwrap();
    let mut progress = Progress::default();
    let mut service = selector.into_io_service_with_context(&mut progress);
    let endpoint = TradeEndpoint::<B>::new(&exchange, "BTCUSDT");
    let handle = service.register(WithContext(endpoint));
    let deadline = Deadline::new();
    while progress.trades < 1000 {
        service.poll(&mut progress).unwrap();
        deadline.check("trade");
    }
    assert!(progress.polls > 0);
    assert_eq!(service.state(handle), Some(State::Active));
    exchange.halt();
    let endpoint = loop {
        service.poll(&mut progress).unwrap();
        match service.poll_event() {
            Some(Event::GaveUp { endpoint, .. }) => break endpoint,
            _ => deadline.check("giving up"),
        }
    };
    endpoint.0.assert_complete(&exchange);
    assert_eq!(service.state(handle), None);
}

over_each_selector!(a_graceful_end_reaches_the_exchange);

/// The exchange learns of the end, over TLS, from the client.
fn a_graceful_end_reaches_the_exchange<S: Selector<B>, B: Base>(selector: S) {
    let exchange = Exchange::start().unwrap();
    let mut service = selector.into_io_service();
    let endpoint = TradeEndpoint::<B>::new(&exchange, "BTCUSDT");
    let handle = service.register(endpoint);
    let deadline = Deadline::new();
    while !service.get(handle).unwrap().has_trades(1) {
        service.poll().unwrap();
        deadline.check("trade");
    }
    service.deregister_gracefully(handle, Duration::from_secs(30));
    let endpoint = loop {
        service.poll().unwrap();
        match service.poll_event() {
            Some(Event::Deregistered {
                endpoint, is_clean, ..
            }) => {
                assert!(is_clean);
                break endpoint;
            }
            _ => deadline.check("end"),
        }
    };
    assert!(endpoint.connections[0].count > 100);
    while exchange.sessions()[0].end.is_none() {
        deadline.check("end of the session");
    }
    assert_eq!(exchange.sessions()[0].end, Some(SessionEnd::ByClient));
}

/// The same stack without the service, polled by hand.
#[test]
fn a_websocket_over_tls_is_polled_by_hand() {
    let exchange = Exchange::start().unwrap();
    let mut endpoint = TradeEndpoint::<tcp::TcpStream>::new(&exchange, "ETHUSDT");
    let tls = endpoint.tls.clone();
    let mut ws = TcpStream::try_from(("127.0.0.1", exchange.address().port()))
        .unwrap()
        .into_tls_websocket_with_config("/ws", |config| config.tls = tls)
        .unwrap();
    ws.send_text(
        true,
        Some(br#"{"method":"SUBSCRIBE","params":["ethusdt@trade"],"id":1}"#),
    )
    .unwrap();
    endpoint.connections.push(Received::default());
    let deadline = Deadline::new();
    while endpoint.connections[0].count < 500 {
        for frame in ws.read_batch().unwrap() {
            if let WebsocketFrame::Text(true, data) = frame.unwrap() {
                let text = String::from_utf8(data.to_vec()).unwrap();
                if let Some(id) = text.split(r#""t":"#).nth(1) {
                    endpoint.on_trade(id.split(',').next().unwrap().parse().unwrap());
                }
            }
        }
        deadline.check("trade");
    }
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_reported_by_the_first_read() {
    let exchange = Exchange::start().unwrap();
    let mut ws = TcpStream::try_from(("127.0.0.1", exchange.address().port()))
        .unwrap()
        .into_tls_websocket("/ws");
    let deadline = Deadline::new();
    let error = loop {
        match ws.read_batch() {
            Ok(batch) => drop(batch),
            Err(error) => break error,
        }
        deadline.check("error");
    };
    let error = io::Error::from(error);
    let Some(cause) = error
        .get_ref()
        .and_then(|cause| cause.downcast_ref::<boomnet::tls::Error>())
    else {
        panic!("{error:?}");
    };
    // Without a set of roots nobody can be trusted in the first place.
    if cfg!(any(feature = "rustls-webpki", feature = "rustls-native")) {
        assert!(
            matches!(
                cause,
                boomnet::tls::Error::Certificate(CertificateFault::UnknownIssuer, _)
            ),
            "{cause:?}"
        );
    } else {
        assert!(matches!(cause, boomnet::tls::Error::NoRoots), "{cause:?}");
    }
}
