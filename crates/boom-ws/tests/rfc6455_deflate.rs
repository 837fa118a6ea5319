//! RFC 6455 §9.1 where an extension is offered.

#![cfg(feature = "deflate")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use boom_testkit::stream::ScriptedStream;
use boom_ws::{
    DeflateConfig, Error, ProtocolError, Request, Websocket, WebsocketConfig, WebsocketFrame,
};

/// A client that offers compression, and a server that answers with `extensions` and then sends `bytes`.
fn answered(extensions: &str, bytes: &[u8]) -> Websocket<ScriptedStream> {
    let config = WebsocketConfig::new().with_deflate(DeflateConfig::new().with_compress_from(0));
    let mut ws = Websocket::client(ScriptedStream::new(), &Request::new("h", "/"), &config);
    assert!(ws.flush().unwrap());
    let request = String::from_utf8(ws.stream_mut().take_written()).unwrap();
    assert!(request.contains("\r\nSec-WebSocket-Extensions: permessage-deflate"));
    let key = request
        .lines()
        .find_map(|line| line.strip_prefix("Sec-WebSocket-Key: "))
        .unwrap();
    let accept = tungstenite::handshake::derive_accept_key(key.as_bytes());
    let head = format!(
        "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n{extensions}\r\n"
    );
    ws.stream_mut().push_read([head.as_bytes(), bytes].concat());
    ws
}

#[test]
fn rfc_9_1_what_the_server_does_not_take_up_is_not_used() {
    for extensions in ["", "Sec-WebSocket-Extensions:\r\n"] {
        let mut ws = answered(extensions, b"\x81\x01a\xc1\x00");
        let mut frames = ws.read_batch().unwrap();
        assert_eq!(
            frames.next().unwrap().unwrap(),
            WebsocketFrame::Text(true, b"a")
        );
        assert!(matches!(
            frames.next(),
            Some(Err(Error::Protocol(ProtocolError::ReservedBits)))
        ));
        drop(frames);

        let mut ws = answered(extensions, b"");
        assert!(ws.read_batch().unwrap().next().is_none());
        ws.send_text(true, Some(&[b'a'; 100])).unwrap();
        assert_eq!(ws.stream().written()[..2], [0x81, 0x80 | 100]);
    }
    let mut ws = answered("Sec-WebSocket-Extensions: permessage-deflate\r\n", b"");
    assert!(ws.read_batch().unwrap().next().is_none());
    ws.send_text(true, Some(&[b'a'; 100])).unwrap();
    assert_eq!(ws.stream().written()[0], 0xc1);
    assert!(ws.stream().written().len() < 50);
}
