//! The line before a chunk (RFC 9112 §7.1).

use crate::error::ProtocolError;
use crate::syntax::has_control;

/// The size in a line without its line end; extensions are passed over.
pub(crate) fn size(line: &[u8]) -> Result<u64, ProtocolError> {
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
    let is_end = match rest {
        [] => true,
        [b' ' | b'\t' | b';', ..] => {
            let rest = rest.trim_ascii_start();
            matches!(rest, [] | [b';', ..]) && !has_control(rest)
        }
        _ => false,
    };
    if digits == 0 || !is_end {
        return Err(INVALID);
    }
    Ok(size)
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
            assert_eq!(size(line.as_bytes()), Ok(expected), "{line}");
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
