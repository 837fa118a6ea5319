//! Requests that may not be sent, and why.

use boom_http::{Connection, HttpConfig, Method, Origin, RequestBuilder};

type Build = fn(&mut Connection) -> RequestBuilder<'_, Connection>;

#[rustfmt::skip]
const CASES: &[(&str, Build, &str)] = &[
    ("CR LF in the target", |c| c.request(Method::GET, "/ HTTP/1.1\r\nX: 1\r\n"), "InvalidTarget"),
    ("LF in the target", |c| c.request(Method::GET, "/\n"), "InvalidTarget"),
    ("CR in the target", |c| c.request(Method::GET, "/\r"), "InvalidTarget"),
    ("NUL in the target", |c| c.request(Method::GET, "/\0"), "InvalidTarget"),
    ("a space in the target", |c| c.request(Method::GET, "/a b"), "InvalidTarget"),
    ("a tab in the target", |c| c.request(Method::GET, "/a\tb"), "InvalidTarget"),
    ("an empty target", |c| c.request(Method::GET, ""), "InvalidTarget"),
    ("a relative target", |c| c.request(Method::GET, "a"), "InvalidTarget"),
    ("a whole URL for a target", |c| c.request(Method::GET, "http://a/"), "InvalidTarget"),
    ("an asterisk for a GET", |c| c.request(Method::GET, "*"), "InvalidTarget"),
    ("a fragment in the target", |c| c.request(Method::GET, "/a#b"), "InvalidTarget"),
    ("other bytes in the target", |c| c.request(Method::GET, "/\u{e4}"), "InvalidTarget"),
    ("half an escape in the target", |c| c.request(Method::GET, "/%2"), "InvalidTarget"),
    ("an escape that is none", |c| c.request(Method::GET, "/%zz"), "InvalidTarget"),
    ("a backslash in the target", |c| c.request(Method::GET, "/\\"), "InvalidTarget"),
    ("quotes in the target", |c| c.request(Method::GET, "/\""), "InvalidTarget"),
    ("CONNECT", |c| c.request(Method::CONNECT, "/"), "UnsupportedMethod"),
    ("CR LF in a value", |c| c.request(Method::GET, "/").header("X-A", "1\r\nX-B: 2"), "InvalidHeaderValue"),
    ("LF in a value", |c| c.request(Method::GET, "/").header("X-A", "1\n2"), "InvalidHeaderValue"),
    ("a CR in a value that is sent", |c| c.request(Method::GET, "/").header("X-A", "1\r2"), "InvalidHeaderValue"),
    ("NUL in a value that is sent", |c| c.request(Method::GET, "/").header("X-A", "1\x002"), "InvalidHeaderValue"),
    ("ESC in a long value", |c| c.request(Method::GET, "/").header("X-A", "aaaaaaaaaaaaaaaaaaaaaaaaaa\x1b"), "InvalidHeaderValue"),
    ("an empty name", |c| c.request(Method::GET, "/").header("", "1"), "InvalidHeaderName"),
    ("a colon in a name", |c| c.request(Method::GET, "/").header("X:", "1"), "InvalidHeaderName"),
    ("a space in a name that is sent", |c| c.request(Method::GET, "/").header("X A", "1"), "InvalidHeaderName"),
    ("CR LF in a name", |c| c.request(Method::GET, "/").header("X\r\nY", "1"), "InvalidHeaderName"),
    ("other bytes in a name that is sent", |c| c.request(Method::GET, "/").header("X\u{e4}", "1"), "InvalidHeaderName"),
    ("CR LF in a trailer", |c| c.request(Method::POST, "/").chunked(|b| b.trailer("X-A", "1\r\nX-B: 2")), "InvalidHeaderValue"),
    ("CR LF in a trailer's name", |c| c.request(Method::POST, "/").chunked(|b| b.trailer("X\r\n", "1")), "InvalidHeaderName"),
    ("a trailer that frames", |c| c.request(Method::POST, "/").chunked(|b| b.trailer("Content-Length", "1")), "ReservedHeader"),
    ("a trailer that routes", |c| c.request(Method::POST, "/").chunked(|b| b.trailer("host", "evil")), "ReservedHeader"),
    ("a trailer that authenticates", |c| c.request(Method::POST, "/").chunked(|b| b.trailer("authorization", "me")), "ForbiddenTrailer"),
    ("a trailer that says what the body is", |c| c.request(Method::POST, "/").chunked(|b| b.trailer("Content-Type", "a/b")), "ForbiddenTrailer"),
    ("CR LF in an extension", |c| c.request(Method::POST, "/").chunked(|b| b.chunk_with("a", &[("x", "1\r\n0\r\n\r\n")])), "InvalidChunkExtension"),
    ("an extension whose name is none", |c| c.request(Method::POST, "/").chunked(|b| b.chunk_with("a", &[("x=1;y", "")])), "InvalidChunkExtension"),
    ("two bodies, the second in chunks", |c| c.request(Method::POST, "/").body("a").chunked(|b| b.chunk("b")), "ReservedHeader"),
    ("a second Host", |c| c.request(Method::GET, "/").header("host", "evil"), "ReservedHeader"),
    ("a second Content-Length", |c| c.request(Method::POST, "/").header("Content-Length", "3").body("abc"), "ReservedHeader"),
    ("Transfer-Encoding by hand", |c| c.request(Method::POST, "/").header("TRANSFER-encoding", "chunked"), "ReservedHeader"),
    ("Connection by hand", |c| c.request(Method::GET, "/").header("Connection", "close"), "ReservedHeader"),
    ("Upgrade by hand", |c| c.request(Method::GET, "/").header("Upgrade", "h2c"), "ReservedHeader"),
    ("Expect by hand", |c| c.request(Method::GET, "/").header("Expect", "100-continue"), "ReservedHeader"),
    ("TE by hand", |c| c.request(Method::GET, "/").header("TE", "trailers, gzip"), "ReservedHeader"),
    ("Trailer by hand", |c| c.request(Method::GET, "/").header("Trailer", "X"), "ReservedHeader"),
    ("Keep-Alive by hand", |c| c.request(Method::GET, "/").header("Keep-Alive", "timeout=1"), "ReservedHeader"),
    ("Proxy-Connection by hand", |c| c.request(Method::GET, "/").header("Proxy-Connection", "close"), "ReservedHeader"),
    ("two bodies", |c| c.request(Method::POST, "/").body("a").body("GET / HTTP/1.1\r\n\r\n"), "ReservedHeader"),
    ("chunks behind a body", |c| c.request(Method::POST, "/").body("a").chunks([&b"b"[..]]), "ReservedHeader"),
    ("a header behind a body", |c| c.request(Method::POST, "/").body("a").header("X-A", "1"), "ReservedHeader"),
    ("Expect behind a body", |c| c.request(Method::POST, "/").body("a").expect_continue(), "ReservedHeader"),
    ("Connection: close behind a body", |c| c.request(Method::POST, "/").body("a").close(), "ReservedHeader"),
    ("Upgrade behind a body", |c| c.request(Method::POST, "/").body("a").upgrade("x"), "ReservedHeader"),
    ("a query behind a header", |c| c.request(Method::GET, "/").header("X-A", "1").query("a", "b"), "QueryAfterHeaders"),
    ("a query behind a body", |c| c.request(Method::POST, "/").body("x").query("a", "b"), "QueryAfterHeaders"),
    ("CR LF in a protocol", |c| c.request(Method::GET, "/").upgrade("x\r\nX-A: 1"), "InvalidHeaderValue"),
    ("CR LF in a signature", |c| c.request(Method::POST, "/").signed_body("X-S", "", |_, value| value.extend_from_slice(b"1\r\nX: 2")), "InvalidHeaderValue"),
    ("a request beyond the limit", |c| c.request(Method::POST, "/").body([b'a'; 4096]), "TooLong(1024)"),
    ("a target beyond the limit", |c| { let target = format!("/{}", "a".repeat(2048)); c.request(Method::GET, &target) }, "TooLong(1024)"),
];

