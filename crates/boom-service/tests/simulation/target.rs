//! The stacks that endpoints connect: frames of our own, and a WebSocket.

use std::io::{self, ErrorKind};
use std::time::Duration;

use boom_stream::{Layer, Phase};
use boom_testkit::sim::{ConnectionId, Feed, Framed, NumberChecker, Numbers, Stream};
use boom_ws::{Websocket, WebsocketFrame};

use crate::framed::FramedStream;
use crate::shared::Shared;

/// Bytes that may wait to be sent.
pub(crate) const OUTPUT_MAX: usize = 8000;

/// How late a message may be handed on when nothing is wrong: ten times its time on the way.
const LATEST: Duration = Duration::from_millis(200);

/// A connection, and the numbers of what passes on it.
pub(crate) struct Target {
    pub(crate) id: ConnectionId,
    pub(crate) stack: Stack,
    numbers: Numbers,
    checker: NumberChecker,
    client: u64,
    shared: Shared,
    /// The parts so far of a message.
    parts: Vec<u8>,
}

pub(crate) enum Stack {
    Framed(FramedStream),
    Websocket(Box<Websocket<Stream>>),
}

impl Target {
    pub(crate) fn new(id: ConnectionId, stack: Stack, client: u64, shared: Shared) -> Self {
        Self {
            id,
            stack,
            numbers: Numbers::new(Feed::client_numbers(id)),
            checker: NumberChecker::new(Feed::server_numbers(id)),
            client,
            shared,
            parts: Vec::new(),
        }
    }

    /// Sends the next message.
    pub(crate) fn send(&mut self, length: usize) -> io::Result<()> {
        if self.shared.is_calm.get() && self.wants_write() {
            // After the trouble what waits is to come to an end.
            return Err(ErrorKind::WouldBlock.into());
        }
        let mut numbers = self.numbers.clone();
        let payload = numbers.next(self.shared.now_ns(), length);
        match &mut self.stack {
            Stack::Framed(framed) if framed.has_said_goodbye => {
                return Err(ErrorKind::NotConnected.into());
            }
            Stack::Framed(framed) if framed.output.len() > OUTPUT_MAX => {
                return Err(ErrorKind::WouldBlock.into());
            }
            Stack::Framed(framed) => framed.send(Framed::MESSAGE, &payload),
            Stack::Websocket(ws) => ws.send_binary(true, Some(&payload))?,
        }
        // One that was refused is not sent.
        self.numbers = numbers;
        let sent = self.numbers.count();
        self.shared.connection(self.id, |book| book.sent = sent);
        Ok(())
    }

    /// Notes whether the next turn has to poll it, though no report will come.
    pub(crate) fn note_rest(&self) {
        let is_interrupted = matches!(&self.stack, Stack::Framed(framed) if framed.is_interrupted);
        let has_rest = self.has_buffered() || is_interrupted;
        let turn = has_rest.then(|| self.shared.turn.get());
        self.shared.connection(self.id, |book| book.rest_in = turn);
    }

    /// Reads once, and checks at most `batch` messages.
    pub(crate) fn receive(&mut self, batch: usize) -> io::Result<()> {
        match self.stack {
            Stack::Framed(_) => self.receive_framed(batch),
            Stack::Websocket(_) => self.receive_websocket(batch),
        }
    }

