//! Deadlines that a target asks for, such as those of a heartbeat.

use std::cell::Cell;
use std::io::ErrorKind;
use std::rc::Rc;
use std::time::Duration;

use boom_service::{EndpointOptions, Handle, State};
use boom_stream::{Phase, TimeSource};
use boom_testkit::stream::ScriptedStream;

use crate::world::{Client, Stack, Timeout, World};

const SECOND: u64 = 1_000_000_000;

/// A client whose targets share one timeout.
fn timed(port: u16) -> (Client, Rc<Timeout>) {
    let timeout = Rc::<Timeout>::default();
    let client = Client::new("10.0.0.1", port);
    let shared = Rc::clone(&timeout);
    client.on_open(move |_| {
        Ok(Some(Stack {
            timeout: Rc::clone(&shared),
            ..Stack::default()
        }))
    });
    (client, timeout)
}

fn active(world: &mut World, client: Client, options: EndpointOptions) -> Handle {
    let (handle, _) = world.register_with(client, options);
    world.poll_until(handle, State::Active);
    world.settle();
    world.drain_events();
    handle
}

#[test]
fn a_silent_connection_is_told_the_time_when_it_asked_to_be_and_not_before() {
    let mut world = World::new();
    let (client, timeout) = timed(1);
    let start_ns = world.clock.now_ns();
    timeout.due_ns.set(Some(start_ns + 10 * SECOND));
    timeout.then_ns.set(Some(start_ns + 25 * SECOND));
    let handle = active(&mut world, client.clone(), EndpointOptions::default());
    let polls = client.polls();
    world.advance(Duration::from_nanos(10 * SECOND - 1));
    assert!(timeout.take_told().is_empty());
    world.advance(Duration::from_nanos(1));
    assert_eq!(timeout.take_told(), [start_ns + 10 * SECOND]);
    world.advance(Duration::from_secs(15));
    assert_eq!(timeout.take_told(), [start_ns + 25 * SECOND]);
    world.advance(Duration::from_secs(1000));
    assert!(timeout.take_told().is_empty());
    assert_eq!(client.polls(), polls, "it had nothing to read");
    assert_eq!(world.service.state(handle), Some(State::Active));
}

#[test]
fn one_that_asks_for_the_time_at_once_is_told_in_the_same_poll() {
    let mut world = World::new();
    let (client, timeout) = timed(1);
    timeout.due_ns.set(Some(0));
    active(&mut world, client, EndpointOptions::default());
    assert_eq!(timeout.take_told(), [world.clock.now_ns()]);
}

#[test]
fn nothing_is_timed_before_tcp_is_connected() {
    let mut world = World::new();
    let (client, timeout) = timed(1);
    timeout.due_ns.set(Some(0));
    let shared = Rc::clone(&timeout);
    client.on_open(move |_| {
        Ok(Some(Stack {
            timeout: Rc::clone(&shared),
            ..Stack::new(ScriptedStream::new().connecting(3))
        }))
    });
    let (handle, _) = world.register_with(client, EndpointOptions::default());
    world.poll_until(handle, State::Connecting);
    world.service.dispatch(handle, |_, _| ());
    world.advance(Duration::from_secs(1));
    assert!(timeout.take_told().is_empty());
    world.poll_until(handle, State::Active);
    assert_eq!(timeout.take_told().len(), 1);
}

#[test]
fn an_error_of_the_timeout_ends_the_connection() {
    let mut world = World::new();
    let (client, timeout) = timed(1);
    let start_ns = world.clock.now_ns();
    timeout.due_ns.set(Some(start_ns + SECOND));
    timeout.error.set(Some(ErrorKind::TimedOut));
    active(&mut world, client, EndpointOptions::default());
    world.advance(Duration::from_secs(1));
    assert_eq!(
        world.drain_events(),
        ["disconnected: timed out", "retry at once"]
    );
}

#[test]
fn an_error_in_a_handshake_is_a_failed_attempt() {
    let mut world = World::new();
    let (client, timeout) = timed(1);
    timeout.due_ns.set(Some(world.clock.now_ns() + SECOND));
    timeout.error.set(Some(ErrorKind::TimedOut));
    let shared = Rc::clone(&timeout);
    client.on_open(move |_| {
        Ok(Some(Stack {
            timeout: Rc::clone(&shared),
            ..Stack::in_phase(&Rc::new(Cell::new(Phase::ProtocolHandshake)))
        }))
    });
    let (handle, _) = world.register_with(client, EndpointOptions::default());
    world.poll_until(handle, State::Handshaking);
    world.advance(Duration::from_secs(1));
    assert_eq!(world.drain_events()[0], "failed 10.0.0.1:1: timed out");
}

