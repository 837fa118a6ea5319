//! HTTP/1.1: a request and its answer over a warm connection, beside the peers.

pub(crate) mod golden;
pub(crate) mod report;

mod contestants;
mod kind;

mod limit;
mod ours;

#[cfg(feature = "peers")]
mod curl;
#[cfg(feature = "peers")]
mod hyper;
#[cfg(feature = "peers")]
mod reqwest;
#[cfg(feature = "peers")]
mod rival;
#[cfg(feature = "peers")]
mod ureq;
#[cfg(feature = "peers")]
mod ureq_proto;

mod client;
mod round_trip;

mod canned;
mod dial;
mod server;

pub use report::main;
