//! The value of one field, and what it can be read as.

mod decimal;
mod time;

pub use decimal::Decimal;
pub(crate) use decimal::{MAX_SCALE, eight_digits, short_value};
pub use time::{Date, MonthYear, Precision, Time, TzTime, TzTimestamp, UtcTimestamp};
pub(crate) use time::{TIMESTAMP, TWO_DIGITS};

use std::str::FromStr;

use crate::error::{FieldError, FieldFault};

type Result<T> = std::result::Result<T, FieldError>;

/// The value of a field, with its tag and place for errors.
///
/// # Examples
///
/// ```
/// use boom_fix::{Decimal, Error, FieldIndex, Fields};
///
/// let mut index = FieldIndex::new();
/// let fields = Fields::parse(b"54=1\x0144=101.50\x0118=G 6\x01", &mut index)?;
/// let price = fields.value(44)?;
/// assert_eq!(price.decimal()?, Decimal::new(10150, 2));
/// assert_eq!((price.tag(), price.offset(), price.as_bytes()), (44, 8, &b"101.50"[..]));
/// assert!(fields.value(18)?.words().eq([&b"G"[..], b"6"]));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) tag: u32,
    pub(crate) offset: u32,
}

impl<'a> Value<'a> {
    /// The field's tag.
    pub const fn tag(self) -> u32 {
        self.tag
    }

    /// Where the value starts in the message.
    pub const fn offset(self) -> usize {
        self.offset as usize
    }

    /// The value as it was sent.
    pub const fn as_bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// The error that says what is wrong with this field.
    pub const fn error(self, fault: FieldFault) -> FieldError {
        FieldError {
            tag: self.tag,
            offset: self.offset as usize,
            fault,
        }
    }

    /// Any type that can be read from a field.
    ///
    /// # Errors
    ///
    /// The value is none of that type.
    #[inline]
    pub fn read<T: FromValue<'a>>(self) -> Result<T> {
        T::from_value(self)
    }

    /// Text in UTF-8, which ASCII is.
    ///
    /// # Errors
    ///
    /// [`FieldFault::NotText`]
    pub fn text(self) -> Result<&'a str> {
        std::str::from_utf8(self.bytes).map_err(|_| self.error(FieldFault::NotText))
    }

    /// `int` and the types built on it: `Length`, `SeqNum`, `NumInGroup`, `TagNum`, `DayOfMonth`.
    ///
    /// # Errors
    ///
    /// [`FieldFault::NotAnInt`], also for what does not fit.
    #[inline]
    pub fn int(self) -> Result<i64> {
        let (digits, is_negative) = match self.bytes {
            [b'-', digits @ ..] => (digits, true),
            digits => (digits, false),
        };
        match digits_of(digits) {
            Some(magnitude) => Ok(if is_negative { -magnitude } else { magnitude }),
            // The lowest number has no magnitude of its type.
            None if self.bytes == b"-9223372036854775808" => Ok(i64::MIN),
            None => Err(self.error(FieldFault::NotAnInt)),
        }
    }

    /// An `int` that is not negative.
    ///
    /// # Errors
    ///
    /// [`FieldFault::NotAnInt`], also for a negative one.
    #[inline]
    pub fn uint(self) -> Result<u64> {
        match digits_of(self.bytes).map(i64::cast_unsigned) {
            Some(number) => Ok(number),
            None => parse_digits(self.bytes).ok_or_else(|| self.error(FieldFault::NotAnInt)),
        }
    }

    /// `float` and the types built on it: `Qty`, `Price`, `PriceOffset`, `Amt`, `Percentage`; exact.
    ///
    /// # Errors
    ///
    /// [`FieldFault::NotADecimal`], also for more than 18 digits.
    #[inline(always)]
    pub fn decimal(self) -> Result<Decimal> {
        Decimal::parse(self.bytes).ok_or_else(|| self.error(FieldFault::NotADecimal))
    }

    /// `char`
    ///
    /// # Errors
    ///
    /// [`FieldFault::NotAChar`]
    #[inline]
    pub fn char(self) -> Result<char> {
        match *self.bytes {
            [byte] if byte.is_ascii() => Ok(char::from(byte)),
            _ => Err(self.error(FieldFault::NotAChar)),
        }
    }

    /// `Boolean`
    ///
    /// # Errors
    ///
    /// [`FieldFault::NotABool`]
    #[inline]
    pub fn bool(self) -> Result<bool> {
        match self.bytes {
            b"Y" => Ok(true),
            b"N" => Ok(false),
            _ => Err(self.error(FieldFault::NotABool)),
        }
    }

    /// `UTCTimestamp`, to seconds and with any number of fractional digits up to picoseconds.
    ///
    /// # Errors
    ///
    /// [`FieldFault::NotATime`]
    #[inline]
    pub fn timestamp(self) -> Result<UtcTimestamp> {
        self.time_by(UtcTimestamp::parse)
    }

    /// `UTCDateOnly`, `LocalMktDate`
    ///
    /// # Errors
    ///
    /// [`FieldFault::NotATime`]
    pub fn date(self) -> Result<Date> {
        self.time_by(Date::parse)
    }

    /// `UTCTimeOnly`
    ///
    /// # Errors
    ///
    /// [`FieldFault::NotATime`]
    pub fn time(self) -> Result<Time> {
        self.time_by(Time::parse)
    }

    /// `TZTimestamp`
    ///
    /// # Errors
    ///
    /// [`FieldFault::NotATime`]
    pub fn tz_timestamp(self) -> Result<TzTimestamp> {
        self.time_by(TzTimestamp::parse)
    }

    /// `TZTimeOnly`
    ///
    /// # Errors
    ///
    /// [`FieldFault::NotATime`]
    pub fn tz_time(self) -> Result<TzTime> {
        self.time_by(TzTime::parse)
    }

    /// `MonthYear`
    ///
    /// # Errors
    ///
    /// [`FieldFault::NotATime`]
    pub fn month_year(self) -> Result<MonthYear> {
        self.time_by(MonthYear::parse)
    }

    #[inline]
    fn time_by<T>(self, parse: fn(&[u8]) -> Option<T>) -> Result<T> {
        parse(self.bytes).ok_or_else(|| self.error(FieldFault::NotATime))
    }

    /// `MultipleStringValue` (`MultipleValueString` before FIX 5.0) and `MultipleCharValue`: what stands between
    /// spaces.
    pub fn words(self) -> impl Iterator<Item = &'a [u8]> {
        self.bytes.split(|&byte| byte == b' ')
    }
}

