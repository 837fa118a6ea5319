//! A pool to the server, plain or over TLS, that counts its connections.

use std::cell::Cell;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::rc::Rc;

use boom_http::{HttpClient, HttpConfig, Origin};
use boomnet::stream::ConnectionInfo;
use boomnet::stream::tcp::TcpStream;
use boomnet::tls::{IntoTlsReadyStream, TlsConfig, TlsReadyStream};

use crate::Result;

/// What the certificates name.
const HOST: &str = "localhost";

pub(crate) type Client = HttpClient<TlsReadyStream<TcpStream>>;

/// Where the server is.
#[derive(Debug)]
pub(crate) struct Site {
    port: u16,
    tls: Option<TlsConfig>,
}

impl Site {
    pub(crate) fn new(port: u16, authority: Option<&Path>) -> Result<Self> {
        let tls = match authority {
            Some(file) => Some(TlsConfig::default().with_roots_pem(&std::fs::read(file)?)?),
            None => None,
        };
        Ok(Self { port, tls })
    }

    /// A client, and the number of connections that it has begun.
    pub(crate) fn client(&self, config: &HttpConfig) -> (Client, Rc<Cell<u32>>) {
        let info = ConnectionInfo::new(HOST, self.port);
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let origin = Origin::from_info(&info, self.tls.is_some());
        let count = Rc::<Cell<u32>>::default();
        let counted = Rc::clone(&count);
        let tls = self.tls.clone();
        let client = HttpClient::new(&origin, config, move || {
            counted.set(counted.get() + 1);
            let stream = TcpStream::try_from((&info, address))?;
            stream.into_tls_ready_stream_with_config(tls.is_some(), |config| {
                if let Some(tls) = &tls {
                    *config = tls.clone();
                }
            })
        });
        (client, count)
    }
}
