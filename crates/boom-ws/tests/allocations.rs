//! Nothing is allocated after warm-up, in either direction and by no way of sending or receiving.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::io::Write;
use std::time::Duration;

use boom_testkit::alloc::{self, CountingAllocator};
use boom_testkit::stream::ScriptedStream;
use boom_ws::{
    Connection, Heartbeat, Message, PreparedMessage, SlowConsumerPolicy, Websocket,
    WebsocketConfig, WebsocketFrame,
};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

const MESSAGES: usize = 10_000;
/// Turns before allocations are counted.
const WARM_UP: usize = 10;

/// A frame of a server.
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

fn established(stream: ScriptedStream, config: &WebsocketConfig) -> Websocket<ScriptedStream> {
    Websocket::from_parts(stream, Connection::established(config).unwrap())
}

/// A connection that receives `bytes` again and again, in reads of `piece` bytes.
fn receiving(bytes: &[u8], piece: usize) -> Websocket<ScriptedStream> {
    let input = bytes.repeat(MESSAGES + WARM_UP);
    let mut stream = ScriptedStream::new().read_in_pieces(&input, piece);
    // The answers to pings.
    stream.reserve_written(input.len() + (MESSAGES + WARM_UP) * 150);
    established(stream, &WebsocketConfig::new())
}

/// A connection whose peer takes all.
fn sending(bytes_a_turn: usize) -> Websocket<ScriptedStream> {
    let mut stream = ScriptedStream::new();
    stream.reserve_written((MESSAGES + WARM_UP) * bytes_a_turn);
    established(stream, &WebsocketConfig::new())
}

/// Takes so many messages, of which each is text of `len` bytes; control frames do not count.
fn take_messages(ws: &mut Websocket<ScriptedStream>, messages: usize, len: usize) {
    let mut count = 0;
    while count < messages {
        let mut batch = ws.read_messages().unwrap();
        while let Some(message) = batch.next_message().unwrap() {
            if let Message::Text(text) = message {
                assert_eq!(text.len(), len);
                count += 1;
                if count == messages {
                    break;
                }
            }
        }
    }
}

/// Takes so many frames.
fn take_frames(ws: &mut Websocket<ScriptedStream>, frames: usize) {
    let mut count = 0;
    while count < frames {
        for frame in ws.read_batch().unwrap().take(frames - count) {
            frame.unwrap();
            count += 1;
        }
    }
}

/// Asserts that after the warm-up no turn allocates.
#[track_caller]
fn assert_quiet(
    ws: &mut Websocket<ScriptedStream>,
    mut turn: impl FnMut(&mut Websocket<ScriptedStream>),
) {
    for _ in 0..WARM_UP {
        turn(ws);
    }
    let allocations = alloc::count(|| {
        for _ in 0..MESSAGES {
            turn(ws);
        }
    });
    assert_eq!(allocations.count, 0, "{allocations:?}");
}

#[test]
fn ten_thousand_messages_each_way_allocate_nothing() {
    let payload = [b'x'; 150];
    let mut ws = receiving(&frame(0x81, &payload), 2048);
    let mut turn = |messages: usize| {
        let mut count = 0;
        while count < messages {
            for frame in ws.read_batch().unwrap() {
                assert_eq!(frame.unwrap(), WebsocketFrame::Text(true, &payload));
                count += 1;
                if count == messages {
                    break;
                }
            }
        }
        for _ in 0..messages {
            ws.send_text(true, Some(&payload)).unwrap();
        }
    };
    turn(WARM_UP);
    assert_eq!(alloc::count(|| turn(MESSAGES)).count, 0);
}

#[test]
fn whole_messages_received_allocate_nothing() {
    let mut ws = receiving(&frame(0x81, &[b'x'; 150]), 2048);
    assert_quiet(&mut ws, |ws| take_messages(ws, 1, 150));
}

#[test]
fn fragmented_messages_received_allocate_nothing() {
    let payload = [b'x'; 100];
    let message = [
        frame(0x01, &payload),
        frame(0x89, b"p"),
        frame(0x00, &payload),
        frame(0x80, &payload),
    ]
    .concat();
    let mut ws = receiving(&message, 1000);
    assert_quiet(&mut ws, |ws| take_messages(ws, 1, 300));
    let mut ws = receiving(&message, 1000);
    assert_quiet(&mut ws, |ws| take_frames(ws, 4));
}

#[test]
fn fragmented_messages_sent_allocate_nothing() {
    let payload = [b'x'; 100];
    let mut ws = sending(700);
    assert_quiet(&mut ws, |ws| {
        ws.send_text(false, Some(&payload)).unwrap();
        ws.send_continuation(true, Some(&payload)).unwrap();
        let mut message = ws.fragmented_text();
        message.send(&payload).unwrap();
        message.send(&payload).unwrap();
        message.finish(&payload).unwrap();
    });
}

