//! The service over real sockets.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream as Peer};
use std::time::Duration;

use boom_select::{DirectSelector, IntoMioStream, MioSelector, MioStream, Selector};
use boom_service::{Endpoint, Event, IOService, IntoIOService, State};
use boom_stream::tcp::TcpStream;
use boom_stream::{ConnectionInfo, ConnectionInfoProvider, Layer, Socket};

/// Keeps what it receives. `G` is the kind of stream.
pub(crate) struct Reader<G> {
    connection_info: ConnectionInfo,
    make: fn(TcpStream) -> G,
    pub(crate) received: Vec<u8>,
    /// Bytes asked for in one read.
    room: usize,
}

impl<G> Reader<G> {
    pub(crate) fn new(port: u16, make: fn(TcpStream) -> G) -> Self {
        let connection_info = ConnectionInfo::new(HOST, port);
        Self {
            connection_info,
            make,
            received: Vec::new(),
            room: 4096,
        }
    }
}

impl<G> ConnectionInfoProvider for Reader<G> {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.connection_info
    }
}

impl<G: Read + Write + Layer<Base: Socket>> Endpoint for Reader<G> {
    type Target = G;

    fn create_target(&mut self, addr: SocketAddr) -> io::Result<Option<G>> {
        TcpStream::try_from((&self.connection_info, addr)).map(|stream| Some((self.make)(stream)))
    }

    fn poll(&mut self, stream: &mut G) -> io::Result<()> {
        let mut buffer = vec![0; self.room];
        let count = stream.read(&mut buffer)?;
        self.received.extend_from_slice(&buffer[..count]);
        if count == 0 {
            Err(ErrorKind::UnexpectedEof.into())
        } else {
            Ok(())
        }
    }
}

fn plain(stream: TcpStream) -> TcpStream {
    stream
}

pub(crate) fn mio(stream: TcpStream) -> MioStream {
    stream.into_mio_stream()
}

pub(crate) type Service<S, G> = IOService<S, Reader<G>>;

/// Polls until `done`; the peers are in the same thread and have done their part.
pub(crate) fn poll_until<S, G>(
    service: &mut Service<S, G>,
    mut done: impl FnMut(&mut Service<S, G>) -> bool,
) where
    S: Selector<G::Base>,
    G: Read + Write + Layer<Base: Socket>,
{
    for _ in 0..10_000 {
        if done(service) {
            return;
        }
        service.wait(Duration::from_secs(10)).unwrap();
    }
    panic!("not done after 10,000 turns: {service:?}");
}

/// Not the address that clients connect from, where that can be had: a client that retries while nobody listens could
/// otherwise be given the server's port for its own side and be connected to itself.
const HOST: &str = if cfg!(target_os = "linux") {
    "127.0.0.2"
} else {
    "127.0.0.1"
};

