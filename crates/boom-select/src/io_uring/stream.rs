//! A TCP stream that the kernel has received for.

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
    /// What was received and not read.
    inbox: Inbox,
    /// `None` while no selector receives for the stream.
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
    /// A read has returned the end of the stream.
    ended: bool,
    /// The selector does not receive for the stream, which is about to fail: it reads for itself.
    reads_itself: bool,
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
            ended: false,
            reads_itself: false,
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
            known.reads_itself |= has_failed;
        }
    }

    #[inline]
    pub(super) fn may_read(&self) -> bool {
        self.known
            .as_ref()
            .is_some_and(|known| !known.ended && (known.reads_itself || !self.inbox.is_empty()))
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

    /// What a read says that finds no bytes received.
    fn read_no_bytes(
        &mut self,
        read: impl FnOnce(&mut &StdTcpStream) -> io::Result<usize>,
    ) -> io::Result<usize> {
        let result = match (self.inbox.end, &self.known) {
            (Some(End::Closed), _) => Ok(0),
            (Some(End::Failed(code)), _) => Err(io::Error::from_raw_os_error(code)),
            (None, Some(known)) if !known.reads_itself => {
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
            known.ended |= !matches!(result, Ok(count) if count > 0);
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
        if self.known.as_ref().is_some_and(|known| !known.writable) {
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
            0 => self.read_no_bytes(|socket| socket.read(buffer)),
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
            0 => self.read_no_bytes(|socket| socket.read_vectored(buffers)),
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
            (None, Some(known)) if !known.reads_itself => match self.shared.is_watched() {
                true => Ok(false),
                false => Err(io::Error::new(ErrorKind::NotConnected, SelectorGone)),
            },
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
            if self.known.as_ref().is_some_and(|known| !known.writable) {
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
    /// Converts the stream; no system call is made.
    fn into_io_uring_stream(self) -> IoUringStream;
}

impl IntoIoUringStream for TcpStream {
    fn into_io_uring_stream(self) -> IoUringStream {
        self.into()
    }
}
