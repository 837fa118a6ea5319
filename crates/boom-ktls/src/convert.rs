//! From a stream to one with kernel TLS.

use std::io;

use boom_stream::ConnectionInfoProvider;

use crate::backend::{Backend, Link, SocketStream};
use crate::{DefaultBackend, KtlsConfig, KtlsStream};

/// Puts kernel TLS over a stream.
///
/// # Examples
///
/// ```no_run
/// use boom_ktls::{IntoKtlsStream, KtlsConfig, KtlsPolicy};
/// use boom_stream::tcp::TcpStream;
///
/// let stream = TcpStream::try_from(("stream.example.com", 443))?.into_ktls_stream();
///
/// // With a configuration made once, so that a reconnect resumes.
/// let mut ours = KtlsConfig::default();
/// ours.policy = KtlsPolicy::Require;
/// let stream = TcpStream::try_from(("stream.example.com", 443))?;
/// let stream = stream.into_ktls_stream_with_config(|config| *config = ours.clone())?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait IntoKtlsStream: SocketStream + Sized {
    /// Connects to the host that the stream names, by the default backend and with the configuration that the process
    /// shares. Where the kernel has no TLS the stream does it in user space.
    ///
    /// What is wrong with the host or the configuration is reported by the first read or write.
    fn into_ktls_stream(self) -> KtlsStream<Self> {
        self.into_ktls_stream_by()
    }

    /// As [`into_ktls_stream`](Self::into_ktls_stream), with changes to the configuration.
    ///
    /// # Errors
    ///
    /// What is wrong with the host or the configuration, and what the kernel or the socket cannot do and
    /// [`KtlsPolicy::Require`](crate::KtlsPolicy::Require) wants.
    fn into_ktls_stream_with_config(
        self,
        configure: impl FnOnce(&mut KtlsConfig),
    ) -> io::Result<KtlsStream<Self>> {
        self.into_ktls_stream_by_with_config::<DefaultBackend>(configure)
    }

    /// As [`into_ktls_stream`](Self::into_ktls_stream), by the backend `B`.
    fn into_ktls_stream_by<B: Backend>(self) -> KtlsStream<Self, B>;

    /// As [`into_ktls_stream_with_config`](Self::into_ktls_stream_with_config), by the backend `B`.
    ///
    /// # Errors
    ///
    /// As there.
    fn into_ktls_stream_by_with_config<B: Backend>(
        self,
        configure: impl FnOnce(&mut KtlsConfig),
    ) -> io::Result<KtlsStream<Self, B>>;
}

impl<S: SocketStream> IntoKtlsStream for S {
    fn into_ktls_stream_by<B: Backend>(self) -> KtlsStream<Self, B> {
        KtlsStream::over(B::Link::<S>::open_by_default(self))
    }

    fn into_ktls_stream_by_with_config<B: Backend>(
        self,
        configure: impl FnOnce(&mut KtlsConfig),
    ) -> io::Result<KtlsStream<Self, B>> {
        let mut config = KtlsConfig::default();
        configure(&mut config);
        let host = self.connection_info().host().to_owned();
        KtlsStream::new(self, &host, &config)
    }
}
