//! FIX: reading execution reports and market data, writing orders, beside the peers.

pub(crate) mod report;

mod messages;
mod ours;
#[cfg(feature = "fix-peers")]
mod peers;
mod session;
mod sink;
mod store;
mod work;

pub use report::main;
