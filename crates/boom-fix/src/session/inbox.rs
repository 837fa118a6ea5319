//! What came on a connection and was not handed over yet.

mod ahead;
mod framing;

use std::io::{self, Read};

use boom_stream::buffer::ReadBuffer;

pub(super) use ahead::Ahead;

use crate::data_fields::DataFields;
use crate::decoder::Decoder;
use crate::error::{Error, FieldError};
use crate::fields::Fields;
use crate::index::FieldIndex;
use crate::message::Message;

/// The bytes of one connection, the messages in them, and those that wait for a gap to be filled.
///
/// It is apart from the [`Session`](super::Session) so that the session can send while a message is lent. Each
/// connection starts with a new one, or with one that was [cleared](Self::clear).
///
/// # Examples
///
/// ```
/// use boom_fix::session::{Inbox, Opening};
///
/// let mut inbox = Inbox::new().with_ahead(100, 1 << 16);
/// inbox.extend(b"8=FIX.4.2\x019=5\x0135=A\x0110=178\x01");
/// // Whose session is it? The bytes stay.
/// let Opening::Message(logon) = inbox.opening() else { panic!("no message") };
/// assert_eq!(logon.begin_string(), b"FIX.4.2");
/// ```
#[derive(Debug)]
pub struct Inbox {
    buffer: ReadBuffer,
    decoder: Decoder,
    index: FieldIndex,
    ahead: Ahead,
    /// A message that was ahead and has its turn.
    turned: Vec<u8>,
    place: Place,
    skip: Skip,
    /// Frames that were left out by their length.
    skipped_frames: u64,
    max_message_bytes: usize,
    /// Of the first frame: its `CheckSum` (10) does not begin before this. For `Skip::ByLength`.
    searched: usize,
    /// Something was skipped since the last message.
    is_lost: bool,
}

/// Where the search for the next message goes on behind one whose `BodyLength` (9) is wrong.
///
/// # Examples
///
/// ```
/// assert_eq!(boom_fix::session::Skip::default(), boom_fix::session::Skip::ToNextStart);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Skip {
    /// At the next `8=FIX`: nothing that is whole is lost.
    #[default]
    ToNextStart,
    /// Behind the next `CheckSum` (10) from where the length says that the message ends, as QuickFIX does: a length that
    /// is too long takes the next message along.
    ByLength,
}

/// What a connection begins with.
///
/// # Examples
///
/// ```
/// use boom_fix::session::{Inbox, Opening};
///
/// let mut inbox = Inbox::new();
/// assert!(matches!(inbox.opening(), Opening::Incomplete));
/// inbox.extend(b"GET / HTTP/1.1\r\n");
/// assert!(matches!(inbox.opening(), Opening::Garbled));
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Opening<'a> {
    /// Not a whole message yet.
    Incomplete,
    /// Something that is no message: the connection should be closed.
    Garbled,
    /// The first message. An acceptor finds the session by its `BeginString` (8), `SenderCompID` (49) and `TargetCompID`
    /// (56).
    Message(Message<'a>),
}

/// Where the message is that was taken last.
#[derive(Clone, Copy, Debug)]
enum Place {
    Buffer {
        start: usize,
        end: usize,
        fields: usize,
    },
    Turned {
        fields: usize,
    },
}

/// What was taken off the bytes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Taken {
    Nothing,
    Message,
    /// What stands before the fault can be read.
    Malformed(FieldError),
    TooLong,
}

impl Inbox {
    /// Takes messages of up to 1 MiB, and keeps up to 10,000 messages and 4 MiB that are ahead of a gap.
    pub fn new() -> Self {
        Self {
            buffer: ReadBuffer::new(WINDOW, 1 << 20),
            decoder: Decoder::new(),
            index: FieldIndex::new(),
            ahead: Ahead::new(10_000, 4 << 20),
            turned: Vec::new(),
            place: Place::Turned { fields: 0 },
            skip: Skip::default(),
            skipped_frames: 0,
            max_message_bytes: 1 << 20,
            searched: 0,
            is_lost: false,
        }
    }

