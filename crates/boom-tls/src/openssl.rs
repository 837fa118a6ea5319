//! TLS by OpenSSL.
//!
//! # Cost of a record
//!
//! OpenSSL takes ciphertext from memory, where one read of the socket has put as much as there was: neither the header
//! of a record nor the record behind it costs a system call of its own. It keeps its buffers for as long as the connection
//! lives. Plaintext is copied once, from its buffer to the reader.
//!
//! This crate allocates nothing for a message. OpenSSL 3.0 does, in blocks of 40 bytes, each the `WPACKET_SUB` of a writer of bytes
//! (`crypto/packet.c`): `WPACKET_init_static_len` takes one by `wpacket_intern_init_len`, and `WPACKET_start_sub_packet_len__`
//! another. `do_ssl3_write` (`ssl/record/rec_layer_s3.c`) does both for the record and its fragment; `tls13_enc`
//! (`ssl/record/ssl3_record_tls13.c`) does the first, both ways, for the header that TLS 1.3 authenticates. In 3.6 the same lines
//! stand in `ssl/record/methods`: `tls_initialise_write_packets_default` and `tls_prepare_record_header_default` of
//! `tls_common.c`, `tls13_cipher` of `tls13_meth.c`. `SSL_read` and `SSL_write` have no way around them, and no mode or option
//! turns them off; what a program can do is to give OpenSSL an allocator of its own, by `CRYPTO_set_mem_functions` before
//! anything else, which is not for a library to do. A test holds the figures:
//!
//! | allocations a record | TLS 1.2 | TLS 1.3 |
//! | --- | --- | --- |
//! | received | 0 | 1 |
//! | sent | 2 | 3 |
//!
//! # Sessions
//!
//! Those that a server gives are kept by its name, as many as [`TlsConfig::with_session_cache`] says. One of TLS 1.3 is used
//! once (RFC 8446, appendix C.4), and a server that gives two of them keeps a client that reconnects supplied.
//! The session of a connection that broke is kept too, other than OpenSSL by itself would; that of one that a fatal alert ended is
//! not.
//!
//! # Limits
//!
//! The time of [`TlsConfig::with_time`] judges certificates; OpenSSL counts the age of sessions by the operating system's. Early data
//! can be written until the first answer of the server comes in. The key-exchange group is told by OpenSSL 3.0 and later.

mod agreed;
mod cause;
mod choice;
mod connection;
mod context;
mod detached;
mod key_log;
mod sessions;
mod sys;
mod verify;
mod wire;

/// The crate whose types this backend takes and gives.
pub use ::openssl as backend;

use ::openssl::ssl::SslRef;
use ::openssl::x509::X509;
use rustls_pki_types::CertificateDer;

use crate::client::backend::Sealed;
use crate::{Error, Stream, TlsConfig};
use connection::Connection;
pub(crate) use context::Context;
pub use detached::DetachedConnection;

/// A TLS client over any stream, by OpenSSL.
pub type TlsStream<S> = Stream<S, Backend>;

/// Names OpenSSL where a type has a [`Backend`](crate::Backend) as its parameter.
///
/// # Examples
///
/// ```
/// use boom_stream::tcp::TcpStream;
///
/// let same: fn(boom_tls::openssl::TlsStream<TcpStream>) -> boom_tls::Stream<TcpStream, boom_tls::openssl::Backend> =
///     |stream| stream;
/// # let _ = same;
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Backend;

impl crate::Backend for Backend {}

impl Sealed for Backend {
    type Session = Connection;

    fn build(config: &TlsConfig) -> Result<(), Error> {
        config.openssl_context().map(|_| ())
    }

    fn check_root(root: &CertificateDer<'_>) -> Result<(), Error> {
        X509::from_der(root)
            .map(|_| ())
            .map_err(|errors| Error::InvalidRoot(errors.into()))
    }
}

impl<S> Stream<S, Backend> {
    /// The connection of OpenSSL, for what it alone can tell. `None` where the configuration allowed none.
    pub fn openssl_connection(&self) -> Option<&SslRef> {
        self.session().ssl()
    }
}
