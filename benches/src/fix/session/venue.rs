//! The other end of round trips, the same for everybody: a session of ours that answers each order by a report.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};

use boom_fix::BeginString;
use boom_fix::session::{Event, FixConnection, MemoryStore, Session, SessionConfig, SessionError};

use crate::fix::messages::reports;
use crate::harness::Result;
use crate::harness::cores::{Side, pin};

type Connection = FixConnection<TcpStream, MemoryStore>;

/// Fields of a report behind its header.
type Report = Vec<(u32, String)>;

/// A thread on the other core that polls the connection whose turn it is.
pub(super) struct Venue {
    pub(super) address: SocketAddr,
    turn: Arc<AtomicUsize>,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Venue {
    pub(super) fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (turn, is_over) = (Arc::new(AtomicUsize::new(0)), Arc::default());
        let serving = Serving {
            listener,
            turn: Arc::clone(&turn),
            is_over: Arc::clone(&is_over),
            connections: Vec::new(),
            reports: reports().iter().map(|report| fields(report)).collect(),
        };
        let thread = thread::spawn(move || serving.serve());
        Ok(Self {
            address,
            turn,
            is_over,
            thread: Some(thread),
        })
    }

    /// Whose turn it is, in the order in which they connect.
    pub(super) fn turn(&self, who: usize) {
        self.turn.store(who, Ordering::Release);
    }
}

impl Drop for Venue {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn fields(report: &str) -> Report {
    let fields = report.split('|').filter_map(|field| field.split_once('='));
    let fields = fields.filter_map(|(tag, value)| Some((tag.parse().ok()?, value.to_owned())));
    fields.collect()
}

struct Serving {
    listener: TcpListener,
    turn: Arc<AtomicUsize>,
    is_over: Arc<AtomicBool>,
    connections: Vec<Option<Connection>>,
    reports: Vec<Report>,
}

impl Serving {
    fn serve(mut self) {
        let _pinned = pin(Side::Server);
        while !self.is_over.load(Ordering::Acquire) {
            let turn = self.turn.load(Ordering::Acquire);
            if self.connections.len() <= turn
                && let Ok(connection) = self.accept()
            {
                self.connections.push(Some(connection));
            }
            if let Some(place) = self.connections.get_mut(turn)
                && let Some(connection) = place
                && poll(connection, &self.reports).is_err()
            {
                // Who was there has gone, which its own end tells better.
                *place = None;
            }
        }
    }

    fn accept(&self) -> std::result::Result<Connection, SessionError> {
        let (stream, _) = self.listener.accept()?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        let config = SessionConfig::acceptor(BeginString::Fix44, "VENUE", "BUYER");
        FixConnection::new(stream, Session::new(config, MemoryStore::new())?)
    }
}

fn poll(connection: &mut Connection, reports: &[Report]) -> std::result::Result<(), SessionError> {
    let (session, inbox, now) = connection.read_batch()?;
    while let Some(event) = session.poll_event(inbox, now)? {
        if let Event::Message(order) = event {
            let index = order.number.wrapping_sub(2) as usize % reports.len();
            let report = reports.get(index).ok_or_else(no_report)?;
            session.send("8", now, |message| {
                for (tag, value) in report {
                    message.text(*tag, value);
                }
            })?;
        }
    }
    connection.flush().map(drop)
}

fn no_report() -> io::Error {
    io::ErrorKind::NotFound.into()
}
