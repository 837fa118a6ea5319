//! The exchange keeps its promises to a client that is not ours: tungstenite over rustls.
// The helpers are part of the tests: what they cannot do is a failure.
#![allow(clippy::unwrap_used)]
#![cfg(feature = "exchange")]

use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use boom_testkit::exchange::{Exchange, SentTrades, SessionEnd, Trade};
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use serde_json::Value;
use tungstenite::{Error, Message, WebSocket};

type SecureClient = WebSocket<StreamOwned<ClientConnection, TcpStream>>;

fn connect(exchange: &Exchange, config: &Arc<ClientConfig>) -> SecureClient {
    let connection =
        ClientConnection::new(Arc::clone(config), "localhost".try_into().unwrap()).unwrap();
    let socket = TcpStream::connect(exchange.address()).unwrap();
    let (websocket, _) =
        tungstenite::client(exchange.url(), StreamOwned::new(connection, socket)).unwrap();
    websocket
}

fn trusting(exchange: &Exchange) -> Arc<ClientConfig> {
    exchange.authority().unwrap().client_config()
}

fn subscribe(websocket: &mut WebSocket<impl std::io::Read + std::io::Write>, stream: &str) {
    let request = format!(r#"{{"method":"SUBSCRIBE","params":["{stream}"],"id":1}}"#);
    websocket.send(request.into()).unwrap();
    assert_eq!(
        websocket.read().unwrap().into_text().unwrap().as_str(),
        r#"{"result":null,"id":1}"#
    );
}

/// Returns the id of the trade in `message` after comparing its content with what it must be.
fn check_trade(message: Message, symbol: &str) -> u64 {
    let json: Value = serde_json::from_str(message.to_text().unwrap()).unwrap();
    let id = json["t"].as_u64().unwrap();
    let trade = Trade::new(symbol, id);
    assert_eq!(
        (&json["e"], &json["s"]),
        (&"trade".into(), &symbol.into()),
        "{json}"
    );
    assert_eq!(json["p"], trade.price().to_string().as_str());
    assert_eq!(json["q"], trade.quantity().to_string().as_str());
    assert_eq!(json["m"], trade.buyer_is_maker);
    assert!(
        json["T"].as_u64().unwrap() <= json["n"].as_u64().unwrap() / 1_000_000,
        "{json}"
    );
    id
}

/// Reads trades until the connection ends without a close frame; returns the ids.
fn read_to_the_end(
    websocket: &mut WebSocket<impl std::io::Read + std::io::Write>,
    symbol: &str,
) -> Vec<u64> {
    let mut ids = Vec::new();
    loop {
        match websocket.read() {
            Ok(message) => ids.push(check_trade(message, symbol)),
            // No close frame over plain TCP; no close_notify over TLS.
            Err(Error::Protocol(
                tungstenite::error::ProtocolError::ResetWithoutClosingHandshake,
            )) => return ids,
            Err(Error::Io(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                return ids;
            }
            Err(error) => panic!("{error}"),
        }
    }
}

fn sent(symbol: &str, ids: &[u64]) -> (String, u64, u64, u64) {
    (
        symbol.to_owned(),
        ids[0],
        ids[ids.len() - 1],
        ids.len() as u64,
    )
}

fn as_tuple(sent: &SentTrades) -> (String, u64, u64, u64) {
    (sent.symbol.clone(), sent.first_id, sent.last_id, sent.count)
}

#[test]
fn ids_within_a_connection_go_up_by_one() {
    let exchange = Exchange::start().unwrap();
    let mut websocket = connect(&exchange, &trusting(&exchange));
    subscribe(&mut websocket, "ethusdt@trade");
    let first = check_trade(websocket.read().unwrap(), "ETHUSDT");
    for id in first + 1..first + 500 {
        assert_eq!(check_trade(websocket.read().unwrap(), "ETHUSDT"), id);
    }
}

#[test]
fn every_trade_of_a_dropped_connection_arrives() {
    let exchange = Exchange::builder()
        .trades_per_second(60_000)
        .start()
        .unwrap();
    let config = trusting(&exchange);
    let mut last_id = 0;
    for round in 0..3 {
        let mut websocket = connect(&exchange, &config);
        subscribe(&mut websocket, "btcusdt@trade");
        let mut ids = vec![check_trade(websocket.read().unwrap(), "BTCUSDT")];
        assert!(ids[0] > last_id);
        assert!(exchange.drop_one());
        ids.extend(read_to_the_end(&mut websocket, "BTCUSDT"));
        assert!(ids.windows(2).all(|pair| pair[1] == pair[0] + 1));
        last_id = ids[ids.len() - 1];

        let session = exchange.sessions().remove(round);
        assert_eq!(session.end, Some(SessionEnd::Dropped));
        assert_eq!(session.peer, websocket.get_ref().sock.local_addr().unwrap());
        assert_eq!(session.resumed, round > 0);
        assert_eq!(
            session.sent.iter().map(as_tuple).collect::<Vec<_>>(),
            [sent("BTCUSDT", &ids)]
        );
    }
}

#[test]
fn a_slow_reader_gets_everything_too() {
    let exchange = Exchange::builder()
        .plain()
        .trades_per_second(3_000_000)
        .instruments(["A"])
        .start()
        .unwrap();
    let (mut websocket, _) = tungstenite::client(
        exchange.url(),
        TcpStream::connect(exchange.address()).unwrap(),
    )
    .unwrap();
    subscribe(&mut websocket, "a@trade");
    // Long enough for more than the kernel's buffers hold, in most runs; the promise holds in all of them.
    for _ in 0..20_000 {
        if exchange.sessions()[0].sent[0].count > 100_000 {
            break;
        }
        std::thread::yield_now();
    }
    exchange.halt();
    let ids = read_to_the_end(&mut websocket, "A");
    assert_eq!(as_tuple(&exchange.sessions()[0].sent[0]), sent("A", &ids));
    assert_eq!(exchange.sessions()[0].end, Some(SessionEnd::Dropped));
}

#[test]
fn connections_are_dropped_on_schedule() {
    let exchange = Exchange::builder()
        .drop_every(Duration::from_millis(20))
        .start()
        .unwrap();
    let config = trusting(&exchange);
    let mut first = connect(&exchange, &config);
    let mut second = connect(&exchange, &config);
    subscribe(&mut first, "btcusdt@trade");
    subscribe(&mut second, "solusdt@trade");
    let ids = [
        read_to_the_end(&mut first, "BTCUSDT"),
        read_to_the_end(&mut second, "SOLUSDT"),
    ];
    let sessions = exchange.sessions();
    for (session, (symbol, ids)) in sessions
        .iter()
        .zip([("BTCUSDT", &ids[0]), ("SOLUSDT", &ids[1])])
    {
        assert_eq!(session.end, Some(SessionEnd::Dropped));
        assert_eq!(session.sent[0].symbol, symbol);
        assert_eq!(session.sent[0].count, ids.len() as u64);
        assert_eq!(
            ids.last().copied().unwrap_or(session.sent[0].last_id),
            session.sent[0].last_id
        );
    }
}

#[test]
fn halting_ends_every_connection_with_its_record_complete() {
    let exchange = Exchange::start().unwrap();
    let config = trusting(&exchange);
    let connect = |symbol: &String| {
        let mut websocket = connect(&exchange, &config);
        subscribe(&mut websocket, &format!("{}@trade", symbol.to_lowercase()));
        let first = check_trade(websocket.read().unwrap(), symbol);
        (symbol.clone(), websocket, first)
    };
    let clients: Vec<_> = exchange.instruments().iter().map(connect).collect();
    exchange.halt();
    for (place, (symbol, mut websocket, first)) in clients.into_iter().enumerate() {
        let mut ids = vec![first];
        ids.extend(read_to_the_end(&mut websocket, &symbol));
        assert_eq!(
            as_tuple(&exchange.sessions()[place].sent[0]),
            sent(&symbol, &ids)
        );
    }
    // Whoever comes later finds the doors open and nobody trading.
    let mut late = self::connect(&exchange, &config);
    assert!(
        matches!(late.read(), Err(Error::Io(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof)
    );
}

#[test]
fn one_connection_can_follow_several_instruments() {
    let exchange = Exchange::builder().plain().start().unwrap();
    let (mut websocket, _) = tungstenite::client(
        exchange.url(),
        TcpStream::connect(exchange.address()).unwrap(),
    )
    .unwrap();
    let request = r#"{"method":"SUBSCRIBE","params":["btcusdt@trade","solusdt@trade"],"id":9}"#;
    websocket.send(request.into()).unwrap();
    assert_eq!(
        websocket.read().unwrap().into_text().unwrap().as_str(),
        r#"{"result":null,"id":9}"#
    );
    let mut seen: Vec<String> = Vec::new();
    while seen.len() < 2 {
        let message = websocket.read().unwrap();
        let json: Value = serde_json::from_str(message.to_text().unwrap()).unwrap();
        let symbol = json["s"].as_str().unwrap().to_owned();
        check_trade(message, &symbol);
        if !seen.contains(&symbol) {
            seen.push(symbol);
        }
    }
    seen.sort();
    assert_eq!(seen, ["BTCUSDT", "SOLUSDT"]);
}

#[test]
fn pings_are_answered_and_a_close_is_completed() {
    let exchange = Exchange::builder().plain().start().unwrap();
    let (mut websocket, _) = tungstenite::client(
        exchange.url(),
        TcpStream::connect(exchange.address()).unwrap(),
    )
    .unwrap();
    websocket.send(Message::Ping("abc".into())).unwrap();
    assert_eq!(websocket.read().unwrap(), Message::Pong("abc".into()));
    websocket.close(None).unwrap();
    assert_eq!(websocket.read().unwrap(), Message::Close(None));
    assert!(matches!(websocket.read(), Err(Error::ConnectionClosed)));
    while exchange.sessions()[0].end.is_none() {
        std::thread::yield_now();
    }
    assert_eq!(exchange.sessions()[0].end, Some(SessionEnd::ByClient));
}

#[test]
fn another_path_is_refused() {
    let exchange = Exchange::builder().plain().path("/stream").start().unwrap();
    let url = format!("ws://localhost:{}/other", exchange.address().port());
    let error =
        tungstenite::client(url, TcpStream::connect(exchange.address()).unwrap()).unwrap_err();
    let tungstenite::HandshakeError::Failure(Error::Http(response)) = error else {
        panic!("{error:?}");
    };
    assert_eq!(response.status(), 404);
    assert!(exchange.sessions().is_empty());
}

#[test]
fn the_exchange_ends_with_its_connections_open() {
    let exchange = Exchange::start().unwrap();
    let mut websocket = connect(&exchange, &trusting(&exchange));
    subscribe(&mut websocket, "btcusdt@trade");
    // One client that has said nothing yet, one in the middle of its handshake.
    let _silent = TcpStream::connect(exchange.address()).unwrap();
    let mut hesitant = TcpStream::connect(exchange.address()).unwrap();
    std::io::Write::write_all(&mut hesitant, b"\x16\x03").unwrap();
    drop(exchange);
    while websocket.read().is_ok() {}
}
