//! A connection is replaced while it stands: the new one first, then the end of the old one.
//!
//! The old one steps aside, still `Active`, and the endpoint goes the way up once more: resolve, connect, shake hands, with
//! all that belongs to it. When the new one stands, the old one is `Closing`, as by `deregister_gracefully`, and at last
//! `Draining`: its end is over, and what has arrived is still to be read. If the old one fails before, what is left is an
//! endpoint on its way up, as after any failure; if the new one fails, it is tried again, as after any failure.

use std::time::Duration;

use boom_select::{Selector, Token};
use boom_stream::{ConnectionInfoProvider, Layer, TimeSource};

use super::turn::has_work;
use super::{BaseOf, Engine, IOService};
use crate::dns::DnsResolver;
use crate::entry::{Link, NEVER, Open, Progress};
use crate::options::nanoseconds;
use crate::{AnyEndpoint, DisconnectReason, Event, Handle};

impl<S, E, C, T, D> IOService<S, E, C, T, D>
where
    E: AnyEndpoint<C>,
    S: Selector<BaseOf<E, C>>,
    D: DnsResolver,
{
    /// Begins to replace the endpoint's connection while it stands, as auto-disconnect does
    /// [`with_overlap`](crate::EndpointOptions::with_overlap): where the exchange has announced that it will go, say.
    ///
    /// Unless the options of the endpoint say otherwise, the end of the old connection may take five seconds. Returns false,
    /// and does nothing, where the handle is stale, the endpoint is not [`Active`](crate::State::Active), or its
    /// connection is being replaced already.
    ///
    /// # Examples
    ///
    /// ```
    /// use boom_select::Selector;
    /// use boom_service::{Endpoint, Handle, IOService};
    /// use boom_stream::Layer;
    ///
    /// /// Moves every connection to another server, without a gap.
    /// fn on_maintenance<S, E>(service: &mut IOService<S, E>, handles: &[Handle]) -> usize
    /// where
    ///     E: Endpoint,
    ///     S: Selector<<E::Target as Layer>::Base>,
    /// {
    ///     handles.iter().filter(|handle| service.renew(**handle)).count()
    /// }
    /// ```
    pub fn renew(&mut self, handle: Handle) -> bool {
        let Some(entry) = self.engine.endpoints.get(handle) else {
            return false;
        };
        let is_active =
            matches!(&entry.link, Link::Open(open) if open.progress == Progress::Active);
        if !is_active || !entry.beside.is_empty() {
            return false;
        }
        self.engine.start_overlap(handle.index);
        true
    }
}

/// How long the end of a connection may take where nothing is set.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

impl<S, E, C, T, D> IOService<S, E, C, T, D>
where
    E: AnyEndpoint<C>,
    S: Selector<BaseOf<E, C>>,
    T: TimeSource,
    D: DnsResolver,
{
    /// The new connection stands, and the old one goes.
    pub(super) fn switch(&mut self, index: u32, ctx: &mut C) {
        let engine = &mut self.engine;
        let Some(handle) = engine.endpoints.handle(index) else {
            return;
        };
        let Some(entry) = engine.endpoints.at_mut(index) else {
            return;
        };
        let Some(mut old) = entry.take_beside(|open| open.progress == Progress::Active) else {
            return;
        };
        let Link::Open(new) = &mut entry.link else {
            return;
        };
        let addr = new.address;
        entry
            .endpoint
            .on_switch(&mut old.target, &mut new.target, ctx);
        let timeout = entry.options.overlap().unwrap_or(CLOSE_TIMEOUT);
        old.progress = Progress::Closing;
        old.deadline_ns = engine.now_ns.saturating_add(nanoseconds(timeout));
        let token = old.token;
        let reason = if old.active_for(engine.now_ns) < old.ttl {
            DisconnectReason::Renewed
        } else {
            DisconnectReason::AutoDisconnect(old.ttl)
        };
        engine.count_end(index, &old, &reason);
        if let Some(entry) = engine.endpoints.at_mut(index) {
            entry.beside.push(old);
        }
        engine.rearm(index);
        engine.tell(Event::Switched { handle, addr });
        self.go_on_retiring(index, token);
    }

    /// The old connection has failed before the new one stands.
    pub(super) fn standing_failed(
        &mut self,
        index: u32,
        token: Token,
        reason: DisconnectReason,
        ctx: &mut C,
    ) {
        let Some(open) = self.take_beside(index, |open| open.token == token) else {
            return;
        };
        let engine = &mut self.engine;
        engine.disconnected(index, &open, &reason);
        let Some(entry) = engine.endpoints.at_mut(index) else {
            return;
        };
        entry.since_ns = engine.now_ns;
        if !entry.goes_on(&reason, ctx) {
            return self.give_up(index, reason);
        }
        match entry.link {
            // It waited because there was no hurry.
            Link::Backoff => engine.back_off(index, &reason),
            // The new one may have stood already, and not have been wanted yet.
            Link::Open(_) => {
                engine.rearm(index);
                self.enter_phase_if_connected(index, ctx);
            }
            _ => engine.rearm(index),
        }
    }

    fn enter_phase_if_connected(&mut self, index: u32, ctx: &mut C) {
        let Some(entry) = self.engine.endpoints.at_mut(index) else {
            return;
        };
        if matches!(&entry.link, Link::Open(open) if matches!(open.progress, Progress::Handshaking(_)))
        {
            self.enter_phase(index, ctx);
        }
    }
}

