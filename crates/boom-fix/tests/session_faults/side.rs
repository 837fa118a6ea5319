//! One process: an application, its session, and the connection that it has.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use boom_fix::session::{
    Clock, DisconnectReason, Event, FixConnection, Now, Session, SessionError, State, Store as _,
};
use boom_stream::TimeSource as _;
use boom_testkit::clock::ManualClock;
use boom_testkit::sim::{Disk, Random};

use crate::counts::Counts;
use crate::oracle::{Oracle, data_of, text_of};
use crate::plan::{MAX_MESSAGE, Plan};
use crate::store::{DiskStore, Process};
use crate::wire::{End, Fate};

/// The clocks of a machine: the wall clock may be wrong.
#[derive(Clone, Debug)]
pub(crate) struct SideClock {
    pub(crate) monotonic: ManualClock,
    pub(crate) wrong_ns: Rc<Cell<i64>>,
}

const START: i64 = 1_714_998_896_789_000_000;

impl Clock for SideClock {
    fn now(&self) -> Now {
        let monotonic_ns = self.monotonic.now_ns();
        Now {
            monotonic_ns,
            unix_ns: START + monotonic_ns as i64 + self.wrong_ns.get(),
        }
    }
}

pub(crate) type Connection = FixConnection<End, DiskStore, SideClock>;

/// What the process holds.
enum Held {
    /// It does not run.
    Nothing,
    Session(Box<Session<DiskStore>>),
    Connection(Box<Connection>),
}

pub(crate) struct Side {
    pub(crate) index: usize,
    plan: Rc<Plan>,
    pub(crate) clock: SideClock,
    pub(crate) random: Random,
    disk: Rc<RefCell<Disk>>,
    pub(crate) process: Rc<Process>,
    next_epoch: Rc<Cell<u64>>,
    held: Held,
    pub(crate) up_at: u64,
    pub(crate) next_attempt: u64,
    /// Numbers were lost: what is sent before a logon could get those of others.
    must_wait: bool,
    /// A session said that numbers do not fit.
    pub(crate) has_report: bool,
    pub(crate) is_calm: bool,
    pub(crate) log: Option<Rc<RefCell<Vec<String>>>>,
}

/// Events in one poll, at most.
const MOST_EVENTS: usize = 100_000;

impl Side {
    pub(crate) fn new(
        index: usize,
        plan: Rc<Plan>,
        monotonic: ManualClock,
        random: &mut Random,
    ) -> Self {
        let mut side = Self {
            index,
            plan,
            clock: SideClock {
                monotonic,
                wrong_ns: Rc::default(),
            },
            random: random.fork(),
            disk: Rc::default(),
            process: Process::new(random.fork()),
            next_epoch: Rc::default(),
            held: Held::Nothing,
            up_at: 0,
            next_attempt: 0,
            must_wait: false,
            has_report: false,
            is_calm: false,
            log: None,
        };
        side.hold_from_disk();
        side
    }

    fn note(&self, what: impl FnOnce() -> String) {
        if let Some(log) = &self.log {
            let seconds = self.clock.monotonic.now_ns() as f64 / 1e9;
            log.borrow_mut()
                .push(format!("{seconds:>10.6} side {} {}", self.index, what()));
        }
    }

    fn hold_from_disk(&mut self) {
        let store = DiskStore::open(
            Rc::clone(&self.disk),
            Rc::clone(&self.process),
            self.plan.durability[self.index],
            Rc::clone(&self.next_epoch),
        );
        let config = self.plan.configs[self.index].clone();
        self.held = Held::Session(Box::new(Session::new(config, store).unwrap()));
    }

    pub(crate) fn session(&self) -> Option<&Session<DiskStore>> {
        match &self.held {
            Held::Nothing => None,
            Held::Session(session) => Some(session),
            Held::Connection(connection) => Some(connection.session()),
        }
    }

    pub(crate) const fn is_up(&self) -> bool {
        !matches!(self.held, Held::Nothing)
    }

