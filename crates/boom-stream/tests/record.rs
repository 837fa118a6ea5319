//! What a recording holds, what it costs, and what becomes of it when something goes wrong.
#![cfg(feature = "record")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod recordings;

use std::fs;
use std::io::{self, ErrorKind, IoSlice, IoSliceMut, Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use boom_stream::record::{
    IntoRecordedStream, RecordError, RecordEvent, RecordedStream, Recorder, SyncPolicy, WhenExists,
    WhenFailed, WhenFull,
};
use boom_stream::replay::{Direction, RecordingReader, ReplayError, ReplayStream};
use boom_stream::{ConnectionInfo, ConnectionInfoProvider, HalfClose, Layer, Phase};
use boom_testkit::alloc::{self, CountingAllocator};
use boom_testkit::clock::ManualClock;
use boom_testkit::stream::ScriptedStream;

use recordings::{Event, events, folder, read_all};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

#[test]
fn each_read_and_write_is_an_event_with_its_time_and_direction() {
    let folder = folder("each_read_and_write");
    let clock = ManualClock::default();
    let recorder = Recorder::builder(&folder)
        .clock(clock.clone())
        .name("session")
        .build();
    let stream = ScriptedStream::new()
        .read(b"hello")
        .would_block()
        .read(b"world")
        .eof();
    let mut stream = stream.into_recorded_stream_with(&recorder).unwrap();
    let mut buffer = [0; 64];
    clock.advance_ns(10);
    stream.write_all(b"login").unwrap();
    clock.advance_ns(5);
    assert_eq!(stream.read(&mut buffer).unwrap(), 5);
    clock.advance_ns(1);
    let nothing = stream.read(&mut buffer).unwrap_err();
    assert_eq!(nothing.kind(), ErrorKind::WouldBlock);
    assert_eq!(stream.read(&mut buffer[..3]).unwrap(), 3);
    assert_eq!(stream.read(&mut buffer).unwrap(), 2);
    clock.advance_ns(1);
    assert_eq!(stream.read(&mut buffer).unwrap(), 0);
    assert_eq!(stream.read(&mut buffer).unwrap(), 0);
    let (_, stats) = stream.finish();
    let stats = stats.unwrap();
    assert_eq!((stats.written_events, stats.written_bytes), (5, 15));
    assert_eq!(stats, recorder.stats());

    let path = folder.join("session.pcapng");
    assert_eq!(stats.file_bytes, fs::metadata(&path).unwrap().len());
    let mut reader = RecordingReader::open(&path).unwrap();
    let start = reader.start_ns();
    let (events, end) = read_all(&mut reader);
    end.unwrap();
    use Direction::{Inbound, Outbound};
    let times: Vec<_> = events.iter().map(|event| event.0 - start).collect();
    assert_eq!(times, [10, 15, 16, 16, 17, 17]);
    let events: Vec<_> = events
        .into_iter()
        .map(|(_, side, what)| (side, what))
        .collect();
    assert_eq!(
        events,
        [
            (Outbound, Event::bytes(b"login")),
            (Inbound, Event::bytes(b"hello")),
            (Inbound, Event::bytes(b"wor")),
            (Inbound, Event::bytes(b"ld")),
            (Inbound, Event::Closed),
            (Outbound, Event::Closed),
        ]
    );
}

#[test]
fn errors_and_a_half_close_are_recorded_once() {
    let folder = folder("errors");
    let recorder = Recorder::builder(&folder).build();
    let stream = ScriptedStream::new()
        .read_error(ErrorKind::TimedOut)
        .read_error(ErrorKind::TimedOut)
        .read_error(ErrorKind::ConnectionReset)
        .write_error(ErrorKind::BrokenPipe);
    let info = stream.connection_info().clone();
    let mut stream = recorder.record(stream, "errors", &info).unwrap();
    stream.close_write().unwrap();
    stream.close_write().unwrap();
    for _ in 0..3 {
        stream.read(&mut [0; 8]).unwrap_err();
    }
    stream.write(b"x").unwrap_err();
    drop(stream);
    let (events, end) = events(&folder.join("errors.pcapng"));
    end.unwrap();
    use Direction::{Inbound, Outbound};
    assert_eq!(
        events,
        [
            (Outbound, Event::Closed),
            (Inbound, Event::Failed(ErrorKind::TimedOut)),
            (Inbound, Event::Failed(ErrorKind::ConnectionReset)),
            (Outbound, Event::Failed(ErrorKind::BrokenPipe)),
        ]
    );
}

#[test]
fn a_read_longer_than_a_packet_and_than_the_queue_keeps_its_borders() {
    let folder = folder("long_reads");
    let payload: Vec<u8> = (0..300_000u32).map(|i| ((i * 7) >> 3) as u8).collect();
    let info = ConnectionInfo::new("::1", 9001);
    for queue_bytes in [1, 10_000, 1 << 20] {
        let recorder = Recorder::builder(&folder)
            .when_full(WhenFull::Block)
            .queue_bytes(queue_bytes)
            .build();
        let stream = ScriptedStream::new().read(&payload).read(b"next");
        let name = queue_bytes.to_string();
        let mut stream = recorder.record(stream, &name, &info).unwrap();
        let mut buffer = vec![0; payload.len()];
        assert_eq!(stream.read(&mut buffer).unwrap(), payload.len());
        stream.write_all(&payload).unwrap();
        assert_eq!(stream.read(&mut buffer).unwrap(), 4);
        let (_, stats) = stream.finish();
        assert_eq!(stats.unwrap().written_events, 3);
        let (events, end) = events(&folder.join(name).with_extension("pcapng"));
        end.unwrap();
        assert_eq!(events[0], (Direction::Inbound, Event::bytes(&payload)));
        assert_eq!(events[1], (Direction::Outbound, Event::bytes(&payload)));
        assert_eq!(events[2], (Direction::Inbound, Event::bytes(b"next")));
    }
}

#[test]
fn vectored_reads_and_writes_are_one_event_each() {
    let folder = folder("vectored");
    let recorder = Recorder::builder(&folder).build();
    let info = ConnectionInfo::new("example.com", 1);
    let mut stream = recorder.record(Vectored, "vectored", &info).unwrap();
    let (mut first, mut second) = ([0; 4], [0; 4]);
    let mut buffers = [IoSliceMut::new(&mut first), IoSliceMut::new(&mut second)];
    assert_eq!(stream.read_vectored(&mut buffers).unwrap(), 6);
    let buffers = [
        IoSlice::new(b"abc"),
        IoSlice::new(b""),
        IoSlice::new(b"def"),
    ];
    assert_eq!(stream.write_vectored(&buffers).unwrap(), 5);
    drop(stream);
    let (events, end) = events(&folder.join("vectored.pcapng"));
    end.unwrap();
    assert_eq!(events[0], (Direction::Inbound, Event::bytes(b"rrrrrr")));
    assert_eq!(events[1], (Direction::Outbound, Event::bytes(b"abcde")));
}

#[test]
fn an_existing_file_is_never_overwritten() {
    let folder = folder("existing");
    let info = ConnectionInfo::new("example.com", 1);
    let recorder = Recorder::builder(&folder).build();
    for _ in 0..3 {
        let mut stream = recorder
            .record(ScriptedStream::new(), "name", &info)
            .unwrap();
        stream.write_all(b"x").unwrap();
    }
    for name in ["name", "name-1", "name-2"] {
        let (events, end) = events(&folder.join(name).with_extension("pcapng"));
        end.unwrap();
        assert_eq!(events.len(), 2, "{name}");
    }
    let recorder = Recorder::builder(&folder)
        .when_exists(WhenExists::Error)
        .when_failed(WhenFailed::Fail)
        .build();
    let error = recorder
        .record(ScriptedStream::new(), "name", &info)
        .unwrap_err();
    assert!(matches!(&error, RecordError::Exists { path } if path.ends_with("name.pcapng")));
    assert_eq!(std::io::Error::from(error).kind(), ErrorKind::AlreadyExists);
}

#[test]
fn a_stream_that_cannot_be_recorded_goes_on() {
    let folder = folder("cannot_start");
    fs::write(folder.join("file"), b"").unwrap();
    // A folder cannot be made where a file is.
    let name = folder.join("file").join("name");
    let stream = ScriptedStream::new().read(b"hello");
    let mut stream = stream.into_recorded_stream(name.to_str().unwrap());
    assert_eq!(stream.read(&mut [0; 8]).unwrap(), 5);
    let stats = stream.stats();
    assert_eq!((stats.failures, stats.lost_events), (1, 1));
    assert!(!stats.is_complete());
    assert!(matches!(
        stream.recording_error(),
        Some(RecordError::Create { .. })
    ));
    stream.flush_recording().unwrap_err();
    let (_, result) = stream.finish();
    assert!(matches!(result, Err(RecordError::Create { .. })));

    // The same by a recorder, which tells of it.
    let seen = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&seen);
    let recorder = Recorder::builder(folder.join("file"))
        .name("name")
        .on_event(move |event| {
            if let RecordEvent::Failed { path, error } = event {
                let is_create = matches!(error, RecordError::Create { .. });
                told.lock().unwrap().push((path.to_path_buf(), is_create));
            }
        })
        .build();
    let stream = ScriptedStream::new().read(b"hello");
    let mut stream = stream.into_recorded_stream_with(&recorder).unwrap();
    assert_eq!(stream.read(&mut [0; 8]).unwrap(), 5);
    let info = ConnectionInfo::new("example.com", 1);
    recorder
        .record(ScriptedStream::new(), "other", &info)
        .unwrap();
    assert_eq!(recorder.stats().failures, 2);
    let path = |name: &str| folder.join("file").join(name);
    assert_eq!(
        *seen.lock().unwrap(),
        [(path("name.pcapng"), true), (path("other.pcapng"), true)]
    );

    let recorder = Recorder::builder(folder.join("file"))
        .when_failed(WhenFailed::Fail)
        .build();
    let result = ScriptedStream::new().into_recorded_stream_with(&recorder);
    assert!(matches!(result, Err(RecordError::Create { .. })));
}

