//! The traits for particular stacks, over real sockets.
#![cfg(feature = "ext")]
// The helpers of tests are tests as well.
#![allow(clippy::unwrap_used)]

use std::io;
use std::mem;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use boom_select::{IntoMioStream, MioSelector, MioStream};
use boom_service::{
    Context, DisconnectReason, IntoIOService, IntoIOServiceWithContext, State,
    TlsWebsocketEndpoint, TlsWebsocketEndpointWithContext,
};
use boom_stream::tcp::TcpStream;
use boom_stream::{ConnectionInfo, ConnectionInfoProvider};
use boom_ws::{IntoTlsWebsocket, TlsWebsocket};

struct Quotes(ConnectionInfo);

impl ConnectionInfoProvider for Quotes {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.0
    }
}

impl TlsWebsocketEndpoint for Quotes {
    type Stream = MioStream;

    fn create_websocket(
        &mut self,
        addr: SocketAddr,
    ) -> io::Result<Option<TlsWebsocket<MioStream>>> {
        let stream = TcpStream::try_from((&self.0, addr))?.into_mio_stream();
        let mut websocket = stream.into_tls_websocket_with_config("/ws", |config| {
            // There is no certificate to verify, and there may be no roots where the test runs.
            config.tls = mem::take(&mut config.tls).dangerous_no_verification();
        })?;
        // Waits for the end of the handshakes.
        websocket.send_text(true, Some(b"subscribe"))?;
        Ok(Some(websocket))
    }

    fn poll(&mut self, websocket: &mut TlsWebsocket<MioStream>) -> io::Result<()> {
        for frame in websocket.read_batch()? {
            frame?;
        }
        Ok(())
    }
}

#[test]
fn an_endpoint_whose_server_is_silent_in_the_tls_handshake_is_not_polled_in_every_turn() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut service = MioSelector::new().unwrap().into_io_service();
    let handle = service.register(Quotes(ConnectionInfo::new("127.0.0.1", port)));
    while service.state(handle) != Some(State::Handshaking) {
        service.wait(Duration::from_secs(10)).unwrap();
    }
    let _silent = listener.accept().unwrap();
    // The reports of the connect, and what they bring about.
    for _ in 0..20 {
        service.poll().unwrap();
    }
    let polls = service.stats().polls;
    for _ in 0..1000 {
        service.poll().unwrap();
    }
    assert_eq!(service.stats().polls, polls);
    assert_eq!(service.state(handle), Some(State::Handshaking));
}

/// What endpoints are lent.
#[derive(Default)]
struct Calls {
    created: usize,
    ended: usize,
}

impl Context for Calls {}

struct CountedQuotes(Quotes);

impl ConnectionInfoProvider for CountedQuotes {
    fn connection_info(&self) -> &ConnectionInfo {
        self.0.connection_info()
    }
}

impl TlsWebsocketEndpointWithContext<Calls> for CountedQuotes {
    type Stream = MioStream;

    fn create_websocket(
        &mut self,
        addr: SocketAddr,
        calls: &mut Calls,
    ) -> io::Result<Option<TlsWebsocket<MioStream>>> {
        calls.created += 1;
        self.0.create_websocket(addr)
    }

    fn poll(&mut self, websocket: &mut TlsWebsocket<MioStream>, _: &mut Calls) -> io::Result<()> {
        TlsWebsocketEndpoint::poll(&mut self.0, websocket)
    }

    fn can_recreate(&mut self, _: DisconnectReason, calls: &mut Calls) -> bool {
        calls.ended += 1;
        false
    }
}

#[test]
fn an_endpoint_is_lent_the_context_of_its_service() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut calls = Calls::default();
    let mut service = MioSelector::new()
        .unwrap()
        .into_io_service_with_context(&mut calls);
    let handle = service.register(CountedQuotes(Quotes(ConnectionInfo::new(
        "127.0.0.1",
        port,
    ))));
    while service.state(handle) != Some(State::Handshaking) {
        service.poll(&mut calls).unwrap();
    }
    assert_eq!((calls.created, calls.ended), (1, 0));
    // The server hangs up in the handshake of TLS.
    drop(listener.accept().unwrap());
    while calls.ended == 0 {
        service.poll(&mut calls).unwrap();
    }
    assert_eq!((calls.created, calls.ended), (1, 1));
}
