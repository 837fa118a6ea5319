//! What is kept, and what is being looked up.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use super::lock;
use crate::dns::lookup::SharedLookup;
use crate::dns::{DnsQuery, Lookup};

/// Host in lower case, and port.
type Name = (String, u16);

#[derive(Debug)]
pub(super) struct Limits {
    pub(super) ttl_min: Duration,
    pub(super) ttl_max: Duration,
    pub(super) ttl_default: Duration,
    pub(super) negative: Duration,
    pub(super) stale: Duration,
    pub(super) names_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            ttl_min: Duration::from_secs(1),
            ttl_max: Duration::from_secs(3600),
            ttl_default: Duration::from_secs(30),
            // RFC 9520 section 3.2 has a second as the least and five minutes as the most.
            negative: Duration::from_secs(5),
            stale: Duration::ZERO,
            names_max: 1024,
        }
    }
}

impl Limits {
    fn life(&self, lookup: &SharedLookup) -> Duration {
        if lookup.is_ok() {
            let ttl = lookup.ttl.unwrap_or(self.ttl_default);
            ttl.max(self.ttl_min).min(self.ttl_max)
        } else {
            lookup.ttl.unwrap_or(self.negative).min(self.negative)
        }
    }
}

/// An answer, and when it is out of date.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) lookup: SharedLookup,
    until_ns: u64,
}

impl Found {
    pub(super) const fn holds_for(&self, now_ns: u64) -> Duration {
        Duration::from_nanos(self.until_ns.saturating_sub(now_ns))
    }
}

/// A lookup that may have many who wait for it.
#[derive(Debug)]
pub(super) struct Flight<Q> {
    name: Name,
    query: Q,
    /// The last time there was no answer. It counts from then, which is sure not to be too long.
    missing_ns: u64,
    found: Option<Found>,
}

type SharedFlight<Q> = Arc<Mutex<Flight<Q>>>;

struct Entry<Q> {
    /// What holds, or the failure that holds.
    found: Option<Found>,
    /// What was good last, for when there are only failures.
    good: Option<Found>,
    flight: Option<SharedFlight<Q>>,
}

impl<Q> Default for Entry<Q> {
    fn default() -> Self {
        Self {
            found: None,
            good: None,
            flight: None,
        }
    }
}

/// Flights that are looked at each time a name is asked for, so that the answers nobody waits for are dated.
const LOOKED_AT: usize = 16;

pub(super) struct Entries<Q> {
    pub(super) limits: Limits,
    names: HashMap<Name, Entry<Q>>,
    /// At most one of each name, besides those that are over and go when their turn comes.
    flights: VecDeque<Weak<Mutex<Flight<Q>>>>,
}

impl<Q> Default for Entries<Q> {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            names: HashMap::new(),
            flights: VecDeque::new(),
        }
    }
}

impl<Q> Entries<Q> {
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// The answer that is kept, if it is not out of date.
    pub(super) fn find(&self, name: &Name, now_ns: u64) -> Option<Found> {
        let found = self.names.get(name)?.found.as_ref()?;
        (now_ns < found.until_ns).then(|| found.clone())
    }

    /// The lookup that is under way.
    pub(super) fn join(&self, name: &Name) -> Option<SharedFlight<Q>> {
        self.names.get(name)?.flight.clone()
    }

    pub(super) fn start(&mut self, name: Name, query: Q, now_ns: u64) -> SharedFlight<Q> {
        self.make_room(&name, now_ns);
        let flight = Arc::new(Mutex::new(Flight {
            name: name.clone(),
            query,
            missing_ns: now_ns,
            found: None,
        }));
        self.names.entry(name).or_default().flight = Some(Arc::clone(&flight));
        self.flights.push_back(Arc::downgrade(&flight));
        flight
    }

