//! Which bytes may stand where (RFC 9110 §5, RFC 3986).

/// RFC 9110 §5.6.2: the bytes of a token.
static TOKEN: [bool; 256] = table(b"!#$%&'*+-.^_`|~");

/// RFC 3986 §3.3 and §3.4: the bytes of a path and of a query but `%`.
static TARGET: [bool; 256] = table(b"-._~!$&'()*+,;=:@/?");

const fn table(others: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let mut index = 0;
    while index < others.len() {
        table[others[index] as usize] = true;
        index += 1;
    }
    table
}

const ONES: u64 = u64::from_le_bytes([1; 8]);
const HIGHS: u64 = ONES << 7;

/// The number of token bytes at the start.
#[inline(always)]
pub(crate) fn token_len(bytes: &[u8]) -> usize {
    // Eight at a time without a look at the length. Names are short, so that arithmetic on words would win nothing.
    let (words, rest) = bytes.as_chunks::<8>();
    let mut len = 0;
    for word in words {
        for (place, byte) in word.iter().enumerate() {
            if !TOKEN[*byte as usize] {
                return len + place;
            }
        }
        len += 8;
    }
    let rest = rest.iter().take_while(|byte| TOKEN[**byte as usize]);
    len + rest.count()
}

/// Returns true if a token is this name, whatever the case of its letters. The name, of letters and hyphens, is given in
/// lower case.
#[inline(always)]
pub(crate) fn is_name<const N: usize>(token: &[u8], name: &[u8; N]) -> bool {
    const { assert!(N >= 8 && N <= 24, "three words, of which two may overlap") };
    // The bit by which the cases of a letter differ; what else differs by it from a letter or a hyphen is in no token.
    const CASE: u64 = ONES * 0x20;
    let same = |place: usize| {
        let word = |bytes: &[u8]| {
            let word = bytes.get(place..)?.first_chunk::<8>()?;
            Some(u64::from_le_bytes(*word) | CASE)
        };
        word(token) == word(name)
    };
    token.len() == N && same(0) && same(N - 8) && (N <= 16 || same(8))
}

pub(crate) fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && token_len(bytes) == bytes.len()
}

/// Returns true if there is a control character other than a tab, the line ends above all.
#[inline(always)]
pub(crate) fn has_control(bytes: &[u8]) -> bool {
    text_len(bytes) < bytes.len()
}

/// The number of bytes at the start before a control character other than a tab.
#[inline(always)]
pub(crate) fn text_len(bytes: &[u8]) -> usize {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut len = 0;
    for word in words {
        let controls = controls(u64::from_le_bytes(*word));
        if controls == 0 {
            len += 8;
            continue;
        }
        len += controls.trailing_zeros() as usize / 8;
        return match bytes.get(len..) {
            Some(rest @ [b'\t', ..]) => len + text_len_by_bytes(rest),
            _ => len,
        };
    }
    len + text_len_by_bytes(rest)
}

#[inline]
fn text_len_by_bytes(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| !is_control(**byte)).count()
}

/// A bit of each byte that may be a control character. The lowest one is right; a borrow may make others above it wrong.
#[inline(always)]
const fn controls(word: u64) -> u64 {
    let below_space = word.wrapping_sub(ONES * 0x20);
    let delete = (word ^ (ONES * 0x7f)).wrapping_sub(ONES);
    // A byte with the high bit is neither, and the exclusive or leaves that bit as it is.
    (below_space | delete) & !word & HIGHS
}

const fn is_control(byte: u8) -> bool {
    (byte < b' ' && byte != b'\t') || byte == 0x7f
}

/// RFC 9112 §3.2.1: an absolute path and perhaps a query, each `%` before two hexadecimal digits.
pub(crate) fn is_origin_form(target: &[u8]) -> bool {
    target.first() == Some(&b'/') && is_target(target)
}

#[inline]
fn is_target(target: &[u8]) -> bool {
    // Without a branch a byte: a target is hardly ever wrong.
    let is_plain = target
        .iter()
        .fold(true, |all, byte| all & TARGET[*byte as usize]);
    is_plain || is_escaped_target(target)
}

#[cold]
fn is_escaped_target(target: &[u8]) -> bool {
    let mut parts = target.split(|byte| *byte == b'%');
    let is_plain = |part: &[u8]| part.iter().all(|byte| TARGET[*byte as usize]);
    parts.next().is_some_and(is_plain)
        && parts.all(|part| {
            let escape = part.first_chunk::<2>();
            escape.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) && is_plain(part)
        })
}

