#![cfg_attr(any(feature = "rustls", feature = "openssl"), doc = include_str!("../README.md"))]
#![cfg_attr(
    not(any(feature = "rustls", feature = "openssl")),
    doc = "TLS client streams over any stream. No backend is on: turn on `rustls-webpki` or `openssl`."
)]

#[cfg(feature = "openssl")]
pub mod openssl;
#[cfg(feature = "rustls")]
pub mod rustls;

#[cfg(any(feature = "rustls", feature = "openssl"))]
mod client;

#[cfg(any(feature = "rustls", feature = "openssl"))]
pub use client::*;
