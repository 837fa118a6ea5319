//! One connection from its opening to its close.

use std::io::Write;
use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use boom_ws::{
    CloseCode, CloseFrame, Connection, DeflateConfig, Error, Message, Request, State, Websocket,
    WebsocketConfig, WebsocketFrame,
};

use super::block::Block;
use super::link::Link;
use super::random::Random;
use super::server::{CONTROL_MAX, Due, Reading, Server};
use super::wire::{BINARY, CLOSE, CONTINUATION, FIN, PING, PONG, TEXT};

/// What a connection came to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Totals {
    pub(super) connections: u64,
    /// Frames that the client received, and that it sent.
    pub(super) received: u64,
    pub(super) sent: u64,
    pub(super) bytes: u64,
    /// Messages that the client was refused for want of room, and sent later.
    pub(super) refused: u64,
    /// Frames of connections with compression.
    pub(super) deflated: u64,
}

impl Totals {
    pub(super) const fn frames(&self) -> u64 {
        self.received + self.sent
    }

    pub(super) const fn add(&mut self, other: &Self) {
        self.connections += other.connections;
        self.received += other.received;
        self.sent += other.sent;
        self.bytes += other.bytes;
        self.refused += other.refused;
        self.deflated += other.deflated;
    }
}

/// Both ends, and what is between them.
struct Session<'a> {
    block: &'a Block,
    random: Random,
    ws: Websocket<Link>,
    server: Server<'a>,
    reading: Reading,
    /// What is left of a fragmented message of the client.
    unsent: Option<Range<usize>>,
    refused: u64,
    /// The client has been told of the end.
    is_over: bool,
}

const MAX_OUTBOUND: usize = 128 << 10;
/// Turns in which a connection that closes must have come to its end.
const TURNS_TO_CLOSE: usize = 100_000;

/// Runs a connection for about so many frames.
pub(super) fn run(block: &Block, seed: u64, frames: u64, deflates: bool) -> Totals {
    let mut random = Random::new(seed);
    let reading = if deflates || random.once_in(2) {
        Reading::Messages
    } else {
        Reading::Frames
    };
    let mut session = Session {
        block,
        ws: connect(&mut random, deflates),
        server: Server::new(block, random.next(), reading, deflates),
        random,
        reading,
        unsent: None,
        refused: 0,
        is_over: false,
    };
    session.open(deflates);
    while session.server.frames_sent + session.server.frames_received < frames {
        session.turn();
    }
    session.close();
    let server = &session.server;
    let mut totals = Totals {
        connections: 1,
        received: server.frames_sent,
        sent: server.frames_received,
        bytes: server.bytes,
        refused: session.refused,
        deflated: 0,
    };
    if deflates {
        totals.deflated = totals.frames();
    }
    totals
}

fn connect(random: &mut Random, deflates: bool) -> Websocket<Link> {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&random.next().to_le_bytes());
    let mut config = WebsocketConfig::new()
        .with_predictable_masks(seed)
        .with_max_outbound_bytes(MAX_OUTBOUND)
        .with_read_window_bytes(4096 << random.below(4));
    if deflates {
        config = config.with_deflate(DeflateConfig::new().with_compress_from(64));
    }
    let link = Link::new(random.next());
    if deflates || random.once_in(2) {
        return Websocket::client(link, &Request::new("localhost:9001", "/soak"), &config);
    }
    let connection = Connection::established(&config).expect("a seed is given");
    Websocket::from_parts(link, connection)
}

