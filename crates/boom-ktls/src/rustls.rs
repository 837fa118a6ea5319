//! The handshake by rustls, and what TLS has to say after it.

mod exact;
mod kernel;
mod link;
mod messages;
mod secrets;

use crate::backend::{Backend, Sealed, SocketStream};

impl Backend for boom_tls::rustls::Backend {}

impl Sealed for boom_tls::rustls::Backend {
    type Link<S: SocketStream> = link::Link<S>;
}
