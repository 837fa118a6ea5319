//! A service is recorded, and its endpoints see the same again, in the same order.
#![cfg(all(feature = "mio", feature = "ext", feature = "replay"))]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use boom_testkit::exchange::Exchange;
use boomnet::prelude::*;
use boomnet::replay::{Direction, RecordingReader};
use boomnet::select::replay::ReplayClock;
use boomnet::stream::{Layer, Socket, TimeSource};
use boomnet::ws::replay::WebsocketNormaliser;

const INSTRUMENTS: [&str; 3] = ["BTCUSDT", "ETHUSDT", "SOLUSDT"];

/// Where the streams of an endpoint come from.
trait Source {
    type Stream: Read + Write + Layer<Base: Socket>;

    fn open(&mut self, info: &ConnectionInfo, address: SocketAddr) -> io::Result<Self::Stream>;

    fn has_more(&self, log: &Log) -> bool;
}

/// The network; each connection is recorded.
struct Live {
    tls: Option<TlsConfig>,
    recorder: Recorder,
}

impl Source for Live {
    type Stream = RecordedStream<TlsReadyStream<MioStream>>;

    fn open(&mut self, info: &ConnectionInfo, address: SocketAddr) -> io::Result<Self::Stream> {
        let stream = TcpStream::try_from((info, address))?.into_mio_stream();
        let stream = match self.tls.clone() {
            Some(tls) => stream.into_tls_ready_stream_with_config(true, |config| *config = tls)?,
            None => stream.into_tls_ready_stream(false),
        };
        Ok(stream.into_recorded_stream_with(&self.recorder)?)
    }

    fn has_more(&self, log: &Log) -> bool {
        !log.is_ending
    }
}

/// What was recorded, a file a connection.
struct Recorded {
    session: ReplaySession,
    left: VecDeque<PathBuf>,
}

impl Source for Recorded {
    type Stream = ReplaySocket;

    fn open(&mut self, _: &ConnectionInfo, _: SocketAddr) -> io::Result<ReplaySocket> {
        let path = self.left.pop_front().ok_or(ErrorKind::NotFound)?;
        self.session.open_with(path, |builder| {
            builder.verify_normalised(WebsocketNormaliser::new())
        })
    }

    fn has_more(&self, _: &Log) -> bool {
        !self.left.is_empty()
    }
}

/// The endpoint, which does not know which of the two it is.
struct Trades<S> {
    info: ConnectionInfo,
    place: usize,
    source: S,
    asks: Asks,
}

/// What it asks for once it is connected.
#[derive(Clone, Copy)]
enum Asks {
    ForTrades { id: u8 },
    Nothing,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Seen {
    Connect,
    Message(String),
    End(ErrorKind),
}

/// What all endpoints see, with the time of a replay and who it was.
#[derive(Default)]
struct Log {
    clock: Option<ReplayClock>,
    entries: Vec<(u64, usize, Seen)>,
    is_ending: bool,
}

impl Context for Log {}

impl Log {
    fn add(&mut self, place: usize, seen: Seen) {
        let now_ns = self.clock.as_ref().map_or(0, TimeSource::now_ns);
        self.entries.push((now_ns, place, seen));
    }

    fn of(&self, place: usize) -> Vec<&Seen> {
        let entries = self.entries.iter();
        entries
            .filter(|entry| entry.1 == place)
            .map(|entry| &entry.2)
            .collect()
    }
}

impl<S> ConnectionInfoProvider for Trades<S> {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.info
    }
}

impl<S: Source> EndpointWithContext<Log> for Trades<S> {
    type Target = Websocket<S::Stream>;

