//! More than one request, more than one connection, or time that passes.

mod pool;
mod timing;
mod wire;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::rc::Rc;
use std::time::Duration;

use boom_http::{HttpClient, HttpConfig, Method, Origin, Ticket};
use boom_testkit::stream::ScriptedStream;

use crate::exchange::Log;

type Scenario = (&'static str, fn());

fn all() -> impl Iterator<Item = Scenario> {
    let all = pool::SCENARIOS.iter().chain(timing::SCENARIOS);
    all.chain(wire::SCENARIOS).copied()
}

pub(crate) fn names() -> Vec<&'static str> {
    all().map(|scenario| scenario.0).collect()
}

pub(crate) fn check() {
    let failed: Vec<_> = all()
        .filter(|(name, scenario)| {
            println!("{name}");
            std::panic::catch_unwind(scenario).is_err()
        })
        .map(|scenario| scenario.0)
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const SECOND: u64 = 1_000_000_000;

/// A pool over streams that the test scripts, and what it has told.
struct World {
    client: HttpClient<ScriptedStream>,
    streams: Rc<RefCell<VecDeque<io::Result<ScriptedStream>>>>,
    log: Log,
    now_ns: u64,
}

impl World {
    fn new(config: HttpConfig) -> Self {
        let streams: Rc<RefCell<VecDeque<_>>> = Rc::default();
        let source = Rc::clone(&streams);
        let connect = move || {
            let next = source.borrow_mut().pop_front();
            next.unwrap_or_else(|| Err(ErrorKind::ConnectionRefused.into()))
        };
        Self {
            client: HttpClient::new(&Origin::new("localhost", 80), &config, connect),
            streams,
            log: Log::default(),
            now_ns: SECOND,
        }
    }

    /// One connection at most, and none but for a request.
    fn one() -> Self {
        Self::new(single())
    }

    fn stream(self, stream: ScriptedStream) -> Self {
        self.streams.borrow_mut().push_back(Ok(stream));
        self
    }

    fn refused(self) -> Self {
        let refused = Err(ErrorKind::ConnectionRefused.into());
        self.streams.borrow_mut().push_back(refused);
        self
    }

    fn get(&mut self, target: &str) -> Ticket {
        self.client
            .request(Method::GET, target)
            .submit(self.now_ns)
            .unwrap()
    }

    fn post(&mut self, body: &str) -> Ticket {
        let request = self.client.request(Method::POST, "/order").body(body);
        request.submit(self.now_ns).unwrap()
    }

    fn poll(&mut self) -> &mut Self {
        self.client.poll_with(self.now_ns, &mut self.log);
        self
    }

    fn polls(&mut self, count: usize) -> &mut Self {
        for _ in 0..count {
            self.poll();
        }
        self
    }

    fn pass(&mut self, duration: Duration) -> &mut Self {
        self.now_ns += duration.as_nanos() as u64;
        self
    }

    /// The server says something on the first connection.
    fn server(&mut self, bytes: &str) -> &mut Self {
        self.client.streams_mut().next().unwrap().push_read(bytes);
        self
    }

    fn server_ends(&mut self) -> &mut Self {
        self.client.streams_mut().next().unwrap().push_eof();
        self
    }

    /// What was told since the last time.
    fn told(&mut self) -> String {
        std::mem::take(&mut self.log.lines).join("; ")
    }

    /// What the first connection was sent since the last time.
    fn written(&mut self) -> String {
        let written = self.client.streams_mut().next().unwrap().take_written();
        String::from_utf8(written).unwrap()
    }

    #[track_caller]
    fn tells(&mut self, expected: &str) -> &mut Self {
        assert_eq!(self.told(), expected);
        self
    }
}

fn single() -> HttpConfig {
    HttpConfig::new().with_connections(1).with_min_warm(0)
}

fn stream() -> ScriptedStream {
    ScriptedStream::new()
}
