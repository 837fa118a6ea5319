//! The connection of a session that lives in a service.

use std::io::{self, Read, Write};

use boom_stream::{Layer, Phase};

use crate::session::link::Link;
use crate::session::{Session, State, Statistics, Store};

/// The connection of a [`FixInitiator`](crate::FixInitiator): a stream, and what a service wants to know of the session
/// on it.
///
/// The session itself outlives connections, so the endpoint has it. As [`Layer`] it is in
/// [`Phase::ProtocolHandshake`] until both sides have logged on: a logon that is refused, or not answered, is a connect
/// that failed, after which the service waits longer each time, and tries the next host.
///
/// # Examples
///
/// ```
/// use boom_fix::{FixInitiator, FixStream};
/// use boom_service::{Handle, IOService};
/// use boom_select::DirectSelector;
/// use boom_stream::tcp::TcpStream;
///
/// // What `IOService::dispatch` lends.
/// fn peer(stream: &FixStream<TcpStream>) -> std::io::Result<std::net::SocketAddr> {
///     stream.get_ref().peer_addr()
/// }
/// ```
#[derive(Debug)]
pub struct FixStream<S> {
    pub(super) link: Link<S>,
    /// The session has this connection.
    pub(super) is_started: bool,
    /// Both have logged on, or another connection has to make way first.
    pub(super) is_active: bool,
    wants_write: bool,
    /// When the session has something to do next.
    timeout_ns: Option<u64>,
    /// It has it now.
    pub(super) is_due: bool,
    /// The service ends the connection: the session is to log out.
    pub(super) is_to_end: bool,
    /// The session has no use for the connection any more.
    is_over: bool,
    /// The session's counts when the connection was started.
    pub(super) before: Statistics,
}

impl<S> FixStream<S> {
    pub(super) fn new(stream: S) -> Self {
        Self {
            link: Link::new(stream),
            is_started: false,
            is_active: false,
            wants_write: false,
            timeout_ns: None,
            is_due: false,
            is_to_end: false,
            is_over: false,
            before: Statistics::default(),
        }
    }

    /// The stream below.
    pub const fn get_ref(&self) -> &S {
        self.link.stream()
    }

    /// The stream below. To read from it or to write to it breaks the session.
    pub const fn get_mut(&mut self) -> &mut S {
        self.link.stream_mut()
    }

    /// Notes what the session wants now that it has been worked on.
    #[inline]
    pub(super) fn note<T: Store>(&mut self, session: &Session<T>) {
        if !self.is_started {
            return;
        }
        self.wants_write = !session.outgoing().is_empty();
        self.is_active |= matches!(session.state(), State::LoggedOn | State::LogoutSent);
        self.is_over = self.link.is_closed(session);
        self.timeout_ns = match session.state() {
            State::Disconnected => self.link.closes_ns(),
            _ => session.poll_timeout(),
        };
    }
}

impl<S: Layer + Read + Write> Layer for FixStream<S> {
    type Base = S::Base;

    fn base(&self) -> &S::Base {
        self.link.stream().base()
    }

    fn base_mut(&mut self) -> &mut S::Base {
        self.link.stream_mut().base_mut()
    }

    fn has_buffered(&self) -> bool {
        self.is_due || self.link.has_failed() || self.link.stream().has_buffered()
    }

    fn wants_write(&self) -> bool {
        let stream = self.link.stream();
        // The logon is written by the first poll of a stream that is ready for it.
        let wants_start = !self.is_started && stream.phase() == Phase::Established;
        self.wants_write || wants_start || stream.wants_write()
    }

    fn is_encrypted(&self) -> bool {
        self.link.stream().is_encrypted()
    }

    fn phase(&self) -> Phase {
        match self.link.stream().phase() {
            Phase::Established if !self.is_active => Phase::ProtocolHandshake,
            phase => phase,
        }
    }

    fn poll_timeout(&self) -> Option<u64> {
        let stream = self.link.stream().poll_timeout();
        [self.timeout_ns, stream].into_iter().flatten().min()
    }

    fn handle_timeout(&mut self, now_ns: u64) -> io::Result<()> {
        self.is_due |= self.timeout_ns.is_some_and(|due| due <= now_ns);
        self.link.stream_mut().handle_timeout(now_ns)
    }

    /// Logs out first: the next poll does that, and those behind it bring the peer's answer.
    fn poll_close(&mut self) -> io::Result<bool> {
        if self.is_started && !self.is_over {
            self.is_due |= !self.is_to_end;
            self.is_to_end = true;
            return Ok(false);
        }
        self.link.stream_mut().poll_close()
    }
}
