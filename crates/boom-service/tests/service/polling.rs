//! Who is polled, how often, and what an error of a poll means.

use std::cell::Cell;
use std::io::{ErrorKind, Read, Write};
use std::rc::Rc;
use std::time::Duration;

use boom_select::{Idle, IdleStrategy, Token};
use boom_service::State;
use boom_stream::TimeSource;
use boom_testkit::stream::ScriptedStream;

use crate::world::{Client, Stack, Timeout, World};

#[test]
fn one_poll_starts_to_connect_to_a_numeric_address() {
    let mut world = World::new();
    let (handle, client) = world.register(4001);
    assert_eq!(world.service.state(handle), Some(State::Resolving));
    world.service.poll().unwrap();
    assert_eq!(world.service.state(handle), Some(State::Connecting));
    assert_eq!(client.opened(), ["10.0.0.1:4001".parse().unwrap()]);
}

#[test]
fn an_endpoint_is_polled_when_its_socket_is_ready_and_not_otherwise() {
    let mut world = World::new();
    let (_, quiet) = world.active(4001);
    let (_, busy) = world.active(4002);
    let (quiet_polls, busy_polls) = (quiet.polls(), busy.polls());
    let token = world.reports.registered()[1];
    for _ in 0..10 {
        world.reports.ready(token);
        world.service.poll().unwrap();
    }
    assert_eq!(
        (quiet.polls() - quiet_polls, busy.polls() - busy_polls),
        (0, 10)
    );
}

/// Remembers what it was told, and waits for a second whenever nothing has happened.
#[derive(Default)]
struct Told(Vec<bool>);

impl IdleStrategy for Told {
    fn after(&mut self, has_worked: bool) -> Idle {
        self.0.push(has_worked);
        if has_worked {
            Idle::Spin
        } else {
            Idle::Wait(Duration::from_secs(1))
        }
    }
}

#[test]
fn an_idle_strategy_is_told_of_work_and_decides_how_long_to_wait() {
    let mut world = World::new();
    let (_, client) = world.active(4001);
    world.settle();
    let token = world.reports.registered()[0];
    let mut idle = Told::default();
    let mut timeouts = Vec::new();
    for turn in 0..5 {
        if turn == 1 {
            world.reports.ready(token);
        }
        if turn == 2 {
            client.on_poll(|stack| {
                stack.has_buffered.set(false);
                Ok(())
            });
        }
        world.service.poll_with(&mut idle).unwrap();
        timeouts.push(world.reports.last_timeout());
    }
    // Of the turn before, each.
    assert_eq!(idle.0, [false, false, true, false, false]);
    let second = Duration::from_secs(1);
    assert_eq!(timeouts, [second, second, Duration::ZERO, second, second]);
}

#[test]
fn several_reports_of_one_socket_are_one_poll() {
    let mut world = World::new();
    let (_, client) = world.active(4001);
    let (polls, delivered) = (client.polls(), world.reports.delivered());
    let token = world.reports.registered()[0];
    for _ in 0..3 {
        world.reports.ready(token);
    }
    world.service.poll().unwrap();
    assert_eq!(client.polls() - polls, 1);
    assert_eq!(world.reports.delivered() - delivered, 3);
}

/// The polls of each turn: in those of `reported` every socket is reported, twice.
fn polls_by_turn(world: &mut World, client: &Client, reported: &[bool]) -> Vec<usize> {
    let turn = |&is_reported: &bool| {
        let before = client.polls();
        if is_reported {
            world.reports.all_ready();
            world.reports.all_ready();
        }
        world.service.poll().unwrap();
        client.polls() - before
    };
    reported.iter().map(turn).collect()
}

#[test]
fn a_report_is_polled_for_in_its_turn_and_in_no_later_one() {
    let mut world = World::new();
    let (handle, client) = world.register(4001);
    world.service.poll().unwrap();
    assert_eq!(world.service.state(handle), Some(State::Connecting));
    // The turn in which the connect ends, and those after it.
    let polls = polls_by_turn(&mut world, &client, &[true, false, false]);
    assert_eq!(polls, [1, 0, 0]);
    assert_eq!(world.service.state(handle), Some(State::Active));
    let polls = polls_by_turn(
        &mut world,
        &client,
        &[true, false, true, true, false, false],
    );
    assert_eq!(polls, [1, 0, 1, 1, 0, 0]);
    assert_eq!(world.service.stats().polls, 4);
}

