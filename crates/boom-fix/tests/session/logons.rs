//! Logons and logouts.

use std::time::Duration;

use boom_fix::BeginString;
use boom_fix::session::{DisconnectReason, Event, SessionConfig, SessionError, State, Store as _};

use crate::pair::{Pair, START, Side};
use crate::peer::{Peer, readable};

#[test]
fn both_sides_log_on_and_out() {
    let mut pair = Pair::connected(|config| config);
    assert_eq!(pair.buyer.told, ["logged on"]);
    pair.buyer.session.logout(Some("done"), pair.now).unwrap();
    pair.run();
    assert_eq!(pair.venue.told, ["logged on", "logout: done"]);
    for side in [&pair.buyer, &pair.venue] {
        assert_eq!(side.ended, Some(DisconnectReason::LoggedOut));
        assert!(side.session.is_closing());
        let store = side.session.store();
        assert_eq!((store.next_outgoing(), store.next_incoming()), (3, 3));
    }
}

#[test]
fn the_initiators_interval_is_taken() {
    let mut pair = Pair::new(|config| config);
    let config = SessionConfig::initiator(BeginString::Fix44, "BUYER", "VENUE");
    pair.buyer = Side::new(config.with_heartbeat(Duration::from_secs(7)));
    pair.connect();
    assert_eq!(pair.venue.session.heartbeat_ns(), 7_000_000_000);
}

#[test]
fn the_logon_says_what_is_configured() {
    let config = SessionConfig::initiator(BeginString::Fixt11, "BUYER", "VENUE")
        .with_credentials("me", "secret")
        .with_default_appl_ver_id("9")
        .with_next_expected(true)
        .with_max_message_announced(65_536)
        .with_header_field(57, "DESK")
        .with_logon_field(35_002, "Y")
        .with_reset_on_logon(true);
    let mut side = Side::new(config);
    side.connect(START);
    let logon = readable(&side.take_outgoing());
    let expected = "|35=A|34=1|49=BUYER|52=20240506-12:34:56.789|56=VENUE|57=DESK|98=0|108=30|141=Y|383=65536|\
                    553=me|554=secret|789=1|1137=9|35002=Y|10=";
    assert!(logon.contains(expected), "{logon}");
}

#[test]
fn a_signature_is_made_over_what_is_sent() {
    let mut side = Side::new(SessionConfig::initiator(
        BeginString::Fix44,
        "BUYER",
        "VENUE",
    ));
    side.session.on_logon(|logon| {
        let over = readable(logon.written());
        assert_eq!(
            over,
            "35=A|34=1|49=BUYER|52=20240506-12:34:56.789|56=VENUE|98=0|108=30|"
        );
        let length = over.len().to_string();
        logon.fields().data(95, 96, length.as_bytes());
    });
    side.connect(START);
    let logon = readable(&side.take_outgoing());
    assert!(logon.contains("|108=30|95=2|96=65|10="), "{logon}");
}

#[test]
fn an_application_refuses_a_logon() {
    let mut pair = Pair::new(|config| config);
    pair.venue.connect(pair.now);
    pair.buyer.connect(pair.now);
    let logon = pair.buyer.take_outgoing();
    pair.venue.inbox.extend(&logon);
    let event = pair
        .venue
        .session
        .poll_event(&mut pair.venue.inbox, pair.now)
        .unwrap();
    assert!(matches!(event, Some(Event::Logon(_))));
    pair.venue.session.refuse_logon("who are you?").unwrap();
    pair.venue.poll(pair.now).unwrap();
    assert_eq!(pair.venue.ended, Some(DisconnectReason::LogonRefused));
    pair.run();
    assert_eq!(pair.buyer.told, ["logout: who are you?"]);
    assert_eq!(pair.buyer.ended, Some(DisconnectReason::LogonRefused));
}

#[test]
fn no_logon_in_time_ends_the_connection() {
    let mut pair = Pair::new(|config| config);
    pair.venue.connect(pair.now);
    assert_eq!(pair.venue.session.poll_timeout(), Some(11_000_000_000));
    pair.pass(10);
    assert_eq!(pair.venue.ended, Some(DisconnectReason::LogonTimeout));
}

#[test]
fn what_is_no_logon_ends_the_connection() {
    for text in ["GET / HTTP/1.1\r\n\r\n", "8=FIX.4.4|9=5|35=0|10=000|"] {
        let mut side = Side::new(SessionConfig::acceptor(
            BeginString::Fix44,
            "VENUE",
            "BUYER",
        ));
        side.connect(START);
        side.inbox.extend(text.replace('|', "\x01").as_bytes());
        side.poll(START).unwrap();
        assert_eq!(side.ended, Some(DisconnectReason::NotALogon), "{text}");
        assert!(side.take_outgoing().is_empty());
    }
}

#[test]
fn encryption_is_refused() {
    let mut peer = Peer::connected(|config| config);
    assert!(peer.receive("35=A|34=1|98=1|108=30|").is_empty());
    assert_eq!(peer.side.ended, Some(DisconnectReason::InvalidLogon));
}

