//! The head of an answer: its lines, its table of fields, and what they say of the body, in one pass.

use memchr::memchr;

use crate::config::Limits;
use crate::error::{Limit, ProtocolError, Reason};
use crate::syntax::{has_control, is_name, list, number, text_len, token_len, trim, trim_end};

/// Where a field stands, counted from the start of the answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    start: usize,
    name_len: u32,
    /// Where the value starts, counted from the start of the name.
    value: u32,
    value_len: u32,
}

impl Field {
    #[inline]
    pub(crate) fn name<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        part(bytes, self.start, self.name_len)
    }

    #[inline]
    pub(crate) fn value<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        part(bytes, self.start + self.value as usize, self.value_len)
    }
}

fn part(bytes: &[u8], start: usize, len: u32) -> &[u8] {
    bytes.get(start..start + len as usize).unwrap_or_default()
}

/// What a head says of the message around it (RFC 9112 §6 and §9).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Facts {
    pub(crate) status: u16,
    pub(crate) is_http_1_0: bool,
    pub(crate) content_length: Option<u64>,
    pub(crate) is_chunked: bool,
    pub(crate) says_close: bool,
    /// Seconds of `Keep-Alive: timeout`.
    pub(crate) keep_alive: Option<u64>,
}

/// Reads the lines of a head or of trailers as they come. Each byte is looked at for a line end once, each line once.
#[derive(Debug)]
pub(crate) struct HeadScan {
    pub(crate) fields: Vec<Field>,
    pub(crate) facts: Facts,
    lines: Lines,
    /// Fields before this one do not belong to the section that is read.
    section: usize,
    is_in_trailers: bool,
    /// The last field says how the message is framed, so no line may be folded onto it.
    is_last_framing: bool,
}

/// Lines end by LF, and a CR before it belongs to the end (RFC 9112 §2.2).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Lines {
    /// Where the line starts that has not ended.
    pub(crate) line: usize,
    /// Up to where there is no LF after that.
    scan: usize,
}

impl Lines {
    pub(crate) const fn at(start: usize) -> Self {
        Self {
            line: start,
            scan: start,
        }
    }

    /// Everything has moved towards the start.
    pub(crate) const fn shift(&mut self, by: usize) {
        self.line = self.line.saturating_sub(by);
        self.scan = self.scan.saturating_sub(by);
    }

    /// Returns true if the line has not been looked at.
    #[inline(always)]
    pub(crate) const fn is_fresh(&self) -> bool {
        self.line == self.scan
    }

    /// Where the next whole line starts and where its LF is.
    #[inline]
    pub(crate) fn next(&mut self, bytes: &[u8]) -> Option<(usize, usize)> {
        let Some(newline) = memchr(b'\n', bytes.get(self.scan..)?) else {
            self.scan = bytes.len();
            return None;
        };
        let (start, newline) = (self.line, self.scan + newline);
        *self = Self::at(newline + 1);
        Some((start, newline))
    }
}