/// RFC 3986 §2.3: what stands for itself in any part of a query.
pub(crate) const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// RFC 9110 §5.6.3: spaces and tabs at both ends do not belong to a value.
#[inline(always)]
pub(crate) fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = bytes {
        bytes = rest;
    }
    trim_end(bytes)
}

#[inline(always)]
pub(crate) fn trim_end(mut bytes: &[u8]) -> &[u8] {
    while let [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

/// The elements of a comma-separated list (RFC 9110 §5.6.1), empty ones left out.
pub(crate) fn list(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let elements = value.split(|byte| *byte == b',').map(trim);
    elements.filter(|element| !element.is_empty())
}

/// RFC 9110 §8.6: decimal digits and nothing else.
pub(crate) fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |value, byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        value.checked_mul(10)?.checked_add(digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_are_found_at_every_place() {
        for len in 0..20 {
            for place in 0..len {
                for byte in 0..=255 {
                    let mut bytes = vec![b'x'; len];
                    bytes[place] = byte;
                    assert_eq!(has_control(&bytes), is_control(byte), "{bytes:?}");
                }
            }
        }
        assert!(has_control(b"\t\x01\t......."));
        assert!(!has_control(b"\t\t.......\xff\x80"));
    }

    /// What is found in one byte is not to be carried into the next.
    #[test]
    fn lengths_are_those_of_byte_by_byte_whatever_stands_together() {
        const BYTES: &[u8; 16] = b"\0\x01\t\n\r\x1f !x~\x7f\x80\x81\x9f\xa0\xff";
        let text = |bytes: &[u8]| bytes.iter().take_while(|byte| !is_control(**byte)).count();
        let token = |bytes: &[u8]| {
            let bytes = bytes.iter();
            bytes.take_while(|byte| TOKEN[**byte as usize]).count()
        };
        for place in 0..9 {
            let mut bytes = [b'x'; 16];
            for number in 0..1_usize << 16 {
                for (index, byte) in bytes[place..place + 4].iter_mut().enumerate() {
                    *byte = BYTES[number >> (4 * index) & 15];
                }
                assert_eq!(text_len(&bytes), text(&bytes), "{bytes:?}");
                assert_eq!(token_len(&bytes), token(&bytes), "{bytes:?}");
            }
        }
    }

    #[test]
    fn tokens_are_measured_at_every_place() {
        for len in 0..20 {
            for place in 0..len {
                for byte in 0..=255 {
                    let mut bytes = vec![b'x'; len];
                    bytes[place] = byte;
                    let expected = bytes
                        .iter()
                        .take_while(|byte| TOKEN[**byte as usize])
                        .count();
                    assert_eq!(token_len(&bytes), expected, "{bytes:?}");
                }
            }
        }
    }

    #[test]
    fn names_are_compared_whatever_their_case() {
        assert!(is_name(b"Connection", b"connection") && is_name(b"cONNECTION", b"connection"));
        let name = b"transfer-encoding";
        assert!(is_name(b"TRANSFER-ENCODING", name));
        for place in 0..name.len() {
            for byte in (0..=255).filter(|byte| TOKEN[*byte as usize]) {
                let mut token = *name;
                token[place] = byte;
                let expected = token.eq_ignore_ascii_case(name);
                assert_eq!(is_name(&token, name), expected, "{token:?}");
            }
        }
        assert!(!is_name(b"Connections", b"connection") && !is_name(b"", b"connection"));
    }

    #[test]
    fn tokens_end_at_separators() {
        assert_eq!(token_len(b"Content-Length: 5"), 14);
        assert!(is_token(b"X_1") && !is_token(b"") && !is_token(b"a b") && !is_token(b"a:"));
    }

    #[test]
    fn targets_hold_no_line_ends_spaces_or_half_escapes() {
        for good in ["/", "/a/b?c=d&e=%20", "/~x!$&'()*+,;=:@"] {
            assert!(is_origin_form(good.as_bytes()), "{good}");
        }
        for bad in [
            "",
            "a",
            "*",
            "/a b",
            "/\r\n",
            "/#",
            "/%2",
            "/%",
            "/%zz",
            "/\u{e4}",
            "/{",
            "http://a/",
        ] {
            assert!(!is_origin_form(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn numbers_are_digits_that_fit() {
        assert_eq!(number(b"18446744073709551615"), Some(u64::MAX));
        for bad in [
            &b""[..],
            b"+1",
            b"-1",
            b" 1",
            b"1 ",
            b"0x1",
            b"18446744073709551616",
            b"1,1",
        ] {
            assert_eq!(number(bad), None);
        }
    }
}
