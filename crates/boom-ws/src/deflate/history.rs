//! The bytes that a message may refer back to.

/// The last bytes of what was inflated, as many as the window has.
///
/// The inflater has its own copy and forgets it with the end of a DEFLATE stream, out of reach.
#[derive(Debug)]
pub(super) struct History {
    ring: Box<[u8]>,
    /// Where the next byte goes: behind the newest one, in front of the oldest one.
    next: usize,
    is_full: bool,
}

impl History {
    pub(super) fn new(window_bits: u8) -> Self {
        Self {
            ring: vec![0; 1 << window_bits].into_boxed_slice(),
            next: 0,
            is_full: false,
        }
    }

    pub(super) const fn clear(&mut self) {
        self.next = 0;
        self.is_full = false;
    }

    pub(super) fn extend(&mut self, bytes: &[u8]) {
        let size = self.ring.len();
        let fresh = bytes
            .get(bytes.len().saturating_sub(size)..)
            .unwrap_or_default();
        let (at_end, at_start) = fresh.split_at(fresh.len().min(size - self.next));
        self.ring[self.next..][..at_end.len()].copy_from_slice(at_end);
        self.ring[..at_start.len()].copy_from_slice(at_start);
        self.is_full |= self.next + fresh.len() >= size;
        self.next = (self.next + fresh.len()) % size;
    }

    /// The bytes, oldest first, in two parts.
    pub(super) fn parts(&self) -> [&[u8]; 2] {
        let (newer, older) = self.ring.split_at(self.next);
        if self.is_full {
            [older, newer]
        } else {
            [&[], newer]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_bytes_are_kept_in_order_however_they_came() {
        for piece in [1, 3, 255, 256, 257, 1000] {
            let bytes: Vec<u8> = (0..2000_u32).map(|index| (index % 251) as u8).collect();
            let mut history = History::new(8);
            for (index, part) in bytes.chunks(piece).enumerate() {
                history.extend(part);
                let so_far = (index * piece) + part.len();
                let expected = &bytes[so_far.saturating_sub(256)..so_far];
                assert_eq!(history.parts().concat(), expected, "{so_far} by {piece}");
            }
            history.clear();
            assert_eq!(history.parts().concat(), b"");
        }
    }
}
