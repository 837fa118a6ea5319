//! What a recording lacks is told where it lacks it, and an end or an error is told though the queue is full.
#![cfg(feature = "record")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod recordings;

use std::io::{self, ErrorKind, IoSliceMut, Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use boom_stream::ConnectionInfo;
use boom_stream::record::{RecordError, RecordEvent, Recorder, WhenFull};
use boom_stream::replay::Direction::{Inbound, Outbound};
use boom_stream::replay::ReplayStream;
use boom_testkit::stream::ScriptedStream;

use recordings::{Event, events, folder};

/// Longer than the queue, so that it has no room however fast the file is written.
const LONG: [u8; 2000] = [0; 2000];

fn recorder(folder: &Path) -> Recorder {
    Recorder::builder(folder)
        .when_full(WhenFull::Drop)
        .queue_bytes(1024)
        .build()
}

fn info() -> ConnectionInfo {
    ConnectionInfo::new("example.com", 4001)
}

#[test]
fn what_is_dropped_last_is_told() {
    let folder = folder("dropped_last");
    let stream = ScriptedStream::new().read(b"before").read(LONG);
    let mut stream = recorder(&folder).record(stream, "last", &info()).unwrap();
    let mut buffer = [0; 4096];
    assert_eq!(stream.read(&mut buffer).unwrap(), 6);
    assert_eq!(stream.read(&mut buffer).unwrap(), 2000);
    stream.write_all(&LONG[..1500]).unwrap();
    let (_, result) = stream.finish();
    assert!(matches!(
        result,
        Err(RecordError::Incomplete { dropped: 2 })
    ));
    let path = folder.join("last.pcapng");
    let (events, end) = events(&path);
    end.unwrap();
    assert_eq!(
        events,
        [
            (Inbound, Event::bytes(b"before")),
            (Inbound, Event::Missing(2000)),
            (Outbound, Event::Missing(1500)),
            (Outbound, Event::Closed),
        ]
    );
    let summary = ReplayStream::open(&path).unwrap().finish().unwrap();
    assert_eq!((summary.unread_bytes, summary.missing_bytes), (6, 3500));
}

#[test]
fn what_is_dropped_before_the_last_error_is_told() {
    let folder = folder("dropped_before_error");
    let stream = ScriptedStream::new()
        .read(b"before")
        .read(LONG)
        .write_error(ErrorKind::BrokenPipe);
    let mut stream = recorder(&folder).record(stream, "error", &info()).unwrap();
    let mut buffer = [0; 4096];
    assert_eq!(stream.read(&mut buffer).unwrap(), 6);
    assert_eq!(stream.read(&mut buffer).unwrap(), 2000);
    stream.write(b"x").unwrap_err();
    drop(stream);
    let (events, end) = events(&folder.join("error.pcapng"));
    end.unwrap();
    assert_eq!(
        events,
        [
            (Inbound, Event::bytes(b"before")),
            (Inbound, Event::Missing(2000)),
            (Outbound, Event::Failed(ErrorKind::BrokenPipe)),
        ]
    );
}

#[test]
fn an_end_does_not_wait_for_room() {
    let folder = folder("end_does_not_wait");
    let (go_on, wait) = mpsc::channel::<()>();
    let wait = Mutex::new(wait);
    let has_waited_in_vain = Arc::new(AtomicBool::new(false));
    let in_vain = Arc::clone(&has_waited_in_vain);
    let recorder = Recorder::builder(&folder)
        .when_full(WhenFull::Drop)
        .queue_bytes(256)
        .on_event(move |event| {
            if let RecordEvent::Started { .. } = event {
                let limit = Duration::from_secs(10);
                let result = wait.lock().unwrap().recv_timeout(limit);
                let is_late = result == Err(mpsc::RecvTimeoutError::Timeout);
                in_vain.store(is_late, Ordering::Relaxed);
            }
        })
        .build();
    let stream = ScriptedStream::new()
        .read([1; 100])
        .read([2; 100])
        .read([3; 100])
        .write_error(ErrorKind::TimedOut)
        .eof();
    let mut stream = recorder.record(stream, "end", &info()).unwrap();
    let mut buffer = [0; 200];
    for count in [100, 100, 100] {
        assert_eq!(stream.read(&mut buffer).unwrap(), count);
    }
    stream.write(b"x").unwrap_err();
    assert_eq!(stream.write(b"written").unwrap(), 7);
    assert_eq!(stream.read(&mut buffer).unwrap(), 0);
    assert_eq!(stream.stats().dropped_events, 2);
    assert!(!has_waited_in_vain.load(Ordering::Relaxed));
    drop(go_on);
    let (_, result) = stream.finish();
    assert!(matches!(
        result,
        Err(RecordError::Incomplete { dropped: 2 })
    ));
    let (events, end) = events(&folder.join("end.pcapng"));
    end.unwrap();
    assert_eq!(
        events,
        [
            (Inbound, Event::bytes(&[1; 100])),
            (Inbound, Event::bytes(&[2; 100])),
            (Inbound, Event::Missing(100)),
            (Outbound, Event::Failed(ErrorKind::TimedOut)),
            (Outbound, Event::Missing(7)),
            (Inbound, Event::Closed),
        ]
    );
}

#[test]
fn a_vectored_read_is_dropped_whole() {
    let folder = folder("vectored");
    let mut stream = recorder(&folder).record(Full, "drop", &info()).unwrap();
    let (mut first, mut second) = ([1; 10], [2; 2000]);
    let mut buffers = [IoSliceMut::new(&mut first), IoSliceMut::new(&mut second)];
    assert_eq!(stream.read_vectored(&mut buffers).unwrap(), 2010);
    let stats = stream.stats();
    assert_eq!((stats.dropped_events, stats.dropped_bytes), (1, 2010));
    drop(stream);
    let (events, end) = events(&folder.join("drop.pcapng"));
    end.unwrap();
    assert_eq!(
        events,
        [(Inbound, Event::Missing(2010)), (Outbound, Event::Closed)]
    );
}

#[test]
fn an_error_that_comes_again_after_a_success_is_another() {
    let folder = folder("again");
    let stream = ScriptedStream::new()
        .read_error(ErrorKind::TimedOut)
        .read_error(ErrorKind::TimedOut)
        .read(b"x")
        .read_error(ErrorKind::TimedOut);
    let mut stream = recorder(&folder).record(stream, "again", &info()).unwrap();
    for is_ok in [false, false, true, false] {
        assert_eq!(stream.read(&mut [0; 8]).is_ok(), is_ok);
    }
    drop(stream);
    let (events, end) = events(&folder.join("again.pcapng"));
    end.unwrap();
    let failed = (Inbound, Event::Failed(ErrorKind::TimedOut));
    let expected = [failed.clone(), (Inbound, Event::bytes(b"x")), failed];
    assert_eq!(events, expected);
}

#[test]
fn an_error_of_a_flush_is_recorded() {
    let folder = folder("flush");
    let mut stream = recorder(&folder).record(Full, "flush", &info()).unwrap();
    stream.write_all(b"x").unwrap();
    for _ in 0..2 {
        stream.flush().unwrap_err();
    }
    drop(stream);
    let (events, end) = events(&folder.join("flush.pcapng"));
    end.unwrap();
    assert_eq!(
        events,
        [
            (Outbound, Event::bytes(b"x")),
            (Outbound, Event::Failed(ErrorKind::ConnectionReset)),
        ]
    );
}

#[test]
#[cfg(target_os = "linux")]
fn the_queue_is_in_memory_from_the_start() {
    /// Minor faults of this thread: the tenth field, of which the second is a name in brackets.
    fn faults() -> u64 {
        let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
        let (_, fields) = stat.rsplit_once(") ").unwrap();
        fields.split(' ').nth(7).unwrap().parse().unwrap()
    }

    let folder = folder("faults");
    let recorder = Recorder::builder(&folder).queue_bytes(8 << 20).build();
    let mut stream = recorder.record(Full, "faults", &info()).unwrap();
    let mut buffer = [0; 1000];
    let before = faults();
    for _ in 0..(8 << 20) / 1016 {
        let mut buffers = [IoSliceMut::new(&mut buffer)];
        assert_eq!(stream.read_vectored(&mut buffers).unwrap(), 1000);
    }
    let faults = faults() - before;
    // It has 2048 pages.
    assert!(faults < 200, "{faults}");
}

/// Fills each buffer, takes everything, and cannot be flushed.
struct Full;

impl Read for Full {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(buffer.len())
    }

    fn read_vectored(&mut self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        Ok(buffers.iter().map(|buffer| buffer.len()).sum())
    }
}

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Err(ErrorKind::ConnectionReset.into())
    }
}
