//! Targets of different kinds in one service: an enum of them is a layer too.
//!
//! Trades come over a WebSocket, and for each of them an order goes out over another protocol, lines of text over TCP.
//! Both are polled by one service on one thread.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::thread;
use std::time::{Duration, Instant};

use boom_testkit::exchange::Exchange;
use boomnet::prelude::*;
use boomnet::service::State;
use boomnet::stream::buffer::{ReadBuffer, WriteBuffer};
use boomnet::stream::{Layer, Phase};

/// Orders to send before the program ends.
const ORDERS: usize = 10;

/// What the endpoints connect with.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "a box would cost each poll of the larger one, and the room is there"
)]
enum Target {
    Feed(Websocket<MioStream>),
    Orders(Lines<MioStream>),
}

/// Hands each question to the stack that is there; the base is the same kind of socket for all.
macro_rules! of_each {
    ($target:expr, $stack:ident => $answer:expr) => {
        match $target {
            Target::Feed($stack) => $answer,
            Target::Orders($stack) => $answer,
        }
    };
}

impl Layer for Target {
    type Base = MioStream;

    fn base(&self) -> &MioStream {
        of_each!(self, stack => stack.base())
    }

    fn base_mut(&mut self) -> &mut MioStream {
        of_each!(self, stack => stack.base_mut())
    }

    fn has_buffered(&self) -> bool {
        of_each!(self, stack => stack.has_buffered())
    }

    fn wants_write(&self) -> bool {
        of_each!(self, stack => stack.wants_write())
    }

    fn is_encrypted(&self) -> bool {
        of_each!(self, stack => stack.is_encrypted())
    }

    fn phase(&self) -> Phase {
        of_each!(self, stack => stack.phase())
    }

    fn poll_timeout(&self) -> Option<u64> {
        of_each!(self, stack => stack.poll_timeout())
    }

    fn handle_timeout(&mut self, now_ns: u64) -> io::Result<()> {
        of_each!(self, stack => Layer::handle_timeout(stack, now_ns))
    }

    fn poll_close(&mut self) -> io::Result<bool> {
        of_each!(self, stack => stack.poll_close())
    }
}

/// A protocol of text lines: the smallest that is a layer of its own.
#[derive(Debug)]
struct Lines<S> {
    stream: S,
    inbound: ReadBuffer,
    outbound: WriteBuffer,
}

impl<S: Read + Write> Lines<S> {
    fn new(stream: S) -> Self {
        Self {
            stream,
            inbound: ReadBuffer::new(4096, 4096),
            outbound: WriteBuffer::new(4096, 65_536),
        }
    }

    /// Sends a line; what the socket does not take now is sent by a later [`read_lines`](Self::read_lines).
    fn send(&mut self, line: &str) -> io::Result<()> {
        let line = [line.as_bytes(), b"\n"].concat();
        self.outbound.extend(&line).map_err(io::Error::other)?;
        self.outbound.flush_to(&mut self.stream).map(drop)
    }

    /// Sends what waits, reads once, and hands over each line that is complete.
    fn read_lines(&mut self, mut handle: impl FnMut(&str)) -> io::Result<()> {
        self.outbound.flush_to(&mut self.stream)?;
        if self.inbound.read_from(&mut self.stream)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        while let Some(end) = self.inbound.filled().iter().position(|byte| *byte == b'\n') {
            handle(&String::from_utf8_lossy(&self.inbound.filled()[..end]));
            self.inbound.consume(end + 1);
        }
        Ok(())
    }
}

impl<S: Layer> Layer for Lines<S> {
    type Base = S::Base;

    fn base(&self) -> &S::Base {
        self.stream.base()
    }

    fn base_mut(&mut self) -> &mut S::Base {
        self.stream.base_mut()
    }

    fn has_buffered(&self) -> bool {
        self.stream.has_buffered()
    }

    fn wants_write(&self) -> bool {
        !self.outbound.is_empty() || self.stream.wants_write()
    }

    fn is_encrypted(&self) -> bool {
        self.stream.is_encrypted()
    }

    fn phase(&self) -> Phase {
        self.stream.phase()
    }

