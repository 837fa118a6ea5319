//! A buffered stream takes each message whole, whatever the stream below takes of it.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::io::{ErrorKind, IoSlice, Read, Write};
use std::net::TcpListener;

use boom_stream::buffered::{BufferedStream, IntoBufferedStream};
use boom_stream::tcp::TcpStream;
use boom_stream::{ConnectionInfoProvider, HalfClose, Layer};
use boom_testkit::alloc::{self, CountingAllocator};
use boom_testkit::stream::ScriptedStream;
use proptest::prelude::*;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

fn kind<T: std::fmt::Debug>(result: std::io::Result<T>) -> ErrorKind {
    result.unwrap_err().kind()
}

#[test]
fn writes_are_one_write_at_the_flush() {
    let mut stream = ScriptedStream::new().into_buffered_stream();
    for message in ["one", "two", "three"] {
        stream.write_all(message.as_bytes()).unwrap();
    }
    assert_eq!(stream.get_ref().writes(), 0);
    assert_eq!(stream.pending(), b"onetwothree");
    assert!(!stream.wants_write(), "nobody has asked to send it yet");
    stream.flush().unwrap();
    assert_eq!(stream.get_ref().writes(), 1);
    assert_eq!(stream.get_ref().written(), b"onetwothree");
    assert_eq!(stream.pending(), b"");
    stream.flush().unwrap();
    assert_eq!(stream.get_ref().writes(), 1);
}

#[test]
fn a_flush_cut_at_every_byte_keeps_the_rest() {
    let message = b"0123456789";
    for cut in 1..message.len() {
        let socket = ScriptedStream::new().write_limit(cut).write_would_block();
        let mut stream = socket.into_buffered_stream();
        stream.write_all(message).unwrap();
        assert_eq!(kind(stream.flush()), ErrorKind::WouldBlock);
        assert!(stream.wants_write());
        assert_eq!(stream.get_ref().written(), &message[..cut]);
        assert_eq!(stream.pending(), &message[cut..]);
        stream.write_all(b"more").unwrap();
        stream.flush().unwrap();
        assert!(!stream.wants_write());
        assert_eq!(stream.get_ref().written(), b"0123456789more");
    }
}

#[test]
fn reads_go_on_with_a_flush() {
    let socket = ScriptedStream::new().write_limit(2).write_would_block();
    let mut stream = socket.read(b"answer").into_buffered_stream();
    stream.write_all(b"question").unwrap();
    assert_eq!(kind(stream.flush()), ErrorKind::WouldBlock);
    let mut buffer = [0; 16];
    assert_eq!(stream.read(&mut buffer).unwrap(), 6);
    assert_eq!(stream.get_ref().written(), b"question");
    assert!(!stream.wants_write());

    // What no flush has asked for, no read sends.
    stream.write_all(b"unflushed").unwrap();
    assert_eq!(kind(stream.read(&mut buffer)), ErrorKind::WouldBlock);
    assert_eq!(stream.get_ref().written(), b"question");
}

/// Keeps what it takes until it is flushed, as a layer of TLS may.
#[derive(Default)]
struct Lower {
    refusals: usize,
    flushes: usize,
    taken: usize,
}

impl Read for Lower {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(ErrorKind::WouldBlock.into())
    }
}

impl Write for Lower {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.taken += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self.refusals.checked_sub(1) {
            Some(rest) => {
                self.refusals = rest;
                Err(ErrorKind::WouldBlock.into())
            }
            None => {
                self.flushes += 1;
                Ok(())
            }
        }
    }
}

#[test]
fn a_flush_that_reads_go_on_with_flushes_the_stream_below() {
    let lower = Lower {
        refusals: 2,
        ..Lower::default()
    };
    let mut stream = BufferedStream::new(lower, 16, 64);
    stream.write_all(b"question").unwrap();
    assert_eq!(kind(stream.flush()), ErrorKind::WouldBlock);
    for flushes in [0, 1, 1] {
        assert_eq!(kind(stream.read(&mut [0; 4])), ErrorKind::WouldBlock);
        assert_eq!(stream.get_ref().flushes, flushes);
    }
    assert_eq!(stream.get_ref().taken, 8);
    assert!(stream.pending().is_empty());
}

