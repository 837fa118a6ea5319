//! Frames of our own over a stream.

use std::io::{self, ErrorKind, Read, Write};

use boom_stream::Phase;
use boom_testkit::sim::{Framed, Stream};

/// Frames over a stream: hello, messages, goodbye, and an end to silence.
pub(crate) struct FramedStream {
    pub(crate) stream: Stream,
    pub(crate) frames: Framed,
    pub(crate) output: Vec<u8>,
    pub(crate) phase: Phase,
    /// The end of the stream has come behind what waits in `frames`.
    pub(crate) end_to_tell: bool,
    /// The last write was interrupted, so no report will come.
    pub(crate) is_interrupted: bool,
    pub(crate) has_said_goodbye: bool,
    pub(crate) has_peer_left: bool,
    /// The stream has failed.
    pub(crate) is_broken: bool,
    pub(crate) dead_peer_ns: u64,
    /// Something has come since the time was told.
    pub(crate) has_heard: bool,
    pub(crate) heard_ns: Option<u64>,
}

impl FramedStream {
    pub(crate) fn new(stream: Stream, dead_peer_ns: u64) -> Self {
        Self {
            stream,
            frames: Framed::default(),
            output: Framed::frame(Framed::HELLO, b""),
            phase: Phase::ProtocolHandshake,
            end_to_tell: false,
            is_interrupted: false,
            has_said_goodbye: false,
            has_peer_left: false,
            is_broken: false,
            dead_peer_ns,
            has_heard: false,
            heard_ns: None,
        }
    }

    pub(crate) fn send(&mut self, kind: u8, payload: &[u8]) {
        self.output.append(&mut Framed::frame(kind, payload));
        // What fails here fails the next turn as well.
        let _ = self.flush();
    }

    /// Writes what the stream takes.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.is_interrupted = false;
        while !self.output.is_empty() {
            match self.stream.write(&self.output) {
                Ok(count) => drop(self.output.drain(..count)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {
                    self.is_interrupted = true;
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Writes what waits and reads once, unless there is something left; true at the end of the stream.
    pub(crate) fn turn(&mut self) -> io::Result<bool> {
        let flushed = self.flush();
        if self.frames.has_whole() {
            return Ok(self.end_to_tell);
        }
        let mut buffer = [0; 1024];
        match self.stream.read(&mut buffer) {
            Ok(0) => {
                self.end_to_tell = true;
                return Ok(true);
            }
            Ok(count) => {
                self.has_heard = true;
                self.frames.push(&buffer[..count]);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // What had come before a write failed has been read.
            Err(error) if error.kind() == ErrorKind::WouldBlock => flushed?,
            Err(error) => {
                self.is_broken = true;
                return Err(error);
            }
        }
        Ok(false)
    }

    pub(crate) fn due_ns(&self) -> u64 {
        self.heard_ns
            .map_or(0, |heard_ns| heard_ns + self.dead_peer_ns)
    }

    pub(crate) fn told(&mut self, now_ns: u64) -> io::Result<()> {
        if std::mem::take(&mut self.has_heard) || self.heard_ns.is_none() {
            self.heard_ns = Some(now_ns);
        }
        match self.due_ns() <= now_ns {
            true => Err(ErrorKind::TimedOut.into()),
            false => Ok(()),
        }
    }

    pub(crate) fn close(&mut self) -> io::Result<bool> {
        if self.phase != Phase::Established {
            return Ok(true);
        }
        if !std::mem::replace(&mut self.has_said_goodbye, true) {
            self.send(Framed::GOODBYE, b"");
        }
        self.flush()?;
        let has_ended = self.end_to_tell && !self.frames.has_whole();
        if (self.is_broken || has_ended) && !self.has_peer_left {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        Ok(self.output.is_empty() && self.has_peer_left)
    }
}
