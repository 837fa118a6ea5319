//! What the selector keeps for one registered socket.

use std::collections::VecDeque;
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::sys::{Bell, Received};
use crate::{Readiness, Token};

/// A socket, owned by its stream and, while it is registered, by the selector too: its descriptor stays that of this
/// socket as long as an operation may be started on it.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) socket: TcpStream,
    /// It is registered with a selector.
    is_watched: AtomicBool,
}

impl Shared {
    pub(super) const fn new(socket: TcpStream) -> Self {
        Self {
            socket,
            is_watched: AtomicBool::new(false),
        }
    }

    #[inline]
    pub(super) fn is_watched(&self) -> bool {
        self.is_watched.load(Ordering::Relaxed)
    }

    pub(super) fn set_watched(&self, is_watched: bool) {
        self.is_watched.store(is_watched, Ordering::Relaxed);
    }
}

/// What streams tell their selector, from whatever thread: the bell has the next poll look here. Nothing of it is on the
/// usual path.
#[derive(Debug)]
pub(super) struct Mailbox {
    notes: Mutex<Vec<Note>>,
    bell: Bell,
}

/// What a stream tells.
#[derive(Clone, Copy, Debug)]
pub(super) struct Note {
    pub(super) slot: u32,
    pub(super) generation: u32,
    pub(super) news: News,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// The stream was dropped while it was registered.
    Dropped,
    /// Bytes that had been copied out of a buffer are gone.
    CopyRead,
}

impl Mailbox {
    pub(super) const fn new(bell: Bell) -> Self {
        Self {
            notes: Mutex::new(Vec::new()),
            bell,
        }
    }

    pub(super) fn add(&self, note: Note) {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        notes.push(note);
        drop(notes);
        self.bell.ring();
    }

    pub(super) fn take(&self) -> Vec<Note> {
        std::mem::take(&mut self.notes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// How the bytes of a socket have ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The peer sends no more.
    Closed,
    /// The kernel's error, by its number.
    Failed(i32),
}

/// Bytes that have arrived together.
#[derive(Debug)]
pub(super) enum Part {
    /// In the buffer that the kernel received into.
    Lent(Received),
    /// Copied out of it, because too few would be left, or the stream keeps too many already.
    Copied(Copied),
}

impl Part {
    #[inline]
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Lent(received) => received.bytes(),
            Self::Copied(copied) => &copied.bytes[copied.start..],
        }
    }

    /// Notes that `count` of the bytes have been read.
    pub(super) fn consume(&mut self, count: usize) {
        match self {
            Self::Lent(received) => received.consume(count),
            Self::Copied(copied) => copied.start = (copied.start + count).min(copied.bytes.len()),
        }
    }
}

/// Bytes that need no buffer any more.
#[derive(Debug)]
pub(super) struct Copied {
    bytes: Vec<u8>,
    /// Where those begin that have not been read.
    start: usize,
    /// Who counts them, and for whom.
    counted: Option<(Weak<Mailbox>, u32, u32)>,
}

impl Copied {
    pub(super) fn new(bytes: &[u8], counted: Option<(Weak<Mailbox>, u32, u32)>) -> Self {
        Self {
            bytes: bytes.to_vec(),
            start: 0,
            counted,
        }
    }
}

impl Drop for Copied {
    fn drop(&mut self) {
        let Some((mailbox, slot, generation)) = &self.counted else {
            return;
        };
        if let Some(mailbox) = mailbox.upgrade() {
            mailbox.add(Note {
                slot: *slot,
                generation: *generation,
                news: News::CopyRead,
            });
        }
    }
}

/// Bytes in the order of their arrival, then perhaps their end.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    pub(super) received: VecDeque<Part>,
    pub(super) end: Option<End>,
}

impl Inbox {
    /// Adds what is in a later one, and leaves that empty.
    #[inline]
    pub(super) fn append(&mut self, later: &mut Self) {
        if self.received.is_empty() {
            std::mem::swap(&mut self.received, &mut later.received);
        } else {
            self.received.append(&mut later.received);
        }
        self.end = self.end.or_else(|| later.end.take());
    }

