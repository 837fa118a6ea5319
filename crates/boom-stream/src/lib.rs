#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod connection_info;
mod half_close;
#[cfg(unix)]
mod interface;
mod layer;
mod options;
mod socket_error;
mod time;
#[cfg(feature = "url")]
mod url;

pub mod buffer;
pub mod buffered;
pub mod file;
#[cfg(feature = "record")]
pub mod record;
#[cfg(feature = "record")]
pub mod replay;
pub mod tcp;

pub use connection_info::{ConnectionInfo, ConnectionInfoProvider};
pub use half_close::HalfClose;
pub use layer::{Layer, Phase, Socket};
pub use socket_error::SocketError;
pub use time::{MonotonicClock, TimeSource};
#[cfg(feature = "url")]
pub use url::UrlError;
