//! Files of a store: crashes at every byte, damage at every byte, rotation, and what a reader lists.
#![cfg(feature = "session")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod store_model;

use std::fs;
use std::path::Path;

use boom_fix::session::store::{
    Corruption, Durability, FileStore, FileStoreBuilder, RecordKind, Store, StoreError,
    StoreReader, WhenCorrupt,
};
use proptest::prelude::*;
use store_model::{Model, Operation, Scratch, files};

const FILE_HEAD: u64 = 64;
const RECORD_HEAD: u64 = 28;

fn builder(folder: &Path) -> FileStoreBuilder {
    FileStore::builder(folder).clock(|| 5).reserve_messages(0)
}

/// The last file of a store, and what it says after each operation that wrote to it, with its length then.
struct History {
    folder: Scratch,
    states: Vec<(u64, Model)>,
}

impl History {
    fn of(operations: &[Operation], rotate_bytes: u64) -> Self {
        let folder = Scratch::new();
        let builder = builder(folder.path()).rotate_bytes(rotate_bytes);
        let mut store = builder.durability(Durability::Flush).open().unwrap();
        let mut model = Model::new(5);
        let mut last = files(folder.path());
        let mut states = vec![(FILE_HEAD, model.clone())];
        for operation in operations {
            model.apply_to(&mut store, operation);
            let now = files(folder.path());
            if now.last() != last.last() {
                // The file began with what was true before, or anew.
                let before = match operation {
                    Operation::Reset { now } => Model::new(*now),
                    _ => states.last().unwrap().1.clone(),
                };
                states = vec![(FILE_HEAD, before)];
                last = now;
            }
            model.apply(operation);
            let length = fs::metadata(last.last().unwrap()).unwrap().len();
            states.push((length, model.clone()));
        }
        drop(store);
        Self { folder, states }
    }

