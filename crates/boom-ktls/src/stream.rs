//! The stream, whoever makes its records.

use std::fmt;
use std::fs::File;
use std::io::{self, IoSlice, Read, Write};

use boom_stream::{HalfClose, Layer, Phase};
use boom_tls::{CipherSuite, KeyExchangeGroup, TlsVersion};

use crate::backend::{Backend, Link, SocketStream};
use crate::{DefaultBackend, KtlsConfig, Offload};

/// A TLS client whose records the kernel makes and reads, where it can.
///
/// The handshake is made in user space, by the backend `B`, and neither reads nor writes wait for it: until it is done they answer
/// `WouldBlock`. It reads up to its last byte and none beyond. Then the kernel has the keys, and reads and writes are the
/// plain system calls of the stream below. Where the kernel does not have the keys of a direction, that direction stays in user
/// space, and all calls do the same; [`offload`](Self::offload) tells.
///
/// # Reading
///
/// The end of the stream is `Ok(0)` after the peer's `close_notify`, and otherwise `UnexpectedEof`
/// ([`boom_tls::Error::Truncated`]). Tickets, new keys and alerts that stand before data are seen to in the call that reads
/// the data. After a read that the socket did not fill, [`Layer::has_buffered`] asks for another one: such a record may
/// stand behind the data, and no selector tells of it.
///
/// Until a read finds nothing, reads go to the socket's descriptor, for only so does the kernel tell a record's type. A layer
/// between the socket and this stream sees a part of what is received then: put one that records or counts above, not below.
///
/// # Writing
///
/// A write makes a record, of up to 16 KiB, for each call. What the socket does not take is not taken, so there is nothing to
/// flush but what TLS itself has to say.
///
/// # Failures
///
/// Those of TLS are a [`boom_tls::Error`] in the [`io::Error`], as with a `TlsStream`; others are an [`Error`](crate::Error).
///
/// # Examples
///
/// ```
/// use boom_ktls::{KtlsConfig, KtlsStream, Offload};
/// use boom_stream::tcp::TcpStream;
/// use boom_testkit::tls::Authority;
/// use boom_tls::{Roots, TlsConfig};
/// use std::io::{ErrorKind, Read, Write};
/// use std::net::TcpListener;
///
/// # let authority = Authority::new();
/// # let listener = TcpListener::bind("127.0.0.1:0")?;
/// # let address = listener.local_addr()?;
/// # let server_config = authority.server_config(&["localhost"]);
/// # let server = std::thread::spawn(move || {
/// #     let connection = rustls::ServerConnection::new(server_config).unwrap();
/// #     let mut stream = rustls::StreamOwned::new(connection, listener.accept().unwrap().0);
/// #     stream.write_all(b"hello").unwrap();
/// # });
/// let mut config = KtlsConfig::default();
/// config.tls = config.tls.with_roots(Roots::OwnOnly).with_root_der(authority.certificate_der())?;
/// let stream = TcpStream::try_from(("127.0.0.1", address.port()))?;
/// let mut stream: KtlsStream<_> = KtlsStream::new(stream, "localhost", &config)?;
///
/// let mut greeting = [0; 64];
/// let count = loop {
///     match stream.read(&mut greeting) {
///         Err(error) if error.kind() == ErrorKind::WouldBlock => {}
///         result => break result?,
///     }
/// };
/// assert_eq!(&greeting[..count], b"hello");
/// assert_eq!(stream.offload().rx, Offload::probe().is_there());
/// # server.join().unwrap();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct KtlsStream<S: SocketStream, B: Backend = DefaultBackend> {
    link: B::Link<S>,
}

#[allow(private_bounds, reason = "`Backend` is sealed by it")]
impl<S: SocketStream, B: Backend> KtlsStream<S, B> {
    /// Puts TLS over a stream to the server of this name (a DNS name or an IP address). Nothing is sent yet.
    ///
    /// A server name in the configuration replaces `server_name`.
    ///
    /// # Errors
    ///
    /// The configuration's, and what the kernel or the socket cannot do and
    /// [`KtlsPolicy::Require`](crate::KtlsPolicy::Require) wants.
    pub fn new(stream: S, server_name: &str, config: &KtlsConfig) -> io::Result<Self> {
        Link::open(stream, server_name, config).map(Self::over)
    }

    pub(crate) const fn over(link: B::Link<S>) -> Self {
        Self { link }
    }

    /// Which directions the kernel encrypts and decrypts: neither until the handshake is done.
    pub fn offload(&self) -> Offload {
        self.link.offload()
    }

    /// Returns true until the handshake is done.
    pub fn is_handshaking(&self) -> bool {
        self.link.is_handshaking()
    }

    /// The version agreed on, once it is.
    pub fn protocol_version(&self) -> Option<TlsVersion> {
        self.link.protocol_version()
    }

    /// The cipher suite agreed on, once it is.
    pub fn cipher_suite(&self) -> Option<CipherSuite> {
        self.link.cipher_suite()
    }

    /// The group that the keys were agreed on by, once they are.
    pub fn key_exchange_group(&self) -> Option<KeyExchangeGroup> {
        self.link.key_exchange_group()
    }

    /// The protocol that the server chose of those offered by ALPN.
    pub fn alpn_protocol(&self) -> Option<&[u8]> {
        self.link.alpn_protocol()
    }

