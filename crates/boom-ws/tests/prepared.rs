//! Messages that are framed once, and masks of zeros.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use boom_testkit::stream::ScriptedStream;
use boom_ws::{Connection, Error, PreparedMessage, Websocket, WebsocketConfig};
use tungstenite::protocol::Role;
use tungstenite::{Message, WebSocket};

fn established(stream: ScriptedStream, config: &WebsocketConfig) -> Websocket<ScriptedStream> {
    Websocket::from_parts(stream, Connection::established(config).unwrap())
}

fn messages(bytes: Vec<u8>) -> Vec<Message> {
    let mut server = WebSocket::from_raw_socket(std::io::Cursor::new(bytes), Role::Server, None);
    std::iter::from_fn(|| server.read().ok()).collect()
}

/// The masking key of a frame.
fn key(frame: &[u8]) -> [u8; 4] {
    let at = match frame[1] & 0x7f {
        126 => 4,
        127 => 10,
        _ => 2,
    };
    frame[at..at + 4].try_into().unwrap()
}

#[test]
fn a_prepared_message_is_sent_as_any_other_with_a_fresh_key_each_time() {
    for len in [0, 1, 125, 126, 1000, 65_535, 65_536, 100_000] {
        let text = "x".repeat(len);
        let prepared = PreparedMessage::text(&text);
        assert_eq!(prepared.payload(), text.as_bytes());
        let mut ws = established(ScriptedStream::new(), &WebsocketConfig::new());
        let mut keys = Vec::new();
        let mut bytes = Vec::new();
        for _ in 0..3 {
            ws.send_prepared(&prepared).unwrap();
            let frame = ws.stream_mut().take_written();
            keys.push(key(&frame));
            bytes.extend(frame);
        }
        assert_eq!(messages(bytes), [(); 3].map(|()| Message::text(&*text)));
        assert_eq!(ws.stream().writes(), 3);
        keys.dedup();
        assert_eq!(keys.len(), 3);
    }
    let mut ws = established(ScriptedStream::new(), &WebsocketConfig::new());
    ws.send_prepared(&PreparedMessage::binary(&[1, 2, 3]))
        .unwrap();
    assert_eq!(
        messages(ws.stream_mut().take_written()),
        [Message::binary(vec![1, 2, 3])]
    );
}

#[test]
fn a_prepared_message_goes_behind_those_that_wait_and_obeys_the_limit() {
    let config = WebsocketConfig::new().with_max_outbound_bytes(39);
    let stream = ScriptedStream::new().write_limit(3).write_blocked();
    let mut ws = established(stream, &config);
    let prepared = PreparedMessage::text("prepared..");
    ws.send_text(true, Some(b"first")).unwrap();
    ws.send_prepared(&prepared).unwrap();
    let result = ws.send_prepared(&prepared);
    assert!(matches!(result, Err(Error::OutboundFull)), "{result:?}");
    ws.stream_mut().set_write_blocked(false);
    assert!(ws.flush().unwrap());
    assert_eq!(
        messages(ws.stream_mut().take_written()),
        ["first", "prepared.."].map(Message::text)
    );
    let result = ws.send_prepared(&PreparedMessage::text(&"x".repeat(41)));
    assert!(matches!(result, Err(Error::OutboundFull)), "{result:?}");
}

#[test]
fn masks_are_zero_only_where_that_was_asked_for() {
    let zero = WebsocketConfig::new().dangerous_with_zero_masks(true);
    let mut ws = established(ScriptedStream::new(), &zero);
    for round in 0..200_u32 {
        let text = format!("in the clear {round}");
        ws.send_text(true, Some(text.as_bytes())).unwrap();
        let frame = ws.stream_mut().take_written();
        assert_eq!(key(&frame), [0; 4]);
        assert_eq!(&frame[6..], text.as_bytes());
    }
    let mut ws = established(ScriptedStream::new(), &WebsocketConfig::new());
    ws.send_text(true, Some(b"not in the clear")).unwrap();
    assert!(!ws.stream().written().ends_with(b"not in the clear"));
}

#[test]
fn with_zero_masks_a_prepared_message_is_written_from_where_it_lies() {
    let zero = WebsocketConfig::new()
        .dangerous_with_zero_masks(true)
        .with_max_outbound_bytes(1000);
    // Taken whole, taken in part, not taken at all.
    for stream in [
        ScriptedStream::new(),
        ScriptedStream::new().write_limit(4).write_would_block(),
        ScriptedStream::new()
            .write_would_block()
            .write_would_block(),
    ] {
        let mut ws = established(stream, &zero);
        let prepared = PreparedMessage::text(&"p".repeat(500));
        ws.send_prepared(&prepared).unwrap();
        ws.send_text(true, Some(b"next")).unwrap();
        assert!(ws.flush().unwrap());
        assert_eq!(
            messages(ws.stream_mut().take_written()),
            [Message::text("p".repeat(500)), Message::text("next")]
        );
        let result = ws.send_prepared(&PreparedMessage::text(&"x".repeat(1000)));
        assert!(matches!(result, Err(Error::OutboundFull)), "{result:?}");
    }
}

#[test]
fn a_stream_that_fails_under_a_prepared_message_is_reported() {
    let zero = WebsocketConfig::new().dangerous_with_zero_masks(true);
    for config in [zero, WebsocketConfig::new()] {
        let stream = ScriptedStream::new().write_error(std::io::ErrorKind::BrokenPipe);
        let mut ws = established(stream, &config);
        let prepared = PreparedMessage::text("lost");
        for _ in 0..2 {
            match ws.send_prepared(&prepared) {
                Err(Error::Io(error)) => assert_eq!(error.kind(), std::io::ErrorKind::BrokenPipe),
                other => panic!("{other:?}"),
            }
        }
    }
}
