//! Clauses of RFC 6455 that no other test shows; `docs/rfc6455.md` lists all of them.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::collections::HashSet;
use std::io::ErrorKind;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use boom_testkit::stream::ScriptedStream;
use boom_ws::{
    CloseCode, CloseFrame, Connection, Error, Misuse, ProtocolError, Request, State, Websocket,
    WebsocketConfig, WebsocketFrame,
};

fn open() -> Connection {
    Connection::established(&WebsocketConfig::new()).unwrap()
}

fn established(stream: ScriptedStream) -> Websocket<ScriptedStream> {
    Websocket::from_parts(stream, open())
}

/// Feeds all of `bytes`; returns the frames as text, and the error that ended them.
fn received(connection: &mut Connection, bytes: &[u8]) -> (Vec<String>, Option<Error>) {
    assert_eq!(connection.handle_input(bytes), bytes.len());
    let mut frames = Vec::new();
    match connection.batch() {
        Ok(batch) => {
            for frame in batch {
                match frame {
                    Ok(frame) => frames.push(format!("{frame:?}")),
                    Err(error) => return (frames, Some(error)),
                }
            }
            (frames, None)
        }
        Err(error) => (frames, Some(error)),
    }
}

/// The code of a connection that is over, and whether it ended cleanly.
fn end(state: State<'_>) -> Option<(Option<CloseCode>, bool)> {
    match state {
        State::Closed { code, clean, .. } => Some((code, clean)),
        _ => None,
    }
}

#[track_caller]
fn assert_fails(bytes: &[u8], expected: ProtocolError) {
    let (_, error) = received(&mut open(), bytes);
    assert!(
        matches!(error, Some(Error::Protocol(error)) if error == expected),
        "{bytes:x?}: {error:?}"
    );
}

/// A frame of a client: its first byte, its masking key and its payload.
#[derive(Debug, PartialEq, Eq)]
struct Sent {
    first: u8,
    key: [u8; 4],
    payload: Vec<u8>,
}

impl Sent {
    fn plain(&self) -> (u8, &[u8]) {
        (self.first, &self.payload)
    }
}

/// Takes the frames that wait to be sent apart. A frame that is not masked fails the test.
fn sent(connection: &mut Connection) -> Vec<Sent> {
    let bytes = connection.outgoing().to_vec();
    connection.sent(bytes.len());
    frames(&bytes)
}

fn frames(mut bytes: &[u8]) -> Vec<Sent> {
    let mut frames = Vec::new();
    while let [first, second, rest @ ..] = bytes {
        // §5.3: "A masked frame MUST have the field frame-masked set to 1".
        assert_ne!(second & 0x80, 0, "a frame that is not masked");
        let (len, rest) = match second & 0x7f {
            126 => (
                usize::from(u16::from_be_bytes([rest[0], rest[1]])),
                &rest[2..],
            ),
            127 => {
                let len = u64::from_be_bytes(rest[..8].try_into().unwrap());
                (usize::try_from(len).unwrap(), &rest[8..])
            }
            len => (usize::from(len), rest),
        };
        let (key, rest) = rest.split_first_chunk::<4>().unwrap();
        let (masked, rest) = rest.split_at(len);
        let masks = key.iter().cycle();
        frames.push(Sent {
            first: *first,
            key: *key,
            payload: masked
                .iter()
                .zip(masks)
                .map(|(byte, mask)| byte ^ mask)
                .collect(),
        });
        bytes = rest;
    }
    frames
}

#[test]
fn rfc_4_1_the_key_is_sixteen_bytes_fresh_for_each_connection() {
    let mut keys = HashSet::new();
    for _ in 0..50 {
        let connection = Connection::client(&Request::new("h", "/"), &WebsocketConfig::new());
        let request = String::from_utf8(connection.outgoing().to_vec()).unwrap();
        let values: Vec<&str> = request
            .lines()
            .filter_map(|line| line.strip_prefix("Sec-WebSocket-Key: "))
            .collect();
        let [key] = values[..] else {
            panic!("{request}")
        };
        assert_eq!(STANDARD.decode(key).unwrap().len(), 16);
        keys.insert(key.to_owned());
    }
    assert_eq!(keys.len(), 50);
}

