//! OpenSSL over the socket, or in user space over the stream.

use std::fs::File;
use std::io::{self, ErrorKind, IoSlice, Read, Write};

use boom_stream::{HalfClose, Layer, Socket};
use boom_tls::openssl::{Backend, TlsStream};
use boom_tls::{CipherSuite, IntoTlsStream, KeyExchangeGroup, TlsVersion};

use super::connection::Connection;
use crate::backend::{self, SocketStream};
use crate::{Error, KtlsConfig, KtlsPolicy, Offload};

// Not boxed: there are two only, and a connection is one of them for its whole life.
#[allow(clippy::large_enum_variant)]
pub(crate) enum Link<S: SocketStream> {
    /// The stream below is read as far as it likes.
    User(TlsStream<S>),
    /// OpenSSL has the descriptor.
    Socket(Connection<S>),
}

/// The time of the handshake.
pub(super) struct Timeout {
    timeout_ns: Option<u64>,
    deadline_ns: Option<u64>,
}

impl Timeout {
    pub(super) const fn new(timeout_ns: Option<u64>) -> Self {
        Self {
            timeout_ns,
            deadline_ns: None,
        }
    }

    /// 0 until the time is known.
    pub(super) fn deadline_ns(&self) -> Option<u64> {
        self.timeout_ns?;
        Some(self.deadline_ns.unwrap_or(0))
    }

    pub(super) fn is_late(&mut self, now_ns: u64) -> bool {
        let Some(timeout_ns) = self.timeout_ns else {
            return false;
        };
        let deadline_ns = self
            .deadline_ns
            .get_or_insert_with(|| now_ns.saturating_add(timeout_ns));
        now_ns >= *deadline_ns
    }
}

/// OpenSSL gives the kernel new keys since 3.2.
pub(super) fn renews_keys() -> bool {
    openssl::version::number() >= 0x3020_0000
}

/// What speaks against the kernel's records, before the handshake.
fn obstacle<S: SocketStream>(stream: &S) -> Result<(), Error> {
    Offload::probe().require()?;
    if openssl::version::number() < 0x3000_0000 {
        return Err(Error::KernelUnsupported(ErrorKind::Unsupported));
    }
    if stream.base().receives_ahead() {
        return Err(Error::ReceivesAhead);
    }
    Ok(())
}

impl<S: SocketStream> backend::Link<S> for Link<S> {
    fn open(stream: S, host: &str, config: &KtlsConfig) -> io::Result<Self> {
        match obstacle(&stream) {
            Err(error) if config.policy == KtlsPolicy::Require => Err(error.into()),
            Err(_) => TlsStream::new(stream, host, &config.tls).map(Self::User),
            Ok(()) => match Connection::open(stream, host, config) {
                Ok(connection) => Ok(Self::Socket(connection)),
                Err((_, error)) => Err(error.into()),
            },
        }
    }

    fn open_by_default(stream: S) -> Self {
        if obstacle(&stream).is_err() {
            return Self::User(stream.into_tls_stream_by::<Backend>());
        }
        let host = stream.base().connection_info().host().to_owned();
        match Connection::open(stream, &host, &KtlsConfig::default()) {
            Ok(connection) => Self::Socket(connection),
            // It fails with the same there, at the first read or write.
            Err((stream, _)) => Self::User(stream.into_tls_stream_by::<Backend>()),
        }
    }

    fn get_ref(&self) -> &S {
        match self {
            Self::User(tls) => tls.get_ref(),
            Self::Socket(connection) => &connection.stream,
        }
    }

    fn get_mut(&mut self) -> &mut S {
        match self {
            Self::User(tls) => tls.get_mut(),
            Self::Socket(connection) => &mut connection.stream,
        }
    }

    fn into_inner(self) -> S {
        match self {
            Self::User(tls) => tls.into_inner(),
            Self::Socket(connection) => connection.stream,
        }
    }

    fn offload(&self) -> Offload {
        match self {
            Self::User(_) => Offload::NONE,
            Self::Socket(connection) => connection.offload,
        }
    }

    fn is_handshaking(&self) -> bool {
        match self {
            Self::User(tls) => tls.is_handshaking(),
            Self::Socket(connection) => connection.is_handshaking,
        }
    }

