//! The queue between a session and the thread that writes its log: one ring of bytes.

use rtrb::{Consumer, Producer, RingBuffer};

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Inbound,
    Outbound,
    Remark,
    /// How many lines are missing, as 8 bytes.
    Dropped,
}

/// The bytes of an entry before its own.
const HEAD: usize = 16;
/// A message of ordinary length has room in any queue.
const SMALLEST: usize = 4096;
/// All of it is taken at once.
const GREATEST: usize = 256 << 20;
const PAGE: usize = 4096;

pub(super) fn queue(bytes: usize) -> (Inlet, Outlet) {
    let capacity = bytes.clamp(SMALLEST, GREATEST);
    let (mut producer, consumer) = RingBuffer::new(capacity);
    touch(&mut producer);
    let inlet = Inlet {
        ring: producer,
        capacity,
        count: 0,
    };
    let outlet = Outlet {
        ring: consumer,
        head: None,
        bytes: Vec::new(),
    };
    (inlet, outlet)
}

/// Writes to each page of the ring once, so that the kernel gives it now and not by a fault on the hot path.
fn touch(ring: &mut Producer<u8>) {
    // A chunk that is not committed is as if it had never been.
    let Ok(mut chunk) = ring.write_chunk_uninit(ring.slots()) else {
        return;
    };
    let (bytes, _) = chunk.as_mut_slices();
    for byte in bytes.iter_mut().step_by(PAGE) {
        byte.write(0);
    }
}

/// The session's end.
#[derive(Debug)]
pub(super) struct Inlet {
    ring: Producer<u8>,
    capacity: usize,
    count: u64,
}

impl Inlet {
    /// Puts in an entry, unless it has no room.
    #[inline]
    pub(super) fn push(&mut self, kind: Kind, unix_ns: i64, bytes: &[u8]) -> bool {
        if !self.has_room(bytes.len()) {
            return false;
        }
        let mut head = [0; HEAD];
        head[..8].copy_from_slice(&unix_ns.to_le_bytes());
        head[8..12].copy_from_slice(&(bytes.len() as u32).to_le_bytes());
        head[12] = kind as u8;
        // Both have room, and the other side waits for the second.
        let is_in = self.ring.push_entire_slice(&head).is_ok()
            && self.ring.push_entire_slice(bytes).is_ok();
        self.count += u64::from(is_in);
        is_in
    }

    #[inline]
    pub(super) fn has_room(&self, bytes: usize) -> bool {
        self.ring.slots() >= bytes.saturating_add(HEAD)
    }

    pub(super) fn can_ever_take(&self, bytes: usize) -> bool {
        bytes.saturating_add(HEAD) <= self.capacity && !self.ring.is_abandoned()
    }

    /// Returns true if more than half is taken.
    #[inline]
    pub(super) fn is_filling(&self) -> bool {
        self.ring.slots() < self.capacity / 2
    }

    /// The entries that were put in so far.
    pub(super) const fn count(&self) -> u64 {
        self.count
    }
}

/// The end of the thread that writes.
#[derive(Debug)]
pub(super) struct Outlet {
    ring: Consumer<u8>,
    /// Of the entry whose bytes are not all there yet.
    head: Option<(Kind, i64, usize)>,
    bytes: Vec<u8>,
}

impl Outlet {
    /// Takes out the next entry.
    pub(super) fn pop(&mut self) -> Option<(Kind, i64, &[u8])> {
        let (kind, unix_ns, length) = match self.head.take() {
            Some(head) => head,
            None => self.pop_head()?,
        };
        let Ok(chunk) = self.ring.read_chunk(length) else {
            self.head = Some((kind, unix_ns, length));
            return None;
        };
        let (first, second) = chunk.as_slices();
        self.bytes.clear();
        self.bytes.extend_from_slice(first);
        self.bytes.extend_from_slice(second);
        chunk.commit_all();
        Some((kind, unix_ns, &self.bytes))
    }

    fn pop_head(&mut self) -> Option<(Kind, i64, usize)> {
        let mut head = [0; HEAD];
        self.ring.pop_entire_slice(&mut head).ok()?;
        let head = u128::from_le_bytes(head);
        let kind = match (head >> 96) as u8 {
            0 => Kind::Inbound,
            1 => Kind::Outbound,
            2 => Kind::Remark,
            _ => Kind::Dropped,
        };
        Some((kind, head as i64, (head >> 64) as u32 as usize))
    }
}
