//! RFC 7692 read literally: whole messages out of the whole input, where some may be compressed.

use crate::naive::{
    Decoded, Ending, Frame, Header, INVALID_DATA, Limits, Message, PROTOCOL_ERROR, TOO_BIG, advance,
};
use boom_testkit::inflate::{Fault, Inflater};

/// Section 6.1: the bit of a compressed message.
pub const COMPRESSED: u8 = 0x40;

/// Decodes what a server sent after permessage-deflate was agreed on. Control frames stand where they came.
pub fn decode_messages(input: &[u8], limits: Limits, inflater: &mut Inflater) -> Decoded {
    let mut decoder = Decoder {
        messages: Vec::new(),
        message: None,
        opcode: 0,
        is_compressed: false,
        before: 0,
        inflater,
        limits,
    };
    let mut rest = input;
    let ending = loop {
        let Some(header) = Header::read(rest) else {
            break Ending::Open;
        };
        match decoder.frame(&header, &rest[header.start.min(rest.len())..]) {
            Ok(None) => break Ending::Open,
            Ok(Some(len)) => rest = &rest[header.start + len..],
            Err(ending) => break ending,
        }
        if header.opcode == 8 {
            let payload = decoder
                .messages
                .last()
                .map(|close| close.payload.as_slice());
            let code = payload.unwrap_or_default().first_chunk();
            break Ending::Closed(code.map(|code| u16::from_be_bytes(*code)));
        }
    };
    Decoded {
        frames: decoder.messages,
        ending,
    }
}

struct Decoder<'a> {
    messages: Vec<Frame>,
    /// The message under way, as it was sent.
    message: Message,
    /// Of its first frame.
    opcode: u8,
    is_compressed: bool,
    /// Messages and control frames before it.
    before: usize,
    inflater: &'a mut Inflater,
    limits: Limits,
}

impl Decoder<'_> {
    /// Takes a frame of which `rest` is the payload and all that follows; returns its length, `None` where it is not all
    /// there.
    fn frame(&mut self, header: &Header, rest: &[u8]) -> Result<Option<usize>, Ending> {
        let len = header.len.unwrap_or(u64::MAX);
        let is_whole = rest.len() as u64 >= len;
        let payload = if is_whole {
            &rest[..len as usize]
        } else {
            rest
        };
        let starts_compressed = header.reserved == COMPRESSED && matches!(header.opcode, 1 | 2);
        let is_compressed = match header.opcode {
            0 => self.is_compressed,
            1 | 2 => starts_compressed,
            _ => false,
        };
        let mut codes = if starts_compressed {
            header.without_reserved().faults(&self.message, self.limits)
        } else {
            header.faults(&self.message, self.limits)
        };
        if !is_compressed {
            codes.extend(header.payload_fault(payload, is_whole, &self.message));
        }
        if !codes.is_empty() {
            let certain = is_whole || header.len.is_some_and(|len| len > self.limits.frame);
            return Err(Ending::Broken { codes, certain });
        }
        if !is_whole {
            return Ok(None);
        }
        let frame = Frame::new(header.fin, header.opcode, payload);
        if frame.is_control() {
            self.messages.push(frame);
        } else {
            self.data(&frame, is_compressed)?;
        }
        Ok(Some(payload.len()))
    }

    fn data(&mut self, frame: &Frame, is_compressed: bool) -> Result<(), Ending> {
        if frame.opcode != 0 {
            self.opcode = frame.opcode;
            self.is_compressed = is_compressed;
            self.before = self.messages.len();
        }
        // `advance` forgets a message that has ended.
        let before = self.message.take();
        let mut payload = before
            .as_ref()
            .map_or_else(Vec::new, |(_, payload)| payload.clone());
        payload.extend_from_slice(&frame.payload);
        self.message = before;
        advance(&mut self.message, frame);
        if !is_compressed {
            if frame.fin {
                self.messages.push(Frame::new(true, self.opcode, &payload));
            }
            return Ok(());
        }
        let result = if frame.fin {
            self.inflater.message(&payload)
        } else {
            self.inflater.start(&payload)
        };
        let inflated = result.map_err(|fault| {
            // It may be told with the first frame that shows it, or with one after it, and then without or with the
            // control frames between them: a table tells of a code that cannot be by fewer bits than we read here.
            self.messages.truncate(self.before);
            broken(fault, frame.fin)
        })?;
        if self.opcode == 1
            && let Err(error) = std::str::from_utf8(&inflated)
            && (frame.fin || error.error_len().is_some())
        {
            // As above.
            self.messages.truncate(self.before);
            return Err(broken(Fault::Corrupt, frame.fin));
        }
        if !frame.fin {
            return Ok(());
        }
        self.messages.push(Frame::new(true, self.opcode, &inflated));
        Ok(())
    }
}

fn broken(fault: Fault, certain: bool) -> Ending {
    let codes = match fault {
        // What comes behind the limit may be looked at or not.
        Fault::TooLong => vec![TOO_BIG, INVALID_DATA],
        Fault::Corrupt | Fault::Cut => vec![INVALID_DATA],
    };
    // Before a message is over, another of its frames may break another rule.
    let codes = if certain {
        codes
    } else {
        [codes, vec![PROTOCOL_ERROR, TOO_BIG]].concat()
    };
    Ending::Broken { codes, certain }
}
