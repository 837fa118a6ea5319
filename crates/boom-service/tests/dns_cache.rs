//! `CachingResolver` in a time of the test's making.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::cell::RefCell;
use std::collections::HashMap;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use boom_service::dns::{CachingResolver, DnsQuery, DnsResolver, ThreadResolver};
use boom_testkit::clock::ManualClock;

/// What a name server knows: nothing is silence.
#[derive(Clone, Default)]
struct Names(Rc<RefCell<State>>);

#[derive(Default)]
struct State {
    answers: HashMap<String, (Result<u8, ErrorKind>, Option<u64>)>,
    asked: Vec<String>,
}

impl Names {
    /// The address ends with `last`.
    fn set(&self, host: &str, last: u8, ttl: Option<u64>) {
        let mut state = self.0.borrow_mut();
        state.answers.insert(host.to_owned(), (Ok(last), ttl));
    }

    fn fail(&self, host: &str, kind: ErrorKind, ttl: Option<u64>) {
        let mut state = self.0.borrow_mut();
        state.answers.insert(host.to_owned(), (Err(kind), ttl));
    }

    /// The hosts asked for since the last call.
    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.0.borrow_mut().asked)
    }
}

struct Query(Names, String, u16);

impl DnsResolver for Names {
    type Query = Query;

    fn resolve(&mut self, host: &str, port: u16) -> Query {
        self.0.borrow_mut().asked.push(host.to_owned());
        Query(self.clone(), host.to_owned(), port)
    }
}

impl DnsQuery for Query {
    fn poll(&mut self) -> Option<io::Result<Vec<SocketAddr>>> {
        let state = self.0.0.borrow();
        let (answer, _) = state.answers.get(&self.1)?;
        let address = |last| vec![([10, 0, 0, last], self.2).into()];
        Some(answer.map(address).map_err(Into::into))
    }

    fn ttl(&self) -> Option<Duration> {
        let state = self.0.0.borrow();
        state.answers.get(&self.1)?.1.map(Duration::from_secs)
    }
}

struct World {
    names: Names,
    clock: ManualClock,
    resolver: CachingResolver<Names, ManualClock>,
}

type Resolver = CachingResolver<Names, ManualClock>;

impl World {
    fn new(set: impl FnOnce(Resolver) -> Resolver) -> Self {
        let (names, clock) = (Names::default(), ManualClock::new());
        let resolver = CachingResolver::new(names.clone()).with_clock(clock.clone());
        Self {
            names,
            clock,
            resolver: set(resolver),
        }
    }

    /// The last byte of the only address, if the answer is there.
    fn look(&mut self, host: &str) -> Option<Result<u8, ErrorKind>> {
        last(&mut self.resolver.resolve(host, 443))
    }

    /// How many seconds it is until somebody else is asked.
    fn kept(&mut self, host: &str) -> u64 {
        self.look(host).unwrap().unwrap_or_default();
        self.names.asked();
        for seconds in 0..10_000 {
            self.look(host).unwrap().unwrap_or_default();
            if self.names.asked() == [host] {
                return seconds;
            }
            self.clock.advance(Duration::from_secs(1));
        }
        u64::MAX
    }
}

fn last(query: &mut impl DnsQuery) -> Option<Result<u8, ErrorKind>> {
    let answer = query.poll()?.map_err(|error| error.kind());
    Some(answer.map(|addresses| match addresses[..] {
        [SocketAddr::V4(address)] => address.ip().octets()[3],
        _ => panic!("{addresses:?}"),
    }))
}

#[test]
fn an_answer_is_kept_as_long_as_it_holds_within_the_bounds() {
    let mut world = World::new(|resolver| resolver);
    for (ttl, kept) in [
        (None, 30),
        (Some(60), 60),
        (Some(0), 1),
        (Some(86400), 3600),
    ] {
        let host = format!("{ttl:?}");
        world.names.set(&host, 1, ttl);
        assert_eq!(world.kept(&host), kept, "{host}");
    }
    let (min, max) = (Duration::from_secs(7), Duration::from_secs(9));
    let mut world = World::new(|resolver| {
        resolver
            .with_ttl_bounds(min, max)
            .with_default_ttl(Duration::from_secs(8))
    });
    for (ttl, kept) in [(None, 8), (Some(1), 7), (Some(60), 9)] {
        let host = format!("{ttl:?}");
        world.names.set(&host, 1, ttl);
        assert_eq!(world.kept(&host), kept, "{host}");
    }
}

