//! The published crate of the same name, with a WebSocket at each endpoint. Its `poll` hands over every active
//! endpoint, ready or not, and the program reads each.

use std::cell::Cell;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;

use rival::service::dns::BlockingDnsResolver;
use rival::service::endpoint::EndpointFactory;
use rival::service::select::mio::MioSelector;
use rival::service::time::{SystemTimeClockSource, TimeSource};
use rival::service::{IOService, IOServiceEvent, IntoIOService};
use rival::stream::mio::{IntoMioStream, MioStream};
use rival::stream::tcp::TcpStream;
use rival::stream::{ConnectionInfo, ConnectionInfoProvider};
use rival::ws::Websocket;

use crate::harness::Result;
use crate::service::Watch;

type Target = Websocket<MioStream>;

pub(super) struct Service {
    service: IOService<MioSelector<Target>, Feed, HurriedClock, BlockingDnsResolver>,
    connected: usize,
}

impl Service {
    pub(super) fn open(server: SocketAddr, count: usize) -> Result<Self> {
        let clock = HurriedClock::default();
        let mut service = MioSelector::new()?
            .into_io_service()
            .with_time_source(clock.clone());
        for _ in 0..count {
            service.register(Feed(ConnectionInfo::new(
                server.ip().to_string(),
                server.port(),
            )))?;
        }
        let mut connected = 0;
        while connected < count {
            clock.hurry();
            for event in service.poll(&mut ())? {
                connected += usize::from(matches!(event, IOServiceEvent::Connected { .. }));
            }
        }
        Ok(Self { service, connected })
    }
}

impl Watch for Service {
    fn poll(&mut self) -> Result<usize> {
        let mut received = 0;
        for event in self.service.poll(&mut ())? {
            if let IOServiceEvent::Active(active) = event {
                active.try_with(|websocket| {
                    for frame in websocket.read_batch()? {
                        frame?;
                        received += 1;
                    }
                    Ok(())
                });
            }
        }
        Ok(received)
    }

    fn connected(&self) -> usize {
        self.connected
    }
}

struct Feed(ConnectionInfo);

impl ConnectionInfoProvider for Feed {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.0
    }
}

impl EndpointFactory for Feed {
    type Endpoint = Target;
    type Context = ();

    fn create_endpoint(&mut self, addr: SocketAddr, _: &mut ()) -> io::Result<Option<Target>> {
        let stream = TcpStream::try_from((&self.0, addr))?.into_mio_stream();
        Ok(Some(Websocket::new_with_handshake_complete(stream)))
    }
}

/// Its own clock, which can be put forward: it opens one connection a second.
#[derive(Clone, Default)]
struct HurriedClock {
    ahead_ns: Rc<Cell<u64>>,
}

impl HurriedClock {
    fn hurry(&self) {
        self.ahead_ns.set(self.ahead_ns.get() + 2_000_000_000);
    }
}

impl TimeSource for HurriedClock {
    fn current_time_nanos(&self) -> u64 {
        SystemTimeClockSource.current_time_nanos() + self.ahead_ns.get()
    }
}
