//! When sessions are open: by the calendar, in a time zone.

mod calendar;
mod error;

use std::cell::Cell;
use std::fmt;

use crate::Date;

use calendar::Calendar;

pub use error::ScheduleError;

/// When a session is open. Sequence numbers begin anew with each session.
///
/// Times are those of a time zone, such as `America/New_York`, and follow its summer time:
///
/// - A time that a clock skips, since it is put forward, is as much after the change as it is after the skipped hour's
///   begin: 02:30 is 03:30 where two o'clock becomes three.
/// - A time that a clock shows twice, since it is put back, is the first of the two, for the begin and for the end.
/// - A session whose end would not be after its begin by these rules does not take place, and one never lasts into the
///   next.
///
/// Questions about moments of the same session, or of the same pause, cost one comparison: the answer is remembered with
/// the moments between which it holds.
///
/// # Examples
///
/// ```
/// use boom_fix::session::schedule::{Schedule, ScheduleError, Weekday};
/// use boom_fix::{Date, UtcTimestamp};
///
/// let at = |text: &str| UtcTimestamp::parse(text.as_bytes()).map_or(0, UtcTimestamp::unix_nanos);
///
/// // The week of currencies, with one session a day: from Sunday to Thursday, at five, to the same time the day after.
/// let schedule = Schedule::daily("17:00:00", "17:00:00", "America/New_York")?
///     .with_days([
///         Weekday::Sunday,
///         Weekday::Monday,
///         Weekday::Tuesday,
///         Weekday::Wednesday,
///         Weekday::Thursday,
///     ])
///     .with_holidays(Date::parse(b"20241225"));
/// // Friday afternoon, a quarter of an hour before the end; New York is five hours behind.
/// let friday = at("20241115-21:45:00");
/// assert!(schedule.is_open(friday));
/// let session = schedule.session_at(friday).ok_or("closed")?;
/// assert_eq!(session.open, at("20241114-22:00:00"));
/// assert_eq!(session.close, at("20241115-22:00:00"));
/// assert!(!schedule.is_open(session.close));
/// assert_eq!(schedule.next_open(session.close), Some(at("20241117-22:00:00")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Schedule {
    calendar: Calendar,
    /// The answer of the last question.
    last: Cell<Answer>,
}

/// From when to when a session lasts, in nanoseconds of Unix time.
///
/// # Examples
///
/// ```
/// use boom_fix::session::schedule::SessionTimes;
///
/// let session = SessionTimes { open: 10, close: 20 };
/// assert!(session.contains(10) && !session.contains(20));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionTimes {
    /// Its first moment.
    pub open: i64,
    /// The first moment that is no longer in it.
    pub close: i64,
}

/// The rules of a schedule, without what is remembered of the last question: for threads that share them.
#[derive(Clone, Debug)]
pub(super) struct Rules(Calendar);

impl SessionTimes {
    /// Returns true if the moment is in it.
    pub const fn contains(self, unix_ns: i64) -> bool {
        self.open <= unix_ns && unix_ns < self.close
    }
}

/// A day of the week.
///
/// # Examples
///
/// ```
/// use boom_fix::session::schedule::Weekday;
///
/// assert_eq!("Sunday".parse(), Ok(Weekday::Sunday));
/// assert_eq!("mon".parse(), Ok(Weekday::Monday));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weekday {
    /// The first of ISO 8601.
    Monday,
    /// The second.
    Tuesday,
    /// The third.
    Wednesday,
    /// The fourth.
    Thursday,
    /// The fifth.
    Friday,
    /// The sixth.
    Saturday,
    /// The seventh.
    Sunday,
}

impl Weekday {
    const ALL: [(Self, &str); 7] = [
        (Self::Monday, "monday"),
        (Self::Tuesday, "tuesday"),
        (Self::Wednesday, "wednesday"),
        (Self::Thursday, "thursday"),
        (Self::Friday, "friday"),
        (Self::Saturday, "saturday"),
        (Self::Sunday, "sunday"),
    ];
}

impl std::str::FromStr for Weekday {
    type Err = ScheduleError;

    /// Reads an English name, whole or its first letters, at least two of them.
    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        let is_named = |name: &str| {
            let head = name.get(..text.len());
            text.len() > 1 && head.is_some_and(|head| head.eq_ignore_ascii_case(text))
        };
        let found = Self::ALL.iter().find(|(_, name)| is_named(name));
        found.map(|(day, _)| *day).ok_or(ScheduleError::Weekday)
    }
}

/// What is true of all moments between two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Answer {
    /// From the first moment on, so long: in a form that one comparison suffices for.
    from: i64,
    length: u64,
    session: Option<SessionTimes>,
}

impl Answer {
    const NONE: Self = Self {
        from: 0,
        length: 0,
        session: None,
    };

    const fn between(from: i64, until: i64, session: Option<SessionTimes>) -> Self {
        Self {
            from,
            length: until.wrapping_sub(from) as u64,
            session,
        }
    }

    #[inline]
    const fn is_about(self, unix_ns: i64) -> bool {
        (unix_ns.wrapping_sub(self.from) as u64) < self.length
    }