#[test]
fn what_else_an_endpoint_is_polled_for_is_done_by_the_poll_of_its_report() {
    let mut world = World::new();
    let (handle, client) = world.active(4001);
    let wake_ns = world.clock.now_ns() + 1;
    let mut timeout: Rc<Timeout> = Rc::default();
    let mut batches = 2;
    client.on_poll(move |stack| {
        batches -= 1;
        stack.has_buffered.set(batches > 0);
        Ok(())
    });
    // Noted by its user, and reported; then noted by its own poll, and reported; a timer is due as well.
    world.service.dispatch(handle, |stack, _| {
        stack.has_buffered.set(true);
        stack.timeout.due_ns.set(Some(wake_ns));
        timeout = Rc::clone(&stack.timeout);
    });
    world.clock.advance_ns(1);
    let polls = polls_by_turn(&mut world, &client, &[true, true, false, false]);
    assert_eq!(polls, [1, 1, 0, 0]);
    assert_eq!(timeout.take_told(), [wake_ns]);
}

#[test]
fn a_busy_endpoint_does_not_starve_the_others() {
    let mut world = World::new();
    let (_, busy) = world.active(4001);
    let (_, other) = world.active(4002);
    let (busy_polls, other_polls) = (busy.polls(), other.polls());
    // The busy one never gets to the end of what it has.
    busy.on_poll(|stack| {
        stack.has_buffered.set(true);
        Ok(())
    });
    for _ in 0..100 {
        world.reports.all_ready();
        world.service.poll().unwrap();
    }
    assert_eq!(busy.polls() - busy_polls, 100);
    assert_eq!(other.polls() - other_polls, 100);
}

#[test]
fn what_is_buffered_is_read_without_a_report() {
    let mut world = World::new();
    let (_, client) = world.active(4001);
    let polls = client.polls();
    let mut batches = 5;
    client.on_poll(move |stack| {
        batches -= 1;
        stack.has_buffered.set(batches > 0);
        Ok(())
    });
    world.reports.all_ready();
    for _ in 0..20 {
        world.service.poll().unwrap();
    }
    assert_eq!(client.polls() - polls, 5);
}

#[test]
fn a_socket_that_was_not_drained_is_read_without_a_report() {
    let mut world = World::new();
    let (_, client) = world.active(4001);
    let polls = client.polls();
    let reports = world.reports.clone();
    let mut reads = 3;
    client.on_poll(move |_| {
        reads -= 1;
        reports.may(reads > 0, false);
        Ok(())
    });
    world.reports.all_ready();
    for _ in 0..20 {
        world.service.poll().unwrap();
    }
    assert_eq!(client.polls() - polls, 3);
}

#[test]
fn output_that_waits_is_flushed_while_the_socket_takes_it() {
    let mut world = World::new();
    let (_, client) = world.active(4001);
    let polls = client.polls();
    client.on_poll(|stack| {
        stack.wants_write.set(true);
        Ok(())
    });
    world.reports.all_ready();
    world.service.poll().unwrap();
    // Full: the report that it has room again will come.
    world.service.poll().unwrap();
    assert_eq!(client.polls() - polls, 1);

    world.reports.may(false, true);
    world.reports.all_ready();
    for _ in 0..3 {
        world.service.poll().unwrap();
    }
    assert_eq!(client.polls() - polls, 4);
}

#[test]
fn what_dispatch_leaves_behind_is_polled() {
    let mut world = World::new();
    let (handle, client) = world.active(4001);
    world.reports.may(false, true);
    let polls = client.polls();
    let result = world.service.dispatch(handle, |stack, _| {
        stack.wants_write.set(true);
        stack.stream.write(b"order").unwrap()
    });
    assert_eq!(result, Some(5));
    client.on_poll(|stack| {
        stack.wants_write.set(false);
        assert_eq!(stack.stream.written(), b"order");
        Ok(())
    });
    for _ in 0..3 {
        world.service.poll().unwrap();
    }
    assert_eq!(client.polls() - polls, 1);
}

#[test]
fn every_byte_arrives_in_order_whatever_the_pieces() {
    let mut world = World::new();
    let message: Vec<u8> = (0..=255).cycle().take(10_000).collect();
    let (handle, client) = world.register(4001);
    let script = ScriptedStream::new().read_in_pieces(&message, 7);
    client.on_open(move |_| Ok(Some(Stack::new(script.clone()))));
    let received = Rc::new(Cell::new(Vec::new()));
    let sink = Rc::clone(&received);
    client.on_poll(move |stack| {
        let mut buffer = [0; 4];
        let count = Read::read(&mut stack.stream, &mut buffer)?;
        let mut bytes = sink.take();
        bytes.extend_from_slice(&buffer[..count]);
        sink.set(bytes);
        stack.has_buffered.set(!stack.stream.is_read_out());
        Ok(())
    });
    world.poll_until(handle, State::Active);
    for _ in 0..10_000 {
        world.service.poll().unwrap();
    }
    assert_eq!(received.take(), message);
}

