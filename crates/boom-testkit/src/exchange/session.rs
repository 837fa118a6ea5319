use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What the exchange sent on one connection.
///
/// # Examples
///
/// ```
/// use boom_testkit::exchange::Exchange;
///
/// let exchange = Exchange::start()?;
/// for session in exchange.sessions() {
///     for sent in session.sent {
///         println!("{} {}: {} to {}", session.peer, sent.symbol, sent.first_id, sent.last_id);
///     }
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Session {
    /// The client's address: what its socket calls the local one.
    pub peer: SocketAddr,
    /// True if the TLS handshake continued an earlier session.
    pub resumed: bool,
    /// What was sent for each subscription, in the order of the subscriptions.
    pub sent: Vec<SentTrades>,
    /// How the connection ended, `None` while it is open.
    pub end: Option<SessionEnd>,
}

/// The trades of one instrument sent on one connection: every id from the first to the last.
///
/// # Examples
///
/// ```
/// use boom_testkit::exchange::SentTrades;
///
/// /// Returns true if a client that has seen trades up to `last_id` has them all.
/// fn is_complete(sent: &SentTrades, last_id: Option<u64>) -> bool {
///     if sent.count == 0 { last_id.is_none() } else { last_id == Some(sent.last_id) }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SentTrades {
    /// The instrument.
    pub symbol: String,
    /// The first id sent; where `count` is zero, the one that would have been.
    pub first_id: u64,
    /// The last id sent; where `count` is zero, the one before `first_id`.
    pub last_id: u64,
    /// Number of trades sent.
    pub count: u64,
}

/// How a connection to the exchange ended.
///
/// # Examples
///
/// ```
/// use boom_testkit::exchange::SessionEnd;
///
/// assert_ne!(SessionEnd::Dropped, SessionEnd::ByClient);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionEnd {
    /// The exchange dropped it after the kernel had taken everything: all that was sent can be received.
    Dropped,
    /// The client closed it, or it broke. What was on its way is lost.
    ByClient,
    /// The client did not read what was sent, or the exchange itself ended.
    Abandoned,
}

/// All connections since the start, in the order of their handshakes.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    entries: Vec<Arc<Entry>>,
    /// Everybody before this place has had their turn to be dropped.
    next_to_drop: usize,
}

/// The part of a connection that others see.
#[derive(Debug)]
pub(super) struct Entry {
    session: Mutex<Session>,
    drop_requested: AtomicBool,
}

impl Sessions {
    pub(super) fn add(&self, peer: SocketAddr, resumed: bool) -> Arc<Entry> {
        let session = Session {
            peer,
            resumed,
            sent: Vec::new(),
            end: None,
        };
        let entry = Arc::new(Entry {
            session: Mutex::new(session),
            drop_requested: AtomicBool::new(false),
        });
        lock(&self.table).entries.push(Arc::clone(&entry));
        entry
    }

    pub(super) fn snapshot(&self) -> Vec<Session> {
        lock(&self.table)
            .entries
            .iter()
            .map(|entry| entry.session().clone())
            .collect()
    }

    /// Entries are in the order of connecting, so the next one in turn is the longest connected one.
    pub(super) fn drop_next(&self) -> bool {
        let mut table = lock(&self.table);
        let from = table.next_to_drop;
        let candidates = table.entries.iter().enumerate().skip(from);
        let Some((place, entry)) = candidates
            .into_iter()
            .find(|(_, entry)| entry.is_subscribed())
        else {
            return false;
        };
        entry.drop_requested.store(true, Ordering::Release);
        // Those passed over either have ended or have no subscription yet; the latter keep their turn.
        let kept = table.entries[from..place]
            .iter()
            .position(|entry| entry.session().end.is_none());
        table.next_to_drop = kept.map_or(place + 1, |kept| from + kept);
        true
    }
}

impl Entry {
    pub(super) fn session(&self) -> MutexGuard<'_, Session> {
        lock(&self.session)
    }

    pub(super) fn is_drop_requested(&self) -> bool {
        self.drop_requested.load(Ordering::Acquire)
    }

    fn is_subscribed(&self) -> bool {
        let session = self.session();
        session.end.is_none() && !session.sent.is_empty() && !self.is_drop_requested()
    }
}

/// A panic elsewhere leaves the records as they are.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subscribe(entry: &Entry) {
        let sent = SentTrades {
            symbol: "BTCUSDT".into(),
            first_id: 1,
            last_id: 0,
            count: 0,
        };
        entry.session().sent.push(sent);
    }

    #[test]
    fn connections_are_dropped_in_turn() {
        let sessions = Sessions::default();
        assert!(!sessions.drop_next());
        let entries = [1, 2, 3].map(|port| sessions.add(([127, 0, 0, 1], port).into(), false));
        assert!(!sessions.drop_next(), "nobody has subscribed");
        subscribe(&entries[1]);
        subscribe(&entries[2]);
        assert!(sessions.drop_next());
        subscribe(&entries[0]);
        assert!(sessions.drop_next());
        assert_eq!(
            entries.each_ref().map(|entry| entry.is_drop_requested()),
            [true, true, false]
        );
        assert!(sessions.drop_next());
        assert!(!sessions.drop_next(), "all have been dropped");
    }

    #[test]
    fn a_connection_that_has_ended_is_passed_over() {
        let sessions = Sessions::default();
        let entries = [1, 2].map(|port| sessions.add(([127, 0, 0, 1], port).into(), false));
        entries.iter().for_each(|entry| subscribe(entry));
        entries[0].session().end = Some(SessionEnd::ByClient);
        assert!(sessions.drop_next());
        assert!(entries[1].is_drop_requested());
        assert_eq!(lock(&sessions.table).next_to_drop, 2);
    }
}
