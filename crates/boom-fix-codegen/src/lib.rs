#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod error;
mod names;
mod render;
mod spec;

pub use error::Error;
pub use spec::Dictionary;
