//! Connections that are replaced while they stand.

use std::cell::{Cell, RefCell};
use std::io::ErrorKind;
use std::rc::Rc;
use std::time::Duration;

use boom_select::Token;
use boom_service::{EndpointOptions, Handle, State};
use boom_stream::{Phase, TimeSource};
use boom_testkit::stream::ScriptedStream;

use crate::world::{Client, Overlap, Stack, World};

const DAY: Duration = Duration::from_secs(24 * 3600);
const TIMEOUT: Duration = Duration::from_secs(2);

fn options() -> EndpointOptions {
    EndpointOptions::default()
        .with_auto_disconnect(DAY)
        .with_overlap(TIMEOUT)
}

/// An endpoint and what has been done with which of its connections.
struct Renewed {
    world: World,
    handle: Handle,
    client: Client,
    log: Rc<RefCell<Vec<String>>>,
    /// Of the connections, the oldest first.
    stacks: Rc<RefCell<Vec<Cells>>>,
}

/// What the test sets of a connection.
#[derive(Clone)]
struct Cells {
    phase: Rc<Cell<Phase>>,
    has_buffered: Rc<Cell<bool>>,
    is_closed: Rc<Cell<bool>>,
    timeout: Rc<crate::world::Timeout>,
}

impl Renewed {
    /// An active endpoint; those of its connections that come later take `polls` polls to connect, and shake hands after
    /// that until the test says otherwise. Closing takes until the test says otherwise.
    fn new(options: EndpointOptions) -> Self {
        let mut world = World::new();
        let client = Client::new("10.0.0.1", 4001);
        let stacks: Rc<RefCell<Vec<Cells>>> = Rc::default();
        let log: Rc<RefCell<Vec<String>>> = Rc::default();
        let made = Rc::clone(&stacks);
        client.on_open(move |_| {
            let mut made = made.borrow_mut();
            let stack = Stack::new(ScriptedStream::new().read([made.len() as u8]));
            if !made.is_empty() {
                stack.phase.set(Phase::ProtocolHandshake);
            }
            stack.is_closed.set(false);
            made.push(Cells {
                phase: Rc::clone(&stack.phase),
                has_buffered: Rc::clone(&stack.has_buffered),
                is_closed: Rc::clone(&stack.is_closed),
                timeout: Rc::clone(&stack.timeout),
            });
            Ok(Some(stack))
        });
        Self::note(&client, &log, &stacks);
        let (handle, client) = world.register_with(client, options);
        world.poll_until(handle, State::Active);
        world.drain_events();
        log.borrow_mut().clear();
        Self {
            world,
            handle,
            client,
            log,
            stacks,
        }
    }

    fn note(client: &Client, log: &Rc<RefCell<Vec<String>>>, stacks: &Rc<RefCell<Vec<Cells>>>) {
        let number = {
            let stacks = Rc::clone(stacks);
            move |stack: &Stack| {
                let stacks = stacks.borrow();
                let place = stacks
                    .iter()
                    .position(|cells| Rc::ptr_eq(&cells.phase, &stack.phase));
                place.unwrap()
            }
        };
        let (poll_log, poll_number) = (Rc::clone(log), number.clone());
        client.on_poll(move |stack| {
            poll_log
                .borrow_mut()
                .push(format!("poll {}", poll_number(stack)));
            Ok(())
        });
        let log = Rc::clone(log);
        client.on_overlap(move |overlap| {
            log.borrow_mut().push(match overlap {
                Overlap::Replacement(stack) => format!("replacement {}", number(stack)),
                Overlap::Switched { old, new } => {
                    format!("switched {} {}", number(old), number(new))
                }
                Overlap::Retired(stack) => format!("retired {}", number(stack)),
            });
            Ok(())
        });
    }

    /// Lets the time of the connection come to its end, and its replacement connect.
    fn begin(options: EndpointOptions) -> Self {
        let mut renewed = Self::new(options);
        renewed.world.advance(DAY);
        assert_eq!(renewed.stacks.borrow().len(), 2);
        renewed
    }

    fn cells(&self, number: usize) -> Cells {
        self.stacks.borrow()[number].clone()
    }

