//! What a version of FIX defines, as tables.

#[doc(hidden)]
#[macro_use]
pub mod macros;

use std::fmt;

/// Fields, messages, header and trailer of one version of FIX, or of a venue's dialect of it.
///
/// Those of the standard are behind features, a module each; `boom-fix-codegen` makes others.
///
/// # Examples
///
/// ```
/// use boom_fix::dictionary::{DataType, Dictionary};
///
/// fn name_of(dictionary: &Dictionary, tag: u32) -> &str {
///     dictionary.field(tag).map_or("?", |field| field.name)
/// }
/// # #[cfg(feature = "fix44")]
/// assert_eq!(name_of(&boom_fix::fix44::DICTIONARY, 55), "Symbol");
/// ```
#[derive(Debug)]
pub struct Dictionary {
    /// `FIX.4.4`
    pub name: &'static str,
    /// By tag.
    pub fields: &'static [FieldDef],
    /// By `MsgType`.
    pub messages: &'static [MessageDef],
    /// The standard header.
    pub header: &'static [Part],
    /// The standard trailer.
    pub trailer: &'static [Part],
}

impl Dictionary {
    /// The field of a tag.
    pub fn field(&self, tag: u32) -> Option<&'static FieldDef> {
        let index = self.fields.binary_search_by_key(&tag, |field| field.tag);
        self.fields.get(index.ok()?)
    }

    /// The message of a type.
    pub fn message(&self, msg_type: &[u8]) -> Option<&'static MessageDef> {
        let messages = self.messages;
        let index = messages.binary_search_by_key(&msg_type, |message| message.msg_type.as_bytes());
        messages.get(index.ok()?)
    }
}

/// A field.
///
/// # Examples
///
/// ```
/// use boom_fix::dictionary::{DataType, FieldDef};
///
/// let side = FieldDef {
///     tag: 54,
///     name: "Side",
///     data_type: DataType::Char,
///     values: &[("1", "BUY"), ("2", "SELL")],
/// };
/// assert_eq!(side.meaning(b"2"), Some("SELL"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct FieldDef {
    /// Its number.
    pub tag: u32,
    /// Its name.
    pub name: &'static str,
    /// What its value is.
    pub data_type: DataType,
    /// The values that it may have and what they mean; empty if there is no list.
    pub values: &'static [(&'static str, &'static str)],
}

impl FieldDef {
    /// What no dictionary has.
    const NONE: Self = Self {
        tag: 0,
        name: "",
        data_type: DataType::String,
        values: &[],
    };

    /// What a value means, if there is a list and it is in it.
    pub fn meaning(&self, value: &[u8]) -> Option<&'static str> {
        let mut values = self.values.iter();
        let found = values.find(|(known, _)| known.as_bytes() == value);
        found.map(|&(_, meaning)| meaning)
    }
}

/// The data types of FIX (FIX 5.0 SP2 Volume 1, "FIX Data Types"), as far as they differ in form.
///
/// # Examples
///
/// ```
/// use boom_fix::dictionary::DataType;
///
/// assert_eq!(DataType::Float.to_string(), "float");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DataType {
    /// `int`
    Int,
    /// `Length`
    Length,
    /// `SeqNum`
    SeqNum,
    /// `NumInGroup`
    NumInGroup,
    /// `TagNum`
    TagNum,
    /// `DayOfMonth`
    DayOfMonth,
    /// `float`, `Qty`, `Price`, `PriceOffset`, `Amt`, `Percentage`
    Float,
    /// `char`
    Char,
    /// `Boolean`
    Boolean,
    /// `String`, `Currency`, `Exchange`, `Country`, `Language`, `Pattern`, ...
    String,
    /// `MultipleCharValue`
    MultipleCharValue,
    /// `MultipleStringValue`, `MultipleValueString`
    MultipleStringValue,
    /// `UTCTimestamp`
    UtcTimestamp,
    /// `UTCTimeOnly`
    UtcTimeOnly,
    /// `UTCDateOnly`, `LocalMktDate`
    DateOnly,
    /// `MonthYear`
    MonthYear,
    /// `TZTimeOnly`
    TzTimeOnly,
    /// `TZTimestamp`
    TzTimestamp,
    /// `data`, `XMLData`
    Data,
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Int => "int",
            Self::Float => "float",
            Self::Char => "char",
            Self::Data => "data",
            other => return write!(f, "{other:?}"),
        })
    }
}

/// A message.
///
/// # Examples
///
/// ```
/// use boom_fix::dictionary::{MessageDef, Part};
///
/// static TEST_REQUEST: MessageDef = MessageDef {
///     msg_type: "1",
///     name: "TestRequest",
///     parts: &[Part::Field { tag: 112, is_required: true }],
/// };
/// assert_eq!(TEST_REQUEST.parts.len(), 1);
/// ```
#[derive(Debug)]
pub struct MessageDef {
    /// The value of `MsgType` (35).
    pub msg_type: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its body.
    pub parts: &'static [Part],
}

/// What messages, components and groups consist of.
///
/// # Examples
///
/// ```
/// use boom_fix::dictionary::Part;
///
/// static PARTIES: &[Part] = &[Part::Group {
///     tag: 453,
///     is_required: false,
///     parts: &[Part::Field { tag: 448, is_required: false }],
/// }];
/// assert!(matches!(PARTIES, [Part::Group { tag: 453, .. }]));
/// ```
#[derive(Debug)]
pub enum Part {
    /// A field.
    Field {
        /// Its tag.
        tag: u32,
        /// Whether it has to be there.
        is_required: bool,
    },
    /// Parts that several messages have.
    Component {
        /// Whether what is required of it has to be there.
        is_required: bool,
        /// Its parts.
        parts: &'static &'static [Self],
    },
    /// A repeating group.
    Group {
        /// The tag of the field that counts.
        tag: u32,
        /// Whether it has to be there.
        is_required: bool,
        /// The parts of an entry; with the first of them an entry starts.
        parts: &'static [Self],
    },
}

/// Finds a field or group among parts, in components too, and its place in their order.
pub(crate) fn find(parts: &'static [Part], tag: u32) -> Option<(usize, &'static Part)> {
    let mut place = 0;
    find_from(parts, tag, &mut place).map(|part| (place, part))
}

fn find_from(parts: &'static [Part], wanted: u32, place: &mut usize) -> Option<&'static Part> {
    for part in parts {
        match part {
            Part::Field { tag, .. } | Part::Group { tag, .. } => {
                if *tag == wanted {
                    return Some(part);
                }
                *place += 1;
            }
            Part::Component { parts, .. } => {
                let found = find_from(parts, wanted, place);
                if found.is_some() {
                    return found;
                }
            }
        }
    }
    None
}

/// The tag with which entries of these parts start.
pub(crate) fn first_tag(parts: &'static [Part]) -> Option<u32> {
    match parts.first()? {
        Part::Field { tag, .. } | Part::Group { tag, .. } => Some(*tag),
        Part::Component { parts, .. } => first_tag(parts),
    }
}
