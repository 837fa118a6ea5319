//! From a stream to a TLS stream.

use std::io::{self, Read, Write};

use boom_stream::ConnectionInfoProvider;

use crate::{Backend, Stream, TlsConfig, TlsReadyStream, TlsStream};

/// Puts TLS over a stream.
///
/// # Examples
///
/// ```no_run
/// use boom_stream::tcp::TcpStream;
/// use boom_tls::{IntoTlsStream, TlsConfig};
///
/// let stream = TcpStream::try_from(("stream.example.com", 443))?.into_tls_stream();
///
/// // With a configuration made once, so that a reconnect resumes.
/// let config = TlsConfig::default().with_alpn(["http/1.1"]);
/// let stream = TcpStream::try_from(("stream.example.com", 443))?;
/// let stream = stream.into_tls_stream_with_config(|tls| *tls = config.clone())?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait IntoTlsStream: Sized {
    /// Connects to the host that the stream names, by the default backend and with the configuration that the process
    /// shares.
    ///
    /// What is wrong with the host or the configuration is reported by the first read or write.
    fn into_tls_stream(self) -> TlsStream<Self> {
        self.into_tls_stream_by()
    }

    /// As [`into_tls_stream`](Self::into_tls_stream), with changes to the configuration.
    ///
    /// # Errors
    ///
    /// What is wrong with the host or the configuration.
    fn into_tls_stream_with_config(
        self,
        configure: impl FnOnce(&mut TlsConfig),
    ) -> io::Result<TlsStream<Self>> {
        self.into_tls_stream_by_with_config(configure)
    }

    /// As [`into_tls_stream`](Self::into_tls_stream), by the backend `B`.
    fn into_tls_stream_by<B: Backend>(self) -> Stream<Self, B>;

    /// As [`into_tls_stream_with_config`](Self::into_tls_stream_with_config), by the backend `B`.
    ///
    /// # Errors
    ///
    /// What is wrong with the host or the configuration.
    fn into_tls_stream_by_with_config<B: Backend>(
        self,
        configure: impl FnOnce(&mut TlsConfig),
    ) -> io::Result<Stream<Self, B>>;
}

impl<S: Read + Write + ConnectionInfoProvider> IntoTlsStream for S {
    fn into_tls_stream_by<B: Backend>(self) -> Stream<Self, B> {
        let host = self.connection_info().host().to_owned();
        Stream::new_or_failed(self, &host, &TlsConfig::default())
    }

    fn into_tls_stream_by_with_config<B: Backend>(
        self,
        configure: impl FnOnce(&mut TlsConfig),
    ) -> io::Result<Stream<Self, B>> {
        let mut config = TlsConfig::default();
        configure(&mut config);
        let host = self.connection_info().host().to_owned();
        Stream::new(self, &host, &config)
    }
}

/// Puts TLS over a stream, or does not, as is known only at run time.
///
/// # Examples
///
/// ```no_run
/// use boom_stream::tcp::TcpStream;
/// use boom_tls::IntoTlsReadyStream;
///
/// let (port, secure) = (443, true);
/// let stream = TcpStream::try_from(("stream.example.com", port))?.into_tls_ready_stream(secure);
/// assert!(stream.is_tls());
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait IntoTlsReadyStream: Sized {
    /// Connects by TLS where `secure` is true, as [`IntoTlsStream::into_tls_stream`] does.
    fn into_tls_ready_stream(self, secure: bool) -> TlsReadyStream<Self> {
        self.into_tls_ready_stream_by(secure)
    }

    /// As [`into_tls_ready_stream`](Self::into_tls_ready_stream), with changes to the configuration of TLS.
    ///
    /// # Errors
    ///
    /// What is wrong with the host or the configuration. Without TLS, nothing.
    fn into_tls_ready_stream_with_config(
        self,
        secure: bool,
        configure: impl FnOnce(&mut TlsConfig),
    ) -> io::Result<TlsReadyStream<Self>> {
        self.into_tls_ready_stream_by_with_config(secure, configure)
    }

    /// As [`into_tls_ready_stream`](Self::into_tls_ready_stream), by the backend `B`.
    fn into_tls_ready_stream_by<B: Backend>(self, secure: bool) -> TlsReadyStream<Self, B>;

    /// As [`into_tls_ready_stream_with_config`](Self::into_tls_ready_stream_with_config), by the backend `B`.
    ///
    /// # Errors
    ///
    /// What is wrong with the host or the configuration. Without TLS, nothing.
    fn into_tls_ready_stream_by_with_config<B: Backend>(
        self,
        secure: bool,
        configure: impl FnOnce(&mut TlsConfig),
    ) -> io::Result<TlsReadyStream<Self, B>>;
}

impl<S: Read + Write + ConnectionInfoProvider> IntoTlsReadyStream for S {
    fn into_tls_ready_stream_by<B: Backend>(self, secure: bool) -> TlsReadyStream<Self, B> {
        if secure {
            TlsReadyStream::Tls(self.into_tls_stream_by())
        } else {
            TlsReadyStream::Plain(self)
        }
    }

    fn into_tls_ready_stream_by_with_config<B: Backend>(
        self,
        secure: bool,
        configure: impl FnOnce(&mut TlsConfig),
    ) -> io::Result<TlsReadyStream<Self, B>> {
        if secure {
            self.into_tls_stream_by_with_config(configure)
                .map(TlsReadyStream::Tls)
        } else {
            Ok(TlsReadyStream::Plain(self))
        }
    }
}
