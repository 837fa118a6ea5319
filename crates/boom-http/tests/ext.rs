//! Over TLS, alone and in a service, against a server that is not ours.
#![cfg(feature = "ext")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use boom_http::{
    Error, HttpConfig, HttpConnection, HttpSlots, IntoTlsHttp, Method, Origin, Reason, Response,
    Sent, Ticket, TlsHttpClient, TlsHttpConfig, TlsHttpConnection, TlsHttpEndpoint,
    TlsHttpEndpointWithContext,
};
use boom_select::{IntoMioStream, MioSelector, MioStream};
use boom_service::{IntoIOService, IntoIOServiceWithContext, Lent};
use boom_stream::tcp::TcpStream;
use boom_stream::{ConnectionInfo, ConnectionInfoProvider, MonotonicClock, TimeSource};
use boom_testkit::exchange::RestExchange;
use boom_testkit::stream::ScriptedStream;
use boom_tls::TlsConfig;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

fn tls(exchange: &RestExchange) -> TlsConfig {
    let pem = exchange.authority().unwrap().certificate_pem();
    TlsConfig::default().with_roots_pem(pem.as_bytes()).unwrap()
}

#[test]
fn a_script_over_tls() {
    let exchange = RestExchange::start("secret").unwrap();
    let config = TlsHttpConfig {
        tls: tls(&exchange),
        http: HttpConfig::new(),
    };
    let mut client = TlsHttpClient::https("localhost", exchange.address().port(), &config);
    for _ in 0..3 {
        let time = client.request(Method::GET, "/api/v3/time").send().unwrap();
        assert_eq!(
            (time.status.as_u16(), time.header("content-type")),
            (200, Some(&b"application/json"[..]))
        );
    }
    let refused = client
        .request(Method::POST, "/api/v3/order")
        .body("qty=1")
        .send()
        .unwrap();
    assert_eq!(refused.status.as_u16(), 401);
    assert_eq!(client.connections(), 1);
}

#[test]
fn a_certificate_that_is_not_trusted_is_no_connection() {
    let exchange = RestExchange::start("secret").unwrap();
    let config = TlsHttpConfig {
        http: HttpConfig::new().with_attempts(1),
        ..Default::default()
    };
    let mut client = TlsHttpClient::https("localhost", exchange.address().port(), &config);
    let error = client.request(Method::GET, "/").send().unwrap_err();
    assert_eq!(error.sent, boom_http::Sent::Nothing);
}

struct Orders {
    info: ConnectionInfo,
    tls: TlsConfig,
    answers: Vec<(Ticket, u16)>,
}

impl Orders {
    fn at(exchange: &RestExchange) -> Self {
        Self {
            info: ConnectionInfo::new("localhost", exchange.address().port()),
            tls: tls(exchange),
            answers: Vec::new(),
        }
    }
}

impl ConnectionInfoProvider for Orders {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.info
    }
}

impl TlsHttpEndpoint for Orders {
    type Stream = MioStream;

    fn create_http(
        &mut self,
        addr: SocketAddr,
    ) -> io::Result<Option<TlsHttpConnection<MioStream>>> {
        let stream = TcpStream::try_from((&self.info, addr))?.into_mio_stream();
        let tls = self.tls.clone();
        stream
            .into_tls_http_with_config(|config| config.tls = tls)
            .map(Some)
    }

    fn outcome(&mut self, ticket: Ticket, outcome: Result<Response<'_>, Error>) {
        let status = outcome.map_or(0, |response| response.status().as_u16());
        self.answers.push((ticket, status));
    }
}

#[test]
fn connections_that_live_in_a_service() {
    let exchange = RestExchange::start("secret").unwrap();
    let clock = MonotonicClock::default();
    let mut service = MioSelector::new().unwrap().into_io_service();
    let slots = HttpSlots::register(&mut service, 2, || Orders::at(&exchange));
    let mut tickets = Vec::new();
    let deadline = Instant::now() + Duration::from_secs(60);
    while tickets.len() < 20 {
        assert!(Instant::now() < deadline, "{} sent", tickets.len());
        service.poll().unwrap();
        let submitted = slots.submit(&mut service, |http| {
            http.request(Method::GET, "/api/v3/time")
                .submit(clock.now_ns())
        });
        tickets.extend(submitted.ok());
    }
    let told = |service: &boom_service::IOService<_, boom_http::HttpEndpoint<Orders>>| {
        let endpoints = slots
            .handles()
            .iter()
            .filter_map(|handle| service.get(*handle));
        let answers = endpoints.flat_map(|endpoint| endpoint.get().answers.clone());
        answers.collect::<Vec<_>>()
    };
    while told(&service).len() < tickets.len() {
        assert!(Instant::now() < deadline, "{:?}", told(&service));
        service.poll().unwrap();
    }
    let mut answered = told(&service);
    answered.sort_unstable();
    assert_eq!(
        answered,
        tickets
            .iter()
            .map(|ticket| (*ticket, 200))
            .collect::<Vec<_>>()
    );
}

