//! Endpoints that are told to want no connection for a while.

use std::io::ErrorKind;
use std::time::Duration;

use boom_service::{EndpointOptions, State};

use crate::world::{Client, Stack, World};

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn an_active_endpoint_is_disconnected_and_comes_back_when_told() {
    let mut world = World::new();
    let (handle, client) = world.active(4001);
    assert!(world.service.pause(handle));
    assert_eq!(world.service.state(handle), Some(State::Paused));
    assert_eq!(world.reports.registered(), []);
    assert_eq!(world.drain_events(), ["disconnected: paused"]);
    world.advance(HOUR);
    assert_eq!(client.opened().len(), 1);
    assert_eq!(world.service.stats().paused, 1);
    assert!(world.service.resume(handle));
    world.poll_until(handle, State::Active);
    assert_eq!(world.drain_events(), ["connected 10.0.0.1:4001"]);
    assert_eq!(client.plan.borrow().reasons, Vec::<String>::new());
}

#[test]
fn it_may_be_paused_whatever_it_does() {
    for state in [
        State::Resolving,
        State::Connecting,
        State::Backoff,
        State::Idle,
    ] {
        let mut world = World::new();
        let (handle, client) = world.register_with(
            Client::new(
                if state == State::Resolving {
                    "silent"
                } else {
                    "10.0.0.1"
                },
                1,
            ),
            EndpointOptions::default(),
        );
        match state {
            State::Backoff => client.on_open(|_| Err(ErrorKind::ConnectionRefused.into())),
            State::Idle => client.on_open(|_| Ok(None)),
            _ => {}
        }
        world.poll_until(handle, state);
        world.service.poll().unwrap();
        assert_eq!(world.service.state(handle), Some(state));
        world.drain_events();
        assert!(world.service.pause(handle));
        let attempts = world.service.stats().attempts;
        world.advance(HOUR);
        assert_eq!(
            world.service.state(handle),
            Some(State::Paused),
            "{state:?}"
        );
        assert_eq!(world.service.stats().attempts, attempts);
        assert_eq!(world.drain_events(), Vec::<String>::new());
        world.names.set("silent", &["10.0.0.9:1".parse().unwrap()]);
        client.on_open(|_| Ok(Some(Stack::default())));
        assert!(world.service.resume(handle));
        world.poll_until(handle, State::Active);
    }
}

#[test]
fn one_that_waits_in_the_queue_keeps_no_second_place_in_it() {
    let mut world = World::new();
    world.service = world.service.with_connect_rate(1, Duration::from_secs(1));
    let (_first, _) = world.register(1);
    let (handle, client) = world.register(2);
    let (last, _) = world.register(3);
    world.settle();
    for _ in 0..1000 {
        assert_eq!(world.service.state(handle), Some(State::Backoff));
        assert!(world.service.pause(handle));
        assert!(world.service.resume(handle));
        world.service.poll().unwrap();
    }
    let (late, _) = world.register(4);
    // One a second: its turn comes next, and then those of the others.
    world.advance(Duration::from_secs(1));
    assert_eq!(client.opened().len(), 1);
    world.advance(Duration::from_secs(1));
    assert_eq!(world.service.state(last), Some(State::Connecting));
    world.advance(Duration::from_secs(1));
    assert_eq!(world.service.state(late), Some(State::Connecting));
    assert_eq!(client.opened().len(), 1);
}

#[test]
fn one_that_was_paused_in_the_queue_gives_its_turn_to_the_next() {
    let mut world = World::new();
    world.service = world.service.with_connect_rate(1, Duration::from_secs(1));
    world.register(1);
    let (handle, client) = world.register(2);
    let (last, _) = world.register(3);
    world.settle();
    world.service.pause(handle);
    world.advance(Duration::from_secs(1));
    assert_eq!(world.service.state(last), Some(State::Connecting));
    assert_eq!(client.opened().len(), 0);
    assert!(world.service.deregister(handle).is_some());
}

#[test]
fn failures_before_a_pause_do_not_count_after_it() {
    let mut world = World::new();
    let (handle, client) = world.register(1);
    client.refuse(ErrorKind::ConnectionRefused);
    for _ in 0..20 {
        world.reports.all_ready();
        world.advance(Duration::from_secs(6));
    }
    assert!(world.service.endpoint_stats(handle).unwrap().failed_rounds > 5);
    world.service.pause(handle);
    world.service.resume(handle);
    world.drain_events();
    world.poll_until(handle, State::Backoff);
    let rounds = world.service.endpoint_stats(handle).unwrap().failed_rounds;
    assert_eq!(rounds, 2, "the first retry is made at once");
    let events = world.drain_events();
    assert!(events.contains(&"retry at once".to_owned()), "{events:?}");
}

#[test]
fn handles_that_are_stale_and_endpoints_that_are_not_paused() {
    let mut world = World::new();
    let (handle, _) = world.active(1);
    assert!(!world.service.resume(handle));
    assert!(world.service.pause(handle));
    assert!(world.service.pause(handle), "twice is once");
    assert_eq!(world.drain_events(), ["disconnected: paused"]);
    assert!(world.service.deregister(handle).is_some());
    assert!(!world.service.pause(handle));
    assert!(!world.service.resume(handle));
}