    /// What is true when the last file has this length.
    fn at(&self, length: u64) -> &Model {
        let mut known = self.states.iter().rev();
        &known.find(|(end, _)| *end <= length).unwrap().1
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// A message is there if its last byte is, and nothing else is touched.
    #[test]
    fn a_tail_torn_at_any_byte(
        operations in prop::collection::vec(Operation::any(), 1..12),
        rotate_bytes in prop_oneof![Just(1u64 << 30), 64..2000u64],
    ) {
        let history = History::of(&operations, rotate_bytes);
        let path = files(history.folder.path()).pop().unwrap();
        let bytes = fs::read(&path).unwrap();
        let whole = bytes.len() as u64;
        let from = whole.saturating_sub(250).max(FILE_HEAD);
        for cut in from..=whole {
            fs::write(&path, &bytes[..cut as usize]).unwrap();
            let mut store = builder(history.folder.path()).open().unwrap();
            let mut expected = history.at(cut).clone();
            prop_assert_eq!(Model::of(&mut store), expected.clone());
            prop_assert_eq!(store.recovery().skipped, 0);
            // It goes on from there.
            let more = Operation::Append { ahead: 0, length: 3, fill: 9 };
            expected.apply_to(&mut store, &more);
            expected.apply(&more);
            drop(store);
            let mut store = builder(history.folder.path()).open().unwrap();
            prop_assert_eq!(Model::of(&mut store), expected);
            prop_assert_eq!(store.recovery().cut_bytes, 0);
        }
    }

    /// What a process had buffered when it was killed is a prefix of what it did, and all of what it had flushed.
    #[test]
    fn a_process_that_ends_at_once(
        operations in prop::collection::vec(Operation::any(), 1..40),
        flushed in 0..40usize,
    ) {
        let (folder, copy) = (Scratch::new(), Scratch::new());
        let builder = builder(folder.path()).durability(Durability::None).buffer_bytes(500);
        let mut store = builder.open().unwrap();
        let mut states = vec![Model::new(5)];
        let mut least = 0;
        for (at, operation) in operations.iter().enumerate() {
            let mut model = states[at].clone();
            model.apply_to(&mut store, operation);
            model.apply(operation);
            states.push(model);
            if at == flushed {
                store.flush().unwrap();
                least = at + 1;
            }
        }
        for file in files(folder.path()) {
            fs::copy(&file, copy.path().join(file.file_name().unwrap())).unwrap();
        }
        let found = Model::of(&mut FileStore::open(copy.path()).unwrap());
        prop_assert!(states[least..].contains(&found));
    }
}

/// Five messages and the number of an incoming one, in one file.
fn sample(folder: &Path) -> Vec<u64> {
    let mut store = builder(folder).open().unwrap();
    let mut offsets = vec![FILE_HEAD];
    for number in 1..=5 {
        store.append(number, &[number as u8; 20]).unwrap();
        offsets.push(offsets[number as usize - 1] + RECORD_HEAD + 20);
        if number == 3 {
            store.set_next_incoming(9).unwrap();
            offsets[3] += RECORD_HEAD;
        }
    }
    offsets
}

/// Whatever byte is damaged: the error names the file and the record, and skipping leaves out that record alone.
#[test]
fn damage_at_any_byte_is_told_and_can_be_skipped() {
    let folder = Scratch::new();
    let offsets = sample(folder.path());
    let path = files(folder.path()).pop().unwrap();
    let bytes = fs::read(&path).unwrap();
    let last = offsets[4];
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x10;
        fs::write(&path, &damaged).unwrap();
        let opened = builder(folder.path()).open();
        let at = at as u64;
        if at >= last {
            // As if it had been cut off in the middle.
            let store = opened.unwrap();
            assert_eq!(store.recovery().cut_bytes, bytes.len() as u64 - last);
            assert_eq!(store.next_outgoing(), 5);
            continue;
        }
        let error = opened.unwrap_err();
        let StoreError::Corrupt {
            path: named,
            offset,
            fault,
        } = &error
        else {
            panic!("{error}");
        };
        assert_eq!(&**named, path);
        if at < FILE_HEAD {
            assert_eq!((*offset, *fault), (0, Corruption::Head));
        } else {
            assert_eq!(*fault, Corruption::Record);
            assert!(*offset <= at && at < offset + RECORD_HEAD + 20);
        }
        let error = std::io::Error::from(error);
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidData);

        let skipping = builder(folder.path()).when_corrupt(WhenCorrupt::Skip);
        let mut store = skipping.open().unwrap();
        assert_eq!(store.recovery().skipped, 1);
        assert_eq!((store.next_outgoing(), store.created()), (6, 5));
        let mut message = Vec::new();
        let kept = (1..=5).filter(|&number| store.read(number, &mut message).unwrap());
        let is_number = is_incoming(&offsets, at);
        let is_message = at >= FILE_HEAD && !is_number;
        assert_eq!(kept.count(), if is_message { 4 } else { 5 });
        let is_damaged = [at < FILE_HEAD, is_message, is_number];
        list_what_is_left(folder.path(), is_damaged);
        let records = 6 - u64::from(at >= FILE_HEAD);
        assert_eq!(store.recovery().records, records);
    }
}

/// Returns true if the damaged byte is in the record of the incoming number, which stands before the fourth message.
fn is_incoming(offsets: &[u64], at: u64) -> bool {
    (offsets[3] - RECORD_HEAD..offsets[3]).contains(&at)
}

/// The head, a message, or the incoming number is damaged: the reader says so once, and lists the rest.
fn list_what_is_left(folder: &Path, [head, message, number]: [bool; 3]) {
    let (mut kinds, mut errors) = (Vec::new(), 0);
    let mut reader = StoreReader::open(folder).unwrap();
    loop {
        match reader.next_record() {
            Ok(None) => break,
            Ok(Some(record)) => kinds.push(record.kind),
            Err(StoreError::Corrupt { .. }) => errors += 1,
            Err(error) => panic!("{error}"),
        }
    }
    let count = |wanted| kinds.iter().filter(|kind| **kind == wanted).count();
    assert_eq!(errors, 1);
    assert_eq!(count(RecordKind::Began), usize::from(!head));
    assert_eq!(count(RecordKind::Message), 5 - usize::from(message));
    assert_eq!(count(RecordKind::NextIncoming), 1 - usize::from(number));
}

