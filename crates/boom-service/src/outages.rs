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
}

#[derive(Debug)]
struct Waiting {
    port: u16,
    handle: Handle,
}

impl Outages {
    /// Notes that `handle` waits. It must not be noted already.
    pub(crate) fn add(&mut self, host: &str, port: u16, handle: Handle) {
        let waiting = Waiting { port, handle };
        match self.by_host.get_mut(host) {
            Some(list) => list.push(waiting),
            None => {
                self.by_host.insert(host.to_owned(), vec![waiting]);
            }
        }
    }

    /// Takes out those that wait for `host` and `port`, the first to wait first.
    pub(crate) fn take(&mut self, host: &str, port: u16) -> Vec<Handle> {
        let Some(list) = self.by_host.get_mut(host) else {
            return Vec::new();
        };
        let taken = list
            .extract_if(.., |waiting| waiting.port == port)
            .map(|waiting| waiting.handle)
            .collect();
        if list.is_empty() {
            self.by_host.remove(host);
        }
        taken
    }

    /// Takes out one endpoint, wherever it waits.
    pub(crate) fn forget(&mut self, handle: Handle) {
        self.by_host.retain(|_, list| {
            list.retain(|waiting| waiting.handle != handle);
            !list.is_empty()
        });
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
        outages.forget(handles[3]);
        assert_eq!(outages.take("a", 1), [handles[0], handles[4]]);
        assert_eq!(outages.take("a", 1), []);
        assert_eq!(outages.take("c", 1), []);
        outages.forget(handles[1]);
        assert_eq!(outages.take("b", 1), [handles[2]]);
        assert!(outages.by_host.is_empty());
    }
}