    fn receive_framed(&mut self, batch: usize) -> io::Result<()> {
        let Stack::Framed(framed) = &mut self.stack else {
            return Ok(());
        };
        let end = framed.turn()?;
        for _ in 0..batch {
            let Some((kind, payload)) = framed.frames.pop() else {
                break;
            };
            match kind {
                Framed::HELLO => framed.phase = Phase::Established,
                Framed::GOODBYE => {
                    framed.has_peer_left = true;
                    finished(self.id, self.checker.count(), &self.shared);
                    return Err(ErrorKind::ConnectionAborted.into());
                }
                _ => check(
                    &mut self.checker,
                    &payload,
                    self.client,
                    self.id,
                    &self.shared,
                ),
            }
        }
        if end && !framed.frames.has_whole() {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }

    fn receive_websocket(&mut self, batch: usize) -> io::Result<()> {
        let Stack::Websocket(ws) = &mut self.stack else {
            return Ok(());
        };
        let failed = |error| {
            let error = io::Error::from(error);
            // The server makes no such mistake.
            if error.kind() == ErrorKind::InvalidData {
                self.shared
                    .complain(format!("#{}: {error}", self.id.number()));
            }
            error
        };
        for frame in ws.read_batch().map_err(failed)?.take(batch) {
            let (fin, part) = match frame.map_err(failed)? {
                WebsocketFrame::Binary(fin, part) | WebsocketFrame::Continuation(fin, part) => {
                    (fin, part)
                }
                WebsocketFrame::Close(_) => {
                    finished(self.id, self.checker.count(), &self.shared);
                    continue;
                }
                _ => continue,
            };
            self.parts.extend_from_slice(part);
            if fin {
                check(
                    &mut self.checker,
                    &self.parts,
                    self.client,
                    self.id,
                    &self.shared,
                );
                self.parts.clear();
            }
        }
        Ok(())
    }
}

fn check(
    checker: &mut NumberChecker,
    payload: &[u8],
    client: u64,
    id: ConnectionId,
    shared: &Shared,
) {
    match checker.check(payload) {
        Ok(sent_ns) => {
            let settled_ns = shared.calm_ns.get().saturating_add(1_000_000_000);
            let age = Duration::from_nanos(shared.now_ns() - sent_ns);
            if sent_ns > settled_ns && age > LATEST {
                shared.complain(format!("#{}: a message is {age:?} old", id.number()));
            }
            let mut is_replacement = false;
            shared.connection(id, |book| {
                book.received += 1;
                book.newest_ns = sent_ns;
                is_replacement = book.is_replacement;
            });
            if !is_replacement {
                shared.client(client, |book| book.newest_ns = book.newest_ns.max(sent_ns));
            }
        }
        Err(mismatch) => shared.complain(format!("#{}: {mismatch}", id.number())),
    }
}

/// The server has said goodbye: all that it has sent is there.
fn finished(id: ConnectionId, received: u64, shared: &Shared) {
    let sent = shared.ledger.record(id).sent;
    if received != sent {
        let number = id.number();
        shared.complain(format!(
            "#{number}: {received} received of {sent} before the end"
        ));
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        let mut has_been_polled = false;
        self.shared.connection(self.id, |book| {
            has_been_polled = book.polled.is_some();
        });
        let now_ns = self.shared.now_ns();
        self.shared.client(self.client, |book| {
            book.live.retain(|id| *id != self.id);
            book.gone.push(self.id);
            if !has_been_polled {
                book.race.failed_ns.get_or_insert(now_ns);
            }
        });
    }
}

impl Layer for Target {
    type Base = Stream;

    fn base(&self) -> &Stream {
        match &self.stack {
            Stack::Framed(framed) => &framed.stream,
            Stack::Websocket(ws) => ws.base(),
        }
    }

    fn base_mut(&mut self) -> &mut Stream {
        match &mut self.stack {
            Stack::Framed(framed) => &mut framed.stream,
            Stack::Websocket(ws) => ws.base_mut(),
        }
    }

    fn has_buffered(&self) -> bool {
        match &self.stack {
            Stack::Framed(framed) => framed.frames.has_whole() || framed.end_to_tell,
            Stack::Websocket(ws) => ws.has_buffered(),
        }
    }

    fn wants_write(&self) -> bool {
        match &self.stack {
            Stack::Framed(framed) => !framed.output.is_empty(),
            Stack::Websocket(ws) => ws.wants_write(),
        }
    }

    fn phase(&self) -> Phase {
        match &self.stack {
            Stack::Framed(framed) => framed.phase,
            Stack::Websocket(ws) => ws.phase(),
        }
    }

    fn poll_timeout(&self) -> Option<u64> {
        match &self.stack {
            Stack::Framed(framed) => Some(framed.due_ns()),
            Stack::Websocket(ws) => Layer::poll_timeout(ws.as_ref()),
        }
    }

    fn handle_timeout(&mut self, now_ns: u64) -> io::Result<()> {
        self.shared.books.borrow_mut().wakes += 1;
        match &mut self.stack {
            Stack::Framed(framed) => framed.told(now_ns),
            Stack::Websocket(ws) => Layer::handle_timeout(ws.as_mut(), now_ns),
        }
    }

    fn poll_close(&mut self) -> io::Result<bool> {
        self.shared
            .connection(self.id, |book| book.is_closing = true);
        let result = match &mut self.stack {
            Stack::Framed(framed) => framed.close(),
            Stack::Websocket(ws) => ws.poll_close(),
        };
        self.note_rest();
        result
    }
}
