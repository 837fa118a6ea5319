//! Names that resolve, do not, or never.

use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use boom_service::dns::{
    BlockingResolver, CachingResolver, DnsQuery, DnsResolver, HostsFile, ThreadResolver,
};
use boom_service::{EndpointOptions, Error, State};

use crate::world::{Client, World};

#[test]
fn a_name_that_does_not_exist_is_backed_off_and_asked_again() {
    let mut world = World::new();
    world.names.fail("nowhere", ErrorKind::NotFound);
    let (handle, client) =
        world.register_with(Client::new("nowhere", 443), EndpointOptions::default());
    world.settle();
    assert_eq!(world.service.state(handle), Some(State::Backoff));
    let failed = "failed: not resolved: entity not found";
    assert_eq!(
        world.drain_events(),
        [failed, "retry at once", failed, "retry later"]
    );
    assert_eq!(client.opened(), []);
    world
        .names
        .set("nowhere", &["10.0.0.1:443".parse().unwrap()]);
    world.advance(Duration::from_secs(1));
    world.poll_until(handle, State::Active);
}

#[test]
fn a_name_without_addresses_is_a_failure() {
    let mut world = World::new();
    world.names.set("empty", &[]);
    let (_, client) = world.register_with(Client::new("empty", 443), EndpointOptions::default());
    world.service.poll().unwrap();
    assert_eq!(
        world.drain_events()[0],
        "failed: not resolved: the host name has no address"
    );
    assert_eq!(client.opened(), []);
}

#[test]
fn a_silent_name_does_not_hold_up_the_others() {
    let mut world = World::new();
    for _ in 0..100 {
        world.register_with(Client::new("silent", 443), EndpointOptions::default());
    }
    world.names.set("quick", &["10.0.0.1:443".parse().unwrap()]);
    let (handle, _) = world.register_with(Client::new("quick", 443), EndpointOptions::default());
    world.poll_until(handle, State::Active);
    assert_eq!(world.service.stats().resolving, 100);
    world
        .names
        .set("silent", &["10.0.0.2:443".parse().unwrap()]);
    for _ in 0..100 {
        world.reports.all_ready();
        world.service.poll().unwrap();
    }
    assert_eq!(world.service.stats().active, 101);
}

#[test]
fn only_the_first_sixteen_addresses_are_tried() {
    let mut world = World::new();
    let addresses: Vec<_> = (0..100)
        .map(|last| ([10, 0, 0, last], 443).into())
        .collect();
    world.names.set("many", &addresses);
    let (_, client) = world.register_with(Client::new("many", 443), EndpointOptions::default());
    client.on_open(|_| Err(ErrorKind::ConnectionRefused.into()));
    while client.opened().len() < 17 {
        world.service.poll().unwrap();
    }
    assert_eq!(client.opened()[..16], addresses[..16]);
    assert_eq!(client.opened()[16], addresses[0]);
}

#[test]
fn an_idle_endpoint_does_not_connect_by_an_old_answer() {
    let mut world = World::new();
    let (old, new) = (
        "10.0.0.1:443".parse().unwrap(),
        "10.0.0.2:443".parse().unwrap(),
    );
    world.names.set("exchange", &[old]);
    let client = Client::new("exchange", 443);
    client.on_open(|_| Ok(None));
    let (handle, client) = world.register_with(client, EndpointOptions::default());
    for _ in 0..=300 {
        world.advance(Duration::from_millis(100));
    }
    assert_eq!(world.names.asked().len(), 1, "in the first thirty seconds");
    world.names.set("exchange", &[new]);
    client.on_open(|_| Ok(Some(<_>::default())));
    world.advance(Duration::from_millis(100));
    world.poll_until(handle, State::Active);
    assert_eq!(client.opened().last(), Some(&new));
    assert_eq!(world.names.asked().len(), 2);
}

#[test]
fn waiting_does_not_sleep_on_answers_that_are_there() {
    let mut world = World::new();
    for port in 0..100 {
        world.register_with(Client::new("later", port), EndpointOptions::default());
    }
    world.settle();
    assert_eq!(world.service.stats().resolving, 100);
    world.names.set("later", &["10.0.0.1:1".parse().unwrap()]);
    let mut slept = Duration::ZERO;
    while world.service.stats().resolving > 0 {
        world.service.wait(Duration::from_secs(1)).unwrap();
        slept += world.reports.last_timeout();
    }
    // Before the first look at them.
    assert_eq!(slept, Duration::from_millis(1));
}

#[test]
fn a_turn_looks_at_some_names_and_comes_to_all_of_them() {
    let mut world = World::new();
    for port in 0..100 {
        world.register_with(Client::new("silent", port), EndpointOptions::default());
    }
    let (handle, _) = world.register_with(Client::new("later", 443), EndpointOptions::default());
    world.settle();
    world.names.set("later", &["10.0.0.1:1".parse().unwrap()]);
    let mut turns = 0;
    while world.service.state(handle) == Some(State::Resolving) {
        let looks = world.names.looks();
        world.service.poll().unwrap();
        assert!(world.names.looks() - looks <= 16, "the cost grows");
        turns += 1;
    }
    assert_eq!(world.service.state(handle), Some(State::Connecting));
    assert!(turns <= 7, "{turns} turns for 101 names");
    // And the others, which have no answer when all are looked at, do not keep the program from sleeping.
    world.service.wait(Duration::from_secs(1)).unwrap();
    world.service.wait(Duration::from_secs(1)).unwrap();
    assert_eq!(world.reports.last_timeout(), Duration::from_millis(1));
}

