//! `MioSelector` and `MioStream` over loopback.
#![cfg(feature = "mio")]
// The helpers of tests are tests as well.
#![allow(clippy::unwrap_used)]

use std::io::{ErrorKind, IoSlice, IoSliceMut, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream as Peer};
use std::os::fd::AsFd;
use std::time::Duration;

use boom_select::{IntoMioStream, MioSelector, MioStream, Ready, Selector, Token};
use boom_stream::Socket;
use boom_stream::tcp::TcpStream;

const TOKEN: Token = Token {
    index: 3,
    generation: 9,
};

/// A registered stream and its peer.
struct Pair {
    selector: MioSelector,
    stream: MioStream,
    peer: Peer,
}

impl Pair {
    fn connected() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut pair = Self {
            selector: MioSelector::new().unwrap(),
            stream: connect(listener.local_addr().unwrap().port()),
            peer: listener.accept().unwrap().0,
        };
        pair.selector.register(&mut pair.stream, TOKEN).unwrap();
        pair.turn_until(|pair| pair.stream.connected().unwrap());
        pair
    }

    /// Waits for reports and delivers them until `done`.
    fn turn_until(&mut self, mut done: impl FnMut(&mut Self) -> bool) {
        for _ in 0..1000 {
            if done(self) {
                return;
            }
            for report in poll(&mut self.selector, Duration::from_secs(10)) {
                assert_eq!(report.token, TOKEN);
                self.selector.deliver(&mut self.stream, report.readiness);
            }
        }
        panic!("what was waited for did not happen in 1000 turns");
    }

    /// Lets the kernel report what it knows already, and throws the reports away.
    fn forget_reports(&mut self) {
        while !poll(&mut self.selector, Duration::ZERO).is_empty() {}
    }
}

fn connect(port: u16) -> MioStream {
    TcpStream::try_from(("127.0.0.1", port))
        .unwrap()
        .into_mio_stream()
}

fn poll(selector: &mut MioSelector, timeout: Duration) -> Vec<Ready> {
    let mut ready = Vec::new();
    selector.poll(&mut ready, Some(timeout)).unwrap();
    ready
}

/// The kind of the error, or nothing.
fn kind<T>(result: std::io::Result<T>) -> Option<ErrorKind> {
    result.err().map(|error| error.kind())
}

/// A port that nobody listens at.
fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

#[test]
fn nothing_is_ready_before_the_first_report() {
    let mut pair = Pair::connected();
    assert!(!pair.selector.may_read(&pair.stream));
    assert!(pair.selector.may_write(&pair.stream));
    assert_eq!(pair.stream.connection_info().host(), "127.0.0.1");
    assert_eq!(
        kind(pair.stream.read(&mut [0; 8])),
        Some(ErrorKind::WouldBlock)
    );
}

#[test]
fn an_end_that_arrives_with_the_data_is_not_lost() {
    let mut pair = Pair::connected();
    pair.peer.write_all(b"last words").unwrap();
    pair.peer.shutdown(Shutdown::Write).unwrap();
    let mut saw_end = false;
    while !saw_end {
        for report in poll(&mut pair.selector, Duration::from_secs(10)) {
            saw_end |= report.readiness.read_closed;
            pair.selector.deliver(&mut pair.stream, report.readiness);
        }
    }
    // No report will follow, so the short read must not be taken for an empty socket.
    let mut buffer = [0; 64];
    assert_eq!(pair.stream.read(&mut buffer).unwrap(), 10);
    assert_eq!(&buffer[..10], b"last words");
    assert!(pair.selector.may_read(&pair.stream));
    assert_eq!(pair.stream.read(&mut buffer).unwrap(), 0);
    assert!(
        !pair.selector.may_read(&pair.stream),
        "the end is no reason to come back"
    );
    assert_eq!(
        pair.stream.read(&mut buffer).unwrap(),
        0,
        "the end can be read again"
    );
}

