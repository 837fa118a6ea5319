//! What the service says of its endpoints, event by event.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use boomnet::service::{DisconnectReason, EndpointStats, Event, ReconnectPolicy, Stats};
use boomnet::ws;

/// Events of all endpoints, counted, and where each endpoint is in its life.
#[derive(Debug)]
pub(crate) struct Ledger {
    stages: Vec<Stage>,
    /// When the wait of each endpoint that waits is over.
    due: Vec<Option<Instant>>,
    policy: ReconnectPolicy,
    pub(crate) connected: u64,
    pub(crate) disconnected: u64,
    pub(crate) failed: u64,
    waits: u64,
    /// Waits cut short because another endpoint had got through.
    pub(crate) followed: u64,
    /// Endpoints that are connected.
    pub(crate) up: u32,
    /// Why connections ended, since it was last taken.
    pub(crate) reasons: BTreeMap<String, u64>,
    pub(crate) last_disconnect: Option<Instant>,
    pub(crate) first_connect: Option<Instant>,
    pub(crate) last_connect: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Registered, and not connected yet.
    New,
    Up,
    /// Something has failed, and how long the endpoint waits is still to be said.
    Failed,
    Waiting,
}

impl Ledger {
    pub(crate) fn new(endpoints: usize) -> Self {
        Self {
            stages: vec![Stage::New; endpoints],
            due: vec![None; endpoints],
            policy: ReconnectPolicy::default(),
            connected: 0,
            disconnected: 0,
            failed: 0,
            waits: 0,
            followed: 0,
            up: 0,
            reasons: BTreeMap::new(),
            last_disconnect: None,
            first_connect: None,
            last_connect: None,
        }
    }

    /// Notes what has happened to the endpoint of `stream`, whose counters are `stats`.
    pub(crate) fn note<E>(
        &mut self,
        stream: u32,
        stats: &EndpointStats,
        event: &Event<E>,
    ) -> Result<(), String> {
        let stage = self.stages.get_mut(stream as usize);
        let stage = stage.ok_or("an event of no endpoint")?;
        let before = *stage;
        let now = Instant::now();
        let after = match (before, event) {
            (Stage::New | Stage::Waiting, Event::Connected { .. }) => {
                self.connected += 1;
                self.up += 1;
                self.first_connect.get_or_insert(now);
                self.last_connect = Some(now);
                Stage::Up
            }
            (Stage::Up, Event::Disconnected { reason, .. }) => {
                self.disconnected += 1;
                self.up -= 1;
                self.last_disconnect = Some(now);
                *self.reasons.entry(word(reason)).or_default() += 1;
                Stage::Failed
            }
            (Stage::New | Stage::Waiting, Event::AttemptFailed { .. }) => {
                self.failed += 1;
                Stage::Failed
            }
            (Stage::Failed, Event::RetryIn { delay, .. }) => {
                self.waits += 1;
                within_policy(&self.policy, stats, *delay)?;
                Stage::Waiting
            }
            (Stage::Waiting, Event::RetryIn { delay, .. }) if delay.is_zero() => {
                self.followed += 1;
                Stage::Waiting
            }
            _ => {
                let what = match event {
                    Event::Connected { .. } => "Connected",
                    Event::Disconnected { .. } => "Disconnected",
                    Event::AttemptFailed { .. } => "AttemptFailed",
                    Event::RetryIn { .. } => "RetryIn",
                    _ => "another event",
                };
                return Err(format!("{what} where the endpoint is {before:?}"));
            }
        };
        *stage = after;
        if let Some(due) = self.due.get_mut(stream as usize) {
            *due = match event {
                Event::RetryIn { delay, .. } => Some(now + *delay),
                _ => None,
            };
        }
        Ok(())
    }

    /// Endpoints whose wait has been over for longer than `tolerance`, and yet they have not come to anything.
    pub(crate) fn overdue(&self, tolerance: Duration) -> usize {
        let now = Instant::now();
        let due = self.due.iter().flatten();
        due.filter(|due| now.saturating_duration_since(**due) > tolerance)
            .count()
    }

    /// Says what the events and the counters of the service disagree about.
    pub(crate) fn check(&self, stats: &Stats) -> Result<(), String> {
        let ours = (self.connected, self.disconnected, self.failed);
        let theirs = (stats.connected, stats.disconnected, stats.failed_attempts);
        if ours != theirs {
            return Err(format!("{ours:?} events of {theirs:?} that are counted"));
        }
        // There is one address, and each attempt has ended.
        if stats.attempts != self.connected + self.failed {
            return Err(format!("{} attempts, {ours:?} events", stats.attempts));
        }
        if self.waits != self.disconnected + self.failed {
            return Err(format!("{} waits after {ours:?}", self.waits));
        }
        if stats.active != self.stages.len() || stats.endpoints != self.stages.len() {
            return Err(format!("not all are active: {stats:?}"));
        }
        if (stats.gave_up, stats.dropped_events) != (0, 0) {
            return Err(format!("given up or dropped: {stats:?}"));
        }
        Ok(())
    }
}

/// The rounds that failed are counted from the last connection that lasted, as the growth of the delay is.
fn within_policy(
    policy: &ReconnectPolicy,
    stats: &EndpointStats,
    delay: Duration,
) -> Result<(), String> {
    let longest = policy.longest_delay(stats.failed_rounds);
    if delay <= longest {
        return Ok(());
    }
    Err(format!(
        "waits {delay:?}, and {longest:?} is the longest after {} failures",
        stats.failed_rounds
    ))
}

fn word(reason: &DisconnectReason) -> String {
    let Some(error) = reason.io_error() else {
        return reason.to_string();
    };
    match error.get_ref().and_then(|error| error.downcast_ref()) {
        Some(ws::Error::Silence(silence)) => format!("{silence:?}"),
        _ => format!("{:?}", error.kind()),
    }
}
