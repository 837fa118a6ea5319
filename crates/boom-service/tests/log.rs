//! What is logged, and what is not.

// The helpers of tests are tests as well.
#![allow(clippy::unwrap_used)]
#![cfg(feature = "log")]

#[path = "service/world.rs"]
#[allow(dead_code, reason = "the other tests use the rest of it")]
mod world;

use std::io::ErrorKind;
use std::sync::Mutex;
use std::time::Duration;

use boom_service::{EndpointOptions, State};
use log::{LevelFilter, Log, Metadata, Record};

use crate::world::{Client, World};

/// Keeps every line.
struct Lines(Mutex<Vec<String>>);

static LINES: Lines = Lines(Mutex::new(Vec::new()));

impl Log for Lines {
    fn enabled(&self, _metadata: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        assert!(record.target().starts_with("boom_service"));
        let line = format!("{} {}", record.level(), record.args());
        self.0.lock().unwrap().push(line);
    }

    fn flush(&self) {}
}

/// Takes the lines so far; how long a retry waits is up to the jitter.
fn lines() -> Vec<String> {
    let mut lines = std::mem::take(&mut *LINES.0.lock().unwrap());
    for line in &mut lines {
        if let Some(place) = line.find("retry in") {
            line.truncate(place + "retry".len());
        }
    }
    lines
}

/// One test, since a process has one logger.
#[test]
fn the_life_of_an_endpoint() {
    log::set_logger(&LINES).unwrap();
    log::set_max_level(LevelFilter::Trace);
    let mut world = World::new();

    world.names.fail("exchange", ErrorKind::NotFound);
    let options = EndpointOptions::default().with_overlap(Duration::from_secs(1));
    let (handle, client) = world.register_with(Client::new("exchange", 443), options);
    client.refuse(ErrorKind::ConnectionRefused);
    world.service.poll().unwrap();
    assert_eq!(
        lines()[..2],
        [
            "WARN exchange:443: not resolved: entity not found",
            "DEBUG exchange:443: retry"
        ]
    );

    let address = ([10, 0, 0, 1], 443).into();
    world.names.set("exchange", &[address]);
    while world.reports.registered().is_empty() {
        world.advance(Duration::from_millis(1));
    }
    lines();
    world.reports.all_ready();
    world.service.poll().unwrap();
    assert_eq!(
        lines(),
        [
            "WARN exchange:443: 10.0.0.1:443: not connected: connection refused",
            "DEBUG exchange:443: retry"
        ]
    );

    client.on_open(|_| Ok(Some(world::Stack::default())));
    while world.service.state(handle) != Some(State::Active) {
        world.advance(Duration::from_millis(1));
        world.reports.all_ready();
        world.service.poll().unwrap();
    }
    let connected = "INFO exchange:443: connected to 10.0.0.1:443".to_owned();
    assert_eq!(lines().pop(), Some(connected));

    let polls = client.polls();
    // Data passes without a word.
    for _ in 0..1000 {
        world.reports.all_ready();
        world.service.poll().unwrap();
    }
    assert_eq!(client.polls(), polls + 1000);
    assert_eq!(lines(), Vec::<String>::new());

    assert!(world.service.renew(handle));
    for _ in 0..6 {
        world.reports.all_ready();
        world.service.poll().unwrap();
    }
    assert_eq!(
        lines(),
        [
            "INFO exchange:443: switched to 10.0.0.1:443",
            "INFO exchange:443: old connection closed"
        ]
    );

    world.service.pause(handle);
    assert_eq!(lines(), ["INFO exchange:443: disconnected: paused"]);

    world.service.resume(handle);
    world.poll_until(handle, State::Active);
    lines();
    client.plan.borrow_mut().can_recreate = false;
    client.fail(ErrorKind::ConnectionReset);
    world.reports.all_ready();
    world.service.poll().unwrap();
    assert_eq!(
        lines(),
        [
            "WARN exchange:443: disconnected: connection reset",
            "ERROR exchange:443: gave up: connection reset"
        ]
    );

    let (handle, _) = world.register(1);
    world.poll_until(handle, State::Active);
    lines();
    world
        .service
        .deregister_gracefully(handle, Duration::from_secs(1));
    assert_eq!(lines(), ["INFO 10.0.0.1:1: deregistered"]);
}