    /// Copies what is in the kernel's buffers and gives those back.
    pub(super) fn give_back(&mut self) {
        for part in &mut self.received {
            if let Part::Lent(received) = part {
                *part = Part::Copied(Copied::new(received.bytes(), None));
            }
        }
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.received.is_empty() && self.end.is_none()
    }
}

/// How an operation of the kernel stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    /// Not started, or ended for good.
    Off,
    /// Its last completion has not come.
    Active,
    /// So is this one, and the kernel was told to end it.
    Cancelled,
    /// Ended; starts again when the stream has read enough.
    Paused,
    /// Ended; starts again when there is a buffer.
    Starved,
}

impl Operation {
    /// The kernel has it.
    pub(super) const fn runs(self) -> bool {
        matches!(self, Self::Active | Self::Cancelled)
    }
}

/// A registered socket.
#[derive(Debug)]
pub(super) struct Watch {
    pub(super) token: Token,
    pub(super) shared: Arc<Shared>,
    /// The stream reads for itself, and is told when.
    pub(super) is_polled: bool,
    /// What has arrived and was not delivered.
    pub(super) inbox: Inbox,
    /// What is to be reported.
    pub(super) readiness: Readiness,
    /// Is on the list of those that have something to report.
    pub(super) is_touched: bool,
    pub(super) receive: Operation,
    pub(super) writable: Operation,
    /// Parts that the stream has not read, delivered or not.
    pub(super) parts: u32,
    /// The connect has failed, or the connection has before a receive was started: the stream finds out by itself.
    pub(super) has_failed: bool,
    /// A receive was started, so its own end decides whether another is.
    pub(super) has_received: bool,
    /// Its operations are being ended, and it goes when they are done,
    pub(super) is_closing: bool,
    /// but not before its bytes have been taken.
    pub(super) is_awaited: bool,
}

impl Watch {
    pub(super) fn new(token: Token, shared: Arc<Shared>) -> Self {
        Self {
            token,
            shared,
            is_polled: false,
            inbox: Inbox::default(),
            readiness: Readiness::default(),
            is_touched: false,
            receive: Operation::Off,
            writable: Operation::Off,
            parts: 0,
            has_failed: false,
            has_received: false,
            is_closing: false,
            is_awaited: false,
        }
    }

    pub(super) const fn is_done(&self) -> bool {
        !self.receive.runs() && !self.writable.runs()
    }
}

/// A place for a registered socket, used again and again.
#[derive(Debug, Default)]
pub(super) struct Slot {
    /// Which use of the place this is; 30 bits.
    pub(super) generation: u32,
    pub(super) watch: Option<Watch>,
}

/// What an operation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Receive,
    Writable,
    Cancel,
    Close,
}

/// The number of an operation: what for, in which slot, in which use of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) slot: u32,
    pub(super) generation: u32,
    pub(super) kind: Kind,
}

pub(super) const GENERATION_MASK: u32 = (1 << 30) - 1;

impl From<Name> for u64 {
    fn from(name: Name) -> Self {
        let kind = match name.kind {
            Kind::Receive => 0,
            Kind::Writable => 1,
            Kind::Cancel => 2,
            Kind::Close => 3,
        };
        Self::from(name.generation) << 34 | kind << 32 | Self::from(name.slot)
    }
}

impl From<u64> for Name {
    #[inline]
    fn from(packed: u64) -> Self {
        Self {
            slot: packed as u32,
            generation: (packed >> 34) as u32,
            kind: match packed >> 32 & 3 {
                0 => Kind::Receive,
                1 => Kind::Writable,
                2 => Kind::Cancel,
                _ => Kind::Close,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_packed_without_loss() {
        for slot in [0, 7, u32::MAX] {
            for generation in [0, 5, GENERATION_MASK] {
                for kind in [Kind::Receive, Kind::Writable, Kind::Cancel, Kind::Close] {
                    let name = Name {
                        slot,
                        generation,
                        kind,
                    };
                    assert_eq!(Name::from(u64::from(name)), name);
                }
            }
        }
    }
}
