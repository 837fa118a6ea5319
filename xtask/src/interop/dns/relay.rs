//! What stands between a client and a name server, or in place of one.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::report::{Context, Result};

/// How long a server may take to answer.
const LIMIT: Duration = Duration::from_secs(10);

/// How often it is looked whether the end has come.
const TURN: Duration = Duration::from_millis(20);

/// Passes on datagrams, or does not.
#[derive(Debug)]
pub(super) struct Relay(Socket);

/// A name server that fails whatever it is asked.
#[derive(Debug)]
pub(super) struct Failing(Socket);

/// A socket with a thread that serves it until the owner has gone.
#[derive(Debug)]
struct Socket {
    address: SocketAddr,
    seen: Arc<AtomicUsize>,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Relay {
    /// Asks `plan` about each datagram, by its number from zero and its bytes, how long the answer is to be held back;
    /// what it has no time for is lost.
    pub(super) fn start(
        server: SocketAddr,
        plan: impl Fn(usize, &[u8]) -> Option<Duration> + Send + 'static,
    ) -> Result<Self> {
        let socket = Socket::serve(move |socket, number, datagram, client| {
            let Some(delay) = plan(number, datagram) else {
                return;
            };
            let (datagram, socket) = (datagram.to_vec(), socket.try_clone());
            thread::spawn(move || {
                // What fails is lost, which is nothing new to DNS.
                let _ = socket.and_then(|socket| pass(&socket, server, &datagram, delay, client));
            });
        })?;
        Ok(Self(socket))
    }

    pub(super) const fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// How many datagrams came from clients.
    pub(super) fn seen(&self) -> usize {
        self.0.seen.load(Ordering::SeqCst)
    }
}

impl Failing {
    pub(super) fn start() -> Result<Self> {
        let socket = Socket::serve(|socket, _, datagram, client| {
            let mut answer = datagram.to_vec();
            // An answer, by one who may recurse: a failure.
            if let Some(flags) = answer.get_mut(2..4) {
                flags[0] |= 0x80;
                flags[1] = 0x82;
            }
            let _ = socket.send_to(&answer, client);
        })?;
        Ok(Self(socket))
    }

    pub(super) const fn address(&self) -> SocketAddr {
        self.0.address
    }
}

fn pass(
    socket: &UdpSocket,
    server: SocketAddr,
    datagram: &[u8],
    delay: Duration,
    client: SocketAddr,
) -> io::Result<()> {
    let upstream = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    upstream.connect(server)?;
    upstream.set_read_timeout(Some(LIMIT))?;
    upstream.send(datagram)?;
    let mut answer = [0; 4096];
    let count = upstream.recv(&mut answer)?;
    thread::sleep(delay);
    socket.send_to(answer.get(..count).unwrap_or_default(), client)?;
    Ok(())
}

impl Socket {
    fn serve(
        serve: impl Fn(&UdpSocket, usize, &[u8], SocketAddr) + Send + 'static,
    ) -> Result<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port")?;
        let address = socket.local_addr().context("no free port")?;
        socket.set_read_timeout(Some(TURN)).context("a relay")?;
        let (seen, is_over) = (Arc::<AtomicUsize>::default(), Arc::<AtomicBool>::default());
        let (count, end) = (Arc::clone(&seen), Arc::clone(&is_over));
        let thread = thread::spawn(move || {
            let mut buffer = [0; 4096];
            while !end.load(Ordering::SeqCst) {
                if let Ok((length, client)) = socket.recv_from(&mut buffer) {
                    let number = count.fetch_add(1, Ordering::SeqCst);
                    serve(
                        &socket,
                        number,
                        buffer.get(..length).unwrap_or_default(),
                        client,
                    );
                }
            }
        });
        Ok(Self {
            address,
            seen,
            is_over,
            thread: Some(thread),
        })
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            // It has panicked, and said so.
            let _ = thread.join();
        }
    }
}
