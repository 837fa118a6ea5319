//! What the tests of recordings share.
#![allow(dead_code, reason = "each test uses some of it")]

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use boom_stream::replay::{Direction, Recorded, RecordingReader, ReplayError};

/// An empty folder of this name.
pub(crate) fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(env!("CARGO_CRATE_NAME"))
        .join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

/// An event with the pieces of long reads and writes joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Bytes(Vec<u8>),
    Closed,
    Failed(ErrorKind),
    Missing(u64),
}

impl Event {
    pub(crate) fn bytes(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

/// How a recording ends.
pub(crate) type End = Result<(), ReplayError>;

/// All events up to the end, with their times, and how they ended.
pub(crate) fn read_all(reader: &mut RecordingReader) -> (Vec<(u64, Direction, Event)>, End) {
    let mut events = Vec::new();
    let mut piece = Vec::new();
    loop {
        let event = match reader.next_event() {
            Ok(Some(event)) => event,
            Ok(None) => return (events, Ok(())),
            Err(error) => return (events, Err(error)),
        };
        let what = match event.what {
            Recorded::Bytes { bytes, is_last } => {
                piece.extend_from_slice(bytes);
                if !is_last {
                    continue;
                }
                Event::Bytes(std::mem::take(&mut piece))
            }
            Recorded::Closed => Event::Closed,
            Recorded::Failed(kind) => Event::Failed(kind),
            Recorded::Missing(bytes) => Event::Missing(bytes),
            other => panic!("{other:?}"),
        };
        events.push((event.time_ns, event.direction, what));
    }
}

/// The same without times, from a file.
pub(crate) fn events(path: &Path) -> (Vec<(Direction, Event)>, End) {
    let mut reader = match RecordingReader::open(path) {
        Ok(reader) => reader,
        Err(error) => return (Vec::new(), Err(error)),
    };
    let (events, end) = read_all(&mut reader);
    let events = events
        .into_iter()
        .map(|(_, side, what)| (side, what))
        .collect();
    (events, end)
}
