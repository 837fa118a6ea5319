//! What a request's outcome is told by.

use std::sync::atomic::{AtomicU64, Ordering};

/// Stands for a request from `submit` to its outcome. No two of a process are alike.
///
/// # Examples
///
/// ```
/// use boom_http::{Connection, HttpConfig, Method, Origin};
///
/// let config = HttpConfig::new().with_pipeline_depth(2);
/// let mut connection = Connection::new(&Origin::new("localhost", 80), &config);
/// let first = connection.request(Method::GET, "/").submit(0)?;
/// let second = connection.request(Method::GET, "/").submit(0)?;
/// assert_ne!(first, second);
/// # Ok::<(), boom_http::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(u64);

static NEXT: AtomicU64 = AtomicU64::new(1);

impl Ticket {
    pub(crate) fn next() -> Self {
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}
