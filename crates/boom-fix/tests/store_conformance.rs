//! All stores are the same map.
#![cfg(feature = "session")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod store_model;

use boom_fix::session::store::{Durability, FileStore, MemoryStore, Store, StoreError};
use proptest::prelude::*;
use store_model::{Model, Operation, Scratch};

/// A store that is asked for again goes on where it was.
trait Home {
    type Store: Store;

    fn open(&mut self) -> Self::Store;

    /// Takes a store that is not needed now.
    fn close(&mut self, store: Self::Store);
}

#[derive(Default)]
struct InMemory(Option<MemoryStore>);

impl Home for InMemory {
    type Store = MemoryStore;

    fn open(&mut self) -> MemoryStore {
        let store = self.0.take();
        store.unwrap_or_else(|| MemoryStore::new().created_at(5))
    }

    fn close(&mut self, store: MemoryStore) {
        self.0 = Some(store);
    }
}

struct InFiles {
    folder: Scratch,
    durability: Durability,
    rotate_bytes: u64,
}

impl InFiles {
    fn new(durability: Durability, rotate_bytes: u64) -> Self {
        Self {
            folder: Scratch::new(),
            durability,
            rotate_bytes,
        }
    }
}

impl Home for InFiles {
    type Store = FileStore;

    fn open(&mut self) -> FileStore {
        let builder = FileStore::builder(self.folder.join("deeper/store"))
            .clock(|| 5)
            .buffer_bytes(300)
            .reserve_messages(0)
            .durability(self.durability);
        builder.rotate_bytes(self.rotate_bytes).open().unwrap()
    }

    fn close(&mut self, store: FileStore) {
        drop(store);
    }
}

#[cfg(feature = "sqlite")]
struct InDatabase(Scratch, Durability);

#[cfg(feature = "sqlite")]
impl Home for InDatabase {
    type Store = boom_fix::session::store::SqliteStore;

    fn open(&mut self) -> Self::Store {
        Self::Store::open(self.0.join("store.sqlite"), self.1, 5).unwrap()
    }

    fn close(&mut self, store: Self::Store) {
        drop(store);
    }
}

/// Each clause of the trait's documentation.
fn check(mut home: impl Home) {
    let mut store = home.open();
    let mut message = b"left over".to_vec();
    assert_eq!((store.next_outgoing(), store.next_incoming()), (1, 1));
    assert_eq!(store.created(), 5);
    assert!(!store.read(1, &mut message).unwrap());
    assert_eq!(message, b"");

    // In order, of all lengths, bytes as they are.
    let lengths = [0, 1, 331, 70_000];
    for (number, length) in (1..).zip(lengths) {
        store.append(number, &vec![number as u8; length]).unwrap();
        assert_eq!(store.next_outgoing(), number + 1);
    }
    store.append(5, b"8=FIX.4.4\x019=5\x01\xff\x00").unwrap();
    store.set_next_incoming(17).unwrap();
    // Numbers may be left out.
    store.set_next_outgoing(8).unwrap();
    store.append(10, b"ten").unwrap();

    for _ in 0..2 {
        assert_eq!((store.next_outgoing(), store.next_incoming()), (11, 17));
        for (number, length) in (1..).zip(lengths) {
            assert!(store.read(number, &mut message).unwrap());
            assert_eq!(message, vec![number as u8; length]);
        }
        assert!(store.read(5, &mut message).unwrap());
        assert_eq!(message, b"8=FIX.4.4\x019=5\x01\xff\x00");
        for missing in [0, 6, 7, 8, 9, 11, 12, u64::MAX] {
            assert!(!store.read(missing, &mut message).unwrap());
        }
        assert!(store.read(10, &mut message).unwrap());
        assert_eq!(message, b"ten");
        home.close(store);
        store = home.open();
    }

    // Given again: what was kept from there on is no longer.
    store.append(3, b"three").unwrap();
    assert_eq!(store.next_outgoing(), 4);
    assert!(store.read(3, &mut message).unwrap());
    assert_eq!(message, b"three");
    for gone in [4, 5, 10] {
        assert!(!store.read(gone, &mut message).unwrap());
    }
    store.set_next_outgoing(2).unwrap();
    store.set_next_outgoing(4).unwrap();
    assert!(store.read(1, &mut message).unwrap());
    assert!(!store.read(3, &mut message).unwrap());

    // What is refused changes nothing.
    for number in [0, u64::MAX] {
        let refused = store.append(number, b"x");
        assert!(matches!(refused, Err(StoreError::Number { .. })));
    }
    let refused = [store.set_next_incoming(0), store.set_next_outgoing(0)];
    for refused in refused {
        assert!(matches!(refused, Err(StoreError::Number { number: 0 })));
    }
    let refused = store.append(4, &vec![0; (16 << 20) + 1]);
    assert!(matches!(refused, Err(StoreError::TooLong { .. })));
    assert_eq!((store.next_outgoing(), store.next_incoming()), (4, 17));

    store.reset(99).unwrap();
    store.flush().unwrap();
    store.sync().unwrap();
    home.close(store);
    let mut store = home.open();
    assert_eq!((store.next_outgoing(), store.next_incoming()), (1, 1));
    assert_eq!(store.created(), 99);
    assert!(!store.read(1, &mut message).unwrap());
    store.append(1, b"again").unwrap();
    assert!(store.read(1, &mut message).unwrap());
    assert_eq!(message, b"again");
}

/// As the model, whatever is done, and after each reopening.
fn follows(mut home: impl Home, runs: &[Vec<Operation>]) {
    let mut model = Model::new(5);
    for run in runs {
        let mut store = home.open();
        for operation in run {
            model.apply_to(&mut store, operation);
            model.apply(operation);
            assert_eq!(store.next_outgoing(), model.outgoing);
            assert_eq!(store.next_incoming(), model.incoming);
        }
        assert_eq!(Model::of(&mut store), model);
        home.close(store);
        let mut store = home.open();
        assert_eq!(Model::of(&mut store), model);
        home.close(store);
    }
}

const DURABILITIES: [Durability; 3] = [Durability::None, Durability::Flush, Durability::Fsync];

#[test]
fn in_memory() {
    check(InMemory::default());
}

#[test]
fn in_files() {
    for durability in DURABILITIES {
        for rotate_bytes in [100, 1000, 1 << 30] {
            check(InFiles::new(durability, rotate_bytes));
        }
    }
}

#[test]
#[cfg(feature = "sqlite")]
fn in_a_database() {
    for durability in DURABILITIES {
        check(InDatabase(Scratch::new(), durability));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn as_a_map_does(
        runs in prop::collection::vec(prop::collection::vec(Operation::any(), 0..20), 1..5),
        rotate_bytes in prop_oneof![Just(1u64 << 30), 64..3000u64],
    ) {
        follows(InMemory::default(), &runs);
        for durability in [Durability::None, Durability::Flush] {
            follows(InFiles::new(durability, rotate_bytes), &runs);
            #[cfg(feature = "sqlite")]
            follows(InDatabase(Scratch::new(), durability), &runs);
        }
    }
}

#[test]
fn limits_that_no_memory_is_there_for() {
    for (messages, bytes) in [(usize::MAX, 10), (10, usize::MAX), (usize::MAX, usize::MAX)] {
        let mut store = MemoryStore::with_limits(messages, bytes);
        store.append(1, b"order").unwrap();
        let mut message = Vec::new();
        assert!(store.read(1, &mut message).unwrap());
        assert_eq!(message, b"order");
    }
}
