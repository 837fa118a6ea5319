//! Starts recordings.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{SystemTime, UNIX_EPOCH};

use super::format::{Header, host_line};
use super::packets::Conversation;
use super::queue::queue;
use super::stats::{Shared, Totals, lock};
use super::stream::RecordedStream;
use super::tap::Tap;
use super::writer::{State, Writer};
use super::{RecordError, RecordEvent, RecordStats, RecorderBuilder, WhenFailed};
use crate::{ConnectionInfo, Layer, MonotonicClock, Socket, TimeSource};

/// The dynamic ports (RFC 6335 §6), of which each recording takes the next as its own.
const FIRST_PORT: u16 = 49_152;
const PORTS: u64 = 16_384;
/// Wireshark takes what passes here for TLS, and for HTTP there.
const HTTPS_PORT: u16 = 443;
const HTTP_PORT: u16 = 80;

/// Makes recordings in a folder, all by the same rules.
///
/// Each has a queue of its own, and a thread that takes it to the file: it looks every millisecond while something comes,
/// ever more seldom while nothing does, down to 16 times a second.
///
/// # Examples
///
/// ```
/// use boom_stream::ConnectionInfo;
/// use boom_stream::record::{Recorder, SyncPolicy, WhenFull};
/// use std::io::{Cursor, Read};
///
/// # let folder = std::env::temp_dir().join(format!("boom-stream-doc-{}", std::process::id()));
/// let recorder = Recorder::builder(&folder)
///     .when_full(WhenFull::Block)
///     .rotate_bytes(1 << 30)
///     .sync(SyncPolicy::AtEnd)
///     .build();
/// let stream = Cursor::new(b"quotes".to_vec());
/// let mut stream = recorder.record(stream, "session", &ConnectionInfo::new("example.com", 4001))?;
/// stream.read(&mut [0; 64])?;
///
/// let (_stream, result) = stream.finish();
/// assert_eq!(result?.written_bytes, 6);
/// assert_eq!(recorder.stats().files, 1);
/// assert!(folder.join("session.pcapng").exists());
/// # std::fs::remove_dir_all(folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Recorder<C = MonotonicClock> {
    options: RecorderBuilder<C>,
    /// What the clock's time lacks to nanoseconds since 1970: of one recorder, so that its recordings can be put in order.
    offset_ns: u64,
    totals: Arc<Totals>,
}

impl Recorder {
    /// Begins the choices for recordings in `folder`, which is made when the first recording starts.
    pub fn builder(folder: impl Into<PathBuf>) -> RecorderBuilder {
        RecorderBuilder::new(folder.into())
    }
}

impl<C: TimeSource> Recorder<C> {
    pub(super) fn new(options: RecorderBuilder<C>) -> Self {
        Self {
            offset_ns: wall_clock_ns().wrapping_sub(options.clock.now_ns()),
            options,
            totals: Arc::default(),
        }
    }
}

