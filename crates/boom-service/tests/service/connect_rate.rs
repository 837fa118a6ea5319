//! How many connects are made in a time.

use std::io::ErrorKind;
use std::time::Duration;

use boom_service::{Handle, State};

use crate::world::World;

/// A service with `count` endpoints that connects `connections` in each `period`.
fn world(count: u16, connections: u32, period: Duration) -> (World, Vec<Handle>) {
    let mut world = World::new();
    world.service = world.service.with_connect_rate(connections, period);
    let handles = (0..count).map(|port| world.register(port).0).collect();
    (world, handles)
}

#[test]
fn connections_are_opened_no_faster_than_the_limit() {
    let mut world = World::new();
    world.service = world.service.with_connect_rate(5, Duration::from_secs(1));
    let clients: Vec<_> = (0..20).map(|port| world.register(port).1).collect();
    let opened = || {
        clients
            .iter()
            .map(|client| client.opened().len())
            .sum::<usize>()
    };
    let mut counts = Vec::new();
    for _ in 0..4 {
        world.settle();
        counts.push(opened());
        world.clock.advance(Duration::from_secs(1));
    }
    assert_eq!(counts, [5, 10, 15, 20]);
}

#[test]
fn an_idle_endpoint_does_not_use_up_the_limit() {
    let mut world = World::new();
    world.service = world.service.with_connect_rate(1, Duration::from_secs(1));
    let (_, idle) = world.register(4001);
    idle.on_open(|_| Ok(None));
    for _ in 0..50 {
        world.advance(Duration::from_millis(100));
    }
    let (handle, _) = world.register(4002);
    world.advance(Duration::from_secs(1));
    world.poll_until(handle, State::Active);
}

#[test]
fn no_stretch_of_a_period_has_more_connects_than_the_limit() {
    let (mut world, _) = world(20, 3, Duration::from_millis(300));
    world.settle();
    let mut attempts = vec![world.service.stats().attempts];
    for _ in 0..1500 {
        world.advance(Duration::from_millis(1));
        attempts.push(world.service.stats().attempts);
    }
    assert_eq!(attempts[0], 3);
    for (start, end) in attempts.iter().zip(&attempts[299..]) {
        assert!(end - start <= 3, "{start} and then {end} connects");
    }
    assert_eq!(attempts[1500], 18);
}

#[test]
fn a_stall_of_the_program_saves_no_connects_up() {
    let (mut world, _) = world(10, 1, Duration::from_secs(1));
    world.settle();
    assert_eq!(world.service.stats().attempts, 1);
    world.advance(Duration::from_secs(9));
    assert_eq!(world.service.stats().attempts, 2);
}

#[test]
fn endpoints_that_are_removed_take_their_place_in_the_queue_with_them() {
    let (mut world, handles) = world(100, 1, Duration::from_secs(10));
    world.settle();
    for handle in handles {
        assert!(world.service.deregister(handle).is_some());
    }
    let (handle, client) = world.register(7);
    world.advance(Duration::from_secs(10));
    assert_eq!(world.service.state(handle), Some(State::Connecting));
    assert_eq!(client.opened().len(), 1);
}

#[test]
fn endpoints_that_want_no_connection_hold_nobody_up() {
    let mut world = World::new();
    world.service = world.service.with_connect_rate(1, Duration::from_secs(1));
    for port in 0..10 {
        let (_, idle) = world.register(port);
        idle.on_open(|_| Ok(None));
    }
    for _ in 0..100 {
        world.advance(Duration::from_millis(100));
    }
    let (handle, _) = world.register(99);
    world.settle();
    assert_eq!(world.service.state(handle), Some(State::Connecting));
}

#[test]
fn a_create_target_that_fails_counts() {
    let mut world = World::new();
    world.service = world.service.with_connect_rate(1, Duration::from_secs(1));
    let (_, client) = world.register(4001);
    client.on_open(|_| Err(ErrorKind::ConnectionRefused.into()));
    world.settle();
    let (handle, _) = world.register(4002);
    world.advance(Duration::from_millis(999));
    assert_eq!(world.service.state(handle), Some(State::Backoff));
}

#[test]
fn the_first_to_wait_is_the_first_to_connect() {
    let (mut world, handles) = world(5, 1, Duration::from_secs(1));
    for handle in handles {
        world.settle();
        assert_eq!(world.service.state(handle), Some(State::Connecting));
        world.clock.advance(Duration::from_secs(1));
    }
}

#[test]
fn waiting_ends_when_the_next_connect_may_be_made() {
    let mut world = World::new();
    world.service = world.service.with_connect_rate(1, Duration::from_secs(1));
    for port in [4001, 4002] {
        world.register(port);
    }
    world.settle();
    world.clock.advance(Duration::from_millis(400));
    world.service.wait(Duration::from_secs(60)).unwrap();
    assert_eq!(world.reports.last_timeout(), Duration::from_millis(600));
}
