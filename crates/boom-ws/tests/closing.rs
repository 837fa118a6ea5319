//! The closing handshake and the end of the connection (RFC 6455 §7.1).

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::io::ErrorKind;
use std::time::Duration;

use boom_stream::HalfClose;
use boom_testkit::stream::ScriptedStream;
use boom_ws::{CloseCode, Connection, Error, Silence, State, Websocket, WebsocketConfig};

fn established(stream: ScriptedStream) -> Websocket<ScriptedStream> {
    let config = WebsocketConfig::new().with_close_timeout(Some(Duration::from_nanos(100)));
    Websocket::from_parts(stream, Connection::established(&config).unwrap())
}

/// Reads to the end of the closing handshake.
fn read_to_close(ws: &mut Websocket<ScriptedStream>) {
    loop {
        match ws.read_batch() {
            Ok(frames) => assert!(frames.into_iter().all(|frame| frame.is_ok())),
            Err(Error::Closed(_)) => return,
            Err(error) => panic!("{error}"),
        }
    }
}

const CLOSE: &[u8] = b"\x88\x02\x03\xe8";

#[test]
fn rfc_7_1_1_the_client_waits_for_the_server_to_close_the_connection() {
    let stream = ScriptedStream::new()
        .read(CLOSE)
        .would_block()
        .read(b"what comes after a close frame is thrown away")
        .eof();
    let mut ws = established(stream);
    ws.send_close(Some(CloseCode::NORMAL), "").unwrap();
    assert!(!ws.poll_closed(0).unwrap(), "the peer has not answered");
    assert_eq!(ws.stream().reads(), 0, "frames are for `read_batch`");
    read_to_close(&mut ws);
    assert!(!ws.poll_closed(1).unwrap());
    assert!(!ws.poll_closed(2).unwrap());
    assert!(ws.poll_closed(3).unwrap());
    assert_eq!(
        ws.state(),
        State::Closed {
            code: Some(CloseCode::NORMAL),
            reason: "",
            clean: true
        }
    );
}

#[test]
fn the_answer_to_the_peers_close_leaves_before_the_wait() {
    let stream = ScriptedStream::new().read(CLOSE).write_would_block().eof();
    let mut ws = established(stream);
    let _ = ws.read_batch().unwrap().next();
    assert!(ws.stream().written().is_empty());
    assert!(ws.poll_closed(0).unwrap());
    assert_eq!(ws.stream().written()[..2], [0x88, 0x82]);
}

#[test]
fn a_reset_after_the_closing_handshake_is_the_end_too() {
    for kind in [
        ErrorKind::ConnectionReset,
        ErrorKind::UnexpectedEof,
        ErrorKind::ConnectionAborted,
    ] {
        let mut ws = established(ScriptedStream::new().read(CLOSE).read_error(kind));
        ws.send_close(None, "").unwrap();
        read_to_close(&mut ws);
        assert!(ws.poll_closed(0).unwrap(), "{kind}");
    }
    let stream = ScriptedStream::new()
        .read(CLOSE)
        .read_error(ErrorKind::TimedOut);
    let mut ws = established(stream);
    ws.send_close(None, "").unwrap();
    read_to_close(&mut ws);
    assert!(matches!(ws.poll_closed(0), Err(Error::Io(_))));
}

#[test]
fn a_server_that_never_closes_is_given_up() {
    let mut ws = established(ScriptedStream::new().read(CLOSE));
    ws.send_close(None, "").unwrap();
    read_to_close(&mut ws);
    assert!(!ws.poll_closed(1000).unwrap());
    assert!(!ws.poll_closed(1099).unwrap());
    let result = ws.poll_closed(1100);
    assert!(
        matches!(result, Err(Error::Silence(Silence::Close))),
        "{result:?}"
    );
    assert!(matches!(ws.state(), State::Closed { clean: true, .. }));
}

#[test]
fn a_peer_that_does_not_answer_a_close_frame_is_given_up() {
    let mut ws = established(ScriptedStream::new());
    ws.handle_timeout(0).unwrap();
    assert_eq!(ws.poll_timeout(), None);
    ws.send_close(Some(CloseCode::NORMAL), "done").unwrap();
    assert_eq!(ws.poll_timeout(), Some(0));
    ws.handle_timeout(1000).unwrap();
    assert_eq!(ws.poll_timeout(), Some(1100));
    ws.handle_timeout(1099).unwrap();
    let result = ws.handle_timeout(1100);
    assert!(
        matches!(result, Err(Error::Silence(Silence::Close))),
        "{result:?}"
    );
    assert!(matches!(
        ws.read_batch().err(),
        Some(Error::Silence(Silence::Close))
    ));
    assert!(matches!(ws.state(), State::Closed { clean: false, .. }));
}

#[test]
fn what_was_received_is_delivered_after_a_close_frame_of_ours() {
    let stream = ScriptedStream::new()
        .read(b"\x81\x03one\x81\x03two")
        .read(b"\x81\x05three\x88\x02\x03\xe8");
    let mut ws = established(stream);
    let first = ws.read_batch().unwrap().next().unwrap().unwrap();
    assert_eq!(first, boom_ws::WebsocketFrame::Text(true, b"one"));
    ws.send_close(Some(CloseCode::NORMAL), "").unwrap();
    assert_eq!(ws.state(), State::Closing);
    let mut texts = Vec::new();
    while let Ok(frames) = ws.read_batch() {
        for frame in frames {
            if let boom_ws::WebsocketFrame::Text(_, text) = frame.unwrap() {
                texts.push(String::from_utf8(text.to_vec()).unwrap());
            }
        }
    }
    assert_eq!(texts, ["two", "three"]);
}

#[test]
fn the_sending_direction_ends_when_all_is_sent() {
    let stream = ScriptedStream::new()
        .write_limit(2)
        .write_would_block()
        .write_would_block();
    let mut ws = established(stream);
    ws.send_text(true, Some(b"last")).unwrap();
    let error = ws.close_write().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WouldBlock);
    assert!(!ws.stream().is_write_closed());
    ws.close_write().unwrap();
    assert!(ws.stream().is_write_closed());
    assert_eq!(ws.stream().written().len(), 6 + 4);
}

#[test]
fn there_is_nothing_to_wait_for_after_another_end() {
    let mut ws = established(ScriptedStream::new().eof());
    assert!(ws.read_batch().is_err());
    let result = ws.poll_closed(0);
    assert!(matches!(result, Err(Error::Io(_))), "{result:?}");
    let mut ws = established(ScriptedStream::new().read(b"\xf1\x00"));
    assert!(ws.read_batch().unwrap().next().unwrap().is_err());
    let result = ws.poll_closed(0);
    assert!(matches!(result, Err(Error::Protocol(_))), "{result:?}");
}
