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
    // Half of them are at places other than their own.
    let handles: Vec<_> = world.service.iter().map(|(handle, _)| handle).collect();
    for handle in handles.iter().step_by(2) {
        assert!(world.service.renew(*handle));
    }
    for _ in 0..20 {
        world.reports.all_ready();
        world.service.poll().unwrap();
    }
    world.advance(std::time::Duration::from_secs(5));
    world.drain_events();
    let tokens = world.reports.registered();
    assert_eq!(tokens.len(), 100);
    assert!(tokens.iter().any(|token| token.index >= 100));
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
