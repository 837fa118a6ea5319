//! Fields of a message, of its header, of its body or of one entry of a group.

use std::fmt;

use crate::error::{Error, FieldError, FieldFault};
use crate::group::{Group, GroupDef};
use crate::index::FieldIndex;
use crate::sys::Place;
use crate::value::{Date, Decimal, FromValue, UtcTimestamp, Value, eight_digits, short_value};

/// The delimiter: every field ends in it.
pub const SOH: u8 = 1;

type Result<T> = std::result::Result<T, FieldError>;

/// Fields in the order in which they came, borrowed from the buffer.
///
/// `get` and what is built on it find the first field of a tag, from wherever; a [`Reader`] goes on from where it was,
/// so that reading in the order of the message costs no search.
///
/// # Examples
///
/// ```
/// use boom_fix::{Decimal, Error, FieldIndex, Fields};
///
/// let mut index = FieldIndex::new();
/// let fields = Fields::parse(b"55=MSFT\x0138=100\x0144=101.5\x0158=a\x0158=b\x01", &mut index)?;
/// assert_eq!(fields.text(55)?, "MSFT");
/// assert_eq!(fields.int(38)?, 100);
/// assert_eq!(fields.decimal(44)?, Decimal::new(1015, 1));
/// assert_eq!(fields.get(99), None);
/// assert_eq!(fields.optional::<i64>(99)?, None);
/// assert_eq!(fields.all(58).count(), 2);
/// assert!(fields.iter().map(|field| field.tag()).eq([55, 38, 44, 58, 58]));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Fields<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) tags: &'a [u32],
    pub(crate) places: &'a [Place],
}

impl<'a> Fields<'a> {
    /// Reads fields that are not framed: each is `tag=value` and the delimiter.
    ///
    /// # Errors
    ///
    /// [`Error::Field`] for what is no field, [`Error::TooManyFields`].
    pub fn parse(bytes: &'a [u8], index: &'a mut FieldIndex) -> std::result::Result<Self, Error> {
        if u32::try_from(bytes.len()).is_err() {
            return Err(Error::MessageTooLong {
                offset: 0,
                length: bytes.len(),
                max: u32::MAX as usize,
            });
        }
        match index.fill_carefully(bytes, 0, 0) {
            (_, Some(error)) => Err(error),
            (count, None) => Ok(index.fields(bytes, count)),
        }
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.tags.len()
    }

    /// Returns true if there are none.
    pub const fn is_empty(&self) -> bool {
        self.tags.is_empty()
    }

    /// All tags in order.
    #[inline]
    pub const fn tags(&self) -> &'a [u32] {
        self.tags
    }

    /// The field at a position.
    #[inline]
    pub fn at(&self, position: usize) -> Option<Value<'a>> {
        let (&tag, &place) = (self.tags.get(position)?, self.places.get(position)?);
        Some(value(self.bytes, tag, place))
    }

    /// Where the first field of a tag stands among these.
    #[inline]
    pub fn position(&self, tag: u32) -> Option<usize> {
        position(self.tags, tag)
    }

    /// The first field of a tag.
    #[inline]
    pub fn get(&self, tag: u32) -> Option<Value<'a>> {
        self.at(self.position(tag)?)
    }

    /// Every field of a tag, in order.
    pub fn all(&self, tag: u32) -> impl Iterator<Item = Value<'a>> + use<'a> {
        self.iter().filter(move |field| field.tag == tag)
    }

    /// Every field, in order.
    pub fn iter(&self) -> Iter<'a> {
        Iter { fields: *self }
    }

    /// Reads on from where it was.
    pub fn reader(&self) -> Reader<'a> {
        Reader {
            fields: *self,
            at: 0,
        }
    }

    /// The field of a tag.
    ///
    /// # Errors
    ///
    /// [`FieldFault::Missing`]
    #[inline]
    pub fn value(&self, tag: u32) -> Result<Value<'a>> {
        self.get(tag).ok_or_else(|| missing(tag))
    }

    /// The field of a tag, read as any type, if it is there.
    ///
    /// # Errors
    ///
    /// It is there and none of that type.
    #[inline]
    pub fn optional<T: FromValue<'a>>(&self, tag: u32) -> Result<Option<T>> {
        self.get(tag).map(T::from_value).transpose()
    }

    /// `int`, `SeqNum`, `Length`, ...
    ///
    /// # Errors
    ///
    /// It is missing or not an integer.
    #[inline]
    pub fn int(&self, tag: u32) -> Result<i64> {
        self.read(tag)
    }

    /// `Price`, `Qty`, `Amt`, ...
    ///
    /// # Errors
    ///
    /// It is missing or not a decimal number.
    #[inline]
    pub fn decimal(&self, tag: u32) -> Result<Decimal> {
        self.read(tag)
    }

    /// The entries of a repeating group; none if the group is not there.
    ///
    /// # Errors
    ///
    /// The count is no number.
    #[inline]
    pub fn group(&self, group: &'a GroupDef<'a>) -> Result<Group<'a>> {
        match self.position(group.count_tag()) {
            Some(position) => Group::new(*self, position, group),
            None => Ok(Group::none(*self, group)),
        }
    }

    /// What is behind the first `count` fields.
    #[inline]
    #[must_use]
    pub(crate) fn skip(self, count: usize) -> Self {
        Self {
            bytes: self.bytes,
            tags: self.tags.get(count..).unwrap_or_default(),
            places: self.places.get(count..).unwrap_or_default(),
        }
    }

    /// The first `count` fields and those behind them.
    #[inline(always)]
    pub(crate) fn split_at(self, count: usize) -> Option<(Self, Self)> {
        let (tags, other_tags) = self.tags.split_at_checked(count)?;
        let (places, other_places) = self.places.split_at_checked(count)?;
        let of = |tags, places| Self {
            bytes: self.bytes,
            tags,
            places,
        };
        Some((of(tags, places), of(other_tags, other_places)))
    }

    /// The first `count` fields.
    #[inline]
    #[must_use]
    pub(crate) fn take(self, count: usize) -> Self {
        Self {
            bytes: self.bytes,
            tags: self.tags.get(..count).unwrap_or(self.tags),
            places: self.places.get(..count).unwrap_or(self.places),
        }
    }
}

