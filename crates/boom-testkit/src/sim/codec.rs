//! How messages stand in bytes, on the server's side.

use std::collections::VecDeque;

/// A protocol as a server of the simulation speaks it.
///
/// # Examples
///
/// ```
/// use boom_testkit::sim::{Codec, Framed, Incoming};
///
/// let mut codec = Framed::default();
/// codec.receive(&Framed::frame(Framed::HELLO, b""));
/// assert!(matches!(codec.next(), Some(Incoming::Opened(_))));
/// assert!(codec.next().is_none());
/// ```
pub trait Codec {
    /// Takes bytes, in whatever pieces they come.
    fn receive(&mut self, bytes: &[u8]);

    /// The next message that is whole.
    fn next(&mut self) -> Option<Incoming>;

    /// Puts a message into bytes. `parts` is how many fragments are wanted, where the protocol has any.
    fn message(&mut self, payload: &[u8], parts: usize) -> Vec<u8>;

    /// Asks whether the client is there, where the protocol can.
    fn ping(&mut self, payload: &[u8]) -> Vec<u8>;

    /// Says goodbye.
    fn goodbye(&mut self) -> Vec<u8>;
}

/// What a [`Codec`] has received.
///
/// # Examples
///
/// [`Codec`] shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incoming {
    /// The client has asked to open; this is the answer.
    Opened(Vec<u8>),
    /// A message.
    Message(Vec<u8>),
    /// The answer to a ping.
    Pong(Vec<u8>),
    /// The client asks whether the server is there; this is the answer.
    Pinged(Vec<u8>),
    /// The client says goodbye.
    Goodbye,
    /// No such thing may be sent.
    Nonsense(String),
}

/// Frames of a kind and a length: four bytes that count what follows them, one that says the kind, and the payload.
///
/// # Examples
///
/// ```
/// use boom_testkit::sim::Framed;
///
/// let bytes = Framed::frame(Framed::MESSAGE, b"ok");
/// assert_eq!(bytes, b"\0\0\0\x03Mok");
/// let mut framed = Framed::default();
/// framed.push(&bytes[..5]);
/// assert_eq!(framed.pop(), None);
/// framed.push(&bytes[5..]);
/// assert_eq!(framed.pop(), Some((Framed::MESSAGE, b"ok".to_vec())));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Framed {
    bytes: VecDeque<u8>,
}

impl Framed {
    /// The kind that opens, of either side.
    pub const HELLO: u8 = b'H';
    /// The kind of a message.
    pub const MESSAGE: u8 = b'M';
    /// The kind that says goodbye.
    pub const GOODBYE: u8 = b'B';

    /// One frame in bytes.
    pub fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
        let length = payload.len() as u32 + 1;
        let mut bytes = length.to_be_bytes().to_vec();
        bytes.push(kind);
        bytes.extend_from_slice(payload);
        bytes
    }

    /// Takes bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
    }

    /// Takes out the next frame that is whole: kind and payload.
    pub fn pop(&mut self) -> Option<(u8, Vec<u8>)> {
        if !self.has_whole() {
            return None;
        }
        let length = self.length()?;
        let mut frame: Vec<u8> = self.bytes.drain(..4 + length).skip(4).collect();
        let payload = frame.split_off(1.min(frame.len()));
        Some((frame.first().copied().unwrap_or_default(), payload))
    }

    /// Returns true if there is a frame to take out.
    pub fn has_whole(&self) -> bool {
        self.length()
            .is_some_and(|length| self.bytes.len() >= 4 + length)
    }

    fn length(&self) -> Option<usize> {
        let mut head = self.bytes.iter().take(4).copied();
        let head = [head.next()?, head.next()?, head.next()?, head.next()?];
        Some(u32::from_be_bytes(head) as usize)
    }
}

impl Codec for Framed {
    fn receive(&mut self, bytes: &[u8]) {
        self.push(bytes);
    }

    fn next(&mut self) -> Option<Incoming> {
        let (kind, payload) = self.pop()?;
        Some(match kind {
            Self::HELLO => Incoming::Opened(Self::frame(Self::HELLO, b"")),
            Self::MESSAGE => Incoming::Message(payload),
            Self::GOODBYE => Incoming::Goodbye,
            other => Incoming::Nonsense(format!("a frame of kind {other}")),
        })
    }

    fn message(&mut self, payload: &[u8], _parts: usize) -> Vec<u8> {
        Self::frame(Self::MESSAGE, payload)
    }

    fn ping(&mut self, _payload: &[u8]) -> Vec<u8> {
        Vec::new()
    }

    fn goodbye(&mut self) -> Vec<u8> {
        Self::frame(Self::GOODBYE, b"")
    }
}
