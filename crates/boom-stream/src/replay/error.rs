//! Why a recording cannot be played, or not to its end.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// A recording cannot be played, or the program that plays it differs from the recorded one.
///
/// Reads and writes return it within an [`io::Error`], from which it can be taken by `downcast_ref`. Except for
/// [`Missing`](Self::Missing) each later call says it again.
///
/// # Examples
///
/// ```
/// use boom_stream::replay::{RecordingReader, ReplayError};
///
/// let error = RecordingReader::from_reader(&b"GIF89a, and so on"[..]).unwrap_err();
/// assert!(matches!(error, ReplayError::NotPcapng));
/// ```
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// The file cannot be read.
    #[error("the recording cannot be read")]
    Io(#[source] Arc<io::Error>),
    /// It is no pcapng file.
    #[error("this is no pcapng file")]
    NotPcapng,
    /// It is a pcapng file, and no recording of this software.
    #[error("this pcapng file is no recording of boomnet")]
    Foreign,
    /// It is a recording of a version that this one does not know.
    #[error("the recording has version {version} of the format, which is not known")]
    Version {
        /// The version.
        version: u32,
    },
    /// A later file of a recording belongs to another one, or comes out of order.
    #[error("part {part} of the recording belongs to another one")]
    ForeignPart {
        /// Which file, counted from 1.
        part: u32,
    },
    /// The file breaks a rule.
    #[error("the recording is corrupt in the block at byte {offset}: {what}")]
    Corrupt {
        /// Where the block begins in its file.
        offset: u64,
        /// The rule.
        what: Corruption,
    },
    /// The file was cut, or the one that follows is not there. All that comes before is right.
    #[error("the recording was cut at byte {offset} of part {part}")]
    Truncated {
        /// Which file, counted from 1.
        part: u32,
        /// Where the last whole block of the file ends; 0 where the file is empty or missing.
        offset: u64,
    },
    /// The recorder's queue was full, and bytes that were read are missing here. The next read goes on behind them.
    #[error("{bytes} bytes were not recorded here")]
    Missing {
        /// How many.
        bytes: u64,
    },
    /// The program writes something else than the recorded one.
    #[error("byte {offset} is {written:#04x}, and {recorded:#04x} was recorded")]
    Differs {
        /// Where in all that is written, after normalisation.
        offset: u64,
        /// What was written then.
        recorded: u8,
        /// What is written now.
        written: u8,
    },
    /// The program writes what was recorded, if at all, behind so many reads that were not replayed yet that the recording
    /// is not read ahead so far: see [`ReplayBuilder::verify`](crate::replay::ReplayBuilder::verify).
    #[error("byte {offset} is written too early, or was not recorded")]
    Early {
        /// Where in all that is written, after normalisation.
        offset: u64,
    },
    /// The program writes more than the recorded one.
    #[error("byte {offset} is written, and nothing was recorded there")]
    Unrecorded {
        /// Where in all that is written, after normalisation.
        offset: u64,
    },
    /// The program writes less than the recorded one, and whoever plays the recording has
    /// [stopped waiting](crate::replay::ReplayStream::stop_waiting) for it.
    #[error("{bytes} bytes recorded before this were not written")]
    Unwritten {
        /// How many, after normalisation.
        bytes: u64,
    },
    /// One of several recordings cannot be opened.
    #[error("{}: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: Box<Self>,
    },
}

/// The rule that a corrupt file breaks.
///
/// # Examples
///
/// ```
/// use boom_stream::replay::Corruption;
///
/// assert_eq!(Corruption::Checksum.to_string(), "a checksum is wrong");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Corruption {
    /// A block's length is too small, too large, or differs between its two places.
    #[error("its length is wrong")]
    Length,
    /// A block's contents are malformed.
    #[error("it is malformed")]
    Block,
    /// There is a second section, or a second interface.
    #[error("it begins something else")]
    Second,
    /// The interface's description lacks something or is no Ethernet in nanoseconds.
    #[error("the interface is not described as a recording's")]
    Interface,
    /// A packet is no TCP segment of the connection.
    #[error("its packet is no segment of the connection")]
    Packet,
    /// A checksum is wrong.
    #[error("a checksum is wrong")]
    Checksum,
    /// A packet has no direction.
    #[error("its direction is not told")]
    Direction,
    /// A segment does not follow the one before, and nothing was dropped.
    #[error("its sequence number is wrong")]
    Sequence,
}

impl From<ReplayError> for io::Error {
    fn from(error: ReplayError) -> Self {
        Self::new(error.kind(), error)
    }
}

impl ReplayError {
    fn kind(&self) -> io::ErrorKind {
        match self {
            Self::Io(source) => source.kind(),
            Self::Truncated { .. } => io::ErrorKind::UnexpectedEof,
            Self::File { error, .. } => error.kind(),
            _ => io::ErrorKind::InvalidData,
        }
    }
}

impl From<io::Error> for ReplayError {
    fn from(error: io::Error) -> Self {
        Self::Io(Arc::new(error))
    }
}