impl<C: TimeSource + Clone> Recorder<C> {
    /// The same recorder, with this name for the recordings that are not named when they start. Both count in
    /// [`stats`](Self::stats) of either.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use boom_stream::record::{IntoRecordedStream, Recorder};
    /// use boom_stream::tcp::TcpStream;
    ///
    /// let recorder = Recorder::builder("recordings").build();
    /// for symbol in ["BTCUSDT", "ETHUSDT"] {
    ///     let stream = TcpStream::try_from(("127.0.0.1", 4001))?;
    ///     // recordings/BTCUSDT.pcapng, and BTCUSDT-1.pcapng for the next connection.
    ///     let stream = stream.into_recorded_stream_with(&recorder.named(symbol))?;
    /// #   drop(stream);
    /// }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn named(&self, name: impl Into<String>) -> Self {
        let mut named = self.clone();
        named.options.name = Some(name.into());
        named
    }

    /// Records any stream, which `info` tells the peer of, in `name.pcapng`. Whether it is above TLS is for
    /// [`RecorderBuilder::encrypted`] to say.
    ///
    /// Where the file or the thread cannot be made the stream goes on unrecorded, which an event, the statistics and
    /// [`recording_error`](RecordedStream::recording_error) tell of.
    ///
    /// # Errors
    ///
    /// The file or the thread cannot be made, and [`WhenFailed::Fail`] was chosen. The stream is dropped then.
    pub fn record<S>(
        &self,
        stream: S,
        name: &str,
        info: &ConnectionInfo,
    ) -> Result<RecordedStream<S, C>, RecordError> {
        let is_encrypted = self.options.is_encrypted;
        let tap = self.or_unrecorded(self.start(Some(name), info, is_encrypted))?;
        Ok(RecordedStream::new(stream, tap))
    }

    /// The sums over all recordings so far.
    ///
    /// What the queue of a living stream has dropped counts once its file states it, and what a living stream has read and
    /// written since its recording failed counts when the stream is gone: until then `lost_events` has only what was on
    /// its way to the file.
    pub fn stats(&self) -> RecordStats {
        *lock(&self.totals)
    }

    /// Records a stream that knows its peer. The recorder's name is taken where `name` is None.
    pub(super) fn record_layer<S: Layer<Base: Socket>>(
        &self,
        stream: S,
        name: Option<&str>,
    ) -> Result<RecordedStream<S, C>, RecordError> {
        let tap = self.or_unrecorded(self.start_layer(&stream, name))?;
        Ok(RecordedStream::new(stream, tap))
    }

    /// The same, where a recording that cannot start leaves the stream unrecorded whatever was chosen.
    pub(super) fn record_layer_if_possible<S: Layer<Base: Socket>>(
        &self,
        stream: S,
        name: Option<&str>,
    ) -> RecordedStream<S, C> {
        let started = self.start_layer(&stream, name);
        let tap = started.unwrap_or_else(|error| self.failed(error));
        RecordedStream::new(stream, tap)
    }

    fn or_unrecorded(&self, started: Result<Tap<C>, RecordError>) -> Result<Tap<C>, RecordError> {
        match (started, self.options.when_failed) {
            (Err(error), WhenFailed::GoOn) => Ok(self.failed(error)),
            (started, _) => started,
        }
    }

    fn start_layer<S: Layer<Base: Socket>>(
        &self,
        stream: &S,
        name: Option<&str>,
    ) -> Result<Tap<C>, RecordError> {
        let info = stream.base().connection_info();
        let is_encrypted = self.options.is_encrypted || stream.is_encrypted();
        self.start(name, info, is_encrypted)
    }

    pub(super) fn start(
        &self,
        name: Option<&str>,
        info: &ConnectionInfo,
        is_encrypted: bool,
    ) -> Result<Tap<C>, RecordError> {
        static STARTED: AtomicU64 = AtomicU64::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let options = &self.options;
        let start_ns = options.clock.now_ns().wrapping_add(self.offset_ns);
        let header = Header {
            host: host_line(info.host()),
            port: info.port(),
            is_encrypted,
            start_ns,
            id: recording_id(start_ns, number),
            part: 1,
            offsets: [0; 2],
        };
        let part = options.create(&options.file_name(name, info, start_ns), &header)?;
        let own_port = FIRST_PORT + (number % PORTS) as u16;
        let peer_port = match (options.packet_port, info.port()) {
            (Some(port), _) => port,
            (None, HTTPS_PORT) if is_encrypted => HTTP_PORT,
            (None, port) => port,
        };
        let (inlet, outlet) = queue(options.queue_bytes);
        let shared = Arc::new(Shared::new(Arc::clone(&self.totals)));
        let writer = Writer {
            outlet,
            shared: Arc::clone(&shared),
            files: Arc::clone(&options.files),
            path: part.path().to_owned(),
            conversation: Conversation::new(info.host(), own_port, peer_port),
            header,
            part,
            rotation: options.rotation,
            sync: options.sync,
            observer: options.observer.clone(),
            sleep: Arc::clone(&options.sleep),
            state: State::new(start_ns),
        };
        let path = writer.path.clone();
        let thread = spawn(writer).inspect_err(|_| {
            // That the file stays is no second error.
            let _ = options.files.remove(&path);
        })?;
        let clock = options.clock.clone();
        let (when_full, when_failed) = (options.when_full, options.when_failed);
        Ok(Tap::new(
            Some(inlet),
            clock,
            self.offset_ns,
            shared,
            when_full,
            when_failed,
            Some(thread),
        ))
    }

    fn failed(&self, error: RecordError) -> Tap<C> {
        let options = &self.options;
        let shared = Arc::new(Shared::new(Arc::clone(&self.totals)));
        shared.stop(error.clone(), 0);
        shared.update(|progress| progress.ended = true);
        if let Some(observer) = &options.observer {
            let path = error.path().unwrap_or(&options.folder);
            observer(&RecordEvent::Failed {
                path,
                error: &error,
            });
        }
        let (when_full, when_failed) = (options.when_full, options.when_failed);
        let clock = options.clock.clone();
        Tap::new(None, clock, 0, shared, when_full, when_failed, None)
    }
}

/// The recorder of a stream that is given none: in the current folder, by the defaults.
pub(super) fn default_recorder() -> Recorder {
    Recorder::builder(Path::new("")).build()
}

fn spawn(writer: Writer) -> Result<JoinHandle<()>, RecordError> {
    thread::Builder::new()
        .name("boom-record".to_owned())
        .spawn(move || writer.run())
        .map_err(|error| RecordError::Thread(Arc::new(error)))
}

/// 2^64 ns after 1970 is the year 2554. Zero where the clock stands before 1970.
fn wall_clock_ns() -> u64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
    since_1970.map_or(0, |duration| duration.as_nanos() as u64)
}

/// Differs between processes of a machine and between recordings of a process.
fn recording_id(start_ns: u64, number: u64) -> u64 {
    let process = u64::from(std::process::id());
    start_ns ^ process.rotate_left(40) ^ number.rotate_left(20)
}
