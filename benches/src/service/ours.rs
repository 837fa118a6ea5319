//! boom-service with a WebSocket at each endpoint.

use std::cell::Cell;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;

use boom_select::{IntoMioStream, MioSelector, MioStream};
use boom_service::dns::BlockingResolver;
use boom_service::{Endpoint, IOService, IntoIOService};
use boom_stream::tcp::TcpStream;
use boom_stream::{ConnectionInfo, ConnectionInfoProvider, MonotonicClock};
use boom_ws::{Connection, Websocket};

use crate::harness::Result;
use crate::service::Watch;

pub(super) struct Service {
    service: IOService<MioSelector, Feed, (), MonotonicClock, BlockingResolver>,
    received: Rc<Cell<usize>>,
}

impl Service {
    pub(super) fn open(server: SocketAddr, count: usize) -> Result<Self> {
        let received = Rc::new(Cell::new(0));
        let mut service = MioSelector::new()?
            .into_io_service()
            .with_resolver(BlockingResolver);
        for _ in 0..count {
            let connection_info = ConnectionInfo::new(server.ip().to_string(), server.port());
            service.register(Feed {
                connection_info,
                received: Rc::clone(&received),
            });
        }
        while service.stats().active < count {
            service.poll()?;
        }
        while service.poll_event().is_some() {}
        Ok(Self { service, received })
    }
}

impl Watch for Service {
    fn poll(&mut self) -> Result<usize> {
        self.service.poll()?;
        Ok(self.received.get())
    }

    fn connected(&self) -> usize {
        self.service.stats().active
    }
}

struct Feed {
    connection_info: ConnectionInfo,
    /// Frames of all endpoints together.
    received: Rc<Cell<usize>>,
}

impl ConnectionInfoProvider for Feed {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.connection_info
    }
}

impl Endpoint for Feed {
    type Target = Websocket<MioStream>;

    fn create_target(&mut self, addr: SocketAddr) -> io::Result<Option<Self::Target>> {
        let stream = TcpStream::try_from((&self.connection_info, addr))?.into_mio_stream();
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
