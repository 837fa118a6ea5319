//! What can go wrong with messages.

use std::io;

/// An error of the codec.
///
/// None of them ends a [`Decoder`](crate::Decoder) or an [`Encoder`](crate::Encoder): the next message is read or
/// written as if nothing had happened.
///
/// # Examples
///
/// ```
/// use boom_fix::{Error, FieldFault, FieldIndex, Fields};
///
/// let mut index = FieldIndex::new();
/// let fields = Fields::parse(b"55=MSFT\x0144=12,5\x01", &mut index)?;
/// let error = fields.decimal(44).unwrap_err();
/// assert_eq!((error.tag, error.offset, error.fault), (44, 11, FieldFault::NotADecimal));
/// assert_eq!(error.to_string(), "tag 44 at byte 11: not a decimal number");
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// `BodyLength` (9) announces more than the decoder is to take. The message is left out.
    #[error("tag 9 at byte {offset}: a message of {length} bytes, and at most {max} are permitted")]
    MessageTooLong {
        /// Where the value of `BodyLength` stands in the message.
        offset: usize,
        /// What the whole message would take; `usize::MAX` where that cannot be said.
        length: usize,
        /// The limit.
        max: usize,
    },
    /// A message has more fields than the index holds. The message is left out.
    #[error("tag {tag} at byte {offset}: more than {max} fields")]
    TooManyFields {
        /// The first tag for which there was no room, 0 if it is malformed.
        tag: u32,
        /// Where it stands in the message.
        offset: usize,
        /// The limit.
        max: usize,
    },
    /// A field is malformed, missing or not of the type that was asked for.
    #[error("{0}")]
    Field(#[from] FieldError),
    /// A message could not be written.
    #[error("{0}")]
    Encode(#[from] EncodeError),
}

const _: () = assert!(size_of::<Error>() <= 32);

impl From<Error> for io::Error {
    /// Keeps the error as the source.
    fn from(error: Error) -> Self {
        let kind = match error {
            Error::Encode(_) => io::ErrorKind::InvalidInput,
            _ => io::ErrorKind::InvalidData,
        };
        Self::new(kind, error)
    }
}

/// One field that is not what it should be.
///
/// # Examples
///
/// ```
/// use boom_fix::{FieldError, FieldFault};
///
/// let error = FieldError { tag: 38, offset: 0, fault: FieldFault::Missing };
/// assert_eq!(error.to_string(), "tag 38 at byte 0: missing");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("tag {tag} at byte {offset}: {fault}")]
pub struct FieldError {
    /// The tag, 0 where it cannot be read.
    pub tag: u32,
    /// Where the value stands in the message, or the field where there is no value; 0 for a field that is missing.
    pub offset: usize,
    /// What is wrong with it.
    pub fault: FieldFault,
}

/// What is wrong with a field.
///
/// # Examples
///
/// ```
/// use boom_fix::FieldFault;
///
/// assert_eq!(FieldFault::NotAnInt.to_string(), "not an integer");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FieldFault {
    /// There is no such field.
    #[error("missing")]
    Missing,
    /// What stands there is no `tag=value`: the tag is no positive number, or `=` or the delimiter is missing.
    #[error("not a field")]
    Malformed,
    /// A data field is not as long as the length field in front of it says.
    #[error("not as long as its length field says")]
    DataLength,
    /// Not an `int`.
    #[error("not an integer")]
    NotAnInt,
    /// Not a `float`: digits with at most one point, a sign in front.
    #[error("not a decimal number")]
    NotADecimal,
    /// Not one character.
    #[error("not one character")]
    NotAChar,
    /// Neither `Y` nor `N`.
    #[error("neither Y nor N")]
    NotABool,
    /// Not text in UTF-8.
    #[error("not UTF-8")]
    NotText,
    /// Not a date or time of the form that was asked for.
    #[error("not a date or time of its type")]
    NotATime,
    /// A value that the enumeration does not have.
    #[error("not a value of its enumeration")]
    NotInEnum,
    /// A group has fewer entries than its count says.
    #[error("not the number of the group's entries, of which there are {found}")]
    GroupCount {
        /// So many are there; 65,535 stands for more too.
        found: u16,
    },
}

/// Why a message was not written. Nothing of it counts as written.
///
/// # Examples
///
/// ```
/// use boom_fix::{BeginString, EncodeError, Encoder, Error, UtcTimestamp};
///
/// let encoder = Encoder::new(BeginString::Fix44, "BUYER", "VENUE")?;
/// let mut room = [0; 512];
/// let mut message = encoder.message(&mut room, "D", 1, UtcTimestamp::UNIX_EPOCH);
/// message.text(58, "a\x01b");
/// assert_eq!(message.finish().unwrap_err(), EncodeError::Delimiter { tag: 58 });
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// A value holds the delimiter (SOH). Only [`data`](crate::MessageWriter::data) may.
    #[error("tag {tag}: a value may not hold the delimiter")]
    Delimiter {
        /// Whose value; 0 where what stands behind the delimiter looks like a field of its own.
        tag: u32,
    },
    /// A `char` that is not ASCII.
    #[error("tag {tag}: a char is one character of ASCII")]
    NotAscii {
        /// Whose value.
        tag: u32,
    },
    /// A value is empty.
    #[error("tag {tag}: a value may not be empty")]
    Empty {
        /// Whose value.
        tag: u32,
    },
    /// Tag 0, which does not exist, or one that the encoder writes itself (8, 9, 10; for
    /// [`with_field`](crate::Encoder::with_field) also 34, 35, 49, 52 and 56).
    #[error("tag {tag} cannot be written")]
    Tag {
        /// The tag.
        tag: u32,
    },
    /// A date or time that there is none of: a 13th month, a 61st minute, a trillion picoseconds.
    #[error("tag {tag}: no such date or time")]
    NoSuchTime {
        /// Whose value.
        tag: u32,
    },
    /// The message is longer than the room for it.
    #[error("tag {tag}: no room for it and what has to follow it")]
    NoRoom {
        /// The first field that finds none; 10 where only the checksum lacks it, 9 for a body of more than 99,999,999
        /// bytes.
        tag: u32,
    },
    /// A required field was not set.
    #[error("tag {tag} is required")]
    Missing {
        /// The field.
        tag: u32,
    },
}
