//! The way down: what has failed, what is told, and when to try again.

use std::net::SocketAddr;
use std::time::Duration;

use boom_select::Selector;
use boom_stream::ConnectionInfoProvider;

use super::{BaseOf, Engine, IOService};
use crate::dns::DnsResolver;
use crate::entry::{Entry, Link, Open, Progress};
use crate::{AnyEndpoint, DisconnectReason, Event, Stage};

impl<S, E, C, T, D> IOService<S, E, C, T, D>
where
    E: AnyEndpoint<C>,
    S: Selector<BaseOf<E, C>>,
    D: DnsResolver,
{
    /// The host has no address, as far as is known.
    pub(super) fn resolve_failed(&mut self, index: u32, reason: DisconnectReason, ctx: &mut C) {
        self.engine.attempt_failed(index, None, &reason);
        self.host_failed(index, reason, ctx);
    }

    /// No connection to one address: tries the next, and waits only when there is none left.
    pub(super) fn address_failed(
        &mut self,
        index: u32,
        address: SocketAddr,
        reason: DisconnectReason,
        ctx: &mut C,
    ) {
        if is_total(&reason) {
            self.end_race(index);
        }
        // Of those that are connected to beside it, the one that began first takes its place.
        let racer = self.take_racer(index);
        let is_last = racer.is_none();
        self.replace_link(index, racer.map_or(Link::Queued, Link::Open));
        self.engine.attempt_failed(index, Some(address), &reason);
        if !is_last {
            return self.engine.want_next_address(index);
        }
        let Some(entry) = self.engine.endpoints.at_mut(index) else {
            return;
        };
        if entry.next_address < entry.addresses.len() && !is_total(&reason) {
            self.engine.queue(index);
        } else {
            self.host_failed(index, reason, ctx);
        }
    }

    /// A connection ended, in a handshake or when it was active.
    pub(super) fn connection_failed(&mut self, index: u32, reason: DisconnectReason, ctx: &mut C) {
        if let Some(Link::Open(open)) = self.replace_link(index, Link::Queued) {
            if open.progress != Progress::Active {
                self.engine
                    .attempt_failed(index, Some(open.address), &reason);
                if let Some(entry) = self.engine.endpoints.at_mut(index) {
                    entry.failed_address = Some(open.address);
                }
                return self.host_failed(index, reason, ctx);
            }
            self.engine.disconnected(index, &open, &reason);
        }
        self.retry(index, reason, ctx);
    }

    /// No connection to a host: goes on to the next at once, or ends the round.
    fn host_failed(&mut self, index: u32, reason: DisconnectReason, ctx: &mut C) {
        let Some(entry) = self.engine.endpoints.at_mut(index) else {
            return;
        };
        let has_next = entry.endpoint.fail_over(ctx);
        if has_next && entry.hosts_tried < HOSTS_MAX && !is_total(&reason) {
            entry.hosts_tried += 1;
            self.replace_link(index, Link::Resolving { lookup: None });
            self.engine.set_deadline(index, 0);
            return;
        }
        entry.hosts_tried = 0;
        if entry.standing().is_none() {
            entry.failed_rounds = entry.failed_rounds.saturating_add(1);
        }
        self.retry(index, reason, ctx);
    }

    /// Lets the endpoint wait before the next round of attempts, unless it gives up.
    fn retry(&mut self, index: u32, reason: DisconnectReason, ctx: &mut C) {
        let Some(entry) = self.engine.endpoints.at_mut(index) else {
            return;
        };
        // A connection that stands goes on, and the endpoint has nothing to say about it.
        if entry.standing().is_some() || entry.goes_on(&reason, ctx) {
            self.replace_link(index, Link::Backoff);
            self.engine.back_off(index, &reason);
        } else {
            self.give_up(index, reason);
        }
    }

    pub(super) fn give_up(&mut self, index: u32, reason: DisconnectReason) {
        let Some(handle) = self.engine.endpoints.handle(index) else {
            return;
        };
        if let Some(endpoint) = self.remove(index) {
            self.engine.stats.gave_up += 1;
            self.engine.tell(Event::GaveUp {
                handle,
                endpoint,
                reason,
            });
        }
    }

    /// Ends whatever the endpoint is doing and takes it out.
    pub(super) fn remove(&mut self, index: u32) -> Option<E> {
        self.replace_link(index, Link::Backoff);
        self.drop_beside(index);
        let engine = &mut self.engine;
        let entry = engine.endpoints.remove(index)?;
        engine.timers.clear(index);
        let endpoints = &engine.endpoints;
        if entry.in_queue {
            engine
                .queue
                .forget_one(|handle| endpoints.get(handle).is_some());
        }
        if entry.waits_with_others {
            engine
                .outages
                .forget_one(|handle| endpoints.get(handle).is_some());
        }
        Some(entry.endpoint)
    }

    /// Puts `link` in place of what is there, which no selector knows of afterwards. A question to the resolver is dropped
    /// when its turn comes.
    pub(super) fn replace_link(
        &mut self,
        index: u32,
        link: Link<E::Target>,
    ) -> Option<Link<E::Target>> {
        let now_ns = self.engine.now_ns;
        let entry = self.engine.endpoints.at_mut(index)?;
        let mut old = entry.enter(link, now_ns);
        if let Link::Open(open) = &mut old {
            self.unwatch(index, open);
        }
        Some(old)
    }
}