    fn protocol_version(&self) -> Option<TlsVersion> {
        match self {
            Self::User(tls) => tls.protocol_version(),
            Self::Socket(connection) if connection.is_handshaking => None,
            Self::Socket(connection) => connection.tls.protocol_version(),
        }
    }

    fn cipher_suite(&self) -> Option<CipherSuite> {
        match self {
            Self::User(tls) => tls.cipher_suite(),
            Self::Socket(connection) if connection.is_handshaking => None,
            Self::Socket(connection) => connection.tls.cipher_suite(),
        }
    }

    fn key_exchange_group(&self) -> Option<KeyExchangeGroup> {
        match self {
            Self::User(tls) => tls.key_exchange_group(),
            Self::Socket(connection) if connection.is_handshaking => None,
            Self::Socket(connection) => connection.tls.key_exchange_group(),
        }
    }

    fn alpn_protocol(&self) -> Option<&[u8]> {
        match self {
            Self::User(tls) => tls.alpn_protocol(),
            Self::Socket(connection) if connection.is_handshaking => None,
            Self::Socket(connection) => connection.tls.ssl().selected_alpn_protocol(),
        }
    }

    fn peer_certificates(&self) -> Vec<Vec<u8>> {
        match self {
            Self::User(tls) => tls.peer_certificates(),
            Self::Socket(connection) if connection.is_handshaking => Vec::new(),
            Self::Socket(connection) => connection.tls.peer_certificates(),
        }
    }

    fn is_resumed(&self) -> Option<bool> {
        match self {
            Self::User(tls) => tls.is_resumed(),
            Self::Socket(connection) if connection.is_handshaking => None,
            Self::Socket(connection) => Some(connection.tls.ssl().session_reused()),
        }
    }

    #[inline]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::User(tls) => tls.read(buffer),
            Self::Socket(connection) => connection.read(buffer),
        }
    }

    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::User(tls) => tls.write(bytes),
            Self::Socket(connection) => connection.write(bytes),
        }
    }

    #[inline]
    fn write_vectored(&mut self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        match self {
            Self::User(tls) => tls.write(backend::first(buffers)),
            Self::Socket(connection) => connection.write_vectored(buffers),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::User(tls) => tls.flush(),
            Self::Socket(connection) => connection.flush(),
        }
    }

    fn send_file(&mut self, file: &File, offset: u64, count: usize) -> io::Result<usize> {
        match self {
            Self::User(tls) => backend::copy_file(file, offset, count, |bytes| tls.write(bytes)),
            Self::Socket(connection) => connection.send_file(file, offset, count),
        }
    }

    fn update_keys(&mut self) -> io::Result<()> {
        match self {
            Self::User(tls) => tls.update_keys(),
            Self::Socket(connection) => connection.update_keys(),
        }
    }

    fn close_notify(&mut self) -> io::Result<()> {
        match self {
            Self::User(tls) => tls.close_notify(),
            Self::Socket(connection) => connection.close_notify(),
        }
    }

    fn close_write(&mut self) -> io::Result<()>
    where
        S: HalfClose,
    {
        self.close_notify()?;
        self.get_mut().close_write()
    }

    #[inline]
    fn has_buffered(&self) -> bool {
        match self {
            Self::User(tls) => tls.has_buffered(),
            Self::Socket(connection) => connection.has_buffered(),
        }
    }

    #[inline]
    fn wants_write(&self) -> bool {
        match self {
            Self::User(tls) => tls.wants_write(),
            Self::Socket(connection) => connection.wants_write(),
        }
    }

    #[inline]
    fn poll_timeout(&self) -> Option<u64> {
        match self {
            Self::User(tls) => tls.poll_timeout(),
            Self::Socket(connection) => connection.poll_timeout(),
        }
    }

    fn handle_timeout(&mut self, now_ns: u64) -> io::Result<()> {
        match self {
            Self::User(tls) => tls.handle_timeout(now_ns),
            Self::Socket(connection) => connection.handle_timeout(now_ns),
        }
    }

    fn poll_close(&mut self) -> io::Result<bool> {
        match self {
            Self::User(tls) => tls.poll_close(),
            Self::Socket(connection) => connection.poll_close(),
        }
    }
}
