//! What is below a session: TCP, or TLS over it.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use boomnet::tls::{Roots, TlsConfig, TlsStream};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::Result;

/// How long a read waits for bytes before there is something else to do.
pub(crate) const TURN: Duration = Duration::from_millis(1);

/// The name in the certificates.
const SERVER: &str = "localhost";

/// A connection.
pub(crate) trait Stream: Read + Write {
    /// Says that nothing follows, as far as the peer still listens.
    fn end(&mut self);
}

/// Makes streams of sockets that were connected or accepted.
pub(crate) enum Wrap {
    Plain,
    /// As the client of it, by boom-tls.
    Client(Box<TlsConfig>),
    /// As the server of it, by rustls: boom-tls has none.
    Server(Arc<ServerConfig>),
}

impl Wrap {
    /// A client that trusts this authority and nobody else.
    pub(crate) fn client(authority: &Path) -> Result<Self> {
        let authority = std::fs::read(authority)?;
        let config = TlsConfig::default()
            .with_roots(Roots::OwnOnly)
            .with_roots_pem(&authority)?;
        Ok(Self::Client(Box::new(config)))
    }

    /// A server that shows this certificate.
    pub(crate) fn server(certificate: &Path, key: &Path) -> Result<Self> {
        let chain: std::result::Result<Vec<_>, _> =
            CertificateDer::pem_file_iter(certificate)?.collect();
        let key = PrivateKeyDer::from_pem_file(key)?;
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain?, key)?;
        Ok(Self::Server(Arc::new(config)))
    }

    pub(crate) fn wrap(&self, socket: TcpStream) -> io::Result<Box<dyn Stream>> {
        socket.set_nonblocking(false)?;
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(TURN))?;
        socket.set_write_timeout(Some(TURN))?;
        Ok(match self {
            Self::Plain => Box::new(socket),
            Self::Client(config) => Box::new(TlsStream::new(socket, SERVER, config)?),
            Self::Server(config) => {
                let connection = ServerConnection::new(Arc::clone(config));
                let connection = connection.map_err(io::Error::other)?;
                Box::new(StreamOwned::new(connection, socket))
            }
        })
    }
}

impl Stream for TcpStream {
    fn end(&mut self) {
        // The peer may be gone already, here and below.
        let _ = self.shutdown(Shutdown::Write);
    }
}

impl Stream for TlsStream<TcpStream> {
    fn end(&mut self) {
        let _ = self.close_notify();
        let _ = self.get_ref().shutdown(Shutdown::Write);
    }
}

impl Stream for StreamOwned<ServerConnection, TcpStream> {
    fn end(&mut self) {
        self.conn.send_close_notify();
        let _ = self.flush();
        let _ = self.sock.shutdown(Shutdown::Write);
    }
}