#[test]
fn a_drained_stream_makes_no_system_call() {
    let mut pair = Pair::connected();
    pair.peer.write_all(b"one").unwrap();
    let mut buffer = [0; 64];
    pair.turn_until(|pair| pair.selector.may_read(&pair.stream));
    assert_eq!(pair.stream.read(&mut buffer).unwrap(), 3);
    assert!(!pair.selector.may_read(&pair.stream));

    // Bytes that the kernel has, and the stream has not been told of: a system call would return them.
    pair.peer.write_all(b"two").unwrap();
    let same_socket = Peer::from(pair.stream.as_fd().try_clone_to_owned().unwrap());
    while kind(same_socket.peek(&mut buffer)) == Some(ErrorKind::WouldBlock) {}
    assert_eq!(
        kind(pair.stream.read(&mut buffer)),
        Some(ErrorKind::WouldBlock)
    );

    pair.turn_until(|pair| pair.selector.may_read(&pair.stream));
    assert_eq!(pair.stream.read(&mut buffer).unwrap(), 3);
    assert_eq!(&buffer[..3], b"two");
}

#[test]
fn a_full_read_leaves_the_rest_readable() {
    let mut pair = Pair::connected();
    pair.peer.write_all(b"abcdef").unwrap();
    pair.turn_until(|pair| pair.selector.may_read(&pair.stream));
    let mut buffer = [0; 3];
    assert_eq!(pair.stream.read(&mut buffer).unwrap(), 3);
    assert!(pair.selector.may_read(&pair.stream));
    assert_eq!(pair.stream.read(&mut buffer).unwrap(), 3);
    assert_eq!(&buffer, b"def");
    assert_eq!(
        kind(pair.stream.read(&mut buffer)),
        Some(ErrorKind::WouldBlock)
    );
    assert!(!pair.selector.may_read(&pair.stream));
}

#[test]
fn an_empty_buffer_is_not_taken_for_the_end() {
    let mut pair = Pair::connected();
    pair.peer.write_all(b"x").unwrap();
    pair.turn_until(|pair| pair.selector.may_read(&pair.stream));
    assert_eq!(pair.stream.read(&mut []).unwrap(), 0);
    assert!(pair.selector.may_read(&pair.stream));
    assert_eq!(pair.stream.read(&mut [0; 8]).unwrap(), 1);
}