    fn tokens(&self) -> Vec<Token> {
        self.world.reports.registered()
    }

    /// Polls with the sockets of `tokens` ready, and returns what the endpoint was told.
    fn turn(&mut self, tokens: &[Token]) -> Vec<String> {
        for token in tokens {
            self.world.reports.ready(*token);
        }
        self.world.service.poll().unwrap();
        self.log.take()
    }

    fn turn_all(&mut self) -> Vec<String> {
        let tokens = self.tokens();
        self.turn(&tokens)
    }
}

#[test]
fn the_new_connection_stands_before_the_old_one_ends() {
    let mut renewed = Renewed::begin(options());
    assert_eq!(renewed.tokens().len(), 2);
    assert_eq!(
        renewed.world.service.state(renewed.handle),
        Some(State::Active)
    );
    // While the replacement shakes hands, the old one is polled as ever.
    let mut told = renewed.turn_all();
    told.sort();
    assert_eq!(told, ["poll 0", "replacement 1"]);
    assert_eq!(renewed.world.drain_events(), Vec::<String>::new());
    let (old, new) = (renewed.tokens()[0], renewed.tokens()[1]);
    assert_eq!(renewed.turn(&[old]), ["poll 0"]);
    // The handshake is done: the endpoint is told at once.
    renewed.cells(1).phase.set(Phase::Established);
    assert_eq!(renewed.turn(&[new]), ["replacement 1", "switched 0 1"]);
    assert_eq!(renewed.world.drain_events(), ["switched to 10.0.0.1:4001"]);
    // From now on it tells them apart, until the peer has answered the goodbye.
    assert_eq!(renewed.turn(&[new]), ["poll 1"]);
    assert_eq!(renewed.turn(&[old]), ["retired 0"]);
    assert_eq!(renewed.tokens().len(), 2);
    renewed.cells(0).is_closed.set(true);
    assert_eq!(renewed.turn(&[old]), ["retired 0"]);
    assert_eq!(renewed.turn(&[]), ["retired 0"], "one last look");
    assert_eq!(renewed.tokens(), [new]);
    assert_eq!(renewed.world.drain_events(), ["retired cleanly"]);
    let stats = renewed.world.service.endpoint_stats(renewed.handle);
    let stats = stats.unwrap();
    assert_eq!(
        (stats.state, stats.connected, stats.disconnected),
        (State::Active, 2, 1)
    );
    assert_eq!(renewed.client.plan.borrow().reasons, Vec::<String>::new());
}

#[test]
fn it_goes_on_day_after_day_and_leaves_nothing_behind() {
    let mut renewed = Renewed::new(options());
    for day in 1..=10 {
        renewed.world.advance(DAY);
        assert_eq!(renewed.stacks.borrow().len(), day + 1);
        renewed.turn_all();
        renewed.cells(day).phase.set(Phase::Established);
        renewed.turn_all();
        renewed.cells(day - 1).is_closed.set(true);
        renewed.turn_all();
        renewed.world.settle();
        assert_eq!(renewed.tokens().len(), 1);
        assert!(renewed.tokens()[0].index <= 1, "{:?}", renewed.tokens());
        renewed.log.borrow_mut().clear();
        assert_eq!(renewed.turn_all(), [format!("poll {day}")]);
    }
    assert_eq!(renewed.world.service.stats().connected, 11);
    assert_eq!(renewed.world.service.stats().disconnected, 10);
    assert!(renewed.world.service.deregister(renewed.handle).is_some());
    assert_eq!(renewed.tokens(), []);
    // A place that was reserved is free again: the next endpoints take it.
    for port in 0..2 {
        renewed.world.register(port);
    }
    renewed.world.settle();
    let mut places: Vec<_> = renewed.tokens().iter().map(|token| token.index).collect();
    places.sort_unstable();
    assert_eq!(places, [0, 1]);
}

