//! When sessions are open, around the changes of clocks.
#![cfg(feature = "schedule")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use boom_fix::session::schedule::{Schedule, ScheduleError, SessionTimes, Weekday};
use boom_fix::{Date, Precision, UtcTimestamp};
use proptest::prelude::*;

const HOUR: i64 = 3_600_000_000_000;
const DAY: i64 = 24 * HOUR;

/// `YYYYMMDD-HH:MM:SS` in UTC.
fn at(text: &str) -> i64 {
    UtcTimestamp::parse(text.as_bytes()).unwrap().unix_nanos()
}

fn text(unix_ns: i64) -> String {
    UtcTimestamp::from_unix_nanos(unix_ns, Precision::Seconds).to_string()
}

fn dates(texts: &[&str]) -> Vec<Date> {
    let parse = |text: &&str| Date::parse(text.as_bytes()).unwrap();
    texts.iter().map(parse).collect()
}

/// The sessions from one moment on, as text.
fn sessions(schedule: &Schedule, from: &str, count: usize) -> Vec<(String, String)> {
    let mut now = at(from);
    let mut found = Vec::new();
    for _ in 0..count {
        now = schedule.next_open(now).unwrap();
        let session = schedule.session_at(now).unwrap();
        assert!(!session.contains(now - 1) || session.open < now);
        found.push((text(session.open), text(session.close)));
    }
    found
}

fn assert_sessions(schedule: &Schedule, from: &str, expected: &[(&str, &str)]) {
    let found = sessions(schedule, from, expected.len());
    let found: Vec<_> = found
        .iter()
        .map(|(open, close)| (&**open, &**close))
        .collect();
    assert_eq!(found, expected);
}

fn currencies() -> Schedule {
    let (start, end) = ((Weekday::Sunday, "17:00:00"), (Weekday::Friday, "17:00:00"));
    Schedule::weekly(start, end, "America/New_York").unwrap()
}

#[test]
fn a_weekend_schedule_across_the_spring_change_in_new_york() {
    // The clocks go forward on Sunday, 10 March 2024, twelve hours before the week begins.
    assert_sessions(
        &currencies(),
        "20240302-00:00:00",
        &[
            ("20240303-22:00:00", "20240308-22:00:00"),
            ("20240310-21:00:00", "20240315-21:00:00"),
        ],
    );
    let schedule = currencies();
    assert!(!schedule.is_open(at("20240310-20:59:59")));
    assert!(schedule.is_open(at("20240310-21:00:00")));
    assert!(schedule.is_open(at("20240315-20:59:59")));
    assert!(!schedule.is_open(at("20240315-21:00:00")));
}

#[test]
fn a_weekend_schedule_across_the_autumn_change_in_new_york() {
    // Back on Sunday, 3 November 2024.
    assert_sessions(
        &currencies(),
        "20241026-00:00:00",
        &[
            ("20241027-21:00:00", "20241101-21:00:00"),
            ("20241103-22:00:00", "20241108-22:00:00"),
        ],
    );
}

#[test]
fn a_weekend_schedule_across_both_changes_in_london() {
    let (start, end) = ((Weekday::Monday, "07:00"), (Weekday::Saturday, "00:30"));
    let schedule = Schedule::weekly(start, end, "Europe/London").unwrap();
    // Forward on 31 March, back on 27 October 2024.
    assert_sessions(
        &schedule,
        "20240324-00:00:00",
        &[
            ("20240325-07:00:00", "20240330-00:30:00"),
            ("20240401-06:00:00", "20240405-23:30:00"),
        ],
    );
    assert_sessions(
        &schedule,
        "20241020-00:00:00",
        &[
            ("20241021-06:00:00", "20241025-23:30:00"),
            ("20241028-07:00:00", "20241102-00:30:00"),
        ],
    );
}

#[test]
fn a_weekend_schedule_across_both_changes_in_sydney() {
    let (start, end) = ((Weekday::Monday, "05:00"), (Weekday::Saturday, "07:00"));
    let schedule = Schedule::weekly(start, end, "Australia/Sydney").unwrap();
    // Back on 7 April, forward on 6 October 2024: the other half of the world.
    assert_sessions(
        &schedule,
        "20240330-12:00:00",
        &[
            ("20240331-18:00:00", "20240405-20:00:00"),
            ("20240407-19:00:00", "20240412-21:00:00"),
        ],
    );
    assert_sessions(
        &schedule,
        "20240928-12:00:00",
        &[
            ("20240929-19:00:00", "20241004-21:00:00"),
            ("20241006-18:00:00", "20241011-20:00:00"),
        ],
    );
}

#[test]
fn a_day_across_midnight_is_an_hour_shorter_or_longer() {
    let schedule = Schedule::daily("22:00", "06:00", "America/New_York").unwrap();
    assert_sessions(
        &schedule,
        "20240310-00:00:00",
        &[("20240310-03:00:00", "20240310-10:00:00")],
    );
    assert_sessions(
        &schedule,
        "20241103-00:00:00",
        &[("20241103-02:00:00", "20241103-11:00:00")],
    );
    let (before, after) = (at("20241103-05:30:00"), at("20241103-06:30:00"));
    assert!(schedule.same_session(before, after));
    assert!(!schedule.same_session(before, before + DAY));
}

