//! Messages cut out of the bytes by their length alone, as `Skip::ByLength` wants it.

use super::{Inbox, Place, Taken};
use crate::fields::SOH;

enum Frame {
    Whole(usize),
    Partial,
    /// So many bytes are in no message.
    Noise(usize),
}

impl Inbox {
    pub(super) fn take_by_length(&mut self) -> Taken {
        loop {
            let (bytes, head) = self.buffer.split();
            let start = *head;
            let waiting = bytes.get(start..).unwrap_or_default();
            let length = match frame(waiting) {
                Frame::Whole(length) => length,
                Frame::Noise(count) if count > 0 => {
                    self.skipped_frames += 1;
                    *head += count;
                    continue;
                }
                _ if waiting.len() >= self.max_message_bytes => {
                    *head = bytes.len();
                    return Taken::TooLong;
                }
                _ => {
                    let needed = waiting.len() + 1;
                    if needed > self.buffer.capacity() {
                        // Below the limit, which was checked.
                        let _ = self.buffer.reserve(2 * needed);
                    }
                    return Taken::Nothing;
                }
            };
            *head = start + length;
            let mut input = waiting.get(..length).unwrap_or_default();
            let garbled = self.decoder.garbled();
            match self.decoder.decode(&mut input, &mut self.index) {
                // One that starts later was swallowed by the length of what comes before it.
                Ok(Some(message)) if message.as_bytes().len() == length => {
                    self.place = Place::Buffer {
                        start,
                        end: start + length,
                        fields: message.fields().len(),
                    };
                    return Taken::Message;
                }
                Ok(_) => self.skipped_frames += u64::from(self.decoder.garbled() == garbled),
                Err(error) => return self.fault(start, error),
            }
        }
    }
}

fn frame(bytes: &[u8]) -> Frame {
    let Some(start) = find(bytes, b"8=FIX", 0) else {
        return Frame::Noise(bytes.len().saturating_sub(4));
    };
    if start > 0 {
        return Frame::Noise(start);
    }
    let Some(begin_end) = bytes.iter().position(|&byte| byte == SOH) else {
        return Frame::Partial;
    };
    let rest = bytes.get(begin_end + 1..).unwrap_or_default();
    let Some(length_end) = rest.iter().position(|&byte| byte == SOH) else {
        return Frame::Partial;
    };
    let length = rest.get(..length_end).and_then(|field| {
        let digits = std::str::from_utf8(field.strip_prefix(b"9=")?).ok()?;
        digits.parse::<usize>().ok()
    });
    let Some(length) = length else {
        return Frame::Noise(1);
    };
    let body_end = (begin_end + length_end + 2).saturating_add(length);
    let Some(trailer) = find(bytes, b"\x0110=", body_end - 1) else {
        return Frame::Partial;
    };
    let digits = bytes.get(trailer + 4..).unwrap_or_default();
    match digits.iter().position(|&byte| byte == SOH) {
        Some(end) => Frame::Whole(trailer + 4 + end + 1),
        None => Frame::Partial,
    }
}

fn find(bytes: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    let bytes = bytes.get(from..)?;
    let found = bytes
        .windows(wanted.len())
        .position(|window| window == wanted);
    found.map(|at| from + at)
}
