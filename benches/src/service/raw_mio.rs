//! The limit: `mio` by itself, one `Poll` with all connections registered for reading.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use crate::harness::Result;
use crate::service::{Dial, Inbox, Watch};

pub(super) fn connect(dial: &Dial) -> Result<Box<dyn Watch>> {
    Ok(Box::new(Connections::open(dial)?))
}

struct Connections {
    poll: Poll,
    events: Events,
    streams: Vec<TcpStream>,
    window: Vec<u8>,
    inbox: Arc<Inbox>,
}

impl Connections {
    fn open(dial: &Dial) -> Result<Self> {
        let poll = Poll::new()?;
        let mut streams = Vec::with_capacity(dial.count);
        for index in 0..dial.count {
            let connected = std::net::TcpStream::connect(dial.server)?;
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
            window: vec![0; 16 << 10],
            inbox: Arc::clone(&dial.inbox),
        })
    }
}

impl Watch for Connections {
    fn poll(&mut self) -> Result<()> {
        self.poll.poll(&mut self.events, Some(Duration::ZERO))?;
        for event in &self.events {
            if let Some(stream) = self.streams.get_mut(event.token().0) {
                // Less than the window is all that there is.
                let count = stream.read(&mut self.window)?;
                self.inbox.take_frames(&self.window[..count])?;
            }
        }
        Ok(())
    }

    fn settle(&mut self) -> Result<usize> {
        self.poll()?;
        Ok(self.streams.len())
    }
}
