//! One connection: pipelines, early answers, writes in parts.

use super::*;

fn pipelined() -> HttpConfig {
    single().with_pipeline_depth(3)
}

fn ok(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// A warm connection.
fn warm(config: HttpConfig, stream: ScriptedStream) -> World {
    let mut world = World::new(config.with_min_warm(1)).stream(stream);
    world.polls(2);
    world
}

pub(super) const SCENARIOS: &[Scenario] = &[
    ("answers of a pipeline come in its order", || {
        let mut world = warm(pipelined(), stream());
        for target in ["/1", "/2", "/3"] {
            world.get(target);
        }
        assert_eq!(world.written().matches("GET ").count(), 3);
        let all = [ok("1"), ok("2"), ok("3")].concat();
        world.server(&all).poll().tells("200 [1]; 200 [2]; 200 [3]");
        assert_eq!(world.client.warm(), 1);
    }),
    ("answers of a pipeline that come byte by byte", || {
        let mut world = warm(pipelined(), stream());
        world.get("/1");
        world.get("/2");
        for byte in [ok("1"), ok("2")].concat().chars() {
            world.server(&byte.to_string()).poll();
        }
        world.tells("200 [1]; 200 [2]");
    }),
    ("a pipeline is as deep as it may be", || {
        let mut world = warm(pipelined(), stream());
        for _ in 0..4 {
            world.get("/");
        }
        assert_eq!(world.written().matches("GET ").count(), 3);
        world.server(&ok("")).poll().tells("200 []");
        assert_eq!(world.written().matches("GET ").count(), 1);
    }),
    (
        "a pipeline that is not taken is no reason to end its connection",
        || {
            let config = single()
                .with_pipeline_depth(100)
                .with_pipelining_of_all_methods()
                .with_max_waiting(100)
                .with_max_request_bytes(1000);
            let mut world = warm(config, stream().write_blocked());
            for _ in 0..100 {
                world.post(&"x".repeat(900));
            }
            world.polls(2).tells("");
            assert_eq!(
                (world.client.connections(), world.client.under_way()),
                (1, 100)
            );
        },
    ),
    ("what came before a request is not its answer", || {
        let origin = Origin::new("localhost", 80);
        let mut connection = boom_http::Connection::new(&origin, &HttpConfig::new());
        connection.handle_input(OK.as_bytes());
        let error = connection.request(Method::GET, "/").submit(1).unwrap_err();
        assert_eq!(error.sent, boom_http::Sent::Nothing);
        connection.poll(1, &mut Log::default());
        assert!(connection.is_over());
    }),
    (
        "an answer at which a caller panics is nobody else's",
        || {
            let mut world = warm(pipelined(), stream());
            world.get("/1");
            world.get("/2");
            world.server(&ok("first"));
            let (client, now_ns) = (&mut world.client, world.now_ns);
            let poll = || client.poll(now_ns, |_, _| panic!("of the caller"));
            assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(poll)).is_err());
            world.poll().tells("! Abandoned All");
        },
    ),
    ("HEAD in a pipeline has no body", || {
        let mut world = warm(pipelined(), stream());
        world
            .client
            .request(Method::HEAD, "/")
            .submit(world.now_ns)
            .unwrap();
        world.get("/");
        world
            .server("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
            .server(&ok("2"))
            .polls(2)
            .tells("200 []; 200 [2]");
    }),
    (
        "an answer glued on beyond the room of a read is nobody's",
        || {
            let config = single().with_read_window_bytes(64);
            let mut world = warm(config, stream()).stream(stream());
            let mut first = ok(&"1".repeat(26));
            assert_eq!(first.len(), 65);
            first = first.replace("OK", "O");
            world.get("/1");
            world
                .server(&format!("{first}{}", ok("glued")))
                .poll()
                .tells(&format!("200 [{}]", "1".repeat(26)));
            world.get("/2");
            world.polls(3).tells("");
            assert!(world.written().starts_with("GET /2 "));
            world.server(&ok("2")).poll().tells("200 [2]");
        },
    ),
    ("an order is not pipelined", || {
        let mut world = warm(pipelined(), stream());
        world.get("/");
        world.post("1");
        assert_eq!(world.written().matches("POST ").count(), 0);
        world.server(&ok("")).poll();
        assert_eq!(world.written().matches("POST ").count(), 1);
    }),
    ("nothing is pipelined behind an order", || {
        let mut world = warm(pipelined(), stream());
        world.post("1");
        world.get("/");
        assert_eq!(world.written().matches("GET ").count(), 0);
    }),
    ("orders are pipelined where that is asked for", || {
        let mut world = warm(pipelined().with_pipelining_of_all_methods(), stream());
        world.post("1");
        world.post("2");
        assert_eq!(world.written().matches("POST ").count(), 2);
    }),
    ("the end of a pipeline leaves each request its own", || {
        let broken = stream().write_limit(1000).write_limit(10).write_blocked();
        let mut world = warm(pipelined().with_attempts(1), broken);
        world.get("/1");
        world.get("/2");
        world.get("/3");
        world
            .server_ends()
            .poll()
            .tells("! Closed All; ! Closed Partial; ! Closed Nothing");
    }),
    (
        "the unsent end of a pipeline goes to another connection",
        || {
            let broken = stream().write_limit(1000).write_blocked();
            let mut world = warm(pipelined(), broken).stream(stream());
            world.get("/1");
            world.get("/2");
            world.get("/3");
            world.server_ends().poll().tells("! Closed All");
            world.polls(3);
            let written = world.written();
            assert!(
                written.starts_with("GET /2 ") && written.contains("GET /3 "),
                "{written}"
            );
        },
    ),
    ("close in a pipeline abandons what is behind", || {
        let mut world = warm(pipelined(), stream());
        world.get("/1");
        world.get("/2");
        world
            .server("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            .poll();
        world.tells("200 []; ! Abandoned All");
    }),
    (
        "what follows close in a pipeline is nobody's answer",
        || {
            let mut world = warm(pipelined(), stream());
            world.get("/1");
            world.get("/2");
            let close = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
            world
                .server(&[close, OK].concat())
                .poll()
                .tells("200 []; ! Abandoned All");
        },
    ),
    (
        "a broken answer in a pipeline abandons what is behind",
        || {
            let mut world = warm(pipelined(), stream());
            world.get("/1");
            world.get("/2");
            world
                .server("HTTP/3 200 OK\r\n\r\n")
                .poll()
                .tells("! Protocol(InvalidStatusLine) All; ! Abandoned All");
        },
    ),
    ("an answer too many in a pipeline is nobody's", || {
        let mut world = warm(pipelined(), stream());
        world.get("/1");
        world
            .server(&[ok("1"), ok("2")].concat())
            .poll()
            .tells("200 [1]");
        world.poll();
        world.get("/2");
        world.polls(2).tells("");
    }),
    (
        "nothing is sent behind a request for another protocol",
        || {
            let mut world = warm(pipelined(), stream());
            world
                .client
                .request(Method::GET, "/ws")
                .upgrade("websocket")
                .submit(world.now_ns)
                .unwrap();
            world.get("/2");
            assert_eq!(world.written().matches("GET ").count(), 1);
        },
    ),
    ("a request that leaves in parts", || {
        let mut world = warm(
            single(),
            stream()
                .write_limit(1)
                .write_limit(2)
                .write_would_block()
                .write_limit(3),
        );
        world.get("/");
        world.polls(4);
        assert_eq!(world.written(), "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        world.server(OK).poll().tells("200 [ok]");
    }),
    (
        "an answer before all of the request is an answer, and the last",
        || {
            let mut world = warm(single(), stream().write_limit(20).write_blocked());
            world.post("too much");
            world
                .server("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
                .poll()
                .tells("413 []");
            assert_eq!(world.client.warm(), 0);
        },
    ),
    (
        "an answer that was sent before a write failed is heard",
        || {
            let broken = stream().write_limit(20).write_error(ErrorKind::BrokenPipe);
            let mut world = warm(single(), broken);
            world.post("too much");
            world
                .server("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
                .poll()
                .tells("413 []");
        },
    ),
    ("a write that fails halfway says so", || {
        let broken = stream().write_limit(20).write_error(ErrorKind::BrokenPipe);
        let mut world = warm(single(), broken);
        world.post("1");
        // The server may have said why: its end is waited for.
        world.polls(2).tells("");
        world.server_ends().poll().tells("! Closed Partial");
    }),
    (
        "a reset that a write is told of is no end of a body",
        || {
            let broken = stream()
                .write_limit(20)
                .write_error(ErrorKind::ConnectionReset);
            let mut world = warm(single(), broken);
            world.post("1");
            world
                .polls(2)
                .server("HTTP/1.1 200 OK\r\n\r\nhal")
                .server_ends()
                .polls(2)
                .tells("! Io(Kind(ConnectionReset)) Partial");
        },
    ),
    (
        "a writer that is lost without a hint of the peer's says so",
        || {
            let broken = stream().write_limit(20).write_error(ErrorKind::TimedOut);
            let mut world = warm(single(), broken);
            world.post("1");
            world.polls(2).tells("! Io(Kind(TimedOut)) Partial");
        },
    ),
    (
        "an answer that comes after a write has failed is heard",
        || {
            let broken = stream().write_limit(20).write_error(ErrorKind::BrokenPipe);
            let mut world = warm(single(), broken);
            world.post("too much");
            world.polls(3).tells("");
            world
                .server("HTTP/1.1 413 Too Large\r\n")
                .polls(2)
                .server("Content-Length: 0\r\n\r\n")
                .poll()
                .tells("413 []");
            assert_eq!(world.client.warm(), 0);
        },
    ),
    (
        "a peer that hangs up on a request and says no more is waited for no longer than a deadline",
        || {
            let config = single().with_write_timeout(Duration::from_secs(3));
            let broken = stream().write_limit(20).write_error(ErrorKind::BrokenPipe);
            let mut world = warm(config, broken);
            world.post("1");
            world.polls(2).tells("");
            world
                .pass(Duration::from_secs(3))
                .poll()
                .tells("! TimedOut(Write) Partial");
        },
    ),
    ("a writer that takes nothing is an error", || {
        let mut world = warm(single().with_attempts(1), stream().write_limit(0));
        world.post("1");
        world.polls(2).tells("! Io(Kind(WriteZero)) Nothing");
    }),
    ("RST before a byte of an answer", || {
        let mut world = warm(
            single(),
            stream()
                .would_block()
                .would_block()
                .would_block()
                .read_error(ErrorKind::ConnectionReset),
        );
        world.post("1");
        world.polls(3).tells("! Io(Kind(ConnectionReset)) All");
    }),
    ("an interrupted call is made again", || {
        let interrupted = stream()
            .would_block()
            .would_block()
            .read_error(ErrorKind::Interrupted)
            .write_error(ErrorKind::Interrupted);
        let mut world = warm(single(), interrupted);
        world.get("/");
        world.polls(2).server(OK).poll().tells("200 [ok]");
    }),
    ("a body larger than the read window", || {
        let mut world = warm(single().with_read_window_bytes(64), stream());
        world.get("/");
        let body = "b".repeat(5000);
        world
            .server(&ok(&body))
            .polls(200)
            .tells(&format!("200 [{body}]"));
    }),
    ("the limit of a request's own body", || {
        let mut world = warm(single(), stream());
        world
            .client
            .request(Method::GET, "/")
            .max_body_bytes(3)
            .submit(world.now_ns)
            .unwrap();
        world
            .server(&ok("four"))
            .poll()
            .tells("! Limit(Body(3)) All");
        assert_eq!(world.client.warm(), 0);
    }),
    ("a limit is the next request's no more", || {
        let mut world = warm(pipelined(), stream());
        world
            .client
            .request(Method::GET, "/")
            .max_body_bytes(1)
            .submit(world.now_ns)
            .unwrap();
        world.get("/");
        world
            .server(&[ok("1"), ok("four")].concat())
            .poll()
            .tells("200 [1]; 200 [four]");
    }),
];
