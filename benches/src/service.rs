//! What a service costs while nothing happens: one idle poll with 1, 100 and 1000 connections; and the system calls of
//! receiving.

pub(crate) mod report;

mod ours;
mod raw_mio;
#[cfg(feature = "peers")]
mod rival;

mod quiet;
mod receiving;

pub use report::main;

use std::net::SocketAddr;

use crate::harness::{Answer, Result, Work};

/// Connections that are watched, to a server that sends nothing.
trait Watch {
    /// One turn; returns how many messages have come.
    fn poll(&mut self) -> Result<usize>;

    /// How many connections stand.
    fn connected(&self) -> usize;
}

/// Opens so many connections to a server and polls until all stand.
type Connect = fn(SocketAddr, usize) -> Result<Box<dyn Watch>>;

/// Who is measured.
const WATCHERS: &[(&str, Connect)] = &[
    ("raw mio", |server, count| {
        Ok(Box::new(raw_mio::Connections::open(server, count)?))
    }),
    #[cfg(feature = "peers")]
    ("rival (mio)", |server, count| {
        Ok(Box::new(rival::Service::open(server, count)?))
    }),
    #[cfg(target_os = "linux")]
    (OURS_IO_URING, |server, count| {
        let selector = boom_select::IoUringSelector::new()?;
        Ok(Box::new(
            ours::Service::<_, boom_select::IoUringStream>::open(selector, server, count)?,
        ))
    }),
    (OURS, |server, count| {
        let selector = boom_select::MioSelector::new()?;
        Ok(Box::new(ours::Service::<_, boom_select::MioStream>::open(
            selector, server, count,
        )?))
    }),
];

const OURS: &str = "ours (mio)";
const OURS_IO_URING: &str = "ours (io_uring)";

/// Says why somebody cannot be measured here.
fn missing(name: &str) -> Option<String> {
    #[cfg(target_os = "linux")]
    if name == OURS_IO_URING
        && let Err(error) = boom_select::IoUringSelector::new()
    {
        return Some(error.to_string());
    }
    let _ = name;
    None
}

/// Polls as work: one poll is one message.
struct IdlePolls {
    /// Keeps the other ends open.
    _server: quiet::Server,
    watch: Box<dyn Watch>,
}

impl IdlePolls {
    fn new(connect: Connect, connections: usize) -> Result<Self> {
        let server = quiet::Server::start()?;
        let mut watch = connect(server.address(), connections)?;
        if watch.connected() != connections {
            return Err(format!("{} connections of {connections}", watch.connected()).into());
        }
        // What connecting has left to be done is done now.
        for _ in 0..100 {
            watch.poll()?;
        }
        Ok(Self {
            _server: server,
            watch,
        })
    }
}

impl Work for IdlePolls {
    fn answer(&mut self, messages: u64) -> Result<Answer> {
        self.run(messages)?;
        Ok(Answer::new())
    }

    fn run(&mut self, messages: u64) -> Result<()> {
        for _ in 0..messages {
            if self.watch.poll()? != 0 {
                return Err("a message came from a quiet server".into());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyone_connects_and_stays_idle() {
        for (name, connect) in WATCHERS {
            if let Some(reason) = missing(name) {
                eprintln!("{name} is left out: {reason}");
                continue;
            }
            let mut polls = IdlePolls::new(*connect, 3).unwrap();
            assert_eq!(polls.watch.connected(), 3, "{name}");
            assert_eq!(polls.answer(10).unwrap(), Answer::new(), "{name}");
        }
    }

    #[test]
    fn ours_receive_every_message() {
        for (name, connect) in WATCHERS {
            if ![OURS, OURS_IO_URING].contains(name) || missing(name).is_some() {
                continue;
            }
            let mut work = receiving::Receiving::new(*connect, 1000).unwrap();
            work.run().unwrap();
            work.end().unwrap();
        }
    }
}
