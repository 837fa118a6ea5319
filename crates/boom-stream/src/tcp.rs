//! Non-blocking TCP.

use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::net::{Shutdown, SocketAddr, TcpStream as StdTcpStream};

use socket2::{Domain, Protocol, SockRef, Socket as RawSocket, Type};

use crate::{ConnectionInfo, HalfClose, Layer, Socket};

/// A non-blocking TCP connection, set up as its [`ConnectionInfo`] says.
///
/// Construction starts the connect and returns at once. Whether it has succeeded is told by
/// [`connected`](Self::connected), and a failed connect also by the first read or write; until then both report
/// `WouldBlock`.
///
/// # Examples
///
/// ```
/// use boom_stream::tcp::TcpStream;
/// use std::io::{Read, Write};
/// use std::net::TcpListener;
///
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let mut stream = TcpStream::try_from(("127.0.0.1", listener.local_addr()?.port()))?;
/// let (mut peer, _) = listener.accept()?;
/// while !stream.connected()? {}
///
/// peer.write_all(b"ping")?;
/// let mut answer = [0; 4];
/// while let Err(error) = stream.read_exact(&mut answer) {
///     assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
/// }
/// assert_eq!(&answer, b"ping");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct TcpStream {
    inner: StdTcpStream,
    connection_info: ConnectionInfo,
    connect: ConnectStatus,
    close: CloseStatus,
}

impl TcpStream {
    /// Starts to connect to `address`.
    ///
    /// # Errors
    ///
    /// The socket cannot be made, or not as asked ([`SocketError`](crate::SocketError) inside), or the kernel refuses at
    /// once (no route).
    pub fn connect(connection_info: ConnectionInfo, address: SocketAddr) -> io::Result<Self> {
        let domain = Domain::for_address(address);
        let socket = RawSocket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
        socket.set_nonblocking(true)?;
        connection_info.options.get().apply(&socket, address)?;
        match socket.connect(&address.into()) {
            Ok(()) => {}
            Err(error) if is_in_progress(&error) => {}
            Err(error) => return Err(error),
        }
        Ok(Self {
            inner: socket.into(),
            connection_info,
            connect: ConnectStatus::Pending,
            close: CloseStatus::Open,
        })
    }

    /// Returns true once the connection stands, false while it is being made.
    ///
    /// # Errors
    ///
    /// What the connect failed with (`SO_ERROR`); each later call says it again.
    pub fn connected(&mut self) -> io::Result<bool> {
        self.connect.check(&self.inner)
    }

    /// The parameters the stream was opened with.
    pub const fn connection_info(&self) -> &ConnectionInfo {
        &self.connection_info
    }

    /// The address of the peer.
    ///
    /// # Errors
    ///
    /// `NotConnected` while the connection is being made.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.inner.peer_addr()
    }

    /// The address of this side.
    ///
    /// # Errors
    ///
    /// The kernel's.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }

    /// Ends one direction or both.
    ///
    /// # Errors
    ///
    /// The kernel's; `NotConnected` where there is no connection to end.
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.inner.shutdown(how)
    }

    /// Gives up the parts: the standard library's stream, still non-blocking, and the parameters.
    pub fn into_parts(self) -> (StdTcpStream, ConnectionInfo) {
        (self.inner, self.connection_info)
    }
}

/// How far the non-blocking connect of a TCP socket is, for every kind of stream over one.
///
/// The kernel tells of a failed connect once, to whoever asks first. This keeps it, so that a failed connect is never
/// taken for one that is under way, or for the end of a stream.
///
/// # Examples
///
/// ```
/// use boom_stream::tcp::{ConnectStatus, TcpStream};
/// use std::net::TcpListener;
///
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let stream = TcpStream::try_from(("127.0.0.1", listener.local_addr()?.port()))?;
/// let (stream, _) = stream.into_parts();
///
/// let mut connect = ConnectStatus::default();
/// while !connect.check(&stream)? {}
/// assert_eq!(connect, ConnectStatus::Connected);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ConnectStatus {
    /// Under way, as far as is known.
    #[default]
    Pending,
    /// The connection stands, or stood.
    Connected,
    /// There is no connection, for this reason.
    Failed(io::ErrorKind),
}

