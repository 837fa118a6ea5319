//! When and where an endpoint connects again.

use std::io::ErrorKind;
use std::time::Duration;

use boom_service::{EndpointOptions, Event, Handle, ReconnectPolicy, State};

use crate::world::{Client, World};

/// The delays of the retries reported so far.
fn delays(world: &mut World) -> Vec<Duration> {
    std::iter::from_fn(|| world.service.poll_event())
        .filter_map(|event| match event {
            Event::RetryIn { delay, .. } => Some(delay),
            _ => None,
        })
        .collect()
}

/// Lets each attempt fail, for `attempts` attempts.
fn fail(world: &mut World, attempts: usize) {
    for _ in 0..attempts {
        world.settle();
        world.reports.all_ready();
        world.service.poll().unwrap();
        world.clock.advance(Duration::from_secs(60));
    }
}

#[test]
fn the_first_retry_is_at_once_and_later_ones_back_off_with_jitter_up_to_the_cap() {
    let mut world = World::new();
    let (_, client) = world.register(4001);
    client.refuse(ErrorKind::ConnectionRefused);
    fail(&mut world, 40);
    let delays = delays(&mut world);
    assert_eq!(delays.len(), 40);
    assert_eq!(delays[0], Duration::ZERO);
    let policy = ReconnectPolicy::default();
    for (retry, delay) in delays.iter().enumerate() {
        assert!(
            *delay <= policy.longest_delay(retry as u32),
            "retry {retry} after {delay:?}"
        );
    }
    // Full jitter: not all at the upper end, and spread.
    let late = &delays[20..];
    assert!(late.iter().any(|delay| *delay < Duration::from_secs(2)));
    assert!(late.iter().any(|delay| *delay > Duration::from_secs(3)));
}

#[test]
fn a_retry_is_made_when_its_delay_is_over_and_not_before() {
    let mut world = World::new();
    let (handle, client) = world.register(4001);
    client.refuse(ErrorKind::ConnectionRefused);
    fail(&mut world, 10);
    world.settle();
    world.reports.all_ready();
    world.service.poll().unwrap();
    let delay = delays(&mut world).pop().unwrap();
    assert!(!delay.is_zero());
    let attempts = client.opened().len();
    world.advance(delay - Duration::from_nanos(1));
    assert_eq!(world.service.state(handle), Some(State::Backoff));
    assert_eq!(client.opened().len(), attempts);
    world.advance(Duration::from_nanos(1));
    assert_eq!(client.opened().len(), attempts + 1);
}

#[test]
fn every_address_is_tried_before_the_first_delay() {
    let mut world = World::new();
    let addresses =
        ["10.0.0.1:443", "[fd00::2]:443", "10.0.0.3:443"].map(|address| address.parse().unwrap());
    world.names.set("exchange", &addresses);
    let (handle, client) =
        world.register_with(Client::new("exchange", 443), EndpointOptions::default());
    client.refuse(ErrorKind::ConnectionRefused);
    for _ in 0..3 {
        world.settle();
        world.reports.all_ready();
        world.service.poll().unwrap();
    }
    let refused = |address| format!("failed {address}: not connected: connection refused");
    assert_eq!(
        world.drain_events(),
        [
            refused("10.0.0.1:443"),
            refused("[fd00::2]:443"),
            refused("10.0.0.3:443"),
            "retry at once".to_owned()
        ]
    );
    assert_eq!(
        client.plan.borrow().reasons,
        ["not connected: connection refused"]
    );
    // The name is resolved again for the next round, which begins at the first address.
    assert_eq!(world.names.asked(), ["exchange", "exchange"]);
    assert_eq!(world.service.state(handle), Some(State::Connecting));
    assert_eq!(client.opened()[..3], addresses);
    assert_eq!(client.opened()[3..], addresses[..1]);
}

