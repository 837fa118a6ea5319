//! Messages held against a dictionary.

mod met;

use self::met::Met;
use crate::dictionary::{DataType, Dictionary, FieldDef, MessageDef, Part, find, first_tag};
use crate::fields::Fields;
use crate::message::Message;
use crate::value::Value;

/// Checks messages against a [`Dictionary`].
///
/// # Examples
///
/// ```
/// # #[cfg(not(feature = "fix42"))]
/// # fn main() {}
/// # #[cfg(feature = "fix42")]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use boom_fix::{Decoder, FieldIndex, Reject, RejectReason, Validator};
///
/// // TestRequest without TestReqID (112).
/// let mut input = &b"8=FIX.4.2\x019=45\x0135=1\x0134=2\x0149=TW\x0152=20240506-12:34:56\x0156=ISLD\x0110=230\x01"[..];
/// let mut index = FieldIndex::new();
/// let message = Decoder::new().decode(&mut input, &mut index)?.ok_or("incomplete")?;
/// let mut validator = Validator::new(&boom_fix::fix42::DICTIONARY);
/// let missing = Reject { reason: RejectReason::RequiredTagMissing, ref_tag: 112 };
/// assert_eq!(validator.validate(&message), Err(missing));
/// assert_eq!(missing.reason.code(), 1);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Validator {
    dictionary: &'static Dictionary,
    permits_undefined: bool,
    checks_user_defined: bool,
    checks_values: bool,
    permits_empty: bool,
    met: Met,
}

/// Why a message is to be rejected: what `Reject` (35=3) tells in `SessionRejectReason` (373) and `RefTagID` (371).
///
/// # Examples
///
/// ```
/// use boom_fix::{Reject, RejectReason};
///
/// let reject = Reject { reason: RejectReason::ValueIncorrect, ref_tag: 54 };
/// assert_eq!(reject.to_string(), "tag 54: value is incorrect (out of range) for this tag");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("tag {ref_tag}: {reason}")]
pub struct Reject {
    /// The reason.
    pub reason: RejectReason,
    /// The field that it is about.
    pub ref_tag: u32,
}

/// The values of `SessionRejectReason` (373) that validation gives.
///
/// # Examples
///
/// ```
/// assert_eq!(boom_fix::RejectReason::UndefinedTag.code(), 3);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RejectReason {
    /// 1
    #[error("required tag missing")]
    RequiredTagMissing = 1,
    /// 2
    #[error("tag not defined for this message type")]
    TagNotDefinedForMessageType = 2,
    /// 3
    #[error("undefined tag")]
    UndefinedTag = 3,
    /// 4
    #[error("tag specified without a value")]
    TagWithoutValue = 4,
    /// 5
    #[error("value is incorrect (out of range) for this tag")]
    ValueIncorrect = 5,
    /// 6
    #[error("incorrect data format for value")]
    IncorrectDataFormat = 6,
    /// 11
    #[error("invalid MsgType")]
    InvalidMsgType = 11,
    /// 13
    #[error("tag appears more than once")]
    TagRepeated = 13,
    /// 14
    #[error("tag specified out of required order")]
    TagOutOfOrder = 14,
    /// 15
    #[error("repeating group fields out of order")]
    GroupOutOfOrder = 15,
    /// 16
    #[error("incorrect NumInGroup count for repeating group")]
    GroupCount = 16,
}

impl RejectReason {
    /// The number in `SessionRejectReason`.
    pub const fn code(self) -> u32 {
        self as u32
    }
}

type Result<T> = std::result::Result<T, Reject>;

const fn reject<T>(reason: RejectReason, ref_tag: u32) -> Result<T> {
    Err(Reject { reason, ref_tag })
}

/// From here on tags are defined by those who use them.
const USER_DEFINED: u32 = 5000;
const MSG_TYPE: u32 = 35;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd)]
enum Section {
    Header,
    Body,
    Trailer,
}

impl Validator {
    /// Holds messages against this dictionary. Tags from 5000 on that it does not have are accepted, other tags that it
    /// does not have are not.
    pub const fn new(dictionary: &'static Dictionary) -> Self {
        Self {
            dictionary,
            permits_undefined: false,
            checks_user_defined: false,
            checks_values: true,
            permits_empty: false,
            met: Met::new(),
        }
    }

    /// Whether tags are accepted that the dictionary, or the message's definition in it, does not have.
    #[must_use]
    pub const fn with_undefined_tags(mut self, permitted: bool) -> Self {
        self.permits_undefined = permitted;
        self
    }

