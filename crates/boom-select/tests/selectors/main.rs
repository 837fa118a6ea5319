//! What is asked of every selector, asked of each over loopback; and what only one of them can get wrong.
//!
//! [`suite`] holds the behaviours, generic over the kind of selector and stream; the modules beside it name the kinds,
//! run the suite on each, and add their own.
#![cfg(unix)]
// The helpers of tests are tests as well.
#![allow(clippy::unwrap_used)]

#[macro_use]
mod support;
#[macro_use]
mod suite;

mod direct;
#[cfg(all(feature = "io-uring", target_os = "linux"))]
mod io_uring;
#[cfg(feature = "mio")]
mod mio;
