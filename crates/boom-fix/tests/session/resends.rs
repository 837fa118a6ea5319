//! Messages of ours that the peer misses.

use boom_fix::session::Store as _;

use crate::pair::Pair;
use crate::peer::{Peer, readable};

fn with_orders(count: u32) -> Peer {
    let mut peer = Peer::logged_on(|config| config);
    for number in 0..count {
        peer.side.order(&format!("id-{number}"), peer.now);
    }
    peer.sent();
    peer
}

#[test]
fn one_message_is_sent_again_byte_for_byte() {
    let mut peer = Peer::logged_on(|config| config);
    let number = peer.side.session.send("D", peer.now, |order| {
        order.char(97, 'Y').text(128, "HUB");
        order.text(11, "a").data(95, 96, b"x\x01y").text(58, "end");
    });
    assert_eq!(number.unwrap(), 2);
    peer.sent();
    peer.now = peer.now.after_ns(5_000_000_000);
    let bytes = peer.wire("35=2|34=2|7=2|16=2|");
    peer.side.inbox.extend(&bytes);
    peer.side.poll(peer.now).unwrap();
    let again = readable(&peer.side.take_outgoing());
    let expected = "|35=D|34=2|43=Y|49=BUYER|52=20240506-12:35:01.789|56=VENUE|97=Y|122=20240506-12:34:56.789|128=HUB|\
                    11=a|95=3|96=x|y|58=end|10=";
    assert!(again.contains(expected), "{again}");
}

#[test]
fn a_range_is_sent_again_and_the_sessions_own_messages_are_not() {
    let mut peer = with_orders(2);
    peer.receive("35=1|34=2|112=t|");
    peer.side.order("last", peer.now);
    peer.sent();
    let again = peer.receive("35=2|34=3|7=1|16=0|");
    assert_eq!(
        again,
        [
            "35=4|34=1|43=Y|122=20240506-12:34:56.789|36=2|123=Y|",
            "35=D|34=2|43=Y|122=20240506-12:34:56.789|11=id-0|55=MSFT|",
            "35=D|34=3|43=Y|122=20240506-12:34:56.789|11=id-1|55=MSFT|",
            "35=4|34=4|43=Y|122=20240506-12:34:56.789|36=5|123=Y|",
            "35=D|34=5|43=Y|122=20240506-12:34:56.789|11=last|55=MSFT|",
        ]
    );
    let some = peer.receive("35=2|34=4|7=3|16=3|");
    assert_eq!(
        some,
        ["35=D|34=3|43=Y|122=20240506-12:34:56.789|11=id-1|55=MSFT|"]
    );
    // Beyond the end is up to the end.
    assert_eq!(peer.receive("35=2|34=5|7=5|16=999|").len(), 1);
}

#[test]
fn what_was_never_sent_is_not_sent_again() {
    let mut peer = with_orders(1);
    for (begin, end, tag) in [(3, 0, 7), (0, 0, 7), (2, 1, 16)] {
        let number = peer.side.session.store().next_incoming();
        let text = format!("35=2|34={number}|7={begin}|16={end}|");
        let reject = peer.receive(&text).remove(0);
        assert!(
            reject.contains(&format!("|371={tag}|372=2|373=5|")),
            "{reject}"
        );
    }
}

#[test]
fn the_application_decides_what_is_sent_again() {
    let mut peer = with_orders(3);
    peer.side
        .session
        .on_resend(|message| message.text(11) == Ok("id-1"));
    let again = peer.receive("35=2|34=2|7=2|16=0|");
    assert_eq!(
        again,
        [
            "35=4|34=2|43=Y|122=20240506-12:34:56.789|36=3|123=Y|",
            "35=D|34=3|43=Y|122=20240506-12:34:56.789|11=id-1|55=MSFT|",
            "35=4|34=4|43=Y|122=20240506-12:34:56.789|36=5|123=Y|",
        ]
    );
}

#[test]
fn two_sides_that_miss_something_both_get_it() {
    let mut peer = with_orders(2);
    // Its request is ahead itself, and is honoured all the same.
    let sent = peer.receive("35=2|34=5|7=2|16=3|");
    assert_eq!(sent.len(), 3);
    assert!(sent.iter().any(|message| message == "35=2|34=4|7=2|16=0|"));
    assert!(
        peer.receive("35=4|34=2|43=Y|122=20240506-12:34:56|123=Y|36=6|")
            .is_empty()
    );
    assert_eq!(peer.side.session.store().next_incoming(), 6);
}

#[test]
fn much_is_sent_again_in_bounded_memory_and_new_messages_come_behind() {
    const COUNT: u64 = 5_000;
    let mut pair = Pair::connected(|config| config);
    for number in 0..COUNT {
        pair.buyer.order(&number.to_string(), pair.now);
        // Lost on the way.
        pair.buyer.take_outgoing();
    }
    pair.cut();
    pair.venue.connect(pair.now);
    pair.buyer.connect(pair.now);
    let mut most = 0;
    let mut has_sent = false;
    for _ in 0..10_000 {
        let out = pair.buyer.session.outgoing();
        most = most.max(out.len());
        // A slow connection.
        let bytes = out[..out.len().min(10_000)].to_vec();
        pair.buyer.session.sent(bytes.len());
        pair.venue.inbox.extend(&bytes);
        pair.venue.poll(pair.now).unwrap();
        let bytes = pair.venue.take_outgoing();
        pair.buyer.inbox.extend(&bytes);
        pair.buyer.poll(pair.now).unwrap();
        if !has_sent && pair.venue.journal.len() > 100 {
            pair.buyer.order("new", pair.now);
            // A test request is answered in the middle.
            has_sent = true;
        }
        if pair.venue.journal.len() as u64 > COUNT {
            break;
        }
    }
    assert!(most < 100_000, "{most} bytes waited");
    let journal: Vec<String> = (0..COUNT)
        .map(|number| number.to_string())
        .chain(["new".to_owned()])
        .collect();
    assert_eq!(pair.venue.journal, journal);
    // What fills the gap of the logon, which had come.
    assert_eq!(pair.venue.session.statistics().duplicates, 1);
}

#[test]
fn a_storm_of_requests_costs_no_memory() {
    let mut peer = with_orders(2_000);
    let mut bytes = Vec::new();
    for number in 2..502 {
        bytes.extend(peer.wire(&format!("35=2|34={number}|7=1|16=0|")));
    }
    assert_eq!(peer.side.inbox.extend(&bytes), bytes.len());
    peer.side.poll(peer.now).unwrap();
    assert!(peer.side.session.outgoing().len() < 100_000);
    let mut resent = 0;
    while !peer.side.session.outgoing().is_empty() {
        resent += peer.sent().len();
        peer.side.session.continue_sending(peer.now).unwrap();
    }
    // What is asked for while something is sent again becomes one more range.
    assert!(resent < 5 * 2_001, "{resent}");
    assert_eq!(peer.side.session.statistics().resend_requests_received, 500);
}
