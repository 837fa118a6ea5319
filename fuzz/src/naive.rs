//! RFC 6455 read literally: one frame after the other out of the whole input, with copies and no care for speed.

/// One frame.
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
}

/// Why no further frame is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// A close frame came, with this code.
    Closed(Option<u16>),
    /// A rule was broken, for which this code is sent.
    Broken(u16),
}

/// What the input holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Decoded {
    pub frames: Vec<Frame>,
    pub end: Option<End>,
    /// Bytes at the end that are less than a frame.
    pub partial: usize,
}

#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub frame: u64,
    pub message: u64,
}

const PROTOCOL_ERROR: u16 = 1002;
const INVALID_DATA: u16 = 1007;
const TOO_BIG: u16 = 1009;

/// Decodes what a server sent.
pub fn decode_server(input: &[u8], limits: Limits) -> Decoded {
    let mut decoded = Decoded::default();
    let mut message = None;
    let mut rest = input;
    while decoded.end.is_none() {
        let frame = match header(rest, limits.frame) {
            Ok(Some((fin, opcode, start, len))) if rest.len() - start >= len => {
                let frame = Frame::new(fin, opcode, &rest[start..start + len]);
                rest = &rest[start + len..];
                frame
            }
            Ok(_) => break,
            Err(code) => {
                decoded.end = Some(End::Broken(code));
                break;
            }
        };
        match check(&frame, &mut message, limits) {
            Ok(()) => {
                if frame.opcode == 8 {
                    let code = frame
                        .payload
                        .first_chunk()
                        .map(|code| u16::from_be_bytes(*code));
                    decoded.end = Some(End::Closed(code));
                }
                decoded.frames.push(frame);
            }
            Err(code) => decoded.end = Some(End::Broken(code)),
        }
    }
    decoded.partial = rest.len();
    decoded
}

/// §5.2: FIN, opcode, where the payload starts and how long it is.
fn header(bytes: &[u8], limit: u64) -> Result<Option<(bool, u8, usize, usize)>, u16> {
    if bytes.len() < 2 {
        return Ok(None);
    }
    let (fin, reserved, opcode) = (bytes[0] & 0x80 != 0, bytes[0] & 0x70, bytes[0] & 0x0f);
    let extended = match bytes[1] & 0x7f {
        126 => 2,
        127 => 8,
        _ => 0,
    };
    if bytes[1] & 0x80 != 0 {
        return Err(PROTOCOL_ERROR);
    }
    if bytes.len() < 2 + extended {
        return Ok(None);
    }
    let number = bytes[2..2 + extended]
        .iter()
        .fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let len = if extended == 0 {
        u64::from(bytes[1])
    } else {
        number
    };
    let minimal = match extended {
        2 => len > 125,
        8 => len > 65_535,
        _ => true,
    };
    let is_control = opcode >= 8;
    if reserved != 0 || !minimal || len >> 63 != 0 || (is_control && (!fin || len > 125)) {
        return Err(PROTOCOL_ERROR);
    }
    if len > limit {
        return Err(TOO_BIG);
    }
    Ok(Some((fin, opcode, 2 + extended, len as usize)))
}

/// The message under way: whether it is text, and its payload so far.
type Message = Option<(bool, Vec<u8>)>;

/// §5.4, §5.5, §8.1: the rules between and inside frames; the error is the code to close with.
fn check(frame: &Frame, message: &mut Message, limits: Limits) -> Result<(), u16> {
    match frame.opcode {
        0 if message.is_none() => return Err(PROTOCOL_ERROR),
        1 | 2 if message.is_some() => return Err(PROTOCOL_ERROR),
        1 | 2 => *message = Some((frame.opcode == 1, Vec::new())),
        8 => return check_close(&frame.payload),
        0 | 9 | 10 => {}
        _ => return Err(PROTOCOL_ERROR),
    }
    if frame.opcode >= 8 {
        return Ok(());
    }
    let Some((is_text, payload)) = message else {
        return Err(PROTOCOL_ERROR);
    };
    payload.extend_from_slice(&frame.payload);
    if payload.len() as u64 > limits.message {
        return Err(TOO_BIG);
    }
    if *is_text {
        match std::str::from_utf8(payload) {
            Ok(_) => {}
            // The rest of the character may come in the next frame.
            Err(error) if error.error_len().is_none() && !frame.fin => {}
            Err(_) => return Err(INVALID_DATA),
        }
    }
    if frame.fin {
        *message = None;
    }
    Ok(())
}

/// §5.5.1, §7.4.
fn check_close(payload: &[u8]) -> Result<(), u16> {
    if payload.is_empty() {
        return Ok(());
    }
    let Some((code, reason)) = payload.split_first_chunk() else {
        return Err(PROTOCOL_ERROR);
    };
    match u16::from_be_bytes(*code) {
        1000..=1003 | 1007..=1014 | 3000..=4999 => {}
        _ => return Err(PROTOCOL_ERROR),
    }
    if std::str::from_utf8(reason).is_ok() {
        Ok(())
    } else {
        Err(INVALID_DATA)
    }
}

/// Decodes what a client sent, all of which must be whole, masked frames (§5.1, §5.3).
pub fn decode_client(mut bytes: &[u8]) -> Vec<Frame> {
    let mut frames = Vec::new();
    while !bytes.is_empty() {
        assert!(bytes.len() >= 6, "less than a header: {bytes:?}");
        assert_eq!(bytes[0] & 0x70, 0, "reserved bits");
        assert_eq!(bytes[1] & 0x80, 0x80, "a client's frame is masked");
        let (len, at) = match bytes[1] & 0x7f {
            126 => (usize::from(u16::from_be_bytes([bytes[2], bytes[3]])), 4),
            127 => panic!("nothing that long was sent"),
            short => (usize::from(short), 2),
        };
        let (key, rest) = bytes[at..].split_at(4);
        let payload: Vec<u8> = rest[..len]
            .iter()
            .zip(key.iter().cycle())
            .map(|(byte, mask)| byte ^ mask)
            .collect();
        frames.push(Frame {
            fin: bytes[0] & 0x80 != 0,
            opcode: bytes[0] & 0x0f,
            payload,
        });
        bytes = &rest[len..];
    }
    frames
}
