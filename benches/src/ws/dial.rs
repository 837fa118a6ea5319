//! How clients reach the echo: plain, or over TLS 1.3.

use std::io::{self, ErrorKind, IoSlice, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;

use boom_stream::tcp::TcpStream as BoomTcpStream;
use boom_testkit::tls::Authority;
use boom_tls::rustls::TlsStream;
use boom_tls::{TlsConfig, TlsVersion};
use rustls::{ClientConfig, ClientConnection, ServerConfig, StreamOwned};

use crate::harness::Result;

/// Whether the connections are encrypted. Both ends are rustls with the same cryptography.
pub(super) struct Security(Option<Authority>);

impl Security {
    pub(super) const fn plain() -> Self {
        Self(None)
    }

    pub(super) fn tls() -> Self {
        Self(Some(Authority::new()))
    }

    pub(super) fn server_config(&self) -> Option<Arc<ServerConfig>> {
        let authority = self.0.as_ref()?;
        Some(authority.server_config(&["127.0.0.1"]))
    }

    pub(super) fn dial<'a>(&self, address: SocketAddr, text: &'a str) -> Dial<'a> {
        Dial {
            address,
            text,
            tls: self.0.as_ref().map(Authority::client_config),
        }
    }
}

/// Where the echo is, and what will be sent to it.
pub(super) struct Dial<'a> {
    address: SocketAddr,
    pub(super) text: &'a str,
    tls: Option<Arc<ClientConfig>>,
}

/// A connection of the kind that peers are given.
pub(crate) enum Dialed {
    Plain(TcpStream),
    /// TLS as rustls itself offers it.
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Dial<'_> {
    /// As [`dial`].
    pub(super) fn open(&self) -> Result<Dialed> {
        dial(self.address, self.tls.as_ref())
    }

    fn open_ours(&self) -> Result<BoomTcpStream> {
        let mut stream = BoomTcpStream::try_from(("127.0.0.1", self.address.port()))?;
        while !stream.connected()? {}
        Ok(stream)
    }

    /// Opens the same by our own streams, and gives it to whichever of the two takes it.
    pub(super) fn open_by_ours<T>(
        &self,
        plain: impl FnOnce(BoomTcpStream) -> T,
        tls: impl FnOnce(TlsStream<BoomTcpStream>) -> T,
    ) -> Result<T> {
        let stream = self.open_ours()?;
        let Some(config) = &self.tls else {
            return Ok(plain(stream));
        };
        let config = TlsConfig::default().with_rustls_config(Arc::clone(config));
        let mut stream = TlsStream::new(stream, "127.0.0.1", &config)?;
        while stream.is_handshaking() {
            let drive = stream.flush().and_then(|()| stream.read(&mut [0]));
            if let Err(error) = drive
                && error.kind() != ErrorKind::WouldBlock
            {
                return Err(error.into());
            }
        }
        if stream.protocol_version() != Some(TlsVersion::Tls13) {
            return Err("the handshake did not come to TLS 1.3".into());
        }
        Ok(tls(stream))
    }
}

/// Opens a connection that does not block; a handshake of TLS is done.
pub(crate) fn dial(address: SocketAddr, tls: Option<&Arc<ClientConfig>>) -> Result<Dialed> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let Some(config) = tls else {
        stream.set_nonblocking(true)?;
        return Ok(Dialed::Plain(stream));
    };
    let name = Ipv4Addr::LOCALHOST.to_string().try_into()?;
    let connection = ClientConnection::new(Arc::clone(config), name)?;
    let mut stream = StreamOwned::new(connection, stream);
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock)?;
    }
    if stream.conn.protocol_version() != Some(rustls::ProtocolVersion::TLSv1_3) {
        return Err("the handshake did not come to TLS 1.3".into());
    }
    stream.sock.set_nonblocking(true)?;
    Ok(Dialed::Tls(Box::new(stream)))
}

impl Read for Dialed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Dialed {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(buffer),
            Self::Tls(stream) => stream.write(buffer),
        }
    }

    fn write_vectored(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write_vectored(parts),
            // Its owned stream would take the first part alone, which would be a record and a write for each.
            Self::Tls(stream) => {
                let StreamOwned { conn, sock } = &mut **stream;
                rustls::Stream::new(conn, sock).write_vectored(parts)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}