#[test]
fn what_the_old_one_still_receives_is_not_lost() {
    let mut renewed = Renewed::begin(options());
    // It has no closing handshake, but has read ahead.
    renewed.cells(0).is_closed.set(true);
    renewed.cells(0).has_buffered.set(true);
    renewed.cells(1).phase.set(Phase::Established);
    renewed.turn_all();
    for _ in 0..5 {
        assert_eq!(renewed.turn(&[]), ["retired 0"]);
    }
    assert_eq!(renewed.tokens().len(), 2);
    renewed.cells(0).has_buffered.set(false);
    assert_eq!(renewed.turn(&[]), ["retired 0"]);
    assert_eq!(renewed.tokens().len(), 1);
    assert_eq!(
        renewed.world.drain_events(),
        ["switched to 10.0.0.1:4001", "retired cleanly"]
    );
}

#[test]
fn what_the_selector_has_not_reported_yet_is_not_lost() {
    let mut renewed = Renewed::begin(options());
    renewed.cells(0).is_closed.set(true);
    renewed.cells(1).phase.set(Phase::Established);
    let (old, new) = (renewed.tokens()[0], renewed.tokens()[1]);
    // The report of this turn is not the last word: more may have arrived since the selector was asked.
    assert_eq!(
        renewed.turn(&[new, old]),
        ["switched 0 1", "poll 1", "retired 0"]
    );
    assert_eq!(renewed.tokens().len(), 2);
    assert_eq!(renewed.turn(&[old]), ["retired 0"]);
    assert_eq!(renewed.tokens(), [new]);
}

#[test]
fn a_peer_that_does_not_say_goodbye_is_cut_off_in_time() {
    let mut renewed = Renewed::begin(options());
    renewed.cells(1).phase.set(Phase::Established);
    renewed.turn_all();
    renewed.world.drain_events();
    renewed.world.advance(TIMEOUT - Duration::from_nanos(1));
    assert_eq!(renewed.tokens().len(), 2);
    renewed.world.advance(Duration::from_nanos(1));
    assert_eq!(renewed.tokens().len(), 1);
    assert_eq!(renewed.world.drain_events(), ["retired, cut off"]);
    assert_eq!(
        renewed.world.service.state(renewed.handle),
        Some(State::Active)
    );
}

#[test]
fn an_end_that_the_peer_makes_is_the_end_of_the_old_one_alone() {
    for (is_closed, event) in [(true, "retired cleanly"), (false, "retired, cut off")] {
        let mut renewed = Renewed::begin(options());
        renewed.cells(1).phase.set(Phase::Established);
        renewed.turn_all();
        renewed.world.drain_events();
        renewed.client.on_overlap(move |overlap| match overlap {
            Overlap::Retired(stack) => {
                stack.is_closed.set(is_closed);
                Err(ErrorKind::UnexpectedEof.into())
            }
            _ => Ok(()),
        });
        renewed.turn_all();
        if !is_closed {
            // A layer below the protocol is not done.
            assert_eq!(renewed.tokens().len(), 2);
            renewed.world.advance(TIMEOUT);
        }
        assert_eq!(renewed.tokens().len(), 1);
        assert_eq!(renewed.world.drain_events(), [event]);
        assert_eq!(
            renewed.world.service.state(renewed.handle),
            Some(State::Active)
        );
    }
}

#[test]
fn a_replacement_that_fails_is_tried_again_while_the_old_one_goes_on() {
    let mut renewed = Renewed::begin(options().with_max_attempts(1));
    renewed.client.plan.borrow_mut().can_recreate = false;
    renewed.client.on_overlap(|overlap| match overlap {
        Overlap::Replacement(_) => Err(ErrorKind::ConnectionReset.into()),
        _ => Ok(()),
    });
    for attempt in 2..6 {
        // The old one is polled all the time.
        assert!(renewed.turn_all().contains(&"poll 0".to_owned()));
        while renewed.stacks.borrow().len() < attempt {
            renewed.world.advance(Duration::from_millis(1));
        }
        assert_eq!(
            renewed.world.service.state(renewed.handle),
            Some(State::Active)
        );
    }
    let events = renewed.world.drain_events();
    assert_eq!(
        events[..4],
        [
            "failed 10.0.0.1:4001: connection reset",
            "retry at once",
            "failed 10.0.0.1:4001: connection reset",
            "retry later"
        ]
    );
    assert_eq!(
        renewed.client.plan.borrow().reasons,
        Vec::<String>::new(),
        "nobody asks whether to give up what stands"
    );
    // The exchange takes connections again.
    Renewed::note(&renewed.client, &renewed.log, &renewed.stacks);
    while !renewed.tokens().len().eq(&2) {
        renewed.world.advance(Duration::from_millis(1));
    }
    let last = renewed.stacks.borrow().len() - 1;
    renewed.cells(last).phase.set(Phase::Established);
    renewed.turn_all();
    let events = renewed.world.drain_events();
    assert_eq!(events.last().unwrap(), "switched to 10.0.0.1:4001");
}