#[test]
fn what_the_queue_has_no_room_for_is_counted_and_stated() {
    let folder = folder("dropped");
    let seen = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&seen);
    let recorder = Recorder::builder(&folder)
        .when_full(WhenFull::Drop)
        .queue_bytes(1024)
        .on_event(move |event| {
            if let RecordEvent::Dropped { events, bytes, .. } = event {
                told.lock().unwrap().push((*events, *bytes));
            }
        })
        .build();
    // Longer than the whole queue, so that it does not matter how fast the file is written.
    let long = [7; 2000];
    let stream = ScriptedStream::new()
        .read(b"first")
        .read(long)
        .read(long)
        .read(b"last");
    let info = ConnectionInfo::new("example.com", 1);
    let mut stream = recorder.record(stream, "dropped", &info).unwrap();
    let mut buffer = [0; 4096];
    for len in [5, 2000, 2000] {
        assert_eq!(stream.read(&mut buffer).unwrap(), len);
    }
    stream.write_all(&long[..1100]).unwrap();
    assert_eq!(stream.stats().dropped_events, 3);
    stream.flush_recording().unwrap();
    assert_eq!(stream.read(&mut buffer).unwrap(), 4);
    stream.write_all(b"more").unwrap();
    assert_eq!(
        stream.read(&mut buffer).unwrap_err().kind(),
        ErrorKind::WouldBlock
    );
    stream.flush_recording().unwrap();
    stream.write_all(&long).unwrap();
    let (_, result) = stream.finish();
    assert!(matches!(
        result,
        Err(RecordError::Incomplete { dropped: 4 })
    ));
    let stats = recorder.stats();
    assert_eq!((stats.dropped_events, stats.dropped_bytes), (4, 7100));
    assert_eq!(*seen.lock().unwrap(), [(3, 5100), (1, 2000)]);

    let (events, end) = events(&folder.join("dropped.pcapng"));
    end.unwrap();
    use Direction::{Inbound, Outbound};
    assert_eq!(
        events,
        [
            (Inbound, Event::bytes(b"first")),
            (Inbound, Event::Missing(4000)),
            (Outbound, Event::Missing(1100)),
            (Inbound, Event::bytes(b"last")),
            (Outbound, Event::bytes(b"more")),
            (Outbound, Event::Missing(2000)),
            (Outbound, Event::Closed),
        ]
    );
}

