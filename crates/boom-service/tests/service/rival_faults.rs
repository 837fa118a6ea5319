//! Faults that were found in other clients of this kind, and the tests that keep them out of this one.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;

use boom_select::MioSelector;
use boom_service::{EndpointOptions, IntoIOService, State};

use crate::loopback::{Reader, listen, mio, poll_until};
use crate::world::{Client, World};

/// A fault; the file with the test that would find it, perhaps in the crate of a lower layer, and how the name of that test
/// begins.
const FAULTS: &[(&str, &str, &str)] = &[
    (
        "a refused connect is never reported through mio",
        "tests/service/loopback.rs",
        "a_refused_connect_is_reported_and_retried",
    ),
    (
        "the end of a stream that comes with data in one event is lost",
        "tests/service/loopback.rs",
        "an_end_that_arrives_with_the_data_is_not_lost",
    ),
    (
        "no timeout for a name that is not resolved",
        "tests/service/timeouts.rs",
        "a_name_that_is_not_resolved_in_time",
    ),
    (
        "no connect timeout",
        "tests/service/timeouts.rs",
        "a_connect_into_a_black_hole",
    ),
    (
        "no TLS timeout",
        "tests/service/timeouts.rs",
        "a_tls_handshake_that_does_not_end",
    ),
    (
        "no handshake timeout",
        "tests/service/timeouts.rs",
        "each_handshake_has_its_own_time",
    ),
    (
        "no idle timeout",
        "tests/service/idle.rs",
        "a_silent_connection_is_ended_and_made_again",
    ),
    (
        "one connection a second",
        "tests/service/rival_faults.rs",
        "a_hundred_endpoints_connect_within_a_few_turns",
    ),
    (
        "one endpoint that fails starves the others",
        "tests/service/rival_faults.rs",
        "one_that_is_refused_neither_starves_the_others_nor_fails_the_poll",
    ),
    (
        "one endpoint that fails again and again keeps the others from connecting",
        "tests/service/reconnect.rs",
        "an_endpoint_that_fails_without_a_pause_does_not_keep_the_others_from_connecting",
    ),
    (
        "a name that does not exist panics",
        "tests/service/rival_faults.rs",
        "a_name_that_does_not_exist_is_an_event_and_no_panic",
    ),
    (
        "the resolver's thread dies for good",
        "tests/service/resolving.rs",
        "errors_and_panics_of_a_lookup",
    ),
    (
        "only the first address is tried",
        "tests/service/reconnect.rs",
        "a_good_address_behind_a_bad_one_is_reached",
    ),
    (
        "only the first address is tried, where it does not answer",
        "tests/service/loopback_race.rs",
        "an_address_that_does_not_answer_gives_way_to_the_next",
    ),
    (
        "one refused connect fails the whole poll",
        "tests/service/rival_faults.rs",
        "one_that_is_refused_neither_starves_the_others_nor_fails_the_poll",
    ),
    (
        "an endpoint that refuses to go on ends the program",
        "tests/service/reconnect.rs",
        "refusing_to_go_on_hands_the_endpoint_back",
    ),
    (
        "a builder method drops what is registered",
        "tests/service/handles.rs",
        "builder_methods_keep_what_is_registered",
    ),
    (
        "the builder panics for the loopback interface",
        "../boom-stream/tests/options.rs",
        "an_interface_by_name_reaches_loopback_by_both_families",
    ),
    (
        "io_uring stalls past 64 connections",
        "tests/service/loopback_io_uring.rs",
        "endpoints_come_back_after_the_server",
    ),
    (
        "a recording truncates the one before",
        "../boom-stream/tests/record.rs",
        "an_existing_file_is_never_overwritten",
    ),
    (
        "the replay of a truncated file spins",
        "../boom-stream/tests/replay_cut.rs",
        "a_small_file_is_cut_at_every_byte",
    ),
];

#[test]
fn each_fault_has_its_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (fault, file, test) in FAULTS {
        let source = fs::read_to_string(root.join(file)).unwrap();
        assert!(
            source.contains(&format!("#[test]\nfn {test}")),
            "{fault}: {file} has no test {test}"
        );
    }
}

/// In virtual time that stands still, by the default limit of 64 connects at a time.
#[test]
fn a_hundred_endpoints_connect_within_a_few_turns() {
    let mut world = World::with_default_rate();
    for port in 0..100 {
        world.register(port);
    }
    for _ in 0..20 {
        world.reports.all_ready();
        world.service.poll().unwrap();
    }
    assert_eq!(world.service.stats().active, 64);
    world.clock.advance_ns(12_800_000);
    for _ in 0..20 {
        world.reports.all_ready();
        world.service.poll().unwrap();
    }
    assert_eq!(world.service.stats().active, 100);
}

#[test]
fn one_that_is_refused_neither_starves_the_others_nor_fails_the_poll() {
    let (listener, port) = listen();
    let (nobody, refused_port) = listen();
    drop(nobody);
    let mut service = MioSelector::new().unwrap().into_io_service();
    let reader = service.register(Reader::new(port, mio));
    for _ in 0..10 {
        service.register(Reader::new(refused_port, mio));
    }
    poll_until(&mut service, |service| {
        service.state(reader) == Some(State::Active)
    });
    let (mut peer, _) = listener.accept().unwrap();
    // Each message arrives although the others fail all the time.
    for number in 1..=100 {
        peer.write_all(b"message").unwrap();
        poll_until(&mut service, |service| {
            service.get(reader).unwrap().received.len() == number * 7
        });
    }
    poll_until(&mut service, |service| service.stats().failed_attempts > 20);
    assert_eq!(service.stats().disconnected, 0);
}

#[test]
fn a_name_that_does_not_exist_is_an_event_and_no_panic() {
    let mut world = World::new();
    world.names.fail("nowhere", ErrorKind::NotFound);
    let client = Client::new("nowhere", 443);
    let (handle, _) = world.register_with(client, EndpointOptions::default());
    let (other, _) = world.register(1);
    world.poll_until(other, State::Active);
    let events = world.drain_events();
    assert_eq!(events[0], "failed: not resolved: entity not found");
    assert_eq!(world.service.state(handle), Some(State::Backoff));
}