pub(crate) fn listen() -> (TcpListener, u16) {
    let listener = TcpListener::bind((HOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// The last words and the end arrive together, and the endpoint gets both.
pub(crate) fn end_with_data<S, G>(selector: S, make: fn(TcpStream) -> G, room: usize)
where
    S: Selector<G::Base>,
    G: Read + Write + Layer<Base: Socket>,
{
    let (listener, port) = listen();
    let mut service = selector.into_io_service();
    let handle = service.register(Reader {
        room,
        ..Reader::new(port, make)
    });
    service.poll().unwrap();
    let (mut peer, _) = listener.accept().unwrap();
    peer.write_all(b"last words").unwrap();
    drop(peer);
    let mut reasons = Vec::new();
    poll_until(&mut service, |service| {
        while let Some(event) = service.poll_event() {
            if let Event::Disconnected { reason, .. } = event {
                reasons.push(reason);
            }
        }
        !reasons.is_empty()
    });
    assert_eq!(service.get(handle).unwrap().received, b"last words");
    assert_eq!(
        reasons[0].io_error().unwrap().kind(),
        ErrorKind::UnexpectedEof
    );
}

#[test]
fn an_end_that_arrives_with_the_data_is_not_lost() {
    for room in [3, 5, 4096] {
        end_with_data(MioSelector::new().unwrap(), mio, room);
        end_with_data(DirectSelector::new(), mio, room);
        end_with_data(DirectSelector::new(), plain, room);
    }
}

pub(crate) fn refused<S, G>(selector: S, make: fn(TcpStream) -> G)
where
    S: Selector<G::Base>,
    G: Read + Write + Layer<Base: Socket>,
{
    let (listener, port) = listen();
    drop(listener);
    let mut service = selector.into_io_service();
    let handle = service.register(Reader::new(port, make));
    poll_until(&mut service, |service| service.stats().failed_attempts >= 3);
    for _ in 0..3 {
        let Some(Event::AttemptFailed { addr, reason, .. }) = service.poll_event() else {
            panic!("the attempt is reported");
        };
        assert_eq!(addr, Some((HOST.parse::<IpAddr>().unwrap(), port).into()));
        assert_eq!(
            reason.io_error().unwrap().kind(),
            ErrorKind::ConnectionRefused
        );
        assert!(matches!(service.poll_event(), Some(Event::RetryIn { .. })));
    }
    assert!(service.deregister(handle).is_some());
}

#[test]
fn a_refused_connect_is_reported_and_retried() {
    refused(MioSelector::new().unwrap(), mio);
    refused(DirectSelector::new(), mio);
    refused(DirectSelector::new(), plain);
}

pub(crate) fn restart<S, G>(selector: S, make: fn(TcpStream) -> G, count: usize)
where
    S: Selector<G::Base>,
    G: Read + Write + Layer<Base: Socket>,
{
    let (listener, port) = listen();
    let mut service = selector.into_io_service();
    for _ in 0..count {
        service.register(Reader::new(port, make));
    }
    let all_active = |service: &mut Service<S, G>| service.stats().active == count;
    poll_until(&mut service, all_active);
    let peers: Vec<_> = (0..count).map(|_| listener.accept().unwrap().0).collect();
    drop(listener);
    // The clients end after the server, so that no port stays in TIME_WAIT on the server's side.
    for peer in &peers {
        peer.shutdown(std::net::Shutdown::Write).unwrap();
    }
    poll_until(&mut service, |service| service.stats().active == 0);
    drop(peers);
    poll_until(&mut service, |service| {
        service.stats().failed_attempts >= count as u64
    });

    let listener = TcpListener::bind((HOST, port)).unwrap();
    poll_until(&mut service, all_active);
    let peers: Vec<Peer> = (0..count).map(|_| listener.accept().unwrap().0).collect();
    for mut peer in &peers {
        peer.write_all(b"back").unwrap();
    }
    poll_until(&mut service, |service| {
        service.iter().all(|(_, reader)| reader.received == b"back")
    });
    assert_eq!(service.stats().connected, 2 * count as u64);
}

#[test]
fn endpoints_come_back_after_the_server() {
    restart(MioSelector::new().unwrap(), mio, 50);
    restart(DirectSelector::new(), plain, 5);
}

#[test]
fn a_reader_that_takes_little_at_a_time_gets_everything() {
    let (listener, port) = listen();
    let mut service = MioSelector::new().unwrap().into_io_service();
    let handle = service.register(Reader {
        room: 10,
        ..Reader::new(port, mio)
    });
    service.poll().unwrap();
    let (mut peer, _) = listener.accept().unwrap();
    let message: Vec<u8> = (0..=255).cycle().take(50_000).collect();
    peer.write_all(&message).unwrap();
    poll_until(&mut service, |service| {
        service.get(handle).unwrap().received.len() == message.len()
    });
    assert_eq!(service.get(handle).unwrap().received, message);
    assert_eq!(service.state(handle), Some(State::Active));
}

#[test]
fn a_host_name_is_resolved_and_each_of_its_addresses_tried() {
    // `localhost` may be `::1` as well, where nobody listens.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut service = MioSelector::new().unwrap().into_io_service();
    let reader = Reader {
        connection_info: ConnectionInfo::new("localhost", port),
        ..Reader::new(port, mio)
    };
    let handle = service.register(reader);
    poll_until(&mut service, |service| {
        service.state(handle) == Some(State::Active)
    });
    listener.accept().unwrap();
}
