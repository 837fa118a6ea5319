//! Deadlines of the endpoints: the service's own and those that their targets ask for, one timer for both.

use std::sync::Arc;
use std::time::Duration;

use boom_select::Selector;
use boom_stream::Layer;

use super::turn::is_no_failure;
use super::{BaseOf, Engine, IOService};
use crate::dns::DnsResolver;
use crate::entry::{Link, NEVER, Progress};
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

    /// Sets or removes the service's own deadline of the endpoint. That of its target stays.
    pub(super) fn set_deadline(&mut self, index: u32, deadline_ns: u64) {
        if let Some(entry) = self.endpoints.at_mut(index)
            && let Link::Open(open) = &mut entry.link
        {
            open.deadline_ns = deadline_ns;
            self.rearm(index);
        } else {
            self.set_timer(index, deadline_ns);
        }
    }

    /// Sets the timer to the earlier of both deadlines of a connection.
    pub(super) fn rearm(&mut self, index: u32) {
        if let Some(entry) = self.endpoints.at_mut(index)
            && let Link::Open(open) = &entry.link
        {
            let due_ns = open.deadline_ns.min(open.wake_ns);
            self.set_timer(index, due_ns);
        }
    }

    fn set_timer(&mut self, index: u32, due_ns: u64) {
        if due_ns == NEVER {
            self.timers.clear(index);
        } else {
            self.timers.set(index, due_ns);
        }
    }
}

impl<S, E, C, T, D> IOService<S, E, C, T, D>
where
    E: AnyEndpoint<C>,
    S: Selector<BaseOf<E, C>>,
    D: DnsResolver,
{
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
