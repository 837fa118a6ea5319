//! Where a recording is, and what its header says of the peer.
#![cfg(feature = "record")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod recordings;

use std::fs;
use std::io::{self, Read};

use boom_stream::ConnectionInfo;
use boom_stream::record::Recorder;
use boom_stream::replay::RecordingReader;
use boom_testkit::stream::ScriptedStream;

use recordings::{events, folder};

#[test]
fn a_later_file_that_is_left_over_is_in_nobodys_way() {
    let folder = folder("left_over");
    fs::write(folder.join("name.part3.pcapng"), b"old").unwrap();
    let recorder = Recorder::builder(&folder).rotate_bytes(1).build();
    let stream = ScriptedStream::new().read(b"a").read(b"b").read(b"c");
    let info = ConnectionInfo::new("example.com", 1);
    let mut stream = recorder.record(stream, "name", &info).unwrap();
    for _ in 0..3 {
        assert_eq!(stream.read(&mut [0; 8]).unwrap(), 1);
    }
    assert_eq!(stream.finish().1.unwrap().files, 4);
    let (events, end) = events(&folder.join("name-1.pcapng"));
    end.unwrap();
    assert_eq!(events.len(), 4);
    assert!(!folder.join("name.pcapng").exists());
    assert_eq!(fs::read(folder.join("name.part3.pcapng")).unwrap(), b"old");
}

#[test]
fn a_strange_host_does_not_break_the_header() {
    let folder = folder("strange_host");
    let recorder = Recorder::builder(&folder).build();
    for (name, host, recorded) in [
        (
            "lines",
            "host\nport=7".to_owned(),
            "host\u{fffd}port=7".to_owned(),
        ),
        ("long", "h".repeat(70_000), "h".repeat(1024)),
    ] {
        let info = ConnectionInfo::new(host, 1);
        let stream = recorder.record(io::empty(), name, &info).unwrap();
        stream.finish().1.unwrap();
        let path = folder.join(name).with_extension("pcapng");
        let reader = RecordingReader::open(path).unwrap();
        assert_eq!(reader.connection_info().host(), recorded);
        assert_eq!(reader.connection_info().port(), 1);
    }
}