#[test]
fn an_error_is_kept_for_a_short_time() {
    let mut world = World::new(|resolver| resolver);
    for (ttl, kept) in [(None, 5), (Some(3), 3), (Some(86400), 5)] {
        let host = format!("{ttl:?}");
        world.names.fail(&host, ErrorKind::NotFound, ttl);
        assert_eq!(world.kept(&host), kept, "{host}");
    }
    let mut world = World::new(|resolver| resolver.with_negative_ttl(Duration::ZERO));
    world.names.fail("a", ErrorKind::NotFound, None);
    assert_eq!(world.kept("a"), 0);
}

#[test]
fn an_answer_tells_what_is_left_of_its_life() {
    let mut world = World::new(|resolver| resolver);
    world.names.set("a", 1, Some(60));
    let mut query = world.resolver.resolve("a", 443);
    assert_eq!(
        (last(&mut query), query.ttl()),
        (Some(Ok(1)), Some(Duration::from_secs(60)))
    );
    world.clock.advance(Duration::from_secs(20));
    let mut query = world.resolver.resolve("a", 443);
    assert_eq!(
        (last(&mut query), query.ttl()),
        (Some(Ok(1)), Some(Duration::from_secs(40)))
    );
}

#[test]
fn a_thousand_who_ask_at_once_are_one_lookup() {
    let mut world = World::new(|resolver| resolver);
    let mut queries: Vec<_> = (0..1000)
        .map(|number| {
            let host = if number % 2 == 0 {
                "exchange"
            } else {
                "Exchange"
            };
            world.resolver.resolve(host, 443)
        })
        .collect();
    assert!(queries.iter_mut().all(|query| query.poll().is_none()));
    world.names.set("exchange", 7, None);
    for query in &mut queries {
        assert_eq!(last(query), Some(Ok(7)));
    }
    assert_eq!(world.names.asked(), ["exchange"]);
}

#[test]
fn a_thousand_get_the_same_error() {
    let mut world = World::new(|resolver| resolver);
    let mut queries: Vec<_> = (0..1000)
        .map(|_| world.resolver.resolve("exchange", 443))
        .collect();
    world.names.fail("exchange", ErrorKind::TimedOut, None);
    for query in &mut queries {
        assert_eq!(last(query), Some(Err(ErrorKind::TimedOut)));
    }
    assert_eq!(world.names.asked(), ["exchange"]);
}

#[test]
fn ports_are_names_of_their_own() {
    let mut world = World::new(|resolver| resolver);
    world.names.set("a", 1, None);
    for port in [1, 2, 1, 2] {
        let address = SocketAddr::from(([10, 0, 0, 1], port));
        let answer = world.resolver.resolve("a", port).poll().unwrap();
        assert_eq!(answer.unwrap(), [address]);
    }
    assert_eq!(world.names.asked(), ["a", "a"]);
}

#[test]
fn numeric_addresses_are_not_looked_up() {
    let mut world = World::new(|resolver| resolver);
    assert_eq!(world.look("10.0.0.7"), Some(Ok(7)));
    assert_eq!(world.names.asked(), [""; 0]);
}

#[test]
fn an_answer_that_nobody_waited_for_is_kept() {
    let mut world = World::new(|resolver| resolver);
    assert_eq!(world.look("a"), None);
    world.clock.advance(Duration::from_secs(10));
    world.names.set("a", 1, Some(60));
    assert_eq!(world.look("a"), Some(Ok(1)));
    assert_eq!(world.names.asked(), ["a"]);
    // It counts from when it was last seen to be missing.
    assert_eq!(world.kept("a"), 50);
}

#[test]
fn an_answer_that_nobody_waited_for_is_seen_when_others_ask() {
    let mut world = World::new(|resolver| resolver);
    world.names.set("b", 2, Some(1));
    assert_eq!(world.look("a"), None);
    for _ in 0..100 {
        world.clock.advance(Duration::from_secs(1));
        assert_eq!(world.look("b"), Some(Ok(2)));
    }
    world.names.set("a", 1, Some(60));
    assert_eq!(world.look("a"), Some(Ok(1)));
    let asked = world.names.asked();
    assert_eq!(asked.iter().filter(|host| *host == "a").count(), 1);
    assert_eq!(world.kept("a"), 60);
}

