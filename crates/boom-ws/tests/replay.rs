//! A recorded session is played to a client whose key and masks are others.
#![cfg(feature = "replay")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use boom_stream::record::{IntoRecordedStream, Recorder};
use boom_stream::replay::{Normalise, ReplayEnd, ReplayError, ReplayStream};
use boom_stream::tcp::TcpStream;
use boom_ws::replay::WebsocketNormaliser;
use boom_ws::{Error, IntoWebsocket, Request, Websocket, WebsocketConfig, WebsocketFrame};
use proptest::prelude::*;

/// RFC 6455 §1.3.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
const OTHER_KEY: &str = "AQIDBAUGBwgJCgsMDQ4PEA==";
const OTHER_ACCEPT: &str = "C/0nmHhBztSRGR1CwL6Tf4ZjwpY=";

fn request(key: &str) -> Vec<u8> {
    format!(
        "GET /ws?sec-websocket-key:=1 HTTP/1.1\r\nHost: h\r\nsec-websocket-KEY:{key}\r\n\
         Sec-WebSocket-Key-Not: {KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    .into_bytes()
}

fn answer(accept: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nX: Sec-WebSocket-Accept: 1\r\n\
         SEC-WebSocket-Accept: \t{accept}\r\nConnection: Upgrade\r\n\r\n\x01\x02Sec-WebSocket-Accept: {ACCEPT}\r\n"
    )
    .into_bytes()
}

/// RFC 6455 §5.2, as plainly as possible.
fn frame(first: u8, payload: &[u8], key: [u8; 4]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        len @ 0..126 => frame.push(0x80 | len as u8),
        len @ 126..=0xffff => {
            frame.push(0xfe);
            frame.extend((len as u16).to_be_bytes());
        }
        len => {
            frame.push(0xff);
            frame.extend((len as u64).to_be_bytes());
        }
    }
    frame.extend(key);
    let masked = payload.iter().zip(key.iter().cycle());
    frame.extend(masked.map(|(byte, mask)| byte ^ mask));
    frame
}

fn payload(len: usize) -> Vec<u8> {
    (0..len)
        .map(|index| (index * 7 + index / 251) as u8)
        .collect()
}

/// The same session by another client, as far as `key` and `mask` go.
fn session(key: &str, mask: [u8; 4], lens: &[usize]) -> Vec<u8> {
    let mut bytes = request(key);
    for (&len, turn) in lens.iter().zip(0..) {
        let mask = mask.map(|byte| byte.rotate_left(turn));
        bytes.extend(frame(0x81 + turn as u8 % 2, &payload(len), mask));
    }
    bytes
}

fn normal_in_pieces<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let (mut normaliser, mut normal) = (WebsocketNormaliser::new(), Vec::new());
    for piece in pieces {
        normaliser.normalise(piece, &mut normal);
    }
    normal
}

fn normal(bytes: &[u8]) -> Vec<u8> {
    normal_in_pieces([bytes])
}

#[test]
fn key_and_masks_are_all_that_is_taken_out() {
    let lens = [0, 1, 5, 125, 126, 127, 65_535, 65_536, 70_001, 3];
    let normal_form = normal(&session(KEY, [0x37, 0xfa, 0x21, 0x3d], &lens));
    assert_eq!(normal_form, session("", [0; 4], &lens));
    assert_eq!(
        normal_form,
        normal(&session(OTHER_KEY, [1, 2, 3, 4], &lens))
    );
}

#[test]
fn a_frame_without_a_mask_stays_as_it_is() {
    let mut bytes = request(KEY);
    bytes.extend(b"\x81\x05Hello\x82\x00\x81\x7e\x00\x02hi");
    bytes.extend(frame(0x88, &[3, 232], [9; 4]));
    let normal_form = normal(&bytes);
    assert!(
        normal_form.ends_with(b"\x81\x05Hello\x82\x00\x81\x7e\x00\x02hi\x88\x82\0\0\0\0\x03\xe8")
    );
}

