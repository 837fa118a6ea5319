//! The plan: feed, outage, recovery, comparison, again and again.

use std::fs;
use std::time::{Duration, Instant};

use boomnet::select::Selector;
use boomnet::ws::Heartbeat;

use crate::line::Stream;
use crate::summary::{Recovery, Summary, mebibytes, milliseconds};
use crate::truth::{self, Missed, Truth};
use crate::venue::{Port, Venue};
use crate::watch::Watch;
use crate::{Plan, Result, footprint};

/// In which all endpoints have to be active again once the venue listens.
const BACK_LIMIT: Duration = Duration::from_secs(5);
/// For all else that has to happen some time.
const LIMIT: Duration = Duration::from_secs(20);

const PING_EVERY: Duration = Duration::from_millis(200);
const DEAD_AFTER: Duration = Duration::from_millis(800);
/// What the machine may add to a time by doing something else.
const SLACK: Duration = Duration::from_millis(700);

/// Messages for each endpoint before an outage. The larger number takes longer than the second for which a connection has to
/// be active for its end to count as a first failure.
const MESSAGES_EACH: [u64; 5] = [160, 160, 160, 25, 160];
/// Attempts for each hundred endpoints that fail before the venue comes back.
const REFUSED_PERCENT: [u64; 5] = [0, 100, 1, 250, 400];
/// Messages that are numbered while no process of the venue runs.
const UNSEEN: [u64; 4] = [1000, 1, 0, 123_456];

pub(crate) fn run<R: Selector<S>, S: Stream>(selector: R, plan: &Plan) -> Result<()> {
    if plan.folder.exists() {
        fs::remove_dir_all(&plan.folder)?;
    }
    fs::create_dir_all(&plan.folder)?;
    let mut outages = Outages::start(selector, plan)?;
    for number in 0..plan.kills {
        let is_last = number + 1 == plan.kills;
        // From then on the endpoints notice a venue that is silent.
        let heartbeat = Heartbeat::new()
            .with_ping_every(PING_EVERY)
            .with_dead_peer_after(DEAD_AFTER);
        let heartbeat = (is_last || number % 2 == 1).then_some(heartbeat);
        outages.watch.feed.heartbeat = heartbeat;
        outages.kill(number as usize)?;
    }
    outages.kill_twice()?;
    outages.stop(End::GoesOn)?;
    outages.stop(End::Killed)?;
    outages.summary.finish(&outages.watch)
}

/// How a venue that was stopped ends being so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    GoesOn,
    Killed,
}

struct Outages<'a, R, S: Stream> {
    plan: &'a Plan,
    watch: Watch<R, S>,
    port: Port,
    venue: Venue,
    /// Open files while all is well.
    open_files: usize,
    summary: Summary,
}

impl<'a, R: Selector<S>, S: Stream> Outages<'a, R, S> {
    fn start(selector: R, plan: &'a Plan) -> Result<Self> {
        let port = Port::reserve()?;
        let venue = Venue::start(&port, 1, 1, 0, &plan.folder)?;
        let mut outages = Self {
            plan,
            watch: Watch::new(selector, port.number(), plan.endpoints),
            port,
            venue,
            open_files: 0,
            summary: Summary::default(),
        };
        outages.watch.begin_return(1);
        let since = outages.listening()?;
        let first = outages.recover(since)?;
        outages.open_files = footprint::open_files()?;
        println!(
            "    {} endpoints active {} after the venue listens; {} open files, {} MiB",
            plan.endpoints,
            milliseconds(first.all),
            outages.open_files,
            mebibytes(footprint::resident_bytes()?),
        );
        Ok(outages)
    }

