//! A TCP stream that the kernel has received for, or has told when to read.

use std::io::{self, ErrorKind, IoSlice, IoSliceMut, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream as StdTcpStream};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{Arc, Weak};

use boom_stream::tcp::{CloseStatus, ConnectStatus, TcpStream};
use boom_stream::{ConnectionInfo, HalfClose, Layer, Socket};

use super::slot::{End, Inbox, Mailbox, News, Note, Shared};
use crate::Readiness;

/// A non-blocking TCP stream for an [`IoUringSelector`](crate::IoUringSelector).
///
/// While it is registered there, a read makes no system call: it copies out of the buffers that the kernel has received
/// into and the selector has delivered. A write is the ordinary system call, unless the socket is known to be full. Not
/// registered, or under another selector, it is an ordinary non-blocking stream; bytes that were received for it before
/// it was deregistered are read first.
///
/// One made by [`into_polled_io_uring_stream`](IntoIoUringStream::into_polled_io_uring_stream) is told when there is something
/// to read, and reads it by the ordinary system call.
///
/// A stream can be dropped at any moment. Where it is still registered its connection is shut down at once, and its
/// descriptor is closed when the selector is next polled.
///
/// # Examples
///
/// ```
/// use boom_select::IntoIoUringStream;
/// use boom_stream::Socket;
/// use boom_stream::tcp::TcpStream;
/// use std::net::TcpListener;
///
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let mut stream = TcpStream::try_from(("127.0.0.1", listener.local_addr()?.port()))?.into_io_uring_stream();
/// while !stream.connected()? {}
/// assert_eq!(stream.peer_addr()?, listener.local_addr()?);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct IoUringStream {
    shared: Arc<Shared>,
    connection_info: ConnectionInfo,
    connect: ConnectStatus,
    close: CloseStatus,
    /// Nothing is received for it before it reads.
    is_polled: bool,
    /// What was received and not read.
    inbox: Inbox,
    /// `None` while it is registered nowhere.
    known: Option<Known>,
}

/// What the selector has reported and the socket has not yet contradicted.
#[derive(Debug)]
struct Known {
    /// The slot of the selector, and which use of it.
    slot: u32,
    generation: u32,
    /// Where the selector learns that the stream was dropped.
    mailbox: Weak<Mailbox>,
    writable: bool,
    /// The socket itself may be read. Where the selector receives, only a stream that is about to fail does so.
    readable: bool,
    /// The peer's end of the stream is behind the bytes that wait. No further report announces it, so a short read does
    /// not mean that there is nothing left to read. Only of a stream that is polled.
    read_closed: bool,
    /// A read has returned the end of the stream.
    ended: bool,
}

impl Known {
    /// Takes a report on a stream that is polled.
    fn learn(&mut self, readiness: Readiness) {
        self.readable |= readiness.readable || readiness.read_closed || readiness.error;
        self.read_closed |= readiness.read_closed || readiness.error;
    }

    /// Notes what a read of a stream that is polled has shown, into `room` bytes.
    fn observe_read(&mut self, result: &io::Result<usize>, room: usize) {
        match result {
            // Stays readable: the end of the stream can be read again, and is there again.
            Ok(0) => self.ended = true,
            Ok(count) => self.readable = *count == room || self.read_closed,
            Err(error) if error.kind() == ErrorKind::WouldBlock => self.readable = false,
            Err(_) => {}
        }
    }
}