#[test]
fn the_cut_does_not_matter() {
    let bytes = session(KEY, [0x37, 0xfa, 0x21, 0x3d], &[0, 5, 126, 65_536, 2]);
    let whole = normal(&bytes);
    // Everywhere but in the middle of the long payload.
    let cuts = (0..1000).chain(bytes.len() - 1000..=bytes.len());
    for cut in cuts {
        let (first, second) = bytes.split_at(cut);
        assert_eq!(normal_in_pieces([first, second]), whole, "cut at {cut}");
    }
    assert_eq!(normal_in_pieces(bytes.chunks(1)), whole);
}

/// What is read where `recorded` comes in pieces and this run's client has sent `key`.
fn adapted<'a>(key: &str, recorded: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut normaliser = WebsocketNormaliser::new();
    normaliser.normalise(&request(key), &mut Vec::new());
    let mut read = Vec::new();
    for piece in recorded {
        let mut piece = piece.to_vec();
        normaliser.adapt(&mut piece);
        read.extend(piece);
    }
    read
}

#[test]
fn the_answer_is_that_to_the_key_of_this_run() {
    let recorded = answer(ACCEPT);
    assert_eq!(adapted(KEY, [&recorded[..]]), recorded);
    for cut in 0..=recorded.len() {
        let (first, second) = recorded.split_at(cut);
        let read = adapted(OTHER_KEY, [first, second]);
        assert_eq!(read, answer(OTHER_ACCEPT), "cut at {cut}");
    }
    assert_eq!(adapted(OTHER_KEY, recorded.chunks(1)), answer(OTHER_ACCEPT));
}

#[test]
fn the_answer_behind_interim_ones_is_found() {
    let interim =
        b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n".to_vec();
    let recorded = [interim.clone(), answer(ACCEPT)].concat();
    assert_eq!(
        adapted(OTHER_KEY, [&recorded[..]]),
        [interim, answer(OTHER_ACCEPT)].concat()
    );
}

#[test]
fn a_refusal_stays_as_it_is() {
    let recorded = b"HTTP/1.1 503 Busy\r\nRetry-After: 1\r\n\r\nSec-WebSocket-Accept: 123".to_vec();
    assert_eq!(adapted(OTHER_KEY, [&recorded[..]]), recorded);
}

#[test]
fn without_a_key_nothing_is_adapted() {
    let mut recorded = answer(ACCEPT);
    WebsocketNormaliser::new().adapt(&mut recorded);
    assert_eq!(recorded, answer(ACCEPT));
    let too_long = "x".repeat(1 << 16);
    assert_eq!(adapted(&too_long, [&recorded[..]]), answer(ACCEPT));
    assert_eq!(adapted("", [&recorded[..]]), answer(ACCEPT));
}

/// It has nothing on the heap.
#[test]
fn it_keeps_a_key_and_a_header() {
    const { assert!(size_of::<WebsocketNormaliser>() <= 256) };
    assert!(!std::mem::needs_drop::<WebsocketNormaliser>());
}

