//! A connection that someone else drives.

use std::fmt;
use std::sync::Arc;

use ::openssl::error::ErrorStack;
use ::openssl::ssl::{Ssl, SslRef};

use super::context::Context;
use super::{agreed, cause, sys};
use crate::client::name::server_name;
use crate::{CipherSuite, Error, KeyExchangeGroup, TlsConfig, TlsVersion};

/// A connection of OpenSSL as [`TlsStream`](super::TlsStream) would begin one, for someone who drives it by himself: over
/// the descriptor of a socket, say, which kernel TLS needs.
///
/// It verifies the server, resumes a session of the configuration, and keeps those that it is given. It has no transport,
/// and early data is not for it.
///
/// # Examples
///
/// ```
/// use boom_tls::openssl::DetachedConnection;
/// use boom_tls::{Roots, TlsConfig};
/// use boom_testkit::tls::Authority;
///
/// let authority = Authority::new();
/// let config = TlsConfig::default().with_roots(Roots::OwnOnly).with_root_der(authority.certificate_der())?;
/// let connection = DetachedConnection::new("localhost", &config)?;
/// assert!(!connection.ssl().is_init_finished());
/// # Ok::<(), boom_tls::Error>(())
/// ```
pub struct DetachedConnection {
    ssl: Ssl,
    context: Arc<Context>,
}

impl DetachedConnection {
    /// Makes a connection to the server of this name, which a name in the configuration replaces.
    ///
    /// # Errors
    ///
    /// The configuration's, [`Error::InvalidServerName`] for a name that is none.
    pub fn new(host: &str, config: &TlsConfig) -> Result<Self, Error> {
        let name = server_name(config.server_name().unwrap_or(host))?;
        let context = config.openssl_context()?;
        let (ssl, _) = context.connection(&name)?;
        Ok(Self { ssl, context })
    }

    /// Lends OpenSSL's part.
    pub fn ssl(&self) -> &SslRef {
        &self.ssl
    }

    /// Lends OpenSSL's part for changes.
    pub fn ssl_mut(&mut self) -> &mut SslRef {
        &mut self.ssl
    }

    /// Says that the handshake is done, so that a session which the server has renewed in it is kept.
    pub fn established(&self) {
        self.context.keep_renewed(&self.ssl);
    }

    /// Says that the stream has ended without `close_notify`, as OpenSSL has seen. The session of such a connection is kept, as with
    /// a `TlsStream`: just this one comes back.
    pub fn broken(&self) {
        self.context.keep_broken(&self.ssl);
    }

    /// What the connection has failed with, by the reasons that OpenSSL left with the thread.
    pub fn failure(&self, errors: &ErrorStack) -> Error {
        cause::failure(errors, self.ssl.verify_result())
    }

    /// The version agreed on, once the handshake is done.
    pub fn protocol_version(&self) -> Option<TlsVersion> {
        agreed::protocol_version(&self.ssl)
    }

    /// The cipher suite agreed on, once the handshake is done.
    pub fn cipher_suite(&self) -> Option<CipherSuite> {
        agreed::cipher_suite(&self.ssl)
    }

    /// The group that the keys were agreed on by, as [`Stream::key_exchange_group`](crate::Stream::key_exchange_group).
    pub fn key_exchange_group(&self) -> Option<KeyExchangeGroup> {
        agreed::key_exchange_group(&self.ssl)
    }

    /// The server's certificates in DER, its own first, once they are known.
    pub fn peer_certificates(&self) -> Vec<Vec<u8>> {
        agreed::peer_certificates(&self.ssl)
    }
}

impl Drop for DetachedConnection {
    /// So that the session of a connection that broke is resumed, as with a `TlsStream`.
    fn drop(&mut self) {
        sys::mark_closed(&mut self.ssl);
    }
}

impl fmt::Debug for DetachedConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DetachedConnection").finish_non_exhaustive()
    }
}
