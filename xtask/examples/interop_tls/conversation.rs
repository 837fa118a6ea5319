//! The course of one conversation, step by step, never waiting.

use std::io::{self, BufRead, ErrorKind, Read, Write};

use boomnet::tls::{Backend, Stream};
use sha2::{Digest, Sha256};

use crate::order::Step;
use crate::payload::Payload;

/// Stands in everything that is said first, and must not be seen on the wire.
pub(crate) const SECRET: &[u8] = b"boom-secret-order";

/// How a conversation ended.
#[derive(Debug)]
pub(crate) enum End {
    /// By the server's word.
    Clean,
    Failed(io::Error),
    /// Something else than the answer came at this step.
    Wrong(usize),
    /// Time was up at this step.
    LateFor(usize),
}

/// What is under way.
#[derive(Debug)]
pub(crate) struct Conversation {
    steps: Vec<Step>,
    closes: bool,
    step: usize,
    /// What this step sends, and how much of it is gone.
    outgoing: Vec<u8>,
    sent: usize,
    pieces: Payload,
    /// What came and was not looked at.
    incoming: Vec<u8>,
    /// The last answer.
    came: Vec<u8>,
    /// How many of the bytes of an echo have come.
    echoed: usize,
    /// A stream that cannot be written to may still say why.
    writes_fail: bool,
    has_closed: bool,
    is_lending: bool,
    pub(crate) said: Hash,
    pub(crate) heard: Hash,
}

impl Conversation {
    pub(crate) fn new(steps: &[Step], closes: bool) -> Self {
        let mut conversation = Self {
            steps: steps.to_vec(),
            closes,
            step: 0,
            outgoing: Vec::new(),
            sent: 0,
            pieces: Payload::new(0x5eed),
            incoming: Vec::new(),
            came: Vec::new(),
            echoed: 0,
            writes_fail: false,
            has_closed: false,
            is_lending: false,
            said: Hash::default(),
            heard: Hash::default(),
        };
        conversation.prepare();
        conversation
    }

    pub(crate) const fn step(&self) -> usize {
        self.step
    }

    /// The answer that was looked at last.
    pub(crate) fn came(&self) -> String {
        String::from_utf8_lossy(&self.came).into_owned()
    }

    pub(crate) fn is_done(&self) -> bool {
        self.step == self.steps.len()
    }

    /// Does what can be done now. Returns the end once it is there.
    pub(crate) fn advance<S: Read + Write, B: Backend>(
        &mut self,
        stream: &mut Stream<S, B>,
    ) -> Option<End> {
        loop {
            let step = self.step;
            self.write(stream);
            let end = match self.read(stream) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => None,
                Err(error) => Some(End::Failed(error)),
                Ok(()) => Some(End::Clean),
            };
            // What came before the end counts.
            while let Some(is_right) = self.take_answer() {
                if !is_right {
                    return Some(End::Wrong(self.step));
                }
            }
            if end.is_some() || self.step == step {
                return end;
            }
        }
    }

    fn write<S: Read + Write, B: Backend>(&mut self, stream: &mut Stream<S, B>) {
        while self.sent < self.outgoing.len() && !self.writes_fail {
            let end = match self.steps.get(self.step) {
                // A line is a record.
                Some(Step::Say { .. } | Step::Head { .. }) => self.outgoing.len(),
                _ => (self.sent + self.pieces.piece()).min(self.outgoing.len()),
            };
            match stream.write(&self.outgoing[self.sent..end]) {
                Ok(count) => self.sent += count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(_) => self.writes_fail = true,
            }
        }
        if self.is_done() && self.closes && !self.has_closed && !self.writes_fail {
            match stream.close_notify() {
                Ok(()) => self.has_closed = true,
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => self.writes_fail = true,
            }
        }
    }

    /// Reads until nothing is there or the end is, by turns copied and lent.
    fn read<S: Read + Write, B: Backend>(&mut self, stream: &mut Stream<S, B>) -> io::Result<()> {
        let mut buffer = [0; 30_000];
        loop {
            self.is_lending = !self.is_lending;
            let count = if self.is_lending {
                let lent = stream.fill_buf()?;
                self.incoming.extend_from_slice(lent);
                lent.len()
            } else {
                let count = stream.read(&mut buffer)?;
                self.incoming.extend_from_slice(&buffer[..count]);
                count
            };
            if self.is_lending {
                stream.consume(count);
            }
            if count == 0 {
                return Ok(());
            }
        }
    }

    /// Whether the answer to this step is right, once it is there; the next step is taken then.
    fn take_answer(&mut self) -> Option<bool> {
        let is_right = match self.steps.get(self.step)? {
            Step::Say { .. } if self.sent < self.outgoing.len() => return None,
            Step::Say { answer, .. } => {
                let answer = answer.as_bytes();
                if self.incoming.len() < answer.len() {
                    let is_right = answer.starts_with(&self.incoming);
                    self.came.clone_from(&self.incoming);
                    return (!is_right).then_some(false);
                }
                self.came = self.incoming.drain(..answer.len()).collect();
                self.came == answer
            }
            Step::Head { .. } => {
                let place = self
                    .incoming
                    .windows(4)
                    .position(|bytes| bytes == b"\r\n\r\n")?;
                self.came = self.incoming.drain(..place + 4).collect();
                self.came.starts_with(b"HTTP/1.1 101 ")
            }
            Step::Echo { bytes, .. } | Step::Receive { bytes, .. } => {
                let count = self.incoming.len().min(*bytes - self.echoed);
                self.heard.add(&self.incoming[..count]);
                self.incoming.drain(..count);
                self.echoed += count;
                if self.echoed < *bytes {
                    return None;
                }
                true
            }
        };
        if is_right {
            self.step += 1;
            self.prepare();
        }
        Some(is_right)
    }

    /// What the new step sends.
    fn prepare(&mut self) {
        self.sent = 0;
        self.echoed = 0;
        self.outgoing = match self.steps.get(self.step) {
            Some(Step::Say { text, .. } | Step::Head { text }) => text.clone().into_bytes(),
            Some(Step::Echo { bytes, seed }) => {
                let bytes = Payload::new(*seed).bytes(*bytes);
                self.said.add(&bytes);
                bytes
            }
            Some(Step::Receive { .. }) | None => Vec::new(),
        };
    }
}

/// How many bytes there were, and their hash.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hash {
    pub(crate) bytes: usize,
    hash: Sha256,
}

impl Hash {
    fn add(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len();
        self.hash.update(bytes);
    }

    pub(crate) fn hex(&self) -> String {
        let hash = self.hash.clone().finalize();
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
