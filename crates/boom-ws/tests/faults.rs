//! Known faults of other clients, one test each, named after what holds here.
//!
//! One fault is told by the compiler and not by a test that runs: a payload handed out for longer than its buffer holds
//! it. The examples that must not compile stand in the documentation of `Websocket` and `Batch`.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::collections::HashSet;
use std::io::ErrorKind;

use boom_testkit::stream::ScriptedStream;
use boom_ws::{
    CloseCode, Connection, Error, HandshakeError, IntoWebsocket, ProtocolError, Request, State,
    Websocket, WebsocketConfig, WebsocketFrame,
};

fn established(stream: ScriptedStream) -> Websocket<ScriptedStream> {
    let connection = Connection::established(&WebsocketConfig::new()).unwrap();
    Websocket::from_parts(stream, connection)
}

/// The first byte and the payload of each frame that a client has sent.
fn unmasked(mut bytes: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut frames = Vec::new();
    while let [first, second, rest @ ..] = bytes {
        assert_ne!(second & 0x80, 0, "a client masks every frame");
        let (len, rest) = match second & 0x7f {
            126 => (
                usize::from(u16::from_be_bytes([rest[0], rest[1]])),
                &rest[2..],
            ),
            127 => panic!("no test sends so much"),
            len => (usize::from(len), rest),
        };
        let (key, rest) = rest.split_at(4);
        let (payload, rest) = rest.split_at(len);
        let masks = key.iter().cycle();
        let payload = payload.iter().zip(masks).map(|(byte, mask)| byte ^ mask);
        frames.push((*first, payload.collect()));
        bytes = rest;
    }
    frames
}

/// What one batch lends: the payloads, and the error that ended it.
fn batch(ws: &mut Websocket<ScriptedStream>) -> (Vec<String>, Option<Error>) {
    let mut payloads = Vec::new();
    let frames = match ws.read_batch() {
        Ok(frames) => frames,
        Err(error) => return (payloads, Some(error)),
    };
    for frame in frames {
        match frame {
            Ok(WebsocketFrame::Text(_, data) | WebsocketFrame::Continuation(_, data)) => {
                payloads.push(String::from_utf8_lossy(data).into_owned());
            }
            Ok(_) => {}
            Err(error) => return (payloads, Some(error)),
        }
    }
    (payloads, None)
}

/// The request of a client, and the client.
fn opening(config: &WebsocketConfig) -> (Websocket<ScriptedStream>, String) {
    let mut ws = Websocket::client(ScriptedStream::new(), &Request::new("h:81", "/ws"), config);
    assert!(ws.flush().unwrap());
    let request = String::from_utf8(ws.stream().written().to_vec()).unwrap();
    (ws, request)
}

fn accept_of(request: &str) -> String {
    let key = request
        .lines()
        .find_map(|line| line.strip_prefix("Sec-WebSocket-Key: "))
        .unwrap();
    tungstenite::handshake::derive_accept_key(key.as_bytes())
}

