//! Against tungstenite, a server that is not ours, over loopback.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]
#![allow(
    clippy::result_large_err,
    reason = "the type of a callback of tungstenite"
)]

use std::net::{TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

use boom_ws::{
    CloseCode, Connection, Error, HandshakeError, Request, Websocket, WebsocketConfig,
    WebsocketFrame,
};
use tungstenite::handshake::server::{Request as ServerRequest, Response as ServerResponse};
use tungstenite::protocol::frame::coding::{Data, OpCode};
use tungstenite::protocol::frame::{CloseFrame, Frame};
use tungstenite::{Message, WebSocket};

/// Runs `server` on one accepted connection and returns a blocking client of it.
fn connected<T: Send + 'static>(
    config: &WebsocketConfig,
    server: impl FnOnce(WebSocket<TcpStream>) -> T + Send + 'static,
) -> (Websocket<TcpStream>, JoinHandle<T>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let thread = thread::spawn(move || {
        let (socket, _) = listener.accept().unwrap();
        server(tungstenite::accept(socket).unwrap())
    });
    let stream = TcpStream::connect(address).unwrap();
    (
        Websocket::client(stream, &Request::new(address.to_string(), "/"), config),
        thread,
    )
}

/// The next message, its fragments joined, and whether it is text.
fn next_message(ws: &mut Websocket<TcpStream>) -> Result<(bool, Vec<u8>), Error> {
    let mut message = (false, Vec::new());
    loop {
        for frame in ws.read_batch()? {
            let fin = match frame? {
                WebsocketFrame::Text(fin, data) => {
                    message = (true, data.to_vec());
                    fin
                }
                WebsocketFrame::Binary(fin, data) => {
                    message = (false, data.to_vec());
                    fin
                }
                WebsocketFrame::Continuation(fin, data) => {
                    message.1.extend_from_slice(data);
                    fin
                }
                _ => false,
            };
            if fin {
                return Ok(message);
            }
        }
    }
}

#[test]
fn messages_of_every_length_form_are_echoed() {
    let (mut ws, server) = connected(&WebsocketConfig::new(), |mut server| {
        while let Ok(message) = server.read() {
            if message.is_text() || message.is_binary() {
                server.send(message).unwrap();
            }
        }
    });
    for len in [0, 1, 2, 7, 125, 126, 127, 4096, 65_535, 65_536, 300_000] {
        let payload: Vec<u8> = (0..len).map(|index| b'a' + (index % 26) as u8).collect();
        ws.send_text(true, Some(&payload)).unwrap();
        assert_eq!(
            next_message(&mut ws).unwrap(),
            (true, payload.clone()),
            "text of {len}"
        );
        let (first, rest) = payload.split_at(len / 3);
        ws.send_binary(false, Some(first)).unwrap();
        ws.send_ping(Some(b"between")).unwrap();
        ws.send_continuation(true, Some(rest)).unwrap();
        assert_eq!(
            next_message(&mut ws).unwrap(),
            (false, payload),
            "binary of {len} in two frames"
        );
    }
    ws.send_close(Some(CloseCode::NORMAL), "done").unwrap();
    assert!(matches!(
        next_message(&mut ws),
        Err(Error::Closed(Some(CloseCode::NORMAL)))
    ));
    server.join().unwrap();
}

#[test]
fn fragments_with_pings_between_them_are_received_and_answered() {
    let (mut ws, server) = connected(&WebsocketConfig::new(), |mut server| {
        let fragment = |opcode, fin, data: &str| {
            Message::Frame(Frame::message(data.to_owned(), OpCode::Data(opcode), fin))
        };
        server.send(fragment(Data::Text, false, "fir")).unwrap();
        server.send(Message::Ping("one".into())).unwrap();
        server.send(fragment(Data::Continue, false, "st")).unwrap();
        server.send(Message::Ping("two".into())).unwrap();
        server.send(fragment(Data::Continue, true, "!")).unwrap();
        let pongs = [server.read().unwrap(), server.read().unwrap()];
        server.send(Message::text("end")).unwrap();
        server
            .close(Some(CloseFrame {
                code: 4001.into(),
                reason: "bye".into(),
            }))
            .unwrap();
        while server.read().is_ok() {}
        pongs
    });
    assert_eq!(next_message(&mut ws).unwrap(), (true, b"first!".to_vec()));
    assert_eq!(next_message(&mut ws).unwrap(), (true, b"end".to_vec()));
    assert!(
        matches!(next_message(&mut ws), Err(Error::Closed(Some(code))) if code.value() == 4001)
    );
    drop(ws);
    assert_eq!(
        server.join().unwrap(),
        [Message::Pong("one".into()), Message::Pong("two".into())]
    );
}

