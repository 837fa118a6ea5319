//! Endpoints with several hosts, and limits for each host.

use std::io::ErrorKind;
use std::time::Duration;

use boom_service::{EndpointOptions, State};
use boom_testkit::stream::ScriptedStream;

use crate::world::{Client, Stack, World};

/// Addresses of two hosts.
fn world() -> World {
    let world = World::new();
    let addresses = |hosts: [u8; 2]| hosts.map(|host| ([10, 0, 0, host], 443).into());
    world.names.set("first", &addresses([1, 2]));
    world.names.set("second", &addresses([3, 4]));
    world
}

fn refused() -> Stack {
    Stack::new(ScriptedStream::new().connect_error(ErrorKind::ConnectionRefused))
}

fn hosts(client: &Client) -> Vec<u8> {
    let opened = client.opened();
    opened
        .iter()
        .map(|addr| {
            addr.ip()
                .to_string()
                .rsplit('.')
                .next()
                .unwrap()
                .parse()
                .unwrap()
        })
        .collect()
}

#[test]
fn the_next_host_is_tried_at_once_when_no_address_of_the_first_connects() {
    let mut world = world();
    let client = Client::new("first", 443).or("second", 443);
    client.on_open(|addr| {
        Ok(Some(match addr.ip().to_string().as_str() {
            "10.0.0.1" | "10.0.0.2" => refused(),
            _ => Stack::default(),
        }))
    });
    let (handle, client) = world.register_with(client, EndpointOptions::default());
    world.poll_until(handle, State::Active);
    assert_eq!(hosts(&client), [1, 2, 3]);
    assert_eq!(
        world.drain_events(),
        [
            "failed 10.0.0.1:443: not connected: connection refused",
            "failed 10.0.0.2:443: not connected: connection refused",
            "connected 10.0.0.3:443"
        ]
    );
    assert_eq!(
        client.plan.borrow().reasons.len(),
        0,
        "the round is not over"
    );
    // It stays with the host that it got through to.
    world.advance(Duration::from_secs(60));
    client.fail_once(ErrorKind::ConnectionReset);
    world.reports.all_ready();
    world.service.poll().unwrap();
    world.poll_until(handle, State::Active);
    assert_eq!(hosts(&client), [1, 2, 3, 3]);
}

#[test]
fn after_the_last_host_there_is_a_delay_and_the_first_is_next() {
    let mut world = world();
    let (handle, client) = world.register_with(
        Client::new("first", 443).or("second", 443),
        EndpointOptions::default(),
    );
    client.refuse(ErrorKind::ConnectionRefused);
    world.poll_until(handle, State::Backoff);
    while client.opened().len() < 9 {
        world.reports.all_ready();
        world.advance(Duration::from_millis(5));
    }
    assert_eq!(hosts(&client)[..9], [1, 2, 3, 4, 1, 2, 3, 4, 1]);
    let rounds = world.service.endpoint_stats(handle).unwrap().failed_rounds;
    assert_eq!(rounds, 2);
    let retries = world.drain_events();
    let retries = retries.iter().filter(|event| event.starts_with("retry"));
    assert_eq!(retries.count(), 2);
}

#[test]
fn a_name_that_does_not_exist_leads_to_the_next_host() {
    let mut world = world();
    world.names.fail("first", ErrorKind::NotFound);
    let (handle, client) = world.register_with(
        Client::new("first", 443).or("second", 443),
        EndpointOptions::default(),
    );
    world.poll_until(handle, State::Active);
    assert_eq!(hosts(&client), [3]);
}

#[test]
fn hosts_without_end_do_not_hold_up_the_others() {
    let mut world = World::new();
    let mut client = Client::new("gone 0", 443);
    for number in 1..1000 {
        client = client.or(&format!("gone {number}"), 443);
    }
    for number in 0..1000 {
        world
            .names
            .fail(&format!("gone {number}"), ErrorKind::NotFound);
    }
    world.register_with(client, EndpointOptions::default());
    world.register(1);
    for _ in 0..20 {
        world.reports.all_ready();
        world.service.poll().unwrap();
    }
    assert_eq!(world.service.stats().active, 1);
    let events = world.drain_events();
    let first_wait = events.iter().position(|event| event.starts_with("retry"));
    let failures = events[..first_wait.unwrap()].iter();
    let failures = failures.filter(|event| event.starts_with("failed"));
    assert_eq!(failures.count(), 16, "a round has sixteen hosts");
}

#[test]
fn each_host_is_connected_to_no_faster_than_its_limit() {
    let mut world = World::new();
    world.service = world
        .service
        .with_host_connect_rate(2, Duration::from_secs(1));
    let slow: Vec<_> = (0..10).map(|port| world.register(port).1).collect();
    let other = Client::new("10.0.0.2", 1);
    let (handle, _) = world.register_with(other, EndpointOptions::default());
    let opened = || {
        slow.iter()
            .map(|client| client.opened().len())
            .sum::<usize>()
    };
    let mut counts = Vec::new();
    for second in 0..5 {
        world.settle();
        counts.push(opened());
        if second == 0 {
            world.poll_until(handle, State::Active);
        }
        world.advance(Duration::from_nanos(999_999_999));
        assert_eq!(opened(), counts[second]);
        world.clock.advance_ns(1);
    }
    assert_eq!(counts, [2, 4, 6, 8, 10]);
}

#[test]
fn a_turn_that_passed_in_a_pause_is_gone() {
    let mut world = World::new();
    world.service = world
        .service
        .with_host_connect_rate(1, Duration::from_secs(1));
    // It keeps its connection, and takes no other turn.
    let (first, _) = world.register(1);
    world.poll_until(first, State::Active);
    let (handle, client) = world.register(2);
    world.settle();
    world.service.pause(handle);
    world.advance(Duration::from_secs(60));
    let (_, third) = world.register(3);
    world.settle();
    world.service.resume(handle);
    world.settle();
    assert_eq!((third.opened().len(), client.opened().len()), (1, 0));
    world.advance(Duration::from_secs(1));
    assert_eq!(client.opened().len(), 1);
}

#[test]
fn pausing_does_not_win_a_turn() {
    let mut world = World::new();
    world.service = world
        .service
        .with_host_connect_rate(1, Duration::from_secs(1));
    world.register(1);
    let (handle, client) = world.register(2);
    world.settle();
    for _ in 0..9 {
        world.service.pause(handle);
        world.service.resume(handle);
        world.advance(Duration::from_millis(100));
    }
    assert_eq!(client.opened().len(), 0);
    world.advance(Duration::from_millis(100));
    assert_eq!(client.opened().len(), 1);
}
