//! Endpoints of different kinds in one service: an enum of them, over one kind of target.
//!
//! A feed of trades and an echo server that measures round trips are polled by the same service on the same thread.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use boom_testkit::echo::EchoServer;
use boom_testkit::exchange::Exchange;
use boomnet::prelude::*;

/// What each kind of endpoint connects with.
type Target = Websocket<MioStream>;

/// Any endpoint of the program. The compiler sees every kind, so there is no virtual call and no box.
#[derive(Debug)]
enum AnyKind {
    Trades(Trades),
    RoundTrips(RoundTrips),
}

impl AnyKind {
    const fn is_done(&self) -> bool {
        match self {
            Self::Trades(trades) => trades.received >= 10,
            Self::RoundTrips(trips) => trips.measured >= 10,
        }
    }
}

impl ConnectionInfoProvider for AnyKind {
    fn connection_info(&self) -> &ConnectionInfo {
        match self {
            Self::Trades(trades) => &trades.connection_info,
            Self::RoundTrips(trips) => &trips.connection_info,
        }
    }
}

impl Endpoint for AnyKind {
    type Target = Target;

    fn create_target(&mut self, address: SocketAddr) -> io::Result<Option<Target>> {
        let stream = TcpStream::try_from((self.connection_info(), address))?.into_mio_stream();
        match self {
            Self::Trades(trades) => trades.open(stream).map(Some),
            Self::RoundTrips(trips) => trips.open(stream).map(Some),
        }
    }

    fn poll(&mut self, websocket: &mut Target) -> io::Result<()> {
        match self {
            Self::Trades(trades) => trades.poll(websocket),
            Self::RoundTrips(trips) => trips.poll(websocket),
        }
    }
}

/// Follows the trades of an instrument.
#[derive(Debug)]
struct Trades {
    connection_info: ConnectionInfo,
    received: usize,
}

impl Trades {
    fn open(&self, stream: MioStream) -> io::Result<Target> {
        let mut websocket = stream.into_websocket("/ws");
        let request = br#"{"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":1}"#;
        websocket.send_text(true, Some(request))?;
        Ok(websocket)
    }

    fn poll(&mut self, websocket: &mut Target) -> io::Result<()> {
        for frame in websocket.read_batch()? {
            if let WebsocketFrame::Text(_, json) = frame?
                && json.starts_with(br#"{"e":"trade""#)
            {
                self.received += 1;
            }
        }
        Ok(())
    }
}

/// Measures how long a message takes there and back.
#[derive(Debug)]
struct RoundTrips {
    connection_info: ConnectionInfo,
    sent: Instant,
    shortest: Duration,
    measured: usize,
}

impl RoundTrips {
    fn open(&mut self, stream: MioStream) -> io::Result<Target> {
        let mut websocket = stream.into_websocket("/");
        self.send(&mut websocket)?;
        Ok(websocket)
    }

    fn poll(&mut self, websocket: &mut Target) -> io::Result<()> {
        let mut answers = 0;
        for frame in websocket.read_batch()? {
            if let WebsocketFrame::Text(..) = frame? {
                answers += 1;
            }
        }
        if answers > 0 {
            self.measured += 1;
            self.shortest = self.shortest.min(self.sent.elapsed());
            self.send(websocket)?;
        }
        Ok(())
    }

    fn send(&mut self, websocket: &mut Target) -> io::Result<()> {
        self.sent = Instant::now();
        Ok(websocket.send_text(true, Some(b"there and back"))?)
    }
}

fn main() -> io::Result<()> {
    let exchange = Exchange::builder().plain().trades_per_second(100).start()?;
    let echo = EchoServer::start()?;

    let mut service = MioSelector::new()?.into_io_service();
    service.register(AnyKind::Trades(Trades {
        connection_info: ConnectionInfo::new("127.0.0.1", exchange.address().port()),
        received: 0,
    }));
    service.register(AnyKind::RoundTrips(RoundTrips {
        connection_info: ConnectionInfo::new("127.0.0.1", echo.address().port()),
        sent: Instant::now(),
        shortest: Duration::MAX,
        measured: 0,
    }));

    let give_up = Instant::now() + Duration::from_secs(30);
    while !service.iter().all(|(_, endpoint)| endpoint.is_done()) {
        service.poll()?;
        if Instant::now() > give_up {
            return Err(io::ErrorKind::TimedOut.into());
        }
    }
    for (handle, endpoint) in service.iter() {
        match endpoint {
            AnyKind::Trades(trades) => println!("{handle:?}: {} trades", trades.received),
            AnyKind::RoundTrips(trips) => {
                println!(
                    "{handle:?}: {} round trips, the shortest {:?}",
                    trips.measured, trips.shortest
                );
            }
        }
    }
    Ok(())
}
