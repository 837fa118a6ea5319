//! A WebSocket in the service: its deadlines, and its closing handshake.

use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use boom_service::{Endpoint, Event, Handle, IOService, IntoIOService, State};
use boom_stream::{ConnectionInfo, ConnectionInfoProvider, Layer, Phase, TimeSource};
use boom_testkit::clock::ManualClock;
use boom_testkit::stream::ScriptedStream;
use boom_ws::{Connection, Heartbeat, IntoWebsocket, Websocket, WebsocketConfig, WebsocketFrame};

use crate::world::{Names, Reports};

const SECOND: Duration = Duration::from_secs(1);
const CLOSE: &[u8] = b"\x88\x02\x03\xe8";

/// A feed over WebSocket whose handshake is done, or is still to be made.
struct Feed {
    info: ConnectionInfo,
    config: WebsocketConfig,
    has_handshake: bool,
    texts: Rc<RefCell<Vec<String>>>,
}

impl Feed {
    fn new(config: WebsocketConfig) -> Self {
        Self {
            info: ConnectionInfo::new("10.0.0.1", 80),
            config,
            has_handshake: false,
            texts: Rc::default(),
        }
    }
}

impl ConnectionInfoProvider for Feed {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.info
    }
}

impl Endpoint for Feed {
    type Target = Websocket<ScriptedStream>;

    fn create_target(&mut self, _: SocketAddr) -> io::Result<Option<Self::Target>> {
        let stream = ScriptedStream::new();
        if self.has_handshake {
            let config = self.config.clone();
            return stream
                .into_websocket_with_config("/", |own| *own = config)
                .map(Some);
        }
        let connection = Connection::established(&self.config)?;
        Ok(Some(Websocket::from_parts(stream, connection)))
    }

    fn poll(&mut self, ws: &mut Self::Target) -> io::Result<()> {
        for frame in ws.read_batch()? {
            if let WebsocketFrame::Text(_, text) = frame? {
                let text = String::from_utf8_lossy(text).into_owned();
                self.texts.borrow_mut().push(text);
            }
        }
        Ok(())
    }
}

struct World {
    service: IOService<Reports, Feed, (), ManualClock, Names>,
    clock: ManualClock,
    reports: Reports,
    handle: Handle,
    texts: Rc<RefCell<Vec<String>>>,
}

impl World {
    fn new(feed: Feed) -> Self {
        let (clock, reports) = (ManualClock::new(), Reports::default());
        clock.advance(1000 * SECOND);
        let texts = Rc::clone(&feed.texts);
        let mut service = reports
            .clone()
            .into_io_service()
            .with_time_source(clock.clone())
            .with_resolver(Names::default());
        let handle = service.register(feed);
        service.poll().unwrap();
        reports.all_ready();
        service.poll().unwrap();
        Self {
            service,
            clock,
            reports,
            handle,
            texts,
        }
    }

    fn advance(&mut self, duration: Duration) {
        self.clock.advance(duration);
        self.service.poll().unwrap();
    }

    fn take_written(&mut self) -> Vec<u8> {
        self.service
            .dispatch(self.handle, |ws, _| ws.stream_mut().take_written())
            .unwrap()
    }

    fn receive(&mut self, bytes: &[u8]) {
        self.service
            .dispatch(self.handle, |ws, _| {
                ws.stream_mut().push_read(bytes);
            })
            .unwrap();
        self.reports.all_ready();
        self.service.poll().unwrap();
    }

    fn events(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.service.poll_event())
            .map(|event| match event {
                Event::Connected { .. } => "connected".to_owned(),
                Event::Disconnected { reason, .. } => format!("disconnected: {reason}"),
                Event::AttemptFailed { reason, .. } => format!("failed: {reason}"),
                Event::Deregistered { is_clean, .. } => format!("deregistered: {is_clean}"),
                _ => "another".to_owned(),
            })
            .collect()
    }
}

#[test]
fn a_silent_peer_is_pinged_and_then_given_up_though_nothing_is_ready() {
    let heartbeat = Heartbeat::new()
        .with_ping_every(10 * SECOND)
        .with_dead_peer_after(25 * SECOND);
    let mut world = World::new(Feed::new(WebsocketConfig::new().with_heartbeat(heartbeat)));
    assert_eq!(world.events(), ["connected"]);
    world.advance(10 * SECOND - Duration::from_nanos(1));
    assert_eq!(world.take_written().len(), 0);
    world.advance(Duration::from_nanos(1));
    assert_eq!(world.take_written()[..2], [0x89, 0x88]);
    world.advance(10 * SECOND);
    assert_eq!(world.take_written()[..2], [0x89, 0x88]);
    world.advance(5 * SECOND - Duration::from_nanos(1));
    assert_eq!(world.service.state(world.handle), Some(State::Active));
    world.advance(Duration::from_nanos(1));
    let events = world.events();
    assert_eq!(events[0], "disconnected: nothing was received for too long");
}

