//! A message as a line for people.

use std::io::Write;

use super::queue::Kind;
use crate::{DataFields, Precision, SOH, UtcTimestamp};

/// Makes lines.
#[derive(Debug)]
pub(super) struct Lines {
    /// Sorted.
    masked: Vec<u32>,
    data_fields: DataFields,
}

impl Lines {
    pub(super) fn new(mut masked: Vec<u32>, data_fields: DataFields) -> Self {
        masked.sort_unstable();
        Self {
            masked,
            data_fields,
        }
    }

    /// Adds the line of an entry.
    pub(super) fn add(&self, kind: Kind, unix_ns: i64, bytes: &[u8], line: &mut Vec<u8>) {
        if kind == Kind::Dropped {
            let count = bytes
                .first_chunk()
                .map_or(0, |count| u64::from_le_bytes(*count));
            // No write to a vector fails.
            let _ = writeln!(line, "- {count} lines are missing here: the queue was full");
            return;
        }
        let time = UtcTimestamp::from_unix_nanos(unix_ns, Precision::Nanos);
        let sign = match kind {
            Kind::Inbound => '<',
            Kind::Outbound => '>',
            Kind::Remark | Kind::Dropped => '-',
        };
        let _ = write!(line, "{time} {sign} ");
        match kind {
            Kind::Inbound | Kind::Outbound => self.add_message(bytes, line),
            Kind::Remark | Kind::Dropped => add_text(bytes, line),
        }
        line.push(b'\n');
    }

    /// Field by field. Only the data that is masked is taken to be as long as is announced: a wrong length before other
    /// data must not hide a password behind it.
    fn add_message(&self, mut rest: &[u8], line: &mut Vec<u8>) {
        let mut announced = None;
        while !rest.is_empty() {
            let end = rest
                .iter()
                .position(|&byte| byte == SOH)
                .unwrap_or(rest.len());
            let (field, _) = rest.split_at(end);
            let tag = tag_of(field);
            if tag.is_some_and(|(tag, _)| self.is_masked(tag)) {
                let (tag, start) = tag.unwrap_or_default();
                line.extend_from_slice(field.get(..start).unwrap_or_default());
                line.extend_from_slice(b"***");
                rest = behind_value(rest, start, end, announced.filter(|&(data, _)| data == tag));
            } else {
                add_text(field, line);
                rest = rest.get(end..).unwrap_or_default();
            }
            announced = tag.and_then(|(tag, start)| {
                let data = self.data_fields.data_of(tag)?;
                Some((data, number(field.get(start..)?)?))
            });
            if let [SOH, behind @ ..] = rest {
                line.push(b'|');
                rest = behind;
            }
        }
    }

    fn is_masked(&self, tag: u32) -> bool {
        self.masked.binary_search(&tag).is_ok()
    }
}

/// What follows a masked value: behind the announced length where the delimiter is there, else behind the first one.
fn behind_value(rest: &[u8], start: usize, end: usize, announced: Option<(u32, usize)>) -> &[u8] {
    let data_end = announced.and_then(|(_, length)| start.checked_add(length));
    let behind = data_end.and_then(|end| rest.get(end..));
    match behind {
        Some(behind @ ([] | [SOH, ..])) => behind,
        _ => rest.get(end..).unwrap_or_default(),
    }
}

/// The tag of a field, and where its value starts.
fn tag_of(field: &[u8]) -> Option<(u32, usize)> {
    let equals = field.iter().position(|&byte| byte == b'=')?;
    let tag = number(field.get(..equals)?)?;
    Some((u32::try_from(tag).ok()?, equals + 1))
}

fn number(digits: &[u8]) -> Option<usize> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// A line stays a line, and a terminal what it was: some take U+0080 to U+009F for controls too.
fn add_text(text: &[u8], line: &mut Vec<u8>) {
    let mut before = 0;
    for &byte in text {
        let is_c1 = before == 0xc2 && (0x80..0xa0).contains(&byte);
        before = byte;
        if byte == SOH {
            line.push(b'|');
        } else if is_c1 {
            // Of what would be left of it no terminal makes a character.
            line.pop();
            let _ = write!(line, "\\xc2\\x{byte:02x}");
        } else if byte.is_ascii_control() {
            let _ = write!(line, "\\x{byte:02x}");
        } else {
            line.push(byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(message: &[u8], masked: &[u32]) -> String {
        let lines = Lines::new(masked.to_vec(), DataFields::standard());
        let mut line = Vec::new();
        lines.add_message(message, &mut line);
        String::from_utf8(line).unwrap()
    }

    #[test]
    fn delimiters_and_control_characters() {
        assert_eq!(
            line(b"8=FIX.4.4\x0158=a\nb\x1b[2J\x7f\x01", &[]),
            "8=FIX.4.4|58=a\\x0ab\\x1b[2J\\x7f|"
        );
        assert_eq!(line(b"no field\x01\x01=\x01x", &[]), "no field||=|x");
        // Controls of two bytes, and what is none.
        assert_eq!(
            line("58=a\u{9b}2J\u{80}\u{a0}é".as_bytes(), &[]),
            "58=a\\xc2\\x9b2J\\xc2\\x80\u{a0}é"
        );
    }

    #[test]
    fn passwords_are_masked() {
        let message = b"553=me\x01554=secret\x01925=new\x0110=000\x01";
        assert_eq!(line(message, &[554, 925]), "553=me|554=***|925=***|10=000|");
        // Also where they end with the message, or are empty.
        assert_eq!(line(b"554=secret", &[554]), "554=***");
        assert_eq!(line(b"554=\x01", &[554]), "554=***|");
        // Also with zeros in front.
        assert_eq!(line(b"0554=secret\x01", &[554]), "0554=***|");
    }

    #[test]
    fn masked_data_is_as_long_as_is_announced() {
        let message = b"95=7\x0196=a\x01b\x01c=d\x0110=000\x01";
        assert_eq!(line(message, &[96]), "95=7|96=***|10=000|");
        assert_eq!(line(message, &[]), "95=7|96=a|b|c=d|10=000|");
        // Not where there is no end: as if nothing had been announced.
        assert_eq!(
            line(b"95=99\x0196=ab\x0110=0\x01", &[96]),
            "95=99|96=***|10=0|"
        );
        assert_eq!(
            line(b"95=1\x0196=ab\x0110=0\x01", &[96]),
            "95=1|96=***|10=0|"
        );
    }

    #[test]
    fn a_wrong_length_hides_no_password() {
        let message = b"95=17\x0196=ab\x01554=secret\x01";
        assert_eq!(line(message, &[554]), "95=17|96=ab|554=***|");
    }
}
