//! hyper, driven without a runtime: its futures are polled until they are ready, with a waker that does nothing.

use std::future::Future;
use std::io::{self, ErrorKind, Read, Write};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http_body_util::Empty;
use hyper::body::Body;
use hyper::client::conn::http1::{self, Connection, SendRequest};
use hyper::rt::ReadBufCursor;
use hyper::{Request, body::Incoming};

use crate::harness::Result;
use crate::http::client::Client;
use crate::http::kind::{KEY, Kind};

/// A socket with a window of its own to read into: the room it is given is not initialised.
struct Io<S> {
    stream: S,
    window: Box<[u8]>,
}

pub(super) struct Polled<S: Read + Write + Unpin> {
    sender: SendRequest<Empty<Bytes>>,
    connection: Connection<Io<S>, Empty<Bytes>>,
    host: String,
    path: &'static str,
    body: Vec<u8>,
}

impl<S: Read + Write + Unpin> Polled<S> {
    pub(super) fn new(stream: S, host: &str, kind: Kind) -> Result<Self> {
        let io = Io {
            stream,
            window: vec![0; 32 * 1024].into(),
        };
        let mut handshake = pin!(http1::handshake(io));
        let mut context = Context::from_waker(Waker::noop());
        let (sender, connection) = loop {
            if let Poll::Ready(result) = handshake.as_mut().poll(&mut context) {
                break result?;
            }
        };
        Ok(Self {
            sender,
            connection,
            host: host.to_owned(),
            path: kind.path(),
            body: Vec::new(),
        })
    }

    fn drive(&mut self, context: &mut Context<'_>) -> Result<()> {
        match Pin::new(&mut self.connection).poll(context) {
            Poll::Pending => Ok(()),
            Poll::Ready(result) => Err(result
                .err()
                .map_or_else(|| "the server has hung up".into(), Into::into)),
        }
    }

    fn receive(&mut self, mut body: Incoming, context: &mut Context<'_>) -> Result<()> {
        self.body.clear();
        loop {
            match Pin::new(&mut body).poll_frame(context) {
                Poll::Ready(Some(frame)) => {
                    let frame = frame?;
                    self.body
                        .extend_from_slice(frame.data_ref().map_or(&[], AsRef::as_ref));
                }
                Poll::Ready(None) => return Ok(()),
                Poll::Pending => self.drive(context)?,
            }
        }
    }
}

impl<S: Read + Write + Unpin> Client for Polled<S> {
    fn exchange(&mut self, each: &mut dyn FnMut(u16, &[u8])) -> Result<()> {
        let (name, value) = KEY;
        let request = Request::get(self.path).header("Host", self.host.as_str());
        let request = request.header(name, value).body(Empty::new())?;
        let mut context = Context::from_waker(Waker::noop());
        while self.sender.poll_ready(&mut context)?.is_pending() {
            self.drive(&mut context)?;
        }
        let mut response = pin!(self.sender.send_request(request));
        let response = loop {
            self.drive(&mut context)?;
            if let Poll::Ready(response) = response.as_mut().poll(&mut context) {
                break response?;
            }
        };
        let status = response.status().as_u16();
        self.receive(response.into_body(), &mut context)?;
        each(status, &self.body);
        Ok(())
    }
}

impl<S: Read + Unpin> hyper::rt::Read for Io<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        mut room: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let Self { stream, window } = &mut *self;
        let wanted = room.remaining().min(window.len());
        match stream.read(&mut window[..wanted]) {
            Ok(count) => {
                room.put_slice(&window[..count]);
                Poll::Ready(Ok(()))
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => Poll::Pending,
            Err(error) => Poll::Ready(Err(error)),
        }
    }
}

impl<S: Write + Unpin> hyper::rt::Write for Io<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        pending_if_blocked(self.stream.write(bytes))
    }

    fn poll_flush(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        pending_if_blocked(self.stream.flush())
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
