//! How connections end, well and otherwise.

use std::io::{ErrorKind, Read, Write};
use std::net::Shutdown;
use std::sync::{Arc, mpsc};

use boom_ktls::{Backend, Offload};
use boom_stream::{HalfClose, Layer};
use boom_testkit::tls::Authority;
use boom_tls::{Alert, Error, TlsVersion};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use socket2::SockRef;

use crate::peer::{Peer, serve};
use crate::support::{
    Client, Counts, connect, only, read_to_end, shake, tls_error, trusting, until, write_all,
};

const VERSIONS: [TlsVersion; 2] = [TlsVersion::Tls12, TlsVersion::Tls13];

pub(crate) fn both_sides_say_that_they_are_done<B: Backend>() {
    for version in VERSIONS {
        let (mut client, server) = talk_to::<B, _>(version, |mut peer| {
            peer.shake();
            peer.write(b"last words");
            peer.close_notify();
            peer.wait_for_close()
        });
        let (words, end) = read_to_end(&mut client);
        end.unwrap();
        assert_eq!(words, b"last words");
        // And again.
        assert_eq!(client.read(&mut [0; 8]).unwrap(), 0);
        assert!(!client.has_buffered());
        if version == TlsVersion::Tls13 {
            // This side may go on.
            write_all(&mut client, b"");
        }
        until(|| client.close_notify()).unwrap();
        let late = client.write(b"late").unwrap_err();
        assert!(matches!(tls_error(&late), Error::Closed), "{late}");
        assert_eq!(server.join().unwrap(), [true]);
    }
}

/// The kernel may have taken a record that it has not given to TCP yet; the end of the stream must not pass it.
pub(crate) fn the_end_does_not_pass_what_a_full_socket_holds<B: Backend>() {
    for version in VERSIONS {
        for round in 0..4 {
            let (tell, told) = mpsc::channel();
            let (mut client, server) = talk_to::<B, _>(version, move |mut peer| {
                peer.shake();
                let count = told.recv().unwrap();
                let bytes = peer.read_exact(count);
                (bytes.len(), peer.wait_for_close())
            });
            shake(&mut client);
            let socket = SockRef::from(client.base());
            socket.set_send_buffer_size(4096 << round).unwrap();
            let mut count = 0;
            let full = loop {
                match client.write(&[7; 16 * 1024]) {
                    Ok(written) => count += written,
                    Err(error) => break error,
                }
            };
            assert_eq!(full.kind(), ErrorKind::WouldBlock);
            tell.send(count).unwrap();
            until(|| client.close_write()).unwrap();
            assert_eq!(server.join().unwrap(), [(count, true)]);
        }
    }
}

