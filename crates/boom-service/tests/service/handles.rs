//! Handles, and what is reached by them.

use std::io::ErrorKind;
use std::time::Duration;

use boom_service::State;
use boom_stream::ConnectionInfoProvider;

use crate::world::{Client, World};

#[test]
fn a_stale_handle_reaches_nothing() {
    let mut world = World::new();
    let (old, client) = world.active(4001);
    assert_eq!(
        world
            .service
            .deregister(old)
            .unwrap()
            .connection_info()
            .port(),
        4001
    );
    let (new, _) = world.active(4002);
    assert_ne!(old, new);
    assert_eq!(world.service.state(old), None);
    assert!(world.service.get(old).is_none());
    assert!(world.service.get_mut(old).is_none());
    assert_eq!(world.service.dispatch(old, |_, _| ()), None);
    assert!(world.service.deregister(old).is_none());
    assert_eq!(world.service.state(new), Some(State::Active));
    assert_eq!(client.polls(), 1);
}

#[test]
fn deregistering_ends_whatever_the_endpoint_is_doing() {
    let mut world = World::new();
    let (resolving, _) = world.register_with(Client::new("silent", 1), <_>::default());
    let (idle, client) = world.register(2);
    client.on_open(|_| Ok(None));
    let (waiting, client) = world.register(3);
    client.on_open(|_| Err(ErrorKind::ConnectionRefused.into()));
    let (connecting, _) = world.register(4);
    let (fresh, _) = {
        world.settle();
        world.register(5)
    };
    let states = [resolving, idle, waiting, connecting, fresh].map(|handle| {
        let state = world.service.state(handle).unwrap();
        assert!(world.service.deregister(handle).is_some());
        state
    });
    assert_eq!(
        states,
        [
            State::Resolving,
            State::Idle,
            State::Backoff,
            State::Connecting,
            State::Resolving
        ]
    );
    assert_eq!(world.reports.registered(), []);
    // No timer, lookup or report is left that would bring one back.
    world.names.set("silent", &["10.0.0.1:1".parse().unwrap()]);
    let attempts = world.service.stats().attempts;
    world.advance(Duration::from_secs(3600));
    assert_eq!(world.service.stats().attempts, attempts);
    world.service.wait(Duration::from_secs(60)).unwrap();
    assert_eq!(world.reports.last_timeout(), Duration::from_secs(60));
}

#[test]
fn places_are_used_again_however_many_come_and_go() {
    let mut world = World::new();
    let (keep, client) = world.active(1);
    for _ in 0..10_000 {
        let (handle, _) = world.register(2);
        world.service.deregister(handle).unwrap();
    }
    let (handle, _) = world.active(3);
    assert_eq!(
        world
            .reports
            .registered()
            .iter()
            .map(|token| token.index)
            .max(),
        Some(1)
    );
    assert_eq!(
        world
            .service
            .iter()
            .map(|(handle, _)| handle)
            .collect::<Vec<_>>(),
        [keep, handle]
    );
    assert_eq!(client.opened().len(), 1);
}

#[test]
fn endpoints_are_reached_by_iteration() {
    let mut world = World::new();
    world.active(1);
    world.register(2);
    let mut ports: Vec<_> = world
        .service
        .iter()
        .map(|(_, client)| client.connection_info().port())
        .collect();
    ports.sort_unstable();
    assert_eq!(ports, [1, 2]);
    for (_, client) in world.service.iter_mut() {
        client.fail(ErrorKind::BrokenPipe);
    }
    world.reports.all_ready();
    world.service.poll().unwrap();
    assert_eq!(world.service.stats().disconnected, 1);
}

#[test]
fn dispatch_needs_a_target() {
    let mut world = World::new();
    let (handle, _) = world.register(4001);
    assert_eq!(world.service.dispatch(handle, |_, _| ()), None);
    world.service.poll().unwrap();
    assert_eq!(world.service.state(handle), Some(State::Connecting));
    assert_eq!(
        world.service.dispatch(handle, |_, client| client.polls()),
        Some(0)
    );
}

#[test]
fn builder_methods_keep_what_is_registered() {
    let mut world = World::new();
    let (resolving, _) = world.register_with(Client::new("name", 1), <_>::default());
    world.settle();
    let (fresh, _) = world.register(2);
    world.names.set("name", &["10.0.0.1:1".parse().unwrap()]);
    world.service = world
        .service
        .with_resolver(world.names.clone())
        .with_time_source(world.clock.clone())
        .with_connect_rate(100, Duration::from_secs(1));
    world.poll_until(fresh, State::Active);
    world.poll_until(resolving, State::Active);
}
