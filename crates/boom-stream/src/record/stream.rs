//! The stream that is recorded.

use std::io::{self, IoSlice, IoSliceMut, Read, Write};

use super::queue::Direction;
use super::recorder::{Recorder, default_recorder};
use super::tap::Tap;
use super::{RecordError, RecordStats};
use crate::{HalfClose, Layer, MonotonicClock, Phase, Socket, TimeSource};

/// A stream that records what is read from it and written to it.
///
/// Dropping it drops the stream below and then waits until the recording is complete; [`finish`](Self::finish) also
/// says whether it is. `flush` is that of the stream below: it does not wait for the recording.
///
/// # Examples
///
/// ```
/// use boom_stream::ConnectionInfo;
/// use boom_stream::record::Recorder;
/// use boom_stream::replay::ReplayStream;
/// use std::io::{Cursor, Read};
///
/// # let folder = std::env::temp_dir().join(format!("boom-stream-doc-stream-{}", std::process::id()));
/// let recorder = Recorder::builder(&folder).build();
/// let stream = Cursor::new(b"bid 1 ask 2".to_vec());
/// let mut stream = recorder.record(stream, "quotes", &ConnectionInfo::new("example.com", 4001))?;
/// let mut quotes = Vec::new();
/// stream.read_to_end(&mut quotes)?;
/// stream.flush_recording()?;
/// assert_eq!(stream.stats().written_bytes, 11);
/// drop(stream);
///
/// let mut again = Vec::new();
/// ReplayStream::open(folder.join("quotes.pcapng"))?.read_to_end(&mut again)?;
/// assert_eq!(again, quotes);
/// # std::fs::remove_dir_all(folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct RecordedStream<S, C = MonotonicClock> {
    // In this order: the connection is not kept open while the file is waited for.
    stream: S,
    tap: Tap<C>,
}

impl<S, C: TimeSource> RecordedStream<S, C> {
    pub(super) const fn new(stream: S, tap: Tap<C>) -> Self {
        Self { stream, tap }
    }

    /// Lends the stream below.
    pub const fn get_ref(&self) -> &S {
        &self.stream
    }

    /// Lends the stream below. What is read from it or written to it directly is not recorded.
    pub const fn get_mut(&mut self) -> &mut S {
        &mut self.stream
    }

    /// Tells how far the recording is and what it lacks.
    pub fn stats(&self) -> RecordStats {
        self.tap.stats()
    }

    /// What ended the recording before the stream, if anything did.
    pub fn recording_error(&self) -> Option<RecordError> {
        self.tap.error()
    }

    /// Waits until all that passed so far is in the file.
    ///
    /// # Errors
    ///
    /// The recording has failed.
    pub fn flush_recording(&mut self) -> Result<RecordStats, RecordError> {
        self.tap.flush(false)
    }

    /// Waits until all that passed so far is on the disk (`fsync`).
    ///
    /// # Errors
    ///
    /// The recording has failed.
    pub fn sync_recording(&mut self) -> Result<RecordStats, RecordError> {
        self.tap.flush(true)
    }

    /// Ends the recording and waits for it. The stream below goes on.
    ///
    /// # Errors
    ///
    /// With the stream comes whether all that passed reached the file: the recording has failed, or its queue had no room
    /// for everything.
    pub fn finish(self) -> (S, Result<RecordStats, RecordError>) {
        let Self { stream, mut tap } = self;
        let result = tap.finish();
        (stream, result)
    }
}

impl<S: Read, C: TimeSource> Read for RecordedStream<S, C> {
    #[inline]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.tap.check()?;
        match self.stream.read(buffer) {
            Ok(count) if count > 0 => {
                let bytes = buffer.get(..count).unwrap_or(buffer);
                self.tap.bytes(Direction::Inbound, bytes);
                Ok(count)
            }
            // A read into no room says nothing of the peer.
            Ok(_) if buffer.is_empty() => Ok(0),
            result => self.tap.nothing(Direction::Inbound, result),
        }
    }

    fn read_vectored(&mut self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        self.tap.check()?;
        match self.stream.read_vectored(buffers) {
            Ok(count) if count > 0 => {
                self.tap.pieces(Direction::Inbound, buffers, count);
                Ok(count)
            }
            Ok(_) if buffers.iter().all(|buffer| buffer.is_empty()) => Ok(0),
            result => self.tap.nothing(Direction::Inbound, result),
        }
    }
}