    fn poll_timeout(&self) -> Option<u64> {
        self.stream.poll_timeout()
    }

    fn handle_timeout(&mut self, now_ns: u64) -> io::Result<()> {
        self.stream.handle_timeout(now_ns)
    }

    fn poll_close(&mut self) -> io::Result<bool> {
        Ok(self.outbound.is_empty() && self.stream.poll_close()?)
    }
}

/// What the endpoints do with what arrives.
#[derive(Debug)]
enum Side {
    Feed { trades: usize },
    Orders { accepted: Vec<String> },
}

#[derive(Debug)]
struct Venue {
    connection_info: ConnectionInfo,
    side: Side,
}

impl Venue {
    fn new(address: SocketAddr, side: Side) -> Self {
        Self {
            connection_info: ConnectionInfo::new("127.0.0.1", address.port()),
            side,
        }
    }
}

impl ConnectionInfoProvider for Venue {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.connection_info
    }
}

impl Endpoint for Venue {
    type Target = Target;

    fn create_target(&mut self, address: SocketAddr) -> io::Result<Option<Target>> {
        let stream = TcpStream::try_from((&self.connection_info, address))?.into_mio_stream();
        Ok(Some(match self.side {
            Side::Feed { .. } => {
                let mut websocket = stream.into_websocket("/ws");
                let request = br#"{"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":1}"#;
                websocket.send_text(true, Some(request))?;
                Target::Feed(websocket)
            }
            Side::Orders { .. } => Target::Orders(Lines::new(stream)),
        }))
    }

    fn poll(&mut self, target: &mut Target) -> io::Result<()> {
        match (&mut self.side, target) {
            (Side::Feed { trades }, Target::Feed(websocket)) => {
                for frame in websocket.read_batch()? {
                    if let WebsocketFrame::Text(_, json) = frame? {
                        *trades += usize::from(json.starts_with(br#"{"e":"trade""#));
                    }
                }
                Ok(())
            }
            (Side::Orders { accepted }, Target::Orders(lines)) => {
                lines.read_lines(|line| accepted.push(line.to_owned()))
            }
            // An endpoint is only lent targets that it has made.
            _ => Err(ErrorKind::InvalidInput.into()),
        }
    }
}

/// Takes orders, each a line, and says which it has accepted.
fn serve_orders(listener: &TcpListener) -> io::Result<()> {
    let (mut peer, _) = listener.accept()?;
    for line in BufReader::new(peer.try_clone()?).lines() {
        writeln!(peer, "accepted {}", line?)?;
    }
    Ok(())
}

fn main() -> io::Result<()> {
    let exchange = Exchange::builder().plain().trades_per_second(100).start()?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    thread::spawn(move || serve_orders(&listener));

    let mut service = MioSelector::new()?.into_io_service();
    let feed = service.register(Venue::new(exchange.address(), Side::Feed { trades: 0 }));
    let side = Side::Orders {
        accepted: Vec::new(),
    };
    let orders = service.register(Venue::new(address, side));

    let give_up = Instant::now() + Duration::from_secs(30);
    let (mut sent, mut accepted) = (0, 0);
    while accepted < ORDERS && Instant::now() < give_up {
        service.poll()?;
        let trades = match service.get(feed).map(|venue| &venue.side) {
            Some(Side::Feed { trades }) => (*trades).min(ORDERS),
            _ => 0,
        };
        while sent < trades && service.state(orders) == Some(State::Active) {
            sent += 1;
            let order = format!("order {sent}");
            let send = |target: &mut Target, _: &mut Venue| match target {
                Target::Orders(lines) => lines.send(&order),
                Target::Feed(_) => Ok(()),
            };
            service.dispatch(orders, send).transpose()?;
        }
        if let Some(Side::Orders { accepted: lines }) = service.get(orders).map(|v| &v.side) {
            for line in &lines[accepted..] {
                println!("{line}");
            }
            accepted = lines.len();
        }
    }
    if accepted == ORDERS {
        Ok(())
    } else {
        Err(ErrorKind::TimedOut.into())
    }
}
