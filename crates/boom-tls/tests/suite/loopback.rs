//! Over real sockets, against a server on a thread.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use boom_stream::tcp::TcpStream;
use boom_stream::{Layer, Phase};
use boom_testkit::tls::Authority;
use boom_tls::{IntoTlsReadyStream, IntoTlsStream, TlsConfig};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::support::{VERSIONS, only, trusting};
use crate::Backend;

/// Echoes on `connections` connections, one after the other, until each is closed. Returns the port.
fn echo(config: Arc<ServerConfig>, connections: usize) -> (u16, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = thread::spawn(move || {
        for _ in 0..connections {
            let connection = ServerConnection::new(config.clone()).unwrap();
            let mut stream = StreamOwned::new(connection, listener.accept().unwrap().0);
            let mut buffer = vec![0; 20_000];
            loop {
                let count = stream.read(&mut buffer).unwrap();
                if count == 0 {
                    break;
                }
                stream.write_all(&buffer[..count]).unwrap();
            }
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    });
    (port, server)
}

/// Calls until it does not block.
fn until_done<T>(mut call: impl FnMut() -> std::io::Result<T>) -> T {
    loop {
        match call() {
            Err(error) if error.kind() == ErrorKind::WouldBlock => thread::yield_now(),
            result => return result.unwrap(),
        }
    }
}

fn connect(port: u16, config: &TlsConfig) -> boom_tls::Stream<TcpStream, Backend> {
    let stream = TcpStream::try_from(("127.0.0.1", port)).unwrap();
    stream
        .into_tls_stream_by_with_config::<Backend>(|tls| *tls = config.clone())
        .unwrap()
}

#[test]
fn bytes_come_back_and_a_reconnect_resumes() {
    for version in VERSIONS {
        let authority = Authority::new();
        let (port, server) = echo(authority.server_config(&["127.0.0.1"]), 2);
        let config = only(trusting(&authority), version);
        for resumed in [false, true] {
            let mut client = connect(port, &config);
            let data: Vec<u8> = (0..200_000u32).map(|n| (n ^ (n >> 8)) as u8).collect();
            let mut sent = 0;
            let mut echoed = Vec::new();
            let mut buffer = [0; 10_000];
            while echoed.len() < data.len() {
                if sent < data.len() {
                    match client.write(&data[sent..]) {
                        Ok(count) => sent += count,
                        Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
                    }
                }
                match client.read(&mut buffer) {
                    Ok(count) => echoed.extend_from_slice(&buffer[..count]),
                    Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock, "{error}"),
                }
            }
            assert_eq!(echoed, data);
            assert_eq!(client.phase(), Phase::Established);
            assert_eq!(client.is_resumed(), Some(resumed), "{version}");
            until_done(|| client.close_notify());
            assert_eq!(until_done(|| client.read(&mut buffer)), 0);
        }
        server.join().unwrap();
    }
}

#[test]
fn plain_or_tls_is_decided_at_run_time() {
    let authority = Authority::new();
    let (port, server) = echo(authority.server_config(&["127.0.0.1"]), 1);
    let config = trusting(&authority);
    let stream = TcpStream::try_from(("127.0.0.1", port)).unwrap();
    let mut stream = stream
        .into_tls_ready_stream_by_with_config::<Backend>(true, |tls| *tls = config.clone())
        .unwrap();
    assert!(stream.wants_write());
    assert_eq!(until_done(|| stream.write(b"ping")), 4);
    let mut buffer = [0; 64];
    assert_eq!(until_done(|| stream.read(&mut buffer)), 4);
    assert_eq!(&buffer[..4], b"ping");
    assert_eq!(stream.as_tls().unwrap().is_resumed(), Some(false));
    assert_eq!(stream.base().connection_info().port(), port);
    drop(stream);
    assert!(
        server.join().is_err(),
        "the server is told nothing by a drop"
    );

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let stream = TcpStream::try_from(("127.0.0.1", listener.local_addr().unwrap().port())).unwrap();
    let mut stream = stream.into_tls_ready_stream_by::<Backend>(false);
    let (mut peer, _) = listener.accept().unwrap();
    peer.write_all(b"plain").unwrap();
    assert_eq!(until_done(|| stream.read(&mut buffer)), 5);
    assert_eq!(&buffer[..5], b"plain");
    assert!(stream.as_tls().is_none());
}

