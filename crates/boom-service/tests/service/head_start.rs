//! Addresses of one host that are tried together, each after a head start of those before (RFC 8305).

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use boom_service::{EndpointOptions, Handle, State, Timeouts};
use boom_testkit::stream::ScriptedStream;

use crate::world::{Client, Stack, World};

const HEAD_START: Duration = Duration::from_millis(250);

fn addr(host: u8) -> SocketAddr {
    ([10, 0, 0, host], 443).into()
}

fn black_hole() -> Stack {
    Stack::new(ScriptedStream::new().connecting(usize::MAX))
}

fn refused() -> Stack {
    Stack::new(ScriptedStream::new().connect_error(ErrorKind::ConnectionRefused))
}

/// A host of three addresses, of which `open` says what comes of a connect.
fn world(open: impl FnMut(SocketAddr) -> Stack + 'static) -> (World, Handle, Client) {
    let mut world = World::new();
    let (handle, client) = register(&mut world, EndpointOptions::default(), open);
    (world, handle, client)
}

fn register(
    world: &mut World,
    options: EndpointOptions,
    mut open: impl FnMut(SocketAddr) -> Stack + 'static,
) -> (Handle, Client) {
    world.names.set("host", &[addr(1), addr(2), addr(3)]);
    let client = Client::new("host", 443);
    client.on_open(move |address| Ok(Some(open(address))));
    world.register_with(client, options)
}

/// Polls with every socket ready.
fn turn(world: &mut World) {
    world.reports.all_ready();
    world.service.poll().unwrap();
}

#[test]
fn an_address_that_does_not_answer_costs_a_head_start_and_no_more() {
    let (mut world, handle, client) = world(|address| match address == addr(1) {
        true => black_hole(),
        false => Stack::default(),
    });
    world.settle();
    world.advance(HEAD_START - Duration::from_nanos(1));
    turn(&mut world);
    assert_eq!(client.opened(), [addr(1)]);
    world.advance(Duration::from_nanos(1));
    assert_eq!(client.opened(), [addr(1), addr(2)]);
    assert_eq!(world.service.state(handle), Some(State::Connecting));
    assert_eq!(world.reports.registered().len(), 2);
    turn(&mut world);
    assert_eq!(world.service.state(handle), Some(State::Active));
    assert_eq!(world.drain_events(), ["connected 10.0.0.2:443"]);
    assert_eq!(
        world.reports.registered().len(),
        1,
        "the one that lost is closed"
    );
    world.service.wait(HEAD_START * 2).unwrap();
    assert_eq!(world.reports.last_timeout(), HEAD_START * 2);
    // The winner is polled as any connection is, and its time has no more to do with the race.
    let polls = client.polls();
    turn(&mut world);
    assert_eq!(client.polls(), polls + 1);
    world.advance(Duration::from_secs(60));
    assert_eq!(client.opened().len(), 2);
    assert_eq!(world.service.state(handle), Some(State::Active));
}

#[test]
fn the_first_goes_on_and_may_still_win() {
    let mut polls_left = 3;
    let (mut world, handle, client) = world(move |address| match address == addr(1) {
        true => {
            polls_left -= 1;
            Stack::new(ScriptedStream::new().connecting(polls_left))
        }
        false => black_hole(),
    });
    world.settle();
    world.advance(HEAD_START);
    world.advance(HEAD_START);
    assert_eq!(client.opened(), [addr(1), addr(2), addr(3)]);
    assert_eq!(world.reports.registered().len(), 3);
    for _ in 0..3 {
        turn(&mut world);
    }
    assert_eq!(world.service.state(handle), Some(State::Active));
    assert_eq!(world.drain_events(), ["connected 10.0.0.1:443"]);
    assert_eq!(world.reports.registered().len(), 1);
    assert_eq!(world.service.stats().failed_attempts, 0);
}

#[test]
fn a_failed_address_starts_the_next_at_once() {
    let (mut world, handle, client) = world(|address| match address == addr(3) {
        true => Stack::default(),
        false => refused(),
    });
    world.poll_until(handle, State::Active);
    assert_eq!(client.opened(), [addr(1), addr(2), addr(3)]);
    assert_eq!(
        world.drain_events(),
        [
            "failed 10.0.0.1:443: not connected: connection refused",
            "failed 10.0.0.2:443: not connected: connection refused",
            "connected 10.0.0.3:443"
        ]
    );
}

#[test]
fn one_that_fails_beside_another_starts_the_next_at_once_too() {
    let (mut world, handle, client) = world(|address| match address == addr(2) {
        true => refused(),
        false => black_hole(),
    });
    world.settle();
    world.advance(HEAD_START);
    turn(&mut world);
    world.settle();
    assert_eq!(client.opened(), [addr(1), addr(2), addr(3)]);
    assert_eq!(
        world.drain_events(),
        ["failed 10.0.0.2:443: not connected: connection refused"]
    );
    assert_eq!(world.service.state(handle), Some(State::Connecting));
    assert_eq!(world.reports.registered().len(), 2);
}

