//! RFC 1951 and RFC 7692 read plainly, bit by bit, with all that came before kept: what a real inflater is compared with.

/// Why a message cannot be inflated.
///
/// # Examples
///
/// ```
/// use boom_testkit::inflate::{Fault, Inflater};
///
/// // A block of the type that there is not.
/// assert_eq!(Inflater::new(false, 15, 100).message(&[0x07]), Err(Fault::Corrupt));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is no DEFLATE, or refers to what there is not.
    Corrupt,
    /// It ends in the middle of something.
    Cut,
    /// It has more bytes than the limit.
    TooLong,
}

/// One direction of a connection.
///
/// # Examples
///
/// The example of RFC 7692, section 7.2.3.1:
///
/// ```
/// use boom_testkit::inflate::Inflater;
///
/// let mut inflater = Inflater::new(true, 15, 100);
/// assert_eq!(inflater.message(&[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]), Ok(b"Hello".to_vec()));
/// // The second time it refers to the first.
/// assert_eq!(inflater.message(&[0xf2, 0x00, 0x11, 0x00, 0x00]), Ok(b"Hello".to_vec()));
/// assert_eq!(inflater.longest_distance, 5);
/// ```
#[derive(Debug)]
pub struct Inflater {
    takeover: bool,
    window: usize,
    limit: usize,
    /// What earlier messages came to.
    history: Vec<u8>,
    /// Bytes that the DEFLATE stream under way may refer to at the start of the next message.
    reach: usize,
    /// The longest distance back that any message referred to.
    pub longest_distance: usize,
}

/// The largest window of DEFLATE.
const WINDOW_MAX: usize = 1 << 15;
/// RFC 7692 section 7.2.1.
const TAIL: [u8; 4] = [0x00, 0x00, 0xff, 0xff];

impl Inflater {
    /// Messages of up to `limit` bytes that refer back by up to 2 to the power of `window_bits`, with `takeover` beyond their
    /// start.
    pub const fn new(takeover: bool, window_bits: u8, limit: usize) -> Self {
        Self {
            takeover,
            window: 1 << window_bits,
            limit,
            history: Vec::new(),
            reach: 0,
            longest_distance: 0,
        }
    }

    /// What this start of a message comes to.
    ///
    /// # Errors
    ///
    /// The message is broken already, whatever follows.
    pub fn start(&self, payload: &[u8]) -> Result<Vec<u8>, Fault> {
        let mut look = self.clone_for_look();
        match look.blocks(payload, payload.len()) {
            Ok(_) | Err(Fault::Cut) => Ok(look.out),
            Err(fault) => Err(fault),
        }
    }

    /// The payload of all frames of a message, inflated (RFC 7692 section 7.2.2).
    ///
    /// # Errors
    ///
    /// It is broken, or longer than the limit.
    pub fn message(&mut self, payload: &[u8]) -> Result<Vec<u8>, Fault> {
        if payload.is_empty() {
            return Ok(self.finish(Vec::new(), None));
        }
        let bytes = [payload, &TAIL].concat();
        let mut look = self.clone_for_look();
        let reach = look
            .blocks(&bytes, payload.len())
            .map_err(|fault| match fault {
                Fault::Cut => Fault::Corrupt,
                fault => fault,
            })?;
        let (message, distance) = (look.out, look.longest_distance);
        self.longest_distance = self.longest_distance.max(distance);
        Ok(self.finish(message, Some(reach)))
    }

    fn finish(&mut self, message: Vec<u8>, reach: Option<usize>) -> Vec<u8> {
        if self.takeover {
            self.history.extend_from_slice(&message);
            self.reach = reach.unwrap_or(self.reach);
            let spare = self.history.len().saturating_sub(WINDOW_MAX);
            self.history.drain(..spare);
        }
        message
    }

    fn clone_for_look(&self) -> Reader<'_> {
        Reader {
            inflater: self,
            bytes: &[],
            bit: 0,
            out: Vec::new(),
            reach: self.reach,
            longest_distance: 0,
        }
    }
}

struct Reader<'a> {
    inflater: &'a Inflater,
    bytes: &'a [u8],
    bit: usize,
    /// The message so far.
    out: Vec<u8>,
    /// How many bytes back the stream may refer.
    reach: usize,
    longest_distance: usize,
}

