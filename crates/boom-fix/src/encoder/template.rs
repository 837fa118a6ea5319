//! Messages that differ in few fields.

mod patch;

use self::patch::Kept;
use super::{Encoded, Encoder, Result, text};
use crate::error::EncodeError;
use crate::value::{Decimal, UtcTimestamp};

/// A message that is kept as it was sent: what changes from one order to the next is filled in.
///
/// A value as long as the one before it takes its place, and `CheckSum` changes by what the two differ. A longer or
/// shorter one moves what stands behind it. Nothing is allocated, except where a message is longer than all before it
/// and some hundred bytes more than what was written in advance.
///
/// # Examples
///
/// ```
/// use boom_fix::{BeginString, Decimal, EncodeError, Encoder, Precision, UtcTimestamp};
///
/// let encoder = Encoder::new(BeginString::Fix44, "BUYER", "VENUE")?;
/// let mut template = encoder.template("D", |order| {
///     order.slot(11).text(55, "MSFT").text(54, "1").slot(38).text(40, "2").slot(44).slot(60);
/// })?;
/// let now = UtcTimestamp::from_unix_nanos(1_714_998_896_789_000_000, Precision::Millis);
/// let mut order = template.message(7, now);
/// order.text(11, "id-1").int(38, 100).decimal(44, Decimal::new(1015, 1)).timestamp(60, now);
/// let text = String::from_utf8_lossy(order.finish()?.as_bytes()).replace('\x01', "|");
/// assert!(text.contains("|11=id-1|55=MSFT|54=1|38=100|40=2|44=101.5|60=2024"), "{text}");
/// # Ok::<(), EncodeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Template {
    kept: Kept,
}

impl Encoder {
    /// Prepares a message of this type. The places for `MsgSeqNum` and `SendingTime` come by themselves.
    ///
    /// # Errors
    ///
    /// A tag or value that cannot be written.
    pub fn template(
        &self,
        msg_type: &str,
        fields: impl FnOnce(&mut TemplateBuilder),
    ) -> Result<Template> {
        let mut builder = TemplateBuilder::default();
        builder.text(35, msg_type);
        builder.body.extend(&self.session);
        builder.slot(34).slot(52);
        fields(&mut builder);
        match builder.error {
            Some(error) => Err(error),
            None => Ok(Template {
                kept: Kept::new(&self.begin, &builder.body, &builder.slots)?,
            }),
        }
    }
}

/// The fields of a [`Template`] in their order.
///
/// # Examples
///
/// ```
/// use boom_fix::{BeginString, EncodeError, Encoder};
///
/// let encoder = Encoder::new(BeginString::Fix44, "A", "B")?;
/// let error = encoder.template("D", |order| {
///     order.text(58, "");
/// });
/// assert_eq!(error.unwrap_err(), EncodeError::Empty { tag: 58 });
/// # Ok::<(), EncodeError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct TemplateBuilder {
    body: Vec<u8>,
    /// The tags of the places and where they are.
    slots: Vec<(u32, usize)>,
    error: Option<EncodeError>,
}

impl TemplateBuilder {
    /// A field that stays as it is.
    pub fn text(&mut self, tag: u32, value: &str) -> &mut Self {
        let fault = if value.is_empty() {
            Some(EncodeError::Empty { tag })
        } else if value.contains('\x01') {
            Some(EncodeError::Delimiter { tag })
        } else {
            super::check_tag(tag).err()
        };
        self.error = self.error.or(fault);
        self.body.extend(format!("{tag}={value}\x01").bytes());
        self
    }

    /// The place of a field that every message gives anew.
    pub fn slot(&mut self, tag: u32) -> &mut Self {
        self.error = self.error.or_else(|| super::check_tag(tag).err());
        self.body.extend(format!("{tag}=").bytes());
        self.slots.push((tag, self.body.len()));
        self.body.push(crate::SOH);
        self
    }
}

impl Template {
    /// Starts a message. Give all values, in the order of their places.
    #[inline]
    pub fn message(&mut self, msg_seq_num: u64, sending_time: UtcTimestamp) -> TemplateWriter<'_> {
        let mut writer = TemplateWriter {
            kept: &mut self.kept,
            next: 0,
            error: None,
        };
        writer.uint(34, msg_seq_num).timestamp(52, sending_time);
        writer
    }
}

