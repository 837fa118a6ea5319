//! Fields that are compared by a pattern, because they hold times and sums.

use std::collections::BTreeMap;

use crate::report::{Failure, Result};

/// Patterns by tag.
#[derive(Debug)]
pub(super) struct Patterns(BTreeMap<u32, Pattern>);

/// Alternatives of what is to stand somewhere in a value. Of regular expressions it has what the definitions use: digits,
/// repeated digits, and characters that stand for themselves.
#[derive(Debug)]
struct Pattern(Vec<Vec<Token>>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Digit,
    Byte(u8),
}

const STANDARD: &str = r"10=\d{3}
42=\d{8}-\d{2}:\d{2}:\d{2}
52=\d{8}-\d{2}:\d{2}:\d{2}
60=\d{8}-\d{2}:\d{2}:\d{2}
122=\d{8}-\d{2}:\d{2}:\d{2}";

impl Patterns {
    pub(super) fn standard() -> Self {
        Self::parse(STANDARD).unwrap_or(Self(BTreeMap::new()))
    }

    /// Lines of `tag=pattern`.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let mut patterns = BTreeMap::new();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let parts = line.trim().split_once('=');
            let entry =
                parts.and_then(|(tag, text)| Some((tag.parse().ok()?, Pattern::parse(text)?)));
            let (tag, pattern) =
                entry.ok_or_else(|| Failure::new(format!("`{line}` is no field and pattern")))?;
            patterns.insert(tag, pattern);
        }
        Ok(Self(patterns))
    }

    /// Whether a value is as its pattern wants; `None` where the tag has none.
    pub(super) fn matches(&self, tag: &[u8], value: &[u8]) -> Option<bool> {
        let tag = std::str::from_utf8(tag).ok()?.parse().ok()?;
        Some(self.0.get(&tag)?.is_in(value))
    }
}

impl Pattern {
    fn parse(text: &str) -> Option<Self> {
        text.split('|')
            .map(alternative)
            .collect::<Option<_>>()
            .map(Self)
    }

    fn is_in(&self, value: &[u8]) -> bool {
        self.0.iter().any(|tokens| {
            let mut windows = value.windows(tokens.len().max(1));
            windows.any(|window| {
                let mut pairs = tokens.iter().zip(window);
                pairs.all(|(token, byte)| match token {
                    Token::Digit => byte.is_ascii_digit(),
                    Token::Byte(wanted) => wanted == byte,
                })
            })
        })
    }
}

fn alternative(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let token;
        (token, rest) = if let Some(rest) = rest.strip_prefix(r"\d") {
            (Token::Digit, rest)
        } else if let Some(rest) = rest.strip_prefix("[.]") {
            (Token::Byte(b'.'), rest)
        } else {
            let byte = *rest.as_bytes().first()?;
            if !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b':')) {
                return None;
            }
            (Token::Byte(byte), rest.get(1..)?)
        };
        let mut count = 1;
        if let Some(inner) = rest.strip_prefix('{') {
            let (digits, behind) = inner.split_once('}')?;
            (count, rest) = (digits.parse().ok()?, behind);
        }
        tokens.extend(vec![token; count]);
    }
    Some(tokens)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_may_have_milliseconds() {
        let patterns =
            Patterns::parse(r"52=\d{8}-\d{2}:\d{2}:\d{2}|\d{8}-\d{2}:\d{2}:\d{2}[.]\d{3}").unwrap();
        for (value, is_good) in [
            ("20261123-01:02:03", true),
            ("20261123-01:02:03.456", true),
            ("20261123 01:02:03", false),
            ("now", false),
        ] {
            assert_eq!(patterns.matches(b"52", value.as_bytes()), Some(is_good));
        }
        assert_eq!(patterns.matches(b"55", b"MSFT"), None);
    }

    #[test]
    fn what_is_not_known_of_regular_expressions_is_refused() {
        assert!(Patterns::parse("52=.*").is_err());
        assert!(Patterns::parse("52").is_err());
    }

    #[test]
    fn the_standard_ones_are_patterns() {
        assert_eq!(Patterns::standard().matches(b"10", b"07"), Some(false));
        assert_eq!(Patterns::standard().matches(b"10", b"070"), Some(true));
    }
}
