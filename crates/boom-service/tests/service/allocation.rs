//! Nothing is allocated in the steady state.

use boom_testkit::alloc::{self, CountingAllocator};

use crate::world::World;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

#[test]
fn polling_allocates_nothing_once_connected() {
    let mut world = World::new();
    for port in 0..100 {
        let (_, client) = world.active(port);
        // Every other time, the endpoint wants to be polled without a report.
        client.on_poll(|stack| {
            stack.has_buffered.set(!stack.has_buffered.get());
            Ok(())
        });
    }
    let tokens = world.reports.registered();
    let round = |world: &mut World| {
        for token in &tokens {
            world.reports.ready(*token);
        }
        world.service.poll().unwrap();
        world.service.poll().unwrap();
    };
    for _ in 0..10 {
        round(&mut world);
    }
    let polls = world.service.stats().polls;
    let allocations = alloc::count(|| {
        for _ in 0..1000 {
            round(&mut world);
        }
    });
    assert_eq!(allocations.count, 0);
    assert_eq!(world.service.stats().polls - polls, 200_000);
}
