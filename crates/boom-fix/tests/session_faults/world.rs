//! A run: two sides, what befalls them, and what must have come to pass when it is over.

use std::cell::RefCell;
use std::rc::Rc;

use boom_testkit::clock::ManualClock;
use boom_testkit::sim::Random;

use crate::counts::Counts;
use crate::oracle::Oracle;
use crate::plan::Plan;
use crate::side::Side;
use crate::wire::{End, Fate, Wire};

pub(crate) type Log = Rc<RefCell<Vec<String>>>;

pub(crate) struct World {
    plan: Rc<Plan>,
    clock: ManualClock,
    random: Random,
    sides: [Side; 2],
    oracle: Oracle,
    /// The connection that was made last.
    wire: Option<Rc<RefCell<Wire>>>,
    /// A connection that the acceptor has not seen, and the epoch and number that its initiator was at.
    waiting: Option<(End, (u64, u64))>,
    is_calm: bool,
    counts: Counts,
}

const MS: u64 = 1_000_000;

impl World {
    pub(crate) fn new(seed: u64, log: Option<Log>) -> Self {
        let mut random = Random::new(seed);
        let plan = Rc::new(Plan::drawn(&mut random));
        if let Some(log) = &log {
            log.borrow_mut().push(format!("{plan:?}"));
        }
        let clock = ManualClock::starting_at(1_000 * MS);
        let sides = [0, 1].map(|index| {
            let mut side = Side::new(index, Rc::clone(&plan), clock.clone(), &mut random);
            side.log.clone_from(&log);
            side.process.failures.set(plan.store_failures);
            side
        });
        Self {
            oracle: Oracle::new(plan.has_wall_jumps),
            plan,
            clock,
            random,
            sides,
            wire: None,
            waiting: None,
            is_calm: false,
            counts: Counts::default(),
        }
    }

    /// Trouble, then peace; gives what has happened.
    pub(crate) fn complete(mut self) -> Counts {
        for _ in 0..self.plan.steps {
            let pace = self.plan.pace_ms * MS;
            let dt = self.random.below(pace);
            self.clock.advance_ns(dt);
            self.trouble();
            self.step();
        }
        self.calm_down();
        self.settle();
        self.watch();
        self.gather()
    }

    fn trouble(&mut self) {
        let plan = Rc::clone(&self.plan);
        for side in 0..2 {
            if self.random.chance(plan.sends) {
                self.send(side);
            }
            if self.random.chance(plan.bursts) {
                for _ in 0..self.random.between(2, 40) {
                    self.send(side);
                }
            }
            if self.random.chance(plan.crashes) {
                self.plan_crash(side);
            }
            if self.random.chance(plan.logouts) {
                self.sides[side].logout(&mut self.counts);
            }
            if self.random.chance(plan.jumps) {
                self.jump(side);
            }
        }
        self.trouble_on_wire(&plan);
    }

    fn trouble_on_wire(&mut self, plan: &Plan) {
        let Some(wire) = &self.wire else {
            return;
        };
        let mut wire = wire.borrow_mut();
        if self.random.chance(plan.cuts) {
            self.counts.cuts += 1;
            wire.meet(self.random.pick(&[Fate::Reset, Fate::End, Fate::Silence]));
        }
        if self.random.chance(plan.stalls) {
            self.counts.stalls += 1;
            let for_ms = self.random.pick(&[10, 500, 5000, 20_000]);
            wire.stall(self.random.below(2) as usize, for_ms * MS);
        }
    }

    fn send(&mut self, side: usize) {
        self.sides[side].send(&mut self.oracle, &mut self.counts);
    }

    /// Now, or in the middle of what the process does next.
    fn plan_crash(&mut self, side: usize) {
        if !self.sides[side].is_up() {
            return;
        }
        if self.random.chance(500) {
            let is_machine = self.random.chance(500);
            self.sides[side].crash(is_machine, &mut self.counts);
        } else {
            let writes = self.random.below(8) as u32;
            self.sides[side].process.dies_after.set(Some(writes));
        }
    }

    fn jump(&mut self, side: usize) {
        self.counts.clock_jumps += 1;
        let seconds = self
            .random
            .pick(&[0, 0, 1, -1, 4, -4, 100, -100, 3600, -3600, 400_000]);
        self.sides[side].clock.wrong_ns.set(seconds * 1_000_000_000);
    }