    fn create_target(
        &mut self,
        address: SocketAddr,
        log: &mut Log,
    ) -> io::Result<Option<Self::Target>> {
        let mut ws = self.source.open(&self.info, address)?.into_websocket("/ws");
        let stream = INSTRUMENTS[self.place].to_lowercase();
        if let Asks::ForTrades { id } = self.asks {
            let text = format!(r#"{{"method":"SUBSCRIBE","params":["{stream}@trade"],"id":{id}}}"#);
            ws.send_text(true, Some(text.as_bytes()))?;
        }
        log.add(self.place, Seen::Connect);
        Ok(Some(ws))
    }

    fn poll(&mut self, ws: &mut Self::Target, log: &mut Log) -> io::Result<()> {
        for frame in ws.read_batch()? {
            if let WebsocketFrame::Text(true, text) = frame? {
                let text = String::from_utf8(text.to_vec()).unwrap();
                log.add(self.place, Seen::Message(text));
            }
        }
        Ok(())
    }

    fn can_recreate(&mut self, reason: DisconnectReason, log: &mut Log) -> bool {
        let DisconnectReason::Error(error) = reason else {
            panic!("{reason}");
        };
        log.add(self.place, Seen::End(error.kind()));
        self.source.has_more(log)
    }
}

fn check(deadline: Instant) {
    assert!(Instant::now() < deadline, "nothing came within a minute");
}

fn minute() -> Instant {
    Instant::now() + Duration::from_secs(60)
}

/// Follows the exchange until one connection was dropped and made again, and then to the end of all.
fn record(exchange: &Exchange, folder: &Path) -> Log {
    let _ = std::fs::remove_dir_all(folder);
    let tls = exchange.authority().map(|authority| {
        let pem = authority.certificate_pem().as_bytes();
        TlsConfig::default().with_roots_pem(pem).unwrap()
    });
    let mut log = Log::default();
    let mut service = MioSelector::new()
        .unwrap()
        .into_io_service_with_context(&mut log);
    let recorder = Recorder::builder(folder).build();
    for (place, name) in INSTRUMENTS.iter().enumerate() {
        let recorder = recorder.named(*name);
        let tls = tls.clone();
        let info = ConnectionInfo::new("127.0.0.1", exchange.address().port());
        let source = Live { tls, recorder };
        service.register(Trades {
            info,
            place,
            source,
            asks: Asks::ForTrades { id: 1 },
        });
    }
    let deadline = minute();
    let connects = |log: &Log| {
        let entries = log.entries.iter();
        entries.filter(|(.., seen)| *seen == Seen::Connect).count()
    };
    let mut dropped = false;
    loop {
        service.poll(&mut log).unwrap();
        check(deadline);
        let has_many = (0..3).all(|place| log.of(place).len() > 100);
        if has_many && !dropped {
            dropped = exchange.drop_one();
        }
        if dropped && connects(&log) == 4 && matches!(log.of(0)[..], [.., Seen::Message(_)]) {
            break;
        }
    }
    exchange.halt();
    log.is_ending = true;
    while !service.is_empty() {
        service.poll(&mut log).unwrap();
        check(deadline);
    }
    log
}

fn recordings(folder: &Path) -> Vec<Vec<PathBuf>> {
    let paths = |name: &&str| {
        let names = [format!("{name}.pcapng"), format!("{name}-1.pcapng")];
        let paths = names.map(|name| folder.join(name));
        paths.into_iter().filter(|path| path.exists()).collect()
    };
    INSTRUMENTS.iter().map(paths).collect()
}

/// How a replay is driven, and what its endpoints ask for.
#[derive(Clone, Copy)]
struct Replay {
    wait: Duration,
    asks: Asks,
}

fn replay(recordings: &[Vec<PathBuf>], Replay { wait, asks }: Replay) -> Log {
    let session = ReplaySession::of(recordings.iter().flatten()).unwrap();
    let mut log = Log {
        clock: Some(session.clock()),
        ..Log::default()
    };
    let mut service = session
        .selector()
        .into_io_service_with_context(&mut log)
        .with_time_source(session.clock())
        .with_seed(1);
    for (place, paths) in recordings.iter().enumerate() {
        let left = VecDeque::from(paths.clone());
        let session = session.clone();
        let info = RecordingReader::open(&paths[0])
            .unwrap()
            .connection_info()
            .clone();
        let source = Recorded { session, left };
        service.register(Trades {
            info,
            place,
            source,
            asks,
        });
    }
    let deadline = minute();
    while !service.is_empty() {
        service.wait(wait, &mut log).unwrap();
        check(deadline);
    }
    log
}

/// When something was received, and by whom.
fn received(recordings: &[Vec<PathBuf>]) -> Vec<(u64, usize)> {
    let mut events = Vec::new();
    for (place, paths) in recordings.iter().enumerate() {
        for path in paths {
            let mut reader = RecordingReader::open(path).unwrap();
            while let Some(event) = reader.next_event().unwrap() {
                if event.direction == Direction::Inbound {
                    events.push((event.time_ns, place));
                }
            }
        }
    }
    events.sort_unstable();
    events
}

fn a_service_replays(exchange: &Exchange, name: &str) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("boomnet-replay")
        .join(name);
    let live = record(exchange, &folder);
    let recordings = recordings(&folder);
    let files = recordings.iter().map(Vec::len).sum::<usize>();
    assert_eq!(files, 4, "each connection is a recording");

