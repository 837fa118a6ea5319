//! Heartbeats, test requests, silence.

use std::time::Duration;

use boom_fix::session::DisconnectReason;

use crate::pair::{Pair, SECOND};
use crate::peer::Peer;

#[test]
fn idle_sides_send_heartbeats() {
    let mut pair = Pair::connected(|config| config.with_heartbeat(Duration::from_secs(5)));
    pair.pass(26);
    for side in [&pair.buyer, &pair.venue] {
        assert_eq!(side.session.statistics().heartbeats_sent, 5);
        assert_eq!(side.session.statistics().test_requests_sent, 0);
        assert!(side.session.is_logged_on());
    }
}

#[test]
fn constant_traffic_needs_no_heartbeat_but_the_other_side_does() {
    let mut pair = Pair::connected(|config| config.with_heartbeat(Duration::from_secs(5)));
    for second in 0..20 {
        pair.buyer.order(&second.to_string(), pair.now);
        pair.pass(1);
    }
    assert_eq!(pair.buyer.session.statistics().heartbeats_sent, 0);
    assert_eq!(pair.venue.session.statistics().heartbeats_sent, 4);
    assert!(pair.buyer.session.is_logged_on());
}

#[test]
fn a_silent_peer_is_asked_and_then_given_up() {
    let mut peer = Peer::logged_on(|config| config);
    let mut sent = Vec::new();
    let mut seconds = 0;
    while peer.side.ended.is_none() {
        seconds += 1;
        peer.now = peer.now.after_ns(SECOND);
        peer.side.session.handle_timeout(peer.now).unwrap();
        peer.side.poll(peer.now).unwrap();
        for message in peer.sent() {
            sent.push((seconds, message));
        }
        assert!(seconds < 100);
    }
    // Our heartbeats after 30 s; the request after 36 s.
    let expected = [(30, "35=0|34=2|"), (36, "35=1|34=3|112=TEST|")];
    let sent: Vec<_> = sent.iter().map(|(at, text)| (*at, text.as_str())).collect();
    assert_eq!(sent, expected);
    assert_eq!(
        (seconds, peer.side.ended),
        (66, Some(DisconnectReason::HeartbeatTimeout))
    );
}

#[test]
fn anything_is_a_sign_of_life() {
    let mut peer = Peer::logged_on(|config| config);
    peer.now = peer.now.after_ns(36 * SECOND);
    peer.side.session.handle_timeout(peer.now).unwrap();
    assert_eq!(peer.sent(), ["35=1|34=2|112=TEST|"]);
    peer.receive("35=D|34=2|11=a|");
    peer.now = peer.now.after_ns(35 * SECOND);
    peer.side.session.handle_timeout(peer.now).unwrap();
    assert_eq!(peer.sent(), ["35=0|34=3|"]);
    assert!(peer.side.session.is_logged_on());
}

#[test]
fn without_an_interval_there_are_no_heartbeats() {
    let mut peer = Peer::connected(|config| config.with_heartbeat(Duration::ZERO));
    peer.receive("35=A|34=1|98=0|108=0|");
    assert_eq!(peer.side.session.poll_timeout(), None);
    peer.now = peer.now.after_ns(1_000 * SECOND);
    peer.side.session.handle_timeout(peer.now).unwrap();
    assert!(peer.sent().is_empty());
}

#[test]
fn poll_timeout_says_when_to_come_back() {
    let mut peer = Peer::logged_on(|config| config);
    let due = peer.side.session.poll_timeout().unwrap();
    assert_eq!(due - peer.now.monotonic_ns, 30 * SECOND);
    peer.now = peer.now.after_ns(30 * SECOND);
    peer.side.session.handle_timeout(peer.now).unwrap();
    assert_eq!(peer.sent(), ["35=0|34=2|"]);
    let due = peer.side.session.poll_timeout().unwrap();
    // Now the peer's silence comes first.
    assert_eq!(due - peer.now.monotonic_ns, 6 * SECOND);
}

#[test]
fn a_test_request_in_the_middle_of_a_resend_is_answered() {
    let mut peer = Peer::logged_on(|config| config);
    for number in 0..3_000 {
        peer.side.order(&number.to_string(), peer.now);
        peer.sent();
    }
    let mut bytes = peer.wire("35=2|34=2|7=1|16=0|");
    bytes.extend(peer.wire("35=1|34=3|112=still-there|"));
    let sent = peer.receive_bytes(&bytes);
    assert!(sent.len() < 3_000);
    assert_eq!(sent.last().unwrap(), "35=0|34=3002|112=still-there|");
}