    /// The longest message that is taken, in bytes. A longer one ends the connection.
    #[must_use]
    pub fn with_max_message_bytes(mut self, max: usize) -> Self {
        self.max_message_bytes = max.min(1 << 30);
        self.buffer = ReadBuffer::new(WINDOW.min(self.max_message_bytes), self.max_message_bytes);
        self.decoder = Decoder::new().with_max_message_bytes(max);
        self
    }

    /// The most fields of a message.
    #[must_use]
    pub fn with_max_fields(mut self, max: usize) -> Self {
        let data_fields = self.index.data_fields().clone();
        self.index = FieldIndex::with_max_fields(max).with_data_fields(data_fields);
        self
    }

    /// Which fields may hold the delimiter.
    #[must_use]
    pub fn with_data_fields(mut self, data_fields: DataFields) -> Self {
        self.index = self.index.with_data_fields(data_fields);
        self
    }

    /// How many messages ahead of a gap are kept, and how many bytes of them. Others are dropped and asked for again; with
    /// 0 all are.
    #[must_use]
    pub fn with_ahead(mut self, messages: usize, bytes: usize) -> Self {
        self.ahead = Ahead::new(messages, bytes);
        self
    }

    /// Where the search goes on behind a message whose length is wrong.
    #[must_use]
    pub const fn with_skip(mut self, skip: Skip) -> Self {
        self.skip = skip;
        self
    }

    /// Adds what came, as far as there is room, and says how much that is.
    pub fn extend(&mut self, bytes: &[u8]) -> usize {
        self.buffer.compact();
        let needed = self.buffer.len().saturating_add(bytes.len());
        // Where that is too much, what is free is filled.
        let _ = self.buffer.reserve(needed.min(self.buffer.limit()));
        let free = self.buffer.free_mut();
        let count = free.len().min(bytes.len());
        if let (Some(free), Some(bytes)) = (free.get_mut(..count), bytes.get(..count)) {
            free.copy_from_slice(bytes);
        }
        self.buffer.advance(count);
        count
    }

    /// Reads once from a stream; 0 is its end.
    ///
    /// # Errors
    ///
    /// The stream's.
    #[inline]
    pub fn read_from(&mut self, stream: &mut (impl Read + ?Sized)) -> io::Result<usize> {
        self.buffer.read_from(stream)
    }

    /// Forgets everything: the next bytes are those of a new connection.
    pub fn clear(&mut self) {
        self.buffer.consume(self.buffer.len());
        self.decoder = Decoder::new().with_max_message_bytes(self.max_message_bytes);
        self.ahead.clear();
        self.skipped_frames = 0;
        (self.searched, self.is_lost) = (0, false);
    }

