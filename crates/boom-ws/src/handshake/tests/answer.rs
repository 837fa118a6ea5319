//! The head of the answer.

use proptest::prelude::*;

use super::*;

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

#[test]
fn rfc_9112_5_2_folded_lines_are_joined_by_spaces() {
    let bytes =
        with_added("X-List: one,\r\n two\r\n\t \tthree  \r\nX-Empty:\r\n \r\nX-Late:\r\n four");
    let response = assert_open(outcome(&bytes));
    assert_eq!(response.header("X-List"), Some(&b"one, two three"[..]));
    assert_eq!(response.header("X-Empty"), Some(&b""[..]));
    assert_eq!(response.header("X-Late"), Some(&b"four"[..]));
    // A header of the handshake is read as any other.
    let folded = with_changed(2, &format!("Sec-WebSocket-Accept:\r\n {ACCEPT}"));
    assert_open(outcome(&folded));
    let split = with_changed(
        2,
        &format!(
            "Sec-WebSocket-Accept: {}\r\n {}",
            &ACCEPT[..9],
            &ACCEPT[9..]
        ),
    );
    assert_refused(&split, HandshakeError::InvalidAccept);
    // A fold that continues nothing.
    let first = b"HTTP/1.1 101 X\r\n Upgrade: websocket\r\n\r\n";
    assert_refused(first, HandshakeError::NotHttp);
}

#[test]
fn rfc_9112_5_1_no_whitespace_stands_before_the_colon() {
    for header in [
        "X-A : b",
        "X-A\t: b",
        " X-A: b",
        ": b",
        "X A: b",
        "X-A",
        "X-\u{e9}: b",
    ] {
        let mut bytes = b"HTTP/1.1 101 X\r\n".to_vec();
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(b"\r\nUpgrade: websocket\r\n\r\n");
        assert_refused(&bytes, HandshakeError::NotHttp);
    }
    assert_open(outcome(&with_added("X-A:b")));
    assert_open(outcome(&with_added("X-A: \t b \t")));
}

#[test]
fn rfc_9112_2_2_a_bare_line_feed_or_carriage_return_is_no_end_of_line() {
    assert_refused(b"HTTP/1.1 101 X\n", HandshakeError::NotHttp);
    assert_refused(
        b"HTTP/1.1 101 X\r\nUpgrade: websocket\n",
        HandshakeError::NotHttp,
    );
    for value in ["a\nb", "a\rb", "a\r\rb", "a\0b", "a\x01b", "a\x7fb"] {
        assert_refused(
            &with_added(&format!("X-A: {value}")),
            HandshakeError::NotHttp,
        );
    }
    assert_open(outcome(&with_added("X-A: \u{e9}\tb")));
    // A line feed after the head is a frame's.
    let mut bytes = with_added("X-A: b");
    bytes.push(b'\n');
    assert_open(outcome(&bytes));
}

#[test]
fn rfc_9112_4_the_reason_is_not_looked_at() {
    for line in [
        "HTTP/1.1 101",
        "HTTP/1.1 101 ",
        "HTTP/1.1 101 OK then",
        "HTTP/1.1 101 \u{e9}",
    ] {
        let head = good_headers().join("\r\n");
        assert_open(outcome(format!("{line}\r\n{head}\r\n\r\n").as_bytes()));
    }
    for line in [
        "HTTP/1.1  101 X",
        "HTTP/1.1 1010 X",
        "HTTP/1.1 10 X",
        "HTTP/1.1 +01 X",
        "http/1.1 101 X",
    ] {
        let head = good_headers().join("\r\n");
        assert_refused(
            format!("{line}\r\n{head}\r\n\r\n").as_bytes(),
            HandshakeError::NotHttp,
        );
    }
}

