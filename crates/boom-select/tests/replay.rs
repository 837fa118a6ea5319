//! Recordings played side by side by one clock.
#![cfg(feature = "replay")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use boom_select::replay::{ReplaySelector, ReplaySession, ReplaySocket};
use boom_select::{Ready, Selector, Token};
use boom_stream::record::{IntoRecordedStream, Recorder};
use boom_stream::replay::{Direction, Recorded, RecordingReader, ReplayEnd, ReplayError};
use boom_stream::{ConnectionInfo, Layer, Socket, TimeSource};
use boom_testkit::clock::ManualClock;
use boom_testkit::stream::ScriptedStream;

const MS: u64 = 1_000_000;

/// What a recorded program does at a time in milliseconds.
enum Step {
    Read(&'static str),
    Write(&'static str),
    End,
}

use Step::{End, Read as R, Write as W};

fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("boom-select-replay")
        .join(test);
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

fn record(folder: &Path, name: &str, steps: &[(u64, Step)]) -> PathBuf {
    let clock = ManualClock::default();
    let mut script = ScriptedStream::new();
    for (_, step) in steps {
        match step {
            R(bytes) => script = script.read(bytes),
            W(_) => {}
            End => script = script.eof(),
        }
    }
    let recorder = Recorder::builder(folder).clock(clock.clone()).build();
    let info = ConnectionInfo::new("feed", 4001);
    let mut stream = recorder.record(script, name, &info).unwrap();
    let mut now_ms = 0;
    for (at_ms, step) in steps {
        clock.advance(Duration::from_millis(at_ms - now_ms));
        now_ms = *at_ms;
        match step {
            W(bytes) => stream.write_all(bytes.as_bytes()).unwrap(),
            R(_) | End => {
                let _ = stream.read(&mut [0; 64]).unwrap();
            }
        }
    }
    assert!(stream.finish().1.is_ok());
    folder.join(name).with_extension("pcapng")
}

/// Sockets on a selector, as a service has them.
struct World {
    session: ReplaySession,
    selector: ReplaySelector,
    sockets: Vec<ReplaySocket>,
    /// When the first recording begins.
    start_ns: u64,
}

impl World {
    fn new(paths: &[PathBuf]) -> Self {
        let session = ReplaySession::of(paths).unwrap();
        let mut world = Self {
            selector: session.selector(),
            sockets: Vec::new(),
            start_ns: session.clock().now_ns(),
            session,
        };
        for path in paths {
            world.add(world.session.open(path).unwrap());
        }
        world
    }

    fn add(&mut self, mut socket: ReplaySocket) {
        let index = self.sockets.len() as u32;
        let token = Token {
            index,
            generation: 0,
        };
        self.selector.register(&mut socket, token).unwrap();
        self.sockets.push(socket);
    }

    fn poll(&mut self, wait: Duration) -> Vec<usize> {
        let mut ready: Vec<Ready> = Vec::new();
        self.selector.poll(&mut ready, Some(wait)).unwrap();
        ready
            .iter()
            .map(|report| report.token.index as usize)
            .collect()
    }

    fn now_ms(&self) -> u64 {
        (self.session.clock().now_ns() - self.start_ns) / MS
    }

    fn read(&mut self, index: usize, room: usize) -> io::Result<String> {
        let mut buffer = vec![0; room];
        let count = self.sockets[index].read(&mut buffer)?;
        Ok(String::from_utf8(buffer[..count].to_vec()).unwrap())
    }

    /// Reads once from each socket that is reported, until nothing is left: when, who, what.
    fn play(&mut self) -> Vec<(u64, usize, String)> {
        let mut log = Vec::new();
        while self.selector.has_next() {
            for index in self.poll(Duration::ZERO) {
                match self.read(index, 64) {
                    Ok(text) => log.push((self.session.clock().now_ns(), index, text)),
                    Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
                }
            }
        }
        log
    }
}

/// The inbound events of recordings, merged by their times.
fn recorded(paths: &[PathBuf]) -> Vec<(u64, usize, String)> {
    let mut events = Vec::new();
    for (index, path) in paths.iter().enumerate() {
        let mut reader = RecordingReader::open(path).unwrap();
        while let Some(event) = reader.next_event().unwrap() {
            let text = match event.what {
                Recorded::Bytes { bytes, .. } => String::from_utf8(bytes.to_vec()).unwrap(),
                _ => String::new(),
            };
            if event.direction == Direction::Inbound {
                events.push((event.time_ns, index, text));
            }
        }
    }
    events.sort();
    events
}

fn three(test: &str) -> Vec<PathBuf> {
    let folder = folder(test);
    let steps = |shift: u64| {
        vec![
            (10 + shift, R("a")),
            (500 + shift, R("b")),
            (900 - 40 * shift, R("c")),
            (1000, R("d")),
            (1500 - 3 * shift, End),
        ]
    };
    (0..3)
        .map(|index| record(&folder, &index.to_string(), &steps(index % 2)))
        .collect()
}

#[test]
fn events_come_in_the_order_of_their_times_at_their_times() {
    let paths = three("order");
    let expected = recorded(&paths);
    assert_eq!(expected.len(), 15);
    for _ in 0..2 {
        assert_eq!(World::new(&paths).play(), expected);
    }
}

#[test]
fn of_the_same_moment_the_lower_index_is_first() {
    let path = record(&folder("same"), "feed", &[(1, R("x")), (2, End)]);
    let log = World::new(&[path.clone(), path]).play();
    let who: Vec<_> = log
        .iter()
        .map(|(_, index, text)| (*index, &text[..]))
        .collect();
    assert_eq!(who, [(0, "x"), (1, "x"), (0, ""), (1, "")]);
}

#[test]
fn what_is_overdue_comes_in_that_order_too() {
    let paths = three("overdue");
    let mut world = World::new(&[]);
    world.session = ReplaySession::of(&paths).unwrap();
    world.selector = world.session.selector();
    let hour = Duration::from_secs(3600);
    assert!(world.poll(hour).is_empty());
    let late_ns = world.session.clock().now_ns();
    for path in &paths {
        world.add(world.session.open(path).unwrap());
    }
    let in_order = |events: Vec<(u64, usize, String)>| -> Vec<_> {
        events
            .into_iter()
            .map(|(_, index, text)| (index, text))
            .collect()
    };
    let played = world.play();
    assert!(played.iter().all(|(time_ns, ..)| *time_ns == late_ns));
    assert_eq!(in_order(played), in_order(recorded(&paths)));
}

#[test]
fn a_socket_that_is_not_read_holds_nobody_up_and_is_told_again() {
    let folder = folder("left");
    let paths = [
        record(&folder, "idle", &[(5, R("left")), (6, End)]),
        record(&folder, "busy", &[(10, R("1")), (20, R("2"))]),
    ];
    let mut world = World::new(&paths);
    let mut received = String::new();
    let mut reports = 0;
    while received != "12" {
        for index in world.poll(Duration::ZERO) {
            let _ = world.sockets[index].connected().unwrap();
            match index {
                0 => reports += 1,
                _ => received += &world.read(1, 64).unwrap_or_default(),
            }
        }
    }
    assert!(reports >= 3, "{reports}");
    assert_eq!(world.read(0, 64).unwrap(), "left");
    assert_eq!(world.read(0, 64).unwrap(), "");
}

#[test]
fn a_small_buffer_loses_nothing_and_time_stands_still() {
    let folder = folder("small");
    let paths = [
        record(&folder, "split", &[(5, R("abcdefg"))]),
        record(&folder, "later", &[(500, R("x"))]),
    ];
    let mut world = World::new(&paths);
    let mut log = Vec::new();
    while log.len() < 4 {
        for index in world.poll(Duration::ZERO) {
            if let Ok(text) = world.read(index, 3)
                && !text.is_empty()
            {
                log.push(text);
            }
        }
        if log.len() < 4 {
            assert!(world.now_ms() < 500);
        }
    }
    assert_eq!(log, ["abc", "def", "g", "x"]);
}

#[test]
fn a_socket_connects_when_its_recording_begins() {
    let path = record(&folder("connect"), "later", &[(7, R("hello"))]);
    let start_ns = RecordingReader::open(&path).unwrap().start_ns();
    let session = ReplaySession::starting_at(start_ns - 60_000 * MS);
    let mut world = World {
        selector: session.selector(),
        sockets: Vec::new(),
        start_ns: start_ns - 60_000 * MS,
        session,
    };
    world.add(world.session.open(&path).unwrap());
    assert!(!world.sockets[0].connected().unwrap());
    let kind = |result: io::Result<usize>| result.unwrap_err().kind();
    assert_eq!(
        kind(world.sockets[0].write(b"early")),
        ErrorKind::WouldBlock
    );
    assert_eq!(
        kind(world.sockets[0].read(&mut [0; 8])),
        ErrorKind::WouldBlock
    );

    assert!(world.poll(Duration::from_secs(59)).is_empty());
    assert_eq!(world.now_ms(), 59_000);
    assert_eq!(world.poll(Duration::from_secs(59)), [0]);
    assert_eq!(world.now_ms(), 60_000);
    assert!(world.sockets[0].connected().unwrap());
    assert_eq!(world.sockets[0].write(b"now").unwrap(), 3);
    assert_eq!(world.poll(Duration::from_secs(59)), [0]);
    assert_eq!(
        (world.now_ms(), world.read(0, 8).unwrap()),
        (60_007, "hello".to_owned())
    );
}

#[test]
fn a_wait_ends_at_its_time_and_a_poll_goes_to_the_next_event() {
    let path = record(
        &folder("wait"),
        "feed",
        &[(100, R("tick")), (300, R("tock"))],
    );
    let mut world = World::new(&[path]);
    let ms = Duration::from_millis;
    assert_eq!(world.poll(Duration::ZERO), [0]);
    assert!(world.sockets[0].connected().unwrap());
    assert!(world.poll(ms(99)).is_empty());
    assert_eq!(world.now_ms(), 99);
    assert_eq!(world.poll(ms(99)), [0]);
    assert_eq!(
        (world.now_ms(), world.read(0, 64).unwrap()),
        (100, "tick".to_owned())
    );
    assert_eq!(world.poll(Duration::ZERO), [0]);
    assert_eq!(
        (world.now_ms(), world.read(0, 64).unwrap()),
        (300, "tock".to_owned())
    );
}

#[test]
fn an_answer_waits_for_its_question_while_time_goes_on() {
    let path = record(&folder("question"), "feed", &[(1, W("who")), (2, R("me"))]);
    let mut world = World::new(&[]);
    world.session = ReplaySession::of([&path]).unwrap();
    world.selector = world.session.selector();
    world.start_ns = world.session.clock().now_ns();
    let socket = world
        .session
        .open_with(&path, |builder| builder.in_order(true));
    world.add(socket.unwrap());
    assert_eq!(world.poll(Duration::ZERO), [0]);
    assert!(world.sockets[0].connected().unwrap());
    assert!(!world.selector.has_next());
    for turn in 1..=10 {
        // Everybody may look at the clock.
        assert_eq!(world.poll(Duration::ZERO), [0]);
        assert_eq!(world.now_ms(), turn);
        assert_eq!(world.read(0, 64).unwrap_err().kind(), ErrorKind::WouldBlock);
    }
    assert_eq!(world.sockets[0].write(b"wh").unwrap(), 2);
    assert!(!world.selector.has_next());
    assert_eq!(world.sockets[0].write(b"o").unwrap(), 1);
    assert!(world.selector.has_next());
    assert_eq!(world.poll(Duration::ZERO), [0]);
    assert_eq!(
        (world.now_ms(), world.read(0, 64).unwrap()),
        (10, "me".to_owned())
    );
}

#[test]
fn after_a_wrong_write_nothing_more_is_read() {
    let folder = folder("wrong");
    let path = record(
        &folder,
        "feed",
        &[(1, W("who")), (2000, R("me")), (3000, R("too"))],
    );
    let later = record(&folder, "later", &[(4000, R("x"))]);
    let mut world = World::new(&[later]);
    let socket = world.session.open_with(&path, |builder| builder.verify());
    world.add(socket.unwrap());
    while !world.sockets[1].connected().unwrap() {
        world.poll(Duration::ZERO);
    }
    assert_eq!(world.sockets[1].write(b"w").unwrap(), 1);
    let differs = |error: &io::Error| {
        let error = error.get_ref().unwrap().downcast_ref::<ReplayError>();
        matches!(
            error,
            Some(ReplayError::Differs {
                offset: 1,
                recorded: b'h',
                written: b'e'
            })
        )
    };
    assert!(differs(&world.sockets[1].write(b"e").unwrap_err()));
    assert!(world.poll(Duration::ZERO).contains(&1));
    assert!(differs(&world.read(1, 64).unwrap_err()));
    // It was told, and holds up nobody: the other one connects and reads.
    assert_eq!(world.poll(Duration::from_secs(10)), [0]);
    assert!(world.sockets[0].connected().unwrap());
    assert_eq!(world.poll(Duration::from_secs(10)), [0]);
    assert_eq!(world.read(0, 64).unwrap(), "x");
    assert!(differs(&world.read(1, 64).unwrap_err()));
}

#[test]
fn an_end_is_told_at_its_time_and_then_leaves_the_clock_alone() {
    let folder = folder("end");
    let paths = [
        record(&folder, "closed", &[(1, R("x")), (50, End)]),
        record(&folder, "later", &[(5000, R("y"))]),
    ];
    let mut world = World::new(&paths);
    let log = world.play();
    let expected = [(1, "x"), (50, ""), (5000, "y"), (5000, "")];
    let times: Vec<_> = log
        .iter()
        .map(|(time_ns, _, text)| ((time_ns - world.start_ns) / MS, &text[..]))
        .collect();
    assert_eq!(times[..2], expected[..2]);
    // The second recording has its own beginning.
    assert_eq!([times[2].1, times[3].1], ["y", ""]);
    assert_eq!(times[2].0, times[3].0);
    assert_eq!(world.sockets[0].stream().end(), Some(ReplayEnd::Closed));
    assert_eq!(world.sockets[1].stream().end(), Some(ReplayEnd::Finished));
    assert_eq!(world.read(0, 64).unwrap(), "");
    assert_eq!(world.read(1, 64).unwrap(), "");
}

/// A stream that says that it is TLS.
struct Secure(ScriptedStream);

impl Read for Secure {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Read::read(&mut self.0, buffer)
    }
}

impl Layer for Secure {
    type Base = ScriptedStream;

