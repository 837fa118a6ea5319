//! What our replay finds in a recording.

use std::error::Error;
use std::path::Path;

use boom_stream::replay::{Direction, Recorded, RecordingReader, ReplayError};
use serde_json::{Value, json};

/// Reads the events up to the end, which a cut may have made.
pub(crate) fn read(file: &Path) -> Result<Value, Box<dyn Error>> {
    let mut reader = RecordingReader::open(file)?;
    let mut sides: [u64; 2] = [0; 2];
    let is_whole = loop {
        let event = match reader.next_event() {
            Ok(Some(event)) => event,
            Ok(None) => break true,
            Err(ReplayError::Truncated { .. }) => break false,
            Err(error) => return Err(error.into()),
        };
        if let Recorded::Bytes { bytes, .. } = event.what {
            let [inbound, outbound] = &mut sides;
            let side = match event.direction {
                Direction::Inbound => inbound,
                Direction::Outbound => outbound,
            };
            *side += bytes.len() as u64;
        }
    };
    let [inbound, outbound] = sides;
    Ok(json!({
        "bytes": { "inbound": inbound, "outbound": outbound },
        "is_whole": is_whole,
    }))
}