/// What a request is told on a connection whose peer has ended.
fn closed() -> Error {
    let origin = Origin::new("localhost", 80);
    let ended = ScriptedStream::new().eof();
    let mut http = HttpConnection::new(ended, &origin, &HttpConfig::new());
    http.request(Method::GET, "/")
        .submit(1_000_000_000)
        .unwrap_err()
}

#[test]
fn the_next_connection_is_taken_where_one_turns_out_to_be_closed() {
    let exchange = RestExchange::start("secret").unwrap();
    let clock = MonotonicClock::default();
    let mut service = MioSelector::new().unwrap().into_io_service();
    let slots = HttpSlots::register(&mut service, 2, || Orders::at(&exchange));
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut tried = Vec::new();
    // Until both are up, nobody is left to take the request of a closed one.
    let ticket = loop {
        assert!(Instant::now() < deadline);
        service.poll().unwrap();
        tried.clear();
        let submitted = slots.submit(&mut service, |http| {
            tried.push(std::ptr::from_ref(http) as usize);
            match tried.len() {
                1 => Err(closed()),
                _ => http
                    .request(Method::GET, "/api/v3/time")
                    .submit(clock.now_ns()),
            }
        });
        match submitted {
            Ok(ticket) => break ticket,
            Err(error) if tried.is_empty() => assert!(matches!(error.reason, Reason::Busy)),
            Err(error) => assert!(matches!(error.reason, Reason::Closed)),
        }
    };
    assert!(tried.len() == 2 && tried[0] != tried[1], "{tried:?}");
    let answers = |service: &boom_service::IOService<_, boom_http::HttpEndpoint<Orders>>| {
        let second = service.get(slots.handles()[1]);
        second.map(|endpoint| endpoint.get().answers.clone())
    };
    while answers(&service).unwrap().is_empty() {
        assert!(Instant::now() < deadline);
        service.poll().unwrap();
    }
    assert_eq!(answers(&service).unwrap(), [(ticket, 200)]);
}

/// What endpoints are lent: no `Context` itself.
#[derive(Default)]
struct Book {
    created: usize,
    answers: Vec<(Ticket, u16)>,
    lost: Vec<(Ticket, Sent)>,
}

struct BookedOrders {
    info: ConnectionInfo,
    tls: TlsConfig,
}

impl ConnectionInfoProvider for BookedOrders {
    fn connection_info(&self) -> &ConnectionInfo {
        &self.info
    }
}

impl TlsHttpEndpointWithContext<Book> for BookedOrders {
    type Stream = MioStream;

    fn create_http(
        &mut self,
        addr: SocketAddr,
        book: &mut Book,
    ) -> io::Result<Option<TlsHttpConnection<MioStream>>> {
        book.created += 1;
        let stream = TcpStream::try_from((&self.info, addr))?.into_mio_stream();
        let http = stream.into_tls_http_with_config(|config| config.tls.clone_from(&self.tls))?;
        Ok(Some(http))
    }

    fn outcome(&mut self, ticket: Ticket, outcome: Result<Response<'_>, Error>, book: &mut Book) {
        match outcome {
            Ok(response) => book.answers.push((ticket, response.status().as_u16())),
            Err(error) => book.lost.push((ticket, error.sent)),
        }
    }
}

#[test]
fn connections_that_live_in_a_service_with_a_context() {
    let exchange = RestExchange::start("secret").unwrap();
    let clock = MonotonicClock::default();
    let mut book = Lent(Book::default());
    let mut service = MioSelector::new()
        .unwrap()
        .into_io_service_with_context(&mut book);
    let slots = HttpSlots::register(&mut service, 2, || BookedOrders {
        info: ConnectionInfo::new("localhost", exchange.address().port()),
        tls: tls(&exchange),
    });
    let mut tickets = Vec::new();
    let deadline = Instant::now() + Duration::from_secs(60);
    while book.answers.len() < 20 {
        assert!(Instant::now() < deadline, "{} sent", tickets.len());
        service.poll(&mut book).unwrap();
        if tickets.len() < 20 {
            let submitted = slots.submit(&mut service, |http| {
                http.request(Method::GET, "/api/v3/time")
                    .submit(clock.now_ns())
            });
            tickets.extend(submitted.ok());
        }
    }
    book.answers.sort_unstable();
    let expected: Vec<_> = tickets.iter().map(|ticket| (*ticket, 200)).collect();
    assert_eq!(book.answers, expected);
    assert_eq!(book.created, 2);

    // One more, and its endpoint is taken out before the answer.
    let ticket = loop {
        assert!(Instant::now() < deadline);
        service.poll(&mut book).unwrap();
        let submitted = slots.submit(&mut service, |http| {
            http.request(Method::GET, "/api/v3/time")
                .submit(clock.now_ns())
        });
        if let Ok(ticket) = submitted {
            break ticket;
        }
    };
    for handle in slots.handles() {
        let mut endpoint = service.deregister(*handle).unwrap();
        endpoint.give_up_with(&mut book.0);
    }
    assert_eq!(book.lost, [(ticket, Sent::All)]);
}