#[test]
fn rfc_4_1_a_connection_that_cannot_be_opened_fails() {
    for kind in [ErrorKind::ConnectionRefused, ErrorKind::NetworkUnreachable] {
        let stream = ScriptedStream::new().write_error(kind).read_error(kind);
        let mut ws = Websocket::client(stream, &Request::new("h", "/"), &WebsocketConfig::new());
        for _ in 0..2 {
            let error = ws.read_batch().map(drop).unwrap_err();
            assert!(
                matches!(&error, Error::Io(error) if error.kind() == kind),
                "{error:?}"
            );
        }
        assert_eq!(end(ws.state()), Some((None, false)));
    }
}

#[test]
fn rfc_5_1_every_frame_is_masked_with_a_key_of_its_own() {
    let mut ws = established(ScriptedStream::new().read(b"\x89\x01p\x88\x02\x03\xe8"));
    ws.send_text(true, Some(b"same")).unwrap();
    ws.send_text(true, Some(b"same")).unwrap();
    ws.send_binary(false, Some(b"same")).unwrap();
    ws.send_ping(Some(b"same")).unwrap();
    ws.send_continuation(true, Some(b"same")).unwrap();
    ws.send_pong(None).unwrap();
    ws.send_timed_ping(7).unwrap();
    ws.send_text(true, Some(&[b'a'; 300])).unwrap();
    ws.send_binary(true, Some(&[b'a'; 70_000])).unwrap();
    for frame in ws.read_batch().unwrap() {
        frame.unwrap();
    }
    let sent = frames(ws.stream().written());
    let firsts: Vec<u8> = sent.iter().map(|frame| frame.first).collect();
    assert_eq!(
        firsts,
        [
            0x81, 0x81, 0x02, 0x89, 0x80, 0x8a, 0x89, 0x81, 0x82, 0x8a, 0x88
        ]
    );
    let keys: HashSet<[u8; 4]> = sent.iter().map(|frame| frame.key).collect();
    assert!(keys.len() >= sent.len() - 1, "{sent:?}");
}

#[test]
fn rfc_5_2_each_reserved_bit_fails_on_each_kind_of_frame() {
    for bits in (0x10..=0x70).step_by(0x10) {
        for first in [0x81, 0x01, 0x82, 0x02, 0x88, 0x89, 0x8a] {
            assert_fails(&[first | bits, 0], ProtocolError::ReservedBits);
        }
        assert_fails(&[0x01, 0, bits, 0], ProtocolError::ReservedBits);
        assert_fails(&[0x01, 0, 0x80 | bits, 0], ProtocolError::ReservedBits);
    }
}

#[test]
fn rfc_5_2_each_reserved_opcode_fails() {
    for opcode in (0x3..=0x7).chain(0xb..=0xf) {
        let expected = ProtocolError::ReservedOpcode(opcode);
        assert_fails(&[0x80 | opcode, 0], expected);
        assert_fails(&[0x01, 0, 0x80 | opcode, 0], expected);
    }
}

#[test]
fn rfc_5_2_lengths_are_sent_in_their_shortest_form() {
    for (len, header_len) in [(0, 6), (125, 6), (126, 8), (65_535, 8), (65_536, 14)] {
        let mut connection = open();
        connection.send_binary(true, Some(&vec![7; len])).unwrap();
        assert_eq!(connection.outgoing().len(), header_len + len);
        assert_eq!(sent(&mut connection)[0].plain(), (0x82, &vec![7; len][..]));
    }
}