/// Polls until the answer is there.
fn answer(query: &mut impl DnsQuery) -> io::Result<Vec<std::net::SocketAddr>> {
    loop {
        if let Some(answer) = query.poll() {
            return answer;
        }
        std::thread::yield_now();
    }
}

#[test]
fn numeric_addresses_need_no_thread() {
    let mut resolver = ThreadResolver::with_lookup(|_, _| panic!("not to be asked"));
    for (host, address) in [("10.1.2.3", "10.1.2.3:80"), ("fd00::1", "[fd00::1]:80")] {
        assert_eq!(
            resolver.resolve(host, 80).poll().unwrap().unwrap(),
            [address.parse().unwrap()]
        );
    }
}

#[test]
fn a_name_in_the_hosts_file_needs_no_thread() {
    let folder = std::env::temp_dir().join(format!("boomnet-resolving-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("hosts");
    std::fs::write(&path, "10.0.0.1 exchange\nfd00::1 exchange\n").unwrap();
    let mut resolver =
        ThreadResolver::with_lookup(|_, port| Ok(vec![([10, 0, 0, 9], port).into()]))
            .with_hosts_file(Some(HostsFile::new(&path)));
    let mut query = resolver.resolve("Exchange", 80);
    assert_eq!(
        query.poll().unwrap().unwrap(),
        [
            "10.0.0.1:80".parse().unwrap(),
            "[fd00::1]:80".parse().unwrap()
        ]
    );
    assert_eq!(query.ttl(), Some(Duration::from_secs(1)));
    assert_eq!(
        answer(&mut resolver.resolve("other", 80)).unwrap(),
        ["10.0.0.9:80".parse().unwrap()]
    );
    std::fs::remove_dir_all(folder).unwrap();
}

/// The name of the calling thread, and the cores that it may run on.
#[cfg(target_os = "linux")]
fn thread_and_cores() -> (String, String) {
    let status = std::fs::read_to_string("/proc/thread-self/status").unwrap();
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap().trim().to_owned()
    };
    (field("Name:"), field("Cpus_allowed_list:"))
}

#[cfg(target_os = "linux")]
#[test]
fn the_threads_stay_on_their_cores() {
    let here = thread_and_cores().1;
    let last: usize = here.rsplit(['-', ',']).next().unwrap().parse().unwrap();
    let (report, reported) = mpsc::channel();
    let mut resolver = ThreadResolver::with_lookup(move |_, port| {
        report.send(thread_and_cores()).unwrap();
        Ok(vec![([10, 0, 0, 1], port).into()])
    })
    .with_cpus(&[last])
    .unwrap();
    answer(&mut resolver.resolve("exchange", 1)).unwrap();
    assert_eq!(
        reported.recv().unwrap(),
        ("boomnet-dns".to_owned(), last.to_string())
    );
    assert_eq!(thread_and_cores().1, here);
}

#[cfg(target_os = "linux")]
#[test]
fn cores_that_are_not_there_are_an_error() {
    for cpus in [&[1023][..], &[usize::MAX], &[]] {
        let error = ThreadResolver::default().with_cpus(cpus).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }
}

#[test]
fn the_threads_end_with_the_resolver_which_does_not_wait_for_them() {
    let (report, reported) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let parts = std::sync::Mutex::new((report, released));
    let mut resolver = ThreadResolver::with_lookup(move |_, _| {
        let parts = parts.lock().unwrap();
        parts.0.send(()).unwrap();
        let _ = parts.1.recv();
        Ok(Vec::new())
    });
    let mut query = resolver.resolve("slow", 1);
    reported.recv().unwrap();
    // Its thread is in a lookup.
    drop(resolver);
    assert!(query.poll().is_none());
    release.send(()).unwrap();
    assert_eq!(answer(&mut query).unwrap(), []);
    // The thread was the last to hold what the lookup holds.
    assert_eq!(reported.recv(), Err(mpsc::RecvError));
}

#[test]
fn a_name_that_takes_longer_than_the_timeout_is_known_the_next_time() {
    let lookups = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&lookups);
    let (report, reported) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let parts = std::sync::Mutex::new((report, released));
    let threads = ThreadResolver::with_lookup(move |_, port| {
        counter.fetch_add(1, Ordering::SeqCst);
        let parts = parts.lock().unwrap();
        parts.0.send(()).unwrap();
        let _ = parts.1.recv();
        Ok(vec![([10, 0, 0, 1], port).into()])
    });
    let mut resolver = CachingResolver::new(threads);
    let mut query = resolver.resolve("slow", 1);
    reported.recv().unwrap();
    assert!(query.poll().is_none());
    // The service gives up.
    drop(query);
    release.send(()).unwrap();
    let found = answer(&mut resolver.resolve("slow", 1)).unwrap();
    assert_eq!(found, [([10, 0, 0, 1], 1).into()]);
    assert!(resolver.resolve("slow", 1).poll().is_some());
    assert_eq!(lookups.load(Ordering::SeqCst), 1);
}

