//! Readiness from epoll or kqueue, by way of mio.

use std::io;
use std::time::Duration;

use mio::event::Event;
use mio::{Events, Interest, Poll};

use crate::{MioStream, Readiness, Ready, Selector, Token};

/// Watches [`MioStream`]s by epoll or kqueue, edge-triggered.
///
/// A stream is registered once, for reading and writing, and costs no system call of the selector's afterwards. A poll
/// is one system call and costs the sockets that have become ready, however many are registered.
///
/// # Examples
///
/// ```
/// use boom_select::{IntoMioStream, MioSelector, Selector, Token};
/// use boom_stream::tcp::TcpStream;
/// use std::io::{Read, Write};
/// use std::net::TcpListener;
/// use std::time::Duration;
///
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let mut selector = MioSelector::new()?;
/// let mut stream = TcpStream::try_from(("127.0.0.1", listener.local_addr()?.port()))?.into_mio_stream();
/// selector.register(&mut stream, Token { index: 0, generation: 0 })?;
/// listener.accept()?.0.write_all(b"ping")?;
///
/// let mut ready = Vec::new();
/// let mut received = Vec::new();
/// while received != b"ping" {
///     ready.clear();
///     selector.poll(&mut ready, Some(Duration::from_secs(1)))?;
///     for report in &ready {
///         selector.deliver(&mut stream, report.readiness);
///         let mut buffer = [0; 64];
///         if let Ok(count) = stream.read(&mut buffer) {
///             received.extend_from_slice(&buffer[..count]);
///         }
///     }
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct MioSelector {
    poll: Poll,
    events: Events,
}

/// A token's 64 bits must fit mio's, which are those of a pointer.
const _: () = assert!(usize::BITS >= 64, "MioSelector needs a 64-bit target");

impl MioSelector {
    /// Opens an epoll or kqueue instance that reports up to 1024 sockets a poll, the others at the next.
    ///
    /// # Errors
    ///
    /// The operating system's, such as too many open files.
    pub fn new() -> io::Result<Self> {
        Self::with_capacity(1024)
    }

    /// As [`new`](Self::new), with another number of reports a poll (at least one).
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn with_capacity(reports: usize) -> io::Result<Self> {
        Ok(Self {
            poll: Poll::new()?,
            events: Events::with_capacity(reports.max(1)),
        })
    }
}

impl Selector<MioStream> for MioSelector {
    fn register(&mut self, socket: &mut MioStream, token: Token) -> io::Result<()> {
        let interest = Interest::READABLE | Interest::WRITABLE;
        self.poll.registry().register(
            socket.source(),
            mio::Token(u64::from(token) as usize),
            interest,
        )?;
        socket.watch();
        Ok(())
    }

    fn deregister(&mut self, socket: &mut MioStream, _token: Token) -> io::Result<()> {
        socket.unwatch();
        self.poll.registry().deregister(socket.source())
    }

    #[inline]
    fn poll(&mut self, ready: &mut Vec<Ready>, timeout: Option<Duration>) -> io::Result<()> {
        match self.poll.poll(&mut self.events, timeout) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(()),
            Err(error) => return Err(error),
        }
        ready.extend(self.events.iter().map(report));
        Ok(())
    }

    #[inline]
    fn deliver(&mut self, socket: &mut MioStream, readiness: Readiness) {
        socket.deliver(readiness);
    }

    #[inline]
    fn may_read(&self, socket: &MioStream) -> bool {
        socket.may_read()
    }

    #[inline]
    fn may_write(&self, socket: &MioStream) -> bool {
        socket.may_write()
    }
}

fn report(event: &Event) -> Ready {
    let readiness = Readiness {
        readable: event.is_readable(),
        writable: event.is_writable(),
        read_closed: event.is_read_closed(),
        error: event.is_error() || event.is_write_closed(),
    };
    Ready {
        token: Token::from(event.token().0 as u64),
        readiness,
    }
}
