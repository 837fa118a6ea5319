//! Messages of the peer that are missing.

use std::time::Duration;

use boom_fix::session::{DisconnectReason, Inbox, Store as _};

use crate::peer::Peer;

#[test]
fn a_gap_is_asked_for_and_what_follows_waits() {
    let mut peer = Peer::logged_on(|config| config);
    assert_eq!(peer.receive("35=D|34=4|11=c|"), ["35=2|34=2|7=2|16=0|"]);
    // Asked for once.
    assert!(peer.receive("35=D|34=5|11=d|").is_empty());
    assert!(peer.side.journal.is_empty());
    assert_eq!(peer.side.told, ["logged on", "gap 2 to 3"]);
    peer.receive("35=D|34=2|43=Y|122=20240506-12:34:56|11=a|");
    assert_eq!(peer.side.journal, ["a"]);
    peer.receive("35=D|34=3|43=Y|122=20240506-12:34:56|11=b|");
    assert_eq!(peer.side.journal, ["a", "b", "c", "d"]);
    // Sent again although they came.
    peer.receive("35=D|34=4|43=Y|122=20240506-12:34:56|11=c|");
    peer.receive("35=D|34=5|43=Y|122=20240506-12:34:56|11=d|");
    assert!(peer.receive("35=D|34=6|11=e|").is_empty());
    assert_eq!(peer.side.journal, ["a", "b", "c", "d", "e"]);
    assert_eq!(peer.side.session.statistics().duplicates, 2);
}

#[test]
fn a_gap_is_asked_for_in_chunks() {
    let mut peer = Peer::logged_on(|config| config.with_resend_chunk(2));
    assert_eq!(peer.receive("35=D|34=7|11=f|"), ["35=2|34=2|7=2|16=3|"]);
    assert!(
        peer.receive("35=D|34=2|43=Y|122=20240506-12:34:56|11=a|")
            .is_empty()
    );
    let next = peer.receive("35=D|34=3|43=Y|122=20240506-12:34:56|11=b|");
    assert_eq!(next, ["35=2|34=3|7=4|16=5|"]);
    // A chunk may be gap filled whole.
    let last = peer.receive("35=4|34=4|43=Y|122=20240506-12:34:56|123=Y|36=6|");
    assert_eq!(last, ["35=2|34=4|7=6|16=6|"]);
    assert!(
        peer.receive("35=D|34=6|43=Y|122=20240506-12:34:56|11=e|")
            .is_empty()
    );
    assert_eq!(peer.side.journal, ["a", "b", "e", "f"]);
    assert_eq!(peer.side.session.store().next_incoming(), 8);
}

#[test]
fn a_gap_fill_overshoots_what_was_asked_for() {
    let mut peer = Peer::logged_on(|config| config.with_resend_chunk(2));
    assert_eq!(peer.receive("35=0|34=9|"), ["35=2|34=2|7=2|16=3|"]);
    // Up to 7, and 3 were asked for.
    let next = peer.receive("35=4|34=2|43=Y|122=20240506-12:34:56|123=Y|36=7|");
    assert_eq!(next, ["35=2|34=3|7=7|16=8|"]);
    // Beyond everything that is known, the heartbeat that waits included.
    assert!(
        peer.receive("35=4|34=7|43=Y|122=20240506-12:34:56|123=Y|36=12|")
            .is_empty()
    );
    assert_eq!(peer.side.session.store().next_incoming(), 12);
    assert!(peer.receive("35=D|34=12|11=a|").is_empty());
    assert_eq!(peer.side.journal, ["a"]);
}

#[test]
fn a_gap_fill_over_messages_that_came_does_not_lose_them() {
    let mut peer = Peer::logged_on(|config| config);
    assert_eq!(peer.receive("35=D|34=4|11=b|"), ["35=2|34=2|7=2|16=0|"]);
    peer.receive("35=D|34=6|11=d|");
    assert!(
        peer.receive("35=4|34=2|43=Y|122=20240506-12:34:56|123=Y|36=8|")
            .is_empty()
    );
    assert_eq!(peer.side.journal, ["b", "d"]);
    assert_eq!(peer.side.session.store().next_incoming(), 8);
    assert_eq!(peer.side.inbox.ahead(), 0);
}

#[test]
fn a_gap_that_is_not_filled_is_asked_for_again_and_then_given_up() {
    let mut peer = Peer::logged_on(|config| config.with_heartbeat(Duration::ZERO));
    peer.side.session.disconnected(peer.now).unwrap();
    peer.side.connect(peer.now);
    peer.sent();
    peer.receive("35=A|34=2|98=0|108=0|");
    assert_eq!(peer.receive("35=D|34=5|11=c|"), ["35=2|34=3|7=3|16=0|"]);
    let mut sent = Vec::new();
    for _ in 0..5 {
        peer.now = peer.now.after_ns(30_000_000_000);
        peer.side.session.handle_timeout(peer.now).unwrap();
        peer.side.poll(peer.now).unwrap();
        sent.extend(peer.sent());
    }
    assert_eq!(
        sent,
        [
            "35=2|34=4|7=3|16=0|",
            "35=2|34=5|7=3|16=0|",
            "35=2|34=6|7=3|16=0|",
            "35=5|34=7|58=ResendRequest not answered|",
        ]
    );
    assert_eq!(peer.side.ended, Some(DisconnectReason::GapNotFilled));
}

