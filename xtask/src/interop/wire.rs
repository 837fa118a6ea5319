//! As much of a server's bytes as must be understood to break them off at a known place.

/// One frame of a server, which is never masked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) fin: bool,
    opcode: u8,
    /// Where its payload starts.
    pub(super) start: usize,
    /// Where its payload ends, which may not have come yet.
    pub(super) end: usize,
}

impl Frame {
    /// Whether it belongs to a message, as frames of control do not.
    pub(super) const fn is_data(self) -> bool {
        self.opcode < 8
    }
}

/// The frames whose heads are there, behind the head of the handshake.
pub(super) fn frames(stream: &[u8]) -> impl Iterator<Item = Frame> + '_ {
    const HEAD_END: &[u8] = b"\r\n\r\n";
    let head = stream
        .windows(HEAD_END.len())
        .position(|window| window == HEAD_END);
    let mut at = head.map_or(stream.len(), |head| head + HEAD_END.len());
    std::iter::from_fn(move || {
        let frame = frame(stream, at)?;
        at = frame.end;
        Some(frame)
    })
}

/// RFC 6455, 5.2.
fn frame(stream: &[u8], at: usize) -> Option<Frame> {
    let head = stream.get(at..at + 2)?;
    let (first, start) = (head[0], at + 2);
    let long = match head[1] {
        126 => 2,
        127 => 8,
        _ => 0,
    };
    let length = stream.get(start..start + long)?;
    let length = match length {
        [] => usize::from(head[1]),
        _ => length
            .iter()
            .fold(0, |length, byte| length << 8 | usize::from(*byte)),
    };
    let start = start + long;
    Some(Frame {
        fin: first & 0x80 != 0,
        opcode: first & 0x0f,
        start,
        end: start.saturating_add(length),
    })
}

/// How many messages have come to their last byte.
pub(super) fn messages(stream: &[u8]) -> u64 {
    frames(stream)
        .filter(|frame| frame.is_data() && frame.fin && frame.end <= stream.len())
        .count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_stand_behind_the_head() {
        let mut stream = b"HTTP/1.1 101\r\n\r\n\x89\x00\x01\x02ab\x80\x7e\x01\x00".to_vec();
        stream.extend([0; 256]);
        let found: Vec<_> = frames(&stream)
            .map(|frame| (frame.fin, frame.is_data(), frame.end))
            .collect();
        assert_eq!(
            found,
            [(true, false, 18), (false, true, 22), (true, true, 282)]
        );
        assert_eq!(messages(&stream), 1);
        assert_eq!(messages(&stream[..281]), 0);
    }

    #[test]
    fn without_a_whole_head_there_are_none() {
        assert_eq!(frames(b"HTTP/1.1 101\r\n").count(), 0);
        assert_eq!(frames(b"HTTP/1.1 101\r\n\r\n\x81").count(), 0);
    }
}
