//! The opening handshake as a caller sees it: what is sent, what is told, and how long it may take.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::io::{self, ErrorKind};
use std::time::Duration;

use boom_stream::{Layer, Phase, TimeSource};
use boom_testkit::clock::ManualClock;
use boom_testkit::stream::ScriptedStream;
use boom_ws::{
    Error, HandshakeError, IntoWebsocket, Refusal, Request, RetryAfter, State, Websocket,
    WebsocketConfig, WebsocketFrame,
};

fn client(stream: ScriptedStream, config: &WebsocketConfig) -> Websocket<ScriptedStream> {
    Websocket::client(stream, &Request::new("h", "/"), config)
}

fn answer_to(request: &[u8]) -> String {
    let request = std::str::from_utf8(request).unwrap();
    let key = request
        .lines()
        .find_map(|line| line.strip_prefix("Sec-WebSocket-Key: "))
        .unwrap();
    let accept = tungstenite::handshake::derive_accept_key(key.as_bytes());
    format!(
        "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\
         Set-Cookie: a=1\r\nSec-WebSocket-Protocol: v2\r\nSet-Cookie: b=2\r\n\r\n"
    )
}

#[test]
fn what_comes_with_the_answer_is_lent_with_it() {
    let config = WebsocketConfig::new()
        .with_subprotocol("v2")
        .with_predictable_masks([3; 32]);
    let mut probe = client(ScriptedStream::new(), &config);
    assert!(probe.flush().unwrap());
    let bytes = [
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
        answer_to(probe.stream().written()).as_bytes(),
        b"\x81\x05hello\x89\x01p\x82\x01",
        b"b",
    ]
    .concat();
    for piece in [1, 2, 3, 7, 64, bytes.len()] {
        let mut ws = client(ScriptedStream::new().read_in_pieces(&bytes, piece), &config);
        let mut frames = Vec::new();
        while frames.len() < 3 {
            for frame in ws.read_batch().unwrap() {
                frames.push(format!("{:?}", frame.unwrap()));
            }
        }
        let expected = [
            WebsocketFrame::Text(true, b"hello"),
            WebsocketFrame::Ping(b"p"),
            WebsocketFrame::Binary(true, b"b"),
        ];
        assert_eq!(frames, expected.map(|frame| format!("{frame:?}")));
        let response = ws.response().unwrap();
        assert_eq!(response.status(), 101);
        assert_eq!(response.refusal(), None);
        assert_eq!(response.subprotocol(), Some("v2"));
        let cookies: Vec<&[u8]> = response.header_values("set-cookie").collect();
        assert_eq!(cookies, [b"a=1", b"b=2"]);
        assert_eq!(response.header("link"), None, "an interim answer's");
    }
}

#[test]
fn a_refusal_tells_what_a_reconnect_needs() {
    let stream = ScriptedStream::new().read(
        "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 30\r\nX-Reason: weight\r\n\
         Transfer-Encoding: chunked\r\n\r\n5\r\nslow \r\n4\r\ndown\r\n0\r\n\r\n",
    );
    let mut ws = client(stream, &WebsocketConfig::new());
    let error = ws.read_batch().map(drop).unwrap_err();
    let Error::Handshake(error) = error else {
        panic!("{error:?}")
    };
    assert!(error.is_transient());
    let HandshakeError::Rejected(response) = error else {
        panic!("{error:?}")
    };
    assert_eq!(response.refusal(), Some(Refusal::TooManyRequests));
    let delay = Duration::from_secs(30);
    assert_eq!(response.retry_after(), Some(RetryAfter::Delay(delay)));
    assert_eq!(response.header("x-reason"), Some(&b"weight"[..]));
    assert_eq!(response.body(), b"slow down");
    assert_eq!(ws.phase(), Phase::ProtocolHandshake);
}

#[test]
fn a_server_that_is_silent_is_given_up_by_the_callers_clock() {
    let clock = ManualClock::new();
    let config = WebsocketConfig::new().with_handshake_timeout(Some(Duration::from_secs(3)));
    let mut ws = client(ScriptedStream::new(), &config);
    ws.send_text(true, Some(b"subscribe")).unwrap();
    assert_eq!(ws.poll_timeout(), Some(0));
    ws.handle_timeout(clock.now_ns()).unwrap();
    let deadline_ns = ws.poll_timeout().unwrap();
    assert_eq!(deadline_ns - clock.now_ns(), 3_000_000_000);
    clock.advance(Duration::from_secs(3) - Duration::from_nanos(1));
    ws.handle_timeout(clock.now_ns()).unwrap();
    assert!(ws.read_batch().unwrap().next().is_none());
    clock.advance_ns(1);
    let error = ws.handle_timeout(clock.now_ns()).unwrap_err();
    assert!(matches!(error, Error::Handshake(HandshakeError::TimedOut)));
    let error = io::Error::from(ws.read_batch().map(drop).unwrap_err());
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert!(matches!(ws.state(), State::Closed { clean: false, .. }));
    assert_eq!(ws.poll_timeout(), None);
}

#[test]
fn what_cannot_be_sent_is_told_before_anything_is() {
    type Change = fn(WebsocketConfig) -> WebsocketConfig;
    let changes: [(Change, HandshakeError); 6] = [
        (
            |config| config.with_header("A B", "c"),
            HandshakeError::InvalidHeader,
        ),
        (
            |config| config.with_origin("example.com"),
            HandshakeError::InvalidOrigin,
        ),
        (
            |config| config.with_basic_auth("a:b", "c"),
            HandshakeError::InvalidCredentials,
        ),
        (
            |config| config.with_cookie("a", "b;c"),
            HandshakeError::InvalidCookie,
        ),
        (
            |config| config.with_subprotocol("a b"),
            HandshakeError::InvalidSubprotocol,
        ),
        (
            |config| {
                config
                    .with_bearer_token("t")
                    .with_header("authorization", "x")
            },
            HandshakeError::RepeatedHeader,
        ),
    ];
    for (change, expected) in changes {
        let error = ScriptedStream::new()
            .into_websocket_with_config("/", |config| *config = change(std::mem::take(config)))
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        let source = error
            .get_ref()
            .and_then(|source| source.downcast_ref::<Error>());
        assert!(
            matches!(source, Some(Error::Handshake(error)) if *error == expected),
            "{error:?}"
        );

        let mut ws = client(ScriptedStream::new(), &change(WebsocketConfig::new()));
        assert!(
            matches!(ws.read_batch().map(drop), Err(Error::Handshake(error)) if error == expected)
        );
        assert!(ws.stream().written().is_empty());
    }
}