/// A stream whose flush has begun and cannot go on.
fn broken(read: &[u8]) -> BufferedStream<ScriptedStream> {
    let mut socket = ScriptedStream::new().write_limit(1).write_would_block();
    if !read.is_empty() {
        socket = socket.read(read);
    }
    let mut stream = socket
        .write_error(ErrorKind::BrokenPipe)
        .into_buffered_stream();
    stream.write_all(b"xyz").unwrap();
    assert_eq!(kind(stream.flush()), ErrorKind::WouldBlock);
    stream
}

#[test]
fn an_error_met_in_a_read_is_told_after_what_there_is_to_read() {
    let mut stream = broken(b"last words");
    let mut buffer = [0; 16];
    assert_eq!(stream.read(&mut buffer).unwrap(), 10);
    assert!(stream.has_buffered() && !stream.wants_write());
    assert_eq!(kind(stream.read(&mut buffer)), ErrorKind::BrokenPipe);
    assert!(!stream.has_buffered());
    assert_eq!(kind(stream.read(&mut buffer)), ErrorKind::WouldBlock);
    assert_eq!(stream.pending(), b"yz");
}

#[test]
fn an_error_met_in_a_read_is_told_by_the_next_write_or_flush() {
    let mut buffer = [0; 16];
    let mut stream = broken(b"words");
    assert_eq!(stream.read(&mut buffer).unwrap(), 5);
    assert_eq!(kind(stream.write(b"more")), ErrorKind::BrokenPipe);
    assert_eq!(stream.pending(), b"yz");

    let mut stream = broken(b"words");
    assert_eq!(stream.read(&mut buffer).unwrap(), 5);
    assert_eq!(kind(stream.flush()), ErrorKind::BrokenPipe);
}

#[test]
fn an_error_in_a_flush_keeps_what_waits() {
    let socket = ScriptedStream::new().write_error(ErrorKind::ConnectionReset);
    let mut stream = socket.into_buffered_stream();
    stream.write_all(b"order").unwrap();
    assert_eq!(kind(stream.flush()), ErrorKind::ConnectionReset);
    assert_eq!(stream.pending(), b"order");
    assert!(!stream.wants_write(), "there is nothing to wait for");
}

#[test]
fn at_the_limit_what_waits_is_sent_first() {
    let mut stream = BufferedStream::new(ScriptedStream::new(), 4, 8);
    stream.write_all(b"12345").unwrap();
    stream.write_all(b"6789").unwrap();
    assert_eq!(stream.get_ref().written(), b"12345");
    assert_eq!(stream.pending(), b"6789");
}

#[test]
fn at_the_limit_of_a_full_socket_a_write_is_refused_whole() {
    let socket = ScriptedStream::new().write_limit(3).write_would_block();
    let mut stream = BufferedStream::new(socket, 4, 8);
    stream.write_all(b"12345678").unwrap();
    assert_eq!(kind(stream.write(b"next")), ErrorKind::WouldBlock);
    assert_eq!(stream.pending(), b"45678");
    assert!(stream.wants_write());
    stream.write_all(b"new").unwrap();
    assert_eq!(stream.pending(), b"45678new");
}

#[test]
fn a_message_beyond_the_limit_is_taken_whole_at_every_cut() {
    let message: Vec<u8> = (0..100).collect();
    for cut in 0..message.len() {
        let socket = match cut {
            0 => ScriptedStream::new().write_would_block(),
            cut => ScriptedStream::new().write_limit(cut),
        };
        let mut stream = BufferedStream::new(socket.write_would_block(), 4, 8);
        assert_eq!(stream.write(&message).unwrap(), 100);
        assert_eq!(stream.get_ref().written(), &message[..cut]);
        assert_eq!(stream.pending(), &message[cut..]);
        assert!(stream.wants_write());
        let result = stream.write(b"next");
        if message.len() - cut > 4 {
            assert_eq!(kind(result), ErrorKind::WouldBlock);
            stream.write_all(b"next").unwrap();
        } else {
            assert_eq!(result.unwrap(), 4);
            assert_eq!(kind(stream.flush()), ErrorKind::WouldBlock);
        }
        stream.flush().unwrap();
        let sent = [&message, &b"next"[..]].concat();
        assert_eq!(stream.get_ref().written(), sent);
    }
}

