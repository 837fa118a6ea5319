//! The way up: resolve, shake hands, be active. `connect` is between.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use boom_select::Selector;
use boom_stream::{ConnectionInfoProvider, Layer, Phase, TimeSource};

use super::{BaseOf, Engine, IOService, Lookup};
use crate::dns::{DnsQuery, DnsResolver};
use crate::entry::{Entry, Link, Open, Progress};
use crate::options::nanoseconds;
use crate::{AnyEndpoint, DisconnectReason, EndpointOptions, Error, Event};

impl<S, E, C, T, D> IOService<S, E, C, T, D>
where
    E: AnyEndpoint<C>,
    S: Selector<BaseOf<E, C>>,
    T: TimeSource,
    D: DnsResolver,
{
    /// Asks the resolver for the endpoint's host.
    pub(super) fn resolve(&mut self, index: u32, ctx: &mut C) {
        let engine = &mut self.engine;
        let Some(entry) = engine.endpoints.at_mut(index) else {
            return;
        };
        if entry.hosts_tried == 0 {
            entry.start_round(engine.now_ns);
        }
        let connection_info = entry.endpoint.connection_info();
        let mut query = self
            .resolver
            .resolve(connection_info.host(), connection_info.port());
        let answer = query.poll();
        // A resolver that blocks shall not use up the time of the next step.
        engine.now_ns = self.clock.now_ns();
        if let Some(answer) = answer {
            return self.answered(index, answer, ctx);
        }
        let id = engine.next_lookup;
        engine.next_lookup += 1;
        // It was in that state already where it waited to be polled.
        entry.restart_state(engine.now_ns);
        entry.enter(Link::Resolving { lookup: Some(id) }, engine.now_ns);
        let timeout = entry.options.timeouts().resolve();
        engine.start_step(index, timeout);
        self.lookups.push(Lookup { id, index, query });
    }

    pub(super) fn answered(
        &mut self,
        index: u32,
        answer: io::Result<Vec<SocketAddr>>,
        ctx: &mut C,
    ) {
        let Some(entry) = self.engine.endpoints.at_mut(index) else {
            return;
        };
        entry.enter(Link::Queued, self.engine.now_ns);
        let mut addresses = match answer {
            Ok(addresses) if !addresses.is_empty() => addresses,
            Ok(_) => return self.not_resolved(index, Error::NoAddress.into(), ctx),
            Err(error) => return self.not_resolved(index, error, ctx),
        };
        if entry.options.head_start().is_some() {
            take_turns(&mut addresses);
        }
        addresses.truncate(ADDRESSES_MAX);
        // Where one address lets connect and then fails in a handshake, the others get their turn.
        if let Some(failed) = entry.failed_address
            && let Some(place) = addresses.iter().position(|address| *address == failed)
        {
            addresses.rotate_left(place + 1);
        }
        entry.addresses = addresses;
        entry.resolved_at_ns = self.engine.now_ns;
        entry.next_address = 0;
        self.engine.queue(index);
    }

    fn not_resolved(&mut self, index: u32, error: io::Error, ctx: &mut C) {
        self.resolve_failed(index, DisconnectReason::Resolve(Arc::new(error)), ctx);
    }

    /// Lets an endpoint that wanted no connection be asked again, with addresses that are not out of date.
    pub(super) fn ask_again(&mut self, index: u32, ctx: &mut C) {
        let engine = &mut self.engine;
        let Some(entry) = engine.endpoints.at_mut(index) else {
            return;
        };
        // It may have been idle for long.
        entry.start_round(engine.now_ns);
        if engine.now_ns.saturating_sub(entry.resolved_at_ns) > ANSWER_AGE_MAX_NS {
            self.resolve(index, ctx);
        } else {
            engine.queue(index);
        }
    }

    /// TCP is connected, or the handshake may have come further: starts the time of the next one, or ends the way up.
    pub(super) fn enter_phase(&mut self, index: u32, ctx: &mut C) {
        let engine = &mut self.engine;
        let Some(entry) = engine.endpoints.at_mut(index) else {
            return;
        };
        let is_replacement = entry.standing().is_some();
        let Link::Open(open) = &mut entry.link else {
            return;
        };
        let phase = open.target.phase();
        let is_up = phase == Phase::Established
            && (!is_replacement || entry.endpoint.may_switch(&mut open.target, ctx));
        if open.progress == Progress::Handshaking(phase) && !is_up {
            return;
        }
        // Whatever came before it in this turn does not count against the handshake.
        engine.now_ns = self.clock.now_ns();
        if is_up {
            return self.activate(index, ctx);
        }
        let was_connecting = open.progress == Progress::Connecting;
        open.progress = Progress::Handshaking(phase);
        if was_connecting {
            entry.restart_state(engine.now_ns);
        }
        let (timeout, _) = entry.options.timeouts().of_phase(phase);
        engine.start_step(index, timeout);
    }

    fn activate(&mut self, index: u32, ctx: &mut C) {
        let engine = &mut self.engine;
        let Some(handle) = engine.endpoints.handle(index) else {
            return;
        };
        let Some(entry) = engine.endpoints.at_mut(index) else {
            return;
        };
        let is_replacement = entry.standing().is_some();
        let Link::Open(open) = &mut entry.link else {
            return;
        };
        open.activate(&entry.options, engine.now_ns);
        entry.since_ns = engine.now_ns;
        entry.hosts_tried = 0;
        entry.counts.connected += 1;
        engine.stats.connected += 1;
        let addr = open.address;
        engine.rearm(index);
        if is_replacement {
            self.switch(index, ctx);
        } else {
            engine.tell(Event::Connected { handle, addr });
        }
        self.engine.lead_others(index);
    }
}

