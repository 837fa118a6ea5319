//! What becomes of messages that the peer is too slow for, as a server reads the rest.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use boom_stream::Layer;
use boom_testkit::alloc::{self, CountingAllocator};
use boom_testkit::stream::ScriptedStream;
use boom_ws::{
    Connection, Error, Misuse, Request, SlowConsumerCounts, SlowConsumerPolicy, Websocket,
    WebsocketConfig,
};
use tungstenite::protocol::Role;
use tungstenite::{Message, WebSocket};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// Texts of the form `key value`; without a space there is no key.
fn key(message: &[u8]) -> Option<&[u8]> {
    let end = message.iter().position(|byte| *byte == b' ')?;
    message.get(..end)
}

fn established(
    stream: ScriptedStream,
    policy: SlowConsumerPolicy,
    limit: usize,
) -> Websocket<ScriptedStream> {
    let config = WebsocketConfig::new()
        .with_max_outbound_bytes(limit)
        .with_slow_consumer_policy(policy);
    Websocket::from_parts(stream, Connection::established(&config).unwrap())
}

/// Takes three bytes, and nothing more until [`recover`].
fn slow() -> ScriptedStream {
    ScriptedStream::new().write_limit(3).write_blocked()
}

/// Lets the peer read all that waits.
fn recover(ws: &mut Websocket<ScriptedStream>) {
    ws.stream_mut().set_write_blocked(false);
    assert!(ws.flush().unwrap());
}

fn send(ws: &mut Websocket<ScriptedStream>, texts: &[&str]) {
    for text in texts {
        ws.send_text(true, Some(text.as_bytes())).unwrap();
    }
}

fn received(ws: &mut Websocket<ScriptedStream>) -> Vec<Message> {
    let bytes = ws.stream_mut().take_written();
    let mut server = WebSocket::from_raw_socket(std::io::Cursor::new(bytes), Role::Server, None);
    std::iter::from_fn(|| server.read().ok()).collect()
}

fn counts(refused: u64, dropped: u64, conflated: u64) -> SlowConsumerCounts {
    let mut counts = SlowConsumerCounts::default();
    counts.refused = refused;
    counts.dropped = dropped;
    counts.conflated = conflated;
    counts
}

#[test]
fn by_default_a_message_that_does_not_fit_is_refused_and_counted() {
    let mut ws = established(slow(), SlowConsumerPolicy::Refuse, 24);
    send(&mut ws, &["ten bytes."]);
    let result = ws.send_text(true, Some(b"ten bytes more"));
    assert!(matches!(result, Err(Error::OutboundFull)), "{result:?}");
    assert_eq!(ws.slow_consumer_counts(), counts(1, 0, 0));
    recover(&mut ws);
    assert_eq!(received(&mut ws), [Message::text("ten bytes.")]);
}

#[test]
fn the_newest_is_dropped_and_counted() {
    let mut ws = established(slow(), SlowConsumerPolicy::DropNewest, 40);
    send(
        &mut ws,
        &["ten bytes.", "also ten..", "too many..", "and again."],
    );
    assert_eq!(ws.slow_consumer_counts(), counts(0, 2, 0));
    recover(&mut ws);
    send(&mut ws, &["later"]);
    assert_eq!(
        received(&mut ws),
        ["ten bytes.", "also ten..", "later"].map(Message::text)
    );
}

#[test]
fn what_can_never_be_sent_is_an_error_whatever_the_policy() {
    for policy in [
        SlowConsumerPolicy::Refuse,
        SlowConsumerPolicy::DropNewest,
        SlowConsumerPolicy::conflate(key),
    ] {
        let mut ws = established(ScriptedStream::new(), policy, 40);
        let result = ws.send_text(true, Some(&[b'x'; 41]));
        assert!(matches!(result, Err(Error::OutboundFull)), "{result:?}");
        assert_eq!(ws.slow_consumer_counts(), counts(1, 0, 0));
        assert_eq!(ws.stream().writes(), 0);
    }
}

#[test]
fn a_newer_message_takes_the_place_of_the_older_of_its_key() {
    let mut ws = established(slow(), SlowConsumerPolicy::conflate(key), 1000);
    send(
        &mut ws,
        &[
            "btc 1", // on the wire in part
            "btc 2", "eth 1", "nokey", "btc 3", "nokey", "eth 2",
        ],
    );
    assert_eq!(ws.slow_consumer_counts(), counts(0, 0, 2));
    recover(&mut ws);
    assert_eq!(
        received(&mut ws),
        ["btc 1", "btc 3", "eth 2", "nokey", "nokey"].map(Message::text)
    );
    // Nothing is left behind.
    send(&mut ws, &["btc 4"]);
    assert_eq!(received(&mut ws), [Message::text("btc 4")]);
}

