//! The choices that a recorder offers, and the name they lead to.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::file::{Disk, Files, PartFile};
use super::format::Header;
use super::name::default_name;
use super::options::Rotation;
use super::recorder::Recorder;
use super::writer::{Observer, Sleep};
use super::{RecordError, RecordEvent, SyncPolicy, WhenExists, WhenFailed, WhenFull};
use crate::{ConnectionInfo, MonotonicClock, TimeSource};

const EXTENSION: &str = "pcapng";
const DEFAULT_QUEUE_BYTES: usize = 4 << 20;
/// How many names with a suffix are tried.
const MAX_SUFFIX: u32 = 100_000;

/// The choices of a [`Recorder`].
///
/// # Examples
///
/// ```
/// use boom_stream::record::Recorder;
/// use std::time::Duration;
///
/// let recorder = Recorder::builder("recordings")
///     .rotate_after(Duration::from_secs(3600))
///     .queue_bytes(16 << 20)
///     .build();
/// # drop(recorder);
/// ```
#[derive(Clone)]
pub struct RecorderBuilder<C = MonotonicClock> {
    pub(super) folder: PathBuf,
    pub(super) name: Option<String>,
    when_exists: WhenExists,
    pub(super) when_full: WhenFull,
    pub(super) when_failed: WhenFailed,
    pub(super) queue_bytes: usize,
    pub(super) rotation: Rotation,
    pub(super) sync: SyncPolicy,
    pub(super) packet_port: Option<u16>,
    pub(super) is_encrypted: bool,
    pub(super) observer: Option<Observer>,
    pub(super) files: Arc<dyn Files>,
    pub(super) sleep: Sleep,
    pub(super) clock: C,
}

impl RecorderBuilder {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            name: None,
            when_exists: WhenExists::default(),
            when_full: WhenFull::default(),
            when_failed: WhenFailed::default(),
            queue_bytes: DEFAULT_QUEUE_BYTES,
            rotation: Rotation::default(),
            sync: SyncPolicy::default(),
            packet_port: None,
            is_encrypted: false,
            observer: None,
            files: Arc::new(Disk),
            sleep: Arc::new(thread::park_timeout),
            clock: MonotonicClock::default(),
        }
    }
}

impl<C: TimeSource> RecorderBuilder<C> {
    /// Ends the choices. Here the clock is joined with the time of day, for all recordings of the recorder.
    pub fn build(self) -> Recorder<C> {
        Recorder::new(self)
    }
}

impl<C> RecorderBuilder<C> {
    /// Names the recordings that are not named when they start: those of
    /// [`into_recorded_stream_with`](crate::record::IntoRecordedStream::into_recorded_stream_with). Without it they are
    /// named after host, port and start. [`Recorder::named`] gives each connection its own.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Chooses what becomes of a recording whose file exists.
    #[must_use]
    pub const fn when_exists(mut self, when_exists: WhenExists) -> Self {
        self.when_exists = when_exists;
        self
    }

    /// Chooses what a full queue means.
    #[must_use]
    pub const fn when_full(mut self, when_full: WhenFull) -> Self {
        self.when_full = when_full;
        self
    }

    /// Chooses what a recording that cannot be written means.
    #[must_use]
    pub const fn when_failed(mut self, when_failed: WhenFailed) -> Self {
        self.when_failed = when_failed;
        self
    }

    /// Sets the size of the queue of each recording; 4 MiB without it, which are in memory from the start. Each read and
    /// write takes 16 bytes besides its own, and with [`WhenFull::Drop`] one that is longer than the queue never has room.
    ///
    /// The file is some milliseconds behind the stream, so the queue should hold what the fastest burst brings in 10 ms.
    /// After a pause it can be 64 ms behind, and no more than a quarter of the queue: then the thread that writes is woken
    /// out of its turn.
    #[must_use]
    pub const fn queue_bytes(mut self, bytes: usize) -> Self {
        self.queue_bytes = bytes;
        self
    }

    /// Goes on in a new file when one has so many bytes: `name.pcapng`, `name.part2.pcapng`, and so on.
    ///
    /// A file that is left is forced to the disk then, whatever the [`SyncPolicy`], so that
    /// [`sync_recording`](crate::record::RecordedStream::sync_recording) speaks for all files.
    #[must_use]
    pub const fn rotate_bytes(mut self, bytes: u64) -> Self {
        self.rotation.bytes = Some(bytes);
        self
    }

    /// Goes on in a new file when the last packet of one came so long after its first.
    #[must_use]
    pub const fn rotate_after(mut self, duration: Duration) -> Self {
        self.rotation.after = Some(duration);
        self
    }

