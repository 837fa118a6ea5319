//! One endpoint, ten messages: the smallest program that follows a feed over TLS WebSocket.

use std::io;
use std::net::SocketAddr;

use boom_testkit::exchange::Exchange;
use boomnet::prelude::*;
use boomnet::service::Event;

/// What the endpoint hands to the rest of the program.
#[derive(Debug, Default)]
struct Received {
    messages: usize,
}

impl Context for Received {}

/// Knows where to connect, what to ask for, and what to do with the answers.
#[derive(Debug)]
struct Trades {
    connection_info: ConnectionInfo,
    tls: TlsConfig,
}

impl ConnectionInfoProvider for Trades {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.connection_info
    }
}

impl TlsWebsocketEndpointWithContext<Received> for Trades {
    type Stream = MioStream;

    /// Called for the first connection and for each one after it.
    fn create_websocket(
        &mut self,
        address: SocketAddr,
        _: &mut Received,
    ) -> io::Result<Option<TlsWebsocket<MioStream>>> {
        let stream = TcpStream::try_from((&self.connection_info, address))?.into_mio_stream();
        let mut ws =
            stream.into_tls_websocket_with_config("/ws", |config| config.tls = self.tls.clone())?;
        // Leaves as soon as the handshakes are done.
        ws.send_text(
            true,
            Some(br#"{"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":1}"#),
        )?;
        Ok(Some(ws))
    }

    /// Called when something has arrived; the frames borrow from the receive buffer.
    fn poll(
        &mut self,
        ws: &mut TlsWebsocket<MioStream>,
        received: &mut Received,
    ) -> io::Result<()> {
        for frame in ws.read_batch()? {
            if let WebsocketFrame::Text(_, json) = frame? {
                println!("{}", String::from_utf8_lossy(json));
                received.messages += 1;
            }
        }
        Ok(())
    }
}

fn main() -> io::Result<()> {
    // A server to talk to, with a certificate authority of its own.
    let exchange = Exchange::builder().trades_per_second(30).start()?;
    let authority = exchange.authority().ok_or(io::ErrorKind::NotFound)?;
    let tls = TlsConfig::default().with_roots_pem(authority.certificate_pem().as_bytes())?;

    let mut received = Received::default();
    let mut service = MioSelector::new()?.into_io_service_with_context(&mut received);
    service.register(Trades {
        connection_info: ConnectionInfo::new("localhost", exchange.address().port()),
        tls,
    });
    while received.messages < 10 {
        service.poll(&mut received)?;
        // A program that runs for months would log these: the service connects again by itself.
        if let Some(Event::AttemptFailed { reason, .. }) = service.poll_event() {
            return Err(io::Error::other(reason));
        }
    }
    Ok(())
}
