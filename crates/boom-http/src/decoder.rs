//! One answer after another, out of the bytes of a connection.

use crate::chunk;
use crate::config::{HttpConfig, Limits};
use crate::error::{Limit, ProtocolError, Reason};
use crate::head::{HeadScan, Lines};
use crate::response::Response;

/// Reads an answer (RFC 9112) where it lies: the fields in a table of offsets, the chunks of a body moved together.
///
/// The contract: `advance` is given all that was received from the first byte of the answer on, and the same bytes again
/// with more behind them; it goes on where it stopped. After [`Progress::Interim`] and [`Progress::Complete`] the
/// answer can be looked at by [`response`](Self::response); then its [`len`](Self::len) bytes are to be
/// dropped and [`reset`](Self::reset) begins the next.
///
/// # Examples
///
/// ```
/// use boom_http::{Progress, ResponseDecoder};
///
/// let mut received = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n".to_vec();
/// let mut decoder = ResponseDecoder::default();
/// assert_eq!(decoder.advance(&mut received[..20], false)?, Progress::More);
/// assert_eq!(decoder.advance(&mut received, false)?, Progress::Complete);
/// let response = decoder.response(&received);
/// assert_eq!((response.status().as_u16(), response.body()), (200, &b"abcde"[..]));
/// assert_eq!(decoder.len(), received.len());
/// # Ok::<(), boom_http::Reason>(())
/// ```
#[derive(Debug)]
pub struct ResponseDecoder {
    limits: Limits,
    max_body: u64,
    is_to_head: bool,
    stage: Stage,
    scan: HeadScan,
    head_len: usize,
    /// What has come of the body, its chunks joined. `head_len <= body_start <= body_end <= raw`.
    body_start: usize,
    body_end: usize,
    /// Up to where the bytes have been understood.
    raw: usize,
    /// Of the body or of the chunk under way.
    remaining: u64,
    /// Of the body so far, with what was given out before.
    body_total: u64,
    lines: Lines,
    trailers_start: usize,
    extensions: Extensions,
}

/// What stands behind the sizes of chunks: one text behind the other, and where each ends.
#[derive(Debug, Default)]
struct Extensions {
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Extensions {
    #[cold]
    fn push(&mut self, text: &[u8], limit: usize) -> Result<(), Limit> {
        if self.text.len() + text.len() > limit {
            return Err(Limit::ChunkLine(limit));
        }
        self.text.extend_from_slice(text);
        self.ends.push(self.text.len());
        Ok(())
    }

    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Head,
    Fixed,
    ChunkSize,
    ChunkData,
    ChunkEnd,
    Trailers,
    UntilEnd,
    Interim,
    Complete,
}

/// How far an answer has come.
///
/// # Examples
///
/// ```
/// use boom_http::{Progress, ResponseDecoder};
///
/// let mut decoder = ResponseDecoder::default();
/// let mut received = *b"HTTP/1.1 103 Early Hints\r\n\r\n";
/// assert_eq!(decoder.advance(&mut received, false)?, Progress::Interim);
/// # Ok::<(), boom_http::Reason>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// More is to come.
    More,
    /// An interim response (1xx other than 101) is whole; the answer comes after it.
    Interim,
    /// The answer is whole.
    Complete,
}

impl Default for ResponseDecoder {
    fn default() -> Self {
        Self::new(&HttpConfig::default())
    }
}

impl ResponseDecoder {
    /// Starts with the limits of `config`.
    pub fn new(config: &HttpConfig) -> Self {
        let mut limits = config.limits;
        // The table of fields counts in 32 bits.
        limits.head_bytes = limits.head_bytes.min(1 << 30);
        limits.trailer_bytes = limits.trailer_bytes.min(1 << 30);
        Self {
            max_body: limits.body_bytes,
            is_to_head: false,
            stage: Stage::Head,
            scan: HeadScan::new(&limits),
            limits,
            head_len: 0,
            body_start: 0,
            body_end: 0,
            raw: 0,
            remaining: 0,
            body_total: 0,
            lines: Lines::default(),
            trailers_start: 0,
            extensions: Extensions::default(),
        }
    }

