//! What was read from the file and not by the program.

use std::collections::VecDeque;
use std::io::ErrorKind;

use super::verify::Written;
use super::{Recorded, RecordedEvent};

/// Events of the inbound side, in order.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    arrivals: VecDeque<Arrival>,
    /// Those of all arrivals, the first one's at `head`.
    bytes: Vec<u8>,
    head: usize,
    /// Part of the first arrival was read.
    pub(super) is_begun: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    pub(super) time_ns: u64,
    /// How many bytes the recorded program had written by then.
    pub(super) after_written: u64,
    pub(super) what: What,
    is_adapted: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum What {
    Bytes { len: usize, is_last: bool },
    Closed,
    Failed(ErrorKind),
    Missing(u64),
}

impl Inbox {
    pub(super) fn next(&self) -> Option<&Arrival> {
        self.arrivals.front()
    }

    pub(super) fn is_bytes(&self) -> bool {
        matches!(
            self.next().map(|arrival| arrival.what),
            Some(What::Bytes { .. })
        )
    }

    pub(super) fn add(&mut self, event: &RecordedEvent<'_>, after_written: u64) {
        drop_consumed(&mut self.bytes, &mut self.head);
        let what = match event.what {
            Recorded::Bytes { bytes, is_last } => {
                self.bytes.extend_from_slice(bytes);
                let len = bytes.len();
                What::Bytes { len, is_last }
            }
            Recorded::Closed => What::Closed,
            Recorded::Failed(kind) => What::Failed(kind),
            Recorded::Missing(bytes) => What::Missing(bytes),
        };
        self.arrivals.push_back(Arrival {
            time_ns: event.time_ns,
            after_written,
            what,
            is_adapted: false,
        });
    }

    /// The memory that what waits takes.
    pub(super) fn len(&self) -> usize {
        self.bytes.len() - self.head + self.arrivals.len() * size_of::<Arrival>()
    }

    pub(super) fn skip(&mut self) {
        self.arrivals.pop_front();
    }

    /// Fills the room from the first arrival. Returns the count, and whether the recorded read ends there or goes on later.
    pub(super) fn take(&mut self, room: &mut [u8], written: &mut Written) -> (usize, bool) {
        let Some(Arrival {
            what: What::Bytes { len, is_last },
            is_adapted,
            ..
        }) = self.arrivals.front_mut()
        else {
            return (0, true);
        };
        if !std::mem::replace(is_adapted, true)
            && let Some(bytes) = self.bytes.get_mut(self.head..self.head + *len)
        {
            written.adapt(bytes);
        }
        let count = (*len).min(room.len());
        let bytes = self.bytes.get(self.head..self.head + count);
        let (Some(bytes), Some(room)) = (bytes, room.get_mut(..count)) else {
            return (0, true);
        };
        room.copy_from_slice(bytes);
        self.head += count;
        *len -= count;
        self.is_begun = *len > 0 || !*is_last;
        if *len > 0 {
            return (count, true);
        }
        let is_last = *is_last;
        self.skip();
        (count, is_last)
    }

    /// Throws everything away. Returns how many bytes that nobody has read that was.
    pub(super) fn discard(&mut self) -> u64 {
        let count = self.bytes.len() - self.head;
        self.arrivals.clear();
        self.bytes.clear();
        self.head = 0;
        count as u64
    }
}

/// Lets go of the bytes before `head` once they are the larger half, so that none is moved more than once for each that
/// was added.
pub(super) fn drop_consumed(bytes: &mut Vec<u8>, head: &mut usize) {
    if *head > bytes.len() / 2 || *head == bytes.len() {
        bytes.drain(..*head);
        *head = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::Direction;

    #[test]
    fn what_was_read_is_let_go_of() {
        let mut inbox = Inbox::default();
        let event = RecordedEvent {
            time_ns: 0,
            direction: Direction::Inbound,
            what: Recorded::Bytes {
                bytes: &[7; 1000],
                is_last: true,
            },
        };
        // Never quite empty.
        inbox.add(&event, 0);
        for _ in 0..1000 {
            inbox.add(&event, 0);
            let mut room = [0; 1000];
            assert_eq!(inbox.take(&mut room, &mut Written::Ignored), (1000, true));
            assert_eq!(room, [7; 1000]);
        }
        assert_eq!(inbox.len(), 1000 + size_of::<Arrival>());
        assert!(inbox.bytes.capacity() <= 8000);
    }
}
