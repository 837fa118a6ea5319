//! A replay reads what was read, when it was, and judges what is written.
#![cfg(feature = "record")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod recordings;

use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::path::PathBuf;

use boom_stream::record::{IntoRecordedStream, Recorder, WhenFull};
use boom_stream::replay::{
    Corruption, Normalise, Pace, RecordingReader, ReplayEnd, ReplayError, ReplayStream,
};
use boom_stream::{HalfClose, Layer, Socket, TimeSource};
use boom_testkit::clock::ManualClock;
use boom_testkit::stream::ScriptedStream;

use recordings::folder;

/// Question at 10, first answer at 20 in two reads, second question at 30, second answer at 40, end at 50.
fn session(name: &str, key: u8) -> PathBuf {
    let folder = folder(name);
    let clock = ManualClock::default();
    let recorder = Recorder::builder(&folder)
        .clock(clock.clone())
        .name("session")
        .build();
    let stream = ScriptedStream::new()
        .with_connection_info(("quotes.example.com", 4001))
        .read(b"bid 1")
        .read(b"ask 2 and some more")
        .read(b"bid 3")
        .eof();
    let mut stream = stream.into_recorded_stream_with(&recorder).unwrap();
    let mut buffer = [0; 64];
    clock.advance_ns(10);
    stream.write_all(&masked(b"first", key)).unwrap();
    clock.advance_ns(10);
    assert_eq!(stream.read(&mut buffer).unwrap(), 5);
    assert_eq!(stream.read(&mut buffer).unwrap(), 19);
    clock.advance_ns(10);
    stream.write_all(&masked(b"second", key)).unwrap();
    clock.advance_ns(10);
    assert_eq!(stream.read(&mut buffer).unwrap(), 5);
    clock.advance_ns(10);
    assert_eq!(stream.read(&mut buffer).unwrap(), 0);
    stream.finish().1.unwrap();
    folder.join("session.pcapng")
}

/// The key, and the bytes under it: as little of a WebSocket frame as can be.
fn masked(bytes: &[u8], key: u8) -> Vec<u8> {
    let masked = bytes.iter().map(|byte| byte ^ key);
    [key, bytes.len() as u8].into_iter().chain(masked).collect()
}

/// Takes the masks off again.
#[derive(Clone, Default)]
struct Unmask {
    key: Option<u8>,
    left: Option<u8>,
}

impl Normalise for Unmask {
    fn normalise(&mut self, bytes: &[u8], normal: &mut Vec<u8>) {
        for &byte in bytes {
            match (self.key, self.left) {
                (None, _) => self.key = Some(byte),
                (Some(_), None) => self.left = Some(byte),
                (Some(key), Some(left)) => {
                    normal.push(byte ^ key);
                    self.left = Some(left - 1);
                    if left == 1 {
                        *self = Self::default();
                    }
                }
            }
        }
    }
}

fn replay_error(error: &io::Error) -> &ReplayError {
    error.get_ref().unwrap().downcast_ref().unwrap()
}

#[test]
fn reads_come_with_their_borders_and_their_end() {
    let mut stream = ReplayStream::open(session("borders", 1)).unwrap();
    assert!(stream.connected().unwrap());
    assert_eq!(
        stream.connection_info().to_string(),
        "quotes.example.com:4001"
    );
    let mut buffer = [0; 64];
    assert_eq!(stream.read(&mut buffer).unwrap(), 5);
    assert_eq!(&buffer[..5], b"bid 1");
    assert_eq!(stream.read(&mut []).unwrap(), 0);
    assert_eq!(stream.read(&mut buffer).unwrap(), 19);
    assert_eq!(&buffer[..19], b"ask 2 and some more");
    assert_eq!(stream.end(), None);
    assert_eq!(stream.read(&mut buffer).unwrap(), 5);
    for _ in 0..2 {
        assert_eq!(stream.read(&mut buffer).unwrap(), 0);
        assert_eq!(stream.end(), Some(ReplayEnd::Closed));
    }
    stream.close_write().unwrap();
    let summary = stream.finish().unwrap();
    assert_eq!((summary.read_bytes, summary.unread_bytes), (29, 0));
}

