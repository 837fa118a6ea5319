//! Where the connections of an endpoint come from: the one thing in which a recording and a replay differ.

use std::io::{self, Read, Write};
use std::net::SocketAddr;

use boomnet::ktls::SocketStream;
use boomnet::prelude::*;
use boomnet::stream::{Layer, Socket};

/// Opens the streams that an endpoint's WebSocket runs on.
pub(crate) trait Source {
    type Stream: Read + Write + Layer<Base: Socket>;

    /// Opens the next one.
    fn open(&mut self, info: &ConnectionInfo, address: SocketAddr) -> io::Result<Self::Stream>;

    /// Returns true if there is another one.
    fn has_more(&self) -> bool {
        true
    }
}

/// The network, over TLS. `S` is the kind of stream that the selector watches.
#[derive(Debug)]
pub(crate) struct Network<S> {
    /// Made once and cloned for each connection: a reconnect then resumes the TLS session.
    tls: TlsConfig,
    /// Makes a stream that the selector watches.
    watched: fn(TcpStream) -> S,
}

impl<S> Network<S> {
    pub(crate) const fn new(tls: TlsConfig, watched: fn(TcpStream) -> S) -> Self {
        Self { tls, watched }
    }
}

impl<S> Source for Network<S>
where
    S: Read + Write + Layer<Base: Socket>,
{
    type Stream = TlsStream<S>;

    /// The service has resolved the host; from here on nothing blocks.
    fn open(&mut self, info: &ConnectionInfo, address: SocketAddr) -> io::Result<TlsStream<S>> {
        let stream = (self.watched)(TcpStream::try_from((info, address))?);
        stream.into_tls_stream_with_config(|tls| *tls = self.tls.clone())
    }
}

/// The network, over TLS by the kernel.
#[derive(Debug)]
pub(crate) struct KernelNetwork<S> {
    config: KtlsConfig,
    /// Makes a stream that the selector watches.
    watched: fn(TcpStream) -> S,
}

impl<S> KernelNetwork<S> {
    pub(crate) const fn new(config: KtlsConfig, watched: fn(TcpStream) -> S) -> Self {
        Self { config, watched }
    }
}

impl<S: SocketStream> Source for KernelNetwork<S> {
    type Stream = KtlsStream<S>;

    fn open(&mut self, info: &ConnectionInfo, address: SocketAddr) -> io::Result<KtlsStream<S>> {
        let stream = (self.watched)(TcpStream::try_from((info, address))?);
        stream.into_ktls_stream_with_config(|ktls| *ktls = self.config.clone())
    }
}

/// The network, and a recorder above TLS: each connection becomes a file of plaintext.
#[derive(Debug)]
pub(crate) struct RecordedNetwork<N> {
    pub(crate) network: N,
    pub(crate) recorder: Recorder,
}

impl<N: Source> Source for RecordedNetwork<N> {
    type Stream = RecordedStream<N::Stream>;

    fn open(&mut self, info: &ConnectionInfo, address: SocketAddr) -> io::Result<Self::Stream> {
        let stream = self.network.open(info, address)?;
        Ok(stream.into_recorded_stream_with(&self.recorder)?)
    }
}
