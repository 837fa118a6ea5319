//! The published crate of the same name: three files, each flushed at each read, on the thread that reads.

use std::path::Path;

use rival::stream::record::{RecordedStream, Recorder};

use super::memory_stream::Messages;
use super::{Reading, Reads};
use crate::harness::Result;

pub(super) fn recorded(folder: &Path) -> Result<Box<dyn Reading>> {
    let name = folder.join("bench");
    let recorder = Recorder::new(name.to_string_lossy())?;
    let stream = RecordedStream::new(Messages::new(), recorder);
    Ok(Box::new(Reads::new(stream, |_| Ok(()))))
}
