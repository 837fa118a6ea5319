#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod blocking;
mod client;
mod stream;

mod connection;
mod ticket;
mod visitor;

mod chunk_writer;
mod origin;
mod request;

mod decoder;
mod head;
mod response;

mod chunk;
mod syntax;

mod config;
mod error;

#[cfg(any(feature = "gzip", feature = "zstd"))]
mod coding;
#[cfg(feature = "ext")]
mod ext;

pub use blocking::OwnedResponse;
pub use chunk_writer::ChunkWriter;
pub use client::HttpClient;
#[cfg(any(feature = "gzip", feature = "zstd"))]
pub use coding::{BodyDecoder, CodingError};
pub use config::HttpConfig;
pub use connection::Connection;
pub use decoder::{Progress, ResponseDecoder};
pub use error::{Error, Limit, ProtocolError, Reason, RequestError, Sent, Timeout};
#[cfg(feature = "ext")]
pub use ext::{
    HttpEndpoint, HttpSlots, IntoTlsHttp, TlsHttpClient, TlsHttpConfig, TlsHttpConnection,
    TlsHttpEndpoint, TlsHttpEndpointWithContext,
};
#[doc(no_inline)]
pub use http::{Method, StatusCode};
pub use origin::Origin;
pub use request::{BodyWriter, RequestBuilder, Sender, Unsigned};
pub use response::{Redirect, Response};
pub use stream::{HttpConnection, IntoHttp};
pub use ticket::Ticket;
pub use visitor::Visitor;