    /// The server's certificates in DER, its own first, once they are known.
    pub fn peer_certificates(&self) -> Vec<Vec<u8>> {
        self.link.peer_certificates()
    }

    /// Returns whether an earlier session was resumed, once that is known.
    pub fn is_resumed(&self) -> Option<bool> {
        self.link.is_resumed()
    }

    /// Renews the keys of both directions: this side's at once, and the peer's with its answer (`KeyUpdate` of RFC 8446, section
    /// 4.6.3).
    ///
    /// The stream does so by itself before its keys have protected as many records as they may. A peer may take dozens
    /// without data between them for an attack.
    ///
    /// # Errors
    ///
    /// `WouldBlock` while the handshake lasts. [`Error::KeyUpdateUnsupported`](crate::Error::KeyUpdateUnsupported) where the kernel
    /// cannot, and [`boom_tls::Error::Unsupported`] with TLS 1.2; the connection goes on. What the connection has failed with.
    pub fn update_keys(&mut self) -> io::Result<()> {
        self.link.update_keys()
    }

    /// Tells the peer that this side has sent everything: `close_notify`. Writing is over then; reading goes on until the peer
    /// closes too. Dropping the stream sends nothing. Before the kernel has the keys it ends their way there, and what is left
    /// is read in user space.
    ///
    /// # Errors
    ///
    /// `WouldBlock` while it waits for the socket: call it again. What the connection has failed with.
    pub fn close_notify(&mut self) -> io::Result<()> {
        self.link.close_notify()
    }

    /// Sends `count` bytes of a file from `offset` on, or as many as the socket takes and the file has. Returns how many.
    ///
    /// Where the kernel encrypts they do not pass through user space (`sendfile`). On Linux 6.1 the socket's send buffer has to
    /// hold a record of 16 KiB then, or the last part may never be sent.
    ///
    /// # Errors
    ///
    /// `WouldBlock` where the socket takes none, the file's, after which the connection goes on, and what the connection has failed
    /// with.
    pub fn send_file(&mut self, file: &File, offset: u64, count: usize) -> io::Result<usize> {
        self.link.send_file(file, offset, count)
    }

    /// Lends the stream below.
    pub fn get_ref(&self) -> &S {
        self.link.get_ref()
    }

    /// Lends the stream below for changes. To read from it or write to it breaks the connection, and so does another stream in
    /// its place: the keys, and OpenSSL, are with the socket that it had.
    pub fn get_mut(&mut self) -> &mut S {
        self.link.get_mut()
    }

    /// Gives up the stream below, without `close_notify`. A socket that the kernel has keys for keeps them.
    pub fn into_inner(self) -> S {
        self.link.into_inner()
    }
}

impl<S: SocketStream, B: Backend> Read for KtlsStream<S, B> {
    #[inline]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        self.link.read(buffer)
    }
}

impl<S: SocketStream, B: Backend> Write for KtlsStream<S, B> {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.link.write(bytes)
    }

    #[inline]
    fn write_vectored(&mut self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        self.link.write_vectored(buffers)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.link.flush()
    }
}

impl<S: SocketStream + HalfClose, B: Backend> HalfClose for KtlsStream<S, B> {
    /// [`close_notify`](Self::close_notify), then that of the stream below.
    fn close_write(&mut self) -> io::Result<()> {
        self.link.close_write()
    }
}

impl<S: SocketStream, B: Backend> Layer for KtlsStream<S, B> {
    type Base = S::Base;

    fn base(&self) -> &S::Base {
        self.get_ref().base()
    }

    fn base_mut(&mut self) -> &mut S::Base {
        self.get_mut().base_mut()
    }

    /// True also after a read that has not been followed by one which found nothing.
    #[inline]
    fn has_buffered(&self) -> bool {
        self.link.has_buffered()
    }

    #[inline]
    fn wants_write(&self) -> bool {
        self.link.wants_write()
    }

    fn is_encrypted(&self) -> bool {
        true
    }

    fn phase(&self) -> Phase {
        match self.get_ref().phase() {
            Phase::Established if self.is_handshaking() => Phase::TlsHandshake,
            phase => phase,
        }
    }

    #[inline]
    fn poll_timeout(&self) -> Option<u64> {
        self.link.poll_timeout()
    }

    /// Ends a handshake that takes too long; see [`TlsConfig::with_handshake_timeout`](boom_tls::TlsConfig::with_handshake_timeout).
    fn handle_timeout(&mut self, now_ns: u64) -> io::Result<()> {
        self.link.handle_timeout(now_ns)
    }

    /// Sends `close_notify`, has the stream below end, and waits for the peer to do both. Data that arrives meanwhile has to be
    /// read before the end is there.
    fn poll_close(&mut self) -> io::Result<bool> {
        self.link.poll_close()
    }
}

impl<S: SocketStream, B: Backend> fmt::Debug for KtlsStream<S, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KtlsStream")
            .field("is_handshaking", &self.is_handshaking())
            .field("offload", &self.offload())
            .field("protocol_version", &self.protocol_version())
            .field("cipher_suite", &self.cipher_suite())
            .field("is_resumed", &self.is_resumed())
            .finish_non_exhaustive()
    }
}
