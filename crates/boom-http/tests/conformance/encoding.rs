//! Requests, and the bytes that they must be.

use boom_http::{Connection, HttpConfig, Method, Origin, RequestBuilder};
use std::io::Write;

type Build = fn(&mut Connection) -> RequestBuilder<'_, Connection>;

/// Name, how it is built, and the bytes (`\n` stands for CRLF, `@` for the line `Host: localhost`).
#[rustfmt::skip]
const CASES: &[(&str, Build, &str)] = &[
    ("a GET", |c| c.request(Method::GET, "/"), "GET / HTTP/1.1\n@\n\n"),
    ("a DELETE", |c| c.request(Method::DELETE, "/order/7"), "DELETE /order/7 HTTP/1.1\n@\n\n"),
    ("an empty POST says so", |c| c.request(Method::POST, "/"), "POST / HTTP/1.1\n@\nContent-Length: 0\n\n"),
    ("an empty PUT says so", |c| c.request(Method::PUT, "/"), "PUT / HTTP/1.1\n@\nContent-Length: 0\n\n"),
    ("an empty PATCH says so", |c| c.request(Method::PATCH, "/"), "PATCH / HTTP/1.1\n@\nContent-Length: 0\n\n"),
    ("a HEAD says nothing of a length", |c| c.request(Method::HEAD, "/"), "HEAD / HTTP/1.1\n@\n\n"),
    ("OPTIONS of the server", |c| c.request(Method::OPTIONS, "*"), "OPTIONS * HTTP/1.1\n@\n\n"),
    ("a POST with an empty body", |c| c.request(Method::POST, "/").body(""), "POST / HTTP/1.1\n@\nContent-Length: 0\n\n"),
    ("a POST with a body", |c| c.request(Method::POST, "/").body("{}"), "POST / HTTP/1.1\n@\nContent-Length: 2\n\n{}"),
    ("a GET with a body", |c| c.request(Method::GET, "/").body("x"), "GET / HTTP/1.1\n@\nContent-Length: 1\n\nx"),
    ("a body of two digits", |c| c.request(Method::POST, "/").body("0123456789"), "POST / HTTP/1.1\n@\nContent-Length: 10\n\n0123456789"),
    ("a body written in place", |c| c.request(Method::POST, "/").body_with(|body| write!(body, "{}-{}", 1, 2).unwrap()), "POST / HTTP/1.1\n@\nContent-Length: 3\n\n1-2"),
    ("nothing written in place", |c| c.request(Method::POST, "/").body_with(|_| ()), "POST / HTTP/1.1\n@\nContent-Length: 0\n\n"),
    ("a body in chunks", |c| c.request(Method::POST, "/").chunks([&b"abc"[..], b"0123456789"]), "POST / HTTP/1.1\n@\nTransfer-Encoding: chunked\n\n3\nabc\na\n0123456789\n0\n\n"),
    ("an empty chunk is left out", |c| c.request(Method::POST, "/").chunks([&b"a"[..], b"", b"b"]), "POST / HTTP/1.1\n@\nTransfer-Encoding: chunked\n\n1\na\n1\nb\n0\n\n"),
    ("no chunks", |c| c.request(Method::POST, "/").chunks([]), "POST / HTTP/1.1\n@\nTransfer-Encoding: chunked\n\n0\n\n"),
    ("a chunk with extensions", |c| c.request(Method::POST, "/").chunked(|b| { b.chunk_with("a", &[("last", ""), ("sum", "7"), ("text", "a;\\\"b")]); b.chunk("b"); }), "POST / HTTP/1.1\n@\nTransfer-Encoding: chunked\n\n1;last;sum=7;text=\"a;\\\\\\\"b\"\na\n1\nb\n0\n\n"),
    ("trailers behind chunks, announced before them", |c| c.request(Method::POST, "/").header("X-A", "1").chunked(|b| { b.chunk("a"); b.trailer("X-Sum", "7: 8"); b.trailer("X-Sum-2", ""); }), "POST / HTTP/1.1\n@\nX-A: 1\nTrailer: X-Sum, X-Sum-2\nTransfer-Encoding: chunked\n\n1\na\n0\nX-Sum: 7: 8\nX-Sum-2: \n\n"),
    ("trailers without a body", |c| c.request(Method::POST, "/").chunked(|b| b.trailer("X", "1")), "POST / HTTP/1.1\n@\nTrailer: X\nTransfer-Encoding: chunked\n\n0\nX: 1\n\n"),
    ("trailers behind a body that waits for 100", |c| c.request(Method::POST, "/").expect_continue().chunked(|b| { b.chunk("a"); b.trailer("X", "1"); }), "POST / HTTP/1.1\n@\nExpect: 100-continue\nTrailer: X\nTransfer-Encoding: chunked\n\n"),
    ("a query", |c| c.request(Method::GET, "/a").query("b", "c"), "GET /a?b=c HTTP/1.1\n@\n\n"),
    ("two parameters", |c| c.request(Method::GET, "/a").query("b", "c").query("d", ""), "GET /a?b=c&d= HTTP/1.1\n@\n\n"),
    ("a parameter behind a query", |c| c.request(Method::GET, "/a?x=1").query("b", "c"), "GET /a?x=1&b=c HTTP/1.1\n@\n\n"),
    ("a parameter that is escaped", |c| c.request(Method::GET, "/a").query("b c", "d&e=f\r\n#%\u{e4}"), "GET /a?b%20c=d%26e%3Df%0D%0A%23%25%C3%A4 HTTP/1.1\n@\n\n"),
    ("headers in their order", |c| c.request(Method::GET, "/").header("X-B", "2").header("X-A", "1"), "GET / HTTP/1.1\n@\nX-B: 2\nX-A: 1\n\n"),
    ("a header of other bytes", |c| c.request(Method::GET, "/").header("X-A", "a\tb"), "GET / HTTP/1.1\n@\nX-A: a\tb\n\n"),
    ("a header before a body", |c| c.request(Method::POST, "/").header("X-A", "1").body("x"), "POST / HTTP/1.1\n@\nX-A: 1\nContent-Length: 1\n\nx"),
    ("the last request of a connection", |c| c.request(Method::GET, "/").close(), "GET / HTTP/1.1\n@\nConnection: close\n\n"),
    ("a request for another protocol", |c| c.request(Method::GET, "/").upgrade("websocket"), "GET / HTTP/1.1\n@\nConnection: Upgrade\nUpgrade: websocket\n\n"),
    ("a body that waits for 100", |c| c.request(Method::POST, "/").expect_continue().body("x"), "POST / HTTP/1.1\n@\nExpect: 100-continue\nContent-Length: 1\n\n"),
    ("100 without a body is not waited for", |c| c.request(Method::POST, "/").expect_continue(), "POST / HTTP/1.1\n@\nExpect: 100-continue\nContent-Length: 0\n\n"),
];