    /// Whether tags from 5000 on are held to the dictionary too.
    #[must_use]
    pub const fn with_user_defined_checked(mut self, checked: bool) -> Self {
        self.checks_user_defined = checked;
        self
    }

    /// Whether values must be of their type and in the list of their field.
    #[must_use]
    pub const fn with_values_checked(mut self, checked: bool) -> Self {
        self.checks_values = checked;
        self
    }

    /// Whether a field may have no value.
    #[must_use]
    pub const fn with_empty_values(mut self, permitted: bool) -> Self {
        self.permits_empty = permitted;
        self
    }

    /// Checks a message.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with it: the order of header, body and trailer before what is missing, and that
    /// before what is wrong with a field.
    pub fn validate(&mut self, message: &Message<'_>) -> Result<()> {
        let Some(definition) = self.dictionary.message(message.msg_type()) else {
            return reject(RejectReason::InvalidMsgType, MSG_TYPE);
        };
        let fields = message.fields();
        self.met.begin(fields.tags());
        let result = self.check_all(fields, definition);
        self.met.end(fields.tags());
        result
    }

    fn check_all(&mut self, fields: Fields<'_>, definition: &'static MessageDef) -> Result<()> {
        let dictionary = self.dictionary;
        let mut section = Section::Header;
        let (mut at, mut fault) = (0, None);
        while let Some(field) = fields.at(at) {
            let (place, part) = if let Some((_, part)) = find(dictionary.header, field.tag) {
                (Section::Header, Some(part))
            } else if let Some((_, part)) = find(dictionary.trailer, field.tag) {
                (Section::Trailer, Some(part))
            } else {
                let part = find(definition.parts, field.tag).map(|(_, part)| part);
                (Section::Body, part)
            };
            if place < section {
                return reject(RejectReason::TagOutOfOrder, field.tag);
            }
            section = place;
            at = match self.check(fields, at, field, part) {
                Ok(next) => next,
                Err(reject) => {
                    fault.get_or_insert(reject);
                    behind_members(fields, at + 1, part)
                }
            };
        }
        for parts in [dictionary.header, definition.parts, dictionary.trailer] {
            require(parts, |tag| self.met.contains(tag))?;
        }
        fault.map_or(Ok(()), Err)
    }

    /// Checks a field outside of groups, or the group that it counts; returns where the next is.
    fn check(
        &mut self,
        fields: Fields<'_>,
        at: usize,
        field: Value<'_>,
        part: Option<&'static Part>,
    ) -> Result<usize> {
        let is_repeated = self.met.insert(field.tag);
        self.check_value(field)?;
        if part.is_none() && !self.permits(field.tag) {
            return reject(RejectReason::TagNotDefinedForMessageType, field.tag);
        }
        if is_repeated {
            return reject(RejectReason::TagRepeated, field.tag);
        }
        let Some(Part::Group { parts, .. }) = part else {
            return Ok(at + 1);
        };
        let mut fault = None;
        let next = self.check_group(fields, at + 1, field, parts, &mut fault)?;
        fault.map_or(Ok(next), Err)
    }

    fn permits(&self, tag: u32) -> bool {
        self.permits_undefined || (tag >= USER_DEFINED && !self.checks_user_defined)
    }

    /// Checks the entries of a group; returns where the next field is. What is wrong with a value comes behind what is
    /// wrong with the group, and is kept as `fault`.
    fn check_group(
        &self,
        fields: Fields<'_>,
        mut at: usize,
        count: Value<'_>,
        parts: &'static [Part],
        fault: &mut Option<Reject>,
    ) -> Result<usize> {
        let Ok(promised) = count.uint() else {
            return reject(RejectReason::IncorrectDataFormat, count.tag);
        };
        let first = first_tag(parts);
        let mut entries = 0;
        while let Some(field) = fields.at(at).filter(|field| Some(field.tag) == first) {
            entries += 1;
            if entries > promised {
                return reject(RejectReason::GroupCount, count.tag);
            }
            at = self.check_entry(fields, at, field, parts, fault)?;
        }
        if entries == promised {
            return Ok(at);
        }
        match fields.at(at) {
            // The first entry starts with another of its fields than it has to.
            Some(field) if entries == 0 && find(parts, field.tag).is_some() => {
                reject(RejectReason::GroupOutOfOrder, field.tag)
            }
            _ => reject(RejectReason::GroupCount, count.tag),
        }
    }