#[inline(always)]
fn value(bytes: &[u8], tag: u32, place: Place) -> Value<'_> {
    let bytes = bytes.get(place.start as usize..place.end as usize);
    Value {
        bytes: bytes.unwrap_or_default(),
        tag,
        offset: place.start,
    }
}

macro_rules! typed_reads {
    ($(#[$attribute:meta])* $type:ident $($mutability:tt)?) => {
        $(#[$attribute])*
        impl<'a> $type<'a> {
            /// The field of a tag, read as any type.
            ///
            /// # Errors
            ///
            /// It is missing or none of that type.
            #[inline]
            pub fn read<T: FromValue<'a>>(&$($mutability)? self, tag: u32) -> Result<T> {
                self.value(tag).and_then(T::from_value)
            }

            /// Text: `String`, `Currency`, `Exchange`, ...
            ///
            /// # Errors
            ///
            /// It is missing or not UTF-8.
            #[inline]
            pub fn text(&$($mutability)? self, tag: u32) -> Result<&'a str> {
                self.read(tag)
            }

            /// `char`
            ///
            /// # Errors
            ///
            /// It is missing or not one character.
            #[inline]
            pub fn char(&$($mutability)? self, tag: u32) -> Result<char> {
                self.read(tag)
            }

            /// `Boolean`
            ///
            /// # Errors
            ///
            /// It is missing or neither `Y` nor `N`.
            #[inline]
            pub fn bool(&$($mutability)? self, tag: u32) -> Result<bool> {
                self.read(tag)
            }

            /// `UTCTimestamp`
            ///
            /// # Errors
            ///
            /// It is missing or no timestamp.
            #[inline]
            pub fn timestamp(&$($mutability)? self, tag: u32) -> Result<UtcTimestamp> {
                self.read(tag)
            }

            /// `UTCDateOnly`, `LocalMktDate`
            ///
            /// # Errors
            ///
            /// It is missing or no date.
            #[inline]
            pub fn date(&$($mutability)? self, tag: u32) -> Result<Date> {
                self.read(tag)
            }
        }
    };
}

typed_reads!(Fields);
typed_reads!(Reader mut);

impl fmt::Debug for Fields<'_> {
    /// `35=D|55=MSFT|`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for field in self.iter() {
            write!(f, "{}={}|", field.tag, field.bytes.escape_ascii())?;
        }
        Ok(())
    }
}

impl<'a> IntoIterator for Fields<'a> {
    type Item = Value<'a>;
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

/// Fields one after the other.
///
/// # Examples
///
/// ```
/// use boom_fix::{Error, FieldIndex, Fields};
///
/// let mut index = FieldIndex::new();
/// let fields = Fields::parse(b"55=A\x0138=1\x01", &mut index)?;
/// assert_eq!(fields.iter().next().map(|field| field.as_bytes()), Some(&b"A"[..]));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Iter<'a> {
    fields: Fields<'a>,
}