#[test]
fn a_good_address_behind_a_bad_one_is_reached() {
    let mut world = World::new();
    let addresses = ["10.0.0.1:443", "10.0.0.2:443"].map(|address| address.parse().unwrap());
    world.names.set("exchange", &addresses);
    let (handle, client) =
        world.register_with(Client::new("exchange", 443), EndpointOptions::default());
    client.on_open(move |address| {
        if address == addresses[0] {
            Err(ErrorKind::NetworkUnreachable.into())
        } else {
            Ok(Some(<_>::default()))
        }
    });
    world.poll_until(handle, State::Active);
    let events = world.drain_events();
    assert_eq!(
        events[0],
        "failed 10.0.0.1:443: not connected: network unreachable"
    );
    assert_eq!(events[1], "connected 10.0.0.2:443");
}

#[test]
fn an_address_that_fails_in_the_handshake_gives_way_to_the_next() {
    use std::{cell::Cell, rc::Rc};

    use boom_stream::Phase;

    use crate::world::Stack;

    let mut world = World::new();
    let addresses = ["10.0.0.1:443", "10.0.0.2:443"].map(|address| address.parse().unwrap());
    world.names.set("exchange", &addresses);
    let (handle, client) =
        world.register_with(Client::new("exchange", 443), EndpointOptions::default());
    let bad = Rc::new(Cell::new(Phase::TlsHandshake));
    client.on_open(move |address| {
        Ok(Some(if address == addresses[0] {
            Stack::in_phase(&bad)
        } else {
            Stack::default()
        }))
    });
    client.on_poll(|stack| match stack.phase.get() {
        Phase::TlsHandshake => Err(ErrorKind::InvalidData.into()),
        _ => Ok(()),
    });
    world.poll_until(handle, State::Active);
    assert_eq!(client.opened(), addresses);
}

#[test]
fn an_address_that_accepts_and_hangs_up_gives_way_to_the_next() {
    let mut world = World::new();
    let addresses = ["10.0.0.1:443", "10.0.0.2:443"].map(|address| address.parse().unwrap());
    world.names.set("exchange", &addresses);
    let (handle, client) =
        world.register_with(Client::new("exchange", 443), EndpointOptions::default());
    let short = Duration::from_millis(5);
    end_after(&mut world, handle, &client, short);
    world.poll_until(handle, State::Active);
    assert_eq!(client.opened(), addresses);
    // The other one is not left for good: it has its turn when this one does the same.
    end_after(&mut world, handle, &client, short);
    world.poll_until(handle, State::Active);
    assert_eq!(client.opened()[2..], addresses[..1]);
    // An end after a long time is nobody's fault: the order is the resolver's again.
    end_after(&mut world, handle, &client, Duration::from_secs(3600));
    world.poll_until(handle, State::Active);
    assert_eq!(client.opened()[3..], addresses[..1]);
}

#[test]
fn an_end_as_configured_does_not_count_against_the_address() {
    let mut world = World::new();
    let addresses = ["10.0.0.1:443", "10.0.0.2:443"].map(|address| address.parse().unwrap());
    world.names.set("exchange", &addresses);
    let options = EndpointOptions::default().with_auto_disconnect(Duration::from_secs(2));
    let (handle, client) = world.register_with(Client::new("exchange", 443), options);
    world.poll_until(handle, State::Active);
    world.advance(Duration::from_secs(2));
    world.poll_until(handle, State::Active);
    assert_eq!(client.opened(), [addresses[0]; 2]);
}

#[test]
fn a_create_target_that_always_fails_is_backed_off() {
    let mut world = World::new();
    let (handle, client) = world.register(4001);
    client.on_open(|_| Err(ErrorKind::PermissionDenied.into()));
    world.settle();
    assert_eq!(
        client.opened().len(),
        2,
        "the attempt and its immediate retry"
    );
    assert_eq!(world.service.state(handle), Some(State::Backoff));
    let (other, _) = world.active(4002);
    assert_eq!(world.service.state(other), Some(State::Active));
}

#[test]
fn an_endpoint_that_fails_without_a_pause_does_not_keep_the_others_from_connecting() {
    let mut world = World::new();
    let policy = ReconnectPolicy::default().with_cap(Duration::ZERO);
    for _ in 0..20 {
        let options = EndpointOptions::default().with_reconnect(policy);
        let (_, client) = world.register_with(Client::new("10.0.0.1", 4001), options);
        client.on_open(|_| Err(ErrorKind::PermissionDenied.into()));
    }
    world.settle();
    let (handle, _) = world.active(4002);
    assert_eq!(world.service.state(handle), Some(State::Active));
    let attempts = world.service.stats().attempts;
    world.service.poll().unwrap();
    assert!(world.service.stats().attempts - attempts <= 16);
}

