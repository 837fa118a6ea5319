//! Which connection carries a request, and which never again.

use super::*;

pub(super) const SCENARIOS: &[Scenario] = &[
    ("a connection is used again", || {
        let mut world = World::one().stream(stream());
        for _ in 0..3 {
            world.get("/");
            world.polls(2).server(OK).poll().tells("200 [ok]");
        }
        assert_eq!(world.client.connections(), 1);
    }),
    (
        "a request to a warm connection is one write at once",
        || {
            let mut world = World::new(single().with_min_warm(1)).stream(stream());
            world.polls(2);
            assert_eq!(world.client.warm(), 1);
            world.post("{}");
            assert_eq!(world.client.streams().next().unwrap().writes(), 1);
            assert!(world.written().starts_with("POST /order HTTP/1.1\r\n"));
        },
    ),
    ("FIN retires an unused connection before it is used", || {
        let mut world = World::one().stream(stream()).stream(stream());
        world.get("/");
        world.polls(2).server(OK).poll().tells("200 [ok]");
        world.server_ends().poll();
        assert_eq!(world.client.connections(), 0);
        world.post("1");
        world.polls(2).server(OK).poll().tells("200 [ok]");
    }),
    ("a byte retires an unused connection", || {
        let mut world = World::one().stream(stream());
        world.get("/");
        world.polls(2).server(OK).poll().tells("200 [ok]");
        world.server("H").poll();
        assert_eq!(world.client.connections(), 0);
        world.tells("");
    }),
    ("a late 408 is nobody's answer", || {
        let mut world = World::one().stream(stream()).stream(stream());
        world.get("/");
        world.polls(2).server(OK).poll().tells("200 [ok]");
        world.server(
            "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        );
        // The next request looks first, since nobody has for a while.
        world.pass(Duration::from_secs(1));
        world.get("/");
        world.polls(3).tells("");
        world.server(OK).poll().tells("200 [ok]");
    }),
    (
        "a stale connection found by its write costs nothing",
        || {
            let broken = stream()
                .write_limit(1000)
                .write_error(ErrorKind::BrokenPipe);
            let mut world = World::one().stream(broken).stream(stream());
            world.get("/");
            world.polls(2).server(OK).poll().tells("200 [ok]");
            world.post("1");
            world.polls(4).server(OK).poll().tells("200 [ok]");
            assert_eq!(world.client.connections(), 1);
        },
    ),
    ("an order that was sent is not sent again", || {
        let mut world = World::one().stream(stream()).stream(stream());
        world.post("1");
        world.polls(2).server_ends().poll().tells("! Closed All");
        world.polls(3).tells("");
        assert_eq!(world.client.under_way(), 0);
    }),
    ("an order that was sent in part is not sent again", || {
        let narrow = stream().write_limit(10).write_blocked();
        let mut world = World::one().stream(narrow).stream(stream());
        world.post("1");
        world
            .polls(2)
            .server_ends()
            .poll()
            .tells("! Closed Partial");
        assert_eq!(world.client.under_way(), 0);
    }),
    (
        "an order of which nothing was sent goes to another connection",
        || {
            let mut world = World::one()
                .stream(stream().write_blocked())
                .stream(stream());
            world.post("7");
            world.polls(2).server_ends().polls(3).tells("");
            assert!(world.written().ends_with("\r\n\r\n7"));
            world.server(OK).poll().tells("200 [ok]");
        },
    ),
    (
        "a server that accepts and closes three times is as good as none",
        || {
            let closed = || stream().eof();
            let mut world = World::one()
                .stream(closed())
                .stream(closed())
                .stream(closed());
            world.post("1");
            world.polls(5).tells("");
            for _ in 0..3 {
                world.pass(Duration::from_secs(10)).polls(2);
            }
            world.tells("! Closed Nothing");
        },
    ),
    ("a request that three connections do not take fails", || {
        let blocked = || stream().write_blocked();
        let mut world = World::one()
            .stream(blocked())
            .stream(blocked())
            .stream(blocked());
        world.get("/");
        for _ in 0..3 {
            world.polls(2).server_ends().poll();
        }
        world.tells("! Closed Nothing");
    }),
    (
        "an idempotent request is sent again where that is asked for",
        || {
            let mut world = World::new(single().with_idempotent_retry())
                .stream(stream())
                .stream(stream());
            world.get("/state");
            world.polls(2).server_ends().polls(3).tells("");
            assert!(world.written().starts_with("GET /state "));
            world.server(OK).poll().tells("200 [ok]");
        },
    ),
    ("it is sent again once", || {
        let mut world = World::new(single().with_idempotent_retry())
            .stream(stream())
            .stream(stream())
            .stream(stream());
        world.get("/");
        world
            .polls(2)
            .server_ends()
            .polls(3)
            .server_ends()
            .poll()
            .tells("! Closed All");
    }),
    (
        "its failure on the way says that it was sent before",
        || {
            let mut world = World::new(single().with_idempotent_retry()).stream(stream());
            world.get("/");
            world.polls(2).server_ends().poll();
            for _ in 0..3 {
                world.pass(Duration::from_secs(10)).poll();
            }
            world.tells("! Io(Kind(ConnectionRefused)) All");
        },
    ),
    ("a POST is not, whatever is asked for", || {
        let mut world = World::new(single().with_idempotent_retry())
            .stream(stream())
            .stream(stream());
        world.post("1");
        world.polls(2).server_ends().polls(3).tells("! Closed All");
    }),
    ("a POST with a key of its own may be", || {
        let mut world = World::new(single().with_idempotent_retry())
            .stream(stream())
            .stream(stream());
        let request = world
            .client
            .request(Method::POST, "/order")
            .header("Idempotency-Key", "7")
            .idempotent();
        request.body("1").submit(world.now_ns).unwrap();
        world.polls(2).server_ends().polls(3).tells("");
        world.server(OK).poll().tells("200 [ok]");
    }),
    ("a request whose answer began is not sent again", || {
        let mut world = World::new(single().with_idempotent_retry())
            .stream(stream())
            .stream(stream());
        world.get("/");
        world
            .polls(2)
            .server("HTTP/1.1 2")
            .server_ends()
            .polls(3)
            .tells("! Protocol(Truncated) All");
    }),
    ("Connection: close is heeded", || {
        let mut world = World::one().stream(stream()).stream(stream());
        world.get("/");
        world
            .polls(2)
            .server("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            .poll()
            .tells("200 []");
        assert_eq!(world.client.connections(), 0);
    }),
    ("a request that says close is the last", || {
        let mut world = World::one().stream(stream());
        world
            .client
            .request(Method::GET, "/")
            .close()
            .submit(world.now_ns)
            .unwrap();
        world.polls(2).server(OK).poll().tells("200 [ok]");
        assert_eq!(world.client.connections(), 0);
    }),
    ("a cancelled request closes its connection", || {
        let mut world = World::one().stream(stream()).stream(stream());
        let ticket = world.get("/first");
        world.polls(2);
        assert_eq!(world.client.cancel(ticket), Some(boom_http::Sent::All));
        assert_eq!(world.client.connections(), 0);
        world.get("/second");
        world.polls(2).server(OK).poll().tells("200 [ok]");
    }),
    ("a request that waits is cancelled without harm", || {
        let mut world = World::one().stream(stream());
        world.get("/first");
        world.polls(2);
        let second = world.get("/second");
        assert_eq!(world.client.cancel(second), Some(boom_http::Sent::Nothing));
        world.server(OK).polls(2).tells("200 [ok]");
        assert_eq!(world.client.connections(), 1);
        assert_eq!(world.client.cancel(second), None);
    }),
    ("a cancelled request ends those behind it", || {
        let mut world = World::new(single().with_pipeline_depth(3)).stream(stream());
        world.client.poll(world.now_ns, |_, _| {});
        world.get("/1");
        world.polls(2);
        let second = world.get("/2");
        world.get("/3");
        world.client.cancel(second);
        world.poll().tells("! Abandoned All; ! Abandoned All");
    }),
    ("requests wait for a connection in their order", || {
        let mut world = World::one().stream(stream());
        for target in ["/1", "/2", "/3"] {
            world.get(target);
        }
        world.polls(2);
        for target in ["/1", "/2", "/3"] {
            assert!(world.written().starts_with(&format!("GET {target} ")));
            world.server(OK).poll().tells("200 [ok]");
        }
    }),
    ("no more may wait than that", || {
        let mut world = World::new(single().with_max_waiting(1));
        world.get("/1");
        let error = world
            .client
            .request(Method::GET, "/2")
            .submit(world.now_ns)
            .unwrap_err();
        assert_eq!(
            format!("{:?} {:?}", error.reason, error.sent),
            "Busy Nothing"
        );
    }),
    ("two requests take two connections", || {
        let mut world = World::new(HttpConfig::new().with_connections(2).with_min_warm(0))
            .stream(stream())
            .stream(stream());
        world.get("/1");
        world.get("/2");
        world.polls(2);
        assert_eq!(world.client.connections(), 2);
        let written: Vec<_> = world
            .client
            .streams()
            .map(|stream| stream.written().len())
            .collect();
        assert!(written.iter().all(|len| *len > 0), "{written:?}");
    }),
    ("as many connections are warm as are to be", || {
        let mut world = World::new(HttpConfig::new().with_min_warm(2))
            .stream(stream())
            .stream(stream())
            .stream(stream());
        world.polls(3);
        assert_eq!(world.client.warm(), 2);
        world.pass(Duration::from_secs(1)).server_ends().polls(2);
        assert_eq!(world.client.warm(), 2);
    }),
    ("requests fail after three connects that did", || {
        let mut world = World::one().refused().refused().refused();
        world.post("1");
        for _ in 0..3 {
            world.pass(Duration::from_secs(10)).poll();
        }
        world.tells("! Io(Kind(ConnectionRefused)) Nothing");
    }),
    ("a connect is not tried again at once", || {
        let mut world = World::one().refused().stream(stream());
        world.get("/");
        world.polls(5);
        assert_eq!(world.client.connections(), 0);
        world.pass(Duration::from_millis(100)).polls(2);
        assert_eq!(world.client.connections(), 1);
    }),
    ("a connection that is being made carries nothing", || {
        let mut world = World::one().stream(stream().connecting(3));
        world.post("1");
        world.polls(3);
        assert_eq!(world.written(), "");
        world.polls(2);
        assert!(world.written().starts_with("POST"));
    }),
    ("a connect that fails late is tried again", || {
        let mut world = World::one()
            .stream(
                stream()
                    .connecting(2)
                    .connect_error(ErrorKind::ConnectionRefused),
            )
            .stream(stream());
        world.post("1");
        world
            .polls(5)
            .pass(Duration::from_secs(1))
            .polls(3)
            .server(OK)
            .poll()
            .tells("200 [ok]");
    }),
    ("what comes before any request ends the connection", || {
        let mut world = World::new(single().with_min_warm(1)).stream(stream().read(OK));
        world.polls(2);
        assert_eq!(world.client.connections(), 0);
        world.tells("");
    }),
    (
        "an answer to a request that was not sent is nobody's",
        || {
            let mut world = World::new(single().with_attempts(1)).stream(stream().write_blocked());
            world.get("/");
            world
                .polls(2)
                .server(OK)
                .poll()
                .tells("! Protocol(UnsolicitedAnswer) Nothing");
        },
    ),
    (
        "an upgraded connection is handed over with what follows",
        || {
            let mut world = World::one().stream(stream());
            world
                .client
                .request(Method::GET, "/ws")
                .upgrade("websocket")
                .submit(world.now_ns)
                .unwrap();
            world
                .polls(2)
                .server("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\u{1}rest")
                .poll()
                .tells("101 []");
            let (_, received) = world.client.take_upgraded().unwrap();
            assert_eq!(received, b"\x01rest");
            assert!(world.client.take_upgraded().is_none());
        },
    ),
    (
        "a server cannot switch before it has the whole request",
        || {
            let mut world = World::one().stream(stream());
            world
                .client
                .request(Method::POST, "/ws")
                .upgrade("websocket")
                .expect_continue()
                .body(b"held back")
                .submit(world.now_ns)
                .unwrap();
            world
                .polls(2)
                .server("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n")
                .poll()
                .tells("! Protocol(UnexpectedUpgrade) Partial");
            assert!(world.client.take_upgraded().is_none());
        },
    ),
    ("an upgrade that is refused is an answer", || {
        let mut world = World::one().stream(stream());
        world
            .client
            .request(Method::GET, "/ws")
            .upgrade("websocket")
            .submit(world.now_ns)
            .unwrap();
        world.polls(2).server(OK).poll().tells("200 [ok]");
        assert_eq!(world.client.warm(), 1);
    }),
    ("an answer goes to none but its request", || {
        let mut world = World::one().stream(stream()).stream(stream());
        let first = world.get("/1");
        world
            .polls(2)
            .server("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfir")
            .poll();
        world.client.cancel(first);
        world.get("/2");
        world
            .polls(2)
            .server("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond")
            .poll()
            .tells("200 [second]");
    }),
];