#[test]
fn a_time_that_a_clock_skips_is_as_much_later() {
    // 02:30 on 10 March does not exist in New York: 03:30 in summer time.
    let schedule = Schedule::daily("02:30", "02:45", "America/New_York").unwrap();
    assert_sessions(
        &schedule,
        "20240309-12:00:00",
        &[
            ("20240310-07:30:00", "20240310-07:45:00"),
            ("20240311-06:30:00", "20240311-06:45:00"),
        ],
    );
    // Its end would be before its begin: it does not take place.
    let schedule = Schedule::daily("02:30", "03:15", "America/New_York").unwrap();
    assert_sessions(
        &schedule,
        "20240309-12:00:00",
        &[("20240311-06:30:00", "20240311-07:15:00")],
    );
    // It does not last into the next, which begins at three.
    let schedule = Schedule::daily("03:00", "02:45", "America/New_York").unwrap();
    assert_sessions(
        &schedule,
        "20240309-07:30:00",
        &[
            ("20240309-08:00:00", "20240310-07:00:00"),
            ("20240310-07:00:00", "20240311-06:45:00"),
        ],
    );
}

#[test]
fn a_time_that_a_clock_shows_twice_is_the_first() {
    // 01:30 on 3 November: first five hours and a half after midnight in UTC.
    let schedule = Schedule::daily("01:30", "09:00", "America/New_York").unwrap();
    assert_sessions(
        &schedule,
        "20241103-00:00:00",
        &[("20241103-05:30:00", "20241103-14:00:00")],
    );
    let schedule = Schedule::daily("20:00", "01:30", "America/New_York").unwrap();
    assert_sessions(
        &schedule,
        "20241102-12:00:00",
        &[("20241103-00:00:00", "20241103-05:30:00")],
    );
    // Days without a pause meet at the same moment.
    let schedule = Schedule::daily("01:30", "01:30", "America/New_York").unwrap();
    assert_sessions(
        &schedule,
        "20241102-12:00:00",
        &[
            ("20241103-05:30:00", "20241104-06:30:00"),
            ("20241104-06:30:00", "20241105-06:30:00"),
        ],
    );
}

#[test]
fn a_zone_that_is_half_an_hour_off() {
    let schedule = Schedule::daily("09:15", "15:30", "Asia/Kolkata").unwrap();
    assert_sessions(
        &schedule,
        "20240501-00:00:00",
        &[("20240501-03:45:00", "20240501-10:00:00")],
    );
}

#[test]
fn weekends_are_left_out() {
    use Weekday::{Friday, Monday, Thursday, Tuesday, Wednesday};

    let days = [Monday, Tuesday, Wednesday, Thursday, Friday];
    let schedule = Schedule::daily("08:00", "16:30", "Europe/London").unwrap();
    let schedule = schedule.with_days(days);
    assert_sessions(
        &schedule,
        "20240503-12:00:00",
        &[
            ("20240506-07:00:00", "20240506-15:30:00"),
            ("20240507-07:00:00", "20240507-15:30:00"),
        ],
    );
    let schedule = schedule.with_days([Weekday::Sunday]);
    assert_eq!(schedule.next_open(at("20240503-12:00:00")), None);
    assert!(!schedule.is_open(at("20240506-12:00:00")));
}

#[test]
fn a_short_session_belongs_to_the_date_of_its_last_moment() {
    let holidays = dates(&["20241225", "20250101"]);
    let schedule = Schedule::daily("17:00", "17:00", "America/New_York").unwrap();
    let schedule = schedule.with_holidays(holidays.clone());
    assert_sessions(
        &schedule,
        "20241222-22:30:00",
        &[
            ("20241223-22:00:00", "20241224-22:00:00"),
            ("20241225-22:00:00", "20241226-22:00:00"),
        ],
    );
    // Up to midnight: of the day that ends.
    let schedule = Schedule::daily("00:00", "00:00", "America/New_York").unwrap();
    let schedule = schedule.with_holidays(holidays);
    assert_sessions(
        &schedule,
        "20241224-00:00:00",
        &[
            ("20241224-05:00:00", "20241225-05:00:00"),
            ("20241226-05:00:00", "20241227-05:00:00"),
        ],
    );
}

#[test]
fn a_long_session_pauses_for_a_holiday() {
    let schedule = currencies().with_holidays(dates(&["20241225"]));
    let (before, holiday, after) = (
        at("20241225-04:59:59"),
        at("20241225-05:00:00"),
        at("20241226-05:00:00"),
    );
    assert!(schedule.is_open(before) && !schedule.is_open(holiday) && schedule.is_open(after));
    assert_eq!(schedule.session_at(before), schedule.session_at(after));
    assert_eq!(schedule.next_open(holiday), Some(after));
    assert_eq!(schedule.next_open(before), Some(after));
    // The numbers go on.
    assert!(schedule.same_session(before, after));
    assert!(schedule.same_session(holiday, after));
    assert!(!schedule.same_session(before, after + 7 * DAY));
}

