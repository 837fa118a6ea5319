//! The other end of the connections: a thread of rustls on another core, which answers or sends what it is told to, over
//! one connection at a time.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::GREETING;
use crate::harness::Result;
use crate::harness::cores::{Side, pin};

/// What the server does for the connection that it attends to.
pub(super) enum Serving {
    /// Sends each block of so many bytes back, by one write.
    Echo(usize),
    /// Sends a burst each time that it is asked to: these writes to TLS, and all the records together to the socket.
    Bursts(Vec<Vec<u8>>),
}

/// The server thread; it ends when this is dropped.
pub(super) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
}

/// What both sides look at without a system call.
#[derive(Default)]
struct Shared {
    /// Index of the connection that is attended to, in the order of accepting.
    active: AtomicUsize,
    /// Bursts asked for.
    asked: AtomicU64,
    /// Answers or bursts that were written.
    done: AtomicU64,
}

const STOP: usize = usize::MAX;

impl Server {
    /// Starts the thread, which accepts `connections` before it serves them.
    pub(super) fn start(
        connections: usize,
        config: &Arc<ServerConfig>,
        serving: Serving,
    ) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::<Shared>::default();
        let (config, watched) = (Arc::clone(config), Arc::clone(&shared));
        std::thread::spawn(move || {
            let _pinned = pin(Side::Server);
            let peers = (0..connections).map(|_| accept(&listener, &config));
            let peers = peers.collect::<Result<Vec<_>>>();
            if let Err(error) = peers.and_then(|peers| serve(peers, &watched, &serving)) {
                eprintln!("the server failed: {error}");
            }
        });
        Ok(Self { address, shared })
    }

    /// A socket to it that does not block.
    pub(super) fn connect(&self) -> Result<TcpStream> {
        let stream = TcpStream::connect(self.address)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        Ok(stream)
    }

    /// Turns to another connection.
    pub(super) fn attend(&self, index: usize) {
        self.shared.active.store(index, Ordering::Release);
    }

    /// Asks for a burst.
    pub(super) fn ask(&self) {
        self.shared.asked.fetch_add(1, Ordering::Release);
    }

    /// How many answers or bursts were written.
    pub(super) fn done(&self) -> u64 {
        self.shared.done.load(Ordering::Acquire)
    }

    /// Asks for a burst and returns once all of it is on its way.
    pub(super) fn burst(&self) {
        let before = self.done();
        self.ask();
        while self.done() == before {
            std::hint::spin_loop();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.attend(STOP);
    }
}

type Tls = StreamOwned<ServerConnection, TcpStream>;

fn accept(listener: &TcpListener, config: &Arc<ServerConfig>) -> Result<Tls> {
    let (stream, _) = listener.accept()?;
    stream.set_nodelay(true)?;
    let mut connection = ServerConnection::new(Arc::clone(config))?;
    connection.set_buffer_limit(None);
    let mut stream = StreamOwned::new(connection, stream);
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock)?;
    }
    // With its session tickets.
    stream.write_all(&[GREETING])?;
    stream.flush()?;
    stream.sock.set_nonblocking(true)?;
    Ok(stream)
}

fn serve(mut peers: Vec<Tls>, shared: &Shared, serving: &Serving) -> Result<()> {
    let mut received = Vec::new();
    let mut served = 0;
    loop {
        // First this: whoever asks has said before whom to attend to.
        let is_asked = shared.asked.load(Ordering::Acquire) > served;
        let Some(peer) = peers.get_mut(shared.active.load(Ordering::Acquire)) else {
            return Ok(());
        };
        let has_served = match serving {
            Serving::Echo(length) => echo(peer, &mut received, *length)?,
            Serving::Bursts(writes) if is_asked => {
                send(peer, writes)?;
                true
            }
            Serving::Bursts(_) => false,
        };
        if has_served {
            served += 1;
            shared.done.store(served, Ordering::Release);
        } else {
            std::hint::spin_loop();
        }
    }
}

/// Returns true if it has answered.
fn echo(peer: &mut Tls, received: &mut Vec<u8>, length: usize) -> Result<bool> {
    let mut window = [0; 20 * 1024];
    match peer.read(&mut window) {
        Ok(count) => received.extend_from_slice(&window[..count]),
        Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
        // Its client is done; the thread ends when it is told to.
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    if received.len() < length {
        return Ok(false);
    }
    peer.write_all(received)?;
    received.clear();
    write(peer)?;
    Ok(true)
}

fn send(peer: &mut Tls, writes: &[Vec<u8>]) -> Result<()> {
    let mut records = Vec::new();
    for bytes in writes {
        peer.conn.writer().write_all(bytes)?;
    }
    while peer.conn.wants_write() {
        peer.conn.write_tls(&mut records)?;
    }
    let mut rest = &records[..];
    while !rest.is_empty() {
        match peer.sock.write(rest) {
            Ok(count) => rest = &rest[count..],
            Err(error) if error.kind() == ErrorKind::WouldBlock => std::hint::spin_loop(),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Writes what the socket has not taken.
fn write(peer: &mut Tls) -> Result<()> {
    while peer.conn.wants_write() {
        match peer.conn.write_tls(&mut peer.sock) {
            Err(error) if error.kind() != ErrorKind::WouldBlock => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}
