//! The other end: accepts every connection, and sends what it is told to, over a connection that is for that alone.
//!
//! It is a thread, or a process of its own: a process may open only so many descriptors, and what the other end holds
//! shall not count as memory of the client.

mod serve;

pub(crate) use serve::RESUMED;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use rustix::io::{FdFlags, fcntl_setfd};
use rustix::net::sockopt::set_socket_reuseaddr;
use rustix::net::{AddressFamily, SocketType, bind, socket};

use crate::harness::Result;

/// What the server does with a connection that it has accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Serving {
    /// Nothing.
    Silence,
    /// The handshake of WebSocket, and one message.
    Plain,
    /// The same over TLS.
    Tls,
}

impl Serving {
    const ALL: [Self; 3] = [Self::Silence, Self::Plain, Self::Tls];

    const fn name(self) -> &'static str {
        match self {
            Self::Silence => "silence",
            Self::Plain => "plain",
            Self::Tls => "tls",
        }
    }
}

/// A running server; it and its connections end when this is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    control: TcpStream,
    authority: Vec<u8>,
    process: Option<Child>,
}

/// The first argument of a process that is a server.
pub(super) const SERVE: &str = "serve";

/// What a server can be told, followed by a number.
const WAIT_FOR: u8 = b'w';
const SEND_TO_ALL: u8 = b's';
const DELIVER: u8 = b'd';
/// What it answers.
const DONE: u8 = b'.';

impl Server {
    /// Starts a thread. Of the connections it keeps the last `keep`.
    pub(crate) fn in_thread(serving: Serving, keep: usize) -> Result<Self> {
        let listener = listen()?;
        let address = listener.local_addr()?;
        std::thread::spawn(move || {
            if let Err(error) = serve::serve(&listener, serving, keep) {
                eprintln!("the server failed: {error}");
            }
        });
        Self::attach(address, None)
    }

    /// Starts this program again as a server.
    pub(super) fn in_process(serving: Serving, keep: usize) -> Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .args([SERVE, serving.name(), &keep.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        if let Some(output) = process.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        let address = line.trim().parse()?;
        Self::attach(address, Some(process))
    }

    fn attach(address: SocketAddr, process: Option<Child>) -> Result<Self> {
        let mut control = TcpStream::connect(address)?;
        control.set_nodelay(true)?;
        let mut length = [0; 8];
        control.read_exact(&mut length)?;
        let mut authority = vec![0; u64::from_le_bytes(length) as usize];
        control.read_exact(&mut authority)?;
        Ok(Self {
            address,
            control,
            authority,
            process,
        })
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The certificate, in DER, of the authority behind its own; empty without TLS.
    pub(crate) fn authority(&self) -> &[u8] {
        &self.authority
    }

    /// Returns when the server has accepted `count` connections.
    pub(super) fn wait_for(&mut self, count: usize) -> Result<()> {
        self.tell(WAIT_FOR, count as u64)?;
        self.done()
    }

    /// Has `messages` sent to every connection, and returns when that is done.
    pub(super) fn send_to_all(&mut self, messages: u64) -> Result<()> {
        self.tell(SEND_TO_ALL, messages)?;
        self.done()
    }

    /// Has so many messages sent to one connection, in the middle of those kept, each when the one before is
    /// [`acknowledge`](Self::acknowledge)d.
    pub(super) fn deliver(&mut self, messages: u64) -> Result<()> {
        self.tell(DELIVER, messages)
    }

    pub(super) fn acknowledge(&mut self) -> Result<()> {
        Ok(self.control.write_all(&[DONE])?)
    }

    fn tell(&mut self, order: u8, number: u64) -> Result<()> {
        let mut bytes = [order; 9];
        bytes[1..].copy_from_slice(&number.to_le_bytes());
        Ok(self.control.write_all(&bytes)?)
    }

    fn done(&mut self) -> Result<()> {
        Ok(self.control.read_exact(&mut [0])?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Its thread or process ends by itself when it finds that out.
        let _ = self.control.shutdown(std::net::Shutdown::Both);
        if let Some(process) = &mut self.process {
            let _ = process.wait();
        }
    }
}

/// What a process that was started as a server does.
pub(super) fn main(arguments: &[String]) -> Result<()> {
    let [name, keep] = arguments else {
        return Err("serve SERVING KEEP".into());
    };
    let serving = Serving::ALL
        .into_iter()
        .find(|serving| serving.name() == name);
    let listener = listen()?;
    println!("{}", listener.local_addr()?);
    serve::serve(
        &listener,
        serving.ok_or("no such way to serve")?,
        keep.parse()?,
    )
}

fn listen() -> Result<TcpListener> {
    listen_at((Ipv4Addr::LOCALHOST, 0).into())
}

/// How many connects may wait to be accepted. The standard library's 128 are too few for a thousand at once: a client whose
/// connect finds no room believes that it is connected, and the server never hears of it.
const BACKLOG: i32 = 4096;

/// Listens, be it where an earlier listener was.
pub(super) fn listen_at(address: SocketAddr) -> Result<TcpListener> {
    let family = match address {
        SocketAddr::V4(_) => AddressFamily::INET,
        SocketAddr::V6(_) => AddressFamily::INET6,
    };
    let socket = socket(family, SocketType::STREAM, None)?;
    fcntl_setfd(&socket, FdFlags::CLOEXEC)?;
    set_socket_reuseaddr(&socket, true)?;
    bind(&socket, &address)?;
    rustix::net::listen(&socket, BACKLOG)?;
    Ok(socket.into())
}
