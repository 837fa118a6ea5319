//! The other end of the round trips: a thread that answers each masked frame with the same payload unmasked, in one
//! read and one write. It polls one connection at a time, so that a round costs the same for everyone.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::harness::Result;
use crate::harness::cores::{Side, pin};
use crate::ws::frame;

/// The server thread; it ends when this is dropped.
pub(super) struct Echo {
    address: SocketAddr,
    /// Index of the connection to poll, in the order of accepting.
    active: Arc<AtomicUsize>,
}

const STOP: usize = usize::MAX;

impl Echo {
    /// Starts the thread, which accepts `connections` connections before it serves them; with `tls`, past the handshake
    /// of each.
    pub(super) fn start(connections: usize, tls: Option<Arc<ServerConfig>>) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let active = Arc::new(AtomicUsize::new(0));
        let watched = Arc::clone(&active);
        std::thread::spawn(move || {
            let _pinned = pin(Side::Server);
            let peers = accept(&listener, connections, tls.as_ref());
            if let Err(error) = peers.and_then(|mut peers| serve(&mut peers, &watched)) {
                eprintln!("the echo failed: {error}");
            }
        });
        Ok(Self { address, active })
    }

    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Turns to another connection.
    pub(super) fn attend(&self, index: usize) {
        self.active.store(index, Ordering::Relaxed);
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        self.attend(STOP);
    }
}

struct Peer {
    stream: Box<dyn Stream>,
    received: Vec<u8>,
    answer: Vec<u8>,
}

trait Stream: Read + Write {}

impl<S: Read + Write> Stream for S {}

fn accept(
    listener: &TcpListener,
    connections: usize,
    tls: Option<&Arc<ServerConfig>>,
) -> Result<Vec<Peer>> {
    let mut peers = Vec::with_capacity(connections);
    while peers.len() < connections {
        let (stream, _) = listener.accept()?;
        stream.set_nodelay(true)?;
        peers.push(Peer {
            stream: match tls {
                None => {
                    stream.set_nonblocking(true)?;
                    Box::new(stream)
                }
                Some(config) => Box::new(shake_hands(stream, config)?),
            },
            received: Vec::with_capacity(4096),
            answer: Vec::with_capacity(4096),
        });
    }
    Ok(peers)
}

fn shake_hands(
    stream: TcpStream,
    config: &Arc<ServerConfig>,
) -> Result<StreamOwned<ServerConnection, TcpStream>> {
    let connection = ServerConnection::new(Arc::clone(config))?;
    let mut stream = StreamOwned::new(connection, stream);
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock)?;
    }
    // Its session tickets too.
    while stream.conn.wants_write() {
        stream.conn.write_tls(&mut stream.sock)?;
    }
    stream.sock.set_nonblocking(true)?;
    Ok(stream)
}

fn serve(peers: &mut [Peer], active: &AtomicUsize) -> Result<()> {
    let mut window = [0; 4096];
    while let Some(peer) = peers.get_mut(active.load(Ordering::Relaxed)) {
        match peer.stream.read(&mut window) {
            // Its client is done; the thread ends when it is told to.
            Ok(0) => std::hint::spin_loop(),
            Ok(count) => peer.answer(&window[..count])?,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            // TLS says it like this.
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => std::hint::spin_loop(),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

impl Peer {
    fn answer(&mut self, bytes: &[u8]) -> Result<()> {
        self.received.extend_from_slice(bytes);
        self.answer.clear();
        let mut used = 0;
        while let Some(parsed) = frame::parse(&self.received[used..]) {
            let this = &mut self.received[used..used + parsed.header + parsed.length];
            let key = parsed.mask(this);
            frame::apply_mask(&mut this[parsed.header..], key);
            frame::push_server_frame(&this[parsed.header..], &mut self.answer);
            used += this.len();
        }
        self.received.drain(..used);
        if !self.answer.is_empty() {
            self.stream.write_all(&self.answer)?;
        }
        Ok(())
    }
}
