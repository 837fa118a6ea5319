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
