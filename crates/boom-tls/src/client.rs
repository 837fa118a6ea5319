//! What all backends have in common.

pub(crate) mod backend;
pub(crate) mod config;
mod convert;
pub(crate) mod ending;
mod error;
pub(crate) mod name;
mod negotiated;
mod ready;
mod stream;
mod timing;

pub use backend::Backend;
pub use config::{Roots, TlsConfig};
pub use convert::{IntoTlsReadyStream, IntoTlsStream};
pub use error::{Alert, Cause, CertificateFault, Error};
pub use negotiated::{CipherSuite, EarlyData, KeyExchangeGroup, TlsVersion};
pub use ready::TlsReadyStream;
pub use stream::Stream;

/// The backend where none is named: rustls where it is on, and otherwise OpenSSL.
#[cfg(feature = "rustls")]
pub type DefaultBackend = crate::rustls::Backend;

/// The backend where none is named: rustls where it is on, and otherwise OpenSSL.
#[cfg(not(feature = "rustls"))]
pub type DefaultBackend = crate::openssl::Backend;

/// The TLS stream of the [default backend](DefaultBackend).
pub type TlsStream<S> = Stream<S, DefaultBackend>;
