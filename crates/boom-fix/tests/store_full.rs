//! A disk that is full: what cannot be kept is not, and nothing else is lost. Alone in its process, whose files it limits.
#![cfg(all(feature = "session", target_os = "linux"))]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod store_model;

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use boom_fix::session::store::{
    Durability, FileStore, RecordKind, Store, StoreAction, StoreError, StoreReader,
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use signal_hook::consts::SIGXFSZ;
use store_model::{Model, Scratch, files};

/// No file may be longer; a write that would make it so ends there, and the next one fails.
fn limit_files(bytes: Option<u64>) {
    let limits = Rlimit {
        current: bytes,
        ..getrlimit(Resource::Fsize)
    };
    setrlimit(Resource::Fsize, limits).unwrap();
}

fn open(folder: &Path, durability: Durability) -> FileStore {
    let builder = FileStore::builder(folder).durability(durability);
    builder.buffer_bytes(400).open().unwrap()
}

fn length(folder: &Path) -> u64 {
    fs::metadata(files(folder).pop().unwrap()).unwrap().len()
}

fn check(durability: Durability) {
    let folder = Scratch::new();
    let mut store = open(folder.path(), durability);
    store.set_next_incoming(3).unwrap();
    limit_files(Some(1000));
    let mut message = Vec::new();
    let (error, refused) = (1..)
        .find_map(|number| Some((store.append(number, &[number as u8; 100]).err()?, number)))
        .unwrap();
    assert!(
        matches!(&error, StoreError::Io { action: StoreAction::Write, path, source }
        if **path == *files(folder.path()).pop().unwrap() && source.kind() == ErrorKind::FileTooLarge)
    );

    // Neither the number nor a part of the record is there.
    assert_eq!((store.next_outgoing(), store.next_incoming()), (refused, 3));
    assert!(!store.read(refused, &mut message).unwrap());
    assert!(length(folder.path()) <= 1000);
    for number in 1..refused {
        assert!(store.read(number, &mut message).unwrap());
        assert_eq!(message, [number as u8; 100]);
    }
    let copy = Scratch::new();
    let file = files(folder.path()).pop().unwrap();
    fs::copy(&file, copy.path().join(file.file_name().unwrap())).unwrap();
    let found = FileStore::open(copy.path()).unwrap();
    assert_eq!(found.recovery().cut_bytes, 0);
    if durability != Durability::None {
        assert_eq!((found.next_outgoing(), found.next_incoming()), (refused, 3));
    }

    // It is refused as often as it is tried, and taken when there is room.
    assert!(store.append(refused, &[7; 400]).is_err());
    assert_eq!(store.next_outgoing(), refused);
    limit_files(None);
    store.append(refused, b"at last").unwrap();
    let before = Model::of(&mut store);
    assert_eq!(before.outgoing, refused + 1);
    drop(store);
    assert_eq!(Model::of(&mut open(folder.path(), durability)), before);
    // Nothing of what was refused was written later.
    let mut reader = StoreReader::open(folder.path()).unwrap();
    let mut numbers = Vec::new();
    while let Some(record) = reader.next_record().unwrap() {
        if record.kind == RecordKind::Message {
            numbers.push(record.number);
        }
    }
    assert!(numbers.into_iter().eq(1..=refused));
}

/// SQLite takes back all that is gathered where it cannot be written.
#[cfg(feature = "sqlite")]
fn check_sqlite(durability: Durability) {
    use boom_fix::session::store::SqliteStore;

    let folder = Scratch::new();
    let open = || SqliteStore::open(folder.join("s.sqlite"), durability, 5).unwrap();
    let mut store = open();
    store.append(1, b"first").unwrap();
    store.set_next_incoming(3).unwrap();
    store.flush().unwrap();
    limit_files(Some(200_000));
    let refused = (0..3000)
        .filter(|_| store.append(store.next_outgoing(), &[7; 1000]).is_err())
        .count();
    let flushed = store.flush();
    assert!(refused > 0 || flushed.is_err());
    limit_files(None);
    let next = store.next_outgoing();
    for number in next..next + 1500 {
        store.append(number, b"later").unwrap();
    }
    store.flush().unwrap();
    let before = Model::of(&mut store);
    assert_eq!((before.outgoing, before.incoming), (next + 1500, 3));
    assert_eq!(before.messages[&1], b"first");
    assert!((next..next + 1500).all(|number| before.messages[&number] == b"later"));
    // Only what was not flushed may be lost, and each number is that of the message which it was given to.
    let between = before.messages.range(2..next);
    assert!(between.clone().all(|(_, message)| *message == [7; 1000]));
    if durability != Durability::None {
        assert_eq!(between.count() as u64, next - 2);
    }
    drop(store);
    assert_eq!(Model::of(&mut open()), before);
}

#[test]
fn a_disk_that_is_full() {
    // Handled, it does not end the process.
    signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false))).unwrap();
    for durability in [Durability::Flush, Durability::Fsync, Durability::None] {
        check(durability);
        #[cfg(feature = "sqlite")]
        check_sqlite(durability);
    }
}
