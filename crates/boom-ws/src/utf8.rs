//! UTF-8 over the fragments of a text message (RFC 6455 §8.1). The validation itself is the standard library's.

/// Checks text that comes in parts, cut anywhere.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Utf8Stream {
    /// The start of a character whose rest has not come yet.
    partial: [u8; 4],
    partial_len: usize,
}

impl Utf8Stream {
    /// Checks the next part and returns whether the text can still be valid.
    pub(crate) fn push(&mut self, mut part: &[u8]) -> bool {
        while self.partial_len > 0 {
            let Some((byte, rest)) = part.split_first() else {
                return true;
            };
            part = rest;
            self.partial[self.partial_len] = *byte;
            self.partial_len += 1;
            match std::str::from_utf8(&self.partial[..self.partial_len]) {
                Ok(_) => self.partial_len = 0,
                // Four bytes are a character or an error, so `partial` is never outrun.
                Err(error) if error.error_len().is_some() => return false,
                Err(_) => {}
            }
        }
        match std::str::from_utf8(part) {
            Ok(_) => true,
            Err(error) if error.error_len().is_some() => false,
            Err(error) => {
                let rest = &part[error.valid_up_to()..];
                self.partial[..rest.len()].copy_from_slice(rest);
                self.partial_len = rest.len();
                true
            }
        }
    }

    /// Returns whether the text may end here, and starts over.
    pub(crate) fn finish(&mut self) -> bool {
        std::mem::take(&mut self.partial_len) == 0
    }
}

/// Checks a whole text.
#[inline(always)]
pub(crate) fn is_valid(text: &[u8]) -> bool {
    // Market data is nearly always ASCII, which one vector pass shows.
    is_ascii(text) || is_valid_beyond_ascii(text)
}

#[cold]
fn is_valid_beyond_ascii(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok()
}

/// What `<[u8]>::is_ascii` says, with the bytes beyond the last whole block read as one block that overlaps it, where
/// the standard library looks at them one by one: for 150 bytes 30 instructions instead of 130.
#[inline(always)]
fn is_ascii(text: &[u8]) -> bool {
    let Some(last) = text.last_chunk::<BLOCK>() else {
        return is_short_ascii(text);
    };
    let mut seen = words(last);
    for block in text.as_chunks::<BLOCK>().0 {
        for (seen, word) in seen.iter_mut().zip(words(block)) {
            *seen |= word;
        }
    }
    seen.iter().fold(0, |all, word| all | word) & HIGH_BITS == 0
}

const BLOCK: usize = 32;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

#[inline(always)]
fn words(block: &[u8; BLOCK]) -> [u64; BLOCK / 8] {
    let mut words = [0; BLOCK / 8];
    for (word, bytes) in words.iter_mut().zip(block.as_chunks::<8>().0) {
        *word = u64::from_ne_bytes(*bytes);
    }
    words
}

#[inline(always)]
fn is_short_ascii(text: &[u8]) -> bool {
    match (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        (Some(first), Some(last)) => {
            let mut seen = u64::from_ne_bytes(*first) | u64::from_ne_bytes(*last);
            for bytes in text.as_chunks::<8>().0 {
                seen |= u64::from_ne_bytes(*bytes);
            }
            seen & HIGH_BITS == 0
        }
        _ => text.is_ascii(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn in_parts(text: &[u8], cuts: &[usize]) -> bool {
        let mut stream = Utf8Stream::default();
        let mut start = 0;
        for &cut in cuts {
            if !stream.push(&text[start..cut]) {
                return false;
            }
            start = cut;
        }
        stream.push(&text[start..]) && stream.finish()
    }

    #[test]
    fn text_cut_at_every_two_places_is_judged_as_a_whole() {
        let texts: [&[u8]; 6] = [
            "κόσμε €𝄞x".as_bytes(),
            b"\xed\xa0\x80",
            b"\xf4\x90\x80\x80",
            b"\xc0\xaf",
            b"ab\xe2\x82",
            b"\xf0\x9f\x98\x80",
        ];
        for text in texts {
            for first in 0..=text.len() {
                for second in first..=text.len() {
                    let expected = std::str::from_utf8(text).is_ok();
                    assert_eq!(
                        in_parts(text, &[first, second]),
                        expected,
                        "{text:x?} cut at {first} and {second}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_bad_byte_is_told_as_soon_as_it_comes() {
        let mut stream = Utf8Stream::default();
        assert!(stream.push(b"ok \xf4"));
        assert!(!stream.push(b"\x90"));
    }

    #[test]
    fn a_byte_beyond_ascii_is_seen_at_every_place_of_every_length() {
        for len in 0..200 {
            let mut text = vec![b'x'; len];
            assert!(is_ascii(&text), "length {len}");
            for place in 0..len {
                text[place] = 0x80;
                assert!(!is_ascii(&text), "length {len}, place {place}");
                text[place] = b'x';
            }
        }
    }

    proptest! {
        #[test]
        fn random_bytes_are_judged_as_the_standard_library_does(
            text in prop::collection::vec(prop_oneof![Just(0xe2), Just(0x82), Just(0xac), any::<u8>()], 0..40),
            cut in 0usize..40,
        ) {
            let cut = cut.min(text.len());
            prop_assert_eq!(in_parts(&text, &[cut]), std::str::from_utf8(&text).is_ok());
            prop_assert_eq!(is_valid(&text), std::str::from_utf8(&text).is_ok());
        }
    }
}
