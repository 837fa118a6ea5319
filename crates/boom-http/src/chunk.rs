//! The line before a chunk (RFC 9112 §7.1).

use crate::error::ProtocolError;
use crate::syntax::{has_control, trim};

/// The size in a line without its line end, and the extensions behind it.
pub(crate) fn size(line: &[u8]) -> Result<(u64, &[u8]), ProtocolError> {
    const INVALID: ProtocolError = ProtocolError::InvalidChunkSize;
    let mut size = 0_u64;
    let mut digits = 0;
    for byte in line {
        let Some(digit) = (*byte as char).to_digit(16) else {
            break;
        };
        size = size.checked_mul(16).ok_or(INVALID)? + u64::from(digit);
        digits += 1;
    }
    // RFC 9112 §7.1.1: "BWS" stands before the semicolon of an extension; some servers pad the size with it alone.
    let rest = line.get(digits..).unwrap_or_default();
    let extensions = match rest {
        [] => rest,
        [b' ' | b'\t' | b';', ..] => trim(rest),
        _ => return Err(INVALID),
    };
    let is_end = matches!(extensions, [] | [b';', ..]) && !has_control(extensions);
    if digits == 0 || !is_end {
        return Err(INVALID);
    }
    Ok((size, extensions))
}

/// The size in the usual line, which has no extensions and ends by CR LF, and the length of that line; `None` for any other.
#[inline]
pub(crate) fn plain(bytes: &[u8]) -> Option<(u64, usize)> {
    // More digits than these are for the closer look.
    const DIGITS_MAX: usize = 8;
    let mut size = 0_u64;
    for (count, byte) in bytes.iter().take(DIGITS_MAX + 1).enumerate() {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            b'A'..=b'F' => byte - b'A' + 10,
            b'\r' if count > 0 && bytes.get(count + 1) == Some(&b'\n') => {
                return Some((size, count + 2));
            }
            _ => return None,
        };
        size = size << 4 | u64::from(digit);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_hexadecimal_with_extensions() {
        for (line, expected) in [
            ("0", 0),
            ("a", 10),
            ("FF", 255),
            ("000000000000000000000005", 5),
            ("ffffffffffffffff", u64::MAX),
            ("5;name", 5),
            ("5 ; name=\"v;\"", 5),
            ("5  ", 5),
            ("5;\tx", 5),
        ] {
            let told = size(line.as_bytes()).map(|(size, _)| size);
            assert_eq!(told, Ok(expected), "{line}");
        }
    }

    #[test]
    fn extensions_are_what_stands_behind() {
        for (line, expected) in [
            ("5", ""),
            ("5 \t", ""),
            ("5;a", ";a"),
            ("5 ; a=\"b c\" ", "; a=\"b c\""),
        ] {
            let told = size(line.as_bytes()).map(|(_, extensions)| extensions);
            assert_eq!(told, Ok(expected.as_bytes()), "{line}");
        }
    }

    #[test]
    fn the_usual_line_is_read_as_any_other() {
        for line in ["0", "a", "1000", "FfFf", "00000005", "ffffffff"] {
            let bytes = format!("{line}\r\nrest");
            let (told, _) = size(line.as_bytes()).unwrap();
            assert_eq!(
                plain(bytes.as_bytes()),
                Some((told, line.len() + 2)),
                "{line}"
            );
        }
        for other in [
            "",
            "\r\n",
            "5",
            "5\r",
            "5\n",
            "5\r\r\n",
            "5;a\r\n",
            "5 \r\n",
            "g\r\n",
            "000000005\r\n",
        ] {
            assert_eq!(plain(other.as_bytes()), None, "{other:?}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for line in [
            "",
            ";",
            "g",
            "0x5",
            "+5",
            "-5",
            " 5",
            "5 5",
            "5g",
            "5,5",
            "10000000000000000",
            "5;\rx",
            "5\0",
        ] {
            assert!(size(line.as_bytes()).is_err(), "{line:?}");
        }
    }
}
