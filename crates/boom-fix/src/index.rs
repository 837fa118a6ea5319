//! Where the fields of a message are: the memory that is used again for each.

use crate::data_fields::DataFields;
use crate::error::{Error, FieldError, FieldFault};
use crate::fields::{Fields, SOH};
use crate::sys::{Frame, Indexed, Kernel, Outcome, Place, SLACK, TRAILER, Tables};

/// Tags and places of the fields of one message, written by the decoder and used again for the next.
///
/// # Examples
///
/// ```
/// use boom_fix::{Error, FieldIndex, Fields};
///
/// let mut index = FieldIndex::with_max_fields(2);
/// assert_eq!(Fields::parse(b"35=0\x0134=7\x01", &mut index)?.len(), 2);
/// let error = Fields::parse(b"35=0\x0134=7\x0149=A\x01", &mut index).unwrap_err();
/// assert_eq!(error, Error::TooManyFields { tag: 49, offset: 10, max: 2 });
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct FieldIndex {
    tables: Tables,
    max_fields: usize,
    data_fields: DataFields,
}

impl FieldIndex {
    /// Room for 2,048 fields a message.
    pub fn new() -> Self {
        Self::with_max_fields(2048)
    }

    /// Room for so many; sixteen bytes each.
    pub fn with_max_fields(max_fields: usize) -> Self {
        let entries = max_fields.saturating_add(SLACK);
        Self {
            tables: Tables {
                tags: vec![0; entries],
                places: vec![Place::default(); entries],
                ends: vec![0; entries],
            },
            max_fields,
            data_fields: DataFields::standard(),
        }
    }

    /// Which fields may hold the delimiter; those of FIX 4.0 to 5.0 SP2 without this.
    #[must_use]
    pub fn with_data_fields(mut self, data_fields: DataFields) -> Self {
        self.data_fields = data_fields;
        self
    }

    #[cfg(feature = "session")]
    pub(crate) const fn data_fields(&self) -> &DataFields {
        &self.data_fields
    }

    /// The limit.
    pub const fn max_fields(&self) -> usize {
        self.max_fields
    }

    /// Indexes a message whose first two fields end at the places given and whose sum was taken so far.
    ///
    /// Returns the number of fields, the trailer included, or `None` if the checksum is another.
    #[inline]
    pub(crate) fn fill(
        &mut self,
        kernel: Kernel,
        bytes: &[u8],
        head: &HeadPlaces,
    ) -> Option<Result<usize, Partly>> {
        self.put_head(head)?;
        let frame = Frame::new(bytes, head.body, &self.data_fields)?;
        let end = bytes.len() - TRAILER;
        let Indexed {
            count,
            sum,
            outcome,
        } = kernel.index(&frame, &mut self.tables);
        if outcome != Outcome::Full && head.sum.wrapping_add(sum) & 0xff != head.checksum {
            return None;
        }
        if outcome != Outcome::Plain || count >= self.max_fields {
            return self.fill_again(kernel, bytes, head);
        }
        self.put(count, 10, end + 3, bytes.len() - 1);
        Some(Ok(count + 1))
    }

    /// Indexes a message that the kernel was not sure of, one field after the other.
    #[cold]
    fn fill_again(
        &mut self,
        kernel: Kernel,
        bytes: &[u8],
        head: &HeadPlaces,
    ) -> Option<Result<usize, Partly>> {
        let (content, _) = bytes.split_at_checked(bytes.len().checked_sub(TRAILER)?)?;
        let (sum, _) = kernel.sum_and_count(content);
        if sum & 0xff != head.checksum {
            return None;
        }
        let (count, mut error) = self.fill_carefully(content, head.body, 2);
        if count >= self.max_fields {
            error.get_or_insert_with(|| self.too_many(10, content.len()));
        }
        // There is room behind the fields that are permitted.
        self.put(count, 10, content.len() + 3, bytes.len() - 1);
        let fields = count + 1;
        Some(match error {
            Some(error) => Err(Partly { fields, error }),
            None => Ok(fields),
        })
    }

    /// `BeginString` and `BodyLength`.
    #[inline]
    fn put_head(&mut self, head: &HeadPlaces) -> Option<()> {
        let (begin_end, length_end) = (head.begin_end as u32, head.body as u32 - 1);
        *self.tables.tags.first_chunk_mut()? = [8, 9];
        *self.tables.places.first_chunk_mut()? = [
            Place {
                start: 2,
                end: begin_end,
            },
            Place {
                start: begin_end + 3,
                end: length_end,
            },
        ];
        *self.tables.ends.first_chunk_mut()? = [begin_end, length_end];
        Some(())
    }