#[test]
fn a_length_of_the_peers_that_is_none_or_tiny_does_not_end_the_session() {
    let mut peer = Peer::connected(|config| config);
    peer.receive("35=A|34=1|98=0|108=30|383=0|");
    let number = peer.side.session.send("D", peer.now, |order| {
        order.text(11, "a");
    });
    assert_eq!(number.unwrap(), 2);
    let mut peer = Peer::connected(|config| config);
    peer.receive("35=A|34=1|98=0|108=30|383=20|");
    let refused = peer.side.session.send("D", peer.now, |order| {
        order.text(11, "a");
    });
    assert!(matches!(
        refused,
        Err(SessionError::TooLongForPeer { max: 20, .. })
    ));
    // What the session itself has to say is said.
    peer.sent();
    let answer = peer.receive("35=1|34=2|112=x|");
    assert_eq!(answer, ["35=0|34=2|112=x|"]);
}

#[test]
fn a_second_logon_ends_the_connection() {
    let mut peer = Peer::logged_on(|config| config);
    assert!(peer.receive("35=A|34=2|98=0|108=30|").is_empty());
    assert_eq!(peer.side.ended, Some(DisconnectReason::SecondLogon));
}

#[test]
fn a_reset_in_the_middle_starts_both_numbers_anew() {
    let mut peer = Peer::logged_on(|config| config);
    assert_eq!(peer.side.order("a", peer.now), 2);
    peer.sent();
    let answer = peer.receive("35=A|34=1|98=0|108=30|141=Y|");
    assert_eq!(answer, ["35=A|34=1|98=0|108=30|141=Y|"]);
    assert_eq!(peer.side.order("b", peer.now), 2);
    assert_eq!(
        peer.receive("35=1|34=2|112=x|").last().unwrap(),
        "35=0|34=3|112=x|"
    );
}

#[test]
fn an_initiator_that_resets_is_confirmed() {
    let mut pair = Pair::new(|config| {
        let is_initiator = is_initiator(&config);
        config.with_reset_on_logon(is_initiator)
    });
    for _ in 0..3 {
        pair.connect();
        assert_eq!(pair.buyer.order("a", pair.now), 2);
        pair.run();
        pair.cut();
    }
    assert_eq!(pair.venue.journal, ["a", "a", "a"]);
    assert_eq!(pair.venue.told, ["logged on"; 3]);
}

fn is_initiator(config: &SessionConfig) -> bool {
    format!("{config:?}").contains("is_initiator: true")
}

#[test]
fn a_logout_without_an_answer_ends_the_connection() {
    let mut peer = Peer::logged_on(|config| config);
    peer.side.session.logout(None, peer.now).unwrap();
    assert_eq!(peer.sent(), ["35=5|34=2|"]);
    assert_eq!(peer.side.session.state(), State::LogoutSent);
    // Until then it is still taken in.
    peer.receive("35=D|34=2|11=late|");
    assert_eq!(peer.side.journal, ["late"]);
    let later = peer.now.after_ns(2_000_000_000);
    peer.side.session.handle_timeout(later).unwrap();
    peer.side.poll(later).unwrap();
    assert_eq!(peer.side.ended, Some(DisconnectReason::LogoutTimeout));
}

#[test]
fn a_logon_with_a_low_number_ends_the_connection() {
    let mut peer = Peer::logged_on(|config| config);
    peer.receive("35=0|34=2|");
    peer.side.session.disconnected(peer.now).unwrap();
    peer.side.connect(peer.now);
    peer.sent();
    let answer = peer.receive("35=A|34=1|98=0|108=30|");
    assert_eq!(
        answer,
        ["35=5|34=3|58=MsgSeqNum too low, expecting 3 but received 1|"]
    );
    assert_eq!(peer.side.ended, Some(DisconnectReason::SequenceTooLow));
}

#[test]
fn a_logon_that_is_not_looked_at_in_time_is_not_answered() {
    let mut pair = Pair::new(|config| config);
    pair.venue.connect(pair.now);
    pair.buyer.connect(pair.now);
    let logon = pair.buyer.take_outgoing();
    let venue = &mut pair.venue;
    venue.inbox.extend(&logon);
    let event = venue.session.poll_event(&mut venue.inbox, pair.now);
    assert!(matches!(event, Ok(Some(Event::Logon(_)))));
    let late = pair.now.after_ns(10_000_000_000);
    venue.session.handle_timeout(late).unwrap();
    venue.poll(late).unwrap();
    assert_eq!(venue.ended, Some(DisconnectReason::LogonTimeout));
    assert!(venue.take_outgoing().is_empty());
    assert_eq!(venue.session.state(), State::Disconnected);
}

#[test]
fn a_reset_at_the_end_comes_behind_the_last_message() {
    let mut peer = Peer::logged_on(|config| config.with_reset_on_disconnect(true));
    let bytes = peer.wire("35=D|34=2|11=a|");
    let side = &mut peer.side;
    side.inbox.extend(&bytes);
    assert!(
        side.session
            .poll_event(&mut side.inbox, peer.now)
            .unwrap()
            .is_some()
    );
    side.session.disconnected(peer.now).unwrap();
    let store = side.session.store();
    assert_eq!((store.next_outgoing(), store.next_incoming()), (1, 1));
}
