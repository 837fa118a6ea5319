//! Over real sockets, of whatever kind the includer has, against a server on a thread.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use boom_stream::tcp::TcpStream;
use boom_stream::{Layer, Phase, Socket};
use boom_testkit::tls::Authority;
use boom_tls::{
    Backend, CertificateFault, Error, IntoTlsReadyStream, IntoTlsStream, Stream, TlsConfig,
    TlsVersion,
};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::support::{VERSIONS, asking, only, trusting, typed};

/// A kind of socket, and how it learns what it is ready for.
pub(crate) trait Link: Sized {
    type Stream: Read + Write + Layer<Base = Self::Stream> + Socket;

    /// `None`, with the reason printed, where the system does not have it.
    fn new() -> Option<Self>;

    /// Begins to connect.
    fn open(&mut self, stream: TcpStream) -> Self::Stream;

    /// Waits a little for something new.
    fn turn(&mut self, stream: &mut Self::Stream);
}

/// A module with all these tests over one kind of socket.
macro_rules! loopback_tests {
    ($name:ident, $link:ty, $backend:ty) => {
        loopback_tests!($name, $link, $backend:
            bytes_come_back_and_a_reconnect_resumes
            plain_or_tls_is_decided_at_run_time
            a_refused_connection_is_reported
            a_graceful_end_waits_for_that_of_the_peer
            a_peer_that_resets_after_its_close_notify_has_ended_well
            what_comes_behind_the_peers_close_notify_does_not_hold_up_the_end
            a_peer_that_is_cut_off_is_told_from_one_that_ends
            a_server_that_nobody_vouches_for_is_refused_and_told_why
            a_client_without_the_certificate_demanded_learns_it
            keys_are_renewed_amid_the_data
            segments_of_one_byte_do_no_harm
        );
    };
    ($name:ident, $link:ty, $backend:ty: $($test:ident)+) => {
        mod $name {
            use super::*;

            $(
                #[test]
                fn $test() {
                    if let Some(link) = <$link as loopback::Link>::new() {
                        loopback::$test::<$link, $backend>(link);
                    }
                }
            )+
        }
    };
}

type Client<L, B> = Stream<<L as Link>::Stream, B>;

fn connect<L: Link, B: Backend>(link: &mut L, port: u16, config: &TlsConfig) -> Client<L, B> {
    let stream = TcpStream::try_from(("127.0.0.1", port)).unwrap();
    link.open(stream)
        .into_tls_stream_by_with_config::<B>(|tls| *tls = config.clone())
        .unwrap()
}

/// Calls until it does not block.
fn attempt<L: Link, S: Layer<Base = L::Stream>, T>(
    link: &mut L,
    client: &mut S,
    mut call: impl FnMut(&mut S) -> io::Result<T>,
) -> io::Result<T> {
    loop {
        match call(client) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => link.turn(client.base_mut()),
            result => return result,
        }
    }
}

fn until_done<L: Link, S: Layer<Base = L::Stream>, T>(
    link: &mut L,
    client: &mut S,
    call: impl FnMut(&mut S) -> io::Result<T>,
) -> T {
    attempt(link, client, call).unwrap()
}