impl IoUringStream {
    /// The address of the peer.
    ///
    /// # Errors
    ///
    /// `NotConnected` while the connection is being made.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.shared.socket.peer_addr()
    }

    /// The address of this side.
    ///
    /// # Errors
    ///
    /// The kernel's.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.shared.socket.local_addr()
    }

    /// Ends one direction or both.
    ///
    /// # Errors
    ///
    /// The kernel's; `NotConnected` where there is no connection to end.
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.shared.socket.shutdown(how)
    }

    /// Returns true if it is only told when to read, and reads by itself.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use boom_select::IntoIoUringStream;
    /// use boom_stream::tcp::TcpStream;
    ///
    /// let stream = TcpStream::try_from(("localhost", 4001))?.into_polled_io_uring_stream();
    /// assert!(stream.is_polled());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub const fn is_polled(&self) -> bool {
        self.is_polled
    }

    pub(super) const fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// The slot it was registered at.
    pub(super) fn slot(&self) -> Option<u32> {
        self.known.as_ref().map(|known| known.slot)
    }

    /// Whether a connect is known to have ended well.
    pub(super) fn is_connected(&self) -> bool {
        self.connect == ConnectStatus::Connected
    }

    /// Whether bytes, or their end, were received before it was registered.
    pub(super) fn has_inbox(&self) -> bool {
        !self.inbox.is_empty()
    }

    pub(super) fn has_end(&self) -> bool {
        self.inbox.end.is_some()
    }

    /// Nothing is known to be ready until the first report.
    pub(super) fn watch(&mut self, slot: u32, generation: u32, mailbox: &Arc<Mailbox>) {
        self.shared.set_watched(true);
        self.known = Some(Known {
            slot,
            generation,
            mailbox: Arc::downgrade(mailbox),
            writable: false,
            readable: false,
            read_closed: false,
            ended: false,
        });
    }

    /// Takes what is left, and is an ordinary stream from now on, which keeps none of the buffers that the others need.
    pub(super) fn unwatch(&mut self, rest: &mut Inbox) {
        self.inbox.append(rest);
        self.inbox.give_back();
        self.shared.set_watched(false);
        self.known = None;
    }

    #[inline]
    pub(super) fn deliver(&mut self, readiness: Readiness, inbox: &mut Inbox, has_failed: bool) {
        self.inbox.append(inbox);
        if let Some(known) = &mut self.known {
            known.writable |= readiness.writable || readiness.error;
            known.readable |= has_failed;
            if self.is_polled {
                known.learn(readiness);
            }
        }
    }

    #[inline]
    pub(super) fn may_read(&self) -> bool {
        self.known
            .as_ref()
            .is_some_and(|known| !known.ended && (known.readable || !self.inbox.is_empty()))
    }

    #[inline]
    pub(super) fn may_write(&self) -> bool {
        self.known.as_ref().is_some_and(|known| known.writable)
    }

    /// Copies what was received to `buffer` and gives the buffers that are used up back to the kernel.
    #[inline]
    fn copy_received(&mut self, buffer: &mut [u8]) -> usize {
        let mut filled = 0;
        while let Some(first) = self.inbox.received.front_mut() {
            let bytes = first.bytes();
            let count = bytes.len().min(buffer.len() - filled);
            buffer[filled..filled + count].copy_from_slice(&bytes[..count]);
            filled += count;
            if count < bytes.len() {
                first.consume(count);
                break;
            }
            self.inbox.received.pop_front();
        }
        filled
    }

    /// Its selector is gone, and took nothing along.
    fn is_left(&self) -> bool {
        self.is_polled && !self.shared.is_watched()
    }

    /// What a read into `room` bytes says that finds no bytes received.
    fn read_no_bytes(
        &mut self,
        room: usize,
        read: impl FnOnce(&mut &StdTcpStream) -> io::Result<usize>,
    ) -> io::Result<usize> {
        let result = match (self.inbox.end, &self.known) {
            (Some(End::Closed), _) => Ok(0),
            (Some(End::Failed(code)), _) => Err(io::Error::from_raw_os_error(code)),
            (None, Some(known)) if !known.readable && !self.is_left() => {
                return Err(if self.shared.is_watched() {
                    ErrorKind::WouldBlock.into()
                } else {
                    io::Error::new(ErrorKind::NotConnected, SelectorGone)
                });
            }
            (None, _) => read(&mut &self.shared.socket),
        };
        let result = self.connect.observe(result);
        if let Some(known) = &mut self.known {
            match self.is_polled {
                true => known.observe_read(&result, room),
                false => known.ended |= !matches!(result, Ok(count) if count > 0),
            }
        }
        result
    }

    /// Writes `length` bytes by `write`, unless the socket is known to be full.
    #[inline]
    fn write_known(
        &mut self,
        length: usize,
        write: impl FnOnce(&mut &StdTcpStream) -> io::Result<usize>,
    ) -> io::Result<usize> {
        if self.known.as_ref().is_some_and(|known| !known.writable) && !self.is_left() {
            return Err(ErrorKind::WouldBlock.into());
        }
        let result = self.connect.observe(write(&mut &self.shared.socket));
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

/// Bytes that the selector had received and not delivered are gone with it, so reading cannot go on.
#[derive(Debug, thiserror::Error)]
#[error("the io_uring selector that received for this stream was dropped")]
struct SelectorGone;

/// Buffers that one call passes to the kernel (`IOV_MAX`); the others are left out of it.
const BUFFERS_MAX: usize = 1024;

impl Read for IoUringStream {
    #[inline]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        match self.copy_received(buffer) {
            0 => self.read_no_bytes(buffer.len(), |socket| socket.read(buffer)),
            count => Ok(count),
        }
    }

    fn read_vectored(&mut self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        if buffers.iter().all(|buffer| buffer.is_empty()) {
            return Ok(0);
        }
        let mut total = 0;
        for buffer in buffers.iter_mut() {
            let count = self.copy_received(buffer);
            total += count;
            if count < buffer.len() {
                break;
            }
        }
        match total {
            0 => {
                let used = buffers.iter().take(BUFFERS_MAX);
                let room = used.map(|buffer| buffer.len()).sum();
                self.read_no_bytes(room, |socket| socket.read_vectored(buffers))
            }
            count => Ok(count),
        }
    }
}