    pub(crate) const fn connection(&self) -> Option<&Connection> {
        match &self.held {
            Held::Connection(connection) => Some(connection),
            _ => None,
        }
    }

    /// Epoch, next outgoing, next incoming.
    pub(crate) fn numbers(&self) -> Option<(u64, u64, u64)> {
        let store = self.session()?.store();
        Some((store.epoch(), store.next_outgoing(), store.next_incoming()))
    }

    pub(crate) fn connect(&mut self, end: End, oracle: &mut Oracle, counts: &mut Counts) {
        self.disconnect("replaced", oracle, counts);
        let Held::Session(session) = std::mem::replace(&mut self.held, Held::Nothing) else {
            return;
        };
        self.note(|| {
            format!(
                "connects at {:?}",
                (
                    session.store().next_outgoing(),
                    session.store().next_incoming()
                )
            )
        });
        counts.connections += 1;
        let inbox = self.plan.inbox(self.index);
        match FixConnection::with_clock(end, *session, inbox, self.clock.clone()) {
            Ok(connection) => self.held = Held::Connection(Box::new(connection)),
            Err(error) => self.session_is_gone(&error, oracle),
        }
    }

    /// The session went away with the error: what the disk has is all that there is.
    fn session_is_gone(&mut self, error: &SessionError, oracle: &mut Oracle) {
        self.note(|| format!("has lost its session: {error}"));
        self.process.has_failed.set(true);
        self.hold_from_disk();
        self.after_failure(oracle);
    }

    fn after_failure(&self, oracle: &mut Oracle) {
        if self.process.has_failed.replace(false)
            && let Some((epoch, outgoing, incoming)) = self.numbers()
        {
            oracle.recovered(self.index, epoch, outgoing, incoming);
        }
    }

    pub(crate) fn disconnect(&mut self, why: &str, oracle: &mut Oracle, counts: &mut Counts) {
        if !matches!(self.held, Held::Connection(_)) {
            return;
        }
        let Held::Connection(connection) = std::mem::replace(&mut self.held, Held::Nothing) else {
            return;
        };
        self.note(|| format!("disconnects at {:?}: {why}", self.numbers()));
        let statistics = *connection.session().statistics();
        match connection.into_session() {
            Ok(session) => {
                let store = session.store();
                let has_failed = self.process.has_failed.get() || self.process.is_dead.get();
                if !has_failed && !self.plan.resets_on_logon {
                    oracle.kept(1 - self.index, store.next_incoming());
                }
                self.held = Held::Session(Box::new(session));
                self.after_failure(oracle);
            }
            Err(error) => {
                counts.add(&statistics);
                self.session_is_gone(&error, oracle);
            }
        }
        let wait = if self.is_calm {
            300
        } else {
            self.random.pick(&[1, 100, 3000])
        };
        self.next_attempt = self.clock.monotonic.now_ns() + wait * 1_000_000;
    }

    /// Ends without a word; `is_machine` if everything on it ends.
    pub(crate) fn crash(&mut self, is_machine: bool, counts: &mut Counts) {
        self.note(|| format!("crashes, the machine too: {is_machine}"));
        self.process.is_dead.set(true);
        if let Some(session) = self.session() {
            counts.add(session.statistics());
        }
        if let Held::Connection(connection) = &self.held {
            let end = connection.stream();
            let mut wire = end.wire.borrow_mut();
            if is_machine {
                wire.meet(Fate::Silence);
            } else if self.random.chance(300) {
                wire.meet(Fate::Reset);
            }
        }
        self.held = Held::Nothing;
        let mut disk = self.disk.borrow_mut();
        let before = disk.bytes().len();
        let lost = if is_machine {
            counts.machine_crashes += 1;
            disk.lose_machine(&mut self.random)
        } else {
            counts.process_crashes += 1;
            disk.lose_process(&mut self.random)
        };
        counts.lossy_crashes += u64::from(lost > 0);
        counts.bytes_lost += lost.min(before) as u64;
        drop(disk);
        let wait = self.random.pick(&[0, 50, 2000, 40_000]);
        self.up_at = self.clock.monotonic.now_ns() + wait * 1_000_000;
    }

