//! One whole message.

use std::ops::Deref;

use crate::error::Error;
use crate::fields::Fields;
use crate::value::Value;

/// A message that has been framed and checked. It borrows from the buffer and from the index, and reads like
/// [`Fields`], which are all of it from `BeginString` (8) to `CheckSum` (10).
///
/// # Examples
///
/// ```
/// use boom_fix::{Decoder, FieldIndex};
///
/// let mut input = &b"8=FIX.4.4\x019=41\x0135=5\x0134=8\x0149=A\x0152=20240506-12:34:56\x0156=B\x0110=154\x01"[..];
/// let mut index = FieldIndex::new();
/// let message = Decoder::new().decode(&mut input, &mut index)?.ok_or("incomplete")?;
/// assert_eq!((message.begin_string(), message.msg_type()), (&b"FIX.4.4"[..], &b"5"[..]));
/// assert_eq!(message.msg_seq_num()?, 8);
/// assert_eq!(message.header().tags(), [8, 9, 35, 34, 49, 52, 56]);
/// assert!(message.body().is_empty());
/// assert_eq!(message.trailer().tags(), [10]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    fields: Fields<'a>,
}

impl<'a> Message<'a> {
    #[inline]
    pub(crate) const fn new(fields: Fields<'a>) -> Self {
        Self { fields }
    }

    /// All bytes of the message.
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.fields.bytes
    }

    /// All fields.
    pub const fn fields(&self) -> Fields<'a> {
        self.fields
    }

    /// The value of `BeginString` (8): `FIX.4.4`, `FIXT.1.1`.
    pub fn begin_string(&self) -> &'a [u8] {
        self.fields.at(0).map_or(&[], Value::as_bytes)
    }

    /// The value of `MsgType` (35).
    #[inline]
    pub fn msg_type(&self) -> &'a [u8] {
        self.fields.at(2).map_or(&[], Value::as_bytes)
    }

    /// The value of `MsgSeqNum` (34).
    ///
    /// # Errors
    ///
    /// It is missing or no number.
    pub fn msg_seq_num(&self) -> Result<u64, crate::FieldError> {
        self.fields.value(34)?.uint()
    }

    /// The fields in front that belong to the standard header.
    pub fn header(&self) -> Fields<'a> {
        self.fields.take(self.header_len())
    }

    /// What stands between header and trailer.
    pub fn body(&self) -> Fields<'a> {
        let body = self.fields.skip(self.header_len());
        body.take(body.len().saturating_sub(self.trailer_len()))
    }

    /// The fields at the end that belong to the standard trailer.
    pub fn trailer(&self) -> Fields<'a> {
        self.fields.skip(self.fields.len() - self.trailer_len())
    }

    fn header_len(&self) -> usize {
        let tags = self.fields.tags();
        let end = tags.iter().position(|&tag| !is_header_tag(tag));
        end.unwrap_or(tags.len())
    }

    fn trailer_len(&self) -> usize {
        let tags = self.fields.tags().iter().rev();
        tags.take_while(|&&tag| is_trailer_tag(tag)).count()
    }
}

impl<'a> Deref for Message<'a> {
    type Target = Fields<'a>;

    fn deref(&self) -> &Fields<'a> {
        &self.fields
    }
}

/// What [`Decoder::decode_frame`](crate::Decoder::decode_frame) takes off a stream: a message, or one that cannot be read
/// entirely.
///
/// # Examples
///
/// ```
/// use boom_fix::{Decoded, Decoder, Error, FieldFault, FieldIndex};
///
/// // `3x=1` is no field.
/// let mut input = &b"8=FIX.4.2\x019=15\x0135=0\x013x=1\x0134=7\x0110=200\x01"[..];
/// let mut index = FieldIndex::new();
/// let Some(Decoded::Malformed(rejected)) = Decoder::new().decode_frame(&mut input, &mut index)? else {
///     panic!("a message with a field that is none");
/// };
/// assert_eq!(rejected.error().to_string(), "tag 0 at byte 20: not a field");
/// // What a session needs to reject it.
/// let message = rejected.readable();
/// assert_eq!((message.msg_type(), message.msg_seq_num()), (&b"0"[..], Ok(7)));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Decoded<'a> {
    /// A message whose fields are all there.
    Message(Message<'a>),
    /// The frame and the checksum are right, but not all of the fields.
    Malformed(Malformed<'a>),
}

/// A message whose frame and checksum are right, and of which some fields cannot be read or are more than is permitted.
///
/// Those that can be read are there, so that a session can count it and say why it is rejected.
///
/// # Examples
///
/// See [`Decoded`].
#[derive(Clone, Copy, Debug)]
pub struct Malformed<'a> {
    readable: Message<'a>,
    error: Error,
}

impl<'a> Malformed<'a> {
    #[inline]
    pub(crate) const fn new(readable: Message<'a>, error: Error) -> Self {
        Self { readable, error }
    }

    /// The first thing that is wrong: [`Error::Field`] or [`Error::TooManyFields`].
    pub const fn error(&self) -> Error {
        self.error
    }

    /// All fields that can be read, before and behind what is wrong: `BeginString`, `BodyLength`, `MsgType` and
    /// `CheckSum` always. A data field whose length is wrong is read like any other, up to the delimiter.
    ///
    /// [`Message::as_bytes`] is the whole message.
    pub const fn readable(&self) -> Message<'a> {
        self.readable
    }
}

/// Returns true for the tags of the standard header of FIX 4.0 to 4.4 and FIXT.1.1, its group of hops included.
///
/// # Examples
///
/// ```
/// assert!(boom_fix::is_header_tag(49) && !boom_fix::is_header_tag(55));
/// ```
pub const fn is_header_tag(tag: u32) -> bool {
    matches!(
        tag,
        8 | 9
            | 34
            | 35
            | 43
            | 49
            | 50
            | 52
            | 56
            | 57
            | 90
            | 91
            | 97
            | 115
            | 116
            | 122
            | 128
            | 129
            | 142
            | 143
            | 144
            | 145
            | 212
            | 213
            | 347
            | 369
            | 370
            | 627
            | 628
            | 629
            | 630
            | 1128
            | 1129
            | 1156
    )
}

/// Returns true for the tags of the standard trailer.
///
/// # Examples
///
/// ```
/// assert!(boom_fix::is_trailer_tag(10) && !boom_fix::is_trailer_tag(8));
/// ```
pub const fn is_trailer_tag(tag: u32) -> bool {
    matches!(tag, 10 | 89 | 93)
}
