//! The echo server returns what it gets, on many connections, and ends with them open.
// The helpers are part of the tests: what they cannot do is a failure.
#![allow(clippy::unwrap_used)]
#![cfg(feature = "exchange")]

use std::net::TcpStream;

use boom_testkit::echo::EchoServer;
use boom_testkit::tls::Authority;
use rustls::{ClientConnection, StreamOwned};
use tungstenite::{Message, WebSocket};

fn connect(server: &EchoServer) -> WebSocket<TcpStream> {
    tungstenite::client(server.url(), TcpStream::connect(server.address()).unwrap())
        .unwrap()
        .0
}

#[test]
fn text_binary_and_ping_come_back() {
    let server = EchoServer::start().unwrap();
    let mut websocket = connect(&server);
    for message in [
        Message::text("hello"),
        Message::binary(vec![0; 100_000]),
        Message::text(""),
    ] {
        websocket.send(message.clone()).unwrap();
        assert_eq!(websocket.read().unwrap(), message);
    }
    websocket.send(Message::Ping("?".into())).unwrap();
    assert_eq!(websocket.read().unwrap(), Message::Pong("?".into()));
    websocket.close(None).unwrap();
    assert_eq!(websocket.read().unwrap(), Message::Close(None));
}

#[test]
fn it_speaks_tls() {
    let authority = Authority::new();
    let server = EchoServer::builder()
        .tls(authority.server_config(&["localhost"]))
        .start()
        .unwrap();
    let connection =
        ClientConnection::new(authority.client_config(), "localhost".try_into().unwrap()).unwrap();
    let stream = StreamOwned::new(connection, TcpStream::connect(server.address()).unwrap());
    let (mut websocket, _) = tungstenite::client(server.url(), stream).unwrap();
    websocket.send("hello".into()).unwrap();
    assert_eq!(websocket.read().unwrap(), Message::text("hello"));
}

#[test]
fn a_thousand_idle_connections_are_no_trouble() {
    let server = EchoServer::start().unwrap();
    let mut websockets: Vec<_> = (0..1_000).map(|_| connect(&server)).collect();
    for (number, websocket) in websockets.iter_mut().enumerate().step_by(100) {
        let message = Message::text(number.to_string());
        websocket.send(message.clone()).unwrap();
        assert_eq!(websocket.read().unwrap(), message);
    }
    while server.established() < 1_000 {
        std::thread::yield_now();
    }
    assert_eq!(server.accepted(), 1_000);
    server.disconnect_all();
    for websocket in &mut websockets {
        assert!(websocket.read().is_err());
    }
    while server.established() > 0 {
        std::thread::yield_now();
    }
}

#[test]
fn it_comes_back_at_the_same_address() {
    let server = EchoServer::start().unwrap();
    let address = server.address();
    let mut websocket = connect(&server);
    // A client that has not finished its handshake holds nothing up either.
    let _silent = TcpStream::connect(address).unwrap();
    drop(server);
    assert!(websocket.read().is_err());
    let server = EchoServer::builder().address(address).start().unwrap();
    let mut websocket = connect(&server);
    websocket.send("again".into()).unwrap();
    assert_eq!(websocket.read().unwrap(), Message::text("again"));
}
