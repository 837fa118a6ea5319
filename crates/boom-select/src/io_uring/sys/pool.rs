//! Buffers that the kernel receives into.

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::fmt;
use std::io;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU32, Ordering};

use io_uring::types::BufRingEntry;

/// One block of memory: the ring of entries that tells the kernel of free buffers, then the buffers.
pub(super) struct Pool {
    memory: NonNull<u8>,
    layout: Layout,
    count: u16,
    size: u32,
    returned: Returned,
}

// SAFETY: what the pointer leads to is reached only through `Received`, of which there is at most one for a buffer and
// which borrows as any owner does, and through `BufferRing`, of which there is one for a pool. The rest is atomics.
unsafe impl Send for Pool {}
// SAFETY: as above; the shared methods touch atomics and constants alone.
unsafe impl Sync for Pool {}

impl Pool {
    /// Allocates `count` buffers, a power of two, of `size` bytes each, at least one.
    pub(super) fn new(count: u16, size: u32) -> io::Result<Arc<Self>> {
        let entries = usize::from(count) * size_of::<BufRingEntry>();
        let bytes = entries + usize::from(count) * size as usize;
        let layout = Layout::from_size_align(bytes, PAGE).map_err(io::Error::other)?;
        assert!(bytes > 0, "a pool has buffers");
        // SAFETY: the layout is not of size zero, as was asserted.
        let memory = unsafe { alloc_zeroed(layout) };
        let memory = NonNull::new(memory).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(Arc::new(Self {
            memory,
            layout,
            count,
            size,
            returned: Returned::new(count),
        }))
    }

    /// Where the kernel finds the ring of entries.
    pub(super) const fn entries(&self) -> NonNull<BufRingEntry> {
        self.memory.cast()
    }

    /// Returns true if a buffer was given back, or the bell rung, since they were last collected.
    #[inline]
    pub(super) fn has_returned(&self) -> bool {
        self.returned.newest.load(Ordering::Relaxed) != NONE
    }

