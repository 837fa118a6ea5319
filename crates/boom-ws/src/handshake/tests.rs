use super::*;

/// RFC 6455 §1.3: the nonce of the example, whose key is "dGhlIHNhbXBsZSBub25jZQ==".
const NONCE: [u8; 16] = *b"the sample nonce";
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

fn start(config: &WebsocketConfig) -> Handshake {
    Handshake::start(&Request::new("h", "/"), config, NONCE)
        .unwrap()
        .0
}

fn request(
    authority: &str,
    path: &str,
    config: &WebsocketConfig,
) -> Result<String, HandshakeError> {
    Handshake::start(&Request::new(authority, path), config, NONCE)
        .map(|(_, bytes)| String::from_utf8(bytes).unwrap())
}

fn answer(headers: &[&str]) -> Vec<u8> {
    format!(
        "HTTP/1.1 101 Switching Protocols\r\n{}\r\n\r\n",
        headers.join("\r\n")
    )
    .into_bytes()
}

fn good_headers() -> Vec<String> {
    vec![
        "Upgrade: websocket".into(),
        "Connection: Upgrade".into(),
        format!("Sec-WebSocket-Accept: {ACCEPT}"),
    ]
}

fn outcome_with(config: &WebsocketConfig, bytes: &[u8]) -> Result<Progress, HandshakeError> {
    start(config).advance(bytes, false)
}

fn outcome(bytes: &[u8]) -> Result<Progress, HandshakeError> {
    outcome_with(&WebsocketConfig::new(), bytes)
}

/// The good answer with one of its headers replaced, or left out where `header` is empty.
fn with_changed(index: usize, header: &str) -> Vec<u8> {
    let mut headers = good_headers();
    headers[index] = header.to_owned();
    headers.retain(|header| !header.is_empty());
    answer(&headers.iter().map(String::as_str).collect::<Vec<_>>())
}

fn with_added(header: &str) -> Vec<u8> {
    let mut headers = good_headers();
    headers.push(header.to_owned());
    answer(&headers.iter().map(String::as_str).collect::<Vec<_>>())
}

#[track_caller]
fn assert_open(outcome: Result<Progress, HandshakeError>) -> Arc<Response> {
    match outcome {
        Ok(Progress::Open(response, _)) => response,
        other => panic!("not open: {other:?}"),
    }
}

#[track_caller]
fn assert_refused(bytes: &[u8], error: HandshakeError) {
    assert_eq!(outcome(bytes).unwrap_err(), error);
}

#[test]
fn rfc_4_1_the_request_has_what_a_server_needs() {
    let text = request("example.com:9443", "/chat?a=b", &WebsocketConfig::new()).unwrap();
    assert_eq!(
        text,
        "GET /chat?a=b HTTP/1.1\r\n\
         Host: example.com:9443\r\n\
         Upgrade: websocket\r\n\
         Connection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Version: 13\r\n\r\n"
    );
}

#[test]
fn extra_headers_and_subprotocols_join_the_request() {
    let config = WebsocketConfig::new()
        .with_header("X-Key", "a b\tc")
        .with_subprotocol("v2.feed")
        .with_subprotocol("v1.feed");
    let text = request("h", "/", &config).unwrap();
    assert!(text.contains("\r\nX-Key: a b\tc\r\n"), "{text}");
    assert!(
        text.contains("\r\nSec-WebSocket-Protocol: v2.feed, v1.feed\r\n"),
        "{text}"
    );
    assert!(text.ends_with("\r\n\r\n") && text.matches("\r\n\r\n").count() == 1);
}

#[test]
fn nothing_can_end_the_line_it_stands_in() {
    let none = WebsocketConfig::new();
    for path in ["/a b", "/a\r\nX: y", "/a\n", "/\u{e9}", "/a#b", "/\0"] {
        assert_eq!(
            request("h", path, &none),
            Err(HandshakeError::InvalidPath),
            "{path:?}"
        );
    }
    for authority in ["", "h\r\nX: y", "h x"] {
        assert_eq!(
            request(authority, "/", &none),
            Err(HandshakeError::InvalidHost),
            "{authority:?}"
        );
    }
    for (name, value) in [
        ("X", "a\r\nY: b"),
        ("X", "a\nb"),
        ("X", "a\0b"),
        ("X", "a\x7f"),
        ("X Y", "a"),
        ("X:", "a"),
        ("", "a"),
        ("hOST", "other"),
        ("connection", "close"),
        ("Sec-WebSocket-Key", "mine"),
        ("sec-websocket-extensions", "permessage-deflate"),
        ("Content-Length", "5"),
        ("Transfer-Encoding", "chunked"),
    ] {
        let config = WebsocketConfig::new().with_header(name, value);
        assert_eq!(
            request("h", "/", &config),
            Err(HandshakeError::InvalidHeader),
            "{name:?}: {value:?}"
        );
    }
    let config = WebsocketConfig::new()
        .with_subprotocol("a")
        .with_subprotocol("b")
        .with_subprotocol("a");
    assert_eq!(
        request("h", "/", &config),
        Err(HandshakeError::InvalidHeader),
        "subprotocols are unique"
    );
    let config = WebsocketConfig::new().with_subprotocol("a\r\nX: y");
    assert_eq!(
        request("h", "/", &config),
        Err(HandshakeError::InvalidHeader)
    );
}

