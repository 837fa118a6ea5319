//! Where each kept message stands: eight bytes a message, and sixteen where numbers were left out.

use std::collections::VecDeque;

/// Messages of one block of the index.
const BLOCK: usize = 4096;

/// A place in the files of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) segment: u64,
    pub(super) offset: u64,
}

/// The bits of a place that are the offset; the rest are the lowest of the file's number.
const OFFSET_BITS: u32 = 40;
const SEGMENT_MASK: u64 = (1 << (64 - OFFSET_BITS)) - 1;
/// No file is longer.
pub(super) const LONGEST_FILE: u64 = 1 << (OFFSET_BITS - 1);

/// Numbers in ascending order, with their places.
///
/// Blocks are of one size and are used again, so that nothing is copied when it grows, and nothing is allocated up to what
/// was reserved: unless there are more than 16 runs.
#[derive(Debug)]
pub(super) struct Index {
    blocks: VecDeque<Box<[u64]>>,
    spare: Vec<Box<[u64]>>,
    /// Positions before the first one that is kept, in the first block.
    skipped: usize,
    count: usize,
    /// Positions forgotten at the front so far: runs count from the very first.
    forgotten: u64,
    runs: VecDeque<Run>,
}

/// Numbers without a gap.
#[derive(Clone, Copy, Debug)]
struct Run {
    first: u64,
    /// Of the first number.
    position: u64,
}