    #[inline]
    fn put(&mut self, index: usize, tag: u32, start: usize, end: usize) {
        let place = Place {
            start: start as u32,
            end: end as u32,
        };
        if let (Some(tags), Some(places)) = (
            self.tables.tags.get_mut(index),
            self.tables.places.get_mut(index),
        ) {
            (*tags, *places) = (tag, place);
        }
    }

    /// The first `count` fields of a message.
    #[inline]
    pub(crate) fn fields<'a>(&'a self, bytes: &'a [u8], count: usize) -> Fields<'a> {
        Fields {
            bytes,
            tags: self.tables.tags.get(..count).unwrap_or_default(),
            places: self.tables.places.get(..count).unwrap_or_default(),
        }
    }

    /// One field after the other from `at` to the end of `bytes`, with data fields as long as they say.
    ///
    /// Goes on behind what is no field, and tells how many there are and the first thing that was wrong.
    pub(crate) fn fill_carefully(
        &mut self,
        bytes: &[u8],
        mut at: usize,
        first: usize,
    ) -> (usize, Option<Error>) {
        let (mut count, mut error) = (first, None);
        // The data field that has to follow, and its length.
        let mut announced: Option<(u32, usize)> = None;
        while at < bytes.len() {
            let rest = bytes.get(at..).unwrap_or_default();
            let Some((tag, width)) = tag_of(rest) else {
                error.get_or_insert_with(|| fault(0, at, FieldFault::Malformed));
                announced = None;
                at += end_of(rest).unwrap_or(rest.len()) + 1;
                continue;
            };
            if count >= self.max_fields {
                error.get_or_insert_with(|| self.too_many(tag, at));
                break;
            }
            let start = at + width;
            let value = rest.get(width..).unwrap_or_default();
            let expected = announced.take().filter(|&(data, _)| data == tag);
            let expected = expected.map(|(_, length)| length);
            let found = expected.filter(|&length| value.get(length) == Some(&SOH));
            if found != expected {
                error.get_or_insert_with(|| fault(tag, start, FieldFault::DataLength));
            }
            let Some(length) = found.or_else(|| end_of(value)) else {
                error.get_or_insert_with(|| fault(tag, start, FieldFault::Malformed));
                break;
            };
            self.put(count, tag, start, start + length);
            count += 1;
            if let Some(data) = self.data_fields.data_of(tag) {
                let digits = value.get(..length).unwrap_or_default();
                let length =
                    crate::value::digits_of(digits).and_then(|length| length.try_into().ok());
                announced = length.map(|length| (data, length));
            }
            at = start + length + 1;
        }
        (count, error)
    }

    const fn too_many(&self, tag: u32, offset: usize) -> Error {
        Error::TooManyFields {
            tag,
            offset,
            max: self.max_fields,
        }
    }
}

impl Default for FieldIndex {
    fn default() -> Self {
        Self::new()
    }
}

/// What is known of a message before its body is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeadPlaces {
    /// Where the value of `BeginString` ends.
    pub(crate) begin_end: usize,
    /// Where the body starts.
    pub(crate) body: usize,
    /// The sum of the bytes before the body.
    pub(crate) sum: u32,
    /// What the trailer says.
    pub(crate) checksum: u32,
}

/// A message of which so many fields can be read, the trailer included, and the first thing that is wrong with it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Partly {
    pub(crate) fields: usize,
    pub(crate) error: Error,
}

const fn fault(tag: u32, offset: usize, fault: FieldFault) -> Error {
    Error::Field(FieldError { tag, offset, fault })
}

/// Where the first delimiter stands.
fn end_of(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|&byte| byte == SOH)
}

/// The tag at the front and its width with the sign.
fn tag_of(bytes: &[u8]) -> Option<(u32, usize)> {
    let mut tag = 0u32;
    for (index, &byte) in bytes.iter().enumerate() {
        match byte {
            b'0'..=b'9' => tag = tag.checked_mul(10)?.checked_add(u32::from(byte - b'0'))?,
            b'=' => return (tag != 0).then_some((tag, index + 1)),
            _ => return None,
        }
    }
    None
}
