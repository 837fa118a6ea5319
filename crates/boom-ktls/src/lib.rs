#![cfg_attr(any(feature = "rustls", feature = "openssl"), doc = include_str!("../README.md"))]
#![cfg_attr(
    not(any(feature = "rustls", feature = "openssl")),
    doc = "TLS by the kernel. No backend is on: turn on `rustls-webpki` or `openssl`."
)]
// `deny` and not `forbid`, for the one module that talks to the kernel and to OpenSSL: `sys`.
#![deny(unsafe_code)]

#[cfg(any(feature = "rustls", feature = "openssl"))]
mod backend;
#[cfg(any(feature = "rustls", feature = "openssl"))]
mod config;
#[cfg(any(feature = "rustls", feature = "openssl"))]
mod convert;
#[cfg(any(feature = "rustls", feature = "openssl"))]
mod error;
#[cfg(any(feature = "rustls", feature = "openssl"))]
mod keys;
#[cfg(any(feature = "rustls", feature = "openssl"))]
mod offload;
#[cfg(feature = "openssl")]
mod openssl;
#[cfg(any(feature = "rustls", feature = "openssl"))]
mod records;
#[cfg(feature = "rustls")]
mod rustls;
#[cfg(any(feature = "rustls", feature = "openssl"))]
mod stream;
#[cfg(any(feature = "rustls", feature = "openssl"))]
mod sys;

/// The backend where none is named: rustls where it is on, and otherwise OpenSSL.
#[cfg(feature = "rustls")]
pub type DefaultBackend = boom_tls::rustls::Backend;

/// The backend where none is named: rustls where it is on, and otherwise OpenSSL.
#[cfg(all(feature = "openssl", not(feature = "rustls")))]
pub type DefaultBackend = boom_tls::openssl::Backend;

#[cfg(any(feature = "rustls", feature = "openssl"))]
pub use {
    backend::{Backend, SocketStream},
    config::{KtlsConfig, KtlsPolicy},
    convert::IntoKtlsStream,
    error::Error,
    offload::{Offload, Support},
    stream::KtlsStream,
};
