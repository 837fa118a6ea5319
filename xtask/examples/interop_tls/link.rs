//! The three kinds of streams, and how this program waits for them.

use std::io::{self, Read, Write};
use std::net::TcpStream as StdTcpStream;
use std::time::Duration;

use boomnet::prelude::*;
use boomnet::select::{Ready, Selector, Token};
use boomnet::stream::Layer;
use boomnet::tls::{Backend, Stream};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::tap::Tap;

/// A kind of stream.
pub(crate) trait Link {
    type Socket: Read + Write;

    fn open(&mut self, port: u16) -> io::Result<Self::Socket>;

    fn attach(&mut self, socket: &mut Self::Socket) -> io::Result<()>;

    fn detach(&mut self, socket: &mut Self::Socket) -> io::Result<()>;

    /// Waits until there may be something to do, for a short while at most.
    fn wait<B: Backend>(&mut self, stream: &mut Stream<Tap<Self::Socket>, B>) -> io::Result<()>;
}

const TURN: Duration = Duration::from_millis(50);

/// A non-blocking socket of the standard library: no layer of ours.
pub(crate) struct Plain;

impl Link for Plain {
    type Socket = StdTcpStream;

    fn open(&mut self, port: u16) -> io::Result<StdTcpStream> {
        let socket = StdTcpStream::connect(("127.0.0.1", port))?;
        socket.set_nodelay(true)?;
        socket.set_nonblocking(true)?;
        Ok(socket)
    }

    fn attach(&mut self, _: &mut StdTcpStream) -> io::Result<()> {
        Ok(())
    }

    fn detach(&mut self, _: &mut StdTcpStream) -> io::Result<()> {
        Ok(())
    }

    fn wait<B: Backend>(&mut self, stream: &mut Stream<Tap<StdTcpStream>, B>) -> io::Result<()> {
        // Only that a write would be taken does not help while there is nothing to write.
        let socket = stream.get_mut().socket();
        let mut sockets = [PollFd::new(socket, PollFlags::IN)];
        let turn = Timespec {
            tv_sec: 0,
            tv_nsec: 5_000_000,
        };
        poll(&mut sockets, Some(&turn))?;
        Ok(())
    }
}

/// A selector with one socket.
pub(crate) struct Selected<S> {
    selector: S,
    ready: Vec<Ready>,
    generation: u32,
}

impl<S> Selected<S> {
    const fn over(selector: S) -> Self {
        Self {
            selector,
            ready: Vec::new(),
            generation: 0,
        }
    }

    const fn token(&self) -> Token {
        Token {
            index: 0,
            generation: self.generation,
        }
    }

    fn attach<T>(&mut self, socket: &mut T) -> io::Result<()>
    where
        S: Selector<T>,
    {
        self.generation += 1;
        let token = self.token();
        self.selector.register(socket, token)
    }

    fn detach<T>(&mut self, socket: &mut T) -> io::Result<()>
    where
        S: Selector<T>,
    {
        let token = self.token();
        self.selector.deregister(socket, token)
    }

    fn wait<T, B>(&mut self, stream: &mut Stream<Tap<T>, B>) -> io::Result<()>
    where
        S: Selector<T>,
        T: Read + Write + Layer<Base = T>,
        B: Backend,
    {
        self.ready.clear();
        // Edges are not repeated: a socket that is not empty is gone back to at once.
        let is_ready = stream.has_buffered() || self.selector.may_read(stream.base());
        let turn = if is_ready { Duration::ZERO } else { TURN };
        self.selector.poll(&mut self.ready, Some(turn))?;
        for report in &self.ready {
            if report.token.generation == self.generation {
                self.selector.deliver(stream.base_mut(), report.readiness);
            }
        }
        Ok(())
    }
}

macro_rules! link {
    ($(#[$attribute:meta])* $name:ident, $selector:ty, $socket:ty, $convert:ident) => {
        $(#[$attribute])*
        pub(crate) struct $name(Selected<$selector>);

        impl Link for $name {
            type Socket = $socket;

            fn open(&mut self, port: u16) -> io::Result<$socket> {
                Ok(TcpStream::try_from(("127.0.0.1", port))?.$convert())
            }

            fn attach(&mut self, socket: &mut $socket) -> io::Result<()> {
                self.0.attach(socket)
            }

            fn detach(&mut self, socket: &mut $socket) -> io::Result<()> {
                self.0.detach(socket)
            }

            fn wait<B: Backend>(&mut self, stream: &mut Stream<Tap<$socket>, B>) -> io::Result<()> {
                self.0.wait(stream)
            }
        }
    };
}

link!(
    /// Readiness by epoll.
    Mio, MioSelector, MioStream, into_mio_stream
);

#[cfg(target_os = "linux")]
link!(
    /// Received by io_uring.
    IoUring, IoUringSelector, IoUringStream, into_io_uring_stream
);

impl Mio {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self(Selected::over(MioSelector::new()?)))
    }
}

#[cfg(target_os = "linux")]
impl IoUring {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self(Selected::over(IoUringSelector::new()?)))
    }
}
