//! boom-fix.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use boom_fix::session::store::{Durability, FileStore};
use boom_fix::session::{Event, FixConnection, MemoryStore, Session, SessionConfig, Store};
use boom_fix::{BeginString, Decimal, MessageWriter, Precision, UtcTimestamp};

use super::pipe::{Pipe, Wire};
use super::script::{HEARTBEAT, Script, add_sent, read};
use super::{Job, Keeps, Party, Way};
use crate::fix::messages::{NOW_NS, Order, orders};
use crate::fix::sink::{Blind, Sink};
use crate::harness::scratch::Scratch;
use crate::harness::{Answer, Result, Work};

/// More than are sent: the index of the store grows by a block now and then beyond.
const RESERVED: usize = 1 << 18;

pub(super) fn make(job: Job) -> Result<Box<dyn Party>> {
    let durability = match job.keeps {
        // Small enough to be full before anything is measured: from then on each message takes the place of an older one.
        Keeps::Memory => return over_wire(job, MemoryStore::with_limits(512, 1 << 20), None),
        Keeps::None => Durability::None,
        Keeps::Flush => Durability::Flush,
        Keeps::Fsync => Durability::Fsync,
    };
    let scratch = Scratch::new()?;
    let builder = FileStore::builder(scratch.0.clone()).reserve_messages(RESERVED);
    let store = builder.durability(durability).open()?;
    over_wire(job, store, Some(scratch))
}

fn over_wire<T: Store + 'static>(
    job: Job,
    store: T,
    scratch: Option<Scratch>,
) -> Result<Box<dyn Party>> {
    if let Some(venue) = job.venue {
        let stream = TcpStream::connect(venue)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        return Ok(Box::new(Ours::log_on(job.way, stream, store, scratch)?));
    }
    Ok(Box::new(Ours::log_on(
        job.way,
        Pipe::default(),
        store,
        scratch,
    )?))
}

struct Ours<S, T> {
    way: Way,
    connection: FixConnection<S, T>,
    script: Script,
    orders: Vec<Order>,
    next: usize,
    /// Behind the store, which has it open.
    _scratch: Option<Scratch>,
}

pub(super) fn config() -> SessionConfig {
    SessionConfig::initiator(BeginString::Fix44, "BUYER", "VENUE")
        .with_heartbeat(Duration::from_secs(HEARTBEAT))
}

impl<S: Wire, T: Store> Ours<S, T> {
    fn log_on(way: Way, stream: S, store: T, scratch: Option<Scratch>) -> Result<Self> {
        let session = Session::new(config(), store)?;
        let mut ours = Self {
            way,
            connection: FixConnection::new(stream, session)?,
            script: Script::new(),
            orders: orders(),
            next: 0,
            _scratch: scratch,
        };
        let logon = ours.script.logon();
        if let Some(pipe) = ours.connection.stream_mut().pipe() {
            pipe.fill(vec![logon]);
        }
        let start = Instant::now();
        while !ours.connection.session().is_logged_on() {
            let (session, inbox, now) = ours.connection.read_batch()?;
            while session.poll_event(inbox, now)?.is_some() {}
            ours.connection.flush()?;
            if start.elapsed() > Duration::from_secs(5) {
                return Err("no logon".into());
            }
        }
        Ok(ours)
    }

    #[inline]
    fn one(&mut self, sink: &mut impl Sink) -> Result<()> {
        if self.way != Way::Receive {
            self.send()?;
        }
        if self.way != Way::Send {
            self.receive(sink)?;
        }
        Ok(())
    }

    #[inline]
    fn send(&mut self) -> Result<()> {
        let order = self.orders.get(self.next).ok_or("no order")?;
        self.next = (self.next + 1) % self.orders.len();
        let now = self.connection.now();
        self.connection
            .session_mut()
            .send("D", now, |message| write(message, order))?;
        if self.connection.flush()? {
            Ok(())
        } else {
            Err("the wire is full".into())
        }
    }

    /// Polls until a report has come.
    #[inline]
    fn receive(&mut self, sink: &mut impl Sink) -> Result<()> {
        let mut has_come = false;
        while !has_come {
            let (session, inbox, now) = self.connection.read_batch()?;
            while let Some(event) = session.poll_event(inbox, now)? {
                if let Event::Message(report) = event {
                    read(&report.message, sink)?;
                    has_come = true;
                }
            }
        }
        Ok(())
    }
}

/// As all others write it.
#[inline]
pub(super) fn write(message: &mut MessageWriter<'_>, order: &Order) {
    let time = UtcTimestamp::from_unix_nanos(NOW_NS, Precision::Millis);
    message.text(11, &order.id).text(1, "ACCT-0017");
    message.text(55, "MSFT").char(54, '1').timestamp(60, time);
    message.int(38, order.quantity).char(40, '2');
    message
        .decimal(44, Decimal::new(order.price, 2))
        .char(59, '0');
}

impl<S: Wire, T: Store> Party for Ours<S, T> {
    fn prepare(&mut self, messages: u64) -> Result<()> {
        if self.way == Way::Receive
            && let Some(pipe) = self.connection.stream_mut().pipe()
        {
            pipe.fill((0..messages).map(|_| self.script.report()).collect());
        }
        Ok(())
    }

    fn times(&mut self, messages: u64) -> Result<Vec<u64>> {
        let mut times = Vec::with_capacity(messages as usize);
        for _ in 0..messages {
            let start = Instant::now();
            self.one(&mut Blind)?;
            times.push(start.elapsed().as_nanos() as u64);
        }
        Ok(times)
    }
}

impl<S: Wire, T: Store> Work for Ours<S, T> {
    fn answer(&mut self, messages: u64) -> Result<Answer> {
        let mut answer = Answer::new();
        if let Some(pipe) = self.connection.stream_mut().pipe() {
            pipe.sent = Some(Vec::new());
        }
        for _ in 0..messages {
            self.one(&mut answer)?;
        }
        if let Some(pipe) = self.connection.stream_mut().pipe() {
            for order in pipe.sent.take().unwrap_or_default() {
                add_sent(&mut answer, &order);
            }
        }
        Ok(answer)
    }

    fn run(&mut self, messages: u64) -> Result<()> {
        for _ in 0..messages {
            self.one(&mut Blind)?;
        }
        Ok(())
    }
}
