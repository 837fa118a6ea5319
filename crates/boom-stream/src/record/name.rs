//! Names of recordings that nobody named.

use crate::ConnectionInfo;

const DAY_SECONDS: u64 = 86_400;

/// `stream.example.com_443_20240131T235959.123456789Z`
pub(super) fn default_name(info: &ConnectionInfo, start_ns: u64) -> String {
    let host: String = info
        .host()
        .chars()
        .map(|c| match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '-' => c,
            _ => '_',
        })
        .collect();
    format!("{host}_{}_{}", info.port(), timestamp(start_ns))
}

/// ISO 8601 in its basic form, since a colon is no part of a file name everywhere.
fn timestamp(ns: u64) -> String {
    let (seconds, ns) = (ns / 1_000_000_000, ns % 1_000_000_000);
    let (year, month, day) = date(seconds / DAY_SECONDS);
    let second = seconds % DAY_SECONDS;
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}.{ns:09}Z")
}

/// The Gregorian date that is so many days after 1970-01-01.
///
/// Years are counted from March within eras of 400 years, so that the leap day is a year's last.
const fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = era * 400 + year_of_era + (month <= 2) as u64;
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        assert_eq!(date(0), (1970, 1, 1));
        assert_eq!(date(11_016), (2000, 2, 29));
        assert_eq!(date(11_017), (2000, 3, 1));
        assert_eq!(date(19_723), (2024, 1, 1));
        assert_eq!(date(47_540), (2100, 2, 28));
        assert_eq!(date(47_541), (2100, 3, 1));
    }

    #[test]
    fn a_name_is_a_file_name() {
        let info = ConnectionInfo::new("[fe80::1%eth/0]", 9001);
        let name = default_name(&info, 1_706_745_599_000_000_042);
        assert_eq!(name, "fe80__1_eth_0_9001_20240131T235959.000000042Z");
    }
}
