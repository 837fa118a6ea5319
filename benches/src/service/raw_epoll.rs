//! The other limit: the system calls themselves, edge-triggered.

use std::io::Read;
use std::net::TcpStream;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};

use crate::harness::Result;
use crate::service::{Dial, Inbox, Watch};

pub(super) fn connect(dial: &Dial) -> Result<Box<dyn Watch>> {
    Ok(Box::new(Connections::open(dial)?))
}

struct Connections {
    epoll: OwnedFd,
    events: Vec<Event>,
    streams: Vec<TcpStream>,
    window: Vec<u8>,
    inbox: Arc<Inbox>,
}

impl Connections {
    fn open(dial: &Dial) -> Result<Self> {
        let epoll = epoll::create(CreateFlags::CLOEXEC)?;
        let mut streams = Vec::with_capacity(dial.count);
        for index in 0..dial.count {
            let stream = TcpStream::connect(dial.server)?;
            stream.set_nonblocking(true)?;
            let flags = EventFlags::IN | EventFlags::RDHUP | EventFlags::ET;
            epoll::add(&epoll, &stream, EventData::new_u64(index as u64), flags)?;
            streams.push(stream);
        }
        Ok(Self {
            epoll,
            events: Vec::with_capacity(1024),
            streams,
            window: vec![0; 16 << 10],
            inbox: Arc::clone(&dial.inbox),
        })
    }
}

const AT_ONCE: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 0,
};

impl Watch for Connections {
    fn poll(&mut self) -> Result<()> {
        self.events.clear();
        epoll::wait(
            &self.epoll,
            spare_capacity(&mut self.events),
            Some(&AT_ONCE),
        )?;
        for event in &self.events {
            if let Some(stream) = self.streams.get_mut(event.data.u64() as usize) {
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