    /// Where buffer `id` starts.
    #[inline]
    fn buffer(&self, id: u16) -> NonNull<u8> {
        assert!(id < self.count, "the buffer is one of the pool's");
        let offset = usize::from(self.count) * size_of::<BufRingEntry>()
            + usize::from(id) * self.size as usize;
        // SAFETY: `offset` is within the block, whose size is that of all entries and `count` buffers.
        unsafe { self.memory.add(offset) }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        // SAFETY: the block was allocated with this layout, and by rule 3 nobody uses it any more.
        unsafe { dealloc(self.memory.as_ptr(), self.layout) }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("count", &self.count)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

/// The kernel wants the entries to start at a page. No architecture that it is used on here has larger ones.
const PAGE: usize = 64 * 1024;

/// Lets any thread have the next poll look around, at no cost to those that find nothing.
#[derive(Debug)]
pub(in crate::io_uring) struct Bell(Arc<Pool>);

impl Bell {
    pub(super) const fn new(pool: Arc<Pool>) -> Self {
        Self(pool)
    }

    pub(in crate::io_uring) fn ring(&self) {
        // Once on the list is enough, and twice would close it to a circle. Release: whoever finds it there sees what was
        // done before.
        if !self.0.returned.is_rung.swap(true, Ordering::AcqRel) {
            self.0.returned.push(self.0.count);
        }
    }
}

/// The list of buffers that were given back, from whatever thread: each names the one given back before it. A number
/// behind the last buffer's stands for the bell.
#[derive(Debug)]
struct Returned {
    newest: AtomicU32,
    before: Box<[AtomicU32]>,
    /// The bell is on the list.
    is_rung: AtomicBool,
}

/// The end of the list.
const NONE: u32 = u32::MAX;

impl Returned {
    fn new(count: u16) -> Self {
        Self {
            newest: AtomicU32::new(NONE),
            before: (0..=count).map(|_| AtomicU32::new(NONE)).collect(),
            is_rung: AtomicBool::new(false),
        }
    }

    #[inline]
    fn push(&self, id: u16) {
        let mut newest = self.newest.load(Ordering::Relaxed);
        loop {
            self.before[usize::from(id)].store(newest, Ordering::Relaxed);
            // Release: whoever takes the list sees the link, and has the reads of the buffer behind it.
            match self.newest.compare_exchange_weak(
                newest,
                u32::from(id),
                Ordering::Release,
                Ordering::Relaxed,
            ) {
                Ok(_) => return,
                Err(other) => newest = other,
            }
        }
    }

    /// Takes all of them. Only the whole list is ever taken, so a link cannot come to name the wrong one.
    fn take(&self) -> impl Iterator<Item = u16> {
        let mut next = self.newest.swap(NONE, Ordering::Acquire);
        std::iter::from_fn(move || {
            let id = u16::try_from(next).ok()?;
            next = self.before[usize::from(id)].load(Ordering::Relaxed);
            Some(id)
        })
    }
}

/// Bytes that have arrived: a buffer that is not the kernel's until this is dropped.
pub(in crate::io_uring) struct Received {
    pool: Arc<Pool>,
    id: u16,
    /// What of the buffer has not been read.
    start: u32,
    end: u32,
}

impl Received {
    /// Takes over the buffer that a completion has named.
    ///
    /// # Safety
    ///
    /// The kernel has named the buffer in a completion, with so many bytes, and nobody has taken it over since.
    pub(super) unsafe fn take_over(pool: &Arc<Pool>, id: u16, length: u32) -> Self {
        Self {
            start: 0,
            end: length.min(pool.size),
            pool: Arc::clone(pool),
            id,
        }
    }

    /// The bytes that have not been read.
    #[inline]
    pub(in crate::io_uring) fn bytes(&self) -> &[u8] {
        let bytes = NonNull::slice_from_raw_parts(self.pool.buffer(self.id), self.end as usize);
        // SAFETY: `end` is at most the size of a buffer, the memory was zeroed when it was allocated and so is
        // initialised, it lives as long as `self.pool`, and nobody writes to it: by rule 2 the buffer is this one's.
        let bytes = unsafe { bytes.as_ref() };
        &bytes[self.start as usize..]
    }

    /// Notes that `count` of the bytes have been read.
    pub(in crate::io_uring) fn consume(&mut self, count: usize) {
        let count = count.min((self.end - self.start) as usize);
        self.start += count as u32;
    }

    /// Which buffer it is.
    #[inline]
    pub(in crate::io_uring) const fn id(&self) -> u16 {
        self.id
    }
}

impl Drop for Received {
    #[inline]
    fn drop(&mut self) {
        self.pool.returned.push(self.id);
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received")
            .field("id", &self.id)
            .field("length", &(self.end - self.start))
            .finish_non_exhaustive()
    }
}

/// The writing end of a pool's ring of entries.
#[derive(Debug)]
pub(super) struct BufferRing {
    pool: Arc<Pool>,
    /// Entries published so far. The kernel compares the same 16 bits.
    tail: u16,
}

impl BufferRing {
    /// Publishes all buffers of a new pool, whose ring of entries the kernel has taken note of.
    pub(super) fn new(pool: Arc<Pool>) -> Self {
        let mut ring = Self { pool, tail: 0 };
        for id in 0..ring.pool.count {
            ring.write(id);
        }
        ring.publish();
        ring
    }

    /// Gives the kernel the buffers that were given back, and calls `seen` with each. Returns true if the bell was rung.
    pub(super) fn replenish(&mut self, mut seen: impl FnMut(u16)) -> bool {
        let pool = Arc::clone(&self.pool);
        let mut was_rung = false;
        for id in pool.returned.take() {
            if id == pool.count {
                // It is off the list, and may be put there again.
                pool.returned.is_rung.swap(false, Ordering::AcqRel);
                was_rung = true;
            } else {
                self.write(id);
                seen(id);
            }
        }
        self.publish();
        was_rung
    }

    /// Writes the next entry, which the kernel reads only when it is published.
    fn write(&mut self, id: u16) {
        let place = usize::from(self.tail & (self.pool.count - 1));
        let address = self.pool.buffer(id).as_ptr().expose_provenance() as u64;
        // SAFETY: `place` is less than the number of entries, with which the block begins.
        let mut entry = unsafe { self.pool.entries().add(place) };
        // SAFETY: the entry is aligned, initialised and, not being published, nobody else's: the ring has a place for
        // each buffer, and a buffer is published once at a time, so the kernel has read what stood here before. The
        // first entry contains the tail, which the kernel only reads, and which this does not write.
        let entry = unsafe { entry.as_mut() };
        entry.set_addr(address);
        entry.set_len(self.pool.size);
        entry.set_bid(id);
        self.tail = self.tail.wrapping_add(1);
    }

    fn publish(&self) {
        // SAFETY: this is the first entry of the ring, and initialised.
        let tail = unsafe { BufRingEntry::tail(self.pool.entries().as_ptr()) };
        // SAFETY: the tail is 16 bits, aligned, lives as long as the pool, and is accessed by this thread alone and by
        // the kernel, which reads it atomically.
        let tail = unsafe { AtomicU16::from_ptr(tail.cast_mut()) };
        // Release: the kernel sees the entries before it.
        tail.store(self.tail, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_comes_back_once_it_is_dropped_and_is_given_to_the_kernel_once() {
        let pool = Pool::new(4, 64).unwrap();
        let mut ring = BufferRing::new(Arc::clone(&pool));
        assert!(!pool.has_returned());
        // SAFETY: there is no kernel, and each is taken over once.
        let received: Vec<_> = [2, 0]
            .map(|id| unsafe { Received::take_over(&pool, id, 1000) })
            .into();
        assert_eq!(received[0].bytes(), [0; 64], "no more than the buffer has");
        assert!(!pool.has_returned());
        drop(received);
        assert!(pool.has_returned());
        let mut ids = Vec::new();
        assert!(!ring.replenish(|id| ids.push(id)));
        assert_eq!(ids, [0, 2]);
        assert_eq!(ring.tail, 6);
        ring.replenish(|_| panic!("it was collected"));
    }

    #[test]
    fn the_bell_is_heard_once_for_all_its_rings_and_is_no_buffer() {
        let pool = Pool::new(2, 64).unwrap();
        let mut ring = BufferRing::new(Arc::clone(&pool));
        let bell = Bell::new(Arc::clone(&pool));
        for _ in 0..3 {
            bell.ring();
            // SAFETY: there is no kernel, and the one before was given back and collected.
            drop(unsafe { Received::take_over(&pool, 1, 8) });
            bell.ring();
            assert!(pool.has_returned());
            let mut ids = Vec::new();
            assert!(ring.replenish(|id| ids.push(id)));
            assert_eq!(ids, [1]);
            assert!(!pool.has_returned());
        }
        assert_eq!(ring.tail, 5);
    }

    #[test]
    fn buffers_come_back_from_other_threads_and_outlive_the_ring() {
        let pool = Pool::new(64, 64).unwrap();
        let mut ring = BufferRing::new(Arc::clone(&pool));
        let threads: Vec<_> = (0..64)
            .map(|id| {
                // SAFETY: there is no kernel, and each is taken over once.
                let received = unsafe { Received::take_over(&pool, id, 8) };
                std::thread::spawn(move || assert_eq!(received.bytes(), [0; 8]))
            })
            .collect();
        threads
            .into_iter()
            .for_each(|thread| thread.join().unwrap());
        let mut ids = Vec::new();
        ring.replenish(|id| ids.push(id));
        ids.sort_unstable();
        assert_eq!(ids, Vec::from_iter(0..64));
        // SAFETY: as above.
        let late = unsafe { Received::take_over(&pool, 7, 8) };
        drop((ring, pool));
        assert_eq!(late.bytes(), [0; 8]);
    }
}
