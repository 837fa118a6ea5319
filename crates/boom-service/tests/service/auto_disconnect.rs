//! Connections that are ended before the exchange ends them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use boom_service::{EndpointOptions, State};
use boom_stream::TimeSource;

use crate::world::{Client, World};

const DAY: Duration = Duration::from_secs(24 * 3600);

#[test]
fn a_connection_is_renewed_at_the_end_of_its_time_day_after_day() {
    let mut world = World::new();
    world.service = world.service.with_auto_disconnect(DAY);
    let (handle, client) = world.active(4001);
    for day in 1..=7 {
        world.advance(DAY - Duration::from_nanos(1));
        assert_eq!(world.service.state(handle), Some(State::Active));
        world.clock.advance_ns(1);
        world.poll_until(handle, State::Connecting);
        world.poll_until(handle, State::Active);
        assert_eq!(client.opened().len(), day + 1);
        assert_eq!(
            world.drain_events(),
            [
                "disconnected: disconnected as configured, after 86400s",
                "retry at once",
                "connected 10.0.0.1:4001"
            ]
        );
    }
}

#[test]
fn an_endpoint_that_declines_is_asked_again_soon() {
    let mut world = World::new();
    let options = EndpointOptions::default().with_auto_disconnect(DAY);
    let (handle, client) = world.register_with(Client::new("10.0.0.1", 4001), options);
    client.plan.borrow_mut().can_auto_disconnect = false;
    world.poll_until(handle, State::Active);
    world.advance(DAY);
    assert_eq!(world.service.state(handle), Some(State::Active));
    client.plan.borrow_mut().can_auto_disconnect = true;
    world.advance(Duration::from_millis(99));
    assert_eq!(client.opened().len(), 1);
    world.advance(Duration::from_millis(1));
    assert_eq!(client.opened().len(), 2);
}

#[test]
fn an_endpoint_may_give_up_instead_of_connecting_again() {
    let mut world = World::new();
    world.service = world.service.with_auto_disconnect(DAY);
    let (handle, client) = world.active(4001);
    client.plan.borrow_mut().can_recreate = false;
    world.advance(DAY);
    assert_eq!(world.service.state(handle), None);
    assert_eq!(
        client.plan.borrow().reasons,
        ["disconnected as configured, after 86400s"]
    );
}

#[test]
fn each_connection_has_the_time_that_a_function_tells() {
    let mut world = World::new();
    // Cut at the full hour, by a clock that is the same as the service's.
    let now = world.clock.clone();
    let hour_ns = 3_600_000_000_000;
    let until_full_hour = move || Duration::from_nanos(hour_ns - now.now_ns() % hour_ns);
    // The function is shared between threads, and this clock is not.
    let times = Arc::new(Mutex::new(VecDeque::from([until_full_hour()])));
    let told = Arc::clone(&times);
    let options = EndpointOptions::default()
        .with_auto_disconnect_by(move || told.lock().unwrap().pop_front().unwrap());
    let (handle, client) = world.register_with(Client::new("10.0.0.1", 4001), options);
    for connection in 1..=3 {
        world.poll_until(handle, State::Active);
        world.drain_events();
        let rest = until_full_hour();
        times.lock().unwrap().push_back(rest);
        world.advance(rest - Duration::from_nanos(1));
        assert_eq!(client.opened().len(), connection);
        world.advance(Duration::from_nanos(1));
        assert_eq!(client.opened().len(), connection + 1);
        assert_eq!(world.clock.now_ns() % hour_ns, 0);
        let reason = format!("disconnected: disconnected as configured, after {rest:?}");
        assert_eq!(world.drain_events()[0], reason);
        times.lock().unwrap().clear();
        times.lock().unwrap().push_back(until_full_hour());
    }
}

#[test]
fn a_time_without_end_lets_the_connection_be() {
    let mut world = World::new();
    world.service = world.service.with_auto_disconnect_by(|| Duration::MAX);
    let (handle, client) = world.active(4001);
    world.advance(DAY * 365);
    assert_eq!(world.service.state(handle), Some(State::Active));
    assert_eq!(client.opened().len(), 1);
}

#[test]
fn options_are_told_apart() {
    let fixed = EndpointOptions::default().with_auto_disconnect(DAY);
    let told = EndpointOptions::default().with_auto_disconnect_by(|| DAY);
    assert_eq!(told, told.clone());
    assert_ne!(told, fixed);
    assert_ne!(
        told,
        EndpointOptions::default().with_auto_disconnect_by(|| DAY)
    );
    assert_eq!(told.auto_disconnect(), fixed.auto_disconnect());
}
