//! Plain or TLS.

use std::io::{self, Read, Write};

use boom_stream::{HalfClose, Layer, Phase};

use crate::{Backend, DefaultBackend, Stream};

/// A stream that is plain or TLS, decided at run time by a URL or a flag.
///
/// # Examples
///
/// ```
/// use boom_stream::{Layer, Phase};
/// use boom_testkit::stream::ScriptedStream;
/// use boom_tls::IntoTlsReadyStream;
///
/// let plain = ScriptedStream::new().into_tls_ready_stream(false);
/// assert_eq!(plain.phase(), Phase::Established);
///
/// let tls = ScriptedStream::new().into_tls_ready_stream(true);
/// assert!(tls.is_tls());
/// assert_eq!(tls.phase(), Phase::TlsHandshake);
/// ```
#[derive(Debug)]
// A connection is one or the other for its whole life; a box would cost each call a pointer to follow.
#[allow(clippy::large_enum_variant)]
pub enum TlsReadyStream<S, B: Backend = DefaultBackend> {
    /// As it is.
    Plain(S),
    /// With TLS over it.
    Tls(Stream<S, B>),
}

impl<S, B: Backend> TlsReadyStream<S, B> {
    /// Returns true if the bytes are protected.
    pub const fn is_tls(&self) -> bool {
        matches!(self, Self::Tls(_))
    }

    /// Lends the TLS stream, where it is one.
    pub const fn as_tls(&self) -> Option<&Stream<S, B>> {
        match self {
            Self::Plain(_) => None,
            Self::Tls(stream) => Some(stream),
        }
    }

    /// Lends the TLS stream for changes, where it is one: to send early data, say.
    pub const fn as_tls_mut(&mut self) -> Option<&mut Stream<S, B>> {
        match self {
            Self::Plain(_) => None,
            Self::Tls(stream) => Some(stream),
        }
    }

    /// Lends the stream below.
    pub const fn get_ref(&self) -> &S {
        match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => stream.get_ref(),
        }
    }
}

impl<S: Read + Write, B: Backend> Read for TlsReadyStream<S, B> {
    #[inline]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
        }
    }
}

impl<S: Read + Write, B: Backend> Write for TlsReadyStream<S, B> {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}

impl<S: Read + Write + HalfClose, B: Backend> HalfClose for TlsReadyStream<S, B> {
    fn close_write(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.close_write(),
            Self::Tls(stream) => stream.close_write(),
        }
    }
}

impl<S: Read + Write + Layer, B: Backend> Layer for TlsReadyStream<S, B> {
    type Base = S::Base;

    fn base(&self) -> &S::Base {
        match self {
            Self::Plain(stream) => stream.base(),
            Self::Tls(stream) => stream.base(),
        }
    }

    fn base_mut(&mut self) -> &mut S::Base {
        match self {
            Self::Plain(stream) => stream.base_mut(),
            Self::Tls(stream) => stream.base_mut(),
        }
    }

    fn has_buffered(&self) -> bool {
        match self {
            Self::Plain(stream) => stream.has_buffered(),
            Self::Tls(stream) => stream.has_buffered(),
        }
    }

    fn wants_write(&self) -> bool {
        match self {
            Self::Plain(stream) => stream.wants_write(),
            Self::Tls(stream) => stream.wants_write(),
        }
    }

    fn is_encrypted(&self) -> bool {
        match self {
            Self::Plain(stream) => stream.is_encrypted(),
            Self::Tls(stream) => stream.is_encrypted(),
        }
    }

    fn phase(&self) -> Phase {
        match self {
            Self::Plain(stream) => stream.phase(),
            Self::Tls(stream) => stream.phase(),
        }
    }

    fn poll_timeout(&self) -> Option<u64> {
        match self {
            Self::Plain(stream) => stream.poll_timeout(),
            Self::Tls(stream) => stream.poll_timeout(),
        }
    }

    fn handle_timeout(&mut self, now_ns: u64) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.handle_timeout(now_ns),
            Self::Tls(stream) => stream.handle_timeout(now_ns),
        }
    }

    fn poll_close(&mut self) -> io::Result<bool> {
        match self {
            Self::Plain(stream) => stream.poll_close(),
            Self::Tls(stream) => stream.poll_close(),
        }
    }
}
