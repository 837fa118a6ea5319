//! Content codings (RFC 9110 §8.4.1): bodies that come compressed.

#[cfg(feature = "gzip")]
mod inflate;
#[cfg(feature = "zstd")]
mod zstandard;

use crate::response::Response;
use crate::syntax::list;

/// Why a body cannot be decoded.
///
/// # Examples
///
/// ```
/// use boom_http::CodingError;
///
/// assert_eq!(CodingError::TooLong(1024).to_string(), "more than 1024 bytes come out of the body");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodingError {
    /// The coding is not one of those that were compiled in, or there are several.
    #[error("the body has a coding that is not supported")]
    Unsupported,
    /// The body is not what its coding says, or is cut short.
    #[error("the body is corrupt")]
    Corrupt,
    /// More would come out than the limit.
    #[error("more than {0} bytes come out of the body")]
    TooLong(usize),
}

/// Decodes bodies, one at a time, into memory that is used again.
///
/// Ask for it by an `Accept-Encoding` header: `gzip`, `deflate` with the feature `gzip`, and `zstd` with that.
///
/// # Examples
///
/// ```
/// use boom_http::{BodyDecoder, CodingError, Response};
///
/// fn text(response: &Response<'_>, decoder: &mut BodyDecoder) -> Result<String, CodingError> {
///     // A few bytes can stand for gigabytes: the limit is on what comes out.
///     Ok(String::from_utf8_lossy(decoder.decode(response)?).into_owned())
/// }
/// # let mut received = *b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
/// # let mut responses = boom_http::ResponseDecoder::default();
/// # assert!(responses.advance(&mut received, false).is_ok());
/// assert_eq!(text(&responses.response(&received), &mut BodyDecoder::new(1 << 20))?, "{}");
/// # Ok::<(), CodingError>(())
/// ```
#[derive(Debug)]
pub struct BodyDecoder {
    output: Vec<u8>,
    limit: usize,
}

impl BodyDecoder {
    /// Lets `limit` bytes come out of a body at most.
    pub const fn new(limit: usize) -> Self {
        Self {
            output: Vec::new(),
            limit,
        }
    }

    /// The body as it was before it was coded; the body itself where it was not.
    ///
    /// Where there is no body, as in an answer to `HEAD` or a 304, there is none whatever its coding would have been (RFC
    /// 9110 §8.4, §9.3.2).
    ///
    /// # Errors
    ///
    /// See [`CodingError`].
    pub fn decode<'a>(&'a mut self, response: &Response<'a>) -> Result<&'a [u8], CodingError> {
        let mut codings = response.header_values("Content-Encoding").flat_map(list);
        let coding = codings.next().filter(|_| !response.body().is_empty());
        let Some(coding) = coding else {
            return Ok(response.body());
        };
        if codings.next().is_some() {
            return Err(CodingError::Unsupported);
        }
        let is = |name: &str| coding.eq_ignore_ascii_case(name.as_bytes());
        self.output.clear();
        #[cfg(feature = "gzip")]
        if is("gzip") || is("x-gzip") {
            inflate::gzip(response.body(), &mut self.output, self.limit)?;
            return Ok(&self.output);
        }
        #[cfg(feature = "gzip")]
        if is("deflate") {
            inflate::zlib(response.body(), &mut self.output, self.limit)?;
            return Ok(&self.output);
        }
        #[cfg(feature = "zstd")]
        if is("zstd") {
            zstandard::decode(response.body(), &mut self.output, self.limit)?;
            return Ok(&self.output);
        }
        if is("identity") {
            return Ok(response.body());
        }
        Err(CodingError::Unsupported)
    }
}
