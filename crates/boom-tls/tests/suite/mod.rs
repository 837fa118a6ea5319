//! What every backend has to do, against servers of rustls.

mod bad_peers;
mod certificates;
mod choice;
mod closing;
mod cost;
mod deadline;
mod early_data;
mod handshake;
mod key_update;
#[macro_use]
mod loopback;
mod no_way_around;
mod over_tcp;
mod sealed;
pub(crate) mod support;
mod transfer;
mod trust;