/// A record that is not whole is none to find behind a damaged one.
#[test]
fn a_damaged_record_before_a_torn_one_is_the_end() {
    let folder = Scratch::new();
    let offsets = sample(folder.path());
    let path = files(folder.path()).pop().unwrap();
    let mut bytes = fs::read(&path).unwrap();
    bytes[offsets[3] as usize + 1] ^= 1;
    bytes.pop();
    fs::write(&path, &bytes).unwrap();
    let store = builder(folder.path()).open().unwrap();
    assert_eq!((store.next_outgoing(), store.next_incoming()), (4, 9));
    assert_eq!(store.recovery().cut_bytes, bytes.len() as u64 - offsets[3]);
}

/// What is left of a store whose numbers were set back in a damaged record: nothing beyond the numbers.
#[test]
fn a_number_set_back_in_a_damaged_record() {
    let folder = Scratch::new();
    let open = |when| {
        let builder = builder(folder.path()).rotate_bytes(330);
        builder.when_corrupt(when).open()
    };
    let mut store = open(WhenCorrupt::Fail).unwrap();
    for number in 1..=5 {
        store.append(number, &[number as u8; 20]).unwrap();
    }
    assert_eq!(files(folder.path()).len(), 1);
    store.set_next_outgoing(2).unwrap();
    assert_eq!(files(folder.path()).len(), 1);
    // In another file, whose head says what the damaged record did.
    store.set_next_incoming(2).unwrap();
    drop(store);
    let path = files(folder.path()).remove(0);
    let mut bytes = fs::read(&path).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&path, &bytes).unwrap();
    // Here nothing follows in the same file, and yet it is no torn tail: another file was begun.
    assert!(matches!(
        open(WhenCorrupt::Fail),
        Err(StoreError::Corrupt {
            fault: Corruption::Record,
            ..
        })
    ));
    let mut store = open(WhenCorrupt::Skip).unwrap();
    assert_eq!((store.next_outgoing(), store.next_incoming()), (2, 2));
    assert!(store.read(1, &mut Vec::new()).unwrap());
    assert!(!store.read(2, &mut Vec::new()).unwrap());
}

#[test]
fn damage_that_comes_while_it_is_open() {
    let folder = Scratch::new();
    let offsets = sample(folder.path());
    let path = files(folder.path()).pop().unwrap();
    let mut store = builder(folder.path()).open().unwrap();
    let whole = fs::read(&path).unwrap();
    let mut damaged = whole.clone();
    damaged[offsets[1] as usize + 30] ^= 1;
    fs::write(&path, damaged).unwrap();
    let mut message = Vec::new();
    let error = store.read(2, &mut message).unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { offset, .. } if offset == offsets[1]));
    assert!(message.is_empty());
    assert!(store.read(3, &mut message).unwrap());
    fs::write(&path, whole).unwrap();
    assert!(store.read(2, &mut message).unwrap());
    assert_eq!(message, [2; 20]);
}

/// A message may quote a whole record, or a whole file: it is not taken for one when what is before it is damaged.
#[test]
fn a_message_that_quotes_records_is_none() {
    let folder = Scratch::new();
    sample(folder.path());
    let path = files(folder.path()).pop().unwrap();
    let quoted = fs::read(&path).unwrap();
    let mut store = builder(folder.path()).open().unwrap();
    store.append(6, &quoted).unwrap();
    drop(store);
    let bytes = fs::read(&path).unwrap();
    for cut in [1, 100, quoted.len()] {
        fs::write(&path, &bytes[..bytes.len() - cut]).unwrap();
        let store = builder(folder.path()).open().unwrap();
        assert_eq!(store.next_outgoing(), 6);
        assert_eq!(store.recovery().records, 6);
    }
}

