//! What happens to the endpoints, for those who want to know.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use crate::{DisconnectReason, Handle};

/// Something that happened to an endpoint.
///
/// An endpoint's life is `AttemptFailed`* `Connected` `Disconnected`, again and again, with `RetryIn` where it waits
/// between, and `GaveUp` at the end if it refuses to go on, or `Deregistered` where that was wanted. A connection that is
/// replaced while it stands goes on by `Switched` instead, and `Retired` follows.
///
/// # Examples
///
/// A program that fetches a snapshot after each gap:
///
/// ```
/// use boom_service::Event;
///
/// fn on_event<E>(event: Event<E>) {
///     match event {
///         Event::Connected { handle, addr, .. } => println!("{handle:?} connected to {addr}, fetch a snapshot"),
///         Event::Disconnected { handle, reason, .. } => println!("{handle:?} disconnected: {reason}"),
///         Event::GaveUp { reason, .. } => eprintln!("gave up: {reason}"),
///         _ => {}
///     }
/// }
/// # on_event::<()>(Event::Connected { handle: handle(), addr: ([127, 0, 0, 1], 1).into() });
/// # fn handle() -> boom_service::Handle {
/// #     use boom_select::DirectSelector; use boom_service::*; use boom_stream::*; use std::{io, net::SocketAddr};
/// #     struct Q(ConnectionInfo);
/// #     impl ConnectionInfoProvider for Q { fn connection_info(&self) -> &ConnectionInfo { &self.0 } }
/// #     impl Endpoint for Q {
/// #         type Target = tcp::TcpStream;
/// #         fn create_target(&mut self, _: SocketAddr) -> io::Result<Option<tcp::TcpStream>> { Ok(None) }
/// #         fn poll(&mut self, _: &mut tcp::TcpStream) -> io::Result<()> { Ok(()) }
/// #     }
/// #     DirectSelector::new().into_io_service().register(Q(ConnectionInfo::new("::1", 1)))
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event<E> {
    /// The connection stands and its handshakes are done.
    Connected {
        /// The endpoint.
        handle: Handle,
        /// Where it is connected to.
        addr: SocketAddr,
    },
    /// A connection that stood has ended.
    Disconnected {
        /// The endpoint.
        handle: Handle,
        /// Why.
        reason: DisconnectReason,
    },
    /// A replacement has taken the place of a connection that stands, which ends now in good order; see
    /// [`with_overlap`](crate::EndpointOptions::with_overlap). No `Connected` is told of it.
    Switched {
        /// The endpoint.
        handle: Handle,
        /// Where it is connected to now.
        addr: SocketAddr,
    },
    /// A connection that was replaced has ended.
    Retired {
        /// The endpoint.
        handle: Handle,
        /// True where all was sent and the peer has said goodbye as its protocol has it; false where the connection was cut
        /// off or failed first.
        is_clean: bool,
    },
    /// A connection was not made.
    AttemptFailed {
        /// The endpoint.
        handle: Handle,
        /// The address that was tried; `None` where the host name was not resolved.
        addr: Option<SocketAddr>,
        /// Why.
        reason: DisconnectReason,
    },
    /// The endpoint waits before it connects again.
    RetryIn {
        /// The endpoint.
        handle: Handle,
        /// How long, at most.
        delay: Duration,
    },
    /// `can_recreate` returned false: the endpoint is registered no more.
    ///
    /// Where nobody takes the event, the endpoint is dropped with it: at once under an event limit of zero, else when it
    /// is the oldest of more events than the limit. [`Stats::gave_up`](crate::Stats::gave_up) counts it in any case.
    GaveUp {
        /// What the endpoint was; it reaches nothing any more.
        handle: Handle,
        /// The endpoint itself.
        endpoint: E,
        /// Why its last connection ended or was not made.
        reason: DisconnectReason,
    },
    /// What [`deregister_gracefully`](crate::IOService::deregister_gracefully) or
    /// [`shutdown`](crate::IOService::shutdown) has begun is done: the endpoint is registered no more.
    ///
    /// Where nobody takes the event, the endpoint is dropped with it, as that of `GaveUp` is.
    Deregistered {
        /// What the endpoint was; it reaches nothing any more.
        handle: Handle,
        /// The endpoint itself.
        endpoint: E,
        /// True where there was no connection, or all was sent and the peer has said goodbye as its protocol has it; false
        /// where the connection was cut off or failed first.
        is_clean: bool,
    },
}

/// The newest events, up to a limit.
#[derive(Debug)]
pub(crate) struct EventQueue<E> {
    events: VecDeque<Event<E>>,
    limit: usize,
    /// The limit was set, so it does not grow with the endpoints.
    is_limit_set: bool,
    dropped: u64,
}

impl<E> EventQueue<E> {
    pub(crate) const fn new() -> Self {
        Self {
            events: VecDeque::new(),
            limit: EVENTS,
            is_limit_set: false,
            dropped: 0,
        }
    }

    /// Appends `event`, in place of the oldest one where the queue is full.
    pub(crate) fn push(&mut self, event: Event<E>) {
        self.events.push_back(event);
        self.trim();
    }

    #[inline]
    pub(crate) fn pop(&mut self) -> Option<Event<E>> {
        self.events.pop_front()
    }

    pub(crate) fn set_limit(&mut self, limit: usize) {
        (self.limit, self.is_limit_set) = (limit, true);
        self.trim();
    }

    /// Makes room for what may happen to so many endpoints in one turn. The limit does not shrink with them: those that
    /// give up together are told of when they are gone.
    pub(crate) fn make_room_for(&mut self, endpoints: usize) {
        if !self.is_limit_set {
            self.limit = self.limit.max(endpoints.saturating_mul(EVENTS_EACH));
        }
    }

    /// Number of events that nobody took in time.
    pub(crate) const fn dropped(&self) -> u64 {
        self.dropped
    }

    fn trim(&mut self) {
        while self.events.len() > self.limit {
            self.events.pop_front();
            self.dropped += 1;
        }
    }
}

/// Events kept for a program that does not take them, unless set: so many, or so many for each endpoint. A connection that
/// fails is two events, and that of a whole round at several addresses a few more.
const EVENTS: usize = 1024;
const EVENTS_EACH: usize = 4;