/// Ends the connection, which has been active for `active`, and returns the delay of the retry; then lets that be made.
fn end_after(world: &mut World, handle: Handle, client: &Client, active: Duration) -> Duration {
    world.poll_until(handle, State::Active);
    world.clock.advance(active);
    client.fail(ErrorKind::ConnectionReset);
    world.reports.all_ready();
    world.service.poll().unwrap();
    client.on_poll(|_| Ok(()));
    let delay = delays(world)[0];
    world.clock.advance(delay);
    delay
}

/// An endpoint whose delays are long, and what it takes to see whether one of them is the first.
fn slow_to_retry(world: &mut World) -> (Handle, Client) {
    let policy = ReconnectPolicy::default()
        .with_immediate_retry(false)
        .with_base(Duration::from_secs(1))
        .with_factor(1000.0)
        .with_cap(Duration::from_secs(1000));
    let options = EndpointOptions::default().with_reconnect(policy);
    world.register_with(Client::new("10.0.0.1", 4001), options)
}

#[test]
fn a_connection_that_was_active_for_ten_times_the_delay_starts_the_backoff_anew() {
    let mut world = World::new();
    let (handle, client) = slow_to_retry(&mut world);
    let mut delay = Duration::ZERO;
    for _ in 0..100 {
        let active = (delay * 10).max(Duration::from_secs(1));
        delay = end_after(&mut world, handle, &client, active);
        assert!(delay <= Duration::from_secs(1), "{delay:?}");
    }
}

#[test]
fn a_connection_that_ended_sooner_does_not_start_the_backoff_anew() {
    let mut world = World::new();
    let (handle, client) = slow_to_retry(&mut world);
    let mut delay = Duration::ZERO;
    for _ in 0..10 {
        let nearly = (delay * 10).clamp(Duration::from_secs(1), Duration::from_secs(10))
            - Duration::from_nanos(1);
        delay = end_after(&mut world, handle, &client, nearly);
    }
    assert!(delay > Duration::from_secs(1), "{delay:?}");
    // Ten seconds are enough whatever the delay was.
    let delay = end_after(&mut world, handle, &client, Duration::from_secs(10));
    assert!(delay <= Duration::from_secs(1), "{delay:?}");
}

#[test]
fn connections_of_a_few_seconds_each_are_made_again_at_once() {
    let mut world = World::new();
    let (handle, client) = world.active(4001);
    for _ in 0..40 {
        let delay = end_after(&mut world, handle, &client, Duration::from_secs(9));
        assert_eq!(delay, Duration::ZERO);
    }
}

#[test]
fn a_server_that_accepts_and_hangs_up_is_not_hammered() {
    let mut world = World::new();
    let (_, client) = world.register(4001);
    client.fail(ErrorKind::UnexpectedEof);
    // One second in steps of a millisecond.
    for _ in 0..1000 {
        world.reports.all_ready();
        world.service.poll().unwrap();
        world.clock.advance(Duration::from_millis(1));
    }
    let attempts = client.opened().len();
    assert!(
        (4..25).contains(&attempts),
        "{attempts} attempts in a second"
    );
}

#[test]
fn endpoints_that_wait_for_one_server_follow_the_first_that_gets_through() {
    let mut world = World::new();
    let clients: Vec<_> = (0..100).map(|_| world.register(4001)).collect();
    let (stranger, other) = world.register(4002);
    for (_, client) in &clients {
        client.refuse(ErrorKind::ConnectionRefused);
    }
    other.refuse(ErrorKind::ConnectionRefused);
    // A long outage: every delay is near the cap.
    for _ in 0..60_000 {
        world.reports.all_ready();
        world.service.poll().unwrap();
        world.clock.advance(Duration::from_millis(1));
    }
    for (_, client) in &clients {
        client.on_open(|_| Ok(Some(<_>::default())));
    }
    let mut first_after = None;
    let mut all_after = None;
    for millisecond in 0..10_000 {
        for _ in 0..8 {
            world.reports.all_ready();
            world.service.poll().unwrap();
        }
        let active = world.service.stats().active;
        if active > 0 && first_after.is_none() {
            first_after = Some(millisecond);
        }
        if active == 100 {
            all_after = Some(millisecond);
            break;
        }
        world.clock.advance(Duration::from_millis(1));
    }
    let (first, all) = (first_after.unwrap(), all_after.unwrap());
    assert!(
        all - first <= 25,
        "first after {first} ms, all after {all} ms"
    );
    assert_ne!(world.service.state(stranger), Some(State::Active));
}