#[test]
fn a_small_buffer_divides_a_read_and_loses_nothing() {
    let path = session("small_buffer", 1);
    for size in 1..7 {
        let mut stream = ReplayStream::open(&path).unwrap();
        let mut buffer = vec![0; size];
        let mut reads = Vec::new();
        let mut bytes = Vec::new();
        loop {
            let count = stream.read(&mut buffer).unwrap();
            if count == 0 {
                break;
            }
            let is_inside = !matches!(bytes.len() + count, 5 | 24 | 29);
            assert_eq!(stream.has_buffered(), is_inside);
            reads.push(count);
            bytes.extend_from_slice(&buffer[..count]);
        }
        assert_eq!(bytes, b"bid 1ask 2 and some morebid 3");
        let expected: usize = [5usize, 19, 5].map(|len| len.div_ceil(size)).iter().sum();
        assert_eq!(reads.len(), expected);
    }
}

#[test]
fn the_clock_says_what_is_there() {
    let path = session("clock", 1);
    let clock = ManualClock::starting_at(1_000);
    let play = |pace| {
        let builder = ReplayStream::builder().pace(pace).clock(clock.clone());
        builder.open(&path).unwrap()
    };
    let start_ns = RecordingReader::open(&path).unwrap().start_ns();
    let mut recorded = play(Pace::Recorded);
    let mut doubled = play(Pace::Times(2.0));
    let mut fast = play(Pace::Fast);
    let read = |stream: &mut ReplayStream<ManualClock>| {
        let mut buffer = [0; 64];
        stream.read(&mut buffer).map_err(|error| error.kind())
    };
    assert_eq!(recorded.next_event_ns(), Some(start_ns + 20));
    let nothing = Err(ErrorKind::WouldBlock);
    for now in 0..60 {
        assert_eq!(recorded.is_ready(), matches!(now, 20 | 40 | 50..));
        match now {
            20 => {
                assert_eq!(read(&mut recorded), Ok(5));
                assert_eq!(read(&mut recorded), Ok(19));
                assert_eq!(read(&mut doubled), Ok(5));
            }
            40 => assert_eq!(read(&mut recorded), Ok(5)),
            50.. => assert_eq!(read(&mut recorded), Ok(0)),
            _ => assert_eq!(read(&mut recorded), nothing),
        }
        match now {
            10 => {
                assert_eq!(read(&mut doubled), Ok(5));
                assert_eq!(read(&mut doubled), Ok(19));
            }
            25.. => assert_eq!(read(&mut doubled), Ok(0)),
            20 => {}
            _ => assert_eq!(read(&mut doubled), nothing),
        }
        clock.advance_ns(1);
    }
    for count in [5, 19, 5, 0] {
        assert_eq!(read(&mut fast), Ok(count));
    }
    assert_eq!(clock.now_ns(), 1_060);
}

#[test]
fn several_recordings_share_a_moment() {
    let path = session("moment", 1);
    let start_ns = RecordingReader::open(&path).unwrap().start_ns();
    let clock = ManualClock::new();
    let builder = ReplayStream::builder()
        .pace(Pace::Recorded)
        .clock(clock.clone());
    let mut stream = builder.start_at_ns(start_ns - 100).open(&path).unwrap();
    clock.advance_ns(119);
    assert!(!stream.is_ready());
    clock.advance_ns(1);
    assert!(stream.is_ready());
}

#[test]
fn written_bytes_are_ignored_or_collected() {
    let path = session("collected", 1);
    let mut ignoring = ReplayStream::open(&path).unwrap();
    ignoring.write_all(b"anything").unwrap();
    ignoring.flush().unwrap();
    assert_eq!(ignoring.take_written(), b"");
    assert_eq!(ignoring.finish().unwrap().written_bytes, 8);
    let mut collecting = ReplayStream::builder()
        .collect_writes()
        .open(&path)
        .unwrap();
    collecting.write_all(b"any").unwrap();
    collecting.write_all(b"thing").unwrap();
    assert_eq!(collecting.take_written(), b"anything");
    assert_eq!(collecting.take_written(), b"");
}

