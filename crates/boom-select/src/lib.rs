// The page's program needs `MioSelector`.
#![cfg_attr(feature = "mio", doc = include_str!("../README.md"))]
#![cfg_attr(
    not(feature = "mio"),
    doc = "Readiness of many sockets for one polling thread."
)]
#![forbid(unsafe_code)]

mod selector;
mod token;

mod direct;
#[cfg(feature = "mio")]
mod mio_selector;
#[cfg(feature = "mio")]
mod mio_stream;
#[cfg(feature = "replay")]
pub mod replay;

pub use direct::DirectSelector;
#[cfg(feature = "mio")]
pub use mio_selector::MioSelector;
#[cfg(feature = "mio")]
pub use mio_stream::{IntoMioStream, MioStream};
pub use selector::Selector;
pub use token::{Readiness, Ready, Token};
