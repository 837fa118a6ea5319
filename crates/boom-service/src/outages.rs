//! Who waits for the same server.

use std::collections::HashMap;

use crate::Handle;

/// Endpoints that wait to connect again, by where to.
///
/// When one of them gets through, the server is back, and the others need not wait for the end of their own backoff.
/// So a long outage may be met by long delays, which is kind to the server, and yet ends for all soon after it ends
/// for the first.
#[derive(Debug, Default)]
pub(crate) struct Outages {
    by_host: HashMap<String, Vec<Waiting>>,
    /// How many are noted.
    len: usize,
    /// How many of them are registered no more.
    stale: usize,
}

#[derive(Debug)]
struct Waiting {
    port: u16,
    handle: Handle,
}

impl Outages {
    /// Notes that `handle` waits. It must not be noted already.
    pub(crate) fn add(&mut self, host: &str, port: u16, handle: Handle) {
        self.len += 1;
        let waiting = Waiting { port, handle };
        match self.by_host.get_mut(host) {
            Some(list) => list.push(waiting),
            None => {
                self.by_host.insert(host.to_owned(), vec![waiting]);
            }
        }
    }

    /// Takes out those that wait for `host` and `port`, the first to wait first. Some may be registered no more.
    pub(crate) fn take(&mut self, host: &str, port: u16) -> Vec<Handle> {
        let Some(list) = self.by_host.get_mut(host) else {
            return Vec::new();
        };
        let taken: Vec<_> = list
            .extract_if(.., |waiting| waiting.port == port)
            .map(|waiting| waiting.handle)
            .collect();
        self.len -= taken.len();
        if list.is_empty() {
            self.by_host.remove(host);
        }
        taken
    }

    /// Notes that one of those that wait is registered no more. All such are taken out together, when they are half of
    /// the list, so removing costs little however many wait.
    pub(crate) fn forget_one(&mut self, is_registered: impl Fn(Handle) -> bool) {
        self.stale += 1;
        if self.stale * 2 < self.len {
            return;
        }
        self.by_host.retain(|_, list| {
            list.retain(|waiting| is_registered(waiting.handle));
            !list.is_empty()
        });
        self.len = self.by_host.values().map(Vec::len).sum();
        self.stale = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slab::Slab;

    #[test]
    fn those_of_one_host_and_port_are_taken_together() {
        let mut slab = Slab::new();
        let handles: Vec<_> = (0..5).map(|value| slab.insert(value)).collect();
        let mut outages = Outages::default();
        outages.add("a", 1, handles[0]);
        outages.add("a", 2, handles[1]);
        outages.add("b", 1, handles[2]);
        outages.add("a", 1, handles[3]);
        outages.add("a", 1, handles[4]);
        assert_eq!(outages.take("a", 1), [handles[0], handles[3], handles[4]]);
        assert_eq!(outages.take("a", 1), []);
        assert_eq!(outages.take("c", 1), []);
        assert_eq!(outages.take("b", 1), [handles[2]]);
        assert_eq!(outages.take("a", 2), [handles[1]]);
        assert!(outages.by_host.is_empty());
        assert_eq!(outages.len, 0);
    }

    #[test]
    fn those_removed_do_not_pile_up() {
        let mut slab = Slab::new();
        let mut outages = Outages::default();
        let stays = slab.insert(0);
        outages.add("a", 1, stays);
        for value in 0..1000 {
            let handle = slab.insert(value);
            outages.add("b", 2, handle);
            slab.remove(handle.index);
            outages.forget_one(|handle| slab.get(handle).is_some());
            assert!(outages.len <= 3);
        }
        assert_eq!(outages.take("a", 1), [stays]);
    }
}
