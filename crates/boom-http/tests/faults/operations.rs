//! The pool under a list of operations: every request has one outcome, no answer reaches another request, what a server has
//! seen of a request is never more than `sent` says, and no server sees an order twice.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::io::{self, ErrorKind, Read, Write};
use std::rc::Rc;
use std::time::Duration;

use boom_http::{HttpClient, HttpConfig, Method, Origin, Sent, Ticket};
use boom_stream::{ConnectionInfo, Layer, Socket};

/// What happens next.
#[derive(Clone, Copy, Debug)]
enum Operation {
    Get,
    Post(u8),
    Cancel(u8),
    Poll,
    Pass(u16),
    /// The server of a connection takes up to so many bytes at a time from now on.
    Room(u8, u8),
    Answer(u8, Form),
    Say(u8, u8),
    End(u8),
    Reset(u8),
    /// The next write fails, and one that encrypts has sent so much before. What the server says still comes.
    Break(u8, u8),
    Refuse(bool),
}

#[derive(Clone, Copy, Debug)]
enum Form {
    Length,
    Chunked,
    Close,
    Interim,
    Half,
}

/// Both ends of a connection, and what the server's has seen.
#[derive(Default)]
struct Wire {
    to_client: VecDeque<u8>,
    to_server: Vec<u8>,
    /// Requests that the server has answered.
    answered: usize,
    room: usize,
    is_ended: bool,
    is_reset: bool,
    /// How much the write takes that fails.
    breaks: Option<usize>,
    is_broken: bool,
    /// The server said what no server should: which answer is whose is not known after it.
    is_muddled: bool,
}

struct Stream {
    wire: Rc<RefCell<Wire>>,
    info: ConnectionInfo,
    is_encrypted: bool,
}

impl Socket for Stream {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.info
    }

    fn connected(&mut self) -> io::Result<bool> {
        Ok(true)
    }
}

impl Layer for Stream {
    type Base = Self;

    fn base(&self) -> &Self {
        self
    }

    fn base_mut(&mut self) -> &mut Self {
        self
    }

    fn is_encrypted(&self) -> bool {
        self.is_encrypted
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut wire = self.wire.borrow_mut();
        if wire.is_reset {
            return Err(ErrorKind::ConnectionReset.into());
        }
        if wire.to_client.is_empty() {
            return if wire.is_ended {
                Ok(0)
            } else {
                Err(ErrorKind::WouldBlock.into())
            };
        }
        wire.to_client.read(buffer)
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut wire = self.wire.borrow_mut();
        if wire.is_reset || wire.is_broken {
            return Err(ErrorKind::BrokenPipe.into());
        }
        if let Some(taken) = wire.breaks.filter(|_| !bytes.is_empty()) {
            wire.is_broken = true;
            let taken = if self.is_encrypted { taken } else { 0 };
            let taken = bytes.len().min(taken);
            wire.to_server.extend_from_slice(&bytes[..taken]);
            return Err(ErrorKind::BrokenPipe.into());
        }
        let count = bytes.len().min(wire.room);
        if count == 0 {
            return Err(ErrorKind::WouldBlock.into());
        }
        wire.to_server.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Default)]
struct Network {
    wires: Vec<Rc<RefCell<Wire>>>,
    refuses: bool,
    is_encrypted: bool,
}

struct World {
    client: HttpClient<Stream>,
    network: Rc<RefCell<Network>>,
    now_ns: u64,
    next: u32,
    /// Which request a ticket stands for.
    open: BTreeMap<Ticket, u32>,
}

/// Plays the operations that `data` stands for, and then lets time pass until everything has come to an end.
pub(crate) fn run(data: &[u8]) {
    let mut input = data.iter().copied();
    let (depth, traits) = (input.next().unwrap_or(0) % 3 + 1, input.next().unwrap_or(0));
    let (retries, is_encrypted) = (traits & 1 != 0, traits & 2 != 0);
    let mut world = World::new(usize::from(depth), retries, is_encrypted);
    while let Some(operation) = Operation::next(&mut input) {
        world.act(operation);
        world.poll();
    }
    for _ in 0..200 {
        world.now_ns += 1_000_000_000;
        world.poll();
    }
    assert!(world.open.is_empty(), "{:?} have no outcome", world.open);
    assert_eq!(world.client.under_way(), 0);
    for number in 0..world.next {
        let orders = orders(&world.network.borrow(), number);
        assert!(orders <= 1, "{number} was sent {orders} times");
    }
}

