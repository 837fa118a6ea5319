//! Sessions with a schedule: what happens outside of its time, at its end, and at the beginning of the next.

use boom_fix::session::schedule::{Schedule, Weekday};
use boom_fix::session::{
    DisconnectReason, MemoryStore, Now, OfflineSend, Session, SessionConfig, SessionError, State,
    Store,
};
use boom_fix::{BeginString, Date, UtcTimestamp};

use crate::pair::{Pair, SECOND, Side};
use crate::peer::readable;

fn unix(text: &str) -> i64 {
    UtcTimestamp::parse(text.as_bytes()).unwrap().unix_nanos()
}

fn at(text: &str) -> Now {
    let unix_ns = unix(text);
    let since = unix_ns - unix("20240101-00:00:00");
    Now {
        monotonic_ns: since.unsigned_abs(),
        unix_ns,
    }
}

/// Noon to nine in the evening of UTC while New York has summer time.
fn office() -> Schedule {
    Schedule::daily("08:00", "17:00", "America/New_York").unwrap()
}

/// The week of currencies.
fn week() -> Schedule {
    let (start, end) = ((Weekday::Sunday, "17:00"), (Weekday::Friday, "17:00"));
    Schedule::weekly(start, end, "America/New_York").unwrap()
}

fn buyer() -> SessionConfig {
    SessionConfig::initiator(BeginString::Fix44, "BUYER", "VENUE")
}

fn venue() -> SessionConfig {
    SessionConfig::acceptor(BeginString::Fix44, "VENUE", "BUYER")
}

/// Only the venue has a schedule.
fn pair(schedule: Schedule, now: &str) -> Pair {
    Pair {
        buyer: Side::new(buyer()),
        venue: Side::new(venue().with_schedule(schedule)),
        now: at(now),
    }
}

/// What a buyer that comes up with this store sends.
fn logon_with(store: MemoryStore, schedule: Schedule, now: &str) -> (String, Session<MemoryStore>) {
    let mut session = Session::new(buyer().with_schedule(schedule), store).unwrap();
    session.connected(at(now)).unwrap();
    (readable(session.outgoing()), session)
}

fn store_of(created: &str) -> MemoryStore {
    let mut store = MemoryStore::new().created_at(unix(created));
    store.set_next_outgoing(40).unwrap();
    store.set_next_incoming(30).unwrap();
    store
}

#[test]
fn outside_of_session_time_no_logon_is_sent() {
    let mut side = Side::new(buyer().with_schedule(office()));
    let night = at("20240506-05:00:00");
    assert!(!side.session.is_in_session(night));
    let opens = side.session.next_session_ns(night);
    assert_eq!(opens, Some(unix("20240506-12:00:00")));
    side.connect(night);
    assert!(side.session.outgoing().is_empty());
    assert!(side.session.is_closing());
    side.poll(night).unwrap();
    assert_eq!(side.ended, Some(DisconnectReason::OutOfHours));

    let morning = at("20240506-12:00:00");
    let opens = side.session.next_session_ns(morning);
    assert_eq!(opens, Some(morning.unix_ns));
    side.connect(morning);
    assert!(readable(side.session.outgoing()).contains("|35=A|34=1|"));
}

#[test]
fn outside_of_session_time_a_logon_is_refused() {
    let mut pair = pair(office(), "20240506-21:00:00");
    pair.connect();
    assert_eq!(pair.venue.ended, Some(DisconnectReason::OutOfHours));
    assert_eq!(pair.buyer.told, ["logout: Outside of session time"]);
    assert_eq!(pair.buyer.ended, Some(DisconnectReason::LogonRefused));
}

#[test]
fn an_acceptor_that_waits_since_before_the_opening_takes_a_logon() {
    let mut pair = pair(office(), "20240506-11:59:59");
    pair.venue.connect(pair.now);
    pair.now = at("20240506-12:00:00");
    pair.venue.session.handle_timeout(pair.now).unwrap();
    pair.buyer.connect(pair.now);
    pair.run();
    assert!(pair.buyer.session.is_logged_on());
}

#[test]
fn at_the_end_of_session_time_the_session_logs_out() {
    let mut pair = pair(office(), "20240506-20:59:58");
    pair.connect();
    assert!(pair.buyer.session.is_logged_on());
    let due = pair.venue.session.poll_timeout().unwrap();
    assert_eq!(due, pair.now.monotonic_ns + 2 * SECOND);
    pair.pass(1);
    pair.buyer.order("last", pair.now);
    pair.pass(1);
    assert_eq!(pair.venue.journal, ["last"]);
    assert_eq!(pair.venue.ended, Some(DisconnectReason::OutOfHours));
    assert_eq!(pair.buyer.ended, Some(DisconnectReason::LoggedOut));
    let told = ["logged on", "logout: End of session time"];
    assert_eq!(pair.buyer.told, told);
}

#[test]
fn a_logon_that_waits_at_the_end_of_session_time_is_given_up() {
    let mut side = Side::new(buyer().with_schedule(office()));
    side.connect(at("20240506-20:59:58"));
    side.session
        .handle_timeout(at("20240506-21:00:00"))
        .unwrap();
    side.poll(at("20240506-21:00:00")).unwrap();
    assert_eq!(side.session.state(), State::Disconnected);
    assert_eq!(side.ended, Some(DisconnectReason::OutOfHours));
}

#[test]
fn a_silent_peer_does_not_hold_the_session_open() {
    let mut pair = pair(office(), "20240506-20:59:59");
    pair.connect();
    for seconds in [1, 4] {
        let now = pair.now.after_ns(seconds * SECOND);
        pair.venue.session.handle_timeout(now).unwrap();
        pair.venue.poll(now).unwrap();
    }
    assert_eq!(pair.venue.ended, Some(DisconnectReason::OutOfHours));
}

