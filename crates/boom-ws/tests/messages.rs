//! Whole messages over a scripted stream.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use boom_testkit::stream::ScriptedStream;
use boom_ws::{
    Connection, Error, Message, Misuse, ProtocolError, Websocket, WebsocketConfig, WebsocketFrame,
};

fn established(stream: ScriptedStream) -> Websocket<ScriptedStream> {
    Websocket::from_parts(
        stream,
        Connection::established(&WebsocketConfig::new()).unwrap(),
    )
}

/// All messages of one batch, as text.
fn batch(ws: &mut Websocket<ScriptedStream>) -> Result<Vec<String>, Error> {
    let mut seen = Vec::new();
    let mut messages = ws.read_messages()?;
    while let Some(message) = messages.next_message()? {
        seen.push(match message {
            Message::Text(text) => format!("text {text}"),
            Message::Binary(data) => format!("binary {data:?}"),
            Message::Ping(data) => format!("ping {data:?}"),
            Message::Pong(data) => format!("pong {data:?}"),
            Message::Close(close) => format!("close {}", close.map_or("", |close| close.reason)),
        });
    }
    Ok(seen)
}

const STREAM: &[u8] = b"\x81\x01a\x01\x02\xce\xba\x89\x01p\x00\x01\xcf\x80\x01\x8c\x82\x02\x01\x02\x02\x01\x03\x8a\x00\x80\x00\x88\x05\x03\xe8bye";
const SEEN: [&str; 7] = [
    "text a",
    "ping [112]",
    "text \u{3ba}\u{3cc}",
    "binary [1, 2]",
    "pong []",
    "binary [3]",
    "close bye",
];

#[test]
fn fragments_cut_anywhere_are_joined() {
    for piece in 1..=STREAM.len() {
        let mut ws = established(ScriptedStream::new().read_in_pieces(STREAM, piece));
        let mut seen = Vec::new();
        while seen.len() < SEEN.len() {
            seen.extend(batch(&mut ws).unwrap());
        }
        assert_eq!(seen, SEEN, "in pieces of {piece}");
        assert!(matches!(batch(&mut ws), Err(Error::Closed(_))));
    }
}

#[test]
fn text_that_is_not_utf8_ends_the_connection() {
    for bytes in [
        &b"\x81\x01\xff"[..],
        b"\x01\x01\xce\x80\x00",
        b"\x01\x01\xce\x80\x01x",
    ] {
        let mut ws = established(ScriptedStream::new().read(bytes));
        assert!(matches!(
            batch(&mut ws),
            Err(Error::Protocol(ProtocolError::InvalidUtf8))
        ));
        assert!(matches!(
            batch(&mut ws),
            Err(Error::Protocol(ProtocolError::InvalidUtf8))
        ));
        assert_eq!(ws.stream().written()[0], 0x88);
    }
}

#[test]
fn text_is_checked_even_where_frames_are_not() {
    let config = WebsocketConfig::new().with_utf8_validation(false);
    let stream = ScriptedStream::new().read(b"\x81\x01\xff");
    let mut ws = Websocket::from_parts(stream, Connection::established(&config).unwrap());
    assert!(matches!(
        batch(&mut ws),
        Err(Error::Protocol(ProtocolError::InvalidUtf8))
    ));
}

#[test]
fn the_rest_of_a_message_that_was_started_as_a_frame_stays_a_frame() {
    let mut ws = established(ScriptedStream::new().read(b"\x01\x01a\x80\x01b\x81\x01c"));
    assert_eq!(
        ws.read_batch().unwrap().next().unwrap().unwrap(),
        WebsocketFrame::Text(false, b"a")
    );
    assert!(matches!(
        batch(&mut ws),
        Err(Error::Misuse(Misuse::MixedReading))
    ));
    assert_eq!(
        ws.read_batch().unwrap().next().unwrap().unwrap(),
        WebsocketFrame::Continuation(true, b"b")
    );
    assert_eq!(batch(&mut ws).unwrap(), ["text c"]);
}

#[test]
fn messages_left_of_a_batch_come_first_in_the_next() {
    let mut ws = established(
        ScriptedStream::new()
            .read(b"\x81\x01a\x81\x01b")
            .read(b"\x81\x01c"),
    );
    assert_eq!(
        ws.read_messages().unwrap().next_message().unwrap(),
        Some(Message::Text("a"))
    );
    assert_eq!(batch(&mut ws).unwrap(), ["text b"]);
    assert_eq!(batch(&mut ws).unwrap(), ["text c"]);
}

#[test]
fn what_was_lent_as_frames_does_not_become_part_of_a_message() {
    let mut ws = established(ScriptedStream::new().read(b"\x01\x02A1"));
    assert_eq!(ws.read_messages().unwrap().next_message().unwrap(), None);
    ws.stream_mut().push_read(b"\x80\x02A2\x01\x02B1");
    assert_eq!(ws.read_batch().unwrap().count(), 2);
    ws.stream_mut().push_read(b"\x80\x02B2\x81\x01C");
    let error = ws.read_messages().unwrap().next_message().unwrap_err();
    assert!(
        matches!(error, Error::Misuse(Misuse::MixedReading)),
        "{error}"
    );
    assert_eq!(ws.read_batch().unwrap().count(), 2);
}
