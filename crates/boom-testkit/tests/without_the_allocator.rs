//! Counting without the allocator is a mistake of the test, not a count of zero.

use boom_testkit::alloc;

#[test]
#[should_panic(expected = "nothing is counted")]
fn a_count_without_the_allocator_panics() {
    alloc::count(|| {});
}
