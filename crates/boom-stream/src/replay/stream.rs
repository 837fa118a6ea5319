//! The stream that plays a recording.

use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;

use super::builder::ReplayBuilder;
use super::inbox::{Inbox, What};
use super::schedule::Schedule;
use super::verify::{Verdict, Written};
use super::{Direction, Recorded, RecordingReader, ReplayError};
use crate::{ConnectionInfo, HalfClose, Layer, MonotonicClock, Socket, TimeSource};

/// What a write that is verified reads ahead at most, in memory, of what was read when it was recorded.
const MAX_AHEAD: usize = 16 << 20;

/// A recording in place of a socket.
///
/// Reads return what the recorded reads returned, with the same borders; a read into less room is continued by the next.
/// After the recorded end every read returns 0, after a recorded error that error. A recording that is complete and ends
/// without either returns 0, too: [`end`](Self::end) tells which it was. What is wrong with the file is a
/// [`ReplayError`] within the [`io::Error`].
///
/// # Examples
///
/// ```
/// use boom_stream::ConnectionInfo;
/// use boom_stream::record::Recorder;
/// use boom_stream::replay::{ReplayEnd, ReplayStream};
/// use std::io::{Cursor, Read};
///
/// # let folder = std::env::temp_dir().join(format!("boom-stream-doc-replay-{}", std::process::id()));
/// # let recorder = Recorder::builder(&folder).build();
/// # let info = ConnectionInfo::new("example.com", 4001);
/// # let mut stream = recorder.record(Cursor::new(b"quotes".to_vec()), "session", &info)?;
/// # stream.read(&mut [0; 64])?;
/// # drop(stream);
/// let mut stream = ReplayStream::open(folder.join("session.pcapng"))?;
/// let mut buffer = [0; 4];
/// assert_eq!(stream.read(&mut buffer)?, 4);
/// assert_eq!(stream.read(&mut buffer)?, 2);
/// assert_eq!(stream.read(&mut buffer)?, 0);
/// assert_eq!(stream.end(), Some(ReplayEnd::Finished));
/// # std::fs::remove_dir_all(folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ReplayStream<C = MonotonicClock> {
    reader: RecordingReader,
    info: ConnectionInfo,
    schedule: Schedule<C>,
    inbox: Inbox,
    written: Written,
    /// Bytes that the recorded program wrote, as far as the recording is read, and those that this one wrote.
    recorded_out: u64,
    written_out: u64,
    /// A read waits for the writes that were recorded before it.
    is_in_order: bool,
    /// What was to be written and is not waited for any more.
    unwritten: Option<ReplayError>,
    /// How the file ended.
    source_end: Option<Result<(), ReplayError>>,
    end: Option<ReplayEnd>,
    read_bytes: u64,
    missing_bytes: u64,
}

/// How the inbound side of a recording ended.
///
/// # Examples
///
/// ```
/// use boom_stream::replay::ReplayEnd;
///
/// assert_ne!(ReplayEnd::Closed, ReplayEnd::Finished);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReplayEnd {
    /// The peer ended the stream.
    Closed,
    /// The last read failed, with this.
    Failed(ErrorKind),
    /// The recorded program was done first.
    Finished,
    /// The file is cut or corrupt.
    Broken,
}

/// What a replay came to.
///
/// # Examples
///
/// ```no_run
/// use boom_stream::replay::ReplayStream;
///
/// let stream = ReplayStream::builder().verify().open("quotes.pcapng")?;
/// // Let the program run on it, and then:
/// let summary = stream.finish()?;
/// assert_eq!((summary.unread_bytes, summary.unwritten_bytes), (0, 0));
/// # Ok::<(), boom_stream::replay::ReplayError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReplaySummary {
    /// Bytes that were read.
    pub read_bytes: u64,
    /// Recorded bytes that were not.
    pub unread_bytes: u64,
    /// Bytes of either side that were not recorded, since the recorder's queue was full.
    pub missing_bytes: u64,
    /// Bytes that were written.
    pub written_bytes: u64,
    /// Bytes that were written and found equal to the recorded ones; of their normal form where there is one.
    pub verified_bytes: u64,
    /// Recorded bytes that were to be written and were not. Counted only where writes are verified.
    pub unwritten_bytes: u64,
}

