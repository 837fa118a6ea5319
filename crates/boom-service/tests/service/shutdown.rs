//! Ends in good order.

use std::io::ErrorKind;
use std::rc::Rc;
use std::time::Duration;

use boom_service::{EndpointOptions, Handle, State};
use boom_stream::TimeSource;
use boom_testkit::stream::ScriptedStream;

use crate::world::{Client, Stack, World};

const TIMEOUT: Duration = Duration::from_secs(2);

/// An active endpoint whose closing handshake lasts until the cells of its stack say otherwise.
fn closing(world: &mut World, port: u16) -> (Handle, Client) {
    let client = Client::new("10.0.0.1", port);
    client.on_open(|_| {
        let stack = Stack::default();
        stack.is_closed.set(false);
        Ok(Some(stack))
    });
    let (handle, client) = world.register_with(client, EndpointOptions::default());
    world.poll_until(handle, State::Active);
    world.drain_events();
    (handle, client)
}

#[test]
fn a_target_without_a_closing_handshake_is_gone_at_once() {
    let mut world = World::new();
    let (handle, _) = world.active(1);
    assert!(world.service.deregister_gracefully(handle, TIMEOUT));
    assert_eq!(world.service.state(handle), None);
    assert_eq!(world.reports.registered(), []);
    assert_eq!(world.drain_events(), ["deregistered 10.0.0.1:1: cleanly"]);
    assert!(!world.service.deregister_gracefully(handle, TIMEOUT));
    assert_eq!(world.service.stats().disconnected, 1);
}

#[test]
fn what_waits_is_sent_first() {
    let mut world = World::new();
    let (handle, client) = world.active(1);
    world.reports.may(false, true);
    client.on_poll(|stack| {
        stack.wants_write.set(false);
        Ok(())
    });
    world
        .service
        .dispatch(handle, |stack, _| stack.wants_write.set(true));
    world.service.deregister_gracefully(handle, TIMEOUT);
    assert_eq!(world.service.state(handle), Some(State::Closing));
    world.service.poll().unwrap();
    assert_eq!(world.drain_events(), ["deregistered 10.0.0.1:1: cleanly"]);
}

#[test]
fn it_is_polled_until_the_peer_has_said_goodbye() {
    let mut world = World::new();
    let (handle, client) = closing(&mut world, 1);
    world.service.deregister_gracefully(handle, TIMEOUT);
    assert_eq!(world.service.stats().closing, 1);
    let polls = client.polls();
    world.reports.all_ready();
    world.service.poll().unwrap();
    assert_eq!(client.polls(), polls + 1);
    client.on_poll(|stack| {
        stack.is_closed.set(true);
        Ok(())
    });
    world.reports.all_ready();
    world.service.poll().unwrap();
    assert_eq!(world.drain_events(), ["deregistered 10.0.0.1:1: cleanly"]);
}

#[test]
fn the_protocols_word_for_the_end_is_no_failure() {
    for (is_closed, end) in [(true, "cleanly"), (false, "cut off")] {
        let mut world = World::new();
        let (handle, client) = closing(&mut world, 1);
        world.service.deregister_gracefully(handle, TIMEOUT);
        client.on_poll(move |stack| {
            stack.is_closed.set(is_closed);
            Err(ErrorKind::ConnectionAborted.into())
        });
        world.reports.all_ready();
        world.service.poll().unwrap();
        if !is_closed {
            // A layer below the protocol is not done.
            assert_eq!(world.service.state(handle), Some(State::Closing));
            world.advance(TIMEOUT);
        }
        assert_eq!(
            world.drain_events(),
            [format!("deregistered 10.0.0.1:1: {end}")]
        );
        assert_eq!(client.plan.borrow().reasons, Vec::<String>::new());
    }
}

#[test]
fn a_peer_that_does_not_answer_is_cut_off_in_time() {
    let mut world = World::new();
    let (handle, _) = closing(&mut world, 1);
    world.service.deregister_gracefully(handle, TIMEOUT);
    assert!(!world.service.pause(handle), "it is on its way out");
    world.advance(TIMEOUT - Duration::from_nanos(1));
    assert_eq!(world.service.state(handle), Some(State::Closing));
    world.advance(Duration::from_nanos(1));
    assert_eq!(world.drain_events(), ["deregistered 10.0.0.1:1: cut off"]);
    assert_eq!(world.reports.registered(), []);
}

#[test]
fn a_deadline_of_the_target_may_end_it_sooner() {
    let mut world = World::new();
    let (handle, _) = closing(&mut world, 1);
    let due_ns = world.clock.now_ns() + 1000;
    world.service.dispatch(handle, |stack, _| {
        let timeout = Rc::clone(&stack.timeout);
        timeout.due_ns.set(Some(due_ns));
        timeout.error.set(Some(ErrorKind::TimedOut));
    });
    world.service.deregister_gracefully(handle, TIMEOUT);
    world.advance(Duration::from_nanos(1000));
    assert_eq!(world.drain_events(), ["deregistered 10.0.0.1:1: cut off"]);
}

#[test]
fn shutdown_ends_every_endpoint_in_its_way_and_in_time() {
    let mut world = World::new();
    world.active(1);
    closing(&mut world, 2);
    let (connecting, client) = world.register(3);
    client.on_open(|_| {
        Ok(Some(Stack::new(
            ScriptedStream::new().connecting(usize::MAX),
        )))
    });
    world.poll_until(connecting, State::Connecting);
    let backing_off = Client::new("10.0.0.1", 4);
    backing_off.on_open(|_| Err(ErrorKind::ConnectionRefused.into()));
    let (backing_off, _) = world.register_with(backing_off, EndpointOptions::default());
    world.poll_until(backing_off, State::Backoff);
    let (paused, _) = world.active(5);
    world.service.pause(paused);
    world.register(6);
    world.drain_events();
    world.service.shutdown(TIMEOUT);
    assert_eq!(world.service.len(), 1);
    let mut events = world.drain_events();
    events.sort();
    assert_eq!(events.len(), 5);
    assert_eq!(
        events
            .iter()
            .filter(|event| event.ends_with("cleanly"))
            .count(),
        4
    );
    world.advance(TIMEOUT);
    assert!(world.service.is_empty());
    assert_eq!(world.drain_events(), ["deregistered 10.0.0.1:2: cut off"]);
    // Nothing is left behind.
    world.service.wait(Duration::from_secs(60)).unwrap();
    assert_eq!(world.reports.last_timeout(), Duration::from_secs(60));
}