impl<'a> Iterator for Iter<'a> {
    type Item = Value<'a>;

    #[inline]
    fn next(&mut self) -> Option<Value<'a>> {
        let field = self.fields.at(0)?;
        self.fields = self.fields.skip(1);
        Some(field)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.fields.len(), Some(self.fields.len()))
    }
}

/// Finds fields from where it found the last, and from the start again if there is none.
///
/// # Examples
///
/// ```
/// use boom_fix::{Error, FieldIndex, Fields};
///
/// let mut index = FieldIndex::new();
/// let fields = Fields::parse(b"55=A\x0158=x\x0138=1\x0158=y\x01", &mut index)?;
/// let mut reader = fields.reader();
/// assert_eq!((reader.text(55)?, reader.int(38)?), ("A", 1));
/// // On from tag 38.
/// assert_eq!(reader.text(58)?, "y");
/// assert_eq!(reader.text(58)?, "x");
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    fields: Fields<'a>,
    /// The first that was not looked at yet.
    at: usize,
}

impl<'a> Reader<'a> {
    /// The next field of a tag.
    #[inline(always)]
    pub fn find(&mut self, tag: u32) -> Option<Value<'a>> {
        let place = self.place(tag)?;
        Some(value(self.fields.bytes, tag, place))
    }

    #[inline(always)]
    fn place(&mut self, tag: u32) -> Option<Place> {
        let mut at = self.at;
        while let Some(&known) = self.fields.tags.get(at) {
            if known == tag {
                self.at = at + 1;
                return self.fields.places.get(at).copied();
            }
            at += 1;
        }
        let found = from_start(self.fields.tags, self.fields.places, tag);
        self.at = found.map_or(self.fields.tags.len(), |(position, _)| position + 1);
        found.map(|(_, place)| place)
    }

    /// `Price`, `Qty`, `Amt`, ...
    ///
    /// # Errors
    ///
    /// It is missing or not a decimal number.
    #[inline(always)]
    pub fn decimal(&mut self, tag: u32) -> Result<Decimal> {
        let place = self.place(tag).ok_or_else(|| missing(tag))?;
        let number = Decimal::parse_at(self.fields.bytes, place.start, place.end);
        number.ok_or(FieldError {
            tag,
            offset: place.start as usize,
            fault: FieldFault::NotADecimal,
        })
    }

    /// `int`, `SeqNum`, `Length`, ...
    ///
    /// # Errors
    ///
    /// It is missing or not an integer.
    #[inline(always)]
    pub fn int(&mut self, tag: u32) -> Result<i64> {
        let place = self.place(tag).ok_or_else(|| missing(tag))?;
        let digits = short_value(self.fields.bytes, place.start, place.end);
        match digits.and_then(eight_digits) {
            Some(number) => Ok(number),
            None => any_int(value(self.fields.bytes, tag, place)),
        }
    }

    /// The next field of a tag.
    ///
    /// # Errors
    ///
    /// [`FieldFault::Missing`]
    #[inline]
    pub fn value(&mut self, tag: u32) -> Result<Value<'a>> {
        self.find(tag).ok_or_else(|| missing(tag))
    }

    /// The next field of a tag, read as any type, if there is one.
    ///
    /// # Errors
    ///
    /// It is there and none of that type.
    #[inline]
    pub fn optional<T: FromValue<'a>>(&mut self, tag: u32) -> Result<Option<T>> {
        self.find(tag).map(T::from_value).transpose()
    }
}

/// Apart from the reader, which stays in registers that way.
#[cold]
#[inline(never)]
fn from_start(tags: &[u32], places: &[Place], tag: u32) -> Option<(usize, Place)> {
    let position = position(tags, tag)?;
    Some((position, *places.get(position)?))
}

/// A negative one, or one of more than eight digits.
#[inline(never)]
fn any_int(value: Value<'_>) -> Result<i64> {
    value.int()
}

const fn missing(tag: u32) -> FieldError {
    FieldError {
        tag,
        offset: 0,
        fault: FieldFault::Missing,
    }
}

/// Eight tags without a loop, then the next.
#[inline]
fn position(tags: &[u32], tag: u32) -> Option<usize> {
    let (eights, rest) = tags.as_chunks::<8>();
    for (index, eight) in eights.iter().enumerate() {
        for (within, &known) in eight.iter().enumerate() {
            if known == tag {
                return Some(8 * index + within);
            }
        }
    }
    let within = rest.iter().position(|&known| known == tag)?;
    Some(8 * eights.len() + within)
}
