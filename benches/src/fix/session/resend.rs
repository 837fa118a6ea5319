//! A million messages sent again out of files, to a session that has nothing of them.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use boom_fix::session::store::{Durability, FileStore};
use boom_fix::session::{
    Clock as _, Event, Inbox, MemoryStore, Now, OfflineSend, Received, Session, SessionConfig,
    SystemClock,
};
use boom_fix::{BeginString, Decimal};

use super::ours::{config, write};
use crate::fix::messages::{Order, orders};
use crate::harness::Result;
use crate::harness::scratch::Scratch;

/// So many are asked for at once.
const RESENT: u64 = 1_000_000;
/// KiB that the process may grow by from the logon to the last message.
const MAY_GROW: u64 = 1024;
/// So many by QuickFIX, which takes them into memory all at once.
#[cfg(feature = "fix-peers")]
const RESENT_BY_QUICKFIX: u64 = 100_000;

/// Keeps the messages, sends them again in a process of its own, and does the same with QuickFIX.
pub(super) fn print() -> Result<()> {
    let scratch = Scratch::new()?;
    let start = Instant::now();
    keep(&scratch)?;
    let kept = start.elapsed();
    println!(
        "resend: {RESENT} orders written and kept in files, None, in {} ms",
        kept.as_millis()
    );
    // So that its memory is that of the resend alone.
    let status = Command::new(std::env::current_exe()?)
        .args(["session", "again"])
        .arg(&scratch.0)
        .status()?;
    if !status.success() {
        return Err("the resend has failed".into());
    }
    #[cfg(feature = "fix-peers")]
    if super::quickfix::missing().is_none() {
        let told = super::quickfix::resend(RESENT_BY_QUICKFIX)?;
        let [count, ns, before, after] = told;
        let line = Line {
            who: "QuickFIX C++",
            count,
            time: Duration::from_nanos(ns),
            bytes: None,
            grown: after.saturating_sub(before),
            peak: after,
        };
        line.print();
    }
    Ok(())
}

/// What is told of a resend.
struct Line<'a> {
    who: &'a str,
    count: u64,
    time: Duration,
    bytes: Option<u64>,
    grown: u64,
    peak: u64,
}

impl Line<'_> {
    fn print(&self) {
        let seconds = self.time.as_secs_f64();
        let rate = self.count as f64 / seconds;
        let bytes = self.bytes.map_or_else(String::new, |bytes| {
            format!(", {:.0} MB/s", bytes as f64 / seconds / 1e6)
        });
        println!(
            "resend: {}: {} messages in {:.0} ms, {rate:.0} a second{bytes}; memory grew by {} KiB to at most {} KiB",
            self.who,
            self.count,
            1e3 * seconds,
            self.grown,
            self.peak,
        );
    }
}

/// Orders of before the connection: numbered and kept.
fn keep(scratch: &Scratch) -> Result<()> {
    let builder = FileStore::builder(scratch.0.clone()).reserve_messages(RESENT as usize);
    let store = builder.durability(Durability::None).open()?;
    let mut session = Session::new(config().with_offline_send(OfflineSend::Queue), store)?;
    let (orders, clock) = (orders(), SystemClock::default());
    for order in orders.iter().cycle().take(RESENT as usize) {
        session.send("D", clock.now(), |message| write(message, order))?;
    }
    Ok(())
}

/// What the process does whose memory is looked at.
pub(super) fn again(folder: &str) -> Result<()> {
    let start = Instant::now();
    let store = FileStore::builder(folder).open()?;
    let opened = start.elapsed();
    let mut resend = Resend::new(store)?;
    let before = peak_kib()?;
    let start = Instant::now();
    while resend.receiver.expected <= RESENT {
        resend.step()?;
    }
    let whole = start.elapsed();
    let after = peak_kib()?;
    let grown = after - before;
    println!("resend: ours: opened in {} ms", opened.as_millis());
    for (who, time) in [
        ("ours, sender alone", resend.sending),
        ("ours, both sides", whole),
    ] {
        let line = Line {
            who,
            count: RESENT,
            time,
            bytes: Some(resend.bytes),
            grown,
            peak: after,
        };
        line.print();
    }
    let met = if grown <= MAY_GROW { "yes" } else { "no" };
    println!(
        "resend: ours: every message once, in order, as it was written: yes; memory grows by at most {MAY_GROW} KiB: {met}"
    );
    Ok(())
}

/// KiB that were resident at most so far, as Linux says it.
fn peak_kib() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

/// Both sides in memory.
struct Resend {
    sender: Session<FileStore>,
    to_sender: Inbox,
    receiver: Receiver,
    clock: SystemClock,
    /// How long the sender was at work, and what it has sent.
    sending: Duration,
    bytes: u64,
}

impl Resend {
    fn new(store: FileStore) -> Result<Self> {
        let mut resend = Self {
            sender: Session::new(config(), store)?,
            to_sender: Inbox::new(),
            receiver: Receiver::new()?,
            clock: SystemClock::default(),
            sending: Duration::ZERO,
            bytes: 0,
        };
        let now = resend.clock.now();
        resend.receiver.session.connected(now)?;
        resend.sender.connected(now)?;
        Ok(resend)
    }

    /// Sends what waits, in both directions.
    fn step(&mut self) -> Result<()> {
        let now = self.clock.now();
        let count = self.receiver.take(self.sender.outgoing(), now)?;
        self.bytes += count as u64;
        let start = Instant::now();
        self.sender.sent(count);
        let answer = self.receiver.session.outgoing();
        let taken = self.to_sender.extend(answer);
        self.receiver.session.sent(taken);
        while let Some(event) = self.sender.poll_event(&mut self.to_sender, now)? {
            if let Event::Disconnected(reason) = event {
                return Err(format!("the sender has ended: {reason:?}").into());
            }
        }
        self.sender.continue_sending(now)?;
        self.sending += start.elapsed();
        Ok(())
    }
}

/// Looks at every message.
struct Receiver {
    session: Session<MemoryStore>,
    inbox: Inbox,
    orders: Vec<Order>,
    expected: u64,
}

impl Receiver {
    fn new() -> Result<Self> {
        let config = SessionConfig::acceptor(BeginString::Fix44, "VENUE", "BUYER");
        Ok(Self {
            session: Session::new(config, MemoryStore::with_limits(64, 1 << 16))?,
            inbox: Inbox::new(),
            orders: orders(),
            expected: 1,
        })
    }

    /// Takes what there is room for.
    fn take(&mut self, bytes: &[u8], now: Now) -> Result<usize> {
        let count = self.inbox.extend(bytes);
        while let Some(event) = self.session.poll_event(&mut self.inbox, now)? {
            match event {
                Event::Message(received) => {
                    let index = (self.expected - 1) as usize % self.orders.len();
                    let order = self.orders.get(index).ok_or("no order")?;
                    check(&received, self.expected, order)?;
                    self.expected += 1;
                }
                Event::Missed { .. } | Event::Rejected { .. } | Event::Disconnected(_) => {
                    return Err(format!("at {}: {event:?}", self.expected).into());
                }
                _ => {}
            }
        }
        Ok(count)
    }
}

/// Once, in order, and as it was written.
fn check(received: &Received<'_>, expected: u64, order: &Order) -> Result<()> {
    let mut reader = received.message.reader();
    let is_same = received.number == expected
        && received.is_poss_dup
        && reader.text(11)? == order.id
        && reader.int(38)? == order.quantity
        && reader.decimal(44)? == Decimal::new(order.price, 2);
    if is_same {
        Ok(())
    } else {
        Err(format!("in the place of {expected}: {:?}", received.message).into())
    }
}
