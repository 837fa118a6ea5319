//! New keys amid the data, of the peer and of this side.

use std::io::{ErrorKind, Read, Write};

use boom_ktls::{Backend, Error, Offload};
use boom_testkit::tls::Authority;
use boom_tls::TlsVersion;

use crate::peer::serve;
use crate::support::{
    Client, Counts, can_renew, connect, ktls_error, only, read_exact, read_to_end, shake,
    tls_error, trusting, until, write_all,
};

const TIMES: usize = 100;

pub(crate) fn the_peer_renews_its_keys_amid_the_data<B: Backend>() {
    let before = Counts::now();
    let authority = Authority::new();
    let (port, server) = serve(authority.server_config(&["localhost"]), 1, |_, mut peer| {
        peer.shake();
        for number in 0..TIMES {
            peer.write(&word(number));
            // It asks for new keys of the client too.
            peer.tls.refresh_traffic_keys().unwrap();
            peer.send();
            peer.write(&word(number));
            let told = std::panic::AssertUnwindSafe(|| peer.read_exact(4));
            match std::panic::catch_unwind(told) {
                Ok(answer) => assert_eq!(answer, word(number)),
                // The client has given up.
                Err(_) => return number,
            }
        }
        peer.close_notify();
        peer.wait_for_close();
        TIMES
    });
    let mut client = connect::<B>(port, &only(trusting(&authority), TlsVersion::Tls13));
    shake(&mut client);
    for number in 0..TIMES {
        assert_eq!(read_exact(&mut client, 4), word(number));
        if !can_renew::<B>() {
            let (rest, end) = read_to_end(&mut client);
            let error = end.unwrap_err();
            // What is received in user space is still understood; the answer is not possible.
            assert!(rest.is_empty() || !client.offload().rx);
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
            assert!(matches!(ktls_error(&error), Error::KeyUpdateUnsupported));
            let again = client.write(b"late").unwrap_err();
            assert!(matches!(ktls_error(&again), Error::KeyUpdateUnsupported));
            drop(client);
            assert_eq!(server.join().unwrap(), [0]);
            return;
        }
        assert_eq!(read_exact(&mut client, 4), word(number));
        write_all(&mut client, &word(number));
    }
    assert_eq!(until(|| client.read(&mut [0; 8])).unwrap(), 0);
    until(|| client.close_notify()).unwrap();
    assert_eq!(server.join().unwrap(), [TIMES]);
    let counted = Counts::now().since(before);
    let renewed = if client.offload().rx { TIMES } else { 0 } as u64;
    assert_eq!(counted.received_renewed, renewed);
    assert_eq!(counted.sent_renewed, renewed);
}

pub(crate) fn this_side_renews_its_keys_amid_the_data<B: Backend>() {
    let before = Counts::now();
    let authority = Authority::new();
    let (port, server) = serve(authority.server_config(&["localhost"]), 1, |_, mut peer| {
        peer.shake();
        for number in 0..TIMES {
            assert_eq!(peer.read_exact(4), word(number));
            peer.write(&word(number));
        }
        assert!(peer.wait_for_close());
        peer.close_notify();
    });
    let mut client = connect::<B>(port, &only(trusting(&authority), TlsVersion::Tls13));
    shake(&mut client);
    let mut renewed = 0;
    for number in 0..TIMES {
        match until(|| client.update_keys()) {
            Ok(()) => renewed += 1,
            Err(error) => {
                // The connection goes on all the same.
                assert_eq!(error.kind(), ErrorKind::Unsupported);
                assert!(matches!(ktls_error(&error), Error::KeyUpdateUnsupported));
            }
        }
        write_all(&mut client, &word(number));
        assert_eq!(read_exact(&mut client, 4), word(number));
    }
    until(|| client.close_notify()).unwrap();
    assert_eq!(until(|| client.read(&mut [0; 8])).unwrap(), 0);
    server.join().unwrap();
    assert_eq!(renewed, if can_renew::<B>() { TIMES } else { 0 });
    let counted = Counts::now().since(before);
    let counts = client.offload().tx && Offload::probe().can_renew_keys() && can_renew::<B>();
    let renewed = if counts { TIMES } else { 0 } as u64;
    assert_eq!(counted.sent_renewed, renewed);
}

pub(crate) fn keys_that_are_used_up_are_renewed_or_end_the_writing<B: Backend>() {
    for version in [TlsVersion::Tls12, TlsVersion::Tls13] {
        let before = Counts::now();
        let authority = Authority::new();
        let (port, server) = serve(authority.server_config(&["localhost"]), 1, |_, mut peer| {
            peer.shake();
            let mut count = 0;
            while !peer.wait_for_data() {
                peer.read_exact(4);
                count += 1;
            }
            count
        });
        let mut config = only(trusting(&authority), version);
        config.records_per_key = Some(40);
        let mut client = connect::<B>(port, &config);
        shake(&mut client);
        let written = write_many(&mut client);
        let is_bounded = client.offload().tx;
        if is_bounded && (version == TlsVersion::Tls12 || !can_renew::<B>()) {
            let (count, error) = written.unwrap_err();
            assert!(matches!(tls_error(&error), boom_tls::Error::KeysExhausted));
            assert!((20..40).contains(&count), "{count}");
            until(|| client.close_notify()).unwrap();
            assert_eq!(server.join().unwrap(), [count]);
        } else {
            written.map_err(|(_, error)| error).unwrap();
            until(|| client.close_notify()).unwrap();
            assert_eq!(server.join().unwrap(), [200]);
            let renewed = Counts::now().since(before).sent_renewed;
            assert_eq!(renewed >= 5, is_bounded, "{renewed}");
        }
    }
}

/// A limit that is below what has to be kept free for the end.
#[cfg(feature = "rustls")]
pub(crate) fn a_limit_without_room_for_data_is_raised<B: Backend>() {
    for (version, limit) in [
        (TlsVersion::Tls12, 0),
        (TlsVersion::Tls13, 1),
        (TlsVersion::Tls13, 8),
    ] {
        let authority = Authority::new();
        let (port, server) = serve(authority.server_config(&["localhost"]), 1, |_, mut peer| {
            peer.shake();
            let mut count = 0;
            while !peer.wait_for_data() {
                peer.read_exact(4);
                count += 1;
            }
            count
        });
        let mut config = only(trusting(&authority), version);
        config.records_per_key = Some(limit);
        let mut client = connect::<B>(port, &config);
        shake(&mut client);
        let count = match write_many(&mut client) {
            Ok(()) => 200,
            Err((count, error)) => {
                assert!(matches!(tls_error(&error), boom_tls::Error::KeysExhausted));
                assert!(client.offload().tx);
                assert!(version == TlsVersion::Tls12 || !can_renew::<B>());
                assert_eq!(count, 8);
                count
            }
        };
        until(|| client.close_notify()).unwrap();
        assert_eq!(server.join().unwrap(), [count]);
    }
}

fn write_many<B: Backend>(client: &mut Client<B>) -> Result<(), (usize, std::io::Error)> {
    for number in 0..200 {
        let written = until(|| client.write(&word(number)));
        assert_eq!(written.map_err(|error| (number, error))?, 4);
    }
    Ok(())
}

fn word(number: usize) -> [u8; 4] {
    (number as u32).to_be_bytes()
}