impl<E, G> Entry<E, G> {
    /// Starts to count failures anew, and returns true, if a connection was active for long enough.
    pub(super) fn forgets_failures(&mut self, active: Duration) -> bool {
        let policy = self.options.reconnect();
        let is_long = active >= policy.active_for_reset(self.last_delay);
        if is_long {
            (self.failures, self.failed_rounds, self.has_followed) = (0, 0, false);
        }
        is_long
    }

    /// Says whether the endpoint is to connect again, and may.
    pub(super) fn goes_on<C>(&mut self, reason: &DisconnectReason, ctx: &mut C) -> bool
    where
        E: AnyEndpoint<C>,
    {
        let wants = self.endpoint.may_recreate(reason.clone(), ctx);
        let max = self.options.max_attempts();
        wants && (reason.is_wanted() || max.is_none_or(|max| self.failed_rounds < max))
    }
}

/// Hosts that an endpoint may go on to in one round; a bound on what one does that never says it was the last.
const HOSTS_MAX: u32 = 15;

/// Says whether there is no time left for other addresses.
const fn is_total(reason: &DisconnectReason) -> bool {
    matches!(reason, DisconnectReason::Timeout(Stage::Total))
}

impl<E: ConnectionInfoProvider, G> Engine<E, G> {
    pub(super) fn attempt_failed(
        &mut self,
        index: u32,
        addr: Option<SocketAddr>,
        reason: &DisconnectReason,
    ) {
        let Some(handle) = self.endpoints.handle(index) else {
            return;
        };
        if let Some(entry) = self.endpoints.at_mut(index) {
            entry.counts.failed_attempts += 1;
            entry.counts.last_reason = Some(reason.clone());
        }
        self.stats.failed_attempts += 1;
        self.tell(Event::AttemptFailed {
            handle,
            addr,
            reason: reason.clone(),
        });
    }

    pub(super) fn disconnected(&mut self, index: u32, open: &Open<G>, reason: &DisconnectReason) {
        let Some(handle) = self.endpoints.handle(index) else {
            return;
        };
        self.count_end(index, open, reason);
        self.tell(Event::Disconnected {
            handle,
            reason: reason.clone(),
        });
    }

    /// Sees to what the end of a connection that was active means for those to come.
    pub(super) fn count_end(&mut self, index: u32, open: &Open<G>, reason: &DisconnectReason) {
        let Some(entry) = self.endpoints.at_mut(index) else {
            return;
        };
        let active = open.active_for(self.now_ns);
        if !entry.forgets_failures(active) && !reason.is_wanted() {
            entry.failed_rounds = entry.failed_rounds.saturating_add(1);
        }
        // An address that accepts and soon hangs up gives way to the others, as one that fails in a handshake does.
        if active >= entry.options.reconnect().reset_after() {
            entry.failed_address = None;
        } else if !reason.is_wanted() {
            entry.failed_address = Some(open.address);
        }
        entry.counts.disconnected += 1;
        entry.counts.last_reason = Some(reason.clone());
        self.stats.disconnected += 1;
    }

    /// Starts the timer of the next round of attempts.
    pub(super) fn back_off(&mut self, index: u32, reason: &DisconnectReason) {
        let Some(handle) = self.endpoints.handle(index) else {
            return;
        };
        let Some(entry) = self.endpoints.at_mut(index) else {
            return;
        };
        let policy = *entry.options.reconnect();
        let delay = if reason.is_wanted() {
            Duration::ZERO
        } else {
            let delay = policy.delay(entry.failures, &mut self.random);
            entry.failures = entry.failures.saturating_add(1);
            entry.last_delay = delay;
            delay
        };
        if !delay.is_zero() && policy.follow() && !entry.has_followed && !entry.waits_with_others {
            entry.waits_with_others = true;
            let connection_info = entry.endpoint.connection_info();
            self.outages
                .add(connection_info.host(), connection_info.port(), handle);
        }
        self.start_timer(index, delay);
        self.tell(Event::RetryIn { handle, delay });
    }
}