    /// Whoever waits for what is removed holds it by itself.
    fn make_room(&mut self, name: &Name, now_ns: u64) {
        if self.names.len() < self.limits.names_max || self.names.contains_key(name) {
            return;
        }
        let stale_ns = nanoseconds(self.limits.stale);
        self.names
            .retain(|_, entry| !entry.is_over(now_ns, stale_ns));
        while self.names.len() >= self.limits.names_max {
            let first = self.names.iter().min_by_key(|(_, entry)| entry.until_ns());
            let Some((name, _)) = first else { return };
            let name = name.clone();
            self.names.remove(&name);
        }
    }

    fn is_current(&self, flight: &SharedFlight<Q>, name: &Name) -> bool {
        let current = self.names.get(name).and_then(|entry| entry.flight.as_ref());
        current.is_some_and(|current| Arc::ptr_eq(current, flight))
    }
}

impl<Q: DnsQuery> Entries<Q> {
    /// Takes a few steps of the flights that nobody may wait for.
    pub(super) fn look_around(&mut self, now_ns: u64) {
        for _ in 0..self.flights.len().min(LOOKED_AT) {
            let Some(flight) = self.flights.pop_front() else {
                return;
            };
            let Some(held) = flight.upgrade() else {
                continue;
            };
            let name = lock(&held).name.clone();
            if self.is_current(&held, &name) && self.poll(&held, now_ns).is_none() {
                self.flights.push_back(flight);
            }
        }
    }

    /// Takes the answer of a lookup that nobody waited for, so that it holds for no longer than it may.
    pub(super) fn land(&mut self, name: &Name, now_ns: u64) {
        if let Some(flight) = self.join(name) {
            self.poll(&flight, now_ns);
        }
    }

    /// Its answer, which is kept when it is seen for the first time.
    pub(super) fn poll(&mut self, flight: &SharedFlight<Q>, now_ns: u64) -> Option<Found> {
        let mut flown = lock(flight);
        if let Some(found) = &flown.found {
            return Some(found.clone());
        }
        let Some(addresses) = flown.query.poll() else {
            flown.missing_ns = now_ns;
            return None;
        };
        let ttl = flown.query.ttl();
        let lookup = SharedLookup::from(Lookup { addresses, ttl });
        let found = self.settle(flight, &flown, lookup, now_ns);
        flown.found = Some(found.clone());
        Some(found)
    }

    fn settle(
        &mut self,
        flight: &SharedFlight<Q>,
        flown: &Flight<Q>,
        lookup: SharedLookup,
        now_ns: u64,
    ) -> Found {
        let life_ns = nanoseconds(self.limits.life(&lookup));
        let mut found = Found {
            until_ns: flown.missing_ns.saturating_add(life_ns),
            lookup,
        };
        let is_current = self.is_current(flight, &flown.name);
        let Some(entry) = self.names.get_mut(&flown.name).filter(|_| is_current) else {
            return found;
        };
        entry.flight = None;
        if found.lookup.is_ok() {
            entry.good = Some(found.clone());
        } else if let Some(good) = &entry.good {
            let stale_until_ns = good.until_ns.saturating_add(nanoseconds(self.limits.stale));
            if now_ns < stale_until_ns {
                found.lookup = good.lookup.clone();
                found.until_ns = found.until_ns.min(stale_until_ns);
            }
        }
        entry.found = Some(found.clone());
        found
    }
}

impl<Q> Entry<Q> {
    /// What is being looked up is the last to go.
    fn until_ns(&self) -> u64 {
        match (&self.flight, &self.found) {
            (Some(_), _) => u64::MAX,
            (None, found) => found.as_ref().map_or(0, |found| found.until_ns),
        }
    }

    fn is_over(&self, now_ns: u64, stale_ns: u64) -> bool {
        let good = self.good.as_ref();
        let good_until_ns = good.map_or(0, |good| good.until_ns.saturating_add(stale_ns));
        self.until_ns() <= now_ns && good_until_ns <= now_ns
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
