//! One turn: who has something to do, and doing it.

use std::io::{self, ErrorKind};
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use boom_select::{Ready, Selector};
use boom_stream::{Layer, Phase, Socket, TimeSource};

use super::{BaseOf, IOService};
use crate::dns::{DnsQuery, DnsResolver};
use crate::entry::{Link, Progress};
use crate::{AnyEndpoint, DisconnectReason, Stage};

impl<S, E, C, T, D> IOService<S, E, C, T, D>
where
    E: AnyEndpoint<C>,
    S: Selector<BaseOf<E, C>>,
    T: TimeSource,
    D: DnsResolver,
{
    /// The work is bounded by the reports of one selector poll, the endpoints carried over, and `STEPS_MAX` each of
    /// answers, timers and connects. An idle turn is a clock reading, a selector poll and a few comparisons.
    #[inline]
    pub(super) fn turn(&mut self, ctx: &mut C, sleep: Duration) -> io::Result<()> {
        let engine = &mut self.engine;
        engine.now_ns = self.clock.now_ns();
        engine.ready.clear();
        if sleep.is_zero() {
            self.selector
                .poll(&mut engine.ready, Some(Duration::ZERO))?;
        } else {
            let sleep = self.sleep_at_most(sleep);
            self.selector.poll(&mut self.engine.ready, Some(sleep))?;
            self.engine.now_ns = self.clock.now_ns();
        }

        // From here on, `carried` is filled for the next turn.
        let engine = &mut self.engine;
        let start_ns = engine.now_ns;
        engine.turn += 1;
        let has_carried = !engine.carried.is_empty();
        if has_carried {
            mem::swap(&mut engine.carried, &mut engine.carried_now);
        }
        if !engine.ready.is_empty() {
            self.poll_ready(ctx);
        }
        if has_carried {
            self.poll_carried(ctx);
        }
        // Before the timers, so that an answer that has come is not too late.
        if !self.lookups.is_empty() {
            let looks = if sleep.is_zero() { LOOKS } else { LOOKS_AWAKE };
            self.poll_lookups(looks, ctx);
        }
        if self
            .engine
            .timers
            .next_ns()
            .is_some_and(|next_ns| next_ns <= start_ns)
        {
            self.fire_timers(start_ns, ctx);
        }
        if !self.engine.queue.is_empty() {
            self.connect_queued(ctx);
        }
        Ok(())
    }

    /// How long the selector may wait when there may be `sleep` to spare.
    fn sleep_at_most(&self, sleep: Duration) -> Duration {
        let engine = &self.engine;
        if !engine.carried.is_empty() || engine.may_have_answers && !self.lookups.is_empty() {
            return Duration::ZERO;
        }
        // The resolver does not wake the selector.
        let sleep = if self.lookups.is_empty() {
            sleep
        } else {
            sleep.min(LOOKUP_PERIOD)
        };
        let connect_ns = (!engine.queue.is_empty()).then(|| engine.rate_limit.next_ns());
        [engine.timers.next_ns(), connect_ns]
            .into_iter()
            .flatten()
            .map(|next_ns| Duration::from_nanos(next_ns.saturating_sub(engine.now_ns)))
            .fold(sleep, Duration::min)
    }
}

/// How often `wait` looks for the resolver's answers.
const LOOKUP_PERIOD: Duration = Duration::from_millis(1);

/// Questions to the resolver that one turn looks at: of a thread that polls on, and of one that may have slept.
const LOOKS: usize = 16;
const LOOKS_AWAKE: usize = 256;

/// Timers, connects, and answers of the resolver, of one turn. A connect costs tens of microseconds, and the endpoints
/// that are active shall not wait for a thousand of them.
const STEPS_MAX: usize = 16;

