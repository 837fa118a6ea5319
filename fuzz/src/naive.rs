//! RFC 6455 read literally: one frame after the other out of the whole input, with copies and no care for speed.

/// One frame, or one message whose fragments are joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub fin: bool,
    pub opcode: u8,
    pub payload: Vec<u8>,
}

impl Frame {
    pub fn new(fin: bool, opcode: u8, payload: &[u8]) -> Self {
        Self {
            fin,
            opcode,
            payload: payload.to_vec(),
        }
    }

    pub const fn is_control(&self) -> bool {
        self.opcode >= 8
    }
}

/// Why no further frame is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// A close frame came, with this code.
    Closed(Option<u16>),
    /// A rule was broken, for which this code is sent.
    Broken(u16),
}

/// What may follow the last frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Further frames.
    Open,
    /// Nothing, after a close frame with this code.
    Closed(Option<u16>),
    /// The end of the connection with one of these codes: a frame may break several rules. Where it is not `certain`
    /// the frame is not whole yet, and the end may come now or later.
    Broken { codes: Vec<u16>, certain: bool },
}

impl Ending {
    pub fn permits(&self, end: Option<End>) -> bool {
        match (self, end) {
            (Self::Open, None) => true,
            (Self::Closed(code), Some(End::Closed(given))) => *code == given,
            (Self::Broken { codes, .. }, Some(End::Broken(given))) => codes.contains(&given),
            (Self::Broken { certain, .. }, None) => !certain,
            _ => false,
        }
    }
}

/// What the input holds.
#[derive(Debug, PartialEq, Eq)]
pub struct Decoded {
    pub frames: Vec<Frame>,
    pub ending: Ending,
}

#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub frame: u64,
    pub message: u64,
}

pub(crate) const PROTOCOL_ERROR: u16 = 1002;
pub(crate) const INVALID_DATA: u16 = 1007;
pub(crate) const TOO_BIG: u16 = 1009;

/// The message under way: whether it is text, and its payload so far.
pub(crate) type Message = Option<(bool, Vec<u8>)>;

/// Decodes what a server sent.
pub fn decode_server(input: &[u8], limits: Limits) -> Decoded {
    let mut decoded = Decoded {
        frames: Vec::new(),
        ending: Ending::Open,
    };
    let mut message = None;
    let mut rest = input;
    while let Some(header) = Header::read(rest) {
        let payload = rest.get(header.start..).unwrap_or_default();
        let len = header.len.unwrap_or(u64::MAX);
        let whole = payload.len() as u64 >= len;
        let payload = if whole {
            &payload[..len as usize]
        } else {
            payload
        };
        let mut codes = header.faults(&message, limits);
        codes.extend(header.payload_fault(payload, whole, &message));
        if !codes.is_empty() {
            // One that never fits cannot be waited for.
            let never_fits = header.len.is_some_and(|len| len > limits.frame);
            decoded.ending = Ending::Broken {
                codes,
                certain: whole || never_fits,
            };
            break;
        }
        if !whole {
            break;
        }
        rest = &rest[header.start + payload.len()..];
        let frame = Frame::new(header.fin, header.opcode, payload);
        advance(&mut message, &frame);
        decoded.frames.push(frame);
        if header.opcode == 8 {
            let code = payload.first_chunk().map(|code| u16::from_be_bytes(*code));
            decoded.ending = Ending::Closed(code);
            break;
        }
    }
    decoded
}

/// §5.4.
pub(crate) fn advance(message: &mut Message, frame: &Frame) {
    if frame.is_control() {
        return;
    }
    let (is_text, mut payload) = message.take().unwrap_or((frame.opcode == 1, Vec::new()));
    payload.extend_from_slice(&frame.payload);
    *message = (!frame.fin).then_some((is_text, payload));
}

/// §5.2, as far as it is there.
pub(crate) struct Header {
    pub(crate) fin: bool,
    /// As they stand in the first byte.
    pub(crate) reserved: u8,
    pub(crate) opcode: u8,
    masked: bool,
    /// Bytes of the extended length.
    extended: usize,
    /// Where the payload, or the masking key, starts.
    pub(crate) start: usize,
    /// `None` where the length is not all there.
    pub(crate) len: Option<u64>,
}

impl Header {
    /// `None` below two bytes.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let (first, second) = (*bytes.first()?, *bytes.get(1)?);
        let extended = match second & 0x7f {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let number = |bytes: &[u8]| {
            bytes
                .iter()
                .fold(0_u64, |number, byte| number << 8 | u64::from(*byte))
        };
        let len = match extended {
            0 => Some(u64::from(second & 0x7f)),
            _ => bytes.get(2..2 + extended).map(number),
        };
        Some(Self {
            fin: first & 0x80 != 0,
            reserved: first & 0x70,
            opcode: first & 0x0f,
            masked: second & 0x80 != 0,
            extended,
            start: 2 + extended,
            len,
        })
    }

    /// The same without reserved bits, where an extension has given them a meaning.
    pub(crate) fn without_reserved(&self) -> Self {
        Self {
            reserved: 0,
            ..*self
        }
    }

    fn is_minimal(&self) -> bool {
        match (self.len, self.extended) {
            (Some(len), 2) => len > 125,
            (Some(len), 8) => len > 65_535,
            _ => true,
        }
    }

