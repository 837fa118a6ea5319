//! What a message costs once the kernel has the keys.

use std::io::{Read, Write};

use boom_ktls::Backend;
use boom_testkit::alloc;
use boom_testkit::tls::Authority;
use boom_tls::TlsVersion;

use crate::peer::serve;
use crate::support::{Client, connect, only, shake, trusting, until};

const MESSAGES: usize = 2_000;
const SIZE: usize = 150;

pub(crate) fn messages_by_the_kernel_allocate_nothing<B: Backend>() {
    for version in [TlsVersion::Tls12, TlsVersion::Tls13] {
        let authority = Authority::new();
        let (port, server) = serve(authority.server_config(&["localhost"]), 1, |_, mut peer| {
            peer.shake();
            for _ in 0..MESSAGES + 10 {
                let message = peer.read_exact(SIZE);
                peer.write(&message);
            }
            peer.wait_for_close();
        });
        let mut client = connect::<B>(port, &only(trusting(&authority), version));
        shake(&mut client);
        // Tickets are taken in with the first ones.
        exchange(&mut client, 10);
        let allocations = alloc::count(|| exchange(&mut client, MESSAGES));
        if client.offload().is_complete() {
            assert_eq!(allocations.count, 0, "{version}");
        }
        until(|| client.close_notify()).unwrap();
        server.join().unwrap();
    }
}

fn exchange<B: Backend>(client: &mut Client<B>, messages: usize) {
    let message = [7; SIZE];
    let mut room = [0; 4096];
    for _ in 0..messages {
        assert_eq!(until(|| client.write(&message)).unwrap(), SIZE);
        let mut received = 0;
        while received < SIZE {
            received += until(|| client.read(&mut room)).unwrap();
        }
        assert_eq!(received, SIZE);
    }
}
