//! Dates and times of FIX.

use std::fmt;

/// A calendar date: `UTCDateOnly`, `LocalMktDate`.
///
/// # Examples
///
/// ```
/// use boom_fix::Date;
///
/// let date = Date::parse(b"20240229").ok_or("no date")?;
/// assert_eq!((date.year, date.month, date.day), (2024, 2, 29));
/// assert_eq!(date.days_since_epoch(), 19_782);
/// assert_eq!(Date::from_days_since_epoch(19_782), date);
/// assert_eq!(Date::parse(b"20230229"), None);
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    /// 0 to 9999
    pub year: u16,
    /// 1 to 12
    pub month: u8,
    /// 1 to 31
    pub day: u8,
}

impl Date {
    /// Reads `YYYYMMDD`.
    #[inline]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let number = eight_digits(bytes.try_into().ok()?)?;
        let date = Self {
            year: (number / 10_000) as u16,
            month: (number / 100 % 100) as u8,
            day: (number % 100) as u8,
        };
        date.is_valid().then_some(date)
    }

    /// Returns true if there is such a day, in the years from 0 to 9999.
    #[inline]
    pub const fn is_valid(self) -> bool {
        if self.day.wrapping_sub(1) < 28 {
            return self.month.wrapping_sub(1) < 12 && self.year < 10_000;
        }
        self.is_late_day()
    }

    /// The same for days that not every month has.
    const fn is_late_day(self) -> bool {
        let days = match self.month {
            2 if self.is_leap_year() => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return false,
        };
        1 <= self.day && self.day <= days && self.year < 10_000
    }

    const fn is_leap_year(self) -> bool {
        self.year.is_multiple_of(4)
            && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400))
    }

    /// Days since 1 January 1970.
    pub const fn days_since_epoch(self) -> i64 {
        // Years that start in March, so that the leap day is the last.
        let shifted = if self.month > 2 { 0 } else { 1 };
        let year = self.year as i64 - shifted;
        let month = (self.month as i64 + 9) % 12;
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_of_year = (153 * month + 2) / 5 + self.day as i64 - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * 146_097 + day_of_era - 719_468
    }

    /// The date so many days after 1 January 1970. Years before 0 and after 9999 have no form in FIX; they give the
    /// nearest that has.
    #[inline]
    pub const fn from_days_since_epoch(days: i64) -> Self {
        if days < -719_528 || days > 2_932_896 {
            let (year, month, day) = if days < 0 { (0, 1, 1) } else { (9999, 12, 31) };
            return Self { year, month, day };
        }
        let days = (days + 719_468 + 146_097) as u32;
        let (era, day_of_era) = (days / 146_097, days % 146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 {
            shifted + 3
        } else {
            shifted - 9
        };
        let year = year_of_era + era * 400 + (month <= 2) as u32 - 400;
        Self {
            year: year as u16,
            month: month as u8,
            day: day as u8,
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}{:02}{:02}", self.year, self.month, self.day)
    }
}

/// A time of day, to picoseconds: `UTCTimeOnly`.
///
/// Times that differ in precision alone are not equal; the one with fewer digits comes first.
///
/// # Examples
///
/// ```
/// use boom_fix::{Precision, Time};
///
/// let time = Time::parse(b"23:59:60.125").ok_or("no time")?;
/// assert_eq!((time.hour, time.minute, time.second, time.nanos()), (23, 59, 60, 125_000_000));
/// assert_eq!(time.precision, Precision::Millis);
/// assert_eq!(time.to_string(), "23:59:60.125");
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time {
    /// 0 to 23
    pub hour: u8,
    /// 0 to 59
    pub minute: u8,
    /// 0 to 60: leap seconds exist.
    pub second: u8,
    /// Below the second: less than 1,000,000,000,000.
    pub picos: u64,
    /// How many digits it was written with, or is to be.
    pub precision: Precision,
}

/// How many digits stand behind the seconds.
///
/// # Examples
///
/// ```
/// use boom_fix::Precision;
///
/// assert_eq!(Precision::Micros.digits(), 6);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    /// None.
    Seconds,
    /// Three.
    #[default]
    Millis,
    /// Six.
    Micros,
    /// Nine.
    Nanos,
    /// Twelve.
    Picos,
}

impl Precision {
    /// The number of digits.
    pub const fn digits(self) -> usize {
        3 * self as usize
    }
}

