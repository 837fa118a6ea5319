//! What the service promises, on a selector, a resolver and a clock that the tests own.

// The helpers of tests are tests as well.
#![allow(clippy::unwrap_used)]

mod world;

mod connect_rate;
mod polling;
mod reconnect;
mod timeouts;

mod auto_disconnect;
mod events;
mod handles;
mod resolving;

mod allocation;
mod context;
mod loopback;
