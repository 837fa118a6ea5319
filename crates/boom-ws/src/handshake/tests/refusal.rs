//! Answers other than 101.

use std::time::{Duration, SystemTime};

use super::*;

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
    assert_eq!(response.body(), b"busy");

    let empty = b"HTTP/1.1 301 Moved\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n";
    assert!(
        matches!(outcome(empty), Err(HandshakeError::Rejected(response)) if response.status() == 301)
    );
}

#[test]
fn a_refusal_in_http_1_0_is_understood() {
    let bytes = b"HTTP/1.0 503 Busy\r\nContent-Length: 0\r\n\r\n";
    assert!(
        matches!(outcome(bytes), Err(HandshakeError::Rejected(response)) if response.status() == 503)
    );
}

fn rejected(bytes: &[u8]) -> Arc<Response> {
    match outcome(bytes) {
        Err(HandshakeError::Rejected(response)) => response,
        other => panic!("no refusal: {other:?}"),
    }
}

fn refusal(status: u16, headers: &str) -> Arc<Response> {
    rejected(format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\n{headers}\r\n").as_bytes())
}

#[test]
fn rfc_4_1_each_status_has_its_kind() {
    for (status, kind, transient) in [
        (200, Refusal::Other, false),
        (301, Refusal::Redirect, false),
        (308, Refusal::Redirect, false),
        (400, Refusal::Other, false),
        (401, Refusal::Unauthorized, false),
        (403, Refusal::Forbidden, false),
        (404, Refusal::Other, false),
        (408, Refusal::Other, true),
        (426, Refusal::Other, false),
        (429, Refusal::TooManyRequests, true),
        (500, Refusal::Other, true),
        (501, Refusal::Other, false),
        (503, Refusal::Unavailable, true),
        (599, Refusal::Other, true),
        (999, Refusal::Other, false),
    ] {
        let response = refusal(status, "");
        assert_eq!(
            (response.status(), response.refusal()),
            (status, Some(kind))
        );
        assert_eq!(
            HandshakeError::Rejected(response).is_transient(),
            transient,
            "{status}"
        );
    }
    let open = assert_open(outcome(&with_added("X: y")));
    assert_eq!(open.refusal(), None);
    assert!(HandshakeError::TimedOut.is_transient());
    assert!(!HandshakeError::NotHttp.is_transient());
}

#[test]
fn rfc_9110_10_2_3_retry_after_is_a_delay_or_a_date() {
    let retry_after =
        |value: &str| refusal(503, &format!("Retry-After: {value}\r\n")).retry_after();
    let delay = |seconds| Some(RetryAfter::Delay(Duration::from_secs(seconds)));
    assert_eq!(retry_after("120"), delay(120));
    assert_eq!(retry_after("  0 "), delay(0));
    // RFC 9111 §1.2.2: too large a number is 2^31.
    assert_eq!(retry_after("2147483649"), delay(1 << 31));
    assert_eq!(retry_after("99999999999999999999999"), delay(1 << 31));
    // RFC 9110 §5.6.7: the three forms of one date.
    let date = Some(RetryAfter::At(
        SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777),
    ));
    assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:37 GMT"), date);
    assert_eq!(retry_after("Sunday, 06-Nov-94 08:49:37 GMT"), date);
    assert_eq!(retry_after("Sun Nov  6 08:49:37 1994"), date);
    for value in [
        "",
        "-1",
        "+1",
        "1.5",
        "soon",
        "1 2",
        "\u{e9}",
        "Sun, 99 Nov 1994 08:49:37 GMT",
    ] {
        assert_eq!(retry_after(value), None, "{value:?}");
    }
    assert_eq!(refusal(503, "").retry_after(), None);
}

#[test]
fn a_redirection_tells_where_to() {
    assert_eq!(
        refusal(302, "Location: wss://b.example.com/ws?a=b\r\n").location(),
        Some("wss://b.example.com/ws?a=b")
    );
    assert_eq!(
        refusal(302, "Location: /other\r\n").location(),
        Some("/other")
    );
    assert_eq!(refusal(302, "").location(), None);
}

