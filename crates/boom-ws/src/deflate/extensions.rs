//! The grammar of `Sec-WebSocket-Extensions` (RFC 6455 §9.1).

use std::borrow::Cow;

/// The header breaks the grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// One extension and its parameters, as they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Extension<'a> {
    pub(super) name: &'a [u8],
    pub(super) parameters: Vec<Parameter<'a>>,
}

/// A parameter, and its value out of its quotes where it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parameter<'a> {
    pub(super) name: &'a [u8],
    pub(super) value: Option<Cow<'a, [u8]>>,
}

/// Takes a header value apart.
pub(super) fn parse(value: &[u8]) -> Result<Vec<Extension<'_>>, Malformed> {
    let mut scanner = Scanner { rest: value };
    let mut extensions = Vec::new();
    loop {
        // RFC 9110 §5.6.1.2: a recipient must ignore a reasonable number of empty elements.
        while scanner.eat(b',') {}
        if scanner.is_at_end() {
            return Ok(extensions);
        }
        extensions.push(scanner.extension()?);
        if !scanner.is_at_end() && !scanner.eat(b',') {
            return Err(Malformed);
        }
    }
}

/// What is left to read.
struct Scanner<'a> {
    rest: &'a [u8],
}

impl<'a> Scanner<'a> {
    fn extension(&mut self) -> Result<Extension<'a>, Malformed> {
        let name = self.token()?;
        let mut parameters = Vec::new();
        while self.eat(b';') {
            let name = self.token()?;
            let value = if self.eat(b'=') {
                Some(self.value()?)
            } else {
                None
            };
            parameters.push(Parameter { name, value });
        }
        Ok(Extension { name, parameters })
    }

    fn value(&mut self) -> Result<Cow<'a, [u8]>, Malformed> {
        self.skip_whitespace();
        match self.rest.split_first() {
            Some((b'"', rest)) => {
                self.rest = rest;
                self.quoted().map(Cow::Owned)
            }
            _ => self.token().map(Cow::Borrowed),
        }
    }

    /// RFC 6455 §9.1: "the value after quoted-string unescaping MUST conform to the 'token' ABNF".
    fn quoted(&mut self) -> Result<Vec<u8>, Malformed> {
        let mut value = Vec::new();
        loop {
            let mut byte = self.next()?;
            if byte == b'"' {
                break;
            }
            if byte == b'\\' {
                byte = self.next()?;
            }
            if !is_token_byte(byte) {
                return Err(Malformed);
            }
            value.push(byte);
        }
        if value.is_empty() {
            return Err(Malformed);
        }
        Ok(value)
    }

    fn token(&mut self) -> Result<&'a [u8], Malformed> {
        self.skip_whitespace();
        let len = self
            .rest
            .iter()
            .position(|byte| !is_token_byte(*byte))
            .unwrap_or(self.rest.len());
        if len == 0 {
            return Err(Malformed);
        }
        let (token, rest) = self.rest.split_at(len);
        self.rest = rest;
        Ok(token)
    }

    fn next(&mut self) -> Result<u8, Malformed> {
        let (byte, rest) = self.rest.split_first().ok_or(Malformed)?;
        self.rest = rest;
        Ok(*byte)
    }

    fn eat(&mut self, expected: u8) -> bool {
        self.skip_whitespace();
        match self.rest.split_first() {
            Some((byte, rest)) if *byte == expected => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    fn is_at_end(&mut self) -> bool {
        self.skip_whitespace();
        self.rest.is_empty()
    }

    fn skip_whitespace(&mut self) {
        while let [b' ' | b'\t', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }
}

/// RFC 9110 §5.6.2.
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
