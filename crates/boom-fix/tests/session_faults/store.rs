//! A store on a disk that loses and tears what was not synced, in a process that may end at any write.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use boom_fix::session::{Store, StoreError};
use boom_testkit::sim::{Disk, Random};

/// What a record outlives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Durability {
    None,
    Flush,
    Fsync,
}

/// The process that has the store, and the faults that wait for it.
#[derive(Debug)]
pub(crate) struct Process {
    /// It has ended; what still runs is seen by nobody.
    pub(crate) is_dead: Cell<bool>,
    /// Ends at the so many-th write to the store.
    pub(crate) dies_after: Cell<Option<u32>>,
    /// Writes and reads that fail, of a thousand.
    pub(crate) failures: Cell<u32>,
    /// Some have failed.
    pub(crate) has_failed: Cell<bool>,
    pub(crate) failed: Cell<u64>,
    /// The next outgoing number, as the process knew it.
    pub(crate) outgoing: Cell<u64>,
    pub(crate) random: RefCell<Random>,
}

impl Process {
    pub(crate) fn new(random: Random) -> Rc<Self> {
        Rc::new(Self {
            is_dead: Cell::new(false),
            dies_after: Cell::new(None),
            failures: Cell::new(0),
            has_failed: Cell::new(false),
            failed: Cell::new(0),
            outgoing: Cell::new(1),
            random: RefCell::new(random),
        })
    }

