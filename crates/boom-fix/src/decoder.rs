//! Messages out of a stream of bytes.

mod sums;

use self::sums::Sums;
use crate::error::Error;
use crate::fields::SOH;
use crate::index::{FieldIndex, HeadPlaces, Partly};
use crate::message::{Decoded, Malformed, Message};
use crate::sys::{Kernel, TRAILER};

/// Finds messages in a stream of bytes, checks their frames and lends them.
///
/// A message is taken if it starts with `BeginString` (8), `BodyLength` (9) and `MsgType` (35), and if `CheckSum` (10)
/// stands where the length says and is right. Anything else is garbled: it is skipped to the next `8=FIX` and counted,
/// as the session rules want it, and is no error.
///
/// The input may be cut anywhere. What is not a whole message yet is left in it; call again with the same bytes and
/// more behind them.
///
/// The work is in proportion to the bytes, garbled or not: however many starts of messages there are in what is garbled,
/// none of it is summed more than a few times. For that the first wrong checksum allocates one byte for every 256 of the
/// longest message; nothing else allocates.
///
/// # Examples
///
/// ```
/// use boom_fix::{Decoder, Error, FieldIndex};
///
/// let bytes = b"noise8=FIX.4.2\x019=5\x0135=0\x0110=161\x018=FIX.4.2\x019=";
/// let mut input = &bytes[..];
/// let (mut decoder, mut index) = (Decoder::new(), FieldIndex::new());
/// let mut types = Vec::new();
/// while let Some(message) = decoder.decode(&mut input, &mut index)? {
///     types.push(message.msg_type().to_vec());
/// }
/// assert_eq!(types, [b"0"]);
/// assert_eq!((decoder.garbled(), decoder.skipped_bytes()), (1, 5));
/// // What was not taken comes again, with more behind it.
/// assert_eq!(input, b"8=FIX.4.2\x019=");
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Decoder {
    kernel: Kernel,
    max_message_bytes: usize,
    /// Something was garbled: the start of the next message has to be found first, or some of the bytes that come were
    /// summed already.
    is_searching: bool,
    /// The start of the next message has to be found first.
    is_lost: bool,
    sums: Sums,
    needed: usize,
    garbled: u64,
    skipped_bytes: u64,
    #[cfg(test)]
    filled_bytes: std::cell::Cell<usize>,
}

impl Decoder {
    /// Takes messages of up to 1 MiB.
    pub fn new() -> Self {
        Self {
            kernel: Kernel::detect(),
            max_message_bytes: 1 << 20,
            is_searching: false,
            is_lost: false,
            sums: Sums::new(),
            needed: 0,
            garbled: 0,
            skipped_bytes: 0,
            #[cfg(test)]
            filled_bytes: std::cell::Cell::new(0),
        }
    }

    /// The longest message that is taken, from the first byte to the last; at most 1 GiB.
    #[must_use]
    pub fn with_max_message_bytes(mut self, max: usize) -> Self {
        self.max_message_bytes = max.min(1 << 30);
        self
    }

    /// The same decoder by each of the ways that this processor has: they give the same answers.
    #[doc(hidden)]
    pub fn every_kernel() -> impl Iterator<Item = Self> {
        Kernel::all().iter().map(|&kernel| Self {
            kernel,
            ..Self::new()
        })
    }

    /// How many times bytes were skipped that are no message: broken frames, wrong checksums, noise.
    pub const fn garbled(&self) -> u64 {
        self.garbled
    }

    /// How many bytes were skipped.
    pub const fn skipped_bytes(&self) -> u64 {
        self.skipped_bytes
    }

    /// After [`decode`](Self::decode) found no message: how many bytes the input must have before there can be one.
    pub const fn needed(&self) -> usize {
        self.needed
    }

