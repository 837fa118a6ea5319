//! Nothing is allocated after warm-up for compressed messages either, whatever was agreed on.
#![cfg(feature = "deflate")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use boom_testkit::alloc::{self, CountingAllocator};
use boom_testkit::stream::ScriptedStream;
use boom_ws::{DeflateConfig, Message, Request, Websocket, WebsocketConfig};
use flate2::{Compress, Compression, FlushCompress};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

const MESSAGES: usize = 1000;
/// Messages before allocations are counted, the longest among them.
const WARM_UP: usize = 20;

/// What the server answers to the offer.
const ANSWERS: [&str; 4] = [
    "permessage-deflate",
    "permessage-deflate; server_no_context_takeover",
    "permessage-deflate; client_no_context_takeover",
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits=9",
];

/// A connection whose server answers the offer by `answer` and then sends `bytes`, in reads of `piece` bytes.
fn agreed(answer: &str, bytes: &[u8], piece: usize) -> Websocket<ScriptedStream> {
    let config = WebsocketConfig::new()
        .with_predictable_masks([5; 32])
        .with_deflate(DeflateConfig::new().with_compress_from(16));
    let mut ws = Websocket::client(ScriptedStream::new(), &Request::new("h:81", "/"), &config);
    ws.flush().unwrap();
    let request = String::from_utf8(ws.stream_mut().take_written()).unwrap();
    let (_, key) = request.split_once("Sec-WebSocket-Key: ").unwrap();
    let (key, _) = key.split_once("\r\n").unwrap();
    let accept = tungstenite::handshake::derive_accept_key(key.as_bytes());
    ws.stream_mut().push_read(format!(
        "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\
         Sec-WebSocket-Extensions: {answer}\r\n\r\n"
    ));
    while ws.is_handshaking() {
        ws.read_batch().unwrap();
    }
    for piece in bytes.chunks(piece) {
        ws.stream_mut().push_read(piece);
    }
    ws
}

/// A message unlike the others; the longest is the first.
fn payload(index: usize) -> Vec<u8> {
    let repeat = if index == 0 { 40 } else { index % 8 + 1 };
    format!(r#"{{"e":"trade","s":"BTCUSDT","p":"61000.{index}","q":"0.{index}"}}"#)
        .repeat(repeat)
        .into_bytes()
}

/// Compressed messages, every other one in two frames with a ping between.
fn compressed(takeover: bool) -> Vec<u8> {
    let mut compress = Compress::new(Compression::default(), false);
    let mut bytes = Vec::new();
    for index in 0..MESSAGES + WARM_UP {
        if !takeover {
            compress.reset();
        }
        let mut out = Vec::with_capacity(10_000);
        let sync = FlushCompress::Sync;
        compress
            .compress_vec(&payload(index), &mut out, sync)
            .unwrap();
        out.truncate(out.len() - 4);
        if index % 2 == 0 {
            push_frame(&mut bytes, 0xc1, &out);
        } else {
            let (start, end) = out.split_at(out.len() / 2);
            push_frame(&mut bytes, 0x41, start);
            push_frame(&mut bytes, 0x89, b"between");
            push_frame(&mut bytes, 0x80, end);
        }
    }
    bytes
}

fn push_frame(bytes: &mut Vec<u8>, first: u8, payload: &[u8]) {
    match payload.len() {
        len @ 0..=125 => bytes.extend_from_slice(&[first, len as u8]),
        len => bytes.extend_from_slice(&[first, 126, (len >> 8) as u8, len as u8]),
    }
    bytes.extend_from_slice(payload);
}

/// Takes so many messages and returns the sum of their bytes.
fn take_messages(ws: &mut Websocket<ScriptedStream>, messages: usize) -> usize {
    let (mut count, mut sum) = (0, 0);
    while count < messages {
        let mut batch = ws.read_messages().unwrap();
        while let Some(message) = batch.next_message().unwrap() {
            if let Message::Text(text) = message {
                sum += text.len();
                count += 1;
                if count == messages {
                    break;
                }
            }
        }
    }
    sum
}

#[test]
fn compressed_messages_received_allocate_nothing() {
    for answer in ANSWERS {
        let takeover = !answer.contains("server_no_context_takeover");
        let mut ws = agreed(answer, &compressed(takeover), 500);
        ws.stream_mut().reserve_written(MESSAGES * 50);
        take_messages(&mut ws, WARM_UP);
        let mut sum = 0;
        let allocations = alloc::count(|| sum = take_messages(&mut ws, MESSAGES));
        assert_eq!(allocations.count, 0, "{answer}: {allocations:?}");
        let expected = (WARM_UP..WARM_UP + MESSAGES).map(|index| payload(index).len());
        assert_eq!(sum, expected.sum::<usize>());
    }
}

#[test]
fn compressed_messages_sent_allocate_nothing() {
    let payloads: Vec<Vec<u8>> = (0..MESSAGES + WARM_UP).map(payload).collect();
    for answer in ANSWERS {
        let mut ws = agreed(answer, b"", 1);
        ws.stream_mut().reserve_written(2 * payloads.concat().len());
        let (warm_up, payloads) = payloads.split_at(WARM_UP);
        let mut send = |payloads: &[Vec<u8>]| {
            for (index, payload) in payloads.iter().enumerate() {
                if index % 2 == 0 {
                    ws.send_text(true, Some(payload)).unwrap();
                } else {
                    let (start, end) = payload.split_at(payload.len() / 2);
                    let mut message = ws.fragmented_text();
                    message.send(start).unwrap();
                    message.finish(end).unwrap();
                }
            }
        };
        send(warm_up);
        let allocations = alloc::count(|| send(payloads));
        assert_eq!(allocations.count, 0, "{answer}: {allocations:?}");
    }
}

#[test]
fn messages_as_they_are_allocate_nothing_beside_compressed_ones() {
    let mut bytes = Vec::new();
    for index in 0..MESSAGES + WARM_UP {
        push_frame(&mut bytes, 0x81, &payload(index));
    }
    let mut ws = agreed(ANSWERS[0], &bytes, 500);
    ws.stream_mut().reserve_written(MESSAGES * 200);
    let mut turn = |messages| {
        take_messages(&mut ws, messages);
        for _ in 0..messages {
            ws.send_text(true, Some(b"short")).unwrap();
            ws.send_text_parts(&[b"in ", b"parts, not compressed"])
                .unwrap();
        }
    };
    turn(WARM_UP);
    assert_eq!(alloc::count(|| turn(MESSAGES)).count, 0);
}
