//! Compressed messages (RFC 7692) on a connection; the peer's side is flate2 by miniz_oxide, which is not ours.
#![cfg(feature = "deflate")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use boom_testkit::stream::ScriptedStream;
use boom_ws::{
    DeflateConfig, Error, HandshakeError, Message, Misuse, PreparedMessage, ProtocolError, Request,
    SlowConsumerCounts, SlowConsumerPolicy, Websocket, WebsocketConfig, WebsocketFrame,
};
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress};

const SEED: [u8; 32] = [5; 32];
const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];

fn config() -> WebsocketConfig {
    WebsocketConfig::new()
        .with_predictable_masks(SEED)
        .with_deflate(DeflateConfig::new().with_compress_from(16))
}

/// A connection whose server answers the offer by `extensions`.
fn connected(config: &WebsocketConfig, extensions: &str) -> Websocket<ScriptedStream> {
    let mut ws = Websocket::client(ScriptedStream::new(), &Request::new("h:81", "/"), config);
    ws.flush().unwrap();
    let request = String::from_utf8(ws.stream_mut().take_written()).unwrap();
    assert!(
        request.contains("\r\nSec-WebSocket-Extensions: permessage-deflate"),
        "{request}"
    );
    let key = request
        .split("Sec-WebSocket-Key: ")
        .nth(1)
        .unwrap()
        .split("\r\n")
        .next()
        .unwrap();
    let accept = tungstenite::handshake::derive_accept_key(key.as_bytes());
    let answer = format!(
        "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n{extensions}\r\n"
    );
    ws.stream_mut().push_read(answer);
    ws
}

fn agreed(config: &WebsocketConfig) -> Websocket<ScriptedStream> {
    let mut ws = connected(config, "Sec-WebSocket-Extensions: permessage-deflate\r\n");
    assert!(ws.read_batch().unwrap().next().is_none());
    assert!(!ws.is_handshaking());
    ws
}

/// A server's compressor with context takeover.
struct Peer(Compress);

impl Peer {
    fn new() -> Self {
        Self(Compress::new(Compression::default(), false))
    }

    fn compress(&mut self, payload: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(payload.len() + 100);
        self.0
            .compress_vec(payload, &mut out, FlushCompress::Sync)
            .unwrap();
        assert!(out.ends_with(&TAIL));
        out.truncate(out.len() - TAIL.len());
        out
    }
}

fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        len @ 0..=125 => frame.push(len as u8),
        len => {
            frame.push(126);
            frame.extend_from_slice(&u16::try_from(len).unwrap().to_be_bytes());
        }
    }
    frame.extend_from_slice(payload);
    frame
}

fn receive(ws: &mut Websocket<ScriptedStream>, bytes: &[u8]) -> Result<Vec<String>, Error> {
    ws.stream_mut().push_read(bytes);
    let mut seen = Vec::new();
    let mut messages = ws.read_messages()?;
    while let Some(message) = messages.next_message()? {
        match message {
            Message::Text(text) => seen.push(text.to_owned()),
            Message::Binary(data) => seen.push(format!("{data:?}")),
            _ => {}
        }
    }
    Ok(seen)
}

const TRADE: &str = r#"{"e":"trade","s":"BTCUSDT","p":"61000.10","q":"0.5"}"#;

#[test]
fn compressed_messages_are_inflated_with_what_came_before() {
    let mut ws = agreed(&config());
    let mut peer = Peer::new();
    for _ in 0..100 {
        let bytes = frame(0xc1, &peer.compress(TRADE.as_bytes()));
        assert_eq!(receive(&mut ws, &bytes).unwrap(), [TRADE]);
        // One that is sent as it is does not disturb those that are not.
        assert_eq!(receive(&mut ws, &frame(0x81, b"plain")).unwrap(), ["plain"]);
    }
    assert_eq!(
        receive(&mut ws, &frame(0xc2, &peer.compress(&[1, 2]))).unwrap(),
        ["[1, 2]"]
    );
}

#[test]
fn a_compressed_message_in_fragments_with_a_ping_between_is_joined() {
    let compressed = Peer::new().compress(TRADE.as_bytes());
    for cut in 0..=compressed.len() {
        let mut ws = agreed(&config());
        let bytes = [
            frame(0x41, &compressed[..cut]),
            frame(0x89, b"p"),
            frame(0x00, b""),
            frame(0x80, &compressed[cut..]),
        ]
        .concat();
        assert_eq!(receive(&mut ws, &bytes).unwrap(), [TRADE], "cut at {cut}");
        assert_eq!(ws.stream().written()[0], 0x8a);
    }
}

#[test]
fn a_compressed_message_is_not_lent_as_frames() {
    let mut ws = agreed(&config());
    let bytes = [
        frame(0x81, b"a"),
        frame(0xc1, &Peer::new().compress(TRADE.as_bytes())),
    ]
    .concat();
    ws.stream_mut().push_read(bytes);
    let mut batch = ws.read_batch().unwrap();
    assert_eq!(
        batch.next().unwrap().unwrap(),
        WebsocketFrame::Text(true, b"a")
    );
    assert!(matches!(
        batch.next(),
        Some(Err(Error::Misuse(Misuse::Compressed)))
    ));
    assert!(batch.next().is_none());
    drop(batch);
    assert_eq!(
        receive(&mut ws, b"").unwrap(),
        [TRADE],
        "nothing is lost by it"
    );
}

