//! What a message costs in allocations over TLS, both ways, after warm-up.
#![cfg(feature = "ext")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use boom_testkit::alloc::{self, CountingAllocator};
use boom_testkit::echo::EchoServer;
use boom_testkit::tls::Authority;
use boomnet::prelude::*;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

const MESSAGES: usize = 10_000;

/// Allocations of rustls itself for a message sent and its echo received: one for each record in either direction, which
/// its interface leaves no way around (`boom_tls::rustls` names the lines). Every other layer makes none.
const RUSTLS_ALLOCATIONS: u64 = 2;

#[test]
fn ten_thousand_messages_each_way_over_tls_allocate_only_what_rustls_does() {
    let authority = Authority::new();
    let server = EchoServer::builder()
        .tls(authority.server_config(&["localhost", "127.0.0.1"]))
        .start()
        .unwrap();
    let tls = TlsConfig::default()
        .with_root_der(authority.certificate_der())
        .unwrap();
    let mut ws = TcpStream::try_from(("127.0.0.1", server.address().port()))
        .unwrap()
        .into_tls_websocket_with_config("/", |config| config.tls = tls)
        .unwrap();
    let payload = [b'x'; 150];
    let mut turn = |messages: usize| {
        for _ in 0..messages {
            ws.send_text(true, Some(&payload)).unwrap();
            let mut received = 0;
            while received == 0 {
                for frame in ws.read_batch().unwrap() {
                    assert_eq!(frame.unwrap(), WebsocketFrame::Text(true, &payload));
                    received += 1;
                }
            }
            assert_eq!(received, 1);
        }
    };
    turn(100);
    assert_eq!(
        alloc::count(|| turn(MESSAGES)).count,
        RUSTLS_ALLOCATIONS * MESSAGES as u64
    );
}
