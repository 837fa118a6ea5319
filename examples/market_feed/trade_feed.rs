//! The endpoint: connects, subscribes, and handles each trade where it lies.

use std::io::{self, Read, Write};
use std::marker::PhantomData;
use std::net::SocketAddr;
use std::time::Instant;

use boomnet::prelude::*;
use boomnet::stream::{Layer, Socket};

use crate::board::Board;
use crate::ledger::{Ledger, Position};
use crate::trade_message::{self, TradeMessage};

/// Follows the trades of one instrument. `S` is the kind of stream that the selector watches.
#[derive(Debug)]
pub(crate) struct TradeFeed<S> {
    connection_info: ConnectionInfo,
    path: String,
    /// Made once and cloned for each connection: a reconnect then resumes the TLS session.
    tls: TlsConfig,
    subscription: String,
    symbol: String,
    /// The place on the board.
    feed: usize,
    /// When the last connection that brought a trade ended.
    ended_at: Option<Instant>,
    stream: PhantomData<fn() -> S>,
}

impl<S> TradeFeed<S> {
    pub(crate) fn new(
        connection_info: ConnectionInfo,
        path: &str,
        tls: TlsConfig,
        feed: usize,
        symbol: &str,
    ) -> Self {
        let stream_name = symbol.to_lowercase();
        Self {
            connection_info,
            path: path.to_owned(),
            tls,
            subscription: format!(
                r#"{{"method":"SUBSCRIBE","params":["{stream_name}@trade"],"id":1}}"#
            ),
            symbol: symbol.to_owned(),
            feed,
            ended_at: None,
            stream: PhantomData,
        }
    }

    /// Handles one message; nothing is allocated unless there is something to print.
    fn handle_message(&self, json: &[u8], board: &mut Board<Ledger>) {
        let feed = &mut board.feeds[self.feed];
        feed.count_message();
        feed.count_bytes(json.len());
        match TradeMessage::parse(json) {
            Some(trade) if trade.symbol == self.symbol && trade.is_genuine() => {
                self.handle_trade(&trade, board)
            }
            None if trade_message::is_confirmation(json) => {}
            _ => {
                feed.detail.record_corrupted();
                board.print_event(
                    self.feed,
                    format_args!("corrupted: {}", String::from_utf8_lossy(json)),
                );
            }
        }
    }

    fn handle_trade(&self, trade: &TradeMessage<'_>, board: &mut Board<Ledger>) {
        board.latency.record(trade.sent_at_ns);
        let feed = &mut board.feeds[self.feed];
        let position = feed.detail.record(trade.id);
        let is_sample = feed.takes_sample();
        if let Position::FirstOfConnection { missed } = position {
            self.print_subscribed(trade.id, missed, board);
        }
        if is_sample {
            board.print_event(self.feed, format_args!("{trade}"));
        }
    }

    fn print_subscribed(&self, id: u64, missed: u64, board: &Board<Ledger>) {
        match self.ended_at {
            None => board.print_event(
                self.feed,
                format_args!("connected and subscribed, from trade {id} on"),
            ),
            Some(ended_at) => {
                let milliseconds = ended_at.elapsed().as_secs_f64() * 1_000.0;
                let text = "reconnected and resubscribed after";
                board.print_event(
                    self.feed,
                    format_args!("{text} {milliseconds:.1} ms, {missed} trades missed"),
                );
            }
        }
    }
}

impl<S> ConnectionInfoProvider for TradeFeed<S> {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.connection_info
    }
}

impl<S> TlsWebsocketEndpointWithContext<Board<Ledger>> for TradeFeed<S>
where
    S: From<TcpStream> + Read + Write + Layer<Base: Socket>,
{
    type Stream = S;

    /// The service has resolved the host; from here on nothing blocks. The subscription waits in the WebSocket until the
    /// handshakes are done.
    fn create_websocket(
        &mut self,
        address: SocketAddr,
        board: &mut Board<Ledger>,
    ) -> io::Result<Option<TlsWebsocket<S>>> {
        let stream = S::from(TcpStream::try_from((&self.connection_info, address))?);
        let mut ws = stream
            .into_tls_websocket_with_config(&self.path, |config| config.tls = self.tls.clone())?;
        ws.send_text(true, Some(self.subscription.as_bytes()))?;
        let feed = &mut board.feeds[self.feed];
        feed.connects += 1;
        feed.is_connected = true;
        Ok(Some(ws))
    }

    /// Called when there is something to read: one read of the socket, and every message that it brought.
    fn poll(&mut self, ws: &mut TlsWebsocket<S>, board: &mut Board<Ledger>) -> io::Result<()> {
        for frame in ws.read_batch()? {
            match frame? {
                WebsocketFrame::Text(true, json) => self.handle_message(json, board),
                WebsocketFrame::Ping(_) | WebsocketFrame::Pong(_) => {}
                // The exchange sends nothing else.
                _ => board.feeds[self.feed].detail.record_corrupted(),
            }
        }
        Ok(())
    }

    /// Called when the connection has ended or could not be made.
    fn can_recreate(&mut self, reason: DisconnectReason, board: &mut Board<Ledger>) -> bool {
        let feed = &mut board.feeds[self.feed];
        feed.is_connected = false;
        if feed.detail.end_connection() {
            self.ended_at = Some(Instant::now());
        }
        board.print_event(self.feed, format_args!("disconnected: {reason}"));
        !board.is_ending
    }
}