    /// Each side does what it does.
    fn step(&mut self) {
        self.counts.steps += 1;
        let mut order = [0, 1];
        self.random.shuffle(&mut order);
        for side in order {
            if !self.is_calm && self.random.chance(200) {
                continue;
            }
            self.step_side(side);
            self.bury(side);
        }
        self.operate();
    }

    fn step_side(&mut self, side: usize) {
        let now = self.clock.now_ns_of();
        if !self.sides[side].is_up() {
            if now >= self.sides[side].up_at {
                self.sides[side].restart(&mut self.oracle);
            }
            return;
        }
        if side == 0 && self.sides[0].connection().is_none() && now >= self.sides[0].next_attempt {
            self.connect();
        }
        if side == 1 {
            self.accept();
        }
        if self.sides[side].connection().is_some() && !self.sides[side].process.is_dead.get() {
            self.sides[side].poll(&mut self.oracle, &mut self.counts);
        }
    }

    /// A process that has ended within what it did is gone.
    fn bury(&mut self, side: usize) {
        if self.sides[side].is_up() && self.sides[side].process.is_dead.get() {
            let is_machine = self.random.chance(400);
            self.sides[side].crash(is_machine, &mut self.counts);
        }
    }

    fn connect(&mut self) {
        if !self.sides[1].is_up() {
            self.sides[0].next_attempt = self.clock.now_ns_of() + 500 * MS;
            return;
        }
        let manner = if self.is_calm {
            self.plan.calm_manner()
        } else {
            self.plan.manner(&mut self.random)
        };
        let wire = Wire::new(manner, self.clock.clone(), self.random.fork());
        let [near, far] = [0, 1].map(|side| End {
            wire: Rc::clone(&wire),
            side,
            process: Rc::clone(&self.sides[side].process),
        });
        self.count_fates();
        self.wire = Some(wire);
        let (epoch, outgoing, _) = self.sides[0].numbers().unwrap();
        self.waiting = Some((far, (epoch, outgoing)));
        self.sides[0].connect(near, &mut self.oracle, &mut self.counts);
    }

    fn count_fates(&mut self) {
        if let Some(wire) = &self.wire {
            self.counts.fates += wire.borrow().fates;
        }
    }

    fn accept(&mut self) {
        let Some((end, was_at)) = self.waiting.take() else {
            return;
        };
        if !Rc::ptr_eq(&end.process, &self.sides[1].process) {
            return;
        }
        if self.sides[1].connection().is_some() && !self.plan.replaces {
            return;
        }
        self.sides[1].disconnect("replaced", &mut self.oracle, &mut self.counts);
        self.compare(was_at);
        self.sides[1].connect(end, &mut self.oracle, &mut self.counts);
    }

    /// No side is behind what its peer has seen, unless its store has lost it.
    fn compare(&mut self, (epoch, outgoing): (u64, u64)) {
        let Some(venue) = self.sides[1].numbers() else {
            return;
        };
        if self.plan.resets_on_logon {
            return;
        }
        self.oracle.compare(0, epoch, outgoing, venue.2);
        if let Some(buyer) = self.sides[0].numbers() {
            self.oracle.compare(1, venue.0, venue.1, buyer.2);
        }
    }

    /// Who runs the two sides looks at what they report.
    fn operate(&mut self) {
        let (Some(buyer), Some(venue)) = (self.sides[0].numbers(), self.sides[1].numbers()) else {
            return;
        };
        let is_dead = self.sides.iter().any(|side| side.process.is_dead.get());
        if is_dead || !self.sides.iter().any(|side| side.has_report) {
            return;
        }
        if self.oracle.has_conflict([buyer.0, venue.0]) {
            self.counts.operator_resets += 1;
            self.waiting = None;
            for side in &mut self.sides {
                side.reset(&mut self.oracle, &mut self.counts);
            }
        }
        self.sides
            .iter_mut()
            .for_each(|side| side.has_report = false);
    }

    /// The trouble is over.
    fn calm_down(&mut self) {
        self.is_calm = true;
        if let Some(wire) = &self.wire {
            wire.borrow_mut().calm_down(self.plan.calm_manner());
        }
        for side in &mut self.sides {
            side.is_calm = true;
            side.clock.wrong_ns.set(0);
            side.process.failures.set(0);
            side.process.dies_after.set(None);
        }
    }

