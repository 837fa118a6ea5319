//! The start of a refusal's body (RFC 9112 §6, §7.1).

use super::response::{Head, Response};

/// How much of the body is kept.
const CONTENT_MAX: usize = 4096;
/// How much of it is read for that, chunk sizes and all.
pub(crate) const BODY_MAX: usize = 16 << 10;
/// The longest line of a chunk's size and extensions.
const SIZE_LINE_MAX: usize = 256;

/// The body of a refusal while it comes.
#[derive(Debug)]
pub(super) struct Body {
    /// Where it starts in what is received.
    start: usize,
    /// Bytes of it that have been looked at.
    taken: usize,
    length: Length,
    content: Vec<u8>,
}

/// How the end of the body is known.
#[derive(Clone, Copy, Debug)]
enum Length {
    Known(usize),
    Chunked(Chunk),
    UntilEof,
}

/// What of a chunk comes next.
#[derive(Clone, Copy, Debug)]
enum Chunk {
    Size,
    Data(usize),
    End,
}

impl Body {
    pub(super) fn new(start: usize, head: &Head) -> Self {
        Self {
            start,
            taken: 0,
            length: length_of(head),
            content: Vec::new(),
        }
    }

    /// Looks at all that has been received; returns true once no more of the body is wanted.
    pub(super) fn advance(&mut self, received: &[u8]) -> bool {
        let wire = received.get(self.start..).unwrap_or_default();
        let is_done = loop {
            let rest = wire.get(self.taken..).unwrap_or_default();
            match self.length {
                Length::Known(length) => {
                    let left = length.saturating_sub(self.taken);
                    self.take(rest, left);
                    break self.taken >= length;
                }
                Length::UntilEof => {
                    self.take(rest, usize::MAX);
                    break false;
                }
                Length::Chunked(chunk) => match self.chunk(chunk, rest) {
                    Step::On(next) => self.length = Length::Chunked(next),
                    Step::Wait => break false,
                    Step::Done => break true,
                },
            }
            if self.content.len() >= CONTENT_MAX {
                break true;
            }
        };
        is_done || self.content.len() >= CONTENT_MAX || wire.len() >= BODY_MAX
    }

    /// What has come of the content.
    pub(super) fn into_content(self) -> Vec<u8> {
        self.content
    }

    /// Takes up to `len` bytes of content, as many as are wanted; returns how many.
    fn take(&mut self, rest: &[u8], len: usize) -> usize {
        let room = CONTENT_MAX.saturating_sub(self.content.len());
        let count = rest.len().min(len).min(room);
        self.content
            .extend_from_slice(rest.get(..count).unwrap_or_default());
        self.taken += count;
        count
    }

    fn chunk(&mut self, chunk: Chunk, rest: &[u8]) -> Step {
        match chunk {
            Chunk::Size => {
                let Some(end) = rest.windows(2).position(|window| window == b"\r\n") else {
                    let is_too_long = rest.len() > SIZE_LINE_MAX;
                    return if is_too_long { Step::Done } else { Step::Wait };
                };
                self.taken += end + 2;
                match chunk_size(rest.get(..end).unwrap_or_default()) {
                    // A body that breaks the rules ends here, and so does the last chunk: trailers are not of interest.
                    None | Some(0) => Step::Done,
                    Some(size) => Step::On(Chunk::Data(size)),
                }
            }
            Chunk::Data(0) => Step::On(Chunk::End),
            Chunk::Data(_) if rest.is_empty() => Step::Wait,
            Chunk::Data(size) => {
                let count = self.take(rest, size);
                Step::On(Chunk::Data(size - count))
            }
            Chunk::End => match rest {
                [b'\r', b'\n', ..] => {
                    self.taken += 2;
                    Step::On(Chunk::Size)
                }
                [] | [b'\r'] => Step::Wait,
                _ => Step::Done,
            },
        }
    }
}

enum Step {
    On(Chunk),
    Wait,
    Done,
}

/// RFC 9112 §6.3, as far as it matters for a refusal.
fn length_of(head: &Head) -> Length {
    let response = &head.response;
    if matches!(response.status(), 204 | 304) {
        return Length::Known(0);
    }
    if response.header("Transfer-Encoding").is_some() {
        // §6.1: in HTTP/1.0 its framing is faulty. §6.3: where chunked is not the last coding, the body lasts until close.
        let last = response.list("Transfer-Encoding").last();
        let is_chunked = last.is_some_and(|coding| coding.eq_ignore_ascii_case(b"chunked"));
        return if is_chunked && !head.is_http_1_0 {
            Length::Chunked(Chunk::Size)
        } else {
            Length::UntilEof
        };
    }
    content_length(response).map_or(Length::UntilEof, Length::Known)
}

/// The length, where all that is said of it agrees.
fn content_length(response: &Response) -> Option<usize> {
    let mut values = response.list("Content-Length");
    let first = values.next()?;
    if first.is_empty() || !first.iter().all(u8::is_ascii_digit) || values.any(|next| next != first)
    {
        return None;
    }
    let text = std::str::from_utf8(first).ok()?;
    Some(text.parse().unwrap_or(usize::MAX))
}

/// RFC 9112 §7.1: hexadecimal digits, and extensions that are passed over.
fn chunk_size(line: &[u8]) -> Option<usize> {
    let digits = line.split(|byte| *byte == b';').next()?.trim_ascii();
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let text = std::str::from_utf8(digits).ok()?;
    Some(usize::from_str_radix(text, 16).unwrap_or(usize::MAX))
}