impl Time {
    /// Reads `HH:MM:SS` with up to twelve fractional digits.
    #[inline]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let (head, fraction) = bytes.split_first_chunk::<8>()?;
        let &[h, g, b':', m, n, b':', s, t] = head else {
            return None;
        };
        let (hour, minute, second) = (two(h, g)?, two(m, n)?, two(s, t)?);
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let (picos, precision) = parse_fraction(fraction)?;
        Some(Self {
            hour,
            minute,
            second,
            picos,
            precision,
        })
    }

    /// Returns true if every part is in its range.
    #[inline]
    pub const fn is_valid(self) -> bool {
        self.hour < 24 && self.minute < 60 && self.second < 61 && self.picos < PICOS
    }

    /// Nanoseconds below the second; what is below them is cut off.
    pub const fn nanos(self) -> u32 {
        (self.picos / 1000) as u32
    }

    /// Writes the time, which must be [valid](Self::is_valid), and tells how long it is.
    #[inline]
    pub(crate) fn write(self, room: &mut [u8; 21]) -> usize {
        let (seconds, fraction) = room.split_at_mut(8);
        seconds.copy_from_slice(&self.seconds_text().to_le_bytes());
        let digits = self.precision.digits();
        if digits == 0 {
            return 8;
        }
        let (millis, below) = fraction.split_at_mut(4);
        millis.copy_from_slice(&self.millis_text().to_le_bytes());
        if digits > 3 {
            below.copy_from_slice(self.below_millis().as_flattened());
        }
        9 + digits
    }
}

impl Time {
    /// `HH:MM:SS`, the first character in the lowest byte.
    #[inline(always)]
    pub(crate) const fn seconds_text(self) -> u64 {
        const fn pair(number: u8) -> u64 {
            u16::from_le_bytes(two_digits(number)) as u64
        }
        const COLONS: u64 = u64::from_le_bytes(*b"\0\0:\0\0:\0\0");
        pair(self.hour) | pair(self.minute) << 24 | pair(self.second) << 48 | COLONS
    }

    /// `.mmm`, the first character in the lowest byte.
    #[inline(always)]
    pub(crate) const fn millis_text(self) -> u32 {
        let [a, b, c] = thousand((self.picos / 1_000_000_000) as u32);
        u32::from_le_bytes([b'.', a, b, c])
    }

    /// Three digits each of microseconds, nanoseconds and picoseconds.
    #[inline(always)]
    pub(crate) const fn below_millis(self) -> [[u8; 3]; 3] {
        [
            thousand((self.picos / 1_000_000 % 1000) as u32),
            thousand((self.picos / 1000 % 1000) as u32),
            thousand((self.picos % 1000) as u32),
        ]
    }
}

/// Three digits.
#[inline(always)]
const fn thousand(number: u32) -> [u8; 3] {
    let whole = number / 100;
    let [tens, ones] = two_digits((number - 100 * whole) as u8);
    [b'0' | (whole & 0xf) as u8, tens, ones]
}

impl fmt::Display for Time {
    /// As it is sent; the parts as they are of one that is not [valid](Time::is_valid).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.is_valid() {
            let (hour, minute, second) = (self.hour, self.minute, self.second);
            return write!(f, "{hour:02}:{minute:02}:{second:02}.{:012}", self.picos);
        }
        let mut room = [0; 21];
        let width = self.write(&mut room);
        let text = room
            .get(..width)
            .and_then(|text| std::str::from_utf8(text).ok());
        f.write_str(text.unwrap_or_default())
    }
}

/// The last two digits. The table has an entry for each byte, so that there is neither a check nor a division.
#[inline(always)]
const fn two_digits(number: u8) -> [u8; 2] {
    LAST_TWO_DIGITS[number as usize]
}

static LAST_TWO_DIGITS: [[u8; 2]; 256] = {
    let mut pairs = [[b'0'; 2]; 256];
    let mut number = 0;
    while number < 256 {
        pairs[number] = TWO_DIGITS[number % 100];
        number += 1;
    }
    pairs
};

/// `00` to `99`
pub(crate) const TWO_DIGITS: [[u8; 2]; 100] = {
    let mut pairs = [[b'0'; 2]; 100];
    let mut number = 0;
    while number < 100 {
        pairs[number] = [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8];
        number += 1;
    }
    pairs
};