    pub(crate) fn restart(&mut self, oracle: &mut Oracle) {
        let known = self.process.outgoing.get();
        let failed = self.process.failed.get();
        self.process = Process::new(self.random.fork());
        self.process.failed.set(failed);
        self.process.failures.set(if self.is_calm {
            0
        } else {
            self.plan.store_failures
        });
        self.hold_from_disk();
        let (epoch, outgoing, incoming) = self.numbers().unwrap();
        self.note(|| format!("restarts at {:?}, was {known}", (epoch, outgoing, incoming)));
        oracle.recovered(self.index, epoch, outgoing, incoming);
        if outgoing < known {
            oracle.lost(self.index, epoch);
            self.must_wait = true;
        }
    }

    pub(crate) fn reset(&mut self, oracle: &mut Oracle, counts: &mut Counts) {
        self.disconnect("the operator resets", oracle, counts);
        self.process.failures.set(0);
        self.process.dies_after.set(None);
        let now = self.clock.now();
        if let Held::Session(session) = &mut self.held {
            session.reset(now).unwrap();
            oracle.reset(self.index);
        }
        self.must_wait = false;
        self.has_report = false;
        let failures = if self.is_calm {
            0
        } else {
            self.plan.store_failures
        };
        self.process.failures.set(failures);
    }

    /// The application sends outside of events.
    pub(crate) fn send(&mut self, oracle: &mut Oracle, counts: &mut Counts) {
        let (now, index) = (self.clock.now(), self.index);
        let session = match &mut self.held {
            Held::Nothing => return,
            Held::Session(session) => session,
            Held::Connection(connection) => connection.session_mut(),
        };
        if self.must_wait && !session.is_logged_on() {
            return;
        }
        send(session, index, now, oracle, counts);
    }

    pub(crate) fn logout(&mut self, counts: &mut Counts) {
        let now = self.clock.now();
        if let Held::Connection(connection) = &mut self.held
            && connection
                .session_mut()
                .logout(Some("good night"), now)
                .is_ok()
        {
            counts.logouts += 1;
            self.note(|| "logs out".to_owned());
        }
    }

    /// One duty cycle.
    pub(crate) fn poll(&mut self, oracle: &mut Oracle, counts: &mut Counts) {
        counts.polls += 1;
        let Held::Connection(mut connection) = std::mem::replace(&mut self.held, Held::Nothing)
        else {
            unreachable!("only connections are polled");
        };
        let result = self.cycle(&mut connection, oracle, counts);
        let is_closed = connection.is_closed();
        self.check_bounds(&connection);
        self.held = Held::Connection(connection);
        if self.process.is_dead.get() {
            return;
        }
        match result {
            Ok(()) if is_closed => self.disconnect("closed", oracle, counts),
            Ok(()) => {}
            Err(error) => self.disconnect(&error.to_string(), oracle, counts),
        }
    }

    fn cycle(
        &mut self,
        connection: &mut Connection,
        oracle: &mut Oracle,
        counts: &mut Counts,
    ) -> Result<(), SessionError> {
        let (session, inbox, now) = connection.read_batch()?;
        let mut events = 0;
        while let Some(event) = session.poll_event(inbox, now)? {
            if self.process.is_dead.get() {
                return Ok(());
            }
            events += 1;
            assert!(events < MOST_EVENTS, "events without end");
            self.note(|| format!("{event:?}").chars().take(300).collect());
            self.on_event(&event, oracle, counts);
            if let Event::LoggedOn = event {
                self.must_wait = false;
            }
            if let Event::Message(_) = event {
                if self.random.chance(self.plan.answers) && !self.is_calm {
                    send(session, self.index, now, oracle, counts);
                }
                if !self.is_calm && self.random.chance(self.plan.crashes / 4) {
                    self.process.is_dead.set(true);
                    return Ok(());
                }
            }
        }
        self.note(|| sent_text(connection.session().outgoing()));
        connection.flush().map(drop)
    }

