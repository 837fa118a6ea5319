//! A TCP stream that knows what it is ready for.

use std::io::{self, ErrorKind, IoSlice, IoSliceMut, Read, Write};
use std::net::{Shutdown, SocketAddr};

use boom_stream::tcp::{CloseStatus, ConnectStatus, TcpStream};
use boom_stream::{ConnectionInfo, HalfClose, Layer, Socket};

use crate::Readiness;

/// A non-blocking TCP stream for a [`MioSelector`](crate::MioSelector).
///
/// While it is registered there, a read or write that could only say `WouldBlock` says so without a system call: the
/// stream remembers what the selector reported and forgets it when the socket shows that it is empty or full. A read
/// that fills less than its buffer has emptied the socket, a write that takes less than it was given has filled it.
/// Not registered, or under another selector, it is an ordinary non-blocking stream.
///
/// # Examples
///
/// ```
/// use boom_select::IntoMioStream;
/// use boom_stream::Socket;
/// use boom_stream::tcp::TcpStream;
/// use std::net::TcpListener;
///
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let mut stream = TcpStream::try_from(("127.0.0.1", listener.local_addr()?.port()))?.into_mio_stream();
/// while !stream.connected()? {}
/// assert_eq!(stream.peer_addr()?, listener.local_addr()?);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct MioStream {
    inner: mio::net::TcpStream,
    connection_info: ConnectionInfo,
    connect: ConnectStatus,
    close: CloseStatus,
    /// `None` while no selector reports to the stream.
    known: Option<Known>,
}

/// What the selector has reported and the socket has not yet contradicted.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    readable: bool,
    writable: bool,
    /// The peer's end of the stream is behind the bytes that wait. No further report announces it, so a short read
    /// does not mean that there is nothing left to read.
    read_closed: bool,
    /// A read has returned the end of the stream.
    ended: bool,
}

impl MioStream {
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

    pub(crate) const fn source(&mut self) -> &mut mio::net::TcpStream {
        &mut self.inner
    }

    /// Nothing is known to be ready until the first report, which the registration brings about.
    pub(crate) fn watch(&mut self) {
        self.known = Some(Known::default());
    }

    pub(crate) const fn unwatch(&mut self) {
        self.known = None;
    }

    #[inline]
    pub(crate) fn deliver(&mut self, readiness: Readiness) {
        if let Some(known) = &mut self.known {
            known.readable |= readiness.readable || readiness.read_closed || readiness.error;
            known.writable |= readiness.writable || readiness.error;
            known.read_closed |= readiness.read_closed || readiness.error;
        }
    }

    #[inline]
    pub(crate) fn may_read(&self) -> bool {
        self.known
            .is_some_and(|known| known.readable && !known.ended)
    }

    #[inline]
    pub(crate) fn may_write(&self) -> bool {
        self.known.is_some_and(|known| known.writable)
    }

    /// Reads into `room` bytes by `read`, unless the socket is known to be empty.
    #[inline]
    fn read_known(
        &mut self,
        room: usize,
        read: impl FnOnce(&mut mio::net::TcpStream) -> io::Result<usize>,
    ) -> io::Result<usize> {
        if room == 0 {
            return Ok(0);
        }
        if self.known.is_some_and(|known| !known.readable) {
            return Err(ErrorKind::WouldBlock.into());
        }
        let result = self.connect.observe(read(&mut self.inner));
        if let Some(known) = &mut self.known {
            match &result {
                // Stays readable: the end of the stream can be read again, and is there again.
                Ok(0) => known.ended = true,
                Ok(count) => known.readable = *count == room || known.read_closed,
                Err(error) if error.kind() == ErrorKind::WouldBlock => known.readable = false,
                Err(_) => {}
            }
        }
        result
    }

    /// Writes `length` bytes by `write`, unless the socket is known to be full.
    #[inline]
    fn write_known(
        &mut self,
        length: usize,
        write: impl FnOnce(&mut mio::net::TcpStream) -> io::Result<usize>,
    ) -> io::Result<usize> {
        if self.known.is_some_and(|known| !known.writable) {
            return Err(ErrorKind::WouldBlock.into());
        }
        let result = self.connect.observe(write(&mut self.inner));
        if let Some(known) = &mut self.known {
            match &result {
                Ok(count) => known.writable = *count == length,
                Err(error) if error.kind() == ErrorKind::WouldBlock => known.writable = false,
                Err(_) => {}
            }
        }
        result
    }
}

/// Buffers that one call passes to the kernel (`IOV_MAX`); the others are left out of it. A call that fills these has
/// not shown that the socket is empty or full.
const BUFFERS_MAX: usize = 1024;

impl Read for MioStream {
    #[inline]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.read_known(buffer.len(), |inner| inner.read(buffer))
    }

    #[inline]
    fn read_vectored(&mut self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        let used = buffers.iter().take(BUFFERS_MAX);
        let room = used.map(|buffer| buffer.len()).sum();
        self.read_known(room, |inner| inner.read_vectored(buffers))
    }
}

impl Write for MioStream {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_known(bytes.len(), |inner| inner.write(bytes))
    }

    #[inline]
    fn write_vectored(&mut self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        let used = buffers.iter().take(BUFFERS_MAX);
        let length = used.map(|buffer| buffer.len()).sum();
        self.write_known(length, |inner| inner.write_vectored(buffers))
    }

    /// Does nothing: the kernel keeps no bytes back.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Layer for MioStream {
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

impl HalfClose for MioStream {
    fn close_write(&mut self) -> io::Result<()> {
        self.close.close_write(&self.inner)
    }
}

impl Socket for MioStream {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.connection_info
    }

    fn connected(&mut self) -> io::Result<bool> {
        // A connect that ends, well or not, makes the socket writable.
        if self.connect == ConnectStatus::Pending && self.known.is_some_and(|known| !known.writable)
        {
            return Ok(false);
        }
        self.connect.check(&self.inner)
    }

    fn receives_ahead(&self) -> bool {
        false
    }
}

#[cfg(unix)]
impl std::os::fd::AsFd for MioStream {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.inner.as_fd()
    }
}

impl From<TcpStream> for MioStream {
    fn from(stream: TcpStream) -> Self {
        let (stream, connection_info) = stream.into_parts();
        let inner = mio::net::TcpStream::from_std(stream);
        Self {
            inner,
            connection_info,
            connect: ConnectStatus::Pending,
            close: CloseStatus::Open,
            known: None,
        }
    }
}

/// Makes a [`MioStream`] of a stream.
///
/// # Examples
///
/// ```no_run
/// use boom_select::IntoMioStream;
/// use boom_stream::tcp::TcpStream;
///
/// let stream = TcpStream::try_from(("localhost", 4001))?.into_mio_stream();
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait IntoMioStream {
    /// Converts the stream; no system call is made.
    fn into_mio_stream(self) -> MioStream;
}

impl IntoMioStream for TcpStream {
    fn into_mio_stream(self) -> MioStream {
        self.into()
    }
}