    /// Takes the next message off the front of `input`, or gives `None` if there is no whole one.
    ///
    /// # Errors
    ///
    /// A message with more bytes or fields than is permitted, or with something between two delimiters that is no
    /// field. It is taken off the input, and the next call goes on behind it; too long a message is skipped like a
    /// garbled one. [`decode_frame`](Self::decode_frame) gives what can be read of it.
    #[inline]
    pub fn decode<'a, 'b: 'a>(
        &mut self,
        input: &mut &'b [u8],
        index: &'a mut FieldIndex,
    ) -> Result<Option<Message<'a>>, Error> {
        match self.next(input, index)? {
            Some((bytes, Ok(fields))) => Ok(Some(Message::new(index.fields(bytes, fields)))),
            Some((_, Err(partly))) => Err(partly.error),
            None => Ok(None),
        }
    }

    /// The same for those who must answer every message, as sessions do: one that is framed well and has a field that
    /// cannot be read comes as [`Decoded::Malformed`], with what can be read of it.
    ///
    /// # Errors
    ///
    /// [`Error::MessageTooLong`]
    #[inline]
    pub fn decode_frame<'a, 'b: 'a>(
        &mut self,
        input: &mut &'b [u8],
        index: &'a mut FieldIndex,
    ) -> Result<Option<Decoded<'a>>, Error> {
        let Some((bytes, filled)) = self.next(input, index)? else {
            return Ok(None);
        };
        let message = |fields| Message::new(index.fields(bytes, fields));
        Ok(Some(match filled {
            Ok(fields) => Decoded::Message(message(fields)),
            Err(Partly { fields, error }) => {
                Decoded::Malformed(Malformed::new(message(fields), error))
            }
        }))
    }

    /// The bytes of the next message, and how many fields of it are in the index.
    #[inline(always)]
    fn next<'b>(
        &mut self,
        input: &mut &'b [u8],
        index: &mut FieldIndex,
    ) -> Result<Option<(&'b [u8], Filled)>, Error> {
        loop {
            if self.is_searching && !self.find_next(input) {
                return Ok(None);
            }
            let head = match head(input) {
                Head::Whole(head) => head,
                Head::Partial => {
                    self.needed = input.len() + 1;
                    return Ok(None);
                }
                Head::Garbled => {
                    self.lose_frame(input);
                    continue;
                }
            };
            let length = head.places.body + head.body_length + TRAILER;
            if length > self.max_message_bytes {
                let offset = head.places.begin_end + 3;
                self.lose(input);
                return Err(Error::MessageTooLong {
                    offset,
                    length,
                    max: self.max_message_bytes,
                });
            }
            let Some((bytes, rest)) = input.split_at_checked(length) else {
                self.needed = length;
                return Ok(None);
            };
            let Some(filled) = self.fill(bytes, head.places, index) else {
                self.lose_frame(input);
                continue;
            };
            *input = rest;
            return Ok(Some((bytes, filled)));
        }
    }

    #[inline]
    fn fill(&self, bytes: &[u8], mut places: HeadPlaces, index: &mut FieldIndex) -> Option<Filled> {
        places.checksum = checksum(bytes, places.body)?;
        #[cfg(test)]
        self.filled_bytes.update(|count| count + bytes.len());
        index.fill(self.kernel, bytes, &places)
    }

    /// What stands at the front is no message, though it may be framed.
    // Its head is read again, so that what is no error does not have to keep it.
    #[cold]
    #[inline(never)]
    fn lose_frame(&mut self, input: &mut &[u8]) {
        if let Head::Whole(head) = head(input)
            && let length = head.places.body + head.body_length + TRAILER
            && let Some(bytes) = input.get(..length)
            && checksum(bytes, head.places.body).is_some()
        {
            // It was summed in vain, which is not to happen again for each start in it.
            let max = self.max_message_bytes;
            self.sums.clear();
            self.sums.extend(self.kernel, bytes, max);
        }
        self.lose(input);
    }

    /// Leaves out a byte of what is no message.
    #[cold]
    fn lose(&mut self, input: &mut &[u8]) {
        self.garbled += 1;
        self.skip(input, 1.min(input.len()));
        (self.is_lost, self.is_searching) = (true, true);
    }

    /// Goes on behind something garbled: to the next start of a message, and past those whose checksum is known to be wrong
    /// without summing it all again. False if there is no start yet.
    #[cold]
    fn find_next(&mut self, input: &mut &[u8]) -> bool {
        self.sums.check(input);
        loop {
            if self.is_lost && !self.find_start(input) {
                return false;
            }
            if self.sums.is_empty() {
                self.is_searching = false;
                return true;
            }
            let Head::Whole(head) = head(input) else {
                return true;
            };
            let length = head.places.body + head.body_length + TRAILER;
            let max = self.max_message_bytes;
            let Some(bytes) = input.get(..length).filter(|_| length <= max) else {
                return true;
            };
            let checksum = checksum(bytes, head.places.body);
            if checksum.is_some_and(|sum| self.sums.agree(self.kernel, bytes, sum, max)) {
                // It will be taken.
                self.sums.advance(self.kernel, input, length);
                self.is_searching = !self.sums.is_empty();
                return true;
            }
            self.lose(input);
        }
    }

    /// Goes to the next start of a message; false if there is none yet.
    #[cold]
    fn find_start(&mut self, input: &mut &[u8]) -> bool {
        let found = input
            .windows(START.len())
            .position(|window| window == START);
        if let Some(place) = found {
            self.skip(input, place);
            self.is_lost = false;
            return true;
        }
        // The last bytes may be the first of a start.
        let kept = (0..START.len())
            .rev()
            .find(|&len| input.ends_with(&START[..len]));
        self.skip(input, input.len() - kept.unwrap_or(0));
        self.needed = START.len();
        false
    }

    fn skip(&mut self, input: &mut &[u8], count: usize) {
        self.skipped_bytes += count as u64;
        self.sums.advance(self.kernel, input, count);
        *input = input.get(count..).unwrap_or_default();
    }
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}

