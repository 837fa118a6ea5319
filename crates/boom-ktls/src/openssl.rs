//! OpenSSL over the socket, which gives the kernel its keys by itself.

mod connection;
mod link;

use crate::backend::{Backend, Sealed, SocketStream};

impl Backend for boom_tls::openssl::Backend {}

impl Sealed for boom_tls::openssl::Backend {
    type Link<S: SocketStream> = link::Link<S>;
}