    /// Chooses when files are forced to the disk.
    #[must_use]
    pub const fn sync(mut self, policy: SyncPolicy) -> Self {
        self.sync = policy;
        self
    }

    /// Sets the peer's port in the packets, by which Wireshark chooses the protocol.
    ///
    /// Without it that is the port of the connection, but 80 for 443 where the recorded stream is above TLS: Wireshark
    /// would look for TLS in the plaintext.
    #[must_use]
    pub const fn packet_port(mut self, port: u16) -> Self {
        self.packet_port = Some(port);
        self
    }

    /// Says that all streams are above TLS: the file tells so, its replay [`is_encrypted`](crate::Layer::is_encrypted), and
    /// the port of the packets is chosen accordingly.
    ///
    /// Of a stream that is given to [`Recorder::record`] that cannot be seen from outside. One that is a
    /// [`Layer`](crate::Layer) and says so itself needs this not, and `false` does not unsay it; where it does not say so,
    /// as one over a proxy that does the TLS, this says it for it.
    #[must_use]
    pub const fn encrypted(mut self, is_encrypted: bool) -> Self {
        self.is_encrypted = is_encrypted;
        self
    }

    /// Calls `observer` for each [`RecordEvent`], on the thread of the recording that it tells of; where a recording cannot
    /// start, on the one that wanted to start it.
    #[must_use]
    pub fn on_event(mut self, observer: impl Fn(&RecordEvent<'_>) + Send + Sync + 'static) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Takes the time from `clock`, of which the recordings get clones: from a simulation, or from a program that reads the
    /// system's clock once a round anyway.
    #[must_use]
    pub fn clock<D: TimeSource + Clone>(self, clock: D) -> RecorderBuilder<D> {
        RecorderBuilder {
            folder: self.folder,
            name: self.name,
            when_exists: self.when_exists,
            when_full: self.when_full,
            when_failed: self.when_failed,
            queue_bytes: self.queue_bytes,
            rotation: self.rotation,
            sync: self.sync,
            packet_port: self.packet_port,
            is_encrypted: self.is_encrypted,
            observer: self.observer,
            files: self.files,
            sleep: self.sleep,
            clock,
        }
    }

    #[cfg(test)]
    pub(super) fn files(mut self, files: Arc<dyn Files>) -> Self {
        self.files = files;
        self
    }

    #[cfg(test)]
    pub(super) fn sleep(mut self, sleep: impl Fn(Duration) + Send + Sync + 'static) -> Self {
        self.sleep = Arc::new(sleep);
        self
    }

    pub(super) fn file_name(
        &self,
        name: Option<&str>,
        info: &ConnectionInfo,
        start_ns: u64,
    ) -> String {
        match name.or(self.name.as_deref()) {
            Some(name) => name.to_owned(),
            None => default_name(info, start_ns),
        }
    }

    /// Begins the first file under the first name that is free.
    pub(super) fn create(&self, name: &str, header: &Header) -> Result<PartFile, RecordError> {
        let mut suffix = 0;
        loop {
            let file_name = match suffix {
                0 => format!("{name}.{EXTENSION}"),
                _ => format!("{name}-{suffix}.{EXTENSION}"),
            };
            let path = self.folder.join(file_name);
            let result = self.create_at(path, header);
            let is_taken = matches!(result, Err(RecordError::Exists { .. }));
            if !is_taken || self.when_exists == WhenExists::Error || suffix == MAX_SUFFIX {
                return result;
            }
            suffix += 1;
        }
    }

    fn create_at(&self, path: PathBuf, header: &Header) -> Result<PartFile, RecordError> {
        if self.rotation.is_on() && !self.files.exists(&path) && self.has_later_part(&path)? {
            return Err(RecordError::Exists { path });
        }
        PartFile::create(&*self.files, path, header, header.start_ns)
    }

    /// Returns true if files are left over from a recording whose first one was moved away.
    fn has_later_part(&self, path: &Path) -> Result<bool, RecordError> {
        let result = self.files.has_later_part(path);
        result.map_err(|error| RecordError::Create {
            path: path.to_owned(),
            source: Arc::new(error),
        })
    }
}

impl<C: fmt::Debug> fmt::Debug for RecorderBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecorderBuilder")
            .field("folder", &self.folder)
            .field("name", &self.name)
            .field("when_exists", &self.when_exists)
            .field("when_full", &self.when_full)
            .field("when_failed", &self.when_failed)
            .field("queue_bytes", &self.queue_bytes)
            .field("rotation", &self.rotation)
            .field("sync", &self.sync)
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}
