//! Connections that break anywhere.

use boom_fix::session::{DisconnectReason, SessionConfig, Store as _};

use crate::pair::Pair;
use crate::peer::Peer;

/// Both send five orders, and the connection breaks when so many bytes have come to the venue, and half as many to the
/// buyer; then they connect again.
fn cut_at(bytes: usize, configure: impl Fn(SessionConfig) -> SessionConfig) -> Option<Pair> {
    let mut pair = Pair::connected(configure);
    for number in 0..5 {
        pair.buyer.order(&format!("b{number}"), pair.now);
        pair.venue.order(&format!("v{number}"), pair.now);
    }
    let to_venue = pair.buyer.take_outgoing();
    let to_buyer = pair.venue.take_outgoing();
    if bytes > to_venue.len() {
        return None;
    }
    pair.venue.inbox.extend(&to_venue[..bytes]);
    pair.buyer.inbox.extend(&to_buyer[..bytes / 2]);
    pair.venue.poll(pair.now).unwrap();
    pair.buyer.poll(pair.now).unwrap();
    pair.cut();
    pair.connect();
    Some(pair)
}

fn expect_everything(mut pair: Pair) {
    pair.buyer.order("b5", pair.now);
    pair.venue.order("v5", pair.now);
    pair.run();
    let all = |letter: &str| -> Vec<String> {
        (0..6).map(|number| format!("{letter}{number}")).collect()
    };
    assert_eq!(pair.venue.journal, all("b"));
    assert_eq!(pair.buyer.journal, all("v"));
    let (buyer, venue) = (pair.buyer.session.store(), pair.venue.session.store());
    assert_eq!(buyer.next_outgoing(), venue.next_incoming());
    assert_eq!(venue.next_outgoing(), buyer.next_incoming());
}

#[test]
fn nothing_is_lost_or_doubled_wherever_the_connection_breaks() {
    for bytes in 0.. {
        let Some(pair) = cut_at(bytes, |config| config) else {
            assert!(bytes > 300);
            break;
        };
        expect_everything(pair);
    }
}

#[test]
fn the_same_in_chunks_of_two() {
    for bytes in (0..).step_by(7) {
        let Some(pair) = cut_at(bytes, |config| config.with_resend_chunk(2)) else {
            break;
        };
        expect_everything(pair);
    }
}

#[test]
fn with_next_expected_nothing_is_asked_for() {
    for bytes in (0..).step_by(7) {
        let Some(pair) = cut_at(bytes, |config| config.with_next_expected(true)) else {
            break;
        };
        for side in [&pair.buyer, &pair.venue] {
            assert_eq!(side.session.statistics().resend_requests_sent, 0);
        }
        expect_everything(pair);
    }
}

#[test]
fn next_expected_beyond_what_was_sent_is_refused() {
    let mut pair = Pair::connected(|config| config.with_next_expected(true));
    pair.cut();
    // The venue has lost its numbers.
    pair.venue.session.reset(pair.now).unwrap();
    pair.connect();
    assert!(!pair.buyer.session.is_logged_on());
    assert!(
        pair.buyer
            .told
            .iter()
            .any(|told| told.starts_with("logout: "))
    );
}

#[test]
fn an_answer_that_expects_more_than_was_sent_is_refused() {
    let mut peer = Peer::connected(|config| config.with_next_expected(true));
    let answer = peer.receive("35=A|34=1|98=0|108=30|789=7|");
    assert_eq!(answer, ["35=5|34=2|58=NextExpectedMsgSeqNum too high|"]);
    assert_eq!(peer.side.ended, Some(DisconnectReason::InvalidLogon));
}

#[test]
fn what_a_reset_at_the_end_loses_is_told() {
    // The logout is the first that shows the gap.
    let mut peer = Peer::logged_on(|config| config.with_reset_on_logout(true));
    assert_eq!(peer.receive("35=5|34=4|"), ["35=5|34=2|"]);
    assert!(peer.side.told.contains(&"missed 2 to 3".to_owned()));
    // The peer is asked, and breaks the connection; what came ahead goes too.
    let mut peer = Peer::logged_on(|config| config.with_reset_on_disconnect(true));
    peer.receive("35=D|34=4|11=a|");
    peer.receive("35=D|34=6|11=b|");
    peer.side.session.disconnected(peer.now).unwrap();
    peer.side.poll(peer.now).unwrap();
    assert!(peer.side.told.contains(&"missed 2 to 6".to_owned()));
    // Without a reset it is asked for again, after the next logon.
    let mut peer = Peer::logged_on(|config| config);
    peer.receive("35=5|34=4|");
    assert!(!peer.side.told.iter().any(|told| told.starts_with("missed")));
}

#[test]
fn a_message_counts_once_the_application_has_it() {
    let mut peer = Peer::logged_on(|config| config);
    let bytes = peer.wire("35=D|34=2|11=a|");
    let side = &mut peer.side;
    side.inbox.extend(&bytes);
    assert!(
        side.session
            .poll_event(&mut side.inbox, peer.now)
            .unwrap()
            .is_some()
    );
    // While the application works on it, a crash would bring it again.
    assert_eq!(side.session.store().next_incoming(), 2);
    assert!(
        side.session
            .poll_event(&mut side.inbox, peer.now)
            .unwrap()
            .is_none()
    );
    assert_eq!(side.session.store().next_incoming(), 3);
}

#[test]
fn bytes_may_come_one_by_one() {
    let mut whole = Peer::logged_on(|config| config);
    let mut pieces = Peer::logged_on(|config| config);
    let mut bytes = Vec::new();
    for text in [
        "35=D|34=2|11=a|",
        "35=D|34=5|11=d|",
        "35=D|34=3|43=Y|122=20240506-12:34:56|11=b|",
        "35=4|34=4|43=Y|122=20240506-12:34:56|123=Y|36=5|",
        "35=1|34=6|112=x|",
        "35=5|34=7|",
    ] {
        bytes.extend(whole.wire(text));
    }
    let sent = whole.receive_bytes(&bytes);
    let mut sent_by_pieces = Vec::new();
    for byte in bytes {
        sent_by_pieces.extend(pieces.receive_bytes(&[byte]));
    }
    assert_eq!(sent, sent_by_pieces);
    assert_eq!(whole.side.journal, ["a", "b", "d"]);
    assert_eq!(whole.side.journal, pieces.side.journal);
    assert_eq!(whole.side.told, pieces.side.told);
}