#[test]
fn would_block_and_interrupted_are_no_disconnect() {
    let mut world = World::new();
    let (handle, client) = world.active(4001);
    for kind in [ErrorKind::WouldBlock, ErrorKind::Interrupted] {
        client.fail(kind);
        for _ in 0..10 {
            world.reports.all_ready();
            world.service.poll().unwrap();
        }
    }
    assert_eq!(world.service.state(handle), Some(State::Active));
    assert_eq!(world.drain_events(), Vec::<String>::new());
}

#[test]
fn any_other_error_is_a_disconnect_of_that_endpoint_alone() {
    let mut world = World::new();
    let (bad, client) = world.active(4001);
    let (good, _) = world.active(4002);
    client.fail(ErrorKind::InvalidData);
    world.reports.all_ready();
    world.service.poll().unwrap();
    assert_ne!(world.service.state(bad), Some(State::Active));
    assert_eq!(world.service.state(good), Some(State::Active));
    assert_eq!(
        world.drain_events()[..2],
        ["disconnected: invalid data", "retry at once"]
    );
}

#[test]
fn only_the_selector_ends_the_service() {
    let mut world = World::new();
    world.active(4001);
    world.reports.fail_poll(true);
    assert_eq!(world.service.poll().unwrap_err().kind(), ErrorKind::Other);
    world.reports.fail_poll(false);
    world.service.poll().unwrap();
}

#[test]
fn a_socket_that_cannot_be_watched_is_a_failed_attempt() {
    let mut world = World::new();
    world.reports.fail_register(true);
    let (handle, _) = world.register(4001);
    world.service.poll().unwrap();
    assert_eq!(
        world.drain_events()[0],
        "failed 10.0.0.1:4001: not connected: out of memory"
    );
    world.reports.fail_register(false);
    world.advance(Duration::from_secs(1));
    world.poll_until(handle, State::Active);
}

#[test]
fn a_stale_report_reaches_nobody() {
    let mut world = World::new();
    let (_, client) = world.active(4001);
    let old = world.reports.registered()[0];
    client.fail(ErrorKind::ConnectionReset);
    world.reports.all_ready();
    world.service.poll().unwrap();
    client.on_poll(|_| Ok(()));
    world.settle();
    let new = world.reports.registered()[0];
    assert_eq!(
        (old.index, old.generation == new.generation),
        (new.index, false)
    );

    let (polls, delivered) = (client.polls(), world.reports.delivered());
    world.reports.ready(old);
    world.reports.ready(Token {
        index: 99,
        generation: 0,
    });
    world.service.poll().unwrap();
    assert_eq!(
        (client.polls(), world.reports.delivered()),
        (polls, delivered)
    );
}

#[test]
fn a_thousand_connects_are_spread_over_a_fifth_of_a_second() {
    let mut world = World::with_default_rate();
    for port in 0..1000 {
        world.register(port);
    }
    // All resolved, and as many connects made as are made at once.
    for _ in 0..100 {
        world.service.poll().unwrap();
    }
    let mut connects = vec![world.reports.registered().len()];
    for _ in 0..15 {
        world.advance(Duration::from_micros(12_800));
        connects.push(world.reports.registered().len());
    }
    assert_eq!(connects[..4], [64, 128, 192, 256]);
    assert_eq!(connects[14..], [960, 1000]);
}

#[test]
fn one_poll_makes_few_connects() {
    let mut world = World::new();
    for port in 0..1000 {
        world.register(port);
    }
    let mut polls = 0;
    while world.reports.registered().len() < 1000 {
        let before = world.reports.registered().len();
        world.service.poll().unwrap();
        let connects = world.reports.registered().len() - before;
        assert!(connects <= 16, "{connects} connects in one poll");
        polls += 1;
        assert!(polls < 1000);
    }
}

#[test]
fn waiting_ends_at_the_next_deadline_and_not_while_there_is_work() {
    let mut world = World::new();
    let (handle, client) = world.register(4001);
    world.service.wait(Duration::from_secs(60)).unwrap();
    assert_eq!(
        world.reports.last_timeout(),
        Duration::ZERO,
        "a new endpoint is due at once"
    );

    world.service.wait(Duration::from_secs(60)).unwrap();
    assert_eq!(
        world.reports.last_timeout(),
        Duration::from_secs(5),
        "the connect timeout"
    );

    world.poll_until(handle, State::Active);
    world.service.wait(Duration::from_secs(60)).unwrap();
    assert_eq!(world.reports.last_timeout(), Duration::from_secs(60));

    client.on_poll(|stack| {
        stack.has_buffered.set(true);
        Ok(())
    });
    world.reports.all_ready();
    world.service.wait(Duration::from_secs(60)).unwrap();
    world.service.wait(Duration::from_secs(60)).unwrap();
    assert_eq!(
        world.reports.last_timeout(),
        Duration::ZERO,
        "bytes are waiting"
    );
}
