//! Recordings played to a whole service, in the order of their times.
//!
//! A [`ReplaySession`] has one clock for any number of recordings. Endpoints that open their streams by it, in a service
//! whose selector and time are the session's, see each read as it was recorded, all of them in the order in which they
//! happened, as fast as the machine is: the clock stands still while the program works and then moves on to the next
//! event. The same recordings give the same run, call by call.
//!
//! ```no_run
//! use boom_select::replay::ReplaySession;
//! use boom_select::{Selector, Token};
//! use boom_stream::TimeSource;
//! use std::io::{ErrorKind, Read};
//! use std::time::Duration;
//!
//! let recordings = ["eth.pcapng", "btc.pcapng"];
//! let session = ReplaySession::of(recordings)?;
//! let mut selector = session.selector();
//! let mut sockets = Vec::new();
//! for (index, recording) in (0..).zip(recordings) {
//!     let mut socket = session.open(recording)?;
//!     selector.register(&mut socket, Token { index, generation: 0 })?;
//!     sockets.push(socket);
//! }
//! let (mut ready, mut buffer) = (Vec::new(), [0; 4096]);
//! while selector.has_next() {
//!     ready.clear();
//!     selector.poll(&mut ready, Some(Duration::ZERO))?;
//!     for report in &ready {
//!         let index = report.token.index as usize;
//!         match sockets[index].read(&mut buffer) {
//!             Ok(count) => println!("{} {}: {count} bytes", session.clock().now_ns(), recordings[index]),
//!             Err(error) if error.kind() == ErrorKind::WouldBlock => {}
//!             Err(error) => println!("{}: {error}", recordings[index]),
//!         }
//!     }
//! }
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # A whole service
//!
//! An endpoint that is generic over its stream runs in both worlds. What makes the second run like the first:
//!
//! - `selector()` and `clock()` are the service's (`with_time_source`), and `create_target` opens the next recording of
//!   its endpoint: a connection is a recording, and so is an attempt that failed.
//! - A resolver that answers at once (`with_resolver`), unless the hosts are numeric, and a seed (`with_seed`).
//! - `wait` in place of `poll` where something depends on the clock between two recorded events: timers go off at their
//!   own time then, and not with the next event.
//! - Whatever else is random or takes the time is the program's own to replace. For WebSocket's keys and masks there is a
//!   normaliser, `boom_ws::replay`.
//!
//! Recordings made by one [`Recorder`](boom_stream::record::Recorder) have times of one clock. Another recorder, or that of
//! another machine, moves a recording against the others, by as much as the time of day was set in between.
//!
//! An endpoint that writes less than the recorded one, and has its writes verified, waits for answers that do not come. A
//! second later by the clock its connection fails, with [`ReplayError::Unwritten`].

mod clock;
mod selector;
mod socket;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use boom_stream::replay::{Pace, RecordingReader, ReplayBuilder, ReplayError, ReplayStream};

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
    /// By when they begin.
    recordings: Arc<[PathBuf]>,
    skipped: Arc<[PathBuf]>,
}

impl ReplaySession {
    /// A session whose clock starts so many nanoseconds after 1970.
    pub fn starting_at(unix_ns: u64) -> Self {
        Self {
            clock: ReplayClock::starting_at(unix_ns),
            recordings: Arc::default(),
            skipped: Arc::default(),
        }
    }

    /// A session that starts with the earliest of these recordings; in 1970 where there are none. None of them is opened
    /// by that.
    ///
    /// A file that ends before its header does, as one can whose recorder was killed, has nothing to play. It is
    /// [skipped](Self::skipped).
    ///
    /// # Errors
    ///
    /// One of them cannot be read or is no recording: [`ReplayError::File`] tells which.
    pub fn of<P: AsRef<Path>>(
        recordings: impl IntoIterator<Item = P>,
    ) -> Result<Self, ReplayError> {
        let (mut started, mut skipped) = (Vec::new(), Vec::new());
        for path in recordings {
            let path = path.as_ref();
            match RecordingReader::open(path) {
                Ok(reader) => started.push((reader.start_ns(), path.to_owned())),
                Err(ReplayError::Truncated { .. }) => skipped.push(path.to_owned()),
                Err(error) => return Err(in_file(path, error)),
            }
        }
        started.sort();
        let start_ns = started.first().map_or(0, |(start_ns, _)| *start_ns);
        Ok(Self {
            recordings: started.into_iter().map(|(_, path)| path).collect(),
            skipped: skipped.into(),
            ..Self::starting_at(start_ns)
        })
    }

    /// The recordings that the session was made of, by when they begin.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use boom_select::replay::ReplaySession;
    ///
    /// let session = ReplaySession::of(["eth.pcapng", "btc.pcapng"])?;
    /// for path in session.recordings() {
    ///     println!("{}", path.display());
    /// }
    /// for path in session.skipped() {
    ///     println!("{} has no whole header", path.display());
    /// }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn recordings(&self) -> &[PathBuf] {
        &self.recordings
    }

    /// The files of [`of`](Self::of) that have no whole header, and therefore nothing to play.
    pub fn skipped(&self) -> &[PathBuf] {
        &self.skipped
    }

    /// Opens a recording as the socket of an endpoint. What is written to it is ignored.
    ///
    /// It connects when the recording begins: a second connection of an endpoint can be opened as soon as the first has
    /// ended. A connect timeout has to have room for the time between the two.
    ///
    /// # Errors
    ///
    /// There is no such file, or it is no recording: [`ReplayError::File`] tells which.
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
        let path = recording.as_ref();
        let builder = choose(ReplayStream::builder()).pace(Pace::Fast);
        let opened = builder.open(path);
        let stream = opened.map_err(|error| in_file(path, error))?;
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

fn in_file(path: &Path, error: ReplayError) -> ReplayError {
    ReplayError::File {
        path: path.to_owned(),
        error: Box::new(error),
    }
}
