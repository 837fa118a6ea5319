//! The way out: pausing, and ends in good order.

use std::io;
use std::time::Duration;

use boom_select::Selector;
use boom_stream::{Layer, TimeSource};

use super::{BaseOf, IOService};
use crate::dns::DnsResolver;
use crate::entry::{Link, NEVER, Open, Progress};
use crate::{AnyEndpoint, DisconnectReason, Event, Handle};

/// Pausing.
impl<S, E, C, T, D> IOService<S, E, C, T, D>
where
    E: AnyEndpoint<C>,
    S: Selector<BaseOf<E, C>>,
    D: DnsResolver,
{
    /// Ends the endpoint's connection at once, or its attempts at one, and makes no other until
    /// [`resume`](Self::resume) is called. `can_recreate` is not asked.
    ///
    /// Returns false, and does nothing, where the handle is stale or the endpoint is
    /// [`Closing`](crate::State::Closing).
    ///
    /// # Examples
    ///
    /// ```
    /// use boom_select::Selector;
    /// use boom_service::{Endpoint, Handle, IOService};
    /// use boom_stream::Layer;
    ///
    /// /// Wants connections to an exchange only while it trades.
    /// fn set_trading<S, E>(service: &mut IOService<S, E>, exchange: &[Handle], is_open: bool)
    /// where
    ///     E: Endpoint,
    ///     S: Selector<<E::Target as Layer>::Base>,
    /// {
    ///     for handle in exchange {
    ///         if is_open {
    ///             service.resume(*handle);
    ///         } else {
    ///             service.pause(*handle);
    ///         }
    ///     }
    /// }
    /// ```
    pub fn pause(&mut self, handle: Handle) -> bool {
        let Some(entry) = self.engine.endpoints.get(handle) else {
            return false;
        };
        if matches!(&entry.link, Link::Open(open) if open.progress == Progress::Closing) {
            return false;
        }
        let index = handle.index;
        let standing = match self.replace_link(index, Link::Paused) {
            Some(Link::Open(open)) if open.progress == Progress::Active => Some(open),
            _ => self.take_beside(index, |open| open.progress == Progress::Active),
        };
        self.drop_beside(index);
        self.engine.set_deadline(index, NEVER);
        if let Some(open) = standing {
            self.engine
                .disconnected(index, &open, &DisconnectReason::Paused);
        }
        true
    }

    /// Lets an endpoint that was paused connect again, at the next poll and as if it had never failed.
    ///
    /// Returns false where the handle is stale or the endpoint is not paused.
    pub fn resume(&mut self, handle: Handle) -> bool {
        let now_ns = self.engine.now_ns;
        let Some(entry) = self.engine.endpoints.get_mut(handle) else {
            return false;
        };
        if !matches!(entry.link, Link::Paused) {
            return false;
        }
        (entry.failures, entry.failed_rounds, entry.hosts_tried) = (0, 0, 0);
        // A turn to connect that it has let pass is gone.
        entry.host_turn_ns = entry.host_turn_ns.filter(|turn_ns| *turn_ns > now_ns);
        entry.enter(Link::Resolving { lookup: None }, now_ns);
        self.engine.set_deadline(handle.index, 0);
        true
    }
}

