//! A stream in memory whose other end is a server of rustls: what a client costs, and nothing of a socket.

use std::cell::RefCell;
use std::fmt;
use std::io::{self, ErrorKind, Read, Write};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::{HandshakeKind, ServerConfig, ServerConnection};

use super::GREETING;
use crate::harness::Result;

/// Both ends; clones are the same pair.
#[derive(Clone)]
pub(super) struct Pair(Rc<RefCell<Ends>>);

struct Ends {
    server: ServerConnection,
    to_server: Vec<u8>,
    to_client: Vec<u8>,
    /// How much of `to_client` was read.
    at: usize,
    /// What one read gives at most.
    read_size: usize,
    has_greeted: bool,
    /// True once nobody listens to what the client sends.
    is_deaf: bool,
    /// Time spent on the server's side.
    served: Duration,
}

impl Pair {
    pub(super) fn new(config: &Arc<ServerConfig>) -> Result<Self> {
        let mut server = ServerConnection::new(Arc::clone(config))?;
        server.set_buffer_limit(None);
        Ok(Self(Rc::new(RefCell::new(Ends {
            server,
            to_server: Vec::new(),
            to_client: Vec::new(),
            at: 0,
            read_size: usize::MAX,
            has_greeted: false,
            is_deaf: false,
            served: Duration::ZERO,
        }))))
    }

    /// Has the server encrypt all of `messages`, a record each, to be read a record at a time or as many as a read asks for.
    /// The client is not listened to any more.
    pub(super) fn load<'a>(
        &self,
        messages: impl Iterator<Item = &'a [u8]>,
        is_apart: bool,
    ) -> Result<()> {
        let ends = &mut *self.0.borrow_mut();
        ends.is_deaf = true;
        ends.to_client.drain(..ends.at);
        ends.at = 0;
        let before = ends.to_client.len();
        for message in messages {
            ends.server.writer().write_all(message)?;
            let record = ends.to_client.len();
            ends.give()?;
            if is_apart {
                ends.read_size = ends.to_client.len() - record;
            }
        }
        if before > 0 {
            return Err("something was left to be read".into());
        }
        Ok(())
    }

    /// Time spent on the server's side.
    pub(super) fn served(&self) -> Duration {
        self.0.borrow().served
    }

    pub(super) fn is_resumed(&self) -> bool {
        self.0.borrow().server.handshake_kind() == Some(HandshakeKind::Resumed)
    }
}

impl Ends {
    fn serve(&mut self) -> Result<()> {
        let start = Instant::now();
        let mut received = &self.to_server[..];
        while !received.is_empty() {
            self.server.read_tls(&mut received)?;
            self.server.process_new_packets()?;
        }
        self.to_server.clear();
        if !self.server.is_handshaking() && !self.has_greeted {
            self.has_greeted = true;
            self.server.writer().write_all(&[GREETING])?;
        }
        self.give()?;
        self.served += start.elapsed();
        Ok(())
    }

    fn give(&mut self) -> io::Result<()> {
        while self.server.wants_write() {
            self.server.write_tls(&mut self.to_client)?;
        }
        Ok(())
    }
}

impl Read for Pair {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let ends = &mut *self.0.borrow_mut();
        if ends.at == ends.to_client.len() && !ends.is_deaf {
            ends.serve()
                .map_err(|error| io::Error::other(error.to_string()))?;
        }
        let waiting = &ends.to_client[ends.at..];
        let count = waiting.len().min(out.len()).min(ends.read_size);
        if count == 0 {
            return Err(ErrorKind::WouldBlock.into());
        }
        out[..count].copy_from_slice(&waiting[..count]);
        ends.at += count;
        Ok(count)
    }
}

impl Write for Pair {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let ends = &mut *self.0.borrow_mut();
        if !ends.is_deaf {
            ends.to_server.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Debug for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pair").finish_non_exhaustive()
    }
}