#[test]
fn files_are_rotated_kept_and_removed() {
    let folder = Scratch::new();
    let open = || {
        let builder = builder(folder.path()).rotate_bytes(200).keep_files(3);
        builder.open().unwrap()
    };
    let mut store = open();
    store.set_next_incoming(4).unwrap();
    for number in 1..=50 {
        store.append(number, &[number as u8; 100]).unwrap();
    }
    assert_eq!(files(folder.path()).len(), 3);
    for _ in 0..2 {
        assert_eq!((store.next_outgoing(), store.next_incoming()), (51, 4));
        let mut message = Vec::new();
        let kept: Vec<_> = (1..=50)
            .filter(|&number| store.read(number, &mut message).unwrap())
            .collect();
        // Two in each file but the last.
        assert_eq!(kept, [46, 47, 48, 49, 50]);
        assert_eq!(message, [50; 100]);
        drop(store);
        store = open();
    }
    store.reset(6).unwrap();
    assert_eq!(files(folder.path()).len(), 1);
}

#[test]
fn an_archive_keeps_everything_for_the_reader() {
    let folder = Scratch::new();
    let builder = builder(folder.path())
        .rotate_bytes(150)
        .keep_files(1)
        .archive();
    let mut store = builder.durability(Durability::None).open().unwrap();
    for day in 1..=2 {
        for number in 1..=3 {
            store.append(number, &[number as u8; 100]).unwrap();
        }
        store.reset(day).unwrap();
    }
    drop(store);
    let mut reader = StoreReader::open(folder.path()).unwrap();
    let mut listed = Vec::new();
    while let Some(record) = reader.next_record().unwrap() {
        listed.push((record.kind, record.number, record.time));
        assert_eq!(!record.bytes.is_empty(), record.kind == RecordKind::Message);
    }
    let day = [1, 2, 3].map(|number| (RecordKind::Message, number, 5));
    let mut expected = Vec::new();
    for began in [5, 1] {
        expected.push((RecordKind::Began, 1, began));
        expected.extend(day);
    }
    expected.push((RecordKind::Began, 1, 2));
    assert_eq!(listed, expected);
    assert_eq!(reader.torn_bytes(), 0);
}

#[test]
fn a_missing_file_is_told() {
    let folder = Scratch::new();
    let mut store = builder(folder.path()).rotate_bytes(150).open().unwrap();
    for number in 1..=3 {
        store.append(number, &[number as u8; 100]).unwrap();
    }
    drop(store);
    let missing = files(folder.path()).remove(1);
    fs::remove_file(&missing).unwrap();
    let error = builder(folder.path()).open().unwrap_err();
    assert!(matches!(
        &error,
        StoreError::Corrupt { path, fault: Corruption::Missing, .. } if **path == missing
    ));
    let skipping = builder(folder.path()).when_corrupt(WhenCorrupt::Skip);
    let mut store = skipping.open().unwrap();
    assert_eq!(store.next_outgoing(), 4);
    assert!(!store.read(2, &mut Vec::new()).unwrap());
    assert!(store.read(3, &mut Vec::new()).unwrap());
}

/// A crash while a file is begun: its head is the last thing that counts.
#[test]
fn a_file_begun_in_part_was_never_begun() {
    let folder = Scratch::new();
    let open = || builder(folder.path()).rotate_bytes(150).open().unwrap();
    let mut store = open();
    for number in 1..=3 {
        store.append(number, &[number as u8; 100]).unwrap();
    }
    drop(store);
    let last = files(folder.path()).pop().unwrap();
    let bytes = fs::read(&last).unwrap();
    for length in 0..=FILE_HEAD as usize {
        fs::write(&last, &bytes[..length]).unwrap();
        let mut store = open();
        assert_eq!(store.next_outgoing(), 3);
        store.append(3, b"again").unwrap();
        let mut message = Vec::new();
        assert!(store.read(3, &mut message).unwrap());
        assert_eq!(message, b"again");
    }
    // As when the system knew its length before its bytes.
    fs::write(&last, [0; FILE_HEAD as usize]).unwrap();
    assert_eq!(open().next_outgoing(), 3);
}