/// A point and one to twelve digits, or nothing.
#[inline]
fn parse_fraction(bytes: &[u8]) -> Option<(u64, Precision)> {
    let digits = match bytes {
        [] => return Some((0, Precision::Seconds)),
        [b'.', digits @ ..] if !digits.is_empty() && digits.len() <= 12 => digits,
        _ => return None,
    };
    let mut picos = 0;
    for &digit in digits {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        picos = 10 * picos + u64::from(digit);
    }
    let precision = match digits.len() {
        1..=3 => Precision::Millis,
        4..=6 => Precision::Micros,
        7..=9 => Precision::Nanos,
        _ => Precision::Picos,
    };
    Some((picos * TO_PICOS[digits.len() % 13], precision))
}

/// What so many fractional digits are multiplied by.
const TO_PICOS: [u64; 13] = {
    let mut powers = [1; 13];
    let mut index = 12;
    while index > 0 {
        powers[index - 1] = 10 * powers[index];
        index -= 1;
    }
    powers
};

/// A date and a time of day in UTC: `UTCTimestamp`.
///
/// # Examples
///
/// ```
/// use boom_fix::{Precision, UtcTimestamp};
///
/// let sent = UtcTimestamp::parse(b"20240506-12:34:56.789").ok_or("no timestamp")?;
/// assert_eq!(sent.unix_nanos(), 1_714_998_896_789_000_000);
/// let same = UtcTimestamp::from_unix_nanos(1_714_998_896_789_000_000, Precision::Micros);
/// assert_eq!(same.to_string(), "20240506-12:34:56.789000");
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UtcTimestamp {
    /// The date.
    pub date: Date,
    /// The time.
    pub time: Time,
}

impl UtcTimestamp {
    /// 1 January 1970, written with milliseconds.
    pub const UNIX_EPOCH: Self = Self::from_unix_nanos(0, Precision::Millis);

    /// Reads `YYYYMMDD-HH:MM:SS` with up to twelve fractional digits.
    #[inline]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let (date, rest) = bytes.split_first_chunk::<8>()?;
        let [b'-', time @ ..] = rest else { return None };
        Some(Self {
            date: Date::parse(date)?,
            time: Time::parse(time)?,
        })
    }

    /// So many nanoseconds after 1 January 1970, to be written with this precision.
    #[inline]
    pub const fn from_unix_nanos(nanos: i64, precision: Precision) -> Self {
        let (seconds, nanos) = (
            nanos.div_euclid(1_000_000_000),
            nanos.rem_euclid(1_000_000_000),
        );
        let (days, second) = (
            seconds.div_euclid(86_400),
            seconds.rem_euclid(86_400) as u32,
        );
        Self {
            date: Date::from_days_since_epoch(days),
            time: Time {
                hour: (second / 3600) as u8,
                minute: (second / 60 % 60) as u8,
                second: (second % 60) as u8,
                picos: nanos as u64 * 1000,
                precision,
            },
        }
    }

    /// Nanoseconds after 1 January 1970. A leap second counts as the second after it; years beyond 2262 give
    /// `i64::MAX`, years before 1677 `i64::MIN`.
    pub const fn unix_nanos(self) -> i64 {
        let time = self.time.hour as i64 * 3600 + self.time.minute as i64 * 60;
        let seconds = self.date.days_since_epoch() * 86_400 + time + self.time.second as i64;
        seconds
            .saturating_mul(1_000_000_000)
            .saturating_add(self.time.nanos() as i64)
    }

    /// Returns true if date and time are.
    #[inline]
    pub const fn is_valid(self) -> bool {
        self.date.is_valid() && self.time.is_valid()
    }

    /// Writes the timestamp, which must be [valid](Self::is_valid), and tells how long it is.
    #[inline(never)]
    pub(crate) fn write(self, room: &mut [u8; TIMESTAMP]) -> usize {
        let century = self.date.year / 100;
        room[..2].copy_from_slice(&two_digits(century as u8));
        room[2..4].copy_from_slice(&two_digits((self.date.year - 100 * century) as u8));
        room[4..6].copy_from_slice(&two_digits(self.date.month));
        room[6..8].copy_from_slice(&two_digits(self.date.day));
        room[8] = b'-';
        match room.last_chunk_mut() {
            Some(time) => 9 + self.time.write(time),
            None => 9,
        }
    }
}

/// So many are a second.
const PICOS: u64 = 1_000_000_000_000;