    /// Begins the next answer.
    #[inline]
    pub fn reset(&mut self) {
        self.scan.reset();
        self.stage = Stage::Head;
        self.head_len = 0;
        self.body_start = 0;
        self.body_end = 0;
        self.raw = 0;
        self.remaining = 0;
        self.body_total = 0;
        self.extensions.clear();
    }

    /// Says whether the answer is one to `HEAD`, which has no body whatever its fields say.
    pub const fn set_is_to_head(&mut self, is_to_head: bool) {
        self.is_to_head = is_to_head;
    }

    /// Limits the body of this answer and those after it.
    pub const fn set_max_body_bytes(&mut self, bytes: u64) {
        self.max_body = bytes;
    }

    /// Goes on with the answer. `bytes` begin at its first byte, and chunks are joined in them; `eof` says that no more
    /// will come.
    ///
    /// # Errors
    ///
    /// The answer breaks the protocol or a limit, or is cut short: the connection is of no more use.
    #[inline]
    pub fn advance(&mut self, bytes: &mut [u8], eof: bool) -> Result<Progress, Reason> {
        loop {
            let is_done = match self.stage {
                Stage::Head => self.head(bytes)?,
                Stage::Fixed => self.fixed(bytes.len()),
                Stage::ChunkSize => self.chunk_size(bytes)?,
                Stage::ChunkData => self.chunk_data(bytes),
                Stage::ChunkEnd => self.chunk_end(bytes)?,
                Stage::Trailers => self.trailers(bytes)?,
                Stage::UntilEnd => self.until_end(bytes.len(), eof)?,
                Stage::Interim => return Ok(Progress::Interim),
                Stage::Complete => return Ok(Progress::Complete),
            };
            if !is_done {
                return self.more(bytes, eof);
            }
        }
    }

    fn more(&self, bytes: &[u8], eof: bool) -> Result<Progress, Reason> {
        if !eof {
            return Ok(Progress::More);
        }
        if bytes.is_empty() && self.stage == Stage::Head {
            return Err(Reason::Closed);
        }
        Err(ProtocolError::Truncated.into())
    }

    /// Each of these returns whether the next stage is reached.
    #[inline]
    fn head(&mut self, bytes: &mut [u8]) -> Result<bool, Reason> {
        let Some(len) = self.scan.advance_head(bytes, &self.limits)? else {
            return Ok(false);
        };
        self.head_len = len;
        (self.body_start, self.body_end, self.raw) = (len, len, len);
        self.stage = self.framing()?;
        Ok(true)
    }

    /// RFC 9112 §6.3: how long the body is.
    #[inline]
    fn framing(&mut self) -> Result<Stage, Reason> {
        let facts = &self.scan.facts;
        // §6.1: "if a Transfer-Encoding is received in an HTTP/1.0 message, the framing is faulty".
        if facts.is_chunked && facts.is_http_1_0 {
            return Err(ProtocolError::TransferEncodingInHttp10.into());
        }
        match facts.status {
            101 => return Ok(Stage::Complete),
            100..=199 => return Ok(Stage::Interim),
            204 | 304 => return Ok(Stage::Complete),
            _ if self.is_to_head => return Ok(Stage::Complete),
            _ => {}
        }
        if facts.is_chunked {
            self.lines = Lines::at(self.raw);
            return Ok(Stage::ChunkSize);
        }
        match facts.content_length {
            Some(0) => Ok(Stage::Complete),
            Some(length) => {
                self.grow_body(length)?;
                self.remaining = length;
                Ok(Stage::Fixed)
            }
            None => Ok(Stage::UntilEnd),
        }
    }

    #[inline]
    fn fixed(&mut self, len: usize) -> bool {
        let available = len.saturating_sub(self.raw);
        let taken = available.min(usize::try_from(self.remaining).unwrap_or(usize::MAX));
        self.raw += taken;
        self.body_end = self.raw;
        self.remaining -= taken as u64;
        if self.remaining == 0 {
            self.stage = Stage::Complete;
        }
        self.remaining == 0
    }

