//! What every server on loopback shares: accepting, TLS or not, and an orderly end.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// Accepts connections and runs each on a thread of its own, until it is dropped.
#[derive(Debug)]
pub(crate) struct Acceptor {
    address: SocketAddr,
    state: Arc<AcceptorState>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
pub(crate) struct AcceptorState {
    stopping: AtomicBool,
    accepted: AtomicUsize,
}

impl AcceptorState {
    /// Connection threads ask this often enough that a drop does not wait for them.
    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    pub(crate) fn accepted(&self) -> usize {
        self.accepted.load(Ordering::Acquire)
    }
}

impl Acceptor {
    /// Listens on `address`; port 0 is a free one.
    pub(crate) fn start<F>(
        address: SocketAddr,
        state: Arc<AcceptorState>,
        serve: F,
    ) -> io::Result<Self>
    where
        F: Fn(TcpStream, SocketAddr) + Send + Sync + 'static,
    {
        let listener = listen(address)?;
        let address = listener.local_addr()?;
        let serve = Arc::new(serve);
        let thread = {
            let state = Arc::clone(&state);
            thread::Builder::new()
                .name("acceptor".into())
                .spawn(move || accept_loop(&listener, &state, &serve))?
        };
        Ok(Self {
            address,
            state,
            thread: Some(thread),
        })
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Tells the threads to end, without waiting for them.
    pub(crate) fn begin_stop(&self) {
        self.state.stopping.store(true, Ordering::Release);
        // Wakes the thread out of `accept`; where it fails, the thread has ended.
        let _ = TcpStream::connect_timeout(&self.address, Duration::from_secs(1));
    }
}

impl Drop for Acceptor {
    fn drop(&mut self) {
        self.begin_stop();
        if let Some(thread) = self.thread.take() {
            // A panic of a server thread was printed when it happened.
            let _ = thread.join();
        }
    }
}

/// The standard library's listener queues 128 connects; a thousand clients that reconnect at once need more, or
/// the kernel drops their SYNs and they wait a second for the next.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = socket2::Socket::new(
        socket2::Domain::for_address(address),
        socket2::Type::STREAM,
        None,
    )?;
    // So that a test can restart a server on the port that its clients know.
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(4096)?;
    Ok(socket.into())
}

fn accept_loop<F>(listener: &TcpListener, state: &AcceptorState, serve: &Arc<F>)
where
    F: Fn(TcpStream, SocketAddr) + Send + Sync + 'static,
{
    let mut threads: Vec<JoinHandle<()>> = Vec::new();
    while !state.is_stopping() {
        let Ok((socket, peer)) = listener.accept() else {
            // Out of file descriptors, most likely: those of connections that end will do.
            thread::sleep(Duration::from_millis(1));
            continue;
        };
        if state.is_stopping() {
            break;
        }
        state.accepted.fetch_add(1, Ordering::AcqRel);
        threads.retain(|thread| !thread.is_finished());
        let serve = Arc::clone(serve);
        // A small stack, because there may be thousands.
        let thread = thread::Builder::new()
            .name(format!("serve {peer}"))
            .stack_size(512 << 10);
        if let Ok(thread) = thread.spawn(move || serve(socket, peer)) {
            threads.push(thread);
        }
    }
    for thread in threads {
        let _ = thread.join();
    }
}

/// A connection of a server: TCP, with or without TLS.
#[derive(Debug)]
pub(crate) enum Transport {
    Plain(SharedSocket),
    Tls(Box<StreamOwned<ServerConnection, SharedSocket>>),
}

impl Transport {
    /// TLS where there is a configuration for it.
    pub(crate) fn new(socket: Arc<TcpStream>, tls: Option<&Arc<ServerConfig>>) -> io::Result<Self> {
        socket.set_nodelay(true)?;
        let socket = SharedSocket(socket);
        let Some(config) = tls else {
            return Ok(Self::Plain(socket));
        };
        let connection = ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
        Ok(Self::Tls(Box::new(StreamOwned::new(connection, socket))))
    }

    pub(crate) fn socket(&self) -> &TcpStream {
        match self {
            Self::Plain(socket) => &socket.0,
            Self::Tls(stream) => &stream.sock.0,
        }
    }

    /// Returns true if the TLS session continued an earlier one.
    pub(crate) fn is_resumed(&self) -> bool {
        match self {
            Self::Plain(_) => false,
            Self::Tls(stream) => {
                stream.conn.handshake_kind() == Some(rustls::HandshakeKind::Resumed)
            }
        }
    }
}

impl Read for Transport {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Transport {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(socket) => socket.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}

/// A socket that another thread can shut down, without a second file descriptor.
#[derive(Debug)]
pub(crate) struct SharedSocket(Arc<TcpStream>);

impl Read for SharedSocket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*self.0).read(buffer)
    }
}

impl Write for SharedSocket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (&*self.0).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        (&*self.0).flush()
    }
}

/// Ends a non-blocking connection by FIN and waits until the peer has closed too.
///
/// A plain close with unread input would make the kernel send RST, and the peer would lose what it has not read yet.
pub(crate) fn finish(mut socket: &TcpStream, give_up: impl Fn() -> bool) {
    if socket.shutdown(Shutdown::Write).is_err() {
        return;
    }
    let mut rest = [0; 4096];
    while !give_up() {
        match socket.read(&mut rest) {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) if is_pending(&error) => thread::sleep(Duration::from_micros(500)),
            Err(_) => return,
        }
    }
}

/// Returns true if the call may succeed later.
pub(crate) fn is_pending(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted
    )
}