/// Sends all of it, and receives as much.
fn exchange<L: Link, B: Backend>(
    link: &mut L,
    client: &mut Client<L, B>,
    data: &[u8],
) -> io::Result<Vec<u8>> {
    let mut sent = 0;
    let mut echoed = Vec::new();
    let mut buffer = [0; 10_000];
    while echoed.len() < data.len() {
        let mut is_idle = true;
        if sent < data.len() {
            match client.write(&data[sent..]) {
                Ok(count) => sent += count,
                Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
            }
        }
        match client.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => {
                echoed.extend_from_slice(&buffer[..count]);
                is_idle = false;
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
        if is_idle {
            link.turn(client.base_mut());
        }
    }
    Ok(echoed)
}

fn pattern(count: u32) -> Vec<u8> {
    (0..count).map(|n| (n ^ (n >> 8)) as u8).collect()
}

type ServerStream = StreamOwned<ServerConnection, std::net::TcpStream>;

/// Does `work` on `connections` connections, one after the other. Returns the port.
fn serve(
    config: Arc<ServerConfig>,
    connections: usize,
    work: impl Fn(&mut ServerStream) + Send + 'static,
) -> (u16, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = thread::spawn(move || {
        for _ in 0..connections {
            let connection = ServerConnection::new(config.clone()).unwrap();
            work(&mut StreamOwned::new(
                connection,
                listener.accept().unwrap().0,
            ));
        }
    });
    (port, server)
}

/// Sends back what comes, until the client closes, and closes then.
fn echo(stream: &mut ServerStream) {
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

pub(crate) fn bytes_come_back_and_a_reconnect_resumes<L: Link, B: Backend>(mut link: L) {
    for version in VERSIONS {
        let authority = Authority::new();
        let (port, server) = serve(authority.server_config(&["127.0.0.1"]), 2, echo);
        let config = only(trusting(&authority), version);
        for resumed in [false, true] {
            let mut client = connect::<L, B>(&mut link, port, &config);
            let data = pattern(200_000);
            assert_eq!(exchange(&mut link, &mut client, &data).unwrap(), data);
            assert_eq!(client.phase(), Phase::Established);
            assert_eq!(client.is_resumed(), Some(resumed), "{version}");
            until_done(&mut link, &mut client, Stream::close_notify);
            let end = until_done(&mut link, &mut client, |client| client.read(&mut [0; 64]));
            assert_eq!(end, 0);
        }
        server.join().unwrap();
    }
}

pub(crate) fn plain_or_tls_is_decided_at_run_time<L: Link, B: Backend>(mut link: L) {
    let authority = Authority::new();
    let (port, server) = serve(authority.server_config(&["127.0.0.1"]), 1, echo);
    let config = trusting(&authority);
    let stream = link.open(TcpStream::try_from(("127.0.0.1", port)).unwrap());
    let mut stream = stream
        .into_tls_ready_stream_by_with_config::<B>(true, |tls| *tls = config.clone())
        .unwrap();
    assert!(stream.wants_write());
    let mut buffer = [0; 64];
    assert_eq!(
        until_done(&mut link, &mut stream, |stream| stream.write(b"ping")),
        4
    );
    assert_eq!(
        until_done(&mut link, &mut stream, |stream| stream.read(&mut buffer)),
        4
    );
    assert_eq!(&buffer[..4], b"ping");
    assert_eq!(stream.as_tls().unwrap().is_resumed(), Some(false));
    assert_eq!(stream.base().connection_info().port(), port);
    drop(stream);
    // What is still registered is closed when the selector is next polled.
    drop(link);
    assert!(
        server.join().is_err(),
        "the server is told nothing by a drop"
    );

    let mut link = L::new().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let stream = TcpStream::try_from(("127.0.0.1", listener.local_addr().unwrap().port())).unwrap();
    let mut stream = link.open(stream).into_tls_ready_stream_by::<B>(false);
    let (mut peer, _) = listener.accept().unwrap();
    peer.write_all(b"plain").unwrap();
    assert_eq!(
        until_done(&mut link, &mut stream, |stream| stream.read(&mut buffer)),
        5
    );
    assert_eq!(&buffer[..5], b"plain");
    assert!(stream.as_tls().is_none());
}

pub(crate) fn a_refused_connection_is_reported<L: Link, B: Backend>(mut link: L) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let mut client = connect::<L, B>(&mut link, port, &trusting(&Authority::new()));
    let error = attempt(&mut link, &mut client, |client| client.read(&mut [0; 64])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    assert_eq!(
        client.write(b"x").unwrap_err().kind(),
        ErrorKind::ConnectionRefused
    );
}

pub(crate) fn a_graceful_end_waits_for_that_of_the_peer<L: Link, B: Backend>(mut link: L) {
    for version in VERSIONS {
        let authority = Authority::new();
        let (port, server) = serve(authority.server_config(&["127.0.0.1"]), 1, echo);
        let config = only(trusting(&authority), version);
        let mut client = connect::<L, B>(&mut link, port, &config);
        until_done(&mut link, &mut client, |client| client.write(b"last order"));
        // The server echoes, sees the end of this side, and ends too. Nobody reads meanwhile, and nothing is lost.
        let mut is_over = client.poll_close().unwrap();
        let mut echoed = Vec::new();
        while !is_over {
            link.turn(client.base_mut());
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

pub(crate) fn a_peer_that_resets_after_its_close_notify_has_ended_well<L: Link, B: Backend>(
    mut link: L,
) {
    for version in VERSIONS {
        let authority = Authority::new();
        let (port, server) = serve(authority.server_config(&["127.0.0.1"]), 1, |stream| {
            stream.read_exact(&mut [0; 5]).unwrap();
            stream.conn.send_close_notify();
            stream.flush().unwrap();
            // Closing with unread bytes resets.
            assert!(stream.sock.peek(&mut [0; 8]).unwrap() > 0);
        });
        let config = only(trusting(&authority), version);
        let mut client = connect::<L, B>(&mut link, port, &config);
        until_done(&mut link, &mut client, |client| client.write(b"order"));
        let end = until_done(&mut link, &mut client, |client| client.read(&mut [0; 64]));
        assert_eq!(end, 0);
        let _ = client.poll_close().unwrap();
        server.join().unwrap();
        while !client.poll_close().unwrap() {
            link.turn(client.base_mut());
        }
    }
}

pub(crate) fn what_comes_behind_the_peers_close_notify_does_not_hold_up_the_end<
    L: Link,
    B: Backend,
>(
    mut link: L,
) {
    for version in VERSIONS {
        let authority = Authority::new();
        let (port, server) = serve(authority.server_config(&["127.0.0.1"]), 1, |stream| {
            stream.read_exact(&mut [0; 5]).unwrap();
            stream.conn.send_close_notify();
            stream.flush().unwrap();
            stream.sock.write_all(&[0; 10_000]).unwrap();
            stream.sock.shutdown(Shutdown::Write).unwrap();
            // Until the client has ended too.
            let _ = stream.sock.read(&mut [0; 1000]);
        });
        let config = only(trusting(&authority), version);
        let mut client = connect::<L, B>(&mut link, port, &config);
        until_done(&mut link, &mut client, |client| client.write(b"order"));
        let end = until_done(&mut link, &mut client, |client| client.read(&mut [0; 64]));
        assert_eq!(end, 0);
        let mut calls = 0_u32;
        while !client.poll_close().unwrap() {
            calls += 1;
            assert!(calls < 10_000_000, "no end");
            link.turn(client.base_mut());
        }
        server.join().unwrap();
    }
}

pub(crate) fn a_peer_that_is_cut_off_is_told_from_one_that_ends<L: Link, B: Backend>(mut link: L) {
    for version in VERSIONS {
        let authority = Authority::new();
        let (port, server) = serve(authority.server_config(&["127.0.0.1"]), 1, |stream| {
            stream.read_exact(&mut [0; 5]).unwrap();
            stream.write_all(&pattern(50_000)).unwrap();
            stream.sock.shutdown(Shutdown::Write).unwrap();
            let _ = stream.sock.read(&mut [0; 1000]);
        });
        let config = only(trusting(&authority), version);
        let mut client = connect::<L, B>(&mut link, port, &config);
        until_done(&mut link, &mut client, |client| client.write(b"order"));
        let mut received = Vec::new();
        let mut buffer = [0; 3000];
        let error = loop {
            match attempt(&mut link, &mut client, |client| client.read(&mut buffer)) {
                Ok(count) => {
                    assert_ne!(count, 0, "no clean end");
                    received.extend_from_slice(&buffer[..count]);
                }
                Err(error) => break error,
            }
        };
        assert_eq!(received, pattern(50_000));
        assert!(matches!(typed(&error), Error::Truncated), "{error}");
        drop(client);
        // As above.
        drop(link);
        server.join().unwrap();
        link = L::new().unwrap();
    }
}

pub(crate) fn a_server_that_nobody_vouches_for_is_refused_and_told_why<L: Link, B: Backend>(
    mut link: L,
) {
    for version in VERSIONS {
        let config = Authority::new().server_config(&["127.0.0.1"]);
        let (port, server) = serve(config, 1, |stream| {
            let error = stream.read(&mut [0; 64]).unwrap_err();
            let alert = error.get_ref().unwrap().downcast_ref().unwrap();
            assert!(matches!(alert, rustls::Error::AlertReceived(_)), "{alert}");
        });
        let config = only(trusting(&Authority::new()), version);
        let mut client = connect::<L, B>(&mut link, port, &config);
        let write = attempt(&mut link, &mut client, |client| client.write(b"secret"));
        for error in [
            write.unwrap_err(),
            client.read(&mut [0; 64]).unwrap_err(),
            client.write(b"secret").unwrap_err(),
        ] {
            assert!(
                matches!(
                    typed(&error),
                    Error::Certificate(CertificateFault::UnknownIssuer, _)
                        | Error::Certificate(CertificateFault::BadSignature, _)
                ),
                "{error}"
            );
        }
        server.join().unwrap();
    }
}

/// In TLS 1.3 the client has begun to send by then, and the server has ended.
pub(crate) fn a_client_without_the_certificate_demanded_learns_it<L: Link, B: Backend>(
    mut link: L,
) {
    for _ in 0..20 {
        let authority = Authority::new();
        let config = asking(&authority, "127.0.0.1");
        let (port, server) = serve(config, 1, |stream| {
            stream.read(&mut [0; 64]).unwrap_err();
        });
        let config = only(trusting(&authority), TlsVersion::Tls13);
        let mut client = connect::<L, B>(&mut link, port, &config);
        // The first write that is taken is the one with which the handshake ends. Of the others any may fail.
        until_done(&mut link, &mut client, |client| client.write(b"order"));
        let error = loop {
            let _ = client.write(b"order");
            match client.read(&mut [0; 64]) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => link.turn(client.base_mut()),
                result => break result.unwrap_err(),
            }
        };
        assert!(
            matches!(typed(&error), Error::AlertReceived(alert) if alert.0 == 116),
            "{error}"
        );
        server.join().unwrap();
    }
}

pub(crate) fn keys_are_renewed_amid_the_data<L: Link, B: Backend>(mut link: L) {
    let authority = Authority::new();
    let (port, server) = serve(authority.server_config(&["127.0.0.1"]), 1, |stream| {
        let mut buffer = [0; 5000];
        loop {
            let count = stream.read(&mut buffer).unwrap();
            if count == 0 {
                break;
            }
            stream.conn.refresh_traffic_keys().unwrap();
            stream.write_all(&buffer[..count]).unwrap();
        }
    });
    let config = only(trusting(&authority), TlsVersion::Tls13);
    let mut client = connect::<L, B>(&mut link, port, &config);
    for round in 1..=20 {
        let data = pattern(round * 1000);
        assert_eq!(
            exchange(&mut link, &mut client, &data).unwrap(),
            data,
            "{round}"
        );
    }
    until_done(&mut link, &mut client, Stream::close_notify);
    server.join().unwrap();
}

pub(crate) fn segments_of_one_byte_do_no_harm<L: Link, B: Backend>(mut link: L) {
    for version in VERSIONS {
        let authority = Authority::new();
        let config = authority.server_config(&["127.0.0.1"]);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = thread::spawn(move || {
            let (mut socket, _) = listener.accept().unwrap();
            socket.set_nodelay(true).unwrap();
            let mut tls = ServerConnection::new(config).unwrap();
            let mut answer = Vec::new();
            while !tls.process_new_packets().unwrap().peer_has_closed() {
                while tls.wants_write() {
                    answer.clear();
                    tls.write_tls(&mut answer).unwrap();
                    for byte in &answer {
                        socket.write_all(&[*byte]).unwrap();
                    }
                }
                if tls.read_tls(&mut socket).unwrap() == 0 {
                    break;
                }
                let state = tls.process_new_packets().unwrap();
                let mut plaintext = vec![0; state.plaintext_bytes_to_read()];
                tls.reader().read_exact(&mut plaintext).unwrap();
                tls.writer().write_all(&plaintext).unwrap();
            }
        });
        let config = only(trusting(&authority), version);
        let mut client = connect::<L, B>(&mut link, port, &config);
        let data = pattern(3000);
        assert_eq!(exchange(&mut link, &mut client, &data).unwrap(), data);
        until_done(&mut link, &mut client, Stream::close_notify);
        server.join().unwrap();
    }
}
