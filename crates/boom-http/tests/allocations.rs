//! Once warm, requests and answers allocate nothing, and a request is one write.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use boom_http::{HttpClient, HttpConfig, Method, Origin};
use boom_testkit::alloc::{self, CountingAllocator};
use std::io::{self, ErrorKind, Read, Write};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// A server in memory, which answers each write by the same bytes.
struct Server {
    answer: &'static [u8],
    unread: &'static [u8],
    writes: usize,
}

impl Read for Server {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.unread.is_empty() {
            return Err(ErrorKind::WouldBlock.into());
        }
        self.unread.read(buffer)
    }
}

impl Write for Server {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.unread = self.answer;
        self.writes += 1;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

const REQUESTS: u64 = 10_000;

fn check(answer: &'static [u8], body: usize) {
    let config = HttpConfig::new().with_connections(1);
    check_with(&config, answer, body);
}

fn check_with(config: &HttpConfig, answer: &'static [u8], body: usize) {
    let connect = move || {
        Ok(Server {
            answer,
            unread: &[],
            writes: 0,
        })
    };
    let mut client = HttpClient::over_streams(&Origin::new("localhost", 80), config, connect);
    client.poll(0, |_, _| {});
    client.poll(1, |_, _| {});
    let mut answers = 0_u64;
    let mut exchange = |client: &mut HttpClient<Server>, now_ns: u64| {
        let request = client
            .request(Method::POST, "/v3/order")
            .query("symbol", "BTCUSDT");
        let request = request
            .header("X-API-Key", "4711")
            .idempotent()
            .body(br#"{"side":"BUY","qty":1}"#);
        let ticket = request.submit(now_ns).unwrap();
        client.poll(now_ns + 1, |answered, outcome| {
            assert_eq!(answered, ticket);
            assert_eq!(outcome.unwrap().body().len(), body);
            answers += 1;
        });
    };
    exchange(&mut client, 2);
    let counted = alloc::count(|| {
        for number in 0..REQUESTS {
            exchange(&mut client, 10 + number * 10);
        }
    });
    assert_eq!(counted.count, 0, "{counted:?}");
    assert_eq!(answers, REQUESTS + 1);
    let writes = client.streams().next().unwrap().writes;
    assert_eq!(writes as u64, REQUESTS + 1, "one write a request");
}

#[test]
fn a_request_in_chunks_with_trailers() {
    let server = || {
        Ok(Server {
            answer: b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            unread: &[],
            writes: 0,
        })
    };
    let config = HttpConfig::new().with_connections(1);
    let mut client = HttpClient::over_streams(&Origin::new("localhost", 80), &config, server);
    client.poll(0, |_, _| {});
    client.poll(1, |_, _| {});
    let mut answers = 0_u64;
    let mut exchange = |client: &mut HttpClient<Server>, now_ns: u64| {
        let request = client.request(Method::POST, "/v3/orders");
        let request = request.chunked(|body| {
            body.chunk(b"one");
            body.chunk_with(b"two", &[("part", "2")]);
            body.trailer("Digest", "4711");
            body.trailer("Signature", "00ff");
        });
        request.submit(now_ns).unwrap();
        client.poll(now_ns + 1, |_, outcome| {
            assert_eq!(outcome.unwrap().status(), 200);
            answers += 1;
        });
    };
    exchange(&mut client, 2);
    let counted = alloc::count(|| {
        for number in 0..REQUESTS {
            exchange(&mut client, 10 + number * 10);
        }
    });
    assert_eq!(counted.count, 0, "{counted:?}");
    assert_eq!(answers, REQUESTS + 1);
}

#[test]
fn a_body_of_a_length() {
    check(
        b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"id\":4711}",
        11,
    );
}

#[test]
fn a_body_in_chunks() {
    check(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{\"id\r\n7\r\n\":4711}\r\n0\r\n\r\n", 11);
}

#[test]
fn a_request_that_may_be_sent_again() {
    let config = HttpConfig::new()
        .with_connections(1)
        .with_idempotent_retry();
    check_with(
        &config,
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        2,
    );
}
