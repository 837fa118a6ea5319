//! What every backend has to do, against servers of rustls.

mod bad_peers;
mod certificates;
mod closing;
mod cost;
mod handshake;
mod loopback;
pub(crate) mod support;
mod transfer;
