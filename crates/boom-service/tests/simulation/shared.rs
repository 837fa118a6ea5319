//! What the endpoints, their targets and the run have in common.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::rc::Rc;

use boom_stream::TimeSource;
use boom_testkit::sim::{Clock, ConnectionId, Ledger, Network};

/// Clones are the same.
#[derive(Clone)]
pub(crate) struct Shared(Rc<Inner>);

pub(crate) struct Inner {
    pub(crate) network: Network,
    pub(crate) clock: Clock,
    pub(crate) ledger: Ledger,
    pub(crate) is_calm: Cell<bool>,
    /// When the trouble was over; `u64::MAX` before.
    pub(crate) calm_ns: Cell<u64>,
    /// Turns of the service so far.
    pub(crate) turn: Cell<u64>,
    pub(crate) books: RefCell<Books>,
}

impl std::ops::Deref for Shared {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// What the clients have written down.
#[derive(Default)]
pub(crate) struct Books {
    /// By endpoint.
    pub(crate) clients: BTreeMap<u64, ClientBook>,
    /// By connection: messages received and sent.
    pub(crate) connections: BTreeMap<ConnectionId, ConnectionBook>,
    /// When targets were made, over all endpoints.
    pub(crate) opened_ns: Vec<u64>,
    /// Calls of `create_target`.
    pub(crate) opens: u64,
    /// Calls of `poll`.
    pub(crate) polls: u64,
    /// Those in which something was read, written or handed on.
    pub(crate) busy_polls: u64,
    /// Calls of `handle_timeout`.
    pub(crate) wakes: u64,
    /// Addresses that were tried beside others.
    pub(crate) raced: u64,
    pub(crate) complaint: Option<String>,
}

#[derive(Debug, Default)]
pub(crate) struct ClientBook {
    /// When `create_target` was called since the run has looked.
    pub(crate) first_open_ns: Option<u64>,
    /// When the server sent the newest message that was received on a connection that is no replacement.
    pub(crate) newest_ns: u64,
    /// Connections that were not dropped, the oldest first.
    pub(crate) live: Vec<ConnectionId>,
    /// Those that were dropped since the run has looked.
    pub(crate) gone: Vec<ConnectionId>,
    /// The connection that is used.
    pub(crate) standing: Option<ConnectionId>,
    /// When auto-disconnect was allowed, since the run has looked.
    pub(crate) allowed_ns: Option<u64>,
    /// Calls of `switched` that no event has told of: the old connection and the new one.
    pub(crate) switches: VecDeque<(ConnectionId, ConnectionId)>,
    /// When a step of the way up last began.
    pub(crate) progress_ns: u64,
    pub(crate) race: Race,
}

/// The addresses of a host that have been tried, one after the other or together.
#[derive(Debug, Default)]
pub(crate) struct Race {
    pub(crate) tried: Vec<SocketAddr>,
    /// When the last of them was.
    pub(crate) opened_ns: u64,
    /// When one of them failed since, so that the next need not wait.
    pub(crate) failed_ns: Option<u64>,
    /// By how much the clock has jumped since.
    pub(crate) jumped_ns: u64,
    /// The endpoint has refused to try another.
    pub(crate) is_over: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectionBook {
    pub(crate) address: SocketAddr,
    pub(crate) received: u64,
    pub(crate) sent: u64,
    pub(crate) opened_ns: u64,
    /// The turn in which the endpoint was polled with it first, and when.
    pub(crate) polled: Option<(u64, u64)>,
    /// When its handshake was done.
    pub(crate) up_ns: Option<u64>,
    pub(crate) is_replacement: bool,
    pub(crate) is_retired: bool,
    /// It was told to end.
    pub(crate) is_closing: bool,
    /// When the server sent the newest message that was received.
    pub(crate) newest_ns: u64,
    /// The turn that has left something in the target for the next, and no report to come.
    pub(crate) rest_in: Option<u64>,
}

impl Shared {
    pub(crate) fn new(network: Network) -> Self {
        Self(Rc::new(Inner {
            clock: network.clock(),
            network,
            ledger: Ledger::default(),
            is_calm: Cell::new(false),
            calm_ns: Cell::new(u64::MAX),
            turn: Cell::new(0),
            books: RefCell::default(),
        }))
    }

    pub(crate) fn now_ns(&self) -> u64 {
        self.clock.now_ns()
    }

    pub(crate) fn client(&self, client: u64, change: impl FnOnce(&mut ClientBook)) {
        change(self.books.borrow_mut().clients.entry(client).or_default());
    }

    pub(crate) fn connection(&self, id: ConnectionId, change: impl FnOnce(&mut ConnectionBook)) {
        if let Some(book) = self.books.borrow_mut().connections.get_mut(&id) {
            change(book);
        }
    }

    pub(crate) fn is_live(&self, client: u64, id: ConnectionId) -> bool {
        let books = self.books.borrow();
        books
            .clients
            .get(&client)
            .is_some_and(|book| book.live.contains(&id))
    }

    /// Something is wrong; the run fails at the end of the step.
    pub(crate) fn complain(&self, complaint: String) {
        self.books.borrow_mut().complaint.get_or_insert(complaint);
    }
}