impl Write for IoUringStream {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_known(bytes.len(), |socket| socket.write(bytes))
    }

    #[inline]
    fn write_vectored(&mut self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        let used = buffers.iter().take(BUFFERS_MAX);
        let length = used.map(|buffer| buffer.len()).sum();
        self.write_known(length, |socket| socket.write_vectored(buffers))
    }

    /// Does nothing: the kernel keeps no bytes back.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Layer for IoUringStream {
    type Base = Self;

    fn base(&self) -> &Self {
        self
    }

    fn base_mut(&mut self) -> &mut Self {
        self
    }

    /// Sends FIN behind what was written, and waits until the peer's end has been read.
    fn poll_close(&mut self) -> io::Result<bool> {
        self.close.close_write(&self.shared.socket)?;
        if !self.inbox.received.is_empty() {
            return Ok(false);
        }
        match (self.inbox.end, &self.known) {
            (Some(End::Closed), _) => Ok(true),
            (Some(End::Failed(code)), _) => Err(io::Error::from_raw_os_error(code)),
            // The socket may be at its end although the ring holds bytes that were before it.
            (None, Some(known)) if !known.readable && !self.is_polled => {
                match self.shared.is_watched() {
                    true => Ok(false),
                    false => Err(io::Error::new(ErrorKind::NotConnected, SelectorGone)),
                }
            }
            (None, _) => self.close.check(&self.shared.socket),
        }
    }
}

impl HalfClose for IoUringStream {
    fn close_write(&mut self) -> io::Result<()> {
        self.close.close_write(&self.shared.socket)
    }
}

impl Socket for IoUringStream {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.connection_info
    }

    fn connected(&mut self) -> io::Result<bool> {
        if self.connect == ConnectStatus::Pending {
            // A connect that ends, well or not, makes the socket writable.
            if self.known.as_ref().is_some_and(|known| !known.writable) && !self.is_left() {
                return Ok(false);
            }
            // The receive has taken the error that the socket would be asked for.
            if let (true, Some(End::Failed(code))) =
                (self.inbox.received.is_empty(), self.inbox.end)
            {
                let failed = Err(io::Error::from_raw_os_error(code));
                return self.connect.observe(failed).map(|_| false);
            }
        }
        self.connect.check(&self.shared.socket)
    }

    fn receives_ahead(&self) -> bool {
        !self.is_polled
    }
}

impl AsFd for IoUringStream {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.shared.socket.as_fd()
    }
}

impl Drop for IoUringStream {
    fn drop(&mut self) {
        let Some(known) = &self.known else { return };
        if !self.shared.is_watched() {
            return;
        }
        // The kernel's operations keep the socket open until the selector is polled. The peer is told at once.
        // There may be no connection to end.
        let _ = self.shutdown(Shutdown::Both);
        if let Some(mailbox) = known.mailbox.upgrade() {
            mailbox.add(Note {
                slot: known.slot,
                generation: known.generation,
                news: News::Dropped,
            });
        }
    }
}

impl From<TcpStream> for IoUringStream {
    fn from(stream: TcpStream) -> Self {
        let (stream, connection_info) = stream.into_parts();
        Self {
            shared: Arc::new(Shared::new(stream)),
            connection_info,
            connect: ConnectStatus::Pending,
            close: CloseStatus::Open,
            is_polled: false,
            inbox: Inbox::default(),
            known: None,
        }
    }
}

/// Makes an [`IoUringStream`] of a stream.
///
/// # Examples
///
/// ```no_run
/// use boom_select::IntoIoUringStream;
/// use boom_stream::tcp::TcpStream;
///
/// let stream = TcpStream::try_from(("localhost", 4001))?.into_io_uring_stream();
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait IntoIoUringStream {
    /// Converts the stream, which the kernel will receive for; no system call is made.
    fn into_io_uring_stream(self) -> IoUringStream;

    /// Converts the stream to one that nothing is received for before it reads: the selector tells it when there is
    /// something to read, and when there is room to write. No system call is made.
    ///
    /// Each read is a system call then, as with [`MioStream`](crate::MioStream), and an idle poll makes none still. That is
    /// for who needs the socket itself, as kernel TLS does, whose records cannot be received ahead.
    ///
    /// It is said here and not to the selector, because what is built on the stream has to know before it is registered.
    /// So each endpoint can choose for itself:
    ///
    /// ```
    /// use boom_select::{IntoIoUringStream, IoUringStream};
    /// use boom_stream::Socket;
    /// use boom_stream::tcp::TcpStream;
    ///
    /// fn connected(stream: TcpStream, wants_kernel_tls: bool) -> IoUringStream {
    ///     match wants_kernel_tls {
    ///         true => stream.into_polled_io_uring_stream(),
    ///         false => stream.into_io_uring_stream(),
    ///     }
    /// }
    ///
    /// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// # let port = listener.local_addr()?.port();
    /// assert!(connected(TcpStream::try_from(("127.0.0.1", port))?, false).receives_ahead());
    /// assert!(!connected(TcpStream::try_from(("127.0.0.1", port))?, true).receives_ahead());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    fn into_polled_io_uring_stream(self) -> IoUringStream;
}

impl IntoIoUringStream for TcpStream {
    fn into_io_uring_stream(self) -> IoUringStream {
        self.into()
    }

    fn into_polled_io_uring_stream(self) -> IoUringStream {
        let mut stream = IoUringStream::from(self);
        stream.is_polled = true;
        stream
    }
}
