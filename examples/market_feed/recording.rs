//! A folder of recordings, a file for each connection, with what was received on them beside.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use boomnet::prelude::*;
use boomnet::record::WhenFull;
use boomnet::replay::RecordingReader;

use crate::summary::Summary;

/// The name of the file with the summary.
const SUMMARY: &str = "summary.txt";

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
        say!("summary hash {}", summary.hash());
        fs::write(self.folder.join(SUMMARY), summary.to_string())?;
        Ok(stats.is_complete())
    }
}

/// What was received when the folder was recorded.
pub(crate) fn summary(folder: &Path) -> io::Result<String> {
    fs::read_to_string(folder.join(SUMMARY))
}

/// The files of each instrument, by when they begin.
pub(crate) fn files(folder: &Path) -> io::Result<BTreeMap<String, Vec<PathBuf>>> {
    let mut recordings = BTreeMap::<String, Vec<_>>::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let Some(name) = name.strip_suffix(".pcapng") else {
            continue;
        };
        // What comes behind is the number of the connection.
        let symbol = name.split('-').next().unwrap_or(name).to_owned();
        let start_ns = RecordingReader::open(&path)?.start_ns();
        recordings.entry(symbol).or_default().push((start_ns, path));
    }
    let in_order = |mut files: Vec<(u64, PathBuf)>| {
        files.sort();
        files.into_iter().map(|(_, path)| path).collect()
    };
    let recordings = recordings.into_iter();
    Ok(recordings
        .map(|(symbol, files)| (symbol, in_order(files)))
        .collect())
}