#[test]
fn a_new_session_begins_with_one_though_the_process_was_down() {
    let monday = "20240506-13:00:00";
    let (logon, _) = logon_with(store_of(monday), office(), "20240506-20:00:00");
    assert!(logon.contains("|35=A|34=40|"), "{logon}");
    let tuesday = "20240507-13:00:00";
    let (logon, session) = logon_with(store_of(monday), office(), tuesday);
    assert!(logon.contains("|35=A|34=1|"), "{logon}");
    assert_eq!(session.store().next_incoming(), 1);
    assert_eq!(session.store().created(), unix(tuesday));
}

#[test]
fn an_acceptor_begins_a_new_session_with_one_too() {
    let mut pair = pair(office(), "20240506-13:00:00");
    pair.connect();
    pair.buyer.order("a", pair.now);
    pair.run();
    pair.cut();
    // The same day: both go on.
    pair.now = at("20240506-15:00:00");
    pair.connect();
    assert_eq!(pair.venue.session.store().next_incoming(), 4);
    pair.cut();
    // The next, with a buyer that begins anew by its own rules.
    pair.now = at("20240507-13:00:00");
    pair.buyer.session.reset(pair.now).unwrap();
    pair.connect();
    assert!(pair.buyer.session.is_logged_on() && pair.venue.session.is_logged_on());
    assert_eq!(pair.venue.session.store().next_incoming(), 2);
    assert_eq!(pair.venue.session.store().next_outgoing(), 2);
}

#[test]
fn a_week_across_the_spring_change_ends_and_begins_by_the_clocks_of_new_york() {
    let mut pair = pair(week(), "20240308-21:59:59");
    pair.connect();
    pair.pass(1);
    assert_eq!(pair.venue.ended, Some(DisconnectReason::OutOfHours));
    let opens = pair.venue.session.next_session_ns(pair.now);
    assert_eq!(opens, Some(unix("20240310-21:00:00")));
    let friday = "20240308-21:00:00";
    for (now, number) in [("20240308-21:59:00", 40), ("20240310-21:00:00", 1)] {
        let (logon, _) = logon_with(store_of(friday), week(), now);
        assert!(logon.contains(&format!("|34={number}|")), "{logon}");
    }
}

#[test]
fn a_week_across_the_autumn_change_opens_an_hour_later_in_utc() {
    let mut pair = pair(week(), "20241101-20:59:59");
    pair.connect();
    pair.pass(1);
    assert_eq!(pair.venue.ended, Some(DisconnectReason::OutOfHours));
    let opens = pair.venue.session.next_session_ns(pair.now);
    assert_eq!(opens, Some(unix("20241103-22:00:00")));
}

#[test]
fn within_a_week_the_numbers_go_on_over_midnight_and_disconnects() {
    let (logon, _) = logon_with(store_of("20240506-01:00:00"), week(), "20240509-13:00:00");
    assert!(logon.contains("|34=40|"), "{logon}");
}

#[test]
fn a_holiday_interrupts_a_week_and_its_numbers_go_on_behind_it() {
    let holiday = Date::parse(b"20240508").unwrap();
    let schedule = week().with_holidays([holiday]);
    let mut pair = pair(schedule.clone(), "20240508-03:59:59");
    pair.connect();
    pair.pass(1);
    assert_eq!(pair.venue.ended, Some(DisconnectReason::OutOfHours));
    let opens = pair.venue.session.next_session_ns(pair.now);
    assert_eq!(opens, Some(unix("20240509-04:00:00")));
    let monday = store_of("20240506-01:00:00");
    let (logon, _) = logon_with(monday, schedule, "20240509-04:00:00");
    assert!(logon.contains("|34=40|"), "{logon}");
}

#[test]
fn sessions_without_a_pause_between_them_begin_anew_all_the_same() {
    let day = Schedule::daily("17:00", "17:00", "America/New_York").unwrap();
    let mut side = Side::new(buyer().with_schedule(day.clone()));
    let before = at("20240506-20:59:59");
    side.connect(before);
    let after = at("20240506-21:00:00");
    assert!(side.session.is_in_session(after));
    side.session.handle_timeout(after).unwrap();
    side.poll(after).unwrap();
    assert_eq!(side.ended, Some(DisconnectReason::OutOfHours));
    let (logon, _) = logon_with(store_of("20240506-20:00:00"), day, "20240506-21:00:00");
    assert!(logon.contains("|34=1|"), "{logon}");
}

#[test]
fn what_is_queued_waits_for_a_session_that_has_begun() {
    let config = buyer()
        .with_schedule(office())
        .with_offline_send(OfflineSend::Queue);
    let mut session = Session::new(config, store_of("20240506-13:00:00")).unwrap();
    let night = at("20240507-05:00:00");
    let error = session.send("D", night, |_| {}).unwrap_err();
    assert!(matches!(error, SessionError::OutOfHours));
    // In the new session it has the first number, and the logon does not begin anew once more.
    let morning = at("20240507-12:00:00");
    let number = session.send("D", morning, |order| {
        order.text(11, "a");
    });
    assert_eq!(number.unwrap(), 1);
    session.connected(morning.after_ns(SECOND)).unwrap();
    let logon = readable(session.outgoing());
    assert!(logon.contains("|35=A|34=2|"), "{logon}");
}

#[test]
fn one_session_without_an_end_never_ends() {
    let mut side = Side::new(buyer().with_schedule(Schedule::always()));
    side.connect(at("20240506-20:59:59"));
    assert_eq!(
        side.session.poll_timeout(),
        Some(at("20240506-21:00:09").monotonic_ns),
        "the logon timeout"
    );
}