#[test]
fn rfc_11_3_headers_of_the_handshake_stand_once() {
    assert_refused(
        &with_added("Upgrade: websocket"),
        HandshakeError::InvalidUpgrade,
    );
    assert_refused(&with_added("upgrade: h2c"), HandshakeError::InvalidUpgrade);
    assert_refused(
        &with_changed(0, "Upgrade: websocket, websocket"),
        HandshakeError::InvalidUpgrade,
    );
    // §11.3.3.
    assert_refused(
        &with_added(&format!("sec-websocket-accept: {ACCEPT}")),
        HandshakeError::InvalidAccept,
    );
    // §11.3.2.
    assert_refused(
        &with_added("Sec-WebSocket-Extensions:\r\nSec-WebSocket-Extensions:"),
        HandshakeError::UnexpectedExtension,
    );
    // §11.3.4: the same subprotocol twice, and §4.2.2: the empty string is no subprotocol.
    let config = WebsocketConfig::new().with_subprotocol("v1");
    for chosen in ["v1\r\nSec-WebSocket-Protocol: v1", "", "v1,", "v1 v1"] {
        let bytes = with_added(&format!("Sec-WebSocket-Protocol: {chosen}"));
        assert_eq!(
            outcome_with(&config, &bytes).unwrap_err(),
            HandshakeError::UnexpectedSubprotocol,
            "{chosen:?}"
        );
    }
    let bytes = with_added("Sec-WebSocket-Protocol:   v1\t");
    let response = assert_open(outcome_with(&config, &bytes));
    assert_eq!(response.subprotocol(), Some("v1"));
    assert_eq!(
        assert_open(outcome(&with_added("X: y"))).subprotocol(),
        None
    );
}

#[test]
fn rfc_4_1_whitespace_around_the_accept_value_does_not_matter() {
    assert_open(outcome(&with_changed(
        2,
        &format!("Sec-WebSocket-Accept: \t{ACCEPT} \t "),
    )));
    for value in [
        "",
        "s3pPLMBiTxaQ9kYGzzhZRbK+xOo",
        "\"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\"",
    ] {
        assert_refused(
            &with_changed(2, &format!("Sec-WebSocket-Accept: {value}")),
            HandshakeError::InvalidAccept,
        );
    }
}

#[test]
fn every_value_of_a_header_is_readable() {
    let response = assert_open(outcome(&with_added(
        "Set-Cookie: a=1\r\nX-A: b\r\nset-cookie: b=2; Path=/",
    )));
    let cookies: Vec<&[u8]> = response.header_values("SET-COOKIE").collect();
    assert_eq!(cookies, [&b"a=1"[..], b"b=2; Path=/"]);
    assert_eq!(response.header("set-cookie"), Some(&b"a=1"[..]));
    assert_eq!(response.header_values("X-B").count(), 0);
    let names: Vec<&str> = response.headers().map(|(name, _)| name).collect();
    assert_eq!(names[3..], ["Set-Cookie", "X-A", "set-cookie"]);
}

#[test]
fn rfc_9112_6_3_a_101_has_no_body_whatever_it_says() {
    let bytes = with_added("Content-Length: 5\r\nTransfer-Encoding: chunked");
    let mut with_frame = bytes.clone();
    with_frame.extend_from_slice(b"\x81\x00");
    assert!(matches!(outcome(&with_frame), Ok(Progress::Open(_, len)) if len == bytes.len()));
}

#[test]
fn rfc_9110_15_2_interim_answers_are_bounded_together() {
    let interim = b"HTTP/1.1 100 Continue\r\n\r\n";
    let config = WebsocketConfig::new().with_max_head_bytes(10 * interim.len());
    let mut handshake = start(&config);
    for _ in 0..10 {
        assert!(
            matches!(handshake.advance(interim, false), Ok(Progress::Interim(len)) if len == interim.len())
        );
    }
    assert_eq!(
        handshake.advance(interim, false).unwrap_err(),
        HandshakeError::HeadTooLong {
            limit: 10 * interim.len()
        }
    );
    // An interim answer cannot be one of HTTP/1.0, which has none.
    assert_refused(b"HTTP/1.0 100 Continue\r\n\r\n", HandshakeError::NotHttp);
}