impl Operation {
    fn next(input: &mut impl Iterator<Item = u8>) -> Option<Self> {
        let kind = input.next()?;
        let mut byte = || input.next().unwrap_or(0);
        Some(match kind % 32 {
            0..=4 => Self::Get,
            5..=8 => Self::Post(byte()),
            9 => Self::Cancel(byte()),
            10 => Self::Poll,
            11 => Self::Break(byte(), byte()),
            12..=13 => Self::Pass(u16::from_le_bytes([byte(), byte() % 16])),
            14..=16 => Self::Room(byte(), byte()),
            17..=26 => Self::Answer(byte(), FORMS[usize::from(byte()) % FORMS.len()]),
            27 => Self::Say(byte(), byte()),
            28 => Self::End(byte()),
            29 => Self::Reset(byte()),
            30 => Self::Refuse(true),
            _ => Self::Refuse(false),
        })
    }
}

const FORMS: [Form; 7] = [
    Form::Length,
    Form::Length,
    Form::Chunked,
    Form::Chunked,
    Form::Close,
    Form::Interim,
    Form::Half,
];

/// What no server should say.
const SAYINGS: [&str; 6] = [
    "\r\n",
    "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
    "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nev",
    "HTTP/1.1 101 Switching Protocols\r\n\r\n",
    "nonsense",
];

impl World {
    fn new(depth: usize, retries: bool, is_encrypted: bool) -> Self {
        let mut config = HttpConfig::new()
            .with_connections(2)
            .with_pipeline_depth(depth)
            .with_timeout(Duration::from_secs(20))
            .with_max_body_bytes(512);
        if retries {
            config = config.with_idempotent_retry();
        }
        let network = Rc::new(RefCell::new(Network {
            is_encrypted,
            ..Network::default()
        }));
        let source = Rc::clone(&network);
        let connect = move || {
            let mut network = source.borrow_mut();
            if network.refuses {
                return Err(ErrorKind::ConnectionRefused.into());
            }
            let wire = Rc::new(RefCell::new(Wire {
                room: 4096,
                ..Wire::default()
            }));
            network.wires.push(Rc::clone(&wire));
            Ok(Stream {
                wire,
                info: ConnectionInfo::new("localhost", 80),
                is_encrypted,
            })
        };
        Self {
            client: HttpClient::new(&Origin::new("localhost", 80), &config, connect),
            network,
            now_ns: 0,
            next: 0,
            open: BTreeMap::new(),
        }
    }

    fn act(&mut self, operation: Operation) {
        match operation {
            Operation::Get => self.submit(None),
            Operation::Post(len) => self.submit(Some(usize::from(len))),
            Operation::Cancel(which) => self.cancel(which),
            Operation::Poll => {}
            Operation::Pass(milliseconds) => self.now_ns += u64::from(milliseconds) * 1_000_000,
            Operation::Room(which, room) => self.wire(which, |wire| wire.room = usize::from(room)),
            Operation::Answer(which, form) => self.wire(which, |wire| answer(wire, &form)),
            Operation::Say(which, number) => self.wire(which, |wire| {
                wire.is_muddled = true;
                let said = SAYINGS[usize::from(number) % SAYINGS.len()];
                wire.to_client.extend(said.bytes());
            }),
            Operation::End(which) => self.wire(which, |wire| wire.is_ended = true),
            Operation::Reset(which) => self.wire(which, |wire| wire.is_reset = true),
            Operation::Break(which, taken) => self.wire(which, |wire| {
                wire.breaks = Some(usize::from(taken));
            }),
            Operation::Refuse(refuses) => self.network.borrow_mut().refuses = refuses,
        }
    }

    fn wire(&self, which: u8, act: impl FnOnce(&mut Wire)) {
        let network = self.network.borrow();
        let count = network.wires.len().max(1);
        let wire = network.wires.get(usize::from(which) % count);
        // Who has said that nothing more comes says nothing more.
        if let Some(wire) = wire.filter(|wire| !wire.borrow().is_ended) {
            act(&mut wire.borrow_mut());
        }
    }

    fn submit(&mut self, body: Option<usize>) {
        let target = format!("/{}", self.next);
        let request = match body {
            None => self.client.request(Method::GET, &target),
            Some(len) => self
                .client
                .request(Method::POST, &target)
                .body(vec![b'b'; len]),
        };
        if let Ok(ticket) = request.submit(self.now_ns) {
            self.open.insert(ticket, self.next);
            self.next += 1;
        }
    }

