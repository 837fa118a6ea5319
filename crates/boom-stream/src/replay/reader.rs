//! A recording as a list of events.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::blocks::Frame;
use super::packet::{Mark, Segment};
use super::part::{Ending, Part, corrupt};
use super::source::Source;
use super::{Corruption, ReplayError};
use crate::ConnectionInfo;
use crate::record::format::Header;

/// The events of a recording in the order in which they happened, through all its files.
///
/// # Examples
///
/// ```no_run
/// use boom_stream::replay::{Recorded, RecordingReader};
///
/// let mut reader = RecordingReader::open("quotes.pcapng")?;
/// println!("{}", reader.connection_info());
/// while let Some(event) = reader.next_event()? {
///     if let Recorded::Bytes { bytes, .. } = event.what {
///         println!("{} {:?} {} bytes", event.time_ns, event.direction, bytes.len());
///     }
/// }
/// # Ok::<(), boom_stream::replay::ReplayError>(())
/// ```
pub struct RecordingReader {
    source: Source,
    part: Part,
    info: ConnectionInfo,
    /// By direction, what the next segment's sequence number is.
    next_sequence: [u32; 2],
    /// By direction, whether packets were dropped since its last segment.
    is_after_drop: [bool; 2],
    /// A segment of which the event that comes before it was told already.
    held: Option<(Segment, Frame)>,
    end: Option<Result<(), ReplayError>>,
}

/// Something that happened to the recorded stream.
///
/// # Examples
///
/// ```no_run
/// use boom_stream::replay::{Direction, RecordingReader};
///
/// let mut reader = RecordingReader::open("quotes.pcapng")?;
/// let first = reader.next_event()?;
/// assert!(first.is_some_and(|event| event.direction == Direction::Outbound));
/// # Ok::<(), boom_stream::replay::ReplayError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordedEvent<'a> {
    /// Nanoseconds since 1970.
    pub time_ns: u64,
    /// Which side of the stream.
    pub direction: Direction,
    /// What happened.
    pub what: Recorded<'a>,
}

/// What happened to one side of the recorded stream.
///
/// # Examples
///
/// ```
/// use boom_stream::replay::Recorded;
///
/// let whole_read = Recorded::Bytes { bytes: b"ping", is_last: true };
/// assert_ne!(whole_read, Recorded::Closed);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recorded<'a> {
    /// Bytes passed.
    Bytes {
        /// The bytes.
        bytes: &'a [u8],
        /// False if the next event of this side has more of the same read or write.
        is_last: bool,
    },
    /// A read found the end, or this side said that it sends no more.
    Closed,
    /// A read or write failed.
    Failed(io::ErrorKind),
    /// The recorder had no room for so many bytes.
    Missing(u64),
}

/// A side of a recorded stream.
///
/// # Examples
///
/// ```
/// use boom_stream::replay::Direction;
///
/// assert_ne!(Direction::Inbound, Direction::Outbound);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// What was read.
    Inbound,
    /// What was written.
    Outbound,
}

