//! Sends that are refused, and sends that wait.

use std::time::Duration;

use boom_fix::EncodeError;
use boom_fix::session::{DisconnectReason, OfflineSend, SessionError, SlowConsumer, Store as _};

use crate::pair::{Pair, START};
use crate::peer::Peer;

#[test]
fn without_a_logon_sends_are_refused() {
    let mut pair = Pair::new(|config| config);
    let error = pair.buyer.session.send("D", START, |_| {}).unwrap_err();
    assert!(matches!(error, SessionError::NotLoggedOn));
    assert_eq!(pair.buyer.session.store().next_outgoing(), 1);
}

#[test]
fn messages_sent_offline_come_after_the_logon() {
    let mut pair = Pair::new(|config| config.with_offline_send(OfflineSend::Queue));
    assert_eq!(pair.buyer.order("a", START), 1);
    assert_eq!(pair.buyer.order("b", START), 2);
    assert!(pair.buyer.session.outgoing().is_empty());
    pair.connect();
    assert_eq!(pair.venue.journal, ["a", "b"]);
    pair.buyer.order("c", START);
    pair.run();
    assert_eq!(pair.venue.journal, ["a", "b", "c"]);
}

#[test]
fn what_is_sent_before_the_answer_to_the_logon_goes_out_with_it() {
    let mut peer = Peer::connected(|config| config.with_offline_send(OfflineSend::Queue));
    assert_eq!(peer.side.order("a", peer.now), 2);
    assert!(peer.sent().is_empty());
    let sent = peer.receive("35=A|34=1|98=0|108=30|");
    assert_eq!(sent, ["35=D|34=2|11=a|55=MSFT|"]);
}

#[test]
fn a_message_that_cannot_be_written_uses_no_number() {
    let mut peer = Peer::logged_on(|config| config);
    let error = peer.side.session.send("D", peer.now, |order| {
        order.text(58, "");
    });
    assert!(matches!(
        error,
        Err(SessionError::Encode(EncodeError::Empty { tag: 58 }))
    ));
    let error = peer.side.session.send("D", peer.now, |order| {
        order.text(58, &"x".repeat(1 << 17));
    });
    assert!(matches!(
        error,
        Err(SessionError::Encode(EncodeError::NoRoom { tag: 58 }))
    ));
    assert!(peer.sent().is_empty());
    assert_eq!(peer.side.order("a", peer.now), 2);
}

#[test]
fn the_peers_longest_message_is_kept_to() {
    let mut peer = Peer::connected(|config| config);
    peer.receive("35=A|34=1|98=0|108=30|383=120|");
    let error = peer.side.session.send("D", peer.now, |order| {
        order.text(58, &"x".repeat(100));
    });
    assert!(matches!(
        error,
        Err(SessionError::TooLongForPeer { max: 120, .. })
    ));
    assert_eq!(peer.side.order("a", peer.now), 2);
}

#[test]
fn the_throttle_refuses_what_is_too_much() {
    let mut peer = Peer::logged_on(|config| config.with_throttle(2, Duration::from_secs(1)));
    peer.side.order("a", peer.now);
    peer.now = peer.now.after_ns(400_000_000);
    peer.side.order("b", peer.now);
    let error = peer.side.session.send("D", peer.now, |_| {}).unwrap_err();
    let SessionError::Throttled { wait_ns } = error else {
        panic!("{error}");
    };
    assert_eq!(wait_ns, 600_000_000);
    peer.now = peer.now.after_ns(wait_ns);
    assert_eq!(peer.side.order("c", peer.now), 4);
    assert_eq!(peer.side.session.statistics().throttled, 1);
}

#[test]
fn a_peer_that_reads_too_slowly_is_waited_for_or_left() {
    for then in [SlowConsumer::Refuse, SlowConsumer::Disconnect] {
        let mut peer = Peer::logged_on(|config| config.with_max_outbound(1_000, then));
        let mut count = 0;
        let error = loop {
            match peer.side.session.send("D", peer.now, |order| {
                order.text(11, "a");
            }) {
                Ok(_) => count += 1,
                Err(error) => break error,
            }
            assert!(count < 100);
        };
        assert!(matches!(error, SessionError::Full { limit: 1_000 }));
        peer.side.poll(peer.now).unwrap();
        let expected = match then {
            SlowConsumer::Disconnect => Some(DisconnectReason::SlowConsumer),
            _ => None,
        };
        assert_eq!(peer.side.ended, expected);
        if expected.is_none() {
            assert_eq!(peer.sent().len(), count);
            peer.side.order("b", peer.now);
        }
    }
}
