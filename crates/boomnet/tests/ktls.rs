//! Kernel TLS below the rest of the stack: a service over each selector, WebSocket and a recording above it. Where the kernel has
//! none the same runs in user space.
#![cfg(all(
    feature = "ext",
    feature = "record",
    any(feature = "ktls", feature = "ktls-rustls")
))]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::io::{self, Read, Write};
use std::marker::PhantomData;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use boom_testkit::exchange::Exchange;
use boomnet::ktls::{Backend, Offload};
use boomnet::prelude::*;
use boomnet::select::Selector;
use boomnet::stream::{Layer, Socket};
use boomnet::tls::Roots;
use boomnet::ws::util::parse_url;

/// What a service and the kernel ask of a socket.
trait Base: Read + Write + Layer<Base = Self> + Socket + AsFd {}

impl<S: Read + Write + Layer<Base = Self> + Socket + AsFd> Base for S {}

/// Trades to be received on each of the two connections.
const ENOUGH: usize = 300;

struct Trades<S, B> {
    connection_info: ConnectionInfo,
    path: String,
    config: KtlsConfig,
    recorder: Recorder,
    /// The ids, by connection.
    received: Vec<Vec<u64>>,
    offloads: Vec<Offload>,
    /// Makes a stream that the selector watches.
    watched: fn(TcpStream) -> S,
    receives_ahead: bool,
    backend: PhantomData<fn() -> B>,
}

impl<S, B> ConnectionInfoProvider for Trades<S, B> {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.connection_info
    }
}

impl<S: Base, B: Backend> Endpoint for Trades<S, B> {
    type Target = Websocket<RecordedStream<KtlsStream<S, B>>>;

    fn create_target(&mut self, address: SocketAddr) -> io::Result<Option<Self::Target>> {
        let stream = (self.watched)(TcpStream::try_from((&self.connection_info, address))?);
        self.receives_ahead = stream.receives_ahead();
        let stream = stream
            .into_ktls_stream_by_with_config::<B>(|config| *config = self.config.clone())?
            .into_recorded_stream_with(&self.recorder)?;
        let mut ws = stream.into_websocket(&self.path);
        let subscribe = r#"{"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":1}"#;
        ws.send_text(true, Some(subscribe.as_bytes()))?;
        self.received.push(Vec::new());
        Ok(Some(ws))
    }

    fn poll(&mut self, ws: &mut Self::Target) -> io::Result<()> {
        let received = self.received.last_mut().unwrap();
        for frame in ws.read_batch()? {
            if let WebsocketFrame::Text(_, data) = frame? {
                let text = std::str::from_utf8(data).unwrap();
                if let Some(id) = text.split(r#""t":"#).nth(1) {
                    received.push(id.split(',').next().unwrap().parse().unwrap());
                }
            }
        }
        if received.len() > ENOUGH && self.offloads.len() < self.received.len() {
            self.offloads.push(ws.stream().get_ref().offload());
        }
        Ok(())
    }

    fn can_recreate(&mut self, _reason: DisconnectReason) -> bool {
        true
    }
}

/// Trusts one authority and nobody else.
fn trusting(authority: &str) -> KtlsConfig {
    let mut config = KtlsConfig::default();
    config.tls = TlsConfig::default().with_roots(Roots::OwnOnly);
    config.tls = config.tls.with_roots_pem(authority.as_bytes()).unwrap();
    config
}

/// Follows an exchange by two connections, of which it drops the first one.
fn every_trade_arrives<R, S, B>(selector: R, watched: fn(TcpStream) -> S, name: &str)
where
    R: Selector<S>,
    S: Base,
    B: Backend,
{
    let exchange = Exchange::start().unwrap();
    let (connection_info, path, _) = parse_url(&exchange.url()).unwrap();
    let config = trusting(exchange.authority().unwrap().certificate_pem());
    let folder = format!("boomnet-ktls-{name}-{}", std::process::id());
    let folder = std::env::temp_dir().join(folder);
    let recorder = Recorder::builder(&folder).build();
    let mut service = selector.into_io_service();
    let handle = service.register(Trades::<S, B> {
        connection_info,
        path,
        config,
        recorder,
        received: Vec::new(),
        offloads: Vec::new(),
        watched,
        receives_ahead: true,
        backend: PhantomData,
    });
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut is_dropped = false;
    loop {
        service.poll().unwrap();
        match service.get(handle).unwrap().offloads.len() {
            0 => {}
            1 if !is_dropped => {
                assert!(exchange.drop_one());
                is_dropped = true;
            }
            1 => {}
            _ => break,
        }
        assert!(Instant::now() < deadline, "no trades within a minute");
    }
    let trades = service.get(handle).unwrap();
    for received in &trades.received {
        let steps = received.windows(2).map(|pair| pair[1] - pair[0]);
        assert!(steps.into_iter().all(|step| step == 1), "lost or repeated");
    }
    let expected = expected::<B>(trades.receives_ahead);
    assert_eq!(trades.offloads, [expected, expected]);
    let sessions = exchange.sessions();
    let resumed: Vec<_> = sessions.iter().map(|session| session.resumed).collect();
    assert_eq!(resumed[..2], [false, true]);
    drop(service);
    let files = std::fs::read_dir(&folder).unwrap();
    let sizes: Vec<_> = files
        .map(|file| file.unwrap().metadata().unwrap().len())
        .collect();
    std::fs::remove_dir_all(&folder).unwrap();
    let enough = sizes.iter().filter(|size| **size > 100 * ENOUGH as u64);
    assert!(enough.count() >= 2, "recordings of {sizes:?} bytes");
}