impl<S, E, C, T, D> IOService<S, E, C, T, D>
where
    E: AnyEndpoint<C>,
    S: Selector<BaseOf<E, C>>,
    D: DnsResolver,
{
    /// Takes out a connection that stands while it is being replaced. The selector goes on watching it.
    pub(super) fn take_standing(&mut self, index: u32) -> Option<Open<E::Target>> {
        let entry = self.engine.endpoints.at_mut(index)?;
        entry.take_beside(|open| open.progress == Progress::Active)
    }

    /// Lets a connection that was replaced go on with its end, and closes it when all that has arrived is read.
    pub(super) fn go_on_retiring(&mut self, index: u32, token: Token) {
        let engine = &mut self.engine;
        let turn = engine.turn;
        let Some(entry) = engine.endpoints.at_mut(index) else {
            return;
        };
        let Some(open) = entry.beside_mut(token) else {
            return;
        };
        if let Progress::Draining { is_clean } = open.progress {
            if open.carried_to <= turn && !has_work(&self.selector, &open.target) {
                self.retired(index, token, is_clean);
            } else if open.carried_to <= turn {
                self.engine.carry_anyway(index, token);
            }
            return;
        }
        let is_clean = match open.target.poll_close() {
            Ok(false) => return self.carry_beside(index, token),
            Ok(true) => true,
            Err(_) => false,
        };
        // What arrived since the last look of the selector is reported in the next turn.
        open.progress = Progress::Draining { is_clean };
        self.engine.carry_anyway(index, token);
    }

    /// The endpoint has failed with a connection that was replaced: it may have seen the end of it.
    pub(super) fn retired_failed(&mut self, index: u32, token: Token) {
        let Some(entry) = self.engine.endpoints.at_mut(index) else {
            return;
        };
        let Some(open) = entry.beside_mut(token) else {
            return;
        };
        let is_clean = match open.progress {
            Progress::Draining { is_clean } => is_clean,
            _ => match open.target.poll_close() {
                // The protocol is done, and the layers below are not.
                Ok(false) => return self.carry_beside(index, token),
                end => end.is_ok(),
            },
        };
        self.retired(index, token, is_clean);
    }

    /// Closes a connection that was replaced.
    pub(super) fn retired(&mut self, index: u32, token: Token, is_clean: bool) {
        if self
            .take_beside(index, |open| open.token == token)
            .is_some()
        {
            self.engine.tell_retired(index, is_clean);
            self.engine.rearm(index);
        }
    }
}

impl<E: ConnectionInfoProvider, G: Layer> Engine<E, G> {
    /// Lets the connection step aside and the endpoint go the way up once more.
    pub(super) fn start_overlap(&mut self, index: u32) {
        let Some(entry) = self.endpoints.at_mut(index) else {
            return;
        };
        let idle = entry.options.idle_timeout();
        let link = std::mem::replace(&mut entry.link, Link::Resolving { lookup: None });
        if let Link::Open(mut open) = link {
            open.ends_ns = NEVER;
            open.watch_activity(idle);
            entry.forgets_failures(open.active_for(self.now_ns));
            entry.beside.push(open);
        }
        entry.hosts_tried = 0;
        self.set_deadline(index, 0);
    }

    /// Notes a connection for the next turn, whether or not it has something to do.
    fn carry_anyway(&mut self, index: u32, token: Token) {
        let next_turn = self.turn + 1;
        let Some(entry) = self.endpoints.at_mut(index) else {
            return;
        };
        if let Some(open) = entry.beside_mut(token)
            && open.carried_to != next_turn
        {
            open.carried_to = next_turn;
            self.carried.push(index);
        }
    }
}