#[test]
fn a_whole_week_is_one_session() {
    let start = (Weekday::Sunday, "17:00");
    let schedule = Schedule::weekly(start, start, "America/New_York").unwrap();
    assert_sessions(
        &schedule,
        "20241101-00:00:00",
        &[
            ("20241103-22:00:00", "20241110-22:00:00"),
            ("20241110-22:00:00", "20241117-22:00:00"),
        ],
    );
}

#[test]
fn without_hours_there_is_one_session() {
    let schedule = Schedule::always();
    let all = SessionTimes {
        open: i64::MIN,
        close: i64::MAX,
    };
    assert_eq!(schedule.session_at(0), Some(all));
    assert!(schedule.same_session(i64::MIN, i64::MAX));
    assert_eq!(schedule.next_open(0), None);
}

#[test]
fn what_is_no_time_day_or_zone() {
    for time in [
        "",
        "8:00",
        "24:00",
        "08:60",
        "08:00:60",
        "08:00:0",
        "08-00-00",
        "08:00:00:00",
        "é8:00",
    ] {
        let refused = Schedule::daily(time, "17:00", "UTC").unwrap_err();
        assert_eq!(refused, ScheduleError::Time, "{time}");
    }
    for day in ["", "s", "Sonntag", "sundays"] {
        assert_eq!(day.parse::<Weekday>(), Err(ScheduleError::Weekday));
    }
    for zone in ["", "EDT5", "Nowhere/Land"] {
        let refused = Schedule::daily("08:00", "17:00", zone).unwrap_err();
        assert_eq!(refused, ScheduleError::Zone, "{zone}");
    }
}

fn any_schedule() -> impl Strategy<Value = Schedule> {
    let zones = prop::sample::select(vec![
        "America/New_York",
        "Europe/London",
        "Australia/Sydney",
        "Asia/Tokyo",
        "Pacific/Apia",
        "America/Sao_Paulo",
        "Africa/Casablanca",
    ]);
    let time =
        (0..24u8, 0..4u8).prop_map(|(hour, quarter)| format!("{hour:02}:{:02}", quarter * 15));
    let day = prop::sample::select(vec![
        Weekday::Monday,
        Weekday::Wednesday,
        Weekday::Friday,
        Weekday::Sunday,
    ]);
    let weekly = prop::option::of((day.clone(), day));
    let holidays = prop::collection::vec(19_700..19_730i64, 0..4);
    (zones, time.clone(), time, weekly, holidays).prop_map(|(zone, start, end, week, holidays)| {
        let schedule = match week {
            Some((from, to)) => Schedule::weekly((from, &start), (to, &end), zone),
            None => Schedule::daily(&start, &end, zone),
        };
        let holidays = holidays.into_iter().map(Date::from_days_since_epoch);
        schedule.unwrap().with_holidays(holidays)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Answers that are remembered are those of a schedule that remembers nothing, and all questions agree.
    #[test]
    fn all_answers_agree(schedule in any_schedule(), start in 19_690..19_740i64, steps in prop::collection::vec(1..3000i64, 1..60)) {
        let mut now = start * DAY;
        for minutes in steps {
            now += minutes * HOUR / 60;
            let fresh = schedule.clone().with_holidays([]);
            prop_assert_eq!(schedule.session_at(now), fresh.session_at(now));
            prop_assert_eq!(schedule.is_open(now), schedule.session_at(now).is_some());
            if let Some(session) = schedule.session_at(now) {
                prop_assert!(session.contains(now));
                prop_assert!(schedule.same_session(now, session.open));
                prop_assert!(!schedule.same_session(now, session.close));
            }
            if let Some(next) = schedule.next_open(now) {
                prop_assert!(next > now && fresh.is_open(next));
                let is_change = fresh.session_at(next - 1) != fresh.session_at(next);
                prop_assert!(is_change);
                // Nothing opens in between.
                let mut is_open = fresh.is_open(now);
                for at in (now..next).step_by((HOUR / 4) as usize) {
                    prop_assert!(is_open || !fresh.is_open(at));
                    is_open = fresh.is_open(at);
                }
            }
        }
    }
}

/// Only what ends within a day belongs to one date; what takes longer pauses on each that is a holiday.
#[test]
fn a_session_of_more_than_a_day_pauses_for_a_holiday() {
    let open = |holiday: &str| {
        let (start, end) = ((Weekday::Sunday, "08:00"), (Weekday::Monday, "17:00"));
        let schedule = Schedule::weekly(start, end, "UTC").unwrap();
        let schedule = schedule.with_holidays(dates(&[holiday]));
        ["20241117-12:00:00", "20241118-12:00:00"].map(|time| schedule.is_open(at(time)))
    };
    assert_eq!(open("20241117"), [false, true]);
    assert_eq!(open("20241118"), [true, false]);
    assert_eq!(open("20241119"), [true, true]);
}
