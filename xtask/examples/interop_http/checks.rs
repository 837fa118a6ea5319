//! Every form of request and answer, one after the other.

use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;

use boom_http::{
    Error, HttpConfig, Method, OwnedResponse, RequestBuilder, Response, Ticket, Visitor,
};
use boomnet::stream::{MonotonicClock, TimeSource};

use crate::Result;
use crate::client::{Client, Site};

type Check = fn(&mut Session) -> Result<String>;

const CHECKS: [(&str, Check); 11] = [
    ("keep-alive", keep_alive),
    ("answers by length", lengths),
    ("answers in chunks", chunked),
    ("a streamed answer", streamed),
    ("POST by length", post_length),
    ("POST in chunks", post_chunked),
    ("Expect: 100-continue", expect_continue),
    ("HEAD", head),
    ("204 and 304", bodiless),
    ("Connection: close", close),
    ("pipelining", pipelining),
];

/// Of bodies; the last one is larger than any buffer.
const SIZES: [usize; 6] = [0, 1, 999, 16_384, 70_000, 1_000_000];

pub(crate) fn run(site: &Site) {
    for (name, check) in CHECKS {
        match check(&mut Session::new(site)) {
            Ok(words) => println!("{name}\tok {words}"),
            Err(error) => println!("{name}\tFAILED {error}"),
        }
    }
}

/// A fresh client of one connection.
struct Session {
    client: Client,
    connections: Rc<Cell<u32>>,
}

type Builder<'a> = RequestBuilder<'a, Client>;

impl Session {
    fn new(site: &Site) -> Self {
        let config = HttpConfig::new().with_connections(1).with_pipeline_depth(4);
        let (client, connections) = site.client(&config);
        Self {
            client,
            connections,
        }
    }

    fn get(&mut self, target: &str) -> Result<OwnedResponse> {
        Ok(self.client.request(Method::GET, target).send()?)
    }

