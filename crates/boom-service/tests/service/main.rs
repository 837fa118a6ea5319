//! What the service promises, on a selector, a resolver and a clock that the tests own.

// The helpers of tests are tests as well.
#![allow(clippy::unwrap_used)]

mod world;

mod connect_rate;
mod failover;
mod polling;
mod reconnect;
mod target_timers;
mod timeouts;

mod auto_disconnect;
mod counters;
mod events;
mod handles;
mod pause;
mod resolving;
mod shutdown;
#[cfg(feature = "ext")]
mod websocket;

mod allocation;
mod context;
mod loopback;
