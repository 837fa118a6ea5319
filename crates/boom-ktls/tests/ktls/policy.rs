//! What is required, what is preferred, and what is neither.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpListener;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use boom_ktls::{Backend, Error, IntoKtlsStream, KtlsStream, Offload};
use boom_stream::tcp::TcpStream;
use boom_stream::{ConnectionInfo, Layer, Socket};
use boom_testkit::tls::Authority;
use boom_tls::TlsVersion;

use crate::peer::serve;
use crate::support::{ktls_error, requiring, tls_error, trusting, try_connect, until};
#[cfg(feature = "rustls")]
use {crate::support::with_tls, boom_tls::TlsConfig};

pub(crate) fn what_is_required_and_not_there_is_an_error<B: Backend>() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let config = requiring(trusting(&Authority::new()));
    match try_connect::<B>(port, &config) {
        Ok(client) => {
            assert!(Offload::probe().is_there());
            assert_eq!(client.offload(), Offload::NONE);
        }
        Err(error) => {
            assert!(!Offload::probe().is_there());
            assert_eq!(error.kind(), ErrorKind::Unsupported);
            let kind = Offload::probe().failure().unwrap();
            assert!(matches!(ktls_error(&error), Error::KernelUnsupported(why) if *why == kind));
        }
    }
}

/// A configuration of rustls that was given as it is.
#[cfg(feature = "rustls")]
pub(crate) fn keys_that_are_withheld_stay_in_user_space<B: Backend>() {
    let authority = Authority::new();
    let (port, server) = serve(authority.server_config(&["localhost"]), 1, |_, mut peer| {
        peer.shake();
        let word = peer.read_exact(4);
        peer.close_notify();
        peer.wait_for_close();
        word
    });
    let mut own = (*trusting(&authority).tls.rustls_config().unwrap()).clone();
    own.enable_secret_extraction = false;
    let config = with_tls(TlsConfig::default().with_rustls_config(own.into()));
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    let elsewhere = elsewhere.local_addr().unwrap().port();
    let error = try_connect::<B>(elsewhere, &requiring(config.clone())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    match ktls_error(&error) {
        Error::KeysWithheld => assert!(Offload::probe().is_there()),
        Error::KernelUnsupported(_) => assert!(!Offload::probe().is_there()),
        other => panic!("{other}"),
    }
    let mut client = try_connect::<B>(port, &config).unwrap();
    assert_eq!(until(|| client.write(b"word")).unwrap(), 4);
    assert_eq!(until(|| client.read(&mut [0; 8])).unwrap(), 0);
    assert_eq!(client.offload(), Offload::NONE);
    until(|| client.close_notify()).unwrap();
    assert_eq!(server.join().unwrap(), [b"word"]);
}

pub(crate) fn a_socket_that_receives_ahead_is_read_in_user_space<B: Backend>() {
    let authority = Authority::new();
    let (port, server) = serve(authority.server_config(&["localhost"]), 1, |_, mut peer| {
        peer.shake();
        let word = peer.read_exact(4);
        peer.write(&word);
        peer.close_notify();
        peer.wait_for_close();
    });
    let config = trusting(&authority);
    if Offload::probe().is_there() {
        let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
        let socket = Ahead::open(elsewhere.local_addr().unwrap().port());
        let required = KtlsStream::<_, B>::new(socket, "localhost", &requiring(config.clone()));
        let error = required.unwrap_err();
        assert!(
            matches!(ktls_error(&error), Error::ReceivesAhead),
            "{error}"
        );
    }
    let mut client = KtlsStream::<_, B>::new(Ahead::open(port), "localhost", &config).unwrap();
    assert_eq!(until(|| client.write(b"word")).unwrap(), 4);
    let mut word = [0; 8];
    assert_eq!(until(|| client.read(&mut word)).unwrap(), 4);
    assert_eq!(&word[..4], b"word");
    assert_eq!(client.offload(), Offload::NONE);
    until(|| client.close_notify()).unwrap();
    server.join().unwrap();
}

pub(crate) fn a_host_that_is_none_is_told_by_the_first_read<B: Backend>() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let open = || TcpStream::connect(ConnectionInfo::new("not a host", 443), address).unwrap();
    let mut client = open().into_ktls_stream_by::<B>();
    let error = client.read(&mut [0; 8]).unwrap_err();
    assert!(matches!(
        tls_error(&error),
        boom_tls::Error::InvalidServerName
    ));
    let error = open()
        .into_ktls_stream_by_with_config::<B>(|_| {})
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

pub(crate) fn a_handshake_that_takes_too_long_ends<B: Backend>() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut config = crate::support::only(trusting(&Authority::new()), TlsVersion::Tls13);
    config.tls = config.tls.with_handshake_timeout(Duration::from_secs(3));
    let mut client = try_connect::<B>(port, &config).unwrap();
    let waiting = client.read(&mut [0; 8]).unwrap_err();
    assert_eq!(waiting.kind(), ErrorKind::WouldBlock);
    assert_eq!(client.poll_timeout(), Some(0));
    client.handle_timeout(5).unwrap();
    assert_eq!(client.poll_timeout(), Some(3_000_000_005));
    client.handle_timeout(3_000_000_004).unwrap();
    let error = client.handle_timeout(3_000_000_005).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert!(matches!(
        tls_error(&error),
        boom_tls::Error::HandshakeTimedOut
    ));
    assert_eq!(client.poll_timeout(), None);
    assert!(client.write(b"late").is_err());
}

/// A socket that does not say that it receives only when it is read.
struct Ahead(TcpStream);

impl Ahead {
    fn open(port: u16) -> Self {
        Self(TcpStream::try_from(("127.0.0.1", port)).unwrap())
    }
}

impl Read for Ahead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Ahead {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Layer for Ahead {
    type Base = Self;

    fn base(&self) -> &Self {
        self
    }

    fn base_mut(&mut self) -> &mut Self {
        self
    }
}

impl Socket for Ahead {
    fn connection_info(&self) -> &ConnectionInfo {
        self.0.connection_info()
    }

    fn connected(&mut self) -> io::Result<bool> {
        self.0.connected()
    }
}

impl AsFd for Ahead {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
