//! What joins HTTP with TLS and with the service.

mod adapter;
mod endpoint;
mod slots;
mod tls;
mod under_way;

pub use adapter::HttpEndpoint;
pub use endpoint::{TlsHttpEndpoint, TlsHttpEndpointWithContext};
pub use slots::HttpSlots;
pub use tls::{IntoTlsHttp, TlsHttpClient, TlsHttpConfig, TlsHttpConnection};
