//! The endpoint, the same on the network and on recordings: a function gives it its connections.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::SocketAddr;

use boomnet::prelude::*;
use boomnet::stream::{Layer, Socket};

use crate::digest::Digest;

/// The name of the file with what was received, beside the recordings.
pub(crate) const SUMMARY: &str = "summary.txt";

/// What the endpoint has received: the context of the service.
#[derive(Debug, Default)]
pub(crate) struct Received {
    messages: u64,
    hash: Digest,
    /// The connection is the last one.
    pub(crate) is_ending: bool,
}

impl Context for Received {}

impl fmt::Display for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} messages, summary hash {}", self.messages, self.hash)
    }
}

/// Opens the next connection.
pub(crate) type Open<S> =
    Box<dyn FnMut(&ConnectionInfo, SocketAddr, &mut Received) -> io::Result<S>>;

/// Follows one instrument.
pub(crate) struct Trades<S> {
    pub(crate) connection_info: ConnectionInfo,
    pub(crate) open: Open<S>,
}

impl<S> ConnectionInfoProvider for Trades<S> {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.connection_info
    }
}

impl<S: Read + Write + Layer<Base: Socket>> EndpointWithContext<Received> for Trades<S> {
    type Target = Websocket<S>;

    fn create_target(
        &mut self,
        address: SocketAddr,
        received: &mut Received,
    ) -> io::Result<Option<Websocket<S>>> {
        let stream = (self.open)(&self.connection_info, address, received)?;
        let mut ws = stream.into_websocket("/ws");
        let subscription = br#"{"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":1}"#;
        ws.send_text(true, Some(subscription))?;
        Ok(Some(ws))
    }

    fn poll(&mut self, ws: &mut Websocket<S>, received: &mut Received) -> io::Result<()> {
        for frame in ws.read_batch()? {
            if let WebsocketFrame::Text(_, json) = frame? {
                received.messages += 1;
                received.hash.add_message(json);
            }
        }
        Ok(())
    }

    fn can_recreate(&mut self, reason: DisconnectReason, received: &mut Received) -> bool {
        println!("disconnected: {reason}");
        !received.is_ending
    }
}
