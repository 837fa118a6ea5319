//! The nonces of AES-GCM in TLS 1.2, as they are on the wire.

use std::collections::HashSet;

use boom_testkit::tls::Authority;
use boom_tls::rustls::Backend;
use boom_tls::{CipherSuite, TlsVersion};

use crate::peer::serve;
use crate::support::{Counts, alone, connect, expected, only, shake, trusting, until, write_all};

const RECORDS: usize = 40;

/// Of the last record of user space and of those by the kernel, none twice.
#[test]
fn no_explicit_nonce_of_a_connection_is_used_twice() {
    let _alone = alone();
    for suite in [
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    ] {
        let authority = Authority::new();
        let (port, server) = serve(authority.server_config(&["localhost"]), 1, |_, mut peer| {
            peer.shake();
            peer.read_exact(RECORDS);
            assert!(peer.wait_for_close());
            peer.close_notify();
            peer.wire
        });
        let mut config = only(trusting(&authority), TlsVersion::Tls12);
        config.tls = config.tls.with_cipher_suites([suite]);
        let before = Counts::now();
        let mut client = connect::<Backend>(port, &config);
        shake(&mut client);
        for number in 0..RECORDS {
            write_all(&mut client, &[number as u8]);
        }
        until(|| client.close_notify()).unwrap();
        let wire = server.join().unwrap().remove(0);
        let offload = expected::<Backend>(TlsVersion::Tls12, suite);
        let sent = Counts::now().since(before).sent;
        assert_eq!(sent, u64::from(offload.tx));

        let nonces = explicit_nonces(&wire);
        // `Finished`, the data, `close_notify`.
        assert_eq!(nonces.len(), 1 + RECORDS + 1);
        let different: HashSet<_> = nonces.iter().collect();
        assert_eq!(different.len(), nonces.len(), "{nonces:x?}");
        if offload.tx {
            // The last one of user space, and the kernel's one after the other.
            let counted: Vec<_> = (0..nonces.len() as u64)
                .map(|record| nonces[0].wrapping_add(record))
                .collect();
            assert_eq!(nonces, counted);
        }
    }
}

/// Those of all the records behind `ChangeCipherSpec`: the first eight bytes (RFC 5288, section 3).
fn explicit_nonces(mut wire: &[u8]) -> Vec<u64> {
    const CHANGE_CIPHER_SPEC: u8 = 20;
    let mut is_encrypted = false;
    let mut nonces = Vec::new();
    while let [kind, _, _, high, low, rest @ ..] = wire {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        if is_encrypted {
            nonces.push(u64::from_be_bytes(rest[..8].try_into().unwrap()));
        }
        is_encrypted |= *kind == CHANGE_CIPHER_SPEC;
        wire = &rest[length..];
    }
    nonces
}
