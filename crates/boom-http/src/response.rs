//! A look at an answer.

use std::fmt;

use http::{Method, StatusCode};

use crate::decoder::ResponseDecoder;
use crate::head::Field;
use crate::syntax::trim;

/// An answer, which borrows from the buffer that it was received into.
///
/// # Examples
///
/// ```
/// use boom_http::{Response, ResponseDecoder};
///
/// fn remaining_weight(response: &Response<'_>) -> Option<u32> {
///     std::str::from_utf8(response.header("X-MBX-USED-WEIGHT")?).ok()?.parse().ok()
/// }
///
/// let mut received = *b"HTTP/1.1 200 OK\r\nX-Mbx-Used-Weight: 17\r\nContent-Length: 2\r\n\r\n{}";
/// let mut decoder = ResponseDecoder::default();
/// decoder.advance(&mut received, false)?;
/// let response = decoder.response(&received);
/// assert_eq!(remaining_weight(&response), Some(17));
/// assert_eq!(response.body(), b"{}");
/// # Ok::<(), boom_http::Reason>(())
/// ```
#[derive(Clone, Copy)]
pub struct Response<'a> {
    bytes: &'a [u8],
    decoder: &'a ResponseDecoder,
}

impl fmt::Debug for Response<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status())
            .field("headers", &self.headers().count())
            .field("body", &self.body().len())
            .finish()
    }
}

impl<'a> Response<'a> {
    pub(crate) const fn new(bytes: &'a [u8], decoder: &'a ResponseDecoder) -> Self {
        Self { bytes, decoder }
    }

    /// The status.
    #[inline]
    pub fn status(&self) -> StatusCode {
        // The status line has been read: three digits, the first of them not 0.
        StatusCode::from_u16(self.decoder.scan().facts.status).unwrap_or_default()
    }

    /// The words behind the status, which mean nothing.
    pub fn reason(&self) -> &'a [u8] {
        let line = self.head().split(|byte| *byte == b'\n').next();
        trim(
            line.unwrap_or_default()
                .trim_ascii_end()
                .get(12..)
                .unwrap_or_default(),
        )
    }

    /// Returns true if the answer is in HTTP/1.0.
    pub const fn is_http_1_0(&self) -> bool {
        self.decoder.scan().facts.is_http_1_0
    }

    /// The body, out of its chunks; of a request whose body goes to a [`Visitor`](crate::Visitor) nothing.
    #[inline]
    pub fn body(&self) -> &'a [u8] {
        self.bytes
            .get(self.decoder.body_range())
            .unwrap_or_default()
    }

    /// The first header of that name; the case of the name does not matter.
    #[inline]
    pub fn header(&self, name: &str) -> Option<&'a [u8]> {
        find(self.fields().0, self.bytes, name)
    }

    /// The values of all headers of that name, in the order received.
    pub fn header_values<'n>(&self, name: &'n str) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n> {
        self.headers()
            .filter(move |(other, _)| other.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value)
    }

    /// All headers in the order received, each value without the white space around it and with its line folds made spaces.
    pub fn headers(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
        pairs(self.fields().0, self.bytes)
    }

    /// The first trailer of that name.
    pub fn trailer(&self, name: &str) -> Option<&'a [u8]> {
        find(self.fields().1, self.bytes, name)
    }

    /// The fields after a chunked body, in the order received. They are not merged with the headers (RFC 9110 §6.5.1).
    pub fn trailers(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
        pairs(self.fields().1, self.bytes)
    }

    /// What stood behind the sizes of the chunks (RFC 9112 §7.1.1), from the semicolon on, for each chunk that had something there;
    /// of a body that goes to a [`Visitor`](crate::Visitor), of the chunks so far.
    ///
    /// # Examples
    ///
    /// ```
    /// use boom_http::ResponseDecoder;
    ///
    /// let mut received = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;sum=\"7\"\r\na\r\n0\r\n\r\n".to_vec();
    /// let mut decoder = ResponseDecoder::default();
    /// decoder.advance(&mut received, false)?;
    /// let response = decoder.response(&received);
    /// assert!(response.chunk_extensions().eq([br#";sum="7""#]));
    /// # Ok::<(), boom_http::Reason>(())
    /// ```
    pub fn chunk_extensions(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.decoder.extensions()
    }

    /// Where a redirection points to, and the method to ask there with (RFC 9110 §15.4); `None` where this is none.
    ///
    /// Redirections are not followed. Where one is, decide first whether credentials and an order may go there.
    ///
    /// # Examples
    ///
    /// ```
    /// use boom_http::{Method, ResponseDecoder};
    ///
    /// let mut received = *b"HTTP/1.1 303 See Other\r\nLocation: /orders/7\r\nContent-Length: 0\r\n\r\n";
    /// let mut decoder = ResponseDecoder::default();
    /// decoder.advance(&mut received, false)?;
    /// let redirect = decoder.response(&received).redirect(&Method::POST).ok_or(boom_http::Reason::Closed)?;
    /// assert_eq!((redirect.location, redirect.method), ("/orders/7", Method::GET));
    /// # Ok::<(), boom_http::Reason>(())
    /// ```
    pub fn redirect(&self, method: &Method) -> Option<Redirect<'a>> {
        let keeps_method = match self.status().as_u16() {
            // §15.4.2, §15.4.3: POST has become GET by custom.
            301 | 302 => *method != Method::POST,
            303 => *method == Method::HEAD,
            307 | 308 => true,
            _ => return None,
        };
        let method = if keeps_method {
            method.clone()
        } else {
            Method::GET
        };
        let location = std::str::from_utf8(self.header("Location")?).ok()?;
        Some(Redirect { location, method })
    }

    fn head(&self) -> &'a [u8] {
        self.bytes
            .get(self.decoder.head_range())
            .unwrap_or_default()
    }

    /// Headers and trailers.
    #[inline]
    fn fields(&self) -> (&'a [Field], &'a [Field]) {
        let scan = self.decoder.scan();
        let headers = scan.headers();
        scan.fields.split_at_checked(headers).unwrap_or_default()
    }
}

/// Where a redirection points to.
///
/// # Examples
///
/// See [`Response::redirect`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect<'a> {
    /// A URL, or a reference relative to the one that was asked for.
    pub location: &'a str,
    /// What to ask there with.
    pub method: Method,
}

fn find<'a>(fields: &[Field], bytes: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let is = |field: &&Field| field.name(bytes).eq_ignore_ascii_case(name.as_bytes());
    fields.iter().find(is).map(|field| field.value(bytes))
}

fn pairs<'a>(
    fields: &'a [Field],
    bytes: &'a [u8],
) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
    fields
        .iter()
        .map(move |field| (field.name(bytes), field.value(bytes)))
}
