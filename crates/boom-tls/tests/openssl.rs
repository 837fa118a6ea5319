//! The behaviour of the backend OpenSSL.

// Helpers of tests, where a panic is the report.
#![allow(clippy::unwrap_used)]
#![cfg(feature = "openssl")]

mod suite;

use boom_tls::openssl::Backend;

/// Where the libraries differ and the specifications let them.
const IS_RUSTLS: bool = false;
