//! The way up: a turn to connect, and the connect.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use boom_select::{Selector, Token};
use boom_stream::{ConnectionInfoProvider, Layer, TimeSource};

use super::{BaseOf, Engine, IOService};
use crate::dns::DnsResolver;
use crate::entry::{Entry, Link, NEVER, Open};
use crate::rate::HostRates;
use crate::{AnyEndpoint, DisconnectReason};

impl<S, E, C, T, D> IOService<S, E, C, T, D>
where
    E: AnyEndpoint<C>,
    S: Selector<BaseOf<E, C>>,
    T: TimeSource,
    D: DnsResolver,
{
    /// Starts to connect to the next address: the first, or one beside those that have not connected yet.
    pub(super) fn connect(&mut self, index: u32, ctx: &mut C) {
        let engine = &mut self.engine;
        let Some(entry) = engine.endpoints.at_mut(index) else {
            return;
        };
        let is_first = matches!(entry.link, Link::Queued);
        entry.wants_next_address = false;
        let Some(&address) = entry.addresses.get(entry.next_address) else {
            if is_first {
                self.resolve(index, ctx);
            }
            return;
        };
        if is_first {
            entry.extend_round(engine.now_ns.saturating_sub(entry.queued_ns));
        }
        if let Some(rates) = &mut engine.host_rates {
            let turn_ns = entry.take_host_turn(rates, engine.now_ns);
            if turn_ns > engine.now_ns {
                return engine.await_host_turn(index, turn_ns);
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
            Ok(Some(target)) => self.watch(index, address, target, ctx),
            Ok(None) if is_first => {
                entry.enter(Link::Idle, engine.now_ns);
                let delay = entry.options.idle_retry();
                engine.start_timer(index, delay);
            }
            // It wants no other connection beside those that it has.
            Ok(None) => {}
            Err(error) => self.not_opened(index, address, error, ctx),
        }
    }

    /// Takes a target that has begun to connect.
    fn watch(&mut self, index: u32, address: SocketAddr, mut target: E::Target, ctx: &mut C) {
        let token = self.engine.next_token(index);
        if let Err(error) = self.selector.register(target.base_mut(), token) {
            self.engine.release(index, token);
            return self.not_opened(index, address, error, ctx);
        }
        let engine = &mut self.engine;
        let Some(entry) = engine.endpoints.at_mut(index) else {
            return;
        };
        let open = Open::new(target, address, token);
        let timeout = entry.options.timeouts().connect();
        if matches!(entry.link, Link::Open(_)) {
            engine.add_racer(index, open, timeout);
        } else {
            entry.enter(Link::Open(open), engine.now_ns);
            engine.start_step(index, timeout);
        }
        engine.start_head_start(index);
    }

    fn not_opened(&mut self, index: u32, address: SocketAddr, error: io::Error, ctx: &mut C) {
        let reason = DisconnectReason::Connect(Arc::new(error));
        let Some(entry) = self.engine.endpoints.at_mut(index) else {
            return;
        };
        if matches!(entry.link, Link::Open(_)) {
            self.engine.attempt_failed(index, Some(address), &reason);
            self.engine.want_next_address(index);
        } else {
            self.address_failed(index, address, reason, ctx);
        }
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

impl<E: ConnectionInfoProvider, G> Engine<E, G> {
    /// Lets the endpoint connect to its next address when its turn has come.
    pub(super) fn queue(&mut self, index: u32) {
        let Some(handle) = self.endpoints.handle(index) else {
            return;
        };
        if let Some(entry) = self.endpoints.at_mut(index) {
            entry.enter(Link::Queued, self.now_ns);
            entry.queued_ns = self.now_ns;
            // It may have a place still, of an address that it wanted beside others.
            if !entry.in_queue {
                entry.in_queue = true;
                self.queue.push(handle);
            }
        }
        self.set_deadline(index, NEVER);
    }

    /// A token that no other connection has or had: at the endpoint's own place or, where that is taken, at another.
    fn next_token(&mut self, index: u32) -> Token {
        let is_taken = self
            .endpoints
            .at_mut(index)
            .is_some_and(|entry| entry.is_at(index));
        let place = if is_taken {
            self.endpoints.reserve(index)
        } else {
            index
        };
        let generation = self.next_generation;
        self.next_generation = self.next_generation.wrapping_add(1);
        Token {
            index: place,
            generation,
        }
    }

    fn await_host_turn(&mut self, index: u32, turn_ns: u64) {
        let Some(entry) = self.endpoints.at_mut(index) else {
            return;
        };
        if matches!(entry.link, Link::Queued) {
            entry.extend_round(turn_ns.saturating_sub(self.now_ns));
            self.set_deadline(index, turn_ns);
        } else {
            entry.head_start_ns = turn_ns;
            self.rearm(index);
        }
    }
}
