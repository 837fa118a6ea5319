//! What happens to connections, in words, for the `log` crate.
//!
//! Each line begins with the host of the endpoint. Nothing is logged while data passes.

use boom_stream::ConnectionInfoProvider;
use log::{debug, error, info, warn};

use crate::entry::Entry;
use crate::slab::Slab;
use crate::{DisconnectReason, Event, Handle};

/// Logs `event` of one of `endpoints`.
pub(crate) fn tell<E: ConnectionInfoProvider, G>(event: &Event<E>, endpoints: &Slab<Entry<E, G>>) {
    let host = |handle: &Handle| Host(endpoints.get(*handle).map(|entry| &entry.endpoint));
    match event {
        Event::Connected { handle, addr } => info!("{}: connected to {addr}", host(handle)),
        Event::Disconnected { handle, reason } => disconnected(&host(handle), reason),
        Event::Switched { handle, addr } => info!("{}: switched to {addr}", host(handle)),
        Event::Retired {
            handle,
            is_clean: true,
        } => info!("{}: old connection closed", host(handle)),
        Event::Retired { handle, .. } => info!("{}: old connection cut off", host(handle)),
        Event::AttemptFailed {
            handle,
            addr: Some(addr),
            reason,
        } => warn!("{}: {addr}: {reason}", host(handle)),
        Event::AttemptFailed { handle, reason, .. } => warn!("{}: {reason}", host(handle)),
        Event::RetryIn { handle, delay } => debug!("{}: retry in {delay:?}", host(handle)),
        Event::GaveUp {
            endpoint, reason, ..
        } => error!("{}: gave up: {reason}", Host(Some(endpoint))),
        Event::Deregistered {
            endpoint, is_clean, ..
        } => {
            let how = if *is_clean { "" } else { ", cut off" };
            info!("{}: deregistered{how}", Host(Some(endpoint)));
        }
    }
}

fn disconnected<E: ConnectionInfoProvider>(host: &Host<'_, E>, reason: &DisconnectReason) {
    if reason.is_wanted() {
        info!("{host}: disconnected: {reason}");
    } else {
        warn!("{host}: disconnected: {reason}");
    }
}

/// Where an endpoint connects to; asked for only if the line is wanted.
struct Host<'a, E>(Option<&'a E>);

impl<E: ConnectionInfoProvider> std::fmt::Display for Host<'_, E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0.map(ConnectionInfoProvider::connection_info) {
            Some(connection_info) => connection_info.fmt(f),
            None => f.write_str("endpoint"),
        }
    }
}