    let waiting = Replay {
        wait: Duration::from_secs(1),
        asks: Asks::ForTrades { id: 1 },
    };
    let first = replay(&recordings, waiting);
    for place in 0..3 {
        assert_eq!(first.of(place), live.of(place), "endpoint {place}");
    }
    // At the recorded times, to the nanosecond, and in their order. A batch of messages is one read.
    let moments = first
        .entries
        .iter()
        .filter(|(.., seen)| *seen != Seen::Connect);
    let mut moments: Vec<_> = moments
        .map(|&(time_ns, place, _)| (time_ns, place))
        .collect();
    moments.dedup();
    let mut received = received(&recordings).into_iter();
    for moment in moments {
        assert!(received.any(|event| event == moment), "{moment:?}");
    }
    assert_eq!(replay(&recordings, waiting).entries, first.entries);
    let polling = Replay {
        wait: Duration::ZERO,
        ..waiting
    };
    assert_eq!(replay(&recordings, polling).entries, first.entries);

    // In the recorded order across the endpoints, too.
    assert_eq!(order(&first), order(&live));

    // Another program than the recorded one.
    let deviating = Replay {
        asks: Asks::ForTrades { id: 2 },
        ..waiting
    };
    let other = replay(&recordings, deviating);
    for place in 0..3 {
        let end = Seen::End(ErrorKind::InvalidData);
        assert_eq!(other.of(place)[..2], [&Seen::Connect, &end]);
    }

    // And one that asks for nothing, so that what answered it never comes. It ends all the same.
    for wait in [waiting.wait, polling.wait] {
        let asks = Asks::Nothing;
        let other = replay(&recordings, Replay { wait, asks });
        for (place, paths) in recordings.iter().enumerate() {
            let end = Seen::End(ErrorKind::InvalidData);
            let expected = [Seen::Connect, end].into_iter().cycle();
            let expected: Vec<_> = expected.take(2 * paths.len()).collect();
            assert_eq!(other.of(place), Vec::from_iter(&expected), "{wait:?}");
        }
    }
}

/// Who received, one after the other.
fn order(log: &Log) -> Vec<usize> {
    let entries = log.entries.iter();
    let messages = entries.filter(|(.., seen)| matches!(seen, Seen::Message(_)));
    messages.map(|(_, place, _)| *place).collect()
}

#[test]
fn a_plain_service_replays() {
    let exchange = Exchange::builder().plain().instruments(INSTRUMENTS);
    a_service_replays(&exchange.trades_per_second(3000).start().unwrap(), "plain");
}

/// Recorded above TLS, so that the files hold what the endpoint saw.
#[test]
fn a_service_over_tls_replays_without_it() {
    let exchange = Exchange::builder().instruments(INSTRUMENTS);
    a_service_replays(&exchange.trades_per_second(3000).start().unwrap(), "tls");
}