#[test]
fn a_refused_connection_is_reported() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let mut client = connect(port, &trusting(&Authority::new()));
    let error = loop {
        match client.read(&mut [0; 64]) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => thread::yield_now(),
            result => break result.unwrap_err(),
        }
    };
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    assert_eq!(
        client.write(b"x").unwrap_err().kind(),
        ErrorKind::ConnectionRefused
    );
}

#[test]
fn a_graceful_end_waits_for_that_of_the_peer() {
    for version in VERSIONS {
        let authority = Authority::new();
        let (port, server) = echo(authority.server_config(&["127.0.0.1"]), 1);
        let mut client = connect(port, &only(trusting(&authority), version));
        until_done(|| client.write(b"last order"));
        // The server echoes, sees the end of this side, and ends too. Nobody reads meanwhile, and nothing is lost.
        let mut is_over = client.poll_close().unwrap();
        let mut echoed = Vec::new();
        while !is_over {
            thread::yield_now();
            is_over = client.poll_close().unwrap();
            if client.has_buffered() {
                let mut buffer = [0; 64];
                let count = client.read(&mut buffer).unwrap();
                echoed.extend_from_slice(&buffer[..count]);
            }
        }
        assert_eq!(echoed, b"last order");
        assert_eq!(client.read(&mut [0; 64]).unwrap(), 0);
        server.join().unwrap();
    }
}

#[test]
fn a_peer_that_resets_after_its_close_notify_has_ended_well() {
    for version in VERSIONS {
        let authority = Authority::new();
        let config = authority.server_config(&["127.0.0.1"]);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = thread::spawn(move || {
            let connection = ServerConnection::new(config).unwrap();
            let mut stream = StreamOwned::new(connection, listener.accept().unwrap().0);
            stream.read_exact(&mut [0; 5]).unwrap();
            stream.conn.send_close_notify();
            stream.flush().unwrap();
            // Closing with unread bytes resets.
            assert!(stream.sock.peek(&mut [0; 8]).unwrap() > 0);
        });
        let mut client = connect(port, &only(trusting(&authority), version));
        until_done(|| client.write(b"order"));
        assert_eq!(until_done(|| client.read(&mut [0; 64])), 0);
        let _ = client.poll_close().unwrap();
        server.join().unwrap();
        while !client.poll_close().unwrap() {
            thread::yield_now();
        }
    }
}

#[test]
fn what_comes_behind_the_peers_close_notify_does_not_hold_up_the_end() {
    for version in VERSIONS {
        let authority = Authority::new();
        let config = authority.server_config(&["127.0.0.1"]);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = thread::spawn(move || {
            let connection = ServerConnection::new(config).unwrap();
            let mut stream = StreamOwned::new(connection, listener.accept().unwrap().0);
            stream.read_exact(&mut [0; 5]).unwrap();
            stream.conn.send_close_notify();
            stream.flush().unwrap();
            stream.sock.write_all(&[0; 10_000]).unwrap();
            stream.sock.shutdown(std::net::Shutdown::Write).unwrap();
            // Until the client has ended too.
            let _ = stream.sock.read(&mut [0; 1000]);
        });
        let mut client = connect(port, &only(trusting(&authority), version));
        until_done(|| client.write(b"order"));
        assert_eq!(until_done(|| client.read(&mut [0; 64])), 0);
        let mut calls = 0_u32;
        while !client.poll_close().unwrap() {
            calls += 1;
            assert!(calls < 10_000_000, "no end");
            thread::yield_now();
        }
        server.join().unwrap();
    }
}