#[test]
fn when_the_first_fails_the_others_go_on() {
    let mut connecting = vec![usize::MAX, 4, 2].into_iter();
    let (mut world, handle, client) = world(move |_| {
        let polls = connecting.next().unwrap();
        let stream = ScriptedStream::new().connecting(polls);
        Stack::new(match polls {
            2 => stream.connect_error(ErrorKind::ConnectionRefused),
            _ => stream,
        })
    });
    world.settle();
    world.advance(HEAD_START);
    world.advance(HEAD_START);
    assert_eq!(client.opened().len(), 3);
    // The connect timeout of the first, which the second outlives by a head start.
    world.advance(Duration::from_secs(5) - HEAD_START * 2);
    assert_eq!(
        world.drain_events(),
        ["failed 10.0.0.1:443: timed out: connect"]
    );
    assert_eq!(world.service.state(handle), Some(State::Connecting));
    world.poll_until(handle, State::Active);
    assert_eq!(
        world.drain_events(),
        [
            "failed 10.0.0.3:443: not connected: connection refused",
            "connected 10.0.0.2:443"
        ]
    );
}

#[test]
fn each_address_has_its_own_time() {
    let (mut world, handle, client) = world(|_| black_hole());
    world.settle();
    for _ in 0..21 {
        world.advance(HEAD_START);
    }
    assert_eq!(client.opened().len(), 3);
    world.advance(HEAD_START);
    let events = world.drain_events();
    assert_eq!(
        events[..3],
        [1, 2, 3].map(|host| format!("failed 10.0.0.{host}:443: timed out: connect"))
    );
    assert_eq!(events[3], "retry at once");
    assert_eq!(client.opened()[3], addr(1));
    assert_eq!(world.service.state(handle), Some(State::Connecting));
}

#[test]
fn the_time_for_all_together_ends_them_all() {
    let mut world = World::new();
    let timeouts = Timeouts::default().with_total(Duration::from_secs(1));
    let options = EndpointOptions::default()
        .with_timeouts(timeouts)
        .with_max_attempts(1);
    let (handle, client) = register(&mut world, options, |_| black_hole());
    world.settle();
    for _ in 0..4 {
        world.advance(HEAD_START);
    }
    assert_eq!(client.opened().len(), 3);
    assert_eq!(world.service.state(handle), None);
    assert_eq!(world.reports.registered(), []);
    let events = world.drain_events();
    let is_total = |event: &&String| event.ends_with("timed out: all steps together");
    assert!(events.iter().filter(is_total).count() >= 2, "{events:?}");
}

#[test]
fn the_connect_rate_holds_for_them() {
    let mut world = World::new();
    world.service = world.service.with_connect_rate(1, Duration::from_secs(1));
    let (_, client) = register(&mut world, EndpointOptions::default(), |_| black_hole());
    world.settle();
    world.advance(HEAD_START);
    assert_eq!(client.opened().len(), 1);
    world.advance(Duration::from_secs(1) - HEAD_START - Duration::from_nanos(1));
    assert_eq!(client.opened().len(), 1);
    world.advance(Duration::from_nanos(1));
    assert_eq!(client.opened().len(), 2);
}

#[test]
fn the_limit_for_their_host_holds_for_them() {
    let mut world = World::new();
    world.service = world
        .service
        .with_host_connect_rate(1, Duration::from_secs(1));
    let (handle, client) =
        register(&mut world, EndpointOptions::default(), |address| {
            match address == addr(2) {
                true => Stack::default(),
                false => black_hole(),
            }
        });
    world.settle();
    world.advance(Duration::from_secs(1) - Duration::from_nanos(1));
    assert_eq!(client.opened().len(), 1);
    world.advance(Duration::from_nanos(1));
    assert_eq!(client.opened().len(), 2);
    world.poll_until(handle, State::Active);
}

#[test]
fn a_replacement_that_is_wanted_no_more_is_not_connected_to_at_any_address() {
    let mut world = World::new();
    let mut is_first = true;
    let (handle, client) = register(&mut world, EndpointOptions::default(), move |_| {
        let stack = match std::mem::replace(&mut is_first, false) {
            true => Stack::default(),
            false => black_hole(),
        };
        stack.is_closed.set(false);
        stack
    });
    world.poll_until(handle, State::Active);
    world.drain_events();
    assert!(world.service.renew(handle));
    world.settle();
    world.advance(HEAD_START);
    assert_eq!(client.opened(), [addr(1), addr(1), addr(2)]);
    let registered = world.reports.registered();
    assert_eq!(registered.len(), 3);

    let timeout = HEAD_START * 2;
    assert!(world.service.deregister_gracefully(handle, timeout));
    assert_eq!(world.reports.registered(), registered[..1]);
    world.advance(HEAD_START);
    assert_eq!(client.opened().len(), 3);
    assert_eq!(world.service.state(handle), Some(State::Closing));
    world.advance(HEAD_START);
    assert_eq!(world.service.state(handle), None);
    assert_eq!(world.drain_events(), ["deregistered host:443: cut off"]);
}