#[test]
fn a_message_beyond_the_limit_that_the_socket_takes_is_never_kept() {
    let mut stream = BufferedStream::new(ScriptedStream::new(), 4, 8);
    stream.write_all(b"12345").unwrap();
    stream.write_all(&[7; 1000]).unwrap();
    assert_eq!(stream.get_ref().written().len(), 1005);
    assert_eq!((stream.pending().len(), stream.wants_write()), (0, false));
}

#[test]
fn an_error_under_a_message_beyond_the_limit_takes_none_of_it() {
    let socket = ScriptedStream::new().write_error(ErrorKind::ConnectionReset);
    let mut stream = BufferedStream::new(socket, 4, 8);
    assert_eq!(kind(stream.write(&[7; 9])), ErrorKind::ConnectionReset);
    assert_eq!(stream.pending(), b"");
}

#[test]
fn a_vectored_write_is_taken_whole() {
    let mut stream = BufferedStream::new(ScriptedStream::new(), 4, 8);
    let parts = [IoSlice::new(b"ab"), IoSlice::new(b""), IoSlice::new(b"cde")];
    assert_eq!(stream.write_vectored(&parts).unwrap(), 5);
    assert_eq!(stream.pending(), b"abcde");
    assert_eq!(stream.write_vectored(&parts).unwrap(), 2);
    assert_eq!(stream.write_vectored(&[]).unwrap(), 0);
    assert_eq!(stream.pending(), b"abcdeab");
}

#[test]
fn the_sending_direction_ends_after_what_waits() {
    let socket = ScriptedStream::new().write_limit(1).write_would_block();
    let mut stream = socket.into_buffered_stream();
    stream.write_all(b"bye").unwrap();
    assert_eq!(kind(stream.close_write()), ErrorKind::WouldBlock);
    stream.close_write().unwrap();
    assert_eq!(stream.get_ref().written(), b"bye");
}

#[test]
fn the_socket_below_is_reached() {
    let mut stream = ScriptedStream::new().into_buffered_stream();
    assert_eq!(stream.connection_info().host(), "localhost");
    assert_eq!(stream.base_mut().reads(), 0);
    assert!(!stream.is_encrypted());
    assert_eq!(stream.into_inner().writes(), 0);
}

#[test]
fn a_message_larger_than_the_sockets_buffers_crosses_whole() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let stream = TcpStream::try_from(("127.0.0.1", port)).unwrap();
    let mut stream = BufferedStream::new(stream, 1024, 4096);
    let (mut peer, _) = listener.accept().unwrap();
    while !stream.base_mut().connected().unwrap() {}

    let message: Vec<u8> = (0..16 << 20)
        .map(|index: u32| (index % 251) as u8)
        .collect();
    stream.write_all(b"first").unwrap();
    stream.write_all(&message).unwrap();
    assert!(stream.wants_write(), "the peer reads nothing yet");
    assert_eq!(kind(stream.write(b"next")), ErrorKind::WouldBlock);
    let reader = std::thread::spawn(move || {
        let mut received = Vec::new();
        peer.read_to_end(&mut received).unwrap();
        received
    });
    while let Err(error) = stream.close_write() {
        assert_eq!(error.kind(), ErrorKind::WouldBlock);
        std::thread::yield_now();
    }
    assert!(reader.join().unwrap() == [&b"first"[..], &message].concat());
}