    fn fails(&self) -> bool {
        let fails = self.random.borrow_mut().chance(self.failures.get());
        if fails {
            self.has_failed.set(true);
            self.failed.set(self.failed.get() + 1);
        }
        fails
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Kind {
    Message = 1,
    Outgoing,
    Incoming,
    Reset,
}

/// The store: records behind each other, each with a checksum, read back up to the first that is not whole.
#[derive(Debug)]
pub(crate) struct DiskStore {
    disk: Rc<RefCell<Disk>>,
    process: Rc<Process>,
    messages: Durability,
    numbers: Durability,
    outgoing: u64,
    incoming: u64,
    /// Tells one beginning of the numbers from another.
    epoch: u64,
    next_epoch: Rc<Cell<u64>>,
    created: i64,
    index: BTreeMap<u64, (usize, usize)>,
}

const HEAD: usize = 13;
const SUM: usize = 4;

impl DiskStore {
    pub(crate) fn open(
        disk: Rc<RefCell<Disk>>,
        process: Rc<Process>,
        (messages, numbers): (Durability, Durability),
        next_epoch: Rc<Cell<u64>>,
    ) -> Self {
        let mut store = Self {
            disk,
            process,
            messages,
            numbers,
            outgoing: 1,
            incoming: 1,
            epoch: 0,
            next_epoch,
            created: 0,
            index: BTreeMap::new(),
        };
        store.recover();
        store
    }

    fn recover(&mut self) {
        let disk = Rc::clone(&self.disk);
        let mut at = 0;
        while let Some((kind, number, length)) = read_record(&disk.borrow().bytes()[at..]) {
            self.apply(kind, number, (at + HEAD, length));
            at += HEAD + length + SUM;
        }
        disk.borrow_mut().truncate(at);
    }

    fn apply(&mut self, kind: Kind, number: u64, place: (usize, usize)) {
        match kind {
            Kind::Message => {
                self.index.split_off(&number);
                self.index.insert(number, place);
                self.outgoing = number + 1;
            }
            Kind::Outgoing => {
                self.index.split_off(&number);
                self.outgoing = number;
            }
            Kind::Incoming => self.incoming = number,
            Kind::Reset => {
                self.index.clear();
                (self.outgoing, self.incoming, self.epoch) = (1, 1, number);
            }
        }
        self.process.outgoing.set(self.outgoing);
    }

    pub(crate) const fn epoch(&self) -> u64 {
        self.epoch
    }

    pub(crate) fn process(&self) -> &Process {
        &self.process
    }

    fn keep(
        &mut self,
        kind: Kind,
        number: u64,
        payload: &[u8],
        durability: Durability,
    ) -> Result<(), StoreError> {
        let process = Rc::clone(&self.process);
        if process.is_dead.get() || process.fails() {
            return Err(refused());
        }
        let record = record(kind, number, payload);
        let dies = match process.dies_after.get() {
            Some(0) => true,
            left => {
                process.dies_after.set(left.map(|left| left - 1));
                false
            }
        };
        let mut disk = self.disk.borrow_mut();
        if dies {
            process.is_dead.set(true);
            let mut random = process.random.borrow_mut();
            let written = match random.below(4) {
                0 => 0,
                1 => random.below(record.len() as u64) as usize,
                _ => record.len(),
            };
            disk.write(&record[..written]);
            if durability > Durability::None {
                disk.flush();
            }
            if written < record.len() || random.chance(500) {
                return Err(refused());
            }
        } else {
            disk.write(&record);
        }
        match durability {
            Durability::None => {}
            Durability::Flush => disk.flush(),
            Durability::Fsync => disk.sync(),
        }
        let end = disk.bytes().len();
        drop(disk);
        self.apply(kind, number, (end - SUM - payload.len(), payload.len()));
        Ok(())
    }
}

impl Store for DiskStore {
    fn next_outgoing(&self) -> u64 {
        self.outgoing
    }

    fn next_incoming(&self) -> u64 {
        self.incoming
    }

    fn set_next_outgoing(&mut self, number: u64) -> Result<(), StoreError> {
        self.keep(Kind::Outgoing, number, &[], self.messages)
    }

    fn set_next_incoming(&mut self, number: u64) -> Result<(), StoreError> {
        self.keep(Kind::Incoming, number, &[], self.numbers)
    }

    fn append(&mut self, number: u64, message: &[u8]) -> Result<(), StoreError> {
        assert_eq!(
            number, self.outgoing,
            "a number was left out or given twice"
        );
        self.keep(Kind::Message, number, message, self.messages)
    }

    fn read(&mut self, number: u64, into: &mut Vec<u8>) -> Result<bool, StoreError> {
        into.clear();
        if self.process.is_dead.get() || self.process.fails() {
            return Err(refused());
        }
        let Some(&(start, length)) = self.index.get(&number) else {
            return Ok(false);
        };
        into.extend_from_slice(&self.disk.borrow().bytes()[start..start + length]);
        Ok(true)
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn reset(&mut self, now: i64) -> Result<(), StoreError> {
        let epoch = self.next_epoch.get() + 1;
        self.next_epoch.set(epoch);
        self.keep(Kind::Reset, epoch, &[], Durability::Fsync)?;
        self.created = now;
        Ok(())
    }
}

fn refused() -> StoreError {
    StoreError::Other("the disk refuses".into())
}

fn record(kind: Kind, number: u64, payload: &[u8]) -> Vec<u8> {
    let mut record = vec![kind as u8];
    record.extend(number.to_le_bytes());
    record.extend((payload.len() as u32).to_le_bytes());
    record.extend(payload);
    let sum = checksum(&record);
    record.extend(sum.to_le_bytes());
    record
}

fn read_record(bytes: &[u8]) -> Option<(Kind, u64, usize)> {
    let head = bytes.get(..HEAD)?;
    let kind = match head[0] {
        1 => Kind::Message,
        2 => Kind::Outgoing,
        3 => Kind::Incoming,
        4 => Kind::Reset,
        _ => return None,
    };
    let number = u64::from_le_bytes(head[1..9].try_into().ok()?);
    let length = u32::from_le_bytes(head[9..13].try_into().ok()?) as usize;
    let sum = bytes.get(HEAD + length..HEAD + length + SUM)?;
    let is_whole = checksum(&bytes[..HEAD + length]).to_le_bytes() == sum;
    is_whole.then_some((kind, number, length))
}

/// FNV-1a, to 32 bits.
fn checksum(bytes: &[u8]) -> u32 {
    let sum = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |sum, &byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    (sum ^ (sum >> 32)) as u32
}