impl ReplayStream {
    /// Plays a recording as fast as it is read. What is written is ignored.
    ///
    /// # Errors
    ///
    /// There is no such file, or it is no recording.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, ReplayError> {
        Self::builder().open(path)
    }

    /// Begins the choices.
    pub fn builder() -> ReplayBuilder {
        ReplayBuilder::new()
    }
}

impl<C: TimeSource> ReplayStream<C> {
    pub(super) fn new(
        reader: RecordingReader,
        schedule: Schedule<C>,
        written: Written,
        is_in_order: bool,
    ) -> Self {
        Self {
            info: reader.connection_info().clone(),
            reader,
            schedule,
            inbox: Inbox::default(),
            written,
            recorded_out: 0,
            written_out: 0,
            is_in_order,
            unwritten: None,
            source_end: None,
            end: None,
            read_bytes: 0,
            missing_bytes: 0,
        }
    }

    /// The recorded stream's host and port.
    pub const fn connection_info(&self) -> &ConnectionInfo {
        &self.info
    }

    /// When the recording began, in nanoseconds since 1970.
    pub const fn start_ns(&self) -> u64 {
        self.reader.start_ns()
    }

    /// The recorded time of what the next read returns, in nanoseconds since 1970; none at the end.
    ///
    /// Who plays several recordings moves the clock on to the earliest of these.
    pub fn next_event_ns(&mut self) -> Option<u64> {
        self.look_ahead();
        self.inbox.next().map(|arrival| arrival.time_ns)
    }

    /// Returns true if a read has something to say, be it the end.
    pub fn is_ready(&mut self) -> bool {
        self.look_ahead();
        self.end.is_some() || self.inbox.next().is_none() || self.is_next_due()
    }

    /// How many bytes must be written before the next read returns anything.
    pub fn awaited_bytes(&mut self) -> u64 {
        self.look_ahead();
        match self.inbox.next() {
            Some(arrival) if self.is_in_order => {
                arrival.after_written.saturating_sub(self.written_out)
            }
            _ => 0,
        }
    }

    /// Ends the replay where the next read waits for something to be written first: this read and every call after it
    /// fails with [`ReplayError::Unwritten`]. Returns true if it waits.
    ///
    /// Whoever plays a program that writes less than the recorded one waits for ever otherwise.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use boom_stream::replay::ReplayStream;
    ///
    /// let mut stream = ReplayStream::builder().verify().open("quotes.pcapng")?;
    /// // Let the program run on it until it is idle, and then:
    /// if stream.stop_waiting() {
    ///     println!("{:?}", stream.error());
    /// }
    /// # Ok::<(), boom_stream::replay::ReplayError>(())
    /// ```
    pub fn stop_waiting(&mut self) -> bool {
        let bytes = self.awaited_bytes();
        if bytes > 0 {
            self.unwritten = Some(ReplayError::Unwritten { bytes });
        }
        bytes > 0
    }

    /// How the inbound side ended, once a read has told of it.
    pub const fn end(&self) -> Option<ReplayEnd> {
        self.end
    }

    /// What is wrong with the file, or with what was written, once a read or write has failed by it.
    ///
    /// A layer above may hand on no more of an error than its kind; here it is whole.
    pub fn error(&self) -> Option<&ReplayError> {
        let of_reads = match (&self.end, &self.source_end) {
            (Some(ReplayEnd::Broken), Some(Err(error))) => Some(error),
            _ => None,
        };
        let of_reads = self.unwritten.as_ref().or(of_reads);
        match &self.written {
            Written::Verified(verifier) => verifier.failure().or(of_reads),
            _ => of_reads,
        }
    }

