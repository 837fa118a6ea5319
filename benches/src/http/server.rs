//! The other end: a thread that answers each request in one write.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::harness::Result;
use crate::harness::cores::{Side, pin};
use crate::http::kind::Kind;

/// A server that polls one connection at a time without rest, so that a round costs the same for everyone. Each contestant has an
/// address of its own; the thread ends when this is dropped.
pub(super) struct Server {
    addresses: Vec<SocketAddr>,
    /// Index of the contestant to serve.
    active: Arc<AtomicUsize>,
}

const STOP: usize = usize::MAX;

impl Server {
    pub(super) fn start(contestants: usize, tls: Option<Arc<ServerConfig>>) -> Result<Self> {
        let mut seats = Vec::with_capacity(contestants);
        let mut addresses = Vec::with_capacity(contestants);
        for _ in 0..contestants {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
            listener.set_nonblocking(true)?;
            addresses.push(listener.local_addr()?);
            seats.push(Seat {
                listener,
                peer: None,
            });
        }
        let active = Arc::new(AtomicUsize::new(0));
        let watched = Arc::clone(&active);
        thread::spawn(move || {
            let _pinned = pin(Side::Server);
            if let Err(error) = serve(&mut seats, &watched, tls.as_ref()) {
                eprintln!("the server failed: {error}");
            }
        });
        Ok(Self { addresses, active })
    }

    pub(super) fn address(&self, contestant: usize) -> Result<SocketAddr> {
        Ok(*self.addresses.get(contestant).ok_or("no such contestant")?)
    }

    /// Turns to another contestant.
    pub(super) fn attend(&self, contestant: usize) {
        self.active.store(contestant, Ordering::Relaxed);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.attend(STOP);
    }
}

/// Starts a server with a thread for each connection, which waits for what it reads. It ends with this process.
pub(super) fn start_waiting(tls: Option<Arc<ServerConfig>>) -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let tls = tls.clone();
            thread::spawn(move || {
                // A client that hangs up ends it.
                let _ = serve_one(stream, tls.as_ref());
            });
        }
    });
    Ok(address)
}

fn serve_one(stream: TcpStream, tls: Option<&Arc<ServerConfig>>) -> Result<()> {
    let answers = Answers::new();
    let mut peer = Peer::accept(stream, tls)?;
    while peer.turn(&answers)? {}
    Ok(())
}

struct Seat {
    listener: TcpListener,
    peer: Option<Peer>,
}

fn serve(seats: &mut [Seat], active: &AtomicUsize, tls: Option<&Arc<ServerConfig>>) -> Result<()> {
    let answers = Answers::new();
    while let Some(seat) = seats.get_mut(active.load(Ordering::Relaxed)) {
        if let Some(peer) = &mut seat.peer {
            if !peer.turn(&answers)? {
                seat.peer = None;
            }
            continue;
        }
        match seat.listener.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(false)?;
                let peer = Peer::accept(stream, tls)?;
                peer.stream.set_polled()?;
                seat.peer = Some(peer);
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Stream {
    fn set_polled(&self) -> std::io::Result<()> {
        match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => &stream.sock,
        }
        .set_nonblocking(true)
    }

    fn read(&mut self, window: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(window),
            Self::Tls(stream) => stream.read(window),
        }
    }

    fn write_all(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        match self {
            Self::Plain(stream) => stream.write_all(bytes),
            Self::Tls(stream) => stream.write_all(bytes),
        }
    }
}

struct Peer {
    stream: Stream,
    received: Vec<u8>,
}

impl Peer {
    fn accept(stream: TcpStream, tls: Option<&Arc<ServerConfig>>) -> Result<Self> {
        stream.set_nodelay(true)?;
        let stream = match tls {
            None => Stream::Plain(stream),
            Some(config) => Stream::Tls(Box::new(shake_hands(stream, config)?)),
        };
        Ok(Self {
            stream,
            received: Vec::with_capacity(4096),
        })
    }

    /// Reads once and answers what is whole; returns false once the client has hung up.
    fn turn(&mut self, answers: &Answers) -> Result<bool> {
        let mut window = [0; 4096];
        match self.stream.read(&mut window) {
            Ok(0) => return Ok(false),
            Ok(count) => self.received.extend_from_slice(&window[..count]),
            Err(error) => {
                return match error.kind() {
                    ErrorKind::WouldBlock => Ok(true),
                    // Without close_notify; nothing is lost by it here.
                    ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset => Ok(false),
                    _ => Err(error.into()),
                };
            }
        }
        if self.received.ends_with(b"\r\n\r\n") {
            self.stream.write_all(answers.to(&self.received)?)?;
            self.received.clear();
        }
        Ok(true)
    }
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
    Ok(stream)
}

/// The answers, made before.
struct Answers(Vec<(String, Vec<u8>)>);

impl Answers {
    fn new() -> Self {
        let answers = Kind::ALL.map(|kind| (format!("GET {} ", kind.path()), kind.wire()));
        Self(answers.into())
    }

    fn to(&self, request: &[u8]) -> Result<&[u8]> {
        let has_host = request
            .windows(8)
            .any(|window| window.eq_ignore_ascii_case(b"\r\nHost: "));
        let mut answers = self.0.iter();
        let answer = answers.find(|(start, _)| request.starts_with(start.as_bytes()));
        match answer {
            Some((_, wire)) if has_host => Ok(wire),
            _ => Err(format!("no such request: {}", request.escape_ascii()).into()),
        }
    }
}
