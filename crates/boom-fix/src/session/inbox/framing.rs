//! Messages cut out of the bytes by their length alone, as `Skip::ByLength` wants it.

use super::{Inbox, Place, Taken};
use crate::fields::SOH;

enum Frame {
    Whole(usize),
    Partial,
    /// So many bytes are in no message.
    Noise(usize),
    /// It says that it is longer than is permitted.
    TooLong,
}

/// `BeginString` and `BodyLength` are no longer, with room to spare.
const LONGEST_HEAD: usize = 64;

impl Inbox {
    pub(super) fn take_by_length(&mut self) -> Taken {
        loop {
            let (bytes, head) = self.buffer.split();
            let start = *head;
            let waiting = bytes.get(start..).unwrap_or_default();
            let length = match frame(waiting, &mut self.searched, self.max_message_bytes) {
                Frame::Whole(length) => length,
                Frame::Noise(0) => return Taken::Nothing,
                Frame::Noise(count) => {
                    self.skipped_frames += 1;
                    (self.is_lost, self.searched) = (true, 0);
                    *head += count;
                    continue;
                }
                // Among what is garbled a length says nothing.
                Frame::TooLong if self.is_lost => {
                    self.skipped_frames += 1;
                    *head += 1;
                    continue;
                }
                Frame::Partial if waiting.len() < self.max_message_bytes => {
                    let needed = waiting.len() + 1;
                    if needed > self.buffer.capacity() {
                        // Below the limit, which was checked.
                        let _ = self.buffer.reserve((2 * needed).min(self.buffer.limit()));
                    }
                    return Taken::Nothing;
                }
                Frame::Partial | Frame::TooLong => {
                    *head = bytes.len();
                    self.searched = 0;
                    return Taken::TooLong;
                }
            };
            *head = start + length;
            self.searched = 0;
            let mut input = waiting.get(..length).unwrap_or_default();
            let (garbled, skipped) = (self.decoder.garbled(), self.decoder.skipped_bytes());
            match self.decoder.decode(&mut input, &mut self.index) {
                // One that starts later was swallowed by the length of what comes before it.
                Ok(Some(message)) if message.as_bytes().len() == length => {
                    self.place = Place::Buffer {
                        start,
                        end: start + length,
                        fields: message.fields().len(),
                    };
                    self.is_lost = false;
                    return Taken::Message;
                }
                Ok(_) => {
                    self.is_lost = true;
                    self.skipped_frames += u64::from(self.decoder.garbled() == garbled);
                }
                Err(error) if self.decoder.skipped_bytes() == skipped => {
                    return self.fault(start, error);
                }
                // Of what stands inside of what is garbled.
                Err(_) => self.is_lost = true,
            }
        }
    }
}

/// What stands at the front. The trailer does not begin before `searched`, which moves on with the search: so each byte is
/// looked at once, however small the pieces are in which it comes.
fn frame(bytes: &[u8], searched: &mut usize, max: usize) -> Frame {
    let Some(start) = find(bytes, b"8=FIX", 0) else {
        return Frame::Noise(bytes.len().saturating_sub(4));
    };
    if start > 0 {
        return Frame::Noise(start);
    }
    let head = bytes.get(..LONGEST_HEAD).unwrap_or(bytes);
    // The delimiters of the two fields.
    let mut ends = (0..).zip(head).filter(|&(_, &byte)| byte == SOH);
    let (Some((begin_end, _)), Some((length_end, _))) = (ends.next(), ends.next()) else {
        return match head.len() {
            LONGEST_HEAD => Frame::Noise(1),
            _ => Frame::Partial,
        };
    };
    let rest = bytes.get(begin_end + 1..).unwrap_or_default();
    let length_end = length_end - begin_end - 1;
    let length = rest.get(..length_end).and_then(|field| {
        let digits = std::str::from_utf8(field.strip_prefix(b"9=")?).ok()?;
        digits.parse::<usize>().ok()
    });
    let Some(length) = length else {
        return Frame::Noise(1);
    };
    let body_end = (begin_end + length_end + 2).saturating_add(length);
    if body_end > max {
        return Frame::TooLong;
    }
    let from = (body_end - 1).max(*searched);
    let Some(trailer) = find(bytes, TRAILER, from) else {
        // The last bytes may be the first of one.
        *searched = from.max((bytes.len() + 1).saturating_sub(TRAILER.len()));
        return Frame::Partial;
    };
    *searched = trailer;
    let digits = bytes.get(trailer + 4..).unwrap_or_default();
    match digits.iter().position(|&byte| byte == SOH) {
        Some(end) => Frame::Whole(trailer + 4 + end + 1),
        None => Frame::Partial,
    }
}

const TRAILER: &[u8] = b"\x0110=";

fn find(bytes: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    let bytes = bytes.get(from..)?;
    let found = bytes
        .windows(wanted.len())
        .position(|window| window == wanted);
    found.map(|at| from + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_byte_is_searched_twice() {
        let mut inbox = Inbox::new().with_skip(super::super::Skip::ByLength);
        let head = b"8=FIX.4.4\x019=5\x0135=A\x0158=";
        inbox.extend(head);
        assert!(matches!(inbox.take(), Taken::Nothing));
        let mut length = head.len();
        for piece in [100, 1, 2, 3, 1000] {
            length += inbox.extend(&vec![b'x'; piece]);
            assert!(matches!(inbox.take(), Taken::Nothing));
            // But for what may be the first three bytes of a trailer.
            assert_eq!(inbox.searched, length - 3);
        }
        // A trailer in pieces is found, and the next frame is searched from its start.
        for &byte in b"\x0110=000\x01" {
            assert!(matches!(inbox.take(), Taken::Nothing));
            inbox.extend(&[byte]);
        }
        assert!(matches!(inbox.take(), Taken::Nothing));
        assert_eq!((inbox.searched, inbox.garbled()), (0, 1));
    }

    #[test]
    fn what_says_that_it_is_too_long_is_not_waited_for() {
        let long = b"8=FIX.4.4\x019=5000\x01";
        let mut inbox = Inbox::new()
            .with_skip(super::super::Skip::ByLength)
            .with_max_message_bytes(4096);
        inbox.extend(long);
        assert!(matches!(inbox.take(), Taken::TooLong));
        // Among noise it is noise.
        inbox.clear();
        inbox.extend(b"noise");
        inbox.extend(long);
        inbox.extend(b"8=FIX.4.4\x019=5\x0135=0\x0110=163\x01");
        assert!(matches!(inbox.take(), Taken::Message));
        // Heads without an end.
        inbox.clear();
        inbox.extend(b"8=FIX");
        inbox.extend(&[b'x'; 100]);
        assert!(matches!(inbox.take(), Taken::Nothing));
        assert_eq!(inbox.buffer.len(), 4);
    }
}
