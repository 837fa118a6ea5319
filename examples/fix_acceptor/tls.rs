//! TLS in front of the acceptor, and a relay through which a client without TLS examines it.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use boom_testkit::tls::Authority;
use boomnet::tls::{TlsConfig, TlsStream};
use rustls::{ServerConnection, StreamOwned};

use crate::acceptor::{Acceptor, Application, Stream};

impl Stream for StreamOwned<ServerConnection, TcpStream> {
    fn shut_down(&mut self) {
        self.conn.send_close_notify();
        // The peer may be gone already.
        let _ = self.flush();
        let _ = self.sock.shutdown(std::net::Shutdown::Write);
    }
}

/// Puts TLS around what comes to the acceptor. The address is that of the relay.
pub(crate) fn around<A: Application>(
    mut acceptor: Acceptor<A>,
) -> Result<(Acceptor<A>, SocketAddr), Box<dyn std::error::Error>> {
    let authority = Authority::new();
    let server_config = authority.server_config(&["localhost"]);
    let client_config =
        TlsConfig::default().with_roots_pem(authority.certificate_pem().as_bytes())?;
    let behind = acceptor.address()?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    thread::spawn(move || -> io::Result<()> {
        loop {
            let (client, _) = listener.accept()?;
            let server = TcpStream::connect(behind)?;
            server.set_nonblocking(true)?;
            server.set_nodelay(true)?;
            let server = TlsStream::new(server, "localhost", &client_config)?;
            thread::spawn(move || relay(client, server));
        }
    });
    acceptor.wrap = Box::new(move |stream| {
        let connection = ServerConnection::new(server_config.clone()).map_err(io::Error::other)?;
        Ok(Box::new(StreamOwned::new(connection, stream)))
    });
    Ok((acceptor, address))
}

/// Until one side ends.
fn relay(mut client: TcpStream, mut server: TlsStream<TcpStream>) -> io::Result<()> {
    client.set_nonblocking(true)?;
    client.set_nodelay(true)?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let to_server = pass(&mut client, &mut server, &mut buffer)?;
        let to_client = pass(&mut server, &mut client, &mut buffer)?;
        let (Some(sent), Some(received)) = (to_server, to_client) else {
            return Ok(());
        };
        if sent + received == 0 {
            thread::sleep(Duration::from_micros(500));
        }
    }
}

/// Passes what is there; `None` at the end.
fn pass(from: &mut impl Read, to: &mut impl Write, buffer: &mut [u8]) -> io::Result<Option<usize>> {
    let count = match from.read(buffer) {
        Ok(0) => return Ok(None),
        Ok(count) => count,
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(Some(0)),
        Err(_) => return Ok(None),
    };
    let mut rest = &buffer[..count];
    while !rest.is_empty() {
        match to.write(rest) {
            Ok(written) => rest = &rest[written..],
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                thread::sleep(Duration::from_micros(500));
            }
            Err(error) => return Err(error),
        }
    }
    // What TLS still holds goes out with the next round.
    let _ = to.flush();
    Ok(Some(count))
}
