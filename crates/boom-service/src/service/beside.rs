//! Connections beside the main one of an endpoint: how they are watched, polled and closed.
//!
//! There are some only for a while: addresses that are tried together (`race`), and a connection that is being replaced
//! (`overlap`). What is done here is off the path of an endpoint with one connection.

use std::sync::Arc;

use boom_select::{Readiness, Selector, Token};
use boom_stream::{ConnectionInfoProvider, Layer, Socket, TimeSource};

use super::turn::{has_work, is_no_failure};
use super::{BaseOf, Engine, IOService};
use crate::dns::DnsResolver;
use crate::entry::{Link, Open, Progress};
use crate::{AnyEndpoint, DisconnectReason, Event, Stage};

impl<S, E, C, T, D> IOService<S, E, C, T, D>
where
    E: AnyEndpoint<C>,
    S: Selector<BaseOf<E, C>>,
    T: TimeSource,
    D: DnsResolver,
{
    /// A report that is not of a main connection at its endpoint's own place: of one at another place, of one beside it, or
    /// of one that is gone.
    #[inline(never)]
    pub(super) fn report_elsewhere(&mut self, token: Token, readiness: Readiness, ctx: &mut C) {
        let engine = &mut self.engine;
        let now_ns = engine.now_ns;
        let Some(index) = engine.endpoints.owner(token.index) else {
            return;
        };
        let Some(entry) = engine.endpoints.at_mut(index) else {
            return;
        };
        if let Link::Open(open) = &mut entry.link
            && open.token == token
        {
            open.hear(readiness, now_ns);
            self.selector.deliver(open.target.base_mut(), readiness);
            self.poll_endpoint(index, ctx);
        } else if let Some(open) = entry.beside_mut(token) {
            open.hear(readiness, now_ns);
            self.selector.deliver(open.target.base_mut(), readiness);
            self.poll_beside(index, token, ctx);
        }
    }

    /// Polls those that are noted for the turn under way.
    #[cold]
    pub(super) fn poll_carried_beside(&mut self, index: u32, ctx: &mut C) {
        let turn = self.engine.turn;
        let is_due = |open: &&Open<E::Target>| open.carried_to == turn && open.polled_in != turn;
        // Each is polled once a turn, so this ends.
        while let Some(entry) = self.engine.endpoints.at_mut(index)
            && let Some(open) = entry.beside.iter().find(is_due)
        {
            let token = open.token;
            self.poll_beside(index, token, ctx);
        }
    }

    /// Polls a connection beside the main one, unless it had its poll in this turn.
    fn poll_beside(&mut self, index: u32, token: Token, ctx: &mut C) {
        let turn = self.engine.turn;
        let Some(entry) = self.engine.endpoints.at_mut(index) else {
            return;
        };
        let Some(open) = entry.beside_mut(token) else {
            return;
        };
        if open.polled_in == turn {
            return self.carry_beside(index, token);
        }
        open.polled_in = turn;
        if open.progress == Progress::Connecting {
            match open.target.base_mut().connected() {
                Ok(true) => self.racer_connected(index, token, ctx),
                Ok(false) => {}
                Err(error) => {
                    let reason = DisconnectReason::Connect(Arc::new(error));
                    self.racer_failed(index, token, &reason);
                }
            }
        } else {
            self.drive_beside(index, token, ctx);
        }
    }

    /// Calls the endpoint's `poll` or `poll_retired` and sees to what has come of it.
    fn drive_beside(&mut self, index: u32, token: Token, ctx: &mut C) {
        let engine = &mut self.engine;
        let Some(entry) = engine.endpoints.at_mut(index) else {
            return;
        };
        let Some(open) = entry.beside.iter_mut().find(|open| open.token == token) else {
            return;
        };
        engine.stats.polls += 1;
        let is_standing = open.progress == Progress::Active;
        let result = if is_standing {
            entry.endpoint.drive(&mut open.target, ctx)
        } else {
            entry.endpoint.drive_retired(&mut open.target, ctx)
        };
        match result {
            Err(error) if !is_no_failure(error.kind()) => {
                if is_standing {
                    let reason = DisconnectReason::Error(Arc::new(error));
                    self.standing_failed(index, token, reason, ctx);
                } else {
                    self.retired_failed(index, token);
                }
            }
            _ if is_standing => self.carry_beside(index, token),
            _ => self.go_on_retiring(index, token),
        }
    }

    /// Does what is due by the time with the connections beside the main one.
    #[cold]
    pub(super) fn fire_beside(&mut self, index: u32, start_ns: u64, ctx: &mut C) {
        let Some(entry) = self.engine.endpoints.at_mut(index) else {
            return;
        };
        let due = entry.beside.iter().filter(|open| open.due_ns() <= start_ns);
        let due: Vec<_> = due.map(|open| open.token).collect();
        for token in due {
            self.fire_one_beside(index, token, start_ns, ctx);
        }
    }

    fn fire_one_beside(&mut self, index: u32, token: Token, start_ns: u64, ctx: &mut C) {
        let now_ns = self.engine.now_ns;
        let Some(entry) = self.engine.endpoints.at_mut(index) else {
            return;
        };
        let (idle, round_until_ns) = (entry.options.idle_timeout(), entry.round_until_ns);
        let Some(open) = entry.beside_mut(token) else {
            return;
        };
        if open.deadline_ns > start_ns {
            return self.wake_beside(index, token, ctx);
        }
        match open.progress {
            Progress::Active => {
                if open.is_silent(idle, now_ns) {
                    let reason = DisconnectReason::Idle(idle.unwrap_or_default());
                    self.standing_failed(index, token, reason, ctx);
                }
            }
            Progress::Closing => self.retired(index, token, false),
            Progress::Draining { is_clean } => self.retired(index, token, is_clean),
            Progress::Connecting | Progress::Handshaking(_) => {
                let is_total = round_until_ns <= start_ns;
                let stage = if is_total {
                    Stage::Total
                } else {
                    Stage::Connect
                };
                self.racer_failed(index, token, &DisconnectReason::Timeout(stage));
            }
        }
    }

    /// Tells a target the time, as it has asked for.
    fn wake_beside(&mut self, index: u32, token: Token, ctx: &mut C) {
        let now_ns = self.engine.now_ns;
        let Some(entry) = self.engine.endpoints.at_mut(index) else {
            return;
        };
        let Some(open) = entry.beside_mut(token) else {
            return;
        };
        open.told_ns = now_ns;
        match open.target.handle_timeout(now_ns) {
            Err(error) if !is_no_failure(error.kind()) => {
                if open.progress == Progress::Active {
                    let reason = DisconnectReason::Error(Arc::new(error));
                    self.standing_failed(index, token, reason, ctx);
                } else {
                    self.retired(index, token, false);
                }
            }
            _ => {
                open.ask_for_wake();
                self.carry_beside(index, token);
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
    /// Notes a connection beside the main one for the next turn if it has something to do that the selector will not
    /// report.
    pub(super) fn carry_beside(&mut self, index: u32, token: Token) {
        let engine = &mut self.engine;
        let next_turn = engine.turn + 1;
        let Some(entry) = engine.endpoints.at_mut(index) else {
            return;
        };
        let Some(open) = entry.beside_mut(token) else {
            return;
        };
        if has_work(&self.selector, &open.target) && open.carried_to != next_turn {
            open.carried_to = next_turn;
            engine.carried.push(index);
        }
        if open.progress != Progress::Connecting && open.ask_for_wake() {
            engine.rearm(index);
        }
    }

    /// Closes all connections beside the main one.
    pub(super) fn drop_beside(&mut self, index: u32) {
        while let Some(open) = self.take_beside(index, |_| true) {
            if matches!(open.progress, Progress::Closing | Progress::Draining { .. }) {
                let is_clean = !open.is_unclean();
                self.engine.tell_retired(index, is_clean);
            }
        }
    }

    /// Takes out the first connection beside the main one of which `is_wanted` says so; the selector does not watch it any
    /// more.
    pub(super) fn take_beside(
        &mut self,
        index: u32,
        is_wanted: impl Fn(&Open<E::Target>) -> bool,
    ) -> Option<Open<E::Target>> {
        let mut open = self
            .engine
            .endpoints
            .at_mut(index)?
            .take_beside(is_wanted)?;
        self.unwatch(index, &mut open);
        Some(open)
    }

    /// Stops watching a connection of the endpoint at `index`, which ends, and gives its place back.
    pub(super) fn unwatch(&mut self, index: u32, open: &mut Open<E::Target>) {
        if open.has_been_active()
            && let Some(entry) = self.engine.endpoints.at_mut(index)
        {
            let traffic = entry.endpoint.traffic_of(&open.target);
            entry.counts.traffic = entry.counts.traffic + traffic;
        }
        // Closing the socket ends the watching as well, so a failure leaves nothing behind.
        let _ = self.selector.deregister(open.target.base_mut(), open.token);
        self.engine.release(index, open.token);
    }
}

impl<E, G> Engine<E, G> {
    /// Gives back the place that a connection of the endpoint at `index` was watched at, unless it is the endpoint's own.
    pub(super) fn release(&mut self, index: u32, token: Token) {
        if token.index != index {
            self.endpoints.release(token.index);
        }
    }
}

impl<E: ConnectionInfoProvider, G> Engine<E, G> {
    pub(super) fn tell_retired(&mut self, index: u32, is_clean: bool) {
        if let Some(handle) = self.endpoints.handle(index) {
            self.tell(Event::Retired { handle, is_clean });
        }
    }
}