    /// Takes what was written since the last call, where that is collected.
    pub fn take_written(&mut self) -> Vec<u8> {
        match &mut self.written {
            Written::Collected(bytes) => std::mem::take(bytes),
            _ => Vec::new(),
        }
    }

    /// Reads the rest of the recording and says what the replay came to.
    ///
    /// # Errors
    ///
    /// The file is cut or corrupt, or something was written that was not recorded, or too little in the end.
    pub fn finish(mut self) -> Result<ReplaySummary, ReplayError> {
        if let Some(error) = self.unwritten {
            return Err(error);
        }
        let mut unread_bytes = self.inbox.discard();
        while self.pull() {
            unread_bytes += self.inbox.discard();
        }
        if let Some(Err(error)) = self.source_end {
            return Err(error);
        }
        let mut summary = ReplaySummary {
            read_bytes: self.read_bytes,
            unread_bytes,
            missing_bytes: self.missing_bytes,
            written_bytes: self.written_out,
            ..ReplaySummary::default()
        };
        if let Written::Verified(verifier) = &self.written {
            if let Some(failure) = verifier.failure() {
                return Err(failure.clone());
            }
            summary.verified_bytes = verifier.verified();
            summary.unwritten_bytes = verifier.unwritten();
        }
        Ok(summary)
    }

    /// Reads on until something is in the inbox or nothing can come any more.
    fn look_ahead(&mut self) {
        while self.inbox.next().is_none() && self.pull() {}
    }

    /// Takes one event out of the file. Returns false at its end.
    fn pull(&mut self) -> bool {
        if self.source_end.is_some() {
            return false;
        }
        match self.reader.next_event() {
            Ok(Some(event)) => {
                if let Recorded::Missing(bytes) = event.what {
                    self.missing_bytes += bytes;
                }
                match event.direction {
                    Direction::Inbound => self.inbox.add(&event, self.recorded_out),
                    Direction::Outbound => {
                        self.recorded_out += match (&mut self.written, event.what) {
                            (Written::Verified(verifier), what) => verifier.expect(what),
                            (_, Recorded::Bytes { bytes, .. }) => bytes.len() as u64,
                            _ => 0,
                        };
                    }
                }
            }
            Ok(None) => self.source_end = Some(Ok(())),
            Err(error) => self.source_end = Some(Err(error)),
        }
        self.source_end.is_none()
    }

    fn is_next_due(&self) -> bool {
        let Some(arrival) = self.inbox.next() else {
            return false;
        };
        let is_asked_for = !self.is_in_order || self.written_out >= arrival.after_written;
        is_asked_for && self.schedule.is_due(arrival.time_ns)
    }

    /// What a read returns when the inbound side has nothing more.
    fn read_end(&mut self) -> io::Result<usize> {
        if let Some(Err(error)) = &self.source_end {
            self.end = Some(ReplayEnd::Broken);
            return Err(error.clone().into());
        }
        match self.end {
            Some(ReplayEnd::Failed(kind)) => Err(kind.into()),
            _ => {
                self.end = Some(ReplayEnd::Finished);
                Ok(0)
            }
        }
    }

    fn check_waited(&self) -> io::Result<()> {
        match &self.unwritten {
            Some(error) => Err(error.clone().into()),
            None => Ok(()),
        }
    }

    /// Fills the buffer from one recorded read.
    fn read_bytes(&mut self, buffer: &mut [u8]) -> usize {
        let mut count = 0;
        while let Some(room) = buffer.get_mut(count..).filter(|room| !room.is_empty()) {
            let (taken, is_over) = self.inbox.take(room, &mut self.written);
            count += taken;
            if is_over {
                break;
            }
            // The pieces of a long read follow each other.
            self.look_ahead();
            if !self.inbox.is_bytes() {
                break;
            }
        }
        self.read_bytes += count as u64;
        count
    }