#[test]
fn a_replacement_that_takes_too_long_has_failed() {
    let mut renewed = Renewed::begin(options());
    renewed.turn_all();
    renewed.world.advance(Duration::from_secs(5));
    let events = renewed.world.drain_events();
    assert_eq!(
        events[..2],
        [
            "failed 10.0.0.1:4001: timed out: protocol handshake",
            "retry at once"
        ]
    );
    assert_eq!(renewed.stacks.borrow().len(), 3, "and is tried again");
}

#[test]
fn when_the_old_one_fails_the_replacement_is_the_connection_that_is_made() {
    let mut renewed = Renewed::begin(options());
    renewed.turn_all();
    let old = renewed.tokens()[0];
    renewed.client.fail_once(ErrorKind::ConnectionReset);
    renewed.turn(&[old]);
    assert_eq!(
        renewed.world.service.state(renewed.handle),
        Some(State::Handshaking)
    );
    assert_eq!(
        renewed.world.drain_events(),
        ["disconnected: connection reset"]
    );
    assert_eq!(renewed.tokens().len(), 1);
    renewed.cells(1).phase.set(Phase::Established);
    renewed.turn_all();
    assert_eq!(
        renewed.world.service.state(renewed.handle),
        Some(State::Active)
    );
    assert_eq!(renewed.world.drain_events(), ["connected 10.0.0.1:4001"]);
    assert_eq!(renewed.stacks.borrow().len(), 2);
}

#[test]
fn when_the_old_one_fails_there_is_no_waiting_for_the_replacement() {
    let mut renewed = Renewed::begin(options());
    renewed.client.refuse(ErrorKind::ConnectionRefused);
    renewed.client.on_overlap(|overlap| match overlap {
        Overlap::Replacement(_) => Err(ErrorKind::ConnectionReset.into()),
        _ => Ok(()),
    });
    for _ in 0..100 {
        renewed.turn_all();
        renewed.world.advance(Duration::from_millis(10));
    }
    let opened = renewed.client.opened().len();
    assert!(opened > 4, "{opened}");
    renewed.world.drain_events();
    let old = renewed.tokens()[0];
    renewed.client.fail_once(ErrorKind::ConnectionReset);
    renewed.turn(&[old]);
    let events = renewed.world.drain_events();
    let place = events
        .iter()
        .position(|event| event == "disconnected: connection reset");
    assert_eq!(events[place.unwrap() + 1], "retry at once");
    assert_ne!(
        renewed.world.service.state(renewed.handle),
        Some(State::Active)
    );
}

#[test]
fn when_the_old_one_fails_the_endpoint_may_refuse_to_go_on() {
    let mut renewed = Renewed::begin(options());
    renewed.client.plan.borrow_mut().can_recreate = false;
    renewed.client.fail_once(ErrorKind::ConnectionReset);
    let old = renewed.tokens()[0];
    renewed.turn(&[old]);
    assert_eq!(renewed.world.service.state(renewed.handle), None);
    assert_eq!(renewed.tokens(), []);
    assert_eq!(
        renewed.world.drain_events(),
        [
            "disconnected: connection reset",
            "gave up 10.0.0.1:4001: connection reset"
        ]
    );
}

#[test]
fn the_endpoint_says_when_the_new_one_is_ready() {
    let mut renewed = Renewed::begin(options());
    renewed.client.plan.borrow_mut().can_switch = false;
    renewed.cells(1).phase.set(Phase::Established);
    for _ in 0..3 {
        let mut told = renewed.turn_all();
        told.sort();
        assert_eq!(told, ["poll 0", "replacement 1"]);
    }
    renewed.client.plan.borrow_mut().can_switch = true;
    let new = renewed.tokens()[1];
    assert_eq!(renewed.turn(&[new]), ["replacement 1", "switched 0 1"]);
}