#[test]
fn messages_made_in_place_and_in_parts_allocate_nothing() {
    let payload = [b'x'; 150];
    let mut ws = sending(1000);
    assert_quiet(&mut ws, |ws| {
        let mut order = ws.text_frame(256).unwrap();
        write!(order, r#"{{"price":"{}"}}"#, payload.len()).unwrap();
        order.send().unwrap();
        let mut order = ws.binary_frame(payload.len()).unwrap();
        order.write_all(&payload).unwrap();
        order.send().unwrap();
        ws.send_text_parts(&[b"{", &payload, b"}"]).unwrap();
        ws.send_binary_parts(&[&payload, &payload]).unwrap();
        ws.queue_text(true, Some(&payload)).unwrap();
        ws.flush().unwrap();
    });
}

#[test]
fn pings_and_pongs_each_way_allocate_nothing() {
    let pings = [
        frame(0x89, b"one"),
        frame(0x8a, b"unasked"),
        frame(0x89, &[b'p'; 125]),
    ]
    .concat();
    let heartbeat = Heartbeat::new()
        .with_ping_every(Duration::from_nanos(2))
        .with_dead_peer_after(Duration::from_secs(1));
    let input = pings.repeat(MESSAGES + WARM_UP);
    let mut stream = ScriptedStream::new().read_in_pieces(&input, 300);
    stream.reserve_written((MESSAGES + WARM_UP) * 400);
    let mut ws = established(stream, &WebsocketConfig::new().with_heartbeat(heartbeat));
    let mut now_ns = 0;
    assert_quiet(&mut ws, |ws| {
        now_ns += 1;
        take_frames(ws, 3);
        ws.send_ping(Some(b"by hand")).unwrap();
        ws.send_pong(None).unwrap();
        ws.send_timed_ping(now_ns).unwrap();
        ws.handle_timeout(now_ns).unwrap();
    });
}

#[test]
fn long_messages_each_way_allocate_nothing() {
    let payload = vec![b'x'; 100_000];
    let turns = 20;
    let whole = frame(0x81, &payload);
    let mut stream = ScriptedStream::new().read_in_pieces(whole.repeat(2 * turns), 30_000);
    stream.reserve_written(2 * turns * (payload.len() + 14));
    let mut ws = established(stream, &WebsocketConfig::new());
    let mut turn = || {
        for _ in 0..turns {
            take_messages(&mut ws, 1, payload.len());
            ws.send_text(true, Some(&payload)).unwrap();
        }
    };
    turn();
    assert_eq!(alloc::count(turn).count, 0);
}

#[test]
fn writes_that_are_short_and_block_allocate_nothing() {
    let payload = [b'x'; 150];
    let mut stream = ScriptedStream::new();
    stream.reserve_written((MESSAGES + WARM_UP) * 400);
    for _ in 0..2 * (MESSAGES + WARM_UP) {
        stream = stream.write_limit(70).write_would_block().write_limit(300);
    }
    let mut ws = established(stream, &WebsocketConfig::new());
    assert_quiet(&mut ws, |ws| {
        ws.send_text(true, Some(&payload)).unwrap();
        ws.send_binary(true, Some(&payload)).unwrap();
        ws.flush().unwrap();
    });
}

#[test]
fn messages_refused_for_want_of_room_allocate_nothing() {
    let payload = [b'x'; 150];
    let mut ws = established(
        ScriptedStream::new().write_blocked(),
        &WebsocketConfig::new().with_max_outbound_bytes(1000),
    );
    assert_quiet(&mut ws, |ws| {
        for _ in 0..10 {
            // The first few of all turns fit.
            let _ = ws.send_text(true, Some(&payload));
        }
        assert!(ws.text_frame(150).is_err());
        assert!(ws.send_text_parts(&[&payload, &payload]).is_err());
    });
}

#[test]
fn pings_that_find_no_room_allocate_nothing() {
    const UNTIL_FULL: usize = 300;
    let mut bytes = Vec::new();
    for _ in 0..UNTIL_FULL + MESSAGES + WARM_UP {
        bytes.extend(frame(0x89, b"ping"));
    }
    let mut ws = established(
        ScriptedStream::new()
            .write_blocked()
            .read_in_pieces(&bytes, 6),
        &WebsocketConfig::new().with_max_outbound_bytes(100),
    );
    take_frames(&mut ws, UNTIL_FULL);
    assert_quiet(&mut ws, |ws| take_frames(ws, 1));
}

#[test]
fn prepared_messages_allocate_nothing() {
    let heartbeat = PreparedMessage::text(r#"{"method":"ping"}"#);
    let long = PreparedMessage::binary(&[7; 1000]);
    for zero_masks in [false, true] {
        let mut stream = ScriptedStream::new();
        stream.reserve_written((MESSAGES + WARM_UP) * 1100);
        let config = WebsocketConfig::new().dangerous_with_zero_masks(zero_masks);
        let mut ws = established(stream, &config);
        assert_quiet(&mut ws, |ws| {
            ws.send_prepared(&heartbeat).unwrap();
            ws.send_prepared(&long).unwrap();
        });
    }
}

#[test]
fn messages_conflated_and_dropped_allocate_nothing() {
    let by_symbol = SlowConsumerPolicy::conflate(|quote| quote.get(..1));
    for policy in [by_symbol, SlowConsumerPolicy::DropNewest] {
        let mut stream = ScriptedStream::new();
        stream.reserve_written((MESSAGES + WARM_UP) * 1000);
        let config = WebsocketConfig::new()
            .with_max_outbound_bytes(500)
            .with_slow_consumer_policy(policy);
        let mut ws = established(stream, &config);
        assert_quiet(&mut ws, |ws| {
            ws.stream_mut().set_write_blocked(true);
            for quote in [b"a1", b"b1", b"a2", b"c1", b"b2"] {
                let mut payload = [b' '; 150];
                payload[..2].copy_from_slice(quote);
                ws.send_text(true, Some(&payload)).unwrap();
            }
            ws.stream_mut().set_write_blocked(false);
            assert!(ws.flush().unwrap());
        });
        let counts = ws.slow_consumer_counts();
        assert!(
            counts.conflated + counts.dropped > MESSAGES as u64,
            "{counts:?}"
        );
    }
}
