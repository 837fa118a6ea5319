//! Connections that are replaced while they stand, over real sockets: no message is missed.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream as Peer};
use std::time::Duration;

use boom_select::{DirectSelector, IntoMioStream, MioSelector, Selector};
use boom_service::{Endpoint, EndpointOptions, Event, IOService, IntoIOService};
use boom_stream::tcp::TcpStream;
use boom_stream::{ConnectionInfo, ConnectionInfoProvider, Layer, Socket};

/// A target that knows which of the connections it is.
struct Numbered<G> {
    stream: G,
    number: usize,
    /// Bytes of a message whose rest is to come.
    partial: Vec<u8>,
}

impl<G: Layer<Base = G> + Socket> Layer for Numbered<G> {
    type Base = G;

    fn base(&self) -> &G {
        &self.stream
    }

    fn base_mut(&mut self) -> &mut G {
        &mut self.stream
    }
}

/// Takes messages of four bytes, each the next number, from whichever connection brings it first.
struct Feed<G> {
    connection_info: ConnectionInfo,
    make: fn(TcpStream) -> G,
    connections: usize,
    /// The messages of each connection.
    received: Vec<Vec<u32>>,
    /// Which connections were told of as replaced.
    retired: Vec<usize>,
}

impl<G: Read> Feed<G> {
    fn take(&mut self, target: &mut Numbered<G>) -> io::Result<()> {
        // Not all at once, so that something is left over when the connection is replaced.
        let mut buffer = [0; 6];
        match target.stream.read(&mut buffer)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            count => target.partial.extend_from_slice(&buffer[..count]),
        }
        let whole = target.partial.len() / 4 * 4;
        let bytes = target.partial.drain(..whole).collect::<Vec<_>>();
        let numbers = bytes
            .chunks(4)
            .map(|bytes| u32::from_be_bytes(bytes.try_into().unwrap()));
        self.received[target.number].extend(numbers);
        Ok(())
    }
}

impl<G> ConnectionInfoProvider for Feed<G> {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.connection_info
    }
}

impl<G: Read + Layer<Base = G> + Socket> Endpoint for Feed<G> {
    type Target = Numbered<G>;

    fn create_target(&mut self, addr: SocketAddr) -> io::Result<Option<Numbered<G>>> {
        let stream = TcpStream::try_from((&self.connection_info, addr))?;
        self.received.push(Vec::new());
        self.connections += 1;
        Ok(Some(Numbered {
            stream: (self.make)(stream),
            number: self.connections - 1,
            partial: Vec::new(),
        }))
    }

    fn poll(&mut self, target: &mut Numbered<G>) -> io::Result<()> {
        assert!(!self.retired.contains(&target.number));
        self.take(target)
    }

    fn can_switch(&mut self, replacement: &mut Numbered<G>) -> bool {
        !self.received[replacement.number].is_empty()
    }

    fn switched(&mut self, old: &mut Numbered<G>, new: &mut Numbered<G>) {
        assert_eq!(old.number + 1, new.number);
        self.retired.push(old.number);
    }

    fn poll_retired(&mut self, target: &mut Numbered<G>) -> io::Result<()> {
        assert!(self.retired.contains(&target.number));
        self.take(target)
    }
}

const RENEWALS: usize = 40;

fn no_message_is_missed<S, G>(selector: S, make: fn(TcpStream) -> G)
where
    S: Selector<G>,
    G: Read + Layer<Base = G> + Socket,
{
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let options = EndpointOptions::default().with_overlap(Duration::from_secs(60));
    let mut service: IOService<S, Feed<G>> = selector.into_io_service();
    let feed = Feed {
        connection_info: ConnectionInfo::new("127.0.0.1", port),
        make,
        connections: 0,
        received: Vec::new(),
        retired: Vec::new(),
    };
    let handle = service.register_with(feed, options);

    let mut peers: Vec<Peer> = Vec::new();
    let (mut sent, mut first_of, mut renewals, mut retired) = (0_u32, Vec::new(), 0, 0);
    for turn in 0_usize.. {
        assert!(turn < 100_000, "{service:?}, {renewals} renewals");
        if let Ok((peer, _)) = listener.accept() {
            first_of.push(sent);
            peers.push(peer);
        }
        if !peers.is_empty() {
            // Those that the client has closed take nothing more.
            peers.retain_mut(|peer| peer.write_all(&sent.to_be_bytes()).is_ok());
            sent += 1;
        }
        service.poll().unwrap();
        while let Some(event) = service.poll_event() {
            match event {
                Event::Retired { is_clean, .. } => {
                    assert!(is_clean);
                    retired += 1;
                }
                Event::Disconnected { reason, .. } => panic!("{reason}"),
                _ => {}
            }
        }
        if retired == RENEWALS {
            break;
        }
        renewals += usize::from(renewals < RENEWALS && service.renew(handle));
    }

    let feed = service.get(handle).unwrap();
    assert_eq!(feed.connections, RENEWALS + 1);
    for number in 0..RENEWALS {
        let messages = &feed.received[number];
        let first = first_of[number];
        assert_eq!(messages.first(), Some(&first));
        // Each connection brings its messages once and in order, and the last comes after the next connection's first.
        assert!(messages.windows(2).all(|pair| pair[0] + 1 == pair[1]));
        assert!(messages.last().unwrap() + 1 >= first_of[number + 1]);
    }
    assert_eq!(service.stats().connected, RENEWALS as u64 + 1);
}

#[test]
fn no_message_is_missed_by_mio() {
    no_message_is_missed(MioSelector::new().unwrap(), |stream: TcpStream| {
        stream.into_mio_stream()
    });
}

#[test]
fn no_message_is_missed_without_a_selector() {
    no_message_is_missed(DirectSelector::new(), |stream| stream);
}

/// Where the kernel has it.
#[cfg(target_os = "linux")]
#[test]
fn no_message_is_missed_by_io_uring() {
    use boom_select::{IntoIoUringStream, IoUringSelector};

    let kinds: [fn(TcpStream) -> _; 2] = [
        IntoIoUringStream::into_io_uring_stream,
        IntoIoUringStream::into_polled_io_uring_stream,
    ];
    for kind in kinds {
        let Ok(selector) = IoUringSelector::new() else {
            return;
        };
        no_message_is_missed(selector, kind);
    }
}