impl Index {
    pub(super) fn with_room(messages: usize) -> Self {
        let blocks = messages.div_ceil(BLOCK);
        Self {
            blocks: VecDeque::with_capacity(blocks),
            spare: (0..blocks).map(|_| block()).collect(),
            skipped: 0,
            count: 0,
            forgotten: 0,
            runs: VecDeque::with_capacity(16),
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.count
    }

    fn end(&self) -> u64 {
        self.forgotten + self.count as u64
    }

    /// One behind the greatest number.
    fn next_number(&self) -> Option<u64> {
        let run = self.runs.back()?;
        Some(run.first + (self.end() - run.position))
    }

    /// Adds a number, and forgets those that are not below it.
    pub(super) fn push(&mut self, number: u64, place: Place) {
        self.forget_from(number);
        if self.next_number() != Some(number) {
            let position = self.end();
            self.runs.push_back(Run {
                first: number,
                position,
            });
        }
        let at = self.skipped + self.count;
        if at == self.blocks.len() * BLOCK {
            let block = self.spare.pop().unwrap_or_else(block);
            self.blocks.push_back(block);
        }
        let packed = (place.segment & SEGMENT_MASK) << OFFSET_BITS | place.offset;
        if let Some(block) = self.blocks.get_mut(at / BLOCK) {
            block[at % BLOCK] = packed;
        }
        self.count += 1;
    }

    /// Where a number is. `live_from` is the number of the first file.
    pub(super) fn get(&self, number: u64, live_from: u64) -> Option<Place> {
        let behind = self.runs.partition_point(|run| run.first <= number);
        let run = self.runs.get(behind.checked_sub(1)?)?;
        let end = self
            .runs
            .get(behind)
            .map_or_else(|| self.end(), |next| next.position);
        let position = run.position.checked_add(number - run.first)?;
        if position >= end {
            return None;
        }
        self.place((position - self.forgotten) as usize, live_from)
    }

    fn place(&self, index: usize, live_from: u64) -> Option<Place> {
        let at = self.skipped + index;
        let packed = *self.blocks.get(at / BLOCK)?.get(at % BLOCK)?;
        let distance = (packed >> OFFSET_BITS).wrapping_sub(live_from) & SEGMENT_MASK;
        Some(Place {
            segment: live_from + distance,
            offset: packed & ((1 << OFFSET_BITS) - 1),
        })
    }

    /// Forgets this number and those above.
    pub(super) fn forget_from(&mut self, number: u64) {
        while let Some(run) = self.runs.back() {
            if run.first < number {
                let kept = run.position.saturating_add(number - run.first);
                self.count = (kept.min(self.end()) - self.forgotten) as usize;
                break;
            }
            self.count = (run.position - self.forgotten) as usize;
            self.runs.pop_back();
        }
        while self.blocks.len() > (self.skipped + self.count).div_ceil(BLOCK) {
            self.spare.extend(self.blocks.pop_back());
        }
    }

    /// Forgets what stands in files before `live_from`, which is now the first; it was `earlier`.
    pub(super) fn forget_before(&mut self, live_from: u64, earlier: u64) {
        while let Some(place) = self.place(0, earlier)
            && self.count > 0
            && place.segment < live_from
        {
            self.count -= 1;
            self.forgotten += 1;
            self.skipped += 1;
            if self.skipped == BLOCK {
                self.skipped = 0;
                self.spare.extend(self.blocks.pop_front());
            }
        }
        // A run stays as long as one of its numbers does; its first one moves on.
        while let Some(next) = self.runs.get(1)
            && next.position <= self.forgotten
        {
            self.runs.pop_front();
        }
        if self.count == 0 {
            self.clear();
        } else if let Some(run) = self.runs.front_mut()
            && run.position < self.forgotten
        {
            run.first += self.forgotten - run.position;
            run.position = self.forgotten;
        }
    }

    pub(super) fn clear(&mut self) {
        self.spare.extend(self.blocks.drain(..));
        self.runs.clear();
        (self.skipped, self.count, self.forgotten) = (0, 0, 0);
    }
}

fn block() -> Box<[u64]> {
    vec![0; BLOCK].into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn place(segment: u64, offset: u64) -> Place {
        Place { segment, offset }
    }

    #[derive(Clone, Debug)]
    enum Change {
        Push { ahead: u64, times: u64 },
        Back { by: u64 },
        Drop { files: u64 },
        Clear,
    }

    fn change() -> impl Strategy<Value = Change> {
        prop_oneof![
            4 => (0..3u64, 1..6000u64).prop_map(|(ahead, times)| Change::Push { ahead, times }),
            2 => (0..9000u64).prop_map(|by| Change::Back { by }),
            2 => (0..3u64).prop_map(|files| Change::Drop { files }),
            1 => Just(Change::Clear),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn it_is_a_map(changes in prop::collection::vec(change(), 1..12)) {
            let mut index = Index::with_room(0);
            let mut model = BTreeMap::new();
            // Numbers of files beyond what a place has bits for.
            let (mut live_from, mut segment, mut offset) = (SEGMENT_MASK - 3, SEGMENT_MASK - 3, 64);
            for change in changes {
                let next = model.last_key_value().map_or(1, |(number, _)| number + 1);
                match change {
                    Change::Push { ahead, times } => {
                        segment += 1;
                        for number in next + ahead..next + ahead + times {
                            offset += 30;
                            index.push(number, place(segment, offset));
                            model.insert(number, place(segment, offset));
                        }
                    }
                    Change::Back { by } => {
                        let from = next.saturating_sub(by).max(1);
                        index.forget_from(from);
                        model.split_off(&from);
                    }
                    Change::Drop { files } => {
                        let earlier = live_from;
                        live_from = (live_from + files).min(segment);
                        index.forget_before(live_from, earlier);
                        model.retain(|_, place: &mut Place| place.segment >= live_from);
                    }
                    Change::Clear => {
                        index.clear();
                        model.clear();
                    }
                }
                prop_assert_eq!(index.len(), model.len());
                let last = model.last_key_value().map_or(0, |(number, _)| *number);
                for number in (0..last + 3).step_by(7).chain(last.saturating_sub(3)..last + 3) {
                    prop_assert_eq!(index.get(number, live_from), model.get(&number).copied());
                }
            }
        }
    }

    #[test]
    fn what_was_given_up_is_used_again() {
        let mut index = Index::with_room(2 * BLOCK);
        for number in 1..=2 * BLOCK as u64 {
            index.push(number, place(1, number));
        }
        assert_eq!((index.blocks.len(), index.spare.len()), (2, 0));
        index.forget_from(1);
        assert_eq!((index.blocks.len(), index.spare.len()), (0, 2));
        assert_eq!(index.get(1, 1), None);
    }
}