#[test]
fn rfc_4_1_a_right_answer_opens() {
    let bytes = with_added("X-Server: 7");
    let response = assert_open(outcome(&bytes));
    assert_eq!(response.status(), 101);
    assert_eq!(response.header("x-SERVER"), Some(&b"7"[..]));
    assert_eq!(response.headers().count(), 4);
}

#[test]
fn rfc_4_1_case_and_lists_do_not_matter() {
    assert_open(outcome(&with_changed(0, "upgrade: WebSocket")));
    assert_open(outcome(&with_changed(1, "CONNECTION: keep-alive, UPGRADE")));
    assert_open(outcome(&with_changed(
        1,
        "Connection: keep-alive\r\nConnection: upgrade",
    )));
}

#[test]
fn rfc_4_1_each_header_is_checked() {
    assert_refused(&with_changed(0, ""), HandshakeError::InvalidUpgrade);
    assert_refused(
        &with_changed(0, "Upgrade: h2c"),
        HandshakeError::InvalidUpgrade,
    );
    assert_refused(&with_changed(1, ""), HandshakeError::InvalidConnection);
    assert_refused(
        &with_changed(1, "Connection: upgraded"),
        HandshakeError::InvalidConnection,
    );
    assert_refused(&with_changed(2, ""), HandshakeError::InvalidAccept);
    assert_refused(
        &with_changed(2, "Sec-WebSocket-Accept: S3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        HandshakeError::InvalidAccept,
    );
    let twice = with_added(&format!("Sec-WebSocket-Accept: {ACCEPT}"));
    assert_refused(&twice, HandshakeError::InvalidAccept);
    assert_refused(
        &with_added("Sec-WebSocket-Extensions: permessage-deflate"),
        HandshakeError::UnexpectedExtension,
    );
    assert_open(outcome(&with_added("Sec-WebSocket-Extensions:")));
}

#[test]
fn rfc_4_1_the_subprotocol_is_one_of_those_offered() {
    let config = WebsocketConfig::new()
        .with_subprotocol("v2")
        .with_subprotocol("v1");
    assert_open(outcome_with(
        &config,
        &answer(
            &good_headers()
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>(),
        ),
    ));
    let response = assert_open(outcome_with(
        &config,
        &with_added("Sec-WebSocket-Protocol: v1"),
    ));
    assert_eq!(response.header("Sec-WebSocket-Protocol"), Some(&b"v1"[..]));
    for chosen in ["v3", "V1", "v1, v2", "v1\r\nSec-WebSocket-Protocol: v1"] {
        let bytes = with_added(&format!("Sec-WebSocket-Protocol: {chosen}"));
        assert_eq!(
            outcome_with(&config, &bytes).unwrap_err(),
            HandshakeError::UnexpectedSubprotocol,
            "{chosen}"
        );
    }
    assert_refused(
        &with_added("Sec-WebSocket-Protocol: v1"),
        HandshakeError::UnexpectedSubprotocol,
    );
}

#[test]
fn an_answer_cut_at_every_byte_opens_at_its_last() {
    let bytes = with_added("X-Server: 7");
    let mut handshake = start(&WebsocketConfig::new());
    for cut in 0..bytes.len() {
        assert!(
            matches!(
                handshake.advance(&bytes[..cut], false),
                Ok(Progress::Partial)
            ),
            "cut at {cut}"
        );
    }
    let mut with_frames = bytes.clone();
    with_frames.extend_from_slice(b"\x81\x05hello");
    match handshake.advance(&with_frames, false) {
        Ok(Progress::Open(_, len)) => assert_eq!(len, bytes.len()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn interim_answers_are_passed_over() {
    let mut bytes = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n".to_vec();
    let interim = bytes.len();
    bytes.extend_from_slice(&with_added("X-Server: 7"));
    let mut handshake = start(&WebsocketConfig::new());
    assert!(
        matches!(handshake.advance(&bytes, false), Ok(Progress::Interim(len)) if len == interim)
    );
    assert_open(handshake.advance(&bytes[interim..], false));
}

#[test]
fn a_refusal_tells_status_headers_and_the_start_of_the_body() {
    let bytes =
        b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3\r\nContent-Length: 9\r\n\r\nslow down";
    let mut handshake = start(&WebsocketConfig::new());
    for cut in 0..bytes.len() {
        assert!(
            matches!(
                handshake.advance(&bytes[..cut], false),
                Ok(Progress::Partial)
            ),
            "cut at {cut}"
        );
    }
    let HandshakeError::Rejected(response) = handshake.advance(bytes, false).unwrap_err() else {
        panic!()
    };
    assert_eq!(
        (response.status(), response.body()),
        (429, &b"slow down"[..])
    );
    assert_eq!(response.header("retry-after"), Some(&b"3"[..]));
}

#[test]
fn the_body_of_a_refusal_ends_with_the_stream_or_at_4_kib() {
    let head = b"HTTP/1.1 403 Forbidden\r\n\r\n";
    let mut short = head.to_vec();
    short.extend_from_slice(b"go away");
    let mut handshake = start(&WebsocketConfig::new());
    assert!(matches!(
        handshake.advance(&short, false),
        Ok(Progress::Partial)
    ));
    let HandshakeError::Rejected(response) = handshake.advance(&short, true).unwrap_err() else {
        panic!()
    };
    assert_eq!(response.body(), b"go away");

    let mut long = head.to_vec();
    long.resize(head.len() + 5000, b'x');
    let HandshakeError::Rejected(response) = outcome(&long).unwrap_err() else {
        panic!()
    };
    assert_eq!(response.body().len(), 4096);

    let chunked = b"HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbusy\r\n0\r\n\r\n";
    let HandshakeError::Rejected(response) = outcome(chunked).unwrap_err() else {
        panic!()
    };
    assert_eq!(response.body(), b"4\r\nbusy\r\n0\r\n\r\n");

    let empty = b"HTTP/1.1 301 Moved\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n";
    assert!(
        matches!(outcome(empty), Err(HandshakeError::Rejected(response)) if response.status() == 301)
    );
}

#[test]
fn what_is_no_http_is_told_at_once() {
    for bytes in [
        &b"\x15\x03\x01\x00\x02"[..],
        b"HTTP/2",
        b"SSH-2.0-x\r\n",
        b"HTTP/1.0 101 X\r\n\r\n",
        b"HTTP/1.1 1x1\r\n\r\n",
    ] {
        assert_eq!(
            outcome(bytes).unwrap_err(),
            HandshakeError::NotHttp,
            "{bytes:?}"
        );
    }
}

#[test]
fn an_empty_status_line_is_no_panic() {
    assert_eq!(outcome(b"\r\n\r\n").unwrap_err(), HandshakeError::NotHttp);
    assert!(matches!(outcome(b""), Ok(Progress::Partial)));
}

#[test]
fn a_refusal_in_http_1_0_is_understood() {
    let bytes = b"HTTP/1.0 503 Busy\r\nContent-Length: 0\r\n\r\n";
    assert!(
        matches!(outcome(bytes), Err(HandshakeError::Rejected(response)) if response.status() == 503)
    );
}

#[test]
fn a_head_that_ends_by_bare_line_feeds_swallows_no_frames() {
    let mut bytes = with_added("X-Server: 7\n\n\x01\x02");
    bytes.extend_from_slice(b"\r\n\r\n");
    assert_eq!(outcome(&bytes).unwrap_err(), HandshakeError::NotHttp);
}

#[test]
fn head_and_headers_are_bounded() {
    let config = WebsocketConfig::new().with_max_head_bytes(200);
    let mut endless = b"HTTP/1.1 101 OK\r\nX: ".to_vec();
    endless.resize(201, b'y');
    assert_eq!(
        outcome_with(&config, &endless).unwrap_err(),
        HandshakeError::HeadTooLong { limit: 200 }
    );
    let many = (0..101)
        .map(|index| format!("X-{index}: y"))
        .collect::<Vec<_>>()
        .join("\r\n");
    assert_eq!(
        outcome(&with_added(&many)).unwrap_err(),
        HandshakeError::TooManyHeaders { limit: 100 }
    );
}