    const fn until(self) -> i64 {
        self.from.wrapping_add(self.length as i64)
    }
}

impl fmt::Debug for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Schedule")
            .field("calendar", &self.calendar)
            .finish_non_exhaustive()
    }
}

impl Schedule {
    /// A session every day from one time of the zone's clocks to the other, on the next day if that is not later. Times
    /// are `HH:MM:SS`, or `HH:MM`.
    ///
    /// # Errors
    ///
    /// A time is none, or the zone is not known.
    pub fn daily(start: &str, end: &str, zone: &str) -> Result<Self, ScheduleError> {
        Calendar::daily(start, end, zone).map(Self::of)
    }

    /// A session every week, from a day and time to another; for a whole week if they are the same.
    ///
    /// # Errors
    ///
    /// A time is none, or the zone is not known.
    ///
    /// # Examples
    ///
    /// ```
    /// use boom_fix::session::schedule::{Schedule, ScheduleError, Weekday};
    ///
    /// let week = (Weekday::Sunday, "17:00:00");
    /// let schedule = Schedule::weekly(week, (Weekday::Friday, "17:00:00"), "America/New_York")?;
    /// assert!(!schedule.is_open(1_731_780_000_000_000_000));
    /// # Ok::<(), ScheduleError>(())
    /// ```
    pub fn weekly(
        start: (Weekday, &str),
        end: (Weekday, &str),
        zone: &str,
    ) -> Result<Self, ScheduleError> {
        Calendar::weekly(start, end, zone).map(Self::of)
    }

    /// One session, always open.
    pub fn always() -> Self {
        Self::of(Calendar::always())
    }

    pub(super) fn into_rules(self) -> Rules {
        Rules(self.calendar)
    }

    pub(super) fn with_rules(rules: &Rules) -> Self {
        Self::of(rules.0.clone())
    }

    const fn of(calendar: Calendar) -> Self {
        Self {
            calendar,
            last: Cell::new(Answer::NONE),
        }
    }

    /// Sessions begin only on these days of the week.
    #[must_use]
    pub fn with_days(self, days: impl IntoIterator<Item = Weekday>) -> Self {
        let mut calendar = self.calendar;
        calendar.restrict(days);
        Self::of(calendar)
    }

    /// There is no session on these dates of the zone.
    ///
    /// A session of at most a day belongs to the date of its last moment, so that one from five in the afternoon to five
    /// in the afternoon is left out as a whole where it ends on a holiday. A longer one pauses from midnight to midnight,
    /// and is the same session afterwards.
    #[must_use]
    pub fn with_holidays(self, holidays: impl IntoIterator<Item = Date>) -> Self {
        let mut calendar = self.calendar;
        calendar.exclude(holidays);
        Self::of(calendar)
    }

    /// Returns true if a session is open at this moment: a logon is welcome, and messages are.
    #[inline]
    pub fn is_open(&self, unix_ns: i64) -> bool {
        self.answer(unix_ns).session.is_some()
    }

    /// The session that is open at this moment.
    #[inline]
    pub fn session_at(&self, unix_ns: i64) -> Option<SessionTimes> {
        self.answer(unix_ns).session
    }

    /// Until when it is open without a break, if it is open at this moment and ever closes.
    pub(super) fn open_until(&self, unix_ns: i64) -> Option<i64> {
        let answer = self.answer(unix_ns);
        let until = answer.session.map(|_| answer.until());
        until.filter(|&until| until != i64::MAX)
    }

    /// The first moment after this one at which something opens that is closed just before: a session, or the rest of one
    /// behind a holiday. None if nothing does within two years.
    pub fn next_open(&self, unix_ns: i64) -> Option<i64> {
        let mut answer = self.answer(unix_ns);
        for _ in 0..CHANGES {
            let next = self.calendar.answer(answer.until());
            let is_new = match (answer.session, next.session) {
                (_, None) => false,
                (Some(earlier), Some(later)) => earlier != later,
                (None, Some(_)) => true,
            };
            if answer.until() == i64::MAX {
                return None;
            }
            if is_new {
                return Some(answer.until());
            }
            answer = next;
        }
        None
    }

    /// Returns true if both moments are of the same session, pauses for holidays included. If the moment at which the
    /// numbers of a [`Store`](crate::session::store::Store) began is not of the present session, they begin anew.
    pub fn same_session(&self, a: i64, b: i64) -> bool {
        match (self.calendar.session(a), self.calendar.session(b)) {
            (Some(a), Some(b)) => a == b,
            _ => false,
        }
    }

    #[inline]
    fn answer(&self, unix_ns: i64) -> Answer {
        let last = self.last.get();
        if last.is_about(unix_ns) {
            return last;
        }
        self.ask(unix_ns)
    }

    #[cold]
    fn ask(&self, unix_ns: i64) -> Answer {
        let answer = self.calendar.answer(unix_ns);
        self.last.set(answer);
        answer
    }
}

/// Changes that are looked at for the next opening; each is a day or more apart, or a session and a pause are.
const CHANGES: usize = 1500;
