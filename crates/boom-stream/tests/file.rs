//! A file in the place of a connection.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::path::PathBuf;

use boom_stream::buffer::{LimitExceeded, ReadBuffer};
use boom_stream::file::FileStream;
use boom_stream::{ConnectionInfoProvider, HalfClose, Layer, Socket};

/// A file that goes when the test is over.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, bytes: &[u8]) -> Self {
        let name = format!("boom-stream-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::write(&path, bytes).unwrap();
        Self(path)
    }

    fn open(&self) -> FileStream {
        FileStream::open(&self.0).unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[test]
fn the_file_is_read_to_its_end_and_stays_there() {
    let bytes: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
    let scratch = Scratch::new("whole", &bytes);
    let mut stream = scratch.open();
    assert!(stream.connected().unwrap());
    let mut buffer = ReadBuffer::new(1000, 1000);
    let mut read = Vec::new();
    while stream.has_buffered() {
        buffer.read_from(&mut stream).unwrap();
        read.extend_from_slice(buffer.filled());
        buffer.consume(buffer.len());
    }
    assert!(read == bytes);
    assert_eq!(stream.read(&mut [0; 8]).unwrap(), 0);
}

#[test]
fn a_read_of_nothing_is_not_the_end() {
    let scratch = Scratch::new("nothing", b"x");
    let mut stream = scratch.open();
    assert_eq!(stream.read(&mut []).unwrap(), 0);
    assert!(stream.has_buffered());
}

#[test]
fn writes_are_refused_unless_asked_for() {
    let scratch = Scratch::new("refused", b"x");
    let mut stream = scratch.open();
    assert_eq!(
        stream.write(b"order").unwrap_err().kind(),
        ErrorKind::Unsupported
    );
    assert_eq!(stream.written(), b"");
}

#[test]
fn writes_are_collected_up_to_the_limit() {
    let scratch = Scratch::new("collected", b"x");
    let mut stream = scratch.open().collect_writes(8);
    stream.write_all(b"12345").unwrap();
    let error = stream.write(b"6789").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StorageFull);
    let limit = error.downcast::<LimitExceeded>().unwrap();
    assert_eq!((limit.needed, limit.limit), (9, 8));
    assert_eq!(stream.written(), b"12345");
    assert_eq!(stream.take_written(), b"12345");
    stream.write_all(b"12345678").unwrap();
    stream.flush().unwrap();
    stream.close_write().unwrap();
    assert_eq!(stream.written(), b"12345678");
}

#[test]
fn writes_are_discarded() {
    let scratch = Scratch::new("discarded", b"x");
    let mut stream = scratch.open().discard_writes();
    stream.write_all(&[0; 100_000]).unwrap();
    assert_eq!(stream.written(), b"");
}

#[test]
fn the_peer_is_who_one_says() {
    let scratch = Scratch::new("peer", b"x");
    let stream = scratch
        .open()
        .with_connection_info(("stream.example.com", 443));
    assert_eq!(
        ConnectionInfoProvider::connection_info(&stream).to_string(),
        "stream.example.com:443"
    );
}

#[test]
fn a_missing_file_is_an_error() {
    let error = FileStream::open("/no/such/file").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}
