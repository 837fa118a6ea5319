//! What takes too long.

use super::*;

const DRIP: Duration = Duration::from_millis(900);

/// A config in which each time is told from the others.
fn timed() -> HttpConfig {
    single()
        .with_connect_timeout(Duration::from_secs(2))
        .with_write_timeout(Duration::from_secs(3))
        .with_first_byte_timeout(Duration::from_secs(4))
        .with_idle_timeout(Duration::from_secs(1))
        .with_timeout(Duration::from_secs(20))
        .with_continue_timeout(Duration::from_secs(1))
        .with_attempts(1)
}

pub(super) const SCENARIOS: &[Scenario] = &[
    ("no connection in time", || {
        let mut world = World::new(timed()).stream(stream().connecting(1000));
        world.get("/");
        world
            .poll()
            .pass(Duration::from_millis(1999))
            .polls(2)
            .tells("");
        world
            .pass(Duration::from_millis(1))
            .poll()
            .tells("! TimedOut(Connect) Nothing");
    }),
    ("no first byte in time", || {
        let mut world = World::new(timed()).stream(stream());
        world.get("/");
        world
            .polls(2)
            .pass(Duration::from_millis(3999))
            .poll()
            .tells("");
        world
            .pass(Duration::from_millis(1))
            .poll()
            .tells("! TimedOut(FirstByte) All");
        assert_eq!(world.client.connections(), 0);
    }),
    ("a request that is not taken in time", || {
        let mut world = World::new(timed()).stream(stream().write_limit(5).write_blocked());
        world.get("/");
        world
            .polls(2)
            .pass(Duration::from_millis(3000))
            .poll()
            .tells("! TimedOut(Write) Partial");
    }),
    ("a request of which nothing is taken in time", || {
        let mut world = World::new(timed()).stream(stream().write_blocked());
        world.post("1");
        world
            .polls(2)
            .pass(Duration::from_millis(3000))
            .poll()
            .tells("! TimedOut(Write) Nothing");
    }),
    ("an answer that stops", || {
        let mut world = World::new(timed()).stream(stream());
        world.get("/");
        world
            .polls(2)
            .server("HTTP/1.1 200")
            .poll()
            .pass(Duration::from_millis(999))
            .poll()
            .tells("");
        world
            .pass(Duration::from_millis(1))
            .poll()
            .tells("! TimedOut(Idle) All");
    }),
    ("a head that drips", || {
        let mut world = World::new(timed()).stream(stream());
        world.get("/");
        world.polls(2);
        for byte in "HTTP/1.1 200 OK\r\nX-A: aaaaaaaaaa".chars() {
            if world.client.connections() > 0 {
                world.server(&byte.to_string()).pass(DRIP).poll();
            }
        }
        world.tells("! TimedOut(Total) All");
    }),
    ("a body that drips", || {
        let mut world = World::new(timed()).stream(stream());
        world.get("/");
        world
            .polls(2)
            .server("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
            .poll();
        for _ in 0..25 {
            if world.client.connections() > 0 {
                world.server("a").pass(DRIP).poll();
            }
        }
        world.tells("! TimedOut(Total) All");
    }),
    ("chunks that drip", || {
        let mut world = World::new(timed()).stream(stream());
        world.get("/");
        world
            .polls(2)
            .server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            .poll();
        for _ in 0..25 {
            if world.client.connections() > 0 {
                world.server("1\r\na\r\n").pass(DRIP).poll();
            }
        }
        world.tells("! TimedOut(Total) All");
    }),
    ("interim responses that drip", || {
        let mut world = World::new(timed().with_max_interim(100)).stream(stream());
        world.get("/");
        world.polls(2);
        for _ in 0..25 {
            if world.client.connections() > 0 {
                world.server("HTTP/1.1 102 a\r\n\r\n").pass(DRIP).poll();
            }
        }
        assert!(world.told().ends_with("102; ! TimedOut(Total) All"));
    }),
    ("the time of a request is its own", || {
        let mut world = World::new(timed()).stream(stream());
        world
            .client
            .request(Method::GET, "/")
            .timeout(Duration::from_millis(100))
            .submit(world.now_ns)
            .unwrap();
        world
            .polls(2)
            .pass(Duration::from_millis(99))
            .poll()
            .tells("");
        world
            .pass(Duration::from_millis(1))
            .poll()
            .tells("! TimedOut(Total) All");
    }),
    ("a request that waits for too long", || {
        let mut world = World::new(timed().with_timeout(Duration::from_secs(1)))
            .stream(stream().connecting(1000));
        world.post("1");
        world
            .poll()
            .pass(Duration::from_secs(1))
            .poll()
            .tells("! TimedOut(Total) Nothing");
    }),
    ("the clock of an answer begins with its turn", || {
        let mut world = World::new(timed().with_pipeline_depth(2)).stream(stream());
        world.get("/1");
        world.polls(2);
        world.get("/2");
        world
            .pass(Duration::from_secs(3))
            .poll()
            .server(OK)
            .poll()
            .tells("200 [ok]");
        world.pass(Duration::from_secs(3)).poll().tells("");
        world.server(OK).poll().tells("200 [ok]");
    }),
    (
        "a slow answer after an idle connection has its whole time",
        || {
            let mut world = World::new(timed()).stream(stream());
            world.get("/1");
            world.polls(2).server(OK).poll().tells("200 [ok]");
            world.pass(Duration::from_secs(10)).poll();
            world.get("/2");
            world
                .pass(Duration::from_secs(3))
                .poll()
                .server(OK)
                .poll()
                .tells("200 [ok]");
        },
    ),
    (
        "a connection that has grown old was not refused by its server",
        || {
            let config = timed().with_max_age(Duration::from_millis(500));
            let mut world = World::new(config.with_min_warm(1));
            for _ in 0..8 {
                world = world.stream(stream());
                world.polls(2);
                assert_eq!(world.client.warm(), 1);
                world.pass(Duration::from_millis(500));
            }
        },
    ),
    ("an unused connection is given up in time", || {
        let mut world = World::new(timed().with_keep_time(Duration::from_secs(5))).stream(stream());
        world.get("/");
        world
            .polls(2)
            .server(OK)
            .poll()
            .pass(Duration::from_millis(4999))
            .poll();
        assert_eq!(world.client.connections(), 1);
        world.pass(Duration::from_millis(1)).poll();
        assert_eq!(world.client.connections(), 0);
    }),
    ("a second before the server gives it up", || {
        let mut world = World::new(timed()).stream(stream());
        world.get("/");
        world
            .polls(2)
            .server("HTTP/1.1 200 OK\r\nKeep-Alive: max=9, timeout=5\r\nContent-Length: 0\r\n\r\n")
            .poll();
        world.pass(Duration::from_millis(3999)).poll();
        assert_eq!(world.client.connections(), 1);
        world.pass(Duration::from_millis(1)).poll();
        assert_eq!(world.client.connections(), 0);
    }),
    (
        "an expired connection is not used even before it is polled",
        || {
            let mut world = World::new(timed().with_keep_time(Duration::from_secs(5)))
                .stream(stream())
                .stream(stream());
            world.get("/");
            world.polls(2).server(OK).poll();
            world.written();
            world.pass(Duration::from_secs(5));
            world.post("1");
            assert_eq!(world.written(), "");
        },
    ),
    ("an old connection is not used again", || {
        let mut world = World::new(timed().with_max_age(Duration::from_secs(8))).stream(stream());
        for _ in 0..4 {
            world.get("/");
            world
                .polls(2)
                .server(OK)
                .poll()
                .pass(Duration::from_secs(2));
        }
        world.poll();
        assert_eq!(world.client.connections(), 0);
    }),
    ("a body that waited for 100 leaves with it", || {
        let mut world = World::new(timed()).stream(stream());
        let request = world.client.request(Method::POST, "/").expect_continue();
        request.body("the body").submit(world.now_ns).unwrap();
        world.polls(2);
        assert!(world.written().ends_with("\r\n\r\n"));
        world.server("HTTP/1.1 100 Continue\r\n\r\n").poll();
        assert_eq!(world.written(), "the body");
        world.server(OK).poll().tells("100; 200 [ok]");
        assert_eq!(world.client.warm(), 1);
    }),
    ("a body does not wait for 100 for ever", || {
        let mut world = World::new(timed()).stream(stream());
        let request = world.client.request(Method::POST, "/").expect_continue();
        request.body("the body").submit(world.now_ns).unwrap();
        world.polls(2);
        world.written();
        world.pass(Duration::from_secs(1)).polls(2);
        assert_eq!(world.written(), "the body");
        world.server(OK).poll().tells("200 [ok]");
    }),
    (
        "the time that a body waited for 100 is none in which it was not taken",
        || {
            let wait = Duration::from_millis(3500);
            let mut world = World::new(timed().with_continue_timeout(wait)).stream(stream());
            let request = world.client.request(Method::POST, "/").expect_continue();
            request.body("the body").submit(world.now_ns).unwrap();
            world.polls(2);
            world.written();
            world.pass(wait).polls(2).tells("");
            assert_eq!(world.written(), "the body");
        },
    ),
    ("the time that is up is that of its own request", || {
        let config = timed().with_pipeline_depth(2).with_min_warm(1);
        let mut world = World::new(config).stream(stream());
        world.polls(2);
        for (target, seconds) in [("/1", 3), ("/2", 2)] {
            let request = world.client.request(Method::GET, target);
            let request = request.timeout(Duration::from_secs(seconds));
            request.submit(world.now_ns).unwrap();
        }
        world
            .pass(Duration::from_secs(2))
            .poll()
            .tells("! Abandoned All; ! TimedOut(Total) All");
    }),
    ("an answer instead of 100 saves the body", || {
        let mut world = World::new(timed()).stream(stream());
        let request = world.client.request(Method::POST, "/").expect_continue();
        request.body("the body").submit(world.now_ns).unwrap();
        world
            .polls(2)
            .server("HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n")
            .poll()
            .tells("417 []");
        assert_eq!(
            world.client.connections(),
            0,
            "the server would take the next head for the body"
        );
    }),
    (
        "a failure before 100 says that only a part was sent",
        || {
            let mut world = World::new(timed()).stream(stream());
            let request = world.client.request(Method::POST, "/").expect_continue();
            request.body("the body").submit(world.now_ns).unwrap();
            world
                .polls(2)
                .server_ends()
                .poll()
                .tells("! Closed Partial");
        },
    ),
    (
        "a service that tells the time ends a silent connection",
        || {
            let origin = Origin::new("localhost", 80);
            let mut http = boom_http::HttpConnection::new(stream(), &origin, &timed());
            http.request(Method::GET, "/").submit(SECOND).unwrap();
            http.poll(SECOND, |_, _| {});
            let deadline = boom_stream::Layer::poll_timeout(&http).unwrap();
            boom_stream::Layer::handle_timeout(&mut http, deadline - 1).unwrap();
            let error = boom_stream::Layer::handle_timeout(&mut http, 5 * SECOND).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TimedOut);
            let mut log = Log::default();
            assert!(!http.poll_with(5 * SECOND, &mut log));
            assert_eq!(log.lines, ["! TimedOut(FirstByte) All"]);
        },
    ),
    ("the next deadline is known", || {
        let mut world = World::new(timed()).stream(stream());
        assert_eq!(world.client.poll_timeout(), None);
        world.get("/");
        world.polls(3);
        let deadline = world.client.poll_timeout().unwrap();
        assert!(deadline <= world.now_ns + 4 * SECOND, "{deadline}");
    }),
];
