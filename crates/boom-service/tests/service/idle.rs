//! Connections that receive nothing.

use std::time::Duration;

use boom_service::{EndpointOptions, Handle, State};

use crate::world::{Client, World};

const IDLE: Duration = Duration::from_secs(30);

fn silent() -> (World, Handle, Client) {
    let mut world = World::new();
    let options = EndpointOptions::default().with_idle_timeout(IDLE);
    let (handle, client) = world.register_with(Client::new("10.0.0.1", 4001), options);
    world.poll_until(handle, State::Active);
    world.drain_events();
    (world, handle, client)
}

#[test]
fn a_silent_connection_is_ended_and_made_again() {
    let (mut world, handle, client) = silent();
    world.advance(IDLE - Duration::from_nanos(1));
    assert_eq!(world.drain_events(), Vec::<String>::new());
    world.advance(Duration::from_nanos(1));
    // A look at what the selector may still have to report comes first.
    assert_eq!(world.service.state(handle), Some(State::Active));
    world.advance(Duration::from_nanos(1));
    assert_eq!(
        world.drain_events(),
        ["disconnected: nothing received for 30s", "retry at once"]
    );
    assert_eq!(client.plan.borrow().reasons, ["nothing received for 30s"]);
    world.poll_until(handle, State::Active);
}

#[test]
fn a_connection_that_receives_goes_on() {
    let (mut world, handle, _) = silent();
    for _ in 0..100 {
        world.advance(IDLE - Duration::from_secs(1));
        world.reports.all_ready();
        world.service.poll().unwrap();
    }
    assert_eq!(world.service.state(handle), Some(State::Active));
    // From the last report on.
    world.advance(IDLE - Duration::from_nanos(1));
    assert_eq!(world.service.state(handle), Some(State::Active));
    world.advance(Duration::from_nanos(2));
    world.advance(Duration::from_nanos(1));
    assert_ne!(world.service.state(handle), Some(State::Active));
}

#[test]
fn a_report_that_comes_late_is_in_time() {
    let (mut world, handle, _) = silent();
    // The thread was elsewhere, and the first poll after has not room for all reports.
    world.advance(IDLE * 2);
    world.clock.advance_ns(1);
    world.reports.all_ready();
    world.service.poll().unwrap();
    world.advance(IDLE - Duration::from_nanos(1));
    assert_eq!(world.service.state(handle), Some(State::Active));
}

#[test]
fn a_connection_that_is_silent_while_it_is_replaced_is_ended_too() {
    let mut world = World::new();
    let options = EndpointOptions::default()
        .with_idle_timeout(IDLE)
        .with_overlap(IDLE);
    let (handle, client) = world.register_with(Client::new("10.0.0.1", 4001), options);
    world.poll_until(handle, State::Active);
    client.on_open(|_| Err(std::io::ErrorKind::ConnectionRefused.into()));
    assert!(world.service.renew(handle));
    for _ in 0..29 {
        world.advance(Duration::from_secs(1));
        assert_eq!(world.service.state(handle), Some(State::Active));
    }
    world.drain_events();
    world.advance(Duration::from_secs(1));
    world.advance(Duration::from_nanos(1));
    let events = world.drain_events();
    let idle = "disconnected: nothing received for 30s".to_owned();
    assert!(events.contains(&idle), "{events:?}");
    assert_ne!(world.service.state(handle), Some(State::Active));
}
