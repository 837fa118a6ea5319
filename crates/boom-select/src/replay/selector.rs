use std::io;
use std::sync::Arc;
use std::time::Duration;

use boom_stream::TimeSource;

use super::socket::Due;
use super::{ReplayClock, ReplaySocket};
use crate::{Readiness, Ready, Selector, Token};

/// How far the clock moves on where no recording has anything next that comes by itself.
const IDLE_STEP_NS: u64 = 1_000_000;

/// Reports the socket whose recorded event is next, after moving the clock of its
/// [`ReplaySession`](super::ReplaySession) to it.
///
/// Each poll reports one moment: the earliest recorded one that was not read, and of two sockets that have the same moment
/// the one with the lower index first. A socket that was reported and not read is reported again, and holds nobody up. A
/// poll costs the number of registered sockets.
///
/// It never waits. Where it is given a time to wait, as by `IOService::wait`, the clock moves on by no more than that, so that
/// whatever the program does by the clock happens at its time. A poll that is given none, as by `IOService::poll`, goes to the
/// next event at once, but where an earlier one waits for something to be written first: then, and where none is left, the
/// clock moves on by a millisecond and every socket is reported, so that what the program writes by a timer, deadlines and
/// reconnects come at their times. What was not written by the time of its answer holds up nobody any more; where it is not
/// written within another second the connection fails, so that a program that writes less than the recorded one comes to an
/// end, too.
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
/// Selector::<ReplaySocket>::poll(&mut selector, &mut Vec::new(), Some(Duration::from_secs(5)))?;
/// assert_eq!(session.clock().now_ns(), 5_000_000_000);
/// assert!(!selector.has_next());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct ReplaySelector {
    clock: ReplayClock,
    /// In the order of the tokens' indexes.
    sockets: Vec<Watched>,
    /// No socket came or went since the last poll. Where one did, the program may have more to do at this moment: who has
    /// come has not written yet, who has gone may come again at once.
    is_settled: bool,
}

#[derive(Debug)]
struct Watched {
    token: Token,
    due: Arc<Due>,
    /// How far it was when it was reported last.
    reported_at: Option<u64>,
}

impl Watched {
    /// It was reported and not read.
    fn is_left(&self) -> bool {
        self.reported_at == Some(self.due.changes())
    }

    fn is_left_at(&self, now_ns: u64) -> bool {
        let is_due = || self.due.time_ns().is_some_and(|due_ns| due_ns <= now_ns);
        self.due.has_failed_by(now_ns) || self.is_left() && is_due()
    }

    fn next_ns(&self) -> Option<u64> {
        self.due.time_ns().filter(|_| !self.is_left())
    }

    fn report(&mut self, ready: &mut Vec<Ready>) {
        self.reported_at = Some(self.due.changes());
        ready.push(Ready {
            token: self.token,
            readiness: Readiness::READ_WRITE,
        });
    }
}

impl ReplaySelector {
    pub(super) const fn new(clock: ReplayClock) -> Self {
        Self {
            clock,
            sockets: Vec::new(),
            is_settled: false,
        }
    }

    /// Returns true if a registered socket has something next, be it an end, that does not depend on what is written first.
    ///
    /// Without that a program that waits for the recordings alone waits for nothing but that they fail.
    pub fn has_next(&self) -> bool {
        let now_ns = self.clock.now_ns();
        self.sockets
            .iter()
            .any(|Watched { due, .. }| due.time_ns().is_some() || due.has_failed_by(now_ns))
    }

    fn next_ns(&self) -> Option<u64> {
        self.sockets.iter().filter_map(Watched::next_ns).min()
    }

    /// When the earliest of those happened that wait for something to be written first, if that is still to come.
    fn awaiting_ns(&self, now_ns: u64) -> Option<u64> {
        let awaiting = self.sockets.iter();
        let awaiting = awaiting.filter_map(|watched| watched.due.awaiting_ns());
        awaiting.filter(|time_ns| *time_ns > now_ns).min()
    }

    /// When the earliest of them fails for that, if that is still to come.
    fn failing_ns(&self, now_ns: u64) -> Option<u64> {
        let failing = self.sockets.iter();
        let failing = failing.filter_map(|watched| watched.due.failing_ns());
        failing.filter(|time_ns| *time_ns > now_ns).min()
    }

    fn place(&self, token: Token) -> Result<usize, usize> {
        self.sockets
            .binary_search_by_key(&token.index, |watched| watched.token.index)
    }

    fn report(&mut self, ready: &mut Vec<Ready>, is_wanted: impl Fn(&Watched) -> bool) {
        for watched in &mut self.sockets {
            if is_wanted(watched) {
                watched.report(ready);
            }
        }
    }
}

/// No longer than a u64 can tell, which is centuries.
fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

impl Selector<ReplaySocket> for ReplaySelector {
    fn register(&mut self, socket: &mut ReplaySocket, token: Token) -> io::Result<()> {
        self.is_settled = false;
        let watched = Watched {
            token,
            due: socket.due(),
            reported_at: None,
        };
        match self.place(token) {
            Ok(place) => self.sockets[place] = watched,
            Err(place) => self.sockets.insert(place, watched),
        }
        Ok(())
    }

    fn deregister(&mut self, _socket: &mut ReplaySocket, token: Token) -> io::Result<()> {
        self.is_settled = false;
        if let Ok(place) = self.place(token)
            && self.sockets[place].token == token
        {
            self.sockets.remove(place);
        }
        Ok(())
    }

    fn poll(&mut self, ready: &mut Vec<Ready>, timeout: Option<Duration>) -> io::Result<()> {
        let now_ns = self.clock.now_ns();
        let is_settled = std::mem::replace(&mut self.is_settled, true);
        let wake_ns = match timeout.unwrap_or_default() {
            Duration::ZERO if is_settled => None,
            wait => Some(now_ns.saturating_add(nanoseconds(wait))),
        };
        // What the program writes by a timer comes before what answered it, and that before what it lets fail.
        let awaiting_ns = [self.awaiting_ns(now_ns), self.failing_ns(now_ns)];
        let awaiting_ns = awaiting_ns.into_iter().flatten().min().unwrap_or(u64::MAX);
        let next_ns = self.next_ns().filter(|next_ns| *next_ns <= awaiting_ns);
        match (next_ns, wake_ns) {
            (Some(next_ns), wake_ns) if wake_ns.is_none_or(|wake_ns| next_ns <= wake_ns) => {
                self.clock.move_to(next_ns);
                self.report(ready, |watched| {
                    watched.next_ns() == Some(next_ns) || watched.is_left_at(now_ns)
                });
            }
            (_, Some(wake_ns)) => {
                // What comes behind what is awaited has its own time, too.
                let stop_ns = wake_ns.min(awaiting_ns);
                self.clock.move_to(stop_ns);
                self.report(ready, |watched| watched.is_left_at(stop_ns));
            }
            (_, None) => {
                self.clock.move_to(now_ns.saturating_add(IDLE_STEP_NS));
                self.report(ready, |_| true);
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