const LENGTH_BASE: [usize; 29] = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
    163, 195, 227, 258,
];
const LENGTH_EXTRA: [usize; 29] = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
];
const CODE_LENGTH_ORDER: [usize; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

impl<'a> Reader<'a> {
    /// Reads blocks to the end, of which `payload_len` bytes were sent; returns the reach then.
    fn blocks(&mut self, bytes: &'a [u8], payload_len: usize) -> Result<usize, Fault> {
        self.bytes = bytes;
        loop {
            let is_final = self.block()?;
            if is_final {
                self.align();
                // Section 7.2.3.4: another stream follows, which may refer to the window that was agreed on.
                self.reach = self.reach.min(self.inflater.window);
            }
            let is_aligned = self.bit.is_multiple_of(8);
            let at = self.bit / 8;
            // Whole with the tail, or with a final block at the very end of what was sent.
            if is_aligned && (at == bytes.len() || (is_final && at == payload_len)) {
                return Ok(self.reach);
            }
        }
    }

    fn push(&mut self, byte: u8) -> Result<(), Fault> {
        if self.out.len() == self.inflater.limit {
            return Err(Fault::TooLong);
        }
        self.out.push(byte);
        self.reach = (self.reach + 1).min(WINDOW_MAX);
        Ok(())
    }

    fn at_distance(&self, distance: usize) -> u8 {
        match self.out.len().checked_sub(distance) {
            Some(at) => self.out[at],
            None => {
                let history = &self.inflater.history;
                history[history.len() + self.out.len() - distance]
            }
        }
    }

    /// RFC 1951 section 3.2.3: one block; returns whether it is the final one.
    fn block(&mut self) -> Result<bool, Fault> {
        let is_final = self.bits(1)? == 1;
        match self.bits(2)? {
            0 => self.stored()?,
            1 => {
                let mut lengths = [8; 288];
                lengths[144..256].fill(9);
                lengths[256..280].fill(7);
                self.codes(&Code::new(&lengths), &Code::new(&[5; 30]))?;
            }
            2 => {
                let (literals, distances) = self.dynamic()?;
                self.codes(&literals, &distances)?;
            }
            _ => return Err(Fault::Corrupt),
        }
        Ok(is_final)
    }

    fn bits(&mut self, count: usize) -> Result<usize, Fault> {
        let mut value = 0;
        for place in 0..count {
            let byte = self.bytes.get(self.bit / 8).ok_or(Fault::Cut)?;
            value |= usize::from(byte >> (self.bit % 8) & 1) << place;
            self.bit += 1;
        }
        Ok(value)
    }

    fn align(&mut self) {
        self.bit = self.bit.next_multiple_of(8);
    }

    /// Section 3.2.4.
    fn stored(&mut self) -> Result<(), Fault> {
        self.align();
        let (len, complement) = (self.bits(16)?, self.bits(16)?);
        if len != complement ^ 0xffff {
            return Err(Fault::Corrupt);
        }
        for _ in 0..len {
            let byte = self.bits(8)? as u8;
            self.push(byte)?;
        }
        Ok(())
    }

    /// Section 3.2.5.
    fn codes(&mut self, literals: &Code, distances: &Code) -> Result<(), Fault> {
        loop {
            let symbol = self.symbol(literals)?;
            match symbol {
                0..=255 => self.push(symbol as u8)?,
                256 => return Ok(()),
                257..=285 => {
                    let len = LENGTH_BASE[symbol - 257] + self.bits(LENGTH_EXTRA[symbol - 257])?;
                    let distance = self.distance(distances)?;
                    if distance > self.reach {
                        return Err(Fault::Corrupt);
                    }
                    self.longest_distance = self.longest_distance.max(distance);
                    for _ in 0..len {
                        self.push(self.at_distance(distance))?;
                    }
                }
                _ => return Err(Fault::Corrupt),
            }
        }
    }

    fn distance(&mut self, distances: &Code) -> Result<usize, Fault> {
        let symbol = self.symbol(distances)?;
        if symbol < 2 {
            return Ok(symbol + 1);
        }
        if symbol > 29 {
            return Err(Fault::Corrupt);
        }
        let extra = symbol / 2 - 1;
        Ok((((2 + symbol % 2) << extra) + 1) + self.bits(extra)?)
    }

    fn symbol(&mut self, code: &Code) -> Result<usize, Fault> {
        let mut value = 0;
        for length in 1..=15 {
            value = value << 1 | self.bits(1)?;
            let entries = &code.entries;
            if let Ok(found) =
                entries.binary_search_by_key(&(length, value), |entry| (entry.0, entry.1))
            {
                return Ok(entries[found].2);
            }
        }
        Err(Fault::Corrupt)
    }

    /// Section 3.2.7.
    fn dynamic(&mut self) -> Result<(Code, Code), Fault> {
        let (literals, distances) = (self.bits(5)? + 257, self.bits(5)? + 1);
        let code_lengths = self.bits(4)? + 4;
        // There are no such symbols.
        if literals > 286 || distances > 30 {
            return Err(Fault::Corrupt);
        }
        let mut lengths = [0; 19];
        for place in &CODE_LENGTH_ORDER[..code_lengths] {
            lengths[*place] = self.bits(3)?;
        }
        let code = Code::new(&lengths);
        if code.slack != 0 {
            return Err(Fault::Corrupt);
        }
        let mut lengths = Vec::new();
        while lengths.len() < literals + distances {
            let (value, count) = match self.symbol(&code)? {
                16 => (*lengths.last().ok_or(Fault::Corrupt)?, 3 + self.bits(2)?),
                17 => (0, 3 + self.bits(3)?),
                18 => (0, 11 + self.bits(7)?),
                length => (length, 1),
            };
            lengths.resize(lengths.len() + count, value);
        }
        if lengths.len() > literals + distances || lengths[256] == 0 {
            return Err(Fault::Corrupt);
        }
        let (of_literals, of_distances) = lengths.split_at(literals);
        let codes = (Code::new(of_literals), Code::new(of_distances));
        if codes.0.is_acceptable() && codes.1.is_acceptable() {
            Ok(codes)
        } else {
            Err(Fault::Corrupt)
        }
    }
}

/// Section 3.2.2: a Huffman code.
struct Code {
    /// Length, value and symbol, sorted.
    entries: Vec<(usize, usize, usize)>,
    /// What is left of the code space, in shares of 2^15; below zero where it is over-subscribed.
    slack: i64,
}

impl Code {
    fn new(lengths: &[usize]) -> Self {
        let mut entries = Vec::new();
        let mut value = 0;
        let mut slack = 1 << 15;
        for length in 1..=15 {
            value <<= 1;
            for (symbol, _) in lengths.iter().enumerate().filter(|(_, of)| **of == length) {
                entries.push((length, value, symbol));
                value += 1;
                slack -= 1 << (15 - length);
            }
        }
        Self { entries, slack }
    }

    /// A complete code, one of a single symbol of one bit, or none at all.
    fn is_acceptable(&self) -> bool {
        match self.entries.as_slice() {
            [] => true,
            [(length, ..)] => *length == 1,
            _ => self.slack == 0,
        }
    }
}
