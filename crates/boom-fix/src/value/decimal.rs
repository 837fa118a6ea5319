//! Exact decimal numbers.

use std::cmp::Ordering;
use std::fmt;

/// An exact decimal number as it was written: digits, and how many of them stand behind the point.
///
/// `101.5` and `101.50` are equal, and each keeps its digits: what is read is written again as it was.
///
/// # Examples
///
/// ```
/// use boom_fix::Decimal;
///
/// let price = Decimal::new(10150, 2);
/// assert_eq!(price.to_string(), "101.50");
/// assert_eq!(price, Decimal::new(1015, 1));
/// assert!(price < Decimal::from(102));
/// assert_eq!((price.mantissa(), price.scale()), (10150, 2));
/// assert_eq!("-0.5".parse(), Ok(Decimal::new(-5, 1)));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Decimal {
    mantissa: i64,
    scale: u8,
}

impl Decimal {
    /// `mantissa` divided by ten to the power of `scale`. More than 18 places are none that a field may have: they
    /// count as 18.
    pub const fn new(mantissa: i64, scale: u8) -> Self {
        let scale = if scale > MAX_SCALE { MAX_SCALE } else { scale };
        Self { mantissa, scale }
    }

    /// All digits.
    pub const fn mantissa(self) -> i64 {
        self.mantissa
    }

    /// The number of digits behind the point; the exponent is this, negated.
    pub const fn scale(self) -> u8 {
        self.scale
    }

    /// The nearest floating-point number.
    pub fn to_f64(self) -> f64 {
        self.mantissa as f64 / POWERS[usize::from(self.scale)] as f64
    }

    /// The mantissa that the number has with so many places, or `None` if it would lose digits or not fit: prices in
    /// ticks.
    pub fn rescaled(self, scale: u8) -> Option<i64> {
        match scale.checked_sub(self.scale) {
            Some(more) => self.mantissa.checked_mul(*POWERS.get(usize::from(more))?),
            None => {
                let divisor = POWERS[usize::from(self.scale - scale)];
                (self.mantissa % divisor == 0).then(|| self.mantissa / divisor)
            }
        }
    }

    /// Reads a `float`: digits with at most one point, a sign in front; up to 18 digits.
    #[inline(always)]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let (digits, is_negative) = match bytes {
            [b'-', digits @ ..] => (digits, true),
            digits => (digits, false),
        };
        let word = match digits.len() {
            4..=8 => parse_word(digits),
            _ => None,
        };
        let (mantissa, scale) = match word {
            Some(number) => number,
            None => parse_any(digits)?,
        };
        Some(Self {
            mantissa: if is_negative { -mantissa } else { mantissa },
            scale,
        })
    }

    /// Reads the value of a field out of its message.
    #[inline(always)]
    pub(crate) fn parse_at(bytes: &[u8], start: u32, end: u32) -> Option<Self> {
        match short_value(bytes, start, end).and_then(parse_digits) {
            Some((mantissa, scale)) => Some(Self { mantissa, scale }),
            None => Self::parse_apart(bytes.get(start as usize..end as usize)?),
        }
    }

    #[inline(never)]
    fn parse_apart(bytes: &[u8]) -> Option<Self> {
        Self::parse(bytes)
    }

    /// The same number of the crate `rust_decimal`.
    #[cfg(feature = "rust_decimal")]
    pub fn to_rust_decimal(self) -> rust_decimal::Decimal {
        rust_decimal::Decimal::new(self.mantissa, u32::from(self.scale))
    }

    /// A number of the crate `rust_decimal`; `None` if it has more than 18 digits.
    #[cfg(feature = "rust_decimal")]
    pub fn from_rust_decimal(number: rust_decimal::Decimal) -> Option<Self> {
        let scale = u8::try_from(number.scale())
            .ok()
            .filter(|&scale| scale <= MAX_SCALE)?;
        let mantissa = i64::try_from(number.mantissa()).ok();
        let mantissa = mantissa.filter(|mantissa| mantissa.unsigned_abs() < 10u64.pow(18))?;
        Some(Self::new(mantissa, scale))
    }
}

/// Four to eight characters, all in one register.
#[inline(always)]
fn parse_word(text: &[u8]) -> Option<(i64, u8)> {
    let (first, last) = (text.first_chunk::<4>()?, text.last_chunk::<4>()?);
    let [first, last] = [first, last].map(|bytes| u64::from(u32::from_le_bytes(*bytes)));
    let word = first | last << (8 * (text.len() - 4));
    // The last character in the uppermost byte; digits become their values.
    parse_digits((word ^ ZEROS) << (64 - 8 * text.len()))
}