    /// The codes of the rules that the header breaks, by itself and in its place.
    pub(crate) fn faults(&self, message: &Message, limits: Limits) -> Vec<u16> {
        let is_control = self.opcode >= 8;
        let out_of_place = match self.opcode {
            0 => message.is_none(),
            1 | 2 => message.is_some(),
            8..=10 => false,
            _ => true,
        };
        let len = self.len.unwrap_or_default();
        let before = message
            .as_ref()
            .map_or(0, |(_, payload)| payload.len() as u64);
        let mut codes = Vec::new();
        if self.reserved != 0
            || self.masked
            || out_of_place
            || !self.is_minimal()
            || len >> 63 != 0
            || (is_control && (!self.fin || len > 125))
        {
            codes.push(PROTOCOL_ERROR);
        }
        if len > limits.frame || (!is_control && before.saturating_add(len) > limits.message) {
            codes.push(TOO_BIG);
        }
        codes
    }

    /// §5.5.1, §8.1: the code of the rule that the payload breaks, of which `whole` says if it is all there.
    pub(crate) fn payload_fault(
        &self,
        payload: &[u8],
        whole: bool,
        message: &Message,
    ) -> Option<u16> {
        let before = match (self.opcode, message) {
            (0, Some((true, before))) => before.as_slice(),
            (1, _) => &[],
            (8, _) if whole => return close_fault(payload),
            _ => return None,
        };
        match std::str::from_utf8(&[before, payload].concat()) {
            Ok(_) => None,
            // The rest of the character may come later.
            Err(error) if error.error_len().is_none() && !(self.fin && whole) => None,
            Err(_) => Some(INVALID_DATA),
        }
    }
}

/// §5.5.1, §7.4.
fn close_fault(payload: &[u8]) -> Option<u16> {
    if payload.is_empty() {
        return None;
    }
    let Some((code, reason)) = payload.split_first_chunk() else {
        return Some(PROTOCOL_ERROR);
    };
    match u16::from_be_bytes(*code) {
        1000..=1003 | 1007..=1014 | 3000..=4999 => {}
        _ => return Some(PROTOCOL_ERROR),
    }
    if std::str::from_utf8(reason).is_ok() {
        None
    } else {
        Some(INVALID_DATA)
    }
}

/// Joins the fragments of each message; control frames stand where they came, unfinished messages do not count.
pub fn join(frames: &[Frame]) -> Vec<Frame> {
    let mut messages = Vec::new();
    let mut open: Option<Frame> = None;
    for frame in frames {
        if frame.is_control() {
            messages.push(frame.clone());
            continue;
        }
        let mut message = open
            .take()
            .unwrap_or_else(|| Frame::new(true, frame.opcode, &[]));
        message.payload.extend_from_slice(&frame.payload);
        if frame.fin {
            messages.push(message);
        } else {
            open = Some(message);
        }
    }
    messages
}

/// Decodes what a client sent, all of which must be whole, masked frames (§5.1, §5.3).
pub fn decode_client(bytes: &[u8]) -> Vec<Frame> {
    let (frames, rest) = decode_client_start(bytes, 0);
    assert_eq!(rest, 0, "a part of a frame: {bytes:?}");
    frames.into_iter().map(|(frame, _)| frame).collect()
}

/// The same where the last frame may not be whole: the frames, each with its reserved bits, and the number of bytes that
/// are left. Only the reserved bits of `allowed` may be set.
pub fn decode_client_start(mut bytes: &[u8], allowed: u8) -> (Vec<(Frame, u8)>, usize) {
    let mut frames = Vec::new();
    while let Some(header) = Header::read(bytes) {
        assert_eq!(header.reserved & !allowed, 0, "reserved bits");
        assert!(header.masked, "a client's frame is masked");
        assert!(
            header.is_minimal(),
            "a length that is longer than it need be"
        );
        assert!(
            matches!(header.opcode, 0..=2 | 8..=10),
            "opcode {}",
            header.opcode
        );
        assert!(header.opcode < 8 || header.fin, "a control frame is whole");
        let Some(len) = header.len else {
            break;
        };
        assert!(header.opcode < 8 || len <= 125, "a control frame is short");
        let Some((key, rest)) = bytes[header.start..].split_at_checked(4) else {
            break;
        };
        let Some((masked, rest)) = rest.split_at_checked(len as usize) else {
            break;
        };
        let unmasked = masked.iter().zip(key.iter().cycle());
        let payload: Vec<u8> = unmasked.map(|(byte, mask)| byte ^ mask).collect();
        frames.push((
            Frame::new(header.fin, header.opcode, &payload),
            header.reserved,
        ));
        bytes = rest;
    }
    (frames, bytes.len())
}

/// A frame as a server sends it, in its shortest form (§5.2).
pub fn encode_server(first: u8, payload: &[u8]) -> Vec<u8> {
    let len = payload.len();
    let mut frame = match len {
        0..=125 => vec![first, len as u8],
        126..=65_535 => vec![first, 126, (len >> 8) as u8, len as u8],
        _ => [&[first, 127][..], &(len as u64).to_be_bytes()].concat(),
    };
    frame.extend_from_slice(payload);
    frame
}