impl<S, E, C, T, D> IOService<S, E, C, T, D>
where
    E: AnyEndpoint<C>,
    S: Selector<BaseOf<E, C>>,
    T: TimeSource,
    D: DnsResolver,
{
    fn poll_ready(&mut self, ctx: &mut C) {
        for place in 0..self.engine.ready.len() {
            let Some(&Ready { token, readiness }) = self.engine.ready.get(place) else {
                return;
            };
            let now_ns = self.engine.now_ns;
            if let Some(entry) = self.engine.endpoints.at_mut(token.index)
                && let Link::Open(open) = &mut entry.link
                && open.token == token
            {
                open.hear(readiness, now_ns);
                self.selector.deliver(open.target.base_mut(), readiness);
                self.poll_endpoint(token.index, ctx);
            } else {
                self.report_elsewhere(token, readiness, ctx);
            }
        }
    }

    fn poll_carried(&mut self, ctx: &mut C) {
        let mut carried = mem::take(&mut self.engine.carried_now);
        for &index in &carried {
            let turn = self.engine.turn;
            let Some(entry) = self.engine.endpoints.at_mut(index) else {
                continue;
            };
            let is_alone = entry.beside.is_empty();
            // Not so where the connection was replaced since, or has been polled for a report.
            if matches!(&entry.link, Link::Open(open) if open.carried_to == turn && open.polled_in != turn)
            {
                self.poll_endpoint(index, ctx);
            }
            if !is_alone {
                self.poll_carried_beside(index, ctx);
            }
        }
        carried.clear();
        self.engine.carried_now = carried;
    }

    /// Polls an endpoint that has a connection, unless it had its poll in this turn.
    pub(super) fn poll_endpoint(&mut self, index: u32, ctx: &mut C) {
        let engine = &mut self.engine;
        let Some(entry) = engine.endpoints.at_mut(index) else {
            return;
        };
        let Link::Open(open) = &mut entry.link else {
            return;
        };
        if open.polled_in == engine.turn {
            return self.carry_over(index);
        }
        open.polled_in = engine.turn;
        if open.progress == Progress::Connecting {
            let address = open.address;
            match open.target.base_mut().connected() {
                Ok(true) => {
                    self.end_race(index);
                    self.enter_phase(index, ctx);
                }
                Ok(false) => return,
                Err(error) => {
                    let reason = DisconnectReason::Connect(Arc::new(error));
                    return self.address_failed(index, address, reason, ctx);
                }
            }
        }
        self.drive(index, ctx);
    }

    /// Calls the endpoint's `poll` and sees to what has come of it.
    pub(super) fn drive(&mut self, index: u32, ctx: &mut C) {
        let engine = &mut self.engine;
        let Some(entry) = engine.endpoints.at_mut(index) else {
            return;
        };
        let Link::Open(open) = &mut entry.link else {
            return;
        };
        engine.stats.polls += 1;
        let is_replacement = open.progress != Progress::Active
            && entry
                .beside
                .iter()
                .any(|open| open.progress == Progress::Active);
        let result = if is_replacement {
            entry.endpoint.drive_replacement(&mut open.target, ctx)
        } else {
            entry.endpoint.drive(&mut open.target, ctx)
        };
        match result {
            Err(error) if !is_no_failure(error.kind()) => {
                if open.progress == Progress::Closing {
                    return self.go_on_closing_after(index, error);
                }
                // The endpoint may have seen the end of the handshake, messages, and then the end of the stream.
                if open.progress != Progress::Active
                    && !is_replacement
                    && open.target.phase() == Phase::Established
                {
                    self.enter_phase(index, ctx);
                }
                return self.connection_failed(
                    index,
                    DisconnectReason::Error(Arc::new(error)),
                    ctx,
                );
            }
            _ => {}
        }
        match open.progress {
            Progress::Active => {}
            Progress::Closing => return self.go_on_closing(index),
            _ => self.enter_phase(index, ctx),
        }
        self.carry_over(index);
    }

    /// Those that were due when the turn began. What became due in a slow step since may have been met by a report that
    /// is still in the selector.
    fn fire_timers(&mut self, start_ns: u64, ctx: &mut C) {
        for _ in 0..STEPS_MAX {
            let Some(index) = self.engine.timers.pop_due(start_ns) else {
                return;
            };
            self.fire_timer(index, start_ns, ctx);
        }
    }

    /// What the timer of an endpoint means follows from its state.
    fn fire_timer(&mut self, index: u32, start_ns: u64, ctx: &mut C) {
        let Some(entry) = self.engine.endpoints.at_mut(index) else {
            return;
        };
        if !entry.beside.is_empty() {
            self.fire_beside(index, start_ns, ctx);
        }
        self.engine.end_head_start(index, start_ns);
        let Some(entry) = self.engine.endpoints.at_mut(index) else {
            return;
        };
        if entry.main_due_ns() > start_ns {
            return self.engine.rearm(index);
        }
        let options = &entry.options;
        let is_total = entry.round_until_ns <= start_ns;
        let of_step =
            |stage| DisconnectReason::Timeout(if is_total { Stage::Total } else { stage });
        match &entry.link {
            Link::Backoff | Link::Resolving { lookup: None } => self.resolve(index, ctx),
            Link::Resolving { lookup: Some(_) } => {
                self.resolve_failed(index, of_step(Stage::Resolve), ctx);
            }
            Link::Idle => self.ask_again(index, ctx),
            // Its turn among those of its host has come.
            Link::Queued => self.engine.queue(index),
            // Waits for its user, and has no timer.
            Link::Paused => {}
            Link::Open(open) if open.deadline_ns > start_ns => self.wake(index, ctx),
            Link::Open(open) => match open.progress {
                Progress::Connecting => {
                    let (address, reason) = (open.address, of_step(Stage::Connect));
                    self.address_failed(index, address, reason, ctx);
                }
                Progress::Handshaking(phase) => {
                    let (_, stage) = options.timeouts().of_phase(phase);
                    self.connection_failed(index, of_step(stage), ctx);
                }
                Progress::Active => self.end_of_activity(index, start_ns, ctx),
                Progress::Closing | Progress::Draining { .. } => self.closed(index, false),
            },
        }
    }

    /// Looks at `looks` questions to the resolver, each in its turn, so that the cost does not grow with them. Those whose
    /// endpoints wait for them no more are dropped.
    fn poll_lookups(&mut self, looks: usize, ctx: &mut C) {
        let (mut looked, mut answers) = (0, 0);
        while looked < looks.min(self.lookups.len()) && answers < STEPS_MAX {
            let engine = &mut self.engine;
            if engine.next_look >= self.lookups.len() {
                engine.next_look = 0;
            }
            let place = engine.next_look;
            let Some(lookup) = self.lookups.get_mut(place) else {
                break;
            };
            let entry = engine.endpoints.at_mut(lookup.index);
            if !entry.is_some_and(|entry| entry.link.waits_for(lookup.id)) {
                self.lookups.swap_remove(place);
                continue;
            }
            looked += 1;
            match lookup.query.poll() {
                None => engine.next_look += 1,
                Some(answer) => {
                    let index = self.lookups.swap_remove(place).index;
                    self.answered(index, answer, ctx);
                    answers += 1;
                }
            }
        }
        self.engine.may_have_answers = answers > 0;
    }

    /// Lets those connect whose turn it is, as far as the rate limit allows.
    fn connect_queued(&mut self, ctx: &mut C) {
        for _ in 0..STEPS_MAX {
            let engine = &mut self.engine;
            if engine.rate_limit.next_ns() > engine.now_ns {
                return;
            }
            let endpoints = &engine.endpoints;
            let Some(handle) = engine.queue.pop(|handle| endpoints.get(handle).is_some()) else {
                return;
            };
            let Some(entry) = engine.endpoints.get_mut(handle) else {
                continue;
            };
            entry.in_queue = false;
            // It may have been paused since, or connected.
            if matches!(entry.link, Link::Queued) || entry.wants_next_address {
                self.connect(handle.index, ctx);
            }
        }
    }
}