    /// The body comes back as it was sent.
    fn echo(
        &mut self,
        target: &str,
        body: &[u8],
        send: impl FnOnce(Builder<'_>, &[u8]) -> SendResult,
    ) -> Result<()> {
        let answer = send(self.client.request(Method::POST, target), body)?;
        has_body(&answer, body)
    }

    /// All went over so many connections.
    fn over(&self, expected: u32) -> Result<String> {
        match self.connections.get() {
            count if count == expected => {
                Ok(format!("{count} connections").replace("1 connections", "1 connection"))
            }
            count => Err(format!("{count} connections instead of {expected}").into()),
        }
    }
}

type SendResult = std::result::Result<OwnedResponse, Error>;

fn has_body(answer: &OwnedResponse, body: &[u8]) -> Result<()> {
    if answer.status.as_u16() != 200 {
        return Err(format!("status {}", answer.status).into());
    }
    if answer.body != body {
        return Err(format!(
            "another body, of {} bytes instead of {}",
            answer.body.len(),
            body.len()
        )
        .into());
    }
    Ok(())
}

/// Of the servers' own bodies.
fn filled(bytes: usize) -> Vec<u8> {
    vec![b'x'; bytes]
}

/// No two parts alike, so that what is moved shows.
fn numbered(bytes: usize) -> Vec<u8> {
    (0..bytes).map(|index| (index / 7 + index) as u8).collect()
}

fn keep_alive(session: &mut Session) -> Result<String> {
    for _ in 0..200 {
        has_body(&session.get("/length?bytes=200")?, &filled(200))?;
    }
    session.over(1)
}

fn lengths(session: &mut Session) -> Result<String> {
    for bytes in SIZES {
        let answer = session.get(&format!("/length?bytes={bytes}"))?;
        has_body(&answer, &filled(bytes))?;
    }
    session.over(1)
}

fn chunked(session: &mut Session) -> Result<String> {
    let (mut chunked, mut trailers) = (0, 0);
    for bytes in SIZES {
        let answer = session.get(&format!("/chunked?bytes={bytes}"))?;
        has_body(&answer, &filled(bytes))?;
        chunked += usize::from(answer.header("Transfer-Encoding") == Some(b"chunked"));
        trailers += answer.trailers.len();
    }
    Ok(format!(
        "{chunked} chunked, {trailers} trailers, {}",
        session.over(1)?
    ))
}

fn streamed(session: &mut Session) -> Result<String> {
    #[derive(Default)]
    struct Count {
        bytes: usize,
        pieces: usize,
        outcome: Option<std::result::Result<u16, Error>>,
    }
    impl Visitor for Count {
        fn outcome(&mut self, _: Ticket, outcome: std::result::Result<Response<'_>, Error>) {
            self.outcome = Some(outcome.map(|response| response.status().as_u16()));
        }

        fn body(&mut self, _: Ticket, _: &Response<'_>, piece: &[u8]) {
            self.bytes += piece.len();
            self.pieces += 1;
        }
    }
    let clock = MonotonicClock::default();
    for target in ["/length?bytes=1000000", "/chunked?bytes=1000000"] {
        let request = session.client.request(Method::GET, target).streamed();
        request.submit(clock.now_ns())?;
        let mut count = Count::default();
        while count.outcome.is_none() {
            session.client.poll_with(clock.now_ns(), &mut count);
            std::thread::yield_now();
        }
        let status = count.outcome.transpose()?;
        if (status, count.bytes) != (Some(200), 1_000_000) || count.pieces < 2 {
            return Err(format!(
                "{status:?}, {} bytes in {} pieces",
                count.bytes, count.pieces
            )
            .into());
        }
    }
    session.over(1)
}

fn post_length(session: &mut Session) -> Result<String> {
    for bytes in SIZES {
        for target in ["/echo", "/echo-chunked"] {
            session.echo(target, &numbered(bytes), |request, body| {
                request.body(body).send()
            })?;
        }
    }
    session.over(1)
}

fn post_chunked(session: &mut Session) -> Result<String> {
    for bytes in SIZES {
        for target in ["/echo", "/echo-chunked"] {
            session.echo(target, &numbered(bytes), |request, body| {
                request.chunks(body.chunks(1000)).send()
            })?;
        }
    }
    session.over(1)
}

fn expect_continue(session: &mut Session) -> Result<String> {
    for bytes in SIZES {
        session.echo("/echo", &numbered(bytes), |request, body| {
            request.expect_continue().body(body).send()
        })?;
    }
    session.over(1)
}

/// The length of the body that is not there may be said; the next answer begins behind the head.
fn head(session: &mut Session) -> Result<String> {
    for target in ["/length?bytes=1000", "/chunked?bytes=1000"] {
        let answer = session.client.request(Method::HEAD, target).send()?;
        has_body(&answer, &[])?;
        let length = answer.header("Content-Length");
        if target.starts_with("/length") && length.is_some_and(|length| length != b"1000") {
            return Err(
                format!("a length of {}", length.unwrap_or_default().escape_ascii()).into(),
            );
        }
        has_body(&session.get("/length?bytes=5")?, &filled(5))?;
    }
    session.over(1)
}

fn bodiless(session: &mut Session) -> Result<String> {
    for (target, status) in [("/no-content", 204), ("/not-modified", 304)] {
        let answer = session.get(target)?;
        if (answer.status.as_u16(), answer.body.len()) != (status, 0) {
            return Err(format!("{target}: {}, {} bytes", answer.status, answer.body.len()).into());
        }
        has_body(&session.get("/length?bytes=5")?, &filled(5))?;
    }
    session.over(1)
}

/// A proxy may keep its own connection to us; then it does not say so.
fn close(session: &mut Session) -> Result<String> {
    let mut closed = 0;
    for _ in 0..3 {
        let answer = session.get("/close?bytes=10")?;
        has_body(&answer, &filled(10))?;
        let says_close = answer
            .header("Connection")
            .is_some_and(|value| value.eq_ignore_ascii_case(b"close"));
        closed += u32::from(says_close);
    }
    // The one that is open at the end was not closed, or was never used.
    let connections = session.connections.get();
    if connections < closed.max(1) || connections > closed + 1 {
        return Err(format!("{closed} were closed, {connections} opened").into());
    }
    Ok(format!("{closed} of 3 closed"))
}

fn pipelining(session: &mut Session) -> Result<String> {
    let clock = MonotonicClock::default();
    let mut expected = HashMap::new();
    for round in 0..20 {
        for bytes in [round, 3 * round + 1, 5000 + round, 70_000] {
            let form = if bytes % 2 == 0 { "length" } else { "chunked" };
            let request = session
                .client
                .request(Method::GET, &format!("/{form}?bytes={bytes}"));
            expected.insert(request.submit(clock.now_ns())?, bytes);
        }
        let mut failure = None;
        while session.client.under_way() > 0 && failure.is_none() {
            session.client.poll(clock.now_ns(), |ticket, outcome| {
                let body = outcome.map(|response| response.body().len());
                if body.as_ref().ok() != expected.get(&ticket) {
                    failure = Some(format!("{body:?} instead of {:?}", expected.get(&ticket)));
                }
            });
            std::thread::yield_now();
        }
        if let Some(failure) = failure {
            return Err(failure.into());
        }
    }
    session.over(1)
}