    fn cancel(&mut self, which: u8) {
        let count = self.open.len().max(1);
        let ticket = self.open.keys().nth(usize::from(which) % count).copied();
        if let Some(ticket) = ticket {
            let sent = self.client.cancel(ticket).expect("it has no outcome yet");
            let number = self.open.remove(&ticket).expect("an open request");
            check_sent(&self.network.borrow(), number, sent);
        }
    }

    fn poll(&mut self) {
        let (open, network) = (&mut self.open, &self.network);
        self.client.poll(self.now_ns, |ticket, outcome| {
            let number = open.remove(&ticket).expect("one outcome a ticket");
            match outcome {
                Ok(response) => {
                    // On no other connection than one whose server talks nonsense can an answer be another's.
                    let is_encrypted = network.borrow().is_encrypted;
                    let is_muddled = network.borrow().wires.iter().any(|wire| {
                        let wire = wire.borrow();
                        let mut seen = requests(&wire.to_server).into_iter();
                        // Of half a request line that an encrypted write has sent and failed the number is not seen.
                        let may_be_there = wire.is_broken && is_encrypted;
                        wire.is_muddled
                            && (may_be_there || seen.any(|(other, _)| other == Some(number)))
                    });
                    let expected = number.to_string();
                    let body = String::from_utf8_lossy(response.body());
                    assert!(
                        is_muddled || body == expected,
                        "{body:?} is not of {number}"
                    );
                }
                Err(error) => check_sent(&network.borrow(), number, error.sent),
            }
        });
    }
}

/// The servers know the truth.
fn check_sent(network: &Network, number: u32, sent: Sent) {
    let mut seen = Sent::Nothing;
    let mut times = 0;
    for wire in &network.wires {
        for (other, is_whole) in requests(&wire.borrow().to_server) {
            if other == Some(number) {
                times += u32::from(is_whole);
                seen = seen.max(if is_whole { Sent::All } else { Sent::Partial });
            }
        }
    }
    if seen > sent {
        panic!("{sent:?} of {number}, but the server has {seen:?}");
    }
    // What an encrypted write has sent that failed is not known, and told as all.
    let mut wires = network.wires.iter();
    let may_fail = |wire: &Rc<RefCell<Wire>>| {
        let wire = wire.borrow();
        wire.is_broken || wire.is_reset
    };
    let is_certain = !(network.is_encrypted && wires.any(may_fail));
    // Half a request line may not have the number yet.
    if sent == Sent::All && is_certain {
        assert!(times > 0, "{number} was not sent whole");
    }
}

/// How often servers have seen the start of an order.
fn orders(network: &Network, number: u32) -> usize {
    let line = format!("POST /{number} ");
    let seen = network.wires.iter().map(|wire| {
        let wire = wire.borrow();
        String::from_utf8_lossy(&wire.to_server)
            .matches(&line)
            .count()
    });
    seen.sum()
}

/// The requests that a server has received, each with its number and whether it is whole.
fn requests(mut bytes: &[u8]) -> Vec<(Option<u32>, bool)> {
    let mut requests = Vec::new();
    while !bytes.is_empty() {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let number = text
            .split(' ')
            .nth(1)
            .filter(|_| text.matches(' ').count() > 1);
        let number = number.and_then(|target| target.strip_prefix('/')?.parse().ok());
        let Some(head) = text.find("\r\n\r\n") else {
            requests.push((number, false));
            break;
        };
        let length = text[..head].split("Content-Length: ").nth(1);
        let length: usize = length.map_or(0, |rest| {
            rest.lines()
                .next()
                .unwrap_or_default()
                .parse()
                .expect("a length")
        });
        let len = head + 4 + length;
        requests.push((number, bytes.len() >= len));
        bytes = bytes.get(len..).unwrap_or_default();
    }
    requests
}

/// Answers the next request that has come whole, by its number.
fn answer(wire: &mut Wire, form: &Form) {
    let requests = requests(&wire.to_server);
    let whole = requests
        .iter()
        .filter(|(_, is_whole)| *is_whole)
        .nth(wire.answered);
    let Some((Some(number), _)) = whole else {
        return;
    };
    let body = number.to_string();
    let text = match form {
        Form::Interim => "HTTP/1.1 103 Early Hints\r\n\r\n".to_owned(),
        Form::Length => format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ),
        Form::Chunked => {
            format!(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
                body.len()
            )
        }
        Form::Close => {
            format!(
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            )
        }
        Form::Half => {
            wire.is_ended = true;
            format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
                body.len() + 1
            )
        }
    };
    if !matches!(form, Form::Interim) {
        wire.answered += 1;
    }
    wire.to_client.extend(text.bytes());
}
