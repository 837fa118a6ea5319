//! What the user of the service does to it, and what happens to its machine and its servers.

use std::time::Duration;

use boom_service::Handle;

use super::Run;
use crate::client::Client;
use crate::oracle::{Entry, SLACK};
use crate::plan::{self, EndpointPlan};

impl Run {
    pub(super) fn operate(&mut self) {
        let live = self.live();
        if live.is_empty()
            || self.random.chance(60) && self.entries.len() < self.plan.endpoints_max as usize
        {
            return self.register();
        }
        let handle = self.random.pick(&live);
        match self.random.below(100) {
            0..=3 => self.deregister(handle),
            4..=6 => {
                let timeout = Duration::from_millis(self.random.between(0, 3000));
                self.closing(handle, timeout);
                assert!(self.service.deregister_gracefully(handle, timeout));
            }
            7..=10 => {
                let was_paused = self.entries[&handle].is_paused;
                self.cut(handle);
                assert!(self.service.pause(handle));
                if !was_paused {
                    self.take_events(self.shared.now_ns());
                    self.entries.get_mut(&handle).unwrap().is_paused = true;
                }
            }
            11..=22 => self.resume(handle),
            23..=25 => {
                let server = self.random.below(plan::SERVERS.into()) as u16;
                let address = plan::addresses(server)[self.random.below(2) as usize];
                let down = Duration::from_millis(self.random.below(3000));
                self.network().restart(address, down);
            }
            26..=28 => {
                let jump = Duration::from_millis(self.random.pick(&[10, 300, 5000]));
                self.network().jump(jump);
                for entry in self.entries.values_mut() {
                    // It begins to wait for its turn later.
                    let until_ns = &mut entry.waits_until_ns;
                    *until_ns = until_ns.map(|until_ns| until_ns + jump.as_nanos() as u64);
                    self.shared.client(entry.id, |book| {
                        book.progress_ns += jump.as_nanos() as u64;
                        book.race.jumped_ns += jump.as_nanos() as u64;
                    });
                }
            }
            29..=34 => self.use_stale(),
            35..=44 => self.renew(handle),
            _ => self.send(handle),
        }
        self.take_events(self.shared.now_ns());
    }

    pub(super) fn register(&mut self) {
        let plan = EndpointPlan::draw(&mut self.random, self.plan.servers);
        let id = self.next_client;
        self.next_client += 1;
        let client = Client::new(id, plan.clone(), self.shared.clone());
        let handle = self.service.register_with(client, plan.options.clone());
        self.network().note("register", id, 0);
        assert!(self.handles.insert(handle), "a handle was given twice");
        self.entries.insert(handle, Entry::new(handle, id, plan));
    }

    pub(super) fn deregister(&mut self, handle: Handle) {
        let id = self.entries[&handle].id;
        self.network().note("deregister", id, 0);
        self.cut(handle);
        let client = self.service.deregister(handle).unwrap();
        assert_eq!(client.id, id, "another endpoint was handed back");
        self.take_events(self.shared.now_ns());
        self.gone(handle);
    }

    /// Begins to replace a connection: one that stands, and that nothing else is done about.
    pub(super) fn renew(&mut self, handle: Handle) {
        let now_ns = self.shared.now_ns();
        let entry = self.entries.get_mut(&handle).unwrap();
        let may_renew = entry.is_connected
            && entry.renewing_ns.is_none()
            && entry.retiring.is_none()
            && entry.closing_until_ns.is_none();
        assert_eq!(self.service.renew(handle), may_renew);
        assert!(!self.service.renew(handle), "replaced twice");
        if may_renew {
            self.shared.network.note("renew", entry.id, 0);
            entry.renewed(now_ns);
            self.shared
                .client(entry.id, |book| book.progress_ns = now_ns);
        }
    }

    /// Notes that all connections of an endpoint are about to be closed.
    fn cut(&mut self, handle: Handle) {
        let entry = self.entries.get_mut(&handle).unwrap();
        if let Some(retiring) = &mut entry.retiring {
            retiring.is_sound = false;
        }
    }

    /// Notes that an end in good order is about to be wanted.
    pub(super) fn closing(&mut self, handle: Handle, timeout: Duration) {
        let until_ns = self.shared.now_ns() + timeout.as_nanos() as u64;
        let entry = self.entries.get_mut(&handle).unwrap();
        self.shared.network.note("close", entry.id, 0);
        entry.closing_until_ns = Some(until_ns);
        entry.closes_in_calm = self.shared.is_calm.get();
        entry.closes_two = entry.retiring.is_some();
        entry.renewing_ns = None;
        if entry.is_connected {
            self.dispatches += 1;
            entry.closing_connection = self.service.dispatch(handle, |target, _| target.id);
            let target = entry.closing_connection;
            self.check_target(handle, target);
        }
    }

    pub(super) fn resume(&mut self, handle: Handle) {
        let entry = self.entries.get_mut(&handle).unwrap();
        assert_eq!(self.service.resume(handle), entry.is_paused);
        if entry.is_paused {
            entry.resumed();
        }
    }

    pub(super) fn send(&mut self, handle: Handle) {
        let count = self.random.between(1, 4);
        let length = self.random.pick(&[0, 200, 2000]);
        self.dispatches += 1;
        let target = self.service.dispatch(handle, |target, _| {
            for _ in 0..count {
                // It may be at its end; the service will see.
                let _ = target.send(length);
            }
            target.note_rest();
            target.id
        });
        self.check_target(handle, target);
    }

    /// A handle of the past reaches nothing.
    pub(super) fn use_stale(&mut self) {
        let Some(handle) = (!self.stale.is_empty()).then(|| self.random.pick(&self.stale)) else {
            return;
        };
        assert!(self.service.get(handle).is_none(), "a stale handle");
        assert!(self.service.state(handle).is_none(), "a stale handle");
        assert!(
            self.service.dispatch(handle, |_, _| ()).is_none(),
            "a stale handle"
        );
        assert!(!self.service.pause(handle), "a stale handle");
        assert!(!self.service.renew(handle), "a stale handle");
        assert!(
            !self.service.deregister_gracefully(handle, SLACK),
            "a stale handle"
        );
        assert!(self.service.deregister(handle).is_none(), "a stale handle");
    }
}
