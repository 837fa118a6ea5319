//! The system's resolver, asked on threads of its own.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

#[cfg(feature = "dns-client")]
use super::DnsClient;
use super::lookup::SharedLookup;
use super::{Answered, DnsQuery, DnsResolver, HostsFile, Lookup, cpus, hosts_file, numeric};
use crate::Error;

/// Asks the system's resolver on a few threads, so that the polling thread never waits.
///
/// A numeric address is answered at once, and so is a name in the machine's [`HostsFile`]: in the order of the file's
/// lines, and before anything else is asked, whatever the order in `/etc/nsswitch.conf` (see
/// [`with_hosts_file`](Self::with_hosts_file)). No thread is started before the first other name. One slow name does not
/// hold up the others while a thread is free. The same name asked for twice at a time is looked up once. A failure of any
/// kind, be it a panic of the lookup, is an answer; the threads go on. They end when the resolver is dropped, each after
/// the lookup it is in; nothing waits for them.
///
/// The system's own timeout ends a lookup; the service's ([`Timeouts`](crate::Timeouts)) ends the waiting for it. A name
/// that nobody waits for any more when its turn comes is not looked up.
///
/// # The cores of the threads
///
/// A thread starts on the cores of the thread that starts it, which is the polling thread: if that is pinned to a core,
/// the resolver's threads take their time there, unless [`with_cpus`](Self::with_cpus) sends them elsewhere.
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
    hosts_file: Option<HostsFile>,
    /// All that the starting thread may use if there are none.
    cpus: Arc<[usize]>,
}

impl Default for ThreadResolver {
    fn default() -> Self {
        Self::with_lookup(|host, port| (host, port).to_socket_addrs().map(Iterator::collect))
            .with_hosts_file(Some(HostsFile::system()))
    }
}

impl ThreadResolver {
    /// Uses `lookup` in place of the system's resolver and of the hosts file. It may block.
    pub fn with_lookup(
        lookup: impl Fn(&str, u16) -> io::Result<Vec<SocketAddr>> + Send + Sync + 'static,
    ) -> Self {
        Self::with_timed_lookup(move |host, port| Lookup {
            addresses: lookup(host, port),
            ttl: None,
        })
    }

    /// Asks name servers in place of the system's resolver; the hosts file is still asked first.
    #[cfg(feature = "dns-client")]
    pub fn with_client(client: DnsClient) -> Self {
        Self::with_timed_lookup(move |host, port| client.lookup(host, port))
            .with_hosts_file(Some(HostsFile::system()))
    }

    /// Like [`with_lookup`](Self::with_lookup), for one that knows how long its answers hold.
    pub fn with_timed_lookup(lookup: impl Fn(&str, u16) -> Lookup + Send + Sync + 'static) -> Self {
        let shared = Shared {
            work: Mutex::default(),
            changed: Condvar::new(),
            lookup: Box::new(lookup),
        };
        Self {
            shared: Arc::new(shared),
            threads_max: 4,
            hosts_file: None,
            cpus: Arc::default(),
        }
    }

    /// Sets the file that is asked first, or `None` to leave that to the lookup.
    #[must_use]
    pub fn with_hosts_file(mut self, hosts_file: Option<HostsFile>) -> Self {
        self.hosts_file = hosts_file;
        self
    }

    /// Keeps the threads on these cores, numbered from zero as in `taskset`; on Linux only.
    ///
    /// It is tried on a thread that ends at once. Should the system refuse later, when cores have been taken away, the
    /// threads run where they may.
    ///
    /// # Errors
    ///
    /// What the system says if it refuses, for example that there is no such core, and
    /// [`ErrorKind::Unsupported`](io::ErrorKind::Unsupported) on other systems.
    ///
    /// # Examples
    ///
    /// ```
    /// use boom_service::dns::ThreadResolver;
    ///
    /// # if cfg!(target_os = "linux") {
    /// // The polling thread has the others to itself.
    /// let resolver = ThreadResolver::default().with_cpus(&[0])?;
    /// # }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn with_cpus(mut self, cpus: &[usize]) -> io::Result<Self> {
        self.cpus = cpus.into();
        let tried = Arc::clone(&self.cpus);
        let probe = thread::Builder::new().spawn(move || cpus::restrict(&tried))?;
        probe
            .join()
            .unwrap_or_else(|_panic| Err(io::ErrorKind::Other.into()))?;
        Ok(self)
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
        let cpus = Arc::clone(&self.cpus);
        thread::Builder::new()
            .name("boomnet-dns".to_owned())
            .spawn(move || {
                if !cpus.is_empty() {
                    // A name looked up on the wrong core is better than none.
                    let _ = cpus::restrict(&cpus);
                }
                shared.run();
            })
            .map(drop)
    }

    /// What needs no thread.
    fn at_once(&mut self, host: &str, port: u16) -> Option<Progress> {
        if let Some(address) = numeric(host, port) {
            return Some(Progress::answered(Ok(vec![address]), Duration::MAX));
        }
        let found = self.hosts_file.as_mut()?.lookup(host);
        let addresses: Vec<_> = found
            .iter()
            .map(|&address| SocketAddr::new(address, port))
            .collect();
        (!addresses.is_empty()).then(|| Progress::answered(Ok(addresses), hosts_file::LOOK_EVERY))
    }
}

impl DnsResolver for ThreadResolver {
    type Query = ThreadQuery;

    fn resolve(&mut self, host: &str, port: u16) -> ThreadQuery {
        ThreadQuery(match self.at_once(host, port) {
            Some(progress) => progress,
            None => match self.ask(host, port) {
                Ok(question) => Progress::Asked(question),
                // It may be over at once.
                Err(error) => Progress::answered(Err(error.into()), Duration::ZERO),
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
            .field("hosts_file", &self.hosts_file)
            .field("cpus", &self.cpus)
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
    Answered(Answered, Duration),
    Asked(Arc<Question>),
}

impl Progress {
    const fn answered(answer: io::Result<Vec<SocketAddr>>, ttl: Duration) -> Self {
        Self::Answered(Answered::new(answer), ttl)
    }
}

impl DnsQuery for ThreadQuery {
    fn poll(&mut self) -> Option<io::Result<Vec<SocketAddr>>> {
        match &mut self.0 {
            Progress::Answered(answered, _) => answered.poll(),
            Progress::Asked(question) => question.answer.get().map(SharedLookup::addresses),
        }
    }

    fn ttl(&self) -> Option<Duration> {
        match &self.0 {
            Progress::Answered(_, ttl) => Some(*ttl),
            Progress::Asked(question) => question.answer.get()?.ttl,
        }
    }
}

/// A name to be looked up, and the answer once there is one.
#[derive(Debug)]
struct Question {
    name: (String, u16),
    answer: OnceLock<SharedLookup>,
}

/// Names that wait for a thread.
const QUEUE_MAX: usize = 4096;

struct Shared {
    work: Mutex<Work>,
    /// A question came, or the end.
    changed: Condvar,
    lookup: Box<Look>,
}

type Look = dyn Fn(&str, u16) -> Lookup + Send + Sync;

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
        let lookup = catch_unwind(AssertUnwindSafe(|| (self.lookup)(host, *port)));
        let lookup = lookup.unwrap_or_else(|_panic| Lookup {
            addresses: Err(Error::LookupPanicked.into()),
            ttl: None,
        });
        // Nobody else sets the answer of this question.
        let _ = question.answer.set(lookup.into());
    }
}
