//! A request for another protocol: HTTP gives its connection up to WebSocket, against a server that is not ours.
#![cfg(all(feature = "http", feature = "ws"))]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use boom_testkit::echo::EchoServer;
use boomnet::http::Method;
use boomnet::prelude::*;
use boomnet::stream::{MonotonicClock, TimeSource};
use boomnet::ws::Connection;

#[test]
fn a_connection_of_the_pool_becomes_a_websocket() {
    let server = EchoServer::builder().start().unwrap();
    let port = server.address().port();
    let origin = boomnet::http::Origin::new("127.0.0.1", port);
    let mut client = HttpClient::new(&origin, &HttpConfig::new(), move || {
        TcpStream::try_from(("127.0.0.1", port))
    });
    let clock = MonotonicClock::default();
    // The key and its answer of RFC 6455 §1.3.
    let ticket = client
        .request(Method::GET, "/")
        .upgrade("websocket")
        .header("Sec-WebSocket-Version", "13")
        .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
        .submit(clock.now_ns())
        .unwrap();
    let mut accept = None;
    while accept.is_none() {
        client.poll(clock.now_ns(), |answered, outcome| {
            let response = outcome.unwrap();
            assert_eq!((answered, response.status().as_u16()), (ticket, 101));
            accept = response.header("Sec-WebSocket-Accept").map(<[u8]>::to_vec);
        });
    }
    assert_eq!(accept.unwrap(), b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");

    let (stream, received) = client.take_upgraded().unwrap();
    let mut connection = Connection::established(&WebsocketConfig::new()).unwrap();
    assert_eq!(connection.handle_input(&received), received.len());
    let mut websocket = Websocket::from_parts(stream, connection);
    websocket.send_text(true, Some(b"order")).unwrap();
    let mut echo = Vec::new();
    while echo.is_empty() {
        for frame in websocket.read_batch().unwrap() {
            if let WebsocketFrame::Text(true, text) = frame.unwrap() {
                echo.extend_from_slice(text);
            }
        }
    }
    assert_eq!(echo, b"order");
}