#[test]
fn what_is_written_is_verified() {
    let path = session("verified", 1);
    let open = || ReplayStream::builder().verify().open(&path).unwrap();
    let [first, second] = [&b"first"[..], b"second"].map(|bytes| masked(bytes, 1));

    let mut same = open();
    let mut buffer = [0; 64];
    // No answer comes before its question.
    assert_eq!(same.awaited_bytes(), 7);
    assert_eq!(
        same.read(&mut buffer).unwrap_err().kind(),
        ErrorKind::WouldBlock
    );
    // However they are divided.
    for byte in &first {
        same.write_all(&[*byte]).unwrap();
    }
    assert_eq!(same.awaited_bytes(), 0);
    assert_eq!(same.read(&mut buffer).unwrap(), 5);
    assert_eq!(same.read(&mut buffer).unwrap(), 19);
    assert_eq!(
        same.read(&mut buffer).unwrap_err().kind(),
        ErrorKind::WouldBlock
    );
    same.write_all(&second).unwrap();
    assert_eq!(same.read(&mut buffer).unwrap(), 5);
    assert_eq!(same.read(&mut buffer).unwrap(), 0);
    let error = same.write(b"!").unwrap_err();
    assert!(matches!(
        replay_error(&error),
        ReplayError::Unrecorded { offset: 15 }
    ));
    assert!(matches!(
        same.finish(),
        Err(ReplayError::Unrecorded { offset: 15 })
    ));

    let mut different = open();
    different.write_all(&first).unwrap();
    for _ in 0..2 {
        let error = different.write(&masked(b"sekond", 1)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData);
        let (recorded, written) = (b'c' ^ 1, b'k' ^ 1);
        match *replay_error(&error) {
            ReplayError::Differs {
                offset: 11,
                recorded: r,
                written: w,
            } => {
                assert_eq!((r, w), (recorded, written));
            }
            ref other => panic!("{other:?}"),
        }
    }

    assert!(matches!(
        different.error(),
        Some(ReplayError::Differs { offset: 11, .. })
    ));

    let mut early = open();
    early.write_all(&first).unwrap();
    let summary = early.finish().unwrap();
    assert_eq!((summary.verified_bytes, summary.unwritten_bytes), (7, 8));
    assert_eq!((summary.read_bytes, summary.unread_bytes), (0, 29));

    let builder = ReplayStream::builder().verify().in_order(false);
    let mut out_of_order = builder.open(&path).unwrap();
    assert_eq!(out_of_order.read(&mut buffer).unwrap(), 5);
    out_of_order.write_all(&first).unwrap();
}

#[test]
fn what_differs_in_each_run_is_normalised() {
    let path = session("normalised", 0x21);
    let builder = ReplayStream::builder().verify_normalised(Unmask::default());
    let mut stream = builder.open(&path).unwrap();
    let mut buffer = [0; 64];
    stream.write_all(&masked(b"first", 0x7f)).unwrap();
    assert_eq!(stream.read(&mut buffer).unwrap(), 5);
    assert_eq!(stream.read(&mut buffer).unwrap(), 19);
    stream.write_all(&masked(b"second", 3)[..4]).unwrap();
    assert_eq!(stream.awaited_bytes(), 4);
    stream.write_all(&masked(b"second", 3)[4..]).unwrap();
    assert_eq!(stream.read(&mut buffer).unwrap(), 5);
    let summary = stream.finish().unwrap();
    assert_eq!((summary.verified_bytes, summary.unwritten_bytes), (11, 0));

    let builder = ReplayStream::builder().verify_normalised(Unmask::default());
    let mut stream = builder.open(&path).unwrap();
    let error = stream.write(&masked(b"fisrt", 9)).unwrap_err();
    assert!(matches!(
        replay_error(&error),
        ReplayError::Differs { offset: 2, .. }
    ));
}

/// Answers with the key that was written, in place of each 'b'.
#[derive(Clone, Default)]
struct Answering(Unmask, u8);

impl Normalise for Answering {
    fn normalise(&mut self, bytes: &[u8], normal: &mut Vec<u8>) {
        if self.1 == 0 {
            self.1 = bytes[0];
        }
        self.0.normalise(bytes, normal);
    }

    fn adapt(&mut self, recorded: &mut [u8]) {
        for byte in recorded.iter_mut().filter(|byte| **byte == b'b') {
            *byte = self.1;
        }
    }
}

