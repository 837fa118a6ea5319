//! Messages into the outbound buffer.

mod group;
mod template;
mod text;

pub use group::GroupWriter;
pub use template::{Template, TemplateBuilder, TemplateWriter};

use crate::data_fields::DataFields;
use crate::error::EncodeError;
use crate::fields::SOH;
use crate::sys::{Kernel, TRAILER};
use crate::value::{Date, Decimal, Time, UtcTimestamp};

type Result<T> = std::result::Result<T, EncodeError>;

/// The version that a message starts with.
///
/// # Examples
///
/// ```
/// use boom_fix::BeginString;
///
/// assert_eq!(BeginString::Fixt11.as_str(), "FIXT.1.1");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BeginString {
    /// FIX.4.0
    Fix40,
    /// FIX.4.1
    Fix41,
    /// FIX.4.2
    Fix42,
    /// FIX.4.3
    Fix43,
    /// FIX.4.4
    Fix44,
    /// FIXT.1.1, the session of FIX 5.0 and later.
    Fixt11,
}

impl BeginString {
    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fix40 => "FIX.4.0",
            Self::Fix41 => "FIX.4.1",
            Self::Fix42 => "FIX.4.2",
            Self::Fix43 => "FIX.4.3",
            Self::Fix44 => "FIX.4.4",
            Self::Fixt11 => "FIXT.1.1",
        }
    }
}

/// Writes messages of one session: what all of them start with is kept as it is sent.
///
/// A message is written into room that the caller lends, for example the vacant part of an outbound buffer. Nothing is
/// allocated. `BodyLength` and `CheckSum` are filled in by [`MessageWriter::finish`].
///
/// # Examples
///
/// ```
/// use boom_fix::{BeginString, Decimal, EncodeError, Encoder, Precision, UtcTimestamp};
///
/// let encoder = Encoder::new(BeginString::Fix44, "BUYER", "VENUE")?;
/// let now = UtcTimestamp::from_unix_nanos(1_714_998_896_789_000_000, Precision::Millis);
/// let mut room = [0; 512];
/// let mut order = encoder.message(&mut room, "D", 7, now);
/// order.text(11, "id-1").char(54, '1').int(38, 100).decimal(44, Decimal::new(1015, 1));
/// let order = order.finish()?;
/// assert_eq!(
///     order.as_bytes().escape_ascii().to_string().replace(r"\x01", "|"),
///     "8=FIX.4.4|9=82|35=D|49=BUYER|56=VENUE|34=7|52=20240506-12:34:56.789|\
///      11=id-1|54=1|38=100|44=101.5|10=130|",
/// );
/// # Ok::<(), EncodeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Encoder {
    kernel: Kernel,
    /// `8=FIX.4.4|9=`
    begin: Vec<u8>,
    /// `49=BUYER|56=VENUE|` and what else was asked for.
    session: Vec<u8>,
    session_fields: usize,
}

/// The most digits of `BodyLength`.
const BODY_LENGTH: usize = 8;

impl Encoder {
    /// An encoder of messages from `sender` to `target`, `SenderCompID` (49) and `TargetCompID` (56).
    ///
    /// # Errors
    ///
    /// A name is empty or holds the delimiter.
    pub fn new(begin_string: BeginString, sender: &str, target: &str) -> Result<Self> {
        let encoder = Self {
            kernel: Kernel::detect(),
            begin: format!("8={}\x019=", begin_string.as_str()).into_bytes(),
            session: Vec::new(),
            session_fields: 0,
        };
        encoder.with_text(49, sender)?.with_text(56, target)
    }

    /// Adds a field that every message is to have in its header: `SenderSubID` (50), `TargetSubID` (57), ...
    ///
    /// # Errors
    ///
    /// The value is empty or holds the delimiter, or the encoder writes this tag itself.
    pub fn with_field(self, tag: u32, value: &str) -> Result<Self> {
        match tag {
            34 | 35 | 49 | 52 | 56 => Err(EncodeError::Tag { tag }),
            _ => self.with_text(tag, value),
        }
    }

    fn with_text(mut self, tag: u32, value: &str) -> Result<Self> {
        check_tag(tag)?;
        if value.is_empty() {
            return Err(EncodeError::Empty { tag });
        }
        if value.bytes().any(|byte| byte == SOH) {
            return Err(EncodeError::Delimiter { tag });
        }
        self.session.extend(format!("{tag}={value}\x01").bytes());
        self.session_fields += 1;
        Ok(self)
    }

