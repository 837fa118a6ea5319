//! After the logon, a message costs no memory.
#![cfg(feature = "session")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::io;

mod numbers;

use boom_fix::BeginString;
use boom_fix::session::log::MessageLog;
use boom_fix::session::{Event, Inbox, Now, Session, SessionConfig};
use boom_testkit::alloc::{CountingAllocator, count};
use numbers::{Numbers, session};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// What one has to send comes to the other, which answers orders.
fn pass(from: &mut Session<Numbers>, to: &mut Session<Numbers>, inbox: &mut Inbox, now: Now) {
    let count = inbox.extend(from.outgoing());
    from.sent(count);
    while let Some(event) = to.poll_event(inbox, now).unwrap() {
        if let Event::Message(received) = event
            && received.message.msg_type() == b"D"
        {
            let id = received.message.text(11).unwrap();
            let sent = to.send("8", now, |report| {
                report.text(11, id).char(39, '0');
            });
            sent.unwrap();
        }
    }
}

#[test]
fn ten_thousand_messages_each_way_allocate_nothing() {
    talk(|_| {});
}

#[test]
fn with_a_log_they_allocate_nothing_either() {
    talk(|session| session.log_to(MessageLog::builder().start(io::sink()).unwrap()));
}

fn talk(prepare: impl Fn(&mut Session<Numbers>)) {
    let now = Now {
        monotonic_ns: 1,
        unix_ns: 1_714_998_896_789_000_000,
    };
    let mut buyer = session(SessionConfig::initiator(
        BeginString::Fix44,
        "BUYER",
        "VENUE",
    ));
    let mut venue = session(SessionConfig::acceptor(
        BeginString::Fix44,
        "VENUE",
        "BUYER",
    ));
    prepare(&mut buyer);
    prepare(&mut venue);
    let (mut to_buyer, mut to_venue) = (Inbox::new(), Inbox::new());
    venue.connected(now).unwrap();
    buyer.connected(now).unwrap();
    pass(&mut buyer, &mut venue, &mut to_venue, now);
    pass(&mut venue, &mut buyer, &mut to_buyer, now);
    assert!(buyer.is_logged_on() && venue.is_logged_on());

    let mut round = |number: u64| {
        let now = now.after_ns(number * 1_000_000);
        let sent = buyer.send("D", now, |order| {
            order.uint(11, number).text(55, "MSFT").int(38, 100);
        });
        sent.unwrap();
        pass(&mut buyer, &mut venue, &mut to_venue, now);
        pass(&mut venue, &mut buyer, &mut to_buyer, now);
        buyer.handle_timeout(now).unwrap();
        venue.handle_timeout(now).unwrap();
    };
    round(0);
    let allocations = count(|| (1..=10_000).for_each(&mut round));
    assert_eq!(allocations.count, 0);
    assert_eq!(buyer.statistics().delivered, 10_001);
    assert_eq!(venue.statistics().delivered, 10_001);
}
