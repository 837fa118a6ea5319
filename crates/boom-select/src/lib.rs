// The page's program needs `MioSelector`.
#![cfg_attr(feature = "mio", doc = include_str!("../README.md"))]
#![cfg_attr(
    not(feature = "mio"),
    doc = "Readiness of many sockets for one polling thread."
)]
// `deny` and not `forbid`, for the one module that shares memory with the kernel: `io_uring::sys`.
#![deny(unsafe_code)]

mod selector;
mod token;

mod idle;

mod direct;
#[cfg(all(feature = "io-uring", target_os = "linux"))]
mod io_uring;
#[cfg(feature = "mio")]
mod mio_selector;
#[cfg(feature = "mio")]
mod mio_stream;
#[cfg(feature = "replay")]
pub mod replay;

pub use direct::DirectSelector;
pub use idle::{Backoff, BusySpin, Idle, IdleStrategy, Park, SpinThenYield};
#[cfg(all(feature = "io-uring", target_os = "linux"))]
pub use io_uring::{
    IntoIoUringStream, IoUringConfig, IoUringError, IoUringSelector, IoUringStream,
};
#[cfg(feature = "mio")]
pub use mio_selector::MioSelector;
#[cfg(feature = "mio")]
pub use mio_stream::{IntoMioStream, MioStream};
pub use selector::Selector;
pub use token::{Readiness, Ready, Token};