pub(crate) fn poll_close_waits_for_the_peer_and_for_the_reader<B: Backend>() {
    for version in VERSIONS {
        let (mut client, server) = talk_to::<B, _>(version, move |mut peer| {
            peer.shake();
            let asked = peer.read_exact(3);
            // Behind the client's end comes what it has still to read.
            assert!(peer.wait_for_close());
            if version == TlsVersion::Tls13 {
                peer.write(b"answer");
            }
            peer.close_notify();
            drop(peer.socket.shutdown(Shutdown::Write));
            asked
        });
        shake(&mut client);
        write_all(&mut client, b"ask");
        let mut answer = Vec::new();
        let mut room = [0; 64];
        until(|| {
            if client.poll_close()? {
                return Ok(());
            }
            match client.read(&mut room) {
                Ok(count) => answer.extend_from_slice(&room[..count]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
            Err(ErrorKind::WouldBlock.into())
        })
        .unwrap();
        let wanted: &[u8] = match version {
            TlsVersion::Tls13 => b"answer",
            _ => b"",
        };
        assert_eq!(answer, wanted);
        assert_eq!(server.join().unwrap(), [b"ask"]);
    }
}

pub(crate) fn an_end_without_close_notify_is_told<B: Backend>() {
    for version in VERSIONS {
        let (mut client, server) = talk_to::<B, _>(version, |mut peer| {
            peer.shake();
            peer.write(b"some");
            drop(peer.socket.shutdown(Shutdown::Write));
            peer.wait_for_any_end();
        });
        let (words, end) = read_to_end(&mut client);
        assert_eq!(words, b"some");
        let error = end.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
        assert!(matches!(tls_error(&error), Error::Truncated), "{error}");
        let again = client.read(&mut [0; 8]).unwrap_err();
        assert!(matches!(tls_error(&again), Error::Truncated), "{again}");
        drop(client);
        server.join().unwrap();
    }
}

pub(crate) fn an_end_amid_a_record_is_told<B: Backend>() {
    for version in VERSIONS {
        let (mut client, server) = talk_to::<B, _>(version, |mut peer| {
            peer.shake();
            peer.write(b"some");
            let record = peer.seal(&[7; 1000]);
            peer.socket.write_all(&record[..500]).unwrap();
            drop(peer.socket.shutdown(Shutdown::Write));
            peer.wait_for_any_end();
        });
        let (words, end) = read_to_end(&mut client);
        assert_eq!(words, b"some");
        let error = end.unwrap_err();
        assert!(matches!(tls_error(&error), Error::Truncated), "{error}");
        drop(client);
        server.join().unwrap();
    }
}

pub(crate) fn a_reset_amid_a_record_is_told<B: Backend>() {
    for version in VERSIONS {
        let (mut client, server) = talk_to::<B, _>(version, |mut peer| {
            peer.shake();
            peer.read_exact(2);
            let record = peer.seal(&[7; 1000]);
            peer.socket.write_all(&record[..500]).unwrap();
            let now = Some(std::time::Duration::ZERO);
            SockRef::from(&peer.socket).set_linger(now).unwrap();
        });
        shake(&mut client);
        write_all(&mut client, b"go");
        let (words, end) = read_to_end(&mut client);
        assert_eq!(words, b"");
        let error = end.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error:?}");
        server.join().unwrap();
        assert!(client.write(b"late").is_err());
        assert!(client.read(&mut [0; 8]).is_err());
    }
}

pub(crate) fn a_record_that_was_changed_is_told<B: Backend>() {
    for version in VERSIONS {
        let before = Counts::now();
        let (mut client, server) = talk_to::<B, _>(version, |mut peer| {
            peer.shake();
            peer.write(b"good");
            let mut record = peer.seal(b"evil");
            *record.last_mut().unwrap() ^= 1;
            peer.socket.write_all(&record).unwrap();
            peer.wait_for_failure()
        });
        let (words, end) = read_to_end(&mut client);
        assert_eq!(words, b"good");
        let error = end.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData, "{error:?}");
        assert!(matches!(tls_error(&error), Error::Protocol(_)), "{error:?}");
        assert!(client.read(&mut [0; 8]).is_err());
        assert!(client.write(b"late").is_err());
        let is_kernels = client.offload().rx;
        drop(client);
        let told = rustls::Error::AlertReceived(rustls::AlertDescription::BadRecordMac);
        assert_eq!(server.join().unwrap(), [Some(told)]);
        let refused = Counts::now().since(before).refused;
        assert_eq!(refused > 0, is_kernels, "{version}");
    }
}

/// What begins like a record of no version and of no length that one can have. The kernel looks at no less than it needs of TLS
/// 1.2, header and nonce.
#[cfg(feature = "rustls")]
const NO_RECORD: [u8; 64] = {
    let mut bytes = [0xff; 64];
    [bytes[0], bytes[1], bytes[2]] = [23, 9, 9];
    bytes
};

/// Less than a message needs, so that the next record is looked at first.
#[cfg(feature = "rustls")]
const LITTLE: usize = 100;

#[cfg(feature = "rustls")]
pub(crate) fn what_is_no_record_is_told_a_reader_with_little_room<B: Backend>() {
    for version in VERSIONS {
        let (mut client, server) = talk_to::<B, _>(version, |mut peer| {
            peer.shake();
            peer.write(b"good");
            peer.socket.write_all(&NO_RECORD).unwrap();
            peer.wait_for_any_end();
        });
        assert_eq!(crate::support::read_exact(&mut client, 4), b"good");
        for _ in 0..2 {
            let error = until(|| client.read(&mut [0; LITTLE])).unwrap_err();
            assert!(matches!(tls_error(&error), Error::Protocol(_)), "{error:?}");
        }
        let error = client.write(b"late").unwrap_err();
        assert!(matches!(tls_error(&error), Error::Protocol(_)), "{error:?}");
        drop(client);
        server.join().unwrap();
    }
}

#[cfg(feature = "rustls")]
pub(crate) fn a_reset_is_told_a_reader_with_little_room<B: Backend>() {
    for version in VERSIONS {
        let (mut client, server) = talk_to::<B, _>(version, |mut peer| {
            peer.shake();
            peer.read_exact(2);
            reset(&peer);
        });
        shake(&mut client);
        write_all(&mut client, b"go");
        server.join().unwrap();
        for _ in 0..2 {
            let error = until(|| client.read(&mut [0; LITTLE])).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error:?}");
        }
    }
}

