//! What is known of each endpoint.

use std::io::{ErrorKind, Write};
use std::time::Duration;

use boom_service::{EndpointOptions, ReconnectPolicy, State, Timeouts};
use boom_testkit::stream::ScriptedStream;

use crate::world::{Client, Stack, World};

#[test]
fn an_endpoint_is_counted_by_itself() {
    let mut world = World::new();
    let (other, _) = world.active(1);
    let policy = ReconnectPolicy::default().with_immediate_retry(false);
    let options = EndpointOptions::default().with_reconnect(policy);
    let (handle, client) = world.register_with(Client::new("10.0.0.1", 2), options);
    client.refuse(ErrorKind::ConnectionRefused);
    world.poll_until(handle, State::Backoff);
    let stats = world.service.endpoint_stats(handle).unwrap();
    assert_eq!(stats.state, State::Backoff);
    assert_eq!((stats.attempts, stats.failed_attempts), (1, 1));
    assert_eq!(
        (stats.connected, stats.disconnected, stats.failed_rounds),
        (0, 0, 1)
    );
    let reason = stats.last_reason.unwrap();
    assert_eq!(reason.to_string(), "not connected: connection refused");
    client.on_open(|_| Ok(Some(Stack::default())));
    world.advance(Duration::from_secs(1));
    world.poll_until(handle, State::Active);
    client.fail(ErrorKind::ConnectionReset);
    world.poll_until(handle, State::Backoff);
    let stats = world.service.endpoint_stats(handle).unwrap();
    assert_eq!((stats.attempts, stats.failed_attempts), (2, 1));
    assert_eq!(
        (stats.connected, stats.disconnected, stats.failed_rounds),
        (1, 1, 2)
    );
    assert_eq!(stats.last_reason.unwrap().to_string(), "connection reset");
    let stats = world.service.endpoint_stats(other).unwrap();
    assert_eq!(
        (stats.attempts, stats.connected, stats.failed_rounds),
        (1, 1, 0)
    );
    assert!(stats.last_reason.is_none());
    world.service.deregister(other);
    assert!(world.service.endpoint_stats(other).is_none());
}

#[test]
fn the_time_in_a_state_starts_with_the_state() {
    let mut world = World::new();
    let in_state = |world: &World, handle| world.service.endpoint_stats(handle).unwrap().in_state;
    let (handle, client) =
        world.register_with(Client::new("exchange", 1), EndpointOptions::default());
    client.on_open(|_| Ok(Some(Stack::new(ScriptedStream::new().connecting(2)))));
    world.settle();
    world.advance(Duration::from_secs(3));
    assert_eq!(world.service.state(handle), Some(State::Resolving));
    assert_eq!(in_state(&world, handle), Duration::from_secs(3));
    world
        .names
        .set("exchange", &["10.0.0.1:1".parse().unwrap()]);
    world.poll_until(handle, State::Connecting);
    assert_eq!(in_state(&world, handle), Duration::ZERO);
    world.advance(Duration::from_secs(2));
    assert_eq!(in_state(&world, handle), Duration::from_secs(2));
    world.poll_until(handle, State::Active);
    assert_eq!(in_state(&world, handle), Duration::ZERO);
    world.advance(Duration::from_secs(90));
    assert_eq!(in_state(&world, handle), Duration::from_secs(90));
}

#[test]
fn an_endpoint_gives_up_after_so_many_rounds_whatever_it_wants() {
    let mut world = World::new();
    let options = EndpointOptions::default().with_max_attempts(3);
    let (handle, client) = world.register_with(Client::new("10.0.0.1", 1), options);
    client.refuse(ErrorKind::ConnectionRefused);
    for _ in 0..100 {
        world.reports.all_ready();
        world.advance(Duration::from_secs(1));
    }
    assert_eq!(client.opened().len(), 3);
    assert_eq!(world.service.state(handle), None);
    assert_eq!(
        world.drain_events().last().unwrap(),
        "gave up 10.0.0.1:1: not connected: connection refused"
    );
    assert_eq!(
        client.plan.borrow().reasons.len(),
        3,
        "it is told each time"
    );
}

#[test]
fn a_connection_that_lasted_gives_all_rounds_back() {
    let mut world = World::new();
    let options = EndpointOptions::default().with_max_attempts(1);
    let (handle, client) = world.register_with(Client::new("10.0.0.1", 1), options);
    for connection in 1..=5 {
        world.poll_until(handle, State::Active);
        assert_eq!(client.opened().len(), connection);
        world.advance(Duration::from_secs(60));
        client.fail_once(ErrorKind::ConnectionReset);
        world.reports.all_ready();
        world.service.poll().unwrap();
        assert_eq!(world.service.state(handle), Some(State::Connecting));
    }
    world.poll_until(handle, State::Active);
    client.fail(ErrorKind::ConnectionReset);
    world.reports.all_ready();
    world.service.poll().unwrap();
    assert_eq!(world.service.state(handle), None, "it did not last");
}

