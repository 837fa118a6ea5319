//! Every version, every cipher, full and resumed: a mebibyte each way.

use boom_ktls::{Backend, Error, KtlsConfig, Offload};
use boom_testkit::tls::Authority;
use boom_tls::{CipherSuite, TlsVersion};

use crate::peer::{Peer, serve};
use crate::support::{
    Client, Counts, Dice, connect, expected, ktls_error, only, requiring, shake, trusting, until,
    write_all,
};
use std::io::{Read, Write};

const MEBIBYTE: usize = 1 << 20;

/// From 1 byte to more than a record has room for.
const PIECE_MAX: usize = 40_000;

pub(crate) fn tls_1_2_by_aes_128_gcm<B: Backend>() {
    let suite = CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
    cells::<B>(TlsVersion::Tls12, suite);
}

pub(crate) fn tls_1_2_by_aes_256_gcm<B: Backend>() {
    let suite = CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384;
    cells::<B>(TlsVersion::Tls12, suite);
}

pub(crate) fn tls_1_2_by_chacha20_poly1305<B: Backend>() {
    let suite = CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256;
    cells::<B>(TlsVersion::Tls12, suite);
}

pub(crate) fn tls_1_3_by_aes_128_gcm<B: Backend>() {
    cells::<B>(TlsVersion::Tls13, CipherSuite::TLS_AES_128_GCM_SHA256);
}

pub(crate) fn tls_1_3_by_aes_256_gcm<B: Backend>() {
    cells::<B>(TlsVersion::Tls13, CipherSuite::TLS_AES_256_GCM_SHA384);
}

pub(crate) fn tls_1_3_by_chacha20_poly1305<B: Backend>() {
    cells::<B>(TlsVersion::Tls13, CipherSuite::TLS_CHACHA20_POLY1305_SHA256);
}

/// Two connections, of which the second one resumes, and then one that must have the kernel.
fn cells<B: Backend>(version: TlsVersion, suite: CipherSuite) {
    let authority = Authority::new();
    let mut config = only(trusting(&authority), version);
    config.tls = config.tls.with_cipher_suites([suite]);
    let (port, server) = serve(
        authority.server_config(&["localhost"]),
        3,
        |number, peer| {
            conversation(number as u64, peer);
        },
    );
    let offload = expected::<B>(version, suite);
    for number in 0..2 {
        let before = Counts::now();
        let mut client = connect::<B>(port, &config);
        shake(&mut client);
        exchange(number, &mut client);
        assert_eq!(client.is_resumed(), Some(number == 1));
        assert_eq!(client.cipher_suite(), Some(suite));
        assert_eq!(client.offload(), offload);
        let counted = Counts::now().since(before);
        assert_eq!(
            counted,
            Counts {
                sent: offload.tx.into(),
                received: offload.rx.into(),
                ..Counts::default()
            }
        );
        report(version, suite, number == 1, offload);
    }
    required::<B>(port, &requiring(config), offload);
    server.join().unwrap();
}

/// The kernel for both directions, or the error that says what is missing.
fn required<B: Backend>(port: u16, config: &KtlsConfig, offload: Offload) {
    let client = crate::support::try_connect::<B>(port, config);
    let failure = match client {
        Ok(mut client) if offload.is_complete() => {
            shake(&mut client);
            assert_eq!(client.offload(), Offload::BOTH);
            exchange(2, &mut client);
            return;
        }
        Ok(mut client) => until(|| client.write(&[])).unwrap_err(),
        Err(error) => {
            // The server waits for a connection.
            drop(std::net::TcpStream::connect(("127.0.0.1", port)));
            error
        }
    };
    match ktls_error(&failure) {
        Error::KernelUnsupported(_) => assert!(!Offload::probe().is_there()),
        Error::ReceiveNotOffloaded => assert!(offload.tx && !offload.rx),
        Error::CipherUnsupported(..) => {
            assert!(Offload::probe().is_there() && offload == Offload::NONE);
        }
        other => panic!("{other}"),
    }
}

/// For the table of docs/ktls.md.
fn report(version: TlsVersion, suite: CipherSuite, is_resumed: bool, offload: Offload) {
    println!("cell: {version} {suite} resumed={is_resumed} {offload:?}");
}

fn exchange<B: Backend>(number: u64, client: &mut Client<B>) {
    let mut dice = Dice::new(number + 1);
    let bytes = Dice::new(100 + number).bytes(MEBIBYTE);
    let mut rest = &bytes[..];
    while !rest.is_empty() {
        let (piece, later) = rest.split_at(dice.size(PIECE_MAX).min(rest.len()));
        write_all(client, piece);
        rest = later;
    }
    let wanted = Dice::new(200 + number).bytes(MEBIBYTE);
    let mut received = Vec::new();
    let mut room = vec![0; PIECE_MAX];
    while received.len() < MEBIBYTE {
        let size = dice.size(PIECE_MAX);
        let count = until(|| client.read(&mut room[..size])).unwrap();
        assert!(count > 0, "an end after {} bytes", received.len());
        received.extend_from_slice(&room[..count]);
    }
    assert!(received == wanted, "other bytes were received");
    until(|| client.close_notify()).unwrap();
    assert_eq!(until(|| client.read(&mut room)).unwrap(), 0);
}

/// The same from the other side.
fn conversation(number: u64, mut peer: Peer) {
    if number == 2 {
        // It may end at any point.
        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| talk(number, &mut peer)));
    } else {
        talk(number, &mut peer);
    }
}

fn talk(number: u64, peer: &mut Peer) {
    peer.shake();
    let received = peer.read_exact(MEBIBYTE);
    assert!(
        received == Dice::new(100 + number).bytes(MEBIBYTE),
        "other bytes were sent"
    );
    let bytes = Dice::new(200 + number).bytes(MEBIBYTE);
    let mut dice = Dice::new(300 + number);
    let mut rest = &bytes[..];
    while !rest.is_empty() {
        let (piece, later) = rest.split_at(dice.size(PIECE_MAX).min(rest.len()));
        peer.write(piece);
        rest = later;
    }
    assert!(peer.wait_for_close(), "no close_notify");
    peer.close_notify();
}
