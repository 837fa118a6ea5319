//! The server: makes frames, and checks those of the client.

use std::collections::VecDeque;
use std::ops::Range;

use super::block::Block;
use super::deflate::Deflate;
use super::link::{Link, Queue};
use super::random::Random;
use super::wire::{self, BINARY, CLOSE, COMPRESSED, CONTINUATION, FIN, Masked, PING, PONG, TEXT};

/// What one side has sent and the other has not seen yet: the first byte of the frame, or of a whole message, and the
/// part of the block that it carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Due {
    pub(super) first: u8,
    pub(super) part: Range<usize>,
}

/// How the client reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    Frames,
    Messages,
}

#[derive(Debug)]
pub(super) struct Server<'a> {
    block: &'a Block,
    random: Random,
    deflate: Option<Deflate>,
    reading: Reading,
    /// What the client will be lent.
    pub(super) to_client: VecDeque<Due>,
    /// What the client has sent. It says so itself.
    pub(super) from_client: VecDeque<Due>,
    /// Pings that are not answered yet.
    pings: VecDeque<Range<usize>>,
    /// The message of the client under way is compressed.
    is_inflating: bool,
    /// The payload of a close frame of ours, once that is sent.
    close_sent: Option<Vec<u8>>,
    pub(super) is_closed: bool,
    plain: Vec<u8>,
    pub(super) frames_sent: u64,
    pub(super) frames_received: u64,
    pub(super) bytes: u64,
}

/// The longest payload of a control frame.
pub(super) const CONTROL_MAX: usize = 125;
/// What may wait for the client before the server makes no more.
const TO_CLIENT_MAX: usize = 64 << 10;

impl<'a> Server<'a> {
    pub(super) fn new(block: &'a Block, seed: u64, reading: Reading, deflates: bool) -> Self {
        Self {
            block,
            random: Random::new(seed),
            deflate: deflates.then(Deflate::new),
            reading,
            to_client: VecDeque::new(),
            from_client: VecDeque::new(),
            pings: VecDeque::new(),
            is_inflating: false,
            close_sent: None,
            is_closed: false,
            plain: Vec::new(),
            frames_sent: 0,
            frames_received: 0,
            bytes: 0,
        }
    }

    /// Sends a few messages, if the client is not too far behind.
    pub(super) fn talk(&mut self, queue: &mut Queue) {
        if queue.pending().len() > TO_CLIENT_MAX {
            return;
        }
        for _ in 0..self.random.between(1, 24) {
            if self.random.once_in(64) {
                self.ping(queue);
            }
            self.message(queue);
        }
    }

    fn message(&mut self, queue: &mut Queue) {
        let is_text = !self.random.once_in(4);
        let len = self.random.message_len();
        let part = self.block.part(&mut self.random, len, is_text);
        let opcode = if is_text { TEXT } else { BINARY };
        let first = FIN | opcode;
        if self.deflate.is_some() && self.random.once_in(2) {
            self.compressed_message(queue, first, part);
        } else if self.random.once_in(16) {
            self.fragments(queue, opcode, part);
        } else {
            self.frame(queue, first, &part);
            self.to_client.push_back(Due { first, part });
        }
    }

    /// In two to four frames, perhaps with pings between.
    fn fragments(&mut self, queue: &mut Queue, opcode: u8, part: Range<usize>) {
        let count = self.random.between(2, 4);
        let mut rest = part.clone();
        for index in 1..=count {
            let is_last = index == count;
            let cut = match is_last {
                true => rest.end,
                false => self.random.between(rest.start, rest.end),
            };
            let (fin, opcode) = (
                if is_last { FIN } else { 0 },
                if index == 1 { opcode } else { CONTINUATION },
            );
            let piece = rest.start..cut;
            rest.start = cut;
            self.frame(queue, fin | opcode, &piece);
            if self.reading == Reading::Frames {
                let first = fin | opcode;
                self.to_client.push_back(Due { first, part: piece });
            }
            if !is_last && self.random.once_in(4) {
                self.ping(queue);
            }
        }
        if self.reading == Reading::Messages {
            let first = FIN | opcode;
            self.to_client.push_back(Due { first, part });
        }
    }

