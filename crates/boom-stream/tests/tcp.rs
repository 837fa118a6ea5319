//! Real sockets on loopback.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener};

use boom_stream::tcp::{ConnectStatus, TcpStream};
use boom_stream::{ConnectionInfo, ConnectionInfoProvider, HalfClose, Layer};
use socket2::{Domain, SockRef, Socket, Type};

fn connected(listener: &TcpListener) -> TcpStream {
    let mut stream =
        TcpStream::try_from(("127.0.0.1", listener.local_addr().unwrap().port())).unwrap();
    while !stream.connected().unwrap() {}
    stream
}

/// An address where nobody listens, and nobody else can while the socket is kept.
fn closed_port() -> (Socket, u16) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket
        .bind(&std::net::SocketAddr::from(([127, 0, 0, 1], 0)).into())
        .unwrap();
    let port = socket.local_addr().unwrap().as_socket().unwrap().port();
    (socket, port)
}

#[test]
fn a_stream_does_not_block_and_does_not_wait_to_send() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut stream = connected(&listener);
    assert_eq!(
        stream.read(&mut [0; 8]).unwrap_err().kind(),
        ErrorKind::WouldBlock
    );
    let (inner, info) = stream.into_parts();
    assert!(SockRef::from(&inner).tcp_nodelay().unwrap());
    assert_eq!(
        info,
        ConnectionInfo::new("127.0.0.1", listener.local_addr().unwrap().port())
    );
}

#[test]
fn a_refused_connect_is_reported_by_connected() {
    let (_socket, port) = closed_port();
    let mut stream = TcpStream::try_from(("127.0.0.1", port)).unwrap();
    let error = loop {
        match stream.connected() {
            Ok(connected) => assert!(!connected),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    assert_stays_refused(stream);
}

#[test]
fn a_refused_connect_is_reported_by_the_first_read() {
    let (_socket, port) = closed_port();
    let mut stream = TcpStream::try_from(("127.0.0.1", port)).unwrap();
    let kind = loop {
        match stream.read(&mut [0; 8]) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => break error.kind(),
            Ok(count) => panic!("read {count} bytes"),
        }
    };
    assert_eq!(kind, ErrorKind::ConnectionRefused);
    assert_stays_refused(stream);
}

/// The kernel says it once; the stream keeps it.
fn assert_stays_refused(mut stream: TcpStream) {
    for _ in 0..2 {
        assert_eq!(
            stream.connected().unwrap_err().kind(),
            ErrorKind::ConnectionRefused
        );
        assert_eq!(
            stream.read(&mut [0; 8]).unwrap_err().kind(),
            ErrorKind::ConnectionRefused
        );
        assert_eq!(
            stream.write(b"x").unwrap_err().kind(),
            ErrorKind::ConnectionRefused
        );
    }
}

#[test]
fn a_socket_connected_to_itself_is_a_refused_connect() {
    let (socket, _) = closed_port();
    socket.connect(&socket.local_addr().unwrap()).unwrap();
    assert_eq!(
        ConnectStatus::default().check(&socket).unwrap_err().kind(),
        ErrorKind::ConnectionRefused
    );
}

#[test]
fn data_before_the_end_is_read_first() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut stream = connected(&listener);
    let (mut peer, _) = listener.accept().unwrap();
    peer.write_all(b"last words").unwrap();
    drop(peer);
    let mut received = Vec::new();
    let mut buffer = [0; 4];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => received.extend_from_slice(&buffer[..count]),
            Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
        }
    }
    assert_eq!(received, b"last words");
}

#[test]
fn one_direction_can_end_by_itself() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut stream = connected(&listener);
    let (mut peer, _) = listener.accept().unwrap();
    stream.write_all(b"question").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut question = String::new();
    peer.read_to_string(&mut question).unwrap();
    peer.write_all(b"answer").unwrap();
    let mut answer = [0; 6];
    while let Err(error) = stream.read_exact(&mut answer) {
        assert_eq!(error.kind(), ErrorKind::WouldBlock);
    }
    assert_eq!((question.as_str(), &answer), ("question", b"answer"));
}

#[test]
fn what_fails_after_the_first_write_is_not_the_connect() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    // Nobody asks it whether it is connected.
    let mut stream = TcpStream::try_from(("127.0.0.1", port)).unwrap();
    let (mut peer, _) = listener.accept().unwrap();
    while let Err(error) = stream.write(b"question") {
        assert_eq!(error.kind(), ErrorKind::WouldBlock);
    }
    stream.close_write().unwrap();
    stream.write(b"more").unwrap_err();
    let error = stream.read(&mut [0; 8]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WouldBlock);
    peer.read_to_end(&mut Vec::new()).unwrap();
    peer.write_all(b"answer").unwrap();
    drop(peer);
    let mut answer = [0; 6];
    while let Err(error) = stream.read_exact(&mut answer) {
        assert_eq!(error.kind(), ErrorKind::WouldBlock);
    }
    assert_eq!(&answer, b"answer");
}

#[test]
fn ipv6_is_reached_by_a_literal_with_or_without_brackets() {
    let Ok(listener) = TcpListener::bind("[::1]:0") else {
        println!("skipped: this machine has no IPv6 loopback");
        return;
    };
    for host in ["::1", "[::1]"] {
        let mut stream =
            TcpStream::try_from((host, listener.local_addr().unwrap().port())).unwrap();
        while !stream.connected().unwrap() {}
        assert_eq!(stream.peer_addr().unwrap(), listener.local_addr().unwrap());
        assert_eq!(
            ConnectionInfoProvider::connection_info(&stream).host(),
            "::1"
        );
    }
}

#[test]
fn a_wrapper_reaches_the_socket() {
    struct Wrapper(TcpStream);

    impl Layer for Wrapper {
        type Base = TcpStream;

        fn base(&self) -> &TcpStream {
            &self.0
        }

        fn base_mut(&mut self) -> &mut TcpStream {
            &mut self.0
        }
    }

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut wrapper = Wrapper(connected(&listener));
    assert_eq!(
        wrapper.connection_info().port(),
        listener.local_addr().unwrap().port()
    );
    assert!(wrapper.base_mut().connected().unwrap());
    assert!(!wrapper.has_buffered() && !wrapper.wants_write() && !wrapper.is_encrypted());
}