#[test]
fn a_new_one_that_is_never_ready_has_failed() {
    let mut renewed = Renewed::begin(options());
    renewed.client.plan.borrow_mut().can_switch = false;
    renewed.cells(1).phase.set(Phase::Established);
    renewed.turn_all();
    renewed.world.advance(Duration::from_secs(5));
    assert_eq!(
        renewed.world.drain_events()[0],
        "failed 10.0.0.1:4001: timed out: protocol handshake"
    );
    assert_eq!(
        renewed.world.service.state(renewed.handle),
        Some(State::Active)
    );
}

#[test]
fn a_new_one_that_is_not_wanted_yet_is_wanted_when_the_old_one_fails() {
    let mut renewed = Renewed::begin(options());
    renewed.client.plan.borrow_mut().can_switch = false;
    renewed.cells(1).phase.set(Phase::Established);
    renewed.turn_all();
    let old = renewed.tokens()[0];
    renewed.client.fail_once(ErrorKind::ConnectionReset);
    renewed.turn(&[old]);
    assert_eq!(
        renewed.world.drain_events(),
        ["disconnected: connection reset", "connected 10.0.0.1:4001"]
    );
}

#[test]
fn an_endpoint_that_declines_is_asked_again_soon() {
    let mut renewed = Renewed::new(options());
    renewed.client.plan.borrow_mut().can_auto_disconnect = false;
    renewed.world.advance(DAY);
    assert_eq!(renewed.stacks.borrow().len(), 1);
    renewed.client.plan.borrow_mut().can_auto_disconnect = true;
    renewed.world.advance(Duration::from_millis(100));
    assert_eq!(renewed.stacks.borrow().len(), 2);
}

#[test]
fn the_old_one_is_told_the_time_to_its_end() {
    let mut renewed = Renewed::begin(options());
    let old = renewed.cells(0).timeout;
    let due_ns = renewed.world.clock.now_ns() + 1000;
    old.due_ns.set(Some(due_ns));
    renewed.turn_all();
    renewed.world.advance(Duration::from_nanos(1000));
    assert_eq!(old.take_told(), [due_ns]);
    renewed.cells(1).phase.set(Phase::Established);
    let due_ns = renewed.world.clock.now_ns() + 1000;
    old.due_ns.set(Some(due_ns));
    renewed.turn_all();
    renewed.world.advance(Duration::from_nanos(1000));
    assert_eq!(old.take_told(), [due_ns]);
}

#[test]
fn dispatch_reaches_the_connection_that_stands() {
    let mut renewed = Renewed::begin(options());
    let reached = |renewed: &mut Renewed| {
        let phase = renewed
            .world
            .service
            .dispatch(renewed.handle, |stack, _| Rc::clone(&stack.phase));
        let phase = phase.unwrap();
        let stacks = renewed.stacks.borrow();
        stacks
            .iter()
            .position(|cells| Rc::ptr_eq(&cells.phase, &phase))
    };
    renewed.turn_all();
    assert_eq!(reached(&mut renewed), Some(0));
    renewed.cells(1).phase.set(Phase::Established);
    renewed.turn_all();
    assert_eq!(reached(&mut renewed), Some(1));
}

#[test]
fn what_is_dispatched_to_the_old_one_is_seen_to() {
    let mut renewed = Renewed::begin(options());
    renewed.log.borrow_mut().clear();
    renewed
        .world
        .service
        .dispatch(renewed.handle, |stack, _| stack.has_buffered.set(true));
    assert_eq!(renewed.turn(&[]), ["poll 0"]);
}

#[test]
fn pausing_ends_both() {
    let mut renewed = Renewed::begin(options());
    assert!(renewed.world.service.pause(renewed.handle));
    assert_eq!(renewed.tokens(), []);
    assert_eq!(
        renewed.world.service.state(renewed.handle),
        Some(State::Paused)
    );
    assert_eq!(renewed.world.drain_events(), ["disconnected: paused"]);
    renewed.world.service.wait(DAY).unwrap();
    assert_eq!(renewed.world.reports.last_timeout(), DAY);
    assert!(renewed.world.service.resume(renewed.handle));
    renewed.world.settle();
    assert_eq!(renewed.tokens().len(), 1);
}

