//! What had no room in the queue, until there is.

use super::queue::{Direction, Entry, GAP_LEN, Gap, HEADER_LEN, Inlet};

/// What can wait. An end or an error beyond is dropped like a read: it counts in the gap.
const LONGEST: usize = 16;

/// Gaps, and the ends and errors between them, in order, each with its time.
#[derive(Debug)]
pub(super) struct Backlog {
    items: Vec<(Entry, Gap, u64)>,
    /// The bytes that they take in the queue.
    len: usize,
}

impl Backlog {
    pub(super) fn new() -> Self {
        Self {
            items: Vec::with_capacity(LONGEST),
            len: 0,
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The bytes that it takes in the queue.
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// Returns true if an end or an error waits.
    pub(super) fn has_event(&self) -> bool {
        self.items.iter().any(|(entry, ..)| *entry != Entry::Gap)
    }

    /// Adds a read or a write that is not recorded.
    pub(super) fn add_gap(&mut self, direction: Direction, bytes: u64, time_ns: u64) {
        match self.items.last_mut() {
            Some((Entry::Gap, gap, last_ns)) => {
                gap.add(direction, bytes);
                *last_ns = time_ns;
            }
            _ => {
                let mut gap = Gap::default();
                gap.add(direction, bytes);
                self.items.push((Entry::Gap, gap, time_ns));
                self.len += HEADER_LEN + GAP_LEN;
            }
        }
    }

    /// Adds an end or an error, unless too much waits already.
    pub(super) fn add_event(&mut self, entry: Entry, time_ns: u64) -> bool {
        // A gap must have room behind it.
        let has_room = self.items.len() + 1 < LONGEST;
        if has_room {
            self.items.push((entry, Gap::default(), time_ns));
            self.len += HEADER_LEN;
        }
        has_room
    }

    /// Puts all into the queue, for which there must be room.
    pub(super) fn move_to(&mut self, inlet: &mut Inlet) {
        while let Some((entry, gap, time_ns)) = self.take() {
            let bytes = gap.to_bytes();
            let bytes = if entry == Entry::Gap { &bytes[..] } else { &[] };
            inlet.push(entry, time_ns, bytes);
        }
    }

    /// Takes the first one.
    pub(super) fn take(&mut self) -> Option<(Entry, Gap, u64)> {
        if self.items.is_empty() {
            return None;
        }
        let item = self.items.remove(0);
        self.len -= HEADER_LEN;
        if item.0 == Entry::Gap {
            self.len -= GAP_LEN;
        }
        Some(item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_bounded_and_in_order() {
        let mut backlog = Backlog::new();
        let capacity = backlog.items.capacity();
        assert!(!backlog.has_event());
        let mut taken = 0;
        for time in 0..100 {
            backlog.add_gap(Direction::Inbound, 10, time);
            taken += u32::from(backlog.add_event(Entry::PeerClosed, time));
            backlog.add_gap(Direction::Outbound, 1, time);
        }
        assert!(backlog.has_event());
        assert_eq!(backlog.items.capacity(), capacity);
        let mut gap = Gap::default();
        let (mut events, mut last) = (0, 0);
        while let Some((entry, part, time)) = backlog.take() {
            gap.join(part);
            events += u32::from(entry == Entry::PeerClosed);
            assert!(time >= last);
            last = time;
        }
        assert_eq!((events, gap.bytes), (taken, [1000, 100]));
        assert!(backlog.is_empty());
    }
}
