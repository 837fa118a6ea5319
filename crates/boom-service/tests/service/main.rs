//! What the service promises, on a selector, a resolver and a clock that the tests own.

// The helpers of tests are tests as well.
#![allow(clippy::unwrap_used)]

mod world;

mod connect_rate;
mod failover;
mod head_start;
mod idle;
mod overlap;
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
mod chaos;
mod context;
mod loopback;
#[cfg(target_os = "linux")]
mod loopback_io_uring;
mod loopback_overlap;
#[cfg(target_os = "linux")]
mod loopback_race;

mod rival_faults;