#[test]
fn rfc_5_4_control_frames_come_between_fragments() {
    let bytes = b"\x01\x01a\x89\x01p\x00\x01b\x8a\x01q\x89\x00\x80\x01c\x82\x01d";
    let (frames, error) = received(&mut open(), bytes);
    assert!(error.is_none());
    let expected = [
        WebsocketFrame::Text(false, b"a"),
        WebsocketFrame::Ping(b"p"),
        WebsocketFrame::Continuation(false, b"b"),
        WebsocketFrame::Pong(b"q"),
        WebsocketFrame::Ping(b""),
        WebsocketFrame::Continuation(true, b"c"),
        WebsocketFrame::Binary(true, b"d"),
    ];
    assert_eq!(frames, expected.map(|frame| format!("{frame:?}")));
}

#[test]
fn rfc_5_5_control_frames_of_ours_are_whole_and_short() {
    let mut connection = open();
    assert!(matches!(
        connection.send_ping(Some(&[0; 126])),
        Err(Error::Misuse(Misuse::ControlTooLong))
    ));
    assert!(matches!(
        connection.send_pong(Some(&[0; 126])),
        Err(Error::Misuse(Misuse::ControlTooLong))
    ));
    assert!(matches!(
        connection.send_close(Some(CloseCode::NORMAL), &"a".repeat(124)),
        Err(Error::Misuse(Misuse::ControlTooLong))
    ));
    assert!(connection.outgoing().is_empty());
    connection.send_ping(Some(&[1; 125])).unwrap();
    connection.send_pong(Some(&[2; 125])).unwrap();
    let reason = "a".repeat(123);
    connection
        .send_close(Some(CloseCode::NORMAL), &reason)
        .unwrap();
    let sent = sent(&mut connection);
    assert_eq!(sent[0].plain(), (0x89, &[1; 125][..]));
    assert_eq!(sent[1].plain(), (0x8a, &[2; 125][..]));
    let body = [&b"\x03\xe8"[..], reason.as_bytes()].concat();
    assert_eq!(sent[2].plain(), (0x88, &body[..]));
}

#[test]
fn rfc_5_5_1_no_frame_follows_a_close_frame_of_ours() {
    let mut connection = open();
    connection.send_binary(false, Some(b"a")).unwrap();
    connection.send_close(None, "").unwrap();
    let refused = [
        connection.send_text(true, Some(b"b")),
        connection.send_binary(true, Some(b"b")),
        connection.send_continuation(true, Some(b"b")),
        connection.send_ping(None),
        connection.send_pong(None),
        connection.send_close(Some(CloseCode::NORMAL), ""),
    ];
    for result in refused {
        assert!(matches!(result, Err(Error::Misuse(_))), "{result:?}");
    }
    let sent: Vec<u8> = sent(&mut connection)
        .iter()
        .map(|frame| frame.first)
        .collect();
    assert_eq!(sent, [0x02, 0x88]);
}

#[test]
fn rfc_5_5_2_a_ping_is_answered_until_the_peers_close_frame_has_come() {
    let mut connection = open();
    connection.send_close(Some(CloseCode::NORMAL), "").unwrap();
    received(&mut connection, b"\x89\x02hi");
    received(&mut connection, b"\x88\x02\x03\xe8\x89\x02no");
    let sent = sent(&mut connection);
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0].plain(), (0x88, &b"\x03\xe8"[..]));
    assert_eq!(sent[1].plain(), (0x8a, &b"hi"[..]));
}

#[test]
fn rfc_5_5_1_a_close_frame_is_answered_once() {
    for (close, answer) in [
        (&b"\x88\x00"[..], &b""[..]),
        (b"\x88\x02\x03\xe9", b"\x03\xe9"),
        (b"\x88\x09\x0f\xa0because", b"\x0f\xa0"),
    ] {
        let mut connection = open();
        // Two of them, and a ping behind the first.
        let (frames, _) = received(&mut connection, &[close, b"\x89\x00", close].concat());
        assert_eq!(frames.len(), 1);
        let sent = sent(&mut connection);
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].plain(), (0x88, answer));
    }
    // Both at the same time: ours was the answer to theirs.
    let mut connection = open();
    connection
        .send_close(Some(CloseCode::GOING_AWAY), "")
        .unwrap();
    received(&mut connection, b"\x88\x02\x03\xe8");
    assert_eq!(sent(&mut connection).len(), 1);
    let code = Some(CloseCode::NORMAL);
    assert_eq!(end(connection.state()), Some((code, true)));
}