#[test]
fn errors_and_panics_of_a_lookup_are_answers_and_the_threads_go_on() {
    let mut resolver = ThreadResolver::with_lookup(|host, port| match host {
        "good" => Ok(vec![([10, 0, 0, 1], port).into()]),
        "bad" => Err(ErrorKind::NotFound.into()),
        _ => panic!("a lookup that panics"),
    })
    .with_threads(1);
    for _ in 0..3 {
        assert_eq!(
            answer(&mut resolver.resolve("bad", 1)).unwrap_err().kind(),
            ErrorKind::NotFound
        );
        let error = answer(&mut resolver.resolve("panic", 1)).unwrap_err();
        assert!(matches!(error.downcast(), Ok(Error::LookupPanicked)));
        assert_eq!(
            answer(&mut resolver.resolve("good", 7)).unwrap(),
            [([10, 0, 0, 1], 7).into()]
        );
    }
}

#[test]
fn one_slow_name_does_not_hold_up_the_others() {
    let (release, released) = mpsc::channel::<()>();
    let released = std::sync::Mutex::new(released);
    let mut resolver = ThreadResolver::with_lookup(move |host, port| {
        if host == "slow" {
            let _ = released.lock().unwrap().recv();
        }
        Ok(vec![([10, 0, 0, 1], port).into()])
    });
    let mut slow = resolver.resolve("slow", 1);
    assert_eq!(answer(&mut resolver.resolve("quick", 2)).unwrap().len(), 1);
    assert!(slow.poll().is_none());
    release.send(()).unwrap();
    assert_eq!(answer(&mut slow).unwrap().len(), 1);
}

#[test]
fn one_name_asked_for_by_many_is_looked_up_once() {
    let lookups = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&lookups);
    let (release, released) = mpsc::channel::<()>();
    let released = std::sync::Mutex::new(released);
    let mut resolver = ThreadResolver::with_lookup(move |_, port| {
        counter.fetch_add(1, Ordering::SeqCst);
        let _ = released.lock().unwrap().recv();
        Ok(vec![([10, 0, 0, 1], port).into()])
    });
    let mut queries: Vec<_> = (0..100).map(|_| resolver.resolve("exchange", 1)).collect();
    release.send(()).unwrap();
    for query in &mut queries {
        assert_eq!(answer(query).unwrap(), [([10, 0, 0, 1], 1).into()]);
    }
    assert_eq!(lookups.load(Ordering::SeqCst), 1);
}

#[test]
fn a_question_withdrawn_before_its_turn_is_not_looked_up() {
    let (report, reported) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let parts = std::sync::Mutex::new((report, released));
    let mut resolver = ThreadResolver::with_lookup(move |host, port| {
        let parts = parts.lock().unwrap();
        parts.0.send(host.to_owned()).unwrap();
        let _ = parts.1.recv();
        Ok(vec![([10, 0, 0, 1], port).into()])
    })
    .with_threads(1);
    let mut first = resolver.resolve("first", 1);
    assert_eq!(reported.recv().unwrap(), "first");
    drop(resolver.resolve("withdrawn", 1));
    let mut last = resolver.resolve("last", 1);
    release.send(()).unwrap();
    release.send(()).unwrap();
    assert_eq!(answer(&mut first).unwrap().len(), 1);
    assert_eq!(answer(&mut last).unwrap().len(), 1);
    assert_eq!(reported.try_iter().collect::<Vec<_>>(), ["last"]);
}

#[test]
fn too_many_names_at_a_time_are_an_error() {
    let (_keep, never) = mpsc::channel::<()>();
    let never = std::sync::Mutex::new(never);
    let mut resolver = ThreadResolver::with_lookup(move |_, _| {
        let _ = never.lock().unwrap().recv();
        Ok(Vec::new())
    })
    .with_threads(1);
    let mut queries: Vec<_> = (0..5000)
        .map(|name| resolver.resolve(&format!("host{name}"), 1))
        .collect();
    let error = queries.last_mut().unwrap().poll().unwrap().unwrap_err();
    assert!(matches!(
        error.downcast::<Error>(),
        Ok(Error::ResolverFull { limit: 4096 })
    ));
    assert!(queries[0].poll().is_none());
}

#[test]
fn the_system_resolves_localhost() {
    let threaded = answer(&mut ThreadResolver::default().resolve("localhost", 5)).unwrap();
    let blocking = BlockingResolver
        .resolve("localhost", 5)
        .poll()
        .unwrap()
        .unwrap();
    for address in threaded.iter().chain(&blocking) {
        assert_eq!((address.ip().is_loopback(), address.port()), (true, 5));
    }
    assert!(!threaded.is_empty() && !blocking.is_empty());
}
