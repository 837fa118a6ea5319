//! What a warm request costs over TLS: nothing is allocated here, by rustls once for each record, and a request is one write.
//! And what the end of TLS does to a connection that rests.
#![cfg(feature = "ext")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use boom_http::{HttpClient, HttpConfig, Method, Origin};
use boom_stream::Layer;
use boom_testkit::alloc::{self, Allocations, CountingAllocator};
use boom_testkit::stream::ScriptedStream;
use boom_testkit::tls::Authority;
use boom_tls::{Roots, TlsConfig, TlsStream, TlsVersion};
use rustls::{ServerConfig, ServerConnection};
use std::io::{Read, Write};
use std::sync::Arc;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

type Client = HttpClient<TlsStream<ScriptedStream>>;

const REQUESTS: u64 = 1000;
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"id\":4711}";

struct World {
    client: Client,
    server: ServerConnection,
    server_config: Arc<ServerConfig>,
    now_ns: u64,
}

impl World {
    fn warm(version: TlsVersion) -> Self {
        let authority = Authority::new();
        let tls = TlsConfig::default()
            .with_roots(Roots::OwnOnly)
            .with_root_der(authority.certificate_der())
            .unwrap()
            .with_min_version(version)
            .with_max_version(version);
        let config = HttpConfig::new().with_connections(1).with_min_warm(1);
        let connect = move || TlsStream::new(ScriptedStream::new(), "localhost", &tls);
        let origin = Origin::secure("localhost", 443);
        let server_config = authority.server_config(&["localhost"]);
        let mut world = Self {
            client: HttpClient::new(&origin, &config, connect),
            server: ServerConnection::new(server_config.clone()).unwrap(),
            server_config,
            now_ns: 0,
        };
        for _ in 0..10 {
            world.poll(|_| {});
            if world.client.connections() == 1 {
                world.pass(&[]);
            }
        }
        assert_eq!(world.client.warm(), 1);
        world
    }

    fn stream(&mut self) -> &mut ScriptedStream {
        self.client.streams_mut().next().unwrap().base_mut()
    }

    fn poll(&mut self, body: impl FnMut(&[u8])) {
        let mut body = body;
        self.now_ns += 1000;
        self.client.poll(self.now_ns, |_, outcome| {
            body(outcome.unwrap().body());
        });
    }

    /// Gives the server what was sent, and the client what it says, with `answer` behind. Returns what the server read.
    fn pass(&mut self, answer: &[u8]) -> Vec<u8> {
        let sent = self.stream().take_written();
        // So that the stream itself allocates nothing while it is counted.
        self.stream().reserve_written(8192);
        let mut sent = sent.as_slice();
        while !sent.is_empty() {
            self.server.read_tls(&mut sent).unwrap();
            self.server.process_new_packets().unwrap();
        }
        let mut seen = vec![0; 4096];
        let count = self.server.reader().read(&mut seen).unwrap_or(0);
        seen.truncate(count);
        self.server.writer().write_all(answer).unwrap();
        let mut said = Vec::new();
        while self.server.wants_write() {
            self.server.write_tls(&mut said).unwrap();
        }
        if !said.is_empty() {
            self.stream().push_read(said);
        }
        seen
    }

    /// Allocations of a request, and of its answer.
    fn exchange(&mut self) -> [Allocations; 2] {
        let writes = self.stream().writes();
        let sent = alloc::count(|| {
            let request = self.client.request(Method::POST, "/v3/order");
            let request = request.header("X-API-Key", "4711").body("qty=1");
            request.submit(self.now_ns).unwrap();
        });
        assert_eq!(self.stream().writes() - writes, 1, "one write a request");
        assert!(self.pass(ANSWER).ends_with(b"\r\n\r\nqty=1"));
        let (reads, mut answers) = (self.stream().reads(), 0);
        let received = alloc::count(|| {
            self.poll(|body| {
                assert_eq!(body, br#"{"id":4711}"#);
                answers += 1;
            });
        });
        assert_eq!(answers, 1);
        // A stream that was read a moment ago is not read again before it is used.
        assert_eq!(self.stream().reads() - reads, 1, "one read an answer");
        assert_eq!(self.stream().writes() - writes, 1);
        [sent, received]
    }
}

#[test]
fn a_warm_request_is_one_record_each_way_and_an_allocation_of_each() {
    for version in [TlsVersion::Tls12, TlsVersion::Tls13] {
        let mut world = World::warm(version);
        for _ in 0..10 {
            world.exchange();
        }
        let (mut sent, mut received) = (Allocations::default(), Allocations::default());
        for _ in 0..REQUESTS {
            let [request, answer] = world.exchange();
            sent.count += request.count;
            received.count += answer.count;
            received.bytes += answer.bytes;
        }
        // rustls 0.23 allocates once for each record in either direction, that of a received one as large as what it holds.
        assert_eq!(sent.count, REQUESTS, "{version}");
        assert_eq!(received.count, REQUESTS, "{version}");
        assert_eq!(received.bytes, REQUESTS * ANSWER.len() as u64, "{version}");
    }
}

#[test]
fn close_notify_retires_an_unused_connection_before_it_is_used() {
    let mut world = World::warm(TlsVersion::Tls13);
    world.exchange();
    world.server.send_close_notify();
    world.pass(&[]);
    // Long enough for a look before it is used.
    world.now_ns += 2_000_000;
    let request = world.client.request(Method::POST, "/v3/order");
    request.body("qty=1").submit(world.now_ns).unwrap();
    assert_eq!(world.pass(&[]), b"", "the server is sent nothing more");
    assert_eq!((world.client.warm(), world.client.under_way()), (0, 1));
    // It is made again, and carries what waited.
    world.server = ServerConnection::new(world.server_config.clone()).unwrap();
    let mut seen = Vec::new();
    for _ in 0..20 {
        world.poll(|_| {});
        if world.client.connections() == 1 {
            seen.extend(world.pass(&[]));
        }
    }
    assert!(seen.ends_with(b"\r\n\r\nqty=1"), "{seen:?}");
}
