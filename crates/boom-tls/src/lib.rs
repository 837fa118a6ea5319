#![cfg_attr(feature = "rustls", doc = include_str!("../README.md"))]
#![cfg_attr(
    not(feature = "rustls"),
    doc = "TLS client streams over any stream. No backend is on: turn on `rustls-webpki`."
)]
#![forbid(unsafe_code)]

#[cfg(feature = "rustls")]
mod config;
#[cfg(feature = "rustls")]
mod convert;
#[cfg(feature = "rustls")]
mod error;
#[cfg(feature = "rustls")]
mod negotiated;
#[cfg(feature = "rustls")]
mod ready;

#[cfg(feature = "rustls")]
pub mod rustls;

#[cfg(feature = "rustls")]
pub use config::{Roots, TlsConfig};
#[cfg(feature = "rustls")]
pub use convert::{IntoTlsReadyStream, IntoTlsStream};
#[cfg(feature = "rustls")]
pub use error::{Alert, Cause, CertificateFault, Error};
#[cfg(feature = "rustls")]
pub use negotiated::{CipherSuite, TlsVersion};
#[cfg(feature = "rustls")]
pub use ready::TlsReadyStream;

/// The TLS stream of the default backend: rustls where it is on.
#[cfg(feature = "rustls")]
pub type TlsStream<S> = rustls::TlsStream<S>;