/// How many fields of a message are in the index.
type Filled = Result<usize, Partly>;

/// What a message is found by among noise: a bare `8=` is also the end of `108=`.
const START: &[u8] = b"8=FIX";

#[derive(Debug)]
enum Head {
    Whole(WholeHead),
    Partial,
    Garbled,
}

#[derive(Debug)]
struct WholeHead {
    places: HeadPlaces,
    body_length: usize,
}

/// The longest value of `BeginString` that is looked at.
const BEGIN_STRING: usize = 16;
/// The most digits of `BodyLength`.
const BODY_LENGTH: usize = 9;

/// Reads `BeginString` and `BodyLength`.
#[inline]
fn head(input: &[u8]) -> Head {
    // What nearly every message starts with, in two comparisons.
    if let Some(bytes) = input.first_chunk::<20>()
        && let Some(head) = fix_4_head(bytes)
    {
        return Head::Whole(head);
    }
    any_head(input)
}

/// `8=FIX.4.n|9=` and up to seven digits; `None` for anything else, whole or not.
#[inline(always)]
fn fix_4_head(bytes: &[u8; 20]) -> Option<WholeHead> {
    let [first, second, ..] = bytes.as_chunks::<4>().0 else {
        return None;
    };
    let first =
        u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*second)) << 32;
    let next = u32::from_le_bytes([bytes[8], bytes[9], bytes[10], bytes[11]]);
    let minor = next & 0xff;
    if first != u64::from_le_bytes(*b"8=FIX.4.")
        || next >> 8 != 0x3d_3901
        || minor == u32::from(SOH)
    {
        return None;
    }
    let word = u64::from_le_bytes(*bytes.last_chunk()?);
    let other = word ^ 0x0101_0101_0101_0101;
    let found = other.wrapping_sub(0x0101_0101_0101_0101) & !other & 0x8080_8080_8080_8080;
    // Eight times the number of digits, plus seven; there is at least one.
    let bits = found.trailing_zeros();
    if !(15..64).contains(&bits) {
        return None;
    }
    // The digits in the uppermost bytes, zeros below.
    let digits = (word ^ 0x3030_3030_3030_3030) << (71 - bits);
    let number = crate::value::eight_digits(digits)?;
    let width = bits >> 3;
    // Seven times nine at most.
    let sum = (digits.wrapping_mul(0x0101_0101_0101_0101) >> 56) as u32;
    Some(WholeHead {
        places: HeadPlaces {
            begin_end: 9,
            body: 13 + width as usize,
            sum: FIX_4_SUM + minor + sum + 0x30 * width + u32::from(SOH),
            checksum: 0,
        },
        body_length: number as usize,
    })
}

