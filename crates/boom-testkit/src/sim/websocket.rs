//! WebSocket (RFC 6455) as a server speaks it: small, strict, and of its own.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1_smol::Sha1;

use super::codec::{Codec, Incoming};

/// The server's side of one WebSocket connection.
///
/// It shares no code with the client that it examines, and refuses what RFC 6455 forbids a client.
///
/// # Examples
///
/// ```
/// use boom_testkit::sim::{Codec, Incoming, WebsocketCodec};
///
/// let mut codec = WebsocketCodec::default();
/// codec.receive(b"GET / HTTP/1.1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
/// let Some(Incoming::Opened(answer)) = codec.next() else { panic!("it is whole") };
/// assert!(String::from_utf8_lossy(&answer).contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
/// ```
#[derive(Clone, Debug, Default)]
pub struct WebsocketCodec {
    bytes: Vec<u8>,
    is_open: bool,
    /// The message under way.
    message: Option<Vec<u8>>,
}

const CONTINUATION: u8 = 0x0;
const BINARY: u8 = 0x2;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xa;
const FIN: u8 = 0x80;

impl WebsocketCodec {
    /// Answers the request when it is whole.
    fn open(&mut self) -> Option<Incoming> {
        let end = self.bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head: Vec<u8> = self.bytes.drain(..end + 4).collect();
        let head = String::from_utf8_lossy(&head).into_owned();
        self.is_open = true;
        let key = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("sec-websocket-key")
                .then(|| value.trim().to_owned())
        });
        let Some(key) = key else {
            return Some(Incoming::Nonsense("a request without a key".to_owned()));
        };
        let mut hash = Sha1::new();
        hash.update(key.as_bytes());
        // RFC 6455 §1.3.
        hash.update(b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
        let accept = STANDARD.encode(hash.digest().bytes());
        let answer = format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Accept: {accept}\r\n\r\n"
        );
        Some(Incoming::Opened(answer.into_bytes()))
    }

    /// The next frame that is whole: its first byte and the payload.
    fn frame(&mut self) -> Option<Result<(u8, Vec<u8>), String>> {
        let [first, second, rest @ ..] = self.bytes.as_slice() else {
            return None;
        };
        let (first, second) = (*first, *second);
        let (head, length) = match second & 0x7f {
            126 => (4, u16::from_be_bytes(*rest.first_chunk()?).into()),
            127 => (10, u64::from_be_bytes(*rest.first_chunk()?)),
            short => (2, u64::from(short)),
        };
        if second & 0x80 == 0 {
            return Some(Err("a frame without a mask".to_owned()));
        }
        if first & 0x70 != 0 {
            return Some(Err("a frame with a reserved bit".to_owned()));
        }
        let end = head + 4 + length as usize;
        let mask = *self.bytes.get(head..)?.first_chunk::<4>()?;
        if self.bytes.len() < end {
            return None;
        }
        let mut payload: Vec<u8> = self.bytes.drain(..end).skip(head + 4).collect();
        for (place, byte) in payload.iter_mut().enumerate() {
            *byte ^= mask[place % 4];
        }
        Some(Ok((first, payload)))
    }

    /// What a frame says; `None` where it is a part of a message.
    fn meaning(&mut self, first: u8, mut payload: Vec<u8>) -> Option<Incoming> {
        match first & 0x0f {
            CLOSE => return Some(Incoming::Goodbye),
            PING => return Some(Incoming::Pinged(encode(FIN | PONG, &payload))),
            PONG => return Some(Incoming::Pong(payload)),
            CONTINUATION => {
                let Some(mut message) = self.message.take() else {
                    return Some(Incoming::Nonsense("a continuation of nothing".to_owned()));
                };
                message.append(&mut payload);
                payload = message;
            }
            _ if self.message.is_some() => {
                return Some(Incoming::Nonsense("a message within another".to_owned()));
            }
            _ => {}
        }
        if first & FIN != 0 {
            return Some(Incoming::Message(payload));
        }
        self.message = Some(payload);
        None
    }
}

impl Codec for WebsocketCodec {
    fn receive(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    fn next(&mut self) -> Option<Incoming> {
        if !self.is_open {
            return self.open();
        }
        loop {
            match self.frame()? {
                Err(nonsense) => return Some(Incoming::Nonsense(nonsense)),
                Ok((first, payload)) => {
                    if let Some(incoming) = self.meaning(first, payload) {
                        return Some(incoming);
                    }
                }
            }
        }
    }

    fn message(&mut self, payload: &[u8], parts: usize) -> Vec<u8> {
        let size = payload.len().div_ceil(parts.max(1)).max(1);
        let count = payload.len().div_ceil(size);
        let mut bytes = Vec::new();
        for (place, part) in payload.chunks(size).enumerate() {
            let opcode = if place == 0 { BINARY } else { CONTINUATION };
            let fin = if place + 1 == count { FIN } else { 0 };
            bytes.append(&mut encode(fin | opcode, part));
        }
        bytes
    }

    fn ping(&mut self, payload: &[u8]) -> Vec<u8> {
        encode(FIN | PING, payload)
    }

    fn goodbye(&mut self) -> Vec<u8> {
        encode(FIN | CLOSE, &1000u16.to_be_bytes())
    }
}

/// A frame of a server: without a mask.
fn encode(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    match payload.len() {
        short @ 0..=125 => bytes.push(short as u8),
        medium @ 126..=0xffff => {
            bytes.push(126);
            bytes.extend_from_slice(&(medium as u16).to_be_bytes());
        }
        long => {
            bytes.push(127);
            bytes.extend_from_slice(&(long as u64).to_be_bytes());
        }
    }
    bytes.extend_from_slice(payload);
    bytes
}
