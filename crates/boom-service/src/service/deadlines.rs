//! Deadlines of the endpoints: the service's own and those that their targets ask for, one timer for both.

use std::sync::Arc;
use std::time::Duration;

use boom_select::Selector;
use boom_stream::Layer;

use super::turn::is_no_failure;
use super::{BaseOf, Engine, IOService};
use crate::dns::DnsResolver;
use crate::entry::{Link, NEVER, Open, Progress};
use crate::options::nanoseconds;
use crate::{AnyEndpoint, DisconnectReason};

impl<E, G> Engine<E, G> {
    /// Sets the endpoint's deadline to `delay` from now.
    pub(super) fn start_timer(&mut self, index: u32, delay: Duration) {
        self.set_deadline(index, self.now_ns.saturating_add(nanoseconds(delay)));
    }

    /// Sets the endpoint's deadline to `timeout` from now, or to the end of the round where that is sooner.
    pub(super) fn start_step(&mut self, index: u32, timeout: Duration) {
        let Some(entry) = self.endpoints.at_mut(index) else {
            return;
        };
        let deadline_ns = self.now_ns.saturating_add(nanoseconds(timeout));
        let deadline_ns = deadline_ns.min(entry.round_until_ns);
        self.set_deadline(index, deadline_ns);
    }

    /// Sets the service's own deadline of the endpoint, `NEVER` for none. Those of its targets stay.
    pub(super) fn set_deadline(&mut self, index: u32, deadline_ns: u64) {
        if let Some(entry) = self.endpoints.at_mut(index)
            && let Link::Open(open) = &mut entry.link
        {
            open.deadline_ns = deadline_ns;
        } else if let Some(entry) = self.endpoints.at_mut(index) {
            entry.deadline_ns = deadline_ns;
        }
        self.rearm(index);
    }

    /// Sets the timer to the earliest of all deadlines of the endpoint.
    pub(super) fn rearm(&mut self, index: u32) {
        let Some(entry) = self.endpoints.at_mut(index) else {
            return;
        };
        let due_ns = entry.due_ns();
        if due_ns == NEVER {
            self.timers.clear(index);
        } else {
            self.timers.set(index, due_ns);
        }
    }
}

impl<T> Open<T> {
    /// Sets the deadline of one that is active: the end of its time, or of its silence.
    pub(super) fn watch_activity(&mut self, idle: Option<Duration>) {
        let silent_ns = idle.map_or(NEVER, |idle| self.silent_too_long_ns(idle));
        self.deadline_ns = self.ends_ns.min(silent_ns);
    }

    /// Says whether nothing was received for `idle`, and sets the deadline anew where there was, or may have been: after a
    /// long turn the report that ends the silence may still be in the selector.
    pub(super) fn is_silent(&mut self, idle: Option<Duration>, now_ns: u64) -> bool {
        let silent_ns = idle.map_or(NEVER, |idle| self.silent_too_long_ns(idle));
        if silent_ns > now_ns {
            self.is_doubted = false;
            self.watch_activity(idle);
            return false;
        }
        if self.is_doubted {
            return true;
        }
        self.is_doubted = true;
        self.deadline_ns = now_ns.saturating_add(1);
        false
    }

    fn silent_too_long_ns(&self, idle: Duration) -> u64 {
        self.heard_ns.saturating_add(nanoseconds(idle))
    }
}

impl<S, E, C, T, D> IOService<S, E, C, T, D>
where
    E: AnyEndpoint<C>,
    S: Selector<BaseOf<E, C>>,
    D: DnsResolver,
{
    /// The deadline of an active connection has come: the end of its time, or of its silence.
    pub(super) fn end_of_activity(&mut self, index: u32, start_ns: u64, ctx: &mut C) {
        let engine = &mut self.engine;
        let Some(entry) = engine.endpoints.at_mut(index) else {
            return;
        };
        let idle = entry.options.idle_timeout();
        let Link::Open(open) = &mut entry.link else {
            return;
        };
        if open.ends_ns <= start_ns {
            return self.end_of_ttl(index, ctx);
        }
        if open.is_silent(idle, engine.now_ns) {
            let reason = DisconnectReason::Idle(idle.unwrap_or_default());
            return self.connection_failed(index, reason, ctx);
        }
        engine.rearm(index);
    }

    fn end_of_ttl(&mut self, index: u32, ctx: &mut C) {
        let engine = &mut self.engine;
        let Some(entry) = engine.endpoints.at_mut(index) else {
            return;
        };
        let (idle, overlaps) = (
            entry.options.idle_timeout(),
            entry.options.overlap().is_some(),
        );
        let Link::Open(open) = &mut entry.link else {
            return;
        };
        // The end of the one before may still be under way.
        let is_free = !overlaps || entry.beside.is_empty();
        if !is_free || !entry.endpoint.may_auto_disconnect(ctx) {
            open.ends_ns = engine.now_ns.saturating_add(nanoseconds(TTL_PERIOD));
            open.watch_activity(idle);
            engine.rearm(index);
        } else if overlaps {
            engine.start_overlap(index);
        } else {
            let ttl = open.ttl;
            self.connection_failed(index, DisconnectReason::AutoDisconnect(ttl), ctx);
        }
    }

    /// Tells the target of an endpoint the time, as it has asked for.
    pub(super) fn wake(&mut self, index: u32, ctx: &mut C) {
        let engine = &mut self.engine;
        let Some(entry) = engine.endpoints.at_mut(index) else {
            return;
        };
        let Link::Open(open) = &mut entry.link else {
            return;
        };
        open.told_ns = engine.now_ns;
        match open.target.handle_timeout(engine.now_ns) {
            Err(error) if !is_no_failure(error.kind()) => {
                if open.progress == Progress::Closing {
                    return self.closed(index, false);
                }
                let reason = DisconnectReason::Error(Arc::new(error));
                return self.connection_failed(index, reason, ctx);
            }
            _ => {}
        }
        // The timer has gone off, so it is set whether or not the answer is a new one.
        open.ask_for_wake();
        engine.rearm(index);
        self.carry_over(index);
    }
}

/// How often an endpoint is asked whether its connection, which is at the end of its time, may be ended.
const TTL_PERIOD: Duration = Duration::from_millis(100);