#[test]
fn what_an_endpoint_or_its_user_does_can_set_a_deadline() {
    let mut world = World::new();
    let (client, timeout) = timed(1);
    let handle = active(&mut world, client.clone(), EndpointOptions::default());
    let now_ns = world.clock.now_ns();
    world.service.dispatch(handle, |stack, _| {
        stack.timeout.due_ns.set(Some(now_ns + 5))
    });
    world.advance(Duration::from_nanos(5));
    assert_eq!(timeout.take_told(), [now_ns + 5]);
    // Moved, and taken back, while it is polled.
    client.on_poll(move |stack| {
        stack.timeout.due_ns.set(Some(now_ns + 20));
        Ok(())
    });
    world.reports.all_ready();
    world.service.poll().unwrap();
    client.on_poll(|stack| {
        stack.timeout.due_ns.set(None);
        Ok(())
    });
    world.reports.all_ready();
    world.advance(Duration::from_nanos(100));
    assert!(timeout.take_told().is_empty());
}

#[test]
fn the_time_of_the_target_and_that_of_the_connection_do_not_disturb_each_other() {
    let mut world = World::new();
    let (client, timeout) = timed(1);
    let start_ns = world.clock.now_ns();
    timeout.due_ns.set(Some(start_ns + 3 * SECOND));
    timeout.then_ns.set(Some(start_ns + 20 * SECOND));
    let options = EndpointOptions::default().with_auto_disconnect(Duration::from_secs(10));
    active(&mut world, client, options);
    world.advance(Duration::from_secs(3));
    assert_eq!(timeout.take_told(), [start_ns + 3 * SECOND]);
    world.advance(Duration::from_nanos(7 * SECOND - 1));
    assert_eq!(world.drain_events(), Vec::<String>::new());
    world.advance(Duration::from_nanos(1));
    assert_eq!(
        world.drain_events(),
        [
            "disconnected: disconnected as configured, after 10s",
            "retry at once"
        ]
    );
    assert!(timeout.take_told().is_empty());
}

#[test]
fn one_that_is_never_content_holds_nobody_up() {
    let mut world = World::new();
    let (greedy, greedy_timeout) = timed(1);
    greedy_timeout.due_ns.set(Some(0));
    active(&mut world, greedy, EndpointOptions::default());
    let (client, timeout) = timed(2);
    timeout.due_ns.set(Some(world.clock.now_ns() + 5));
    active(&mut world, client, EndpointOptions::default());
    greedy_timeout.take_told();
    // Asks anew for the time it has just been told.
    greedy_timeout.due_ns.set(Some(0));
    greedy_timeout.then_ns.set(Some(0));
    world.reports.all_ready();
    world.clock.advance_ns(5);
    world.service.poll().unwrap();
    assert_eq!(timeout.take_told(), [world.clock.now_ns()]);
    assert_eq!(greedy_timeout.take_told().len(), 1, "once in a poll");
}

#[test]
fn wait_wakes_up_for_the_earliest_deadline_of_a_thousand() {
    let mut world = World::new();
    let start_ns = world.clock.now_ns();
    let timeouts: Vec<_> = (0..1000)
        .map(|port| {
            let (client, timeout) = timed(port);
            let order = u64::from(port) * 7 % 1000;
            timeout.due_ns.set(Some(start_ns + SECOND + order));
            world.register_with(client, EndpointOptions::default());
            timeout
        })
        .collect();
    for _ in 0..200 {
        world.reports.all_ready();
        world.service.poll().unwrap();
    }
    assert_eq!(world.service.stats().active, 1000);
    world.service.wait(Duration::from_secs(60)).unwrap();
    assert_eq!(world.reports.last_timeout(), Duration::from_secs(1));
    world.clock.advance(Duration::from_secs(1));
    for step in 0..1000 {
        world.service.poll().unwrap();
        let told: usize = timeouts
            .iter()
            .map(|timeout| timeout.told_ns.borrow().len())
            .sum();
        assert_eq!(told, step + 1);
        world.clock.advance_ns(1);
    }
}