#[cfg(feature = "rustls")]
pub(crate) fn poll_close_tells_what_is_no_record<B: Backend>() {
    let (mut client, server) = talk_to::<B, _>(TlsVersion::Tls13, |mut peer| {
        peer.shake();
        peer.wait_for_close();
        // A client in user space is gone.
        let _ = peer.socket.write_all(&NO_RECORD);
        peer.wait_for_any_end();
    });
    shake(&mut client);
    // With its debug assertions rustls does not stand it in user space.
    if client.offload().rx {
        for _ in 0..2 {
            let error = wait_for_end(&mut client).unwrap_err();
            assert!(matches!(tls_error(&error), Error::Protocol(_)), "{error:?}");
        }
        let error = client.read(&mut [0; LITTLE]).unwrap_err();
        assert!(matches!(tls_error(&error), Error::Protocol(_)), "{error:?}");
    }
    drop(client);
    server.join().unwrap();
}

#[cfg(feature = "rustls")]
pub(crate) fn poll_close_tells_a_reset<B: Backend>() {
    let (mut client, server) = talk_to::<B, _>(TlsVersion::Tls13, |mut peer| {
        peer.shake();
        peer.wait_for_close();
        reset(&peer);
    });
    shake(&mut client);
    for _ in 0..2 {
        let end = wait_for_end(&mut client);
        // In user space the socket may be asked before, and then it has no more to tell.
        if client.offload().rx {
            let error = end.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error:?}");
        }
    }
    server.join().unwrap();
}

/// A socket tells its error once; here a write is told.
#[cfg(feature = "rustls")]
pub(crate) fn a_reset_that_a_write_was_told_is_told_the_reader_too<B: Backend>() {
    for version in VERSIONS {
        let (mut client, server) = talk_to::<B, _>(version, |mut peer| {
            peer.shake();
            peer.write(b"word");
            peer.read_exact(2);
            reset(&peer);
        });
        assert_eq!(crate::support::read_exact(&mut client, 4), b"word");
        write_all(&mut client, b"go");
        server.join().unwrap();
        let first = write_until_it_fails(&mut client);
        assert_eq!(first.kind(), ErrorKind::ConnectionReset, "{first:?}");
        // Where the kernel would tell both, this takes what is left.
        let _ = SockRef::from(client.base()).take_error();
        let read = until(|| client.read(&mut [0; 4096])).unwrap_err();
        assert_eq!(read.kind(), ErrorKind::ConnectionReset, "{read:?}");
        let again = client.write(b"late").unwrap_err();
        let flushed = client.flush().unwrap_err();
        let closed = client.close_notify().unwrap_err();
        for error in [again, flushed, closed] {
            assert!(
                matches!(tls_error(&error), Error::Io(ErrorKind::ConnectionReset)),
                "{error:?}"
            );
        }
    }
}

/// In user space only a reader looks at it.
#[cfg(feature = "rustls")]
pub(crate) fn what_is_no_record_is_told_a_write_as_tls_has_it<B: Backend>() {
    for version in VERSIONS {
        for sends_file in [false, true] {
            let (tell, told) = mpsc::channel();
            let told = std::sync::Mutex::new(told);
            let (mut client, server) = talk_to::<B, _>(version, move |mut peer| {
                peer.shake();
                peer.write(b"good");
                if told.lock().unwrap().recv().is_ok() {
                    peer.socket.write_all(&NO_RECORD).unwrap();
                }
                peer.wait_for_any_end();
            });
            assert_eq!(crate::support::read_exact(&mut client, 4), b"good");
            if client.offload().rx {
                tell.send(()).unwrap();
                let mut file = crate::handover::scratch_file();
                file.write_all(b"file").unwrap();
                let error = match sends_file {
                    false => write_until_it_fails(&mut client),
                    true => until_it_fails(|| client.send_file(&file, 0, 4)),
                };
                let again = client.write(b"late").unwrap_err();
                let read = client.read(&mut [0; 4096]).unwrap_err();
                for error in [error, again, read] {
                    assert!(matches!(tls_error(&error), Error::Protocol(_)), "{error:?}");
                }
            }
            drop((tell, client));
            server.join().unwrap();
        }
    }
}