/// The error of a client that is answered by the good answer with `from` made `to`.
fn answered_by(config: &WebsocketConfig, from: &str, to: &str) -> Option<HandshakeError> {
    let (mut ws, request) = opening(config);
    let answer = format!(
        "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {}\r\n\r\n",
        accept_of(&request)
    );
    assert!(answer.contains(from));
    ws.stream_mut().push_read(answer.replace(from, to));
    match ws.read_batch() {
        Ok(_) => None,
        Err(Error::Handshake(error)) => Some(error),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_close_frame_of_no_bytes_is_a_close() {
    let mut ws = established(ScriptedStream::new().read(b"\x88\x00"));
    let frame = ws.read_batch().unwrap().next().unwrap().unwrap();
    assert_eq!(frame, WebsocketFrame::Close(None));
    assert!(matches!(batch(&mut ws), (_, Some(Error::Closed(None)))));
    assert_eq!(unmasked(ws.stream().written()), [(0x88, vec![])]);
}

#[test]
fn a_close_frame_of_one_byte_is_a_protocol_error() {
    let mut ws = established(ScriptedStream::new().read(b"\x88\x01\x03"));
    let (_, error) = batch(&mut ws);
    assert!(matches!(
        error,
        Some(Error::Protocol(ProtocolError::CloseWithoutCode))
    ));
    assert_eq!(unmasked(ws.stream().written()), [(0x88, vec![0x03, 0xea])]);
}

#[test]
fn an_empty_status_line_is_an_error() {
    for answer in [
        "\r\n\r\n",
        "\r\n",
        "HTTP/1.1\r\n\r\n",
        "HTTP/1.1 \r\n\r\n",
        " \r\n\r\n",
    ] {
        let stream = ScriptedStream::new().read(answer);
        let mut ws = Websocket::client(stream, &Request::new("h", "/"), &WebsocketConfig::new());
        assert!(
            matches!(
                ws.read_batch().map(drop),
                Err(Error::Handshake(HandshakeError::NotHttp))
            ),
            "{answer:?}"
        );
    }
}

#[test]
fn host_carries_the_port() {
    for (port, host) in [
        (80, "example.com"),
        (443, "example.com:443"),
        (9001, "example.com:9001"),
    ] {
        let stream = ScriptedStream::new().with_connection_info(("example.com", port));
        let mut ws = stream.into_websocket("/");
        assert!(ws.flush().unwrap());
        let request = String::from_utf8_lossy(ws.stream().written()).into_owned();
        assert!(
            request.contains(&format!("\r\nHost: {host}\r\n")),
            "{request}"
        );
    }
}

#[test]
fn an_answer_with_a_foreign_accept_value_is_refused() {
    let config = WebsocketConfig::new();
    assert_eq!(answered_by(&config, "Accept: ", "Accept: "), None);
    for (from, to) in [("Accept: ", "Accept: x"), ("Sec-WebSocket-Accept: ", "X: ")] {
        assert_eq!(
            answered_by(&config, from, to),
            Some(HandshakeError::InvalidAccept)
        );
    }
}

#[test]
fn an_answer_that_does_not_upgrade_is_refused() {
    let config = WebsocketConfig::new();
    for to in ["Upgrade: h2c", "X: y", "Upgrade: websocket2"] {
        assert_eq!(
            answered_by(&config, "Upgrade: websocket", to),
            Some(HandshakeError::InvalidUpgrade)
        );
    }
    for to in ["Connection: close", "X: y", "Connection: Upgraded"] {
        assert_eq!(
            answered_by(&config, "Connection: Upgrade", to),
            Some(HandshakeError::InvalidConnection)
        );
    }
}

#[test]
fn an_answer_with_an_extension_or_a_subprotocol_of_its_own_is_refused() {
    let config = WebsocketConfig::new();
    let with = |header: &str| format!("{header}\r\nUpgrade: websocket");
    let extension = with("Sec-WebSocket-Extensions: x-webkit-deflate-frame");
    assert_eq!(
        answered_by(&config, "Upgrade: websocket", &extension),
        Some(HandshakeError::UnexpectedExtension)
    );
    let subprotocol = with("Sec-WebSocket-Protocol: v9");
    for config in [config.clone(), config.with_subprotocol("v1")] {
        assert_eq!(
            answered_by(&config, "Upgrade: websocket", &subprotocol),
            Some(HandshakeError::UnexpectedSubprotocol)
        );
    }
}

#[test]
fn a_request_of_ten_kilobytes_is_sent_whole() {
    let token = "t".repeat(10_000);
    let path = format!("/ws?{}", "a".repeat(3000));
    let config = WebsocketConfig::new().with_bearer_token(&token);
    let mut ws = Websocket::client(ScriptedStream::new(), &Request::new("h", &path), &config);
    assert!(ws.flush().unwrap());
    let request = String::from_utf8_lossy(ws.stream().written()).into_owned();
    assert!(request.starts_with(&format!("GET {path} HTTP/1.1\r\n")));
    assert!(request.contains(&format!("\r\nAuthorization: Bearer {token}\r\n")));
    assert!(request.ends_with("\r\n\r\n"));
    assert_eq!(ws.stream().writes(), 1);
}

#[test]
fn a_path_cannot_add_a_line() {
    for path in [
        "/a\r\nX-Admin: 1",
        "/a\nX: y",
        "/ HTTP/1.1\r\nX: y\r\n\r\nGET /b",
    ] {
        let mut ws = ScriptedStream::new().into_websocket(path);
        assert!(matches!(
            batch(&mut ws).1,
            Some(Error::Handshake(HandshakeError::InvalidPath))
        ));
        assert!(ws.stream().written().is_empty());
    }
}

#[test]
fn the_handshake_is_one_read_and_one_write() {
    let (mut ws, request) = opening(&WebsocketConfig::new());
    let accept = accept_of(&request);
    ws.stream_mut().push_read(format!(
        "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n\u{1}"
    ));
    let _ = ws.read_batch().unwrap();
    assert_eq!(ws.state(), State::Open);
    assert_eq!((ws.stream().reads(), ws.stream().writes()), (1, 1));
}

#[test]
fn an_endless_head_ends() {
    let config = WebsocketConfig::new()
        .with_max_head_bytes(1000)
        .with_max_headers(8);
    let (mut ws, _) = opening(&config);
    ws.stream_mut().push_read(b"HTTP/1.1 101 X\r\n");
    for _ in 0..30 {
        ws.stream_mut().push_read([b'x'; 50]);
    }
    let error = (0..40).find_map(|_| batch(&mut ws).1);
    assert!(matches!(
        error,
        Some(Error::Handshake(HandshakeError::HeadTooLong {
            limit: 1000
        }))
    ));
    let many = "X: y\r\n".repeat(9) + "Upgrade: websocket";
    assert_eq!(
        answered_by(&config, "Upgrade: websocket", &many),
        Some(HandshakeError::TooManyHeaders { limit: 8 })
    );
}

#[test]
fn an_endless_frame_ends_by_its_header() {
    let mut ws = established(ScriptedStream::new().read(b"\x82\x7f\x10\0\0\0\0\0\0\0"));
    assert!(matches!(
        batch(&mut ws).1,
        Some(Error::Protocol(ProtocolError::FrameTooLong { len, .. })) if len == 1 << 60
    ));
}

#[test]
fn an_endless_message_ends() {
    let config = WebsocketConfig::new().with_max_message_bytes(1000);
    let mut connection = Connection::established(&config).unwrap();
    connection.handle_input(b"\x02\x00");
    let part = [&b"\x00\x64"[..], &[7; 100]].concat();
    let mut parts = 0;
    let error = loop {
        connection.handle_input(&part);
        match connection.batch().unwrap().find_map(Result::err) {
            Some(error) => break error,
            None => parts += 1,
        }
    };
    assert_eq!(parts, 10);
    assert!(matches!(
        error,
        Error::Protocol(ProtocolError::MessageTooLong {
            len: 1100,
            limit: 1000
        })
    ));
}

#[test]
fn an_endless_queue_is_refused() {
    let config = WebsocketConfig::new().with_max_outbound_bytes(1000);
    let connection = Connection::established(&config).unwrap();
    let mut stream = ScriptedStream::new();
    for _ in 0..20 {
        stream.push_write_would_block();
    }
    let mut ws = Websocket::from_parts(stream, connection);
    let sent = (0..20)
        .take_while(|_| ws.send_text(true, Some(&[b'a'; 100])).is_ok())
        .count();
    assert_eq!(sent, 9);
    assert!(matches!(
        ws.send_text(true, Some(&[b'a'; 100])),
        Err(Error::OutboundFull)
    ));
}

#[test]
fn the_mask_is_never_constant() {
    let mut keys = HashSet::new();
    for _ in 0..4 {
        let mut ws = established(ScriptedStream::new());
        for _ in 0..100 {
            ws.send_text(true, Some(b"same")).unwrap();
        }
        for frame in ws.stream().written().chunks(10) {
            keys.insert(frame[2..6].to_vec());
        }
    }
    // 400 keys out of 2^32: two alike would be a rare chance, three of them none.
    assert!(keys.len() > 397, "{} keys", keys.len());
}

#[test]
fn control_frames_have_rules() {
    for (bytes, expected) in [
        (&b"\x09\x00"[..], ProtocolError::FragmentedControl),
        (b"\x08\x00", ProtocolError::FragmentedControl),
        (b"\x89\x7e\x00\x7e", ProtocolError::ControlTooLong),
        (b"\x8b\x00", ProtocolError::ReservedOpcode(11)),
    ] {
        let mut ws = established(ScriptedStream::new().read(bytes));
        let (_, error) = batch(&mut ws);
        assert!(
            matches!(error, Some(Error::Protocol(error)) if error == expected),
            "{error:?}"
        );
    }
}

#[test]
fn fragments_have_rules() {
    for (bytes, expected) in [
        (&b"\x80\x01a"[..], ProtocolError::UnexpectedContinuation),
        (b"\x01\x01a\x81\x01b", ProtocolError::InterleavedMessage),
        (
            b"\x01\x01a\x80\x01b\x80\x01c",
            ProtocolError::UnexpectedContinuation,
        ),
    ] {
        let mut ws = established(ScriptedStream::new().read(bytes));
        let (_, error) = batch(&mut ws);
        assert!(
            matches!(error, Some(Error::Protocol(error)) if error == expected),
            "{error:?}"
        );
    }
}

#[test]
fn text_is_utf8() {
    for bytes in [
        &b"\x81\x01\xff"[..],
        b"\x81\x03\xed\xa0\x80",
        b"\x01\x01\xc3\x80\x01a",
    ] {
        let mut ws = established(ScriptedStream::new().read(bytes));
        assert!(matches!(
            batch(&mut ws).1,
            Some(Error::Protocol(ProtocolError::InvalidUtf8))
        ));
    }
}

#[test]
fn a_failure_sends_its_close_frame() {
    for (bytes, code) in [
        (&b"\xc1\x00"[..], 1002u16),
        (b"\x81\x01\xff", 1007),
        (b"\x82\x7f\x10\0\0\0\0\0\0\0", 1009),
    ] {
        let mut ws = established(ScriptedStream::new().read(bytes));
        assert!(batch(&mut ws).1.is_some());
        assert_eq!(
            unmasked(ws.stream().written()),
            [(0x88, code.to_be_bytes().to_vec())]
        );
    }
}

#[test]
fn a_close_payload_is_checked_before_it_is_answered() {
    for (payload, code) in [
        (&b"\x03\xed"[..], 1002u16), // 1005
        (b"\x03\xee", 1002),         // 1006
        (b"\x00\x00", 1002),
        (b"\xff\xff", 1002),
        (b"\x03\xe8\xff\xfe", 1007),
    ] {
        let bytes = [&[0x88, payload.len() as u8][..], payload].concat();
        let mut ws = established(ScriptedStream::new().read(bytes));
        assert!(matches!(batch(&mut ws).1, Some(Error::Protocol(_))));
        assert_eq!(
            unmasked(ws.stream().written()),
            [(0x88, code.to_be_bytes().to_vec())],
            "{payload:?} is not sent back"
        );
    }
}

#[test]
fn a_close_delivers_what_is_in_flight() {
    let stream = ScriptedStream::new()
        .read(b"\x81\x01a\x81\x01b")
        .would_block()
        .read(b"\x81\x01c\x89\x00\x81\x01d\x88\x02\x03\xe8");
    let mut ws = established(stream);
    assert_eq!(
        ws.read_batch().unwrap().next().unwrap().unwrap(),
        WebsocketFrame::Text(true, b"a")
    );
    ws.send_close(Some(CloseCode::NORMAL), "done").unwrap();
    assert_eq!(ws.state(), State::Closing);
    let mut payloads = Vec::new();
    let error = loop {
        let (more, error) = batch(&mut ws);
        payloads.extend(more);
        if let Some(error) = error {
            break error;
        }
    };
    assert_eq!(payloads, ["b", "c", "d"]);
    assert!(matches!(error, Error::Closed(Some(CloseCode::NORMAL))));
    // Nothing is sent after the close frame but the answer to a ping that came before the peer's.
    assert_eq!(
        unmasked(ws.stream().written()),
        [(0x88, b"\x03\xe8done".to_vec()), (0x8a, Vec::new())]
    );
}

#[test]
fn a_would_block_leaves_no_half_frame() {
    for cut in 1..30 {
        let stream = ScriptedStream::new().write_limit(cut).write_would_block();
        let mut ws = established(stream);
        ws.send_text(true, Some(b"the first")).unwrap();
        ws.send_binary(true, Some(b"second")).unwrap();
        for _ in 0..4 {
            ws.flush().unwrap();
        }
        assert_eq!(
            unmasked(ws.stream().written()),
            [(0x81, b"the first".to_vec()), (0x82, b"second".to_vec())],
            "cut at {cut}"
        );
    }
}

#[test]
fn a_send_that_is_refused_leaves_nothing_of_itself() {
    let config = WebsocketConfig::new().with_max_outbound_bytes(64);
    let connection = Connection::established(&config).unwrap();
    let mut ws = Websocket::from_parts(ScriptedStream::new().write_blocked(), connection);
    ws.send_text(true, Some(&[b'a'; 40])).unwrap();
    let error = std::io::Error::from(ws.send_text(true, Some(&[b'b'; 40])).unwrap_err());
    assert_eq!(error.kind(), ErrorKind::WouldBlock);
    ws.stream_mut().set_write_blocked(false);
    ws.flush().unwrap();
    ws.send_text(true, Some(b"c")).unwrap();
    assert_eq!(
        unmasked(ws.stream().written()),
        [(0x81, vec![b'a'; 40]), (0x81, b"c".to_vec())]
    );
}

#[test]
fn a_frame_is_one_write() {
    let mut ws = established(ScriptedStream::new());
    for (writes, len) in [1, 125, 126, 60_000].into_iter().enumerate() {
        ws.send_text(true, Some(&vec![b'a'; len])).unwrap();
        assert_eq!(ws.stream().writes(), writes + 1, "{len} bytes");
    }
    ws.send_ping(Some(b"p")).unwrap();
    assert_eq!(ws.stream().writes(), 5);
    ws.send_close(None, "").unwrap();
    assert_eq!(ws.stream().writes(), 6);
}

#[test]
fn a_ping_does_not_end_the_batch() {
    let bytes = b"\x81\x01a\x89\x01p\x81\x01b\x01\x01c\x89\x01q\x80\x01d";
    let mut ws = established(ScriptedStream::new().read(bytes));
    let (payloads, error) = batch(&mut ws);
    assert!(error.is_none());
    assert_eq!(payloads, ["a", "b", "c", "d"]);
    assert_eq!(ws.stream().reads(), 1);
    let last = unmasked(ws.stream().written()).pop();
    assert_eq!(last, Some((0x8a, b"q".to_vec())));
}
