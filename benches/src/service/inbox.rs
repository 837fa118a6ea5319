//! Messages that carry the time at which they were sent, and where endpoints put them.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::SystemTime;

use crate::harness::Result;

/// What has come, over all endpoints.
///
/// One thread writes. It is made of atomics because a runtime that could move its tasks asks for that; relaxed ones cost
/// what a cell does.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    count: AtomicU64,
    delay_ns: AtomicU64,
    mark: AtomicU8,
}

impl Inbox {
    /// What an endpoint does with each message: notes it, and how long it was under way.
    pub(super) fn take(&self, payload: &[u8]) {
        let now_ns = now_ns();
        let sent_ns = sent_ns(payload).unwrap_or(now_ns);
        self.delay_ns
            .store(now_ns.saturating_sub(sent_ns), Ordering::Relaxed);
        if let Some(&mark) = payload.last() {
            self.mark.store(mark, Ordering::Relaxed);
        }
        self.count.store(self.count() + 1, Ordering::Relaxed);
    }

    /// For those who read whole frames of [`frame`] and nothing else.
    pub(super) fn take_frames(&self, frames: &[u8]) -> Result<()> {
        let (frames, rest) = frames.as_chunks::<FRAME>();
        if !rest.is_empty() {
            return Err("a frame came in parts".into());
        }
        for frame in frames {
            self.take(&frame[HEADER..]);
        }
        Ok(())
    }

    /// Messages so far.
    pub(super) fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// How long the last message was under way.
    pub(super) fn delay_ns(&self) -> u64 {
        self.delay_ns.load(Ordering::Relaxed)
    }

    /// The mark of the last message.
    pub(super) fn mark(&self) -> u8 {
        self.mark.load(Ordering::Relaxed)
    }
}

const HEADER: usize = 2;
const PAYLOAD: usize = 100;
const FRAME: usize = HEADER + PAYLOAD;
/// Digits of the time in front of a payload.
const DIGITS: usize = 16;

/// A text message of 100 bytes as a server frames it (RFC 6455, section 5.2), sent now. It ends with the mark.
pub(super) fn frame(mark: u8) -> [u8; FRAME] {
    let mut frame = [b'x'; FRAME];
    frame[0] = 0x81;
    frame[1] = PAYLOAD as u8;
    frame[FRAME - 1] = mark;
    let digits = &mut frame[HEADER..HEADER + DIGITS];
    let mut rest = now_ns();
    for digit in digits.iter_mut().rev() {
        *digit = b"0123456789abcdef"[(rest & 15) as usize];
        rest >>= 4;
    }
    frame
}

fn sent_ns(payload: &[u8]) -> Option<u64> {
    let digits = payload.first_chunk::<DIGITS>()?;
    u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// The time by a clock that all processes of the machine share.
pub(super) fn now_ns() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.map_or(0, |now| now.as_nanos() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_tells_when_it_was_sent() {
        let before_ns = now_ns();
        let frame = frame(b'm');
        let sent_ns = sent_ns(&frame[HEADER..]).unwrap();
        assert!((before_ns..=now_ns()).contains(&sent_ns));

        let inbox = Inbox::default();
        inbox.take_frames(&[frame, frame].concat()).unwrap();
        assert_eq!((inbox.count(), inbox.mark()), (2, b'm'));
        assert!(inbox.delay_ns() <= now_ns() - before_ns);
        assert!(inbox.take_frames(&frame[1..]).is_err());
    }
}
