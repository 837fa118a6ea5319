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
    text.is_ascii() || std::str::from_utf8(text).is_ok()
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
