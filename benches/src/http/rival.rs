//! The published crate of the same name, by a pool of one connection. It is asked again where its buffer has the answer.

use std::io::{Read, Write};

use rival::http::{Connection, ConnectionPool, HttpClient, Method};
use rival::stream::buffer::{BufferedStream, IntoBufferedStream};

use crate::harness::Result;
use crate::http::client::Client;
use crate::http::kind::{KEY, Kind};
use crate::ws::rival::Hinted;

type Buffered<S> = BufferedStream<Hinted<S>>;

struct One<S> {
    connection: Option<Connection<Buffered<S>>>,
    host: String,
}

impl<S: Read + Write> ConnectionPool for One<S> {
    type Stream = Buffered<S>;

    fn host(&self) -> &str {
        &self.host
    }

    fn acquire(&mut self) -> std::io::Result<Option<Connection<Buffered<S>>>> {
        Ok(self.connection.take())
    }

    fn release(&mut self, connection: Option<Connection<Buffered<S>>>) {
        self.connection = connection;
    }
}

pub(super) struct Pooled<S: Read + Write> {
    client: HttpClient<One<S>>,
    path: &'static str,
}

impl<S: Read + Write> Pooled<S> {
    pub(super) fn new(stream: S, host: &str, kind: Kind) -> Self {
        let stream = Hinted::new(stream).into_default_buffered_stream();
        let pool = One {
            connection: Some(Connection::new(stream)),
            host: host.to_owned(),
        };
        Self {
            client: HttpClient::new(pool),
            path: kind.path(),
        }
    }
}

impl<S: Read + Write> Client for Pooled<S> {
    fn exchange(&mut self, each: &mut dyn FnMut(u16, &[u8])) -> Result<()> {
        let (name, value) = KEY;
        let mut request =
            self.client
                .new_request_with_headers(Method::GET, self.path, None, |headers| {
                    headers.insert(name, value);
                })?;
        loop {
            if let Some((status, _, body)) = request.poll()? {
                each(status, body.as_bytes());
                return Ok(());
            }
        }
    }
}
