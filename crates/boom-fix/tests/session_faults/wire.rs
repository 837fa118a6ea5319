//! A TCP connection in memory: bytes in order or not at all, in pieces, late, and cut off at any byte.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::rc::Rc;

use boom_stream::TimeSource;
use boom_testkit::clock::ManualClock;
use boom_testkit::sim::Random;

use crate::store::Process;

/// How a connection behaves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner {
    pub(crate) latency_ns: u64,
    /// Reads and writes of less than there is, of a thousand.
    pub(crate) short: u32,
    /// How many bytes are on the way at most.
    pub(crate) window: usize,
    /// What befalls it, and when so many bytes were sent by that side.
    pub(crate) fate: Option<(Fate, usize, u64)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Both ends hear of it, at once: what is on the way is lost.
    Reset,
    /// Both ends hear of it behind what was sent.
    End,
    /// Nobody hears of it, or of anything.
    Silence,
}

#[derive(Debug, Default)]
struct Way {
    /// Bytes, and when they arrive.
    pieces: VecDeque<(u64, Vec<u8>)>,
    length: usize,
    sent: u64,
    is_ended: bool,
    /// Nothing arrives before that.
    stalled_until: u64,
}

#[derive(Debug)]
pub(crate) struct Wire {
    manner: Manner,
    clock: ManualClock,
    random: Random,
    /// From each side to the other.
    ways: [Way; 2],
    is_reset: [bool; 2],
    is_silent: bool,
    pub(crate) fates: u64,
}

impl Wire {
    pub(crate) fn new(manner: Manner, clock: ManualClock, random: Random) -> Rc<RefCell<Self>> {
        Rc::new(RefCell::new(Self {
            manner,
            clock,
            random,
            ways: Default::default(),
            is_reset: [false; 2],
            is_silent: false,
            fates: 0,
        }))
    }

    pub(crate) fn meet(&mut self, fate: Fate) {
        self.fates += 1;
        match fate {
            Fate::Reset => {
                self.is_reset = [true; 2];
                self.ways = Default::default();
            }
            Fate::End => self.ways.iter_mut().for_each(|way| way.is_ended = true),
            Fate::Silence => {
                self.is_silent = true;
                self.ways.iter_mut().for_each(|way| way.pieces.clear());
            }
        }
    }

    /// Nothing arrives for so long.
    pub(crate) fn stall(&mut self, side: usize, for_ns: u64) {
        self.ways[side].stalled_until = self.clock.now_ns() + for_ns;
    }

    /// Nothing goes wrong from now on but what went wrong before.
    pub(crate) fn calm_down(&mut self, manner: Manner) {
        self.manner = Manner {
            fate: None,
            ..manner
        };
    }

    /// Nothing is on the way, and something could be.
    pub(crate) fn is_idle(&self) -> bool {
        let is_broken = self.is_silent || self.is_reset[0] || self.is_reset[1];
        !is_broken && self.ways.iter().all(|way| way.length == 0 && !way.is_ended)
    }

    fn write(&mut self, side: usize, bytes: &[u8]) -> io::Result<usize> {
        if self.is_reset[side] {
            return Err(ErrorKind::ConnectionReset.into());
        }
        if self.ways[side].is_ended {
            return Err(ErrorKind::BrokenPipe.into());
        }
        let room = self.manner.window.saturating_sub(self.ways[side].length);
        let mut count = bytes.len().min(room);
        if self.random.chance(self.manner.short) {
            count = self.random.below(count as u64 + 1) as usize;
        }
        let mut fated = None;
        if let Some((fate, of, at)) = self.manner.fate
            && of == side
        {
            let left = at.saturating_sub(self.ways[side].sent);
            if left <= count as u64 {
                count = left as usize;
                fated = Some(fate);
                self.manner.fate = None;
            }
        }
        if count == 0 && fated.is_none() {
            return Err(ErrorKind::WouldBlock.into());
        }
        let arrives = self.clock.now_ns() + self.random.below(self.manner.latency_ns + 1);
        let way = &mut self.ways[side];
        way.sent += count as u64;
        way.length += count;
        let last = way.pieces.back().map_or(0, |(at, _)| *at);
        if count > 0 && !self.is_silent {
            way.pieces
                .push_back((arrives.max(last), bytes[..count].to_vec()));
        }
        if let Some(fate) = fated {
            self.meet(fate);
            if count == 0 {
                return Err(ErrorKind::WouldBlock.into());
            }
        }
        Ok(count)
    }

    fn read(&mut self, side: usize, buffer: &mut [u8]) -> io::Result<usize> {
        if self.is_reset[side] {
            return Err(ErrorKind::ConnectionReset.into());
        }
        let now = self.clock.now_ns();
        let way = &mut self.ways[1 - side];
        if now < way.stalled_until {
            return Err(ErrorKind::WouldBlock.into());
        }
        let Some((at, piece)) = way.pieces.front_mut() else {
            return if way.is_ended {
                Ok(0)
            } else {
                Err(ErrorKind::WouldBlock.into())
            };
        };
        if now < *at {
            return Err(ErrorKind::WouldBlock.into());
        }
        let mut count = piece.len().min(buffer.len());
        if self.random.chance(self.manner.short) {
            count = self.random.part_of(count);
        }
        buffer[..count].copy_from_slice(&piece[..count]);
        piece.drain(..count);
        way.length -= count;
        if piece.is_empty() {
            way.pieces.pop_front();
        }
        Ok(count)
    }
}

/// One end of a connection. Dropped, it is closed.
#[derive(Debug)]
pub(crate) struct End {
    pub(crate) wire: Rc<RefCell<Wire>>,
    pub(crate) side: usize,
    pub(crate) process: Rc<Process>,
}

impl Drop for End {
    fn drop(&mut self) {
        let mut wire = self.wire.borrow_mut();
        if !wire.is_silent {
            let (side, other) = (self.side, 1 - self.side);
            wire.ways[side].is_ended = true;
            // Nobody reads it any more.
            wire.ways[other] = Way {
                is_ended: true,
                ..Way::default()
            };
        }
    }
}

impl Read for End {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.process.is_dead.get() {
            return Err(ErrorKind::NotConnected.into());
        }
        self.wire.borrow_mut().read(self.side, buffer)
    }
}

impl Write for End {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.process.is_dead.get() {
            return Err(ErrorKind::NotConnected.into());
        }
        self.wire.borrow_mut().write(self.side, bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
