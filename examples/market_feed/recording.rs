//! A folder of recordings, a file for each connection, with what was received on them beside.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use boomnet::prelude::*;
use boomnet::record::{RecordEvent, RecordStats, WhenFull};

use crate::summary::Summary;

/// The name of the file with the summary.
const SUMMARY: &str = "summary.txt";
/// By which a recorded run and its replay choose the delays of their reconnects.
pub(crate) const SEED: u64 = 0;

/// A folder that is being recorded.
#[derive(Debug)]
pub(crate) struct Recording {
    folder: PathBuf,
    recorder: Recorder,
}

impl Recording {
    pub(crate) fn begin(folder: &Path) -> io::Result<Self> {
        // Files of another run would be replayed with those of this one.
        if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
            let text = format!("{} is not empty", folder.display());
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, text));
        }
        // A trading program would rather lose a part of the recording than wait, and keep the default.
        let recorder = Recorder::builder(folder).when_full(WhenFull::Block);
        let recorder = recorder.on_event(|event| {
            if let RecordEvent::Failed { error, .. } = event {
                say!("the recording has failed: {}", Chain(*error));
            }
        });
        Ok(Self {
            folder: folder.to_owned(),
            recorder: recorder.build(),
        })
    }

    /// Records the connections of an instrument: `BTCUSDT.pcapng`, and `BTCUSDT-1.pcapng` for the next one.
    pub(crate) fn recorder(&self, symbol: &str) -> Recorder {
        self.recorder.named(symbol)
    }

    /// Adds the summary, and returns whether nothing is missing in the files.
    pub(crate) fn finish(&self, summary: &Summary) -> io::Result<bool> {
        let stats = self.recorder.stats();
        say!(
            "{} reads and writes in {} files, {} bytes: {}",
            stats.written_events,
            stats.files,
            stats.file_bytes,
            self.folder.display()
        );
        if let Some(faults) = faults(&stats) {
            say!("NOT all is recorded: {faults}");
        }
        say!("summary hash {}", summary.hash());
        let path = self.folder.join(SUMMARY);
        let written = fs::write(&path, summary.to_string());
        written.map_err(|error| in_file(&path, &error))?;
        Ok(stats.is_complete())
    }
}

/// What is missing in a recording, in words.
fn faults(stats: &RecordStats) -> Option<String> {
    (!stats.is_complete()).then(|| {
        let RecordStats {
            failures,
            lost_events,
            dropped_events,
            ..
        } = stats;
        let reason = stats.failure.map_or_else(String::new, |kind| format!(" ({kind})"));
        format!("{failures} recordings failed{reason}, {lost_events} reads and writes lost, {dropped_events} dropped")
    })
}

/// An error and what it comes from, in a line.
pub(crate) struct Chain<'a>(pub(crate) &'a (dyn Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

fn in_file(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// What was received when the folder was recorded.
pub(crate) fn summary(folder: &Path) -> io::Result<String> {
    let path = folder.join(SUMMARY);
    fs::read_to_string(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            let text = format!(
                "{} is not there: nothing was recorded, or the program that did was killed before its end",
                path.display()
            );
            io::Error::new(error.kind(), text)
        }
        _ => in_file(&path, &error),
    })
}

/// The files of a folder, in any order.
pub(crate) fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(|error| in_file(folder, &error))?;
    let paths = entries.map(|entry| Ok(entry?.path()));
    let mut paths = paths.collect::<io::Result<Vec<_>>>()?;
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "pcapng")
    });
    Ok(paths)
}

/// The files of each instrument, in the order in which they are given.
pub(crate) fn by_instrument(recordings: &[PathBuf]) -> BTreeMap<String, Vec<PathBuf>> {
    let mut instruments = BTreeMap::<String, Vec<_>>::new();
    for path in recordings {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        // What comes behind is the number of the connection.
        let symbol = name.split('-').next().unwrap_or_default().to_owned();
        instruments.entry(symbol).or_default().push(path.clone());
    }
    instruments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_belong_to_their_instrument_in_their_order() {
        let paths = ["f/B.pcapng", "f/A-1.pcapng", "f/A.pcapng", "f/A-10.pcapng"];
        let instruments = by_instrument(&paths.map(PathBuf::from));
        let names: Vec<_> = instruments.keys().collect();
        assert_eq!(names, ["A", "B"]);
        assert_eq!(instruments["A"], paths.map(PathBuf::from)[1..]);
    }

    #[test]
    fn a_folder_without_a_summary_says_which_file_is_missing() {
        let error = summary(Path::new("no such folder")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        let text = error.to_string();
        assert!(text.contains("summary.txt is not there"), "{text}");
    }

    #[test]
    fn what_is_missing_in_a_recording_is_said() {
        let mut stats = RecordStats::default();
        assert_eq!(faults(&stats), None);
        stats.failures = 1;
        stats.failure = Some(io::ErrorKind::StorageFull);
        stats.lost_events = 7;
        let expected = "1 recordings failed (no storage space), 7 reads and writes lost, 0 dropped";
        assert_eq!(faults(&stats).as_deref(), Some(expected));
    }
}
