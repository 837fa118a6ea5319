//! Real messages, cut at every byte, by frames and by messages, with and without compression: what comes out is what a
//! plain reading of the RFCs says.
//!
//! `differential_corpus.jsonl` has a message of each kind that exchanges send. Recordings in `../shared/data/ws` beside
//! the repository are taken too where they are, as many as fit in a few seconds.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::fs;
use std::path::Path;

use boom_testkit::stream::ScriptedStream;
use boom_ws::{Connection, Message, Websocket, WebsocketConfig, WebsocketFrame};

/// Bytes of recorded messages that are cut everywhere: each costs as many times its length.
const RECORDED_MAX: usize = 12_000;
/// Longer recorded messages are left to the fuzzer.
const RECORDED_MESSAGE_MAX: usize = 700;

/// One message a line.
fn corpus() -> Vec<String> {
    let committed = include_str!("differential_corpus.jsonl");
    let mut messages: Vec<String> = committed.lines().map(str::to_owned).collect();
    assert!(messages.len() >= 12);
    messages.extend(recorded());
    messages
}

/// The longest message of each recording that is not too long, and its first.
fn recorded() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/ws");
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut messages = Vec::new();
    let mut total = 0;
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        let fitting = text
            .lines()
            .filter(|line| line.len() <= RECORDED_MESSAGE_MAX);
        let chosen = text
            .lines()
            .next()
            .into_iter()
            .chain(fitting.max_by_key(|line| line.len()));
        for line in chosen.filter(|line| line.len() <= RECORDED_MESSAGE_MAX) {
            total += line.len();
            if total <= RECORDED_MAX {
                messages.push(line.to_owned());
            }
        }
    }
    messages
}

/// A frame of a server (RFC 6455 §5.2).
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let len = payload.len();
    let mut frame = match len {
        0..=125 => vec![first, len as u8],
        126..=65_535 => vec![first, 126, (len >> 8) as u8, len as u8],
        _ => [&[first, 127][..], &(len as u64).to_be_bytes()].concat(),
    };
    frame.extend_from_slice(payload);
    frame
}

/// A message in two frames with a ping between, and one behind it, so that a cut may lie before, in and after each.
fn in_fragments(first: u8, payload: &[u8]) -> Vec<u8> {
    let (start, end) = payload.split_at(payload.len() / 3);
    [
        frame(first & !0x80, start),
        frame(0x89, b"between"),
        frame(0x80, end),
        frame(0x81, b"next"),
    ]
    .concat()
}

fn established(stream: ScriptedStream) -> Websocket<ScriptedStream> {
    let config = WebsocketConfig::new().with_predictable_masks([3; 32]);
    Websocket::from_parts(stream, Connection::established(&config).unwrap())
}

/// What was lent: the opcode, whether it is the last frame of its message, and the payload.
type Lent = (u8, bool, Vec<u8>);

fn frames_of(ws: &mut Websocket<ScriptedStream>) -> Vec<Lent> {
    let mut lent = Vec::new();
    while !ws.stream().is_read_out() {
        for frame in ws.read_batch().unwrap() {
            lent.push(match frame.unwrap() {
                WebsocketFrame::Continuation(fin, payload) => (0, fin, payload.to_vec()),
                WebsocketFrame::Text(fin, payload) => (1, fin, payload.to_vec()),
                WebsocketFrame::Binary(fin, payload) => (2, fin, payload.to_vec()),
                WebsocketFrame::Ping(payload) => (9, true, payload.to_vec()),
                other => panic!("{other:?}"),
            });
        }
    }
    lent
}

fn messages_of(ws: &mut Websocket<ScriptedStream>) -> Vec<Lent> {
    let mut lent = Vec::new();
    while !ws.stream().is_read_out() {
        let mut messages = ws.read_messages().unwrap();
        while let Some(message) = messages.next_message().unwrap() {
            lent.push(match message {
                Message::Text(text) => (1, true, text.as_bytes().to_vec()),
                Message::Binary(payload) => (2, true, payload.to_vec()),
                Message::Ping(payload) => (9, true, payload.to_vec()),
                other => panic!("{other:?}"),
            });
        }
    }
    lent
}

/// The stream of `bytes` in two reads, cut there.
fn cut(stream: ScriptedStream, bytes: &[u8], at: usize) -> ScriptedStream {
    stream.read(&bytes[..at]).would_block().read(&bytes[at..])
}

