//! Messages that break the rules.

use boom_fix::session::{DisconnectReason, Inbox, Rejection, Store as _};

use crate::peer::{Peer, frame};

#[test]
fn wrong_names_are_rejected_and_the_session_ends() {
    for names in [
        "49=WRONG|52=20240506-12:34:56|56=BUYER|",
        "49=VENUE|52=20240506-12:34:56|56=ME|",
    ] {
        let mut peer = Peer::logged_on(|config| config);
        let sent = peer.receive_bytes(&frame(&format!("35=D|34=2|{names}11=a|")));
        assert_eq!(
            sent,
            [
                "35=3|34=2|45=2|58=CompID problem|372=D|373=9|",
                "35=5|34=3|"
            ]
        );
        assert!(peer.side.journal.is_empty());
        peer.receive("35=5|34=3|");
        assert_eq!(peer.side.ended, Some(DisconnectReason::LoggedOut));
    }
}

#[test]
fn times_far_from_ours_are_rejected() {
    let mut peer = Peer::logged_on(|config| config);
    let bytes = peer.wire("35=0|34=2|");
    peer.now = peer.now.after_ns(121_000_000_000);
    assert_eq!(
        peer.receive_bytes(&bytes),
        [
            "35=3|34=2|45=2|58=SendingTime accuracy problem|372=0|373=10|",
            "35=5|34=3|"
        ]
    );
    let mut peer = Peer::logged_on(|config| config.with_time_accuracy(None));
    let bytes = peer.wire("35=0|34=2|");
    peer.now = peer.now.after_ns(121_000_000_000);
    assert!(peer.receive_bytes(&bytes).is_empty());
}

#[test]
fn a_duplicate_needs_its_original_time() {
    let mut peer = Peer::logged_on(|config| config);
    let sent = peer.receive("35=D|34=2|43=Y|11=a|");
    assert_eq!(
        sent,
        ["35=3|34=2|45=2|58=Required tag missing|371=122|372=D|373=1|"]
    );
    let mut peer = Peer::logged_on(|config| config.with_orig_sending_time_required(false));
    assert!(peer.receive("35=D|34=2|43=Y|11=a|").is_empty());
    assert_eq!(peer.side.journal, ["a"]);
    // Sent for the first time after it was sent again.
    let sent = peer.receive("35=D|34=3|43=Y|122=20990101-00:00:00|11=a|");
    assert_eq!(sent.len(), 2);
    assert!(sent[0].ends_with("|58=SendingTime accuracy problem|372=D|373=10|"));
}

#[test]
fn another_version_ends_the_session() {
    let mut peer = Peer::logged_on(|config| config);
    let body = "35=1\x0134=2\x0149=VENUE\x0152=20240506-12:34:56\x0156=BUYER\x01112=a\x01";
    let mut bytes = format!("8=FIX.4.1\x019={}\x01{body}", body.len()).into_bytes();
    let sum = bytes.iter().fold(0u8, |sum, &byte| sum.wrapping_add(byte));
    bytes.extend(format!("10={sum:03}\x01").bytes());
    assert_eq!(
        peer.receive_bytes(&bytes),
        ["35=5|34=2|58=Incorrect BeginString|"]
    );
}

#[test]
fn a_message_without_a_number_ends_the_session() {
    let mut peer = Peer::logged_on(|config| config);
    let bytes = frame("35=0|49=VENUE|52=20240506-12:34:56|56=BUYER|");
    assert_eq!(
        peer.receive_bytes(&bytes),
        ["35=5|34=2|58=Required tag missing: MsgSeqNum|"]
    );
    assert_eq!(peer.side.ended, Some(DisconnectReason::NoSequenceNumber));
}

#[test]
fn a_field_that_is_none_is_rejected() {
    let mut peer = Peer::logged_on(|config| config);
    for (number, field, tag) in [(2, "-7=x", "-7"), (3, "0=x", "0")] {
        let sent = peer.receive(&format!("35=D|34={number}|11=a|{field}|"));
        let expected =
            format!("35=3|34={number}|45={number}|58=Invalid tag number|371={tag}|372=D|373=0|");
        assert_eq!(sent, [expected]);
    }
    assert_eq!(
        peer.side.told[1..],
        ["Invalid tag number", "Invalid tag number"]
    );
    assert!(peer.receive("35=D|34=4|11=b|").is_empty());
    assert_eq!(peer.side.journal, ["b"]);
}

#[test]
fn garbled_messages_are_left_out_and_asked_for() {
    let mut peer = Peer::logged_on(|config| config);
    let mut bytes = peer.wire("35=D|34=2|11=a|");
    let last = bytes.len() - 2;
    bytes[last] = if bytes[last] == b'0' { b'1' } else { b'0' };
    assert!(peer.receive_bytes(&bytes).is_empty());
    assert_eq!(peer.side.session.statistics().garbled, 1);
    assert_eq!(peer.receive("35=D|34=3|11=b|"), ["35=2|34=2|7=2|16=0|"]);
}

#[test]
fn a_message_without_end_ends_the_session() {
    let mut peer = Peer::logged_on(|config| config);
    peer.side.inbox = Inbox::new().with_max_message_bytes(1_000);
    let sent = peer.receive_bytes(b"8=FIX.4.4\x019=5000\x0135=D\x01");
    assert_eq!(sent, ["35=5|34=2|58=Message too long|"]);
    assert_eq!(peer.side.ended, Some(DisconnectReason::MessageTooLong));
}

#[test]
fn the_peers_rejects_are_told() {
    let mut peer = Peer::logged_on(|config| config);
    assert!(peer.receive("35=3|34=2|45=1|58=no|").is_empty());
    assert_eq!(peer.side.told[1..], ["reject: no"]);
    assert_eq!(peer.side.session.store().next_incoming(), 3);
}

#[test]
fn the_application_rejects() {
    let mut peer = Peer::logged_on(|config| config);
    let now = peer.now;
    let bytes = peer.wire("35=D|34=2|115=DESK|11=a|");
    let side = &mut peer.side;
    side.inbox.extend(&bytes);
    let event = side.session.poll_event(&mut side.inbox, now).unwrap();
    let Some(boom_fix::session::Event::Message(received)) = event else {
        panic!("{event:?}");
    };
    let rejection = Rejection::new("no").with_reason(5).with_ref_tag(11);
    side.session
        .reject(&received.message, &rejection, now)
        .unwrap();
    side.session
        .business_reject(&received.message, 3, "not here", now)
        .unwrap();
    assert_eq!(
        peer.sent(),
        [
            "35=3|34=2|128=DESK|45=2|58=no|371=11|372=D|373=5|",
            "35=j|34=3|45=2|58=not here|372=D|380=3|",
        ]
    );
}
