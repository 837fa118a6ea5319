//! The log of a session: each message once and in order, or counted as missing.
#![cfg(feature = "session")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::io::{self, ErrorKind, Write};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use boom_fix::BeginString;
use boom_fix::session::log::{Direction, LogStats, MessageLog, WhenFull};
use boom_fix::session::{Event, Inbox, MemoryStore, Now, Session, SessionConfig};
use boom_testkit::alloc::{CountingAllocator, count};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

const NOON: i64 = 1_714_996_800_000_000_000;

/// Bytes that both sides see.
#[derive(Clone, Default)]
struct Page(Arc<Mutex<Vec<u8>>>);

impl Page {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes when it is told to, and tells when it waits for that.
struct Gate(Page, Sender<()>, Receiver<()>);

/// Opens a [`Gate`] when it is dropped.
struct Key(
    Receiver<()>,
    #[expect(dead_code, reason = "for its drop")] Sender<()>,
);

impl Gate {
    fn closed() -> (Self, Page, Key) {
        let (page, (bell, visitor), (key, lock)) = (Page::default(), channel(), channel());
        (Self(page.clone(), bell, lock), page, Key(visitor, key))
    }
}

impl Key {
    /// Until the log's thread stands before the gate, from where it takes nothing more.
    fn wait_for_writer(&self) {
        self.0.recv().unwrap();
    }
}

impl Write for Gate {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = self.1.send(());
        // It stays open when the key is dropped.
        let _ = self.2.recv();
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn lines_for_people() {
    let page = Page::default();
    let mut log = MessageLog::builder().start(page.clone()).unwrap();
    log.remark(NOON, "connected to venue.example:9001");
    log.message(
        Direction::Outbound,
        NOON + 1,
        b"8=FIX.4.4\x0135=A\x0195=3\x0196=k\x01y\x01554=secret\x0110=000\x01",
    );
    log.flush().unwrap();
    log.message(
        Direction::Inbound,
        NOON + 1_000_000_002,
        b"8=FIX.4.4\x0135=0\x01",
    );
    let stats = log.finish().unwrap();
    assert_eq!((stats.written, stats.dropped), (3, 0));
    let expected = "20240506-12:00:00.000000000 - connected to venue.example:9001\n\
        20240506-12:00:00.000000001 > 8=FIX.4.4|35=A|95=3|96=k|y|554=***|10=000|\n\
        20240506-12:00:01.000000002 < 8=FIX.4.4|35=0|\n";
    assert_eq!(page.text(), expected);
}

#[test]
fn what_else_is_masked() {
    let page = Page::default();
    let builder = MessageLog::builder().mask_raw_data().mask([1]);
    let mut log = builder.start(page.clone()).unwrap();
    log.message(
        Direction::Outbound,
        NOON,
        b"35=A\x0195=3\x0196=k\x01y\x011=account\x01",
    );
    log.finish().unwrap();
    assert!(page.text().ends_with("> 35=A|95=3|96=***|1=***|\n"));
}

#[test]
fn when_full_lines_are_dropped_and_counted() {
    let (gate, page, key) = Gate::closed();
    let mut log = MessageLog::builder().queue_bytes(4096).start(gate).unwrap();
    let message = [b'x'; 1000];
    let sent = 200;
    // The thread takes a batch of at most 64 KiB, and no more while its writer waits.
    for _ in 0..sent {
        log.message(Direction::Inbound, NOON, &message);
    }
    let dropped = log.stats().dropped;
    assert!(dropped >= 100);
    drop(key);
    log.flush().unwrap();
    log.remark(NOON, "the end");
    let stats = log.finish().unwrap();
    assert_eq!(stats.dropped, dropped);
    assert_eq!(stats.written, sent - dropped + 1);
    // The sum of what the log says is missing.
    let text = page.text();
    let missing = text.lines().filter_map(|line| line.strip_prefix("- "));
    let missing = missing.map(|line| line.split(' ').next().unwrap().parse::<u64>().unwrap());
    assert_eq!(missing.sum::<u64>(), dropped);
}

#[test]
fn when_full_the_session_waits() {
    let (gate, page, key) = Gate::closed();
    let builder = MessageLog::builder()
        .queue_bytes(4096)
        .when_full(WhenFull::Block);
    let mut log = builder.start(gate).unwrap();
    drop(key);
    for number in 0..2000 {
        log.message(
            Direction::Outbound,
            NOON,
            format!("34={number}\x01").as_bytes(),
        );
    }
    // What would never have room does not wait for it.
    log.message(Direction::Outbound, NOON, &[b'x'; 5000]);
    let stats = log.finish().unwrap();
    assert_eq!((stats.written, stats.dropped), (2000, 1));
    let numbers = page.text();
    let numbers = numbers.lines().filter_map(|line| line.split_once("34="));
    let expected = (0..2000).map(|number| format!("{number}|"));
    assert!(numbers.map(|(_, number)| number.to_owned()).eq(expected));
}

struct Failing;

impl Write for Failing {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_writer_that_fails_is_told_and_stops_nothing() {
    let builder = MessageLog::builder()
        .queue_bytes(4096)
        .when_full(WhenFull::Block);
    let mut log = builder.start(Failing).unwrap();
    for _ in 0..1000 {
        log.message(Direction::Outbound, NOON, b"8=FIX.4.4\x01");
    }
    assert_eq!(log.flush().unwrap_err().kind(), ErrorKind::StorageFull);
    let LogStats {
        written, dropped, ..
    } = log.stats();
    assert_eq!((written, dropped), (0, 1000));
    assert_eq!(log.finish().unwrap_err().kind(), ErrorKind::StorageFull);
}

struct Panicking;

impl Write for Panicking {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        panic!("as a user's writer may");
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_writer_that_panics_ends_no_session() {
    let builder = MessageLog::builder()
        .queue_bytes(4096)
        .when_full(WhenFull::Block);
    let mut log = builder.start(Panicking).unwrap();
    for _ in 0..1000 {
        log.message(Direction::Outbound, NOON, b"8=FIX.4.4\x01");
    }
    assert_eq!(log.flush().unwrap_err().kind(), ErrorKind::BrokenPipe);
    assert_eq!((log.stats().written, log.stats().dropped), (0, 1000));
}

#[test]
fn nothing_is_allocated_for_a_message() {
    let mut log = MessageLog::builder().start(io::sink()).unwrap();
    let message = [b'x'; 331];
    let allocations = count(|| {
        for number in 0..10_000 {
            log.message(Direction::Inbound, number, &message);
        }
    });
    assert_eq!(allocations.count, 0);
    log.finish().unwrap();
}

/// One side logs on to the other, which logs what it sees; then an order comes, and its answer goes.
fn talk(log: MessageLog) -> Session<MemoryStore> {
    let config = SessionConfig::initiator(BeginString::Fix44, "BUYER", "VENUE");
    let config = config.with_credentials("desk", "secret");
    let mut buyer = Session::new(config, MemoryStore::new()).unwrap();
    let config = SessionConfig::acceptor(BeginString::Fix44, "VENUE", "BUYER");
    let mut venue = Session::new(config, MemoryStore::new()).unwrap();
    venue.log_to(log);
    let (mut to_buyer, mut to_venue) = (Inbox::new(), Inbox::new());
    let mut now = Now {
        monotonic_ns: 0,
        unix_ns: NOON,
    };
    venue.connected(now).unwrap();
    buyer.connected(now).unwrap();
    let mut pass = |buyer: &mut Session<MemoryStore>, venue: &mut Session<MemoryStore>| {
        now = now.after_ns(1_000);
        let bytes = buyer.outgoing().len();
        to_venue.extend(buyer.outgoing());
        buyer.sent(bytes);
        while let Some(event) = venue.poll_event(&mut to_venue, now).unwrap() {
            if let Event::Message(order) = event {
                let id = order.message.text(11).unwrap();
                let answered = now.after_ns(250);
                venue
                    .send("8", answered, |report| {
                        report.text(11, id);
                    })
                    .unwrap();
            }
        }
        let bytes = venue.outgoing().len();
        to_buyer.extend(venue.outgoing());
        venue.sent(bytes);
        while buyer.poll_event(&mut to_buyer, now).unwrap().is_some() {}
        now
    };
    let now = pass(&mut buyer, &mut venue);
    let sent = buyer.send("D", now, |order| {
        order.text(11, "a");
    });
    sent.unwrap();
    let now = pass(&mut buyer, &mut venue);
    assert_eq!(buyer.statistics().delivered, 1);
    venue.disconnected(now).unwrap();
    assert_eq!(venue.statistics().messages_sent, 2);
    venue
}

#[test]
fn a_session_logs_both_directions_with_times() {
    let page = Page::default();
    let mut venue = talk(MessageLog::builder().start(page.clone()).unwrap());
    let stats = venue.take_log().unwrap().finish().unwrap();
    assert_eq!((stats.written, stats.dropped), (6, 0));
    assert!(venue.log().is_none());
    let text = page.text();
    let lines: Vec<_> = text.lines().collect();
    let heads = [
        "20240506-12:00:00.000000000 - connected",
        "20240506-12:00:00.000001000 < 8=FIX.4.4|9=",
        "20240506-12:00:00.000001000 > 8=FIX.4.4|9=",
        // The venue took a quarter of a microsecond for its answer.
        "20240506-12:00:00.000002000 < 8=FIX.4.4|9=",
        "20240506-12:00:00.000002250 > 8=FIX.4.4|9=",
        "20240506-12:00:00.000002000 - disconnected: the connection ended",
    ];
    assert_eq!(lines.len(), heads.len(), "{text}");
    for (line, head) in lines.iter().zip(heads) {
        assert!(line.starts_with(head), "{line}");
    }
    assert!(lines[1].contains("|35=A|34=1|") && lines[1].contains("|554=***|"));
    assert!(lines[3].contains("|35=D|34=2|") && lines[4].contains("|35=8|34=2|"));
}

#[test]
fn a_session_goes_on_though_its_log_has_no_room_on_the_disk() {
    let mut venue = talk(MessageLog::builder().start(Failing).unwrap());
    let log = venue.log_mut().unwrap();
    assert_eq!(log.flush().unwrap_err().kind(), ErrorKind::StorageFull);
    assert_eq!((log.stats().written, log.stats().dropped), (0, 6));
}

#[test]
fn a_session_goes_on_though_its_log_cannot_keep_up() {
    let (gate, _page, key) = Gate::closed();
    let mut log = MessageLog::builder().queue_bytes(4096).start(gate).unwrap();
    log.remark(NOON, "the first");
    key.wait_for_writer();
    // Room for some lines, and nobody writes any.
    for _ in 0..200 {
        log.remark(NOON, "what is long enough to fill the queue");
    }
    let before = log.stats().dropped;
    let venue = talk(log);
    let after = venue.log().unwrap().stats().dropped;
    // Before anything fails: the log waits for its writer at the end.
    drop(key);
    assert!(before > 0 && after > before, "{before} {after}");
}

/// A queue that is full to the last byte, of which a thread waits with a part.
fn full() -> (MessageLog, Page, Key) {
    let (gate, page, key) = Gate::closed();
    let mut log = MessageLog::builder().queue_bytes(4096).start(gate).unwrap();
    log.remark(NOON, "the first");
    key.wait_for_writer();
    // With its head each is a quarter of the queue.
    for _ in 0..100 {
        log.message(Direction::Inbound, NOON, &[b'x'; 1008]);
    }
    (log, page, key)
}

fn missing(page: &Page) -> u64 {
    let text = page.text();
    let lines = text.lines().filter_map(|line| line.strip_prefix("- "));
    let counts = lines.map(|line| line.split(' ').next().unwrap().parse::<u64>().unwrap());
    counts.sum()
}

#[test]
fn what_is_missing_at_the_end_is_said() {
    let (log, page, key) = full();
    assert_eq!(log.stats().dropped, 96);
    drop(key);
    let stats = log.finish().unwrap();
    assert_eq!((stats.written, stats.dropped, missing(&page)), (5, 96, 96));

    let (log, page, key) = full();
    drop(key);
    drop(log);
    assert_eq!(missing(&page), 96);
}

/// Fails as a [`Panicking`] one, when its gate is opened.
struct PanicsLater(Gate);

impl Write for PanicsLater {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = self.0.write(bytes);
        panic!("as a user's writer may");
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn what_says_that_lines_are_missing_is_no_line() {
    let (gate, _page, key) = Gate::closed();
    let builder = MessageLog::builder().queue_bytes(4096);
    let mut log = builder.start(PanicsLater(gate)).unwrap();
    log.remark(NOON, "the first");
    key.wait_for_writer();
    // Some room is left for what says that one is missing.
    for length in [1008, 1008, 1008, 2000, 8] {
        log.message(Direction::Inbound, NOON, &vec![b'x'; length]);
    }
    assert_eq!(log.stats().dropped, 1);
    drop(key);
    assert!(log.flush().is_err());
    // The first, those of the queue, and the one that had no room.
    assert_eq!((log.stats().written, log.stats().dropped), (0, 6));
}

#[test]
fn a_queue_greater_than_memory() {
    let builder = MessageLog::builder().queue_bytes(usize::MAX);
    let mut log = builder.start(io::sink()).unwrap();
    log.remark(NOON, "here");
    assert_eq!(log.finish().unwrap().written, 1);
}