#[test]
fn what_is_read_is_adapted_to_what_was_written() {
    let path = session("adapted", 0x21);
    let verifying = ReplayStream::builder().verify_normalised(Answering::default());
    let adapting = ReplayStream::builder().adapt(Answering::default());
    for builder in [verifying, adapting] {
        let mut stream = builder.open(&path).unwrap();
        let mut buffer = [0; 64];
        let early = stream.read(&mut buffer).unwrap_err();
        assert_eq!(early.kind(), ErrorKind::WouldBlock);
        stream.write_all(&masked(b"first", b'K')).unwrap();
        assert_eq!(stream.read(&mut buffer[..2]).unwrap(), 2);
        assert_eq!(stream.read(&mut buffer[2..]).unwrap(), 3);
        assert_eq!(&buffer[..5], b"Kid 1");
    }
    let mut stream = ReplayStream::builder()
        .adapt(Answering::default())
        .open(&path)
        .unwrap();
    stream.write_all(&masked(b"other", b'K')).unwrap();
    assert_eq!(stream.read(&mut [0; 64]).unwrap(), 5);
}

#[test]
fn errors_come_back() {
    let folder = folder("errors");
    let recorder = Recorder::builder(&folder).name("errors").build();
    let stream = ScriptedStream::new()
        .read(b"abc")
        .read_error(ErrorKind::TimedOut)
        .read(b"def")
        .read_error(ErrorKind::ConnectionReset)
        .write_limit(2)
        .write_error(ErrorKind::BrokenPipe);
    let mut stream = stream.into_recorded_stream_with(&recorder).unwrap();
    for _ in 0..4 {
        let _ = stream.read(&mut [0; 8]);
    }
    assert_eq!(stream.write(b"out").unwrap(), 2);
    assert_eq!(
        stream.write(b"t").unwrap_err().kind(),
        ErrorKind::BrokenPipe
    );
    drop(stream);

    let builder = ReplayStream::builder().verify().in_order(false);
    let mut stream = builder.open(folder.join("errors.pcapng")).unwrap();
    let mut buffer = [0; 8];
    let mut read = || stream.read(&mut buffer).map_err(|error| error.kind());
    assert_eq!(read(), Ok(3));
    assert_eq!(read(), Err(ErrorKind::TimedOut));
    assert_eq!(read(), Ok(3));
    for _ in 0..3 {
        assert_eq!(read(), Err(ErrorKind::ConnectionReset));
    }
    assert_eq!(
        stream.end(),
        Some(ReplayEnd::Failed(ErrorKind::ConnectionReset))
    );
    stream.write_all(b"ou").unwrap();
    assert_eq!(
        stream.write(b"t").unwrap_err().kind(),
        ErrorKind::BrokenPipe
    );
}

#[test]
fn what_was_not_recorded_is_an_error_where_it_is_missing() {
    let folder = folder("missing");
    let recorder = Recorder::builder(&folder)
        .name("missing")
        .when_full(WhenFull::Drop)
        .queue_bytes(1024)
        .build();
    let stream = ScriptedStream::new()
        .read(b"before")
        .read([0; 2000])
        .read(b"after");
    let mut stream = stream.into_recorded_stream_with(&recorder).unwrap();
    let mut buffer = [0; 4096];
    for count in [6, 2000] {
        assert_eq!(stream.read(&mut buffer).unwrap(), count);
    }
    stream.flush_recording().unwrap();
    assert_eq!(stream.read(&mut buffer).unwrap(), 5);
    stream.write_all(b"one").unwrap();
    stream.flush_recording().unwrap();
    stream.write_all(&[1; 2000]).unwrap();
    stream.flush_recording().unwrap();
    stream.write_all(b"two").unwrap();
    drop(stream);

    let builder = ReplayStream::builder().verify().in_order(false);
    let mut stream = builder.open(folder.join("missing.pcapng")).unwrap();
    assert_eq!(stream.read(&mut buffer).unwrap(), 6);
    let error = stream.read(&mut buffer).unwrap_err();
    assert!(matches!(
        replay_error(&error),
        ReplayError::Missing { bytes: 2000 }
    ));
    assert_eq!(stream.read(&mut buffer).unwrap(), 5);
    assert_eq!(stream.read(&mut buffer).unwrap(), 0);
    assert_eq!(stream.end(), Some(ReplayEnd::Finished));
    stream.write_all(b"one").unwrap();
    // From the gap on nothing can be compared.
    stream.write_all(b"whatever").unwrap();
    assert_eq!(stream.finish().unwrap().verified_bytes, 3);
}

