#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod messages;
mod outgoing;
mod state;
mod websocket;

mod batch;
mod connection;
mod handshake;
mod inbound;
mod outbound;

#[cfg(feature = "deflate")]
mod deflate;
#[cfg(not(feature = "deflate"))]
#[path = "no_deflate.rs"]
mod deflate;

mod close;
mod config;
mod error;
mod frame;
mod frame_source;
mod heartbeat;
mod mask;
mod prepared;
mod slow_consumer;
mod url;
mod utf8;

#[cfg(feature = "tls")]
mod tls;

pub use batch::Batch;
pub use close::{CloseCode, CloseFrame};
pub use config::WebsocketConfig;
pub use connection::Connection;
#[cfg(feature = "deflate")]
pub use deflate::{DeflateConfig, DeflateParameter, NegotiationError};
pub use error::{Error, HandshakeError, Misuse, ProtocolError};
pub use frame::WebsocketFrame;
pub use frame_source::FrameSource;
pub use handshake::{Refusal, Request, Response, RetryAfter};
pub use heartbeat::{Heartbeat, Silence};
pub use messages::{Message, Messages};
pub use outgoing::{FragmentedMessage, OutgoingFrame};
pub use prepared::PreparedMessage;
pub use slow_consumer::{ConflationKey, SlowConsumerCounts, SlowConsumerPolicy};
pub use state::State;
#[cfg(feature = "tls")]
pub use tls::{IntoTlsWebsocket, TlsWebsocket, TlsWebsocketConfig};
pub use url::UrlError;
pub use websocket::{Frames, IntoWebsocket, Websocket};

pub mod guide;
#[cfg(feature = "replay")]
pub mod replay;

/// Helpers around WebSocket URLs.
pub mod util {
    pub use crate::url::parse_url;
}
