//! A TCP relay between client and server, which counts, cuts the stream into single bytes, or breaks it off.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use socket2::SockRef;

use super::wire;
use crate::report::{Context, Failure, Result};

/// How long after the client's end both directions may go on.
const LIMIT: Duration = Duration::from_secs(20);

/// How often the client's direction looks whether it is to stop.
const TURN: Duration = Duration::from_millis(10);

/// What a relay does with the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    Whole,
    /// One byte a write, each way.
    Bytes,
    /// The same, but only to the client.
    BytesToClient,
    /// Ends the connection to the client there.
    Cut(Place, End),
}

/// How far the server's bytes get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// So many of them, whatever they are.
    Byte(usize),
    /// To the middle of this data frame's payload, counted from 0.
    Frame(usize),
    /// Into the head of what follows the first frame that is not the last of its message.
    Fragment,
}

/// How a connection is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// By FIN, as if the server had nothing more to say.
    Finish,
    /// By RST.
    Reset,
}

impl Manner {
    /// That of what the client sends.
    const fn of_client(self) -> Self {
        match self {
            Self::BytesToClient => Self::Whole,
            manner => manner,
        }
    }
}

/// A relay for one connection.
#[derive(Debug)]
pub(super) struct Relay {
    port: u16,
    traffic: Receiver<io::Result<Traffic>>,
}

/// What has passed.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    /// Bytes from the client.
    pub(super) up: u64,
    /// Bytes from the server.
    pub(super) down: u64,
    /// Messages of which every byte was passed on; only known where the stream was cut.
    pub(super) messages: u64,
}

impl Relay {
    pub(super) fn start(backend: u16, manner: Manner) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").context("no free port")?;
        let port = listener.local_addr().context("no free port")?.port();
        let (sender, traffic) = mpsc::channel();
        // Both end with the connection, and where no client comes, with the program.
        thread::spawn(move || sender.send(relay(&listener, backend, manner)));
        Ok(Self { port, traffic })
    }

    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    /// To be called once the client has ended.
    pub(super) fn finish(self) -> Result<Traffic> {
        match self.traffic.recv_timeout(LIMIT) {
            Ok(traffic) => traffic.context("relay"),
            Err(RecvTimeoutError::Timeout) => Err(Failure::new("the connection did not end")),
            Err(RecvTimeoutError::Disconnected) => Err(Failure::new("the relay broke down")),
        }
    }
}

fn relay(listener: &TcpListener, backend: u16, manner: Manner) -> io::Result<Traffic> {
    let (mut client, _) = listener.accept()?;
    let mut server = TcpStream::connect(("127.0.0.1", backend))?;
    for stream in [&client, &server] {
        stream.set_nodelay(true)?;
    }
    client.set_read_timeout(Some(TURN))?;
    let stop = Arc::new(AtomicBool::new(false));
    let up = {
        let (mut client, mut server) = (client.try_clone()?, server.try_clone()?);
        let stop = Arc::clone(&stop);
        thread::spawn(move || {
            let passed = pass(&mut client, &mut server, manner.of_client(), &stop);
            // The server may have ended first.
            let _ = server.shutdown(Shutdown::Write);
            passed
        })
    };
    let mut traffic = Traffic::default();
    if let Manner::Cut(place, end) = manner {
        let passed = cut(&mut server, &mut client, place)?;
        traffic.down = passed.len() as u64;
        traffic.messages = wire::messages(&passed);
        if end == End::Reset {
            // A reset throws away what is still under way.
            wait_until_taken(&client)?;
            SockRef::from(&client).set_linger(Some(Duration::ZERO))?;
            // Only the end of the last owner resets the connection, so the other thread has to let go first.
            stop.store(true, Ordering::Relaxed);
        }
    } else {
        traffic.down = pass(&mut server, &mut client, manner, &stop);
    }
    if !stop.load(Ordering::Relaxed) {
        let _ = client.shutdown(Shutdown::Write);
    }
    traffic.up = up.join().unwrap_or_default();
    Ok(traffic)
}

/// Waits until the other end's system has all that was written, for a second at most. Only Linux says so.
fn wait_until_taken(stream: &TcpStream) -> io::Result<()> {
    let ends = (stream.local_addr()?.port(), stream.peer_addr()?.port());
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(1) {
        let table = fs::read_to_string("/proc/net/tcp").unwrap_or_default();
        if waiting(&table, ends).is_none_or(|bytes| bytes == 0) {
            break;
        }
        thread::yield_now();
    }
    Ok(())
}

/// Bytes that the connection between these ports has not been told to have arrived, by the kernel's table.
fn waiting(table: &str, (local, peer): (u16, u16)) -> Option<u64> {
    let port = |address: &str| u16::from_str_radix(address.split_once(':')?.1, 16).ok();
    table.lines().find_map(|line| {
        let mut columns = line.split_whitespace().skip(1);
        let is_it = port(columns.next()?)? == local && port(columns.next()?)? == peer;
        let queues = columns.nth(1)?;
        let (sent, _) = queues.split_once(':')?;
        u64::from_str_radix(sent, 16).ok().filter(|_| is_it)
    })
}

