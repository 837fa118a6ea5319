//! fastwebsockets, which is asynchronous; see [`polled`](crate::ws::polled). It hands over frames, always checks UTF-8,
//! and masks in place.

use std::io::{Read, Write};

use fastwebsockets::{Frame, Payload, Role, WebSocket};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::harness::Result;
use crate::memory::Sink;
use crate::ws::decode::Decoder;
use crate::ws::encode::Encoder;
use crate::ws::polled::{Polled, PutInto, Socket, block_on};
use crate::ws::round_trip::Client;

pub(super) struct Receiving<S>(WebSocket<Polled<S>>);

impl<S: PutInto + Write + Unpin> Receiving<S> {
    pub(super) fn new(stream: S) -> Self {
        let mut websocket = WebSocket::after_handshake(Polled(stream), Role::Client);
        websocket.set_max_message_size(64 << 20);
        Self(websocket)
    }
}

impl<S: PutInto + Write + Unpin> Decoder for Receiving<S> {
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

pub(super) struct Connected<S> {
    websocket: WebSocket<Polled<Socket<S>>>,
    scratch: Vec<u8>,
}

impl<S: Read + Write + Unpin> Connected<S> {
    pub(super) fn new(stream: S) -> Self {
        Self {
            websocket: WebSocket::after_handshake(Polled(Socket::new(stream)), Role::Client),
            scratch: Vec::new(),
        }
    }
}

impl<S: Read + Write + Unpin> Client for Connected<S> {
    fn round_trip(&mut self, text: &str, each: &mut dyn FnMut(&[u8])) -> Result<()> {
        block_on(async {
            send(&mut self.websocket, &mut self.scratch, text).await?;
            let frame = self.websocket.read_frame().await?;
            each(&frame.payload);
            Ok(())
        })
    }
}