#[test]
fn blocking_loses_nothing() {
    let folder = folder("blocking");
    let recorder = Recorder::builder(&folder)
        .when_full(WhenFull::Block)
        .queue_bytes(1024)
        .build();
    let info = ConnectionInfo::new("example.com", 1);
    let mut stream = recorder
        .record(ScriptedStream::new(), "blocking", &info)
        .unwrap();
    for index in 0..5000u32 {
        stream.write_all(&index.to_be_bytes().repeat(10)).unwrap();
    }
    let (_, stats) = stream.finish();
    assert_eq!(stats.unwrap().written_events, 5000);
    let (events, end) = events(&folder.join("blocking.pcapng"));
    end.unwrap();
    assert_eq!(events.len(), 5001);
    for (index, (_, event)) in (0..5000u32).zip(&events) {
        assert_eq!(*event, Event::bytes(&index.to_be_bytes().repeat(10)));
    }
}

#[test]
fn a_rotated_recording_is_read_in_sequence() {
    let folder = folder("rotated");
    let info = ConnectionInfo::new("example.com", 1);
    let recorder = Recorder::builder(&folder).rotate_bytes(3000).build();
    let mut stream = recorder
        .record(ScriptedStream::new(), "size", &info)
        .unwrap();
    for index in 0..100u8 {
        stream.write_all(&[index; 100]).unwrap();
    }
    let (_, stats) = stream.finish();
    let files = stats.unwrap().files;
    assert!((6..10).contains(&files), "{files}");
    let (all, end) = events(&folder.join("size.pcapng"));
    end.unwrap();
    let expected: Vec<_> = (0..100u8)
        .map(|index| (Direction::Outbound, Event::bytes(&[index; 100])))
        .collect();
    assert_eq!(all[..100], expected);
    assert_eq!(all.len(), 101);
    // From the middle.
    let (rest, end) = events(&folder.join("size.part3.pcapng"));
    end.unwrap();
    assert_eq!(rest, all[101 - rest.len()..]);
    assert!(rest.len() > 20);
    // One is gone.
    fs::remove_file(folder.join("size.part4.pcapng")).unwrap();
    let (some, end) = events(&folder.join("size.pcapng"));
    assert!(matches!(
        end,
        Err(ReplayError::Truncated { part: 4, offset: 0 })
    ));
    assert_eq!(some, all[..some.len()]);
    // One is another's.
    fs::rename(
        folder.join("size.part5.pcapng"),
        folder.join("size.part4.pcapng"),
    )
    .unwrap();
    let (_, end) = events(&folder.join("size.pcapng"));
    assert!(matches!(end, Err(ReplayError::ForeignPart { part: 4 })));
}