    /// Starts a message with its header: `MsgType` (35), `SenderCompID`, `TargetCompID` and what else the session has,
    /// `MsgSeqNum` (34) and `SendingTime` (52).
    ///
    /// `room` should be some 64 bytes longer than the message. Errors wait for [`finish`](MessageWriter::finish).
    #[inline]
    pub fn message<'a>(
        &'a self,
        room: &'a mut [u8],
        msg_type: &str,
        msg_seq_num: u64,
        sending_time: UtcTimestamp,
    ) -> MessageWriter<'a> {
        let mut writer = self.begin(room);
        writer
            .text(35, msg_type)
            .raw(&self.session, self.session_fields);
        writer.uint(34, msg_seq_num).timestamp(52, sending_time);
        writer
    }

    /// A message without any field.
    #[inline]
    pub(crate) fn begin<'a>(&'a self, room: &'a mut [u8]) -> MessageWriter<'a> {
        let body = self.begin.len() + BODY_LENGTH + 1;
        MessageWriter {
            encoder: self,
            room,
            // Behind the room's end where there is too little, and then the first field finds none.
            at: body,
            fields: 0,
            error: None,
        }
    }
}

/// A message while it is written, field after field in the order of the calls.
///
/// The first error is kept and told by [`finish`](Self::finish); what is written after it has no effect.
///
/// # Examples
///
/// ```
/// use boom_fix::{BeginString, EncodeError, Encoder, UtcTimestamp};
///
/// let encoder = Encoder::new(BeginString::Fix42, "A", "B")?;
/// let mut room = [0; 256];
/// let mut message = encoder.message(&mut room, "0", 1, UtcTimestamp::UNIX_EPOCH);
/// message.int(0, 5);
/// assert_eq!(message.finish().unwrap_err(), EncodeError::Tag { tag: 0 });
/// # Ok::<(), EncodeError>(())
/// ```
#[derive(Debug)]
pub struct MessageWriter<'a> {
    encoder: &'a Encoder,
    room: &'a mut [u8],
    at: usize,
    /// How many delimiters the body must have.
    fields: usize,
    error: Option<EncodeError>,
}

/// What a tag and the delimiter take at most, with the sign: `4294967295=` and SOH, rounded up.
const AROUND: usize = 16;

impl<'a> MessageWriter<'a> {
    /// Text as it is: `String`, `Currency`, `MultipleStringValue`, an enumeration's value.
    #[inline]
    pub fn text(&mut self, tag: u32, value: &str) -> &mut Self {
        self.bytes(tag, value.as_bytes())
    }

    /// Bytes as they are, without the delimiter.
    #[inline]
    pub fn bytes(&mut self, tag: u32, value: &[u8]) -> &mut Self {
        if value.is_empty() {
            return self.fail(EncodeError::Empty { tag });
        }
        self.field(tag, value.len(), |room| text::copy(room, value))
    }

    /// `int`
    #[inline]
    pub fn int(&mut self, tag: u32, value: i64) -> &mut Self {
        self.field(tag, text::INT, |room| text::int(room, value))
    }

    /// `int` that is not negative: `SeqNum`, `Length`.
    #[inline]
    pub fn uint(&mut self, tag: u32, value: u64) -> &mut Self {
        self.field(tag, text::INT, |room| text::uint(room, value))
    }

    /// `Price`, `Qty`, `Amt`, ...
    #[inline]
    pub fn decimal(&mut self, tag: u32, value: Decimal) -> &mut Self {
        self.field(tag, text::DECIMAL, |room| text::decimal(room, value))
    }

    /// `char`, which is ASCII.
    #[inline]
    pub fn char(&mut self, tag: u32, value: char) -> &mut Self {
        match u8::try_from(value) {
            Ok(byte) if byte.is_ascii() => self.field(tag, 1, |room| text::copy(room, &[byte])),
            _ => self.fail(EncodeError::NotAscii { tag }),
        }
    }

    /// `Boolean`
    #[inline]
    pub fn bool(&mut self, tag: u32, value: bool) -> &mut Self {
        let text = if value { b'Y' } else { b'N' };
        self.field(tag, 1, |room| text::copy(room, &[text]))
    }

    /// `UTCTimestamp`
    #[inline]
    pub fn timestamp(&mut self, tag: u32, value: UtcTimestamp) -> &mut Self {
        if !value.is_valid() {
            return self.fail(EncodeError::NoSuchTime { tag });
        }
        self.field(tag, text::TIMESTAMP, |room| text::timestamp(room, value))
    }

