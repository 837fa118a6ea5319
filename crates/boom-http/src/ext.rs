//! What joins HTTP with TLS and with the service.

mod endpoint;
mod slots;
mod tls;

pub use endpoint::{HttpEndpoint, TlsHttpEndpoint};
pub use slots::HttpSlots;
pub use tls::{IntoTlsHttp, TlsHttpClient, TlsHttpConfig, TlsHttpConnection};
