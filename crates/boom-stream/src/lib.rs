#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod connection_info;
mod half_close;
mod layer;
mod time;

pub mod buffer;
pub mod tcp;

pub use connection_info::{ConnectionInfo, ConnectionInfoProvider};
pub use half_close::HalfClose;
pub use layer::{Layer, Phase, Socket};
pub use time::{MonotonicClock, TimeSource};
