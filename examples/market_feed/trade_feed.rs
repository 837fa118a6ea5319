//! The endpoint: connects, subscribes, and handles each trade where it lies.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use boomnet::prelude::*;

use crate::board::Board;
use crate::ledger::{Ledger, Position};
use crate::source::Source;
use crate::trade_message::{self, TradeMessage};

/// Follows the trades of one instrument, on the network or on recordings.
#[derive(Debug)]
pub(crate) struct TradeFeed<S> {
    connection_info: ConnectionInfo,
    path: String,
    source: S,
    subscription: String,
    symbol: String,
    /// The place on the board.
    feed: usize,
    /// When the last connection that brought a trade ended, on the board's clock.
    ended_at: Option<Duration>,
}

impl<S: Source> TradeFeed<S> {
    pub(crate) fn new(
        connection_info: ConnectionInfo,
        path: &str,
        source: S,
        feed: usize,
        symbol: &str,
    ) -> Self {
        let stream_name = symbol.to_lowercase();
        Self {
            connection_info,
            path: path.to_owned(),
            source,
            subscription: format!(
                r#"{{"method":"SUBSCRIBE","params":["{stream_name}@trade"],"id":1}}"#
            ),
            symbol: symbol.to_owned(),
            feed,
            ended_at: None,
        }
    }

    /// Handles one message; nothing is allocated unless there is something to print.
    fn handle_message(&self, json: &[u8], board: &mut Board<Ledger>) {
        let feed = &mut board.feeds[self.feed];
        feed.count_message();
        feed.count_bytes(json.len());
        feed.detail.hash(json);
        board.hash_order(self.feed);
        match TradeMessage::parse(json) {
            Some(trade) if trade.symbol == self.symbol && trade.is_genuine() => {
                self.handle_trade(&trade, board)
            }
            None if trade_message::is_confirmation(json) => {}
            _ => {
                board.feeds[self.feed].detail.record_corrupted();
                board.print_event(
                    self.feed,
                    format_args!("corrupted: {}", String::from_utf8_lossy(json)),
                );
            }
        }
    }

    fn handle_trade(&self, trade: &TradeMessage<'_>, board: &mut Board<Ledger>) {
        board.record_latency(trade.sent_at_ns);
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
                let milliseconds = (board.elapsed() - ended_at).as_secs_f64() * 1_000.0;
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

impl<S: Source> EndpointWithContext<Board<Ledger>> for TradeFeed<S> {
    type Target = Websocket<S::Stream>;

    /// Called for the first connection and for each one after it. The subscription waits in the WebSocket until the
    /// handshakes are done.
    fn create_target(
        &mut self,
        address: SocketAddr,
        board: &mut Board<Ledger>,
    ) -> io::Result<Option<Self::Target>> {
        let stream = self.source.open(&self.connection_info, address)?;
        let mut ws = stream.into_websocket(&self.path);
        ws.send_text(true, Some(self.subscription.as_bytes()))?;
        let feed = &mut board.feeds[self.feed];
        feed.connects += 1;
        feed.is_connected = true;
        Ok(Some(ws))
    }

    /// Called when there is something to read: one read of the socket, and every message that it brought.
    fn poll(&mut self, ws: &mut Self::Target, board: &mut Board<Ledger>) -> io::Result<()> {
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
            self.ended_at = Some(board.elapsed());
        }
        board.print_event(self.feed, format_args!("disconnected: {reason}"));
        !board.is_ending && self.source.has_more()
    }
}
