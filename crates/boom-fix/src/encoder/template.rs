//! Messages that differ in few fields.

use super::{Encoded, Encoder, MessageWriter, Result, text};
use crate::error::EncodeError;
use crate::value::{Decimal, UtcTimestamp};

/// A message of which most is written in advance: what changes from one order to the next is filled in.
///
/// # Examples
///
/// ```
/// use boom_fix::{BeginString, Decimal, EncodeError, Encoder, Precision, UtcTimestamp};
///
/// let encoder = Encoder::new(BeginString::Fix44, "BUYER", "VENUE")?;
/// let template = encoder.template("D", |order| {
///     order.slot(11).text(55, "MSFT").text(54, "1").slot(38).text(40, "2").slot(44).slot(60);
/// })?;
/// let now = UtcTimestamp::from_unix_nanos(1_714_998_896_789_000_000, Precision::Millis);
/// let mut room = [0; 512];
/// let mut order = template.message(&mut room, 7, now);
/// order.text(11, "id-1").int(38, 100).decimal(44, Decimal::new(1015, 1)).timestamp(60, now);
/// let text = String::from_utf8_lossy(order.finish()?.as_bytes()).replace('\x01', "|");
/// assert!(text.contains("|11=id-1|55=MSFT|54=1|38=100|40=2|44=101.5|60=2024"), "{text}");
/// # Ok::<(), EncodeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Template<'e> {
    encoder: &'e Encoder,
    text: Vec<u8>,
    /// What stands before each place, the tag and its sign included; at last what follows all of them.
    pieces: Vec<Piece>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    /// The first bytes of the text, which are copied all at once whatever its length is.
    pub(super) block: [u8; BLOCK],
    pub(super) length: usize,
    end: usize,
    /// Whole fields in it.
    fields: usize,
    /// Of the place behind it, 0 at the end.
    tag: u32,
}

impl Piece {
    #[inline]
    pub(super) fn text(self, all: &[u8]) -> &[u8] {
        all.get(self.end - self.length..self.end)
            .unwrap_or_default()
    }
}

/// As long as most pieces are.
pub(super) const BLOCK: usize = 32;

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
    ) -> Result<Template<'_>> {
        let mut builder = TemplateBuilder::default();
        builder.text(35, msg_type);
        builder.text.extend(&self.session);
        builder.fields += self.session_fields;
        builder.slot(34).slot(52);
        fields(&mut builder);
        builder.end(0);
        match builder.error {
            Some(error) => Err(error),
            None => Ok(Template {
                encoder: self,
                text: builder.text,
                pieces: builder.pieces,
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
    text: Vec<u8>,
    pieces: Vec<Piece>,
    fields: usize,
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
        self.text.extend(format!("{tag}={value}\x01").bytes());
        self.fields += 1;
        self
    }

    /// The place of a field that every message gives anew.
    pub fn slot(&mut self, tag: u32) -> &mut Self {
        self.error = self.error.or_else(|| super::check_tag(tag).err());
        self.text.extend(format!("{tag}=").bytes());
        self.end(tag);
        self
    }

    fn end(&mut self, tag: u32) {
        let start = self.pieces.last().map_or(0, |piece| piece.end);
        let text = self.text.get(start..).unwrap_or_default();
        let mut block = [0; BLOCK];
        for (byte, &text) in block.iter_mut().zip(text) {
            *byte = text;
        }
        let piece = Piece {
            block,
            length: text.len(),
            end: self.text.len(),
            fields: std::mem::take(&mut self.fields),
            tag,
        };
        self.pieces.push(piece);
    }
}

impl Template<'_> {
    /// Starts a message. Give the values in the order of their places.
    #[inline]
    pub fn message<'a>(
        &'a self,
        room: &'a mut [u8],
        msg_seq_num: u64,
        sending_time: UtcTimestamp,
    ) -> TemplateWriter<'a> {
        let mut writer = TemplateWriter {
            writer: self.encoder.begin(room),
            text: &self.text,
            pieces: &self.pieces,
        };
        writer.slot(34, text::INT, |room| text::uint(room, msg_seq_num));
        writer.timestamp(52, sending_time);
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
/// let template = encoder.template("1", |test_request| {
///     test_request.slot(112);
/// })?;
/// let mut room = [0; 128];
/// let unfinished = template.message(&mut room, 1, UtcTimestamp::UNIX_EPOCH);
/// assert_eq!(unfinished.finish().unwrap_err(), EncodeError::Missing { tag: 112 });
/// # Ok::<(), EncodeError>(())
/// ```
#[derive(Debug)]
pub struct TemplateWriter<'a> {
    writer: MessageWriter<'a>,
    text: &'a [u8],
    pieces: &'a [Piece],
}

impl<'a> TemplateWriter<'a> {
    /// Text as it is.
    #[inline]
    pub fn text(&mut self, tag: u32, value: &str) -> &mut Self {
        if value.is_empty() {
            self.writer.fail(EncodeError::Empty { tag });
        }
        self.slot(tag, value.len(), |room| text::copy(room, value.as_bytes()))
    }

    /// `int`
    #[inline]
    pub fn int(&mut self, tag: u32, value: i64) -> &mut Self {
        self.slot(tag, text::INT, |room| text::int(room, value))
    }

    /// `Price`, `Qty`, `Amt`, ...
    #[inline]
    pub fn decimal(&mut self, tag: u32, value: Decimal) -> &mut Self {
        self.slot(tag, text::DECIMAL, |room| text::decimal(room, value))
    }

    /// `UTCTimestamp`
    #[inline]
    pub fn timestamp(&mut self, tag: u32, value: UtcTimestamp) -> &mut Self {
        self.slot(tag, text::TIMESTAMP, |room| text::timestamp(room, value))
    }

    /// Fills in `BodyLength` and `CheckSum`.
    ///
    /// # Errors
    ///
    /// The first thing that went wrong: a place without a value, a value that cannot be written, no room.
    #[inline]
    pub fn finish(mut self) -> Result<Encoded<'a>> {
        match self.pieces {
            [last] if last.tag == 0 => {
                self.writer.raw(last.text(self.text), last.fields);
            }
            [next, ..] => {
                self.writer.fail(EncodeError::Missing { tag: next.tag });
            }
            [] => {}
        }
        self.writer.finish()
    }

    #[inline(always)]
    fn slot(
        &mut self,
        tag: u32,
        width: usize,
        write: impl FnOnce(&mut [u8]) -> usize,
    ) -> &mut Self {
        if let [piece, rest @ ..] = self.pieces
            && piece.tag == tag
        {
            self.writer.piece(piece, self.text, width, write);
            self.writer.fields += piece.fields + 1;
            self.pieces = rest;
        } else {
            self.not_next(tag);
        }
        self
    }

    #[cold]
    fn not_next(&mut self, tag: u32) {
        let expected = self.pieces.first().map_or(tag, |piece| piece.tag);
        self.writer.fail(EncodeError::Missing { tag: expected });
    }
}