/// Takes all and counts.
struct Counter(u64);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += 1;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_steady_state_allocates_nothing_and_writes_once_a_flush() {
    let mut stream = Counter(0).into_buffered_stream();
    let allocations = alloc::count(|| {
        for _ in 0..10_000 {
            for _ in 0..10 {
                stream.write_all(&[1; 150]).unwrap();
            }
            stream.flush().unwrap();
        }
    });
    assert_eq!(allocations.count, 0);
    assert_eq!(stream.get_ref().0, 10_000);
}

#[derive(Clone, Debug)]
enum Operation {
    Write(usize),
    Flush,
    Read,
}

#[derive(Clone, Debug)]
enum Room {
    Bytes(usize),
    None,
    Error,
}

const LIMIT: usize = 40;

proptest! {
    /// The model is a string of bytes: all that was taken, of which the socket has a part and the stream the rest.
    #[test]
    fn nothing_is_lost_doubled_or_half_taken(
        operations in prop::collection::vec(
            prop_oneof![
                4 => (0usize..100).prop_map(Operation::Write),
                2 => Just(Operation::Flush),
                1 => Just(Operation::Read),
            ],
            0..60,
        ),
        rooms in prop::collection::vec(
            prop_oneof![
                4 => (1usize..60).prop_map(Room::Bytes),
                2 => Just(Room::None),
                1 => Just(Room::Error),
            ],
            0..60,
        ),
    ) {
        let socket = rooms.iter().fold(ScriptedStream::new(), |socket, room| match room {
            Room::Bytes(count) => socket.write_limit(*count),
            Room::None => socket.write_would_block(),
            Room::Error => socket.write_error(ErrorKind::TimedOut),
        });
        let mut stream = BufferedStream::new(socket, 8, LIMIT);
        let mut taken = Vec::new();
        let mut next = 0_u8;
        for operation in operations {
            match operation {
                Operation::Write(count) => {
                    let before = stream.pending().len();
                    let message: Vec<u8> = (0..count).map(|_| { next = next.wrapping_add(1); next }).collect();
                    match stream.write(&message) {
                        Ok(written) => {
                            prop_assert_eq!(written, count);
                            taken.extend(message);
                        }
                        Err(error) => {
                            prop_assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut));
                            prop_assert!(error.kind() == ErrorKind::TimedOut || before + count > LIMIT);
                            prop_assert!(error.kind() == ErrorKind::TimedOut || stream.wants_write());
                        }
                    }
                    prop_assert!(stream.pending().len() <= LIMIT.max(before).max(count));
                }
                Operation::Flush => match stream.flush() {
                    Ok(()) => prop_assert!(stream.pending().is_empty()),
                    Err(error) => prop_assert_eq!(
                        error.kind() == ErrorKind::WouldBlock,
                        stream.wants_write()
                    ),
                },
                Operation::Read => {
                    let result = stream.read(&mut [0; 4]);
                    prop_assert!(matches!(kind(result), ErrorKind::WouldBlock | ErrorKind::TimedOut));
                }
            }
            prop_assert!(!stream.wants_write() || !stream.pending().is_empty());
            let all = [stream.get_ref().written(), stream.pending()].concat();
            prop_assert_eq!(&all, &taken);
        }
        // The script of the socket ends: it takes everything.
        while stream.flush().is_err() {}
        prop_assert_eq!(stream.get_ref().written(), &*taken);
    }
}

#[test]
fn an_orderly_end_flushes_first() {
    let socket = ScriptedStream::new().write_would_block();
    let mut stream = socket.into_buffered_stream();
    stream.write_all(b"last order").unwrap();
    assert!(!stream.poll_close().unwrap());
    assert!(stream.wants_write());
    assert!(stream.poll_close().unwrap());
    assert_eq!(stream.get_ref().written(), b"last order");

    let socket = ScriptedStream::new().write_error(ErrorKind::BrokenPipe);
    let mut stream = socket.into_buffered_stream();
    stream.write_all(b"lost").unwrap();
    assert_eq!(kind(stream.poll_close()), ErrorKind::BrokenPipe);
}
