//! Messages and fields by their names and types.
//!
//! A [`Field`] knows its tag and its type, so a wrong type does not compile:
//!
//! ```
//! # #[cfg(not(feature = "fix44"))]
//! # fn main() {}
//! # #[cfg(feature = "fix44")]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use boom_fix::fix44::{field, message::NewOrderSingle, value::{OrdType, Side}};
//! use boom_fix::typed::MessageType;
//! use boom_fix::{BeginString, Decoder, Encoder, FieldIndex, UtcTimestamp};
//!
//! let encoder = Encoder::new(BeginString::Fix44, "BUYER", "VENUE")?;
//! let (mut room, now) = ([0; 512], UtcTimestamp::UNIX_EPOCH);
//! let mut order = NewOrderSingle::new(&encoder, &mut room, 1, now);
//! order.set(field::CL_ORD_ID, "id-1").set(field::SIDE, Side::Buy);
//! order.set(field::TRANSACT_TIME, now).set(field::ORD_TYPE, OrdType::Market);
//! let mut bytes = order.finish()?.as_bytes();
//!
//! let mut index = FieldIndex::new();
//! let message = Decoder::new().decode(&mut bytes, &mut index)?.ok_or("incomplete")?;
//! let order = NewOrderSingle::view(message).ok_or("another message")?;
//! assert_eq!(order.typed(field::SIDE)?, Side::Buy);
//! assert_eq!(order.typed_optional(field::PRICE)?, None);
//! # Ok(()) }
//! ```

use std::marker::PhantomData;
use std::ops::Deref;

use crate::encoder::{Encoded, Encoder, GroupWriter, MessageWriter};
use crate::error::{EncodeError, FieldError};
use crate::fields::{Fields, Reader};
use crate::message::Message;
use crate::value::{FromValue, UtcTimestamp};

/// A field's tag, and by `K` what its value is.
///
/// # Examples
///
/// ```
/// use boom_fix::typed::{Field, kind};
///
/// /// A field of some venue.
/// const VENUE_LOAD: Field<kind::Int> = Field::new(5100);
/// assert_eq!(VENUE_LOAD.tag(), 5100);
/// ```
#[derive(Debug)]
pub struct Field<K> {
    tag: u32,
    kind: PhantomData<fn() -> K>,
}

impl<K> Field<K> {
    /// The field of a tag.
    pub const fn new(tag: u32) -> Self {
        Self {
            tag,
            kind: PhantomData,
        }
    }

    /// Its tag.
    pub const fn tag(self) -> u32 {
        self.tag
    }
}

impl<K> Clone for Field<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Field<K> {}

/// What a field is in Rust: how it is read, and how it is written.
///
/// # Examples
///
/// ```
/// use boom_fix::MessageWriter;
/// use boom_fix::typed::Kind;
///
/// /// Prices in cents.
/// struct Cents;
///
/// impl Kind for Cents {
///     type Read<'a> = boom_fix::Decimal;
///     type Write<'w> = i64;
///
///     fn write(writer: &mut MessageWriter<'_>, tag: u32, cents: i64) {
///         writer.decimal(tag, boom_fix::Decimal::new(cents, 2));
///     }
/// }
/// ```
pub trait Kind {
    /// What it is read as.
    type Read<'a>: FromValue<'a>;
    /// What it is written from.
    type Write<'w>;

    /// Writes the field.
    fn write(writer: &mut MessageWriter<'_>, tag: u32, value: Self::Write<'_>);
}

/// The kinds of fields that are no enumerations.
pub mod kind {
    use super::Kind;
    use crate::encoder::MessageWriter;
    use crate::value::{Date, Decimal, MonthYear, Time, TzTime as Tz, TzTimestamp, UtcTimestamp};

    macro_rules! kinds {
        ($($(#[$doc:meta])* $kind:ident $read:ty, $write:ty, $method:ident $(($convert:expr))?;)*) => {
            $($(#[$doc])*
            #[derive(Clone, Copy, Debug)]
            pub struct $kind;

            impl Kind for $kind {
                type Read<'a> = $read;
                type Write<'a> = $write;

                #[inline]
                fn write(writer: &mut MessageWriter<'_>, tag: u32, value: Self::Write<'_>) {
                    writer.$method(tag, value);
                }
            })*
        };
    }

    kinds! {
        /// Text.
        Text &'a str, &'a str, text;
        /// `int`, `Length`, `SeqNum`, ...
        Int i64, i64, int;
        /// `Price`, `Qty`, `Amt`, ...
        Number Decimal, Decimal, decimal;
        /// `char`
        Char char, char, char;
        /// `Boolean`
        Bool bool, bool, bool;
        /// `UTCTimestamp`
        Timestamp UtcTimestamp, UtcTimestamp, timestamp;
        /// `UTCTimeOnly`
        TimeOnly Time, Time, time;
        /// `UTCDateOnly`, `LocalMktDate`
        DateOnly Date, Date, date;
        /// `MonthYear`, written as text.
        Month MonthYear, &'a str, text;
        /// `TZTimeOnly`, written as text.
        TzTimeOnly Tz, &'a str, text;
        /// `TZTimestamp`, written as text.
        TzTime TzTimestamp, &'a str, text;
        /// `data`: may hold the delimiter where it follows its length; write it by
        /// [`data`](MessageWriter::data).
        Data &'a [u8], &'a [u8], bytes;
    }
}

macro_rules! typed_reads {
    ($type:ident $($mutability:tt)?) => {
        impl<'a> $type<'a> {
            /// A field by its name.
            ///
            /// # Errors
            ///
            /// It is missing or not what it should be.
            #[inline]
            pub fn typed<K: Kind>(&$($mutability)? self, field: Field<K>) -> Result<K::Read<'a>, FieldError> {
                self.read(field.tag)
            }

            /// A field by its name, if it is there.
            ///
            /// # Errors
            ///
            /// It is there and not what it should be.
            #[inline]
            pub fn typed_optional<K: Kind>(
                &$($mutability)? self,
                field: Field<K>,
            ) -> Result<Option<K::Read<'a>>, FieldError> {
                self.optional(field.tag)
            }
        }
    };
}

typed_reads!(Fields);
typed_reads!(Reader mut);

impl MessageWriter<'_> {
    /// A field by its name.
    #[inline]
    pub fn set<K: Kind>(&mut self, field: Field<K>, value: K::Write<'_>) -> &mut Self {
        K::write(self, field.tag, value);
        self
    }
}