impl Session<'_> {
    /// The server's part of the opening handshake, where there is one.
    fn open(&mut self, deflates: bool) {
        if !self.ws.is_handshaking() {
            return;
        }
        // It waits for the answer.
        self.speak();
        let key = loop {
            self.ws.flush().expect("the link does not fail");
            let request = self.ws.stream().to_server.pending();
            if let Some(key) = key_of(request) {
                break key;
            }
        };
        let to_server = &mut self.ws.stream_mut().to_server;
        to_server.consume(to_server.pending().len());
        let hashed = sha1_smol::Sha1::from(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
        let accept = STANDARD.encode(hashed.digest().bytes());
        let extension = if deflates {
            "Sec-WebSocket-Extensions: permessage-deflate\r\n"
        } else {
            ""
        };
        let answer = format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{extension}Sec-WebSocket-Accept: {accept}\r\n\r\n"
        );
        self.ws.stream_mut().to_client.extend(answer.as_bytes());
    }

    fn turn(&mut self) {
        self.server.talk(&mut self.ws.stream_mut().to_client);
        if self.random.once_in(512) {
            self.ws.stream_mut().blocked_writes = self.random.between(1, 1500);
        }
        self.hear();
        self.speak();
        self.server.listen(self.ws.stream_mut());
    }

    /// Reads once, and compares what has come.
    fn hear(&mut self) {
        // Now and then most of a batch is left for later.
        let most = match self.random.below(16) {
            0 => self.random.below(3),
            _ => usize::MAX,
        };
        let result = match self.reading {
            Reading::Frames => self.hear_frames(most),
            Reading::Messages => self.hear_messages(most),
        };
        match result {
            Ok(()) => {}
            Err(Error::Closed(_)) if self.server.to_client.is_empty() => self.is_over = true,
            Err(error) => panic!("nothing was wrong, and the client says: {error}"),
        }
    }

    fn hear_frames(&mut self, most: usize) -> Result<(), Error> {
        for frame in self.ws.read_batch()?.take(most) {
            let fin = |fin| if fin { FIN } else { 0 };
            let (first, payload) = match frame? {
                WebsocketFrame::Text(last, payload) => (fin(last) | TEXT, payload),
                WebsocketFrame::Binary(last, payload) => (fin(last) | BINARY, payload),
                WebsocketFrame::Continuation(last, payload) => (fin(last) | CONTINUATION, payload),
                WebsocketFrame::Ping(payload) => (FIN | PING, payload),
                WebsocketFrame::Pong(payload) => (FIN | PONG, payload),
                WebsocketFrame::Close(close) => (FIN | CLOSE, checked(close)),
            };
            compare(&mut self.server, self.block, first, payload);
        }
        Ok(())
    }

    fn hear_messages(&mut self, most: usize) -> Result<(), Error> {
        let mut messages = self.ws.read_messages()?;
        for _ in 0..most {
            let Some(message) = messages.next_message()? else {
                break;
            };
            let (first, payload) = match message {
                Message::Text(text) => (FIN | TEXT, text.as_bytes()),
                Message::Binary(payload) => (FIN | BINARY, payload),
                Message::Ping(payload) => (FIN | PING, payload),
                Message::Pong(payload) => (FIN | PONG, payload),
                Message::Close(close) => (FIN | CLOSE, checked(close)),
            };
            compare(&mut self.server, self.block, first, payload);
        }
        Ok(())
    }

    /// Sends a few messages by whatever way there is.
    fn speak(&mut self) {
        for _ in 0..self.random.between(0, 16) {
            match self.send() {
                Ok(()) => {}
                Err(Error::OutboundFull) => {
                    self.refused += 1;
                    return;
                }
                Err(error) => panic!("nothing was wrong, and the client says: {error}"),
            }
        }
    }

    fn send(&mut self) -> Result<(), Error> {
        if self.unsent.is_some() {
            return self.go_on();
        }
        let way = self.random.below(64);
        let len = self.random.message_len();
        let is_text = !matches!(way, 16..=31);
        let part = self.block.part(&mut self.random, len, is_text);
        let payload = self.block.bytes(&part);
        match way {
            0 => return self.ping(),
            1..=3 => return self.fragments(part),
            4..=11 => {
                let mut frame = self.ws.text_frame(payload.len())?;
                let written = frame.write(payload).unwrap_or_default();
                assert_eq!(written, payload.len(), "there is room for all of it");
                frame.send()?;
            }
            12..=15 => {
                let (start, end) = payload.split_at(payload.len() / 3);
                self.ws.send_text_parts(&[start, b"", end])?;
            }
            16..=31 => self.ws.send_binary(true, Some(payload))?,
            32..=39 => self.ws.queue_text(true, Some(payload))?,
            _ => self.ws.send_text(true, Some(payload))?,
        }
        let first = FIN | if is_text { TEXT } else { BINARY };
        self.server.from_client.push_back(Due { first, part });
        Ok(())
    }

    fn ping(&mut self) -> Result<(), Error> {
        let len = self.random.between(0, CONTROL_MAX);
        let part = self.block.part(&mut self.random, len, false);
        self.ws.send_ping(Some(self.block.bytes(&part)))?;
        let first = FIN | PING;
        self.server.from_client.push_back(Due { first, part });
        Ok(())
    }

    /// The start of a message; its end too, unless that is refused.
    fn fragments(&mut self, part: Range<usize>) -> Result<(), Error> {
        let mut message = self.ws.fragmented_text();
        let middle = part.start + part.len() / 2;
        let (start, end) = (part.start..middle, middle..part.end);
        message.send(self.block.bytes(&start))?;
        self.server.from_client.push_back(Due {
            first: TEXT,
            part: start,
        });
        self.unsent = Some(end.clone());
        message.finish(self.block.bytes(&end))?;
        self.finished(end);
        Ok(())
    }

    fn go_on(&mut self) -> Result<(), Error> {
        if let Some(part) = self.unsent.clone() {
            self.ws
                .send_continuation(true, Some(self.block.bytes(&part)))?;
            self.finished(part);
        }
        Ok(())
    }

    fn finished(&mut self, part: Range<usize>) {
        self.unsent = None;
        let first = FIN | CONTINUATION;
        self.server.from_client.push_back(Due { first, part });
    }

    /// The closing handshake, begun by either side, after which nothing is missing.
    fn close(&mut self) {
        if self.random.once_in(2) {
            let mut payload = 4000_u16.to_be_bytes().to_vec();
            payload.extend_from_slice(b"server");
            self.server
                .close(&mut self.ws.stream_mut().to_client, &payload);
        } else {
            while let Err(error) = self.ws.send_close(CloseCode::new(4000), "client") {
                assert!(matches!(error, Error::OutboundFull), "{error}");
                self.server.listen(self.ws.stream_mut());
            }
        }
        let mut turns = 0;
        while !self.is_over || !self.server.is_closed {
            turns += 1;
            assert!(
                turns < TURNS_TO_CLOSE,
                "the connection does not end: {:?}",
                self.ws.state()
            );
            self.hear();
            self.ws.flush().expect("the link does not fail");
            self.server.listen(self.ws.stream_mut());
        }
        let state = self.ws.state();
        let is_clean = matches!(state, State::Closed { code, clean: true, .. } if code == CloseCode::new(4000));
        assert!(is_clean, "{state:?}");
        assert_eq!(self.server.to_client, []);
        assert_eq!(self.server.from_client, []);
        assert_eq!(self.ws.stream().to_server.pending(), b"");
    }
}

/// Compares what the client was lent with what was sent to it.
fn compare(server: &mut Server<'_>, block: &Block, first: u8, payload: &[u8]) {
    let due = server.to_client.pop_front().expect("the server sent it");
    assert_eq!(first, due.first);
    assert!(
        payload == block.bytes(&due.part),
        "{due:?} is not {payload:?}"
    );
}

/// The code of a close frame is known; there is nothing more to compare.
fn checked(close: Option<CloseFrame<'_>>) -> &'static [u8] {
    let code = close.map(|close| close.code.value());
    assert_eq!(code, Some(4000));
    b""
}

/// The key of a request that is whole.
fn key_of(request: &[u8]) -> Option<String> {
    let head = std::str::from_utf8(request)
        .ok()?
        .strip_suffix("\r\n\r\n")?;
    let mut lines = head.lines();
    lines.find_map(|line| line.strip_prefix("Sec-WebSocket-Key: ").map(str::to_owned))
}
