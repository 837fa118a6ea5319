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
    ) -> Option<Result<usize, Error>> {
        self.put_head(head)?;
        let frame = Frame::new(bytes, head.body, &self.data_fields)?;
        let end = bytes.len() - TRAILER;
        let Indexed {
            mut count,
            sum,
            outcome,
        } = kernel.index(&frame, &mut self.tables);
        if outcome != Outcome::Full && head.sum.wrapping_add(sum) & 0xff != head.checksum {
            return None;
        }
        if outcome != Outcome::Plain || count >= self.max_fields {
            let (all, _) = kernel.sum_and_count(&bytes[..end]);
            if all & 0xff != head.checksum {
                return None;
            }
            match self.fill_carefully(&bytes[..end], head.body, 2) {
                Ok(fields) => count = fields,
                Err(error) => return Some(Err(error)),
            }
            if count >= self.max_fields {
                return Some(Err(self.too_many(10, end)));
            }
        }
        self.put(count, 10, end + 3, bytes.len() - 1);
        Some(Ok(count + 1))
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
    pub(crate) fn fill_carefully(
        &mut self,
        bytes: &[u8],
        mut at: usize,
        first: usize,
    ) -> Result<usize, Error> {
        let mut count = first;
        // The data field that has to follow, and its length.
        let mut announced: Option<(u32, usize)> = None;
        while at < bytes.len() {
            let rest = bytes.get(at..).unwrap_or_default();
            let (tag, width) = tag_of(rest).ok_or_else(|| fault(0, at, FieldFault::Malformed))?;
            if count >= self.max_fields {
                return Err(self.too_many(tag, at));
            }
            let start = at + width;
            let value = rest.get(width..).unwrap_or_default();
            let length = match announced.take().filter(|&(data, _)| data == tag) {
                Some((_, length)) if value.get(length) == Some(&SOH) => length,
                Some(_) => return Err(fault(tag, start, FieldFault::DataLength).into()),
                None => value
                    .iter()
                    .position(|&byte| byte == SOH)
                    .ok_or_else(|| fault(tag, start, FieldFault::Malformed))?,
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
        Ok(count)
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

const fn fault(tag: u32, offset: usize, fault: FieldFault) -> FieldError {
    FieldError { tag, offset, fault }
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
