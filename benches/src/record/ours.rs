//! boom-stream's recorder by its default configuration, with the system's clock and with a clock that costs nothing.

use std::cell::Cell;
use std::path::Path;
use std::rc::Rc;

use boom_stream::record::{RecordedStream, Recorder};
use boom_stream::{ConnectionInfo, TimeSource};

use super::memory_stream::Messages;
use super::{Reading, Reads};
use crate::harness::Result;

pub(super) fn with_system_clock(folder: &Path) -> Result<Box<dyn Reading>> {
    record(&Recorder::builder(folder).build())
}

/// As a program does that polls many streams and asks for the time before each round.
pub(super) fn with_time_of_the_round(folder: &Path) -> Result<Box<dyn Reading>> {
    let clock = RoundTime(Rc::new(Cell::new(1)));
    record(&Recorder::builder(folder).clock(clock).build())
}

fn record<C: TimeSource + Clone + 'static>(recorder: &Recorder<C>) -> Result<Box<dyn Reading>> {
    let info = ConnectionInfo::new("127.0.0.1", 80);
    let stream = recorder.record(Messages::new(), "bench", &info)?;
    Ok(Box::new(Reads::new(stream, settle)))
}

fn settle<C: TimeSource>(stream: &mut RecordedStream<Messages, C>) -> Result<()> {
    let stats = stream.flush_recording()?;
    match stats.is_complete() {
        true => Ok(()),
        false => Err(format!("{} reads were dropped", stats.dropped_events).into()),
    }
}

#[derive(Clone)]
struct RoundTime(Rc<Cell<u64>>);

impl TimeSource for RoundTime {
    fn now_ns(&self) -> u64 {
        self.0.get()
    }
}
