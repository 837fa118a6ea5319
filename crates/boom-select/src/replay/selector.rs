use std::io;
use std::time::Duration;

use boom_stream::TimeSource;

use super::socket::Due;
use super::{ReplayClock, ReplaySocket};
use crate::{Readiness, Ready, Selector, Token};

/// How far the clock moves on where no recording has anything next: timers go off by it.
const IDLE_STEP_NS: u64 = 1_000_000;

/// Reports the socket whose recorded event is next, after moving the clock of its
/// [`ReplaySession`](super::ReplaySession) to it; sockets of the same time in the order of their indexes.
///
/// It never waits. Where every recording waits for something to be written, or none is left, the clock moves on by a
/// millisecond a poll, so that deadlines and reconnects happen as they would. A poll costs the number of registered
/// sockets.
///
/// # Examples
///
/// ```
/// use boom_select::Selector;
/// use boom_select::replay::{ReplaySession, ReplaySocket};
/// use boom_stream::TimeSource;
/// use std::time::Duration;
///
/// let session = ReplaySession::starting_at(0);
/// let mut selector = session.selector();
/// Selector::<ReplaySocket>::poll(&mut selector, &mut Vec::new(), Some(Duration::ZERO))?;
/// assert_eq!(session.clock().now_ns(), 1_000_000);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct ReplaySelector {
    clock: ReplayClock,
    /// In the order of the tokens' indexes.
    sockets: Vec<Watched>,
}

#[derive(Debug)]
struct Watched {
    token: Token,
    due: Due,
    /// It has been reported: a socket can be written to from the start.
    is_known: bool,
}

impl ReplaySelector {
    pub(super) const fn new(clock: ReplayClock) -> Self {
        Self {
            clock,
            sockets: Vec::new(),
        }
    }

    fn place(&self, token: Token) -> Result<usize, usize> {
        self.sockets
            .binary_search_by_key(&token.index, |watched| watched.token.index)
    }
}

impl Selector<ReplaySocket> for ReplaySelector {
    fn register(&mut self, socket: &mut ReplaySocket, token: Token) -> io::Result<()> {
        let watched = Watched {
            token,
            due: socket.due(),
            is_known: false,
        };
        match self.place(token) {
            Ok(place) => self.sockets[place] = watched,
            Err(place) => self.sockets.insert(place, watched),
        }
        Ok(())
    }

    fn deregister(&mut self, _socket: &mut ReplaySocket, token: Token) -> io::Result<()> {
        if let Ok(place) = self.place(token)
            && self.sockets[place].token == token
        {
            self.sockets.remove(place);
        }
        Ok(())
    }

    fn poll(&mut self, ready: &mut Vec<Ready>, _timeout: Option<Duration>) -> io::Result<()> {
        let has_new = self.sockets.iter().any(|watched| !watched.is_known);
        if !has_new {
            let next_ns = self
                .sockets
                .iter()
                .filter_map(|watched| watched.due.time_ns());
            let step_ns = self.clock.now_ns().saturating_add(IDLE_STEP_NS);
            self.clock.move_to(next_ns.min().unwrap_or(step_ns));
        }
        let now_ns = self.clock.now_ns();
        let has_due = |watched: &Watched| {
            watched
                .due
                .time_ns()
                .is_some_and(|time_ns| time_ns <= now_ns)
        };
        let is_idle = !has_new && !self.sockets.iter().any(has_due);
        for watched in &mut self.sockets {
            if has_due(watched) || !watched.is_known || is_idle {
                watched.is_known = true;
                ready.push(Ready {
                    token: watched.token,
                    readiness: Readiness::READ_WRITE,
                });
            }
        }
        Ok(())
    }

    fn deliver(&mut self, _socket: &mut ReplaySocket, _readiness: Readiness) {}

    /// Each poll tells of what is due.
    fn may_read(&self, _socket: &ReplaySocket) -> bool {
        false
    }

    fn may_write(&self, _socket: &ReplaySocket) -> bool {
        true
    }
}
