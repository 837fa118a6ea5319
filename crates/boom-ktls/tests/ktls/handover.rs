//! From the handshake to the kernel, and plain use afterwards.

use std::fs::File;
use std::io::{ErrorKind, IoSlice, Read, Seek, Write};

use boom_ktls::{Backend, Offload};
use boom_stream::Layer;
use boom_testkit::tls::Authority;
use boom_tls::TlsVersion;

use crate::peer::serve;
use crate::support::{
    Dice, connect, expected, only, read_exact, read_to_end, shake, trusting, until, write_all,
};

const VERSIONS: [TlsVersion; 2] = [TlsVersion::Tls12, TlsVersion::Tls13];

/// The server's data is in the same segment as its last word of the handshake, or its tickets are.
pub(crate) fn data_right_behind_the_handshake_is_not_lost<B: Backend>() {
    const RECORDS: usize = 20;
    for half_round_trip in [false, true] {
        for version in VERSIONS {
            let authority = Authority::new();
            let mut server = (*authority.server_config(&["localhost"])).clone();
            server.send_half_rtt_data = half_round_trip;
            let words: Vec<_> = (0..RECORDS)
                .map(|n| Dice::new(n as u64).bytes(900))
                .collect();
            let all = words.concat();
            let (port, server) = serve(server.into(), 1, move |_, mut peer| {
                if half_round_trip && version == TlsVersion::Tls13 {
                    // With the server's first flight, which is all it needs to send.
                    peer.receive_without_answer();
                }
                while !half_round_trip && peer.tls.is_handshaking() {
                    peer.receive_without_answer();
                    if peer.tls.is_handshaking() {
                        peer.send();
                    }
                }
                let mut bytes = Vec::new();
                for word in &words {
                    bytes.extend(peer.seal(word));
                }
                peer.socket.write_all(&bytes).unwrap();
                peer.shake();
                peer.close_notify();
                peer.wait_for_close();
            });
            let config = only(trusting(&authority), version);
            let mut client = connect::<B>(port, &config);
            let (received, end) = read_to_end(&mut client);
            end.unwrap();
            assert_eq!(received.len(), all.len(), "{version} {half_round_trip}");
            assert!(received == all);
            let suite = client.cipher_suite().unwrap();
            assert_eq!(client.offload(), expected::<B>(version, suite));
            drop(client);
            server.join().unwrap();
        }
    }
}

/// The client's last word of the handshake finds nobody any more; what the server has said before it is there.
#[cfg(feature = "rustls")]
pub(crate) fn the_last_words_of_a_peer_that_has_hung_up_are_read<B: Backend>() {
    for says_so in [true, false] {
        let authority = Authority::new();
        let mut server = (*authority.server_config(&["localhost"])).clone();
        server.send_half_rtt_data = true;
        let (port, server) = serve(server.into(), 1, move |_, mut peer| {
            peer.receive_without_answer();
            let mut bytes = peer.seal(b"last words");
            if says_so {
                peer.tls.send_close_notify();
                bytes.extend(peer.take_out());
            }
            peer.socket.write_all(&bytes).unwrap();
        });
        let mut client = connect::<B>(port, &only(trusting(&authority), TlsVersion::Tls13));
        while !client.base_mut().connected().unwrap() {}
        let hello = client.write(&[]).unwrap_err();
        assert_eq!(hello.kind(), ErrorKind::WouldBlock);
        server.join().unwrap();
        let (words, end) = read_to_end(&mut client);
        assert_eq!(words, b"last words", "{end:?}");
        assert_eq!(end.is_ok(), says_so, "{end:?}");
    }
}