    /// `UTCDateOnly`, `LocalMktDate`
    pub fn date(&mut self, tag: u32, value: Date) -> &mut Self {
        if !value.is_valid() {
            return self.fail(EncodeError::NoSuchTime { tag });
        }
        self.field(tag, text::TIMESTAMP, |room| text::date(room, value))
    }

    /// `UTCTimeOnly`
    pub fn time(&mut self, tag: u32, value: Time) -> &mut Self {
        if !value.is_valid() {
            return self.fail(EncodeError::NoSuchTime { tag });
        }
        self.field(tag, text::TIMESTAMP, |room| text::time(room, value))
    }

    /// A field of data, which may hold any byte, behind the field that tells its length.
    pub fn data(&mut self, length_tag: u32, data_tag: u32, value: &[u8]) -> &mut Self {
        if value.is_empty() {
            return self.fail(EncodeError::Empty { tag: data_tag });
        }
        self.uint(length_tag, value.len() as u64);
        let (_, delimiters) = self.encoder.kernel.sum_and_count(value);
        self.fields += delimiters;
        self.field(data_tag, value.len(), |room| text::copy(room, value))
    }

    /// A repeating group: `entries` writes them, and the count is filled in. Without entries there is no count either.
    ///
    /// # Examples
    ///
    /// ```
    /// use boom_fix::{BeginString, EncodeError, Encoder, UtcTimestamp};
    ///
    /// let encoder = Encoder::new(BeginString::Fix44, "A", "B")?;
    /// let mut room = [0; 256];
    /// let mut message = encoder.message(&mut room, "D", 1, UtcTimestamp::UNIX_EPOCH);
    /// message.group(453, |parties| {
    ///     for name in ["X", "Y"] {
    ///         parties.entry().text(448, name).char(447, 'D').int(452, 3);
    ///     }
    /// });
    /// let message = message.finish()?;
    /// let text = String::from_utf8_lossy(message.as_bytes()).replace('\x01', "|");
    /// assert!(text.contains("|453=2|448=X|447=D|452=3|448=Y|447=D|452=3|10="), "{text}");
    /// # Ok::<(), EncodeError>(())
    /// ```
    pub fn group(
        &mut self,
        count_tag: u32,
        entries: impl FnOnce(&mut GroupWriter<'_, 'a>),
    ) -> &mut Self {
        group::write(self, count_tag, entries)
    }

    /// What is written so far, from `MsgType` on.
    #[cfg(feature = "session")]
    pub(crate) fn written(&self) -> &[u8] {
        let body = self.encoder.begin.len() + BODY_LENGTH + 1;
        self.room.get(body..self.at).unwrap_or_default()
    }

    /// Fills in `BodyLength` and `CheckSum`.
    ///
    /// # Errors
    ///
    /// The first thing that went wrong. Nothing of the room counts as written.
    // Left to the compiler, it depends on the program around it.
    #[inline(always)]
    pub fn finish(self) -> Result<Encoded<'a>> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let begin = self.encoder.begin.as_slice();
        let body = begin.len() + BODY_LENGTH + 1;
        // Right before the body. Zeros in front are overwritten by what comes before them.
        let length = (self.at - body) as u64;
        let digits = text::width(length);
        if digits > BODY_LENGTH {
            return Err(EncodeError::NoRoom { tag: 9 });
        }
        let place = self
            .room
            .get_mut(begin.len()..)
            .and_then(|room| room.first_chunk_mut());
        if let Some(place) = place {
            *place = text::body_length(length);
        }
        let start = BODY_LENGTH - digits;
        let message = self.room.get_mut(start..self.at + TRAILER);
        let message = message.ok_or(EncodeError::NoRoom { tag: 10 })?;
        text::copy(message, begin);
        let written = message.len() - TRAILER;
        let (content, trailer) = message.split_at_mut(written);
        let (sum, delimiters) = self.encoder.kernel.sum_and_count(content);
        // One behind BeginString, one behind BodyLength.
        if delimiters != self.fields + 2 {
            return Err(delimiter_in(content, body - start));
        }
        text::copy(trailer, &text::trailer(sum));
        Ok(Encoded {
            bytes: message,
            start,
        })
    }

    // Left to the compiler, it depends on the program around it.
    #[inline(always)]
    fn field(
        &mut self,
        tag: u32,
        width: usize,
        write: impl FnOnce(&mut [u8]) -> usize,
    ) -> &mut Self {
        if self.error.is_some() {
            return self;
        }
        if let Err(error) = check_tag(tag) {
            return self.fail(error);
        }
        let Some(room) = self
            .room
            .get_mut(self.at..)
            .and_then(|room| room.get_mut(..AROUND + width))
        else {
            return self.fail(EncodeError::NoRoom { tag });
        };
        let sign = text::tag(room, tag);
        let value = room.get_mut(sign..).map_or(0, write);
        let end = sign + value;
        if let Some(delimiter) = room.get_mut(end) {
            *delimiter = SOH;
        }
        self.at += end + 1;
        self.fields += 1;
        self
    }

    /// Whole fields that were checked before.
    #[inline]
    pub(crate) fn raw(&mut self, bytes: &[u8], fields: usize) {
        match self
            .room
            .get_mut(self.at..)
            .and_then(|room| room.get_mut(..bytes.len()))
        {
            Some(room) => {
                text::copy(room, bytes);
            }
            None => {
                let tag = tag_beyond(bytes, self.room.len().saturating_sub(self.at));
                self.fail(EncodeError::NoRoom { tag });
                return;
            }
        }
        self.at += bytes.len();
        self.fields += fields;
    }

    // With a call here the writer would be in memory, and not in registers, while fields are written.
    #[inline(always)]
    pub(crate) fn fail(&mut self, error: EncodeError) -> &mut Self {
        self.error.get_or_insert(error);
        self
    }
}

