//! What the server sends, compressed by miniz_oxide or by nobody.

use arbitrary::Arbitrary;
use flate2::{Compress, Compression, FlushCompress};

use super::negotiation::Agreed;
use crate::compressed::COMPRESSED;
use crate::naive::encode_server;

#[derive(Arbitrary, Debug)]
pub(super) enum Served {
    /// A message, compressed as it should be, unless a byte of it is changed.
    Compressed {
        is_text: bool,
        is_final: bool,
        frames: u8,
        has_ping: bool,
        changed: Option<(u8, u8)>,
        text: Vec<u8>,
        repeat: u8,
    },
    /// A message that says it is compressed.
    Raw {
        is_text: bool,
        frames: u8,
        payload: Vec<u8>,
    },
    /// A message that is not.
    Plain {
        is_text: bool,
        payload: Vec<u8>,
    },
    Frame {
        first: u8,
        payload: Vec<u8>,
    },
    Bytes(Vec<u8>),
}

/// Compressed messages in one input, each of which costs as much as many others.
const COMPRESSED_MAX: usize = 8;

pub(super) fn encode(served: &[Served], agreed: Option<&Agreed>) -> Vec<u8> {
    let mut compress = Compress::new(Compression::default(), false);
    let mut bytes = Vec::new();
    let mut count = 0;
    for served in served {
        match served {
            Served::Compressed {
                is_text,
                is_final,
                frames,
                has_ping,
                changed,
                text,
                repeat,
            } => {
                count += 1;
                if count > COMPRESSED_MAX {
                    break;
                }
                let text = text.repeat(usize::from(repeat % 64) + 1);
                if agreed.is_none_or(|agreed| !agreed.server_takeover) {
                    compress.reset();
                }
                let mut payload = compressed(&mut compress, &text, *is_final);
                if let Some((place, value)) = changed
                    && !payload.is_empty()
                {
                    let place = usize::from(*place) % payload.len();
                    payload[place] ^= value;
                }
                bytes.extend(message(*is_text, *frames, *has_ping, &payload));
            }
            Served::Raw {
                is_text,
                frames,
                payload,
            } => {
                bytes.extend(message(*is_text, *frames, false, payload));
            }
            Served::Plain { is_text, payload } => {
                bytes.extend(encode_server(0x80 | opcode(*is_text), payload));
            }
            Served::Frame { first, payload } => bytes.extend(encode_server(*first, payload)),
            Served::Bytes(raw) => bytes.extend_from_slice(raw),
        }
    }
    bytes
}

const fn opcode(is_text: bool) -> u8 {
    if is_text { 1 } else { 2 }
}

/// RFC 7692 section 7.2.1, or section 7.2.3.4 with a block that is the final one.
fn compressed(compress: &mut Compress, text: &[u8], is_final: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() * 2 + 1024);
    let flush = if is_final {
        FlushCompress::Finish
    } else {
        FlushCompress::Sync
    };
    compress
        .compress_vec(text, &mut out, flush)
        .expect("there is room");
    if is_final {
        // It cannot go on.
        compress.reset();
        out.push(0);
    } else {
        out.truncate(out.len() - 4);
    }
    out
}

fn message(is_text: bool, frames: u8, has_ping: bool, payload: &[u8]) -> Vec<u8> {
    let frames = usize::from(frames % 4) + 1;
    let piece = payload.len().div_ceil(frames).max(1);
    let mut bytes = Vec::new();
    let mut rest = payload;
    for index in 0..frames {
        let (part, after) = rest.split_at(rest.len().min(piece));
        rest = after;
        let first = if index == 0 {
            COMPRESSED | opcode(is_text)
        } else {
            0
        };
        let fin = if index + 1 == frames { 0x80 } else { 0 };
        bytes.extend(encode_server(fin | first, part));
        if index == 0 && frames > 1 && has_ping {
            bytes.extend(encode_server(0x89, b"between"));
        }
    }
    bytes
}
