//! The one place of this crate that knows the machine: delimiters, checksums and tags, many bytes at a time.
//!
//! Each kernel gives the same answers; [`Kernel::detect`] takes the quickest that this processor has.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod blocks;
#[cfg(target_arch = "x86_64")]
mod sse2;
mod swar;
mod tags;

use crate::data_fields::DataFields;
use crate::fields::SOH;

/// How many bytes a kernel looks at in one step.
const BLOCK: usize = 64;
/// What the tables hold beyond the fields that are permitted: a step writes before it counts.
pub(crate) const SLACK: usize = BLOCK + 8;

/// An implementation, which exists only where this processor can run it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kernel(Which);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Sse2,
    Swar,
}

impl Kernel {
    /// The quickest.
    pub(crate) fn detect() -> Self {
        Self::all()[0]
    }

    /// All that this processor can run, the quickest first.
    pub(crate) fn all() -> &'static [Self] {
        #[cfg(target_arch = "x86_64")]
        {
            if avx2::is_available() {
                return &[Self(Which::Avx2), Self(Which::Sse2), Self::SWAR];
            }
            return &[Self(Which::Sse2), Self::SWAR];
        }
        #[allow(unreachable_code, reason = "what is left on other processors")]
        &[Self::SWAR]
    }

    const SWAR: Self = Self(Which::Swar);

    /// Fills the tables with the fields of a message whose frame has been checked.
    ///
    /// [`FIRST`] fields are in the tables already; the rest starts at `body` and ends with the delimiter before `end`,
    /// where the trailer's `10=nnn|` stands.
    #[inline]
    pub(crate) fn index(self, frame: &Frame<'_>, tables: &mut Tables) -> Indexed {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: `Which::Avx2` is only made after `avx2::is_available` has said yes.
            Which::Avx2 => unsafe { avx2::index(frame, tables) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: SSE2 is part of x86-64: every processor that runs this has it.
            Which::Sse2 => unsafe { sse2::index(frame, tables) },
            Which::Swar => swar::index(frame, tables),
        }
    }

    /// The sum of all bytes, modulo 256, and the number of delimiters among them.
    #[inline]
    pub(crate) fn sum_and_count(self, bytes: &[u8]) -> (u32, usize) {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: `Which::Avx2` is only made after `avx2::is_available` has said yes.
            Which::Avx2 => unsafe { avx2::sum_and_count(bytes) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: SSE2 is part of x86-64: every processor that runs this has it.
            Which::Sse2 => unsafe { sse2::sum_and_count(bytes) },
            Which::Swar => swar::sum_and_count(bytes),
        }
    }
}

/// A message whose length is known: `bytes` ends behind the trailer.
#[derive(Debug)]
pub(crate) struct Frame<'a> {
    bytes: &'a [u8],
    body: usize,
    end: usize,
    data: &'a DataFields,
}

/// `10=nnn|`
pub(crate) const TRAILER: usize = 7;

impl<'a> Frame<'a> {
    /// `bytes[body..]` is the body and the trailer. `None` unless the body is one or more bytes that end in a
    /// delimiter.
    #[inline]
    pub(crate) fn new(bytes: &'a [u8], body: usize, data: &'a DataFields) -> Option<Self> {
        let end = bytes.len().checked_sub(TRAILER)?;
        let is_delimited = body < end && bytes.get(end - 1) == Some(&SOH);
        is_delimited.then_some(Self {
            bytes,
            body,
            end,
            data,
        })
    }

    /// From the first field behind `BodyLength` to the delimiter in front of the trailer.
    #[inline]
    fn body(&self) -> &'a [u8] {
        self.bytes.get(self.body..self.end).unwrap_or_default()
    }
}

/// Where a value starts and ends.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// One entry a field: its tag and place, and the delimiter behind it, by which the place is found. All three are equally
/// long.
#[derive(Clone, Debug)]
pub(crate) struct Tables {
    pub(crate) tags: Vec<u32>,
    pub(crate) places: Vec<Place>,
    pub(crate) ends: Vec<u32>,
}

/// `BeginString` and `BodyLength`, which are in the tables already.
const FIRST: usize = 2;

/// What a pass over the body has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Indexed {
    /// Entries in the tables.
    pub(crate) count: usize,
    /// The sum of the bytes of the body, modulo 256.
    pub(crate) sum: u32,
    pub(crate) outcome: Outcome,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Plain,
    /// A tag that announces data, or a field that is none. A slower reader looks at all of it again.
    Unsure,
    /// The tables are full.
    Full,
}