#[test]
fn other_files_are_refused() {
    let folder = folder("foreign");
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, bytes).unwrap();
        ReplayStream::open(path).unwrap_err()
    };
    assert!(matches!(
        file("text", b"hello world, how are you"),
        ReplayError::NotPcapng
    ));
    assert!(matches!(file("short", b"hi"), ReplayError::NotPcapng));
    assert!(matches!(
        file("empty", b""),
        ReplayError::Truncated { part: 1, offset: 0 }
    ));
    // The magic number of the older format.
    let pcap = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0];
    assert!(matches!(file("pcap", &pcap), ReplayError::NotPcapng));
    let missing = ReplayStream::open(folder.join("nothing")).unwrap_err();
    assert_eq!(io::Error::from(missing).kind(), ErrorKind::NotFound);

    let recording = fs::read(session("foreign_session", 1)).unwrap();
    let replaced = |from: &str, to: &str| {
        let at = recording
            .windows(from.len())
            .position(|window| window == from.as_bytes());
        let at = at.unwrap();
        let mut bytes = recording.clone();
        bytes[at..at + from.len()].copy_from_slice(to.as_bytes());
        bytes
    };
    let foreign = replaced("boomnet recording", "another recording");
    assert!(matches!(file("foreign", &foreign), ReplayError::Foreign));
    let version = replaced("recording 1", "recording 9");
    assert!(matches!(
        file("version", &version),
        ReplayError::Version { version: 9 }
    ));
    let field = replaced("part=1", "part=x");
    let corrupt = file("field", &field);
    assert!(matches!(
        corrupt,
        ReplayError::Corrupt {
            what: Corruption::Interface,
            ..
        }
    ));
    let flipped = replaced("bid 3", "bid 4");
    let path = folder.join("flipped");
    fs::write(&path, flipped).unwrap();
    let mut stream = ReplayStream::open(path).unwrap();
    let mut buffer = [0; 64];
    assert_eq!(stream.read(&mut buffer).unwrap(), 5);
    assert_eq!(stream.read(&mut buffer).unwrap(), 19);
    for _ in 0..2 {
        let error = stream.read(&mut buffer).unwrap_err();
        let error = replay_error(&error);
        assert!(matches!(
            error,
            ReplayError::Corrupt {
                what: Corruption::Checksum,
                ..
            }
        ));
    }
    assert_eq!(stream.end(), Some(ReplayEnd::Broken));
    assert!(matches!(stream.error(), Some(ReplayError::Corrupt { .. })));
}

#[test]
fn what_is_not_written_is_an_error_once_nobody_waits_for_it() {
    let path = session("unwritten", 1);
    let mut buffer = [0; 64];
    let mut stream = ReplayStream::builder().verify().open(&path).unwrap();
    assert_eq!(
        stream.start_ns(),
        RecordingReader::open(&path).unwrap().start_ns()
    );
    stream.write_all(&masked(b"first", 1)[..3]).unwrap();
    assert_eq!(stream.awaited_bytes(), 4);
    assert!(stream.error().is_none());
    assert!(stream.stop_waiting());
    for _ in 0..2 {
        let results = [stream.read(&mut buffer), stream.write(b"st")];
        for result in results {
            let error = result.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidData);
            assert_eq!(
                replay_error(&error).to_string(),
                "4 bytes recorded before this were not written"
            );
        }
    }
    assert!(matches!(
        stream.error(),
        Some(ReplayError::Unwritten { bytes: 4 })
    ));
    assert!(matches!(
        stream.finish(),
        Err(ReplayError::Unwritten { bytes: 4 })
    ));

    let mut not_waiting = ReplayStream::open(&path).unwrap();
    assert!(!not_waiting.stop_waiting());
    assert_eq!(not_waiting.read(&mut buffer).unwrap(), 5);
}