#[test]
fn headers_are_counted_without_their_folds() {
    let config = WebsocketConfig::new().with_max_headers(4);
    assert_open(outcome_with(&config, &with_added("X-A: b\r\n c\r\n d")));
    assert_eq!(
        outcome_with(&config, &with_added("X-A: b\r\nX-C: d")).unwrap_err(),
        HandshakeError::TooManyHeaders { limit: 4 }
    );
    let none = WebsocketConfig::new().with_max_headers(0);
    assert_eq!(
        outcome_with(&none, &with_added("X-A: b")).unwrap_err(),
        HandshakeError::TooManyHeaders { limit: 0 }
    );
}

#[test]
fn each_answer_cut_at_every_byte_comes_to_the_same() {
    let mut long = b"HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    long.extend_from_slice(b"4;x=y\r\nbusy\r\nA\r\n0123456789\r\n0\r\nX: y\r\n\r\nmore");
    let answers = [
        with_added("X-A: b\r\n c\r\nX-D: e"),
        with_changed(0, ""),
        with_changed(2, "Sec-WebSocket-Accept: x"),
        b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\nno".to_vec(),
        long,
        b"HTTP/1.1 403 No\r\n\r\nuntil the end".to_vec(),
        b"HTTP/1.1 403 No\r\nX: y\n\r\n\r\n".to_vec(),
        b"HTTP/1.1 101 X\r\nUpgr".to_vec(),
        b"SMTP ready\r\n".to_vec(),
    ];
    for answer in answers {
        let whole = fed(&answer, &[]);
        for cut in 0..=answer.len() {
            assert_eq!(fed(&answer, &[cut]), whole, "cut at {cut}");
        }
        let every: Vec<usize> = (0..answer.len()).collect();
        assert_eq!(fed(&answer, &every), whole, "byte by byte");
    }
}

/// What the handshake comes to where `answer` comes in the parts that end at `cuts`, and then the stream ends.
fn fed(answer: &[u8], cuts: &[usize]) -> Result<Option<(Response, usize)>, HandshakeError> {
    let mut handshake = start(&WebsocketConfig::new());
    let mut consumed = 0;
    let ends = cuts
        .iter()
        .map(|cut| (*cut, false))
        .chain([(answer.len(), false), (answer.len(), true)]);
    for (end, eof) in ends {
        loop {
            match handshake.advance(&answer[consumed.min(end)..end], eof)? {
                Progress::Partial => break,
                Progress::Interim(len) => consumed += len,
                Progress::Open(response, len) => {
                    return Ok(Some(((*response).clone(), consumed + len)));
                }
            }
        }
    }
    Ok(None)
}

/// Pieces of which answers, good and bad, are made.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just(b"HTTP/1.1 101 X\r\n".to_vec()),
        Just(b"HTTP/1.1 100 X\r\n".to_vec()),
        Just(b"HTTP/1.1 503 X\r\n".to_vec()),
        Just(b"HTTP/1.0 302 X\r\n".to_vec()),
        Just(b"Upgrade: websocket\r\n".to_vec()),
        Just(b"Connection: Upgrade\r\n".to_vec()),
        Just(format!("Sec-WebSocket-Accept: {ACCEPT}\r\n").into_bytes()),
        Just(b"Content-Length: 3\r\n".to_vec()),
        Just(b"Transfer-Encoding: chunked\r\n".to_vec()),
        Just(b"3\r\nabc\r\n0\r\n\r\n".to_vec()),
        Just(b" folded\r\n".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"\n".to_vec()),
        prop::collection::vec(any::<u8>(), 0..6),
    ]
}

proptest! {
    #[test]
    fn any_answer_comes_to_the_same_however_it_is_cut(
        pieces in prop::collection::vec(piece(), 0..12),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let answer = pieces.concat();
        let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(answer.len() + 1)).collect();
        ends.sort_unstable();
        let whole = fed(&answer, &[]);
        let cut = fed(&answer, &ends);
        prop_assert_eq!(&cut, &whole);
        if let Ok(Some((response, _))) = whole {
            prop_assert_eq!(response.header_values("Sec-WebSocket-Accept").collect::<Vec<_>>(), [ACCEPT.as_bytes()]);
            prop_assert_eq!(response.header_values("Upgrade").count(), 1);
        }
    }
}