#[test]
fn a_graceful_end_is_that_of_the_connection_that_stands() {
    let mut renewed = Renewed::begin(options());
    renewed
        .world
        .service
        .deregister_gracefully(renewed.handle, TIMEOUT);
    assert_eq!(renewed.tokens().len(), 1, "the replacement is given up");
    assert_eq!(
        renewed.world.service.state(renewed.handle),
        Some(State::Closing)
    );
    renewed.cells(0).is_closed.set(true);
    renewed.turn_all();
    assert_eq!(
        renewed.world.drain_events(),
        ["deregistered 10.0.0.1:4001: cleanly"]
    );
    assert!(renewed.world.service.is_empty());
}

#[test]
fn a_connection_is_renewed_on_demand() {
    let mut renewed = Renewed::new(EndpointOptions::default());
    let handle = renewed.handle;
    assert!(renewed.world.service.renew(handle));
    assert!(!renewed.world.service.renew(handle), "it is under way");
    renewed.world.settle();
    renewed.cells(1).phase.set(Phase::Established);
    renewed.turn_all();
    assert!(!renewed.world.service.renew(handle), "the old one is there");
    renewed.world.advance(Duration::from_secs(5));
    assert_eq!(
        renewed.world.drain_events(),
        ["switched to 10.0.0.1:4001", "retired, cut off"]
    );
    assert!(renewed.world.service.renew(handle));
    renewed.world.service.deregister(handle);
    assert!(!renewed.world.service.renew(handle));
}

#[test]
fn a_short_life_waits_for_the_end_of_the_one_before() {
    let second = Duration::from_secs(1);
    let options = EndpointOptions::default()
        .with_auto_disconnect(second)
        .with_overlap(Duration::from_secs(10));
    let mut renewed = Renewed::new(options);
    renewed.world.advance(second);
    renewed.turn_all();
    renewed.cells(1).phase.set(Phase::Established);
    renewed.turn_all();
    for _ in 0..5 {
        renewed.world.advance(second);
    }
    assert_eq!(renewed.stacks.borrow().len(), 2);
    renewed.cells(0).is_closed.set(true);
    renewed.turn_all();
    renewed.world.advance(Duration::from_millis(100));
    assert_eq!(renewed.stacks.borrow().len(), 3);
}

#[test]
fn the_state_and_its_time_are_those_of_what_stands() {
    let mut renewed = Renewed::begin(options());
    renewed.world.advance(Duration::from_secs(1));
    let stats = |renewed: &Renewed| {
        let stats = renewed.world.service.endpoint_stats(renewed.handle);
        let stats = stats.unwrap();
        (stats.state, stats.in_state)
    };
    assert_eq!(
        stats(&renewed),
        (State::Active, DAY + Duration::from_secs(1))
    );
    renewed.turn_all();
    assert_eq!(renewed.world.service.stats().active, 1);
    renewed.cells(1).phase.set(Phase::Established);
    renewed.turn_all();
    assert_eq!(stats(&renewed), (State::Active, Duration::ZERO));
}

#[test]
fn failures_of_long_ago_do_not_delay_a_replacement() {
    let mut renewed = Renewed::new(options());
    // Connections that do not last.
    for _ in 0..8 {
        renewed.client.fail_once(ErrorKind::ConnectionReset);
        renewed.turn_all();
        while renewed.tokens().is_empty() {
            renewed.world.advance(Duration::from_millis(1));
        }
        let last = renewed.stacks.borrow().len() - 1;
        renewed.cells(last).phase.set(Phase::Established);
        renewed.world.poll_until(renewed.handle, State::Active);
    }
    let events = renewed.world.drain_events();
    assert!(events.contains(&"retry later".to_owned()), "{events:?}");
    renewed.client.refuse(ErrorKind::ConnectionRefused);
    renewed.world.advance(DAY);
    renewed.turn_all();
    assert_eq!(
        renewed.world.drain_events()[..2],
        [
            "failed 10.0.0.1:4001: not connected: connection refused",
            "retry at once"
        ]
    );
}
