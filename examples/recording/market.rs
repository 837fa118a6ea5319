//! The endpoint: the same code on the network and on recordings. Only its [`Source`] differs.

use std::io::{self, Read, Write};
use std::net::SocketAddr;

use boomnet::prelude::*;
use boomnet::stream::{Layer, Socket};

use crate::summary::Summary;
use crate::trade_message::{self, TradeMessage};

/// The path of the exchange's WebSocket.
const PATH: &str = "/ws";

/// Where the streams of an endpoint come from.
pub(crate) trait Source {
    /// What the WebSocket runs on.
    type Stream: Read + Write + Layer<Base: Socket>;

    /// Opens the next connection.
    fn open(&mut self, info: &ConnectionInfo, address: SocketAddr) -> io::Result<Self::Stream>;

    /// Returns true if there is another one.
    fn has_more(&self) -> bool;
}

/// Follows the trades of one instrument.
#[derive(Debug)]
pub(crate) struct TradeFeed<S> {
    connection_info: ConnectionInfo,
    source: S,
    symbol: String,
    subscription: String,
    /// The place in the summary.
    place: usize,
}

impl<S: Source> TradeFeed<S> {
    pub(crate) fn new(
        connection_info: ConnectionInfo,
        symbol: &str,
        place: usize,
        source: S,
    ) -> Self {
        let stream = symbol.to_lowercase();
        Self {
            connection_info,
            source,
            symbol: symbol.to_owned(),
            subscription: format!(r#"{{"method":"SUBSCRIBE","params":["{stream}@trade"],"id":1}}"#),
            place,
        }
    }

    fn handle_message(&self, json: &[u8], summary: &mut Summary) {
        let instrument = &mut summary.instruments[self.place];
        match TradeMessage::parse(json) {
            Some(trade) if trade.symbol == self.symbol && trade.is_genuine() => {
                instrument.add_trade(json);
            }
            None if trade_message::is_confirmation(json) => {}
            _ => instrument.corrupted += 1,
        }
    }
}

impl<S> ConnectionInfoProvider for TradeFeed<S> {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.connection_info
    }
}

impl<S: Source> EndpointWithContext<Summary> for TradeFeed<S> {
    type Target = Websocket<S::Stream>;

    fn create_target(
        &mut self,
        address: SocketAddr,
        summary: &mut Summary,
    ) -> io::Result<Option<Self::Target>> {
        let stream = self.source.open(&self.connection_info, address)?;
        let mut ws = stream.into_websocket(PATH);
        ws.send_text(true, Some(self.subscription.as_bytes()))?;
        summary.instruments[self.place].connections += 1;
        Ok(Some(ws))
    }

    fn poll(&mut self, ws: &mut Self::Target, summary: &mut Summary) -> io::Result<()> {
        for frame in ws.read_batch()? {
            match frame? {
                WebsocketFrame::Text(true, json) => self.handle_message(json, summary),
                WebsocketFrame::Ping(_) | WebsocketFrame::Pong(_) => {}
                // The exchange sends nothing else.
                _ => summary.instruments[self.place].corrupted += 1,
            }
        }
        Ok(())
    }

    fn can_recreate(&mut self, reason: DisconnectReason, _: &mut Summary) -> bool {
        println!("{}: disconnected: {reason}", self.symbol);
        self.source.has_more()
    }
}
