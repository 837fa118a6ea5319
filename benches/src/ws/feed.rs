//! What is received: messages, how they are framed, and the size of the reads they come in.

use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::harness::{Answer, Result};
use crate::memory::Ring;
use crate::payload;
use crate::ws::deflate::{self, Compressor};
use crate::ws::frame;

/// Messages in frames, over and over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Feed {
    pub(super) messages: Messages,
    pub(super) read_size: usize,
}

/// Which messages, and how they are framed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Messages {
    /// JSON texts of one length, a frame each.
    Json(usize),
    /// The same, each in [`FRAGMENTS`] frames.
    Fragmented(usize),
    /// The recorded messages of public exchanges, a frame each.
    Recorded,
    /// Compressible JSON texts of one length, compressed with context takeover by zlib's default level.
    Deflated(usize),
    /// A ping a read.
    Pings,
}

/// Frames of a message of [`Messages::Fragmented`].
pub(super) const FRAGMENTS: usize = 3;

pub(super) const PING: &[u8] = b"12345678";

/// One message before it is framed.
pub(super) struct Message {
    pub(super) is_text: bool,
    pub(super) payload: Vec<u8>,
}

impl Message {
    fn text(text: String) -> Self {
        Self {
            is_text: true,
            payload: text.into_bytes(),
        }
    }
}

impl Messages {
    /// How many there are before they repeat.
    pub(super) fn distinct(self) -> Result<usize> {
        Ok(match self {
            Self::Json(length) | Self::Fragmented(length) | Self::Deflated(length) => {
                payload::distinct(length)
            }
            Self::Recorded => recorded()?.len(),
            Self::Pings => 1,
        })
    }

    /// All of them, once.
    pub(super) fn all(self) -> Result<Vec<Message>> {
        Ok(match self {
            Self::Json(length) | Self::Fragmented(length) => texts(payload::json(length)),
            Self::Deflated(length) => texts(payload::depth(length)),
            Self::Recorded => recorded()?,
            Self::Pings => vec![Message {
                is_text: false,
                payload: PING.to_vec(),
            }],
        })
    }

    /// The frames of all of them, once, as a server sends them.
    pub(super) fn frames(self) -> Result<Vec<u8>> {
        let mut frames = Vec::new();
        let messages = self.all()?;
        match self {
            Self::Json(_) | Self::Recorded => {
                for message in &messages {
                    let opcode = if message.is_text {
                        frame::TEXT
                    } else {
                        frame::BINARY
                    };
                    frame::push(frame::FIN | opcode, &message.payload, &mut frames);
                }
            }
            Self::Fragmented(length) => {
                for message in &messages {
                    push_fragments(&message.payload, length.div_ceil(FRAGMENTS), &mut frames);
                }
            }
            Self::Deflated(_) => {
                let mut deflater = deflate::Deflater::new(deflate::SERVER_LEVEL);
                for message in &messages {
                    let first = frame::FIN | frame::RSV1 | frame::TEXT;
                    frame::push(first, deflater.compress(&message.payload)?, &mut frames);
                }
            }
            Self::Pings => frame::push(frame::FIN | frame::PING, PING, &mut frames),
        }
        Ok(frames)
    }

    /// The answer that the first `count` of them must give.
    pub(super) fn answer(self, count: u64) -> Result<Answer> {
        let messages = self.all()?;
        let count = usize::try_from(count)?;
        let payloads = messages.iter().map(|message| &message.payload[..]);
        Ok(Answer::of(payloads.cycle().take(count)))
    }
}

fn texts(texts: Vec<String>) -> Vec<Message> {
    texts.into_iter().map(Message::text).collect()
}

fn push_fragments(payload: &[u8], fragment: usize, frames: &mut Vec<u8>) {
    let mut opcode = frame::TEXT;
    let mut rest = payload;
    while !rest.is_empty() {
        let (part, others) = rest.split_at(fragment.min(rest.len()));
        let fin = if others.is_empty() { frame::FIN } else { 0 };
        frame::push(fin | opcode, part, frames);
        opcode = frame::CONTINUATION;
        rest = others;
    }
}

impl Feed {
    /// The frames, repeated until they fill a read.
    pub(super) fn ring(self) -> Result<Ring> {
        let once = self.messages.frames()?;
        let times = self.read_size.div_ceil(once.len());
        Ok(Ring::new(&once.repeat(times), self.read_size))
    }
}

/// Where the recordings lie, unless `BOOMNET_DATA` names another folder.
const DATA: &str = "../../shared/data/ws";

fn data() -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join(DATA);
    env::var_os("BOOMNET_DATA").map_or_else(beside, PathBuf::from)
}

/// Says why there are no recorded messages, where there are none.
pub(super) fn no_recordings() -> Option<String> {
    let folder = data();
    (!folder.is_dir()).then(|| {
        format!(
            "no recordings in {}: name a folder by BOOMNET_DATA",
            folder.display()
        )
    })
}

/// The recordings by name; a `.hex` file holds a binary message a line, in hexadecimal, a `.jsonl` file a text a line.
fn recorded() -> Result<Vec<Message>> {
    let mut files = fs::read_dir(data())?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    files.sort();
    let mut messages = Vec::new();
    for file in files {
        let extension = file.extension().and_then(|extension| extension.to_str());
        let is_text = match extension {
            Some("jsonl") => true,
            Some("hex") => false,
            _ => continue,
        };
        for line in fs::read_to_string(&file)?.lines() {
            let payload = if is_text {
                line.as_bytes().to_vec()
            } else {
                from_hex(line)?
            };
            messages.push(Message { is_text, payload });
        }
    }
    Ok(messages)
}

fn from_hex(line: &str) -> Result<Vec<u8>> {
    let pairs = line.as_bytes().chunks(2);
    pairs
        .map(|pair| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_join_to_the_message() {
        let mut frames = Vec::new();
        push_fragments(b"abcdefgh", 3, &mut frames);
        assert_eq!(frames, b"\x01\x03abc\x00\x03def\x80\x02gh");
    }

    #[test]
    fn hexadecimal_is_decoded() {
        assert_eq!(from_hex("1f8b").unwrap(), [0x1f, 0x8b]);
        assert!(from_hex("zz").is_err());
    }
}
