//! No file and no program makes a replay overflow, hang or hold the whole recording.
#![cfg(feature = "record")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod recordings;

use std::fs;
use std::io::{self, Cursor, ErrorKind, Read, Write};

use boom_stream::ConnectionInfo;
use boom_stream::record::{Recorder, WhenFull};
use boom_stream::replay::{Pace, RecordingReader, ReplayEnd, ReplayError, ReplayStream};
use boom_testkit::clock::ManualClock;
use boom_testkit::stream::ScriptedStream;

use recordings::folder;

fn info() -> ConnectionInfo {
    ConnectionInfo::new("example.com", 1)
}

fn block(kind: u32, body: &[u8]) -> Vec<u8> {
    let len = (12 + body.len() as u32).to_le_bytes();
    [&kind.to_le_bytes()[..], &len, body, &len].concat()
}

fn option(code: u16, value: &[u8]) -> Vec<u8> {
    let len = (value.len() as u16).to_le_bytes();
    let mut option = [&code.to_le_bytes()[..], &len, value].concat();
    option.resize(option.len().next_multiple_of(4), 0);
    option
}

/// A file without packets.
fn file(part: u32, inbound: u64, ending: &str) -> Vec<u8> {
    const MAGIC: [u8; 16] = [
        0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255,
    ];
    const ETHERNET: [u8; 8] = [1, 0, 0, 0, 0, 0, 0, 0];
    let comment = format!(
        "boomnet recording 1\nhost=h\nport=1\nencrypted=false\nstart_ns=1\nid=01\npart={part}\ninbound={inbound}\noutbound=0"
    );
    let interface = [
        &ETHERNET[..],
        &option(1, comment.as_bytes()),
        &option(9, &[9]),
        &[0; 4],
    ];
    let statistics = [&[0; 12][..], &option(1, ending.as_bytes()), &[0; 4]];
    [
        block(0x0a0d_0d0a, &MAGIC),
        block(1, &interface.concat()),
        block(5, &statistics.concat()),
    ]
    .concat()
}

#[test]
fn an_offset_wraps_as_sequence_numbers_do() {
    let bytes = file(2, u32::MAX.into(), "finished");
    let mut reader = RecordingReader::from_reader(Cursor::new(bytes)).unwrap();
    assert_eq!(reader.next_event().unwrap(), None);
}

#[test]
fn the_last_number_a_part_can_have_has_no_next() {
    let path = folder("last_part").join("x.part4294967295.pcapng");
    fs::write(&path, file(u32::MAX, 0, "continued")).unwrap();
    let mut reader = RecordingReader::open(&path).unwrap();
    for _ in 0..2 {
        assert!(matches!(
            reader.next_event(),
            Err(ReplayError::Truncated { part: u32::MAX, .. })
        ));
    }
}

#[test]
fn a_part_that_was_cut_is_named() {
    let folder = folder("cut_part");
    let recorder = Recorder::builder(&folder).rotate_bytes(1).build();
    let stream = ScriptedStream::new().read(b"a").read(b"b");
    let mut stream = recorder.record(stream, "cut", &info()).unwrap();
    for _ in 0..2 {
        assert_eq!(stream.read(&mut [0; 8]).unwrap(), 1);
    }
    stream.finish().1.unwrap();
    let second = folder.join("cut.part2.pcapng");
    let whole = fs::read(&second).unwrap();
    for (length, at) in [(0, 0), (whole.len() - 1, 1)] {
        fs::write(&second, &whole[..length]).unwrap();
        let mut stream = ReplayStream::open(folder.join("cut.pcapng")).unwrap();
        let error = loop {
            match stream.read(&mut [0; 8]) {
                Ok(count) => assert_eq!(count, 1),
                Err(error) => break error.downcast().unwrap(),
            }
        };
        let ReplayError::Truncated { part: 2, offset } = error else {
            panic!("{error:?}")
        };
        assert!(offset >= at && offset <= length as u64);
        assert_eq!(stream.end(), Some(ReplayEnd::Broken));
    }
}

/// Always has a thousand bytes, and takes everything.
struct Endless;

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(buffer.len())
    }
}

impl Write for Endless {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_write_that_was_not_recorded_is_not_looked_for_in_all_of_the_file() {
    const READ: usize = 60_000;
    const READS: usize = 300;
    let folder = folder("surplus");
    let recorder = Recorder::builder(&folder)
        .when_full(WhenFull::Block)
        .build();
    let mut stream = recorder.record(Endless, "surplus", &info()).unwrap();
    let mut buffer = vec![0; READ];
    stream.write_all(b"hello").unwrap();
    for _ in 0..READS {
        assert_eq!(stream.read(&mut buffer).unwrap(), READ);
    }
    stream.write_all(b"!").unwrap();
    stream.finish().1.unwrap();

    let path = folder.join("surplus.pcapng");
    let open = || ReplayStream::builder().verify().open(&path).unwrap();
    let mut stream = open();
    stream.write_all(b"hello").unwrap();
    for _ in 0..2 {
        let error = stream.write(b"!").unwrap_err().downcast().unwrap();
        assert!(matches!(error, ReplayError::Early { offset: 5 }));
    }
    // It is what was recorded, and in its place it is accepted.
    let mut stream = open();
    stream.write_all(b"hello").unwrap();
    for _ in 0..READS {
        assert_eq!(stream.read(&mut buffer).unwrap(), READ);
    }
    stream.write_all(b"!").unwrap();
    assert_eq!(stream.finish().unwrap().verified_bytes, 6);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_write_that_failed_fails_again_and_what_follows_is_compared() {
    let folder = folder("failed_write");
    let stream = ScriptedStream::new()
        .write_error(ErrorKind::TimedOut)
        .read(b"ok");
    let recorder = Recorder::builder(&folder).build();
    let mut stream = recorder.record(stream, "failed", &info()).unwrap();
    stream.write(b"one").unwrap_err();
    stream.write_all(b"one").unwrap();
    assert_eq!(stream.read(&mut [0; 8]).unwrap(), 2);
    stream.finish().1.unwrap();

    let path = folder.join("failed.pcapng");
    let mut stream = ReplayStream::builder().verify().open(&path).unwrap();
    assert_eq!(
        stream.write(b"one").unwrap_err().kind(),
        ErrorKind::TimedOut
    );
    stream.write_all(b"one").unwrap();
    assert_eq!(stream.read(&mut [0; 8]).unwrap(), 2);
    let summary = stream.finish().unwrap();
    assert_eq!((summary.verified_bytes, summary.unwritten_bytes), (3, 0));
    // What differs is still found.
    let mut stream = ReplayStream::builder().verify().open(&path).unwrap();
    stream.write(b"one").unwrap_err();
    let error = stream.write(b"two").unwrap_err().downcast().unwrap();
    assert!(matches!(error, ReplayError::Differs { offset: 0, .. }));
}

#[test]
fn an_infinite_pace_is_as_fast_as_can_be() {
    let folder = folder("infinite_pace");
    let recorder = Recorder::builder(&folder).build();
    let stream = ScriptedStream::new().read(b"quote");
    let mut stream = recorder.record(stream, "pace", &info()).unwrap();
    assert_eq!(stream.read(&mut [0; 8]).unwrap(), 5);
    drop(stream);
    let builder = ReplayStream::builder().pace(Pace::Times(f64::INFINITY));
    let builder = builder.clock(ManualClock::default());
    let mut stream = builder.open(folder.join("pace.pcapng")).unwrap();
    assert_eq!(stream.read(&mut [0; 8]).unwrap(), 5);
}
