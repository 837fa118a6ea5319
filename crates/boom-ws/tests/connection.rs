//! The sans-io core: every rule of the receiving side kept and broken, every cut, and a naive model beside it.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::io::ErrorKind;

use boom_ws::{
    CloseCode, Connection, Error, Misuse, ProtocolError, WebsocketConfig, WebsocketFrame,
};
use proptest::prelude::*;

/// A frame with its payload owned, so that it can be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Owned {
    opcode: u8,
    fin: bool,
    payload: Vec<u8>,
}

impl Owned {
    fn new(opcode: u8, fin: bool, payload: impl AsRef<[u8]>) -> Self {
        Self {
            opcode,
            fin,
            payload: payload.as_ref().to_vec(),
        }
    }

    fn of(frame: &WebsocketFrame<'_>) -> Self {
        match *frame {
            WebsocketFrame::Continuation(fin, data) => Self::new(0, fin, data),
            WebsocketFrame::Text(fin, data) => Self::new(1, fin, data),
            WebsocketFrame::Binary(fin, data) => Self::new(2, fin, data),
            WebsocketFrame::Ping(data) => Self::new(9, true, data),
            WebsocketFrame::Pong(data) => Self::new(10, true, data),
            WebsocketFrame::Close(None) => Self::new(8, true, []),
            WebsocketFrame::Close(Some(close)) => Self::new(
                8,
                true,
                [&close.code.value().to_be_bytes(), close.reason.as_bytes()].concat(),
            ),
        }
    }

    /// As a server sends it: RFC 6455 §5.2, in its shortest form and not masked.
    fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![self.opcode | if self.fin { 0x80 } else { 0 }];
        match self.payload.len() {
            len @ 0..=125 => bytes.push(len as u8),
            len @ 126..=65_535 => {
                bytes.push(126);
                bytes.extend_from_slice(&(len as u16).to_be_bytes());
            }
            len => {
                bytes.push(127);
                bytes.extend_from_slice(&(len as u64).to_be_bytes());
            }
        }
        bytes.extend_from_slice(&self.payload);
        bytes
    }
}

fn encode(frames: &[Owned]) -> Vec<u8> {
    frames.iter().flat_map(Owned::encode).collect()
}

fn open(config: &WebsocketConfig) -> Connection {
    Connection::established(config).unwrap()
}

/// Feeds `parts` one by one and gathers the frames, and the error that ended them.
fn received(connection: &mut Connection, parts: &[&[u8]]) -> (Vec<Owned>, Option<ProtocolError>) {
    let mut frames = Vec::new();
    for part in parts {
        let mut rest = *part;
        loop {
            let taken = connection.handle_input(rest);
            rest = &rest[taken..];
            match connection.batch() {
                Ok(batch) => {
                    for frame in batch {
                        match frame {
                            Ok(frame) => frames.push(Owned::of(&frame)),
                            Err(Error::Protocol(error)) => return (frames, Some(error)),
                            Err(error) => panic!("{error}"),
                        }
                    }
                }
                Err(Error::Closed(_)) => return (frames, None),
                Err(error) => panic!("{error}"),
            }
            if rest.is_empty() {
                break;
            }
        }
    }
    (frames, None)
}

/// What the client has to send, unmasked.
fn sent(connection: &mut Connection) -> Vec<Owned> {
    let bytes = connection.outgoing().to_vec();
    connection.sent(bytes.len());
    let mut rest = bytes.as_slice();
    let mut frames = Vec::new();
    while let [first, second, tail @ ..] = rest {
        assert_ne!(second & 0x80, 0, "a client masks every frame");
        let (len, tail) = match second & 0x7f {
            126 => (
                usize::from(u16::from_be_bytes([tail[0], tail[1]])),
                &tail[2..],
            ),
            127 => (
                u64::from_be_bytes(tail[..8].try_into().unwrap()) as usize,
                &tail[8..],
            ),
            len => (usize::from(len), tail),
        };
        let (key, tail) = tail.split_at(4);
        let payload: Vec<u8> = tail[..len]
            .iter()
            .zip(key.iter().cycle())
            .map(|(byte, mask)| byte ^ mask)
            .collect();
        frames.push(Owned::new(first & 0x0f, first & 0x80 != 0, payload));
        rest = &tail[len..];
    }
    frames
}