    fn verify(&mut self, bytes: &[u8]) -> io::Result<()> {
        // What failed then is not even looked at: no byte of it passed.
        while self.expects_nothing_yet() && self.pull() {}
        let Written::Verified(verifier) = &mut self.written else {
            return Ok(());
        };
        if verifier.failure().is_none()
            && !bytes.is_empty()
            && let Some(kind) = verifier.take_failed()
        {
            return Err(kind.into());
        }
        self.written_out += verifier.write(bytes);
        loop {
            let Written::Verified(verifier) = &mut self.written else {
                return Ok(());
            };
            let mut verdict = verifier.compare();
            if let Verdict::NotKnown = verdict {
                let offset = verifier.verified();
                verdict = match &self.source_end {
                    None if self.inbox.len() < MAX_AHEAD => Verdict::NotKnown,
                    None => verifier.exceed(ReplayError::Early { offset }),
                    Some(Ok(())) => verifier.exceed(ReplayError::Unrecorded { offset }),
                    Some(Err(error)) => return Err(error.clone().into()),
                };
            }
            match verdict {
                Verdict::Equal => return Ok(()),
                Verdict::Failed(kind) => return Err(kind.into()),
                Verdict::Different(error) => return Err(error.into()),
                Verdict::NotKnown => self.pull(),
            };
        }
    }

    fn expects_nothing_yet(&self) -> bool {
        match &self.written {
            Written::Verified(verifier) => verifier.is_exhausted() && self.inbox.len() < MAX_AHEAD,
            _ => false,
        }
    }
}

impl<C: TimeSource> Read for ReplayStream<C> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() || self.end == Some(ReplayEnd::Closed) {
            return Ok(0);
        }
        self.check_waited()?;
        self.look_ahead();
        let Some(arrival) = self.inbox.next() else {
            return self.read_end();
        };
        let what = arrival.what;
        if !self.is_next_due() {
            return Err(ErrorKind::WouldBlock.into());
        }
        self.end = None;
        match what {
            What::Bytes { .. } => Ok(self.read_bytes(buffer)),
            What::Closed => {
                self.inbox.skip();
                self.end = Some(ReplayEnd::Closed);
                Ok(0)
            }
            What::Failed(kind) => {
                self.inbox.skip();
                self.end = Some(ReplayEnd::Failed(kind));
                Err(kind.into())
            }
            What::Missing(bytes) => {
                self.inbox.skip();
                Err(ReplayError::Missing { bytes }.into())
            }
        }
    }
}

impl<C: TimeSource> Write for ReplayStream<C> {
    /// Takes everything, unless it is verified and wrong.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.check_waited()?;
        match &mut self.written {
            Written::Ignored => self.written_out += bytes.len() as u64,
            Written::Collected(written) => {
                written.extend_from_slice(bytes);
                self.written_out += bytes.len() as u64;
            }
            Written::Adapted(adapter) => {
                adapter.write(bytes);
                self.written_out += bytes.len() as u64;
            }
            Written::Verified(_) => self.verify(bytes)?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<C> Layer for ReplayStream<C> {
    type Base = Self;

    fn base(&self) -> &Self {
        self
    }

    fn base_mut(&mut self) -> &mut Self {
        self
    }

    /// True between the reads that a small buffer divides a recorded one into.
    fn has_buffered(&self) -> bool {
        self.inbox.is_begun
    }

    /// As the recorded stream answered, so that a protocol above writes what it wrote then.
    fn is_encrypted(&self) -> bool {
        self.reader.is_encrypted()
    }
}

impl<C> Socket for ReplayStream<C> {
    /// The recorded stream's host and port.
    fn connection_info(&self) -> &ConnectionInfo {
        &self.info
    }

    /// A recording begins with a connection that stands.
    fn connected(&mut self) -> io::Result<bool> {
        Ok(true)
    }
}

impl<C> HalfClose for ReplayStream<C> {
    /// Does nothing: what comes after does not depend on it.
    fn close_write(&mut self) -> io::Result<()> {
        Ok(())
    }
}
