//! The application asks the peer for a sign of life.

use boom_fix::session::{DisconnectReason, Event, SessionError};

use crate::pair::{Pair, SECOND};
use crate::peer::Peer;

/// The round trips that were told.
fn round_trips(peer: &mut Peer, text: &str) -> Vec<u64> {
    let bytes = peer.wire(text);
    assert_eq!(peer.side.inbox.extend(&bytes), bytes.len());
    let mut found = Vec::new();
    while let Some(event) = peer
        .side
        .session
        .poll_event(&mut peer.side.inbox, peer.now)
        .unwrap()
    {
        if let Event::TestAnswered { round_trip_ns } = event {
            found.push(round_trip_ns);
        }
    }
    found
}

#[test]
fn a_test_request_measures_the_line() {
    let mut peer = Peer::logged_on(|config| config);
    peer.side.session.test_request("ping", peer.now).unwrap();
    assert_eq!(peer.sent(), ["35=1|34=2|112=ping|"]);
    peer.now = peer.now.after_ns(2_500);
    // An ordinary heartbeat is none, nor is the answer to another question.
    assert_eq!(round_trips(&mut peer, "35=0|34=2|"), [0; 0]);
    assert_eq!(round_trips(&mut peer, "35=0|34=3|112=TEST|"), [0; 0]);
    assert_eq!(round_trips(&mut peer, "35=0|34=4|112=ping|"), [2_500]);
    assert_eq!(round_trips(&mut peer, "35=0|34=5|112=ping|"), [0; 0]);
    let statistics = peer.side.session.statistics();
    assert_eq!(statistics.last_round_trip_ns, Some(2_500));
    assert_eq!(statistics.test_requests_sent, 1);
}

#[test]
fn an_answer_behind_a_gap_is_measured_when_it_comes() {
    let mut peer = Peer::logged_on(|config| config);
    peer.side.session.test_request("ping", peer.now).unwrap();
    peer.now = peer.now.after_ns(700);
    assert_eq!(round_trips(&mut peer, "35=0|34=9|112=ping|"), [700]);
}

#[test]
fn without_an_answer_the_peer_is_given_up() {
    let mut peer = Peer::logged_on(|config| config);
    peer.side.session.test_request("ping", peer.now).unwrap();
    peer.now = peer.now.after_ns(20 * SECOND);
    // Asking again is no sign of life of the peer's.
    peer.side.session.test_request("pong", peer.now).unwrap();
    peer.now = peer.now.after_ns(10 * SECOND);
    peer.side.session.handle_timeout(peer.now).unwrap();
    peer.side.poll(peer.now).unwrap();
    assert_eq!(peer.side.ended, Some(DisconnectReason::HeartbeatTimeout));
}

#[test]
fn both_sides_of_ours_answer() {
    let mut pair = Pair::connected(|config| config);
    pair.venue.session.test_request("v", pair.now).unwrap();
    pair.run();
    let statistics = pair.venue.session.statistics();
    assert_eq!(statistics.last_round_trip_ns, Some(0));
}

#[test]
fn without_a_logon_nothing_is_asked() {
    let mut pair = Pair::new(|config| config);
    let error = pair.buyer.session.test_request("a", pair.now).unwrap_err();
    assert!(matches!(error, SessionError::NotLoggedOn));
}