    fn compressed_message(&mut self, queue: &mut Queue, first: u8, part: Range<usize>) {
        let Some(deflate) = &mut self.deflate else {
            return;
        };
        let payload = deflate.compress(self.block.bytes(&part));
        self.frames_sent += 1;
        self.bytes += payload.len() as u64;
        if self.random.once_in(8) {
            let (start, end) = payload.split_at(self.random.between(0, payload.len()));
            wire::write(queue, first & !FIN | COMPRESSED, start);
            wire::write(queue, FIN | CONTINUATION, end);
            self.frames_sent += 1;
        } else {
            wire::write(queue, first | COMPRESSED, payload);
        }
        self.to_client.push_back(Due { first, part });
    }

    fn ping(&mut self, queue: &mut Queue) {
        let len = self.random.between(1, CONTROL_MAX);
        let part = self.block.part(&mut self.random, len, false);
        self.control(queue, PING, part.clone());
        self.pings.push_back(part);
    }

    fn control(&mut self, queue: &mut Queue, opcode: u8, part: Range<usize>) {
        let first = FIN | opcode;
        self.frame(queue, first, &part);
        self.to_client.push_back(Due { first, part });
    }

    fn frame(&mut self, queue: &mut Queue, first: u8, part: &Range<usize>) {
        wire::write(queue, first, self.block.bytes(part));
        self.frames_sent += 1;
        self.bytes += part.len() as u64;
    }

    /// Starts the closing handshake, or answers the client's.
    pub(super) fn close(&mut self, queue: &mut Queue, payload: &[u8]) {
        wire::write(queue, FIN | CLOSE, payload);
        self.frames_sent += 1;
        self.to_client.push_back(Due {
            first: FIN | CLOSE,
            part: 0..0,
        });
        self.close_sent = Some(payload.to_vec());
    }

    /// Checks what the client has sent, and answers it.
    pub(super) fn listen(&mut self, link: &mut Link) {
        while let Some(frame) = Masked::read(link.to_server.pending()) {
            // RFC 6455 section 5.5.2: pings are answered until our own close frame has come.
            let may_come = !self.is_closed || frame.first & 0x0f == PONG;
            assert!(may_come, "after a close frame: {frame:?}");
            self.frames_received += 1;
            self.bytes += frame.len as u64;
            let len = frame.len;
            match frame.first & 0x0f {
                PONG => check_pong(&mut self.pings, self.block, &frame),
                PING => {
                    let due = take_due(&mut self.from_client, &frame, self.block);
                    let queue = &mut link.to_client;
                    if self.close_sent.is_none() {
                        self.control(queue, PONG, due.part);
                    }
                }
                CLOSE => {
                    frame.unmasked_into(&mut self.plain);
                    self.is_closed = true;
                    let plain = std::mem::take(&mut self.plain);
                    match &self.close_sent {
                        Some(sent) => assert_eq!(sent[..2], plain[..], "the code comes back"),
                        None => self.close(&mut link.to_client, &plain),
                    }
                }
                _ => self.check_data(&frame),
            }
            link.to_server.consume(len);
        }
    }

    fn check_data(&mut self, frame: &Masked<'_>) {
        let opcode = frame.first & 0x0f;
        if opcode != CONTINUATION {
            self.is_inflating = frame.first & COMPRESSED != 0;
        }
        if !self.is_inflating {
            take_due(&mut self.from_client, frame, self.block);
            return;
        }
        let due = self.from_client.pop_front().expect("the client sent it");
        let wire_first = due.first
            | if opcode == CONTINUATION {
                0
            } else {
                COMPRESSED
            };
        assert_eq!(frame.first, wire_first);
        frame.unmasked_into(&mut self.plain);
        let deflate = self.deflate.as_mut().expect("compression was agreed on");
        let inflated = deflate.inflate(&mut self.plain, frame.first & FIN != 0);
        assert_eq!(inflated, self.block.bytes(&due.part));
    }
}

/// What was to come next, which is this frame.
fn take_due(from_client: &mut VecDeque<Due>, frame: &Masked<'_>, block: &Block) -> Due {
    let due = from_client.pop_front().expect("the client sent it");
    assert_eq!(frame.first, due.first);
    assert!(
        frame.carries(block.bytes(&due.part)),
        "{due:?} is not {frame:?}"
    );
    due
}

/// RFC 6455 section 5.5.3: a pong answers a ping; those before it that are not answered may stay so.
fn check_pong(pings: &mut VecDeque<Range<usize>>, block: &Block, frame: &Masked<'_>) {
    assert_eq!(frame.first, FIN | PONG);
    while let Some(ping) = pings.pop_front() {
        if frame.carries(block.bytes(&ping)) {
            return;
        }
    }
    panic!("a pong without a ping: {frame:?}");
}
