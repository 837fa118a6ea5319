#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub use boom_stream as stream;

#[cfg(any(
    feature = "rustls-webpki",
    feature = "rustls-native",
    feature = "openssl",
    feature = "ktls-rustls",
    feature = "ext"
))]
pub use boom_tls as tls;

#[cfg(any(feature = "ktls", feature = "ktls-rustls"))]
pub use boom_ktls as ktls;

pub use boom_select as select;

#[cfg(feature = "ws")]
pub use boom_ws as ws;

#[cfg(feature = "fix")]
pub use boom_fix as fix;
#[cfg(feature = "http")]
pub use boom_http as http;

pub use boom_service as service;

pub use boom_stream::tcp;

#[cfg(feature = "record")]
pub use boom_stream::{record, replay};

#[doc(no_inline)]
pub use prelude::*;

/// The names of a usual program.
pub mod prelude {
    pub use boom_stream::tcp::TcpStream;
    pub use boom_stream::{ConnectionInfo, ConnectionInfoProvider};

    #[cfg(any(
        feature = "rustls-webpki",
        feature = "rustls-native",
        feature = "openssl",
        feature = "ktls-rustls",
        feature = "ext"
    ))]
    pub use boom_tls::{IntoTlsReadyStream, IntoTlsStream, TlsConfig, TlsReadyStream, TlsStream};

    #[cfg(any(feature = "ktls", feature = "ktls-rustls"))]
    pub use boom_ktls::{IntoKtlsStream, KtlsConfig, KtlsPolicy, KtlsStream};

    #[cfg(feature = "record")]
    pub use boom_stream::record::{IntoRecordedStream, RecordedStream, Recorder};
    #[cfg(feature = "record")]
    pub use boom_stream::replay::ReplayStream;

    pub use boom_select::DirectSelector;
    #[cfg(feature = "replay")]
    pub use boom_select::replay::{ReplaySelector, ReplaySession, ReplaySocket};
    #[cfg(all(feature = "io-uring", target_os = "linux"))]
    pub use boom_select::{IntoIoUringStream, IoUringSelector, IoUringStream};
    #[cfg(feature = "mio")]
    pub use boom_select::{IntoMioStream, MioSelector, MioStream};

    #[cfg(feature = "ext")]
    pub use boom_ws::{IntoTlsWebsocket, TlsWebsocket, TlsWebsocketConfig};
    #[cfg(feature = "ws")]
    pub use boom_ws::{IntoWebsocket, Websocket, WebsocketConfig, WebsocketFrame};

    #[cfg(all(feature = "fix", feature = "ext"))]
    pub use boom_fix::{
        FixEndpoint, FixEndpointWithContext, FixInitiator, FixStream, TlsFixEndpoint,
        TlsFixEndpointWithContext,
    };

    #[cfg(feature = "http")]
    pub use boom_http::{HttpClient, HttpConfig, HttpConnection, IntoHttp};
    #[cfg(all(feature = "http", feature = "ext"))]
    pub use boom_http::{
        IntoTlsHttp, TlsHttpClient, TlsHttpConfig, TlsHttpEndpoint, TlsHttpEndpointWithContext,
    };

    pub use boom_service::{
        Context, DisconnectReason, Endpoint, EndpointWithContext, IOService, IntoIOService,
        IntoIOServiceWithContext, Lent,
    };
    #[cfg(feature = "ext")]
    pub use boom_service::{TlsWebsocketEndpoint, TlsWebsocketEndpointWithContext};
}

/// The program in the README of the repository compiles.
#[cfg(all(doctest, feature = "mio", feature = "ext"))]
#[doc = include_str!("../../../README.md")]
mod readme {}