/// The longest timestamp: `YYYYMMDD-HH:MM:SS.pppppppppppp`.
pub(crate) const TIMESTAMP: usize = 30;

impl fmt::Display for UtcTimestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.date, self.time)
    }
}

/// A time of day with its distance from UTC: `TZTimeOnly`.
///
/// # Examples
///
/// ```
/// use boom_fix::TzTime;
///
/// let time = TzTime::parse(b"07:39:30-05").ok_or("no time")?;
/// assert_eq!((time.time.hour, time.offset_minutes), (7, -300));
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TzTime {
    /// The time there.
    pub time: Time,
    /// What is added to UTC to get it.
    pub offset_minutes: i16,
}

impl TzTime {
    /// Reads `HH:MM[:SS[.s]]` and `Z` or `+hh`, `-hh`, `+hh:mm`, `-hh:mm`.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let zone = bytes
            .iter()
            .position(|byte| matches!(byte, b'Z' | b'+' | b'-'))?;
        let (time, zone) = bytes.split_at_checked(zone)?;
        let time = match *time {
            [h, g, b':', m, n] => Time::parse(&[h, g, b':', m, n, b':', b'0', b'0']),
            _ => Time::parse(time),
        };
        Some(Self {
            time: time?,
            offset_minutes: parse_zone(zone)?,
        })
    }
}

fn parse_zone(zone: &[u8]) -> Option<i16> {
    let (sign, hours, minutes) = match *zone {
        [b'Z'] => return Some(0),
        [sign, h, g] => (sign, two(h, g)?, 0),
        [sign, h, g, b':', m, n] => (sign, two(h, g)?, two(m, n)?),
        _ => return None,
    };
    if hours > 14 || minutes > 59 {
        return None;
    }
    let offset = 60 * i16::from(hours) + i16::from(minutes);
    match sign {
        b'+' => Some(offset),
        b'-' => Some(-offset),
        _ => None,
    }
}

/// A date and a time of day with its distance from UTC: `TZTimestamp`.
///
/// # Examples
///
/// ```
/// use boom_fix::TzTimestamp;
///
/// let time = TzTimestamp::parse(b"20060901-07:39+05:30").ok_or("no time")?;
/// assert_eq!((time.date.day, time.time.offset_minutes), (1, 330));
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TzTimestamp {
    /// The date there.
    pub date: Date,
    /// The time there.
    pub time: TzTime,
}

impl TzTimestamp {
    /// Reads `YYYYMMDD-` and a [`TzTime`].
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let (date, rest) = bytes.split_first_chunk::<8>()?;
        let [b'-', time @ ..] = rest else { return None };
        Some(Self {
            date: Date::parse(date)?,
            time: TzTime::parse(time)?,
        })
    }
}

/// A month, a day of it or a week of it: `MonthYear`.
///
/// # Examples
///
/// ```
/// use boom_fix::MonthYear;
///
/// let expiry = MonthYear::parse(b"202512w3").ok_or("no month")?;
/// assert_eq!((expiry.year, expiry.month, expiry.day, expiry.week), (2025, 12, None, Some(3)));
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthYear {
    /// 0 to 9999
    pub year: u16,
    /// 1 to 12
    pub month: u8,
    /// 1 to 31
    pub day: Option<u8>,
    /// 1 to 5
    pub week: Option<u8>,
}

impl MonthYear {
    /// Reads `YYYYMM`, `YYYYMMDD` or `YYYYMMwN`.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let (month, rest) = bytes.split_first_chunk::<6>()?;
        let [a, b, c, d, e, f] = *month;
        let first = Date::parse(&[a, b, c, d, e, f, b'0', b'1'])?;
        let (day, week) = match *rest {
            [] => (None, None),
            [b'w' | b'W', week @ b'1'..=b'5'] => (None, Some(week - b'0')),
            [_, _] => (Some(Date::parse(bytes)?.day), None),
            _ => return None,
        };
        Some(Self {
            year: first.year,
            month: first.month,
            day,
            week,
        })
    }
}

#[inline]
const fn two(tens: u8, ones: u8) -> Option<u8> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    if tens > 9 || ones > 9 {
        return None;
    }
    Some(10 * tens + ones)
}

#[inline]
fn eight_digits(bytes: &[u8; 8]) -> Option<u32> {
    let digits = u64::from_le_bytes(*bytes) ^ 0x3030_3030_3030_3030;
    super::decimal::eight_digits(digits).map(|number| number as u32)
}