/// What the kernel does: nothing where the socket receives ahead.
fn expected<B>(receives_ahead: bool) -> Offload {
    let is_there = Offload::probe().is_there();
    assert!(is_there || !is_required(), "{:?}", Offload::probe());
    let is_openssl = std::any::type_name::<B>().contains("openssl");
    match is_there && !receives_ahead {
        false => Offload::NONE,
        #[cfg(feature = "ktls")]
        true if is_openssl && openssl_leaves_receiving() => Offload {
            tx: true,
            rx: false,
        },
        true => {
            let _ = is_openssl;
            Offload::BOTH
        }
    }
}

/// Said where the machine has kernel TLS, and io_uring.
fn is_required() -> bool {
    std::env::var_os("BOOM_KTLS_KERNEL").is_some()
}

/// OpenSSL before 3.2 does so with TLS 1.3, which the exchange speaks.
#[cfg(feature = "ktls")]
fn openssl_leaves_receiving() -> bool {
    boomnet::tls::openssl::backend::version::number() < 0x3020_0000
}

#[cfg(all(feature = "io-uring", target_os = "linux"))]
fn over_io_uring<B: Backend>(watched: fn(TcpStream) -> IoUringStream, name: &str) {
    match IoUringSelector::new() {
        Ok(selector) => every_trade_arrives::<_, _, B>(selector, watched, name),
        Err(error) => {
            assert!(!is_required(), "{error}");
            let mut uncaptured = io::stderr();
            writeln!(uncaptured, "SKIPPED over io_uring: {error}").unwrap();
        }
    }
}

macro_rules! over_each_selector {
    ($name:ident, $backend:ty) => {
        mod $name {
            use super::*;

            #[test]
            fn direct() {
                let name = concat!(stringify!($name), "-direct");
                let selector = DirectSelector::new();
                every_trade_arrives::<_, _, $backend>(selector, |stream| stream, name);
            }

            #[cfg(feature = "mio")]
            #[test]
            fn mio() {
                let name = concat!(stringify!($name), "-mio");
                let selector = MioSelector::new().unwrap();
                let watched = TcpStream::into_mio_stream;
                every_trade_arrives::<_, _, $backend>(selector, watched, name);
            }

            #[cfg(all(feature = "io-uring", target_os = "linux"))]
            #[test]
            fn io_uring() {
                let name = concat!(stringify!($name), "-io-uring");
                over_io_uring::<$backend>(TcpStream::into_io_uring_stream, name);
            }

            #[cfg(all(feature = "io-uring", target_os = "linux"))]
            #[test]
            fn io_uring_polled() {
                let name = concat!(stringify!($name), "-io-uring-polled");
                over_io_uring::<$backend>(TcpStream::into_polled_io_uring_stream, name);
            }
        }
    };
}

#[cfg(feature = "ktls-rustls")]
over_each_selector!(by_rustls, boomnet::tls::rustls::Backend);
#[cfg(feature = "ktls")]
over_each_selector!(by_openssl, boomnet::tls::openssl::Backend);

