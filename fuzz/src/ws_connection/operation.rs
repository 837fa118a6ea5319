//! What the caller, the server and the stream do, out of the input.

use arbitrary::Arbitrary;

use crate::faulty::Step;
use crate::naive::encode_server;

/// How a connection is set up, and what happens to it.
#[derive(Arbitrary, Debug)]
pub struct Plan {
    pub reading: Reading,
    pub max_outbound: u8,
    pub policy: Policy,
    pub zero_masks: bool,
    pub automatic_pong: bool,
    pub ping_every: Option<u16>,
    pub dead_peer_after: Option<u16>,
    pub idle_data_after: Option<u16>,
    pub operations: Vec<Operation>,
}

/// What the caller takes.
#[derive(Arbitrary, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    Frames,
    Messages,
}

/// What becomes of messages that the server is too slow for.
#[derive(Arbitrary, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    Refuse,
    DropNewest,
    /// By the first byte.
    Conflate,
}

#[derive(Arbitrary, Debug)]
pub enum Operation {
    Receive(Served),
    Read {
        most: u8,
    },
    Reads(Vec<Step>),
    Writes(Vec<Step>),
    Flush,
    Timeout {
        after_ns: u16,
    },
    /// A frame; `kind` is its opcode modulo 3.
    Message {
        kind: u8,
        fin: bool,
        queued: bool,
        payload: Payload,
    },
    Parts {
        is_text: bool,
        parts: Vec<Payload>,
    },
    InPlace {
        is_text: bool,
        capacity: u16,
        sends: bool,
        payload: Payload,
    },
    Fragments {
        is_text: bool,
        finishes: bool,
        parts: Vec<Payload>,
    },
    Prepared {
        is_text: bool,
        payload: Payload,
    },
    Ping(Payload),
    TimedPing,
    Pong(Payload),
    Close {
        code: Option<u16>,
        reason: u8,
    },
    Eof,
    PollClosed,
}

/// What the server sends.
#[derive(Arbitrary, Debug)]
pub enum Served {
    /// A valid message in frames of about the same length, with a ping behind the first.
    Message {
        is_text: bool,
        frames: u8,
        has_ping: bool,
        payload: Payload,
    },
    Ping(u8),
    Close {
        code: u16,
        reason: u8,
    },
    /// Any first byte.
    Frame {
        first: u8,
        payload: Payload,
    },
    Raw(Vec<u8>),
}

impl Served {
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Message {
                is_text,
                frames,
                has_ping,
                payload,
            } => {
                let payload = payload.bytes();
                let opcode = if *is_text { 1 } else { 2 };
                message(opcode, usize::from(frames % 4) + 1, *has_ping, &payload)
            }
            Self::Ping(number) => encode_server(0x89, &[*number; 3]),
            Self::Close { code, reason } => {
                let reason = "bye ".repeat(usize::from(*reason % 32));
                encode_server(0x88, &[&code.to_be_bytes(), reason.as_bytes()].concat())
            }
            Self::Frame { first, payload } => encode_server(*first, &payload.bytes()),
            Self::Raw(bytes) => bytes.clone(),
        }
    }
}

fn message(opcode: u8, frames: usize, has_ping: bool, payload: &[u8]) -> Vec<u8> {
    let piece = payload.len().div_ceil(frames).max(1);
    let pieces: Vec<&[u8]> = payload.chunks(piece).collect();
    let pieces = if pieces.is_empty() {
        vec![payload]
    } else {
        pieces
    };
    let mut bytes = Vec::new();
    for (index, part) in pieces.iter().enumerate() {
        let opcode = if index == 0 { opcode } else { 0 };
        let fin = if index + 1 == pieces.len() { 0x80 } else { 0 };
        bytes.extend(encode_server(fin | opcode, part));
        if index == 0 && has_ping {
            bytes.extend(encode_server(0x89, b"between"));
        }
    }
    bytes
}

/// Bytes that follow from two numbers, so that a short input makes a long message.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub struct Payload {
    len: u16,
    seed: u8,
}

/// Around these lengths the form of a frame changes, or a limit is met.
const EDGES: [usize; 8] = [0, 1, 125, 126, 127, 2048, 2049, 70_000];

impl Payload {
    /// The edges for the highest numbers, up to 512 bytes else. Text of two-byte characters where the seed is odd.
    pub fn bytes(&self) -> Vec<u8> {
        let len = match self.len {
            0xfff0.. => EDGES[usize::from(self.len & 7)],
            len => usize::from(len % 512),
        };
        match self.seed % 4 {
            1 => "\u{3ba}".repeat(len.div_ceil(2)).into_bytes(),
            3 => vec![self.seed; len],
            _ => (0..len)
                .map(|index| b'a' + ((index + usize::from(self.seed)) % 26) as u8)
                .collect(),
        }
    }
}