#[test]
fn without_a_head_start_each_waits_for_the_one_before() {
    let mut world = World::new();
    let options = EndpointOptions::default().with_head_start(None);
    let (_, client) = register(&mut world, options, |_| black_hole());
    world.settle();
    world.advance(Duration::from_secs(5) - Duration::from_nanos(1));
    assert_eq!(client.opened(), [addr(1)]);
    world.advance(Duration::from_nanos(1));
    assert_eq!(client.opened(), [addr(1), addr(2)]);
    assert_eq!(world.reports.registered().len(), 1);
}

#[test]
fn the_families_take_turns() {
    let six = |host: u16| SocketAddr::from(([0x2001, 0xdb8, 0, 0, 0, 0, 0, host], 443));
    let answer = [six(1), six(2), six(3), addr(1), addr(2)];
    let order = [six(1), addr(1), six(2), addr(2), six(3)];
    for (options, order) in [
        (EndpointOptions::default(), order),
        (EndpointOptions::default().with_head_start(None), answer),
    ] {
        let mut world = World::new();
        world.names.set("host", &answer);
        let client = Client::new("host", 443);
        client.refuse(ErrorKind::NetworkUnreachable);
        let (handle, client) = world.register_with(client, options);
        for _ in 0..10 {
            turn(&mut world);
        }
        assert_eq!(client.opened()[..5], order);
        assert!(world.service.deregister(handle).is_some());
    }
}

#[test]
fn an_endpoint_that_goes_takes_all_of_them_along() {
    for pause in [true, false] {
        let (mut world, handle, _) = world(|_| black_hole());
        world.settle();
        world.advance(HEAD_START);
        assert_eq!(world.reports.registered().len(), 2);
        if pause {
            assert!(world.service.pause(handle));
        } else {
            assert!(world.service.deregister(handle).is_some());
        }
        assert_eq!(world.reports.registered(), []);
        world.advance(HEAD_START);
        world.service.wait(Duration::from_secs(60)).unwrap();
        assert_eq!(world.reports.last_timeout(), Duration::from_secs(60));
        assert_eq!(world.drain_events(), Vec::<String>::new());
    }
}

#[test]
fn an_endpoint_that_wants_no_second_one_keeps_the_first() {
    let mut world = World::new();
    world.names.set("host", &[addr(1), addr(2), addr(3)]);
    let client = Client::new("host", 443);
    let mut is_first = true;
    client.on_open(move |_| Ok(std::mem::take(&mut is_first).then(black_hole)));
    let (handle, client) = world.register_with(client, EndpointOptions::default());
    world.settle();
    world.advance(HEAD_START);
    assert_eq!(client.opened(), [addr(1), addr(2)]);
    assert_eq!(world.service.state(handle), Some(State::Connecting));
    world.advance(HEAD_START);
    assert_eq!(client.opened().len(), 2);
}

/// Places that connections beside the first one have taken are given back.
#[test]
fn many_races_leave_nothing_behind() {
    let (mut world, handle, client) = world(|address| match address == addr(2) {
        true => Stack::default(),
        false => black_hole(),
    });
    let mut places = Vec::new();
    for _ in 0..50 {
        world.settle();
        world.advance(HEAD_START);
        world.poll_until(handle, State::Active);
        places.push(world.reports.registered()[0].index);
        world.advance(Duration::from_secs(60));
        client.fail_once(ErrorKind::ConnectionReset);
        turn(&mut world);
        world.service.poll().unwrap();
    }
    assert!(places.iter().all(|place| *place <= 1), "{places:?}");
}

#[test]
fn a_turn_that_comes_when_one_has_connected_is_not_taken() {
    let mut world = World::new();
    world.service = world.service.with_connect_rate(1, Duration::from_secs(1));
    let mut polls_left = [2].into_iter();
    let (handle, client) = register(&mut world, EndpointOptions::default(), move |_| {
        Stack::new(ScriptedStream::new().connecting(polls_left.next().unwrap_or(usize::MAX)))
    });
    world.settle();
    world.advance(HEAD_START);
    world.poll_until(handle, State::Active);
    world.advance(Duration::from_secs(60));
    assert_eq!(client.opened(), [addr(1)]);
    assert_eq!(world.reports.registered().len(), 1);
}

#[test]
fn a_turn_of_the_host_that_was_not_needed_is_gone() {
    let mut world = World::new();
    world.service = world
        .service
        .with_host_connect_rate(1, Duration::from_secs(1));
    let mut polls_left = [1].into_iter();
    let (handle, client) = register(&mut world, EndpointOptions::default(), move |_| {
        Stack::new(ScriptedStream::new().connecting(polls_left.next().unwrap_or(0)))
    });
    world.settle();
    world.advance(HEAD_START);
    world.poll_until(handle, State::Active);
    world.advance(Duration::from_secs(60));
    // Another endpoint of the host takes a turn, and the first has to wait for the next.
    world.service.register(Client::new("host", 443));
    world.settle();
    client.fail_once(ErrorKind::ConnectionReset);
    turn(&mut world);
    world.settle();
    assert_eq!(client.opened().len(), 1);
    world.advance(Duration::from_secs(1));
    assert_eq!(client.opened().len(), 2);
}
