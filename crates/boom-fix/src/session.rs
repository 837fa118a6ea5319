//! Sessions: what they remember, when they are open, and what passed in them.

pub mod store;

#[cfg(feature = "schedule")]
pub mod schedule;

pub mod log;
