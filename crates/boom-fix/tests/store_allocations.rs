//! Stores allocate nothing for a message.
#![cfg(feature = "session")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod store_model;

use boom_fix::session::store::{Durability, FileStore, MemoryStore, Store};
use boom_testkit::alloc::{CountingAllocator, count};
use store_model::Scratch;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

const MESSAGES: u64 = 10_000;

/// Sends, receives and resends.
fn check(store: &mut impl Store) {
    let message = [b'x'; 331];
    let mut resent = Vec::with_capacity(1024);
    // The first time something is read makes room for reading.
    store.append(1, &message).unwrap();
    store.flush().unwrap();
    store.read(1, &mut resent).unwrap();
    let allocations = count(|| {
        for number in 2..=MESSAGES {
            store.append(number, &message).unwrap();
            store.set_next_incoming(number).unwrap();
        }
        for number in MESSAGES - 5000..=MESSAGES {
            assert!(store.read(number, &mut resent).unwrap());
        }
    });
    assert_eq!(resent, message);
    assert_eq!(allocations.count, 0);
}

#[test]
fn in_memory() {
    check(&mut MemoryStore::with_limits(6000, 3 << 20));
}

#[test]
fn in_files() {
    for durability in [Durability::None, Durability::Flush] {
        let folder = Scratch::new();
        let builder = FileStore::builder(folder.path()).durability(durability);
        check(&mut builder.open().unwrap());
    }
}

/// Eight bytes a message.
#[test]
fn the_index_of_a_million_messages() {
    let folder = Scratch::new();
    let builder = FileStore::builder(folder.path()).reserve_messages(0);
    let mut store = builder.durability(Durability::None).open().unwrap();
    let messages = 200_000;
    let allocations = count(|| {
        for number in 1..=messages {
            store.append(number, b"8=FIX.4.4").unwrap();
        }
    });
    assert!(allocations.bytes as u64 <= 8 * messages + 64_000);
}
