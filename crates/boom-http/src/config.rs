//! Limits, times and the size of the pool.

use std::time::Duration;

/// Options of a client. The defaults suit order entry over a warm connection.
///
/// # Examples
///
/// ```
/// use boom_http::HttpConfig;
/// use std::time::Duration;
///
/// let config = HttpConfig::new()
///     .with_connections(2)
///     .with_min_warm(2)
///     .with_timeout(Duration::from_secs(2))
///     .with_header("X-API-Key", "4711")
///     .with_max_body_bytes(1 << 20);
/// # let _ = config;
/// ```
#[derive(Clone)]
pub struct HttpConfig {
    pub(crate) limits: Limits,
    pub(crate) times: Times,
    pub(crate) pool: PoolOptions,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) read_window_bytes: usize,
    pub(crate) max_request_bytes: usize,
    pub(crate) pipeline_depth: usize,
    pub(crate) pipelines_all: bool,
}

/// Leaves out the headers, which may hold keys.
impl std::fmt::Debug for HttpConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpConfig")
            .field("limits", &self.limits)
            .field("times", &self.times)
            .field("pool", &self.pool)
            .finish_non_exhaustive()
    }
}

/// What an answer may measure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) head_bytes: usize,
    pub(crate) headers: usize,
    pub(crate) chunk_line_bytes: usize,
    pub(crate) trailer_bytes: usize,
    pub(crate) interim: usize,
    pub(crate) body_bytes: u64,
}

/// Nanoseconds; `u64::MAX` is for ever.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    pub(crate) connect_ns: u64,
    pub(crate) tls_ns: u64,
    pub(crate) write_ns: u64,
    pub(crate) first_byte_ns: u64,
    pub(crate) idle_ns: u64,
    pub(crate) total_ns: u64,
    pub(crate) continue_ns: u64,
    pub(crate) keep_ns: u64,
    pub(crate) age_ns: u64,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct PoolOptions {
    pub(crate) connections: usize,
    pub(crate) min_warm: usize,
    pub(crate) waiting: usize,
    pub(crate) attempts: u32,
    pub(crate) retry_delay_ns: u64,
    pub(crate) retry_delay_max_ns: u64,
    pub(crate) retries_idempotent: bool,
}

const SECOND_NS: u64 = 1_000_000_000;

const CONNECTIONS_MAX: usize = 4096;
/// Larger reads than this nobody gains by.
const READ_WINDOW_MAX: usize = 16 << 20;

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            limits: Limits {
                head_bytes: 64 << 10,
                headers: 128,
                chunk_line_bytes: 16 << 10,
                trailer_bytes: 16 << 10,
                interim: 16,
                body_bytes: 16 << 20,
            },
            times: Times {
                connect_ns: 5 * SECOND_NS,
                tls_ns: 10 * SECOND_NS,
                write_ns: 10 * SECOND_NS,
                first_byte_ns: 30 * SECOND_NS,
                idle_ns: 15 * SECOND_NS,
                total_ns: 60 * SECOND_NS,
                continue_ns: SECOND_NS,
                keep_ns: 60 * SECOND_NS,
                age_ns: u64::MAX,
            },
            pool: PoolOptions {
                connections: 4,
                min_warm: 1,
                waiting: 64,
                attempts: 3,
                retry_delay_ns: SECOND_NS / 10,
                retry_delay_max_ns: 5 * SECOND_NS,
                retries_idempotent: false,
            },
            headers: Vec::new(),
            read_window_bytes: 32 << 10,
            max_request_bytes: 16 << 20,
            pipeline_depth: 1,
            pipelines_all: false,
        }
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// What is sent.
impl HttpConfig {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a header to every request. It is encoded once; what is wrong with it is told by each request.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Limits a request, head and body (16 MiB by default).
    #[must_use]
    pub const fn with_max_request_bytes(mut self, bytes: usize) -> Self {
        self.max_request_bytes = bytes;
        self
    }

    /// Sets how many requests may be under way on a connection (1 by default: no pipelining). A request that is not
    /// idempotent is sent only on a connection that has none under way, and none is sent behind it.
    #[must_use]
    pub const fn with_pipeline_depth(mut self, depth: usize) -> Self {
        self.pipeline_depth = if depth == 0 { 1 } else { depth };
        self
    }

    /// Pipelines requests that are not idempotent, too.
    #[must_use]
    pub const fn with_pipelining_of_all_methods(mut self) -> Self {
        self.pipelines_all = true;
        self
    }
}

/// What an answer may measure.
impl HttpConfig {
    /// Limits the head of an answer (64 KiB by default).
    #[must_use]
    pub const fn with_max_head_bytes(mut self, bytes: usize) -> Self {
        self.limits.head_bytes = bytes;
        self
    }

    /// Limits the headers of an answer, trailers included (128 by default).
    #[must_use]
    pub const fn with_max_headers(mut self, count: usize) -> Self {
        self.limits.headers = count;
        self
    }

    /// Limits the line before a chunk, and the extensions of all chunks of a body together (16 KiB by default).
    #[must_use]
    pub const fn with_max_chunk_line_bytes(mut self, bytes: usize) -> Self {
        self.limits.chunk_line_bytes = bytes;
        self
    }