fn sample() -> Vec<Owned> {
    vec![
        Owned::new(1, true, r#"{"e":"trade","p":"61000.10"}"#),
        Owned::new(2, true, []),
        Owned::new(1, false, "κόσ"),
        Owned::new(9, true, "are you there"),
        Owned::new(0, false, "με"),
        Owned::new(10, true, []),
        Owned::new(0, true, []),
        Owned::new(2, true, vec![7; 126]),
        Owned::new(2, false, vec![8; 300]),
        Owned::new(0, true, vec![9; 1]),
        Owned::new(8, true, b"\x03\xe9restart"),
    ]
}

#[test]
fn frames_cut_at_every_byte_come_out_whole() {
    let frames = sample();
    let bytes = encode(&frames);
    for cut in 0..=bytes.len() {
        let mut connection = open(&WebsocketConfig::new());
        let (got, error) = received(&mut connection, &[&bytes[..cut], &bytes[cut..]]);
        assert_eq!(
            (got.as_slice(), error),
            (frames.as_slice(), None),
            "cut at {cut}"
        );
    }
    let mut connection = open(&WebsocketConfig::new());
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(received(&mut connection, &single), (frames, None));
}

#[test]
fn text_is_checked_across_fragments_cut_inside_a_character() {
    let text = "κόσμε".as_bytes();
    for cut in 0..=text.len() {
        let frames = [
            Owned::new(1, false, &text[..cut]),
            Owned::new(0, true, &text[cut..]),
        ];
        let mut connection = open(&WebsocketConfig::new());
        assert_eq!(
            received(&mut connection, &[&encode(&frames)]),
            (frames.to_vec(), None)
        );
    }
}

#[test]
fn a_batch_dropped_early_loses_nothing() {
    let frames = sample();
    let mut connection = open(&WebsocketConfig::new());
    connection.handle_input(&encode(&frames[..3]));
    for (left, expected) in [2, 1, 0].iter().zip(&frames[..3]) {
        let frame = connection.batch().unwrap().next().unwrap().unwrap();
        assert_eq!(&Owned::of(&frame), expected);
        assert_eq!(connection.has_unread(), *left > 0);
    }
    assert!(connection.batch().unwrap().next().is_none());
    assert!(!connection.has_unread());
}

#[track_caller]
fn assert_breaks(config: &WebsocketConfig, bytes: &[u8], expected: ProtocolError, code: u16) {
    let mut connection = open(config);
    assert_eq!(received(&mut connection, &[bytes]).1, Some(expected));
    let last = sent(&mut connection).pop().expect("a close frame");
    assert_eq!(
        (last.opcode, last.payload),
        (8, code.to_be_bytes().to_vec())
    );
    assert!(
        matches!(connection.batch(), Err(Error::Protocol(error)) if error == expected),
        "the error stays"
    );
    assert!(
        matches!(connection.send_text(true, None), Err(Error::Protocol(error)) if error == expected)
    );
}

#[test]
fn each_broken_rule_has_its_error_and_its_close_code() {
    let config = WebsocketConfig::new();
    let broken: [(&[u8], ProtocolError, u16); 17] = [
        (b"\xc1\x00", ProtocolError::ReservedBits, 1002),
        (b"\x83\x00", ProtocolError::ReservedOpcode(3), 1002),
        (b"\x87\x00", ProtocolError::ReservedOpcode(7), 1002),
        (b"\x8b\x00", ProtocolError::ReservedOpcode(11), 1002),
        (b"\x8f\x00", ProtocolError::ReservedOpcode(15), 1002),
        (
            b"\x81\x80\x00\x00\x00\x00",
            ProtocolError::MaskedFrame,
            1002,
        ),
        (b"\x81\x7e\x00\x7d", ProtocolError::LengthNotMinimal, 1002),
        (b"\x09\x00", ProtocolError::FragmentedControl, 1002),
        (b"\x89\x7e\x00\x7e", ProtocolError::ControlTooLong, 1002),
        (b"\x80\x00", ProtocolError::UnexpectedContinuation, 1002),
        (
            b"\x01\x01a\x81\x01b",
            ProtocolError::InterleavedMessage,
            1002,
        ),
        (
            b"\x02\x01a\x82\x01b",
            ProtocolError::InterleavedMessage,
            1002,
        ),
        (b"\x88\x01\x03", ProtocolError::CloseWithoutCode, 1002),
        (
            b"\x88\x02\x03\xed",
            ProtocolError::InvalidCloseCode(1005),
            1002,
        ),
        (b"\x88\x03\x03\xe8\xff", ProtocolError::InvalidUtf8, 1007),
        (b"\x81\x02\xc3\x28", ProtocolError::InvalidUtf8, 1007),
        (b"\x01\x01\xc3\x80\x00", ProtocolError::InvalidUtf8, 1007),
    ];
    for (bytes, error, code) in broken {
        assert_breaks(&config, bytes, error, code);
    }
}

#[test]
fn invalid_text_is_told_in_the_fragment_that_breaks_it() {
    let mut connection = open(&WebsocketConfig::new());
    let (frames, error) = received(&mut connection, &[b"\x01\x01\xc3\x00\x01\x28\x80\x00"]);
    assert_eq!((frames.len(), error), (1, Some(ProtocolError::InvalidUtf8)));
}

#[test]
fn invalid_text_is_told_before_its_frame_is_whole() {
    // A first frame, a continuation, and a character cut between what was looked at early and the rest.
    let first = [&b"\x81\x7d"[..], "κόσμε".as_bytes(), b"\xf4\x90"].concat();
    let continuation = [
        &b"\x01\x02\xce\xba\x80\x7d"[..],
        "όσμε".as_bytes(),
        b"\xf4\x90",
    ]
    .concat();
    for bytes in [first, continuation] {
        let mut connection = open(&WebsocketConfig::new());
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(
            received(&mut connection, &single).1,
            Some(ProtocolError::InvalidUtf8)
        );
        let mut connection = open(&WebsocketConfig::new());
        let (_, error) = received(
            &mut connection,
            &[&single[..single.len() - 1].concat(), b"", b"\x90"],
        );
        assert_eq!(error, Some(ProtocolError::InvalidUtf8));
    }
}

#[test]
fn limits_hold_for_frames_and_messages() {
    let config = WebsocketConfig::new()
        .with_max_frame_bytes(200)
        .with_max_message_bytes(300);
    let frame = |len| Owned::new(2, true, vec![1; len]).encode();
    assert_eq!(received(&mut open(&config), &[&frame(200)]).1, None);
    assert_breaks(
        &config,
        &frame(201),
        ProtocolError::FrameTooLong {
            len: 201,
            limit: 200,
        },
        1009,
    );
    // The length alone is enough: no byte of the payload is waited for.
    let huge = b"\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff";
    assert_breaks(
        &config,
        huge,
        ProtocolError::FrameTooLong {
            len: i64::MAX as u64,
            limit: 200,
        },
        1009,
    );
    let fragments = [
        Owned::new(2, false, vec![1; 200]),
        Owned::new(0, true, vec![1; 101]),
    ];
    assert_breaks(
        &config,
        &encode(&fragments),
        ProtocolError::MessageTooLong {
            len: 301,
            limit: 300,
        },
        1009,
    );
    let single = WebsocketConfig::new().with_max_message_bytes(99);
    assert_breaks(
        &single,
        &frame(100),
        ProtocolError::MessageTooLong {
            len: 100,
            limit: 99,
        },
        1009,
    );
}

#[test]
fn the_buffer_grows_with_what_came_not_with_what_was_announced() {
    let mut connection = open(&WebsocketConfig::new().with_read_window_bytes(1024));
    // 16 MiB announced, 100 KiB sent.
    let mut bytes = b"\x82\x7f\x00\x00\x00\x00\x01\x00\x00\x00".to_vec();
    bytes.resize(100 << 10, 5);
    let mut rest = bytes.as_slice();
    while !rest.is_empty() {
        rest = &rest[connection.handle_input(rest)..];
        assert!(connection.batch().unwrap().next().is_none());
    }
    // What it would still take without growing is bounded by what it holds.
    assert!(connection.handle_input(&vec![5; 1 << 20]) <= 128 << 10);
}

#[test]
fn pings_are_answered_in_order_with_their_payload() {
    let mut connection = open(&WebsocketConfig::new());
    let pings = [
        Owned::new(9, true, "one"),
        Owned::new(1, true, "x"),
        Owned::new(9, true, vec![0; 125]),
    ];
    assert_eq!(received(&mut connection, &[&encode(&pings)]).0.len(), 3);
    assert_eq!(
        sent(&mut connection),
        [
            Owned::new(10, true, "one"),
            Owned::new(10, true, vec![0; 125])
        ]
    );

    let mut silent = open(&WebsocketConfig::new().with_automatic_pong(false));
    received(&mut silent, &[&encode(&pings)]);
    assert!(silent.outgoing().is_empty());
}

#[test]
fn a_flood_of_pings_is_bounded_and_leaves_room_for_the_close_frame() {
    let mut connection = open(&WebsocketConfig::new().with_max_outbound_bytes(1000));
    for number in 0..1000u32 {
        received(
            &mut connection,
            &[&Owned::new(9, true, number.to_string()).encode()],
        );
    }
    assert!(connection.outgoing().len() <= 1000 + 2048);
    connection.send_ping(Some(b"mine")).unwrap();
    let frames = sent(&mut connection);
    let answered = frames.len() - 1;
    for (number, frame) in frames[..answered].iter().enumerate() {
        assert_eq!(frame, &Owned::new(10, true, number.to_string()));
    }
    assert_eq!(frames[answered], Owned::new(9, true, "mine"));
    // RFC 6455 §5.5.3: of those that found no room the latest is answered.
    assert_eq!(sent(&mut connection), [Owned::new(10, true, "999")]);

    for number in 0..1000u32 {
        received(
            &mut connection,
            &[&Owned::new(9, true, number.to_string()).encode()],
        );
    }
    while connection.send_ping(Some(&[7; 125])).is_ok() {}
    received(&mut connection, &[b"\xc1\x00"]);
    assert_eq!(
        sent(&mut connection).pop(),
        Some(Owned::new(8, true, b"\x03\xea"))
    );
}

#[test]
fn frames_before_the_end_of_the_stream_are_lent_first() {
    let mut connection = open(&WebsocketConfig::new());
    connection.handle_input(b"\x81\x01a\x81\x01b\x81\x05c");
    connection.handle_eof();
    assert_eq!(
        connection.batch().unwrap().next().unwrap().unwrap(),
        WebsocketFrame::Text(true, b"a")
    );
    let mut batch = connection.batch().unwrap();
    assert_eq!(
        batch.next().unwrap().unwrap(),
        WebsocketFrame::Text(true, b"b")
    );
    assert!(batch.next().is_none());
    drop(batch);
    for _ in 0..2 {
        assert!(
            matches!(connection.batch(), Err(Error::Io(error)) if error.kind() == ErrorKind::UnexpectedEof)
        );
    }
}

#[test]
fn what_a_header_breaks_is_told_before_its_payload_comes() {
    for (header, expected) in [
        (&b"\x83\x7d"[..], ProtocolError::ReservedOpcode(3)),
        (b"\x8b\x7d", ProtocolError::ReservedOpcode(11)),
        (b"\x80\x7d", ProtocolError::UnexpectedContinuation),
        (b"\x01\x00\x81\x7d", ProtocolError::InterleavedMessage),
    ] {
        let mut connection = open(&WebsocketConfig::new());
        assert_eq!(received(&mut connection, &[header]).1, Some(expected));
    }
}

#[test]
fn a_part_of_a_frame_is_nothing_to_come_back_for() {
    let mut connection = open(&WebsocketConfig::new());
    connection.handle_input(b"\x81\x05he");
    drop(connection.batch().unwrap());
    assert!(!connection.has_unread());
    connection.handle_input(b"llo\x81");
    drop(connection.batch().unwrap());
    assert!(connection.has_unread());
}

#[test]
fn a_close_frame_is_answered_once_with_its_code_and_ends_the_frames() {
    let mut connection = open(&WebsocketConfig::new());
    let bytes = b"\x88\x05\x0f\xa1bye\x81\x01x";
    let (frames, error) = received(&mut connection, &[bytes]);
    assert_eq!(
        (frames, error),
        (vec![Owned::new(8, true, b"\x0f\xa1bye")], None)
    );
    assert_eq!(sent(&mut connection), [Owned::new(8, true, b"\x0f\xa1")]);
    assert!(matches!(connection.batch(), Err(Error::Closed(Some(code))) if code.value() == 4001));
    assert!(matches!(
        connection.send_ping(None),
        Err(Error::Closed(Some(_)))
    ));
    assert!(connection.outgoing().is_empty());
}

#[test]
fn after_our_close_frame_only_pongs_are_sent_and_the_answer_ends_it() {
    let mut connection = open(&WebsocketConfig::new());
    connection
        .send_close(Some(CloseCode::NORMAL), "done")
        .unwrap();
    assert!(connection.is_closing());
    assert!(matches!(
        connection.send_text(true, None),
        Err(Error::Misuse(Misuse::Closing))
    ));
    assert_eq!(
        received(&mut connection, &[b"\x81\x01x\x89\x00\x88\x02\x03\xe8"])
            .0
            .len(),
        3
    );
    assert_eq!(
        sent(&mut connection),
        [
            Owned::new(8, true, b"\x03\xe8done"),
            Owned::new(10, true, b"")
        ]
    );
    assert!(matches!(
        connection.batch(),
        Err(Error::Closed(Some(CloseCode::NORMAL)))
    ));
}

#[test]
fn fragments_are_sent_in_order_or_refused() {
    let mut connection = open(&WebsocketConfig::new());
    assert!(matches!(
        connection.send_continuation(true, None),
        Err(Error::Misuse(_))
    ));
    connection.send_text(false, Some(b"a")).unwrap();
    assert!(matches!(
        connection.send_text(true, Some(b"b")),
        Err(Error::Misuse(_))
    ));
    assert!(matches!(
        connection.send_binary(true, Some(b"b")),
        Err(Error::Misuse(_))
    ));
    connection.send_ping(Some(b"p")).unwrap();
    connection.send_continuation(false, Some(b"c")).unwrap();
    connection.send_continuation(true, Some(b"d")).unwrap();
    connection.send_binary(true, None).unwrap();
    let expected = [
        Owned::new(1, false, "a"),
        Owned::new(9, true, "p"),
        Owned::new(0, false, "c"),
        Owned::new(0, true, "d"),
        Owned::new(2, true, ""),
    ];
    assert_eq!(sent(&mut connection), expected);
}

#[test]
fn a_full_outbound_buffer_refuses_the_whole_message() {
    let mut connection = open(&WebsocketConfig::new().with_max_outbound_bytes(64));
    connection.send_text(true, Some(&[b'a'; 50])).unwrap();
    assert!(matches!(
        connection.send_text(true, Some(b"bbb")),
        Err(Error::OutboundFull)
    ));
    assert!(matches!(
        connection.send_text(false, Some(&[b'b'; 100])),
        Err(Error::OutboundFull)
    ));
    // A control frame still fits, and the refused message has not been started.
    connection.send_ping(Some(b"p")).unwrap();
    let frames = sent(&mut connection);
    assert_eq!(
        frames,
        [Owned::new(1, true, [b'a'; 50]), Owned::new(9, true, "p")]
    );
    connection.send_text(true, Some(b"bbb")).unwrap();
}

#[test]
fn every_length_form_is_sent_right() {
    for len in [0, 1, 125, 126, 127, 65_535, 65_536, 200_000] {
        let mut connection = open(&WebsocketConfig::new());
        let payload: Vec<u8> = (0..len).map(|index| index as u8).collect();
        connection.send_binary(true, Some(&payload)).unwrap();
        assert_eq!(
            sent(&mut connection),
            [Owned::new(2, true, payload)],
            "{len}"
        );
    }
}

#[test]
fn masking_keys_follow_the_seed_and_only_then() {
    let config = WebsocketConfig::new().with_predictable_masks([7; 32]);
    let bytes = |config: &WebsocketConfig| {
        let mut connection = open(config);
        connection.send_text(true, Some(&[0; 100])).unwrap();
        connection.outgoing().to_vec()
    };
    assert_eq!(bytes(&config), bytes(&config));
    assert_ne!(
        bytes(&WebsocketConfig::new()),
        bytes(&WebsocketConfig::new())
    );
}

/// The rules of RFC 6455 §5.4 and §5.5 written as plainly as they can be, over whole frames.
fn naive(frames: &[Owned]) -> (Vec<Owned>, bool) {
    let mut good = Vec::new();
    let mut message: Option<(u8, Vec<u8>)> = None;
    for frame in frames {
        let text_so_far = |message: &Option<(u8, Vec<u8>)>| match message {
            Some((1, text)) => text.clone(),
            _ => Vec::new(),
        };
        let ok = match frame.opcode {
            0 => match &mut message {
                None => false,
                Some((_, data)) => {
                    data.extend_from_slice(&frame.payload);
                    let text = text_so_far(&message);
                    let valid = match std::str::from_utf8(&text) {
                        Ok(_) => true,
                        Err(error) => !frame.fin && error.error_len().is_none(),
                    };
                    if frame.fin {
                        message = None;
                    }
                    valid
                }
            },
            1 | 2 => {
                let valid = frame.opcode == 2
                    || match std::str::from_utf8(&frame.payload) {
                        Ok(_) => true,
                        Err(error) => !frame.fin && error.error_len().is_none(),
                    };
                let fresh = message.is_none();
                if !frame.fin {
                    message = Some((frame.opcode, frame.payload.clone()));
                }
                fresh && valid
            }
            9 | 10 => frame.fin && frame.payload.len() <= 125,
            _ => false,
        };
        if !ok {
            return (good, true);
        }
        good.push(frame.clone());
    }
    (good, false)
}

fn frame_strategy() -> impl Strategy<Value = Owned> {
    let opcode = prop_oneof![4 => Just(1u8), 4 => Just(2), 6 => Just(0), 2 => Just(9), 2 => Just(10), 1 => 3u8..8];
    let payload = prop_oneof![
        4 => "[a-zα-ω€]{0,40}".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..8),
        1 => prop::collection::vec(any::<u8>(), 120..300),
    ];
    (opcode, prop::bool::weighted(0.6), payload).prop_map(|(opcode, fin, payload)| {
        Owned::new(
            opcode,
            fin || (opcode > 7 && payload.len() % 16 != 0),
            payload,
        )
    })
}

proptest! {
    #[test]
    fn random_frames_under_random_cuts_are_judged_as_the_naive_model_does(
        frames in prop::collection::vec(frame_strategy(), 0..12),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let bytes = encode(&frames);
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let parts: Vec<&[u8]> = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
        let mut connection = open(&WebsocketConfig::new().with_read_window_bytes(64));
        let (got, error) = received(&mut connection, &parts);
        let (expected, broken) = naive(&frames);
        prop_assert_eq!(got, expected);
        prop_assert_eq!(error.is_some(), broken);
    }

    #[test]
    fn random_bytes_never_panic_and_never_come_out_longer(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let mut connection = open(&WebsocketConfig::new());
        let (frames, _) = received(&mut connection, &[&bytes]);
        prop_assert!(frames.iter().map(|frame| frame.payload.len() + 2).sum::<usize>() <= bytes.len());
    }
}