    fn base(&self) -> &ScriptedStream {
        &self.0
    }

    fn base_mut(&mut self) -> &mut ScriptedStream {
        &mut self.0
    }

    fn is_encrypted(&self) -> bool {
        true
    }
}

#[test]
fn a_protocol_above_learns_that_the_recorded_stream_was_encrypted() {
    let folder = folder("encrypted");
    let recorder = Recorder::builder(&folder).name("secure").build();
    drop(
        Secure(ScriptedStream::new())
            .into_recorded_stream_with(&recorder)
            .unwrap(),
    );
    let plain = record(&folder, "plain", &[]);
    let session = ReplaySession::of([&plain]).unwrap();
    assert!(
        session
            .open(folder.join("secure.pcapng"))
            .unwrap()
            .is_encrypted()
    );
    assert!(!session.open(plain).unwrap().is_encrypted());
}

#[test]
fn without_recordings_it_is_1970_and_what_is_no_recording_is_an_error() {
    let session = ReplaySession::of::<&str>([]).unwrap();
    assert_eq!(session.clock().now_ns(), 0);
    assert!(ReplaySession::of(["no such file"]).is_err());
    let error = session.open("no such file").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[test]
fn a_socket_that_is_gone_is_not_reported() {
    let path = record(&folder("gone"), "feed", &[(1, R("x"))]);
    let mut world = World::new(&[path]);
    let token = |generation| Token {
        index: 0,
        generation,
    };
    let socket = &mut world.sockets[0];
    world.selector.deregister(socket, token(7)).unwrap();
    assert!(world.selector.has_next());
    world.selector.deregister(socket, token(0)).unwrap();
    assert!(!world.selector.has_next());
    assert!(world.poll(Duration::ZERO).is_empty());
}

#[test]
fn what_a_timer_writes_comes_before_its_answer_and_before_what_was_later() {
    let folder = folder("timer");
    let steps = [(50, W("hb")), (60, R("a"))];
    let answered = record(&folder, "answered", &steps);
    let later = record(&folder, "later", &[(600, R("b"))]);
    let session = ReplaySession::of([&answered, &later]).unwrap();
    let start_ns = session.clock().now_ns();
    let mut sockets = [
        session
            .open_with(&answered, |builder| builder.verify())
            .unwrap(),
        session.open(&later).unwrap(),
    ];
    let mut selector = session.selector();
    for (index, socket) in (0..).zip(&mut sockets) {
        let token = Token {
            index,
            generation: 0,
        };
        selector.register(socket, token).unwrap();
    }
    let (mut received, mut sent_at) = (Vec::new(), None);
    while received.len() < 2 {
        let mut ready = Vec::new();
        selector.poll(&mut ready, Some(Duration::ZERO)).unwrap();
        let now_ms = (session.clock().now_ns() - start_ns) / MS;
        // The program's own timer.
        if now_ms >= 50 && sent_at.is_none() {
            sent_at = Some(now_ms);
            sockets[0].write_all(b"hb").unwrap();
        }
        for Ready { token, .. } in ready {
            let mut byte = [0];
            if let Ok(1) = sockets[token.index as usize].read(&mut byte) {
                received.push((now_ms, byte[0]));
            }
        }
        assert!(now_ms < 10_000, "{received:?}");
    }
    assert!(
        sent_at.is_some_and(|at| (50..=52).contains(&at)),
        "{sent_at:?}"
    );
    let [(first_at, first), (second_at, second)] = received[..] else {
        panic!("{received:?}");
    };
    assert_eq!((first, second), (b'a', b'b'));
    assert!((60..=62).contains(&first_at), "{first_at}");
    // The second recording was begun some time after the first one.
    let events = recorded(&[answered, later]);
    let at = events.iter().find(|(_, _, text)| text == "b");
    let later_ms = at.map_or(0, |(time_ns, ..)| (time_ns - start_ns) / MS);
    assert!(later_ms >= 600, "{events:?}");
    assert!(
        (later_ms..=later_ms + 2).contains(&second_at),
        "{second_at} for {later_ms}"
    );
}

#[test]
fn what_is_not_written_fails_a_second_later_and_holds_up_nobody() {
    let folder = folder("unwritten");
    let asking = [(1, W("who")), (2, R("me")), (3000, R("too"))];
    let path = record(&folder, "asking", &asking);
    let fed = [(10, R("1")), (500, R("2")), (2000, R("3")), (9000, End)];
    let feed = record(&folder, "feed", &fed);
    let expected = recorded(std::slice::from_ref(&feed));
    for wait in [Duration::ZERO, Duration::from_secs(60)] {
        let mut world = World::new(&[]);
        world.session = ReplaySession::of([&path, &feed]).unwrap();
        world.selector = world.session.selector();
        let start_ns = world.session.clock().now_ns();
        world.add(world.session.open(&feed).unwrap());
        let asking = world.session.open_with(&path, |builder| builder.verify());
        world.add(asking.unwrap());
        let (mut log, mut failed_ns) = (Vec::new(), None);
        for _ in 0..3000 {
            for index in world.poll(wait) {
                let now_ns = world.session.clock().now_ns();
                match world.read(index, 64) {
                    Ok(text) => log.push((now_ns, index, text)),
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                    Err(error) => {
                        assert_eq!(
                            error.to_string(),
                            "3 bytes recorded before this were not written"
                        );
                        assert_eq!(index, 1);
                        // Whoever reads on is told again.
                        if failed_ns.is_none() {
                            failed_ns = Some(now_ns);
                            assert_eq!(log.len(), 2);
                        }
                    }
                }
            }
            if log.len() == expected.len() {
                break;
            }
        }
        assert_eq!(log, expected, "{wait:?}");
        let late_ns = failed_ns.unwrap() - start_ns - 1002 * MS;
        // Without a wait the clock goes by milliseconds.
        assert!(late_ns < if wait.is_zero() { MS } else { 1 }, "{late_ns}");
        let error = world.sockets[1].stream().error();
        assert!(matches!(error, Some(ReplayError::Unwritten { bytes: 3 })));
        assert_eq!(
            world.sockets[1].write(b"who").unwrap_err().kind(),
            ErrorKind::InvalidData
        );
        assert!(!world.selector.has_next());
    }
}

#[test]
fn who_connects_late_may_ask_late() {
    let path = record(&folder("late"), "feed", &[(1, W("who")), (2, R("me"))]);
    let mut world = World::new(&[]);
    world.session = ReplaySession::of([&path]).unwrap();
    world.selector = world.session.selector();
    world.start_ns = world.session.clock().now_ns();
    assert!(world.poll(Duration::from_secs(3600)).is_empty());
    let socket = world.session.open_with(&path, |builder| builder.verify());
    world.add(socket.unwrap());
    assert_eq!(world.poll(Duration::ZERO), [0]);
    assert_eq!(world.read(0, 8).unwrap_err().kind(), ErrorKind::WouldBlock);
    assert!(world.poll(Duration::from_millis(999)).is_empty());
    assert_eq!(world.read(0, 8).unwrap_err().kind(), ErrorKind::WouldBlock);
    assert_eq!(world.sockets[0].write(b"who").unwrap(), 3);
    assert_eq!(world.poll(Duration::ZERO), [0]);
    assert_eq!(world.read(0, 8).unwrap(), "me");
}

#[test]
fn a_file_without_a_whole_header_is_skipped_and_an_error_names_its_file() {
    let folder = folder("skipped");
    let late = record(&folder, "late", &[(1, R("x"))]);
    let early = record(&folder, "early", &[(1, R("y"))]);
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let whole = std::fs::read(&early).unwrap();
    let cut = [file("empty", b""), file("section", &whole[..100])];
    let paths = [&cut[0], &late, &cut[1], &early];
    let session = ReplaySession::of(paths).unwrap();
    assert_eq!(session.skipped(), cut);
    assert_eq!(session.recordings(), [late, early.clone()]);
    let start_ns = RecordingReader::open(&session.recordings()[0]).unwrap();
    assert_eq!(session.clock().now_ns(), start_ns.start_ns());

    let other = file("notes.txt", b"these are no packets");
    let error = ReplaySession::of([&early, &other]).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("{}: this is no pcapng file", other.display())
    );
    let error = session.open(&cut[0]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
    assert_eq!(
        error.to_string(),
        format!(
            "{}: the recording was cut at byte 0 of part 1",
            cut[0].display()
        )
    );
}
