//! Messages as the definitions write them: times to fill in, lengths and sums left out.

use std::time::{SystemTime, UNIX_EPOCH};

use super::pattern::Patterns;

pub(super) const SOH: u8 = 1;

/// Replaces `<TIME>`, `<TIME+n>` and `<TIME-n>` by UTC in seconds.
pub(super) fn with_times(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = find(rest, b"<TIME") {
        out.extend_from_slice(&rest[..start]);
        let inner = &rest[start + 5..];
        let end = inner.iter().position(|&byte| byte == b'>');
        let offset = end.and_then(|end| offset(&inner[..end]));
        let (Some(end), Some(offset)) = (end, offset) else {
            out.extend_from_slice(b"<TIME");
            rest = inner;
            continue;
        };
        out.extend_from_slice(utc(offset).as_bytes());
        rest = &inner[end + 1..];
    }
    out.extend_from_slice(rest);
    out
}

fn offset(text: &[u8]) -> Option<i64> {
    if text.is_empty() {
        return Some(0);
    }
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// `YYYYMMDD-HH:MM:SS`, so many seconds from now, or what is left of a second more: a time cut short would not be as far
/// ahead as the definition wants it once the message has arrived.
fn utc(offset: i64) -> String {
    let offset = offset + i64::from(offset > 0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now
        .map_or(0, |now| now.as_secs())
        .saturating_add_signed(offset);
    let (year, month, day) = civil(now / 86_400);
    let second = now % 86_400;
    format!(
        "{year:04}{month:02}{day:02}-{:02}:{:02}:{:02}",
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}

/// The date so many days after 1 January 1970.
const fn civil(days: u64) -> (u64, u64, u64) {
    // Years that start in March, so that the leap day is the last; eras of 400 years.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + (month <= 2) as u64;
    (year, month, day)
}

/// Adds `BodyLength` (9) and `CheckSum` (10) where they are not written.
pub(super) fn framed(text: &[u8]) -> Vec<u8> {
    let head = text
        .starts_with(b"8=")
        .then(|| find(text, &[SOH]))
        .flatten();
    let Some(head) = head else {
        return text.to_vec();
    };
    let (head, rest) = text.split_at(head + 1);
    let (rest, trailer) = match find(rest, b"\x0110=") {
        Some(at) if rest.ends_with(&[SOH]) => rest.split_at(at),
        _ => (rest, &[][..]),
    };
    let mut message = head.to_vec();
    if find(text, b"\x019=").is_none() {
        message.extend(format!("9={}\x01", rest.len()).bytes());
    }
    message.extend_from_slice(rest);
    if trailer.is_empty() {
        let sum = message
            .iter()
            .fold(0u8, |sum, &byte| sum.wrapping_add(byte));
        message.extend(format!("10={sum:03}\x01").bytes());
    } else {
        message.extend_from_slice(trailer);
    }
    message
}

/// What is different, field by field in order.
pub(super) fn difference(expected: &[u8], got: &[u8], patterns: &Patterns) -> Option<String> {
    let (expected, got) = (fields(expected), fields(got));
    if expected.len() != got.len() {
        return Some(format!("{} fields, not {}", got.len(), expected.len()));
    }
    for ((tag, value), (other_tag, other)) in expected.iter().zip(&got) {
        if tag != other_tag {
            let (tag, other) = (tag.escape_ascii(), other_tag.escape_ascii());
            return Some(format!("tag {other}, not {tag}"));
        }
        let is_good = patterns
            .matches(tag, other)
            .unwrap_or_else(|| value == other);
        if !is_good {
            let tag = tag.escape_ascii();
            let (value, other) = (value.escape_ascii(), other.escape_ascii());
            return Some(format!("tag {tag} is {other}, not {value}"));
        }
    }
    None
}

fn fields(message: &[u8]) -> Vec<(&[u8], &[u8])> {
    let fields = message.split(|&byte| byte == SOH);
    fields
        .filter(|field| !field.is_empty())
        .map(|field| match field.iter().position(|&byte| byte == b'=') {
            Some(at) => (&field[..at], &field[at + 1..]),
            None => (field, &[][..]),
        })
        .collect()
}

pub(super) fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_and_sum_are_added_where_they_lack() {
        assert_eq!(
            framed(b"8=FIX.4.2\x0135=0\x01"),
            b"8=FIX.4.2\x019=5\x0135=0\x0110=161\x01"
        );
        let whole = b"8=FIX.4.2\x019=7\x0135=0\x0110=0\x01";
        assert_eq!(framed(whole), whole);
        assert_eq!(framed(b"35=0\x01"), b"35=0\x01");
    }

    #[test]
    fn days_are_dates() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(19_782), (2024, 2, 29));
        assert_eq!(civil(20_780), (2026, 11, 23));
    }

    #[test]
    fn times_are_filled_in() {
        let text = with_times(b"52=<TIME>|122=<TIME-121>|<TIMES>");
        assert_eq!(text.len(), 3 + 17 + 1 + 4 + 17 + 1 + 7, "{text:?}");
        assert!(text.ends_with(b"|<TIMES>"));
    }

    #[test]
    fn the_first_difference_is_told() {
        let patterns = Patterns::standard();
        let expected = b"35=0\x0152=00000000-00:00:00\x0158=a\x01";
        let told = |got: &[u8]| difference(expected, got, &patterns);
        assert_eq!(told(b"35=0\x0152=20261123-01:02:03\x0158=a\x01"), None);
        let told = told(b"35=0\x0152=20261123-01:02:03\x0158=b\x01");
        assert_eq!(told.as_deref(), Some("tag 58 is b, not a"));
    }
}