impl HeadScan {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            // No more than is likely: the limit is the caller's to choose.
            fields: Vec::with_capacity(limits.headers.min(1024)),
            facts: Facts::default(),
            lines: Lines::default(),
            section: 0,
            is_in_trailers: false,
            is_last_framing: false,
        }
    }

    /// Starts with the head of the next answer.
    #[inline]
    pub(crate) fn reset(&mut self) {
        self.fields.clear();
        self.facts = Facts::default();
        self.lines = Lines::default();
        self.section = 0;
        self.is_in_trailers = false;
        self.is_last_framing = false;
    }

    /// Goes on with trailers that start at `start`; what is there stays.
    pub(crate) const fn begin_trailers(&mut self, start: usize) {
        self.lines = Lines::at(start);
        self.section = self.fields.len();
        self.is_in_trailers = true;
        self.is_last_framing = false;
    }

    /// The index of the first trailer; all are headers where no trailers have begun.
    pub(crate) const fn headers(&self) -> usize {
        if self.is_in_trailers {
            self.section
        } else {
            self.fields.len()
        }
    }

    /// Reads what has come of a head; its length once it is whole.
    #[inline]
    pub(crate) fn advance_head(
        &mut self,
        bytes: &mut [u8],
        limits: &Limits,
    ) -> Result<Option<usize>, Reason> {
        let limit = limits.head_bytes;
        loop {
            if self.facts.status != 0
                && self.lines.is_fresh()
                && let Some(len) = self.whole_lines(bytes, limits)?
            {
                return Ok(Some(len));
            }
            let Some((start, newline)) = self.lines.next(bytes) else {
                break;
            };
            if newline >= limit {
                return Err(Limit::Head(limit).into());
            }
            let end = line_end(bytes, start, newline);
            if self.facts.status == 0 {
                self.status_line(bytes.get(start..end).unwrap_or_default())?;
            } else if start == end {
                return Ok(Some(newline + 1));
            } else {
                self.field_line(bytes, start, end, limits, true)?;
            }
        }
        if bytes.len() > limit {
            return Err(Limit::Head(limit).into());
        }
        Ok(None)
    }

    /// Reads what has come of the trailers that start at `from`; where they end once they are whole.
    pub(crate) fn advance_trailers(
        &mut self,
        bytes: &mut [u8],
        from: usize,
        limits: &Limits,
    ) -> Result<Option<usize>, Reason> {
        let limit = limits.trailer_bytes;
        while let Some((start, newline)) = self.lines.next(bytes) {
            if newline.saturating_sub(from) > limit {
                return Err(Limit::Trailers(limit).into());
            }
            let end = line_end(bytes, start, newline);
            if start == end {
                return Ok(Some(newline + 1));
            }
            // RFC 9110 §6.5.1: a trailer says nothing of the framing.
            self.field_line(bytes, start, end, limits, false)?;
        }
        if bytes.len().saturating_sub(from) > limit {
            return Err(Limit::Trailers(limit).into());
        }
        Ok(None)
    }

    /// RFC 9112 §4: `HTTP/1.1 SP 3DIGIT SP [ reason ]`; the space before no reason may be missing.
    ///
    /// An empty line before it is none: §2.2 has servers pass one over before a request, and says nothing of clients.
    #[inline]
    fn status_line(&mut self, line: &[u8]) -> Result<(), ProtocolError> {
        let Some((
            [
                b'H',
                b'T',
                b'T',
                b'P',
                b'/',
                b'1',
                b'.',
                minor @ (b'0' | b'1'),
                b' ',
                a @ b'1'..=b'9',
                b @ b'0'..=b'9',
                c @ b'0'..=b'9',
            ],
            reason,
        )) = line.split_first_chunk::<12>()
        else {
            return Err(ProtocolError::InvalidStatusLine);
        };
        let is_end = matches!(reason, [] | [b' ', ..]);
        if !is_end || has_control(reason) {
            return Err(ProtocolError::InvalidStatusLine);
        }
        self.facts.is_http_1_0 = *minor == b'0';
        self.facts.status = [a, b, c]
            .iter()
            .fold(0, |value, digit| value * 10 + u16::from(**digit - b'0'));
        Ok(())
    }

    /// Reads the lines that are whole, as most are, in one pass; the length of the head once its end is reached. What is
    /// anything else is left for a closer look.
    #[inline(always)]
    fn whole_lines(&mut self, bytes: &[u8], limits: &Limits) -> Result<Option<usize>, Reason> {
        let mut start = self.lines.line;
        while let Some(line) = bytes.get(start..) {
            let Some(whole) = WholeLine::parse(line) else {
                let len = start + 2;
                if line.starts_with(b"\r\n") && len <= limits.head_bytes {
                    return Ok(Some(len));
                }
                break;
            };
            let next = start + whole.len;
            if next > limits.head_bytes {
                break;
            }
            let WholeLine { name, value, .. } = whole;
            self.push(start, whole.value_start, name, value, limits)?;
            if may_frame(name) {
                self.framing_field(name, value)?;
            }
            start = next;
        }
        self.lines = Lines::at(start);
        Ok(None)
    }

    /// Reads a line of which it is known that it is whole.
    fn field_line(
        &mut self,
        bytes: &mut [u8],
        start: usize,
        end: usize,
        limits: &Limits,
        is_head: bool,
    ) -> Result<(), Reason> {
        let line = bytes.get(start..end).unwrap_or_default();
        let name_len = token_len(line);
        let Some((name, [b':', rest @ ..])) = line.split_at_checked(name_len) else {
            return self.other_line(bytes, start, end);
        };
        if name.is_empty() {
            return Err(ProtocolError::InvalidFieldName.into());
        }
        let leading = leading_spaces(rest);
        let value = trim_end(rest.get(leading..).unwrap_or_default());
        if has_control(value) {
            return Err(control_in(value).into());
        }
        self.push(start, name_len + 1 + leading, name, value, limits)?;
        if is_head {
            self.framing_field(name, value)?;
        }
        Ok(())
    }

    #[inline(always)]
    fn push(
        &mut self,
        start: usize,
        value_start: usize,
        name: &[u8],
        value: &[u8],
        limits: &Limits,
    ) -> Result<(), Limit> {
        if self.fields.len() >= limits.headers {
            return Err(Limit::Headers(limits.headers));
        }
        self.fields.push(Field {
            start,
            name_len: name.len() as u32,
            value: value_start as u32,
            value_len: value.len() as u32,
        });
        self.is_last_framing = false;
        Ok(())
    }

    /// The fields that say how the message is framed, by the length of their names.
    #[inline(never)]
    fn framing_field(&mut self, name: &[u8], value: &[u8]) -> Result<(), ProtocolError> {
        let facts = &mut self.facts;
        if is_name(name, b"content-length") {
            // RFC 9112 §6.3 lets equal values of a list pass for one. They come of a broken chain of proxies, in which one may go
            // by another: nothing that such a chain answers is taken.
            if facts.content_length.is_some() || value.contains(&b',') {
                return Err(ProtocolError::RepeatedContentLength);
            }
            let length = number(value).ok_or(ProtocolError::InvalidContentLength)?;
            facts.content_length = Some(length);
        } else if is_name(name, b"transfer-encoding") {
            if facts.is_chunked || !value.eq_ignore_ascii_case(b"chunked") {
                return Err(ProtocolError::UnsupportedTransferCoding);
            }
            facts.is_chunked = true;
        } else if is_name(name, b"connection") {
            facts.says_close |= list(value).any(|option| option.eq_ignore_ascii_case(b"close"));
        } else if is_name(name, b"keep-alive") {
            let mut parameters = list(value).filter_map(|parameter| parameter.split_at_checked(8));
            let timeout = parameters.find(|(name, _)| name.eq_ignore_ascii_case(b"timeout="));
            facts.keep_alive = timeout.and_then(|(_, seconds)| number(seconds));
            return Ok(());
        } else {
            return Ok(());
        }
        self.is_last_framing = true;
        Ok(())
    }

    /// A line that is no field: folded onto the one before it, or wrong.
    #[cold]
    fn other_line(&mut self, bytes: &mut [u8], start: usize, end: usize) -> Result<(), Reason> {
        let line = bytes.get(start..end).unwrap_or_default();
        if !matches!(line.first(), Some(b' ' | b'\t')) {
            return Err(ProtocolError::InvalidFieldName.into());
        }
        let content = trim(line);
        if has_control(content) {
            return Err(control_in(content).into());
        }
        let section = self.section;
        let last = self
            .fields
            .len()
            .checked_sub(1)
            .filter(|last| *last >= section);
        let Some(field) = last.and_then(|last| self.fields.get_mut(last)) else {
            return Err(ProtocolError::InvalidFold.into());
        };
        if self.is_last_framing {
            return Err(ProtocolError::InvalidFold.into());
        }
        let leading = leading_spaces(line);
        let value_start = field.start + field.value as usize;
        let value_end = value_start + field.value_len as usize;
        let content_len = content.len();
        // RFC 9112 §5.2: a user agent "MUST replace each received obs-fold with one or more SP octets".
        if let Some(fold) = bytes.get_mut(value_end..start + leading) {
            fold.fill(b' ');
        }
        if content_len > 0 && field.value_len == 0 {
            field.value = (start + leading - field.start) as u32;
            field.value_len = content_len as u32;
        } else if content_len > 0 {
            field.value_len = (start + leading + content_len - value_start) as u32;
        }
        Ok(())
    }
}