pub(crate) fn a_vectored_write_and_a_file_arrive<B: Backend>() {
    let authority = Authority::new();
    let (port, server) = serve(authority.server_config(&["localhost"]), 1, |_, mut peer| {
        peer.shake();
        let words = peer.read_exact(11);
        let file = peer.read_exact(100_000);
        peer.close_notify();
        peer.wait_for_close();
        (words, file)
    });
    let mut client = connect::<B>(port, &trusting(&authority));
    shake(&mut client);
    let words = [&b""[..], b"hello", b" ", b"world"];
    let mut sent = 0;
    while sent < 11 {
        let mut rest: Vec<&[u8]> = Vec::new();
        let mut skip = sent;
        for word in words {
            rest.push(&word[skip.min(word.len())..]);
            skip = skip.saturating_sub(word.len());
        }
        let slices: Vec<_> = rest.iter().map(|word| IoSlice::new(word)).collect();
        sent += until(|| client.write_vectored(&slices)).unwrap();
    }
    let content = Dice::new(9).bytes(100_100);
    let mut file = scratch_file();
    file.write_all(&content).unwrap();
    file.rewind().unwrap();
    let (mut offset, end) = (100, 100_100);
    while offset < end {
        offset +=
            until(|| client.send_file(&file, offset, (end - offset) as usize)).unwrap() as u64;
    }
    assert_eq!(until(|| client.send_file(&file, end, 10)).unwrap(), 0);
    until(|| client.flush()).unwrap();
    assert_eq!(until(|| client.read(&mut [0; 8])).unwrap(), 0);
    until(|| client.close_notify()).unwrap();
    let (words, file) = server.join().unwrap().remove(0);
    assert_eq!(words, b"hello world");
    assert!(file == content[100..]);
}

/// A file without a name.
pub(crate) fn scratch_file() -> File {
    let path = std::env::temp_dir().join(format!("boom-ktls-{}", std::process::id()));
    let file = File::options()
        .create(true)
        .truncate(true)
        .read(true)
        .write(true)
        .open(&path);
    std::fs::remove_file(&path).unwrap();
    file.unwrap()
}

/// An echo that both sides keep full.
pub(crate) fn both_directions_at_once<B: Backend>() {
    const LENGTH: usize = 1 << 20;
    for version in VERSIONS {
        let authority = Authority::new();
        let (port, server) = serve(authority.server_config(&["localhost"]), 1, |_, mut peer| {
            peer.shake();
            let mut left = LENGTH;
            while left > 0 {
                let count = left.min(10_000);
                let bytes = peer.read_exact(count);
                peer.write(&bytes);
                left -= count;
            }
            peer.close_notify();
            peer.wait_for_close();
        });
        let mut client = connect::<B>(port, &only(trusting(&authority), version));
        shake(&mut client);
        let bytes = Dice::new(4).bytes(LENGTH);
        let (mut sent, mut received) = (0, Vec::new());
        let mut dice = Dice::new(5);
        let mut room = vec![0; 30_000];
        while received.len() < LENGTH {
            let size = dice.size(20_000).min(LENGTH - sent);
            // What the peer does not read holds up the writing, and the reading goes on.
            match client.write(&bytes[sent..sent + size]) {
                Ok(count) => sent += count,
                Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock, "{error}"),
            }
            let size = dice.size(room.len());
            match client.read(&mut room[..size]) {
                Ok(count) => {
                    assert!(count > 0, "an end");
                    received.extend_from_slice(&room[..count]);
                }
                Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock, "{error}"),
            }
        }
        assert!(received == bytes);
        assert!(!client.wants_write());
        until(|| client.close_notify()).unwrap();
        server.join().unwrap();
    }
}

pub(crate) fn what_was_agreed_on_can_be_asked_for<B: Backend>() {
    let authority = Authority::new();
    let mut server = (*authority.server_config(&["localhost"])).clone();
    server.alpn_protocols = vec![b"http/1.1".to_vec()];
    let (port, server) = serve(server.into(), 1, |_, mut peer| {
        peer.shake();
        peer.write(b"word");
        peer.wait_for_close();
    });
    let mut config = trusting(&authority);
    config.tls = config.tls.with_alpn(["http/1.1"]);
    let mut client = connect::<B>(port, &config);
    assert!(client.is_handshaking());
    assert_eq!(client.offload(), Offload::NONE);
    assert_eq!(client.protocol_version(), None);
    shake(&mut client);
    assert_eq!(read_exact(&mut client, 4), b"word");
    assert!(!client.is_handshaking());
    assert_eq!(client.protocol_version(), Some(TlsVersion::Tls13));
    let suite = client.cipher_suite().unwrap();
    assert_eq!(client.alpn_protocol(), Some(&b"http/1.1"[..]));
    assert!(client.key_exchange_group().is_some());
    assert_eq!(client.peer_certificates().len(), 1);
    assert_eq!(client.is_resumed(), Some(false));
    assert_eq!(client.offload(), expected::<B>(TlsVersion::Tls13, suite));
    assert!(client.is_encrypted());
    let text = format!("{client:?}");
    assert!(
        text.contains("KtlsStream") && text.contains("offload"),
        "{text}"
    );
    write_all(&mut client, b"");
    until(|| client.close_notify()).unwrap();
    server.join().unwrap();
}
