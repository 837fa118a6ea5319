//! fastwebsockets, which is asynchronous. There is no runtime here: its futures are polled until they are ready,
//! with a waker that does nothing, over streams that never wait (memory) or are polled without rest (a non-blocking
//! socket). That is the fastest it can be driven.

use std::future::Future;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use fastwebsockets::{Frame, Payload, Role, WebSocket};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::harness::Result;
use crate::memory::{Ring, Sink};
use crate::ws::decode::Decoder;
use crate::ws::encode::Encoder;
use crate::ws::round_trip::Client;

fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

pub(super) struct Receiving(WebSocket<Polled<Ring>>);

impl Receiving {
    pub(super) fn new(stream: Ring) -> Self {
        Self(WebSocket::after_handshake(Polled(stream), Role::Client))
    }
}

impl Decoder for Receiving {
    fn decode(&mut self, messages: u64, mut each: impl FnMut(&[u8])) -> Result<()> {
        block_on(async {
            for _ in 0..messages {
                let frame = self.0.read_frame().await?;
                each(&frame.payload);
            }
            Ok(())
        })
    }
}

pub(super) struct Sending {
    websocket: WebSocket<Polled<Sink>>,
    scratch: Vec<u8>,
}

impl Sending {
    pub(super) fn new(stream: Sink) -> Self {
        Self {
            websocket: WebSocket::after_handshake(Polled(stream), Role::Client),
            scratch: Vec::new(),
        }
    }
}

impl Encoder for Sending {
    fn send(&mut self, text: &str) -> Result<()> {
        Ok(block_on(send(
            &mut self.websocket,
            &mut self.scratch,
            text,
        ))?)
    }
}

/// It masks in place, so the text goes into a buffer that may be changed; lent as it is, it would be copied into a
/// new allocation instead.
async fn send<S: AsyncRead + AsyncWrite + Unpin>(
    websocket: &mut WebSocket<S>,
    scratch: &mut Vec<u8>,
    text: &str,
) -> std::result::Result<(), fastwebsockets::WebSocketError> {
    scratch.clear();
    scratch.extend_from_slice(text.as_bytes());
    websocket
        .write_frame(Frame::text(Payload::BorrowedMut(scratch)))
        .await
}

pub(super) struct Connected {
    websocket: WebSocket<Polled<Socket>>,
    scratch: Vec<u8>,
}

impl Connected {
    pub(super) fn connect(server: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(server)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        let socket = Polled(Socket {
            stream,
            window: vec![0; 4096].into(),
        });
        Ok(Self {
            websocket: WebSocket::after_handshake(socket, Role::Client),
            scratch: Vec::new(),
        })
    }
}

impl Client for Connected {
    fn round_trip(&mut self, text: &str, each: &mut dyn FnMut(&[u8])) -> Result<()> {
        block_on(async {
            send(&mut self.websocket, &mut self.scratch, text).await?;
            let frame = self.websocket.read_frame().await?;
            each(&frame.payload);
            Ok(())
        })
    }
}

/// A stream of the standard library's kind as one of tokio's.
pub(super) struct Polled<S>(S);

/// A socket with a window of its own to read into: the room it is given is not initialised, and zeroing it all would
/// cost more than copying what came.
pub(super) struct Socket {
    stream: TcpStream,
    window: Box<[u8]>,
}

trait PutInto {
    fn put_into(&mut self, room: &mut ReadBuf<'_>) -> io::Result<()>;
}

impl PutInto for Ring {
    #[inline]
    fn put_into(&mut self, room: &mut ReadBuf<'_>) -> io::Result<()> {
        let (first, second) = self.take(room.remaining());
        room.put_slice(first);
        room.put_slice(second);
        Ok(())
    }
}

impl PutInto for Sink {
    fn put_into(&mut self, _room: &mut ReadBuf<'_>) -> io::Result<()> {
        Err(ErrorKind::WouldBlock.into())
    }
}

impl PutInto for Socket {
    fn put_into(&mut self, room: &mut ReadBuf<'_>) -> io::Result<()> {
        let wanted = room.remaining().min(self.window.len());
        let count = self.stream.read(&mut self.window[..wanted])?;
        room.put_slice(&self.window[..count]);
        Ok(())
    }
}

impl Write for Socket {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.stream.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

impl<S: PutInto + Unpin> AsyncRead for Polled<S> {
    #[inline]
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        room: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        pending_if_blocked(self.0.put_into(room))
    }
}

impl<S: Write + Unpin> AsyncWrite for Polled<S> {
    #[inline]
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        pending_if_blocked(self.0.write(bytes))
    }

    fn poll_flush(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        pending_if_blocked(self.0.flush())
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

fn pending_if_blocked<T>(result: io::Result<T>) -> Poll<io::Result<T>> {
    match result {
        Err(error) if error.kind() == ErrorKind::WouldBlock => Poll::Pending,
        other => Poll::Ready(other),
    }
}
