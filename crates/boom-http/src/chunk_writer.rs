//! The body of a request in chunks, their extensions, and the trailers behind them.

use std::fmt;

use crate::error::RequestError;
use crate::request::{check_header, push_header, push_hexadecimal};
use crate::syntax::{has_control, is_token};

/// Appends chunks and trailers to a request (RFC 9112 §7.1).
///
/// # Examples
///
/// See [`RequestBuilder::chunked`](crate::RequestBuilder::chunked).
pub struct ChunkWriter<'a> {
    bytes: &'a mut Vec<u8>,
    /// The lines that follow the last chunk.
    trailers: &'a mut Vec<u8>,
    limit: usize,
    error: Option<RequestError>,
}

impl fmt::Debug for ChunkWriter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChunkWriter")
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

impl<'a> ChunkWriter<'a> {
    pub(crate) const fn new(
        bytes: &'a mut Vec<u8>,
        trailers: &'a mut Vec<u8>,
        limit: usize,
    ) -> Self {
        Self {
            bytes,
            trailers,
            limit,
            error: None,
        }
    }

    /// Appends a chunk. An empty one is left out: on the wire it would be the last.
    pub fn chunk(&mut self, data: impl AsRef<[u8]>) {
        self.chunk_with(data, &[]);
    }

    /// Appends a chunk with extensions (§7.1.1), each of a name, which must be a token, and a value, which is quoted where
    /// it is none and left out where it is empty.
    pub fn chunk_with(&mut self, data: impl AsRef<[u8]>, extensions: &[(&str, &str)]) {
        let data = data.as_ref();
        if data.is_empty() {
            return;
        }
        // A body that is too long is refused before it is copied.
        if self.bytes.len().saturating_add(data.len()) > self.limit {
            return self.fail(RequestError::TooLong(self.limit));
        }
        push_hexadecimal(self.bytes, data.len());
        for (name, value) in extensions {
            self.extension(name.as_bytes(), value.as_bytes());
        }
        self.bytes.extend_from_slice(b"\r\n");
        self.bytes.extend_from_slice(data);
        self.bytes.extend_from_slice(b"\r\n");
    }

    fn extension(&mut self, name: &[u8], value: &[u8]) {
        if !is_token(name) || has_control(value) {
            return self.fail(RequestError::InvalidChunkExtension);
        }
        self.bytes.push(b';');
        self.bytes.extend_from_slice(name);
        if value.is_empty() {
            return;
        }
        self.bytes.push(b'=');
        if is_token(value) {
            self.bytes.extend_from_slice(value);
        } else {
            push_quoted(self.bytes, value);
        }
    }

    /// Appends a trailer, which is announced by a header `Trailer` (RFC 9110 §6.6.2). It is checked as a header is, and may
    /// not be one that is of use only before the body (§6.5.1).
    pub fn trailer(&mut self, name: &str, value: impl AsRef<[u8]>) {
        let (name, value) = (name.as_bytes(), value.as_ref());
        if let Err(error) = check_header(name, value) {
            self.fail(error);
        } else if is_forbidden(name) {
            self.fail(RequestError::ForbiddenTrailer);
        } else {
            push_header(self.trailers, name, value);
        }
    }

    fn fail(&mut self, error: RequestError) {
        self.error.get_or_insert(error);
    }

    /// Appends the last chunk and the trailers.
    pub(crate) fn finish(self) -> Result<(), RequestError> {
        self.bytes.extend_from_slice(b"0\r\n");
        self.bytes.extend_from_slice(self.trailers);
        self.bytes.extend_from_slice(b"\r\n");
        self.error.map_or(Ok(()), Err)
    }
}

/// Appends the header that announces the trailers of these lines.
pub(crate) fn push_announcement(trailers: &[u8], header: &mut Vec<u8>) {
    header.extend_from_slice(b"Trailer: ");
    let lines = trailers.split(|byte| *byte == b'\n');
    let names = lines.filter_map(|line| line.split(|byte| *byte == b':').next());
    for (index, name) in names.filter(|name| !name.is_empty()).enumerate() {
        if index > 0 {
            header.extend_from_slice(b", ");
        }
        header.extend_from_slice(name);
    }
    header.extend_from_slice(b"\r\n");
}

/// RFC 9110 §5.6.4.
fn push_quoted(bytes: &mut Vec<u8>, value: &[u8]) {
    bytes.push(b'"');
    for byte in value {
        if matches!(byte, b'"' | b'\\') {
            bytes.push(b'\\');
        }
        bytes.push(*byte);
    }
    bytes.push(b'"');
}

/// RFC 9110 §6.5.1: fields of "message framing, routing, authentication, request modifiers, response controls, or content
/// format" are for before the body. Those that the client writes itself are refused for another reason.
fn is_forbidden(name: &[u8]) -> bool {
    const FORBIDDEN: [&str; 18] = [
        "Accept-Encoding",
        "Authorization",
        "Cache-Control",
        "Content-Encoding",
        "Content-Language",
        "Content-Range",
        "Content-Type",
        "Cookie",
        "If-Match",
        "If-Modified-Since",
        "If-None-Match",
        "If-Range",
        "If-Unmodified-Since",
        "Max-Forwards",
        "Pragma",
        "Proxy-Authorization",
        "Range",
        "Set-Cookie",
    ];
    let mut forbidden = FORBIDDEN.iter();
    forbidden.any(|other| name.eq_ignore_ascii_case(other.as_bytes()))
}
