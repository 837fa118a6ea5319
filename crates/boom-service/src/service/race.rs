//! Several addresses of one host, each tried when those before have had a head start (RFC 8305 section 5).
//!
//! The attempt that began first is the endpoint's main connection and the others are beside it, all `Connecting`. The
//! first for which TCP stands becomes the main one, and the rest are closed; the handshakes above come after that.

use std::time::Duration;

use boom_select::{Selector, Token};
use boom_stream::{ConnectionInfoProvider, TimeSource};

use super::{BaseOf, Engine, IOService};
use crate::dns::DnsResolver;
use crate::entry::{Link, NEVER, Open, Progress};
use crate::options::nanoseconds;
use crate::{AnyEndpoint, DisconnectReason};

impl<S, E, C, T, D> IOService<S, E, C, T, D>
where
    E: AnyEndpoint<C>,
    S: Selector<BaseOf<E, C>>,
    T: TimeSource,
    D: DnsResolver,
{
    /// An address beside the main one is connected to first.
    pub(super) fn racer_connected(&mut self, index: u32, token: Token, ctx: &mut C) {
        let Some(entry) = self.engine.endpoints.at_mut(index) else {
            return;
        };
        let Some(winner) = entry.take_beside(|open| open.token == token) else {
            return;
        };
        self.replace_link(index, Link::Open(winner));
        self.end_race(index);
        self.enter_phase(index, ctx);
        self.drive(index, ctx);
    }
}

impl<S, E, C, T, D> IOService<S, E, C, T, D>
where
    E: AnyEndpoint<C>,
    S: Selector<BaseOf<E, C>>,
    D: DnsResolver,
{
    /// An address beside the main one cannot be connected to: the next is tried at once.
    pub(super) fn racer_failed(&mut self, index: u32, token: Token, reason: &DisconnectReason) {
        let Some(open) = self.take_beside(index, |open| open.token == token) else {
            return;
        };
        self.engine
            .attempt_failed(index, Some(open.address), reason);
        self.engine.want_next_address(index);
    }

    /// Takes out the one that began first of those beside the main one.
    pub(super) fn take_racer(&mut self, index: u32) -> Option<Open<E::Target>> {
        let entry = self.engine.endpoints.at_mut(index)?;
        entry.take_beside(|open| open.progress == Progress::Connecting)
    }

    /// Closes those that are connected to beside the main one, and tries no further address.
    pub(super) fn end_race(&mut self, index: u32) {
        let Some(entry) = self.engine.endpoints.at_mut(index) else {
            return;
        };
        (entry.head_start_ns, entry.wants_next_address) = (NEVER, false);
        // A turn that was taken for another address has passed by the time of the next connect.
        entry.host_turn_ns = None;
        while self
            .take_beside(index, |open| open.progress == Progress::Connecting)
            .is_some()
        {}
    }
}

impl<E: ConnectionInfoProvider, G> Engine<E, G> {
    /// Notes a connect that has begun beside the main one.
    pub(super) fn add_racer(&mut self, index: u32, mut open: Open<G>, timeout: Duration) {
        let now_ns = self.now_ns;
        if let Some(entry) = self.endpoints.at_mut(index) {
            let deadline_ns = now_ns.saturating_add(nanoseconds(timeout));
            open.deadline_ns = deadline_ns.min(entry.round_until_ns);
            entry.beside.push(open);
        }
    }

    /// Starts the head start of the address that is connected to last before the next one.
    pub(super) fn start_head_start(&mut self, index: u32) {
        let now_ns = self.now_ns;
        if let Some(entry) = self.endpoints.at_mut(index) {
            entry.head_start_ns = match entry.options.head_start() {
                Some(head_start) if entry.has_next_address() => {
                    now_ns.saturating_add(nanoseconds(head_start))
                }
                _ => NEVER,
            };
            self.rearm(index);
        }
    }

    /// Lets the next address be tried if the head start is over.
    pub(super) fn end_head_start(&mut self, index: u32, start_ns: u64) {
        if let Some(entry) = self.endpoints.at_mut(index)
            && entry.head_start_ns <= start_ns
        {
            self.want_next_address(index);
        }
    }

    /// Lets the next address be tried beside those that are connected to, when the rate limit allows.
    pub(super) fn want_next_address(&mut self, index: u32) {
        let Some(handle) = self.endpoints.handle(index) else {
            return;
        };
        let Some(entry) = self.endpoints.at_mut(index) else {
            return;
        };
        entry.head_start_ns = NEVER;
        if entry.is_connecting()
            && entry.has_next_address()
            && entry.options.head_start().is_some()
            && entry.round_until_ns > self.now_ns
        {
            entry.wants_next_address = true;
            if !entry.in_queue {
                entry.in_queue = true;
                self.queue.push(handle);
            }
        }
        self.rearm(index);
    }
}