/// One to eight characters that are digits or a point, the last in the uppermost byte, less what the character `0` is;
/// zeros below them.
#[inline(always)]
fn parse_digits(digits: u64) -> Option<(i64, u8)> {
    let found = not_digits(digits);
    if found == 0 {
        return Some((number_of(digits), 0));
    }
    let place = found.ilog2();
    if found & (found - 1) != 0 || (digits >> (place - 7)) as u8 != POINT {
        return None;
    }
    // The bits up to and with the point, and those below it, which move up into its place.
    let through = found | (found - 1);
    let below = (through >> 8) & digits;
    let number = number_of((digits & !through) | below << 8);
    Some((number, (7 - (place >> 3)) as u8))
}

/// The value that ends at `end` if it is one to eight characters long, as [`parse_digits`] takes it, out of a message
/// that has as many before it.
#[inline(always)]
pub(crate) fn short_value(bytes: &[u8], start: u32, end: u32) -> Option<u64> {
    let length = end.wrapping_sub(start);
    if length.wrapping_sub(1) > 7 {
        return None;
    }
    let end = end as usize;
    let word = u64::from_le_bytes(*bytes.get(end.checked_sub(8)?..end)?.first_chunk()?);
    let others = 64 - 8 * length;
    Some((word ^ ZEROS) >> others << others)
}

const ZEROS: u64 = 0x3030_3030_3030_3030;
const POINT: u8 = b'.' ^ b'0';

/// The highest bit of each byte that is more than nine, and perhaps of the next behind one that is much more.
#[inline(always)]
const fn not_digits(digits: u64) -> u64 {
    (digits.wrapping_add(0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080
}

/// The number of eight digits, the first in the lowest byte.
#[inline(always)]
pub(crate) const fn eight_digits(digits: u64) -> Option<i64> {
    if not_digits(digits) == 0 {
        Some(number_of(digits))
    } else {
        None
    }
}

#[inline(always)]
const fn number_of(digits: u64) -> i64 {
    let twos = digits.wrapping_mul(10).wrapping_add(digits >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = (twos.wrapping_mul(0x0064_0001) >> 16) & 0x0000_ffff_0000_ffff;
    (fours.wrapping_mul(0x0000_2710_0000_0001) >> 32) as i64
}

/// Any number of characters.
#[inline(never)]
fn parse_any(text: &[u8]) -> Option<(i64, u8)> {
    let (mut mantissa, mut has_digits, mut scale) = (0i64, false, None);
    for (index, &byte) in text.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            if byte != b'.' || scale.is_some() {
                return None;
            }
            scale = Some(u8::try_from(text.len() - index - 1).ok()?);
            continue;
        }
        has_digits = true;
        mantissa = mantissa.checked_mul(10)?.checked_add(i64::from(digit))?;
    }
    let scale = scale.unwrap_or(0);
    let is_exact = has_digits && scale <= MAX_SCALE && mantissa < 1_000_000_000_000_000_000;
    is_exact.then_some((mantissa, scale))
}

pub(crate) const MAX_SCALE: u8 = 18;

const POWERS: [i64; MAX_SCALE as usize + 1] = {
    let mut powers = [1; MAX_SCALE as usize + 1];
    let mut index = 1;
    while index < powers.len() {
        powers[index] = 10 * powers[index - 1];
        index += 1;
    }
    powers
};

impl From<i64> for Decimal {
    fn from(number: i64) -> Self {
        Self::new(number, 0)
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let to = |number: &Self, scale: u8| {
            let more = scale.saturating_sub(number.scale);
            i128::from(number.mantissa) * i128::from(POWERS[usize::from(more)])
        };
        to(self, other.scale).cmp(&to(other, self.scale))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let power = POWERS[usize::from(self.scale)].unsigned_abs();
        let magnitude = self.mantissa.unsigned_abs();
        let (whole, part) = (magnitude / power, magnitude % power);
        match usize::from(self.scale) {
            0 => f.pad(&format_args!("{sign}{whole}").to_string()),
            places => f.pad(&format_args!("{sign}{whole}.{part:0places$}").to_string()),
        }
    }
}

/// The text was no decimal number.
impl std::str::FromStr for Decimal {
    type Err = crate::FieldFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text.as_bytes()).ok_or(crate::FieldFault::NotADecimal)
    }
}