/// Name, origin, and the value of `Host`.
fn hosts() -> Vec<(&'static str, Origin, &'static str)> {
    vec![
        (
            "the port of http is left out",
            Origin::new("a.example", 80),
            "a.example",
        ),
        (
            "another port stands in Host",
            Origin::new("a.example", 8080),
            "a.example:8080",
        ),
        (
            "the port of https is left out",
            Origin::secure("a.example", 443),
            "a.example",
        ),
        (
            "443 without TLS stands in Host",
            Origin::new("a.example", 443),
            "a.example:443",
        ),
        (
            "80 with TLS stands in Host",
            Origin::secure("a.example", 80),
            "a.example:80",
        ),
        (
            "IPv6 stands in brackets",
            Origin::new("2001:db8::1", 80),
            "[2001:db8::1]",
        ),
        ("IPv6 with a port", Origin::new("[::1]", 8080), "[::1]:8080"),
        (
            "IPv6 without its zone",
            Origin::new("fe80::1%eth0", 81),
            "[fe80::1]:81",
        ),
    ]
}

pub(crate) fn names() -> Vec<&'static str> {
    let names = CASES.iter().map(|case| case.0);
    names
        .chain(hosts().into_iter().map(|case| case.0))
        .collect()
}

pub(crate) fn check() {
    for (name, build, expected) in CASES {
        let mut connection = Connection::new(&Origin::new("localhost", 80), &HttpConfig::new());
        build(&mut connection).submit(0).unwrap();
        let expected = expected
            .replace('@', "Host: localhost")
            .replace('\n', "\r\n");
        assert_eq!(
            String::from_utf8_lossy(connection.outgoing()),
            expected,
            "{name}"
        );
    }
    for (name, origin, host) in hosts() {
        let mut connection = Connection::new(&origin, &HttpConfig::new());
        connection.request(Method::GET, "/").submit(0).unwrap();
        let sent = String::from_utf8_lossy(connection.outgoing()).into_owned();
        assert_eq!(
            sent,
            format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            "{name}"
        );
    }
}
