//! One deadline for each index.

/// A binary heap of deadlines in which each index stands at most once.
///
/// The place of each index is kept, so a deadline is moved or removed in `O(log n)` and nothing stale stays behind: the
/// heap is never larger than the number of indexes, however often their deadlines change.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    /// Each entry is due no later than its two children.
    heap: Vec<Timer>,
    /// Where in `heap` an index stands, or `NOWHERE`.
    places: Vec<usize>,
    /// Number of deadlines set so far.
    count: u64,
}

#[derive(Clone, Copy, Debug)]
struct Timer {
    deadline_ns: u64,
    /// Of two with the same deadline, the one set first is due first: nobody gets ahead by being due all the time.
    order: u64,
    index: u32,
}

impl Timer {
    const fn key(&self) -> (u64, u64) {
        (self.deadline_ns, self.order)
    }
}

const NOWHERE: usize = usize::MAX;

impl Timers {
    /// The earliest deadline.
    #[inline]
    pub(crate) fn next_ns(&self) -> Option<u64> {
        self.heap.first().map(|timer| timer.deadline_ns)
    }

    /// The deadline of `index`.
    #[cfg(test)]
    pub(crate) fn deadline_ns(&self, index: u32) -> Option<u64> {
        self.heap
            .get(self.place(index))
            .map(|timer| timer.deadline_ns)
    }

    /// Sets the deadline of `index`, in place of an earlier one.
    pub(crate) fn set(&mut self, index: u32, deadline_ns: u64) {
        if index as usize >= self.places.len() {
            self.places.resize(index as usize + 1, NOWHERE);
        }
        self.count += 1;
        let timer = Timer {
            deadline_ns,
            order: self.count,
            index,
        };
        let place = self.place(index);
        if place == NOWHERE {
            self.heap.push(timer);
            self.sift_up(self.heap.len() - 1);
        } else {
            self.heap[place] = timer;
            self.settle(place);
        }
    }

    /// Removes the deadline of `index`, if it has one.
    pub(crate) fn clear(&mut self, index: u32) {
        let place = self.place(index);
        if place == NOWHERE {
            return;
        }
        self.places[index as usize] = NOWHERE;
        self.heap.swap_remove(place);
        if place < self.heap.len() {
            self.settle(place);
        }
    }

    /// Removes and returns the index with the earliest deadline, if that is `now_ns` or before.
    pub(crate) fn pop_due(&mut self, now_ns: u64) -> Option<u32> {
        let first = self
            .heap
            .first()
            .filter(|timer| timer.deadline_ns <= now_ns)?
            .index;
        self.clear(first);
        Some(first)
    }

    fn place(&self, index: u32) -> usize {
        self.places.get(index as usize).copied().unwrap_or(NOWHERE)
    }

    /// Moves the entry at `place` to where it belongs.
    fn settle(&mut self, place: usize) {
        let place = self.sift_up(place);
        self.sift_down(place);
    }

    fn sift_up(&mut self, mut place: usize) -> usize {
        while place > 0 {
            let parent = (place - 1) / 2;
            if self.heap[parent].key() <= self.heap[place].key() {
                break;
            }
            self.swap(parent, place);
            place = parent;
        }
        self.places[self.heap[place].index as usize] = place;
        place
    }

    fn sift_down(&mut self, mut place: usize) {
        loop {
            let left = 2 * place + 1;
            let Some(child) = [left, left + 1]
                .into_iter()
                .filter(|&child| child < self.heap.len())
                .min_by_key(|&child| self.heap[child].key())
            else {
                return;
            };
            if self.heap[place].key() <= self.heap[child].key() {
                return;
            }
            self.swap(place, child);
            place = child;
        }
    }

    fn swap(&mut self, a: usize, b: usize) {
        self.heap.swap(a, b);
        self.places[self.heap[a].index as usize] = a;
        self.places[self.heap[b].index as usize] = b;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;
    use std::collections::BTreeSet;

    #[test]
    fn the_earliest_comes_first_and_only_when_due() {
        let mut timers = Timers::default();
        timers.set(3, 30);
        timers.set(1, 10);
        timers.set(2, 20);
        assert_eq!(timers.next_ns(), Some(10));
        assert_eq!(timers.pop_due(9), None);
        assert_eq!(timers.pop_due(25), Some(1));
        assert_eq!(timers.pop_due(25), Some(2));
        assert_eq!(timers.pop_due(25), None);
        assert_eq!(timers.next_ns(), Some(30));
    }

    #[test]
    fn setting_again_moves_the_deadline_both_ways() {
        let mut timers = Timers::default();
        for index in 0..8 {
            timers.set(index, 100 + u64::from(index));
        }
        timers.set(7, 1);
        timers.set(0, 1000);
        assert_eq!(timers.deadline_ns(0), Some(1000));
        assert_eq!(timers.heap.len(), 8);
        let order: Vec<_> = std::iter::from_fn(|| timers.pop_due(u64::MAX)).collect();
        assert_eq!(order, [7, 1, 2, 3, 4, 5, 6, 0]);
    }

    #[test]
    fn those_due_at_the_same_time_come_in_the_order_they_were_set() {
        let mut timers = Timers::default();
        for index in [5, 2, 9, 0, 7] {
            timers.set(index, 10);
        }
        timers.set(2, 10);
        let order: Vec<_> = std::iter::from_fn(|| timers.pop_due(10)).collect();
        assert_eq!(order, [5, 9, 0, 7, 2]);
    }

    /// Against a sorted set, over many random changes.
    #[test]
    fn it_agrees_with_a_sorted_set() {
        let mut random = Random::new(7);
        let mut timers = Timers::default();
        let mut model = BTreeSet::new();
        for _ in 0..20_000 {
            let index = random.below(64) as u32;
            let old = timers.deadline_ns(index);
            assert_eq!(
                old.is_some(),
                old.is_some_and(|deadline| model.remove(&(deadline, index)))
            );
            if random.below(3) == 0 {
                timers.clear(index);
            } else {
                let deadline = random.below(1000);
                timers.set(index, deadline);
                model.insert((deadline, index));
            }
            assert_eq!(timers.next_ns(), model.first().map(|first| first.0));
            assert_eq!(timers.heap.len(), model.len());
            if random.below(4) == 0 {
                let now = random.below(1000);
                let popped = timers.pop_due(now);
                let due = model.first().copied().filter(|first| first.0 <= now);
                assert_eq!(popped.is_some(), due.is_some());
                if let (Some(index), Some((deadline, _))) = (popped, due) {
                    assert!(model.remove(&(deadline, index)));
                }
            }
        }
    }
}