#[test]
fn headers_and_subprotocol_reach_the_server_and_its_answer_the_client() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = thread::spawn(move || {
        let (socket, _) = listener.accept().unwrap();
        let mut seen = Vec::new();
        let answer = |request: &ServerRequest, mut response: ServerResponse| {
            let header = |name: &str| request.headers()[name].to_str().unwrap().to_owned();
            seen = vec![
                header("x-api-key"),
                header("sec-websocket-protocol"),
                header("host"),
                request.uri().to_string(),
            ];
            response
                .headers_mut()
                .insert("Sec-WebSocket-Protocol", "v1".parse().unwrap());
            response
                .headers_mut()
                .insert("X-Region", "tokyo".parse().unwrap());
            Ok(response)
        };
        let mut ws = tungstenite::accept_hdr(socket, answer).unwrap();
        ws.send(Message::text("welcome")).unwrap();
        seen
    });
    let config = WebsocketConfig::new()
        .with_header("X-Api-Key", "secret")
        .with_subprotocol("v2")
        .with_subprotocol("v1");
    let stream = TcpStream::connect(address).unwrap();
    let mut ws = Websocket::client(
        stream,
        &Request::new(address.to_string(), "/feed?x=1"),
        &config,
    );
    assert_eq!(next_message(&mut ws).unwrap(), (true, b"welcome".to_vec()));
    let response = ws.response().unwrap();
    assert_eq!(
        (response.status(), response.header("x-region")),
        (101, Some(&b"tokyo"[..]))
    );
    assert_eq!(
        server.join().unwrap(),
        ["secret", "v2, v1", &address.to_string(), "/feed?x=1"]
    );
}

#[test]
fn a_server_that_refuses_is_understood() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = thread::spawn(move || {
        let (socket, _) = listener.accept().unwrap();
        let refuse = |_: &ServerRequest, _: ServerResponse| {
            let body = Some("no key".to_owned());
            let response = tungstenite::http::Response::builder()
                .status(401)
                .header("WWW-Authenticate", "Bearer");
            Err(response.body(body).unwrap())
        };
        assert!(tungstenite::accept_hdr(socket, refuse).is_err());
    });
    let stream = TcpStream::connect(address).unwrap();
    let mut ws = Websocket::client(
        stream,
        &Request::new(address.to_string(), "/"),
        &WebsocketConfig::new(),
    );
    let Err(Error::Handshake(HandshakeError::Rejected(response))) = next_message(&mut ws) else {
        panic!()
    };
    assert_eq!(response.status(), 401);
    assert_eq!(response.header("www-authenticate"), Some(&b"Bearer"[..]));
    assert_eq!(response.body(), b"no key");
    server.join().unwrap();
}

#[test]
fn a_server_that_vanishes_is_told_from_one_that_closes() {
    let (mut ws, server) = connected(&WebsocketConfig::new(), |mut server| {
        server.send(Message::text("last")).unwrap();
    });
    assert_eq!(next_message(&mut ws).unwrap(), (true, b"last".to_vec()));
    let Err(Error::Io(error)) = next_message(&mut ws) else {
        panic!()
    };
    assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
    server.join().unwrap();
}

#[test]
fn a_connection_that_somebody_else_has_opened_goes_on() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (socket, _) = listener.accept().unwrap();
    let mut server = WebSocket::from_raw_socket(socket, tungstenite::protocol::Role::Server, None);
    let mut ws = Websocket::from_parts(
        stream,
        Connection::established(&WebsocketConfig::new()).unwrap(),
    );
    ws.send_text(true, Some(b"hello")).unwrap();
    assert_eq!(server.read().unwrap(), Message::text("hello"));
}
