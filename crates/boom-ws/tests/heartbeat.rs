//! Pings, round trips and silences, by a clock turned by hand.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::io::{self, ErrorKind};
use std::time::Duration;

use boom_testkit::stream::ScriptedStream;
use boom_ws::{
    CloseCode, Connection, Error, Heartbeat, Silence, State, Websocket, WebsocketConfig,
    WebsocketFrame,
};

const SECOND: u64 = 1_000_000_000;

fn established(stream: ScriptedStream) -> Websocket<ScriptedStream> {
    let heartbeat = Heartbeat::new()
        .with_ping_every(Duration::from_secs(10))
        .with_dead_peer_after(Duration::from_secs(25))
        .with_idle_data_after(Duration::from_secs(60));
    let config = WebsocketConfig::new().with_heartbeat(heartbeat);
    Websocket::from_parts(stream, Connection::established(&config).unwrap())
}

fn receive(ws: &mut Websocket<ScriptedStream>, bytes: &[u8]) {
    ws.stream_mut().push_read(bytes);
    for frame in ws.read_batch().unwrap() {
        frame.unwrap();
    }
}

#[test]
fn a_ping_leaves_when_it_is_due_and_its_pong_tells_the_round_trip() {
    let mut ws = established(ScriptedStream::new());
    assert_eq!(ws.poll_timeout(), Some(0));
    ws.handle_timeout(100 * SECOND).unwrap();
    assert_eq!(ws.poll_timeout(), Some(110 * SECOND));
    ws.handle_timeout(110 * SECOND).unwrap();
    assert_eq!(ws.stream_mut().take_written().len(), 14);
    let pong = [&[0x8a, 8][..], &(110 * SECOND).to_be_bytes()].concat();
    ws.stream_mut().push_read(&pong);
    let payload: Vec<u8> = ws
        .read_batch()
        .unwrap()
        .find_map(|frame| match frame.unwrap() {
            WebsocketFrame::Pong(payload) => Some(payload.to_vec()),
            _ => None,
        })
        .unwrap();
    assert_eq!(ws.rtt_ns(&payload, 110 * SECOND + 70_000), Some(70_000));
    assert_eq!(ws.rtt_ns(b"", 0), None);
}

#[test]
fn any_byte_shows_that_the_peer_lives() {
    let mut ws = established(ScriptedStream::new());
    ws.handle_timeout(0).unwrap();
    ws.handle_timeout(24 * SECOND).unwrap();
    // A part of a frame is enough.
    receive(&mut ws, b"\x81");
    ws.handle_timeout(25 * SECOND).unwrap();
    ws.handle_timeout(49 * SECOND).unwrap();
    assert!(matches!(
        ws.handle_timeout(50 * SECOND),
        Err(Error::Silence(Silence::DeadPeer))
    ));
    assert!(matches!(
        ws.read_batch(),
        Err(Error::Silence(Silence::DeadPeer))
    ));
    assert_eq!(
        ws.state(),
        State::Closed {
            code: None,
            reason: "",
            clean: false
        }
    );
    let error = io::Error::from(ws.send_text(true, None).unwrap_err());
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    // The peer is told, if it listens.
    assert_eq!(ws.stream().written()[ws.stream().written().len() - 8], 0x88);
}

#[test]
fn pongs_are_no_data() {
    let mut ws = established(ScriptedStream::new());
    ws.handle_timeout(0).unwrap();
    for second in (5..=30).step_by(5) {
        receive(&mut ws, b"\x8a\x00");
        ws.handle_timeout(second * SECOND).unwrap();
    }
    receive(&mut ws, b"\x8a\x00\x81\x01a");
    ws.handle_timeout(35 * SECOND).unwrap();
    for second in (40..95).step_by(5) {
        receive(&mut ws, b"\x8a\x00");
        ws.handle_timeout(second * SECOND).unwrap();
    }
    receive(&mut ws, b"\x8a\x00");
    assert!(matches!(
        ws.handle_timeout(95 * SECOND),
        Err(Error::Silence(Silence::IdleData))
    ));
}

#[test]
fn a_data_frame_under_way_is_data_as_long_as_it_grows() {
    let mut ws = established(ScriptedStream::new());
    ws.handle_timeout(0).unwrap();
    receive(&mut ws, &[0x82, 126, 0x01, 0x00]);
    for second in (20..=120).step_by(20) {
        receive(&mut ws, b"x");
        ws.handle_timeout(second * SECOND).unwrap();
    }
    // A pong under way is none.
    receive(&mut ws, &[&[b'x'; 250][..], &[0x8a, 125]].concat());
    ws.handle_timeout(121 * SECOND).unwrap();
    for second in (140..=180).step_by(20) {
        receive(&mut ws, b"x");
        ws.handle_timeout(second * SECOND).unwrap();
    }
    receive(&mut ws, b"x");
    assert!(matches!(
        ws.handle_timeout(181 * SECOND),
        Err(Error::Silence(Silence::IdleData))
    ));
}

#[test]
fn the_state_follows_the_life_of_the_connection() {
    let mut ws = established(ScriptedStream::new());
    assert_eq!(ws.state(), State::Open);
    ws.send_close(Some(CloseCode::GOING_AWAY), "later").unwrap();
    assert_eq!(ws.state(), State::Closing);
    receive(&mut ws, b"\x88\x05\x03\xe9bye");
    assert_eq!(
        ws.state(),
        State::Closed {
            code: Some(CloseCode::GOING_AWAY),
            reason: "bye",
            clean: true
        }
    );
    assert_eq!(ws.close_reason(), "bye");

    let mut ws = established(ScriptedStream::new().eof());
    assert!(ws.read_batch().is_err());
    assert_eq!(
        ws.state(),
        State::Closed {
            code: None,
            reason: "",
            clean: false
        }
    );
}

#[test]
fn a_peer_whose_frames_wait_to_be_taken_is_not_silent() {
    let mut ws = established(ScriptedStream::new());
    ws.handle_timeout(0).unwrap();
    ws.stream_mut().push_read(b"\x81\x01a\x81\x01b");
    let first = ws.read_batch().unwrap().next().unwrap().unwrap();
    assert_eq!(first, WebsocketFrame::Text(true, b"a"));
    // One of the two was left where it is, for longer than any limit.
    for now_ns in [1, 1_000 * SECOND, 2_000 * SECOND] {
        ws.handle_timeout(now_ns).unwrap();
    }
    let second = ws.read_batch().unwrap().next().unwrap().unwrap();
    assert_eq!(second, WebsocketFrame::Text(true, b"b"));
    let result = ws.handle_timeout(9_000 * SECOND);
    assert!(matches!(result, Err(Error::Silence(_))), "{result:?}");
}

#[test]
fn a_ping_of_the_heartbeat_does_not_hide_that_of_the_user() {
    let mut ws = established(ScriptedStream::new());
    ws.handle_timeout(100 * SECOND).unwrap();
    ws.send_timed_ping(109 * SECOND).unwrap();
    ws.handle_timeout(110 * SECOND).unwrap();
    let of = |seconds: u64| (seconds * SECOND).to_be_bytes();
    assert_eq!(ws.rtt_ns(&of(109), 111 * SECOND), Some(2 * SECOND));
    assert_eq!(ws.rtt_ns(&of(110), 111 * SECOND), Some(SECOND));
    assert_eq!(ws.rtt_ns(&of(108), 111 * SECOND), None);
}