pub(crate) fn names() -> Vec<&'static str> {
    let names = CASES.iter().map(|case| case.0);
    names
        .chain([
            "a host with a space",
            "a host with a line end",
            "an empty host",
            "a host with a user",
        ])
        .collect()
}

pub(crate) fn check() {
    let config = HttpConfig::new().with_max_request_bytes(1024);
    for (name, build, expected) in CASES {
        let mut connection = Connection::new(&Origin::new("localhost", 80), &config);
        let error = build(&mut connection).submit(0).unwrap_err();
        assert_eq!(
            format!("{:?} {:?}", error.reason, error.sent),
            format!("Request({expected}) Nothing"),
            "{name}"
        );
        assert!(connection.outgoing().is_empty(), "{name}");
        // What was refused leaves no trace in what is sent next.
        connection.request(Method::GET, "/").submit(0).unwrap();
        assert_eq!(
            connection.outgoing(),
            b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "{name}"
        );
    }
    for host in ["a b", "a\r\nX: 1", "", "a@b"] {
        let mut connection = Connection::new(&Origin::new(host, 8080), &config);
        let error = connection.request(Method::GET, "/").submit(0).unwrap_err();
        assert_eq!(
            format!("{:?}", error.reason),
            "Request(InvalidHost)",
            "{host:?}"
        );
    }
}
