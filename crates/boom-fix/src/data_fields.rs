//! Fields that may hold the delimiter, and the fields that say how long they are.

use crate::fields::SOH;

/// Which fields announce the length of which data field.
///
/// The value of a data field may hold any byte, the delimiter too, so its end is found by counting.
///
/// # Examples
///
/// ```
/// use boom_fix::{DataFields, Error, FieldIndex, Fields};
///
/// // 5050 announces 5051, by the rules of some venue.
/// let data = DataFields::standard().with(5050, 5051);
/// assert_eq!(data.data_of(95), Some(96));
/// let mut index = FieldIndex::new().with_data_fields(data);
/// let fields = Fields::parse(b"5050=3\x015051=a\x01b\x01", &mut index)?;
/// assert_eq!(fields.value(5051)?.as_bytes(), b"a\x01b");
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFields {
    /// Sorted.
    pairs: Vec<(u32, u32)>,
    /// A bit for each tag, modulo 256: set if one of up to three digits announces data, and for 0. The lowest tag of a
    /// word has its uppermost bit.
    filter: [u32; 8],
    /// The [bin](Self::bin) of each tag in the filter.
    bins: u32,
    /// Apart, because it is long.
    starts: Box<Starts>,
}

impl DataFields {
    /// All of FIX 4.0 to 5.0 SP2.
    pub fn standard() -> Self {
        Self::of(STANDARD.to_vec())
    }

    /// Adds a pair: the tag of the length and the tag of the data that follows it.
    #[must_use]
    pub fn with(mut self, length: u32, data: u32) -> Self {
        self.pairs.retain(|&(known, _)| known != length);
        self.pairs.push((length, data));
        Self::of(self.pairs)
    }

    fn of(mut pairs: Vec<(u32, u32)>) -> Self {
        pairs.sort_unstable();
        let (mut filter, mut bins) = ([0; 8], 0);
        let mut starts = Starts::new();
        let short = pairs.iter().map(|&(tag, _)| tag).filter(|&tag| tag < LONG);
        for tag in short.chain([0]) {
            let (word, bit) = place_in_filter(tag);
            filter[word] |= bit;
            starts.exclude(tag);
            bins |= Self::bin(tag);
        }
        Self {
            pairs,
            filter,
            bins,
            starts: Box::new(starts),
        }
    }

    /// The data field whose length `tag` announces.
    pub fn data_of(&self, tag: u32) -> Option<u32> {
        let index = self.pairs.binary_search_by_key(&tag, |&(length, _)| length);
        let pair = index.ok().and_then(|index| self.pairs.get(index));
        pair.map(|&(_, data)| data)
    }

    /// Whether `tag` announces data.
    #[inline]
    pub(crate) fn is_length(&self, tag: u32) -> bool {
        let (word, bit) = place_in_filter(tag);
        (self.filter[word] & bit != 0 || tag >= LONG) && self.data_of(tag).is_some()
    }

    /// A bit that a tag of up to three digits shares with others. A message that has none of the bits of those that
    /// announce data has none of those either. The factor puts the standard ones into five bins that few of the tags
    /// of common messages share; 0 is in the first.
    #[inline(always)]
    pub(crate) const fn bin(tag: u32) -> u32 {
        1 << (tag.wrapping_mul(BIN_FACTOR << 16) >> 27)
    }

    /// The bins of tag 0 and of all tags of up to three digits that announce data.
    #[cfg(target_arch = "x86_64")]
    #[inline]
    pub(crate) const fn bins(&self) -> u32 {
        self.bins
    }

    #[cfg(target_arch = "x86_64")]
    #[inline]
    pub(crate) const fn filter(&self) -> &[u32; 8] {
        &self.filter
    }

    #[inline]
    pub(crate) fn starts(&self) -> &Starts {
        &self.starts
    }
}

impl Default for DataFields {
    fn default() -> Self {
        Self::standard()
    }
}

/// How fields start that announce no data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Starts {
    /// By [`Start::digits`].
    starts: [Start; 256],
    /// By the tag, modulo 256, as in the filter.
    is_odd: [bool; 256],
}

/// The delimiter in front of a field and two digits, of which there are a hundred. The other entries are like none of the
/// texts that lead to them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Start {
    /// With the sign behind them. Like no text if they are a tag that announces data, or 0.
    pub(crate) with_sign: u32,
    /// With a third digit behind them, 0.
    pub(crate) with_zero: u32,
}

impl Start {
    const fn new(digits: u8) -> Self {
        let (tens, ones) = (b'0' + digits / 10, b'0' + digits % 10);
        Self {
            with_sign: u32::from_le_bytes([SOH, tens, ones, b'=']),
            with_zero: u32::from_le_bytes([SOH, tens, ones, b'0']),
        }
    }

    /// The number that two digits behind a delimiter are; of any other text, something below 256.
    #[inline(always)]
    pub(crate) const fn digits(text: u32) -> u32 {
        // What comes to stand in the uppermost byte: ten times the first digit, the second, and 240 times the delimiter.
        // The characters are 0x30 more than the digits, and eleven times that is 16 too much, modulo 256.
        text.wrapping_mul(240 << 24 | 10 << 16 | 1 << 8) >> 24
    }
}

impl Starts {
    fn new() -> Self {
        let mut starts = [Start::default(); 256];
        for (start, digits) in starts.iter_mut().zip(0..100) {
            *start = Start::new(digits);
        }
        Self {
            starts,
            is_odd: [false; 256],
        }
    }

    fn exclude(&mut self, tag: u32) {
        self.is_odd[tag as usize & 0xff] = true;
        if tag < 100 {
            // A text that leads elsewhere, to 240.
            self.starts[tag as usize].with_sign = SOH.into();
        }
    }

    #[inline(always)]
    pub(crate) const fn of(&self, digits: u32) -> Start {
        self.starts[digits as usize & 0xff]
    }

    /// Whether a tag of up to three digits may announce data, or is 0.
    #[inline(always)]
    pub(crate) const fn is_odd(&self, tag: u32) -> bool {
        self.is_odd[tag as usize & 0xff]
    }
}

/// From here on tags have four digits. They are always looked up, so that they do not crowd the filter.
const LONG: u32 = 1000;

/// What a tag is multiplied by; of the lowest sixteen bits the upper five are its bin.
pub(crate) const BIN_FACTOR: u32 = 0xff6e;

/// The word of the filter and the bit in it.
#[inline]
const fn place_in_filter(tag: u32) -> (usize, u32) {
    ((tag >> 5) as usize & 7, 1 << 31 >> (tag & 31))
}

pub(crate) const STANDARD: [(u32, u32); 27] = [
    (90, 91),
    (93, 89),
    (95, 96),
    (212, 213),
    (348, 349),
    (350, 351),
    (352, 353),
    (354, 355),
    (356, 357),
    (358, 359),
    (360, 361),
    (362, 363),
    (364, 365),
    (445, 446),
    (618, 619),
    (621, 622),
    (1184, 1185),
    (1277, 1278),
    (1280, 1281),
    (1282, 1283),
    (1359, 1360),
    (1397, 1398),
    (1401, 1402),
    (1403, 1404),
    (1468, 1469),
    (1618, 1619),
    (1620, 1621),
];