impl<S: Write, C: TimeSource> Write for RecordedStream<S, C> {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.tap.check()?;
        match self.stream.write(bytes) {
            Ok(count) if count > 0 => {
                let bytes = bytes.get(..count).unwrap_or(bytes);
                self.tap.bytes(Direction::Outbound, bytes);
                Ok(count)
            }
            result => self.tap.nothing(Direction::Outbound, result),
        }
    }

    fn write_vectored(&mut self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        self.tap.check()?;
        match self.stream.write_vectored(buffers) {
            Ok(count) if count > 0 => {
                self.tap.pieces(Direction::Outbound, buffers, count);
                Ok(count)
            }
            result => self.tap.nothing(Direction::Outbound, result),
        }
    }

    /// Flushes the stream below. [`flush_recording`](Self::flush_recording) is for the file.
    #[inline]
    fn flush(&mut self) -> io::Result<()> {
        self.tap.check()?;
        let result = self.stream.flush();
        self.tap.done(Direction::Outbound, &result);
        result
    }
}

impl<S: Layer, C> Layer for RecordedStream<S, C> {
    type Base = S::Base;

    fn base(&self) -> &S::Base {
        self.stream.base()
    }

    fn base_mut(&mut self) -> &mut S::Base {
        self.stream.base_mut()
    }

    fn has_buffered(&self) -> bool {
        self.stream.has_buffered()
    }

    fn wants_write(&self) -> bool {
        self.stream.wants_write()
    }

    fn is_encrypted(&self) -> bool {
        self.stream.is_encrypted()
    }

    fn phase(&self) -> Phase {
        self.stream.phase()
    }

    fn poll_timeout(&self) -> Option<u64> {
        self.stream.poll_timeout()
    }

    fn handle_timeout(&mut self, now_ns: u64) -> io::Result<()> {
        self.stream.handle_timeout(now_ns)
    }

    fn poll_close(&mut self) -> io::Result<bool> {
        self.stream.poll_close()
    }
}

impl<S: HalfClose, C: TimeSource> HalfClose for RecordedStream<S, C> {
    fn close_write(&mut self) -> io::Result<()> {
        self.tap.check()?;
        let result = self.stream.close_write();
        match &result {
            Ok(()) => self.tap.closed(),
            result => self.tap.done(Direction::Outbound, result),
        }
        result
    }
}

/// Records a stream that knows its peer.
///
/// A stream whose recording cannot start goes on without, and [`recording_error`](RecordedStream::recording_error) says
/// why, unless a [`Recorder`] was told otherwise.
///
/// # Examples
///
/// ```no_run
/// use boom_stream::record::{IntoRecordedStream, Recorder};
/// use boom_stream::tcp::TcpStream;
/// use std::time::Duration;
///
/// let recorder = Recorder::builder("recordings").rotate_after(Duration::from_secs(3600)).build();
/// // recordings/127.0.0.1_4001_20240131T235959.123456789Z.pcapng
/// let stream = TcpStream::try_from(("127.0.0.1", 4001))?.into_recorded_stream_with(&recorder)?;
/// # drop(stream);
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait IntoRecordedStream: Layer<Base: Socket> + Sized {
    /// Records in `name.pcapng`, which stands in the current folder unless the name says otherwise, and has a suffix if
    /// that exists.
    fn into_recorded_stream(self, name: impl AsRef<str>) -> RecordedStream<Self> {
        default_recorder().record_layer_if_possible(self, Some(name.as_ref()))
    }

    /// Records in a file of the current folder that is named after host, port and start.
    fn into_default_recorded_stream(self) -> RecordedStream<Self> {
        default_recorder().record_layer_if_possible(self, None)
    }

    /// Records by the rules of `recorder`, in a file that is named after [`Recorder::named`] or
    /// [`RecorderBuilder::name`](crate::record::RecorderBuilder::name), and without these after host, port and start. As
    /// ever it has a suffix if that exists.
    ///
    /// Where the file or the thread cannot be made the stream goes on unrecorded, which an event, the statistics and
    /// [`recording_error`](RecordedStream::recording_error) tell of.
    ///
    /// # Errors
    ///
    /// The file or the thread cannot be made, and [`WhenFailed::Fail`](crate::record::WhenFailed::Fail) was chosen. The
    /// stream is closed then.
    fn into_recorded_stream_with<C: TimeSource + Clone>(
        self,
        recorder: &Recorder<C>,
    ) -> Result<RecordedStream<Self, C>, RecordError> {
        recorder.record_layer(self, None)
    }
}

impl<S: Layer<Base: Socket>> IntoRecordedStream for S {}
