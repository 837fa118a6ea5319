//! A file in the place of a connection.

use std::fs::File;
use std::io::{self, ErrorKind, IoSliceMut, Read, Write};
use std::mem;
use std::path::Path;

use crate::buffer::LimitExceeded;
use crate::{ConnectionInfo, HalfClose, Layer, Socket};

/// The bytes of a file as the peer's side of a connection, which ends where the file does.
///
/// For tests, and to fill in what was missed: what a peer once sent goes through the same code as what it sends now. The
/// file holds the bytes of the protocol that reads them, with nothing around them. They come as fast as they are read,
/// and as many at a time as fit: where the boundaries or the times of the reads matter, a recording is what to replay.
///
/// It is always connected and always readable. Writes are refused with `Unsupported` unless they are
/// [collected](Self::collect_writes) or [discarded](Self::discard_writes).
///
/// # Examples
///
/// ```
/// use boom_stream::file::FileStream;
/// use std::io::{Read, Write};
///
/// # let path = std::env::temp_dir().join(format!("boom-stream-doc-{}", std::process::id()));
/// std::fs::write(&path, "8=FIX.4.4\x01")?;
/// let mut stream = FileStream::open(&path)?.collect_writes(64);
/// let mut message = String::new();
/// stream.read_to_string(&mut message)?;
/// assert_eq!(message, "8=FIX.4.4\x01");
/// stream.write_all(b"answer")?;
/// assert_eq!(stream.take_written(), b"answer");
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct FileStream {
    file: File,
    connection_info: ConnectionInfo,
    /// A read has found the end of the file.
    has_ended: bool,
    writes: Writes,
}

#[derive(Debug)]
enum Writes {
    Refuse,
    Discard,
    Collect { written: Vec<u8>, limit: usize },
}

impl FileStream {
    /// Opens a file.
    ///
    /// # Errors
    ///
    /// The system's.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        File::open(path).map(Self::from)
    }

    /// Names the peer that the bytes are taken to come from; `localhost` and port 0 otherwise.
    pub fn with_connection_info(mut self, connection_info: impl Into<ConnectionInfo>) -> Self {
        self.connection_info = connection_info.into();
        self
    }

    /// Keeps up to `limit` bytes that are written. A write beyond is refused whole with `StorageFull`.
    pub fn collect_writes(mut self, limit: usize) -> Self {
        self.writes = Writes::Collect {
            written: Vec::new(),
            limit,
        };
        self
    }

    /// Takes all that is written and forgets it.
    pub fn discard_writes(mut self) -> Self {
        self.writes = Writes::Discard;
        self
    }

    /// What was written since it was last taken, where writes are collected.
    pub fn written(&self) -> &[u8] {
        match &self.writes {
            Writes::Collect { written, .. } => written,
            Writes::Refuse | Writes::Discard => &[],
        }
    }

    /// Gives away what was written, which makes room for more.
    pub fn take_written(&mut self) -> Vec<u8> {
        match &mut self.writes {
            Writes::Collect { written, .. } => mem::take(written),
            Writes::Refuse | Writes::Discard => Vec::new(),
        }
    }

    fn observe(&mut self, room: usize, result: io::Result<usize>) -> io::Result<usize> {
        self.has_ended |= room > 0 && matches!(result, Ok(0));
        result
    }
}

/// Reads from where the file stands.
impl From<File> for FileStream {
    fn from(file: File) -> Self {
        Self {
            file,
            connection_info: ConnectionInfo::new("localhost", 0),
            has_ended: false,
            writes: Writes::Refuse,
        }
    }
}

impl Read for FileStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let result = self.file.read(buffer);
        self.observe(buffer.len(), result)
    }

    fn read_vectored(&mut self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        let room = buffers.iter().map(|buffer| buffer.len()).sum();
        let result = self.file.read_vectored(buffers);
        self.observe(room, result)
    }
}

impl Write for FileStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.writes {
            Writes::Refuse => return Err(ErrorKind::Unsupported.into()),
            Writes::Discard => {}
            Writes::Collect { written, limit } => {
                let needed = written.len().saturating_add(bytes.len());
                if needed > *limit {
                    let limit = *limit;
                    let error = LimitExceeded { needed, limit };
                    return Err(io::Error::new(ErrorKind::StorageFull, error));
                }
                written.extend_from_slice(bytes);
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl HalfClose for FileStream {
    fn close_write(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Layer for FileStream {
    type Base = Self;

    fn base(&self) -> &Self {
        self
    }

    fn base_mut(&mut self) -> &mut Self {
        self
    }

    /// True up to the end of the file, which no selector could tell of.
    fn has_buffered(&self) -> bool {
        !self.has_ended
    }
}

impl Socket for FileStream {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.connection_info
    }

    fn connected(&mut self) -> io::Result<bool> {
        Ok(true)
    }
}
