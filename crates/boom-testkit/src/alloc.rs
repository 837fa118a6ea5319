//! Counts allocations, so that a test can assert that there are none.

// A global allocator cannot be written without: `GlobalAlloc` is an unsafe trait of unsafe methods.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;

/// The system's allocator, counting for each thread what is asked of it.
///
/// Counting costs two thread-local additions, and itself never allocates.
///
/// # Examples
///
/// ```
/// use boom_testkit::alloc::{self, CountingAllocator};
///
/// #[global_allocator]
/// static ALLOCATOR: CountingAllocator = CountingAllocator;
///
/// let mut messages = Vec::with_capacity(1);
/// let warm = alloc::count(|| messages.push(7_u64));
/// assert_eq!(warm.count, 0);
/// let grown = alloc::count(|| messages.push(8));
/// assert_eq!(grown.count, 1);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct CountingAllocator;

/// What the calling thread asked of the allocator.
///
/// # Examples
///
/// ```
/// use boom_testkit::alloc::Allocations;
///
/// assert_eq!(Allocations::default(), Allocations { count: 0, bytes: 0 });
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allocations {
    /// Blocks asked for. A block that is grown or shrunk counts again.
    pub count: u64,
    /// Bytes of those blocks; of a block that is grown or shrunk, all of its new size.
    pub bytes: u64,
}

/// Runs `work` and returns what it allocated on the calling thread; other threads do not count.
///
/// # Panics
///
/// Panics if [`CountingAllocator`] is not the program's `#[global_allocator]`: the answer would always be zero.
///
/// # Examples
///
/// See [`CountingAllocator`].
pub fn count(work: impl FnOnce()) -> Allocations {
    assert!(
        since(total(), || drop(black_box(Box::new(0_u64)))).count > 0,
        "nothing is counted: declare `#[global_allocator] static A: CountingAllocator = CountingAllocator;`"
    );
    since(total(), work)
}

fn since(before: Allocations, work: impl FnOnce()) -> Allocations {
    work();
    let after = total();
    Allocations {
        count: after.count - before.count,
        bytes: after.bytes - before.bytes,
    }
}

fn total() -> Allocations {
    Allocations {
        count: COUNT.get(),
        bytes: BYTES.get(),
    }
}

thread_local! {
    // Constant and without a destructor, so that the first access neither allocates nor registers anything, and the
    // last one, while a thread ends, still finds them.
    static COUNT: Cell<u64> = const { Cell::new(0) };
    static BYTES: Cell<u64> = const { Cell::new(0) };
}

fn record(bytes: usize) {
    COUNT.set(COUNT.get() + 1);
    BYTES.set(BYTES.get() + bytes as u64);
}

// SAFETY: every method hands its arguments unchanged to `System`, which keeps the contract of `GlobalAlloc`. The
// counting beside it touches thread-local cells, neither allocates nor unwinds.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        record(layout.size());
        // SAFETY: the caller promises a layout of non-zero size, which is what `System` asks.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        record(layout.size());
        // SAFETY: as for `alloc`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        record(new_size);
        // SAFETY: the caller promises that `block` came from this allocator, thus from `System`, with this layout.
        unsafe { System.realloc(block, layout, new_size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as for `realloc`.
        unsafe { System.dealloc(block, layout) }
    }
}