/// One to eighteen digits.
#[inline]
pub(crate) fn digits_of(bytes: &[u8]) -> Option<i64> {
    if bytes.is_empty() || bytes.len() > 18 {
        return long_digits_of(bytes);
    }
    let mut number = 0;
    for &byte in bytes {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = 10 * number + i64::from(digit);
    }
    Some(number)
}

#[cold]
fn long_digits_of(bytes: &[u8]) -> Option<i64> {
    parse_digits(bytes)
}

/// Any number of digits and nothing else, as far as the number fits.
#[cold]
fn parse_digits<T: FromStr>(bytes: &[u8]) -> Option<T> {
    let is_all_digits = !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit);
    let text = std::str::from_utf8(bytes).ok().filter(|_| is_all_digits)?;
    text.parse().ok()
}

/// A type that a field can be read as.
///
/// # Examples
///
/// ```
/// use boom_fix::{Error, FieldIndex, Fields, FromValue, FieldError, FieldFault, Value};
///
/// #[derive(Debug, PartialEq)]
/// enum Side { Buy, Sell }
///
/// impl<'a> FromValue<'a> for Side {
///     fn from_value(value: Value<'a>) -> Result<Self, FieldError> {
///         match value.as_bytes() {
///             b"1" => Ok(Self::Buy),
///             b"2" => Ok(Self::Sell),
///             _ => Err(value.error(FieldFault::NotInEnum)),
///         }
///     }
/// }
///
/// let mut index = FieldIndex::new();
/// let fields = Fields::parse(b"54=2\x01", &mut index)?;
/// assert_eq!(fields.read::<Side>(54)?, Side::Sell);
/// # Ok::<(), Error>(())
/// ```
pub trait FromValue<'a>: Sized {
    /// Reads the value.
    ///
    /// # Errors
    ///
    /// The value is none of this type.
    fn from_value(value: Value<'a>) -> Result<Self>;
}

macro_rules! from_value {
    ($($type:ty: $method:ident),* $(,)?) => {
        $(impl<'a> FromValue<'a> for $type {
            #[inline]
            fn from_value(value: Value<'a>) -> Result<Self> {
                value.$method()
            }
        })*
    };
}

from_value! {
    &'a str: text,
    i64: int,
    u64: uint,
    Decimal: decimal,
    char: char,
    bool: bool,
    UtcTimestamp: timestamp,
    Date: date,
    Time: time,
    TzTime: tz_time,
    TzTimestamp: tz_timestamp,
    MonthYear: month_year,
}

impl<'a> FromValue<'a> for &'a [u8] {
    #[inline]
    fn from_value(value: Value<'a>) -> Result<Self> {
        Ok(value.bytes)
    }
}

impl<'a> FromValue<'a> for Value<'a> {
    #[inline]
    fn from_value(value: Self) -> Result<Self> {
        Ok(value)
    }
}
