#![doc = include_str!("../README.md")]

pub mod stream;

pub mod clock;

pub mod alloc;

pub mod inflate;

#[cfg(feature = "sim")]
pub mod sim;

#[cfg(feature = "tls")]
pub mod tls;

#[cfg(feature = "exchange")]
pub mod exchange;

#[cfg(feature = "exchange")]
pub mod echo;

#[cfg(feature = "exchange")]
mod server;
