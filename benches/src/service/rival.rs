//! The published crate of the same name, with a WebSocket at each endpoint. Its `poll` hands over every active
//! endpoint, ready or not, and the program reads each.

use std::cell::Cell;
use std::io::{self, Read, Write};
use std::rc::Rc;
use std::sync::Arc;

use rival::service::dns::BlockingDnsResolver;
use rival::service::endpoint::EndpointFactory;
use rival::service::select::direct::DirectSelector;
#[cfg(target_os = "linux")]
use rival::service::select::io_uring::{IoUringConfig, IoUringSelector};
use rival::service::select::mio::MioSelector;
use rival::service::select::{Selectable, Selector};
use rival::service::time::{SystemTimeClockSource, TimeSource};
use rival::service::{IOService, IOServiceEvent};
#[cfg(target_os = "linux")]
use rival::stream::io_uring::IntoIoUringStream;
use rival::stream::mio::IntoMioStream;
use rival::stream::tcp::TcpStream;
use rival::stream::{ConnectionInfo, ConnectionInfoProvider, ReadHint};
use rival::ws::{Websocket, WebsocketFrame};

use crate::harness::Result;
use crate::service::{Dial, Inbox, Stack, Watch};

pub(super) fn connect_mio(dial: &Dial) -> Result<Box<dyn Watch>> {
    connect(MioSelector::new()?, dial, TcpStream::into_mio_stream)
}

/// With a ring that has room for all: it stalls where there are more connections than places.
#[cfg(target_os = "linux")]
pub(super) fn connect_io_uring(dial: &Dial) -> Result<Box<dyn Watch>> {
    let config = IoUringConfig {
        entries: (2 * dial.count).next_power_of_two().clamp(64, 32_768) as u32,
        ..IoUringConfig::default()
    };
    connect(
        IoUringSelector::new_with_config(config)?,
        dial,
        TcpStream::into_io_uring_stream,
    )
}

pub(super) fn connect_direct(dial: &Dial) -> Result<Box<dyn Watch>> {
    connect(DirectSelector::new()?, dial, |stream| stream)
}

/// By its own clock, which opens one connection a second.
pub(super) fn connect_unhurried(dial: &Dial) -> Result<Box<dyn Watch>> {
    let mut service = Service::open(MioSelector::new()?, dial, TcpStream::into_mio_stream)?;
    service.is_hurried = false;
    Ok(Box::new(service))
}

fn connect<L, S>(selector: L, dial: &Dial, wrap: fn(TcpStream) -> S) -> Result<Box<dyn Watch>>
where
    L: Selector<Target = Websocket<S>> + 'static,
    S: Read + Write + ReadHint + Selectable + ConnectionInfoProvider + 'static,
{
    Ok(Box::new(Service::open(selector, dial, wrap)?))
}

struct Service<L: Selector<Target = Websocket<S>>, S> {
    service: IOService<L, Feed<S>, HurriedClock, BlockingDnsResolver>,
    clock: HurriedClock,
    is_hurried: bool,
    connected: usize,
    inbox: Arc<Inbox>,
}

impl<L, S> Service<L, S>
where
    L: Selector<Target = Websocket<S>>,
    S: Read + Write + ReadHint + ConnectionInfoProvider,
{
    fn open(selector: L, dial: &Dial, wrap: fn(TcpStream) -> S) -> Result<Self> {
        let clock = HurriedClock::default();
        let mut service = IOService::new(selector, clock.clone(), BlockingDnsResolver);
        let shakes_hands = match dial.stack {
            Stack::Established => false,
            Stack::Plain => true,
            Stack::Tls(_) => return Err("its TLS needs another version of rustls".into()),
        };
        for _ in 0..dial.count {
            service.register(Feed {
                connection_info: ConnectionInfo::new(
                    dial.server.ip().to_string(),
                    dial.server.port(),
                ),
                shakes_hands,
                wrap,
            })?;
        }
        Ok(Self {
            service,
            clock,
            is_hurried: true,
            connected: 0,
            inbox: Arc::clone(&dial.inbox),
        })
    }
}

impl<L, S> Watch for Service<L, S>
where
    L: Selector<Target = Websocket<S>>,
    S: Read + Write + ReadHint + ConnectionInfoProvider,
{
    fn poll(&mut self) -> Result<()> {
        for event in self.service.poll(&mut ())? {
            match event {
                IOServiceEvent::Connected { .. } => self.connected += 1,
                IOServiceEvent::Disconnected { .. } => self.connected -= 1,
                IOServiceEvent::Active(active) => {
                    active.try_with(|websocket| {
                        for frame in websocket.read_batch()? {
                            if let WebsocketFrame::Text(_, payload) = frame? {
                                self.inbox.take(payload);
                            }
                        }
                        Ok(())
                    });
                }
            }
        }
        Ok(())
    }

    fn settle(&mut self) -> Result<usize> {
        if self.is_hurried {
            self.clock.hurry();
        }
        // While it connects, a refused connect is an error of its whole `poll`.
        match self.poll() {
            Err(error) if self.is_hurried => return Err(error),
            _ => {}
        }
        Ok(self.connected)
    }
}

struct Feed<S> {
    connection_info: ConnectionInfo,
    shakes_hands: bool,
    wrap: fn(TcpStream) -> S,
}

impl<S> ConnectionInfoProvider for Feed<S> {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.connection_info
    }
}

impl<S: ConnectionInfoProvider> EndpointFactory for Feed<S> {
    type Endpoint = Websocket<S>;
    type Context = ();

    fn create_endpoint(
        &mut self,
        addr: std::net::SocketAddr,
        _: &mut (),
    ) -> io::Result<Option<Websocket<S>>> {
        let stream = (self.wrap)(TcpStream::try_from((&self.connection_info, addr))?);
        Ok(Some(if self.shakes_hands {
            Websocket::new(stream, "/")
        } else {
            Websocket::new_with_handshake_complete(stream)
        }))
    }
}

/// Its own clock, which can be put forward.
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