impl RecordingReader {
    /// Opens a recording by its first file; the others are looked for beside it. A later file can be opened as well, and
    /// begins in the middle then.
    ///
    /// # Errors
    ///
    /// There is no such file, or it is no recording.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, ReplayError> {
        let path = path.as_ref();
        let file = File::open(path)?;
        Self::new(Source::folder(path), Box::new(file))
    }

    /// Reads a recording of a single file from anywhere.
    ///
    /// # Errors
    ///
    /// It is no recording, or the reader fails.
    pub fn from_reader(reader: impl Read + Send + 'static) -> Result<Self, ReplayError> {
        Self::new(Source::Reader, Box::new(reader))
    }

    fn new(mut source: Source, reader: Box<dyn Read + Send>) -> Result<Self, ReplayError> {
        let part = Part::open(reader, 1)?;
        source.opened(part.header.part);
        // SYN takes the first number of each side.
        let next_sequence = part
            .header
            .offsets
            .map(|offset| (offset as u32).wrapping_add(1));
        Ok(Self {
            info: ConnectionInfo::new(part.header.host.clone(), part.header.port),
            next_sequence: match part.header.part {
                1 => [0; 2],
                _ => next_sequence,
            },
            is_after_drop: [false; 2],
            source,
            part,
            held: None,
            end: None,
        })
    }

    /// The recorded stream's host and port.
    pub const fn connection_info(&self) -> &ConnectionInfo {
        &self.info
    }

    /// Returns true if the recorded stream was above TLS.
    pub const fn is_encrypted(&self) -> bool {
        self.part.header.is_encrypted
    }

    /// When the recording began, in nanoseconds since 1970.
    pub const fn start_ns(&self) -> u64 {
        self.part.header.start_ns
    }

    /// The next event; none after the last one of a complete recording.
    ///
    /// # Errors
    ///
    /// The recording is corrupt or was cut here. Each later call says it again.
    pub fn next_event(&mut self) -> Result<Option<RecordedEvent<'_>>, ReplayError> {
        let Some((segment, frame)) = self.next_segment()? else {
            return Ok(None);
        };
        let expected = &mut self.next_sequence[segment.direction as usize];
        let missing = segment.sequence_number.wrapping_sub(*expected);
        let is_after_drop = std::mem::take(&mut self.is_after_drop[segment.direction as usize]);
        if is_after_drop && missing > 0 {
            *expected = segment.sequence_number;
            let event = RecordedEvent {
                time_ns: segment.time_ns,
                direction: segment.direction,
                what: Recorded::Missing(missing.into()),
            };
            self.held = Some((segment, frame));
            return Ok(Some(event));
        }
        if missing > 0 {
            return self.end_by(corrupt(frame, Corruption::Sequence));
        }
        let takes_a_number = matches!(segment.mark, Mark::Syn | Mark::Fin);
        let taken = segment.payload.len() as u32 + u32::from(takes_a_number);
        *expected = expected.wrapping_add(taken);
        let bytes = self.part.blocks.bytes(frame);
        let bytes = bytes.get(segment.payload).unwrap_or_default();
        let what = match segment.mark {
            Mark::Bytes(is_last) => Recorded::Bytes { bytes, is_last },
            Mark::Fin | Mark::Syn => Recorded::Closed,
            Mark::Reset(kind) => Recorded::Failed(kind),
        };
        Ok(Some(RecordedEvent {
            time_ns: segment.time_ns,
            direction: segment.direction,
            what,
        }))
    }

    /// The next segment that says something, out of this file or the next.
    fn next_segment(&mut self) -> Result<Option<(Segment, Frame)>, ReplayError> {
        if let Some((segment, frame)) = self.held.take()
            && !segment.is_bare()
        {
            return Ok(Some((segment, frame)));
        }
        if let Some(end) = &self.end {
            return end.clone().map(|()| None);
        }
        loop {
            match self.part.next_segment() {
                Ok(Some((segment, frame))) => {
                    if self.says_something(&segment) {
                        return Ok(Some((segment, frame)));
                    }
                }
                Ok(None) => {
                    if !self.next_part()? {
                        self.end = Some(Ok(()));
                        return Ok(None);
                    }
                }
                Err(error) => return self.end_by(error),
            }
        }
    }

    /// The opening segments and bare acknowledgements are there for Wireshark; one after a drop tells of that.
    fn says_something(&mut self, segment: &Segment) -> bool {
        if segment.is_after_drop {
            self.is_after_drop = [true; 2];
        }
        let is_after_drop = self.is_after_drop[segment.direction as usize];
        let next = &mut self.next_sequence[segment.direction as usize];
        match segment.mark {
            Mark::Syn => {
                *next = segment.sequence_number.wrapping_add(1);
                false
            }
            Mark::Bytes(_) if segment.is_bare() => {
                is_after_drop && segment.sequence_number != *next
            }
            _ => true,
        }
    }

    /// Goes on to the next file; false if this was the last.
    fn next_part(&mut self) -> Result<bool, ReplayError> {
        let truncated = self.part.blocks.truncated();
        match self.part.ending {
            Some(Ending::Finished) => return Ok(false),
            Some(Ending::Continued) => {}
            None => return self.end_by(truncated),
        }
        let Header { part, id, .. } = self.part.header;
        // A number behind which there is none was never given.
        let Some(number) = part.checked_add(1) else {
            return self.end_by(truncated);
        };
        let reader = match self.source.part(number) {
            Ok(Some(reader)) => reader,
            Ok(None) => {
                return self.end_by(ReplayError::Truncated {
                    part: number,
                    offset: 0,
                });
            }
            Err(error) => return self.end_by(error.into()),
        };
        let part = match Part::open(reader, number) {
            Ok(part) => part,
            Err(error) => return self.end_by(error),
        };
        if (part.header.id, part.header.part) != (id, number) {
            return self.end_by(ReplayError::ForeignPart { part: number });
        }
        self.part = part;
        Ok(true)
    }

    fn end_by<T>(&mut self, error: ReplayError) -> Result<T, ReplayError> {
        self.end = Some(Err(error.clone()));
        Err(error)
    }
}

impl fmt::Debug for RecordingReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordingReader")
            .field("source", &self.source)
            .field("info", &self.info)
            .field("end", &self.end)
            .finish_non_exhaustive()
    }
}