/// Three answers on one connection.
#[cfg(feature = "http")]
fn http_is_answered<B: Backend>() {
    use boom_testkit::tls::Authority;
    use boomnet::http::{Method, Origin};
    use boomnet::stream::{MonotonicClock, TimeSource};

    const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    let authority = Authority::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server_config = authority.server_config(&["localhost"]);
    let server = std::thread::spawn(move || {
        let tls = rustls::ServerConnection::new(server_config).unwrap();
        let mut stream = rustls::StreamOwned::new(tls, listener.accept().unwrap().0);
        for _ in 0..3 {
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                request.push(byte[0]);
            }
            stream.write_all(ANSWER).unwrap();
        }
    });
    let config = trusting(authority.certificate_pem());
    let clock = MonotonicClock::default();
    let origin = Origin::secure("localhost", port);
    let mut client = HttpClient::new(&origin, &HttpConfig::new(), move || {
        let stream = TcpStream::try_from(("localhost", port))?;
        stream.into_ktls_stream_by_with_config::<B>(|ktls| *ktls = config.clone())
    });
    let mut bodies = Vec::new();
    for _ in 0..3 {
        let request = client.request(Method::GET, "/");
        request.submit(clock.now_ns()).unwrap();
        let deadline = Instant::now() + Duration::from_secs(60);
        while client.under_way() > 0 {
            client.poll(clock.now_ns(), |_, outcome| {
                bodies.push(outcome.unwrap().body().to_vec());
            });
            assert!(Instant::now() < deadline, "no answer within a minute");
        }
    }
    assert_eq!(bodies, [b"hello", b"hello", b"hello"]);
    drop(client);
    server.join().unwrap();
}

#[cfg(all(feature = "http", feature = "ktls-rustls"))]
#[test]
fn http_over_rustls() {
    http_is_answered::<boomnet::tls::rustls::Backend>();
}

#[cfg(all(feature = "http", feature = "ktls"))]
#[test]
fn http_over_openssl() {
    http_is_answered::<boomnet::tls::openssl::Backend>();
}

/// A logon, an order with its report, and a logout.
#[cfg(feature = "fix")]
fn a_fix_session_is_held<B: Backend>() {
    use boom_testkit::tls::Authority;
    use boomnet::fix::BeginString;
    use boomnet::fix::session::{Event, FixConnection, MemoryStore, Session, SessionConfig};

    let authority = Authority::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server_config = authority.server_config(&["localhost"]);
    let venue = std::thread::spawn(move || {
        let tls = rustls::ServerConnection::new(server_config).unwrap();
        let socket = listener.accept().unwrap().0;
        socket.set_nonblocking(true).unwrap();
        let stream = rustls::StreamOwned::new(tls, socket);
        let config = SessionConfig::acceptor(BeginString::Fix44, "VENUE", "BUYER");
        let session = Session::new(config, MemoryStore::new()).unwrap();
        let mut connection = FixConnection::new(stream, session).unwrap();
        while !connection.is_closed() {
            let (session, inbox, now) = connection.read_batch().unwrap();
            while let Some(event) = session.poll_event(inbox, now).unwrap() {
                if let Event::Message(received) = event {
                    let id = received.message.text(11).unwrap();
                    let report = session.send("8", now, |report| {
                        report.text(11, id);
                    });
                    report.unwrap();
                }
            }
            connection.flush().unwrap();
            std::thread::yield_now();
        }
    });
    let config = trusting(authority.certificate_pem());
    let stream = TcpStream::try_from(("localhost", port)).unwrap();
    let stream = stream.into_ktls_stream_by_with_config::<B>(|ktls| *ktls = config);
    let config = SessionConfig::initiator(BeginString::Fix44, "BUYER", "VENUE");
    let session = Session::new(config, MemoryStore::new()).unwrap();
    let mut connection = FixConnection::new(stream.unwrap(), session).unwrap();
    let (mut reports, mut offload) = (Vec::new(), None);
    let deadline = Instant::now() + Duration::from_secs(60);
    while !connection.is_closed() {
        assert!(Instant::now() < deadline, "not over within a minute");
        let (session, inbox, now) = connection.read_batch().unwrap();
        while let Some(event) = session.poll_event(inbox, now).unwrap() {
            match event {
                Event::LoggedOn => {
                    let order = session.send("D", now, |order| {
                        order.text(11, "by the kernel");
                    });
                    order.unwrap();
                }
                Event::Message(received) => {
                    reports.push(received.message.text(11).unwrap().to_owned());
                    session.logout(None, now).unwrap();
                }
                _ => {}
            }
        }
        if !reports.is_empty() && offload.is_none() {
            offload = Some(connection.stream().offload());
        }
        connection.flush().unwrap();
    }
    assert_eq!(reports, ["by the kernel"]);
    assert_eq!(offload, Some(expected::<B>(false)));
    venue.join().unwrap();
}

#[cfg(all(feature = "fix", feature = "ktls-rustls"))]
#[test]
fn fix_over_rustls() {
    a_fix_session_is_held::<boomnet::tls::rustls::Backend>();
}

#[cfg(all(feature = "fix", feature = "ktls"))]
#[test]
fn fix_over_openssl() {
    a_fix_session_is_held::<boomnet::tls::openssl::Backend>();
}