/// A message that is ready to be sent.
///
/// # Examples
///
/// ```
/// use boom_fix::{BeginString, EncodeError, Encoder, UtcTimestamp};
///
/// let encoder = Encoder::new(BeginString::Fix42, "A", "B")?;
/// let mut room = [0; 256];
/// let heartbeat = encoder.message(&mut room, "0", 1, UtcTimestamp::UNIX_EPOCH).finish()?;
/// let (start, length) = (heartbeat.start(), heartbeat.as_bytes().len());
/// // The room in front was for a longer BodyLength.
/// assert!(room[start..start + length].starts_with(b"8=FIX.4.2\x019=45\x01"));
/// # Ok::<(), EncodeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoded<'a> {
    bytes: &'a [u8],
    start: usize,
}

impl<'a> Encoded<'a> {
    /// All bytes of the message.
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Where it starts in the room that was lent; 0 for that of a [`Template`], which has its own.
    pub const fn start(&self) -> usize {
        self.start
    }
}

#[inline(always)]
const fn check_tag(tag: u32) -> Result<()> {
    match tag {
        0 | 8 | 9 | 10 => Err(EncodeError::Tag { tag }),
        _ => Ok(()),
    }
}

/// Says in which field the delimiter is that should not be there, or 0 where all of it looks like fields.
#[cold]
fn delimiter_in(content: &[u8], body: usize) -> EncodeError {
    let data = DataFields::standard();
    let (mut at, mut last, mut announced) = (body, 0, None);
    while let Some((tag, value)) = content.get(at..).and_then(field_at) {
        last = tag;
        let length = end_of(value);
        // A data field may hold the delimiter.
        let expected = announced.take().filter(|&(data, _)| data == tag);
        let expected = expected.and_then(|(_, length)| usize::try_from(length).ok());
        let expected = expected.filter(|&length| value.get(length) == Some(&SOH));
        announced = data
            .data_of(tag)
            .zip(value.get(..length).and_then(crate::value::digits_of));
        let width = content.len() - at - value.len();
        at += width + expected.unwrap_or(length) + 1;
    }
    EncodeError::Delimiter {
        tag: if at < content.len() { last } else { 0 },
    }
}

/// The tag at the front, and everything behind its sign.
fn field_at(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let sign = bytes.iter().position(|&byte| byte == b'=')?;
    let (digits, value) = bytes.split_at_checked(sign)?;
    let tag = u32::try_from(crate::value::digits_of(digits)?).ok()?;
    Some((tag, value.get(1..)?)).filter(|_| tag > 0)
}

fn end_of(value: &[u8]) -> usize {
    let end = value.iter().position(|&byte| byte == SOH);
    end.unwrap_or(value.len())
}

/// The tag of the first of whole fields that ends behind the first `room` bytes.
#[cold]
#[inline(never)]
fn tag_beyond(fields: &[u8], room: usize) -> u32 {
    let mut rest = fields;
    while let Some((tag, value)) = field_at(rest) {
        rest = value.get(end_of(value) + 1..).unwrap_or_default();
        if fields.len() - rest.len() > room {
            return tag;
        }
    }
    0
}
