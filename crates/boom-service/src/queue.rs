//! Who waits to connect, in order.

use std::collections::VecDeque;

use crate::Handle;

/// Endpoints that know where to connect to and wait for the rate limit, the first to wait first.
///
/// One that is removed meanwhile stays in its place until it is passed over. When half of the places are such, they
/// are given up together, so removing costs little however many wait.
#[derive(Debug, Default)]
pub(crate) struct ConnectQueue {
    handles: VecDeque<Handle>,
    /// How many of `handles` were removed.
    stale: usize,
}

impl ConnectQueue {
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.handles.is_empty()
    }

    /// Appends an endpoint, which must not be in the queue.
    pub(crate) fn push(&mut self, handle: Handle) {
        self.handles.push_back(handle);
    }

    /// Takes the first one for which `is_registered`.
    pub(crate) fn pop(&mut self, is_registered: impl Fn(Handle) -> bool) -> Option<Handle> {
        while let Some(handle) = self.handles.pop_front() {
            if is_registered(handle) {
                return Some(handle);
            }
            self.stale = self.stale.saturating_sub(1);
        }
        None
    }

    /// Notes that one of the queue is registered no more.
    pub(crate) fn forget_one(&mut self, is_registered: impl Fn(Handle) -> bool) {
        self.stale += 1;
        if self.stale * 2 >= self.handles.len() {
            self.handles.retain(|handle| is_registered(*handle));
            self.stale = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slab::Slab;

    #[test]
    fn those_removed_are_passed_over_and_do_not_pile_up() {
        let mut slab = Slab::new();
        let mut queue = ConnectQueue::default();
        let stays: Vec<_> = (0..3).map(|value| slab.insert(value)).collect();
        queue.push(stays[0]);
        for value in 0..1000 {
            let handle = slab.insert(value);
            queue.push(handle);
            slab.remove(handle.index);
            queue.forget_one(|handle| slab.get(handle).is_some());
            assert!(queue.handles.len() <= 4);
        }
        queue.push(stays[1]);
        queue.push(stays[2]);
        slab.remove(stays[1].index);
        let mut pop = || queue.pop(|handle| slab.get(handle).is_some());
        assert_eq!(
            [pop(), pop(), pop()],
            [Some(stays[0]), Some(stays[2]), None]
        );
        assert!(queue.is_empty());
    }
}
