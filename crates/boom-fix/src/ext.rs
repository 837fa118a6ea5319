//! What joins sessions with TLS and with the service.

mod endpoint;
mod initiator;
mod line;
mod stream;
mod tls;

pub use endpoint::{FixEndpoint, FixEndpointWithContext};
pub use initiator::FixInitiator;
pub use stream::FixStream;
pub use tls::{TlsFixEndpoint, TlsFixEndpointWithContext};