/// A type of message.
///
/// # Examples
///
/// ```
/// use boom_fix::typed::MessageType;
///
/// struct VenueStatus;
///
/// impl MessageType for VenueStatus {
///     const MSG_TYPE: &'static str = "U1";
///     const REQUIRED: &'static [u32] = &[5100];
/// }
/// ```
pub trait MessageType: Sized {
    /// The value of `MsgType` (35).
    const MSG_TYPE: &'static str;
    /// The fields of the body that have to be there; those of components are the validator's to check.
    const REQUIRED: &'static [u32];

    /// Takes a message that is of this type.
    #[inline]
    fn view(message: Message<'_>) -> Option<View<'_, Self>> {
        (message.msg_type() == Self::MSG_TYPE.as_bytes()).then_some(View {
            message,
            kind: PhantomData,
        })
    }

    /// Starts a message of this type.
    #[inline]
    fn new<'a>(
        encoder: &'a Encoder,
        room: &'a mut [u8],
        msg_seq_num: u64,
        sending_time: UtcTimestamp,
    ) -> Builder<'a, Self> {
        Builder {
            writer: encoder.message(room, Self::MSG_TYPE, msg_seq_num, sending_time),
            set: 0,
            kind: PhantomData,
        }
    }
}

/// A message whose type is known; it reads like [`Message`].
///
/// # Examples
///
/// ```
/// use boom_fix::typed::{MessageType, View};
///
/// fn sequence<M: MessageType>(message: &View<'_, M>) -> Option<u64> {
///     message.msg_seq_num().ok()
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct View<'a, M> {
    message: Message<'a>,
    kind: PhantomData<fn() -> M>,
}

impl<'a, M> Deref for View<'a, M> {
    type Target = Message<'a>;

    fn deref(&self) -> &Message<'a> {
        &self.message
    }
}

/// A message of a known type while it is written.
///
/// # Examples
///
/// ```
/// use boom_fix::typed::{Field, MessageType, kind};
/// use boom_fix::{BeginString, EncodeError, Encoder, UtcTimestamp};
///
/// struct TestRequest;
/// const TEST_REQ_ID: Field<kind::Text> = Field::new(112);
///
/// impl MessageType for TestRequest {
///     const MSG_TYPE: &'static str = "1";
///     const REQUIRED: &'static [u32] = &[112];
/// }
///
/// let encoder = Encoder::new(BeginString::Fix44, "A", "B")?;
/// let mut room = [0; 256];
/// let request = TestRequest::new(&encoder, &mut room, 1, UtcTimestamp::UNIX_EPOCH);
/// assert_eq!(request.finish().err(), Some(EncodeError::Missing { tag: 112 }));
/// let mut request = TestRequest::new(&encoder, &mut room, 1, UtcTimestamp::UNIX_EPOCH);
/// request.set(TEST_REQ_ID, "are you there");
/// assert!(request.finish().is_ok());
/// # Ok::<(), EncodeError>(())
/// ```
#[derive(Debug)]
pub struct Builder<'a, M> {
    writer: MessageWriter<'a>,
    /// A bit for each of the required fields that were written.
    set: u64,
    kind: PhantomData<fn() -> M>,
}

impl<'a, M: MessageType> Builder<'a, M> {
    /// A field by its name.
    #[inline]
    pub fn set<K: Kind>(&mut self, field: Field<K>, value: K::Write<'_>) -> &mut Self {
        self.mark(field.tag);
        K::write(&mut self.writer, field.tag, value);
        self
    }

    /// A repeating group; see [`MessageWriter::group`].
    pub fn group(
        &mut self,
        count_tag: u32,
        entries: impl FnOnce(&mut GroupWriter<'_, 'a>),
    ) -> &mut Self {
        self.mark(count_tag);
        self.writer.group(count_tag, entries);
        self
    }

    /// All else that a writer can do.
    pub fn writer(&mut self) -> &mut MessageWriter<'a> {
        &mut self.writer
    }

    /// Fills in `BodyLength` and `CheckSum`.
    ///
    /// # Errors
    ///
    /// A required field was not set, or as [`MessageWriter::finish`].
    #[inline]
    pub fn finish(self) -> Result<Encoded<'a>, EncodeError> {
        let missing = M::REQUIRED.iter().take(64).enumerate();
        let mut missing = missing.filter(|&(index, _)| self.set >> index & 1 == 0);
        match missing.next() {
            Some((_, &tag)) => Err(EncodeError::Missing { tag }),
            None => self.writer.finish(),
        }
    }

    #[inline]
    fn mark(&mut self, tag: u32) {
        if let Some(index) = M::REQUIRED.iter().position(|&required| required == tag) {
            self.set |= 1u64.checked_shl(index as u32).unwrap_or(0);
        }
    }
}