    fn calm_step(&mut self) {
        let pace = (self.plan.heartbeat_s * 1000 / 40).clamp(25, 500);
        self.clock.advance_ns(pace * MS);
        self.step();
    }

    /// Peace is told from trouble in the log.
    fn settle(&mut self) {
        // With requests for one message each, each takes a journey.
        let numbers = self.sides.iter().filter_map(Side::numbers);
        let messages: u64 = numbers.map(|(_, outgoing, _)| outgoing).sum();
        let seconds = 300 + 20 * self.plan.heartbeat_s + 4 * messages;
        let until = self.clock.now_ns_of() + seconds * 1_000 * MS;
        // At rest, and still so some heartbeats later: a connection may be dead without either side knowing yet.
        let mut rest = (0, self.restless());
        while rest.0 < 3 * self.plan.heartbeat_s * 1_000 {
            let now = self.clock.now_ns_of();
            assert!(now < until, "they do not come to rest: {}", self.picture());
            self.calm_step();
            let (rested_ms, before) = rest;
            let restless = self.restless();
            let passed_ms = (self.clock.now_ns_of() - now) / MS;
            let is_up = self.sides.iter().all(|side| side.connection().is_some());
            let is_at_rest = is_up && restless == before && (rested_ms > 0 || self.is_settled());
            rest = (if is_at_rest { rested_ms + passed_ms } else { 0 }, restless);
        }
        while !self.is_settled() {
            self.calm_step();
        }
    }

    fn is_settled(&self) -> bool {
        let (Some(buyer), Some(venue)) = (self.sides[0].numbers(), self.sides[1].numbers()) else {
            return false;
        };
        self.sides.iter().all(Side::is_quiet)
            && self
                .wire
                .as_ref()
                .is_some_and(|wire| wire.borrow().is_idle())
            && (buyer.1, buyer.2) == (venue.2, venue.1)
    }

    /// Nothing but heartbeats, and what is sent comes at once.
    fn watch(&mut self) {
        let before = self.restless();
        for side in 0..2 {
            // More could be more than may wait.
            self.send(side);
        }
        let until = self.clock.now_ns_of() + 4 * self.plan.heartbeat_s * 1_000 * MS;
        while self.clock.now_ns_of() < until || !self.is_settled() {
            assert!(
                self.clock.now_ns_of() < 2 * until,
                "they do not come to rest again: {}",
                self.picture()
            );
            self.calm_step();
        }
        assert_eq!(
            self.restless(),
            before,
            "connections, test requests, resend requests: {}",
            self.picture()
        );
        let epochs = [0, 1].map(|side| self.sides[side].numbers().unwrap().0);
        if self.oracle.has_conflict(epochs) {
            // Numbers went lost, and others have taken their places before the peer heard of any: without
            // `NextExpectedMsgSeqNum` nobody can know.
            assert!(
                !self.plan.next_expected,
                "numbers went lost, and nobody said so"
            );
            self.counts.silent_losses += 1;
        }
        self.oracle.finish(epochs);
    }

    fn restless(&self) -> (u64, Vec<u64>) {
        let sessions = self.sides.iter().filter_map(Side::session);
        let counts = sessions.flat_map(|session| {
            let statistics = session.statistics();
            [
                statistics.test_requests_sent,
                statistics.resend_requests_sent,
                statistics.rejects_sent,
            ]
        });
        (self.counts.connections, counts.collect())
    }

    fn picture(&self) -> String {
        let sides = self.sides.iter().map(|side| {
            let session = side.session();
            format!(
                "{:?} {:?} {:?}",
                side.numbers(),
                session.map(|session| session.state()),
                session.map(|s| *s.statistics())
            )
        });
        sides.collect::<Vec<_>>().join("\n")
    }

    fn gather(mut self) -> Counts {
        self.count_fates();
        for side in &self.sides {
            self.counts.store_failures += side.process.failed.get();
            self.counts.add(side.session().unwrap().statistics());
        }
        self.counts.delivered = self.oracle.delivered;
        self.counts.repeated = self.oracle.repeated;
        self.counts.reported = self.oracle.reported;
        self.counts.forgotten = self.oracle.forgotten;
        self.counts
    }
}

/// The time, without another import everywhere.
trait NowNs {
    fn now_ns_of(&self) -> u64;
}

impl NowNs for ManualClock {
    fn now_ns_of(&self) -> u64 {
        boom_stream::TimeSource::now_ns(self)
    }
}
