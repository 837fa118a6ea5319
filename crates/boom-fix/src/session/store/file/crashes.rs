//! Machines that end at any moment, and lose what was not put on the disk: bytes of files in any order, and their names.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use boom_testkit::sim::Random;

use super::{Durability, FileStore, FileStoreBuilder};
use crate::session::store::{Store, StoreError};

thread_local! {
    static DISK: RefCell<Option<Disk>> = const { RefCell::new(None) };
}

/// What is on the disk for certain, and the machines that would be found if it ended right before something was put there.
#[derive(Debug, Default)]
struct Disk {
    root: PathBuf,
    files: BTreeMap<PathBuf, Vec<u8>>,
    names: BTreeMap<PathBuf, BTreeSet<PathBuf>>,
    before: Vec<Image>,
    random: Option<Random>,
}

/// The files of a machine that has ended.
type Image = BTreeMap<PathBuf, Vec<u8>>;

/// `path`, a file or a folder, is put on the disk.
pub(super) fn synced(path: &Path) {
    DISK.with_borrow_mut(|disk| {
        let Some(disk) = disk else { return };
        let image = disk.end();
        disk.before.push(image);
        disk.put(path);
    });
}

fn names(folder: &Path) -> BTreeSet<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.map(|entry| entry.unwrap().path()).collect()
}

impl Disk {
    fn put(&mut self, path: &Path) {
        if path.is_dir() {
            self.names.insert(path.to_owned(), names(path));
        } else {
            self.files.insert(path.to_owned(), fs::read(path).unwrap());
        }
    }

    /// What is left if the machine ends now.
    fn end(&mut self) -> Image {
        let mut random = self.random.take().unwrap();
        let (mut image, mut folders) = (Image::new(), vec![self.root.clone()]);
        while let Some(folder) = folders.pop() {
            let (now, certain) = (names(&folder), self.names.get(&folder));
            let certain = certain.cloned().unwrap_or_default();
            for path in now.union(&certain) {
                let is_certain = now.contains(path) && certain.contains(path);
                if !is_certain && random.chance(500) {
                    continue;
                }
                if path.is_dir() {
                    folders.push(path.clone());
                } else {
                    let bytes = self.left_of(path, &mut random);
                    image.insert(path.clone(), bytes);
                }
            }
        }
        self.random = Some(random);
        image
    }