    fn on_event(&mut self, event: &Event<'_>, oracle: &mut Oracle, counts: &mut Counts) {
        let peer = 1 - self.index;
        match event {
            Event::Message(received) => oracle.delivered(peer, received),
            Event::Rejected { message, refusal } => {
                assert!(oracle.may_reject, "rejected: {refusal:?} {message:?}");
                assert_eq!(refusal.code, 10, "rejected: {message:?}");
                if let Ok(id) = message.text(11) {
                    oracle.reported(peer, id.parse().unwrap());
                }
            }
            Event::Reject(message) => assert!(oracle.may_reject, "reject: {message:?}"),
            Event::Gap { from, to } => {
                assert!(from <= to, "an empty gap: {from} to {to}");
                counts.gaps += 1;
            }
            Event::Missed { .. } | Event::NotSent { .. } => panic!("nothing is missing: {event:?}"),
            Event::Logout(message) => {
                let text = message.text(58).unwrap_or("");
                self.has_report |= text.contains("too low") || text.contains("too high");
            }
            Event::Disconnected(reason) => self.on_end(*reason, oracle),
            _ => {}
        }
    }

    fn on_end(&mut self, reason: DisconnectReason, oracle: &Oracle) {
        use DisconnectReason as Reason;
        match reason {
            Reason::SequenceTooLow => {
                self.has_report = true;
                assert!(
                    oracle.had_conflict(),
                    "a sequence number was too low, and none was lost"
                );
            }
            Reason::InvalidLogon => {
                self.has_report = true;
                assert!(
                    oracle.has_lost_numbers() || oracle.may_reject,
                    "a logon was not valid"
                );
            }
            Reason::NotALogon
            | Reason::SecondLogon
            | Reason::NoSequenceNumber
            | Reason::MessageTooLong => {
                panic!("ended: {reason}");
            }
            _ => {}
        }
    }

    fn check_bounds(&self, connection: &Connection) {
        let waiting = connection.session().outgoing().len();
        let most = self.plan.max_outbound[self.index] + 2 * (MAX_MESSAGE + 128);
        assert!(waiting <= most, "{waiting} bytes wait");
        assert_eq!(
            connection.session().statistics().garbled,
            0,
            "a message was garbled"
        );
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.connection().is_some_and(|connection| {
            let session = connection.session();
            session.state() == State::LoggedOn && session.outgoing().is_empty()
        })
    }
}

/// Types and numbers of what is about to be sent.
fn sent_text(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes).replace('\x01', "|");
    let heads = text
        .split("|35=")
        .skip(1)
        .map(|message| message.chars().take(12).collect::<String>());
    format!("sends {}", heads.collect::<Vec<_>>().join(" "))
}

fn send(
    session: &mut Session<DiskStore>,
    index: usize,
    now: Now,
    oracle: &mut Oracle,
    counts: &mut Counts,
) {
    let id = oracle.next_id();
    let (epoch, number) = (session.store().epoch(), session.store().next_outgoing());
    let was_on = session.is_logged_on();
    let result = session.send("D", now, |order| {
        order.text(11, &id.to_string()).text(58, &text_of(id));
        if let Some(data) = data_of(id) {
            order.data(95, 96, &data);
        }
    });
    let is_dead = session.store().process().is_dead.get();
    match result {
        Ok(given) => {
            assert_eq!(given, number, "another number than the next");
            counts.sent += 1;
            counts.sent_offline += u64::from(!was_on);
            oracle.sent(index, id, epoch, number, true);
        }
        Err(_) if is_dead => oracle.sent(index, id, epoch, number, false),
        Err(error) => {
            counts.refused += 1;
            let next = session.store().next_outgoing();
            assert_eq!(next, number, "a number was used: {error}");
        }
    }
}
