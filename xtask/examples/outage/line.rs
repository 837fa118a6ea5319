//! One endpoint: it takes the messages of one stream and reports what it has missed.

use std::io::{self, Read, Write};
use std::marker::PhantomData;
use std::net::SocketAddr;
use std::time::Instant;

use boomnet::prelude::*;
use boomnet::stream::{Layer, Socket};
use boomnet::ws::Heartbeat;

use crate::message::{ConnectionId, Message};

/// What a service asks of a socket; the endpoints are the same over each.
pub(crate) trait Stream:
    From<TcpStream> + Read + Write + Layer<Base = Self> + Socket
{
}

impl<S: From<TcpStream> + Read + Write + Layer<Base = S> + Socket> Stream for S {}

/// What all endpoints share.
#[derive(Debug, Default)]
pub(crate) struct Feed {
    pub(crate) messages: u64,
    /// The process of the venue that is the newest.
    pub(crate) run: u32,
    /// Connections to it whose first message has come, since it was last set to zero.
    pub(crate) begun: u32,
    /// For connections that are made from now on.
    pub(crate) heartbeat: Option<Heartbeat>,
    /// What must not be.
    pub(crate) faults: Vec<String>,
}

impl Context for Feed {}

/// Messages that were never received, the last included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gap {
    pub(crate) from: u64,
    pub(crate) to: u64,
}

/// What has come over one connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tally {
    pub(crate) connection: ConnectionId,
    pub(crate) first: u64,
    pub(crate) messages: u64,
}

impl Tally {
    pub(crate) const fn next_number(&self) -> u64 {
        self.first + self.messages
    }
}

/// An endpoint.
#[derive(Debug)]
pub(crate) struct Line<S> {
    connection_info: ConnectionInfo,
    pub(crate) stream: u32,
    /// The connections since they were last taken, the one that stands last.
    pub(crate) tallies: Vec<Tally>,
    pub(crate) gaps: Vec<Gap>,
    /// When something was received last.
    pub(crate) received_at: Option<Instant>,
    kind: PhantomData<S>,
}

impl<S> Line<S> {
    pub(crate) fn new(port: u16, stream: u32) -> Self {
        Self {
            connection_info: ConnectionInfo::new("127.0.0.1", port),
            stream,
            tallies: Vec::new(),
            gaps: Vec::new(),
            received_at: None,
            kind: PhantomData,
        }
    }

    fn take(&mut self, payload: &[u8], feed: &mut Feed) -> Result<(), String> {
        let message = Message::parse(payload).ok_or("bytes that were not sent")?;
        if message.stream != self.stream {
            return Err(format!("a message of stream {}", message.stream));
        }
        feed.messages += 1;
        let next = self.tallies.last().map(Tally::next_number);
        let number = message.number;
        match self.tallies.last_mut() {
            Some(tally) if tally.connection == message.connection => {
                if next != Some(number) {
                    return Err(format!("{number} where {next:?} was to come"));
                }
                tally.messages += 1;
                return Ok(());
            }
            _ => {}
        }
        feed.begun += u32::from(message.connection.run == feed.run);
        self.tallies.push(Tally {
            connection: message.connection,
            first: number,
            messages: 1,
        });
        match next {
            Some(next) if number < next => Err(format!("{number} again, after {next}")),
            Some(next) if number > next => {
                self.gaps.push(Gap {
                    from: next,
                    to: number - 1,
                });
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

impl<S> ConnectionInfoProvider for Line<S> {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.connection_info
    }
}

impl<S: Stream> EndpointWithContext<Feed> for Line<S> {
    type Target = Websocket<S>;

    fn create_target(
        &mut self,
        addr: SocketAddr,
        feed: &mut Feed,
    ) -> io::Result<Option<Self::Target>> {
        let stream = S::from(TcpStream::try_from((&self.connection_info, addr))?);
        let path = format!("/{}", self.stream);
        let websocket = stream.into_websocket_with_config(&path, |config| {
            if let Some(heartbeat) = feed.heartbeat {
                *config = std::mem::take(config).with_heartbeat(heartbeat);
            }
        })?;
        Ok(Some(websocket))
    }

    fn poll(&mut self, websocket: &mut Self::Target, feed: &mut Feed) -> io::Result<()> {
        for frame in websocket.read_batch()? {
            let taken = match frame? {
                WebsocketFrame::Binary(true, payload) => self.take(payload, feed),
                other => Err(format!("a frame that was not sent: {other:?}")),
            };
            self.received_at = Some(Instant::now());
            if let Err(fault) = taken {
                feed.faults.push(format!("stream {}: {fault}", self.stream));
            }
        }
        Ok(())
    }
}