#[test]
fn a_recording_is_rotated_by_the_time_of_its_packets() {
    let folder = folder("rotated_by_time");
    let clock = ManualClock::default();
    let recorder = Recorder::builder(&folder)
        .clock(clock.clone())
        .rotate_after(Duration::from_secs(60))
        .build();
    let info = ConnectionInfo::new("example.com", 1);
    let mut stream = recorder
        .record(ScriptedStream::new(), "time", &info)
        .unwrap();
    for _ in 0..10 {
        stream.write_all(b"x").unwrap();
        clock.advance(Duration::from_secs(20));
    }
    let (_, stats) = stream.finish();
    // At 60, 120 and 180 seconds.
    assert_eq!(stats.unwrap().files, 4);
    let (events, end) = events(&folder.join("time.pcapng"));
    end.unwrap();
    assert_eq!(events.len(), 11);
}

#[test]
fn flush_and_sync_tell_what_is_written() {
    let folder = folder("sync");
    let info = ConnectionInfo::new("example.com", 1);
    let recorder = Recorder::builder(&folder).sync(SyncPolicy::AtEnd).build();
    let mut stream = recorder
        .record(ScriptedStream::new(), "sync", &info)
        .unwrap();
    stream.write_all(b"one").unwrap();
    let stats = stream.flush_recording().unwrap();
    assert_eq!((stats.written_events, stats.synced_events), (1, 0));
    let (events, end) = events(&folder.join("sync.pcapng"));
    assert!(matches!(end, Err(ReplayError::Truncated { .. })));
    assert_eq!(events, [(Direction::Outbound, Event::bytes(b"one"))]);
    let stats = stream.sync_recording().unwrap();
    assert_eq!((stats.written_events, stats.synced_events), (1, 1));
    stream.write_all(b"two").unwrap();
    let (_, stats) = stream.finish();
    assert_eq!(stats.unwrap().synced_events, 2);
}

