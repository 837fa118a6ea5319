//! What every backend has to do, against servers of rustls.

mod bad_peers;
mod certificates;
mod choice;
mod closing;
mod cost;
mod deadline;
mod early_data;
mod handshake;
mod loopback;
mod no_way_around;
pub(crate) mod support;
mod transfer;
mod trust;
