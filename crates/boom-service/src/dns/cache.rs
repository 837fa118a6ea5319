//! Answers that are kept for as long as they hold.

mod entries;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use boom_stream::{MonotonicClock, TimeSource};

use super::{Answered, DnsQuery, DnsResolver, numeric};
use entries::{Entries, Flight, Found, Limits};

/// Keeps the answers of another resolver, so that it is asked less often.
///
/// - An answer is kept for as long as its [`ttl`](DnsQuery::ttl) says, within [bounds](Self::with_ttl_bounds) of one second
///   and one hour; for [thirty seconds](Self::with_default_ttl) where nothing is said, as by `getaddrinfo`.
/// - An error is kept too, for [five seconds](Self::with_negative_ttl) or less if its `ttl` is less.
/// - Whoever asks for a name that is just being looked up waits for the same answer: a thousand endpoints of one host that
///   reconnect together are one lookup.
/// - A lookup that nobody waits for any more goes on, and what it finds is kept for the next who asks, which is how names
///   get resolved that take longer than the timeout.
/// - [`with_stale_if_error`](Self::with_stale_if_error) gives the last good answer when there is only an error.
/// - At most [1024 names](Self::with_capacity) are kept; the one that is out of date soonest makes room.
///
/// Names are told apart by port, since a resolver may do so, and not by upper and lower case. Numeric addresses are not
/// kept. The order of addresses is that of the answer, the same for all who get it.
///
/// # Examples
///
/// ```
/// use boom_service::dns::{CachingResolver, DnsQuery, DnsResolver, ThreadResolver};
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicUsize, Ordering};
///
/// let lookups = Arc::new(AtomicUsize::new(0));
/// let counter = Arc::clone(&lookups);
/// let threads = ThreadResolver::with_lookup(move |_host, port| {
///     counter.fetch_add(1, Ordering::SeqCst);
///     Ok(vec![([10, 0, 0, 7], port).into()])
/// });
///
/// let mut resolver = CachingResolver::new(threads);
/// let mut queries = [resolver.resolve("exchange", 443), resolver.resolve("exchange", 443)];
/// for query in &mut queries {
///     while query.poll().is_none() {}
/// }
/// assert!(resolver.resolve("exchange", 443).poll().expect("it is kept").is_ok());
/// assert_eq!(lookups.load(Ordering::SeqCst), 1);
/// ```
///
/// In a service: `service.with_resolver(CachingResolver::new(ThreadResolver::default()))`.
pub struct CachingResolver<R: DnsResolver, T = MonotonicClock> {
    resolver: R,
    clock: Arc<T>,
    entries: Arc<Mutex<Entries<R::Query>>>,
}

impl<R: DnsResolver> CachingResolver<R> {
    /// Keeps what `resolver` answers.
    pub fn new(resolver: R) -> Self {
        Self {
            resolver,
            clock: Arc::default(),
            entries: Arc::default(),
        }
    }
}

impl<R: DnsResolver, T> CachingResolver<R, T> {
    /// Takes the time from `clock`, which should be the service's.
    pub fn with_clock<U: TimeSource>(self, clock: U) -> CachingResolver<R, U> {
        CachingResolver {
            resolver: self.resolver,
            clock: Arc::new(clock),
            entries: self.entries,
        }
    }

    /// Keeps an answer for at least `min` and at most `max`, whatever its time to live says. `max` wins if it is less.
    #[must_use]
    pub fn with_ttl_bounds(self, min: Duration, max: Duration) -> Self {
        self.set(|limits| (limits.ttl_min, limits.ttl_max) = (min, max))
    }

    /// Keeps an answer without a time to live for so long, within the bounds.
    #[must_use]
    pub fn with_default_ttl(self, ttl: Duration) -> Self {
        self.set(|limits| limits.ttl_default = ttl)
    }

    /// Keeps an error for so long, or for its time to live if that is less; zero keeps none.
    #[must_use]
    pub fn with_negative_ttl(self, ttl: Duration) -> Self {
        self.set(|limits| limits.negative = ttl)
    }

    /// Where a lookup fails, gives the last good answer in place of the error, until it has been out of date for `age`.
    ///
    /// Only while the failure is kept; after that there is another lookup. Addresses of exchanges seldom change, name
    /// servers fail more often. Not done unless set.
    #[must_use]
    pub fn with_stale_if_error(self, age: Duration) -> Self {
        self.set(|limits| limits.stale = age)
    }

