//! Messages made in place, in parts and in several frames, as a server reads them.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::io::{ErrorKind, Write};

use boom_testkit::stream::ScriptedStream;
use boom_ws::{Connection, Error, Misuse, Websocket, WebsocketConfig};
use tungstenite::protocol::Role;
use tungstenite::{Message, WebSocket};

fn established(stream: ScriptedStream, limit: usize) -> Websocket<ScriptedStream> {
    let config = WebsocketConfig::new().with_max_outbound_bytes(limit);
    Websocket::from_parts(stream, Connection::established(&config).unwrap())
}

/// What a server makes of all that was written.
fn received(ws: &mut Websocket<ScriptedStream>) -> Vec<Message> {
    let bytes = ws.stream_mut().take_written();
    let mut server = WebSocket::from_raw_socket(std::io::Cursor::new(bytes), Role::Server, None);
    std::iter::from_fn(|| server.read().ok()).collect()
}

#[test]
fn a_message_is_written_in_place_with_the_header_of_its_length() {
    for len in [0, 1, 3, 125, 126, 127, 1000, 65_535, 65_536, 70_000] {
        for capacity in [len, len + 1, 100_000] {
            let mut ws = established(ScriptedStream::new(), 1 << 20);
            let payload: String = (0..len)
                .map(|index| char::from(b'a' + (index % 26) as u8))
                .collect();
            let mut frame = ws.text_frame(capacity).unwrap();
            frame.write_all(payload.as_bytes()).unwrap();
            frame.send().unwrap();
            assert_eq!(ws.stream().writes(), 1);
            assert_eq!(
                received(&mut ws),
                [Message::text(payload)],
                "{len} of {capacity}"
            );
        }
    }
}

#[test]
fn a_message_written_in_place_goes_behind_those_that_wait() {
    let mut ws = established(
        ScriptedStream::new()
            .write_limit(3)
            .write_would_block()
            .write_would_block(),
        1 << 20,
    );
    ws.send_text(true, Some(b"first")).unwrap();
    let mut frame = ws.binary_frame(300).unwrap();
    frame.unfilled_mut()[..3].copy_from_slice(&[1, 2, 3]);
    frame.advance(3);
    frame.send().unwrap();
    assert!(ws.flush().unwrap());
    assert_eq!(
        received(&mut ws),
        [Message::text("first"), Message::binary(vec![1, 2, 3])]
    );
}

#[test]
fn a_message_that_is_not_sent_leaves_nothing() {
    let mut ws = established(ScriptedStream::new(), 1 << 20);
    ws.text_frame(10).unwrap().write_all(b"forgotten").unwrap();
    ws.send_text(true, Some(b"sent")).unwrap();
    assert_eq!(received(&mut ws), [Message::text("sent")]);
}

#[test]
fn a_message_beyond_its_room_or_the_limit_is_refused() {
    let mut ws = established(ScriptedStream::new(), 100);
    assert!(matches!(ws.text_frame(100), Err(Error::OutboundFull)));
    let mut frame = ws.text_frame(4).unwrap();
    assert_eq!(
        frame.write_all(b"12345").unwrap_err().kind(),
        ErrorKind::WriteZero
    );
    frame.send().unwrap();
    assert_eq!(received(&mut ws), [Message::text("1234")]);
}

#[test]
fn parts_become_one_frame_under_one_mask() {
    let parts: [&[u8]; 5] = [
        b"a",
        b"",
        b"bcdefg",
        b"hi",
        b"0123456789012345678901234567890123456789",
    ];
    let mut ws = established(ScriptedStream::new(), 1 << 20);
    ws.send_text_parts(&parts).unwrap();
    ws.send_binary_parts(&[]).unwrap();
    let text = String::from_utf8(parts.concat()).unwrap();
    assert_eq!(
        received(&mut ws),
        [Message::text(text), Message::binary(Vec::new())]
    );
}

#[test]
fn fragments_are_joined_by_the_server() {
    let mut ws = established(ScriptedStream::new(), 1 << 20);
    let mut message = ws.fragmented_text();
    message.send(b"one, ").unwrap();
    message.send(b"two, ").unwrap();
    message.finish(b"three").unwrap();
    ws.fragmented_binary().finish(&[7]).unwrap();
    assert_eq!(
        received(&mut ws),
        [Message::text("one, two, three"), Message::binary(vec![7])]
    );
}

#[test]
fn a_message_left_under_way_refuses_others_until_it_is_ended() {
    let mut ws = established(ScriptedStream::new(), 1 << 20);
    ws.fragmented_text().send(b"half").unwrap();
    assert!(matches!(
        ws.text_frame(10),
        Err(Error::Misuse(Misuse::MessageUnderWay))
    ));
    assert!(matches!(
        ws.fragmented_text().send(b"x"),
        Err(Error::Misuse(Misuse::MessageUnderWay))
    ));
    ws.send_continuation(true, Some(b" done")).unwrap();
    assert_eq!(received(&mut ws), [Message::text("half done")]);
}

#[test]
fn what_is_queued_leaves_in_one_write() {
    let mut ws = established(ScriptedStream::new(), 1 << 20);
    for text in ["a", "b", "c"] {
        ws.queue_text(true, Some(text.as_bytes())).unwrap();
    }
    ws.queue_binary(true, Some(&[1])).unwrap();
    assert_eq!(ws.stream().writes(), 0);
    assert!(ws.flush().unwrap());
    assert_eq!(ws.stream().writes(), 1);
    assert_eq!(received(&mut ws).len(), 4);
}
