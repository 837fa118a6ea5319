//! Each step to a connection has a time of its own.

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use boom_service::dns::{Answered, DnsResolver};
use boom_service::{EndpointOptions, IntoIOService, State, Timeouts};
use boom_stream::Phase;
use boom_testkit::clock::ManualClock;
use boom_testkit::stream::ScriptedStream;

use crate::world::{Client, Reports, Stack, World};

fn options() -> EndpointOptions {
    let timeouts = Timeouts::default()
        .with_resolve(Duration::from_secs(1))
        .with_connect(Duration::from_secs(2))
        .with_tls(Duration::from_secs(3))
        .with_handshake(Duration::from_secs(4));
    EndpointOptions::default().with_timeouts(timeouts)
}

/// Asserts that what the endpoint does ends after `seconds` and not before, with `event`.
fn assert_ends_after(world: &mut World, seconds: u64, event: &str) {
    world.advance(Duration::from_secs(seconds) - Duration::from_nanos(1));
    assert_eq!(world.drain_events(), Vec::<String>::new());
    world.clock.advance_ns(1);
    world.service.poll().unwrap();
    assert_eq!(world.drain_events()[0], event);
}

#[test]
fn a_name_that_is_not_resolved_in_time() {
    let mut world = World::new();
    let (handle, _) = world.register_with(Client::new("silent", 443), options());
    world.settle();
    assert_eq!(world.service.state(handle), Some(State::Resolving));
    assert_ends_after(&mut world, 1, "failed: timed out: name resolution");
    // A late answer is of no use; the next question finds it.
    world
        .names
        .set("silent", &["10.0.0.9:443".parse().unwrap()]);
    world.advance(Duration::from_secs(1));
    world.poll_until(handle, State::Active);
}

#[test]
fn a_connect_into_a_black_hole() {
    let mut world = World::new();
    let (handle, client) = world.register_with(Client::new("10.0.0.1", 443), options());
    client.on_open(|_| {
        Ok(Some(Stack::new(
            ScriptedStream::new().connecting(usize::MAX),
        )))
    });
    world.settle();
    assert_eq!(world.service.state(handle), Some(State::Connecting));
    assert_ends_after(&mut world, 2, "failed 10.0.0.1:443: timed out: connect");
}

#[test]
fn each_handshake_has_its_own_time() {
    let mut world = World::new();
    let (handle, client) = world.register_with(Client::new("10.0.0.1", 443), options());
    let phase = Rc::new(Cell::new(Phase::TlsHandshake));
    let shared = Rc::clone(&phase);
    client.on_open(move |_| Ok(Some(Stack::in_phase(&shared))));
    world.poll_until(handle, State::Handshaking);
    // Almost at the end of TLS's time, it is done; the time of the next handshake starts then.
    world.advance(Duration::from_millis(2900));
    phase.set(Phase::ProtocolHandshake);
    world.reports.all_ready();
    world.service.poll().unwrap();
    assert_eq!(world.service.state(handle), Some(State::Handshaking));
    assert_ends_after(
        &mut world,
        4,
        "failed 10.0.0.1:443: timed out: protocol handshake",
    );
}

#[test]
fn a_tls_handshake_that_does_not_end() {
    let mut world = World::new();
    let (handle, client) = world.register_with(Client::new("10.0.0.1", 443), options());
    client.on_open(|_| {
        Ok(Some(Stack::in_phase(&Rc::new(Cell::new(
            Phase::TlsHandshake,
        )))))
    });
    world.poll_until(handle, State::Handshaking);
    assert_ends_after(
        &mut world,
        3,
        "failed 10.0.0.1:443: timed out: TLS handshake",
    );
}

#[test]
fn data_during_a_handshake_does_not_prolong_it() {
    let mut world = World::new();
    let (handle, client) = world.register_with(Client::new("10.0.0.1", 443), options());
    client.on_open(|_| {
        Ok(Some(Stack::in_phase(&Rc::new(Cell::new(
            Phase::TlsHandshake,
        )))))
    });
    world.poll_until(handle, State::Handshaking);
    for _ in 0..30 {
        world.reports.all_ready();
        world.advance(Duration::from_millis(100));
    }
    assert_eq!(
        world.drain_events()[0],
        "failed 10.0.0.1:443: timed out: TLS handshake"
    );
}