#[track_caller]
fn assert_breaks(ws: &mut Websocket<ScriptedStream>, bytes: &[u8], expected: ProtocolError) {
    let Err(Error::Protocol(error)) = receive(ws, bytes) else {
        panic!("{expected:?}")
    };
    assert_eq!(error, expected);
    assert_eq!(ws.stream().written()[0], 0x88);
}

#[test]
fn each_broken_rule_has_its_error() {
    let corrupt = frame(0xc1, b"\xff\xff\xff");
    assert_breaks(
        &mut agreed(&config()),
        &corrupt,
        ProtocolError::InvalidDeflate,
    );
    assert_breaks(
        &mut agreed(&config()),
        &frame(0x41, b"")[..].repeat(2),
        ProtocolError::InterleavedMessage,
    );
    let continued = [frame(0x41, b""), frame(0xc0, b"")].concat();
    assert_breaks(
        &mut agreed(&config()),
        &continued,
        ProtocolError::ReservedBits,
    );
    assert_breaks(
        &mut agreed(&config()),
        &frame(0xc9, b""),
        ProtocolError::ReservedBits,
    );
    assert_breaks(
        &mut agreed(&config()),
        &frame(0xa1, b""),
        ProtocolError::ReservedBits,
    );
    let invalid = frame(0xc1, &Peer::new().compress(b"\xff\xfe"));
    assert_breaks(&mut agreed(&config()), &invalid, ProtocolError::InvalidUtf8);
    let mut plain = connected(&config(), "");
    assert!(plain.read_batch().unwrap().next().is_none());
    assert_breaks(&mut plain, &frame(0xc1, b""), ProtocolError::ReservedBits);
}

#[test]
fn a_bomb_is_stopped_at_the_limit() {
    let bomb = Peer::new().compress(&vec![0; 1 << 20]);
    let mut ws = agreed(&config().with_max_message_bytes(1 << 16));
    let expected = ProtocolError::MessageTooLong {
        len: (1 << 16) + 1,
        limit: 1 << 16,
    };
    assert_breaks(&mut ws, &frame(0xc2, &bomb), expected);
}

#[test]
fn an_answer_that_does_not_fit_the_offer_is_refused() {
    for answer in [
        "permessage-deflate; what=1",
        "permessage-deflate, permessage-deflate",
        "x-other",
    ] {
        let mut ws = connected(
            &config(),
            &format!("Sec-WebSocket-Extensions: {answer}\r\n"),
        );
        assert!(
            matches!(
                ws.read_batch(),
                Err(Error::Handshake(HandshakeError::Deflate(_)))
            ),
            "{answer}"
        );
    }
}

/// What the server makes of what was written: opcode with FIN and RSV1, and the payload, inflated where it has to be.
fn sent(ws: &mut Websocket<ScriptedStream>, inflate: &mut Decompress) -> Vec<(u8, String)> {
    let bytes = ws.stream_mut().take_written();
    let mut rest = bytes.as_slice();
    let mut frames = Vec::new();
    let mut compressed = false;
    while let [first, second, tail @ ..] = rest {
        let (len, tail) = match second & 0x7f {
            126 => (
                usize::from(u16::from_be_bytes([tail[0], tail[1]])),
                &tail[2..],
            ),
            len => (usize::from(len), tail),
        };
        let (key, tail) = tail.split_at(4);
        let mut payload: Vec<u8> = tail[..len]
            .iter()
            .zip(key.iter().cycle())
            .map(|(byte, mask)| byte ^ mask)
            .collect();
        rest = &tail[len..];
        if matches!(first & 0x0f, 1 | 2) {
            compressed = first & 0x40 != 0;
        }
        if compressed && first & 0x08 == 0 {
            if first & 0x80 != 0 {
                payload.extend_from_slice(&TAIL);
            }
            let mut out = Vec::with_capacity(10_000);
            inflate
                .decompress_vec(&payload, &mut out, FlushDecompress::Sync)
                .unwrap();
            payload = out;
        }
        frames.push((*first, String::from_utf8(payload).unwrap()));
    }
    frames
}

#[test]
fn messages_are_compressed_from_their_size_on() {
    let mut ws = agreed(&config());
    let mut inflate = Decompress::new(false);
    for _ in 0..50 {
        ws.send_text(true, Some(TRADE.as_bytes())).unwrap();
        ws.send_binary(true, Some(b"short")).unwrap();
        ws.send_text(false, Some(TRADE.as_bytes())).unwrap();
        ws.send_ping(Some(b"between")).unwrap();
        ws.send_continuation(true, Some(b"end")).unwrap();
        ws.send_text(false, Some(b"short")).unwrap();
        ws.send_continuation(true, Some(TRADE.as_bytes())).unwrap();
        let frames = sent(&mut ws, &mut inflate);
        let heads: Vec<u8> = frames.iter().map(|(first, _)| *first).collect();
        assert_eq!(heads, [0xc1, 0x82, 0x41, 0x89, 0x80, 0x01, 0x80]);
        let texts: Vec<&str> = frames.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(
            texts,
            [TRADE, "short", TRADE, "between", "end", "short", TRADE]
        );
    }
}