#[test]
fn a_store_in_use_is_not_opened_twice() {
    let folder = Scratch::new();
    let store = FileStore::open(folder.path()).unwrap();
    let error = FileStore::open(folder.path()).unwrap_err();
    assert!(matches!(&error, StoreError::Locked { path } if **path == *folder.path()));
    drop(store);
    FileStore::open(folder.path()).unwrap();
}

#[test]
fn incoming_numbers_may_wait_for_the_next_message() {
    let folder = Scratch::new();
    let builder = builder(folder.path()).incoming_durability(Durability::None);
    let mut store = builder.open().unwrap();
    let length = || {
        fs::metadata(files(folder.path()).pop().unwrap())
            .unwrap()
            .len()
    };
    for number in 2..=5 {
        store.set_next_incoming(number).unwrap();
    }
    assert_eq!(length(), FILE_HEAD);
    store.append(1, b"reply").unwrap();
    assert_eq!(length(), FILE_HEAD + 5 * RECORD_HEAD + 5);
    // What has not changed is not written.
    store.set_next_incoming(5).unwrap();
    store.set_next_outgoing(2).unwrap();
    store.flush().unwrap();
    assert_eq!(length(), FILE_HEAD + 5 * RECORD_HEAD + 5);
}

#[test]
fn folders_that_cannot_be_are_typed_errors() {
    let folder = Scratch::new();
    let file = folder.join("file");
    fs::write(&file, "").unwrap();
    let error = FileStore::open(file.join("store")).unwrap_err();
    assert!(matches!(error, StoreError::Io { .. }));
    assert!(StoreReader::open(folder.join("none")).is_err());
}

#[test]
fn a_missing_file_is_told_once_by_the_reader() {
    let folder = Scratch::new();
    let mut store = builder(folder.path()).rotate_bytes(150).open().unwrap();
    for number in 1..=4 {
        store.append(number, &[number as u8; 100]).unwrap();
    }
    drop(store);
    let paths = files(folder.path());
    for missing in &paths[1..3] {
        fs::remove_file(missing).unwrap();
    }
    let mut reader = StoreReader::open(folder.path()).unwrap();
    let mut numbers = Vec::new();
    while numbers.len() < 2 {
        numbers.push(reader.next_record().unwrap().unwrap().number);
    }
    assert_eq!(numbers, [1, 1]);
    let error = reader.next_record().unwrap_err();
    assert!(matches!(
        &error,
        StoreError::Corrupt { path, offset: 0, fault: Corruption::Missing } if **path == *paths[1]
    ));
    assert_eq!(reader.next_record().unwrap().unwrap().number, 4);
    assert!(reader.next_record().unwrap().is_none());
}

#[test]
fn other_names_are_no_files_of_the_store() {
    let folder = Scratch::new();
    let mut store = builder(folder.path()).open().unwrap();
    store.append(1, b"order").unwrap();
    drop(store);
    for name in ["+7.fixstore", "7.fixstore", "00000000007.fixstore"] {
        fs::write(folder.join(name), [b'x'; 100]).unwrap();
    }
    let store = builder(folder.path()).open().unwrap();
    assert_eq!(store.next_outgoing(), 2);
    assert_eq!(files(folder.path()).len(), 4);
}

#[test]
fn room_for_more_messages_than_there_can_be() {
    let folder = Scratch::new();
    let builder = builder(folder.path()).reserve_messages(usize::MAX);
    let mut store = builder.open().unwrap();
    store.append(1, b"order").unwrap();
    assert_eq!(store.next_outgoing(), 2);
}