#[test]
fn the_endpoint_drives_the_handshake_and_is_active_when_it_is_done() {
    let mut world = World::new();
    let (handle, client) = world.register_with(Client::new("10.0.0.1", 443), options());
    let phase = Rc::new(Cell::new(Phase::TlsHandshake));
    client.on_open(move |_| Ok(Some(Stack::in_phase(&phase))));
    let mut polls = 0;
    client.on_poll(move |stack| {
        polls += 1;
        stack.phase.set(match polls {
            1 => Phase::TlsHandshake,
            2 => Phase::ProtocolHandshake,
            _ => Phase::Established,
        });
        Ok(())
    });
    world.service.poll().unwrap();
    let mut states = Vec::new();
    for _ in 0..4 {
        world.reports.all_ready();
        world.service.poll().unwrap();
        states.push(world.service.state(handle).unwrap());
    }
    assert_eq!(
        states,
        [
            State::Handshaking,
            State::Handshaking,
            State::Active,
            State::Active
        ]
    );
    assert_eq!(world.drain_events(), ["connected 10.0.0.1:443"]);
}

#[test]
fn an_active_connection_has_no_deadline() {
    let mut world = World::new();
    let (handle, _) = world.active(4001);
    world.advance(Duration::from_secs(365 * 24 * 3600));
    assert_eq!(world.service.state(handle), Some(State::Active));
    assert_eq!(world.drain_events(), Vec::<String>::new());
}

/// A resolver that takes its time on the polling thread.
struct Slow(ManualClock);

impl DnsResolver for Slow {
    type Query = Answered;

    fn resolve(&mut self, host: &str, port: u16) -> Answered {
        self.0.advance(Duration::from_secs(60));
        Answered::new(Ok(vec![SocketAddr::new(host.parse().unwrap(), port)]))
    }
}

#[test]
fn a_resolver_that_blocks_does_not_use_up_the_time_of_the_connect() {
    let (clock, reports) = (ManualClock::new(), Reports::default());
    let mut service = reports
        .clone()
        .into_io_service()
        .with_time_source(clock.clone())
        .with_resolver(Slow(clock));
    // The lookup of the second takes time after the first has begun to connect.
    let handles = [4001, 4002].map(|port| {
        let handle = service.register(Client::new("10.0.0.1", port));
        service.poll().unwrap();
        handle
    });
    reports.all_ready();
    service.poll().unwrap();
    for handle in handles {
        assert_eq!(service.state(handle), Some(State::Active));
    }
}

#[test]
fn a_slow_create_target_does_not_use_up_the_time_of_the_connect() {
    let mut world = World::new();
    let (handle, client) = world.register_with(Client::new("10.0.0.1", 443), options());
    let clock = world.clock.clone();
    client.on_open(move |_| {
        clock.advance(Duration::from_secs(60));
        Ok(Some(Stack::new(
            ScriptedStream::new().connecting(usize::MAX),
        )))
    });
    world.service.poll().unwrap();
    world.service.poll().unwrap();
    assert_eq!(world.service.state(handle), Some(State::Connecting));
    assert_ends_after(&mut world, 2, "failed 10.0.0.1:443: timed out: connect");
}

#[test]
fn a_slow_endpoint_does_not_use_up_the_time_of_anothers_handshake() {
    let mut world = World::new();
    let (_, slow) = world.active(4001);
    let clock = world.clock.clone();
    slow.on_poll(move |_| {
        clock.advance(Duration::from_secs(60));
        Ok(())
    });
    let (handle, client) = world.register_with(Client::new("10.0.0.1", 443), options());
    client.on_open(|_| {
        Ok(Some(Stack::in_phase(&Rc::new(Cell::new(
            Phase::TlsHandshake,
        )))))
    });
    world.poll_until(handle, State::Handshaking);
    world.service.poll().unwrap();
    assert_eq!(world.service.state(handle), Some(State::Handshaking));
    assert_ends_after(
        &mut world,
        3,
        "failed 10.0.0.1:443: timed out: TLS handshake",
    );
}
