//! Addresses that are tried together, over real sockets: one of them does not answer.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use boom_select::{DirectSelector, IntoMioStream, MioSelector, Selector};
use boom_service::dns::{Answered, DnsResolver};
use boom_service::{Endpoint, EndpointOptions, Event, IntoIOService, State};
use boom_stream::tcp::TcpStream;
use boom_stream::{ConnectionInfo, ConnectionInfoProvider, Layer, Socket};
use socket2::{Domain, Socket as RawSocket, Type};

struct Quiet<G> {
    connection_info: ConnectionInfo,
    make: fn(TcpStream) -> G,
    opened: Vec<SocketAddr>,
}

impl<G> ConnectionInfoProvider for Quiet<G> {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.connection_info
    }
}

impl<G: Layer<Base: Socket>> Endpoint for Quiet<G> {
    type Target = G;

    fn create_target(&mut self, addr: SocketAddr) -> io::Result<Option<G>> {
        self.opened.push(addr);
        TcpStream::try_from((&self.connection_info, addr)).map(|stream| Some((self.make)(stream)))
    }

    fn poll(&mut self, _target: &mut G) -> io::Result<()> {
        Ok(())
    }
}

/// Knows the addresses of one host.
struct Addresses(Vec<SocketAddr>);

impl DnsResolver for Addresses {
    type Query = Answered;

    fn resolve(&mut self, _host: &str, _port: u16) -> Answered {
        Answered::new(Ok(self.0.clone()))
    }
}

/// A listener that drops further connects: its queue has one place, and that and the one the kernel adds are taken.
fn black_hole() -> (RawSocket, Vec<RawSocket>, SocketAddr) {
    let listener = RawSocket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let any: SocketAddr = "127.0.0.2:0".parse().unwrap();
    listener.bind(&any.into()).unwrap();
    listener.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let clients = (0..4).map(|_| {
        let client = RawSocket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        client.set_nonblocking(true).unwrap();
        // `EINPROGRESS`.
        let _ = client.connect(&address);
        client
    });
    let clients = clients.collect();
    (listener, clients, address.as_socket().unwrap())
}

fn the_next_address_wins<S, G>(selector: S, make: fn(TcpStream) -> G)
where
    S: Selector<G::Base>,
    G: Layer<Base: Socket>,
{
    let (_silent, _clients, silent) = black_hole();
    let listener = TcpListener::bind("127.0.0.3:0").unwrap();
    let open = listener.local_addr().unwrap();
    let mut service = selector
        .into_io_service()
        .with_resolver(Addresses(vec![silent, open]));
    let options = EndpointOptions::default().with_head_start(Some(Duration::from_millis(1)));
    let quiet = Quiet {
        connection_info: ConnectionInfo::new("exchange", open.port()),
        make,
        opened: Vec::new(),
    };
    let handle = service.register_with(quiet, options);
    while service.state(handle) != Some(State::Active) {
        service.wait(Duration::from_secs(10)).unwrap();
    }
    assert_eq!(service.get(handle).unwrap().opened, [silent, open]);
    let events: Vec<_> = std::iter::from_fn(|| service.poll_event()).collect();
    assert!(
        matches!(events[..], [Event::Connected { addr, .. }] if addr == open),
        "nothing failed"
    );
    listener.accept().unwrap();
}

#[test]
fn an_address_that_does_not_answer_gives_way_to_the_next() {
    the_next_address_wins(MioSelector::new().unwrap(), |stream: TcpStream| {
        stream.into_mio_stream()
    });
    the_next_address_wins(DirectSelector::new(), |stream| stream);
}
