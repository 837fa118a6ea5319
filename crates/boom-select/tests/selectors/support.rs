//! A registered stream with its peer, whatever the kind.

use std::fmt::Debug;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream as Peer};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use boom_select::{Ready, Selector, Token};
use boom_stream::tcp::TcpStream;
use boom_stream::{Layer, Socket};

/// A kind of selector with a kind of stream.
pub(crate) trait Kind {
    type Selector: Selector<Self::Stream>;
    type Stream: From<TcpStream> + Read + Write + Layer<Base = Self::Stream> + Socket + AsFd + Debug;

    /// Reports what has become ready, once, and the stream remembers it; otherwise all is reported always.
    const IS_EDGE: bool;

    /// `None` where the system has no such thing.
    fn selector() -> Option<Self::Selector>;

    /// The stream over a socket.
    fn stream(stream: TcpStream) -> Self::Stream {
        stream.into()
    }
}

/// Ends the test where there is no such selector.
macro_rules! or_skip {
    ($option:expr) => {
        match $option {
            Some(value) => value,
            None => return,
        }
    };
}

pub(crate) const TOKEN: Token = token(3, 9);

pub(crate) const fn token(index: u32, generation: u32) -> Token {
    Token { index, generation }
}

/// A registered stream and its peer.
pub(crate) struct Pair<K: Kind> {
    pub(crate) selector: K::Selector,
    pub(crate) stream: K::Stream,
    pub(crate) peer: Peer,
}

impl<K: Kind> Pair<K> {
    pub(crate) fn connected() -> Option<Self> {
        K::selector().map(Self::with_selector)
    }

    pub(crate) fn with_selector(selector: K::Selector) -> Self {
        let (stream, peer) = connect_pair::<K>();
        let mut pair = Self {
            selector,
            stream,
            peer,
        };
        pair.selector.register(&mut pair.stream, TOKEN).unwrap();
        pair.turn_until(|pair| pair.stream.connected().unwrap());
        pair
    }

    /// Waits for reports and delivers them until `done`.
    pub(crate) fn turn_until(&mut self, mut done: impl FnMut(&mut Self) -> bool) {
        let deadline = Deadline::new();
        while !done(self) {
            deadline.check();
            for report in poll::<K>(&mut self.selector, Duration::from_secs(10)) {
                assert_eq!(report.token, TOKEN);
                self.selector.deliver(&mut self.stream, report.readiness);
            }
        }
    }

    /// Reads until so many bytes have come, or their end.
    pub(crate) fn receive(&mut self, count: usize) -> Vec<u8> {
        let mut received = Vec::new();
        self.turn_until(|pair| {
            let is_over = read_available(&mut pair.stream, &mut received);
            is_over || received.len() >= count
        });
        received
    }

    /// A stream that was read empty makes no system call before it is told of more.
    #[cfg(any(feature = "mio", feature = "io-uring"))]
    pub(crate) fn a_drained_stream_makes_no_system_call(&mut self, same_socket: &Peer) {
        let mut buffer = [0; 64];
        self.peer.write_all(b"one").unwrap();
        self.turn_until(|pair| pair.selector.may_read(&pair.stream));
        assert_eq!(self.stream.read(&mut buffer).unwrap(), 3);

        // Bytes that the kernel has, and the stream has not been told of: a system call would return them.
        self.peer.write_all(b"two").unwrap();
        while kind(same_socket.peek(&mut buffer)) == Some(ErrorKind::WouldBlock) {}
        assert_eq!(
            kind(self.stream.read(&mut buffer)),
            Some(ErrorKind::WouldBlock)
        );
        assert_eq!(self.receive(3), b"two");
    }

    /// Lets what is known already be reported, and throws the reports away.
    pub(crate) fn forget_reports(&mut self) {
        while !poll::<K>(&mut self.selector, Duration::ZERO).is_empty() && K::IS_EDGE {}
    }
}

