#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod connection_info;
mod layer;
mod time;

pub mod buffer;
pub mod tcp;

pub use connection_info::{ConnectionInfo, ConnectionInfoProvider};
pub use layer::{Layer, Phase, Socket};
pub use time::{MonotonicClock, TimeSource};
