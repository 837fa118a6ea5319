//! Whatever happens in whatever order, nothing is left behind and every endpoint is back when the trouble is over.

use std::cell::Cell;
use std::collections::HashSet;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use boom_service::{EndpointOptions, Handle, State};
use boom_stream::Phase;
use boom_testkit::stream::ScriptedStream;

use crate::world::{Client, Overlap, Stack, World};

/// SplitMix64, shared by all that decide something.
#[derive(Clone)]
struct Dice(Rc<Cell<u64>>);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(Rc::new(Cell::new(seed)))
    }

    /// A number below `bound`.
    fn below(&self, bound: u64) -> u64 {
        self.0.set(self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15));
        let mut mixed = self.0.get();
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn one_in(&self, number: u64) -> bool {
        self.below(number) == 0
    }
}

/// Endpoints over three addresses, whose connections fail in every way until there is peace.
fn register(world: &mut World, dice: &Dice, is_peace: &Rc<Cell<bool>>) -> Handle {
    let client = Client::new("exchange", 443);
    let options = EndpointOptions::default()
        .with_auto_disconnect(Duration::from_secs(1 + dice.below(20)))
        .with_idle_timeout(Duration::from_secs(1 + dice.below(20)))
        .with_head_start(Some(Duration::from_millis(dice.below(500))));
    let options = match dice.one_in(4) {
        true => options,
        false => options.with_overlap(Duration::from_secs(dice.below(10))),
    };
    let (open_dice, open_peace) = (dice.clone(), Rc::clone(is_peace));
    client.on_open(move |_| open(&open_dice, open_peace.get()));
    let (poll_dice, poll_peace) = (dice.clone(), Rc::clone(is_peace));
    client.on_poll(move |stack| poll(stack, &poll_dice, poll_peace.get()));
    let (dice, is_peace) = (dice.clone(), Rc::clone(is_peace));
    client.on_overlap(move |overlap| match overlap {
        Overlap::Replacement(stack) | Overlap::Retired(stack) => poll(stack, &dice, is_peace.get()),
        Overlap::Switched { old, new } => {
            assert_eq!(new.phase.get(), Phase::Established);
            assert!(!Rc::ptr_eq(&old.phase, &new.phase));
            Ok(())
        }
    });
    world.register_with(client, options).0
}

fn open(dice: &Dice, is_peace: bool) -> io::Result<Option<Stack>> {
    if is_peace {
        return Ok(Some(Stack::default()));
    }
    let stream = ScriptedStream::new();
    let stream = match dice.below(8) {
        0 => return Err(ErrorKind::AddrNotAvailable.into()),
        1 => return Ok(None),
        2 => stream.connecting(usize::MAX),
        3 => stream.connect_error(ErrorKind::ConnectionRefused),
        _ => stream.connecting(dice.below(4) as usize),
    };
    let stack = Stack::new(stream);
    stack.phase.set(match dice.below(3) {
        0 => Phase::TlsHandshake,
        1 => Phase::ProtocolHandshake,
        _ => Phase::Established,
    });
    stack.is_closed.set(dice.one_in(2));
    Ok(Some(stack))
}

fn poll(stack: &Stack, dice: &Dice, is_peace: bool) -> io::Result<()> {
    if is_peace {
        stack.phase.set(Phase::Established);
        stack.is_closed.set(true);
        stack.has_buffered.set(false);
        return Ok(());
    }
    match dice.below(16) {
        0 => return Err(ErrorKind::ConnectionReset.into()),
        1 => stack.is_closed.set(true),
        2 => stack.has_buffered.set(true),
        3 => stack.has_buffered.set(false),
        4..10 if stack.phase.get() < Phase::Established => {
            stack.phase.set(match stack.phase.get() {
                Phase::TlsHandshake => Phase::ProtocolHandshake,
                _ => Phase::Established,
            });
        }
        _ => {}
    }
    Ok(())
}

/// Something that happens.
fn step(world: &mut World, handles: &mut [Handle], dice: &Dice, is_peace: &Rc<Cell<bool>>) {
    let handle = handles[dice.below(handles.len() as u64) as usize];
    match dice.below(40) {
        0 => drop(world.service.pause(handle)),
        1 => drop(world.service.renew(handle)),
        2 => drop(
            world
                .service
                .deregister_gracefully(handle, Duration::from_secs(2)),
        ),
        3 => drop(world.service.deregister(handle)),
        4 => drop(
            world
                .service
                .dispatch(handle, |stack, _| stack.has_buffered.set(true)),
        ),
        5..10 => drop(world.service.resume(handle)),
        10..20 => world.clock.advance(Duration::from_millis(dice.below(2000))),
        _ => {
            for token in world.reports.registered() {
                if dice.one_in(2) {
                    world.reports.ready(token);
                }
            }
        }
    }
    for handle in handles.iter_mut() {
        if world.service.state(*handle).is_none() {
            *handle = register(world, dice, is_peace);
        }
    }
    world.service.poll().unwrap();
}

/// Each connection is watched once, at a place of its own.
fn assert_distinct(world: &World) {
    let tokens = world.reports.registered();
    let places: HashSet<_> = tokens.iter().map(|token| token.index).collect();
    assert_eq!(places.len(), tokens.len());
}

fn run(seed: u64) {
    let dice = Dice::new(seed);
    let is_peace = Rc::new(Cell::new(false));
    let mut world = World::new();
    let addresses = [1, 2, 3].map(|host| SocketAddr::from(([10, 0, 0, host], 443)));
    world.names.set("exchange", &addresses);
    let mut handles: Vec<_> = (0..4)
        .map(|_| register(&mut world, &dice, &is_peace))
        .collect();
    for _ in 0..400 {
        step(&mut world, &mut handles, &dice, &is_peace);
        assert_distinct(&world);
        world.drain_events();
    }

    is_peace.set(true);
    for handle in &handles {
        world.service.resume(*handle);
    }
    let mut has_been_active = HashSet::new();
    for _ in 0..600 {
        world.clock.advance(Duration::from_millis(100));
        world.reports.all_ready();
        world.service.poll().unwrap();
        for handle in &handles {
            if world.service.state(*handle) == Some(State::Active) {
                has_been_active.insert(*handle);
            }
        }
    }
    // Those that were about to go are gone by now.
    handles.retain(|handle| world.service.state(*handle).is_some());
    for handle in &handles {
        assert!(has_been_active.contains(handle), "{:?}", world.service);
    }
    for handle in handles {
        assert!(world.service.deregister(handle).is_some());
    }
    assert_eq!(world.reports.registered(), []);
    let hour = Duration::from_secs(3600);
    world.service.poll().unwrap();
    world.service.wait(hour).unwrap();
    assert_eq!(world.reports.last_timeout(), hour, "nothing is left to do");
    // No more places than endpoints and their connections ever were there at a time.
    let places = (0..32)
        .map(|port| world.register(port).0)
        .collect::<Vec<_>>();
    world.settle();
    let tokens = world.reports.registered();
    assert_eq!(tokens.len(), places.len());
    assert!(tokens.iter().all(|token| token.index < 32), "{tokens:?}");
}

#[test]
fn nothing_is_left_behind_and_all_are_back() {
    for seed in 0..300 {
        let result = std::panic::catch_unwind(|| run(seed));
        assert!(result.is_ok(), "seed {seed}");
    }
}
