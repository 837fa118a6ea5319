//! The process that is killed.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process;
use std::thread;
use std::time::{Duration, Instant};

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};
use socket2::{Domain, Socket, Type};
use tungstenite::handshake::derive_accept_key;

use crate::Result;
use crate::journal::{Journal, Record};
use crate::message::{ConnectionId, FRAME_BYTES, Message};

#[derive(Debug, clap::Args)]
pub(crate) struct Orders {
    #[arg(long)]
    port: u16,
    /// Which process of the venue this is
    #[arg(long)]
    run: u32,
    /// The number of the first message
    #[arg(long)]
    first: u64,
    /// How many connections to wait for before the numbers go on
    #[arg(long)]
    hold: u32,
    /// Where to write down what is sent
    #[arg(long)]
    journal: PathBuf,
}

const LISTENER: Token = Token(usize::MAX);
/// A burst goes to so many connections in each period, so that at almost any time some have their part and others do not.
const SLICE: usize = 64;
const SLICE_PERIOD: Duration = Duration::from_millis(1);
/// What one connection is given at once.
const WRITE_MAX: u64 = 40 * FRAME_BYTES;
/// A client that asks for more is none of ours.
const REQUEST_MAX: usize = 4096;

pub(crate) fn run(orders: &Orders) -> Result<()> {
    end_with_owner();
    let mut market = Market::open(orders)?;
    println!("listening");
    io::stdout().flush()?;
    let mut events = Events::with_capacity(1024);
    let mut next_slice = Instant::now();
    loop {
        let pause = next_slice.saturating_duration_since(Instant::now());
        match market.poll.poll(&mut events, Some(pause)) {
            Err(error) if error.kind() != ErrorKind::Interrupted => return Err(error.into()),
            _ => {}
        }
        for event in &events {
            match event.token() {
                LISTENER => market.accept()?,
                Token(index) => market.receive(u32::try_from(index)?)?,
            }
        }
        if Instant::now() >= next_slice {
            next_slice = Instant::now() + SLICE_PERIOD;
            market.send_slice()?;
        }
    }
}

/// The owner holds the other end of the standard input, and lets go of it at its own end, whatever that is.
fn end_with_owner() {
    thread::spawn(|| {
        let _ = io::stdin().read(&mut [0]);
        process::exit(0);
    });
}

struct Market {
    poll: Poll,
    listener: TcpListener,
    journal: Journal,
    run: u32,
    /// The number of the next message.
    number: u64,
    hold: u32,
    /// Number of the burst under way.
    bursts: u64,
    /// The connection that is the next to get its part of it.
    next: u32,
    connections: BTreeMap<u32, Connection>,
    accepted: u32,
}

struct Connection {
    socket: TcpStream,
    /// What has come of the request; `None` where it has been answered.
    request: Option<Vec<u8>>,
    stream: u32,
    /// The number of its first message.
    first: u64,
    /// The bytes of messages that the kernel has taken.
    sent_bytes: u64,
}

impl Market {
    fn open(orders: &Orders) -> Result<Self> {
        let poll = Poll::new()?;
        let mut listener = TcpListener::from_std(listen(orders.port)?);
        poll.registry()
            .register(&mut listener, LISTENER, Interest::READABLE)?;
        Ok(Self {
            poll,
            listener,
            journal: Journal::create(&orders.journal)?,
            run: orders.run,
            number: orders.first,
            hold: orders.hold,
            bursts: 0,
            next: 0,
            connections: BTreeMap::new(),
            accepted: 0,
        })
    }

    fn accept(&mut self) -> Result<()> {
        loop {
            let mut socket = match self.listener.accept() {
                Ok((socket, _)) => socket,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                // One that has gone again while it waited.
                Err(error) if error.kind() == ErrorKind::ConnectionAborted => continue,
                Err(error) => return Err(error.into()),
            };
            socket.set_nodelay(true)?;
            let index = self.accepted;
            self.accepted += 1;
            self.poll.registry().register(
                &mut socket,
                Token(usize::try_from(index)?),
                Interest::READABLE,
            )?;
            let connection = Connection {
                socket,
                request: Some(Vec::new()),
                stream: 0,
                first: 0,
                sent_bytes: 0,
            };
            self.connections.insert(index, connection);
        }
    }