    fn until_end(&mut self, len: usize, eof: bool) -> Result<bool, Reason> {
        self.grow_body(len.saturating_sub(self.raw) as u64)?;
        self.raw = len.max(self.raw);
        self.body_end = self.raw;
        if eof {
            self.stage = Stage::Complete;
        }
        Ok(eof)
    }

    #[inline]
    fn chunk_size(&mut self, bytes: &[u8]) -> Result<bool, Reason> {
        let limit = self.limits.chunk_line_bytes;
        if self.lines.is_fresh()
            && let Some((size, len)) = chunk::plain(bytes.get(self.raw..).unwrap_or_default())
            && len <= limit
        {
            self.raw += len;
            self.begin_chunk(size)?;
            return Ok(true);
        }
        let Some((start, newline)) = self.lines.next(bytes) else {
            if bytes.len().saturating_sub(self.raw) > limit {
                return Err(Limit::ChunkLine(limit).into());
            }
            return Ok(false);
        };
        if newline - start > limit {
            return Err(Limit::ChunkLine(limit).into());
        }
        // §2.2 lets a bare LF end a start line and a field, not this one: there readers disagree, which smuggling lives by.
        let Some([line @ .., b'\r']) = bytes.get(start..newline) else {
            return Err(ProtocolError::InvalidChunkSize.into());
        };
        let (size, extensions) = chunk::size(line)?;
        if !extensions.is_empty() {
            self.extensions.push(extensions, limit)?;
        }
        self.raw = newline + 1;
        self.begin_chunk(size)?;
        Ok(true)
    }

    #[inline]
    fn begin_chunk(&mut self, size: u64) -> Result<(), Limit> {
        if size == 0 {
            self.trailers_start = self.raw;
            self.scan.begin_trailers(self.raw);
            self.stage = Stage::Trailers;
        } else {
            self.grow_body(size)?;
            self.remaining = size;
            self.stage = Stage::ChunkData;
        }
        Ok(())
    }

    #[inline]
    fn chunk_data(&mut self, bytes: &mut [u8]) -> bool {
        let available = bytes.len().saturating_sub(self.raw);
        let taken = available.min(usize::try_from(self.remaining).unwrap_or(usize::MAX));
        if self.body_start == self.body_end {
            // The first bytes stay where they are, so that a body of one chunk is not moved at all.
            (self.body_start, self.body_end) = (self.raw, self.raw);
        } else if self.body_end < self.raw {
            bytes.copy_within(self.raw..self.raw + taken, self.body_end);
        }
        self.raw += taken;
        self.body_end += taken;
        self.remaining -= taken as u64;
        if self.remaining == 0 {
            self.stage = Stage::ChunkEnd;
        }
        self.remaining == 0
    }

    #[inline]
    fn chunk_end(&mut self, bytes: &[u8]) -> Result<bool, Reason> {
        match bytes.get(self.raw..) {
            Some([b'\r', b'\n', ..]) => {
                self.raw += 2;
                self.lines = Lines::at(self.raw);
                self.stage = Stage::ChunkSize;
                Ok(true)
            }
            None | Some([] | [b'\r']) => Ok(false),
            Some(_) => Err(ProtocolError::InvalidChunkEnd.into()),
        }
    }

    fn trailers(&mut self, bytes: &mut [u8]) -> Result<bool, Reason> {
        let from = self.trailers_start;
        let Some(end) = self.scan.advance_trailers(bytes, from, &self.limits)? else {
            return Ok(false);
        };
        self.raw = end;
        self.stage = Stage::Complete;
        Ok(true)
    }

    fn grow_body(&mut self, by: u64) -> Result<(), Limit> {
        self.body_total = self.body_total.saturating_add(by);
        if self.body_total > self.max_body {
            return Err(Limit::Body(self.max_body));
        }
        Ok(())
    }
}

