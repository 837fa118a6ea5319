//! What can go wrong with a recording.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A recording could not be made, or not in full. The connection is not touched by any of these.
///
/// # Examples
///
/// ```
/// use boom_stream::record::RecordError;
/// use std::io;
///
/// let error = RecordError::Incomplete { dropped: 3 };
/// assert_eq!(error.to_string(), "3 reads or writes are not in the recording, since its queue was full");
/// assert_eq!(io::Error::from(error).kind(), io::ErrorKind::Other);
/// ```
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The file is there already, and [`WhenExists::Error`](crate::record::WhenExists::Error) was chosen.
    #[error("{} exists", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The file could not be made.
    #[error("{} cannot be made", path.display())]
    Create {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Arc<io::Error>,
    },
    /// The file could not be written; the recording ended there.
    #[error("{} cannot be written", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Arc<io::Error>,
    },
    /// The thread that writes could not be started.
    #[error("the thread that writes the recording cannot be started")]
    Thread(#[source] Arc<io::Error>),
    /// The thread that writes ended before its time.
    #[error("the thread that writes the recording has ended")]
    WriterGone,
    /// The file is whole but for what was dropped, which it states.
    #[error("{dropped} reads or writes are not in the recording, since its queue was full")]
    Incomplete {
        /// How many reads and writes.
        dropped: u64,
    },
}

impl RecordError {
    /// The file that it is about.
    pub(super) fn path(&self) -> Option<&Path> {
        match self {
            Self::Exists { path } | Self::Create { path, .. } | Self::Write { path, .. } => {
                Some(path)
            }
            Self::Thread(_) | Self::WriterGone | Self::Incomplete { .. } => None,
        }
    }
}

impl From<RecordError> for io::Error {
    fn from(error: RecordError) -> Self {
        let kind = match &error {
            RecordError::Exists { .. } => io::ErrorKind::AlreadyExists,
            RecordError::Create { source, .. } | RecordError::Write { source, .. } => source.kind(),
            // The system's "try again later" is `WouldBlock`, which a stream's user takes for something else.
            RecordError::Thread(_) => io::ErrorKind::OutOfMemory,
            RecordError::WriterGone => io::ErrorKind::BrokenPipe,
            RecordError::Incomplete { .. } => io::ErrorKind::Other,
        };
        Self::new(kind, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_cannot_start_is_not_taken_for_something_to_come() {
        let source = Arc::new(io::ErrorKind::WouldBlock.into());
        let error = io::Error::from(RecordError::Thread(source));
        assert_eq!(error.kind(), io::ErrorKind::OutOfMemory);
    }
}
