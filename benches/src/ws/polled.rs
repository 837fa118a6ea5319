//! How the asynchronous peers are driven. There is no runtime here: their futures are polled until they are ready,
//! with a waker that does nothing, over streams that never wait (memory) or are polled without rest (a socket). That
//! is the fastest they can be driven.

use std::future::Future;
use std::io::{self, ErrorKind, IoSlice, Read, Write};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use bytes::BytesMut;
use futures_core::Stream;
use futures_sink::Sink as FuturesSink;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::harness::Result;
use crate::memory::{Ring, Sink};

/// Polls until the future is ready.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

/// Polls until the stream has an item.
#[inline]
pub(super) fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(item) = Pin::new(&mut *stream).poll_next(&mut context) {
            return item;
        }
    }
}

/// Hands `item` over and polls until nothing of it is left in a buffer.
#[inline]
pub(super) fn send<I, S>(sink: &mut S, item: I) -> Result<()>
where
    S: FuturesSink<I, Error: std::error::Error + 'static> + Unpin,
{
    let mut context = Context::from_waker(Waker::noop());
    while Pin::new(&mut *sink).poll_ready(&mut context)?.is_pending() {}
    Pin::new(&mut *sink).start_send(item)?;
    while Pin::new(&mut *sink).poll_flush(&mut context)?.is_pending() {}
    Ok(())
}

/// A stream of the standard library's kind as one of tokio's.
pub(crate) struct Polled<S>(pub(crate) S);

/// A socket with a window of its own to read into: the room it is given is not initialised, and zeroing it all would
/// cost more than copying what came.
pub(crate) struct Socket<S> {
    stream: S,
    window: Box<[u8]>,
}

impl<S> Socket<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self {
            stream,
            window: vec![0; 16 * 1024].into(),
        }
    }
}

/// One read into room that need not be initialised.
pub(crate) trait PutInto {
    fn put_into(&mut self, room: &mut ReadBuf<'_>) -> io::Result<()>;

    /// Reads at most `room` bytes to the end of `buffer`.
    fn append_to(&mut self, buffer: &mut BytesMut, room: usize) -> io::Result<usize>;
}

impl PutInto for Ring {
    #[inline]
    fn put_into(&mut self, room: &mut ReadBuf<'_>) -> io::Result<()> {
        let (first, second) = self.take(room.remaining());
        room.put_slice(first);
        room.put_slice(second);
        Ok(())
    }

    #[inline]
    fn append_to(&mut self, buffer: &mut BytesMut, room: usize) -> io::Result<usize> {
        let (first, second) = self.take(room);
        buffer.extend_from_slice(first);
        buffer.extend_from_slice(second);
        Ok(first.len() + second.len())
    }
}

/// Nothing is ever received.
impl PutInto for Sink {
    fn put_into(&mut self, _: &mut ReadBuf<'_>) -> io::Result<()> {
        Err(ErrorKind::WouldBlock.into())
    }

    fn append_to(&mut self, _: &mut BytesMut, _: usize) -> io::Result<usize> {
        Err(ErrorKind::WouldBlock.into())
    }
}

impl<S: Read> PutInto for Socket<S> {
    fn put_into(&mut self, room: &mut ReadBuf<'_>) -> io::Result<()> {
        let wanted = room.remaining().min(self.window.len());
        let count = self.stream.read(&mut self.window[..wanted])?;
        room.put_slice(&self.window[..count]);
        Ok(())
    }

    fn append_to(&mut self, buffer: &mut BytesMut, room: usize) -> io::Result<usize> {
        let wanted = room.min(self.window.len());
        let count = self.stream.read(&mut self.window[..wanted])?;
        buffer.extend_from_slice(&self.window[..count]);
        Ok(count)
    }
}

impl<S: Write> Write for Socket<S> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.stream.write(buffer)
    }

    fn write_vectored(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        self.stream.write_vectored(parts)
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

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        pending_if_blocked(self.0.write_vectored(parts))
    }

    fn is_write_vectored(&self) -> bool {
        true
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
