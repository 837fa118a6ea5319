//! The way up: resolve, connect, shake hands, be active.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use boom_select::{Selector, Token};
use boom_stream::{ConnectionInfoProvider, Layer, Phase, TimeSource};

use super::{BaseOf, Engine, IOService, Lookup};
use crate::dns::{DnsQuery, DnsResolver};
use crate::entry::{Entry, Link, NEVER, Open, Progress};
use crate::options::nanoseconds;
use crate::rate::HostRates;
use crate::{AnyEndpoint, DisconnectReason, Error, Event};

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
        entry.since_ns = engine.now_ns;
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

    /// Starts to connect to the next address.
    pub(super) fn connect(&mut self, index: u32, ctx: &mut C) {
        let engine = &mut self.engine;
        let Some(entry) = engine.endpoints.at_mut(index) else {
            return;
        };
        let Some(&address) = entry.addresses.get(entry.next_address) else {
            return self.resolve(index, ctx);
        };
        entry.extend_round(engine.now_ns.saturating_sub(entry.queued_ns));
        if let Some(rates) = &mut engine.host_rates {
            let turn_ns = entry.take_host_turn(rates, engine.now_ns);
            if turn_ns > engine.now_ns {
                entry.extend_round(turn_ns - engine.now_ns);
                return engine.timers.set(index, turn_ns);
            }
            entry.host_turn_ns = None;
        }
        engine.stats.attempts += 1;
        entry.counts.attempts += 1;
        let opened = entry.endpoint.open(address, ctx);
        engine.now_ns = self.clock.now_ns();
        if !matches!(opened, Ok(None)) {
            engine.rate_limit.take(engine.now_ns);
            entry.next_address += 1;
        }
        match opened {
            Ok(Some(target)) => {
                self.watch(index, address, target, ctx);
            }
            Ok(None) => {
                entry.enter(Link::Idle, engine.now_ns);
                let delay = entry.options.idle_retry();
                engine.start_timer(index, delay);
            }
            Err(error) => {
                self.address_failed(
                    index,
                    address,
                    DisconnectReason::Connect(Arc::new(error)),
                    ctx,
                );
            }
        }
    }

    /// Takes a target that has begun to connect.
    fn watch(&mut self, index: u32, address: SocketAddr, mut target: E::Target, ctx: &mut C) {
        let engine = &mut self.engine;
        let Some(entry) = engine.endpoints.at_mut(index) else {
            return;
        };
        let token = Token {
            index,
            generation: engine.next_generation,
        };
        engine.next_generation = engine.next_generation.wrapping_add(1);
        if let Err(error) = self.selector.register(target.base_mut(), token) {
            return self.address_failed(
                index,
                address,
                DisconnectReason::Connect(Arc::new(error)),
                ctx,
            );
        }
        let progress = Progress::Connecting;
        let link = Link::Open(Open {
            target,
            address,
            token,
            progress,
            active_since_ns: 0,
            deadline_ns: NEVER,
            wake_ns: NEVER,
            told_ns: 0,
            polled_in: 0,
            carried_to: 0,
        });
        entry.enter(link, engine.now_ns);
        let timeout = entry.options.timeouts().connect();
        engine.start_step(index, timeout);
    }
}

impl<E, T> Entry<E, T> {
    /// Starts the time that all steps together may take.
    fn start_round(&mut self, now_ns: u64) {
        let total_ns = nanoseconds(self.options.timeouts().total());
        self.round_until_ns = now_ns.saturating_add(total_ns);
    }

    /// Time that the endpoint waited for its turn does not count.
    const fn extend_round(&mut self, waited_ns: u64) {
        self.round_until_ns = self.round_until_ns.saturating_add(waited_ns);
    }
}

impl<E: ConnectionInfoProvider, T> Entry<E, T> {
    /// When it may connect to its host: the turn that it has, or else the next.
    fn take_host_turn(&mut self, rates: &mut HostRates, now_ns: u64) -> u64 {
        let host = self.endpoint.connection_info().host();
        *self
            .host_turn_ns
            .get_or_insert_with(|| rates.reserve(host, now_ns))
    }
}

/// The oldest answer by which an idle endpoint connects. It may be idle for days.
const ANSWER_AGE_MAX_NS: u64 = 30_000_000_000;

/// Addresses of one answer that are tried; enough for any host, and a bound on what a resolver can cause.
const ADDRESSES_MAX: usize = 16;

impl<E: ConnectionInfoProvider, G: Layer> Engine<E, G> {
    /// Lets the endpoint connect to its next address when its turn has come.
    pub(super) fn queue(&mut self, index: u32) {
        let Some(handle) = self.endpoints.handle(index) else {
            return;
        };
        if let Some(entry) = self.endpoints.at_mut(index) {
            entry.enter(Link::Queued, self.now_ns);
            self.timers.clear(index);
            if !entry.in_queue {
                entry.in_queue = true;
                entry.queued_ns = self.now_ns;
                self.queue.push(handle);
            }
        }
    }

    /// TCP is connected, or the handshake may have come further: starts the time of the next one, or ends the way up.
    pub(super) fn enter_phase(&mut self, index: u32, clock: &impl TimeSource) {
        let Some(entry) = self.endpoints.at_mut(index) else {
            return;
        };
        let Link::Open(open) = &mut entry.link else {
            return;
        };
        let phase = open.target.phase();
        if open.progress == Progress::Handshaking(phase) {
            return;
        }
        // Whatever came before it in this turn does not count against the handshake.
        self.now_ns = clock.now_ns();
        if phase == Phase::Established {
            return self.activate(index);
        }
        if open.progress == Progress::Connecting {
            entry.since_ns = self.now_ns;
        }
        open.progress = Progress::Handshaking(phase);
        let (timeout, _) = entry.options.timeouts().of_phase(phase);
        self.start_step(index, timeout);
    }

    fn activate(&mut self, index: u32) {
        let Some(handle) = self.endpoints.handle(index) else {
            return;
        };
        let Some(entry) = self.endpoints.at_mut(index) else {
            return;
        };
        let Link::Open(open) = &mut entry.link else {
            return;
        };
        open.progress = Progress::Active;
        open.active_since_ns = self.now_ns;
        entry.since_ns = self.now_ns;
        entry.hosts_tried = 0;
        entry.counts.connected += 1;
        self.stats.connected += 1;
        self.events.push(Event::Connected {
            handle,
            addr: open.address,
        });
        match entry.options.auto_disconnect() {
            Some(ttl) => self.start_timer(index, ttl),
            None => self.set_deadline(index, NEVER),
        }
        self.lead_others(index);
    }

    /// The server is back: cuts the backoff short of those that wait for the same one. The rate limit spaces them.
    fn lead_others(&mut self, index: u32) {
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
                self.events.push(Event::RetryIn {
                    handle,
                    delay: Duration::ZERO,
                });
            }
        }
    }
}
