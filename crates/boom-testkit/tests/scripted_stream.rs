//! The scripted stream does one step a call and loses nothing.

use std::io::{ErrorKind, IoSlice, Read, Write};

use boom_stream::{ConnectionInfoProvider, Layer, Socket};
use boom_testkit::stream::ScriptedStream;

fn read(stream: &mut ScriptedStream, room: usize) -> Result<Vec<u8>, ErrorKind> {
    let mut buffer = vec![0; room];
    let count = Read::read(stream, &mut buffer).map_err(|error| error.kind())?;
    buffer.truncate(count);
    Ok(buffer)
}

#[test]
fn one_step_is_at_most_one_read() {
    let mut stream = ScriptedStream::new().read(b"abc").read(b"de");
    assert_eq!(read(&mut stream, 16), Ok(b"abc".to_vec()));
    assert!(!stream.is_read_out());
    assert_eq!(read(&mut stream, 16), Ok(b"de".to_vec()));
    assert!(stream.is_read_out());
    assert_eq!(read(&mut stream, 16), Err(ErrorKind::WouldBlock));
    assert_eq!(stream.reads(), 3);
}

#[test]
fn a_small_buffer_splits_a_step_and_loses_nothing() {
    let mut stream = ScriptedStream::new().read(b"abcde").eof();
    assert_eq!(read(&mut stream, 2), Ok(b"ab".to_vec()));
    assert_eq!(read(&mut stream, 0), Ok(Vec::new()));
    assert_eq!(read(&mut stream, 2), Ok(b"cd".to_vec()));
    assert_eq!(read(&mut stream, 2), Ok(b"e".to_vec()));
    assert_eq!(read(&mut stream, 2), Ok(Vec::new()));
}

#[test]
fn pieces_have_the_size_asked_for() {
    let mut stream = ScriptedStream::new().read_in_pieces(b"abcde", 2);
    let pieces: Vec<_> = (0..3).map(|_| read(&mut stream, 16).unwrap()).collect();
    assert_eq!(pieces, [&b"ab"[..], b"cd", b"e"]);
    // A piece of nothing would never end.
    let mut stream = ScriptedStream::new().read_in_pieces(b"ab", 0);
    assert_eq!(read(&mut stream, 16), Ok(b"a".to_vec()));
}

#[test]
fn the_end_stays_and_an_error_does_not() {
    let mut stream = ScriptedStream::new()
        .read_error(ErrorKind::ConnectionReset)
        .read(b"")
        .would_block()
        .eof();
    assert_eq!(read(&mut stream, 4), Err(ErrorKind::ConnectionReset));
    assert_eq!(read(&mut stream, 4), Err(ErrorKind::WouldBlock));
    assert_eq!(read(&mut stream, 4), Ok(Vec::new()));
    stream.push_read(b"too late");
    assert_eq!(read(&mut stream, 4), Ok(Vec::new()));
}

#[test]
fn bytes_can_arrive_later() {
    let mut stream = ScriptedStream::new();
    assert_eq!(read(&mut stream, 4), Err(ErrorKind::WouldBlock));
    stream.push_read(b"now");
    stream.push_eof();
    assert_eq!(read(&mut stream, 4), Ok(b"now".to_vec()));
    assert_eq!(read(&mut stream, 4), Ok(Vec::new()));
}

#[test]
fn writes_follow_their_steps_then_take_everything() {
    let mut stream = ScriptedStream::new()
        .write_limit(2)
        .write_would_block()
        .write_error(ErrorKind::BrokenPipe)
        .write_limit(9);
    assert_eq!(stream.write(b"abc").unwrap(), 2);
    assert_eq!(
        stream.write(b"c").unwrap_err().kind(),
        ErrorKind::WouldBlock
    );
    assert_eq!(
        stream.write(b"c").unwrap_err().kind(),
        ErrorKind::BrokenPipe
    );
    assert_eq!(stream.write(b"").unwrap(), 0);
    assert_eq!(stream.write(b"c").unwrap(), 1);
    assert_eq!(stream.write(b"def").unwrap(), 3);
    assert_eq!(stream.writes(), 6);
    assert_eq!(stream.take_written(), b"abcdef");
    assert_eq!(stream.written(), b"");
}

#[test]
fn a_vectored_write_is_one_write() {
    let mut stream = ScriptedStream::new().write_limit(4);
    let parts = [
        IoSlice::new(b"abc"),
        IoSlice::new(b""),
        IoSlice::new(b"def"),
    ];
    assert_eq!(stream.write_vectored(&parts).unwrap(), 4);
    assert_eq!(stream.write_vectored(&parts).unwrap(), 6);
    assert_eq!((stream.written(), stream.writes()), (&b"abcdabcdef"[..], 2));
}

#[test]
fn steps_can_be_added_while_the_stream_is_in_use() {
    let mut stream = ScriptedStream::new();
    stream.push_write_would_block();
    stream.push_write_limit(1);
    assert_eq!(
        stream.write(b"ab").unwrap_err().kind(),
        ErrorKind::WouldBlock
    );
    assert_eq!(stream.write(b"ab").unwrap(), 1);
    assert_eq!(stream.write(b"b").unwrap(), 1);
    assert_eq!(stream.written(), b"ab");
}

#[test]
fn a_connect_takes_the_polls_it_is_told_to() {
    let mut stream = ScriptedStream::new().connecting(2).read(b"hello");
    assert_eq!(read(&mut stream, 8), Err(ErrorKind::WouldBlock));
    assert_eq!(
        stream.write(b"x").unwrap_err().kind(),
        ErrorKind::WouldBlock
    );
    assert!(!stream.connected().unwrap());
    assert!(!stream.connected().unwrap());
    assert!(stream.connected().unwrap());
    assert_eq!(read(&mut stream, 8), Ok(b"hello".to_vec()));
    assert_eq!(stream.written(), b"");
}

#[test]
fn a_failed_connect_is_reported_by_every_call() {
    let mut stream = ScriptedStream::new()
        .connecting(1)
        .connect_error(ErrorKind::ConnectionRefused)
        .read(b"no");
    assert!(!stream.connected().unwrap());
    assert_eq!(
        stream.connected().unwrap_err().kind(),
        ErrorKind::ConnectionRefused
    );
    assert_eq!(read(&mut stream, 8), Err(ErrorKind::ConnectionRefused));
    assert_eq!(
        stream.write(b"x").unwrap_err().kind(),
        ErrorKind::ConnectionRefused
    );
}

#[test]
fn it_is_the_bottom_of_a_stack() {
    let stream = ScriptedStream::new().with_connection_info(("stream.example.com", 9443));
    assert_eq!(stream.base().written(), b"");
    assert_eq!(
        ConnectionInfoProvider::connection_info(&stream).to_string(),
        "stream.example.com:9443"
    );
}

#[test]
fn written_bytes_need_no_memory_once_there_is_room() {
    let mut stream = ScriptedStream::new();
    stream.reserve_written(64);
    stream.write_all(&[1; 64]).unwrap();
    stream.clear_written();
    stream.write_all(&[2; 64]).unwrap();
    assert_eq!(stream.written(), [2; 64]);
}