    /// Keeps so many names (at least one).
    #[must_use]
    pub fn with_capacity(self, names: usize) -> Self {
        self.set(|limits| limits.names_max = names.max(1))
    }

    fn set(self, change: impl FnOnce(&mut Limits)) -> Self {
        change(&mut lock(&self.entries).limits);
        self
    }
}

impl<R: DnsResolver, T: TimeSource> DnsResolver for CachingResolver<R, T> {
    type Query = CachedQuery<R::Query, T>;

    fn resolve(&mut self, host: &str, port: u16) -> Self::Query {
        if let Some(address) = numeric(host, port) {
            return CachedQuery::answered(Ok(vec![address]), Duration::MAX);
        }
        let now_ns = self.clock.now_ns();
        let name = (host.to_ascii_lowercase(), port);
        let mut entries = lock(&self.entries);
        entries.look_around(now_ns);
        entries.land(&name, now_ns);
        if let Some(found) = entries.find(&name, now_ns) {
            return CachedQuery::found(&found, now_ns);
        }
        let flight = entries.join(&name).unwrap_or_else(|| {
            let query = self.resolver.resolve(host, port);
            entries.start(name, query, now_ns)
        });
        drop(entries);
        CachedQuery(Progress::Flying {
            flight,
            told: None,
            entries: Arc::clone(&self.entries),
            clock: Arc::clone(&self.clock),
        })
    }
}

impl<R: DnsResolver + fmt::Debug, T> fmt::Debug for CachingResolver<R, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = lock(&self.entries);
        f.debug_struct("CachingResolver")
            .field("resolver", &self.resolver)
            .field("limits", &entries.limits)
            .field("names", &entries.len())
            .finish_non_exhaustive()
    }
}

/// A question to a [`CachingResolver`].
///
/// # Examples
///
/// ```
/// use boom_service::dns::{BlockingResolver, CachedQuery, CachingResolver, DnsQuery, DnsResolver};
/// use boom_service::dns::Answered;
///
/// let mut resolver = CachingResolver::new(BlockingResolver);
/// let mut query: CachedQuery<Answered> = resolver.resolve("10.0.0.7", 443);
/// assert_eq!(query.poll().expect("it is numeric")?, [([10, 0, 0, 7], 443).into()]);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct CachedQuery<Q, T = MonotonicClock>(Progress<Q, T>);

enum Progress<Q, T> {
    Answered(Answered, Duration),
    Flying {
        flight: Arc<Mutex<Flight<Q>>>,
        /// How long the answer held when it was given.
        told: Option<Duration>,
        entries: Arc<Mutex<Entries<Q>>>,
        clock: Arc<T>,
    },
}

impl<Q, T> CachedQuery<Q, T> {
    const fn answered(answer: io::Result<Vec<SocketAddr>>, ttl: Duration) -> Self {
        Self(Progress::Answered(Answered::new(answer), ttl))
    }

    fn found(found: &Found, now_ns: u64) -> Self {
        Self::answered(found.lookup.addresses(), found.holds_for(now_ns))
    }
}

impl<Q: DnsQuery, T: TimeSource> DnsQuery for CachedQuery<Q, T> {
    fn poll(&mut self) -> Option<io::Result<Vec<SocketAddr>>> {
        match &mut self.0 {
            Progress::Answered(answered, _) => answered.poll(),
            Progress::Flying {
                flight,
                told,
                entries,
                clock,
            } => {
                let now_ns = clock.now_ns();
                let found = lock(entries).poll(flight, now_ns)?;
                *told = Some(found.holds_for(now_ns));
                Some(found.lookup.addresses())
            }
        }
    }

    fn ttl(&self) -> Option<Duration> {
        match &self.0 {
            Progress::Answered(_, ttl) => Some(*ttl),
            Progress::Flying { told, .. } => *told,
        }
    }
}

impl<Q, T> fmt::Debug for CachedQuery<Q, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_at_once = matches!(self.0, Progress::Answered(..));
        f.debug_struct("CachedQuery")
            .field("is_at_once", &is_at_once)
            .finish_non_exhaustive()
    }
}

/// Only a resolver of the user's that panics while it is asked can poison a lock, and what it guards is still whole.
fn lock<V>(mutex: &Mutex<V>) -> MutexGuard<'_, V> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