    fn check_entry(
        &self,
        fields: Fields<'_>,
        start: usize,
        first: Value<'_>,
        parts: &'static [Part],
        fault: &mut Option<Reject>,
    ) -> Result<usize> {
        let (mut at, mut last) = (start, None);
        while let Some(field) = fields.at(at) {
            if at > start && field.tag == first.tag {
                break;
            }
            let Some((place, part)) = find(parts, field.tag) else {
                break;
            };
            if last.is_some_and(|last| place <= last) {
                return reject(RejectReason::GroupOutOfOrder, field.tag);
            }
            last = Some(place);
            if let Err(reject) = self.check_value(field) {
                fault.get_or_insert(reject);
            }
            at = match part {
                Part::Group { parts, .. } => {
                    self.check_group(fields, at + 1, field, parts, fault)?
                }
                _ => at + 1,
            };
        }
        let entry = fields.tags().get(start..at).unwrap_or_default();
        require(parts, |tag| entry.contains(&tag))?;
        Ok(at)
    }

    fn check_value(&self, field: Value<'_>) -> Result<()> {
        let is_empty = field.bytes.is_empty();
        if is_empty && !self.permits_empty {
            return reject(RejectReason::TagWithoutValue, field.tag);
        }
        match self.dictionary.field(field.tag) {
            Some(_) if is_empty => Ok(()),
            Some(definition) if self.checks_values => check_type(field, definition),
            Some(_) => Ok(()),
            None if self.permits(field.tag) => Ok(()),
            None => reject(RejectReason::UndefinedTag, field.tag),
        }
    }
}

/// Where the members of a group end that something is wrong with.
fn behind_members(fields: Fields<'_>, mut at: usize, part: Option<&'static Part>) -> usize {
    if let Some(Part::Group { parts, .. }) = part {
        let is_member = |field: &Value<'_>| find(parts, field.tag).is_some();
        while fields.at(at).as_ref().is_some_and(is_member) {
            at += 1;
        }
    }
    at
}

/// Looks for what is required; of a component that may be left out nothing is.
fn require(parts: &'static [Part], is_there: impl Fn(u32) -> bool + Copy) -> Result<()> {
    for part in parts {
        match part {
            Part::Field { tag, is_required }
            | Part::Group {
                tag, is_required, ..
            } => {
                if *is_required && !is_there(*tag) {
                    return reject(RejectReason::RequiredTagMissing, *tag);
                }
            }
            Part::Component { is_required, parts } => {
                if *is_required {
                    require(parts, is_there)?;
                }
            }
        }
    }
    Ok(())
}

fn check_type(field: Value<'_>, definition: &FieldDef) -> Result<()> {
    // A listed value is good whatever the type says: `MiscFeeType` is a `char` that may be `10`.
    if definition.meaning(field.bytes).is_some() {
        return Ok(());
    }
    let is_formed = match definition.data_type {
        DataType::Int => field.int().is_ok(),
        DataType::Length | DataType::SeqNum | DataType::NumInGroup | DataType::TagNum => {
            field.uint().is_ok()
        }
        DataType::DayOfMonth => field.uint().is_ok_and(|day| (1..=31).contains(&day)),
        DataType::Float => field.decimal().is_ok(),
        DataType::Char => field.char().is_ok(),
        DataType::Boolean => field.bool().is_ok(),
        DataType::UtcTimestamp => field.timestamp().is_ok(),
        DataType::UtcTimeOnly => field.time().is_ok(),
        DataType::DateOnly => field.date().is_ok(),
        DataType::MonthYear => field.month_year().is_ok(),
        DataType::TzTimeOnly => field.tz_time().is_ok(),
        DataType::TzTimestamp => field.tz_timestamp().is_ok(),
        DataType::MultipleCharValue => field.words().all(|word| word.len() == 1),
        DataType::MultipleStringValue => field.words().all(|word| !word.is_empty()),
        DataType::String | DataType::Data => true,
    };
    if !is_formed {
        return reject(RejectReason::IncorrectDataFormat, field.tag);
    }
    let is_known = |value: &[u8]| definition.meaning(value).is_some();
    let is_listed = match definition.data_type {
        // Booleans are checked above, and whether there is such a message is known.
        _ if definition.values.is_empty() || field.tag == MSG_TYPE => true,
        DataType::MultipleCharValue | DataType::MultipleStringValue => field.words().all(is_known),
        _ => is_known(field.bytes),
    };
    if !is_listed {
        return reject(RejectReason::ValueIncorrect, field.tag);
    }
    Ok(())
}
