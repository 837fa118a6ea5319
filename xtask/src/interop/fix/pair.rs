//! Two programs that speak with each other through a relay.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use super::Random;
use super::journal::Agreement;
use super::relay::Relay;
use super::side::Side;
use super::wire::Seen;
use crate::interop::proxy::free_ports;
use crate::report::{Failure, Result};

/// How long both may take until they have the same numbers again.
const LIMIT: Duration = Duration::from_secs(20);

/// How often one who waits looks whether both still run.
const TURN: Duration = Duration::from_millis(100);

pub(super) struct Pair {
    pub(super) initiator: Side,
    pub(super) acceptor: Side,
    pub(super) relay: Relay,
}

/// Makes the command for a port, a folder and a seed.
pub(super) type Make = Box<dyn Fn(u16, &Path, u64) -> Command + Send>;

/// One end of a pair, before it is started.
pub(super) struct End {
    pub(super) name: String,
    pub(super) make: Make,
}

impl Pair {
    /// Starts both.
    pub(super) fn start(
        initiator: End,
        acceptor: End,
        folder: PathBuf,
        random: &mut Random,
    ) -> Result<Self> {
        let port = free_ports(1)?.pop().unwrap_or_default();
        let place = folder.join("acceptor");
        let mut acceptor = Side::acceptor(acceptor, port, place, Random::new(random.next()))?;
        acceptor.start()?;
        let relay = Relay::start(port, Random::new(random.next()))?;
        let (port, place) = (relay.port(), folder.join("initiator"));
        let mut initiator = Side::initiator(initiator, port, place, Random::new(random.next()))?;
        initiator.start()?;
        let pair = Self {
            initiator,
            acceptor,
            relay,
        };
        pair.wait_for_logon()?;
        Ok(pair)
    }

    pub(super) fn wait_for_logon(&self) -> Result<()> {
        self.initiator.wait_for("logged on")?;
        self.acceptor.wait_for("logged on").map(drop)
    }

    pub(super) fn wait_for_logout(&self) -> Result<()> {
        self.initiator.wait_for("logged out")?;
        self.acceptor.wait_for("logged out").map(drop)
    }

    pub(super) fn side(&mut self, is_initiator: bool) -> &mut Side {
        if is_initiator {
            &mut self.initiator
        } else {
            &mut self.acceptor
        }
    }

    /// Waits until what the relay was told to do happens.
    pub(super) fn wait_for_moment(&mut self, limit: Duration) -> Result<()> {
        let deadline = Instant::now() + limit;
        while !self.relay.wait_for_moment(TURN) {
            if self.initiator.has_ended() || self.acceptor.has_ended() {
                return Err(Failure::new("a side has ended by itself"));
            }
            if Instant::now() > deadline {
                return Err(Failure::new("nothing passed any more"));
            }
        }
        Ok(())
    }

    /// Waits until each has received what the other has sent.
    pub(super) fn settle(&mut self) -> Result<()> {
        let deadline = Instant::now() + LIMIT;
        loop {
            let (initiator, acceptor) = (self.initiator.numbers()?, self.acceptor.numbers()?);
            if initiator == (acceptor.1, acceptor.0) {
                return Ok(());
            }
            if Instant::now() > deadline {
                return Err(Failure::new(format!(
                    "{} stands at {initiator:?}, and {} at {acceptor:?} (next to send, next to receive)",
                    self.initiator.name(),
                    self.acceptor.name()
                )));
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// What both do, and what passed last, for one who looks for a fault.
    pub(super) fn condition(&mut self) -> String {
        let seen = self.relay.seen();
        let last = seen.iter().rev().take(12).rev();
        let last: Vec<_> = last.map(Seen::sign).collect();
        let (initiator, acceptor) = (self.initiator.condition(), self.acceptor.condition());
        format!(
            "{initiator}; {acceptor}; the last that passed: {}",
            last.join(" ")
        )
    }

    /// Compares the journals: what the initiator sent, and what the acceptor sent.
    pub(super) fn compare(&self) -> Result<[Agreement; 2]> {
        let (initiator, acceptor) = (self.initiator.journal()?, self.acceptor.journal()?);
        let between = |from: &Side, to: &Side, result: Result<Agreement>| {
            let names = format!("from {} to {}", from.name(), to.name());
            result.map_err(|failure| Failure::new(format!("{names}: {failure}")))
        };
        Ok([
            between(
                &self.initiator,
                &self.acceptor,
                initiator.compare(&acceptor),
            )?,
            between(
                &self.acceptor,
                &self.initiator,
                acceptor.compare(&initiator),
            )?,
        ])
    }
}
