//! What becomes of a recording whose disk fails.

use std::collections::HashMap;
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use super::file::{Files, Output};
use super::*;
use crate::replay::{RecordingReader, ReplayError, ReplayStream};
use crate::{ConnectionInfo, HalfClose};

/// Files in memory, which have so much room all together.
#[derive(Debug, Default)]
pub(super) struct Memory {
    files: Mutex<HashMap<PathBuf, Vec<u8>>>,
    room: Mutex<usize>,
    syncs: Mutex<usize>,
    /// How much of each file was there when it was synced last, and whether the folder was.
    synced: Mutex<HashMap<PathBuf, (usize, bool)>>,
    is_sync_broken: bool,
}

#[derive(Debug, Clone)]
struct Folder(Arc<Memory>);

struct File {
    memory: Arc<Memory>,
    path: PathBuf,
}

impl Memory {
    pub(super) fn syncs(&self) -> usize {
        *self.syncs.lock().unwrap()
    }
}

impl Files for Folder {
    fn create_new(&self, path: &Path) -> io::Result<Box<dyn Output>> {
        let mut files = self.0.files.lock().unwrap();
        if files.insert(path.to_owned(), Vec::new()).is_some() {
            return Err(ErrorKind::AlreadyExists.into());
        }
        let memory = Arc::clone(&self.0);
        let path = path.to_owned();
        Ok(Box::new(File { memory, path }))
    }

    fn exists(&self, path: &Path) -> bool {
        self.0.files.lock().unwrap().contains_key(path)
    }

    fn has_later_part(&self, first: &Path) -> io::Result<bool> {
        let files = self.0.files.lock().unwrap();
        let mut names = files.keys().filter_map(|path| path.file_name());
        Ok(names.any(|name| super::format::is_later_part(first, Path::new(name))))
    }

    fn sync_folder(&self, file: &Path) -> io::Result<()> {
        let mut synced = self.0.synced.lock().unwrap();
        synced.entry(file.to_owned()).or_default().1 = true;
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.0.files.lock().unwrap().remove(path);
        Ok(())
    }
}

impl Write for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut room = self.memory.room.lock().unwrap();
        let count = bytes.len().min(*room);
        if count == 0 {
            return Err(ErrorKind::StorageFull.into());
        }
        *room -= count;
        let mut files = self.memory.files.lock().unwrap();
        let file = files.get_mut(&self.path).unwrap();
        file.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Output for File {
    fn sync(&mut self) -> io::Result<()> {
        *self.memory.syncs.lock().unwrap() += 1;
        let len = self.memory.files.lock().unwrap()[&self.path].len();
        let mut synced = self.memory.synced.lock().unwrap();
        synced.entry(self.path.clone()).or_default().0 = len;
        match self.memory.is_sync_broken {
            true => Err(ErrorKind::Other.into()),
            false => Ok(()),
        }
    }
}

/// Always has a hundred bytes.
struct Hundred;

impl Read for Hundred {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        buffer[..100].fill(b'x');
        Ok(100)
    }
}

