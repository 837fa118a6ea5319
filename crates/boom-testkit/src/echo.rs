//! A WebSocket server that sends back what it gets.

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustls::ServerConfig;
use tungstenite::protocol::WebSocketConfig;
use tungstenite::{Error, Message, WebSocket};

use crate::server::{Acceptor, AcceptorState, Transport};

/// A WebSocket server on `127.0.0.1` that echoes text and binary messages, on any path.
///
/// Each connection has a thread that blocks in its read, so thousands of idle ones cost memory alone, and an answer
/// leaves as soon as the kernel wakes the thread. Pings and closes are answered as RFC 6455 asks.
///
/// # Examples
///
/// ```
/// use boom_testkit::echo::EchoServer;
///
/// let server = EchoServer::start()?;
/// let (mut websocket, _) = tungstenite::client(server.url(), std::net::TcpStream::connect(server.address())?)?;
/// websocket.send("hello".into())?;
/// assert_eq!(websocket.read()?.into_text()?.as_str(), "hello");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct EchoServer {
    secure: bool,
    state: Arc<AcceptorState>,
    connections: Arc<Connections>,
    acceptor: Acceptor,
}

impl EchoServer {
    /// Starts a plain server at a free port.
    ///
    /// # Errors
    ///
    /// As [`EchoServerBuilder::start`].
    pub fn start() -> io::Result<Self> {
        Self::builder().start()
    }

    /// Starts to describe a server.
    pub fn builder() -> EchoServerBuilder {
        EchoServerBuilder {
            address: (Ipv4Addr::LOCALHOST, 0).into(),
            tls: None,
        }
    }

    /// The address that the server listens on.
    pub const fn address(&self) -> SocketAddr {
        self.acceptor.address()
    }

    /// A URL of the server, such as `ws://localhost:40123/`.
    pub fn url(&self) -> String {
        let scheme = if self.secure { "wss" } else { "ws" };
        format!("{scheme}://localhost:{}/", self.address().port())
    }

    /// Number of TCP connections accepted so far.
    pub fn accepted(&self) -> usize {
        self.state.accepted()
    }

    /// Number of connections that have completed the WebSocket handshake and have not ended.
    pub fn established(&self) -> usize {
        self.connections.established()
    }

    /// Ends every connection abruptly and goes on listening.
    pub fn disconnect_all(&self) {
        self.connections.disconnect_all();
    }
}

impl Drop for EchoServer {
    fn drop(&mut self) {
        // Wakes the threads out of their reads, which the acceptor then joins.
        self.acceptor.begin_stop();
        self.connections.stop();
    }
}

/// Describes an [`EchoServer`] before it starts.
///
/// # Examples
///
/// A server that comes back where its clients look for it:
///
/// ```
/// use boom_testkit::{echo::EchoServer, tls::Authority};
///
/// let tls = Authority::new().server_config(&["localhost"]);
/// let server = EchoServer::builder().tls(tls.clone()).start()?;
/// let address = server.address();
/// drop(server);
/// let server = EchoServer::builder().tls(tls).address(address).start()?;
/// assert_eq!(server.address(), address);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct EchoServerBuilder {
    address: SocketAddr,
    tls: Option<Arc<ServerConfig>>,
}

impl EchoServerBuilder {
    /// Speaks TLS with this configuration.
    #[must_use]
    pub fn tls(mut self, config: Arc<ServerConfig>) -> Self {
        self.tls = Some(config);
        self
    }

    /// Listens on this address in place of a free port.
    #[must_use]
    pub const fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Starts to listen.
    ///
    /// # Errors
    ///
    /// The address is taken, or the kernel gives no socket or no thread.
    pub fn start(self) -> io::Result<EchoServer> {
        let state = Arc::new(AcceptorState::default());
        let connections = Arc::new(Connections::default());
        let secure = self.tls.is_some();
        let acceptor = {
            let connections = Arc::clone(&connections);
            let tls = self.tls;
            let serve = move |socket, _| serve(&connections, socket, tls.as_ref());
            Acceptor::start(self.address, Arc::clone(&state), serve)?
        };
        Ok(EchoServer {
            secure,
            state,
            connections,
            acceptor,
        })
    }
}

fn serve(connections: &Connections, socket: TcpStream, tls: Option<&Arc<ServerConfig>>) {
    let socket = Arc::new(socket);
    let Some(id) = connections.add(&socket) else {
        return;
    };
    // What ended the connection is the client's business.
    let _ = echo(&socket, tls, || connections.establish(id));
    connections.remove(id);
}

fn echo(
    socket: &Arc<TcpStream>,
    tls: Option<&Arc<ServerConfig>>,
    on_established: impl FnOnce(),
) -> Result<(), Error> {
    let transport = Transport::new(Arc::clone(socket), tls)?;
    // A client that says nothing does not hold the thread for ever.
    socket.set_read_timeout(Some(Duration::from_secs(30)))?;
    let config = WebSocketConfig::default().read_buffer_size(16 << 10);
    let mut websocket = accept(transport, config)?;
    websocket.get_ref().socket().set_read_timeout(None)?;
    on_established();
    loop {
        match websocket.read()? {
            message @ (Message::Text(_) | Message::Binary(_)) => websocket.send(message)?,
            // Flushes the pong or the close that tungstenite has queued.
            _ => websocket.flush()?,
        }
    }
}

fn accept(transport: Transport, config: WebSocketConfig) -> Result<WebSocket<Transport>, Error> {
    tungstenite::accept_with_config(transport, Some(config)).map_err(|error| match error {
        tungstenite::HandshakeError::Failure(error) => error,
        tungstenite::HandshakeError::Interrupted(_) => {
            io::Error::from(io::ErrorKind::TimedOut).into()
        }
    })
}

/// The sockets of the connections, so that another thread can end them.
#[derive(Debug, Default)]
struct Connections {
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    stopped: bool,
    last_id: u64,
    connections: HashMap<u64, Connection>,
}

#[derive(Debug)]
struct Connection {
    socket: Arc<TcpStream>,
    established: bool,
}

impl Connections {
    /// Returns the connection's id, or `None` if the server has been stopped meanwhile.
    fn add(&self, socket: &Arc<TcpStream>) -> Option<u64> {
        let mut table = self.lock();
        if table.stopped {
            return None;
        }
        table.last_id += 1;
        let id = table.last_id;
        table.connections.insert(
            id,
            Connection {
                socket: Arc::clone(socket),
                established: false,
            },
        );
        Some(id)
    }

    fn establish(&self, id: u64) {
        if let Some(connection) = self.lock().connections.get_mut(&id) {
            connection.established = true;
        }
    }

    fn remove(&self, id: u64) {
        self.lock().connections.remove(&id);
    }

    fn established(&self) -> usize {
        self.lock()
            .connections
            .values()
            .filter(|connection| connection.established)
            .count()
    }

    fn disconnect_all(&self) {
        for connection in self.lock().connections.values() {
            // It fails where the client was first.
            let _ = connection.socket.shutdown(Shutdown::Both);
        }
    }

    fn stop(&self) {
        self.lock().stopped = true;
        self.disconnect_all();
    }

    /// A panic elsewhere leaves the table as it is.
    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
