//! boom-service with a WebSocket at each endpoint.

use std::cell::Cell;
use std::io::{self, Read, Write};
use std::marker::PhantomData;
use std::net::SocketAddr;
use std::rc::Rc;

use boom_select::Selector;
use boom_service::dns::BlockingResolver;
use boom_service::{Endpoint, IOService, IntoIOService};
use boom_stream::tcp::TcpStream;
use boom_stream::{ConnectionInfo, ConnectionInfoProvider, Layer, MonotonicClock, Socket};
use boom_ws::{Connection, Websocket};

use crate::harness::Result;
use crate::service::Watch;

/// What a service asks of a socket; the endpoints are the same over each.
pub(super) trait Stream:
    From<TcpStream> + Read + Write + Layer<Base = Self> + Socket
{
}

impl<S: From<TcpStream> + Read + Write + Layer<Base = S> + Socket> Stream for S {}

pub(super) struct Service<R, S: Stream> {
    service: IOService<R, Feed<S>, (), MonotonicClock, BlockingResolver>,
    received: Rc<Cell<usize>>,
}

impl<R: Selector<S>, S: Stream> Service<R, S> {
    pub(super) fn open(selector: R, server: SocketAddr, count: usize) -> Result<Self> {
        let received = Rc::new(Cell::new(0));
        let mut service = selector.into_io_service().with_resolver(BlockingResolver);
        for _ in 0..count {
            let connection_info = ConnectionInfo::new(server.ip().to_string(), server.port());
            service.register(Feed {
                connection_info,
                received: Rc::clone(&received),
                stream: PhantomData,
            });
        }
        while service.stats().active < count {
            service.poll()?;
        }
        while service.poll_event().is_some() {}
        Ok(Self { service, received })
    }
}

impl<R: Selector<S>, S: Stream> Watch for Service<R, S> {
    fn poll(&mut self) -> Result<usize> {
        self.service.poll()?;
        Ok(self.received.get())
    }

    fn connected(&self) -> usize {
        self.service.stats().active
    }
}

struct Feed<S> {
    connection_info: ConnectionInfo,
    /// Frames of all endpoints together.
    received: Rc<Cell<usize>>,
    stream: PhantomData<S>,
}

impl<S> ConnectionInfoProvider for Feed<S> {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.connection_info
    }
}

impl<S: Stream> Endpoint for Feed<S> {
    type Target = Websocket<S>;

    fn create_target(&mut self, addr: SocketAddr) -> io::Result<Option<Self::Target>> {
        let stream = S::from(TcpStream::try_from((&self.connection_info, addr))?);
        Ok(Some(Websocket::from_parts(
            stream,
            Connection::established(&Default::default())?,
        )))
    }

    fn poll(&mut self, websocket: &mut Self::Target) -> io::Result<()> {
        for frame in websocket.read_batch()? {
            frame?;
            self.received.set(self.received.get() + 1);
        }
        Ok(())
    }
}