#[test]
fn the_layer_below_answers_for_the_stack() {
    let folder = folder("layer");
    let stream = ScriptedStream::new();
    let host = stream.connection_info().host().to_owned();
    let recorder = Recorder::builder(&folder).build();
    let mut stream = stream.into_recorded_stream_with(&recorder).unwrap();
    assert_eq!(stream.phase(), Phase::Established);
    assert!(!stream.is_encrypted() && !stream.wants_write() && !stream.has_buffered());
    assert_eq!(stream.connection_info().host(), host);
    assert!(stream.base_mut().written().is_empty());
    assert!(stream.base().written().is_empty());
    drop(stream);
    // It named itself.
    let names: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names.len(), 1);
    assert!(
        names[0].starts_with(&host) && names[0].ends_with("Z.pcapng"),
        "{names:?}"
    );
}

#[test]
fn a_recording_over_tls_is_replayed_as_such() {
    let folder = folder("encrypted");
    let recorder = Recorder::builder(&folder).name("encrypted").build();
    let socket = ScriptedStream::new().with_connection_info(("example.com", 443));
    let stream = Encrypted(socket)
        .into_recorded_stream_with(&recorder)
        .unwrap();
    assert!(stream.is_encrypted());
    drop(stream);
    let path = folder.join("encrypted.pcapng");
    let replay = ReplayStream::open(&path).unwrap();
    assert!(replay.is_encrypted());
    assert_eq!(replay.connection_info().port(), 443);
    // Wireshark would look for TLS at port 443.
    assert_eq!(packet_port(&path), 80);
}

#[test]
fn whether_a_stream_that_is_no_layer_is_above_tls_can_be_said() {
    let folder = folder("said");
    let info = ConnectionInfo::new("example.com", 443);
    for (name, is_encrypted, port) in [("plain", false, 443), ("above", true, 80)] {
        let recorder = Recorder::builder(&folder).encrypted(is_encrypted).build();
        drop(recorder.record(io::empty(), name, &info).unwrap());
        let path = folder.join(name).with_extension("pcapng");
        let replay = ReplayStream::open(&path).unwrap();
        assert_eq!(replay.is_encrypted(), is_encrypted, "{name}");
        assert_eq!(packet_port(&path), port, "{name}");
    }
}

/// The peer's port in the packets of a recording.
fn packet_port(path: &Path) -> u16 {
    let file = fs::read(path).unwrap();
    let first_frame = file
        .windows(2)
        .position(|bytes| bytes == [0x45, 0])
        .unwrap();
    u16::from_be_bytes([file[first_frame + 22], file[first_frame + 23]])
}

#[test]
fn one_recorder_names_each_connection() {
    let folder = folder("named");
    let recorder = Recorder::builder(&folder).name("others").build();
    for name in ["BTCUSDT", "ETHUSDT", "BTCUSDT"] {
        let stream = ScriptedStream::new();
        let recorder = recorder.named(name);
        drop(stream.into_recorded_stream_with(&recorder).unwrap());
    }
    drop(ScriptedStream::new().into_recorded_stream_with(&recorder));
    for name in ["BTCUSDT", "BTCUSDT-1", "ETHUSDT", "others"] {
        assert!(
            folder.join(name).with_extension("pcapng").exists(),
            "{name}"
        );
    }
    assert_eq!(recorder.stats().files, 4);
}

#[test]
fn a_stream_that_can_move_to_another_thread_still_can() {
    fn is_send<T: Send>() {}
    is_send::<RecordedStream<ScriptedStream>>();
    is_send::<Recorder>();
    is_send::<ReplayStream>();
}

