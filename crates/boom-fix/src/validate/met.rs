//! Which tags a message had so far.

/// The tags outside of groups that were met in one message. To ask for one costs the same however many there are, and the
/// memory is used again for each message.
#[derive(Clone, Debug)]
pub(super) struct Met {
    /// A bit for each tag below [`LOW`]; there are none before the first message.
    low: Vec<u64>,
    /// The other tags of the message, sorted, and whether each was met.
    high: Vec<(u32, bool)>,
}

/// Below it are all tags that are defined and those of nearly all venues: 8 KiB.
const LOW: u32 = 1 << 16;

impl Met {
    pub(super) const fn new() -> Self {
        Self {
            low: Vec::new(),
            high: Vec::new(),
        }
    }

    /// Starts a message with these tags, of which none was met.
    pub(super) fn begin(&mut self, tags: &[u32]) {
        self.low.resize(LOW as usize / 64, 0);
        self.high.clear();
        let high = tags.iter().filter(|&&tag| tag >= LOW);
        self.high.extend(high.map(|&tag| (tag, false)));
        self.high.sort_unstable();
        self.high.dedup();
    }

    /// Ends the message: it leaves nothing to the next.
    pub(super) fn end(&mut self, tags: &[u32]) {
        for &tag in tags {
            if let Some(word) = self.low.get_mut(tag as usize / 64) {
                *word = 0;
            }
        }
    }

    /// Notes a tag; true if it was met before.
    pub(super) fn insert(&mut self, tag: u32) -> bool {
        if let Some(word) = self.low.get_mut(tag as usize / 64) {
            let bit = 1 << (tag % 64);
            let was_met = *word & bit != 0;
            *word |= bit;
            return was_met;
        }
        match self.place(tag).and_then(|place| self.high.get_mut(place)) {
            Some((_, is_met)) => std::mem::replace(is_met, true),
            None => false,
        }
    }

    pub(super) fn contains(&self, tag: u32) -> bool {
        match self.low.get(tag as usize / 64) {
            Some(word) => word >> (tag % 64) & 1 != 0,
            None => {
                let high = self.place(tag).and_then(|place| self.high.get(place));
                high.is_some_and(|&(_, is_met)| is_met)
            }
        }
    }

    fn place(&self, tag: u32) -> Option<usize> {
        self.high.binary_search_by_key(&tag, |&(tag, _)| tag).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_any_size() {
        let tags = [1, 63, 64, 65_535, 65_536, 65_536, u32::MAX, 1];
        let mut met = Met::new();
        // Nothing stays from one message to the next.
        for _ in 0..2 {
            met.begin(&tags);
            let repeated = tags.map(|tag| met.insert(tag));
            assert_eq!(
                repeated,
                [false, false, false, false, false, true, false, true]
            );
            assert!(tags.iter().all(|&tag| met.contains(tag)));
            assert!(
                [2, 0, 127, 65_534, 65_537]
                    .iter()
                    .all(|&tag| !met.contains(tag))
            );
            met.end(&tags);
        }
        met.begin(&[7, 70_000]);
        assert!(!met.contains(1) && !met.contains(65_536) && !met.contains(70_000));
    }
}
