//! Sessions by days of a time zone.

use jiff::Timestamp;
use jiff::civil;
use jiff::tz::TimeZone;

use super::{Answer, ScheduleError, SessionTimes, Weekday};
use crate::Date;

/// Days that are looked through for the next session.
const HORIZON: i64 = 2 * 366;
/// A session is a week at most, and begins on a day of the zone, which is that of UTC, the one before or the one after.
const LONGEST: i64 = 9;

/// One rule for daily and weekly sessions: on which days they begin, at what time, and how many days later they end.
#[derive(Clone, Debug)]
pub(super) struct Calendar {
    /// None: there is one session without an end.
    rule: Option<Rule>,
}

#[derive(Clone, Debug)]
struct Rule {
    zone: TimeZone,
    /// By [`Weekday`].
    begins_on: [bool; 7],
    start: civil::Time,
    end: civil::Time,
    days: i64,
    /// Days since 1970, in order.
    holidays: Vec<i64>,
}

impl Calendar {
    pub(super) const fn always() -> Self {
        Self { rule: None }
    }

    pub(super) fn daily(start: &str, end: &str, zone: &str) -> Result<Self, ScheduleError> {
        let (start, end) = (time(start)?, time(end)?);
        let days = i64::from(end <= start);
        Self::new([true; 7], (start, end), days, zone)
    }

    pub(super) fn weekly(
        (start_day, start): (Weekday, &str),
        (end_day, end): (Weekday, &str),
        zone: &str,
    ) -> Result<Self, ScheduleError> {
        let (start, end) = (time(start)?, time(end)?);
        let days = (end_day as i64 - start_day as i64).rem_euclid(7);
        let days = if days == 0 && end <= start { 7 } else { days };
        let mut begins_on = [false; 7];
        begins_on[start_day as usize] = true;
        Self::new(begins_on, (start, end), days, zone)
    }

    fn new(
        begins_on: [bool; 7],
        (start, end): (civil::Time, civil::Time),
        days: i64,
        zone: &str,
    ) -> Result<Self, ScheduleError> {
        let zone = TimeZone::get(zone).map_err(|_| ScheduleError::Zone)?;
        Ok(Self {
            rule: Some(Rule {
                zone,
                begins_on,
                start,
                end,
                days,
                holidays: Vec::new(),
            }),
        })
    }

    pub(super) fn restrict(&mut self, days: impl IntoIterator<Item = Weekday>) {
        let mut wanted = [false; 7];
        for day in days {
            wanted[day as usize] = true;
        }
        if let Some(rule) = &mut self.rule {
            for (begins, wanted) in rule.begins_on.iter_mut().zip(wanted) {
                *begins &= wanted;
            }
        }
    }

    pub(super) fn exclude(&mut self, holidays: impl IntoIterator<Item = Date>) {
        if let Some(rule) = &mut self.rule {
            let days = holidays.into_iter().map(Date::days_since_epoch);
            rule.holidays.extend(days);
            rule.holidays.sort_unstable();
            rule.holidays.dedup();
        }
    }

    /// The session of a moment, its pauses included.
    pub(super) fn session(&self, unix_ns: i64) -> Option<SessionTimes> {
        match &self.rule {
            Some(rule) => rule.session(unix_ns),
            None => Some(ALWAYS),
        }
    }

    /// What is true at a moment, and for how long.
    pub(super) fn answer(&self, unix_ns: i64) -> Answer {
        match &self.rule {
            Some(rule) => rule.answer(unix_ns),
            None => Answer::between(i64::MIN, i64::MAX, Some(ALWAYS)),
        }
    }
}

const ALWAYS: SessionTimes = SessionTimes {
    open: i64::MIN,
    close: i64::MAX,
};