/// What the trailer says, if there is one and the body starts with `35=` and at least one character.
#[inline(always)]
fn checksum(bytes: &[u8], body: usize) -> Option<u32> {
    let checksum = trailer(u64::from_le_bytes(*bytes.last_chunk()?))?;
    let start = u32::from_le_bytes(*bytes.get(body..)?.first_chunk()?);
    let is_typed = start & 0xff_ffff == 0x3d_3533 && start >> 24 != u32::from(SOH);
    is_typed.then_some(checksum)
}

/// The number that the last eight bytes say, which are a delimiter and `10=nnn|`.
#[inline(always)]
fn trailer(word: u64) -> Option<u32> {
    const FORM: u64 = u64::from_le_bytes(*b"\x0110=000\x01");
    // What is left of the digits: their values.
    let digits = word ^ FORM;
    let (rest, digits) = (digits & 0xff00_0000_ffff_ffff, (digits >> 32) as u32);
    let is_digits = (digits.wrapping_add(0x0076_7676) | digits) & 0x0080_8080 == 0;
    if rest != 0 || !is_digits {
        return None;
    }
    Some(100 * (digits & 0xff) + 10 * (digits >> 8 & 0xff) + (digits >> 16))
}

/// The sum of `8=FIX.4.` and of the delimiter and `9=` behind the digit.
const FIX_4_SUM: u32 = sum(b"8=FIX.4.\x019=");

const fn sum(bytes: &[u8]) -> u32 {
    let (mut sum, mut index) = (0, 0);
    while index < bytes.len() {
        sum += bytes[index] as u32;
        index += 1;
    }
    sum
}

fn any_head(input: &[u8]) -> Head {
    let known = input.len().min(START.len());
    if input.get(..known) != START.get(..known) {
        return Head::Garbled;
    }
    let rest = input.get(2..).unwrap_or_default();
    let window = rest
        .get(..rest.len().min(BEGIN_STRING + 1))
        .unwrap_or_default();
    let Some(length) = window.iter().position(|&byte| byte == SOH) else {
        return if window.len() > BEGIN_STRING {
            Head::Garbled
        } else {
            Head::Partial
        };
    };
    let end = 2 + length;
    match input.get(end + 1..).unwrap_or_default() {
        [b'9', b'=', ..] => body_length(input, end, sum(input.get(..end + 3).unwrap_or_default())),
        [] | [b'9'] => Head::Partial,
        _ => Head::Garbled,
    }
}

/// Reads the digits of `BodyLength`, which starts three bytes behind the end of `BeginString`.
#[inline]
fn body_length(input: &[u8], begin_end: usize, mut sum: u32) -> Head {
    let start = begin_end + 3;
    let mut number = 0;
    let mut at = start;
    while let Some(&byte) = input.get(at) {
        sum += u32::from(byte);
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            if byte != SOH || at == start {
                return Head::Garbled;
            }
            return Head::Whole(WholeHead {
                places: HeadPlaces {
                    begin_end,
                    body: at + 1,
                    sum,
                    checksum: 0,
                },
                body_length: number,
            });
        }
        number = 10 * number + usize::from(digit);
        at += 1;
        if at - start > BODY_LENGTH {
            return Head::Garbled;
        }
    }
    Head::Partial
}

#[cfg(test)]
mod tests;