#[test]
fn a_peer_that_answers_is_kept_for_days() {
    let heartbeat = Heartbeat::new()
        .with_ping_every(10 * SECOND)
        .with_dead_peer_after(25 * SECOND);
    let mut world = World::new(Feed::new(WebsocketConfig::new().with_heartbeat(heartbeat)));
    for _ in 0..20_000 {
        world.advance(10 * SECOND);
        assert_eq!(world.take_written().len(), 14);
        world.receive(b"\x8a\x00");
    }
    assert_eq!(world.events(), ["connected"]);
}

#[test]
fn the_handshake_has_the_deadline_of_its_configuration() {
    let config = WebsocketConfig::new().with_handshake_timeout(Some(3 * SECOND));
    let mut world = World::new(Feed {
        has_handshake: true,
        ..Feed::new(config)
    });
    assert_eq!(world.service.state(world.handle), Some(State::Handshaking));
    world.advance(3 * SECOND - Duration::from_nanos(1));
    assert_eq!(world.events(), Vec::<String>::new());
    world.advance(Duration::from_nanos(1));
    let events = world.events();
    assert!(events[0].starts_with("failed: "), "{events:?}");
    assert!(!events[0].contains("timed out: protocol"), "{events:?}");
}

/// A layer that is in a handshake of its own and wants to be told the time.
struct Negotiating(ScriptedStream, Vec<u64>);

impl Read for Negotiating {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Read::read(&mut self.0, buffer)
    }
}

impl Write for Negotiating {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Layer for Negotiating {
    type Base = ScriptedStream;

    fn base(&self) -> &ScriptedStream {
        &self.0
    }

    fn base_mut(&mut self) -> &mut ScriptedStream {
        &mut self.0
    }

    fn phase(&self) -> Phase {
        Phase::TlsHandshake
    }

    fn poll_timeout(&self) -> Option<u64> {
        Some(7)
    }

    fn handle_timeout(&mut self, now_ns: u64) -> io::Result<()> {
        self.1.push(now_ns);
        Ok(())
    }
}

#[test]
fn the_layer_below_is_told_the_time_and_its_handshake_does_not_count_as_that_of_the_websocket() {
    let mut ws = Negotiating(ScriptedStream::new(), Vec::new()).into_websocket("/");
    assert_eq!(ws.poll_timeout(), Some(0), "its own, asked for directly");
    assert_eq!(Layer::poll_timeout(&ws), Some(7));
    Layer::handle_timeout(&mut ws, 9).unwrap();
    assert_eq!(ws.stream().1, [9]);
    assert_eq!(ws.poll_timeout(), Some(0));
    assert!(Layer::poll_close(&mut ws).unwrap());
}

#[test]
fn a_graceful_end_exchanges_close_frames_and_loses_nothing_that_came_before() {
    let mut world = World::new(Feed::new(WebsocketConfig::new()));
    world
        .service
        .deregister_gracefully(world.handle, 5 * SECOND);
    assert_eq!(world.take_written()[..2], [0x88, 0x82]);
    world.receive(b"\x81\x04last");
    assert_eq!(world.service.state(world.handle), Some(State::Closing));
    assert_eq!(*world.texts.borrow(), ["last"]);
    assert_eq!(world.take_written().len(), 0, "one close frame is enough");
    world.receive(&[b"\x81\x05order", CLOSE].concat());
    world.service.poll().unwrap();
    assert_eq!(*world.texts.borrow(), ["last", "order"]);
    assert_eq!(world.events(), ["connected", "deregistered: true"]);
    assert!(world.service.is_empty());
}

#[test]
fn a_server_that_hangs_up_instead_of_closing_is_no_clean_end() {
    let mut world = World::new(Feed::new(WebsocketConfig::new()));
    world.service.shutdown(5 * SECOND);
    world
        .service
        .dispatch(world.handle, |ws, _| ws.stream_mut().push_eof())
        .unwrap();
    world.reports.all_ready();
    world.service.poll().unwrap();
    world.service.poll().unwrap();
    assert_eq!(world.events(), ["connected", "deregistered: false"]);
}

#[test]
fn the_close_has_the_deadline_of_the_websocket_where_that_is_sooner() {
    let config = WebsocketConfig::new().with_close_timeout(Some(SECOND));
    let mut world = World::new(Feed::new(config));
    world.service.shutdown(60 * SECOND);
    world.service.poll().unwrap();
    world.advance(SECOND);
    assert_eq!(world.events(), ["connected", "deregistered: false"]);
    assert!(world.clock.now_ns() < 1002 * 1_000_000_000);
}