impl ConnectStatus {
    /// Returns true once the connection stands. Asks the kernel only while that is not known.
    ///
    /// # Errors
    ///
    /// What the connect failed with (`SO_ERROR`), each time.
    pub fn check<'a, F>(&mut self, socket: &'a F) -> io::Result<bool>
    where
        SockRef<'a>: From<&'a F>,
    {
        match *self {
            Self::Connected => Ok(true),
            Self::Failed(kind) => Err(kind.into()),
            Self::Pending => match is_connected(&SockRef::from(socket)) {
                Ok(connected) => {
                    if connected {
                        *self = Self::Connected;
                    }
                    Ok(connected)
                }
                Err(error) => {
                    *self = Self::Failed(error.kind());
                    Err(error)
                }
            },
        }
    }

    /// Passes on what a read or a write of the socket returned, `WouldBlock` while the connect is under way.
    ///
    /// # Errors
    ///
    /// The read's or write's; after a failed connect always what that failed with.
    #[inline]
    pub fn observe(&mut self, result: io::Result<usize>) -> io::Result<usize> {
        match result {
            Ok(count) if count > 0 => {
                // What fails from now on is not the connect.
                *self = Self::Connected;
                Ok(count)
            }
            other => self.observe_other(other),
        }
    }

    fn observe_other(&mut self, result: io::Result<usize>) -> io::Result<usize> {
        match (result, *self) {
            (_, Self::Failed(kind)) => Err(kind.into()),
            (Err(error), Self::Pending) => Err(self.observe_error(error)),
            (result, _) => result,
        }
    }

    fn observe_error(&mut self, error: io::Error) -> io::Error {
        match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted => error,
            // Some systems answer so while a connect is under way, where Linux answers `EAGAIN`.
            io::ErrorKind::NotConnected => io::ErrorKind::WouldBlock.into(),
            kind => {
                *self = Self::Failed(kind);
                error
            }
        }
    }
}

/// How far the graceful end of a TCP socket is, for every kind of stream over one.
///
/// # Examples
///
/// ```
/// use boom_stream::tcp::CloseStatus;
/// use std::io::Read;
/// use std::net::{TcpListener, TcpStream};
///
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let stream = TcpStream::connect(listener.local_addr()?)?;
/// stream.set_nonblocking(true)?;
/// let (mut peer, _) = listener.accept()?;
///
/// let mut close = CloseStatus::default();
/// assert!(!close.check(&stream)?);
/// assert_eq!(peer.read(&mut [0; 8])?, 0, "the peer has been told");
/// drop(peer);
/// while !close.check(&stream)? {}
/// assert_eq!(close, CloseStatus::Closed);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CloseStatus {
    /// Neither side has ended, as far as is known.
    #[default]
    Open,
    /// This side has said that it sends no more.
    WriteClosed,
    /// So has the peer, and everything it sent was read.
    Closed,
}

impl CloseStatus {
    /// Ends the sending direction, unless it has been. What was written before still goes out.
    ///
    /// # Errors
    ///
    /// The kernel's; `NotConnected` where there is no connection to end.
    pub fn close_write<'a, F>(&mut self, socket: &'a F) -> io::Result<()>
    where
        SockRef<'a>: From<&'a F>,
    {
        if *self == Self::Open {
            SockRef::from(socket).shutdown(Shutdown::Write)?;
            *self = Self::WriteClosed;
        }
        Ok(())
    }

    /// Ends the sending direction, and returns true once the peer has ended its own and everything before was read. Reads
    /// nothing itself.
    ///
    /// # Errors
    ///
    /// The kernel's; the connection was reset, say.
    pub fn check<'a, F>(&mut self, socket: &'a F) -> io::Result<bool>
    where
        SockRef<'a>: From<&'a F>,
    {
        self.close_write(socket)?;
        if *self == Self::Closed {
            return Ok(true);
        }
        match SockRef::from(socket).peek(&mut [MaybeUninit::uninit()]) {
            Ok(0) => {
                *self = Self::Closed;
                Ok(true)
            }
            Ok(_) => Ok(false),
            Err(error) => match error.kind() {
                io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted => Ok(false),
                _ => Err(error),
            },
        }
    }
}