#[test]
fn renewing_a_connection_is_no_failure() {
    let mut world = World::new();
    let options = EndpointOptions::default()
        .with_max_attempts(1)
        .with_auto_disconnect(Duration::from_millis(1));
    let (handle, client) = world.register_with(Client::new("10.0.0.1", 1), options);
    for _ in 0..10 {
        world.poll_until(handle, State::Active);
        world.advance(Duration::from_millis(1));
    }
    assert_eq!(client.opened().len(), 11);
    assert_eq!(
        world.service.endpoint_stats(handle).unwrap().failed_rounds,
        0
    );
}

#[test]
fn all_steps_together_have_a_time_of_their_own() {
    let mut world = World::new();
    let timeouts = Timeouts::default().with_total(Duration::from_secs(12));
    let options = EndpointOptions::default()
        .with_timeouts(timeouts)
        .with_head_start(None);
    let (handle, client) = world.register_with(Client::new("exchange", 443), options);
    let addresses: Vec<_> = (1..=9).map(|host| ([10, 0, 0, host], 443).into()).collect();
    world.names.set("exchange", &addresses);
    // Each would take five seconds; the third is cut short.
    client.on_open(|_| {
        Ok(Some(Stack::new(
            ScriptedStream::new().connecting(usize::MAX),
        )))
    });
    world.settle();
    for _ in 0..11 {
        world.advance(Duration::from_secs(1));
    }
    world.advance(Duration::from_nanos(999_999_999));
    assert_eq!(client.opened().len(), 3);
    assert_eq!(world.service.state(handle), Some(State::Connecting));
    world.drain_events();
    world.clock.advance_ns(1);
    world.service.poll().unwrap();
    assert_eq!(
        world.drain_events(),
        [
            "failed 10.0.0.3:443: timed out: all steps together",
            "retry at once"
        ]
    );
    // The next round has the whole time again.
    world.settle();
    world.advance(Duration::from_secs(4));
    assert_eq!(world.service.state(handle), Some(State::Connecting));
}

#[test]
fn waiting_for_the_connect_rate_is_not_part_of_that_time() {
    let mut world = World::new();
    world.service = world.service.with_connect_rate(1, Duration::from_secs(60));
    let timeouts = Timeouts::default().with_total(Duration::from_secs(2));
    let options = EndpointOptions::default().with_timeouts(timeouts);
    world.register(1);
    world.settle();
    let (handle, _) = world.register_with(Client::new("10.0.0.1", 2), options);
    world.advance(Duration::from_secs(30));
    world.advance(Duration::from_secs(30));
    assert_eq!(world.service.state(handle), Some(State::Connecting));
    world.advance(Duration::from_secs(1));
    world.poll_until(handle, State::Active);
}

#[test]
fn traffic_is_that_of_all_connections() {
    let mut world = World::new();
    let (handle, client) = world.active(1);
    let traffic = |world: &World| {
        let traffic = world.service.endpoint_stats(handle).unwrap().traffic;
        assert_eq!(
            (traffic.sent_bytes, traffic.received_messages),
            (None, None)
        );
        (traffic.received_bytes, traffic.sent_messages)
    };
    assert_eq!(traffic(&world), (Some(10), Some(0)));
    world
        .service
        .dispatch(handle, |stack, _| stack.stream.write_all(b"four").unwrap());
    assert_eq!(traffic(&world), (Some(10), Some(4)));
    client.fail_once(ErrorKind::ConnectionReset);
    world.reports.all_ready();
    world.service.poll().unwrap();
    assert_eq!(traffic(&world), (Some(10), Some(4)), "it has ended");
    world.poll_until(handle, State::Active);
    assert_eq!(traffic(&world), (Some(20), Some(4)));
    // Both connections of an overlap count, each once.
    assert!(world.service.renew(handle));
    for _ in 0..10 {
        world.reports.all_ready();
        world.service.poll().unwrap();
        assert!(traffic(&world).0 >= Some(20));
    }
    assert_eq!(traffic(&world), (Some(30), Some(4)));
    world.service.pause(handle);
    assert_eq!(traffic(&world), (Some(30), Some(4)));
}