    /// The first message, which stays where it is.
    pub fn opening(&mut self) -> Opening<'_> {
        if self.buffer.len() == self.buffer.capacity() {
            // It waits for more; what it is may be seen up to the limit.
            let more = self.buffer.len().saturating_mul(2);
            let _ = self.buffer.reserve(more.min(self.buffer.limit()));
        }
        let mut decoder = Decoder::new().with_max_message_bytes(self.max_message_bytes);
        let mut input = self.buffer.filled();
        let result = decoder.decode(&mut input, &mut self.index);
        match result {
            Ok(Some(message)) if decoder.garbled() == 0 => Opening::Message(message),
            Ok(None) if decoder.garbled() == 0 => Opening::Incomplete,
            _ => Opening::Garbled,
        }
    }

    /// How many times something was left out because it was garbled.
    pub const fn garbled(&self) -> u64 {
        self.decoder.garbled() + self.skipped_frames
    }

    /// How many messages wait for a gap to be filled.
    pub fn ahead(&self) -> usize {
        self.ahead.len()
    }

    /// Takes the next message off the bytes.
    #[inline]
    pub(super) fn take(&mut self) -> Taken {
        if self.skip == Skip::ByLength {
            return self.take_by_length();
        }
        loop {
            let (bytes, head) = self.buffer.split();
            let mut input = bytes.get(*head..).unwrap_or_default();
            let skipped = self.decoder.skipped_bytes();
            match self.decoder.decode(&mut input, &mut self.index) {
                Ok(Some(message)) => {
                    let end = bytes.len() - input.len();
                    self.place = Place::Buffer {
                        start: end - message.as_bytes().len(),
                        end,
                        fields: message.fields().len(),
                    };
                    *head = end;
                    self.is_lost = false;
                    return Taken::Message;
                }
                Ok(None) => {
                    *head = bytes.len() - input.len();
                    self.is_lost |= self.decoder.skipped_bytes() != skipped;
                    self.make_room();
                    return Taken::Nothing;
                }
                Err(error) => {
                    let is_too_long = matches!(error, Error::MessageTooLong { .. });
                    // The decoder has left out one byte of what is too long.
                    let skipped = (self.decoder.skipped_bytes() - skipped) as usize;
                    self.is_lost |= skipped > usize::from(is_too_long);
                    let start = *head + skipped;
                    *head = bytes.len() - input.len();
                    // Among what is garbled a length says nothing.
                    if !is_too_long || !self.is_lost {
                        return self.fault(start, error);
                    }
                }
            }
        }
    }

    /// So that the rest of the message fits.
    fn make_room(&mut self) {
        let needed = self.decoder.needed();
        if needed > self.buffer.capacity() {
            // The decoder's limit is the buffer's, so there is room.
            let _ = self.buffer.reserve(needed.min(self.buffer.limit()));
        }
    }

    /// A message that starts here is framed, but something in it is wrong.
    #[cold]
    fn fault(&mut self, start: usize, error: Error) -> Taken {
        let Error::Field(error) = error else {
            return Taken::TooLong;
        };
        // The field itself, where the offset is that of its value.
        let (bytes, _) = self.buffer.split();
        let message = bytes.get(start..).unwrap_or_default();
        let before = message.get(..error.offset).unwrap_or_default();
        let field = before.iter().rposition(|&byte| byte == crate::fields::SOH);
        let end = field.map_or(0, |at| at + 1);
        let prefix = before.get(..end).unwrap_or_default();
        let fields = match Fields::parse(prefix, &mut self.index) {
            Ok(fields) => fields.len(),
            Err(_) => return Taken::TooLong,
        };
        self.place = Place::Buffer {
            start,
            end: start + end,
            fields,
        };
        Taken::Malformed(error)
    }

    /// The tag of the field behind the readable part of a malformed message.
    pub(super) fn malformed_tag(&mut self) -> Option<i64> {
        let Place::Buffer { end, .. } = self.place else {
            return None;
        };
        let (bytes, _) = self.buffer.split();
        let rest = bytes.get(end..)?;
        let tag = rest.split(|&byte| byte == b'=').next()?;
        std::str::from_utf8(tag).ok()?.parse().ok()
    }

    /// Takes a message that was ahead.
    pub(super) fn turn(&mut self, number: u64) -> bool {
        if !self.ahead.take(number, &mut self.turned) {
            return false;
        }
        let mut input = self.turned.as_slice();
        // It was read before, so it is whole.
        let message = Decoder::new()
            .with_max_message_bytes(usize::MAX)
            .decode(&mut input, &mut self.index);
        let Ok(Some(message)) = message else {
            return false;
        };
        self.place = Place::Turned {
            fields: message.fields().len(),
        };
        true
    }

    /// The message that was taken last.
    #[inline]
    pub(super) fn message(&mut self) -> Message<'_> {
        self.parts().0
    }

    /// The message that was taken last, and those that wait.
    #[inline]
    pub(super) fn parts(&mut self) -> (Message<'_>, &mut Ahead) {
        let (bytes, fields) = match self.place {
            Place::Buffer { start, end, fields } => {
                let (bytes, _) = self.buffer.split();
                (bytes.get(start..end).unwrap_or_default(), fields)
            }
            Place::Turned { fields } => (self.turned.as_slice(), fields),
        };
        let message = Message::new(self.index.fields(bytes, fields));
        (message, &mut self.ahead)
    }

    pub(super) const fn queue(&self) -> &Ahead {
        &self.ahead
    }

    pub(super) const fn queue_mut(&mut self) -> &mut Ahead {
        &mut self.ahead
    }
}

impl Default for Inbox {
    fn default() -> Self {
        Self::new()
    }
}

/// How much is read at once.
const WINDOW: usize = 1 << 16;