#[test]
fn a_gap_that_becomes_smaller_is_waited_for() {
    let mut peer = Peer::logged_on(|config| config.with_heartbeat(Duration::ZERO));
    assert_eq!(peer.receive("35=D|34=9|11=z|"), ["35=2|34=2|7=2|16=0|"]);
    for number in 2..9 {
        peer.now = peer.now.after_ns(20_000_000_000);
        let text = format!("35=D|34={number}|43=Y|122=20240506-12:34:56|11={number}|");
        assert!(peer.receive(&text).is_empty());
        peer.side.session.handle_timeout(peer.now).unwrap();
        let sent = peer.sent();
        assert!(
            !sent.iter().any(|message| message.starts_with("35=2")),
            "{sent:?}"
        );
    }
    assert_eq!(peer.side.journal.len(), 8);
}

#[test]
fn what_is_not_kept_is_asked_for_again() {
    let mut peer = Peer::logged_on(|config| config);
    peer.side.inbox = Inbox::new().with_ahead(1, 1 << 16);
    assert_eq!(peer.receive("35=D|34=3|11=b|"), ["35=2|34=2|7=2|16=0|"]);
    peer.receive("35=D|34=4|11=c|");
    assert_eq!(peer.side.session.statistics().discarded, 1);
    let next = peer.receive("35=D|34=2|43=Y|122=20240506-12:34:56|11=a|");
    assert_eq!(next, ["35=2|34=3|7=4|16=0|"]);
    peer.receive("35=D|34=4|43=Y|122=20240506-12:34:56|11=c|");
    assert_eq!(peer.side.journal, ["a", "b", "c"]);
}

#[test]
fn nothing_is_kept_ahead_if_that_is_wanted() {
    let mut peer = Peer::logged_on(|config| config);
    peer.side.inbox = Inbox::new().with_ahead(0, 0);
    assert_eq!(peer.receive("35=D|34=3|11=b|"), ["35=2|34=2|7=2|16=0|"]);
    peer.receive("35=D|34=2|43=Y|122=20240506-12:34:56|11=a|");
    peer.receive("35=D|34=3|43=Y|122=20240506-12:34:56|11=b|");
    assert_eq!(peer.side.journal, ["a", "b"]);
}

#[test]
fn a_reset_tells_what_will_never_come() {
    let mut peer = Peer::logged_on(|config| config);
    peer.receive("35=D|34=4|11=lost|");
    assert!(peer.receive("35=4|34=99|36=10|").is_empty());
    assert_eq!(peer.side.told, ["logged on", "gap 2 to 3", "missed 2 to 9"]);
    peer.receive("35=D|34=10|11=a|");
    assert_eq!(peer.side.journal, ["a"]);
}

#[test]
fn a_reset_never_goes_back() {
    let mut peer = Peer::logged_on(|config| config);
    peer.receive("35=0|34=2|");
    assert_eq!(
        peer.receive("35=4|34=0|36=2|"),
        ["35=3|34=2|45=0|58=Value is incorrect (out of range) for this tag|372=4|373=5|"]
    );
    assert_eq!(peer.side.session.store().next_incoming(), 3);
}

#[test]
fn a_reset_to_the_end_of_all_numbers_is_refused() {
    let mut peer = Peer::logged_on(|config| config);
    for (number, mode) in [(2, "123=N|"), (2, "123=Y|")] {
        let text = format!("35=4|34={number}|36=18446744073709551615|{mode}");
        let reject = peer.receive(&text).remove(0);
        assert!(reject.contains("|371=36|372=4|373=6|"), "{reject}");
    }
    assert!(peer.receive("35=D|34=2|11=a|").is_empty());
    assert_eq!(peer.side.journal, ["a"]);
}

#[test]
fn a_number_that_is_too_low_ends_the_session() {
    let mut peer = Peer::logged_on(|config| config);
    peer.receive("35=0|34=2|");
    assert_eq!(
        peer.receive("35=0|34=2|"),
        ["35=5|34=2|58=MsgSeqNum too low, expecting 3 but received 2|"]
    );
    assert_eq!(peer.side.ended, Some(DisconnectReason::SequenceTooLow));
}

#[test]
fn a_logon_that_is_ahead_is_answered_and_the_gap_asked_for() {
    let mut peer = Peer::connected(|config| config);
    let asked = peer.receive("35=A|34=5|98=0|108=30|");
    assert_eq!(asked, ["35=2|34=2|7=1|16=0|"]);
    assert!(
        peer.receive("35=4|34=1|43=Y|122=20240506-12:34:56|123=Y|36=6|")
            .is_empty()
    );
    assert_eq!(peer.side.session.store().next_incoming(), 6);
}
