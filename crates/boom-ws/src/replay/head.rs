/// RFC 6455 §4.1: 16 bytes in Base64. What is longer is no key.
const KEY_MAX: usize = 24;

/// The head that a client sends.
#[derive(Clone, Debug)]
pub(super) struct Request {
    field: FieldFinder,
    key: [u8; KEY_MAX],
    /// More than `KEY_MAX` where the value was longer.
    key_len: usize,
    is_over: bool,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            field: FieldFinder::new(b"sec-websocket-key:"),
            key: [0; KEY_MAX],
            key_len: 0,
            is_over: false,
        }
    }
}

impl Request {
    /// Passes on all of the head but the key. Returns what comes behind the head.
    pub(super) fn normalise<'a>(&mut self, bytes: &'a [u8], normal: &mut Vec<u8>) -> &'a [u8] {
        let mut rest = bytes.iter();
        while !self.is_over {
            let Some(&byte) = rest.next() else {
                break;
            };
            match self.field.next(byte) {
                Part::Value => self.take_key_byte(byte),
                Part::Other => normal.push(byte),
                Part::End => {
                    normal.push(byte);
                    self.is_over = true;
                }
            }
        }
        rest.as_slice()
    }

    /// The key, once the head is there.
    pub(super) fn key(&self) -> Option<&[u8]> {
        let key = self.key.get(..self.key_len)?;
        (self.is_over && !key.is_empty()).then_some(key.trim_ascii_end())
    }

    fn take_key_byte(&mut self, byte: u8) {
        if let Some(place) = self.key.get_mut(self.key_len) {
            *place = byte;
        } else if byte.is_ascii_whitespace() {
            return;
        }
        self.key_len = self.key_len.saturating_add(1);
    }
}

/// The head that a server sends, with those of the interim answers before it.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    field: FieldFinder,
    status: Status,
    /// How much of the value was written over.
    replaced: usize,
    is_over: bool,
}

impl Default for Answer {
    fn default() -> Self {
        Self {
            field: FieldFinder::new(b"sec-websocket-accept:"),
            status: Status::default(),
            replaced: 0,
            is_over: false,
        }
    }
}

impl Answer {
    /// Writes `accept` over the value that was recorded.
    pub(super) fn adapt(&mut self, recorded: &mut [u8], accept: impl Fn() -> String) {
        if self.is_over {
            return;
        }
        let accept = accept();
        for byte in recorded {
            self.status.next(*byte);
            match self.field.next(*byte) {
                Part::Value => {
                    if let Some(right) = accept.as_bytes().get(self.replaced) {
                        *byte = *right;
                    }
                    self.replaced = self.replaced.saturating_add(1);
                }
                Part::Other => {}
                Part::End if self.status.is_interim() => self.status = Status::default(),
                Part::End => {
                    self.is_over = true;
                    return;
                }
            }
        }
    }
}

/// The status code in `HTTP/1.1 101`.
#[derive(Clone, Debug, Default)]
struct Status {
    line: [u8; STATUS_END],
    len: usize,
}

const STATUS_START: usize = "HTTP/1.1 ".len();
const STATUS_END: usize = STATUS_START + 3;

impl Status {
    const fn next(&mut self, byte: u8) {
        if self.len < STATUS_END {
            self.line[self.len] = byte;
            self.len += 1;
        }
    }

    /// RFC 9110 §15.2: another answer follows all of 1xx but 101.
    fn is_interim(&self) -> bool {
        let code = &self.line[STATUS_START..];
        self.len == STATUS_END && code.first() == Some(&b'1') && code != b"101"
    }
}

/// Follows a head byte by byte to the value of a field.
#[derive(Clone, Debug)]
struct FieldFinder {
    /// In lower case and with its colon.
    name: &'static [u8],
    place: Place,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    /// At the start of a line, or after so many bytes of the name.
    Name(usize),
    /// Between the name and the value.
    Padding,
    Value,
    /// In a line of no interest.
    Line,
}

/// What a byte is part of.
enum Part {
    Value,
    Other,
    /// The byte ends the head.
    End,
}

impl FieldFinder {
    const fn new(name: &'static [u8]) -> Self {
        let place = Place::Name(0);
        Self { name, place }
    }

    fn next(&mut self, byte: u8) -> Part {
        match (byte, self.place) {
            (b'\n', Place::Name(0)) => return Part::End,
            (b'\n', _) => self.place = Place::Name(0),
            (b'\r', _) => {}
            (_, Place::Name(matched)) => self.place = self.after_name_byte(byte, matched),
            (b' ' | b'\t', Place::Padding) => {}
            (_, Place::Padding | Place::Value) => {
                self.place = Place::Value;
                return Part::Value;
            }
            (_, Place::Line) => {}
        }
        Part::Other
    }

    fn after_name_byte(&self, byte: u8, matched: usize) -> Place {
        // RFC 9110 §5.1: field names are case-insensitive.
        if self.name.get(matched) != Some(&byte.to_ascii_lowercase()) {
            Place::Line
        } else if matched + 1 == self.name.len() {
            Place::Padding
        } else {
            Place::Name(matched + 1)
        }
    }
}