impl Write for Hundred {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl HalfClose for Hundred {
    fn close_write(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(super) fn memory(room: usize) -> Arc<Memory> {
    Arc::new(Memory {
        room: Mutex::new(room),
        ..Memory::default()
    })
}

pub(super) fn recorder(memory: &Arc<Memory>) -> RecorderBuilder {
    Recorder::builder("folder").files(Arc::new(Folder(Arc::clone(memory))))
}

fn record(recorder: &Recorder) -> RecordedStream<Hundred> {
    let info = ConnectionInfo::new("example.com", 1);
    recorder.record(Hundred, "name", &info).unwrap()
}

#[test]
fn a_full_disk_ends_the_recording_and_not_the_connection() {
    let memory = memory(2_000);
    let failures = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&failures);
    let recorder = recorder(&memory)
        .on_event(move |event| {
            if let RecordEvent::Failed { error, .. } = event {
                told.lock().unwrap().push(error.to_string());
            }
        })
        .build();
    let mut stream = record(&recorder);
    let mut reads = 0;
    while stream.flush_recording().is_ok() {
        assert_eq!(stream.read(&mut [0; 128]).unwrap(), 100);
        reads += 1;
    }
    for _ in 0..10 {
        assert_eq!(stream.read(&mut [0; 128]).unwrap(), 100);
    }
    let stats = stream.stats();
    assert_eq!(
        (stats.failures, stats.failure),
        (1, Some(ErrorKind::StorageFull))
    );
    assert!(!stats.is_complete());
    assert_eq!((stats.written_events, stats.lost_events), (reads - 1, 11));
    let (_, result) = stream.finish();
    let Err(RecordError::Write { path, source }) = result else {
        panic!("{result:?}")
    };
    assert_eq!(path, Path::new("folder/name.pcapng"));
    assert_eq!(source.kind(), ErrorKind::StorageFull);
    assert_eq!(
        *failures.lock().unwrap(),
        ["folder/name.pcapng cannot be written"]
    );
    assert_eq!(recorder.stats().lost_events, 11);

    // What there is of the file plays.
    let file = memory.files.lock().unwrap()[Path::new("folder/name.pcapng")].clone();
    assert_eq!(file.len(), 2_000);
    let mut replay = ReplayStream::builder()
        .from_reader(io::Cursor::new(file))
        .unwrap();
    let mut buffer = [0; 128];
    for _ in 1..reads {
        assert_eq!(replay.read(&mut buffer).unwrap(), 100);
    }
    let error = replay.read(&mut buffer).unwrap_err().downcast().unwrap();
    assert!(matches!(error, ReplayError::Truncated { .. }));
}

#[test]
fn a_full_disk_ends_the_connection_if_that_is_wanted() {
    let recorder = recorder(&memory(1_000))
        .when_failed(WhenFailed::Fail)
        .build();
    let mut stream = record(&recorder);
    while stream.flush_recording().is_ok() {
        assert_eq!(stream.read(&mut [0; 128]).unwrap(), 100);
    }
    for _ in 0..2 {
        let error = stream.read(&mut [0; 128]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StorageFull);
        let error = error.downcast().unwrap();
        assert!(matches!(error, RecordError::Write { .. }));
    }
    let calls = [
        stream.write(b"x").map(drop),
        stream.flush(),
        stream.close_write(),
    ];
    for result in calls {
        assert_eq!(result.unwrap_err().kind(), ErrorKind::StorageFull);
    }
}

#[test]
fn a_full_disk_does_not_block_who_waits_for_room() {
    let recorder = recorder(&memory(1_000))
        .when_full(WhenFull::Block)
        .queue_bytes(512)
        .build();
    let mut stream = record(&recorder);
    for _ in 0..1_000 {
        assert_eq!(stream.read(&mut [0; 128]).unwrap(), 100);
    }
    let (_, result) = stream.finish();
    result.unwrap_err();
    let stats = recorder.stats();
    assert!(stats.lost_events > 0);
    assert_eq!(stats.written_events + stats.lost_events, 1_000);
}

#[test]
fn a_later_file_that_exists_is_not_overwritten() {
    let memory = memory(usize::MAX);
    let part = PathBuf::from("folder/name.part2.pcapng");
    memory
        .files
        .lock()
        .unwrap()
        .insert(part.clone(), b"old".to_vec());
    let recorder = recorder(&memory).rotate_bytes(1_000).build();
    let stream = record(&recorder);
    drop(stream);
    let files = memory.files.lock().unwrap();
    assert!(files.contains_key(Path::new("folder/name-1.pcapng")));
    assert_eq!(files[&part], b"old");
}

#[test]
fn a_rotation_that_fails_ends_the_recording() {
    let memory = memory(usize::MAX);
    let recorder = recorder(&memory).rotate_bytes(1_000).build();
    let mut stream = record(&recorder);
    let part = PathBuf::from("folder/name.part2.pcapng");
    memory
        .files
        .lock()
        .unwrap()
        .insert(part.clone(), b"old".to_vec());
    while stream.flush_recording().is_ok() {
        assert_eq!(stream.read(&mut [0; 128]).unwrap(), 100);
    }
    let error = stream.recording_error();
    assert!(matches!(error, Some(RecordError::Exists { path }) if path == part));
}

#[test]
fn the_disk_is_asked_as_the_policy_says() {
    let run = |policy| {
        let memory = memory(usize::MAX);
        let recorder = recorder(&memory).sync(policy).build();
        let mut stream = record(&recorder);
        for _ in 0..3 {
            assert_eq!(stream.read(&mut [0; 128]).unwrap(), 100);
            stream.flush_recording().unwrap();
        }
        stream.finish().1.unwrap();
        let syncs = *memory.syncs.lock().unwrap();
        (syncs, recorder.stats().synced_events)
    };
    assert_eq!(run(SyncPolicy::Never), (0, 0));
    assert_eq!(run(SyncPolicy::AtEnd), (1, 3));
    let (syncs, events) = run(SyncPolicy::Every(Duration::ZERO));
    assert!(syncs >= 4, "{syncs}");
    assert_eq!(events, 3);
}

#[test]
fn a_sync_speaks_for_the_files_that_were_left() {
    let memory = memory(usize::MAX);
    let mut stream = record(&recorder(&memory).rotate_bytes(1).build());
    for _ in 0..3 {
        assert_eq!(stream.read(&mut [0; 128]).unwrap(), 100);
    }
    let stats = stream.sync_recording().unwrap();
    assert_eq!((stats.synced_events, stats.files), (3, 4));
    let files = memory.files.lock().unwrap();
    let synced = memory.synced.lock().unwrap();
    assert_eq!(files.len(), 4);
    for (path, bytes) in &*files {
        assert_eq!(synced[path], (bytes.len(), true), "{}", path.display());
    }
}

#[test]
fn an_interval_is_kept_while_the_queue_never_runs_empty() {
    const READS: u64 = 20_000;
    let (go_on, wait) = mpsc::channel::<()>();
    let wait = Mutex::new(wait);
    let memory = memory(usize::MAX);
    let recorder = recorder(&memory)
        .queue_bytes(4 << 20)
        .sync(SyncPolicy::Every(Duration::ZERO))
        .on_event(move |event| {
            if let RecordEvent::Started { .. } = event {
                let _ = wait.lock().unwrap().recv();
            }
        })
        .build();
    let mut stream = record(&recorder);
    for _ in 0..READS {
        assert_eq!(stream.read(&mut [0; 128]).unwrap(), 100);
    }
    // All of it is in the queue before the first of it is taken out.
    drop(go_on);
    assert_eq!(stream.finish().1.unwrap().synced_events, READS);
    let syncs = *memory.syncs.lock().unwrap();
    assert!(syncs > 10, "{syncs}");
}

#[test]
fn what_was_dropped_counts_though_the_recording_failed() {
    let recorder = recorder(&memory(2_000)).queue_bytes(256).build();
    let mut stream = record(&recorder);
    while stream.recording_error().is_none() {
        assert_eq!(stream.read(&mut [0; 128]).unwrap(), 100);
    }
    let dropped = stream.stats().dropped_events;
    stream.finish().1.unwrap_err();
    assert_eq!(recorder.stats().dropped_events, dropped);
    assert_eq!(recorder.stats().dropped_bytes, dropped * 100);
}

#[test]
fn a_disk_that_does_not_sync_is_a_failure() {
    let memory = Arc::new(Memory {
        room: Mutex::new(usize::MAX),
        is_sync_broken: true,
        ..Memory::default()
    });
    let mut stream = record(&recorder(&memory).build());
    stream.flush_recording().unwrap();
    let error = stream.sync_recording().unwrap_err();
    assert!(matches!(error, RecordError::Write { .. }));
}

#[test]
fn an_observer_that_panics_ends_the_recording_only() {
    let recorder = recorder(&memory(usize::MAX))
        .when_full(WhenFull::Block)
        .queue_bytes(300)
        .on_event(|_| panic!("on purpose"))
        .build();
    let mut stream = record(&recorder);
    for _ in 0..100 {
        assert_eq!(stream.read(&mut [0; 128]).unwrap(), 100);
    }
    let flushed = stream.flush_recording();
    assert!(matches!(flushed, Err(RecordError::WriterGone)));
    let (_, result) = stream.finish();
    assert!(matches!(result, Err(RecordError::WriterGone)));
}

#[test]
fn a_file_is_a_recording_from_its_first_moment() {
    let memory = memory(usize::MAX);
    let (found, finds) = mpsc::channel();
    let seen = Arc::clone(&memory);
    let recorder = recorder(&memory)
        .on_event(move |event| {
            if let RecordEvent::Started { path } = event {
                let file = seen.files.lock().unwrap()[*path].clone();
                found.send(file).unwrap();
            }
        })
        .rotate_bytes(1)
        .build();
    let mut stream = record(&recorder);
    assert_eq!(stream.read(&mut [0; 128]).unwrap(), 100);
    let stats = stream.finish().1.unwrap();
    let files: Vec<_> = finds.try_iter().collect();
    assert_eq!((stats.files, files.len()), (2, 2));
    for file in files {
        let mut replay = RecordingReader::from_reader(io::Cursor::new(file)).unwrap();
        assert_eq!(replay.connection_info().host(), "example.com");
        assert!(matches!(
            replay.next_event(),
            Err(ReplayError::Truncated { .. })
        ));
    }
    let files = memory.files.lock().unwrap();
    let bytes = files.values().map(Vec::len).sum::<usize>();
    assert_eq!(stats.file_bytes, bytes as u64);
}

#[test]
fn a_disk_without_room_for_a_header_has_no_file() {
    let memory = memory(100);
    let recorder = recorder(&memory).build();
    let mut stream = record(&recorder);
    assert!(matches!(
        stream.recording_error(),
        Some(RecordError::Create { source, .. }) if source.kind() == ErrorKind::StorageFull
    ));
    assert_eq!(stream.read(&mut [0; 128]).unwrap(), 100);
    assert!(memory.files.lock().unwrap().is_empty());
}