/// Passes bytes on until either side ends or it is told to stop, and counts them.
fn pass(from: &mut TcpStream, to: &mut TcpStream, manner: Manner, stop: &AtomicBool) -> u64 {
    let mut buffer = vec![0; 64 << 10];
    let mut passed = 0;
    while !stop.load(Ordering::Relaxed) {
        let count = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if is_passing(&error) => continue,
            Err(_) => break,
        };
        let piece = match manner {
            Manner::Bytes | Manner::BytesToClient => 1,
            Manner::Whole | Manner::Cut(..) => count,
        };
        let mut pieces = buffer[..count].chunks(piece);
        if !pieces.all(|piece| to.write_all(piece).is_ok()) {
            break;
        }
        passed += count as u64;
    }
    passed
}

/// No reason to end: the time of a turn is up.
fn is_passing(error: &io::Error) -> bool {
    use io::ErrorKind::{Interrupted, TimedOut, WouldBlock};

    matches!(error.kind(), Interrupted | TimedOut | WouldBlock)
}

/// Passes on what comes before the place, and returns it.
fn cut(from: &mut TcpStream, to: &mut TcpStream, place: Place) -> io::Result<Vec<u8>> {
    let mut passed = Vec::new();
    let mut buffer = vec![0; 4 << 10];
    loop {
        let count = from.read(&mut buffer)?;
        if count == 0 {
            return Err(io::Error::other(
                "the server ended before the place was reached",
            ));
        }
        let known = passed.len();
        passed.extend_from_slice(&buffer[..count]);
        let end = place.find(&passed);
        passed.truncate(end.unwrap_or(usize::MAX));
        to.write_all(passed.get(known..).unwrap_or_default())?;
        if passed.len() < known + count || end == Some(passed.len()) {
            return Ok(passed);
        }
    }
}

impl Place {
    /// Where it is, once enough of the stream is known. Never before what was known while it was not found.
    fn find(self, stream: &[u8]) -> Option<usize> {
        let mut frames = wire::frames(stream).filter(|frame| frame.is_data());
        match self {
            Self::Byte(at) => Some(at),
            Self::Frame(number) => frames
                .nth(number)
                .map(|frame| usize::midpoint(frame.start, frame.end)),
            Self::Fragment => frames.find(|frame| !frame.fin).map(|frame| frame.end + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &[u8] = b"HTTP/1.1 101\r\n\r\n\x81\x02ok\x01\x04part\x80\x04part";

    #[test]
    fn a_place_is_found_as_soon_as_its_frame_has_begun() {
        assert_eq!(Place::Frame(1).find(&STREAM[..21]), None);
        assert_eq!(Place::Frame(1).find(&STREAM[..22]), Some(24));
        assert_eq!(Place::Fragment.find(&STREAM[..22]), Some(27));
        assert_eq!(Place::Byte(7).find(b""), Some(7));
    }

    #[test]
    fn the_kernels_table_tells_what_is_under_way() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n\
                     0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0\n\
                     1: 0100007F:1F90 0100007F:C001 01 0000002A:00000007 00:00000000 00000000     0\n";
        assert_eq!(waiting(table, (0x1f90, 0xc001)), Some(42));
        assert_eq!(waiting(table, (0xc001, 0x1f90)), None);
        assert_eq!(waiting("", (1, 2)), None);
    }

    /// What the client and the relay saw of a server that sends `STREAM`.
    fn received(manner: Manner) -> (io::Result<Vec<u8>>, Traffic) {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let relay = Relay::start(server.local_addr().unwrap().port(), manner).unwrap();
        let serve = thread::spawn(move || {
            let mut stream = server.accept().unwrap().0;
            stream.write_all(STREAM).unwrap();
            // The client has said all when it ends.
            let end = stream.shutdown(Shutdown::Write);
            let _ = io::copy(&mut stream, &mut io::sink());
            end
        });
        let mut client = TcpStream::connect(("127.0.0.1", relay.port())).unwrap();
        client.write_all(b"question").unwrap();
        let mut answer = Vec::new();
        let result = client.read_to_end(&mut answer).map(|_| answer);
        drop(client);
        let traffic = relay.finish().unwrap();
        let _ = serve.join().unwrap();
        (result, traffic)
    }

    #[test]
    fn every_byte_is_passed_on_and_counted() {
        for manner in [Manner::Whole, Manner::Bytes, Manner::BytesToClient] {
            let (answer, traffic) = received(manner);
            assert_eq!(answer.unwrap(), STREAM);
            assert_eq!((traffic.up, traffic.down), (8, STREAM.len() as u64));
        }
    }

    #[test]
    fn the_stream_ends_at_the_place() {
        let (answer, traffic) = received(Manner::Cut(Place::Fragment, End::Finish));
        assert_eq!(answer.unwrap(), STREAM[..27]);
        assert_eq!((traffic.down, traffic.messages), (27, 1));
    }

    #[test]
    fn a_reset_is_seen_as_one() {
        let (answer, traffic) = received(Manner::Cut(Place::Frame(0), End::Reset));
        assert_eq!(answer.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
        assert_eq!(traffic.messages, 0);
    }
}
