//! boom-service with a WebSocket at each endpoint.

use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;

use boom_select::Selector;
use boom_service::dns::BlockingResolver;
use boom_service::{Endpoint, Event, IOService, IntoIOService};
use boom_stream::tcp::TcpStream;
use boom_stream::{ConnectionInfo, ConnectionInfoProvider, Layer, MonotonicClock, Socket};
use boom_tls::TlsConfig;
use boom_ws::{Connection, IntoTlsWebsocket, IntoWebsocket, Websocket, WebsocketFrame};

use crate::harness::Result;
use crate::service::{Dial, Inbox, Stack, Watch};

pub(super) fn connect_mio(dial: &Dial) -> Result<Box<dyn Watch>> {
    connect::<_, boom_select::MioStream>(boom_select::MioSelector::new()?, dial)
}

#[cfg(target_os = "linux")]
pub(super) fn connect_io_uring(dial: &Dial) -> Result<Box<dyn Watch>> {
    connect::<_, boom_select::IoUringStream>(boom_select::IoUringSelector::new()?, dial)
}

#[cfg(target_os = "linux")]
pub(super) fn connect_cooperative(dial: &Dial) -> Result<Box<dyn Watch>> {
    let config = boom_select::IoUringConfig::default()
        .with_cooperative_receive()
        .with_buffers(64);
    let selector = boom_select::IoUringSelector::with_config(config)?;
    connect::<_, boom_select::IoUringStream>(selector, dial)
}

fn connect<R, S>(selector: R, dial: &Dial) -> Result<Box<dyn Watch>>
where
    R: Selector<S> + 'static,
    S: From<TcpStream> + Read + Write + Layer<Base = S> + Socket + 'static,
{
    Ok(match &dial.stack {
        Stack::Established => Box::new(Service::open(selector, dial, |stream| {
            let connection = Connection::established(&Default::default())?;
            Ok(Websocket::from_parts(S::from(stream), connection))
        })),
        Stack::Plain => Box::new(Service::open(selector, dial, |stream| {
            Ok(S::from(stream).into_websocket("/"))
        })),
        Stack::Tls(authority) => {
            let config = TlsConfig::default().with_root_der(authority)?;
            Box::new(Service::open(selector, dial, move |stream| {
                S::from(stream)
                    .into_tls_websocket_with_config("/", |options| options.tls = config.clone())
            }))
        }
    })
}

/// More than one turn can bring forth, so that none is lost to the count.
const EVENTS_MAX: usize = 1 << 20;

type Wrap<W> = Rc<dyn Fn(TcpStream) -> io::Result<Websocket<W>>>;

struct Service<R, W: Read + Write + Layer<Base: Socket>> {
    service: IOService<R, Feed<W>, (), MonotonicClock, BlockingResolver>,
    server: SocketAddr,
    /// How many connections stand.
    connected: usize,
    wrap: Wrap<W>,
    inbox: Arc<Inbox>,
}

impl<R: Selector<W::Base>, W: Read + Write + Layer<Base: Socket>> Service<R, W> {
    fn open(
        selector: R,
        dial: &Dial,
        wrap: impl Fn(TcpStream) -> io::Result<Websocket<W>> + 'static,
    ) -> Self {
        let mut this = Self {
            service: selector
                .into_io_service()
                .with_resolver(BlockingResolver)
                .with_event_limit(EVENTS_MAX),
            server: dial.server,
            connected: 0,
            wrap: Rc::new(wrap),
            inbox: Arc::clone(&dial.inbox),
        };
        for _ in 0..dial.count {
            this.service.register(this.feed(dial.server));
        }
        this
    }

    fn feed(&self, server: SocketAddr) -> Feed<W> {
        Feed {
            connection_info: ConnectionInfo::new(server.ip().to_string(), server.port()),
            wrap: Rc::clone(&self.wrap),
            inbox: Arc::clone(&self.inbox),
        }
    }
}

impl<R: Selector<W::Base>, W: Read + Write + Layer<Base: Socket>> Watch for Service<R, W> {
    fn poll(&mut self) -> Result<()> {
        Ok(self.service.poll()?)
    }

    fn settle(&mut self) -> Result<usize> {
        self.service.poll()?;
        while let Some(event) = self.service.poll_event() {
            match event {
                Event::Connected { .. } => self.connected += 1,
                Event::Disconnected { .. } => self.connected -= 1,
                _ => {}
            }
        }
        Ok(self.connected)
    }

    fn churn(&mut self, server: SocketAddr, count: usize) -> Result<()> {
        let stood = self.connected;
        let handles: Vec<_> = (0..count)
            .map(|_| self.service.register(self.feed(server)))
            .collect();
        while self.settle()? < stood + count {}
        for handle in handles {
            self.service
                .deregister(handle)
                .ok_or("an endpoint has gone")?;
        }
        self.connected = stood;
        Ok(())
    }
}

struct Feed<W> {
    connection_info: ConnectionInfo,
    wrap: Wrap<W>,
    inbox: Arc<Inbox>,
}

impl<W> ConnectionInfoProvider for Feed<W> {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.connection_info
    }
}

impl<W: Read + Write + Layer<Base: Socket>> Endpoint for Feed<W> {
    type Target = Websocket<W>;

    fn create_target(&mut self, addr: SocketAddr) -> io::Result<Option<Self::Target>> {
        let stream = TcpStream::try_from((&self.connection_info, addr))?;
        (self.wrap)(stream).map(Some)
    }

    fn poll(&mut self, websocket: &mut Self::Target) -> io::Result<()> {
        for frame in websocket.read_batch()? {
            if let WebsocketFrame::Text(_, payload) = frame? {
                self.inbox.take(payload);
            }
        }
        Ok(())
    }
}

/// A service without endpoints, which connects one anew each time.
pub(super) trait Reconnect {
    /// Connects and polls until `is_done`, then ends the connection.
    fn connect_until(&mut self, is_done: &dyn Fn() -> bool) -> Result<()>;
}

/// By the stack and to the server of `dial`.
pub(super) fn reconnecting(dial: &Dial, resumes: bool) -> Result<Box<dyn Reconnect>> {
    let selector = boom_select::MioSelector::new()?;
    let service: Box<dyn Reconnect> = match &dial.stack {
        Stack::Tls(authority) => {
            let mut config = TlsConfig::default().with_root_der(authority)?;
            if !resumes {
                config = config.without_resumption();
            }
            Box::new(Service::open(selector, dial, move |stream| {
                boom_select::MioStream::from(stream)
                    .into_tls_websocket_with_config("/", |options| options.tls = config.clone())
            }))
        }
        _ => Box::new(Service::open(selector, dial, |stream| {
            Ok(boom_select::MioStream::from(stream).into_websocket("/"))
        })),
    };
    Ok(service)
}

impl<R: Selector<W::Base>, W: Read + Write + Layer<Base: Socket>> Reconnect for Service<R, W> {
    fn connect_until(&mut self, is_done: &dyn Fn() -> bool) -> Result<()> {
        let handle = self.service.register(self.feed(self.server));
        while !is_done() {
            self.settle()?;
        }
        self.service.deregister(handle);
        Ok(())
    }
}
