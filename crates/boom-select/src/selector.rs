//! The trait every selector implements.

use std::io;
use std::time::Duration;

use crate::{Readiness, Ready, Token};

/// Watches many sockets of type `T` for one polling thread.
///
/// A selector knows sockets and tokens, not what is built on them. The contract:
///
/// 1. Each registered socket has a [`Token`] with an index of its own; the caller picks small indexes, since a selector
///    may keep a table by index.
/// 2. [`poll`](Self::poll) reports tokens. The caller finds the socket and hands it the report by
///    [`deliver`](Self::deliver), before it reads or writes.
/// 3. Reports may be edges: one that was delivered is not repeated while the socket stays ready. So whoever stops
///    before the socket is empty asks [`may_read`](Self::may_read) and comes back without waiting for a report.
/// 4. A report may be of a token that was deregistered since; the caller compares generations.
///
/// # Examples
///
/// One turn of a loop that knows nothing of the kind of selector:
///
/// ```
/// use boom_select::{DirectSelector, Ready, Selector, Token};
/// use std::io::{self, Cursor, Read};
/// use std::time::Duration;
///
/// fn turn<T: Read, S: Selector<T>>(
///     selector: &mut S,
///     sockets: &mut [T],
///     ready: &mut Vec<Ready>,
/// ) -> io::Result<usize> {
///     let mut total = 0;
///     ready.clear();
///     selector.poll(ready, Some(Duration::ZERO))?;
///     for Ready { token, readiness } in ready.iter() {
///         let socket = &mut sockets[token.index as usize];
///         selector.deliver(socket, *readiness);
///         total += socket.read(&mut [0; 64])?;
///     }
///     Ok(total)
/// }
///
/// let mut selector = DirectSelector::new();
/// let mut sockets = [Cursor::new("one"), Cursor::new("three")];
/// for (index, socket) in sockets.iter_mut().enumerate() {
///     selector.register(socket, Token { index: index as u32, generation: 0 })?;
/// }
/// assert_eq!(turn(&mut selector, &mut sockets, &mut Vec::new())?, 8);
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait Selector<T> {
    /// Starts to watch `socket` for reading and writing. What it is ready for already is reported by the next poll.
    ///
    /// # Errors
    ///
    /// The operating system's; the socket is not watched then.
    fn register(&mut self, socket: &mut T, token: Token) -> io::Result<()>;

    /// Stops watching `socket`, which was registered with `token`.
    ///
    /// # Errors
    ///
    /// The operating system's.
    fn deregister(&mut self, socket: &mut T, token: Token) -> io::Result<()>;

    /// Appends to `ready` what has become ready, after waiting for it as long as `timeout` says: not at all with
    /// `Some(Duration::ZERO)`, without end with `None`.
    ///
    /// It may return with nothing earlier, on a signal say. Nothing is allocated once `ready` has grown to the number
    /// of reports of one poll.
    ///
    /// # Errors
    ///
    /// The selector itself has failed; the trouble of one socket is a report of its readiness.
    fn poll(&mut self, ready: &mut Vec<Ready>, timeout: Option<Duration>) -> io::Result<()>;

    /// Hands `socket` the readiness that was reported for it.
    fn deliver(&mut self, socket: &mut T, readiness: Readiness);

    /// Returns true if a read of `socket` may return bytes that no later report would announce.
    fn may_read(&self, socket: &T) -> bool;

    /// Returns true if a write to `socket` may be taken although no later report would announce it.
    fn may_write(&self, socket: &T) -> bool;
}
