//! Files that no store wrote, or that one did and something damaged: they are opened or refused with a typed error, in
//! memory bounded by their length, and no message is read that was not kept under its number.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use arbitrary::{Arbitrary, Unstructured};
use boom_fix::session::store::{
    Durability, FileStore, Store, StoreError, StoreReader, WhenCorrupt,
};
use boom_testkit::alloc::count;

/// What is done to a store, and to its files afterwards.
#[derive(Arbitrary, Debug)]
struct Plan {
    rotate_bytes: u16,
    operations: Vec<Operation>,
    damage: Vec<Damage>,
}

#[derive(Arbitrary, Debug)]
enum Operation {
    Append { ahead: i8, length: u8, fill: u8 },
    Outgoing(u8),
    Incoming(u8),
    Reset(i64),
    Reopen,
}

#[derive(Arbitrary, Debug)]
struct Damage {
    /// Counted from the last one.
    file: u8,
    at: u16,
    kind: Kind,
}

#[derive(Arbitrary, Debug)]
enum Kind {
    Flip(u8),
    Cut,
    Insert(Vec<u8>),
    Remove(u8),
    /// What stands at one place stands at another too.
    Repeat(u16, u8),
    Zero(u8),
    Delete,
}

/// The first byte chooses: a file of these bytes, or a plan.
pub fn run(data: &[u8]) {
    let Some((&choice, rest)) = data.split_first() else {
        return;
    };
    let scratch = Scratch::new();
    let mut kept = BTreeMap::new();
    if choice % 4 == 0 {
        fs::write(scratch.0.join("0000000001.fixstore"), rest).expect("a file");
    } else if let Ok(plan) = Plan::arbitrary(&mut Unstructured::new(rest)) {
        keep(&plan, &scratch.0, &mut kept);
        for damage in plan.damage.iter().take(8) {
            apply(damage, &scratch.0);
        }
        if plan.damage.is_empty() {
            let store = FileStore::open(&scratch.0).expect("nothing is damaged");
            assert_eq!(
                (store.recovery().skipped, store.recovery().cut_bytes),
                (0, 0)
            );
        }
    }
    check(&scratch.0, &kept);
}

/// Every message that a number ever had.
type Kept = BTreeMap<u64, Vec<Vec<u8>>>;

fn keep(plan: &Plan, folder: &Path, kept: &mut Kept) {
    let open = || {
        let builder = FileStore::builder(folder).reserve_messages(0).clock(|| 7);
        let builder = builder.rotate_bytes(plan.rotate_bytes.into());
        builder
            .durability(Durability::None)
            .buffer_bytes(300)
            .open()
    };
    let mut store = open().expect("a new store");
    for operation in plan.operations.iter().take(64) {
        match *operation {
            Operation::Append {
                ahead,
                length,
                fill,
            } => {
                let number = store
                    .next_outgoing()
                    .saturating_add_signed(ahead.into())
                    .max(1);
                let message = vec![fill; length.into()];
                store.append(number, &message).expect("room");
                kept.entry(number).or_default().push(message);
            }
            Operation::Outgoing(number) => {
                let number = u64::from(number).max(1);
                store.set_next_outgoing(number).expect("room");
            }
            Operation::Incoming(number) => {
                let number = u64::from(number).max(1);
                store.set_next_incoming(number).expect("room");
            }
            Operation::Reset(now) => store.reset(now).expect("room"),
            Operation::Reopen => {
                let numbers = (
                    store.next_outgoing(),
                    store.next_incoming(),
                    store.created(),
                );
                drop(store);
                store = open().expect("nothing is damaged");
                let now = (
                    store.next_outgoing(),
                    store.next_incoming(),
                    store.created(),
                );
                assert_eq!(now, numbers);
            }
        }
    }
}

fn apply(damage: &Damage, folder: &Path) {
    let files = files(folder);
    let Some(path) = files
        .iter()
        .rev()
        .nth(usize::from(damage.file) % files.len().max(1))
    else {
        return;
    };
    let mut bytes = fs::read(path).expect("a file");
    let at = usize::from(damage.at) % (bytes.len() + 1);
    let behind = |count: u8| (at + usize::from(count)).min(bytes.len());
    match &damage.kind {
        Kind::Flip(bits) => bytes[at..]
            .iter_mut()
            .take(1)
            .for_each(|byte| *byte ^= bits),
        Kind::Cut => bytes.truncate(at),
        Kind::Insert(more) => drop(bytes.splice(at..at, more.iter().copied())),
        Kind::Remove(count) => drop(bytes.drain(at..behind(*count))),
        Kind::Repeat(to, count) => {
            let part = bytes[at..behind(*count)].to_vec();
            let to = usize::from(*to) % (bytes.len() + 1);
            drop(bytes.splice(to..to, part));
        }
        Kind::Zero(count) => {
            let end = behind(*count);
            bytes[at..end].fill(0);
        }
        Kind::Delete => return fs::remove_file(path).expect("a file"),
    }
    fs::write(path, bytes).expect("a file");
}

fn check(folder: &Path, kept: &Kept) {
    let length: u64 = files(folder)
        .iter()
        .map(|path| path.metadata().map_or(0, |metadata| metadata.len()))
        .sum();
    let allocated = count(|| list(folder, kept));
    // Windows of 64 KiB, doubled while they are filled, for each file; paths and errors.
    let windows = 1 + files(folder).len() as u64;
    assert!(allocated.bytes <= 4 * length + windows * (1 << 20));
    for when in [WhenCorrupt::Fail, WhenCorrupt::Skip] {
        let builder = FileStore::builder(folder).reserve_messages(0).clock(|| 7);
        match builder.when_corrupt(when).open() {
            Ok(store) => {
                is_sound(store, kept);
                // What was cut off once is gone.
                let again = FileStore::builder(folder).when_corrupt(when).open();
                assert_eq!(again.expect("as before").recovery().cut_bytes, 0);
            }
            Err(StoreError::Corrupt { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// Reads what there is, and goes on.
fn is_sound(mut store: FileStore, kept: &Kept) {
    let mut message = Vec::new();
    for number in 0..600 {
        if store
            .read(number, &mut message)
            .expect("it has been checked")
        {
            assert!(number < store.next_outgoing());
            assert!(kept.is_empty() || kept[&number].contains(&message));
        }
    }
    let number = store.next_outgoing();
    if number < u64::MAX {
        store.append(number, b"more").expect("room");
        assert!(store.read(number, &mut message).expect("it was kept"));
        assert_eq!(message, b"more");
        store.set_next_outgoing(number).expect("room");
    }
}

fn list(folder: &Path, kept: &Kept) {
    let mut reader = StoreReader::open(folder).expect("a folder");
    // Each record, and each damaged place, takes a byte of the files at least.
    for _ in 0..1 << 20 {
        match reader.next_record() {
            Ok(None) => return,
            Ok(Some(record)) => {
                let is_known = record.bytes.is_empty() || kept.is_empty();
                assert!(
                    is_known
                        || kept[&record.number]
                            .iter()
                            .any(|known| known == record.bytes)
                );
            }
            Err(StoreError::Corrupt { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
    panic!("the list does not end");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> = paths.filter(|path| path.extension().is_some()).collect();
    files.sort();
    files
}

/// A folder that is removed when it is dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("fuzz-fix-store-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
