//! What the venue writes down before it does it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

use crate::Result;
use crate::message::FRAME_BYTES;

/// One line of the journal.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Record {
    /// A connection is about to be answered; `first` is the number of the first message that it will be sent.
    Open {
        connection: u32,
        stream: u32,
        first: u64,
    },
    /// The connection is about to be given its bytes up to `to`, as a part of a burst.
    Write {
        connection: u32,
        to: u64,
        burst: u64,
    },
    /// The kernel took less than that.
    Short { connection: u32, to: u64 },
}

/// A page holds a whole number of records, so none is cut in two where the writer is killed in a write.
const RECORD_BYTES: usize = 32;

/// The journal as its writer sees it.
#[derive(Debug)]
pub(crate) struct Journal(File);

impl Journal {
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        File::create(path).map(Self)
    }

    /// Hands the record to the kernel, which keeps it whatever becomes of this process.
    pub(crate) fn append(&mut self, record: Record) -> io::Result<()> {
        let words = match record {
            Record::Open {
                connection,
                stream,
                first,
            } => [0, connection.into(), stream.into(), first],
            Record::Write {
                connection,
                to,
                burst,
            } => [1, connection.into(), to, burst],
            Record::Short { connection, to } => [2, connection.into(), to, 0],
        };
        let mut bytes = [0; RECORD_BYTES];
        for (place, word) in bytes.chunks_exact_mut(8).zip(words) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        self.0.write_all(&bytes)
    }
}

/// What is known of one connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent {
    pub(crate) stream: u32,
    pub(crate) first: u64,
    /// The bytes of messages that the kernel has taken.
    pub(crate) sure_bytes: u64,
    /// The same if the write that was begun last, of all of the process, was made.
    pub(crate) maybe_bytes: u64,
    /// The burst that it was last given a part of.
    pub(crate) burst: u64,
}

impl Sent {
    /// Messages of which all bytes were taken, at least and at most.
    pub(crate) const fn messages(&self) -> (u64, u64) {
        (
            self.sure_bytes / FRAME_BYTES,
            self.maybe_bytes / FRAME_BYTES,
        )
    }

    /// Whether a message was begun and not ended.
    pub(crate) const fn is_cut(&self) -> bool {
        !self.sure_bytes.is_multiple_of(FRAME_BYTES)
    }

    /// The number behind those of all messages that it was given any byte of.
    pub(crate) const fn next_number(&self) -> u64 {
        self.first + self.maybe_bytes.div_ceil(FRAME_BYTES)
    }
}

/// Reads the journal of a process that was killed, is stopped, or goes on.
pub(crate) fn read(path: &Path) -> Result<BTreeMap<u32, Sent>> {
    let mut connections: BTreeMap<u32, Sent> = BTreeMap::new();
    let mut file = BufReader::new(File::open(path)?);
    let mut bytes = [0; RECORD_BYTES];
    let mut begun = None;
    // Of a record that is not whole nothing has been done.
    while file.read_exact(&mut bytes).is_ok() {
        // The process was there to write on, so its last write was made.
        if let Some(sent) = begun.take().and_then(|begun| connections.get_mut(&begun)) {
            sent.sure_bytes = sent.maybe_bytes;
        }
        let [kind, connection, a, b] = words(&bytes);
        let connection = u32::try_from(connection)?;
        if kind == 0 {
            let sent = Sent {
                stream: u32::try_from(a)?,
                first: b,
                sure_bytes: 0,
                maybe_bytes: 0,
                burst: 0,
            };
            connections.insert(connection, sent);
            continue;
        }
        let sent = connections.get_mut(&connection);
        let sent = sent.ok_or("the journal writes to a connection that it has not opened")?;
        sent.maybe_bytes = a;
        if kind == 1 {
            sent.burst = b;
            begun = Some(connection);
        } else {
            sent.sure_bytes = a;
        }
    }
    Ok(connections)
}

fn words(bytes: &[u8; RECORD_BYTES]) -> [u64; 4] {
    let mut words = [0; 4];
    for (word, bytes) in words.iter_mut().zip(bytes.as_chunks().0) {
        *word = u64::from_le_bytes(*bytes);
    }
    words
}