#[test]
fn an_answer_that_came_too_long_ago_is_asked_for_anew() {
    let mut world = World::new(|resolver| resolver);
    assert_eq!(world.look("a"), None);
    world.names.set("a", 1, Some(60));
    world.clock.advance(Duration::from_secs(60));
    assert_eq!(world.look("a"), Some(Ok(1)));
    assert_eq!(world.names.asked(), ["a", "a"]);
}

#[test]
fn so_are_those_of_many_names_that_nobody_waited_for() {
    let mut world = World::new(|resolver| resolver);
    let names: Vec<String> = (0..100).map(|number| format!("h{number}")).collect();
    for name in &names {
        assert_eq!(world.look(name), None);
        world.names.set(name, 1, Some(5));
    }
    world.names.asked();
    world.clock.advance(Duration::from_secs(24 * 3600));
    for name in names.iter().rev() {
        world.names.set(name, 2, Some(5));
        assert_eq!(world.look(name), Some(Ok(2)));
        assert_eq!(world.names.asked(), [name.as_str()]);
    }
}

#[test]
fn without_a_word_an_error_is_an_error_though_there_was_an_answer() {
    let mut world = World::new(|resolver| resolver);
    world.names.set("a", 1, Some(60));
    assert_eq!(world.look("a"), Some(Ok(1)));
    world.clock.advance(Duration::from_secs(60));
    world.names.fail("a", ErrorKind::TimedOut, None);
    assert_eq!(world.look("a"), Some(Err(ErrorKind::TimedOut)));
}

#[test]
fn the_last_good_answer_stands_in_for_errors() {
    let mut world = World::new(|resolver| resolver.with_stale_if_error(Duration::from_secs(20)));
    world.names.set("a", 1, Some(60));
    assert_eq!(world.look("a"), Some(Ok(1)));
    world.clock.advance(Duration::from_secs(60));
    world.names.fail("a", ErrorKind::TimedOut, None);
    world.names.asked();
    // Each failure stands for five seconds.
    let mut asked = Vec::new();
    for second in 0..30 {
        let expected = if second < 20 {
            Ok(1)
        } else {
            Err(ErrorKind::TimedOut)
        };
        assert_eq!(world.look("a"), Some(expected), "{second}");
        if !world.names.asked().is_empty() {
            asked.push(second);
        }
        world.clock.advance(Duration::from_secs(1));
    }
    assert_eq!(asked, [0, 5, 10, 15, 20, 25]);
    world.names.set("a", 2, Some(60));
    assert_eq!(world.look("a"), Some(Ok(2)));
}

#[test]
fn what_is_out_of_date_soonest_makes_room() {
    let mut world = World::new(|resolver| resolver.with_capacity(3));
    for (host, ttl) in [("long", 60), ("short", 10), ("middle", 30), ("new", 20)] {
        world.names.set(host, 1, Some(ttl));
        assert_eq!(world.look(host), Some(Ok(1)));
    }
    world.names.asked();
    for host in ["long", "middle", "new"] {
        assert_eq!(world.look(host), Some(Ok(1)));
    }
    assert_eq!(world.names.asked(), [""; 0]);
    assert_eq!(world.look("short"), Some(Ok(1)));
    assert_eq!(world.names.asked(), ["short"]);
}

#[test]
fn what_is_being_looked_up_makes_room_last() {
    let mut world = World::new(|resolver| resolver.with_capacity(2));
    assert_eq!(world.look("slow"), None);
    for host in ["a", "b", "c"] {
        world.names.set(host, 1, None);
        assert_eq!(world.look(host), Some(Ok(1)));
    }
    assert_eq!(world.look("slow"), None);
    assert_eq!(world.names.asked(), ["slow", "a", "b", "c"]);
}

#[test]
fn those_who_wait_get_their_answer_however_many_names_there_are() {
    let mut world = World::new(|resolver| resolver.with_capacity(2));
    let mut queries: Vec<_> = (0..100)
        .map(|number| world.resolver.resolve(&number.to_string(), 443))
        .collect();
    for number in 0..100 {
        world.names.set(&number.to_string(), number, None);
    }
    for (number, query) in queries.iter_mut().enumerate() {
        assert_eq!(last(query), Some(Ok(number as u8)));
    }
    assert!(format!("{:?}", CachingResolver::new(ThreadResolver::default())).contains("names: 0"));
}

#[test]
fn a_service_on_another_thread_may_have_one() {
    const fn is_send<T: Send>() {}
    is_send::<CachingResolver<ThreadResolver>>();
    is_send::<<CachingResolver<ThreadResolver> as DnsResolver>::Query>();
}