    /// Kills the venue and starts another one.
    fn kill(&mut self, number: usize) -> Result<()> {
        self.receive(number)?;
        let at = Instant::now();
        self.kill_venue()?;
        let truth = [Truth::of(&self.venue)?];
        let refused = u64::from(self.watch.endpoints) * cycled(&REFUSED_PERCENT, number) / 100;
        self.refuse(refused)?;
        let since = self.restart(&truth, number)?;
        let recovery = self.recover(since)?;
        let noticed = self.noticed(at);
        self.is_end_of_process()?;
        let [served] = truth.each_ref().map(Truth::in_last_burst);
        self.summary.kills += 1;
        self.summary.kills_in_burst += u32::from(served < self.watch.endpoints as usize);
        let name = format!("killed, {served} served of a burst, all notice in {noticed}");
        self.close(&name, &truth, recovery)
    }

    /// Kills the venue, and the next one when half of the endpoints are back.
    fn kill_twice(&mut self) -> Result<()> {
        self.receive(1)?;
        let at = Instant::now();
        self.kill_venue()?;
        let mut truth = vec![Truth::of(&self.venue)?];
        let half = self.watch.ledger.connected + u64::from(self.watch.endpoints / 2);
        self.restart(&truth, 0)?;
        self.watch.until("half are back", LIMIT, |watch| {
            Ok(watch.ledger.connected >= half)
        })?;
        self.kill_venue()?;
        truth.push(Truth::of(&self.venue)?);
        let since = self.restart(&truth, 2)?;
        let recovery = self.recover(since)?;
        self.is_end_of_process()?;
        let noticed = self.noticed(at);
        let name = format!("killed, and again with half back, all notice in {noticed}");
        self.close(&name, &truth, recovery)
    }

    /// Stops the venue, which then is silent but there, until all have given it up.
    fn stop(&mut self, end: End) -> Result<()> {
        self.receive(1)?;
        self.watch.silences = None;
        let at = Instant::now();
        self.venue.stop()?;
        let venue = &self.venue;
        self.watch
            .until("the venue stops", LIMIT, |_| venue.is_stopped())?;
        let truth = [Truth::of(&self.venue)?];
        self.give_up_on_silence()?;
        let noticed = self.noticed(at);
        // The kernel connects them, and nobody answers.
        self.watch.until("all wait for an answer", LIMIT, |watch| {
            Ok(watch.service.stats().handshaking == watch.endpoints as usize)
        })?;
        let (name, since) = match end {
            End::GoesOn => {
                self.watch.begin_return(self.venue.run());
                self.venue.go_on()?;
                ("goes on", Instant::now())
            }
            End::Killed => {
                self.kill_venue()?;
                ("killed", self.restart(&truth, 0)?)
            }
        };
        let recovery = self.recover(since)?;
        let name = format!("stopped, then {name}, all give up after {noticed}");
        self.close(&name, &truth, recovery)
    }

    /// Lets all have their feed for a while.
    fn receive(&mut self, number: usize) -> Result<()> {
        let messages = cycled(&MESSAGES_EACH, number) * u64::from(self.watch.endpoints);
        // Not a number of whole bursts.
        let enough = self.watch.feed.messages + messages + messages / 7;
        self.watch.until("messages come", LIMIT, |watch| {
            Ok(watch.feed.messages >= enough)
        })
    }

    fn kill_venue(&mut self) -> Result<()> {
        self.venue.kill()?;
        let venue = &mut self.venue;
        self.watch
            .until("the venue ends", LIMIT, |_| venue.has_ended())
    }

    /// Waits for so many attempts to fail.
    fn refuse(&mut self, attempts: u64) -> Result<()> {
        let failed = self.watch.ledger.failed + attempts;
        self.watch.until("attempts fail", LIMIT, |watch| {
            Ok(watch.ledger.failed >= failed)
        })
    }

