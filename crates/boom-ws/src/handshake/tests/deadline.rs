//! The time that the handshake may take.

use std::time::Duration;

use super::*;
use crate::{Connection, Error};

const SECOND: u64 = 1_000_000_000;

fn connection(timeout: Option<Duration>) -> Connection {
    let config = WebsocketConfig::new().with_handshake_timeout(timeout);
    Connection::client(&Request::new("h", "/"), &config)
}

#[track_caller]
fn assert_timed_out(result: Result<(), Error>) {
    assert!(
        matches!(result, Err(Error::Handshake(HandshakeError::TimedOut))),
        "{result:?}"
    );
}

#[test]
fn the_clock_starts_with_the_first_time_and_bytes_do_not_stop_it() {
    let mut connection = connection(Some(Duration::from_secs(2)));
    assert_eq!(connection.poll_timeout(), Some(0));
    connection.handle_timeout(7 * SECOND).unwrap();
    assert_eq!(connection.poll_timeout(), Some(9 * SECOND));
    for byte in b"HTTP/1.1 101 X\r\nUpgr" {
        connection.handle_input(&[*byte]);
        assert!(connection.batch().unwrap().next().is_none());
        connection.handle_timeout(9 * SECOND - 1).unwrap();
    }
    assert_timed_out(connection.handle_timeout(9 * SECOND));
    assert_timed_out(connection.batch().map(drop));
    assert_timed_out(connection.send_text(true, None));
    assert_eq!(connection.poll_timeout(), None);
    assert!(connection.outgoing().is_empty());
    let error = std::io::Error::from(connection.handle_timeout(10 * SECOND).unwrap_err());
    assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
}

#[test]
fn a_body_that_trickles_does_not_delay_its_refusal() {
    let mut connection = connection(Some(Duration::from_secs(2)));
    connection.handle_timeout(0).unwrap();
    connection.handle_input(b"HTTP/1.1 429 X\r\nRetry-After: 3\r\nContent-Length: 9\r\n\r\nslow");
    assert!(connection.batch().unwrap().next().is_none());
    connection.handle_timeout(SECOND).unwrap();
    // Received, and not looked at before the time is over.
    connection.handle_input(b" do");
    match connection.handle_timeout(2 * SECOND) {
        Err(Error::Handshake(HandshakeError::Rejected(response))) => {
            assert_eq!((response.status(), response.body()), (429, &b"slow do"[..]));
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(
        connection.batch().map(drop),
        Err(Error::Handshake(HandshakeError::Rejected(_)))
    ));
}

#[test]
fn an_answer_that_has_come_in_time_counts() {
    let config = WebsocketConfig::new().with_predictable_masks([1; 32]);
    let request = Request::new("h", "/");
    let mut connection = Connection::client(&request, &config);
    connection.handle_timeout(0).unwrap();
    assert_eq!(connection.poll_timeout(), Some(10 * SECOND), "the default");
    let sent = String::from_utf8(connection.outgoing().to_vec()).unwrap();
    let key = sent
        .lines()
        .find_map(|line| line.strip_prefix("Sec-WebSocket-Key: "))
        .unwrap();
    let mut headers = good_headers();
    headers[2] = format!("Sec-WebSocket-Accept: {}", accept_value(key.as_bytes()));
    connection.sent(sent.len());
    connection.handle_input(&answer(
        &headers.iter().map(String::as_str).collect::<Vec<_>>(),
    ));
    connection.handle_timeout(100 * SECOND).unwrap();
    assert!(!connection.is_handshaking());
    connection.handle_timeout(200 * SECOND).unwrap();
    assert_eq!(connection.poll_timeout(), None);
}

#[test]
fn there_may_be_no_limit() {
    let mut connection = connection(None);
    connection.handle_timeout(0).unwrap();
    assert_eq!(connection.poll_timeout(), None);
    connection.handle_timeout(u64::MAX).unwrap();
    assert!(connection.is_handshaking());
    let mut connection = self::connection(Some(Duration::MAX));
    connection.handle_timeout(5).unwrap();
    connection.handle_timeout(u64::MAX - 1).unwrap();
}