impl<S, E, C, T, D> IOService<S, E, C, T, D>
where
    E: AnyEndpoint<C>,
    S: Selector<BaseOf<E, C>>,
    D: DnsResolver,
{
    /// Notes the endpoint for the next turn if it has something to do that the selector will not report.
    #[inline]
    pub(super) fn carry_over(&mut self, index: u32) {
        let engine = &mut self.engine;
        let Some(entry) = engine.endpoints.at_mut(index) else {
            return;
        };
        let Link::Open(open) = &mut entry.link else {
            return;
        };
        let next_turn = engine.turn + 1;
        if has_work(&self.selector, &open.target) && open.carried_to != next_turn {
            open.carried_to = next_turn;
            engine.carried.push(index);
        }
        // Until TCP is connected there is nothing for the layers above to time.
        if open.progress != Progress::Connecting && open.ask_for_wake() {
            engine.rearm(index);
        }
    }
}

/// Says whether there is something to do that the selector will not report.
#[inline]
pub(super) fn has_work<S: Selector<G::Base>, G: Layer>(selector: &S, target: &G) -> bool {
    target.has_buffered()
        || selector.may_read(target.base())
        || target.wants_write() && selector.may_write(target.base())
}

/// Says whether an endpoint's error means that there is nothing to be had now. `Interrupted` is the kernel's word for
/// "again".
pub(super) const fn is_no_failure(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::Interrupted)
}
