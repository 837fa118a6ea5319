//! One connection: what is on its way, and what waits to be read.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;

use boom_select::Readiness;

use super::peer::Peer;

/// Both ends of a connection, as the network sees them.
pub(super) struct Connection {
    pub(super) address: SocketAddr,
    pub(super) stage: Stage,
    /// What the next operation of the client's fails with.
    pub(super) error: Option<ErrorKind>,
    /// What has arrived and was not read.
    pub(super) inbox: VecDeque<u8>,
    /// The server's FIN has arrived.
    pub(super) is_finished: bool,
    /// Bytes that the client may write before the server has taken some.
    pub(super) room: usize,
    /// Takes nothing although there is room.
    pub(super) is_choked: bool,
    /// The client wants to know when there is room.
    pub(super) is_writer_waiting: bool,
    pub(super) peer: Option<Box<dyn Peer>>,
    /// The server has sent its FIN.
    pub(super) has_peer_finished: bool,
    /// When the last thing on its way arrives at the client.
    pub(super) inbound_until_ns: u64,
    /// When the last thing on its way arrives at the server.
    pub(super) outbound_until_ns: u64,
    /// Bytes, of both sides together, until something happens.
    pub(super) fate: Option<(usize, Fate)>,
    /// The client has dropped its end.
    pub(super) is_dropped: bool,
    /// Since when there is something to read that was not read.
    pub(super) readable_since_ns: Option<u64>,
    /// Since when there is room that a client waited for and has not used.
    pub(super) writable_since_ns: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Connecting,
    Up,
    /// Nothing passes any more, but neither side knows.
    Silent,
    /// Over: refused or reset.
    Down,
}

/// What a connection comes to before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Reset,
    Silence,
}

impl Connection {
    pub(super) fn new(address: SocketAddr, room: usize) -> Self {
        Self {
            address,
            stage: Stage::Connecting,
            error: None,
            inbox: VecDeque::new(),
            is_finished: false,
            room,
            is_choked: false,
            is_writer_waiting: false,
            peer: None,
            has_peer_finished: false,
            inbound_until_ns: 0,
            outbound_until_ns: 0,
            fate: None,
            is_dropped: false,
            readable_since_ns: None,
            writable_since_ns: None,
        }
    }

    /// Whether bytes pass.
    pub(super) fn is_up(&self) -> bool {
        self.stage == Stage::Up
    }

    /// What a report says, as epoll does: all that is so now.
    pub(super) fn readiness(&self) -> Readiness {
        let has_stood = self.stage != Stage::Connecting;
        let is_over = self.stage == Stage::Down;
        let mut readiness = Readiness::default();
        readiness.readable = has_stood && (!self.inbox.is_empty() || self.is_finished || is_over);
        readiness.writable = has_stood && (is_over || self.has_room());
        readiness.read_closed = is_over || self.is_finished;
        readiness.error = self.error.is_some();
        readiness
    }

    pub(super) const fn has_room(&self) -> bool {
        self.room > 0 && !self.is_choked
    }

    /// Counts `bytes` that one side sends, and returns how many of them get through, and what happens then.
    pub(super) fn pass(&mut self, bytes: usize) -> (usize, Option<Fate>) {
        match &mut self.fate {
            Some((left, fate)) if *left <= bytes => {
                let (passed, fate) = (*left, *fate);
                self.fate = None;
                (passed, Some(fate))
            }
            Some((left, _)) => {
                *left -= bytes;
                (bytes, None)
            }
            None => (bytes, None),
        }
    }

    /// What the client is told of the connect, as by `SO_ERROR`.
    pub(super) fn connected(&mut self) -> io::Result<bool> {
        if let Some(error) = self.error.take() {
            return Err(error.into());
        }
        match self.stage {
            Stage::Connecting => Ok(false),
            Stage::Up | Stage::Silent => Ok(true),
            Stage::Down => Err(ErrorKind::NotConnected.into()),
        }
    }

    /// Why there is nothing to read now: `Ok` at the end of the stream.
    pub(super) fn nothing_to_read(&mut self) -> io::Result<usize> {
        if let Some(error) = self.error.take() {
            return Err(error.into());
        }
        if self.is_finished || self.stage == Stage::Down {
            return Ok(0);
        }
        Err(ErrorKind::WouldBlock.into())
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("address", &self.address)
            .field("stage", &self.stage)
            .finish_non_exhaustive()
    }
}