#[test]
fn a_socket_that_takes_everything_sees_every_message() {
    let mut ws = established(
        ScriptedStream::new(),
        SlowConsumerPolicy::conflate(key),
        1000,
    );
    send(&mut ws, &["btc 1", "btc 2", "btc 3"]);
    assert_eq!(ws.slow_consumer_counts(), counts(0, 0, 0));
    assert_eq!(
        received(&mut ws),
        ["btc 1", "btc 2", "btc 3"].map(Message::text)
    );
}

#[test]
fn a_read_sends_what_was_conflated() {
    let mut ws = established(slow(), SlowConsumerPolicy::conflate(key), 1000);
    send(&mut ws, &["btc 1", "btc 2", "btc 3"]);
    ws.stream_mut().set_write_blocked(false);
    assert!(ws.read_batch().unwrap().next().is_none());
    assert_eq!(received(&mut ws), ["btc 1", "btc 3"].map(Message::text));
}

#[test]
fn the_order_holds_for_messages_that_cannot_be_conflated() {
    let mut ws = established(slow(), SlowConsumerPolicy::conflate(key), 1000);
    send(&mut ws, &["btc 1", "btc 2"]);
    assert!(matches!(ws.text_frame(10), Err(Error::OutboundFull)));
    let result = ws.send_text_parts(&[b"a", b"b"]);
    assert!(matches!(result, Err(Error::OutboundFull)));
    let result = ws.send_text(false, Some(b"part"));
    assert!(matches!(result, Err(Error::OutboundFull)));
    recover(&mut ws);
    ws.send_text(false, Some(b"part")).unwrap();
    let result = ws.send_text(true, Some(b"btc 9"));
    assert!(matches!(
        result,
        Err(Error::Misuse(Misuse::MessageUnderWay))
    ));
    ws.send_continuation(true, Some(b" two")).unwrap();
    assert_eq!(
        received(&mut ws),
        ["btc 1", "btc 2", "part two"].map(Message::text)
    );
}

#[test]
fn what_waits_to_be_conflated_has_a_limit() {
    let mut ws = established(slow(), SlowConsumerPolicy::conflate(key), 40);
    send(&mut ws, &["btc 1", "eth ten...", "sol ten..."]);
    let result = ws.send_text(true, Some(b"x more"));
    assert!(matches!(result, Err(Error::OutboundFull)), "{result:?}");
    send(&mut ws, &["sol 2"]);
    assert_eq!(ws.slow_consumer_counts(), counts(1, 0, 1));
    recover(&mut ws);
    assert_eq!(
        received(&mut ws),
        ["btc 1", "eth ten...", "sol 2"].map(Message::text)
    );
}

#[test]
fn what_would_wait_for_ever_is_refused() {
    let mut ws = established(slow(), SlowConsumerPolicy::conflate(key), 20);
    send(&mut ws, &["btc 1"]);
    let result = ws.send_text(true, Some(b"15 bytes it has"));
    assert!(matches!(result, Err(Error::OutboundFull)), "{result:?}");
    send(&mut ws, &["14 bytes it ha"]);
    recover(&mut ws);
    assert_eq!(
        received(&mut ws),
        ["btc 1", "14 bytes it ha"].map(Message::text)
    );
}

#[test]
fn a_close_frame_goes_behind_what_was_conflated() {
    let mut ws = established(slow(), SlowConsumerPolicy::conflate(key), 1000);
    send(&mut ws, &["btc 1", "btc 2", "btc 3"]);
    ws.send_close(None, "").unwrap();
    recover(&mut ws);
    assert_eq!(
        received(&mut ws)[..3],
        [
            Message::text("btc 1"),
            Message::text("btc 3"),
            Message::Close(None)
        ]
    );
    assert_eq!(ws.slow_consumer_counts(), counts(0, 0, 1));
}

#[test]
fn what_has_no_place_before_a_close_frame_is_counted_as_dropped() {
    let mut ws = established(slow(), SlowConsumerPolicy::conflate(key), 40);
    send(&mut ws, &["btc ten...", "eth ten...", "sol ten..."]);
    ws.send_close(None, "").unwrap();
    recover(&mut ws);
    assert_eq!(
        received(&mut ws)[..3],
        [
            Message::text("btc ten..."),
            Message::text("eth ten..."),
            Message::Close(None)
        ]
    );
    assert_eq!(ws.slow_consumer_counts(), counts(0, 1, 0));
}

#[test]
fn conflating_allocates_nothing_once_its_room_is_there() {
    let config = WebsocketConfig::new()
        .with_slow_consumer_policy(SlowConsumerPolicy::conflate(key))
        .with_predictable_masks([1; 32]);
    let mut connection = Connection::established(&config).unwrap();
    let mut round = || {
        for text in ["btc 1", "eth 1", "btc 2", "eth 2", "nokey", "eth 3"] {
            connection.send_text(true, Some(text.as_bytes())).unwrap();
            // The stream is slow.
            connection.sent(1);
        }
        while !connection.outgoing().is_empty() {
            connection.sent(connection.outgoing().len());
        }
    };
    round();
    let allocations = alloc::count(|| (0..100).for_each(|_| round()));
    assert_eq!(allocations.count, 0);
    assert_eq!(connection.slow_consumer_counts(), counts(0, 0, 2 * 101));
}