    fn left_of(&self, path: &Path, random: &mut Random) -> Vec<u8> {
        let kept = self.files.get(path).cloned().unwrap_or_default();
        let mut bytes = fs::read(path).unwrap_or_else(|_| kept.clone());
        if random.chance(300) || !bytes.starts_with(&kept) {
            return kept;
        }
        // Pages of a few bytes: the length may be known before them, and later ones before earlier ones.
        for page in bytes[kept.len()..].chunks_mut(20) {
            if random.chance(300) {
                page.fill(0);
            }
        }
        if random.chance(500) {
            let more = bytes.len() - kept.len();
            bytes.truncate(kept.len() + random.below(more as u64 + 1) as usize);
        }
        bytes
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct State {
    outgoing: u64,
    incoming: u64,
    created: i64,
    messages: BTreeMap<u64, Vec<u8>>,
}

impl State {
    fn of(store: &mut FileStore) -> Self {
        let (mut messages, mut message) = (BTreeMap::new(), Vec::new());
        for number in 1..store.next_outgoing() {
            if store.read(number, &mut message).unwrap() {
                messages.insert(number, message.clone());
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

/// A scratch folder, with a disk below it.
struct Machine {
    root: PathBuf,
    random: Random,
}

impl Machine {
    fn new(name: &str, seed: u64) -> Self {
        let root = std::env::temp_dir().join(format!("boom-fix-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(&root).unwrap();
        let machine = Self {
            root,
            random: Random::new(seed),
        };
        machine.begin();
        machine
    }

    /// All that is there now is on the disk.
    fn begin(&self) {
        let mut disk = Disk {
            root: self.root.clone(),
            random: Some(self.random.clone()),
            ..Disk::default()
        };
        disk.put(&self.root);
        DISK.set(Some(disk));
    }

    fn builder(&self, folder: &str) -> FileStoreBuilder {
        let builder = FileStore::builder(self.root.join(folder));
        builder.clock(|| 5).reserve_messages(0).rotate_bytes(400)
    }

    /// The states after the machine ends now, and before each time that something was put on the disk since the last call.
    fn after_ends(
        &self,
        open: impl Fn(FileStoreBuilder) -> FileStoreBuilder,
    ) -> (Result<State, StoreError>, Vec<Result<State, StoreError>>) {
        let mut disk = DISK.take().unwrap();
        let now = disk.end();
        let mut found = |image: &Image| {
            let copy = self.root.with_extension("copy");
            let _ = fs::remove_dir_all(&copy);
            for (path, bytes) in image {
                let path = copy.join(path.strip_prefix(&self.root).unwrap());
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, bytes).unwrap();
            }
            let builder = FileStore::builder(copy.join("a/b")).clock(|| 5);
            let state = open(builder).open().map(|mut store| State::of(&mut store));
            let _ = fs::remove_dir_all(&copy);
            state
        };
        let before = std::mem::take(&mut disk.before);
        let states = (found(&now), before.iter().map(&mut found).collect());
        DISK.set(Some(disk));
        states
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        DISK.take();
        let _ = fs::remove_dir_all(&self.root);
    }
}

fn change(store: &mut FileStore, random: &mut Random) {
    let next = store.next_outgoing();
    match random.below(20) {
        0 => store.reset(7),
        1 => store.set_next_outgoing(next.saturating_sub(2).max(1)),
        2..=9 => store.set_next_incoming(store.next_incoming() + 1),
        _ => store.append(next, &vec![next as u8; random.below(90) as usize]),
    }
    .unwrap();
}

/// Whatever has returned is there; what has not may be.
#[test]
fn what_is_synced_outlives_the_machine() {
    for seed in 0..10 {
        let machine = Machine::new("crash-fsync", seed);
        let mut random = Random::new(seed);
        let fsync = |builder: FileStoreBuilder| builder.durability(Durability::Fsync);
        let mut store = fsync(machine.builder("a/b")).open().unwrap();
        let _ = machine.after_ends(fsync);
        for _ in 0..25 {
            let earlier = State::of(&mut store);
            change(&mut store, &mut random);
            let later = State::of(&mut store);
            let (now, before) = machine.after_ends(fsync);
            assert_eq!(now.unwrap(), later, "seed {seed}");
            for found in before {
                let found = found.unwrap();
                assert!(found == earlier || found == later, "seed {seed}: {found:?}");
            }
        }
    }
}

/// Messages are there and never damage; numbers of incoming ones may be older.
#[test]
fn incoming_numbers_that_are_lost_are_no_damage() {
    let mut lost = 0;
    for seed in 0..16 {
        let machine = Machine::new("crash-incoming", seed);
        let mut random = Random::new(seed);
        let open = |builder: FileStoreBuilder| {
            let builder = builder.durability(Durability::Fsync);
            builder.incoming_durability(Durability::Flush)
        };
        let mut store = open(machine.builder("a/b")).open().unwrap();
        let _ = machine.after_ends(open);
        for _ in 0..25 {
            let earlier = State::of(&mut store);
            change(&mut store, &mut random);
            let later = State::of(&mut store);
            let (now, before) = machine.after_ends(open);
            let now = now.unwrap();
            lost += later.incoming - now.incoming;
            assert_eq!(
                now,
                State {
                    incoming: now.incoming,
                    ..later.clone()
                }
            );
            for found in before {
                let found = found.unwrap();
                let is = |state: &State| {
                    found.messages == state.messages && found.outgoing == state.outgoing
                };
                assert!(is(&earlier) || is(&later), "seed {seed}: {found:?}");
            }
        }
    }
    assert!(lost > 0);
}

#[test]
fn incoming_numbers_alone_may_be_synced() {
    for seed in 0..10 {
        let machine = Machine::new("crash-alone", seed);
        let open = |builder: FileStoreBuilder| builder.incoming_durability(Durability::Fsync);
        let mut store = open(machine.builder("a/b")).open().unwrap();
        for number in 2..30 {
            store.append(number - 1, &[1; 30]).unwrap();
            store.set_next_incoming(number).unwrap();
            let later = State::of(&mut store);
            assert_eq!(machine.after_ends(open).0.unwrap(), later, "seed {seed}");
        }
    }
}

/// All files since the last time, not only the one that is written.
#[test]
fn a_sync_puts_everything_on_the_disk() {
    for seed in 0..10 {
        let machine = Machine::new("crash-sync", seed);
        let mut random = Random::new(seed);
        // What stands above the folder is its own affair where it was not durable from the start.
        fs::create_dir_all(machine.root.join("a/b")).unwrap();
        DISK.with_borrow_mut(|disk| disk.as_mut().unwrap().put(&machine.root));
        DISK.with_borrow_mut(|disk| disk.as_mut().unwrap().put(&machine.root.join("a")));
        let mut store = machine.builder("a/b").open().unwrap();
        for _ in 0..4 {
            for _ in 0..15 {
                change(&mut store, &mut random);
            }
            store.sync().unwrap();
            let later = State::of(&mut store);
            assert_eq!(
                machine.after_ends(|builder| builder).0.unwrap(),
                later,
                "seed {seed}"
            );
        }
    }
}

/// What an earlier process had left to the system is on the disk once a store that is durable has it open.
#[test]
fn what_is_found_outlives_the_machine() {
    for seed in 0..10 {
        let machine = Machine::new("crash-found", seed);
        fs::create_dir_all(machine.root.join("a/b")).unwrap();
        DISK.with_borrow_mut(|disk| disk.as_mut().unwrap().put(&machine.root));
        DISK.with_borrow_mut(|disk| disk.as_mut().unwrap().put(&machine.root.join("a")));
        let mut store = machine.builder("a/b").open().unwrap();
        for number in 1..20 {
            store.append(number, &[2; 30]).unwrap();
        }
        drop(store);
        let fsync = |builder: FileStoreBuilder| builder.durability(Durability::Fsync);
        let mut store = fsync(machine.builder("a/b")).open().unwrap();
        let later = State::of(&mut store);
        assert_eq!(machine.after_ends(fsync).0.unwrap(), later, "seed {seed}");
    }
}