#[test]
fn a_refused_message_does_not_disturb_the_window() {
    let mut ws = agreed(&config().with_max_outbound_bytes(300));
    let mut inflate = Decompress::new(false);
    ws.queue_text(true, Some(TRADE.as_bytes())).unwrap();
    assert!(matches!(
        ws.queue_text(true, Some(&[b'x'; 200])),
        Err(Error::OutboundFull)
    ));
    assert!(ws.flush().unwrap());
    ws.send_text(true, Some(TRADE.as_bytes())).unwrap();
    let texts: Vec<String> = sent(&mut ws, &mut inflate)
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    assert_eq!(texts, [TRADE, TRADE]);
}

#[test]
fn a_message_that_has_no_room_to_be_compressed_in_is_sent_as_it_is() {
    for policy in [
        SlowConsumerPolicy::Refuse,
        SlowConsumerPolicy::DropNewest,
        SlowConsumerPolicy::conflate(|text| text.get(..1)),
    ] {
        let config = config()
            .with_max_outbound_bytes(300)
            .with_slow_consumer_policy(policy);
        let mut ws = agreed(&config);
        let mut inflate = Decompress::new(false);
        let text = "x".repeat(300 - 8);
        ws.send_text(true, Some(text.as_bytes())).unwrap();
        assert_eq!(sent(&mut ws, &mut inflate), [(0x81, text)]);
        assert_eq!(ws.slow_consumer_counts(), SlowConsumerCounts::default());
    }
}

#[test]
fn a_prepared_message_is_not_compressed() {
    let mut ws = agreed(&config());
    let mut inflate = Decompress::new(false);
    let prepared = PreparedMessage::text(TRADE);
    ws.send_prepared(&prepared).unwrap();
    ws.send_text(true, Some(TRADE.as_bytes())).unwrap();
    ws.queue_text(true, Some(TRADE.as_bytes())).unwrap();
    ws.send_prepared(&prepared).unwrap();
    let frames = sent(&mut ws, &mut inflate);
    assert!(frames.iter().all(|(_, text)| text == TRADE));
    let heads: Vec<u8> = frames.iter().map(|(first, _)| *first).collect();
    assert_eq!(heads, [0x81, 0xc1, 0xc1, 0x81]);
}

#[test]
fn prepared_and_compressed_messages_wait_and_are_dropped_by_one_policy() {
    let config = config()
        .with_max_outbound_bytes(300)
        .with_slow_consumer_policy(SlowConsumerPolicy::DropNewest);
    let mut ws = agreed(&config);
    let mut inflate = Decompress::new(false);
    let prepared = PreparedMessage::text(&"p".repeat(120));
    ws.stream_mut().set_write_blocked(true);
    ws.send_text(true, Some(TRADE.as_bytes())).unwrap();
    // The second has no room beside the first.
    ws.send_prepared(&prepared).unwrap();
    ws.send_prepared(&prepared).unwrap();
    let mut counts = SlowConsumerCounts::default();
    counts.dropped = 1;
    assert_eq!(ws.slow_consumer_counts(), counts);
    ws.stream_mut().set_write_blocked(false);
    assert!(ws.flush().unwrap());
    // The window of the compressor knows nothing of what was dropped.
    ws.send_text(true, Some(TRADE.as_bytes())).unwrap();
    let texts: Vec<String> = sent(&mut ws, &mut inflate)
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    assert_eq!(texts, [TRADE, &"p".repeat(120), TRADE]);
    assert_eq!(ws.slow_consumer_counts(), counts);
}

#[test]
fn compressed_text_that_is_not_utf8_fails_at_its_first_fragment() {
    for text in [&b"ends \xff here"[..], b"\xe2\x28 and more"] {
        let mut ws = agreed(&config());
        let part = Peer::new().compress(text);
        let error = receive(&mut ws, &frame(0x41, &part)).unwrap_err();
        assert!(
            matches!(error, Error::Protocol(ProtocolError::InvalidUtf8)),
            "{error}"
        );
    }
    // A character may be cut, but not at the end of the message.
    let mut ws = agreed(&config());
    let mut peer = Peer::new();
    // Within a message the bytes that end each of its parts stay.
    let first = [peer.compress(b"caf\xc3"), TAIL.to_vec()].concat();
    assert!(receive(&mut ws, &frame(0x41, &first)).unwrap().is_empty());
    let rest = peer.compress(b"\xa9");
    let seen = receive(&mut ws, &frame(0x80, &rest)).unwrap();
    assert_eq!(seen.len(), 1, "{seen:?}");
    let mut ws = agreed(&config());
    let cut = Peer::new().compress(b"caf\xc3");
    assert!(receive(&mut ws, &frame(0xc1, &cut)).is_err());
}
