//! boom-http: the pool with its default configuration. Over a socket it is given the time of the system's clock each time;
//! in memory, where the clock is nobody's cost, of one that counts.

use std::cell::Cell;
use std::io::{Read, Write};

use boom_http::{HttpClient, HttpConfig, Method, Origin};
use boom_stream::tcp::TcpStream;
use boom_stream::{MonotonicClock, TimeSource};
use boom_tls::TlsConfig;
use boom_tls::rustls::TlsStream;

use crate::harness::Result;
use crate::http::canned::Canned;
use crate::http::client::Client;
use crate::http::dial::Dial;
use crate::http::kind::{KEY, Kind};

pub(super) struct Pool<S, T> {
    client: HttpClient<S>,
    clock: T,
    path: &'static str,
}

/// A microsecond a look.
#[derive(Default)]
struct Ticks(Cell<u64>);

impl TimeSource for Ticks {
    fn now_ns(&self) -> u64 {
        self.0.set(self.0.get() + 1000);
        self.0.get()
    }
}

impl<S: Read + Write, T: TimeSource + Default> Pool<S, T> {
    fn new(client: HttpClient<S>, kind: Kind) -> Self {
        Self {
            client,
            clock: T::default(),
            path: kind.path(),
        }
    }
}

fn config() -> HttpConfig {
    let (name, value) = KEY;
    HttpConfig::new().with_header(name, value)
}

pub(super) fn in_memory(kind: Kind) -> Result<Box<dyn Client>> {
    let origin = Origin::new("localhost", 80);
    let client = HttpClient::over_streams(&origin, &config(), move || Ok(Canned::new(kind)));
    Ok(Box::new(Pool::<_, Ticks>::new(client, kind)))
}

pub(super) fn connect(kind: Kind, dial: &Dial) -> Result<Box<dyn Client>> {
    let port = dial.address.port();
    let Some(trust) = &dial.tls else {
        let origin = Origin::new("127.0.0.1", port);
        let client = HttpClient::new(&origin, &config(), move || {
            TcpStream::try_from(("127.0.0.1", port))
        });
        return Ok(Box::new(Pool::<_, MonotonicClock>::new(client, kind)));
    };
    let tls = TlsConfig::default().with_rustls_config(trust.config.clone());
    let origin = Origin::secure("127.0.0.1", port);
    let client = HttpClient::new(&origin, &config(), move || {
        TlsStream::new(TcpStream::try_from(("127.0.0.1", port))?, "127.0.0.1", &tls)
    });
    Ok(Box::new(Pool::<_, MonotonicClock>::new(client, kind)))
}

impl<S: Read + Write, T: TimeSource> Client for Pool<S, T> {
    fn exchange(&mut self, each: &mut dyn FnMut(u16, &[u8])) -> Result<()> {
        let request = self.client.request(Method::GET, self.path);
        request.submit(self.clock.now_ns())?;
        let mut result = None;
        while result.is_none() {
            self.client.poll(self.clock.now_ns(), |_, outcome| {
                result =
                    Some(outcome.map(|response| each(response.status().as_u16(), response.body())));
            });
        }
        Ok(result.unwrap_or(Ok(()))?)
    }
}