#[test]
fn rfc_4_4_the_versions_of_the_server_are_readable() {
    let response = refusal(
        426,
        "Sec-WebSocket-Version: 25\r\nSec-WebSocket-Version: 8, 7\r\n",
    );
    let versions: Vec<&[u8]> = response.header_values("Sec-WebSocket-Version").collect();
    assert_eq!(versions, [&b"25"[..], b"8, 7"]);
}

#[test]
fn rfc_9112_7_1_a_chunked_body_is_taken_out_of_its_chunks() {
    const HEAD: &str = "HTTP/1.1 503 X\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n";
    for (body, content) in [
        ("4\r\nbusy\r\n0\r\n\r\n", "busy"),
        (
            "04;a=b;c=\"d\"\r\nbusy\r\na\r\n0123456789\r\n000\r\nX: y\r\n\r\n",
            "busy0123456789",
        ),
        ("0\r\n\r\n", ""),
        // What breaks the rules ends the body, not the error.
        ("4\r\nbusyxx", "busy"),
        ("4\r\nbusy\r\nx\r\n", "busy"),
        ("\r\n", ""),
        ("-1\r\n", ""),
    ] {
        let response = rejected(format!("{HEAD}{body}").as_bytes());
        assert_eq!(
            String::from_utf8_lossy(response.body()),
            content,
            "{body:?}"
        );
    }
    let endless = format!("{HEAD}{}", "1".repeat(300));
    assert_eq!(rejected(endless.as_bytes()).body(), b"");
    // The largest chunk there can be, and more digits than any has.
    for size in ["ffffffffffffffff", "fffffffffffffffffffffffff"] {
        let bytes = format!("{HEAD}{size}\r\n{}", "x".repeat(5000));
        assert_eq!(rejected(bytes.as_bytes()).body().len(), 4096);
    }
}

#[test]
fn a_body_of_tiny_chunks_is_bounded() {
    let mut handshake = start(&WebsocketConfig::new());
    let mut bytes = b"HTTP/1.1 503 X\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    let error = loop {
        match handshake.advance(&bytes, false) {
            Ok(_) => bytes.extend_from_slice(b"1;very-long-extension\r\nx\r\n"),
            Err(error) => break error,
        }
    };
    assert!(bytes.len() <= (16 << 10) + 100, "{}", bytes.len());
    assert!(matches!(error, HandshakeError::Rejected(response) if response.body().len() > 500));
}

#[test]
fn rfc_9112_6_3_the_length_of_a_body_is_what_all_agree_on() {
    let body_of = |headers: &str, eof| {
        let bytes = format!("HTTP/1.1 403 X\r\n{headers}\r\n\r\nbody and more");
        match start(&WebsocketConfig::new()).advance(bytes.as_bytes(), eof) {
            Ok(Progress::Partial) => None,
            Err(HandshakeError::Rejected(response)) => {
                Some(String::from_utf8(response.body().to_vec()).unwrap())
            }
            other => panic!("{other:?}"),
        }
    };
    let body = |headers| body_of(headers, false);
    assert_eq!(body("Content-Length: 4").as_deref(), Some("body"));
    assert_eq!(body("Content-Length: 4, 4").as_deref(), Some("body"));
    assert_eq!(
        body("Content-Length: 4\r\nContent-Length: 4").as_deref(),
        Some("body")
    );
    // No length that holds: until close.
    for headers in [
        "Content-Length: 4\r\nContent-Length: 5",
        "Content-Length: +4",
        "Content-Length: -4",
        "Content-Length: 4x",
        "Content-Length:",
        "Transfer-Encoding: chunked, gzip",
        "Content-Length: 99999999999999999999999",
    ] {
        assert_eq!(body(headers), None, "{headers}");
        assert_eq!(
            body_of(headers, true).as_deref(),
            Some("body and more"),
            "{headers}"
        );
    }
    // §6.1: chunked in HTTP/1.0 is a fault, and the body lasts until close.
    let old = b"HTTP/1.0 503 X\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    assert!(matches!(outcome(old), Ok(Progress::Partial)));
    // §6.3: neither has one.
    for status in [204, 304] {
        let bytes = format!("HTTP/1.1 {status} X\r\nContent-Length: 9\r\n\r\n");
        assert_eq!(rejected(bytes.as_bytes()).status(), status);
    }
}