impl<T> Open<T> {
    /// Begins to be active, for as long as `options` allow.
    fn activate(&mut self, options: &EndpointOptions, now_ns: u64) {
        self.progress = Progress::Active;
        self.active_since_ns = now_ns;
        self.heard_ns = now_ns;
        self.ttl = options.auto_disconnect().unwrap_or(Duration::MAX);
        self.ends_ns = now_ns.saturating_add(nanoseconds(self.ttl));
        self.watch_activity(options.idle_timeout());
    }
}

impl<E, T> Entry<E, T> {
    /// Starts the time that all steps together may take.
    fn start_round(&mut self, now_ns: u64) {
        let total_ns = nanoseconds(self.options.timeouts().total());
        self.round_until_ns = now_ns.saturating_add(total_ns);
    }

    /// Time that the endpoint waited for its turn does not count.
    pub(super) const fn extend_round(&mut self, waited_ns: u64) {
        self.round_until_ns = self.round_until_ns.saturating_add(waited_ns);
    }
}

/// The oldest answer by which an idle endpoint connects. It may be idle for days.
const ANSWER_AGE_MAX_NS: u64 = 30_000_000_000;

/// Lets the two families of addresses take turns, each in its order and the one that came first ahead.
///
/// RFC 8305 section 4: the families are interleaved, so that one that leads nowhere holds up the connection for one delay
/// and not for as many as it has addresses.
fn take_turns(addresses: &mut Vec<SocketAddr>) {
    let is_first_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (first, other): (Vec<_>, Vec<_>) = addresses
        .drain(..)
        .partition(|address| address.is_ipv6() == is_first_v6);
    let mut other = other.into_iter();
    for address in first {
        addresses.push(address);
        addresses.extend(other.next());
    }
    addresses.extend(other);
}

/// Addresses of one answer that are tried; enough for any host, and a bound on what a resolver can cause.
const ADDRESSES_MAX: usize = 16;

impl<E: ConnectionInfoProvider, G: Layer> Engine<E, G> {
    /// The server is back: cuts the backoff short of those that wait for the same one. The rate limit spaces them.
    pub(super) fn lead_others(&mut self, index: u32) {
        let Some(entry) = self.endpoints.at_mut(index) else {
            return;
        };
        let connection_info = entry.endpoint.connection_info();
        let others = self
            .outages
            .take(connection_info.host(), connection_info.port());
        for handle in others {
            let Some(entry) = self.endpoints.get_mut(handle) else {
                continue;
            };
            entry.waits_with_others = false;
            if matches!(entry.link, Link::Backoff) {
                entry.has_followed = true;
                self.start_timer(handle.index, Duration::ZERO);
                self.tell(Event::RetryIn {
                    handle,
                    delay: Duration::ZERO,
                });
            }
        }
    }
}
