//! Connections that are renewed while they stand: every trade arrives, however often that happens.
//!
//! Exchanges cut each connection after a day. Here its time is a quarter of a second; the new connection is subscribed and
//! delivers before the old one says goodbye, and at the end no trade id is missing.

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use boom_testkit::exchange::Exchange;
use boomnet::prelude::*;
use boomnet::service::{EndpointOptions, Event};
use serde::Deserialize;

/// How often the connection is renewed before the program ends.
const RENEWALS: usize = 5;

/// A message of the exchange, as far as it matters here.
#[derive(Deserialize)]
struct Trade {
    /// The id; the answer to the subscription has none.
    t: Option<u64>,
}

#[derive(Debug)]
struct Trades {
    connection_info: ConnectionInfo,
    ids: BTreeSet<u64>,
    repeated: usize,
    /// Trades that the connection being made has brought.
    of_replacement: usize,
}

impl Trades {
    /// Takes what has arrived, and returns how many trades that was.
    fn receive(&mut self, websocket: &mut Websocket<MioStream>) -> io::Result<usize> {
        let mut trades = 0;
        for frame in websocket.read_batch()? {
            let WebsocketFrame::Text(_, json) = frame? else {
                continue;
            };
            if let Some(id) = serde_json::from_slice::<Trade>(json)?.t {
                trades += 1;
                // For a moment both connections bring the same trades.
                self.repeated += usize::from(!self.ids.insert(id));
            }
        }
        Ok(trades)
    }

    /// Trades between the first and the last that did not arrive.
    fn missing(&self) -> u64 {
        match (self.ids.first(), self.ids.last()) {
            (Some(first), Some(last)) => last - first + 1 - self.ids.len() as u64,
            _ => 0,
        }
    }
}

impl ConnectionInfoProvider for Trades {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.connection_info
    }
}

impl Endpoint for Trades {
    type Target = Websocket<MioStream>;

    fn create_target(&mut self, address: SocketAddr) -> io::Result<Option<Self::Target>> {
        let stream = TcpStream::try_from((&self.connection_info, address))?;
        let mut websocket = stream.into_mio_stream().into_websocket("/ws");
        let request = br#"{"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":1}"#;
        websocket.send_text(true, Some(request))?;
        self.of_replacement = 0;
        Ok(Some(websocket))
    }

    fn poll(&mut self, websocket: &mut Self::Target) -> io::Result<()> {
        self.receive(websocket).map(drop)
    }

    fn poll_replacement(&mut self, websocket: &mut Self::Target) -> io::Result<()> {
        self.of_replacement += self.receive(websocket)?;
        Ok(())
    }

    /// Not before the subscription has begun to deliver: otherwise there would be a gap.
    fn can_switch(&mut self, _replacement: &mut Self::Target) -> bool {
        self.of_replacement > 0
    }
}

fn main() -> io::Result<()> {
    let exchange = Exchange::builder()
        .plain()
        .trades_per_second(5_000)
        .start()?;
    let options = EndpointOptions::default()
        .with_auto_disconnect(Duration::from_millis(250))
        .with_overlap(Duration::from_secs(5));
    let mut service = MioSelector::new()?.into_io_service();
    let trades = service.register_with(
        Trades {
            connection_info: ConnectionInfo::new("127.0.0.1", exchange.address().port()),
            ids: BTreeSet::new(),
            repeated: 0,
            of_replacement: 0,
        },
        options,
    );

    let (give_up, mut renewals) = (Instant::now() + Duration::from_secs(30), 0);
    while renewals < RENEWALS {
        service.poll()?;
        while let Some(event) = service.poll_event() {
            match event {
                Event::Retired { is_clean: true, .. } => renewals += 1,
                Event::Connected { .. } | Event::Switched { .. } => {}
                trouble => return Err(io::Error::other(format!("{trouble:?}"))),
            }
        }
        if Instant::now() > give_up {
            return Err(io::ErrorKind::TimedOut.into());
        }
    }
    let trades = service.deregister(trades).ok_or(io::ErrorKind::NotFound)?;
    println!(
        "{} trades over {} connections, {} of them twice, {} missing",
        trades.ids.len(),
        RENEWALS + 1,
        trades.repeated,
        trades.missing()
    );
    if trades.missing() > 0 || exchange.accepted() != RENEWALS + 1 {
        return Err(io::ErrorKind::InvalidData.into());
    }
    Ok(())
}