/// A message of a [`Template`] while its places are filled in.
///
/// # Examples
///
/// ```
/// use boom_fix::{BeginString, EncodeError, Encoder, UtcTimestamp};
///
/// let encoder = Encoder::new(BeginString::Fix44, "A", "B")?;
/// let mut template = encoder.template("1", |test_request| {
///     test_request.slot(112);
/// })?;
/// let unfinished = template.message(1, UtcTimestamp::UNIX_EPOCH);
/// assert_eq!(unfinished.finish().unwrap_err(), EncodeError::Missing { tag: 112 });
/// # Ok::<(), EncodeError>(())
/// ```
#[derive(Debug)]
pub struct TemplateWriter<'a> {
    kept: &'a mut Kept,
    /// The place that is to be filled in now.
    next: usize,
    error: Option<EncodeError>,
}

impl<'a> TemplateWriter<'a> {
    /// Text as it is.
    #[inline]
    pub fn text(&mut self, tag: u32, value: &str) -> &mut Self {
        if value.is_empty() {
            return self.fail(EncodeError::Empty { tag });
        }
        match text::sum(value.as_bytes()) {
            Some(sum) => self.fill(tag, |kept, slot| kept.put(slot, value.as_bytes(), sum)),
            None => self.fail(EncodeError::Delimiter { tag }),
        }
    }

    /// `int`
    #[inline]
    pub fn int(&mut self, tag: u32, value: i64) -> &mut Self {
        match u64::try_from(value) {
            Ok(value) => self.uint(tag, value),
            Err(_) => self.long(tag, |room| text::int(room, value)),
        }
    }

    /// `int` that is not negative: `SeqNum`, `Length`.
    #[inline]
    pub fn uint(&mut self, tag: u32, value: u64) -> &mut Self {
        match text::short_uint(value) {
            Some((text, width)) => self.fill(tag, |kept, slot| kept.put_word(slot, text, width)),
            None => self.long(tag, |room| text::uint(room, value)),
        }
    }

    /// `Price`, `Qty`, `Amt`, ...
    #[inline]
    pub fn decimal(&mut self, tag: u32, value: Decimal) -> &mut Self {
        match text::short_decimal(value) {
            Some((text, width)) => self.fill(tag, |kept, slot| kept.put_word(slot, text, width)),
            None => self.long(tag, |room| text::decimal(room, value)),
        }
    }

    /// `UTCTimestamp`
    #[inline]
    pub fn timestamp(&mut self, tag: u32, value: UtcTimestamp) -> &mut Self {
        if !value.is_valid() {
            return self.fail(EncodeError::NoSuchTime { tag });
        }
        self.fill(tag, |kept, slot| kept.put_timestamp(slot, value))
    }

    /// Fills in `CheckSum`.
    ///
    /// # Errors
    ///
    /// The first thing that went wrong: a place without a value, a value that cannot be written, too long a message.
    #[inline]
    pub fn finish(self) -> Result<Encoded<'a>> {
        if let Some(error) = self.error {
            return Err(error);
        }
        if let Some(tag) = self.kept.tag_of(self.next) {
            return Err(EncodeError::Missing { tag });
        }
        Ok(Encoded {
            bytes: self.kept.finish(),
            start: 0,
        })
    }

    #[inline(always)]
    fn fill(&mut self, tag: u32, put: impl FnOnce(&mut Kept, usize) -> Result<()>) -> &mut Self {
        let expected = self.kept.tag_of(self.next);
        if expected != Some(tag) {
            // Behind the last place there is none for it.
            return self.fail(EncodeError::Missing {
                tag: expected.unwrap_or(tag),
            });
        }
        let result = put(self.kept, self.next);
        self.next += 1;
        match result {
            Ok(()) => self,
            Err(error) => self.fail(error),
        }
    }

    /// Numbers that do not fit eight characters.
    #[inline(never)]
    fn long(&mut self, tag: u32, write: impl FnOnce(&mut [u8]) -> usize) -> &mut Self {
        let mut room = [0; 32];
        let width = write(&mut room);
        let text = room.get(..width).unwrap_or_default();
        let sum = text::sum(text).unwrap_or(0);
        self.fill(tag, |kept, slot| kept.put(slot, text, sum))
    }

    #[cold]
    fn fail(&mut self, error: EncodeError) -> &mut Self {
        self.error.get_or_insert(error);
        self
    }
}