impl Rule {
    fn answer(&self, unix_ns: i64) -> Answer {
        let Some(session) = self.session(unix_ns) else {
            return Answer::between(unix_ns, self.next_begin(unix_ns), None);
        };
        if self.is_short() || self.holidays.is_empty() {
            return Answer::between(session.open, session.close, Some(session));
        }
        // A long session, day by day.
        let today = self.date(unix_ns);
        let midnight = |day| self.moment(day, civil::Time::midnight());
        let from = midnight(today).unwrap_or(i64::MIN).max(session.open);
        let until = midnight(today + 1).unwrap_or(i64::MAX).min(session.close);
        let is_open = !self.is_holiday(today);
        Answer::between(from, until, is_open.then_some(session))
    }

    /// Whether a session belongs to one date.
    fn is_short(&self) -> bool {
        self.days == 0 || self.days == 1 && self.end <= self.start
    }

    fn session(&self, unix_ns: i64) -> Option<SessionTimes> {
        let today = self.date(unix_ns);
        let days = (today - LONGEST..=today + 1).rev();
        days.filter_map(|day| self.session_of(day))
            .find(|session| session.contains(unix_ns))
    }

    /// When the next session begins after a moment in none.
    fn next_begin(&self, unix_ns: i64) -> i64 {
        let today = self.date(unix_ns);
        let sessions = (today - 1..today + HORIZON).filter_map(|day| self.session_of(day));
        let mut opens = sessions.map(|session| session.open);
        opens.find(|&open| open > unix_ns).unwrap_or(i64::MAX)
    }

    /// The session that begins on this day.
    fn session_of(&self, day: i64) -> Option<SessionTimes> {
        if !self.begins_on(day) {
            return None;
        }
        let open = self.moment(day, self.start)?;
        let mut close = self.moment(day + self.days, self.end)?;
        // Only where the clock was changed meanwhile can the next one have begun.
        if let Some(next) = (day + 1..=day + self.days).find(|&day| self.begins_on(day)) {
            close = close.min(self.moment(next, self.start)?);
        }
        let session = SessionTimes { open, close };
        let is_left_out = self.is_short() && self.is_holiday(self.date(close.saturating_sub(1)));
        (open < close && !is_left_out).then_some(session)
    }

    fn begins_on(&self, day: i64) -> bool {
        // 1 January 1970 was a Thursday.
        let weekday = (day + Weekday::Thursday as i64).rem_euclid(7);
        self.begins_on.get(weekday as usize) == Some(&true)
    }

    fn is_holiday(&self, day: i64) -> bool {
        self.holidays.binary_search(&day).is_ok()
    }

    /// The day of the zone, in days since 1970.
    fn date(&self, unix_ns: i64) -> i64 {
        let Ok(timestamp) = Timestamp::from_nanosecond(unix_ns.into()) else {
            return unix_ns / 86_400_000_000_000;
        };
        let date = self.zone.to_datetime(timestamp).date();
        let date = Date {
            year: date.year() as u16,
            month: date.month() as u8,
            day: date.day() as u8,
        };
        date.days_since_epoch()
    }

    /// When the zone's clocks show a time of a day; None outside of what 64 bits of nanoseconds can say.
    fn moment(&self, day: i64, time: civil::Time) -> Option<i64> {
        let date = Date::from_days_since_epoch(day);
        let date = civil::Date::new(date.year as i16, date.month as i8, date.day as i8).ok()?;
        let shown = self.zone.to_ambiguous_timestamp(date.to_datetime(time));
        // Skipped: as far behind the change; twice: the first.
        let timestamp = shown.compatible().ok()?;
        i64::try_from(timestamp.as_nanosecond()).ok()
    }
}

/// Reads `HH:MM:SS` or `HH:MM`.
fn time(text: &str) -> Result<civil::Time, ScheduleError> {
    let mut parts = text.split(':').map(|part| match part.as_bytes() {
        [b'0'..=b'9', b'0'..=b'9'] => part.parse::<i8>().ok(),
        _ => None,
    });
    let mut next = || parts.next().flatten();
    let (hour, minute) = (next(), next());
    let second = if text.len() > 5 { next() } else { Some(0) };
    let (Some(hour), Some(minute), Some(second), 5 | 8) = (hour, minute, second, text.len()) else {
        return Err(ScheduleError::Time);
    };
    civil::Time::new(hour, minute, second, 0).map_err(|_| ScheduleError::Time)
}