/// The file's failures are not the connection's.
#[cfg(feature = "rustls")]
pub(crate) fn a_file_that_cannot_be_sent_leaves_the_connection<B: Backend>() {
    for version in VERSIONS {
        let (mut client, server) = talk_to::<B, _>(version, |mut peer| {
            peer.shake();
            peer.read_exact(4)
        });
        shake(&mut client);
        let folder = std::fs::File::open(std::env::temp_dir()).unwrap();
        assert!(client.send_file(&folder, 0, 4).is_err());
        write_all(&mut client, b"word");
        assert_eq!(server.join().unwrap(), [b"word"]);
    }
}

#[cfg(feature = "rustls")]
pub(crate) fn who_closes_amid_the_handshake_can_still_read<B: Backend>() {
    for version in VERSIONS {
        let (mut client, server) = talk_to::<B, _>(version, |mut peer| {
            peer.shake();
            peer.write(b"word");
            peer.close_notify();
            peer.wait_for_any_end();
        });
        // Where the peer is quick, this is all of it.
        if let Err(hello) = client.write(&[]) {
            assert_eq!(hello.kind(), ErrorKind::WouldBlock);
        }
        until(|| client.close_notify()).unwrap();
        let (words, end) = read_to_end(&mut client);
        end.unwrap();
        assert_eq!(words, b"word");
        let late = client.write(b"late").unwrap_err();
        assert!(matches!(tls_error(&late), Error::Closed), "{late}");
        drop(client);
        server.join().unwrap();
    }
}

/// The socket is reset when it is dropped.
#[cfg(feature = "rustls")]
fn reset(peer: &Peer) {
    let now = Some(std::time::Duration::ZERO);
    SockRef::from(&peer.socket).set_linger(now).unwrap();
}

#[cfg(feature = "rustls")]
fn wait_for_end<B: Backend>(client: &mut Client<B>) -> std::io::Result<()> {
    until(|| match client.poll_close()? {
        true => Ok(()),
        false => Err(ErrorKind::WouldBlock.into()),
    })
}

#[cfg(feature = "rustls")]
fn write_until_it_fails<B: Backend>(client: &mut Client<B>) -> std::io::Error {
    until_it_fails(|| client.write(b"x"))
}

#[cfg(feature = "rustls")]
fn until_it_fails(mut work: impl FnMut() -> std::io::Result<usize>) -> std::io::Error {
    until(|| match work() {
        Ok(_) => Err(ErrorKind::WouldBlock.into()),
        Err(error) if error.kind() == ErrorKind::WouldBlock => Err(error),
        Err(error) => Ok(error),
    })
    .unwrap()
}

/// In TLS 1.3 a server says only after the client's handshake is done that it wants a certificate.
pub(crate) fn an_alert_of_the_peer_is_told<B: Backend>() {
    let authority = Authority::new();
    let (port, server) = serve(asking(&authority), 1, |_, mut peer| {
        let told = std::panic::AssertUnwindSafe(|| peer.shake());
        assert!(std::panic::catch_unwind(told).is_err());
    });
    let mut client = connect::<B>(port, &only(trusting(&authority), TlsVersion::Tls13));
    shake(&mut client);
    let (_, end) = read_to_end(&mut client);
    let error = end.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionAborted, "{error:?}");
    assert!(
        matches!(tls_error(&error), Error::AlertReceived(Alert(116))),
        "{error}"
    );
    server.join().unwrap();
    // It may have come before the kernel had the keys; it does not give them to a socket that the peer has closed.
    let suite = client.cipher_suite().unwrap();
    let offload = crate::support::expected::<B>(TlsVersion::Tls13, suite);
    assert!([offload, Offload::NONE].contains(&client.offload()));
}

/// Demands a certificate of the same authority.
fn asking(authority: &Authority) -> Arc<ServerConfig> {
    let mut roots = RootCertStore::empty();
    let root = CertificateDer::from(authority.certificate_der().to_vec());
    roots.add(root).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone());
    let identity = authority.issue(&["localhost"]);
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(
            vec![CertificateDer::from(identity.certificate_der().to_vec())],
            PrivateKeyDer::from_pem_slice(identity.private_key_pem().as_bytes()).unwrap(),
        );
    Arc::new(config.unwrap())
}

fn talk_to<B: Backend, T: Send + 'static>(
    version: TlsVersion,
    script: impl Fn(Peer) -> T + Send + 'static,
) -> (Client<B>, std::thread::JoinHandle<Vec<T>>) {
    let authority = Authority::new();
    let config = authority.server_config(&["localhost"]);
    let (port, server) = serve(config, 1, move |_, peer| script(peer));
    let client = connect::<B>(port, &only(trusting(&authority), version));
    (client, server)
}
