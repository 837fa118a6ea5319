//! What a store is to be, plainly: a map and two numbers, and operations on both.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]
#![allow(dead_code, reason = "no test needs all of it")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use boom_fix::session::store::Store;
use proptest::prelude::*;

/// The state of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Model {
    pub(crate) outgoing: u64,
    pub(crate) incoming: u64,
    pub(crate) created: i64,
    pub(crate) messages: BTreeMap<u64, Vec<u8>>,
}

#[derive(Clone, Debug)]
pub(crate) enum Operation {
    /// So far ahead of the next number, or behind it.
    Append {
        ahead: i64,
        length: usize,
        fill: u8,
    },
    SetOutgoing {
        ahead: i64,
    },
    SetIncoming {
        number: u64,
    },
    Reset {
        now: i64,
    },
}

impl Model {
    pub(crate) fn new(created: i64) -> Self {
        Self {
            outgoing: 1,
            incoming: 1,
            created,
            messages: BTreeMap::new(),
        }
    }

    pub(crate) fn apply(&mut self, operation: &Operation) {
        match *operation {
            Operation::Append { ahead, .. } => {
                let number = self.number(ahead);
                self.messages.split_off(&number);
                self.messages.insert(number, operation.message());
                self.outgoing = number + 1;
            }
            Operation::SetOutgoing { ahead } => {
                self.outgoing = self.number(ahead);
                self.messages.split_off(&self.outgoing);
            }
            Operation::SetIncoming { number } => self.incoming = number,
            Operation::Reset { now } => *self = Self::new(now),
        }
    }

    fn number(&self, ahead: i64) -> u64 {
        self.outgoing.saturating_add_signed(ahead).max(1)
    }

    /// Does the same to a store.
    pub(crate) fn apply_to(&self, store: &mut impl Store, operation: &Operation) {
        match *operation {
            Operation::Append { ahead, .. } => {
                let (number, message) = (self.number(ahead), operation.message());
                store.append(number, &message).unwrap();
            }
            Operation::SetOutgoing { ahead } => {
                store.set_next_outgoing(self.number(ahead)).unwrap();
            }
            Operation::SetIncoming { number } => store.set_next_incoming(number).unwrap(),
            Operation::Reset { now } => store.reset(now).unwrap(),
        }
    }

    /// What a store says.
    pub(crate) fn of(store: &mut impl Store) -> Self {
        let mut messages = BTreeMap::new();
        let mut message = Vec::new();
        // A little beyond, where nothing may be.
        for number in 0..store.next_outgoing() + 20 {
            if store.read(number, &mut message).unwrap() {
                messages.insert(number, message.clone());
            } else {
                assert_eq!(message, b"");
            }
        }
        Self {
            outgoing: store.next_outgoing(),
            incoming: store.next_incoming(),
            created: store.created(),
            messages,
        }
    }
}

impl Operation {
    fn message(&self) -> Vec<u8> {
        match *self {
            Self::Append { length, fill, .. } => (0..length).map(|at| fill ^ at as u8).collect(),
            _ => Vec::new(),
        }
    }

    pub(crate) fn any() -> impl Strategy<Value = Self> {
        let ahead = prop_oneof![6 => Just(0i64), 1 => -8..8i64];
        let far = -12..12i64;
        let length = prop_oneof![4 => 0..80usize, 1 => 80..3000usize];
        prop_oneof![
            8 => (ahead, length, any::<u8>())
                .prop_map(|(ahead, length, fill)| Self::Append { ahead, length, fill }),
            1 => far.prop_map(|ahead| Self::SetOutgoing { ahead }),
            3 => (1..50u64).prop_map(|number| Self::SetIncoming { number }),
            1 => (0..100i64).prop_map(|now| Self::Reset { now }),
        ]
    }
}

/// A folder that is removed when it is dropped.
#[derive(Debug)]
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("boom-fix-store-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The files of a store, without its lock, in order.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = paths.filter(|path| path.extension().is_some()).collect();
    files.sort();
    files
}
