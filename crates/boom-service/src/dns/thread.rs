//! The system's resolver, asked on threads of its own.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;

use super::{Answered, DnsQuery, DnsResolver, numeric};
use crate::Error;

/// Asks the system's resolver on a few threads, so that the polling thread never waits.
///
/// No thread is started before the first host name; a numeric address needs none. One slow name does not hold up the
/// others while a thread is free. The same name asked for twice at a time is looked up once. A failure of any kind,
/// be it a panic of the lookup, is an answer; the threads go on. They end when the resolver is dropped, each after the
/// lookup it is in.
///
/// The system's own timeout ends a lookup; the service's ([`Timeouts`](crate::Timeouts)) ends the waiting for it.
///
/// # Examples
///
/// ```
/// use boom_service::dns::{DnsQuery, DnsResolver, ThreadResolver};
///
/// let mut resolver = ThreadResolver::default();
/// let mut query = resolver.resolve("localhost", 443);
/// let addresses = loop {
///     // Other work goes here.
///     if let Some(answer) = query.poll() {
///         break answer?;
///     }
/// };
/// assert!(addresses.iter().all(|address| address.ip().is_loopback()));
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct ThreadResolver {
    shared: Arc<Shared>,
    threads_max: usize,
}

impl Default for ThreadResolver {
    fn default() -> Self {
        Self::with_lookup(|host, port| (host, port).to_socket_addrs().map(Iterator::collect))
    }
}

impl ThreadResolver {
    /// Uses `lookup` in place of the system's resolver. It may block.
    pub fn with_lookup(
        lookup: impl Fn(&str, u16) -> io::Result<Vec<SocketAddr>> + Send + Sync + 'static,
    ) -> Self {
        let shared = Shared {
            work: Mutex::default(),
            changed: Condvar::new(),
            lookup: Box::new(lookup),
        };
        Self {
            shared: Arc::new(shared),
            threads_max: 4,
        }
    }

    /// Sets how many names may be looked up at the same time (at least one; four unless set).
    #[must_use]
    pub fn with_threads(mut self, threads: usize) -> Self {
        self.threads_max = threads.max(1);
        self
    }

    fn ask(&self, host: &str, port: u16) -> Result<Arc<Question>, Error> {
        let mut work = self.shared.lock();
        let name = (host.to_owned(), port);
        if let Some(question) = work.pending.get(&name) {
            return Ok(Arc::clone(question));
        }
        if work.queue.len() >= QUEUE_MAX {
            return Err(Error::ResolverFull { limit: QUEUE_MAX });
        }
        if work.idle <= work.queue.len() && work.threads < self.threads_max {
            match self.start_thread() {
                Ok(()) => work.threads += 1,
                Err(error) if work.threads == 0 => return Err(Error::ResolverThread(error)),
                // The threads there are will come to it.
                Err(_) => {}
            }
        }
        let question = Arc::new(Question {
            name: name.clone(),
            answer: OnceLock::new(),
        });
        work.pending.insert(name, Arc::clone(&question));
        work.queue.push_back(Arc::clone(&question));
        drop(work);
        self.shared.changed.notify_one();
        Ok(question)
    }

    fn start_thread(&self) -> io::Result<()> {
        let shared = Arc::clone(&self.shared);
        thread::Builder::new()
            .name("boomnet-dns".to_owned())
            .spawn(move || shared.run())
            .map(drop)
    }
}

impl DnsResolver for ThreadResolver {
    type Query = ThreadQuery;

    fn resolve(&mut self, host: &str, port: u16) -> ThreadQuery {
        ThreadQuery(match numeric(host, port) {
            Some(address) => Progress::Answered(Answered::new(Ok(vec![address]))),
            None => match self.ask(host, port) {
                Ok(question) => Progress::Asked(question),
                Err(error) => Progress::Answered(Answered::new(Err(error.into()))),
            },
        })
    }
}

impl Drop for ThreadResolver {
    fn drop(&mut self) {
        self.shared.lock().is_closed = true;
        self.shared.changed.notify_all();
    }
}

impl fmt::Debug for ThreadResolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadResolver")
            .field("threads_max", &self.threads_max)
            .finish_non_exhaustive()
    }
}

/// A question to a [`ThreadResolver`].
///
/// # Examples
///
/// ```
/// use boom_service::dns::{DnsQuery, DnsResolver, ThreadQuery, ThreadResolver};
///
/// // A numeric address needs no thread and is answered at once.
/// let mut query: ThreadQuery = ThreadResolver::default().resolve("10.0.0.7", 443);
/// assert_eq!(query.poll().expect("it is numeric")?, [([10, 0, 0, 7], 443).into()]);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct ThreadQuery(Progress);

#[derive(Debug)]
enum Progress {
    Answered(Answered),
    Asked(Arc<Question>),
}

impl DnsQuery for ThreadQuery {
    fn poll(&mut self) -> Option<io::Result<Vec<SocketAddr>>> {
        match &mut self.0 {
            Progress::Answered(answered) => answered.poll(),
            Progress::Asked(question) => question.answer.get().map(|answer| match answer {
                Ok(addresses) => Ok(addresses.clone()),
                // Several queries may share the answer; each gets an error with the same source.
                Err(error) => Err(io::Error::new(error.kind(), Arc::clone(error))),
            }),
        }
    }
}

/// A name to be looked up, and the answer once there is one.
#[derive(Debug)]
struct Question {
    name: (String, u16),
    answer: OnceLock<Result<Vec<SocketAddr>, Arc<io::Error>>>,
}

/// Names that wait for a thread.
const QUEUE_MAX: usize = 4096;

struct Shared {
    work: Mutex<Work>,
    /// A question came, or the end.
    changed: Condvar,
    lookup: Box<Lookup>,
}

type Lookup = dyn Fn(&str, u16) -> io::Result<Vec<SocketAddr>> + Send + Sync;

#[derive(Default)]
struct Work {
    queue: VecDeque<Arc<Question>>,
    /// Queued or being looked up.
    pending: HashMap<(String, u16), Arc<Question>>,
    threads: usize,
    /// Threads that wait for a question.
    idle: usize,
    is_closed: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Work> {
        // Nothing that can panic runs while the lock is held, and if it did, the queue would still be a queue.
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The life of a resolver thread.
    fn run(&self) {
        let mut work = self.lock();
        while !work.is_closed {
            let Some(question) = work.queue.pop_front() else {
                work.idle += 1;
                work = self
                    .changed
                    .wait(work)
                    .unwrap_or_else(PoisonError::into_inner);
                work.idle -= 1;
                continue;
            };
            // Two owners are this thread and `pending`: whoever asked has withdrawn.
            if Arc::strong_count(&question) > 2 {
                drop(work);
                self.answer(&question);
                work = self.lock();
            }
            work.pending.remove(&question.name);
        }
    }

    fn answer(&self, question: &Question) {
        let (host, port) = &question.name;
        let result = catch_unwind(AssertUnwindSafe(|| (self.lookup)(host, *port)))
            .unwrap_or_else(|_panic| Err(Error::LookupPanicked.into()));
        // Nobody else sets the answer of this question.
        let _ = question.answer.set(result.map_err(Arc::new));
    }
}