    /// Takes what a client has sent. Only its request matters: it sees that it is heard by what it is sent.
    fn receive(&mut self, index: u32) -> Result<()> {
        let Some(connection) = self.connections.get_mut(&index) else {
            return Ok(());
        };
        if !connection.receive() {
            self.connections.remove(&index);
            return Ok(());
        }
        let Some(request) = connection.request.as_deref() else {
            return Ok(());
        };
        let Some((stream, response)) = respond(request) else {
            return Ok(());
        };
        connection.request = None;
        connection.stream = stream;
        connection.first = self.number;
        self.journal.append(Record::Open {
            connection: index,
            stream,
            first: self.number,
        })?;
        // A socket that is new has room for it.
        if connection.socket.write_all(response.as_bytes()).is_err() {
            self.connections.remove(&index);
        }
        Ok(())
    }

    /// Some messages more for everyone.
    fn begin_burst(&mut self) {
        if self.connections.len() < self.hold as usize {
            return;
        }
        self.hold = 0;
        self.bursts += 1;
        // From one to four.
        self.number += 1 + (self.bursts * 7 / 3) % 4;
        self.next = 0;
    }

    /// Sends the messages of a burst to the next few. The last of every other burst is not sent to its end.
    fn send_slice(&mut self) -> Result<()> {
        if self.connections.range(self.next..).next().is_none() {
            self.begin_burst();
        }
        let held_back = self.bursts % 2 * (self.bursts * 37 % FRAME_BYTES);
        let mut ended = Vec::new();
        for (&index, connection) in self.connections.range_mut(self.next..).take(SLICE) {
            self.next = index + 1;
            if connection.request.is_some() {
                continue;
            }
            let id = ConnectionId {
                run: self.run,
                index,
            };
            let due = (self.number - connection.first) * FRAME_BYTES;
            let due = due.saturating_sub(held_back);
            if !connection.send(id, due, self.bursts, &mut self.journal)? {
                ended.push(index);
            }
        }
        for index in ended {
            self.connections.remove(&index);
        }
        Ok(())
    }
}

impl Connection {
    /// Returns false where the client has gone.
    fn receive(&mut self) -> bool {
        let mut buffer = [0; 1024];
        loop {
            match self.socket.read(&mut buffer) {
                Ok(0) => return false,
                Ok(count) => {
                    if let Some(request) = &mut self.request {
                        request.extend_from_slice(&buffer[..count]);
                        if request.len() > REQUEST_MAX {
                            return false;
                        }
                    }
                }
                Err(error) => return error.kind() == ErrorKind::WouldBlock,
            }
        }
    }

    /// Sends up to byte `due` of its messages. Returns false where the client has gone.
    fn send(
        &mut self,
        id: ConnectionId,
        due: u64,
        burst: u64,
        journal: &mut Journal,
    ) -> io::Result<bool> {
        let from = self.sent_bytes;
        let to = due.min(from + WRITE_MAX);
        if to <= from {
            return Ok(true);
        }
        let bytes = self.bytes(id, from, to);
        let connection = id.index;
        journal.append(Record::Write {
            connection,
            to,
            burst,
        })?;
        let result = self.socket.write(&bytes);
        let taken = match &result {
            Ok(count) => *count as u64,
            Err(_) => 0,
        };
        self.sent_bytes = from + taken;
        if self.sent_bytes < to {
            let to = self.sent_bytes;
            journal.append(Record::Short { connection, to })?;
        }
        Ok(match result {
            Ok(_) => true,
            Err(error) => error.kind() == ErrorKind::WouldBlock,
        })
    }

    /// A part of all the bytes that the connection is to carry.
    fn bytes(&self, connection: ConnectionId, from: u64, to: u64) -> Vec<u8> {
        let (begin, end) = (from / FRAME_BYTES, to.div_ceil(FRAME_BYTES));
        let frames = (begin..end).flat_map(|place| {
            let message = Message {
                number: self.first + place,
                stream: self.stream,
                connection,
            };
            message.frame()
        });
        frames
            .skip((from % FRAME_BYTES) as usize)
            .take((to - from) as usize)
            .collect()
    }
}

/// With room for all clients at once: the kernel drops connects beyond that, and they come again a second later.
fn listen(port: u16) -> io::Result<std::net::TcpListener> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into())?;
    socket.listen(4096)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

/// The stream that is asked for and the answer to a request that is whole (RFC 6455 §4.2.2).
fn respond(request: &[u8]) -> Option<(u32, String)> {
    let request = std::str::from_utf8(request).ok()?;
    let head = request.strip_suffix("\r\n\r\n")?;
    let path = head.strip_prefix("GET /")?;
    let stream = path.split(' ').next()?.parse().ok()?;
    let key = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_key = name.eq_ignore_ascii_case("Sec-WebSocket-Key");
        is_key.then(|| value.trim())
    })?;
    let accept = derive_accept_key(key.as_bytes());
    let response = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    Some((stream, response))
}
