//! tokio-rustls, polled without a runtime, which is the fastest that it can be driven.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::trust::{NAME, Trust};
use super::{Client, Transport, await_greeting, came};
use crate::harness::Result;
use crate::ws::polled::{Polled, Socket, block_on};

struct Tokio<S>(TlsStream<Polled<Socket<S>>>);

pub(super) fn open<S: Transport>(stream: S, trust: &Trust) -> Result<Box<dyn Client>> {
    let connector = TlsConnector::from(Arc::clone(&trust.rustls));
    let connecting = connector.connect(NAME.try_into()?, Polled(Socket::new(stream)));
    let mut client = Tokio(block_on(connecting)?);
    await_greeting(&mut client)?;
    Ok(Box::new(client))
}

impl<S: Transport> Client for Tokio<S> {
    fn send(&mut self, bytes: &[u8]) -> Result<()> {
        let mut context = Context::from_waker(Waker::noop());
        let mut sent = 0;
        while sent < bytes.len() {
            let write = Pin::new(&mut self.0).poll_write(&mut context, &bytes[sent..]);
            if let Poll::Ready(count) = write {
                sent += count?;
            }
        }
        loop {
            if let Poll::Ready(flushed) = Pin::new(&mut self.0).poll_flush(&mut context) {
                return Ok(flushed?);
            }
        }
    }

    fn receive(&mut self, out: &mut [u8]) -> Result<usize> {
        let mut context = Context::from_waker(Waker::noop());
        let mut room = ReadBuf::new(out);
        came(
            match Pin::new(&mut self.0).poll_read(&mut context, &mut room) {
                Poll::Ready(Ok(())) => Ok(room.filled().len()),
                Poll::Ready(Err(error)) => Err(error),
                Poll::Pending => Err(io::ErrorKind::WouldBlock.into()),
            },
        )
    }
}