    /// Limits the trailers (16 KiB by default).
    #[must_use]
    pub const fn with_max_trailer_bytes(mut self, bytes: usize) -> Self {
        self.limits.trailer_bytes = bytes;
        self
    }

    /// Limits the interim responses before an answer (16 by default).
    #[must_use]
    pub const fn with_max_interim(mut self, count: usize) -> Self {
        self.limits.interim = count;
        self
    }

    /// Limits the body of an answer (16 MiB by default); a request may have its own limit.
    #[must_use]
    pub const fn with_max_body_bytes(mut self, bytes: u64) -> Self {
        self.limits.body_bytes = bytes;
        self
    }

    /// Sets how much is read at once (32 KiB by default, 16 MiB at the most). The buffer grows for bodies that are larger.
    #[must_use]
    pub const fn with_read_window_bytes(mut self, bytes: usize) -> Self {
        self.read_window_bytes = if bytes < READ_WINDOW_MAX {
            bytes
        } else {
            READ_WINDOW_MAX
        };
        self
    }
}

/// How long things may take.
impl HttpConfig {
    /// Limits the TCP connect (5 s by default).
    #[must_use]
    pub fn with_connect_timeout(mut self, timeout: Duration) -> Self {
        self.times.connect_ns = nanoseconds(timeout);
        self
    }

    /// Limits the handshake of TLS (10 s by default).
    #[must_use]
    pub fn with_tls_timeout(mut self, timeout: Duration) -> Self {
        self.times.tls_ns = nanoseconds(timeout);
        self
    }

    /// Limits the time until the stream has taken a request (10 s by default).
    #[must_use]
    pub fn with_write_timeout(mut self, timeout: Duration) -> Self {
        self.times.write_ns = nanoseconds(timeout);
        self
    }

    /// Limits the time from a request's turn to the first byte of its answer (30 s by default).
    #[must_use]
    pub fn with_first_byte_timeout(mut self, timeout: Duration) -> Self {
        self.times.first_byte_ns = nanoseconds(timeout);
        self
    }

    /// Limits the time between two reads that bring something of an answer (15 s by default).
    #[must_use]
    pub fn with_idle_timeout(mut self, timeout: Duration) -> Self {
        self.times.idle_ns = nanoseconds(timeout);
        self
    }

    /// Limits the time from `submit` to the whole answer (60 s by default); a request may have its own limit.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.times.total_ns = nanoseconds(timeout);
        self
    }

    /// Sets how long a body waits for `100 Continue` before it is sent all the same (1 s by default).
    #[must_use]
    pub fn with_continue_timeout(mut self, timeout: Duration) -> Self {
        self.times.continue_ns = nanoseconds(timeout);
        self
    }
}

/// The pool.
impl HttpConfig {
    /// Sets the number of connections at most (4 by default, 4096 at the most).
    #[must_use]
    pub const fn with_connections(mut self, count: usize) -> Self {
        self.pool.connections = match count {
            0 => 1,
            1..=CONNECTIONS_MAX => count,
            _ => CONNECTIONS_MAX,
        };
        self
    }

    /// Sets how many connections are kept open without need (1 by default).
    #[must_use]
    pub const fn with_min_warm(mut self, count: usize) -> Self {
        self.pool.min_warm = count;
        self
    }

    /// Sets how many requests may wait for a connection (64 by default).
    #[must_use]
    pub const fn with_max_waiting(mut self, count: usize) -> Self {
        self.pool.waiting = count;
        self
    }

    /// Sets how many connects may fail, and how many connections may end before a byte of it was sent, until a request
    /// fails (3 by default).
    #[must_use]
    pub const fn with_attempts(mut self, attempts: u32) -> Self {
        self.pool.attempts = if attempts == 0 { 1 } else { attempts };
        self
    }

    /// Sets how long to wait after a failed connect (100 ms by default, doubled each time up to 50 times that).
    #[must_use]
    pub fn with_retry_delay(mut self, delay: Duration) -> Self {
        self.pool.retry_delay_ns = nanoseconds(delay);
        self.pool.retry_delay_max_ns = nanoseconds(delay).saturating_mul(50);
        self
    }

    /// Sends an idempotent request (RFC 9110 §9.2.2) once more where its connection ended before a byte of the answer.
    /// Others are sent again only where nothing of them was sent, and so is every request without this.
    #[must_use]
    pub const fn with_idempotent_retry(mut self) -> Self {
        self.pool.retries_idempotent = true;
        self
    }

    /// Sets how long a connection may stay unused (60 s by default). A shorter time that the server tells by
    /// `Keep-Alive: timeout` counts, less a second.
    #[must_use]
    pub fn with_keep_time(mut self, time: Duration) -> Self {
        self.times.keep_ns = nanoseconds(time);
        self
    }

    /// Sets how old a connection may be when a request is sent by it (no limit by default).
    #[must_use]
    pub fn with_max_age(mut self, age: Duration) -> Self {
        self.times.age_ns = nanoseconds(age);
        self
    }
}
