//! Sessions: from an order to the wire, from the wire to the application, and a million messages sent again.

#[cfg(feature = "fix-peers")]
mod ironfix;
mod ours;
mod pipe;
#[cfg(feature = "fix-peers")]
mod quickfix;
mod report;
mod resend;
mod script;
mod table;
mod venue;

use std::fmt;
use std::net::SocketAddr;

pub(super) use report::{golden, main};

use crate::harness::{Result, Work};

/// A session that has logged on as the buyer.
trait Party: Work {
    /// Gets ready what is to come in, for so many messages.
    fn prepare(&mut self, messages: u64) -> Result<()>;

    /// Nanoseconds that each of so many took.
    fn times(&mut self, messages: u64) -> Result<Vec<u64>>;
}

/// What is done with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// An order is written, kept, and given to the wire.
    Send,
    /// Bytes come from the wire; the application reads the report in them, and its number is kept.
    Receive,
    /// An order goes over TCP to a venue, and its report is read.
    RoundTrip,
}

/// Where the session keeps messages and numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keeps {
    Memory,
    None,
    Flush,
    Fsync,
}

/// What somebody is to do.
#[derive(Clone, Copy, Debug)]
struct Job {
    way: Way,
    keeps: Keeps,
    /// Where the venue is, for round trips.
    venue: Option<SocketAddr>,
}

impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way = match self.way {
            Way::Send => "order to wire",
            Way::Receive => "wire to callback",
            Way::RoundTrip => "round trip",
        };
        let keeps = match self.keeps {
            Keeps::Memory => "in memory",
            Keeps::None => "in files, None",
            Keeps::Flush => "in files, Flush",
            Keeps::Fsync => "in files, Fsync",
        };
        write!(f, "{way}, {keeps}")
    }
}

type Make = fn(Job) -> Result<Box<dyn Party>>;

/// Who takes part in a job: ours first.
#[cfg_attr(
    not(feature = "fix-peers"),
    expect(unused_variables, reason = "nobody else chooses")
)]
fn parties(job: Job) -> Vec<(&'static str, Make)> {
    #[cfg_attr(
        not(feature = "fix-peers"),
        expect(unused_mut, reason = "nobody joins")
    )]
    let mut parties: Vec<(&'static str, Make)> = vec![("ours", ours::make)];
    #[cfg(feature = "fix-peers")]
    {
        // Nobody else leaves messages in memory of the process that are to go into a file, and QuickFIX never waits for the
        // disk.
        if matches!(job.keeps, Keeps::Memory | Keeps::Flush) && quickfix::missing().is_none() {
            parties.push((QUICKFIX, quickfix::make));
        }
        if job.keeps != Keeps::None {
            parties.push((IRONFIX, ironfix::make));
        }
    }
    parties
}

#[cfg(feature = "fix-peers")]
const QUICKFIX: &str = super::work::QUICKFIX;
#[cfg(feature = "fix-peers")]
const IRONFIX: &str = "ironfix";