fn is_connected(socket: &SockRef<'_>) -> io::Result<bool> {
    if let Some(error) = socket.take_error()? {
        return Err(error);
    }
    match socket.peer_addr() {
        // A port of the range that the kernel gives to clients may be given to this very socket while nobody listens
        // there, and TCP lets it connect to itself.
        Ok(peer) if socket.local_addr().is_ok_and(|own| own == peer) => {
            Err(io::ErrorKind::ConnectionRefused.into())
        }
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotConnected => Ok(false),
        // macOS answers so for a socket whose connect is still under way.
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(false),
        Err(error) => Err(error),
    }
}

fn is_in_progress(error: &io::Error) -> bool {
    #[cfg(unix)]
    const IN_PROGRESS: &[i32] = &[
        115, // EINPROGRESS on Linux
        36,  // EINPROGRESS on macOS and the BSDs
    ];
    #[cfg(not(unix))]
    const IN_PROGRESS: &[i32] = &[];
    error.kind() == io::ErrorKind::WouldBlock
        || error
            .raw_os_error()
            .is_some_and(|code| IN_PROGRESS.contains(&code))
}

impl Read for TcpStream {
    #[inline]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.connect.observe(self.inner.read(buffer))
    }

    #[inline]
    fn read_vectored(&mut self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        self.connect.observe(self.inner.read_vectored(buffers))
    }
}

impl Write for TcpStream {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.connect.observe(self.inner.write(bytes))
    }

    #[inline]
    fn write_vectored(&mut self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        self.connect.observe(self.inner.write_vectored(buffers))
    }

    /// Does nothing: the kernel keeps no bytes back.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Layer for TcpStream {
    type Base = Self;

    fn base(&self) -> &Self {
        self
    }

    fn base_mut(&mut self) -> &mut Self {
        self
    }

    /// Sends FIN behind what was written, and waits until the peer's end has been read.
    fn poll_close(&mut self) -> io::Result<bool> {
        self.close.check(&self.inner)
    }
}

impl Socket for TcpStream {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.connection_info
    }

    fn connected(&mut self) -> io::Result<bool> {
        Self::connected(self)
    }

    fn receives_ahead(&self) -> bool {
        false
    }
}

impl HalfClose for TcpStream {
    fn close_write(&mut self) -> io::Result<()> {
        self.close.close_write(&self.inner)
    }
}

impl TryFrom<(&ConnectionInfo, SocketAddr)> for TcpStream {
    type Error = io::Error;

    fn try_from((connection_info, address): (&ConnectionInfo, SocketAddr)) -> io::Result<Self> {
        Self::connect(connection_info.clone(), address)
    }
}

/// Lends the descriptor, for `socket2::SockRef` and the like.
#[cfg(unix)]
impl std::os::fd::AsFd for TcpStream {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.inner.as_fd()
    }
}

/// Resolves the host, which may block, and starts to connect to its first address.
impl TryFrom<ConnectionInfo> for TcpStream {
    type Error = io::Error;

    fn try_from(connection_info: ConnectionInfo) -> io::Result<Self> {
        let mut result = Err(io::ErrorKind::NotFound.into());
        for address in connection_info.resolve()? {
            result = Self::connect(connection_info.clone(), address);
            if result.is_ok() {
                break;
            }
        }
        result
    }
}

/// Resolves the host, which may block, and starts to connect to its first address.
impl<H: Into<String>> TryFrom<(H, u16)> for TcpStream {
    type Error = io::Error;

    fn try_from((host, port): (H, u16)) -> io::Result<Self> {
        Self::try_from(ConnectionInfo::new(host, port))
    }
}
