//! A store in a database: crashes, locks, and what others read in it.
#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod store_model;

use std::fs;
use std::path::Path;

use boom_fix::session::store::{Durability, SqliteStore, Store, StoreError};
use proptest::prelude::*;
use rusqlite::Connection;
use store_model::{Model, Operation, Scratch};

fn open(folder: &Path, durability: Durability) -> SqliteStore {
    SqliteStore::open(folder.join("store.sqlite"), durability, 5).unwrap()
}

/// What the files say if the process ends now.
fn after_a_crash(folder: &Path) -> Model {
    let copy = Scratch::new();
    for name in ["store.sqlite", "store.sqlite-wal"] {
        // The log is not there before something is in it.
        let _ = fs::copy(folder.join(name), copy.join(name));
    }
    Model::of(&mut open(copy.path(), Durability::Flush))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn a_process_that_ends_at_once(operations in prop::collection::vec(Operation::any(), 1..12)) {
        for durability in [Durability::None, Durability::Flush, Durability::Fsync] {
            let folder = Scratch::new();
            let mut store = open(folder.path(), durability);
            let mut model = Model::new(5);
            for operation in &operations {
                model.apply_to(&mut store, operation);
                model.apply(operation);
                if durability != Durability::None {
                    prop_assert_eq!(after_a_crash(folder.path()), model.clone());
                }
            }
            // Nothing is half there.
            if durability == Durability::None {
                prop_assert_eq!(after_a_crash(folder.path()), Model::new(5));
                store.flush().unwrap();
                prop_assert_eq!(after_a_crash(folder.path()), model);
            }
        }
    }
}

#[test]
fn many_changes_are_given_to_the_system_in_between() {
    let folder = Scratch::new();
    let mut store = open(folder.path(), Durability::None);
    for number in 1..=1500 {
        store.append(number, b"order").unwrap();
    }
    assert_eq!(after_a_crash(folder.path()).outgoing, 1025);
    assert_eq!(store.next_outgoing(), 1501);
    store.sync().unwrap();
    let found = after_a_crash(folder.path());
    assert_eq!((found.outgoing, found.created), (1501, 5));
}

#[test]
fn a_database_in_use_is_not_opened_twice() {
    let folder = Scratch::new();
    let store = open(folder.path(), Durability::Flush);
    let path = folder.join("store.sqlite");
    let error = SqliteStore::open(&path, Durability::Flush, 5).unwrap_err();
    assert!(matches!(&error, StoreError::Locked { path: named } if **named == path));
    drop(store);
    open(folder.path(), Durability::Flush);
}

#[test]
fn what_is_no_database() {
    let folder = Scratch::new();
    let path = folder.join("store.sqlite");
    fs::write(&path, [b'x'; 5000]).unwrap();
    let error = SqliteStore::open(&path, Durability::Flush, 5).unwrap_err();
    assert!(matches!(error, StoreError::Sqlite(_)));
}

#[test]
fn numbers_end_where_those_of_sqlite_do() {
    let folder = Scratch::new();
    let mut store = open(folder.path(), Durability::Flush);
    let last = i64::MAX as u64;
    store.append(last - 1, b"last").unwrap();
    let error = store.append(last, b"beyond").unwrap_err();
    assert!(matches!(error, StoreError::Number { .. }));
    assert_eq!(store.next_outgoing(), last);
}

#[test]
fn others_read_it_by_sql() {
    let folder = Scratch::new();
    let mut store = open(folder.path(), Durability::None);
    store.append(1, b"8=FIX.4.4").unwrap();
    store.set_next_incoming(7).unwrap();
    drop(store);
    let connection = Connection::open(folder.join("store.sqlite")).unwrap();
    let sql = "SELECT created, next_outgoing, next_incoming, bytes FROM session, message";
    let row = connection.query_row(sql, [], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
    });
    let (created, outgoing, incoming, bytes): (i64, i64, i64, Vec<u8>) = row.unwrap();
    assert_eq!((created, outgoing, incoming), (5, 2, 7));
    assert_eq!(bytes, b"8=FIX.4.4");
}