#[test]
fn a_refused_connect_is_told_by_connected() {
    let mut selector = MioSelector::new().unwrap();
    let mut stream = connect(closed_port());
    selector.register(&mut stream, TOKEN).unwrap();
    let error = loop {
        for report in poll(&mut selector, Duration::from_secs(10)) {
            selector.deliver(&mut stream, report.readiness);
        }
        match stream.connected() {
            Ok(connected) => assert!(!connected),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
}

#[test]
fn a_refused_connect_is_told_by_the_first_read() {
    let mut selector = MioSelector::new().unwrap();
    let mut stream = connect(closed_port());
    selector.register(&mut stream, TOKEN).unwrap();
    let kind = loop {
        for report in poll(&mut selector, Duration::from_secs(10)) {
            selector.deliver(&mut stream, report.readiness);
        }
        match kind(stream.read(&mut [0; 8])) {
            Some(ErrorKind::WouldBlock) => {}
            other => break other,
        }
    };
    assert_eq!(kind, Some(ErrorKind::ConnectionRefused));
}

#[test]
fn a_partial_write_waits_for_the_writable_report() {
    let mut pair = Pair::connected();
    let block = vec![7_u8; 1 << 20];
    let mut sent = 0;
    let taken = loop {
        match pair.stream.write(&block) {
            Ok(count) if count == block.len() => sent += count,
            Ok(count) => break count,
            Err(error) => panic!("the first refusal is a partial write, not {error}"),
        }
    };
    sent += taken;
    assert!(!pair.selector.may_write(&pair.stream));
    pair.forget_reports();

    // The peer makes room for a part; without a report the stream does not try.
    let mut received = vec![0; sent];
    pair.peer.read_exact(&mut received).unwrap();
    assert_eq!(kind(pair.stream.write(&block)), Some(ErrorKind::WouldBlock));
    assert_eq!(
        kind(pair.stream.write_vectored(&[IoSlice::new(&block)])),
        Some(ErrorKind::WouldBlock)
    );

    pair.turn_until(|pair| pair.selector.may_write(&pair.stream));
    assert!(pair.stream.write(&block).unwrap() > 0);
}

#[test]
fn a_report_names_the_generation_it_was_registered_with() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut selector = MioSelector::new().unwrap();
    let mut old = connect(port);
    let mut old_peer = listener.accept().unwrap().0;
    selector
        .register(
            &mut old,
            Token {
                index: 0,
                generation: 1,
            },
        )
        .unwrap();
    old_peer.write_all(b"stale").unwrap();
    selector
        .deregister(
            &mut old,
            Token {
                index: 0,
                generation: 1,
            },
        )
        .unwrap();

    let mut new = connect(port);
    let _new_peer = listener.accept().unwrap();
    selector
        .register(
            &mut new,
            Token {
                index: 0,
                generation: 2,
            },
        )
        .unwrap();
    let reports = poll(&mut selector, Duration::from_secs(10));
    assert_eq!(reports.len(), 1);
    assert_eq!(
        reports[0].token,
        Token {
            index: 0,
            generation: 2
        }
    );

    // The old one is an ordinary stream again.
    let mut buffer = [0; 8];
    assert_eq!(old.read(&mut buffer).unwrap(), 5);
}

#[test]
fn registering_again_reports_what_is_there() {
    let mut pair = Pair::connected();
    pair.peer.write_all(b"kept").unwrap();
    pair.turn_until(|pair| pair.selector.may_read(&pair.stream));
    pair.selector.deregister(&mut pair.stream, TOKEN).unwrap();
    pair.selector.register(&mut pair.stream, TOKEN).unwrap();
    assert!(!pair.selector.may_read(&pair.stream));
    pair.turn_until(|pair| pair.selector.may_read(&pair.stream));
    assert_eq!(pair.stream.read(&mut [0; 8]).unwrap(), 4);
}

#[test]
fn without_a_selector_it_is_an_ordinary_stream() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut stream = connect(listener.local_addr().unwrap().port());
    let (mut peer, _) = listener.accept().unwrap();
    while !stream.connected().unwrap() {}
    assert_eq!(kind(stream.read(&mut [0; 8])), Some(ErrorKind::WouldBlock));
    stream.write_all(b"question").unwrap();
    let mut question = [0; 8];
    peer.read_exact(&mut question).unwrap();
    peer.write_all(b"answer").unwrap();
    drop(peer);
    let mut answer = Vec::new();
    while kind(stream.read_to_end(&mut answer)) == Some(ErrorKind::WouldBlock) {}
    assert_eq!(answer, b"answer");
}

#[test]
fn more_ready_sockets_than_fit_one_poll_come_with_the_next() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut selector = MioSelector::with_capacity(2).unwrap();
    let mut streams: Vec<_> = (0..5).map(|_| connect(port)).collect();
    for (index, stream) in streams.iter_mut().enumerate() {
        selector
            .register(
                stream,
                Token {
                    index: index as u32,
                    generation: 0,
                },
            )
            .unwrap();
    }
    let mut seen = [false; 5];
    while seen.contains(&false) {
        let reports = poll(&mut selector, Duration::from_secs(10));
        assert!((1..=2).contains(&reports.len()));
        for report in reports {
            seen[report.token.index as usize] = true;
        }
    }
}

#[test]
fn a_write_of_more_buffers_than_the_kernel_takes_has_not_filled_the_socket() {
    let mut pair = Pair::connected();
    pair.forget_reports();
    let buffers = vec![IoSlice::new(b"x"); 2000];
    let count = pair.stream.write_vectored(&buffers).unwrap();
    assert!((1..2000).contains(&count));
    // No report would come for a socket that was writable all the time.
    assert!(pair.selector.may_write(&pair.stream));
    assert_eq!(pair.stream.write(b"y").unwrap(), 1);
}

#[test]
fn a_read_into_more_buffers_than_the_kernel_takes_has_not_emptied_the_socket() {
    let mut pair = Pair::connected();
    pair.peer.write_all(&[1; 3000]).unwrap();
    pair.turn_until(|pair| pair.selector.may_read(&pair.stream));
    let mut bytes = [0; 2000];
    let mut buffers: Vec<_> = bytes.chunks_mut(1).map(IoSliceMut::new).collect();
    let count = pair.stream.read_vectored(&mut buffers).unwrap();
    assert!((1..2000).contains(&count));
    // No report would come for the bytes that are left.
    assert!(pair.selector.may_read(&pair.stream));
}
