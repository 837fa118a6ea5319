//! TLS by rustls.
//!
//! # Cost of a record
//!
//! The connection is driven through rustls' unbuffered interface. A record is decrypted in place in the receive buffer
//! and encrypted without a queue between, but release 0.23 of that interface hands both over in a block of its own, so
//! that each application data record costs one allocation and one copy more than it has to. In 0.23.46:
//!
//! - receiving: `CommonState::take_received_plaintext` (`src/common_state.rs`, line 557) makes a `Vec` of the decrypted
//!   slice by `Payload::into_vec` (`src/msgs/base.rs`, line 43), although it lies in the caller's buffer already, and
//!   `ReadTraffic::next_record` (`src/conn/unbuffered.rs`) lends and then drops that `Vec`;
//! - sending: the message encrypters (`src/crypto/ring/tls13.rs`, line 210; `tls12.rs`, lines 291 and 372) seal into a new
//!   `PrefixedPayload`, which `CommonState::write_fragments` (`src/common_state.rs`, line 718) copies into the caller's
//!   buffer.
//!
//! So the exact figure is one allocation a record received and one a record sent, no more; a test holds it. What
//! this crate adds is one copy, from that block to the reader.

mod cause;
mod client_config;
mod connection;
mod handover;
mod verify;

use std::io;

use ::rustls::client::{ClientConnectionData, UnbufferedClientConnection};
use ::rustls::kernel::KernelConnection;
use ::rustls::pki_types::CertificateDer;
use ::rustls::{ExtractedSecrets, RootCertStore};

/// The crate whose types this backend takes and gives.
pub use ::rustls as backend;

use crate::client::backend::Sealed;
use crate::{Error, Stream, TlsConfig};
pub(crate) use client_config::client_config;
use connection::Connection;

/// A TLS client over any stream, by rustls.
pub type TlsStream<S> = Stream<S, Backend>;

/// Names rustls where a type has a [`Backend`](crate::Backend) as its parameter.
///
/// # Examples
///
/// ```
/// use boom_stream::tcp::TcpStream;
///
/// let same: fn(boom_tls::rustls::TlsStream<TcpStream>) -> boom_tls::Stream<TcpStream, boom_tls::rustls::Backend> =
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
        config.rustls_config().map(|_| ())
    }

    fn check_root(root: &CertificateDer<'_>) -> Result<(), Error> {
        RootCertStore::empty()
            .add(root.clone().into_owned())
            .map_err(|error| Error::InvalidRoot(error.into()))
    }
}

impl<S> Stream<S, Backend> {
    /// The connection of rustls, for what it alone can tell. `None` where the configuration allowed none.
    pub const fn rustls_connection(&self) -> Option<&UnbufferedClientConnection> {
        self.session().connection()
    }

    /// Gives away the keys of a connection whose handshake is done, to someone who makes and reads the records from now
    /// on: kernel TLS, say. With them comes what makes the next keys of `KeyUpdate`, and keeps tickets for later
    /// connections.
    ///
    /// Whoever has the keys can read and forge everything. The records that follow are numbered by the sequence numbers
    /// in the secrets, and must be: with AES-GCM two records with the same number give the key away.
    ///
    /// `None`: not yet. The handshake goes on, a part of a record has come in, or plaintext waits to be read, or
    /// ciphertext to be sent. Read, write or flush, and ask again. After the keys are gone, reads and writes answer
    /// [`Error::HandedOver`]; what was agreed on can still be asked for, and the stream below still be lent.
    ///
    /// # Errors
    ///
    /// What the connection has failed with. [`Error::Other`] where a configuration of rustls that was given as it is has
    /// `enable_secret_extraction` off; the connection is lost then.
    pub fn dangerous_take_keys(
        &mut self,
    ) -> io::Result<Option<(ExtractedSecrets, KernelConnection<ClientConnectionData>)>> {
        Ok(self.session_mut().take_keys()?)
    }
}
