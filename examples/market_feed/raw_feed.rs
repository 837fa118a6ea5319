//! The endpoint for any WebSocket server, plain or over TLS: it counts, samples and hashes.

use std::io::{self, Read, Write};
use std::net::SocketAddr;

use boomnet::prelude::*;
use boomnet::stream::{Layer, Socket};

use crate::board::Board;
use crate::digest::Digest;

/// Bytes of a message that are printed.
const SAMPLE_BYTES: usize = 100;

/// Follows whatever one URL sends.
#[derive(Debug)]
pub(crate) struct RawFeed<S> {
    connection_info: ConnectionInfo,
    path: String,
    secure: bool,
    tls: TlsConfig,
    /// Texts to send on each connection.
    subscriptions: Vec<String>,
    /// The place on the board.
    feed: usize,
    /// Makes a stream that the selector watches.
    watched: fn(TcpStream) -> S,
}

impl<S> RawFeed<S> {
    /// Takes a URL apart.
    pub(crate) fn new(
        url: &str,
        tls: TlsConfig,
        subscriptions: &[String],
        feed: usize,
        watched: fn(TcpStream) -> S,
    ) -> io::Result<Self> {
        let (connection_info, path, secure) = boomnet::ws::util::parse_url(url)?;
        let subscriptions = subscriptions.to_vec();
        Ok(Self {
            connection_info,
            path,
            secure,
            tls,
            subscriptions,
            feed,
            watched,
        })
    }

    /// Handles a frame of a message; `fin` says whether it is the last.
    fn handle_data(&self, fin: bool, data: &[u8], board: &mut Board<Digest>) {
        let feed = &mut board.feeds[self.feed];
        if feed.is_complete() {
            return;
        }
        feed.count_bytes(data.len());
        feed.detail.update(data);
        if fin {
            feed.count_message();
            feed.detail.end_message();
        }
        if feed.takes_sample() {
            let sample = String::from_utf8_lossy(&data[..data.len().min(SAMPLE_BYTES)]);
            board.print_event(self.feed, format_args!("{} bytes, {sample}", data.len()));
        }
    }
}

impl<S> ConnectionInfoProvider for RawFeed<S> {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.connection_info
    }
}

impl<S> EndpointWithContext<Board<Digest>> for RawFeed<S>
where
    S: Read + Write + Layer<Base: Socket>,
{
    type Target = Websocket<TlsReadyStream<S>>;

    fn create_target(
        &mut self,
        address: SocketAddr,
        board: &mut Board<Digest>,
    ) -> io::Result<Option<Self::Target>> {
        let stream = (self.watched)(TcpStream::try_from((&self.connection_info, address))?);
        let stream =
            stream.into_tls_ready_stream_with_config(self.secure, |tls| *tls = self.tls.clone())?;
        let mut ws = stream.into_websocket(&self.path);
        for text in &self.subscriptions {
            ws.send_text(true, Some(text.as_bytes()))?;
        }
        let feed = &mut board.feeds[self.feed];
        feed.connects += 1;
        feed.is_connected = true;
        board.print_event(self.feed, format_args!("connecting to {address}"));
        Ok(Some(ws))
    }

    fn poll(&mut self, ws: &mut Self::Target, board: &mut Board<Digest>) -> io::Result<()> {
        for frame in ws.read_batch()? {
            match frame? {
                WebsocketFrame::Text(fin, data)
                | WebsocketFrame::Binary(fin, data)
                | WebsocketFrame::Continuation(fin, data) => self.handle_data(fin, data, board),
                // Pings are answered by the WebSocket, and the error after a close says why the connection ended.
                _ => {}
            }
        }
        Ok(())
    }

    fn can_recreate(&mut self, reason: DisconnectReason, board: &mut Board<Digest>) -> bool {
        let feed = &mut board.feeds[self.feed];
        feed.is_connected = false;
        feed.detail.end_connection();
        let is_complete = feed.is_complete();
        board.print_event(self.feed, format_args!("disconnected: {reason}"));
        !is_complete
    }
}