#[test]
fn messages_without_a_payload_count_too() {
    let mut ws = established(slow(), SlowConsumerPolicy::conflate(key), 100);
    send(&mut ws, &["btc 1"]);
    let taken = (0..1000)
        .take_while(|_| ws.send_text(true, None).is_ok())
        .count();
    assert_eq!(taken, 100 / 6);
}

#[test]
fn what_is_kept_for_later_messages_has_the_limit_too() {
    let config = WebsocketConfig::new()
        .with_max_outbound_bytes(10_000)
        .with_slow_consumer_policy(SlowConsumerPolicy::conflate(key));
    let mut connection = Connection::established(&config).unwrap();
    let allocations = alloc::count(|| {
        for round in 0..50 {
            for place in 0..50 {
                // A long one at another place each time.
                let len = if place == round { 9_000 } else { 10 };
                connection.send_text(true, Some(&vec![b'x'; len])).unwrap();
                connection.sent(1);
            }
            while !connection.outgoing().is_empty() {
                connection.sent(connection.outgoing().len());
            }
        }
    });
    // The messages themselves are 50 * 9,500 bytes; what is made for those that wait is a small part of that on top.
    assert!(allocations.bytes < 50 * 9_500 * 3, "{allocations:?}");
}

#[test]
fn a_refused_send_has_tried_to_send_what_waits() {
    for policy in [SlowConsumerPolicy::Refuse, SlowConsumerPolicy::DropNewest] {
        let mut ws = established(slow(), policy, 30);
        send(&mut ws, &["ten bytes."]);
        ws.stream_mut().set_write_blocked(false);
        // No read and no flush between.
        send(&mut ws, &["ten bytes and ten more", "x"]);
        assert_eq!(
            received(&mut ws),
            ["ten bytes.", "ten bytes and ten more", "x"].map(Message::text)
        );
        assert_eq!(ws.slow_consumer_counts(), counts(0, 0, 0));
    }
}

#[test]
fn queueing_is_no_sign_of_a_slow_peer() {
    let mut ws = established(
        ScriptedStream::new(),
        SlowConsumerPolicy::conflate(key),
        1000,
    );
    for text in ["btc 1", "btc 2", "btc 3"] {
        ws.queue_text(true, Some(text.as_bytes())).unwrap();
    }
    assert!(ws.flush().unwrap());
    assert_eq!(ws.stream().writes(), 1);
    assert_eq!(
        received(&mut ws),
        ["btc 1", "btc 2", "btc 3"].map(Message::text)
    );
}

#[test]
fn every_refusal_is_counted() {
    let mut ws = established(slow(), SlowConsumerPolicy::Refuse, 40);
    send(&mut ws, &["a message of 24 bytes..."]);
    let long = [b'x'; 30];
    assert!(ws.text_frame(30).is_err());
    assert!(ws.send_text_parts(&[&long]).is_err());
    assert!(
        ws.send_prepared(&boom_ws::PreparedMessage::binary(&long))
            .is_err()
    );
    ws.send_text(false, None).unwrap();
    assert!(ws.send_continuation(true, Some(&long)).is_err());
    assert_eq!(ws.slow_consumer_counts(), counts(4, 0, 0));
}

#[test]
fn what_waits_for_the_end_of_the_handshake_wants_no_write() {
    for policy in [
        SlowConsumerPolicy::Refuse,
        SlowConsumerPolicy::DropNewest,
        SlowConsumerPolicy::conflate(key),
    ] {
        let config = WebsocketConfig::new().with_slow_consumer_policy(policy);
        let request = Request::new("localhost:80", "/");
        let mut ws = Websocket::client(ScriptedStream::new(), &request, &config);
        assert!(ws.flush().unwrap());
        send(&mut ws, &["btc 1", "btc 2", "eth 1"]);
        assert!(!ws.wants_write());
        let head = String::from_utf8(ws.stream_mut().take_written()).unwrap();
        let (_, key) = head.split_once("Sec-WebSocket-Key: ").unwrap();
        let key = key.lines().next().unwrap();
        let accept = tungstenite::handshake::derive_accept_key(key.as_bytes());
        ws.stream_mut().push_read(format!(
            "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
        ));
        assert!(ws.read_batch().unwrap().next().is_none());
        assert!(ws.flush().unwrap());
        assert!(!ws.wants_write());
        // None waited for the peer.
        assert_eq!(
            received(&mut ws),
            ["btc 1", "btc 2", "eth 1"].map(Message::text)
        );
    }
}
