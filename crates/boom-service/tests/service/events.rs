//! Events nobody takes, and the counters.

use std::cell::Cell;
use std::io::ErrorKind;
use std::rc::Rc;
use std::time::Duration;

use boom_service::{Event, State};
use boom_stream::Phase;

use crate::world::{Stack, World};

#[test]
fn events_that_nobody_takes_are_dropped_oldest_first_and_counted() {
    let mut world = World::new();
    world.service = world.service.with_event_limit(3);
    let (_, client) = world.register(4001);
    client.on_open(|_| Err(ErrorKind::PermissionDenied.into()));
    for _ in 0..100 {
        world.advance(Duration::from_secs(10));
    }
    let stats = world.service.stats();
    assert_eq!(stats.failed_attempts, 101);
    // Two events each attempt, three of which are kept.
    assert_eq!(stats.dropped_events, 2 * 101 - 3);
    assert_eq!(world.drain_events().len(), 3);
}

#[test]
fn as_many_events_are_kept_as_the_endpoints_may_cause_in_a_turn() {
    let mut world = World::new();
    for port in 0..1000 {
        let (_, client) = world.register(port);
        client.plan.borrow_mut().can_recreate = false;
        client.fail_once(ErrorKind::ConnectionReset);
    }
    while world.service.stats().connecting < 1000 {
        world.service.poll().unwrap();
    }
    // Each connects, disconnects and gives up.
    world.reports.all_ready();
    world.service.poll().unwrap();
    assert!(world.service.is_empty());
    assert_eq!(world.service.stats().dropped_events, 0);
    assert_eq!(world.drain_events().len(), 3000);
}

#[test]
fn a_limit_that_is_set_does_not_grow() {
    let mut world = World::new();
    world.service = world.service.with_event_limit(10);
    for port in 0..100 {
        world.register(port);
    }
    while world.service.stats().active < 100 {
        world.reports.all_ready();
        world.service.poll().unwrap();
    }
    assert_eq!(world.service.stats().dropped_events, 90);
    assert_eq!(world.drain_events().len(), 10);
}

#[test]
fn endpoints_that_gave_up_do_not_pile_up() {
    let mut world = World::new();
    world.service = world.service.with_event_limit(4);
    let mut kept = Vec::new();
    for port in 0..100 {
        let (_, client) = world.register(port);
        client.plan.borrow_mut().can_recreate = false;
        client.on_open(|_| Err(ErrorKind::PermissionDenied.into()));
        world.settle();
        kept.push(client.plan);
    }
    assert!(world.service.is_empty());
    // Two of the four events hold an endpoint.
    assert_eq!(
        kept.iter()
            .filter(|plan| Rc::strong_count(plan) > 1)
            .count(),
        2
    );
}

#[test]
fn events_name_the_endpoint_they_concern() {
    let mut world = World::new();
    let (first, _) = world.register(4001);
    let (second, _) = world.register(4002);
    world.poll_until(second, State::Active);
    let connected: Vec<_> = std::iter::from_fn(|| world.service.poll_event())
        .map(|event| match event {
            Event::Connected { handle, addr } => (handle, addr.port()),
            _ => panic!("only connects are expected"),
        })
        .collect();
    assert_eq!(connected, [(first, 4001), (second, 4002)]);
}

#[test]
fn the_counters_add_up() {
    let mut world = World::new();
    let (_, client) = world.active(4001);
    let (_, refused) = world.register(4002);
    refused.on_open(|_| Err(ErrorKind::ConnectionRefused.into()));
    let (_, idle) = world.register(4003);
    idle.on_open(|_| Ok(None));
    world.settle();
    client.fail(ErrorKind::ConnectionReset);
    world.reports.all_ready();
    world.service.poll().unwrap();

    let stats = world.service.stats();
    assert_eq!(
        (stats.endpoints, stats.active, stats.idle, stats.backoff),
        (3, 0, 1, 1)
    );
    assert_eq!(
        (stats.connected, stats.disconnected, stats.gave_up),
        (1, 1, 0)
    );
    // Two refused ones, the idle one and two of the client that was reset.
    assert_eq!((stats.attempts, stats.failed_attempts), (5, 2));
    assert_eq!(stats.connecting, 1);
    assert!(format!("{:?}", world.service).contains("endpoints: 3"));
}

#[test]
fn a_connection_that_ends_in_the_poll_that_ends_its_handshake_was_one() {
    let mut world = World::new();
    let (_, client) = world.register(4001);
    client.on_open(|_| {
        Ok(Some(Stack::in_phase(&Rc::new(Cell::new(
            Phase::ProtocolHandshake,
        )))))
    });
    // The answer to the handshake, a message and the end of the stream have come together.
    client.on_poll(|stack| {
        stack.phase.set(Phase::Established);
        Err(ErrorKind::UnexpectedEof.into())
    });
    world.service.poll().unwrap();
    world.reports.all_ready();
    world.service.poll().unwrap();
    assert_eq!(
        world.drain_events()[..2],
        [
            "connected 10.0.0.1:4001",
            "disconnected: unexpected end of file"
        ]
    );
    let stats = world.service.stats();
    assert_eq!((stats.connected, stats.disconnected), (1, 1));
    assert_eq!(stats.failed_attempts, 0);
}