#[test]
fn an_endpoint_may_decline_to_follow() {
    let mut world = World::new();
    let policy = ReconnectPolicy::default()
        .with_follow(false)
        .with_base(Duration::from_secs(4));
    let options = EndpointOptions::default().with_reconnect(policy);
    let (handle, client) = world.register_with(Client::new("10.0.0.1", 4001), options);
    client.refuse(ErrorKind::ConnectionRefused);
    while world.service.state(handle) != Some(State::Backoff) || client.opened().len() < 2 {
        world.reports.all_ready();
        world.service.poll().unwrap();
    }
    world.active(4001);
    world.settle();
    assert_eq!(world.service.state(handle), Some(State::Backoff));
    assert_eq!(client.opened().len(), 2);
}

#[test]
fn an_endpoint_follows_once_in_an_outage_of_its_own() {
    let mut world = World::new();
    let policy = ReconnectPolicy::default()
        .with_immediate_retry(false)
        .with_base(Duration::from_secs(4));
    let options = EndpointOptions::default().with_reconnect(policy);
    let (handle, client) = world.register_with(Client::new("10.0.0.1", 4001), options);
    for outage in 0..3 {
        // The server takes others and not this one.
        client.refuse(ErrorKind::ConnectionRefused);
        if outage > 0 {
            end_after(&mut world, handle, &client, Duration::from_secs(3600));
        }
        world.poll_until(handle, State::Backoff);
        world.drain_events();
        let attempts = client.opened().len();
        for others in 1..=10 {
            world.service.register(Client::new("10.0.0.1", 4001));
            for _ in 0..10 {
                world.reports.all_ready();
                world.service.poll().unwrap();
            }
            assert_eq!(world.service.stats().active, 10 * outage + others);
            assert_eq!(client.opened().len(), attempts + 1, "in outage {outage}");
        }
        assert_eq!(world.service.state(handle), Some(State::Backoff));
        // Its own delay ends, and the outage with it.
        client.on_open(|_| Ok(Some(<_>::default())));
        world.advance(Duration::from_secs(5));
        world.poll_until(handle, State::Active);
    }
}

#[test]
fn refusing_to_go_on_hands_the_endpoint_back() {
    let mut world = World::new();
    let (handle, client) = world.active(4001);
    client.plan.borrow_mut().can_recreate = false;
    client.fail(ErrorKind::PermissionDenied);
    world.reports.all_ready();
    world.service.poll().unwrap();
    assert_eq!(
        world.drain_events(),
        [
            "disconnected: permission denied",
            "gave up 10.0.0.1:4001: permission denied"
        ]
    );
    assert_eq!(world.service.state(handle), None);
    assert!(world.service.is_empty());
    assert_eq!(world.reports.registered(), []);
    assert_eq!(world.service.stats().gave_up, 1);
    world.advance(Duration::from_secs(60));
    assert_eq!(client.opened().len(), 1);
}

#[test]
fn an_endpoint_that_wants_no_connection_is_asked_again() {
    let mut world = World::new();
    let (handle, client) = world.register(4001);
    client.on_open(|_| Ok(None));
    world.settle();
    assert_eq!(world.service.state(handle), Some(State::Idle));
    world.advance(Duration::from_millis(99));
    assert_eq!(client.opened().len(), 1);
    world.advance(Duration::from_millis(1));
    assert_eq!(client.opened().len(), 2);
    client.on_open(|_| Ok(Some(<_>::default())));
    world.advance(Duration::from_millis(100));
    world.poll_until(handle, State::Active);
    assert_eq!(world.drain_events(), ["connected 10.0.0.1:4001"]);
}