#[test]
fn rfc_5_5_3_a_pong_has_the_payload_of_its_ping() {
    for len in 0..=125u8 {
        let payload: Vec<u8> = (0..len).map(|index| index.wrapping_mul(7)).collect();
        let mut connection = open();
        received(&mut connection, &[&[0x89, len], &payload[..]].concat());
        assert_eq!(sent(&mut connection)[0].plain(), (0x8a, &payload[..]));
    }
}

#[test]
fn rfc_5_5_3_a_pong_that_nobody_asked_for_is_no_fault() {
    let (frames, error) = received(&mut open(), b"\x8a\x03abc\x8a\x00");
    assert_eq!((frames.len(), error.is_none()), (2, true));
}

#[test]
fn rfc_5_7_the_examples_are_read() {
    let long = [&b"\x82\x7e\x01\x00"[..], &[5; 256]].concat();
    let longer = [&b"\x82\x7f\0\0\0\0\0\x01\0\0"[..], &[6; 65_536]].concat();
    let hello = [0x48, 0x65, 0x6c, 0x6c, 0x6f];
    let cases: [(&[u8], Vec<WebsocketFrame<'_>>); 5] = [
        (
            &[&[0x81, 0x05][..], &hello].concat(),
            vec![WebsocketFrame::Text(true, b"Hello")],
        ),
        (
            &[0x01, 0x03, 0x48, 0x65, 0x6c, 0x80, 0x02, 0x6c, 0x6f],
            vec![
                WebsocketFrame::Text(false, b"Hel"),
                WebsocketFrame::Continuation(true, b"lo"),
            ],
        ),
        (
            &[&[0x89, 0x05][..], &hello].concat(),
            vec![WebsocketFrame::Ping(b"Hello")],
        ),
        (&long, vec![WebsocketFrame::Binary(true, &[5; 256])]),
        (&longer, vec![WebsocketFrame::Binary(true, &[6; 65_536])]),
    ];
    for (bytes, expected) in cases {
        let mut connection = open();
        let mut rest = bytes;
        let mut got = Vec::new();
        while !rest.is_empty() {
            let taken = connection.handle_input(rest);
            rest = &rest[taken..];
            got.extend(
                connection
                    .batch()
                    .unwrap()
                    .map(|frame| format!("{:?}", frame.unwrap())),
            );
        }
        let expected: Vec<String> = expected.iter().map(|frame| format!("{frame:?}")).collect();
        assert_eq!(got, expected);
    }
}

#[test]
fn rfc_6_1_a_message_has_its_opcode_first_and_fin_last() {
    let mut connection = open();
    connection.send_text(false, Some(b"a")).unwrap();
    connection.send_continuation(false, Some(b"b")).unwrap();
    connection.send_continuation(true, Some(b"c")).unwrap();
    connection.send_binary(true, Some(b"d")).unwrap();
    let sent: Vec<u8> = sent(&mut connection)
        .iter()
        .map(|frame| frame.first)
        .collect();
    assert_eq!(sent, [0x01, 0x00, 0x80, 0x82]);
}

#[test]
fn rfc_6_1_a_message_is_not_sent_over_a_connection_that_is_over() {
    let mut ws = established(ScriptedStream::new().read(b"\x81\x01a\x88\x02\x03\xe9"));
    for frame in ws.read_batch().unwrap() {
        frame.unwrap();
    }
    let written = ws.stream().written().len();
    assert!(matches!(
        ws.send_text(true, Some(b"late")),
        Err(Error::Closed(Some(CloseCode::GOING_AWAY)))
    ));
    assert!(ws.flush().unwrap());
    assert_eq!(ws.stream().written().len(), written);
}

#[test]
fn rfc_7_1_4_a_close_is_clean_where_both_have_said_so() {
    let mut ws = established(ScriptedStream::new().read(b"\x88\x02\x03\xe8").eof());
    let _ = ws.read_batch().map(|frames| frames.count());
    let code = Some(CloseCode::NORMAL);
    assert_eq!(end(ws.state()), Some((code, true)));

    let mut ws = established(ScriptedStream::new().eof());
    ws.send_close(Some(CloseCode::NORMAL), "").unwrap();
    let _ = ws.read_batch().map(drop);
    assert!(ws.read_batch().is_err());
    assert_eq!(end(ws.state()), Some((None, false)));
}

#[test]
fn rfc_7_1_5_code_and_reason_are_those_of_the_first_close_frame() {
    let mut connection = open();
    let bytes = b"\x88\x07\x0f\xa0first\x88\x08\x03\xe8second";
    assert_eq!(connection.handle_input(bytes), bytes.len());
    let frame = connection.batch().unwrap().next().unwrap().unwrap();
    let code = CloseCode::new(4000).unwrap();
    let reason = "first";
    assert_eq!(
        frame,
        WebsocketFrame::Close(Some(CloseFrame { code, reason }))
    );
    assert_eq!(connection.close_reason(), "first");
    assert!(matches!(connection.batch().map(drop), Err(Error::Closed(Some(told))) if told == code));

    // §7.1.5: no code is what other interfaces call 1005, §7.1.6: and no reason is the empty one.
    let mut connection = open();
    received(&mut connection, b"\x88\x00");
    assert!(matches!(
        connection.batch().map(drop),
        Err(Error::Closed(None))
    ));
    assert_eq!(connection.close_reason(), "");
}

#[test]
fn rfc_7_1_7_nothing_is_looked_at_after_a_failure() {
    let mut connection = open();
    let (frames, error) = received(
        &mut connection,
        b"\x81\x01a\xf1\x00\x81\x01b\x88\x02\x03\xe8",
    );
    assert_eq!(frames.len(), 1);
    assert!(matches!(
        error,
        Some(Error::Protocol(ProtocolError::ReservedBits))
    ));
    connection.handle_input(b"\x81\x01c\x88\x02\x03\xe8");
    assert!(matches!(
        connection.batch().map(drop),
        Err(Error::Protocol(ProtocolError::ReservedBits))
    ));
    assert_eq!(sent(&mut connection).len(), 1);
    assert_eq!(end(connection.state()), Some((None, false)));
}

#[test]
fn rfc_7_2_1_a_connection_that_is_lost_fails() {
    for kind in [
        ErrorKind::ConnectionReset,
        ErrorKind::TimedOut,
        ErrorKind::BrokenPipe,
    ] {
        let mut ws = established(ScriptedStream::new().read(b"\x81\x05he").read_error(kind));
        assert!(ws.read_batch().unwrap().next().is_none());
        let error = ws.read_batch().map(drop).unwrap_err();
        assert!(
            matches!(&error, Error::Io(error) if error.kind() == kind),
            "{error:?}"
        );
        assert_eq!(end(ws.state()), Some((None, false)));
    }
}

#[test]
fn rfc_10_3_what_was_sent_cannot_be_changed_any_more() {
    let mut ws = established(ScriptedStream::new().write_limit(3).write_would_block());
    let mut payload = *b"GET / HTTP/1.1";
    ws.send_text(true, Some(&payload)).unwrap();
    payload.fill(b'x');
    while !ws.flush().unwrap() {}
    assert_eq!(frames(ws.stream().written())[0].payload, b"GET / HTTP/1.1");
}
