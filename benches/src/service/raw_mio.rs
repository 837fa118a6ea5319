//! The limit: `mio` by itself, one `Poll` with all connections registered for reading.

use std::net::SocketAddr;
use std::time::Duration;

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use crate::harness::Result;
use crate::service::Watch;

pub(super) struct Connections {
    poll: Poll,
    events: Events,
    streams: Vec<TcpStream>,
}

impl Connections {
    pub(super) fn open(server: SocketAddr, count: usize) -> Result<Self> {
        let poll = Poll::new()?;
        let mut streams = Vec::with_capacity(count);
        for index in 0..count {
            let connected = std::net::TcpStream::connect(server)?;
            connected.set_nonblocking(true)?;
            let mut stream = TcpStream::from_std(connected);
            poll.registry()
                .register(&mut stream, Token(index), Interest::READABLE)?;
            streams.push(stream);
        }
        Ok(Self {
            poll,
            events: Events::with_capacity(1024),
            streams,
        })
    }
}

impl Watch for Connections {
    fn poll(&mut self) -> Result<usize> {
        self.poll.poll(&mut self.events, Some(Duration::ZERO))?;
        Ok(self.events.iter().count())
    }

    fn connected(&self) -> usize {
        self.streams.len()
    }
}
