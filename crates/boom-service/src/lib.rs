#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod endpoint;
mod lent;
mod service;

mod event;
mod hosts;
mod options;
mod reason;
mod reconnect;
mod stats;

pub mod dns;
mod error;
#[cfg(feature = "ext")]
mod ext;

mod bucket;
mod entry;
#[cfg(feature = "log")]
mod log;
mod outages;
mod queue;
mod random;
mod rate;
mod slab;
mod timers;

pub use bucket::TokenBucket;
pub use endpoint::{AnyEndpoint, Context, Endpoint, EndpointWithContext};
pub use entry::State;
pub use error::Error;
pub use event::Event;
#[cfg(feature = "ext")]
pub use ext::{TlsWebsocketEndpoint, TlsWebsocketEndpointWithContext};
pub use hosts::Hosts;
pub use lent::Lent;
pub use options::{EndpointOptions, Timeouts};
pub use reason::{DisconnectReason, Stage};
pub use reconnect::ReconnectPolicy;
pub use service::{IOService, IntoIOService, IntoIOServiceWithContext};
pub use slab::Handle;
pub use stats::{EndpointStats, Stats, Traffic};