/// The answer.
impl ResponseDecoder {
    /// The answer as far as it has come, out of the bytes that [`advance`](Self::advance) was given last.
    #[inline]
    pub const fn response<'a>(&'a self, bytes: &'a [u8]) -> Response<'a> {
        Response::new(bytes, self)
    }

    /// The number of bytes of the answer that have been understood; all of them once it is complete.
    #[inline]
    pub const fn len(&self) -> usize {
        self.raw
    }

    /// Returns true if nothing of the answer has been understood.
    pub const fn is_empty(&self) -> bool {
        self.raw == 0
    }

    /// Returns true once the head of the answer (not of an interim one) is whole.
    pub const fn has_head(&self) -> bool {
        !matches!(self.stage, Stage::Head | Stage::Interim)
    }

    /// Returns true if the connection may carry another request after this answer (RFC 9112 §9.3, §6.3, §6.1).
    pub const fn allows_reuse(&self) -> bool {
        let facts = &self.scan.facts;
        let is_ambiguous = facts.is_chunked && facts.content_length.is_some();
        let is_bodiless = matches!(facts.status, 204);
        let has_framing = facts.is_chunked || facts.content_length.is_some();
        // §6.1: "A server MUST NOT send a Transfer-Encoding" (and RFC 9110 §8.6 a Content-Length) in a 204: one that does may
        // send the body, too.
        let is_faulty = is_bodiless && has_framing && !matches!(facts.content_length, Some(0));
        let is_until_end = !has_framing && !is_bodiless && facts.status != 304 && !self.is_to_head;
        !(facts.says_close || facts.is_http_1_0 || is_ambiguous || is_faulty || is_until_end)
    }

    pub(crate) const fn scan(&self) -> &HeadScan {
        &self.scan
    }

    /// The extensions of the chunks so far.
    pub(crate) fn extensions(&self) -> impl Iterator<Item = &[u8]> {
        let Extensions { text, ends } = &self.extensions;
        let starts = std::iter::once(&0).chain(ends);
        starts
            .zip(ends)
            .map(|(start, end)| text.get(*start..*end).unwrap_or_default())
    }

    pub(crate) const fn keep_alive_seconds(&self) -> Option<u64> {
        self.scan.facts.keep_alive
    }

    pub(crate) const fn head_range(&self) -> std::ops::Range<usize> {
        0..self.head_len
    }

    pub(crate) const fn body_range(&self) -> std::ops::Range<usize> {
        self.body_start..self.body_end
    }
}

/// Bytes that are not needed any more, in the middle of the answer.
impl ResponseDecoder {
    /// Gives up what has come of the body, whose pieces go to a visitor. Returns how many bytes are to be dropped at the
    /// start: the head has been moved behind them.
    pub(crate) fn discard_body(&mut self, bytes: &mut [u8]) -> usize {
        if matches!(self.stage, Stage::Trailers | Stage::Complete) {
            self.body_start = self.body_end;
            return 0;
        }
        self.drop_before_raw(bytes, self.head_len)
    }

    /// Closes the gap that the lines between chunks have left, once it is larger than the body. Returns how many bytes
    /// are to be dropped at the start.
    pub(crate) fn close_gap(&mut self, bytes: &mut [u8]) -> usize {
        const GAP_MIN: usize = 16 << 10;
        let gap = self.raw - self.body_end;
        let is_chunk = matches!(
            self.stage,
            Stage::ChunkSize | Stage::ChunkData | Stage::ChunkEnd
        );
        if !is_chunk || gap < GAP_MIN.max(self.body_end) {
            return 0;
        }
        self.drop_before_raw(bytes, self.body_end)
    }

    /// Moves the first `kept` bytes of the answer to just before what is not understood yet.
    fn drop_before_raw(&mut self, bytes: &mut [u8], kept: usize) -> usize {
        let by = self.raw.saturating_sub(kept);
        bytes.copy_within(..kept, by);
        self.raw -= by;
        self.body_end = self.body_end.min(kept);
        self.body_start = self.body_start.min(kept);
        self.lines.shift(by);
        by
    }
}
