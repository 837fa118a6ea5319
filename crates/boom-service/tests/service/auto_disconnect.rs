//! Connections that are ended before the exchange ends them.

use std::time::Duration;

use boom_service::{EndpointOptions, State};

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