/// Ends in good order.
impl<S, E, C, T, D> IOService<S, E, C, T, D>
where
    E: AnyEndpoint<C>,
    S: Selector<BaseOf<E, C>>,
    T: TimeSource,
    D: DnsResolver,
{
    /// Says goodbye to the peer, sends what waits, and removes the endpoint when that is done, after `timeout` at the
    /// latest. Meanwhile it is [`Closing`](crate::State::Closing), and is polled for what the peer still sends.
    ///
    /// How a connection ends in good order is for the layers to know ([`Layer::poll_close`]): a WebSocket exchanges close
    /// frames, a layer without a closing handshake sends what it has taken. An endpoint whose connection is not active is
    /// removed at once. In each case [`Event::Deregistered`] hands the endpoint back.
    ///
    /// Returns false where the handle is stale. A second call sets the time anew.
    pub fn deregister_gracefully(&mut self, handle: Handle, timeout: Duration) -> bool {
        self.engine.now_ns = self.engine.now_ns.max(self.clock.now_ns());
        let now_ns = self.engine.now_ns;
        if self.engine.endpoints.get(handle).is_none() {
            return false;
        }
        // A replacement is wanted no more.
        if let Some(standing) = self.take_standing(handle.index) {
            self.replace_link(handle.index, Link::Open(standing));
            // Nor are the other addresses that it is connecting to.
            self.end_race(handle.index);
        }
        let Some(entry) = self.engine.endpoints.get_mut(handle) else {
            return false;
        };
        let Link::Open(open) = &mut entry.link else {
            self.closed(handle.index, true);
            return true;
        };
        match open.progress {
            Progress::Closing | Progress::Draining { .. } => {}
            Progress::Active => {
                open.progress = Progress::Closing;
                entry.since_ns = now_ns;
            }
            Progress::Connecting | Progress::Handshaking(_) => {
                self.closed(handle.index, false);
                return true;
            }
        }
        self.engine.start_timer(handle.index, timeout);
        self.go_on_closing(handle.index);
        true
    }

    /// Ends all endpoints as [`deregister_gracefully`](Self::deregister_gracefully) does. Poll on until
    /// [`is_empty`](Self::is_empty), which is after `timeout` at the latest.
    ///
    /// # Examples
    ///
    /// ```
    /// use boom_select::Selector;
    /// use boom_service::{Endpoint, Event, IOService};
    /// use boom_stream::Layer;
    /// use std::io;
    /// use std::time::Duration;
    ///
    /// fn stop<S, E>(service: &mut IOService<S, E>) -> io::Result<()>
    /// where
    ///     E: Endpoint,
    ///     S: Selector<<E::Target as Layer>::Base>,
    /// {
    ///     service.shutdown(Duration::from_secs(2));
    ///     while !service.is_empty() {
    ///         service.wait(Duration::from_millis(100))?;
    ///     }
    ///     while let Some(event) = service.poll_event() {
    ///         if let Event::Deregistered { handle, is_clean: false, .. } = event {
    ///             eprintln!("{handle:?} was cut off");
    ///         }
    ///     }
    ///     Ok(())
    /// }
    /// ```
    pub fn shutdown(&mut self, timeout: Duration) {
        let handles: Vec<_> = self.iter().map(|(handle, _)| handle).collect();
        for handle in handles {
            self.deregister_gracefully(handle, timeout);
        }
    }
}

impl<S, E, C, T, D> IOService<S, E, C, T, D>
where
    E: AnyEndpoint<C>,
    S: Selector<BaseOf<E, C>>,
    D: DnsResolver,
{
    /// Lets the target go on with its end, and removes the endpoint when it is done.
    pub(super) fn go_on_closing(&mut self, index: u32) {
        match self.poll_close(index) {
            Ok(false) => self.carry_over(index),
            Ok(true) => self.closed(index, true),
            Err(_) => self.closed(index, false),
        }
    }

    /// The endpoint has failed with `error`, which may be its protocol's word for the end of the closing handshake.
    pub(super) fn go_on_closing_after(&mut self, index: u32, error: io::Error) {
        drop(error);
        // The layers know whether it was that, and those below the protocol may not be done.
        self.go_on_closing(index);
    }

    fn poll_close(&mut self, index: u32) -> io::Result<bool> {
        match self
            .engine
            .endpoints
            .at_mut(index)
            .map(|entry| &mut entry.link)
        {
            Some(Link::Open(open)) => open.target.poll_close(),
            _ => Ok(true),
        }
    }

    /// Removes an endpoint whose end was wanted, and hands it back.
    pub(super) fn closed(&mut self, index: u32, is_clean: bool) {
        let engine = &mut self.engine;
        let Some(handle) = engine.endpoints.handle(index) else {
            return;
        };
        let Some(entry) = engine.endpoints.at_mut(index) else {
            return;
        };
        let was_active =
            matches!(&entry.link, Link::Open(open) if open.progress == Progress::Closing);
        // One that was replaced and is not done is cut off.
        let is_clean = is_clean && !entry.beside.iter().any(Open::is_unclean);
        engine.stats.disconnected += u64::from(was_active);
        if let Some(endpoint) = self.remove(index) {
            self.engine.tell(Event::Deregistered {
                handle,
                endpoint,
                is_clean,
            });
        }
    }
}