proptest! {
    #[test]
    fn any_bytes_cut_anywhere_come_to_the_same(
        tail in prop::collection::vec(any::<u8>(), 0..400),
        has_head in any::<bool>(),
        sizes in prop::collection::vec(1usize..40, 1..30),
    ) {
        let head = if has_head { request(KEY) } else { Vec::new() };
        let bytes = [head, tail].concat();
        let mut pieces = Vec::new();
        let mut rest = &bytes[..];
        for &size in sizes.iter().cycle() {
            let (piece, others) = rest.split_at(size.min(rest.len()));
            pieces.push(piece);
            rest = others;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(normal_in_pieces(pieces.iter().copied()), normal(&bytes));
        prop_assert_eq!(adapted(KEY, pieces), adapted(KEY, [&bytes[..]]));
    }

    #[test]
    fn masks_do_not_matter(
        frames in prop::collection::vec((any::<u8>(), 0usize..300, any::<[u8; 4]>(), any::<[u8; 4]>()), 0..10),
    ) {
        let with = |choose: fn(&[u8; 4], &[u8; 4]) -> [u8; 4]| {
            let mut bytes = request(KEY);
            for (first, len, one, other) in &frames {
                bytes.extend(frame(*first, &payload(*len), choose(one, other)));
            }
            normal(&bytes)
        };
        let unmasked = with(|one, _| *one);
        prop_assert_eq!(&unmasked, &with(|_, other| *other));
        let mut expected = request("");
        for (first, len, ..) in &frames {
            expected.extend(frame(*first, &payload(*len), [0; 4]));
        }
        prop_assert_eq!(unmasked, expected);
    }
}

/// Sends messages of several lengths and reads them back.
fn converse<S: Read + Write>(ws: &mut Websocket<S>, lens: &[usize]) -> Result<Vec<Vec<u8>>, Error> {
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut received = Vec::new();
    for (count, &len) in lens.iter().enumerate() {
        ws.send_binary(true, Some(&payload(len)))?;
        while received.len() <= count {
            for frame in ws.read_batch()? {
                if let WebsocketFrame::Binary(_, data) = frame? {
                    received.push(data.to_vec());
                }
            }
            assert!(Instant::now() < deadline, "no answer within a minute");
        }
    }
    Ok(received)
}

const LENS: [usize; 8] = [0, 1, 125, 126, 127, 4000, 65_536, 5];

/// Serves one connection, by code that is not ours, and returns the port.
fn echo() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut server = tungstenite::accept(stream).unwrap();
        while let Ok(message) = server.read() {
            server.send(message).unwrap();
        }
    });
    port
}

fn record(name: &str) -> (PathBuf, Vec<Vec<u8>>) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("boom-ws-replay");
    let _ = std::fs::remove_file(folder.join(name).with_extension("pcapng"));
    let port = echo();
    let stream = TcpStream::try_from(("127.0.0.1", port)).unwrap();
    let recorder = Recorder::builder(&folder).name(name).build();
    let recorded = stream.into_recorded_stream_with(&recorder).unwrap();
    let received = converse(&mut recorded.into_websocket("/"), &LENS).unwrap();
    (folder.join(name).with_extension("pcapng"), received)
}

#[test]
fn a_session_verifies_and_replays_under_new_masks() {
    let (path, received) = record("verified");
    let lens: Vec<_> = received.iter().map(Vec::len).collect();
    assert_eq!(lens, LENS);
    for _ in 0..2 {
        let mut stream = ReplayStream::builder()
            .verify_normalised(WebsocketNormaliser::new())
            .open(&path)
            .unwrap();
        let request = Request::new(stream.connection_info().to_string(), "/");
        let mut ws = Websocket::client(&mut stream, &request, &WebsocketConfig::default());
        assert_eq!(converse(&mut ws, &LENS).unwrap(), received);
        drop(ws);
        let summary = stream.finish().unwrap();
        assert_eq!((summary.unread_bytes, summary.unwritten_bytes), (0, 0));
        assert!(summary.verified_bytes > LENS.iter().sum::<usize>() as u64);
    }
}

#[test]
fn a_session_replays_to_a_client_that_is_not_verified() {
    let (path, received) = record("adapted");
    let stream = ReplayStream::builder()
        .adapt(WebsocketNormaliser::new())
        .open(&path)
        .unwrap();
    let mut ws = stream.into_websocket("/");
    assert_eq!(converse(&mut ws, &LENS).unwrap(), received);
    assert!(converse(&mut ws, &[1]).is_err());
    assert_eq!(ws.stream().end(), Some(ReplayEnd::Finished));
}

#[test]
fn another_message_than_the_recorded_one_is_told() {
    let (path, _) = record("different");
    let stream = ReplayStream::builder()
        .verify_normalised(WebsocketNormaliser::new())
        .open(&path)
        .unwrap();
    let mut ws = stream.into_websocket("/");
    assert!(converse(&mut ws, &[0, 1, 124]).is_err());
    assert!(matches!(
        ws.stream().error(),
        Some(ReplayError::Differs {
            recorded: 0xfd,
            written: 0xfc,
            ..
        })
    ));
}