/// Reads what can be read now. Returns true at the end of the stream.
pub(crate) fn read_available(stream: &mut impl Read, to: &mut Vec<u8>) -> bool {
    let mut buffer = [0; 4096];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return true,
            Ok(count) => to.extend_from_slice(&buffer[..count]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return false,
            Err(error) => panic!("{error}"),
        }
    }
}

/// A stream that may still be connecting, and its accepted peer.
pub(crate) fn connect_pair<K: Kind>() -> (K::Stream, Peer) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let stream = connect::<K>(listener.local_addr().unwrap().port());
    (stream, listener.accept().unwrap().0)
}

pub(crate) fn connect<K: Kind>(port: u16) -> K::Stream {
    K::stream(TcpStream::try_from(("127.0.0.1", port)).unwrap())
}

pub(crate) fn poll<K: Kind>(selector: &mut K::Selector, timeout: Duration) -> Vec<Ready> {
    let mut ready = Vec::new();
    selector.poll(&mut ready, Some(timeout)).unwrap();
    ready
}

/// Several registered streams, whose indexes are their places, and their peers.
pub(crate) struct Many<K: Kind> {
    pub(crate) selector: K::Selector,
    pub(crate) streams: Vec<K::Stream>,
    pub(crate) peers: Vec<Peer>,
    /// What has arrived for each.
    pub(crate) received: Vec<Vec<u8>>,
}

impl<K: Kind> Many<K> {
    pub(crate) fn connected(mut selector: K::Selector, count: usize) -> Self {
        let (mut streams, mut peers) = (Vec::new(), Vec::new());
        for index in 0..count {
            let (mut stream, peer) = connect_pair::<K>();
            selector
                .register(&mut stream, token(index as u32, 0))
                .unwrap();
            streams.push(stream);
            peers.push(peer);
        }
        Self {
            selector,
            streams,
            peers,
            received: vec![Vec::new(); count],
        }
    }

    /// Waits for reports and reads what those streams have that `reads` names, until `done` with what has arrived.
    /// Each peer writes its number so many times, and each stream receives that of its own.
    pub(crate) fn each_receives_its_number(&mut self, times: usize) {
        for round in 1..=times {
            for (index, peer) in self.peers.iter_mut().enumerate() {
                peer.write_all(&(index as u32).to_be_bytes()).unwrap();
            }
            self.receive_until(
                |_| true,
                |received| received.iter().all(|received| received.len() == 4 * round),
            );
        }
        for (index, received) in self.received.iter().enumerate() {
            assert_eq!(*received, (index as u32).to_be_bytes().repeat(times));
        }
    }

    pub(crate) fn receive_until(
        &mut self,
        reads: impl Fn(usize) -> bool,
        mut done: impl FnMut(&[Vec<u8>]) -> bool,
    ) {
        let deadline = Deadline::new();
        // Those that were not read before have had their report.
        for index in (0..self.streams.len()).filter(|&index| reads(index)) {
            read_available(&mut self.streams[index], &mut self.received[index]);
        }
        while !done(&self.received) {
            deadline.check();
            for report in poll::<K>(&mut self.selector, Duration::from_secs(10)) {
                let index = report.token.index as usize;
                let stream = &mut self.streams[index];
                self.selector.deliver(stream, report.readiness);
                if reads(index) {
                    read_available(stream, &mut self.received[index]);
                }
            }
        }
    }
}

/// A test that hangs says so instead.
pub(crate) struct Deadline(Instant);

impl Deadline {
    pub(crate) fn new() -> Self {
        Self(Instant::now() + Duration::from_secs(60))
    }

    pub(crate) fn check(&self) {
        assert!(
            Instant::now() < self.0,
            "what was waited for did not happen within a minute"
        );
    }
}

/// The kind of the error, or nothing.
pub(crate) fn kind<T>(result: io::Result<T>) -> Option<ErrorKind> {
    result.err().map(|error| error.kind())
}

/// A port that nobody listens at.
pub(crate) fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}
