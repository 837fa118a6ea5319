//! RFC 1951 read plainly, bit by bit: what the real inflater is compared with.

/// What a message comes to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Message(Vec<u8>),
    Corrupt,
}

/// Inflates one message that nothing came before (RFC 7692 §7.2.2).
pub(super) fn message(payload: &[u8]) -> Outcome {
    if payload.is_empty() {
        return Outcome::Message(Vec::new());
    }
    let bytes = [payload, &[0x00, 0x00, 0xff, 0xff]].concat();
    let mut reader = Reader::new(&bytes);
    loop {
        let is_final = match reader.block() {
            Ok(is_final) => is_final,
            Err(Fault) => return Outcome::Corrupt,
        };
        if is_final {
            reader.align();
        }
        // Whole with the tail, or with a final block at the very end of what was sent.
        let is_aligned = reader.bit.is_multiple_of(8);
        let at = reader.bit / 8;
        if is_aligned && (at == bytes.len() || (is_final && at == payload.len())) {
            return Outcome::Message(reader.out);
        }
    }
}

/// The longest distance of any match in a message, and what it inflates to.
pub(super) fn longest_distance(payload: &[u8]) -> (usize, Vec<u8>) {
    let bytes = [payload, &[0x00, 0x00, 0xff, 0xff]].concat();
    let mut reader = Reader::new(&bytes);
    while reader.bit / 8 < bytes.len() {
        assert!(reader.block().is_ok());
    }
    (reader.longest_distance, reader.out)
}

/// The data is corrupt or ends too early.
#[derive(Debug)]
struct Fault;

struct Reader<'a> {
    bytes: &'a [u8],
    bit: usize,
    out: Vec<u8>,
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
    const fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            bit: 0,
            out: Vec::new(),
            longest_distance: 0,
        }
    }

    /// §3.2.3: one block; returns whether it is the final one.
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
            _ => return Err(Fault),
        }
        Ok(is_final)
    }

    fn bits(&mut self, count: usize) -> Result<usize, Fault> {
        let mut value = 0;
        for place in 0..count {
            let byte = self.bytes.get(self.bit / 8).ok_or(Fault)?;
            value |= usize::from(byte >> (self.bit % 8) & 1) << place;
            self.bit += 1;
        }
        Ok(value)
    }

    fn align(&mut self) {
        self.bit = self.bit.next_multiple_of(8);
    }

    /// §3.2.4.
    fn stored(&mut self) -> Result<(), Fault> {
        self.align();
        let (len, complement) = (self.bits(16)?, self.bits(16)?);
        if len != complement ^ 0xffff {
            return Err(Fault);
        }
        for _ in 0..len {
            let byte = self.bits(8)? as u8;
            self.out.push(byte);
        }
        Ok(())
    }

    /// §3.2.5.
    fn codes(&mut self, literals: &Code, distances: &Code) -> Result<(), Fault> {
        loop {
            let symbol = self.symbol(literals)?;
            match symbol {
                0..=255 => self.out.push(symbol as u8),
                256 => return Ok(()),
                257..=285 => {
                    let len = LENGTH_BASE[symbol - 257] + self.bits(LENGTH_EXTRA[symbol - 257])?;
                    let distance = self.distance(distances)?;
                    if distance > self.out.len() {
                        return Err(Fault);
                    }
                    self.longest_distance = self.longest_distance.max(distance);
                    for _ in 0..len {
                        self.out.push(self.out[self.out.len() - distance]);
                    }
                }
                _ => return Err(Fault),
            }
        }
    }

    fn distance(&mut self, distances: &Code) -> Result<usize, Fault> {
        let symbol = self.symbol(distances)?;
        if symbol < 2 {
            return Ok(symbol + 1);
        }
        if symbol > 29 {
            return Err(Fault);
        }
        let extra = symbol / 2 - 1;
        Ok((((2 + symbol % 2) << extra) + 1) + self.bits(extra)?)
    }

    fn symbol(&mut self, code: &Code) -> Result<usize, Fault> {
        let mut value = 0;
        for length in 1..=15 {
            value = value << 1 | self.bits(1)?;
            if let Ok(found) = code
                .entries
                .binary_search_by_key(&(length, value), |entry| (entry.0, entry.1))
            {
                return Ok(code.entries[found].2);
            }
        }
        Err(Fault)
    }

    /// §3.2.7.
    fn dynamic(&mut self) -> Result<(Code, Code), Fault> {
        let (literals, distances) = (self.bits(5)? + 257, self.bits(5)? + 1);
        let code_lengths = self.bits(4)? + 4;
        // What zlib refuses, for there are no such symbols.
        if literals > 286 || distances > 30 {
            return Err(Fault);
        }
        let mut lengths = [0; 19];
        for place in &CODE_LENGTH_ORDER[..code_lengths] {
            lengths[*place] = self.bits(3)?;
        }
        let code = Code::new(&lengths);
        if code.slack != 0 {
            return Err(Fault);
        }
        let mut lengths = Vec::new();
        while lengths.len() < literals + distances {
            let (value, count) = match self.symbol(&code)? {
                16 => (*lengths.last().ok_or(Fault)?, 3 + self.bits(2)?),
                17 => (0, 3 + self.bits(3)?),
                18 => (0, 11 + self.bits(7)?),
                length => (length, 1),
            };
            lengths.resize(lengths.len() + count, value);
        }
        if lengths.len() > literals + distances || lengths[256] == 0 {
            return Err(Fault);
        }
        let (of_literals, of_distances) = lengths.split_at(literals);
        let codes = (Code::new(of_literals), Code::new(of_distances));
        if codes.0.is_acceptable() && codes.1.is_acceptable() {
            Ok(codes)
        } else {
            Err(Fault)
        }
    }
}

/// §3.2.2: a Huffman code.
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

    /// A complete code, one of a single symbol of one bit (§3.2.7), or none at all.
    fn is_acceptable(&self) -> bool {
        match self.entries.as_slice() {
            [] => true,
            [(length, ..)] => *length == 1,
            _ => self.slack == 0,
        }
    }
}