    /// Each connection ends because nothing has come for as long as was said, not sooner and not much later.
    fn give_up_on_silence(&mut self) -> Result<()> {
        let ended = self.watch.ledger.disconnected + u64::from(self.watch.endpoints);
        let limit = DEAD_AFTER + PING_EVERY + SLACK;
        self.watch
            .until("all give the silent venue up", limit, |watch| {
                Ok(watch.ledger.disconnected == ended)
            })?;
        let reasons = &self.watch.ledger.reasons;
        let dead = reasons.get("DeadPeer").copied().unwrap_or(0);
        if dead != u64::from(self.watch.endpoints) {
            return Err(format!("of silence end {dead}, of all: {reasons:?}").into());
        }
        match self.watch.silences {
            // The time is that of the start of a turn, which may have come before the bytes.
            Some((least, _)) if least + PING_EVERY >= DEAD_AFTER => Ok(()),
            silences => Err(format!("given up after a silence of {silences:?}").into()),
        }
    }

    /// Starts the next process and returns when it began to listen.
    fn restart(&mut self, truth: &[Truth], number: usize) -> Result<Instant> {
        let unseen = cycled(&UNSEEN, number);
        // Where nothing is unseen, the numbers wait for everyone, so that some have no gap at all. Meanwhile the venue is
        // silent, for which no connection shall be given up.
        let hold = match (unseen, self.watch.feed.heartbeat) {
            (0, None) => self.watch.endpoints,
            _ => 0,
        };
        let first = truth.iter().map(Truth::next_number).max().unwrap_or(1) + unseen;
        let run = self.venue.run() + 1;
        self.watch.begin_return(run);
        self.venue = Venue::start(&self.port, run, first, hold, &self.plan.folder)?;
        self.listening()
    }

    fn listening(&mut self) -> Result<Instant> {
        let venue = &self.venue;
        let mut since = None;
        self.watch.until("the venue listens", LIMIT, |_| {
            since = venue.listening_since();
            Ok(since.is_some())
        })?;
        since.ok_or_else(|| "the venue does not listen".into())
    }

    /// Waits until all are active and have received something.
    fn recover(&mut self, since: Instant) -> Result<Recovery> {
        let watch = &mut self.watch;
        let policy = watch.longest_wait();
        let all = watch.endpoints;
        watch.until("all are active and receive", BACK_LIMIT, |watch| {
            Ok((watch.ledger.up, watch.feed.begun) == (all, all))
        })?;
        let after = |at: Option<Instant>| at.unwrap_or(since).saturating_duration_since(since);
        Ok(Recovery {
            first: after(watch.ledger.first_connect),
            all: after(watch.ledger.last_connect),
            policy,
        })
    }

    /// Compares, for each endpoint, and begins anew.
    fn close(&mut self, name: &str, truth: &[Truth], recovery: Recovery) -> Result<()> {
        let after = Truth::of(&self.venue)?;
        let mut missed = Missed::default();
        for (_, line) in self.watch.service.iter_mut() {
            truth::check(line, truth, &after, &mut missed)?;
            line.tallies.drain(..line.tallies.len() - 1);
            line.gaps.clear();
        }
        self.watch.ledger.check(&self.watch.service.stats())?;
        let open_files = self.open_files;
        self.watch.until("sockets are closed", LIMIT, |_| {
            Ok(footprint::open_files()? == open_files)
        })?;
        let reasons = std::mem::take(&mut self.watch.ledger.reasons);
        println!("    {name}: {reasons:?}");
        self.summary
            .add(recovery, missed, footprint::resident_bytes()?);
        Ok(())
    }

    /// A process that is killed leaves its kernel to end its connections.
    fn is_end_of_process(&self) -> Result<()> {
        let reasons = &self.watch.ledger.reasons;
        let expected = ["UnexpectedEof", "ConnectionReset", "BrokenPipe"];
        let is_expected = |reason: &String| expected.contains(&reason.as_str());
        match reasons.keys().all(is_expected) {
            true => Ok(()),
            false => Err(format!("connections to a killed venue end by {reasons:?}").into()),
        }
    }

    /// How long it took all to see the end that began at `at`.
    fn noticed(&self, at: Instant) -> String {
        let last = self.watch.ledger.last_disconnect.unwrap_or(at);
        milliseconds(last.saturating_duration_since(at))
    }
}

fn cycled(values: &[u64], number: usize) -> u64 {
    values.iter().cycle().nth(number).copied().unwrap_or(0)
}
