//! A stream that encrypts may have sent all that it was given before its socket failed.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use boom_http::{HttpClient, HttpConfig, HttpConnection, IntoHttp, Method, Origin, Sent};
use boom_stream::{Layer, Phase};
use boom_testkit::stream::ScriptedStream;
use std::io::{self, ErrorKind, Read, Write};
use std::time::Duration;

struct Encrypted(ScriptedStream);

/// The same before its handshake is done.
struct Handshaking(Encrypted);

impl Read for Encrypted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Read::read(&mut self.0, buffer)
    }
}

impl Write for Encrypted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Layer for Encrypted {
    type Base = ScriptedStream;

    fn base(&self) -> &ScriptedStream {
        &self.0
    }

    fn base_mut(&mut self) -> &mut ScriptedStream {
        &mut self.0
    }

    fn is_encrypted(&self) -> bool {
        true
    }
}

impl Read for Handshaking {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Handshaking {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Layer for Handshaking {
    type Base = ScriptedStream;

    fn base(&self) -> &ScriptedStream {
        self.0.base()
    }

    fn base_mut(&mut self) -> &mut ScriptedStream {
        self.0.base_mut()
    }

    fn is_encrypted(&self) -> bool {
        true
    }

    fn phase(&self) -> Phase {
        Phase::TlsHandshake
    }
}

fn posted<S: Read + Write>(mut http: HttpConnection<S>) -> HttpConnection<S> {
    let request = http.request(Method::POST, "/order").body("qty=1");
    request.submit(1).unwrap();
    http
}

/// What is told by one poll, as text.
fn told<S: Read + Write>(http: &mut HttpConnection<S>) -> String {
    let mut told = String::new();
    http.poll(2, |_, outcome| {
        told = match outcome {
            Ok(response) => response.status().to_string(),
            Err(error) => format!("{:?} {:?}", error.reason, error.sent),
        };
    });
    told
}

fn sent(stream: impl Read + Write + Layer<Base = ScriptedStream>) -> Sent {
    let mut http = posted(stream.into_http());
    let mut sent = None;
    http.poll(2, |_, outcome| sent = outcome.err().map(|error| error.sent));
    sent.unwrap()
}

fn broken() -> ScriptedStream {
    ScriptedStream::new().write_error(ErrorKind::BrokenPipe)
}

#[test]
fn a_write_that_fails_may_have_sent_all_of_a_request() {
    let lost = || ScriptedStream::new().write_error(ErrorKind::TimedOut);
    assert_eq!(sent(Encrypted(lost())), Sent::All);
    assert_eq!(sent(lost()), Sent::Nothing);
    let later = || {
        ScriptedStream::new()
            .write_would_block()
            .write_error(ErrorKind::TimedOut)
    };
    assert_eq!(sent(Encrypted(later())), Sent::All);
    assert_eq!(sent(later()), Sent::Nothing);
    // A body that waits for 100 was not given to it.
    let mut http = Encrypted(lost()).into_http();
    let request = http.request(Method::POST, "/order").expect_continue();
    request.body("qty=1").submit(1).unwrap();
    assert_eq!(told(&mut http), "Io(Kind(TimedOut)) Partial");
    // Nothing was taken that could be answered.
    assert_eq!(sent(broken()), Sent::Nothing);
}

#[test]
fn nothing_is_sent_before_the_handshake_is_done() {
    assert_eq!(sent(Handshaking(Encrypted(broken()))), Sent::Nothing);
}

#[test]
fn of_a_stream_that_nothing_is_known_of_nothing_is_promised() {
    let origin = Origin::new("localhost", 80);
    let http = HttpConnection::new(broken().eof(), &origin, &HttpConfig::new());
    assert_eq!(told(&mut posted(http)), "Closed All");
}

#[test]
fn an_alert_that_comes_after_a_write_has_failed_is_told() {
    // As a stream tells of an alert.
    let stream = broken().would_block().read_error(ErrorKind::InvalidData);
    let mut http = posted(Encrypted(stream).into_http());
    assert_eq!(told(&mut http), "");
    assert!(!http.has_buffered() && !http.wants_write());
    assert_eq!(told(&mut http), "Io(Kind(InvalidData)) All");
    assert!(http.is_over());
}

#[test]
fn an_answer_that_comes_after_a_write_has_failed_is_told() {
    let mut http = posted(Encrypted(broken()).into_http());
    assert_eq!(told(&mut http), "");
    assert!(!http.is_idle());
    let answer = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    http.base_mut().push_read(answer);
    assert_eq!(told(&mut http), "400 Bad Request");
    assert!(http.is_over());
}

#[test]
fn a_failure_that_the_peer_does_not_know_of_asks_to_be_polled() {
    let mut http = posted(
        ScriptedStream::new()
            .write_error(ErrorKind::TimedOut)
            .into_http(),
    );
    assert!(http.has_buffered() && !http.wants_write());
    assert_eq!(told(&mut http), "Io(Kind(TimedOut)) Nothing");
}

#[test]
fn an_end_that_a_request_has_found_asks_to_be_polled() {
    let mut http = ScriptedStream::new().into_http();
    http.base_mut().push_read("H");
    let error = http.request(Method::GET, "/").submit(1 << 30).unwrap_err();
    assert_eq!(error.sent, Sent::Nothing);
    // What told of the end has been read, so that no readiness tells of it again.
    assert!(http.is_over() && http.has_buffered());
    assert!(!http.poll(1 << 30, |_, _| {}) && !http.has_buffered());
}

#[test]
fn a_request_that_waits_for_a_handshake_does_not_ask_for_room() {
    let stream = Handshaking(Encrypted(ScriptedStream::new().write_would_block()));
    let http = posted(stream.into_http());
    assert!(!http.wants_write());
    let stream = Encrypted(ScriptedStream::new().write_would_block());
    assert!(posted(stream.into_http()).wants_write());
}

#[test]
fn a_handshake_that_takes_too_long_is_given_up() {
    const SECOND: u64 = 1_000_000_000;
    let config = HttpConfig::new()
        .with_connections(1)
        .with_attempts(1)
        .with_tls_timeout(Duration::from_secs(2));
    let connect = || Ok(Handshaking(Encrypted(ScriptedStream::new())));
    let mut client = HttpClient::new(&Origin::secure("localhost", 443), &config, connect);
    client
        .request(Method::POST, "/order")
        .body("qty=1")
        .submit(SECOND)
        .unwrap();
    let mut told = Vec::new();
    for now_ns in [SECOND, SECOND, 3 * SECOND - 1, 3 * SECOND] {
        client.poll(now_ns, |_, outcome| {
            let error = outcome.unwrap_err();
            told.push(format!("{now_ns} {:?} {:?}", error.reason, error.sent));
        });
    }
    assert_eq!(told, ["3000000000 TimedOut(Tls) Nothing"]);
}
