//! What the server does.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use boom_testkit::tls::Authority;
use rustls::{HandshakeKind, ServerConfig, ServerConnection, StreamOwned};
use sha1_smol::Sha1;

use super::{DELIVER, DONE, SEND_TO_ALL, Serving, WAIT_FOR};
use crate::harness::Result;
use crate::harness::cores::{Side, pin};
use crate::service::inbox::{frame, now_ns};

/// A connection that was accepted.
trait Peer: Write + Send {}

impl<S: Write + Send> Peer for S {}

/// The connections that are kept, and how many were accepted.
#[derive(Default)]
struct Accepted {
    peers: VecDeque<Box<dyn Peer>>,
    count: u64,
}

/// Mark of a message to those whose TLS was resumed.
pub(crate) const RESUMED: u8 = b'r';
/// Mark of every other message.
const NO_MARK: u8 = b'x';

/// Serves until the first connection, by which it is told what to do, ends.
pub(super) fn serve(listener: &TcpListener, serving: Serving, keep: usize) -> Result<()> {
    let _pinned = pin(Side::Server);
    let (mut control, _) = listener.accept()?;
    control.set_nodelay(true)?;
    let authority = (serving == Serving::Tls).then(Authority::new);
    let certificate = authority
        .as_ref()
        .map_or(&[][..], Authority::certificate_der);
    control.write_all(&(certificate.len() as u64).to_le_bytes())?;
    control.write_all(certificate)?;
    // The chain is that of a public server: its own certificate and that of an issuer below the root.
    let tls = authority
        .map(|authority| authority.server_config_by_intermediate(&["localhost", "127.0.0.1"]));

    let accepted = Arc::new(Mutex::new(Accepted::default()));
    let stop = Arc::new(AtomicBool::new(false));
    let acceptor = {
        let (listener, accepted, stop) = (
            listener.try_clone()?,
            Arc::clone(&accepted),
            Arc::clone(&stop),
        );
        std::thread::spawn(move || accept(&listener, serving, tls.as_ref(), keep, &accepted, &stop))
    };
    let result = obey(&mut control, &accepted);
    stop.store(true, Ordering::Relaxed);
    // Wakes the thread out of `accept`.
    if TcpStream::connect(listener.local_addr()?).is_ok() {
        // A panic of it was printed.
        let _ = acceptor.join();
    }
    result
}

fn accept(
    listener: &TcpListener,
    serving: Serving,
    tls: Option<&Arc<ServerConfig>>,
    keep: usize,
    accepted: &Mutex<Accepted>,
    stop: &AtomicBool,
) {
    while let Ok((stream, _)) = listener.accept() {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        // A client that gives up is its own affair.
        let Ok(peer) = welcome(stream, serving, tls) else {
            continue;
        };
        let mut accepted = accepted.lock().unwrap_or_else(PoisonError::into_inner);
        accepted.count += 1;
        accepted.peers.push_back(peer);
        if accepted.peers.len() > keep {
            accepted.peers.pop_front();
        }
    }
}

fn welcome(
    mut stream: TcpStream,
    serving: Serving,
    tls: Option<&Arc<ServerConfig>>,
) -> Result<Box<dyn Peer>> {
    stream.set_nodelay(true)?;
    let Some(config) = tls else {
        if serving == Serving::Plain {
            upgrade(&mut stream, NO_MARK)?;
        }
        return Ok(Box::new(stream));
    };
    let mut stream = StreamOwned::new(ServerConnection::new(Arc::clone(config))?, stream);
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock)?;
    }
    let is_resumed = stream.conn.handshake_kind() == Some(HandshakeKind::Resumed);
    upgrade(&mut stream, if is_resumed { RESUMED } else { NO_MARK })?;
    Ok(Box::new(stream))
}

/// RFC 6455, section 4.2.2, by hand; the answer and a message go out together.
fn upgrade(stream: &mut (impl Read + Write), mark: u8) -> Result<()> {
    const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    let mut request = Vec::new();
    let mut window = [0; 2048];
    while !request.ends_with(b"\r\n\r\n") {
        let count = stream.read(&mut window)?;
        if count == 0 {
            return Err("the request ended".into());
        }
        request.extend_from_slice(&window[..count]);
    }
    let request = String::from_utf8(request)?;
    let key = request
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("Sec-WebSocket-Key"))
        .ok_or("no key in the request")?;
    let accept = STANDARD.encode(
        Sha1::from(format!("{}{GUID}", key.1.trim()))
            .digest()
            .bytes(),
    );
    let mut answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    )
    .into_bytes();
    answer.extend_from_slice(&frame(mark));
    Ok(stream.write_all(&answer)?)
}

fn obey(control: &mut TcpStream, accepted: &Mutex<Accepted>) -> Result<()> {
    let lock = || accepted.lock().unwrap_or_else(PoisonError::into_inner);
    let mut bytes = [0; 9];
    while control.read_exact(&mut bytes).is_ok() {
        let [order, number @ ..] = bytes;
        let number = u64::from_le_bytes(number);
        match order {
            WAIT_FOR => {
                while lock().count < number {
                    std::thread::sleep(Duration::from_micros(100));
                }
                control.write_all(&[DONE])?;
            }
            SEND_TO_ALL => {
                for peer in &mut lock().peers {
                    for _ in 0..number {
                        peer.write_all(&frame(NO_MARK))?;
                        // TLS keeps what is not flushed.
                        peer.flush()?;
                    }
                }
                control.write_all(&[DONE])?;
            }
            DELIVER => {
                let peers = &mut lock().peers;
                let middle = peers.len() / 2;
                let peer = peers.get_mut(middle).ok_or("there is nobody to send to")?;
                deliver(control, peer.as_mut(), number)?;
            }
            _ => return Err("an unknown order".into()),
        }
    }
    Ok(())
}

/// Without sleeping, so that the core is awake when it writes.
fn deliver(control: &mut TcpStream, peer: &mut dyn Peer, messages: u64) -> Result<()> {
    control.set_nonblocking(true)?;
    let mut random = now_ns();
    for _ in 0..messages {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        // So that messages meet all moments of a turn. The receiver is polling again long before the first of them.
        let start_ns = now_ns() + PAUSE_MIN_NS + (random >> 33) % PAUSE_MORE_NS;
        while now_ns() < start_ns {
            std::hint::spin_loop();
        }
        peer.write_all(&frame(NO_MARK))?;
        loop {
            match control.read(&mut [0]) {
                Ok(1) => break,
                Ok(_) => return Err("the receiver has gone".into()),
                Err(error) if error.kind() == ErrorKind::WouldBlock => std::hint::spin_loop(),
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(control.set_nonblocking(false)?)
}

const PAUSE_MIN_NS: u64 = 5_000;
const PAUSE_MORE_NS: u64 = 20_000;
