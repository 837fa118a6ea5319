//! Recordings played to a whole service, in the order of their times.
//!
//! A [`ReplaySession`] has one clock for any number of recordings. Endpoints that open their streams by it, in a service
//! whose selector and time are the session's, see each read as it was recorded, all of them in the order in which they
//! happened, as fast as the machine is: the clock stands still while the program works and then moves on to the next
//! event. The same recordings give the same run, call by call.
//!
//! ```no_run
//! use boom_select::replay::ReplaySession;
//! use boom_select::{Ready, Selector};
//! use std::io::Read;
//! use std::time::Duration;
//!
//! let session = ReplaySession::of(["eth.pcapng", "btc.pcapng"])?;
//! let mut selector = session.selector();
//! let mut sockets = [session.open("eth.pcapng")?, session.open("btc.pcapng")?];
//! for (index, socket) in (0..).zip(&mut sockets) {
//!     selector.register(socket, boom_select::Token { index, generation: 0 })?;
//! }
//! let mut ready = Vec::new();
//! selector.poll(&mut ready, Some(Duration::ZERO))?;
//! for Ready { token, .. } in ready {
//!     let mut buffer = [0; 4096];
//!     if let Ok(count) = sockets[token.index as usize].read(&mut buffer) {
//!         println!("{} received {count} bytes", token.index);
//!     }
//! }
//! # Ok::<(), std::io::Error>(())
//! ```

mod clock;
mod selector;
mod socket;

use std::io;
use std::path::Path;

use boom_stream::replay::{RecordingReader, ReplayBuilder, ReplayError, ReplayStream};

pub use clock::ReplayClock;
pub use selector::ReplaySelector;
pub use socket::ReplaySocket;

/// Recordings that share a clock. See the [module](self).
///
/// # Examples
///
/// ```
/// use boom_select::replay::ReplaySession;
/// use boom_stream::TimeSource;
///
/// let session = ReplaySession::starting_at(1_700_000_000_000_000_000);
/// assert_eq!(session.clock().now_ns(), 1_700_000_000_000_000_000);
/// ```
#[derive(Clone, Debug)]
pub struct ReplaySession {
    clock: ReplayClock,
}

impl ReplaySession {
    /// A session whose clock starts so many nanoseconds after 1970.
    pub fn starting_at(unix_ns: u64) -> Self {
        Self {
            clock: ReplayClock::starting_at(unix_ns),
        }
    }

    /// A session that starts with the earliest of these recordings. None of them is opened by that.
    ///
    /// # Errors
    ///
    /// One of them cannot be read or is no recording.
    pub fn of<P: AsRef<Path>>(
        recordings: impl IntoIterator<Item = P>,
    ) -> Result<Self, ReplayError> {
        let mut start_ns = u64::MAX;
        for recording in recordings {
            start_ns = start_ns.min(RecordingReader::open(recording)?.start_ns());
        }
        Ok(Self::starting_at(start_ns))
    }

    /// Opens a recording as the socket of an endpoint. What is written to it is ignored.
    ///
    /// # Errors
    ///
    /// There is no such file, or it is no recording.
    pub fn open(&self, recording: impl AsRef<Path>) -> io::Result<ReplaySocket> {
        self.open_with(recording, |builder| builder)
    }

    /// Opens a recording with choices of its own: what becomes of writes, and whether a read waits for those that were
    /// recorded before it. Its pace is the session's.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn open_with(
        &self,
        recording: impl AsRef<Path>,
        choose: impl FnOnce(ReplayBuilder) -> ReplayBuilder,
    ) -> io::Result<ReplaySocket> {
        let stream = choose(ReplayStream::builder()).open(recording)?;
        Ok(ReplaySocket::new(stream, self.clock.clone()))
    }

    /// The clock, for the service and whoever else needs the time.
    pub fn clock(&self) -> ReplayClock {
        self.clock.clone()
    }

    /// The selector, for the service.
    pub fn selector(&self) -> ReplaySelector {
        ReplaySelector::new(self.clock.clone())
    }
}
