//! The allocator counts what the calling thread asks for, and only that.

use std::hint::black_box;
use std::thread;

use boom_testkit::alloc::{self, Allocations, CountingAllocator};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

#[test]
fn every_way_to_get_memory_counts() {
    let boxed = alloc::count(|| drop(black_box(Box::new([0_u8; 40]))));
    assert_eq!(
        boxed,
        Allocations {
            count: 1,
            bytes: 40
        }
    );
    let zeroed = alloc::count(|| drop(black_box(vec![0_u8; 100])));
    assert_eq!(
        zeroed,
        Allocations {
            count: 1,
            bytes: 100
        }
    );
    let mut bytes: Vec<u8> = Vec::with_capacity(16);
    let grown = alloc::count(|| bytes.reserve_exact(32));
    assert_eq!(
        grown,
        Allocations {
            count: 1,
            bytes: 32
        }
    );
}

#[test]
fn giving_back_and_using_memory_do_not_count() {
    let boxed = Box::new(1_u64);
    let mut bytes: Vec<u8> = Vec::with_capacity(16);
    let allocations = alloc::count(|| {
        drop(black_box(boxed));
        bytes.extend_from_slice(b"sixteen bytes...");
    });
    assert_eq!(allocations, Allocations::default());
}

#[test]
fn other_threads_do_not_count() {
    let (start, started) = std::sync::mpsc::sync_channel::<()>(0);
    let (finish, finished) = std::sync::mpsc::sync_channel::<Allocations>(0);
    let thread = thread::spawn(move || {
        started.recv().unwrap();
        let own = alloc::count(|| drop(black_box(vec![1_u8; 1000])));
        finish.send(own).unwrap();
    });
    // The channels may allocate when they wait, a thousand bytes in one piece they never do.
    let mut other = Allocations::default();
    let own = alloc::count(|| {
        start.send(()).unwrap();
        other = finished.recv().unwrap();
    });
    thread.join().unwrap();
    assert_eq!(
        other,
        Allocations {
            count: 1,
            bytes: 1000
        }
    );
    assert!(own.bytes < 1000, "{own:?}");
}

#[test]
fn counts_can_be_nested() {
    let mut inner = Allocations::default();
    let outer = alloc::count(|| {
        drop(black_box(Box::new(1_u8)));
        inner = alloc::count(|| drop(black_box(Box::new(2_u16))));
    });
    assert_eq!(inner, Allocations { count: 1, bytes: 2 });
    // One, the inner count's own check, and two.
    assert_eq!(outer.count, 3);
}