#[test]
fn a_read_and_a_write_allocate_nothing() {
    let folder = folder("allocations");
    let recorder = Recorder::builder(&folder).build();
    let info = ConnectionInfo::new("example.com", 1);
    let mut stream = recorder.record(Endless, "allocations", &info).unwrap();
    let mut buffer = [0; 150];
    let allocations = alloc::count(|| {
        for _ in 0..10_000 {
            assert_eq!(stream.read(&mut buffer).unwrap(), 150);
            assert_eq!(stream.write(&buffer).unwrap(), 150);
        }
    });
    assert_eq!((allocations.count, allocations.bytes), (0, 0));
    let (_, stats) = stream.finish();
    assert_eq!(stats.unwrap().written_events, 20_000);
}

/// As TLS is to a recorder.
struct Encrypted(ScriptedStream);

impl Layer for Encrypted {
    type Base = ScriptedStream;

    fn base(&self) -> &ScriptedStream {
        &self.0
    }

    fn base_mut(&mut self) -> &mut ScriptedStream {
        &mut self.0
    }

    fn is_encrypted(&self) -> bool {
        true
    }
}

/// Never runs out, and takes everything.
struct Endless;

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        Ok(buffer.len())
    }
}

impl Write for Endless {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Reads six bytes and takes five.
struct Vectored;

impl Read for Vectored {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        unreachable!()
    }

    fn read_vectored(&mut self, buffers: &mut [IoSliceMut<'_>]) -> std::io::Result<usize> {
        for byte in buffers
            .iter_mut()
            .flat_map(|buffer| buffer.iter_mut())
            .take(6)
        {
            *byte = b'r';
        }
        Ok(6)
    }
}

impl Write for Vectored {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        unreachable!()
    }

    fn write_vectored(&mut self, _: &[IoSlice<'_>]) -> std::io::Result<usize> {
        Ok(5)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn recordings_of_one_recorder_have_their_events_in_order() {
    let folder = folder("in_order");
    let clock = ManualClock::default();
    let recorder = Recorder::builder(&folder).clock(clock.clone()).build();
    let script = || ScriptedStream::new().read_in_pieces(b"abcd", 1);
    let info = ConnectionInfo::new("example.com", 4001);
    let mut streams = Vec::new();
    for name in ["first", "second"] {
        let recorder = recorder.named(name);
        clock.advance_ns(1);
        streams.push(recorder.record(script(), name, &info).unwrap());
    }
    for _ in 0..4 {
        for stream in &mut streams {
            clock.advance_ns(1);
            assert_eq!(stream.read(&mut [0; 8]).unwrap(), 1);
        }
    }
    drop(streams);
    let times = |name: &str| {
        let mut reader = RecordingReader::open(folder.join(name)).unwrap();
        let mut times = vec![reader.start_ns()];
        times.extend(read_all(&mut reader).0.iter().map(|event| event.0));
        times
    };
    let (first, second) = (times("first.pcapng"), times("second.pcapng"));
    let from = first[0];
    let relative = |times: Vec<u64>| -> Vec<_> { times.iter().map(|time| time - from).collect() };
    // The last is the end of the recording.
    assert_eq!(relative(first), [0, 2, 4, 6, 8, 8]);
    assert_eq!(relative(second), [1, 3, 5, 7, 9, 9]);
}

#[test]
fn that_streams_are_encrypted_is_said_by_them_or_by_the_recorder() {
    let folder = folder("encrypted_said");
    let record = |name: &str, is_said: bool| {
        let recorder = Recorder::builder(&folder).name(name).encrypted(is_said);
        let recorder = recorder.clock(ManualClock::default()).build();
        let info = ConnectionInfo::new("example.com", 443);
        drop(recorder.record(ScriptedStream::new(), "any", &info));
        drop(ScriptedStream::new().into_recorded_stream_with(&recorder));
        let is_encrypted = |name: &str| {
            let path = folder.join(name).with_extension("pcapng");
            let reader = RecordingReader::open(&path).unwrap();
            fs::remove_file(path).unwrap();
            reader.is_encrypted()
        };
        (is_encrypted("any"), is_encrypted(name))
    };
    assert_eq!(record("said", true), (true, true));
    assert_eq!(record("not_said", false), (false, false));
}