#[test]
fn every_message_cut_at_every_byte_is_lent_as_frames() {
    for message in corpus() {
        let payload = message.as_bytes();
        let (start, end) = payload.split_at(payload.len() / 3);
        let whole = frame(0x81, payload);
        let fragments = in_fragments(0x81, payload);
        let of_fragments: [Lent; 4] = [
            (1, false, start.to_vec()),
            (9, true, b"between".to_vec()),
            (0, true, end.to_vec()),
            (1, true, b"next".to_vec()),
        ];
        for at in 0..=whole.len() {
            let mut ws = established(cut(ScriptedStream::new(), &whole, at));
            assert_eq!(
                frames_of(&mut ws),
                [(1, true, payload.to_vec())],
                "cut at {at}"
            );
        }
        for at in 0..=fragments.len() {
            let mut ws = established(cut(ScriptedStream::new(), &fragments, at));
            assert_eq!(frames_of(&mut ws), of_fragments, "cut at {at}");
        }
    }
}

#[test]
fn every_message_cut_at_every_byte_is_lent_as_a_message() {
    for message in corpus() {
        let payload = message.as_bytes();
        let fragments = in_fragments(0x82, payload);
        let expected: [Lent; 3] = [
            (9, true, b"between".to_vec()),
            (2, true, payload.to_vec()),
            (1, true, b"next".to_vec()),
        ];
        for at in 0..=fragments.len() {
            let mut ws = established(cut(ScriptedStream::new(), &fragments, at));
            assert_eq!(messages_of(&mut ws), expected, "cut at {at}");
        }
        let whole = frame(0x81, payload);
        for at in 0..=whole.len() {
            let mut ws = established(cut(ScriptedStream::new(), &whole, at));
            assert_eq!(
                messages_of(&mut ws),
                [(1, true, payload.to_vec())],
                "cut at {at}"
            );
        }
    }
}

#[test]
fn the_corpus_in_pieces_of_every_size_is_lent_in_order() {
    let messages = corpus();
    let input: Vec<u8> = messages
        .iter()
        .flat_map(|text| frame(0x81, text.as_bytes()))
        .collect();
    let expected: Vec<Lent> = messages
        .iter()
        .map(|text| (1, true, text.as_bytes().to_vec()))
        .collect();
    for piece in (1..64).chain([100, 1000, 4096, 16_384]) {
        let stream = || ScriptedStream::new().read_in_pieces(&input, piece);
        assert_eq!(
            frames_of(&mut established(stream())),
            expected,
            "in pieces of {piece}"
        );
        assert_eq!(
            messages_of(&mut established(stream())),
            expected,
            "in pieces of {piece}"
        );
    }
}

#[cfg(feature = "deflate")]
mod compressed {
    use boom_ws::{DeflateConfig, Request};
    use flate2::{Compress, Compression, FlushCompress};

    use super::*;

    /// A connection with compression whose server goes on with `bytes`, cut there.
    fn agreed(bytes: &[u8], at: usize) -> Websocket<ScriptedStream> {
        let config = WebsocketConfig::new()
            .with_predictable_masks([3; 32])
            // Nothing is sent.
            .with_deflate(DeflateConfig::new().with_compress_from(usize::MAX));
        let mut ws = Websocket::client(ScriptedStream::new(), &Request::new("h:81", "/"), &config);
        ws.flush().unwrap();
        let request = String::from_utf8(ws.stream_mut().take_written()).unwrap();
        let (_, key) = request.split_once("Sec-WebSocket-Key: ").unwrap();
        let (key, _) = key.split_once("\r\n").unwrap();
        let accept = tungstenite::handshake::derive_accept_key(key.as_bytes());
        // The first bytes come with the answer, as a server may send them.
        let mut answer = format!(
            "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\
             Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
        )
        .into_bytes();
        answer.extend_from_slice(&bytes[..at]);
        ws.stream_mut().push_read(answer);
        ws.stream_mut().push_read(&bytes[at..]);
        ws
    }

    fn compress(compress: &mut Compress, payload: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(payload.len() + 100);
        compress
            .compress_vec(payload, &mut out, FlushCompress::Sync)
            .unwrap();
        out.truncate(out.len() - 4);
        out
    }

    #[test]
    fn every_compressed_message_cut_at_every_byte_is_lent_as_a_message() {
        for message in corpus() {
            let payload = message.as_bytes();
            let mut server = Compress::new(Compression::default(), false);
            let first = compress(&mut server, payload);
            // Little more than a reference to the first.
            let second = compress(&mut server, payload);
            let bytes = [in_fragments(0xc1, &first), frame(0xc2, &second)].concat();
            let expected: [Lent; 4] = [
                (9, true, b"between".to_vec()),
                (1, true, payload.to_vec()),
                (1, true, b"next".to_vec()),
                (2, true, payload.to_vec()),
            ];
            for at in 0..=bytes.len() {
                assert_eq!(
                    messages_of(&mut agreed(&bytes, at)),
                    expected,
                    "cut at {at}"
                );
            }
        }
    }
}
