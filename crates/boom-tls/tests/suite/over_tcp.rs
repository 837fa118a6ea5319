//! The tests over sockets, over the stream of boom-stream.

use std::thread;

use boom_stream::tcp::TcpStream;

use super::loopback::{self, Link};

/// Non-blocking, and asked again and again.
struct Tcp;

impl Link for Tcp {
    type Stream = TcpStream;

    fn new() -> Option<Self> {
        Some(Self)
    }

    fn open(&mut self, stream: TcpStream) -> TcpStream {
        stream
    }

    fn turn(&mut self, _: &mut TcpStream) {
        thread::yield_now();
    }
}

loopback_tests!(over_tcp, Tcp, crate::Backend);