/// A line of a head that is a field and has ended.
struct WholeLine<'a> {
    name: &'a [u8],
    /// Where the value starts, counted from the start of the line.
    value_start: usize,
    value: &'a [u8],
    /// With the line end.
    len: usize,
}

impl<'a> WholeLine<'a> {
    /// The line at the start; `None` where it is anything else.
    #[inline(always)]
    fn parse(line: &'a [u8]) -> Option<Self> {
        let name_len = token_len(line);
        let Some((name, [b':', rest @ ..])) = line.split_at_checked(name_len) else {
            return None;
        };
        let leading = leading_spaces(rest);
        let rest = rest.get(leading..).unwrap_or_default();
        let (value, end) = rest.split_at_checked(text_len(rest))?;
        let end_len = match end {
            [b'\r', b'\n', ..] => 2,
            [b'\n', ..] => 1,
            _ => return None,
        };
        let value_start = name_len + 1 + leading;
        let len = value_start + value.len() + end_len;
        let value = trim_end(value);
        (name_len > 0).then_some(Self {
            name,
            value_start,
            value,
            len,
        })
    }
}

/// Returns true for the names of the fields that say how the message is framed, and for a few others.
#[inline(always)]
const fn may_frame(name: &[u8]) -> bool {
    matches!(
        (name.len(), name.first()),
        (10 | 14, Some(b'C' | b'c')) | (10, Some(b'K' | b'k')) | (17, Some(b'T' | b't'))
    )
}

/// Where a line ends without its CR.
#[inline(always)]
fn line_end(bytes: &[u8], start: usize, newline: usize) -> usize {
    match bytes.get(start..newline) {
        Some([.., b'\r']) => newline - 1,
        _ => newline,
    }
}

#[inline(always)]
fn leading_spaces(line: &[u8]) -> usize {
    match line {
        // The usual case.
        [b' ', next, ..] if !matches!(next, b' ' | b'\t') => 1,
        _ => line
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count(),
    }
}

/// RFC 9112 §2.2: a bare CR is "invalid"; so is any other control character.
fn control_in(value: &[u8]) -> ProtocolError {
    if value.contains(&b'\r') {
        ProtocolError::BareCarriageReturn
    } else {
        ProtocolError::InvalidFieldValue
    }
}
