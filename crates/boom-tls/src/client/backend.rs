//! What a stream asks of the library that does its cryptography.

use boom_stream::buffer::{ReadBuffer, WriteBuffer};
use rustls_pki_types::{CertificateDer, ServerName};

use crate::client::ending::Ending;
use crate::{CipherSuite, EarlyData, Error, KeyExchangeGroup, TlsConfig, TlsVersion};

/// A library that speaks TLS: `rustls::Backend` or `openssl::Backend`.
///
/// It is the second parameter of [`Stream`](crate::Stream), and nobody else's to implement.
///
/// # Examples
///
/// A program that names its backend once:
///
/// ```
/// use boom_stream::tcp::TcpStream;
/// use boom_tls::{Backend, IntoTlsStream, Stream, TlsConfig};
///
/// fn secure<B: Backend>(stream: TcpStream) -> Stream<TcpStream, B> {
///     stream.into_tls_stream_by()
/// }
/// # let _ = secure::<boom_tls::DefaultBackend>;
/// ```
// The trait of the sessions is in a private module, so that nobody else can implement this one.
#[allow(private_bounds, reason = "that is what seals it")]
pub trait Backend: Sealed {}

/// Names a backend's connection without I/O.
pub(crate) trait Sealed {
    type Session: Session;

    /// Builds what the backend makes of a configuration.
    fn build(config: &TlsConfig) -> Result<(), Error>;

    /// Returns an error where the certificate cannot be a root of trust.
    fn check_root(root: &CertificateDer<'_>) -> Result<(), Error>;
}

/// One TLS connection without I/O: ciphertext in, plaintext out, and the other way round.
pub(crate) trait Session: Sized {
    /// One read asks for at least this much, so that a burst costs as few system calls as the window allows.
    const READ_SIZE: usize = 16 * 1024;

    /// A connection to the server of this name, whose first message is queued.
    fn open(server_name: ServerName<'static>, config: &TlsConfig) -> Result<Self, Error>;

    /// A connection that failed before it began.
    fn failed(error: Error) -> Self;

    fn is_handshaking(&self) -> bool;

    /// Returns true if [`read`](Self::read) or [`take_end`](Self::take_end) would give something.
    fn has_buffered(&self) -> bool;

    /// Ciphertext that waits for the socket.
    fn outgoing(&mut self) -> &mut WriteBuffer;

    fn has_outgoing(&self) -> bool;

    /// Goes on with the handshake by the records that are there. Returns 1 once it is done, or else 0.
    fn handshake(&mut self) -> usize;

    /// Decrypts records that are there until `out` is full. Returns the number of bytes written to it.
    fn read(&mut self, out: &mut [u8]) -> usize;

    /// Decrypts records that are there if there is no plaintext. Returns how much there is then.
    fn fill(&mut self) -> usize;

    /// Plaintext that has not been read.
    fn plaintext(&self) -> &[u8];

    /// Drops the first `count` bytes of [`plaintext`](Self::plaintext).
    fn consume(&mut self, count: usize);

    /// Lends the buffer for one read of ciphertext, with room for it. Call [`received`](Self::received) afterwards.
    ///
    /// Returns `None` where there is no room: the peer sends a handshake without end.
    fn receive_buffer(&mut self) -> Option<&mut ReadBuffer>;

    /// Says that bytes were added to the buffer lent last.
    fn received(&mut self);

    /// Says that the stream below has ended.
    fn received_eof(&mut self);

    /// Ends the connection by a failure, with the alert that the backend has for it.
    fn fail(&mut self, error: Error);

    /// How the connection ends.
    fn ending(&self) -> &Ending;

    fn ending_mut(&mut self) -> &mut Ending;

    /// What the connection has failed with, if it has.
    fn failure(&self) -> Option<&Error> {
        self.ending().failure()
    }

    /// How the connection has ended, if it has: well, or by an error.
    fn take_end(&mut self) -> Option<Result<(), Error>> {
        self.ending_mut().tell()
    }

    /// Encrypts and queues as much of `data` as the outbound limit lets. Returns how much that is.
    fn write(&mut self, data: &[u8]) -> Result<usize, Error>;

    /// Encrypts and queues as much of `data` as may go out with the handshake. Returns how much that is.
    fn write_early(&mut self, data: &[u8]) -> Result<usize, Error>;

    fn early_data(&self) -> EarlyData;

    /// Queues a message that renews the keys of this side and asks the peer for the same, in a connection of TLS 1.3 whose
    /// handshake is done. Returns false where that has to wait: for more of the peer's bytes, or for room.
    fn update_keys(&mut self) -> Result<bool, Error>;

    /// Queues `close_notify` behind what waits. Nothing can be written afterwards.
    ///
    /// Before the end of the handshake there is nothing to close, and nothing is queued.
    fn close(&mut self) -> Result<(), Error>;

    /// Returns true once [`close`](Self::close) was called and nothing can be written any more.
    fn is_closed(&self) -> bool {
        self.ending().is_closed()
    }

    /// Returns true once the peer's `close_notify` has come.
    fn has_ended_well(&self) -> bool {
        self.ending().has_come_well()
    }

    /// Returns the error that writing has ended with.
    fn check_writable(&self) -> Result<(), Error> {
        self.ending().check_writable()
    }

    fn protocol_version(&self) -> Option<TlsVersion>;

    fn cipher_suite(&self) -> Option<CipherSuite>;

    fn key_exchange_group(&self) -> Option<KeyExchangeGroup>;

    fn alpn_protocol(&self) -> Option<&[u8]>;

    /// In DER, the server's own first.
    fn peer_certificates(&self) -> Vec<Vec<u8>>;

    fn is_resumed(&self) -> Option<bool>;
}
